"""What a file of points or of a surface holds, whatever its format: every row, every property, the faces."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.types import CloudError

Floats = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Texture:
    """Pictures on the faces of a mesh."""

    uv: Floats
    """(f, 3, 2) of every corner, from the lower left of its picture."""
    image: NDArray[np.int64]
    """(f,) into ``images``; -1 for a face without a picture."""
    images: Sequence[NDArray[np.float32]]
    """(height, width, 3) in [0, 1], the uppermost row first."""

    def colours(self, faces: NDArray[Any], weights: Floats) -> NDArray[np.float32]:
        """Return the colours (n, 3) at places on faces (n,) given by the weights (n, 3) of their corners; else NaN."""
        uv = np.einsum("nc,ncd->nd", weights, self.uv[faces])
        found = np.full((len(faces), 3), np.nan, dtype=np.float32)
        which = np.where(np.isfinite(uv).all(axis=1), self.image[faces], -1)
        order = np.argsort(which, kind="stable")
        numbers, starts = np.unique(which[order], return_index=True)
        for number, here in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            if number < 0:
                continue
            image = self.images[number]
            height, width = image.shape[:2]
            column = np.floor(uv[here, 0] % 1.0 * width).astype(np.int64).clip(0, width - 1)
            row = np.floor((1.0 - uv[here, 1] % 1.0) * height).astype(np.int64).clip(0, height - 1)
            found[here] = image[row, column]
        return found


@dataclass(frozen=True)
class FileRows:
    """Every row of a file in order, also rows that are not finite."""

    points: Floats
    """(n, 3) in the file's own coordinates; of a scene, in those of the scene."""
    columns: Columns = field(default_factory=dict)
    """All other properties by name, in the types of the file."""
    faces: NDArray[np.int64] | None = None
    """(f, 3) rows of the corners; None where there is no surface."""
    kind: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float64))
    """The type that the coordinates have in the file."""
    texture: Texture | None = None
    unit: str = ""
    """The unit of the coordinates, as in `Frame`."""
    remarks: tuple[str, ...] = ()
    """What the reader guessed, left out or found too much."""

    @property
    def colours(self) -> NDArray[np.float32] | None:
        """(n, 3) in [0, 1], from the columns that say so."""
        return colours_of(self.columns)

    @property
    def normals(self) -> Floats | None:
        """(n, 3) of any length, from the columns that say so."""
        lowered = _lowered(self.columns)
        for names in NORMAL_NAMES:
            if all(name in lowered for name in names):
                return np.stack([np.asarray(lowered[name], np.float64) for name in names], axis=1)
        return None


NORMAL_NAMES = (
    ("nx", "ny", "nz"),
    ("normal_x", "normal_y", "normal_z"),
    ("normalx", "normaly", "normalz"),
    ("normals:0", "normals:1", "normals:2"),
)
COLOUR_NAMES = (
    ("red", "green", "blue"),
    ("r", "g", "b"),
    ("diffuse_red", "diffuse_green", "diffuse_blue"),
    ("color_r", "color_g", "color_b"),
    ("rgb:0", "rgb:1", "rgb:2"),
    ("colors:0", "colors:1", "colors:2"),
)


def colours_of(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float32] | None:
    """Return red, green and blue (n, 3) in [0, 1] where columns are named so; None else.

    Whole numbers are shares of the largest one of their type, or of 255 where no value is above; floats above 1
    likewise.
    """
    lowered = _lowered(columns)
    for names in COLOUR_NAMES:
        if all(name in lowered and lowered[name].dtype.kind in "fiu" for name in names):
            found = np.stack([lowered[name] for name in names], axis=1)
            largest = float(np.nanmax(found, initial=0.0))
            whole = found.dtype.kind != "f"
            scale = 255.0 if largest <= 255 else 65535.0
            return (found / (scale if whole or largest > 1 else 1.0)).astype(np.float32)
    return None


def _lowered(columns: Mapping[str, NDArray[Any]]) -> Columns:
    return {_bare(name): column for name, column in columns.items()}


STEMS = (
    "", "p", "pos", "position", "positions", "point", "points", "pt", "coord", "coords", "coordinate", "coordinates",
    "loc", "location", "world", "vertex", "vertices", "cartesian", "xyz",
)  # fmt: skip
"""What may stand before the axis: pos_x, px, points:0; not n (a normal) nor v (a velocity)."""
ENDS = ("", "m", "cm", "mm", "km", "ft", "in", "coord", "coordinate", "pos", "position")
"""What may stand behind it: x_m, x_coord."""
GEODETIC = {
    "easting": 0, "eastings": 0, "east": 0, "northing": 1, "northings": 1, "north": 1,
    "elevation": 2, "height": 2, "altitude": 2, "up": 2, "z": 2,
}  # fmt: skip
_AXIS = re.compile(r"(?P<stem>.*?)[ _:.\-]?(?P<axis>[xyz])(?:[ _.\-](?P<end>[a-z]+))?")
_NUMBERED = re.compile(r"(?P<stem>.*?)[ _:.\-\[]?(?P<axis>[012])\]?")


def _bare(name: str) -> str:
    """A name without quotes, case and a unit in brackets."""
    return re.sub(r"\s*[\[(][^\])\d]*[\])]", "", name.strip().strip("\"'")).strip().lower()


def xyz_columns(names: Sequence[str]) -> tuple[int, int, int] | None:
    """Return which of the names mean x, y and z, in any case, with units, the usual words before and behind; or None.

    >>> xyz_columns(["intensity", "Points:0", "Points:1", "Points:2"])
    (1, 2, 3)
    """
    found: dict[tuple[str, str], dict[int, int]] = {}
    for number, name in enumerate(names):
        for kind, axis in _meanings(_bare(name)):
            found.setdefault(kind, {}).setdefault(axis, number)
    whole = [(kind, axes) for kind, axes in found.items() if len(axes) == 3]
    if not whole:
        return None
    # Plain x, y, z win over everything else.
    _, axes = min(whole, key=lambda entry: entry[0] != ("", ""))
    return axes[0], axes[1], axes[2]


def _meanings(name: str) -> list[tuple[tuple[str, str], int]]:
    meanings = []
    named = _AXIS.fullmatch(name)
    if named and named["stem"] in STEMS and (named["end"] or "") in ENDS:
        meanings.append(((named["stem"], named["end"] or ""), "xyz".index(named["axis"])))
    numbered = _NUMBERED.fullmatch(name)
    if numbered and any(word in STEMS[2:] for word in re.split(r"[ _:.\-]", numbered["stem"])):
        meanings.append(((numbered["stem"], "numbered"), int(numbered["axis"])))
    if name in GEODETIC:
        meanings.append((("geodetic", ""), GEODETIC[name]))
    return meanings


def of_columns(columns: Columns, faces: NDArray[np.int64] | None = None, **rest: Any) -> FileRows:
    """Return what named columns say, once x, y and z are found among them.

    Raises:
        CloudError: none of them, or not all, mean x, y and z.
    """
    names = list(columns)
    axes = xyz_columns(names)
    if axes is None:
        listed = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
        raise CloudError(f"there are the columns {listed or '(none)'}, but none that are x, y, z")
    chosen = [columns[names[axis]] for axis in axes]
    if any(column.dtype.kind not in "fiu" or column.ndim != 1 for column in chosen):
        raise CloudError(f"its x, y and z are no numbers, but {', '.join(str(c.dtype) for c in chosen)}")
    points = np.stack([column.astype(np.float64) for column in chosen], axis=1)
    others = {name: column for number, (name, column) in enumerate(columns.items()) if number not in axes}
    return FileRows(points, others, faces, np.result_type(*chosen), **rest)


def checked_faces(faces: NDArray[Any], vertices: int) -> NDArray[np.int64] | None:
    """Return the faces (f, 3), None if there are none.

    Raises:
        CloudError: a corner is a vertex that is not there.
    """
    if len(faces) == 0:
        return None
    if faces.min() < 0 or faces.max() >= vertices:
        wrong = int(faces.max() if faces.max() >= vertices else faces.min())
        raise CloudError(f"damaged: a face names the vertex {wrong:,}, but there are {vertices:,}")
    return faces.astype(np.int64)


def fans(corners: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return the triangles (f, 3) of polygons given by all their corners in a row and the number of corners of each.

    A polygon of fewer than three corners gives none. Triangles keep the order of their polygons.
    """
    starts = np.cumsum(lengths) - lengths
    counts = np.maximum(lengths - 2, 0)
    first = np.repeat(starts, counts)
    step = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    triangles = np.stack([first, first + step + 1, first + step + 2], axis=1)
    # Quads are cut so that the second half begins where the first ends.
    second = (np.repeat(lengths, counts) == 4) & (step == 1)
    triangles[second] = triangles[second][:, [1, 2, 0]]
    return np.asarray(corners, dtype=np.int64)[triangles]


def strip(corners: NDArray[Any]) -> NDArray[np.int64]:
    """Return the triangles (f, 3) of a strip of corners, all facing the same way; empty ones are left out."""
    triangles = np.lib.stride_tricks.sliding_window_view(corners, 3).astype(np.int64).copy()
    triangles[1::2] = triangles[1::2, [1, 0, 2]]
    a, b, c = triangles.T
    return triangles[(a != b) & (b != c) & (a != c)]
