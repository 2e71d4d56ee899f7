"""Points as text (.xyz, .txt, .csv, .pts, .asc): a point a line, in the dialects that people's programs write."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows, of_columns, xyz_columns
from pointclip2.reading import open_regular, read_bytes
from pointclip2.types import CloudError
from pointclip2.writing import read_cell

HEAD_BYTES = 65_536
"""A first point has to come within these."""
COMMENT = re.compile(r"\s*(#|//|%)+\s*")
COMMENT_LINES = re.compile(rb"(?m)^[ \t]*(#|//|%).*$")
BRACKETS = "[](){}"
MISSING = ("", "na", "n/a", "null", "none", "-")
"""Cells that say that there is no number."""
SAMPLE = 100
"""Rows that decide whether a column holds whole numbers."""


@dataclass(frozen=True)
class _Dialect:
    """How the cells of a line are told apart, and its numbers written."""

    separator: str | None
    """None for blanks."""
    decimal_comma: bool = False

    def cells(self, line: str) -> list[str]:
        """The cells of a row, without brackets and empty ones at the end, numbers as Python writes them."""
        if any(bracket in line for bracket in BRACKETS):
            line = line.translate(dict.fromkeys(map(ord, BRACKETS), " "))
        if self.decimal_comma:
            line = line.replace(",", ".")
        if '"' in line and self.separator is not None:
            split = next(csv.reader([line.strip()], delimiter=self.separator, skipinitialspace=True))
        else:
            split = line.strip().split(self.separator)
        cells = [cell.strip().strip('"') for cell in split]
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def body(self, content: bytes, sample: str) -> bytes:
        """The rows so that numpy reads them, given the first of them."""
        changes: dict[str, str] = {}
        if any(bracket in sample for bracket in BRACKETS):
            changes |= dict.fromkeys(BRACKETS, " ")
        if self.decimal_comma:
            changes[","] = "."
        if _FORTRAN.search(sample):
            changes |= {"D": "e", "d": "e"}
        table = bytes.maketrans("".join(changes).encode(), "".join(changes.values()).encode())
        return content.translate(table) if changes else content


_FORTRAN = re.compile(r"\d[dD][+-]?\d")
_COMMA_LIST = re.compile(r"\s*[-+\d.]*\d,\d+(,\s+[-+\d.]*\d,\d+)+\s*,?\s*")
DIALECTS = (
    _Dialect(";", True), _Dialect("\t"), _Dialect("|"), _Dialect(","), _Dialect(None),
    _Dialect("\t", True), _Dialect("|", True), _Dialect(None, True),
)  # fmt: skip
"""They are tried in this order: the first that finds three numbers in a line is the file's."""


@dataclass(frozen=True)
class _Head:
    """What stands before the first point."""

    dialect: _Dialect
    first: str
    """The line of the first point."""
    number: int
    """Its number, from 1."""
    at: int
    """Where it begins, in bytes."""
    names: list[str] | None
    """What the columns are called, where a line says so."""
    promised: int | None
    """How many points a line before them promises."""
    remarks: tuple[str, ...]


def read_text(path: Path) -> FileRows:
    """Read a point a line, separated by blanks, tabs, commas, semicolons or bars; decimal commas are understood.

    A line of names says which columns are x, y and z; without it they are the first three. A number before the points
    is their count.
    """
    content = _utf8(read_bytes(path))
    head = _head(content)
    body = head.dialect.body(content[head.at :], head.first)
    names = head.names or _numbered(head)
    columns, found = _columns(body, head, names)
    remarks = head.remarks
    if head.promised is not None and found < head.promised:
        raise CloudError(f"truncated: {found:,} of {head.promised:,} points")
    if head.promised is not None and found > head.promised:
        remarks += (f"it tells of {head.promised:,} points but holds {found:,}: all are taken",)
    return of_columns(columns, remarks=remarks)


def holds_points(path: Path) -> bool:
    """Return whether a text has a row of numbers near its beginning; one that cannot be opened may have."""
    try:
        with open_regular(path) as file:
            _head(_utf8(file.read(HEAD_BYTES)))
    except OSError:
        return True
    except NoPointError:
        return False
    except CloudError:
        return True
    return True


class NoPointError(CloudError):
    """A text without a single row of numbers: a letter, not a cloud."""


def _utf8(content: bytes) -> bytes:
    """The text in UTF-8, without a mark at its beginning, lines ended as on Unix."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    elif content[1:400:2].count(0) > 0.9 * len(content[1:400:2]) > 0:
        content = content.decode("utf-16-le", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content


def _lines(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Number, place and text of every line near the beginning that is not blank."""
    at, number = 0, 0
    while at < min(len(content), HEAD_BYTES):
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        number += 1
        line = content[at : min(end, at + 4096)].decode("utf-8", errors="replace").strip()
        if line:
            yield number, at, line
        at = end + 1


def _head(content: bytes) -> _Head:
    before: list[tuple[int, str]] = []
    said: list[tuple[int, str]] = []
    for number, at, line in _lines(content):
        if COMMENT.match(line):
            said.append((number, line))
            continue
        dialect = _dialect(line)
        if dialect is not None:
            return _understood(dialect, line, number, at, before, said)
        before.append((number, line))
    if not before:
        raise NoPointError("there are no points in it")
    if b"\0" in content[:4096]:
        raise NoPointError("there is no point in it: it is no text")
    number, line = before[-1]
    if any(xyz_columns(cells) for cells in _names(line)):
        raise CloudError("there is a header but no points in it")
    raise NoPointError(
        f"there is no point in it: no line has three numbers, line {number} is {_quoted(line)}"
    )


def _dialect(line: str) -> _Dialect | None:
    if _COMMA_LIST.fullmatch(line):
        return _Dialect(None, True)
    for dialect in DIALECTS:
        if dialect.separator is None or dialect.separator in line:
            cells = dialect.cells(line)
            if sum(map(_is_number, cells)) >= 3:
                return dialect
    return None


def _understood(
    dialect: _Dialect,
    first: str,
    number: int,
    at: int,
    before: list[tuple[int, str]],
    said: list[tuple[int, str]],
) -> _Head:
    """What the lines before the first point mean; ``said`` are those that are marked as comments."""
    width = len(dialect.cells(first))
    # Empty cells at the end count where a header names them.
    widths = {width, width if dialect.separator is None else first.count(dialect.separator) + 1}
    promised, names, others = None, None, []
    for place, line in before:
        count = re.fullmatch(r"(\d+)(\s+\d+)?", line)
        fitting = _fitting(line, dialect, widths)
        if count and promised is None:
            promised = int(count[1])
        elif fitting:
            names = fitting[0]
        elif not line.lower().startswith("sep="):
            others.append((place, line))
    chemical = _is_chemical(dialect.cells(first), promised)
    if names is None and others and not chemical:
        place, line = others[-1]
        cells = max(_names(line, dialect), key=len)
        if any(xyz_columns(guess) for guess in _names(line, dialect)):
            raise CloudError(
                f"line {place} names {len(cells)} columns, but the rows have {width}: {_quoted(line)}"
            )
        raise CloudError(f"line {place} is no point, and no header that names x, y and z: {_quoted(line)}")
    if names is None and said and not before:
        fitting = _fitting(COMMENT.sub("", said[-1][1], count=1), dialect, widths)
        names = fitting[0] if fitting else None
    if chemical and names is None:
        return _Head(dialect, first, number, at, ["element", "x", "y", "z"], promised, ())
    if names is None and not all(map(_is_number, dialect.cells(first)[:3])):
        raise CloudError(f"line {number} is no point with x, y and z: {_quoted(first)}")
    remarks = tuple(f"line {place} is left aside: {_quoted(line)}" for place, line in others)
    return _Head(dialect, first, number, at, names, promised, remarks)


def _fitting(line: str, dialect: _Dialect, widths: set[int]) -> list[list[str]]:
    """The names that a line gives to rows of these widths, x, y and z among them."""
    return [cells for cells in _names(line, dialect) if len(cells) in widths and xyz_columns(cells)]


def _is_chemical(cells: list[str], promised: int | None) -> bool:
    """Whether a row is that of an atom: its symbol, then its place."""
    return (
        promised is not None
        and len(cells) == 4
        and re.fullmatch(r"[A-Z][a-z]?", cells[0]) is not None
        and all(map(_is_number, cells[1:]))
    )


def _names(line: str, dialect: _Dialect | None = None) -> list[list[str]]:
    """The names that a line may give, by the ways to divide it; units in brackets belong to the name before."""
    bare = re.sub(r"\s*[\[(][^\])\d]*[\])]", "", line)
    separators = [dialect.separator] if dialect else []
    found = []
    for separator in (*separators, ",", ";", "\t", None):
        if separator is None:
            cells = bare.split()
        else:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        while cells and not cells[-1]:
            cells.pop()
        found.append([cell.strip('"') for cell in cells])
    return found


def _numbered(head: _Head) -> list[str]:
    """Names for columns that have none."""
    width = len(head.dialect.cells(head.first))
    return ["x", "y", "z", *(f"column_{number}" for number in range(3, width))]


def _is_number(cell: str) -> bool:
    try:
        float(_FORTRAN.sub(lambda found: found[0].replace("D", "e").replace("d", "e"), cell))
    except ValueError:
        return False
    return "_" not in cell


def _columns(body: bytes, head: _Head, names: list[str]) -> tuple[Columns, int]:
    """The columns, and the number of rows."""
    names = [read_cell(name) for name in names]
    unique = [name if name not in names[:at] else f"{name}_{at}" for at, name in enumerate(names)]
    cells = head.dialect.cells(head.first)
    axes = xyz_columns(unique)
    numeric = [at for at in range(len(unique)) if at < len(cells) and _is_number(cells[at])]
    assert axes is not None
    if set(axes) <= set(numeric) and len(cells) == len(unique):
        found = _fast(body, head.dialect, len(unique), numeric)
        if found is not None:
            columns = {unique[at]: column for at, column in enumerate(found)}
            return columns, len(found[0])
    columns = _slow(body, head, unique, set(axes))
    return columns, len(columns[unique[axes[0]]])


def _fast(body: bytes, dialect: _Dialect, width: int, numeric: list[int]) -> list[NDArray[Any]] | None:
    """Whole columns at once where every row is like the first; None where one is not."""
    if b"#" in body or b"//" in body or b"%" in body:
        body = COMMENT_LINES.sub(b"", body)
    text = body.decode("utf-8", errors="replace")
    options: dict[str, Any] = {"delimiter": dialect.separator, "comments": None, "quotechar": '"'}
    try:
        values = np.loadtxt(io.StringIO(text), usecols=numeric, ndmin=2, **options)
        others = [at for at in range(width) if at not in numeric]
        words = (
            np.loadtxt(io.StringIO(text), usecols=others, ndmin=2, dtype=str, **options) if others else None
        )
    except ValueError:
        return None
    columns: list[NDArray[Any]] = [np.zeros(0)] * width
    lines = [dialect.cells(line) for line in text[:HEAD_BYTES].splitlines()[:SAMPLE] if line.strip()]
    for place, at in enumerate(numeric):
        columns[at] = _typed(values[:, place], [cells[at] for cells in lines if at < len(cells)])
    for place, at in enumerate(others):
        assert words is not None
        columns[at] = np.array([read_cell(word.strip()) for word in words[:, place].tolist()])
    return columns


def _typed(values: NDArray[np.float64], cells: list[str]) -> NDArray[Any]:
    """Whole numbers as such, where they are written so."""
    if not all(re.fullmatch(r"[+-]?\d{1,15}", cell) for cell in cells):
        return values.copy()
    whole = bool(np.isfinite(values).all() and (values == np.trunc(values)).all())
    return values.astype(np.int64) if whole and np.abs(values).max(initial=0) < 2**53 else values.copy()


def _slow(body: bytes, head: _Head, names: list[str], axes: set[int]) -> Columns:
    """Line after line, for what is not the same in every row; says which line is wrong."""
    dialect, width = head.dialect, len(names)
    rows: list[list[str]] = []
    for number, raw in enumerate(body.split(b"\n"), head.number):
        line = raw.decode("utf-8", errors="replace")
        if not line.strip() or COMMENT.match(line):
            continue
        cells = dialect.cells(line)
        if len(cells) == 1 and width > 3 and cells[0].isdigit():
            continue  # the count of another block of points
        if len(cells) < width and dialect.separator is not None:
            cells += [""] * (min(width, line.count(dialect.separator) + 1) - len(cells))
        good = len(cells) > max(axes) and all(
            _is_number(cells[axis]) or cells[axis].lower() in MISSING for axis in axes
        )
        if not good or (len(cells) < width and dialect.separator is None):
            raise CloudError(f"line {number} is no point with x, y and z: {_quoted(line.strip())}")
        rows.append(cells[:width] + [""] * (width - len(cells)))
    columns: Columns = {}
    for at, name in enumerate(names):
        cells = [row[at] for row in rows]
        if all(_is_number(cell) or cell.lower() in MISSING for cell in cells):
            values = [float(cell) if cell.lower() not in MISSING else np.nan for cell in cells]
            columns[name] = _typed(np.array(values, dtype=np.float64), cells[:SAMPLE])
        else:
            columns[name] = np.array([read_cell(cell) for cell in cells])
    return columns


def _quoted(line: str) -> str:
    return repr(line if len(line) <= 60 else f"{line[:57]}...")
