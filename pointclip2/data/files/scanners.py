"""What laser scanners and surveyors write: LAS, LAZ and E57, by the packages of the extra ``scans``."""

import logging
import struct
from pathlib import Path
from types import ModuleType

import numpy as np

from pointclip2.data.files.apart import apart
from pointclip2.data.files.contents import Columns, FileRows
from pointclip2.errors import is_transient, one_line
from pointclip2.reading import check_points, check_regular, open_regular
from pointclip2.types import CloudError

PAGE, CHECK = 1024, 4
"""Bytes of a page of an .e57, and of the checksum at its end."""


def read_las(path: Path) -> FileRows:
    """Read a .las or .laz: points in the file's own, often national, coordinates, and all their dimensions."""
    laspy = _package("laspy", path)
    logging.getLogger("laspy").setLevel(logging.CRITICAL)  # what it says is in the error, too
    promised = 0
    size = _check_las(path)
    # Threads of a pool that this process has used would be missing in another.
    ways = [way for way in laspy.LazBackend.detect_available() if way.name != "LazrsParallel"]
    try:
        with laspy.open(path, laz_backend=ways) as reader:
            header = reader.header
            promised = int(header.point_count)
            check_points(promised, size if header.are_points_compressed else None)
            held = (size - header.offset_to_point_data) // header.point_format.size
            if not header.are_points_compressed and held < promised:
                raise CloudError(f"truncated: {held:,} of {promised:,} points")
            columns = apart(lambda: _columns(reader)) if header.are_points_compressed else _columns(reader)
    except CloudError:
        raise
    except Exception as error:
        if is_transient(error):
            raise
        what = f"damaged: its {promised:,} points cannot be read" if promised else "damaged, or no LAS file"
        raise CloudError(f"{what} ({one_line(error)})") from error
    points = np.stack([columns.pop(axis).astype(np.float64) for axis in "xyz"], axis=1)
    if len(points) < promised:
        raise CloudError(f"truncated: {len(points):,} of {promised:,} points")
    return FileRows(points, columns)


def _columns(reader) -> Columns:  # type: ignore[no-untyped-def]
    """All dimensions of a .las, its coordinates as x, y and z."""
    file = reader.read()
    names = [name for name in file.point_format.dimension_names if name not in ("X", "Y", "Z")]
    return {name: np.asarray(file[name]) for name in ("x", "y", "z", *names)}


def _check_las(path: Path) -> int:
    """Return the size of a .las whose lists of records fit into it: laspy reads as many as they tell of."""
    size = check_regular(path).st_size
    with open_regular(path) as file:
        head = file.read(375).ljust(375, b"\0")
    if head[:4] != b"LASF":
        raise CloudError("not a LAS file: it does not begin with LASF")
    start, records = struct.unpack_from("<II", head, 96)
    later = struct.unpack_from("<I", head, 243)[0] if head[25] >= 4 else 0
    if start > size or records * 54 > start or later * 60 > size:
        raise CloudError("damaged: its header tells of more records than the file has room for")
    return size


def read_e57(path: Path) -> FileRows:
    """Read all scans of an .e57, each where its pose puts it; points that a scanner marked as invalid are NaN."""
    pye57 = _package("pye57", path)
    size = _check_e57(path)
    scans = apart(lambda: _scans(pye57, path, size))
    if not scans:
        raise CloudError("there are no scans in it")
    shared = [name for name in scans[0] if all(name in scan for scan in scans)]
    joined = {name: np.concatenate([scan[name] for scan in scans]) for name in shared}
    points = np.stack([joined.pop(axis).astype(np.float64) for axis in "xyz"], axis=1)
    remarks = (f"its {len(scans)} scans are taken as one cloud",) if len(scans) > 1 else ()
    return FileRows(points, joined, unit="m", remarks=remarks)


def _scans(pye57: ModuleType, path: Path, size: int) -> list[Columns]:
    try:
        file = pye57.E57(str(path))
    except Exception as error:
        raise CloudError(f"damaged, or no E57 file ({one_line(error)})") from error
    try:
        counts = [int(file.get_header(number).point_count) for number in range(file.scan_count)]
        check_points(sum(counts), size)
        return [_scan(file, number) for number in range(file.scan_count)]
    finally:
        file.close()


def _check_e57(path: Path) -> int:
    """Return the size of an .e57 whose XML defines no entities: they would be expanded, or opened."""
    size = check_regular(path).st_size
    with open_regular(path) as file:
        head = file.read(48)
        if head[:8] != b"ASTM-E57" or len(head) < 48:
            raise CloudError("not an E57 file: it does not begin with ASTM-E57")
        start, length, page = struct.unpack_from("<QQQ", head, 24)
        if page != PAGE or start + length > size:
            raise CloudError("damaged: its header tells of more than the file holds")
        file.seek(start // PAGE * PAGE)
        raw = file.read(length + length // (PAGE - CHECK) * CHECK + 2 * PAGE)
    # Each page ends with a checksum, which may fall into a word.
    text = b"".join(raw[at : at + PAGE - CHECK] for at in range(0, len(raw), PAGE)).replace(b"\0", b"")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise CloudError("damaged: its XML has definitions of its own, which no scanner writes")
    return size


def _scan(file, number: int) -> Columns:  # type: ignore[no-untyped-def]
    """The points of one scan in the file's common coordinates."""
    header = file.get_header(number)
    fields = set(header.point_fields)
    spherical = "cartesianX" not in fields
    raw = file.read_scan_raw(number)
    if spherical:
        distance, azimuth, elevation = (raw[f"spherical{name}"] for name in ("Range", "Azimuth", "Elevation"))
        flat = distance * np.cos(elevation)
        xyz = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), distance * np.sin(elevation)], axis=1)
    else:
        xyz = np.stack([np.asarray(raw[f"cartesian{axis}"], dtype=np.float64) for axis in "XYZ"], axis=1)
    invalid = raw.get("sphericalInvalidState" if spherical else "cartesianInvalidState")
    if invalid is not None:
        xyz[invalid != 0] = np.nan
    if header.has_pose():
        xyz = xyz @ np.asarray(header.rotation_matrix).T + np.asarray(header.translation)
    columns: Columns = dict(zip("xyz", xyz.T, strict=True))
    names = {"colorRed": "red", "colorGreen": "green", "colorBlue": "blue", "intensity": "intensity"}
    names |= {"rowIndex": "row", "columnIndex": "column"}
    names |= {f"nor:normal{axis}": f"n{axis.lower()}" for axis in "XYZ"}
    for field, name in names.items():
        if field in raw:
            columns[name] = np.asarray(raw[field])
    return columns


def _package(name: str, path: Path) -> ModuleType:
    try:
        return __import__(name)
    except ImportError as error:
        raise CloudError(
            f"{path.suffix.lower()} is read with {name}: pip install pointclip2[scans]"
        ) from error
