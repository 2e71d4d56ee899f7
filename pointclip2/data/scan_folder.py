"""A user's own scans of rooms: files as `folder` reads them, with units, up and true boxes beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pointclip2.data.box_table import BoxTable
from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.files.box_files import ListedBoxes, boxes_beside, read_true_boxes
from pointclip2.data.files.rows import read_points
from pointclip2.data.found_files import files_beside
from pointclip2.data.prepare import RawCloud, finite_rows, stable_seed
from pointclip2.data.scan_frame import ScanOptions, scan_options, settled, to_metres
from pointclip2.data.stored import sample_error
from pointclip2.data.stored_scenes import RawScene, SceneIndex, scene_of, scene_options
from pointclip2.types import CloudError, ConfigError, DataError, Scene
from pointclip2.writing import typed_path

SURFACE_POINTS = 400_000
"""Drawn from a scan that is a mesh, unless fewer are wanted."""


FARTHEST = 1e12
"""In any unit. The squares of larger numbers are none that single precision has."""


class ScanFolderIndex(SceneIndex):
    """Scans of one split. A scan with a file of boxes beside it has ground truth.

    Args:
        root: the names of the scans are their paths below it.
        files: the scans.
        classes: what is looked for; None takes all classes that the boxes have.
        options: units, up and points.

    Raises:
        DataError: no classes are given and there are no boxes.
    """

    def __init__(
        self,
        root: Path,
        files: Sequence[Path],
        classes: tuple[str, ...] | None,
        options: ScanOptions,
    ) -> None:
        self.root = root
        self.files = list(files)
        self.names = [path.relative_to(root).as_posix() for path in files]
        self.options = options
        self.classes = _present(self.files) if classes is None else classes
        if not self.classes:
            raise DataError(
                f"{root} has no boxes to take classes from: name what is looked for, data.classes=[chair,table]"
            )

    def read(self, index: int, rng: np.random.Generator) -> RawScene:
        path, name = self.files[index], self.names[index]
        beside = boxes_beside(path)
        boxes = None if beside is None else read_true_boxes(beside, name)
        cloud = read_points(path, self.options.points or SURFACE_POINTS, rng)
        raw = raw_scene(cloud, self.options, boxes)
        if boxes is None:
            return raw
        remarks = list(raw.remarks)
        if not boxes:
            remarks.append(f"{beside.name if beside else ''} lists no box")
        table = BoxTable.of_rows(
            boxes.rows, [self.classes.index(box.name) if box.name in self.classes else -1 for box in boxes]
        ).in_scene(raw.frame, *boxes.stated())
        others = sorted({box.name for box in boxes if box.name not in self.classes})
        if others:
            remarks.append(f"boxes of {', '.join(others)} are not looked for, data.classes has none of these")
        return replace(raw, boxes=table.chosen(table.labels >= 0), remarks=remarks)

    def digest(self, indices: Sequence[int]) -> str:
        files = [self.files[i] for i in indices]
        boxes = [found for path in files if (found := boxes_beside(path)) is not None]
        parts = {part for path in files for part in files_beside(path)}
        return digest_values(
            {
                "files": digest_files(self.root, {*files, *boxes, *parts}),
                "units": self.options.units,
                "up": self.options.up,
            }
        )


def raw_scene(cloud: RawCloud, options: ScanOptions, boxes: ListedBoxes | None = None) -> RawScene:
    """Stand a scan up, in metres, near the origin; what its boxes state goes before a guess."""
    unit, up = ("", "") if boxes is None else boxes.stated()
    finite = finite_rows(cloud.points)
    xyz = cloud.points[finite, :3].astype(np.float64)
    farthest = float(np.abs(xyz).max(initial=0.0))
    if farthest > FARTHEST:
        raise CloudError(
            f"its coordinates reach {farthest:.3g}: no scan of a room does, is the file damaged?"
        )
    frame, remarks = settled(xyz, options, unit or cloud.unit, up)
    # Rows that are not finite stay in their places, so that they are counted with those of other data sets.
    points = np.full((len(cloud.points), 3), np.nan)
    points[finite] = to_metres(xyz, frame)
    said = (*cloud.remarks, *remarks)
    return RawScene(points, None, cloud.colours, frame, cloud.sampled, said, cloud.unmeasured)


def made_scene(
    name: str,
    cloud: RawCloud,
    units: str = "auto",
    up: str = "auto",
    points: int | None = 200_000,
    seed: int = 0,
) -> Scene:
    """Return the rows of a scan as a scene, without boxes; `read_scan` says what the options mean.

    >>> rows = np.random.default_rng(0).uniform(0, 4000, (500, 3))
    >>> made_scene("mine", RawCloud(rows), units="mm", up="z").points_m.amax().item() <= 4.0
    True
    """
    options = scan_options(units, up, scene_options(points, None, seed, "points").points, option="")
    rng = np.random.default_rng(stable_seed(f"{seed}/{name}"))
    return scene_of(name, raw_scene(cloud, options), options.points, rng)


def read_scan(
    path: str | Path, units: str = "auto", up: str = "auto", points: int | None = 200_000, seed: int = 0
) -> Scene:
    """Read one file as a scene, without boxes.

    >>> scene = read_scan("room.ply")                                       # doctest: +SKIP
    >>> scene.frame.to_input(scene.points_m)     # where the file has them    # doctest: +SKIP

    Args:
        path: any file that ``data=folder`` reads.
        units: of the file: ``auto`` (m, cm or mm, by the extent), m cm mm ft in.
        up: the axis that points up in it: ``auto`` (what the floor says), x y z -x -y -z.
        points: the most that are taken, at random by seed; None takes all.
        seed: of everything random.

    Raises:
        CloudError: the file cannot be read; the message names it.
        ConfigError: an unknown unit or axis, or fewer points than 1.
    """
    path = typed_path(path)
    if not path.is_file():
        raise CloudError(f"{path}: no such file")
    try:
        rng = np.random.default_rng(stable_seed(f"{seed}/{path.name}/surface"))
        return made_scene(
            path.name, read_points(path, points or SURFACE_POINTS, rng), units, up, points, seed
        )
    except ConfigError:
        raise
    except Exception as error:
        raise sample_error(str(path), error) from error


def _present(files: Sequence[Path]) -> tuple[str, ...]:
    """Classes of all boxes beside the files, sorted."""
    beside = [(path, found) for path in files if (found := boxes_beside(path)) is not None]
    return tuple(sorted({box.name for path, found in beside for box in read_true_boxes(found, path.name)}))
