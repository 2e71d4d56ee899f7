"""Files that are whole or not there: whatever the program writes and somebody may read meanwhile goes through here."""

import contextlib
import csv
import io
import logging
import os
import re
import socket
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pointclip2.stopping import finishing

log = logging.getLogger(__name__)

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run; with apostrophes before, how we write one that it shows."""

_LEFT = re.compile(r"\..+\.(?:([0-9a-f]{8})-[0-9a-f]{8}\.part|[0-9a-f]{8}\.part|\d+-[0-9a-f]{8})")
"""Names of files that are being written, with a machine's number, or as earlier versions of this program had them."""
_DAY_S = 86400.0


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put what was written in the place of ``path`` in one step.

    Whoever reads ``path`` sees it whole or as it was before. Where the writing fails nothing stays behind; what killed
    runs left in the folder is removed. A signal waits until the file is in its place.
    """
    with finishing():
        sweep_left(path.parent)
        temporary = path.with_name(f".{path.name}.{_machine()}-{uuid.uuid4().hex[:8]}.part")
        with _locked(temporary):
            try:
                yield temporary
                os.replace(temporary, path)
            except BaseException as error:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                if (
                    isinstance(error, OSError)
                    and error.errno is not None
                    and error.filename in (None, str(temporary))
                ):
                    error.filename = str(path)  # a full disk does not say whose it was
                raise


@cache
def _machine() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


@contextmanager
def _locked(temporary: Path) -> Iterator[None]:
    """Make a file and hold a lock on it: that goes with the process, however it ends."""
    while True:
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT, 0o666)
        _lock(number, wait=True)
        if temporary.exists():  # nobody swept it before it was locked
            break
        os.close(number)
    try:
        yield
    finally:
        os.close(number)


def _lock(number: int, wait: bool = False) -> bool | None:
    """Lock an open file; False where another process holds it, None where there are no such locks."""
    try:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


_swept: set[Path] = set()
"""Folders that this process has looked at."""


def sweep_left(folder: Path) -> None:
    """Remove what killed runs were writing into a folder: files of this machine that no process holds.

    Where locks tell nothing, of other machines and on file systems without them, a file counts as left after a day.
    """
    if folder in _swept:
        return
    _swept.add(folder)
    removed = 0
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            named = _LEFT.fullmatch(path.name)
            if named is not None:
                with contextlib.suppress(OSError):
                    removed += _removed(path, named[1] == _machine())
    if removed:
        log.info("removed %d unfinished files of killed runs from %s", removed, folder)


def _removed(path: Path, ours: bool) -> bool:
    number = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        held = _lock(number)
        if held is False or (not (held and ours) and time.time() - os.fstat(number).st_mtime < _DAY_S):
            return False
        path.unlink()
        return True
    finally:
        os.close(number)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step: it is whole or it is not there."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, likewise; the bytes of a file name that is not UTF-8 are written as ``\\udcff``."""
    write_bytes(path, text.encode(errors="backslashreplace"))


def typed_path(path: str | os.PathLike[str]) -> Path:
    """Return a path as people type it: ``~/scan.ply`` lies at home; ``~scan.ply`` is a name, if nobody is called so."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: such a text gets an apostrophe before it.

    >>> csv_cell("=2+3"), csv_cell("-0.5"), csv_cell(-0.5)
    ("'=2+3", '-0.5', -0.5)
    """
    if not isinstance(value, str) or not FORMULA.match(value) or value in ("-x", "-y", "-z"):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def read_cell(text: str) -> str:
    """Return what `csv_cell` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def csv_text(rows: Iterable[Sequence[Any]], end: str = "\n") -> str:
    """Return a table of CSV, the names of the columns first, that a spreadsheet may open."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows([csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
