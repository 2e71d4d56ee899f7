"""What a person hands over, as clouds: files, folders, arrays, tensors, clouds, and lists of these."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.files.arrays import of_array
from pointclip2.data.files.rows import SUFFIXES, FileRows, read_rows
from pointclip2.data.found_files import find_files
from pointclip2.data.prepare import RawCloud
from pointclip2.data.reading import cloud_of, read_silently
from pointclip2.data.scan_folder import made_scene, read_scan
from pointclip2.data.stored import sample_error
from pointclip2.types import Cloud, CloudError, DataError, Scene
from pointclip2.writing import typed_path


@dataclass(frozen=True)
class Reading:
    """How clouds are made of what was given."""

    points: int
    """How many every cloud gets; one that is given as a `Cloud` keeps its own."""
    up: str
    """The axis that points up: x y z -x -y -z, ``any`` to take it as it is, or ``auto``."""
    seed: int = 0


@dataclass(frozen=True)
class Item:
    """One cloud to be, or why it is none."""

    source: str
    cloud: Cloud | None = None
    reason: str = ""
    """Why it could not be read."""


def is_one(given: Any) -> bool:
    """Return whether something is one cloud, and not a folder or a list of them."""
    if isinstance(given, str | os.PathLike):
        return not typed_path(given).is_dir()
    if isinstance(given, np.ndarray | torch.Tensor):
        return given.ndim == 2 or bool(getattr(given.dtype, "names", None))
    return isinstance(given, Cloud)


def clouds(given: Any, reading: Reading, root: Path | None = None) -> Iterator[Item]:
    """Read one after the other; what cannot be read is an item with a reason.

    Raises:
        DataError: a path does not exist, a folder holds nothing that can be read, or something is no cloud at all.
    """
    if is_one(given):
        yield _item(given, reading, 0, root)
    elif isinstance(given, str | os.PathLike):
        folder = typed_path(given)
        for path in files_of(folder):
            try:
                yield _item(path, reading, 0, folder)
            except DataError as error:  # gone meanwhile, or a link that leads nowhere
                yield Item(path.relative_to(folder).as_posix(), reason=str(error))
    elif isinstance(given, Iterable):
        named = given.items() if isinstance(given, Mapping) else ((None, one) for one in given)
        for number, (key, one) in enumerate(named):
            name = None if key is None else str(key)
            try:
                if is_one(one):
                    yield _item(one, reading, number, root, name)
                else:
                    for item in clouds(one, reading):
                        yield replace(item, source=_beside(one if name is None else name, item.source))
            except DataError as error:  # one that is not there does not end the others
                told = str(one) if isinstance(one, str | os.PathLike) else f"cloud {number}"
                yield Item(name or told, reason=str(error))
    else:
        raise DataError(
            f"{type(given).__name__} is no cloud: give a file, a folder, an array or a tensor (points, 3), a Cloud, "
            "or a list of these"
        )


def files_of(folder: Path) -> list[Path]:
    """Return the files below a folder that may hold a cloud, in the order of their names.

    Raises:
        DataError: there are none.
    """
    found = find_files(folder, folder)
    if not found.clouds:
        unread = found.unread_below("")
        beside = f"; not read: {unread}" if unread else ""
        raise DataError(f"{folder} holds no files that can be read: {' '.join(SUFFIXES)}{beside}")
    return [folder / name for name in found.clouds]


def _item(given: Any, reading: Reading, number: int, root: Path | None, name: str | None = None) -> Item:
    if isinstance(given, Cloud):
        finite = bool(given.points.isfinite().all()) and len(given.points) > 0
        reason = "" if finite else f"{given.name}: a Cloud must have points, all of them finite"
        return Item(name or given.name, given if finite else None, reason)
    if isinstance(given, str | os.PathLike):
        path = typed_path(given)
        if not path.exists():
            raise DataError(f"{path} does not exist")
        below = None if root is None else path.relative_to(root).as_posix()
        source = name or below or str(given)
        try:
            return Item(
                source, read_silently(path, reading.points, reading.up, seed=reading.seed, name=below)
            )
        except CloudError as error:
            return Item(source, reason=str(error))
    source = name or f"cloud {number}"
    try:
        # Not by its place in a list: the same rows give the same cloud wherever they stand.
        return Item(source, cloud_of(source, rows_of(given), *drawn_as(reading), f"{reading.seed}/array"))
    except Exception as error:
        return Item(source, reason=str(sample_error(source, error)))


def _beside(given: Any, source: str) -> str:
    """Return the source of one of several folders' files, with its folder."""
    return f"{given}/{source}" if isinstance(given, str | os.PathLike) else source


def _numpy(given: Any) -> NDArray[Any]:
    if not isinstance(given, torch.Tensor):
        return (
            np.ma.filled(given.astype(np.float64), np.nan)
            if isinstance(given, np.ma.MaskedArray)
            else np.asarray(given)
        )
    there = given.detach().cpu()
    return (there.float() if there.dtype == torch.bfloat16 else there).numpy()  # numpy has no bfloat16


def drawn_as(reading: Reading) -> tuple[int, str, str]:
    """Return how many points are drawn, which axis is up, and how they are chosen."""
    return reading.points, reading.up, "random"


def with_rows(given: Any, reading: Reading) -> tuple[str, Cloud, FileRows]:
    """Read one file, array, tensor or cloud once: its source, the cloud to look at, and every row of it.

    Raises:
        CloudError: it cannot be read.
        DataError: there is no such file, or it is not one.
    """
    if not is_one(given):
        raise DataError(f"{type(given).__name__}: give one file, array, tensor or cloud at a time")
    if not isinstance(given, str | os.PathLike):
        (item,) = clouds(given, reading)
        if item.cloud is None:
            raise CloudError(item.reason)
        return item.source, item.cloud, rows_of(given)
    path = typed_path(given)
    if not path.exists():
        raise DataError(f"{path} does not exist")
    try:
        rows = read_rows(path)
        cloud = cloud_of(path.name, rows, *drawn_as(reading), f"{reading.seed}/{path.name}")
    except Exception as error:
        raise sample_error(str(given), error) from error
    return str(given), cloud, rows


def rows_of(given: Any) -> FileRows:
    """Return every row of one file, array, tensor or cloud, in its own coordinates and order."""
    if isinstance(given, Cloud):
        return FileRows(given.input_points.numpy(), {}, None)
    if isinstance(given, str | os.PathLike):
        return read_rows(typed_path(given))
    return of_array(_numpy(given))


def scene_of(given: Any, reading: Reading, units: str = "auto") -> Scene:
    """Return one scan as a scene: metres, z up.

    Raises:
        CloudError: it cannot be read.
        DataError: there is no such file, or it is no scan at all.
    """
    if isinstance(given, Scene):
        return given
    if isinstance(given, str | os.PathLike):
        path = typed_path(given)
        if not path.is_file():
            raise DataError(
                f"{path} is a folder: give one scan of it" if path.exists() else f"{path} does not exist"
            )
        return read_scan(path, units, reading.up, seed=reading.seed)
    if not is_one(given):
        raise DataError(f"{type(given).__name__} is no scan: give a file, an array or a tensor (points, 3)")
    try:
        rows = rows_of(given)
        raw = RawCloud(rows.points, colours=rows.colours, remarks=rows.remarks)
        return made_scene("scan", raw, units, reading.up, seed=reading.seed)
    except CloudError as error:
        raise CloudError(f"scan: {error}") from error
