"""Files that are whole or not there: whatever the program writes and somebody may read meanwhile goes through here."""

import contextlib
import csv
import io
import os
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run; with apostrophes before, how we write one that it shows."""


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
