"""A user's own scans of rooms: files as `folder` reads them, with units, up and true boxes beside them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.box_table import BoxTable
from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.files.box_files import boxes_beside, read_boxes
from pointclip2.data.prepare import RawCloud, finite_rows
from pointclip2.data.stored_scenes import RawScene, SceneIndex
from pointclip2.data.upright import SMALLEST_M, UNITS_M, describe_extent, likely_unit, likely_up, to_z_up
from pointclip2.types import DataError

SURFACE_POINTS = 400_000
"""Drawn from a scan that is a mesh, unless fewer are wanted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScanOptions:
    """How scans become scenes."""

    units: str
    """``auto`` or one of `UNITS_M`."""
    up: str
    """``auto``, one of the six axes, or ``any`` for z."""
    points: int | None


class ScanFolderIndex(SceneIndex):
    """Scans of one split. A scan with a file of boxes beside it has ground truth.

    Args:
        root: the names of the scans are their paths below it.
        files: the scans.
        classes: what is looked for; None takes all classes that the boxes have.
        read_points: reads rows of points from a file; a surface is sampled to so many.
        options: units, up and points.

    Raises:
        DataError: no classes are given and there are no boxes.
    """

    def __init__(
        self,
        root: Path,
        files: Sequence[Path],
        classes: tuple[str, ...] | None,
        read_points: Callable[[Path, int, np.random.Generator], RawCloud],
        options: ScanOptions,
    ) -> None:
        self.root = root
        self.files = list(files)
        self.names = [path.relative_to(root).as_posix() for path in files]
        self.read_points = read_points
        self.options = options
        self.classes = _present(self.files) if classes is None else classes
        if not self.classes:
            raise DataError(
                f"{root} has no boxes to take classes from: name what is looked for, data.classes=[chair,table]"
            )

    def read(self, index: int, rng: np.random.Generator) -> RawScene:
        path, name = self.files[index], self.names[index]
        raw = self.read_points(path, self.options.points or SURFACE_POINTS, rng).points
        finite = finite_rows(raw)
        # Rows that are not finite stay in their places, so that they are counted with those of other data sets.
        xyz = np.full((len(raw), 3), np.nan)
        xyz[finite] = raw[finite, :3]
        unit, up = self._unit(name, xyz[finite]), self._up(name, xyz[finite])
        rotation, scale = to_z_up(up), UNITS_M[unit]
        table = None
        beside = boxes_beside(path)
        if beside is not None:
            table = self._boxes(name, beside).turned(rotation, scale)
        return RawScene(xyz @ rotation.T * scale, table)

    def digest(self, indices: Sequence[int]) -> str:
        files = [self.files[i] for i in indices]
        beside = [found for path in files if (found := boxes_beside(path)) is not None]
        return digest_values(
            {
                "files": digest_files(self.root, [*files, *beside]),
                "units": self.options.units,
                "up": self.options.up,
            }
        )

    def _unit(self, name: str, xyz: NDArray[np.float64]) -> str:
        if self.options.units != "auto":
            return self.options.units
        unit = likely_unit(xyz)
        if unit != "m":
            log.warning(
                "%s: taken to be in %s, which makes it %s; data.units says otherwise",
                name,
                unit,
                describe_extent(xyz, unit),
            )
        elif len(xyz) > 1 and float(np.ptp(xyz, axis=0).max()) < SMALLEST_M:
            log.warning(
                "%s: only %s, too small for a room: data.units says in what it was measured",
                name,
                describe_extent(xyz, "m"),
            )
        return unit

    def _up(self, name: str, xyz: NDArray[np.float64]) -> str:
        found = likely_up(xyz)
        if self.options.up == "auto":
            if not found.sure:
                log.warning(
                    "%s: which axis points up cannot be told, z is taken; data.up says otherwise", name
                )
                return "z"
            if found.up != "z":
                log.warning("%s: its floor says that %s points up; data.up says otherwise", name, found.up)
            return found.up
        chosen = "z" if self.options.up == "any" else self.options.up
        if found.sure and found.up != chosen:
            log.warning(
                "%s: seems to lie on its side, its floor says data.up=%s, not %s", name, found.up, chosen
            )
        return chosen

    def _boxes(self, name: str, path: Path) -> BoxTable:
        names, rows = read_boxes(path)
        table = BoxTable.of_rows(
            rows, [self.classes.index(text) if text in self.classes else -1 for text in names]
        )
        others = sorted({text for text in names if text not in self.classes})
        if others:
            log.warning(
                "%s: boxes of %s are not looked for, data.classes has none of these", name, ", ".join(others)
            )
        return table.chosen(table.labels >= 0)


def _present(files: Sequence[Path]) -> tuple[str, ...]:
    """Classes of all boxes beside the files, sorted."""
    beside = [found for path in files if (found := boxes_beside(path)) is not None]
    return tuple(sorted({name for path in beside for name in read_boxes(path)[0] if name}))
