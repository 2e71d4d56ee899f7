"""Stanford polygon files (.ply): ascii and binary, with every property of their vertices."""

import re
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows, checked_faces, fans, of_columns, strip
from pointclip2.reading import check_points, read_bytes
from pointclip2.types import CloudError

TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
POINTS = ("vertex", "vertices", "point", "points")
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass
class _Element:
    name: str
    count: int
    properties: list[tuple[str, str, str]]
    """Name, type, and the type of the count that stands before a list; empty for a single value."""

    @property
    def has_lists(self) -> bool:
        return any(count for _, _, count in self.properties)


def read_ply(path: Path) -> FileRows:
    """Read the vertices with all their properties, and the faces; other elements are left aside."""
    content = read_bytes(path)
    order, elements, body = _header(content)
    source = _Text(content[body:]) if order == "" else _Binary(content, body, order)
    points = _points_element(elements)
    for element in elements:
        check_points(element.count, what=_plural(element))
    columns: Columns = {}
    faces: NDArray[np.int64] | None = None
    for element in elements:
        if element is points:
            columns = source.table(element)
        elif faces is None and element.name in ("face", "faces", "tristrips") and element.has_lists:
            corners, lengths = source.lists(element)
            faces = _strips(corners) if element.name == "tristrips" else fans(corners, lengths)
        elif element.has_lists:
            source.lists(element)
        else:
            source.table(element)
    rest = source.surplus()
    remarks = (f"{rest} after its end are left aside",) if rest else ()
    count = points.count
    return of_columns(columns, None if faces is None else checked_faces(faces, count), remarks=remarks)


def _header(content: bytes) -> tuple[str, list[_Element], int]:
    """Byte order, elements, and where the body begins."""
    end = content.find(b"end_header")
    if not content.startswith(b"ply") or end < 0:
        raise CloudError("not a PLY file: it has no header from 'ply' to 'end_header'")
    line_end = re.compile(rb"[^\r\n]*(\r\n|\r|\n)?").match(content, end)
    body = line_end.end() if line_end else len(content)
    order, elements = None, []
    for line in content[:end].decode("utf-8", errors="replace").splitlines():
        match line.split():
            case ["format", name, *_]:
                order = ORDERS.get(name)
            case ["element", name, count] if count.isdigit():
                elements.append(_Element(name, int(count), []))
            case ["property", "list", count, kind, name] if elements and {count, kind} <= set(TYPES):
                elements[-1].properties.append((name, TYPES[kind], TYPES[count]))
            case ["property", kind, *name] if elements and kind in TYPES and name:
                elements[-1].properties.append((" ".join(name), TYPES[kind], ""))
            case ["element" | "property", *_]:
                raise CloudError(f"its PLY header has a line that means nothing: {line[:60]!r}")
    if order is None:
        raise CloudError(f"its PLY header names no format of {', '.join(ORDERS)}")
    return order, elements, body


def _points_element(elements: list[_Element]) -> _Element:
    named = [element for element in elements if element.name.lower() in POINTS and not element.has_lists]
    if not named:
        held = ", ".join(f"{element.count:,} {element.name[:20]}" for element in elements[:9]) or "nothing"
        raise CloudError(f"the PLY file has no vertices, but {held}")
    return named[0]


def _unique(properties: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Names and types; a name that comes twice gets a number."""
    found: dict[str, str] = {}
    again: dict[str, int] = {}
    for name, kind, _ in properties:
        free = name
        while free in found:
            again[name] = again.get(name, 1) + 1
            free = f"{name}_{again[name]}"
        found[free] = kind
    return list(found.items())


class _Binary:
    """The elements of a binary body, one after another."""

    def __init__(self, content: bytes, start: int, order: str) -> None:
        self.content, self.at, self.order = content, start, order

    def table(self, element: _Element) -> Columns:
        layout = np.dtype([(name, self.order + kind) for name, kind in _unique(element.properties)])
        held = (len(self.content) - self.at) // max(layout.itemsize, 1)
        if held < element.count:
            raise CloudError(f"truncated: {held:,} of {element.count:,} {_plural(element)}")
        rows = np.frombuffer(self.content, layout, element.count, self.at)
        self.at += element.count * layout.itemsize
        return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in layout.names or ()}

    def lists(self, element: _Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All values of the list of corners in a row, and the length of each list."""
        if element.count == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        wanted = _corner_list(element)
        found = self._equal(element, wanted)
        return self._ragged(element, wanted) if found is None else found

    def _equal(self, element: _Element, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Where all rows have lists of the same length, as they do in most files."""
        layout: list[tuple[Any, ...]] = []
        at, lengths = self.at, []
        for number, (_, kind, count) in enumerate(element.properties):
            if not count:
                layout.append((f"v{number}", self.order + kind))
                at += np.dtype(kind).itemsize
                continue
            if at + np.dtype(count).itemsize > len(self.content):
                return None
            length = int(np.frombuffer(self.content, self.order + count, 1, at)[0])
            layout += [(f"c{number}", self.order + count), (f"v{number}", self.order + kind, (length,))]
            lengths.append((f"c{number}", length))
            at += np.dtype(count).itemsize + length * np.dtype(kind).itemsize
        dtype = np.dtype(layout)
        if self.at + element.count * dtype.itemsize > len(self.content):
            return None
        rows = np.frombuffer(self.content, dtype, element.count, self.at)
        if not all((rows[name] == length).all() for name, length in lengths):
            return None
        self.at += element.count * dtype.itemsize
        values = rows[f"v{wanted}"].astype(np.int64)
        return values.reshape(-1), np.full(len(values), values.shape[1], dtype=np.int64)

    def _ragged(self, element: _Element, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        content, at, end = self.content, self.at, len(self.content)
        held = min(element.count, end - at + 1)
        starts, lengths = np.zeros(held, dtype=np.int64), np.zeros(held, dtype=np.int64)
        layout = [
            (
                number == wanted,
                np.dtype(kind).itemsize,
                Struct(self.order + np.dtype(count).char) if count else None,
            )
            for number, (_, kind, count) in enumerate(element.properties)
        ]
        for row in range(element.count):
            for is_wanted, width, count in layout:
                length = 1
                if count is not None and at + count.size <= end:
                    length = int(count.unpack_from(content, at)[0])
                    at += count.size
                if length < 0 or at + length * width > end:
                    raise CloudError(f"truncated: {row:,} of {element.count:,} {_plural(element)}")
                if is_wanted:
                    starts[row], lengths[row] = at, length
                at += length * width
        self.at = at
        kind = np.dtype(self.order + element.properties[wanted][1])
        # Where each value begins: that of its list, and so many values behind it.
        places = np.repeat(starts - (np.cumsum(lengths) - lengths) * kind.itemsize, lengths)
        places += np.arange(len(places)) * kind.itemsize
        pieces = np.frombuffer(content, np.uint8)[places[:, None] + np.arange(kind.itemsize)]
        return pieces.reshape(-1).view(kind).astype(np.int64), lengths

    def surplus(self) -> str:
        left = len(self.content) - self.at
        return f"{left:,} bytes" if left > 0 and self.content[self.at :].strip() else ""


class _Text:
    """The elements of an ascii body, a row a line."""

    def __init__(self, body: bytes) -> None:
        self.lines = [line for line in body.splitlines() if line.strip()]
        self.at = 0

    def _rows(self, element: _Element) -> list[bytes]:
        rows = self.lines[self.at : self.at + element.count]
        if len(rows) < element.count:
            raise CloudError(f"truncated: {len(rows):,} of {element.count:,} {_plural(element)}")
        self.at += element.count
        return rows

    def table(self, element: _Element) -> Columns:
        columns = _unique(element.properties)
        if element.count == 0:
            return {name: np.zeros(0, kind) for name, kind in columns}
        rows = self._rows(element)
        try:
            values = np.loadtxt(rows, dtype=np.float64, ndmin=2, usecols=range(len(columns)))
        except ValueError as error:
            last = rows[-1].decode(errors="replace")
            if len(rows[-1].split()) < len(columns):
                raise CloudError(
                    f"truncated: the last of {element.count:,} {_plural(element)} is {last[:60]!r}"
                ) from error
            raise
        with np.errstate(invalid="ignore", over="ignore"):
            return {name: values[:, number].astype(kind) for number, (name, kind) in enumerate(columns)}

    def lists(self, element: _Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        wanted = _corner_list(element)
        corners: list[int] = []
        lengths = []
        for row, line in enumerate(self._rows(element)):
            words = line.split()
            at = 0
            try:
                for number, (_, _, count) in enumerate(element.properties):
                    length = int(words[at]) if count else 1
                    if length < 0:
                        raise IndexError
                    at += bool(count)
                    if number == wanted:
                        if at + length > len(words):
                            raise IndexError
                        corners += map(int, words[at : at + length])
                        lengths.append(length)
                    at += length
            except IndexError as error:
                raise CloudError(f"truncated: {row:,} of {element.count:,} {_plural(element)}") from error
        return np.array(corners, dtype=np.int64), np.array(lengths, dtype=np.int64)

    def surplus(self) -> str:
        left = len(self.lines) - self.at
        return f"{left:,} lines" if left > 0 else ""


def _corner_list(element: _Element) -> int:
    """The list of corners: the one named after vertices, or the first."""
    lists = [number for number, (_, _, count) in enumerate(element.properties) if count]
    named = [number for number in lists if element.properties[number][0].lower().startswith("vert")]
    return (named or lists)[0]


def _strips(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles of strips that -1 divides."""
    ends = np.flatnonzero(corners == -1)
    parts = [part[part >= 0] for part in np.split(corners, ends)]
    return np.concatenate([np.zeros((0, 3), np.int64), *(strip(part) for part in parts if len(part) > 2)])


def _plural(element: _Element) -> str:
    return {"vertex": "vertices", "face": "faces"}.get(element.name, element.name)
