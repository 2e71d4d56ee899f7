"""Every format that is read, by the ending of the file; rows that are written back."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.archives import read_npz
from pointclip2.data.files.arrays import read_array, read_hdf5
from pointclip2.data.files.contents import Columns, FileRows
from pointclip2.data.files.gltf import read_gltf
from pointclip2.data.files.obj import read_obj, read_off
from pointclip2.data.files.pcd import read_pcd
from pointclip2.data.files.ply import read_ply
from pointclip2.data.files.scanners import read_e57, read_las
from pointclip2.data.files.stl import read_stl
from pointclip2.data.files.text import read_text
from pointclip2.data.files.written import csv_bytes, npy_bytes, ply_bytes
from pointclip2.data.prepare import RawCloud
from pointclip2.errors import is_transient, one_line
from pointclip2.geometry.surfaces import draw_surface
from pointclip2.reading import check_points, check_regular
from pointclip2.types import CloudError, ConfigError, TransientError, UserError
from pointclip2.writing import write_bytes

READERS: dict[str, Callable[[Path], FileRows]] = {
    ".ply": read_ply,
    ".obj": read_obj,
    ".off": read_off,
    ".stl": read_stl,
    ".glb": read_gltf,
    ".gltf": read_gltf,
    ".pcd": read_pcd,
    ".xyz": read_text,
    ".txt": read_text,
    ".csv": read_text,
    ".pts": read_text,
    ".asc": read_text,
    ".npy": read_array,
    ".npz": read_array,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
    ".las": read_las,
    ".laz": read_las,
    ".e57": read_e57,
}
SUFFIXES = tuple(READERS)
ROWS: dict[str, Callable[[Path, int], FileRows]] = {".h5": read_hdf5, ".hdf5": read_hdf5, ".npz": read_npz}
"""How one of the many clouds of a file is read."""
WRITERS: dict[str, Callable[[FileRows, Columns], bytes]] = {
    ".ply": ply_bytes,
    ".npy": npy_bytes,
    ".csv": csv_bytes,
}

ORIGIN_ROWS, ORIGIN_SHARE = 10, 0.01
"""So many rows at the very origin, and so large a share of all, are no measurements."""


def read_rows(path: Path, row: int | None = None) -> FileRows:
    """Read every row of a file in order, with all its properties; of a file of many clouds the one at ``row``.

    Raises:
        CloudError: the file cannot be read right; the message does not name it.
        TransientError: it was written to meanwhile.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise CloudError(f"the ending {path.suffix or '(none)'} is not read: known are {' '.join(SUFFIXES)}")
    if path.is_dir():
        raise CloudError("it is a folder, not a file")
    try:
        before = check_regular(path)
    except FileNotFoundError as error:
        raise CloudError("there is no such file") from error
    if before.st_size == 0:
        raise CloudError("the file is empty")
    try:
        rows = reader(path) if row is None else ROWS[path.suffix.lower()](path, row)
    except BaseException as error:
        # A library written in Rust panics with a kind of exception of its own.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if is_transient(error):
            raise
        with path.open("rb"):  # not every library says that there were too many open files
            pass
        if _changed(path, before):
            raise TransientError("it changed while it was read: wait until it is whole") from error
        if isinstance(error, UserError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        missing = isinstance(error, KeyError | IndexError)
        reason = f"it lacks {one_line(error)[:200]}" if missing else one_line(error)[:200]
        raise CloudError(f"damaged, or cut off: {reason}") from error
    if _changed(path, before):
        raise TransientError("it changed while it was read: wait until it is whole")
    if len(rows.points) == 0:
        raise CloudError("there are no points in it")
    check_points(len(rows.points))
    return rows


def _changed(path: Path, before: os.stat_result) -> bool:
    try:
        now = path.stat()
    except FileNotFoundError:
        return True
    return (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns)


def read_points(path: Path, points: int | None, rng: np.random.Generator, row: int | None = None) -> RawCloud:
    """Read a file and return what `drawn_points` makes of its rows. ``row`` is that of `read_rows`.

    Raises:
        CloudError: or any other exception of a reader.
    """
    return drawn_points(read_rows(path, row), points, rng)


def drawn_points(rows: FileRows, points: int | None, rng: np.random.Generator) -> RawCloud:
    """Return all rows of a file of points; ``points`` places on a surface, or all its vertices for None.

    Rows at the very origin that are no measurements become NaN.
    """
    remarks = rows.remarks
    if rows.faces is not None and points is not None:
        solid = _solid(rows)
        covered = np.zeros(len(rows.points), dtype=bool)
        covered[rows.faces[solid]] = True
        bare = int(np.count_nonzero(~covered))
        if len(solid) and 2 * bare <= len(rows.points):
            return _drawn(rows, solid, points, rng)
        if len(solid):
            remarks += (
                f"{bare:,} of {len(rows.points):,} vertices belong to no face: the vertices are taken, not the surface",
            )
    xyz, unmeasured = rows.points, np.zeros(0, dtype=np.intp)
    if rows.faces is None:
        unmeasured = _unmeasured(xyz)
    if len(unmeasured):
        xyz = xyz.copy()
        xyz[unmeasured] = np.nan
        remarks += (
            f"left out {len(unmeasured):,} of {len(xyz):,} points at the origin, where nothing was measured",
        )
    return RawCloud(
        xyz,
        colours=_vertex_colours(rows),
        normals=rows.normals,
        unit=rows.unit,
        remarks=remarks,
        unmeasured=len(unmeasured),
    )


def _solid(rows: FileRows) -> NDArray[np.intp]:
    """The faces that are finite and have an area."""
    assert rows.faces is not None
    corners = rows.points[rows.faces]
    finite = np.isfinite(corners).all(axis=(1, 2))
    with np.errstate(all="ignore"):
        scale = float(np.abs(corners[finite]).max(initial=0.0)) or 1.0
        edges = (corners[:, 1:] - corners[:, :1]) / scale
        area = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1)
    return np.flatnonzero(finite & (area > 0))


def _drawn(rows: FileRows, solid: NDArray[np.intp], points: int, rng: np.random.Generator) -> RawCloud:
    """Places drawn by area, with colours and normals as they are there."""
    assert rows.faces is not None
    finite = np.flatnonzero(np.isfinite(rows.points[rows.faces]).all(axis=(1, 2)))
    corners = rows.points[rows.faces[finite]]
    # Scaled, because the area of a triangle with sides of 1e200 is not a number.
    scale = float(np.abs(corners).max()) or 1.0
    places, chosen, weights = draw_surface(corners / scale, points, rng)
    faces = finite[chosen]

    def there(values: NDArray[Any] | None) -> NDArray[Any] | None:
        return None if values is None else np.einsum("nc,ncd->nd", weights, values[rows.faces[faces]])  # type: ignore[index]

    colours = there(rows.colours)
    if rows.texture is not None:
        colours = _over(rows.texture.colours(faces, weights), colours)
    return RawCloud(
        places * scale,
        sampled=True,
        colours=colours,
        normals=there(rows.normals),
        unit=rows.unit,
        remarks=rows.remarks,
    )


def _over(painted: NDArray[np.float32], below: NDArray[Any] | None) -> NDArray[Any] | None:
    """A picture's colours times those below it; where there is no picture those below, or white."""
    if below is None:
        return None if np.isnan(painted).all() else np.where(np.isnan(painted), 1.0, painted)
    return np.where(np.isnan(painted), below, painted * below)


def _vertex_colours(rows: FileRows) -> NDArray[Any] | None:
    """Colours (n, 3) of the rows, from a picture where there is one."""
    if rows.texture is None or rows.faces is None:
        return rows.colours
    painted = np.full((len(rows.points), 3), np.nan, dtype=np.float32)
    for corner, weight in enumerate(np.eye(3)):
        painted[rows.faces[:, corner]] = rows.texture.colours(
            np.arange(len(rows.faces)), np.broadcast_to(weight, (len(rows.faces), 3))
        )
    return _over(painted, rows.colours)


def _unmeasured(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Rows at the very origin, as scanners mark what gave no return; none where all rows are there.

    They are taken for such where they are many, or lie together outside all others.
    """
    at_origin = (points == 0).all(axis=1)
    rows = np.flatnonzero(at_origin)
    others = np.isfinite(points).all(axis=1)
    others &= ~at_origin
    if len(rows) < 2 or not others.any():
        return rows[:0]
    low, high = points[others].min(axis=0), points[others].max(axis=0)
    many = len(rows) >= ORIGIN_ROWS and len(rows) >= ORIGIN_SHARE * len(points)
    return rows if many or bool(((low > 0) | (high < 0)).any()) else rows[:0]


def write_rows(
    path: Path,
    rows: FileRows,
    columns: Mapping[str, NDArray[Any]] | None = None,
    force: bool = False,
    comments: Sequence[str] = (),
) -> tuple[str, ...]:
    """Write every row in the file's own coordinates and types, with all its properties and these columns.

    Columns of the same name take the place of the file's. Written whole or not at all.

    Args:
        path: .ply (with the faces), .npy (a structured array) or .csv.
        rows: as `read_rows` gave them.
        columns: (n,) each.
        force: write over a file that is there.
        comments: lines for the header of a .ply; the others have none.

    Returns:
        What the format could not hold, in sentences.

    Raises:
        ConfigError: another ending, a file that is there, or a column of another length.
        OSError: the file cannot be written.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ConfigError(f"{path}: rows are written to {', '.join(WRITERS)}")
    if path.exists() and not force:
        raise ConfigError(f"{path} is there already: name another file, or force it")
    table = _flat({**rows.columns, **(columns or {})})
    remarks: tuple[str, ...] = ()
    for name, column in table.items():
        if len(column) != len(rows.points):
            raise ConfigError(
                f"{path}: the column {name} has {len(column):,} values for {len(rows.points):,} points"
            )
    table = {name: column for name, column in table.items() if name not in ("x", "y", "z")}
    if writer is ply_bytes:
        texts = [name for name, column in table.items() if column.dtype.kind not in "fiub"]
        table = {name: column for name, column in table.items() if name not in texts}
        remarks = tuple(f"PLY holds no texts: the column {name} is left out" for name in texts)
        remarks += tuple(
            f"PLY holds no whole numbers of 64 bits: the column {name} is rounded, .npy keeps it"
            for name, column in table.items()
            if column.dtype.kind in "iu"
            and column.dtype.itemsize == 8
            and bool((column.astype(np.float64).astype(column.dtype) != column).any())
        )
    elif rows.faces is not None:
        remarks = (f"{path.suffix.lower()} holds no faces: {len(rows.faces):,} are left out",)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = ply_bytes(rows, table, comments) if writer is ply_bytes else writer(rows, table)
    write_bytes(path, content)
    return remarks


def _flat(columns: Mapping[str, NDArray[Any]]) -> Columns:
    """Columns of several values a row as one column each."""
    flat: Columns = {}
    for name, values in columns.items():
        column = np.asarray(values)
        if column.ndim < 2:
            flat[name] = column
        else:
            wide = column.reshape(len(column), -1)
            flat |= {f"{name}_{number}": wide[:, number] for number in range(wide.shape[1])}
    return flat
