"""Files that are whole or not there: whatever the program writes and somebody may read meanwhile goes through here."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put what was written in the place of ``path`` in one step.

    Whoever reads ``path`` sees it whole or as it was before. Where the writing fails nothing stays behind.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}")
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step: it is whole or it is not there."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, likewise."""
    write_bytes(path, text.encode())


def typed_path(path: str | os.PathLike[str]) -> Path:
    """Return a path as people type it: ``~/scan.ply`` lies at home; ``~scan.ply`` is a name, if nobody is called so."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
