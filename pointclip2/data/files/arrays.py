"""Points in arrays: .npy and .npz of numpy, and single clouds in HDF5."""

import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows, checked_faces, of_columns
from pointclip2.errors import is_transient, one_line
from pointclip2.reading import TooLargeError, check_points, check_regular, check_unpacked, open_regular
from pointclip2.types import CloudError, TransientError

CLOUD_NAMES = (
    "points", "xyz", "pos", "position", "positions", "coord", "coords", "coordinates", "vertices", "verts", "vertex",
    "pointcloud", "point_cloud", "pointclouds", "pc", "pcd", "pcl", "cloud", "data",
)  # fmt: skip
COLOUR_NAMES = ("rgb", "colors", "colours", "color", "colour")
NORMAL_NAMES = ("normals", "normal")
FACE_NAMES = ("faces", "triangles", "face", "f")
MOST_COLUMNS = 12
"""What has more is a cloud with its axes first, not a cloud of so many properties."""
WIDEST = 4096
"""Rows of more numbers are no points with properties."""
LEAST_POINTS = 100
"""Nobody's clouds have fewer: shorter rows are those of an image."""
MOST_CLOUDS = 100_000
"""An HDF5 file of more than so many clouds has to be so many bytes large for each of those above."""
NEAR = 0.5
"""Neighbours in an image of points are nearer to each other than so many times two points of it."""


def read_array(path: Path) -> FileRows:
    """Read a cloud from a .npy or .npz. Pickled objects are refused."""
    found = load_arrays(path)
    return of_array(found) if isinstance(found, np.ndarray) else of_arrays(found)


def load_arrays(path: Path) -> NDArray[Any] | dict[str, NDArray[Any]]:
    """Return the array of a .npy, or those of a .npz by name, once their sizes are known to fit the file.

    Raises:
        CloudError: it holds less than its headers promise, or unpacks to too much.
    """
    size = check_regular(path).st_size
    # Opened here, because numpy leaves the file open where it is no archive.
    with open_regular(path) as file:
        start = file.read(8)
        file.seek(0)
        if start.startswith(b"\x93NUMPY"):
            _check_header(file, size)
            file.seek(0)
            return np.asarray(np.load(file, allow_pickle=False))
        if not start.startswith(b"PK"):
            raise ValueError(
                "it is neither an array of numpy nor an archive of some; pickled objects are not read"
            )
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            check_unpacked(sum(entry.file_size for entry in entries), size)
            for entry in entries:
                with archive.open(entry) as stream:
                    _check_header(stream, entry.file_size)
        file.seek(0)
        with np.load(file, allow_pickle=False) as loaded:
            return {name: loaded[name] for name in loaded}


def load_array(path: Path) -> NDArray[Any]:
    """Return the array of a .npy, likewise.

    Raises:
        CloudError: it is an archive of arrays.
    """
    found = load_arrays(path)
    if isinstance(found, dict):
        raise CloudError("it is an archive of arrays, not one array")
    return found


def _check_header(stream: Any, size: int) -> None:
    """Compare what the header of an array promises with the bytes that there are."""
    try:
        version = np.lib.format.read_magic(stream)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, kind = read(stream)
    except ValueError:
        return  # no array, or of another version: numpy says what is wrong
    count = math.prod(shape)
    check_points(count // max(3, shape[-1] if len(shape) > 1 else 1))
    if not kind.hasobject and count * kind.itemsize > size:
        raise CloudError(f"truncated: {size:,} of {count * kind.itemsize:,} bytes of an array {shape}")


def of_arrays(arrays: Mapping[str, NDArray[Any]]) -> FileRows:
    """Return the cloud among named arrays.

    It is the one with a usual name (points, xyz, pos, vertices ...), x, y and z, or the only one that can be a cloud.
    Colours, normals, faces and what else has a value a point go along.
    """
    lowered = {name.lower(): array for name, array in arrays.items()}
    named = next((name for name in CLOUD_NAMES if name in lowered), None)
    if named is None and not all(axis in lowered for axis in "xyz"):
        fitting = [name for name, array in lowered.items() if _may_be_cloud(array)]
        if len(fitting) != 1:
            raise CloudError(
                f"holds the arrays {', '.join(arrays) or '(none)'}: none is called points, xyz, pos or vertices"
            )
        named = fitting[0]
    if named is None:
        flat: Columns = {name: array.reshape(-1) for name, array in lowered.items() if name in "xyz"}
        if len({len(column) for column in flat.values()}) > 1:
            raise CloudError("its arrays x, y and z have different lengths")
        rows = of_columns(flat)
    else:
        rows = of_array(lowered[named])
    count = len(rows.points)
    columns, faces = dict(rows.columns), None
    for name, array in lowered.items():
        if name == named or (named is None and name in "xyz"):
            continue
        if name in FACE_NAMES and array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind in "iu":
            faces = checked_faces(array, count)
        elif name in COLOUR_NAMES and array.size in (3 * count, 4 * count):
            columns |= _split(array.reshape(count, -1)[:, :3], ("red", "green", "blue"))
        elif name in NORMAL_NAMES and array.size == 3 * count:
            columns |= _split(array.reshape(count, 3), ("nx", "ny", "nz"))
        elif array.shape in ((count,), (count, 1)) and array.dtype.kind in "fiub":
            columns[name] = array.reshape(-1)
    return FileRows(rows.points, columns, faces, rows.kind, remarks=rows.remarks)


def _may_be_cloud(array: NDArray[Any]) -> bool:
    return bool(array.dtype.names) or (array.ndim >= 2 and array.dtype.kind in "fiu" and 3 in array.shape)


def _split(array: NDArray[Any], names: tuple[str, ...]) -> Columns:
    return {name: np.ascontiguousarray(array[:, number]) for number, name in enumerate(names)}


def of_array(array: NDArray[Any]) -> FileRows:
    """Return the cloud that one array is: (n, 3 or more), one with names, axes first, or an organised (h, w, 3)."""
    if array.dtype.names:
        return _structured(array.reshape(-1))
    if array.dtype.kind not in "fiu":
        raise CloudError(f"coordinates must be numbers, but the array has dtype {array.dtype}")
    given = array.shape
    while array.ndim > 2 and 1 in (array.shape[0], array.shape[-1]):
        array = array[0] if array.shape[0] == 1 else array[..., 0]
    remarks: tuple[str, ...] = ()
    if array.ndim == 3 and 3 not in (array.shape[0], array.shape[2]) and 3 <= array.shape[2] <= MOST_COLUMNS:
        array, remarks = _organised(array, given)
    elif array.ndim == 3 and 3 in (array.shape[0], array.shape[2]):
        array = array if array.shape[2] == 3 else np.moveaxis(array, 0, 2)
        array, remarks = _organised(array, given)
    if array.ndim != 2 or array.shape[1] < 3:
        raise CloudError(f"points must have the shape (n, 3 or more), but the array has {given}")
    rows, width = array.shape
    if 3 <= rows <= MOST_COLUMNS < width:
        if width < 3 * MOST_COLUMNS:
            raise CloudError(
                f"shape {given} looks transposed, but may be {rows} points of {width} columns: give (n, 3 or more)"
            )
        array, remarks = array.T, (f"shape {given}: taken as {width:,} points, axes first",)
    if array.shape[1] > WIDEST:
        raise CloudError(f"shape {given}: rows of {array.shape[1]:,} numbers are no points")
    columns = {f"column_{number}": array[:, number].copy() for number in range(3, array.shape[1])}
    return FileRows(array[:, :3].astype(np.float64), columns, kind=array.dtype, remarks=remarks)


def _organised(array: NDArray[Any], given: tuple[int, ...]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """An image of points (h, w, 3) as rows: points above each other lie near each other, or the rows are short.

    Raises:
        CloudError: it looks like so many clouds, one a row.
    """
    height, width = array.shape[:2]
    xyz = array[..., :3].astype(np.float64)
    measured = np.isfinite(xyz).all(axis=2) & (xyz != 0).any(axis=2)
    both = measured[1:] & measured[:-1]
    apart = np.linalg.norm(xyz[1:][both] - xyz[:-1][both], axis=1)
    points = xyz[measured]
    strangers = np.linalg.norm(points - np.random.default_rng(0).permutation(points), axis=1)
    alone = len(apart) == 0 or float(np.median(apart)) > NEAR * float(np.median(strangers))
    if height > 1 and width >= LEAST_POINTS and alone:
        raise CloudError(
            f"shape {given} looks like {height:,} clouds of {width:,} points: give each a file of its own, or all in a "
            "npz with an array 'label' or 'name' for data.path; (n, 3) if it is one cloud"
        )
    remark = f"shape {given}: taken as one organised cloud of {height} x {width} points"
    return array.reshape(height * width, -1), (remark,)


def _structured(array: NDArray[Any]) -> FileRows:
    columns: Columns = {}
    for name in array.dtype.names or ():
        column = array[name]
        if column.ndim == 1:
            columns[name] = column
        elif column.ndim == 2 and column.shape[1] == 3 and name.lower() in CLOUD_NAMES:
            columns |= _split(column, ("x", "y", "z"))
        elif column.ndim == 2 and column.shape[1] in (3, 4) and name.lower() in COLOUR_NAMES:
            columns |= _split(column[:, :3], ("red", "green", "blue"))
        elif column.ndim == 2 and column.shape[1] == 3 and name.lower() in NORMAL_NAMES:
            columns |= _split(column, ("nx", "ny", "nz"))
        else:
            columns[name] = column
    return of_columns(columns)


def clouds_in_hdf5(path: Path) -> tuple[int, list[int] | None]:
    """Return how many clouds an HDF5 file holds in ``data`` (n, m, 3), and the ``label`` of each where it has them.

    One whose clouds cannot be counted counts as one; reading it says what is wrong.
    """
    import h5py

    try:
        with open_hdf5(path) as file:
            data, label = file.get("data"), file.get("label")
            if not isinstance(data, h5py.Dataset) or data.ndim != 3:
                return 1, None
            check_clouds(data, path.stat().st_size)
            labels = None
            if isinstance(label, h5py.Dataset) and label.size == len(data) and label.dtype.kind in "iu":
                labels = [int(value) for value in np.asarray(label[()]).reshape(-1)]
            return len(data), labels
    except Exception as error:  # h5py fails in every way that damage can make it
        if is_transient(error):
            raise TransientError(f"{path} cannot be read just now ({one_line(error)}): run again") from error
        return 1, None


@contextmanager
def open_hdf5(path: Path, **options: Any) -> Iterator[Any]:
    """Open an HDF5 file whose arrays all lie in it.

    Raises:
        CloudError: an array is a link, or is stored, elsewhere; or the file is no regular one.
        OSError: it is damaged, or no HDF5 file.
    """
    import h5py  # here, because most files are no HDF5

    check_regular(path)
    with h5py.File(path, "r", **options) as file:
        check_inside(file)
        yield file


def check_clouds(data: Any, size: int) -> None:
    """Refuse an array of clouds (n, m, 3) that promises more than a file of ``size`` bytes is believed to hold.

    Raises:
        TooLargeError: there are too many clouds, or one has too many points.
    """
    most = max(MOST_CLOUDS, size // MOST_CLOUDS)
    if len(data) > most:
        raise TooLargeError(
            f"it tells of {len(data):,} clouds, more than the {most:,} that are read from such a file"
        )
    check_unpacked(data.nbytes // max(1, len(data)), size)


def check_inside(file: Any) -> None:
    """Refuse an open HDF5 file whose arrays lie in other files, which it may name as it likes.

    Raises:
        CloudError: an array is a link, or is stored, elsewhere.
    """
    import h5py

    for name in file:
        link = file.get(name, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            raise CloudError(
                f"its array {name!r} is a link to {link.filename!r}: only what is in the file is read"
            )
        item = file.get(name)
        if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
            raise CloudError(f"its array {name!r} is stored in other files: only what is in the file is read")


def read_hdf5(path: Path, row: int | None = None) -> FileRows:
    """Read a cloud of an HDF5 file: one ``row`` of its array ``data``, or the only one that it holds."""
    import h5py

    with open_hdf5(path) as file:
        size = path.stat().st_size
        held = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
        if row is not None:
            check_clouds(held["data"], size)
            return of_array(np.asarray(held["data"][row]))
        for name, item in held.items():
            if name.lower() in CLOUD_NAMES and item.ndim == 3 and item.shape[0] > 1:
                raise CloudError(
                    f"holds {item.shape[0]:,} clouds of {item.shape[1]:,} points: a data set (data.path) reads them all"
                )
        check_unpacked(sum(item.nbytes for item in held.values() if item.dtype.kind in "fiub"), size)
        return of_arrays(
            {name: np.asarray(item[()]) for name, item in held.items() if item.dtype.kind in "fiub"}
        )
