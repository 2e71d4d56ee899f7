"""Wavefront files (.obj) with their colours and pictures, and Geomview's (.off)."""

import io
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows, Texture, checked_faces, fans
from pointclip2.data.files.images import Pictures
from pointclip2.errors import is_transient
from pointclip2.reading import read_bytes, read_text
from pointclip2.types import CloudError

Floats = NDArray[np.float64]


def read_obj(path: Path) -> FileRows:
    """Read all vertices in order, with colours behind their coordinates, normals, and the faces cut into triangles."""
    content = _joined(read_bytes(path))
    points, columns = _vertices(content)
    polygons = _Polygons(content)
    if len(polygons.lengths) == 0:
        return FileRows(points, columns)
    remarks = _check_lengths(content, polygons.lengths)
    corners = polygons.indices(0, b"v")
    assert corners is not None
    faces = checked_faces(fans(corners, polygons.lengths), len(points))
    columns |= _normals(polygons, corners, len(points))
    pictures = Pictures()
    texture = None if faces is None else _texture(path, content, polygons, pictures)
    return FileRows(points, columns, faces, texture=texture, remarks=remarks + pictures.remarks)


def _joined(content: bytes) -> bytes:
    """The text with lines that go on in the next made one."""
    if b"\\" in content:
        content = content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def _lines(content: bytes, keyword: bytes) -> list[bytes]:
    """What stands behind a keyword, in every line that begins with it."""
    return re.findall(rb"(?m)^[ \t]*%s[ \t]+([^\r\n#]*)" % keyword, content)


def _starts(content: bytes, keyword: bytes) -> NDArray[np.int64]:
    """Where these lines begin."""
    found = re.finditer(rb"(?m)^[ \t]*%s[ \t]" % keyword, content)
    return np.array([line.start() for line in found], dtype=np.int64)


def _number(content: bytes, keyword: bytes, row: int) -> int:
    """The number, from 1, of the line of a keyword's ``row``."""
    return content.count(b"\n", 0, int(_starts(content, keyword)[row])) + 1


def _table(lines: Sequence[bytes], columns: Sequence[int] | None = None) -> Floats:
    text = b"\n".join(lines).decode("ascii", errors="replace")
    return np.loadtxt(io.StringIO(text), dtype=np.float64, ndmin=2, comments=None, usecols=columns)


def _vertices(content: bytes) -> tuple[Floats, Columns]:
    lines = _lines(content, b"v")
    if not lines:
        raise CloudError("there are no points in it: no line begins with v")
    try:
        values = _table(lines)
    except ValueError:
        values = np.zeros((0, 0))  # some have more behind their coordinates than others
    if len(values) == len(lines) and values.shape[1] == 6:
        return values[:, :3].copy(), dict(zip(("red", "green", "blue"), values.T[3:], strict=True))
    for row, line in enumerate(lines if len(values) < len(lines) or values.shape[1] < 3 else ()):
        try:
            _table([b" ".join(line.split()[:3]) or b"-"], (0, 1, 2))
        except ValueError as error:
            text = line.decode("ascii", errors="replace").strip()
            raise CloudError(
                f"line {_number(content, b'v', row)} is no vertex with x, y and z: {'v ' + text[:60]!r}"
            ) from error
    if len(values) < len(lines):
        values = _table(lines, (0, 1, 2))
    return values[:, :3].copy(), {}


class _Polygons:
    """The faces of a .obj: for every corner its vertex and, if it says so, its place in a picture and its normal."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        lines = _lines(content, b"f")
        self.lengths = np.zeros(len(lines), dtype=np.int64)
        self._places: list[NDArray[np.int64] | None] = []
        if lines and not self._fast(lines):
            self._slow(lines)

    def _fast(self, lines: Sequence[bytes]) -> bool:
        """All at once where all faces are written alike, as most programs write them; false where they are not."""
        text = b"\n".join(lines)
        first = lines[0].split()
        parts = first[0].count(b"/") + 1 if first else 1
        if text.count(b"/") != len(lines) * len(first) * (parts - 1):
            return False
        plain = text.replace(b"//", b"/0/").replace(b"/", b" ").decode("ascii", errors="replace")
        try:
            table = np.loadtxt(io.StringIO(plain), dtype=np.int64, ndmin=2, comments=None)
        except ValueError:
            return False
        if table.shape != (len(lines), len(first) * parts):
            return False
        self.lengths[:] = len(first)
        corners = table.reshape(-1, parts)
        self._places = [corners[:, place] for place in range(parts)]
        return True

    def _slow(self, lines: Sequence[bytes]) -> None:
        words = [line.split() for line in lines]
        self.lengths[:] = [len(each) for each in words]
        tokens = [token.split(b"/") for each in words for token in each]
        for place in range(3):
            try:
                self._places.append(np.array([token[place] for token in tokens], dtype=np.int64))
            except (IndexError, ValueError):
                self._places.append(None)

    def indices(self, place: int, keyword: bytes) -> NDArray[np.int64] | None:
        """The rows of a keyword that all corners name, from 0; None where not all name one.

        Raises:
            CloudError: a corner has no vertex.
        """
        values = self._places[place] if place < len(self._places) else None
        if values is None or (values == 0).any():
            if place == 0:
                raise CloudError("damaged: a face names a corner that is no number above or below 0")
            return None
        if values.min() < 0:
            # Counted backwards from the line of the face.
            before = np.searchsorted(_starts(self.content, keyword), _starts(self.content, b"f"))
            return np.where(values < 0, np.repeat(before, self.lengths) + values, values - 1)
        return values - 1


def _check_lengths(content: bytes, lengths: NDArray[np.int64]) -> tuple[str, ...]:
    short = np.flatnonzero(lengths < 3)
    if len(short) == 0:
        return ()
    number = _number(content, b"f", int(short[-1]))
    if number == content.rstrip().count(b"\n") + 1:
        raise CloudError(f"truncated: it ends in line {number} with a face of {lengths[short[-1]]} corners")
    return (f"{len(short):,} of {len(lengths):,} faces have fewer than three corners and are left aside",)


def _normals(polygons: _Polygons, corners: NDArray[np.int64], count: int) -> Columns:
    """A normal for every vertex: the last one that a corner gives it."""
    at = polygons.indices(2, b"vn")
    found = None if at is None else _rows(polygons.content, b"vn", 3)
    if found is None or at is None or at.min() < 0 or at.max() >= len(found):
        return {}
    normals = np.full((count, 3), np.nan)
    normals[corners] = found[at]
    return {name: normals[:, i] for i, name in enumerate(("nx", "ny", "nz"))}


def _rows(content: bytes, keyword: bytes, width: int) -> Floats | None:
    try:
        return _table(_lines(content, keyword), range(width))
    except ValueError:
        return None


def _texture(path: Path, content: bytes, polygons: _Polygons, pictures: Pictures) -> Texture | None:
    """The pictures and plain colours of its materials; None where none can be found."""
    looks = materials(path, content, pictures)
    used = [line.strip().decode("utf-8", errors="replace") for line in _lines(content, b"usemtl")]
    if not looks or not used:
        return None
    images: list[NDArray[np.float32]] = []
    places: dict[str, int] = {}
    for name in dict.fromkeys(used):
        image = looks.get(name)
        picture = pictures.read(image) if isinstance(image, Path) else image
        if picture is not None:
            places[name] = len(images)
            images.append(picture)
    if not images:
        return None
    which = np.searchsorted(_starts(content, b"usemtl"), _starts(content, b"f")) - 1
    image_of = np.array([*(places.get(name, -1) for name in used), -1])
    lengths = polygons.lengths
    triangles = np.repeat(np.arange(len(lengths)), np.maximum(lengths - 2, 0))
    at = polygons.indices(1, b"vt")
    uv = None if at is None else _rows(content, b"vt", 2)
    flat = np.zeros((len(triangles), 3, 2))
    if uv is not None and at is not None and at.min() >= 0 and at.max() < len(uv):
        flat = uv[fans(at, lengths)]
    return Texture(flat, image_of[which[triangles]].astype(np.int64), images)


def materials(path: Path, content: bytes, pictures: Pictures) -> dict[str, Any]:
    """Return the picture (a path) or the plain colour (1, 1, 3) of every material that a .obj names."""
    looks: dict[str, Any] = {}
    for file in libraries(path, content, pictures):
        below = file.parent.relative_to(path.parent)
        name = ""
        try:
            text = read_text(file, errors="replace")
        except OSError as error:
            if is_transient(error):
                raise
            continue  # The surface is there without its colours.
        for line in text.splitlines():
            match line.split():
                case ["newmtl", *words]:
                    name = " ".join(words)
                case ["map_Kd", *words] if words:
                    picture = pictures.named(
                        path.parent, os.path.join(below, line.strip()[len("map_Kd") :].strip())
                    )
                    looks[name] = looks.get(name) if picture is None else picture
                case ["Kd", red, green, blue] if not isinstance(looks.get(name), Path):
                    with suppress(ValueError):  # words are no colour
                        looks[name] = np.array([[[red, green, blue]]]).astype(np.float32)
    return {name: look for name, look in looks.items() if look is not None}


def libraries(path: Path, content: bytes, pictures: Pictures) -> list[Path]:
    """Return the files of materials that a .obj names and that are there."""
    named = [line.strip().decode("utf-8", errors="replace") for line in _lines(content, b"mtllib")]
    found = (pictures.named(path.parent, name) for name in dict.fromkeys(named))
    return [file for file in found if file is not None]


def companions(path: Path) -> list[Path]:
    """Return the files beside a .obj that decide its colours."""
    content, pictures = read_bytes(path), Pictures()
    looks = materials(path, content, pictures).values()
    return [*libraries(path, content, pictures), *(look for look in looks if isinstance(look, Path))]


def read_off(path: Path) -> FileRows:
    """Read a .off: vertices with the colours of a COFF and the normals of a NOFF, and the faces cut into triangles."""
    lines = (line.split(b"#", 1)[0].split() for line in read_bytes(path).splitlines())
    rows = [words for words in lines if words]
    if not rows or b"OFF" not in rows[0][0][:6]:
        raise CloudError("not an OFF file: its first line is not OFF")
    prefix, _, rest = rows[0][0].partition(b"OFF")
    # Some files of ModelNet have the counts on the first line: OFF490 518 0.
    counts = [word for word in (rest, *rows[0][1:]) if word]
    rows = rows[1:]
    if not counts:
        if not rows:
            raise CloudError("truncated: no counts behind OFF")
        counts, rows = rows[0], rows[1:]
    if len(counts) < 2 or not all(word.isdigit() for word in counts[:2]):
        raise CloudError("not an OFF file: no counts of vertices and faces behind OFF")
    vertices, polygons = int(counts[0]), int(counts[1])
    if len(rows) < vertices + polygons:
        what, promised, held = "faces", polygons, len(rows) - vertices
        if held < 0:
            what, promised, held = "vertices", vertices, len(rows)
        raise CloudError(f"truncated: {held:,} of {promised:,} {what}")
    values = np.array([words[:3] for words in rows[:vertices]], dtype=np.float64).reshape(-1, 3)
    columns: Columns = {}
    extra = {len(words) for words in rows[:vertices]}
    at = 3 + 3 * (b"N" in prefix)
    if b"N" in prefix and min(extra, default=0) >= 6:
        columns |= _named(rows[:vertices], 3, ("nx", "ny", "nz"))
    if b"C" in prefix and min(extra, default=0) >= at + 3:
        columns |= _named(rows[:vertices], at, ("red", "green", "blue"))
    lengths = np.array([int(words[0]) for words in rows[vertices : vertices + polygons]], dtype=np.int64)
    bodies = [words[1 : 1 + n] for words, n in zip(rows[vertices:], lengths.tolist(), strict=False)]
    if any(len(words) < n for words, n in zip(bodies, lengths.tolist(), strict=True)):
        raise CloudError("truncated: a face has fewer corners than it says")
    corners = np.array([word for words in bodies for word in words], dtype=np.int64)
    surplus = len(rows) - vertices - polygons
    edges = int(counts[2]) if len(counts) > 2 and counts[2].isdigit() else 0
    remarks = (f"{surplus:,} lines after its faces are left aside",) if surplus > edges else ()
    return FileRows(values, columns, checked_faces(fans(corners, lengths), vertices), remarks=remarks)


def _named(rows: Sequence[list[bytes]], start: int, names: Sequence[str]) -> Columns:
    values = np.array([words[start : start + 3] for words in rows], dtype=np.float64)
    return dict(zip(names, np.moveaxis(values, 1, 0), strict=True)) if len(rows) else {}
