"""Wavefront files (.obj) with their colours and pictures, and Geomview's (.off)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows, Texture, checked_faces, fans
from pointclip2.data.files.images import read_image
from pointclip2.types import CloudError

Floats = NDArray[np.float64]


def read_obj(path: Path) -> FileRows:
    """Read all vertices in order, with colours behind their coordinates, normals, and the faces cut into triangles."""
    kinds = _by_keyword(path.read_bytes())
    points, columns = _vertices(kinds.get(b"v", []))
    lines = [words for _, words in kinds.get(b"f", [])]
    lengths = np.array([len(words) for words in lines], dtype=np.int64)
    remarks = _check_lengths(lengths, kinds)
    tokens = [word for words in lines for word in words]
    corners = _indices(tokens, 0, kinds, b"v", lengths)
    assert corners is not None
    faces = checked_faces(fans(corners, lengths), len(points)) if len(tokens) else None
    texture = None
    if faces is not None:
        columns |= _normals(tokens, kinds, lengths, corners, len(points))
        texture = _texture(path, tokens, kinds, lengths)
    return FileRows(points, columns, faces, texture=texture, remarks=remarks)


Lines = dict[bytes, list[tuple[int, list[bytes]]]]
"""For every keyword, the number and the words behind it of every line that begins with it."""


def _by_keyword(content: bytes) -> Lines:
    kinds: Lines = {}
    if b"\\" in content:
        content = content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    for number, line in enumerate(content.splitlines(), 1):
        words = line.split()
        if words:
            kinds.setdefault(words[0], []).append((number, words[1:]))
    return kinds


def _vertices(lines: Sequence[tuple[int, list[bytes]]]) -> tuple[Floats, Columns]:
    if not lines:
        raise CloudError("there are no points in it: no line begins with v")
    widths = {len(words) for _, words in lines}
    # Three, four with a weight, six with a colour.
    used = 6 if widths == {6} else 3
    try:
        if min(widths) < 3:
            raise ValueError
        values = np.array([words[:used] for _, words in lines], dtype=np.float64)
    except ValueError as error:
        for number, words in lines:
            try:
                if len([float(word) for word in words[:3]]) < 3:
                    raise ValueError
            except ValueError:
                text = b" ".join(words).decode(errors="replace")
                raise CloudError(
                    f"line {number} is no vertex with x, y and z: {'v ' + text[:60]!r}"
                ) from error
        values = np.array([words[:3] for _, words in lines], dtype=np.float64)
    return values[:, :3].copy(), dict(zip(("red", "green", "blue"), values.T[3:], strict=False))


def _check_lengths(lengths: NDArray[np.int64], kinds: Lines) -> tuple[str, ...]:
    short = np.flatnonzero(lengths < 3)
    if len(short) == 0:
        return ()
    last = max(lines[-1][0] for lines in kinds.values())
    number, words = kinds[b"f"][int(short[-1])]
    if number == last:
        raise CloudError(f"truncated: it ends in line {number} with a face of {len(words)} corners")
    return (f"{len(short):,} of {len(lengths):,} faces have fewer than three corners and are left aside",)


def _indices(
    tokens: Sequence[bytes], place: int, kinds: Lines, keyword: bytes, lengths: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """The rows that all corners name, v/vt/vn at ``place``, from 0; None where a corner names none."""
    try:
        values = np.array([token.split(b"/")[place] for token in tokens], dtype=np.int64)
    except (IndexError, ValueError):
        if place == 0 and tokens:
            raise CloudError("damaged: a face names a corner that is no number") from None
        return None if place else np.zeros(0, np.int64)
    if len(values) and values.min() < 0:
        # Counted backwards from the line of the face.
        known = np.array([number for number, _ in kinds.get(keyword, [])])
        before = np.searchsorted(known, [number for number, _ in kinds[b"f"]])
        return np.where(values < 0, np.repeat(before, lengths) + values, values - 1)
    return values - 1


def _normals(
    tokens: Sequence[bytes], kinds: Lines, lengths: NDArray[np.int64], corners: NDArray[np.int64], count: int
) -> Columns:
    """A normal for every vertex: the last one that a corner gives it."""
    found = _rows(kinds, b"vn", 3)
    at = None if found is None else _indices(tokens, 2, kinds, b"vn", lengths)
    if found is None or at is None or at.min() < 0 or at.max() >= len(found):
        return {}
    normals = np.full((count, 3), np.nan)
    normals[corners] = found[at]
    return {name: normals[:, i] for i, name in enumerate(("nx", "ny", "nz"))}


def _rows(kinds: Lines, keyword: bytes, width: int) -> Floats | None:
    lines = kinds.get(keyword)
    if not lines:
        return None
    try:
        return np.array([words[:width] for _, words in lines], dtype=np.float64)
    except ValueError:
        return None


def _texture(path: Path, tokens: Sequence[bytes], kinds: Lines, lengths: NDArray[np.int64]) -> Texture | None:
    """The pictures and plain colours of its materials; None where none can be found."""
    looks = materials(path, kinds)
    used = kinds.get(b"usemtl", [])
    if not looks or not used:
        return None
    names = [b" ".join(words).decode("utf-8", errors="replace") for _, words in used]
    images: list[NDArray[np.float32]] = []
    places: dict[str, int] = {}
    for name in dict.fromkeys(names):
        image = looks.get(name)
        picture = read_image(image) if isinstance(image, Path) else image
        if picture is not None:
            places[name] = len(images)
            images.append(picture)
    if not images:
        return None
    begun = np.array([number for number, _ in used])
    which = np.searchsorted(begun, [number for number, _ in kinds[b"f"]]) - 1
    image_of = np.array([*(places.get(name, -1) for name in names), -1])
    polygons = np.repeat(np.arange(len(lengths)), np.maximum(lengths - 2, 0))
    uv = _rows(kinds, b"vt", 2)
    at = None if uv is None else _indices(tokens, 1, kinds, b"vt", lengths)
    flat = np.zeros((len(polygons), 3, 2))
    if uv is not None and at is not None and at.min() >= 0 and at.max() < len(uv):
        flat = uv[fans(at, lengths)]
    return Texture(flat, image_of[which[polygons]].astype(np.int64), images)


def materials(path: Path, kinds: Lines | None = None) -> dict[str, Any]:
    """Return the picture (a path) or the plain colour (1, 1, 3) of every material that a .obj names."""
    if kinds is None:
        kinds = _by_keyword(path.read_bytes())
    looks: dict[str, Any] = {}
    for file in libraries(path, kinds):
        name = ""
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # The surface is there without its colours.
        for line in text.splitlines():
            match line.split():
                case ["newmtl", *words]:
                    name = " ".join(words)
                case ["map_Kd", *words] if words:
                    picture = file.parent / line.strip()[len("map_Kd") :].strip().replace("\\", "/")
                    looks[name] = picture if picture.is_file() else looks.get(name)
                case ["Kd", red, green, blue] if not isinstance(looks.get(name), Path):
                    looks[name] = np.array([[[float(red), float(green), float(blue)]]], dtype=np.float32)
    return {name: look for name, look in looks.items() if look is not None}


def libraries(path: Path, kinds: Lines) -> list[Path]:
    """Return the files of materials that a .obj names and that are there."""
    named = [b" ".join(words).decode("utf-8", errors="replace") for _, words in kinds.get(b"mtllib", [])]
    return [file for name in named if (file := path.parent / name.replace("\\", "/")).is_file()]


def companions(path: Path) -> list[Path]:
    """Return the files beside a .obj that decide its colours."""
    kinds = _by_keyword(path.read_bytes())
    return [
        *libraries(path, kinds),
        *(look for look in materials(path, kinds).values() if isinstance(look, Path)),
    ]


def read_off(path: Path) -> FileRows:
    """Read a .off: vertices with the colours of a COFF and the normals of a NOFF, and the faces cut into triangles."""
    lines = (line.split(b"#", 1)[0].split() for line in path.read_bytes().splitlines())
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
