"""The parts of an object, for every row of its file."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from pointclip2.app.answers.saving import refuse_existing
from pointclip2.data.files.contents import FileRows
from pointclip2.data.files.rows import write_rows
from pointclip2.show.palette import part_colour
from pointclip2.types import Cloud, CloudError, Frame

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

NEAR = 3
"""Points of the cloud that a row of the file takes its part from."""
ENDINGS = (".ply", ".npy", ".csv")
COLOURS = ("red", "green", "blue")
OURS = (*COLOURS, "part", "part_name")
"""Columns that are written; the input's own of these names get others."""
UNSAID = -1
"""The part of rows that are no points: their coordinates are not finite."""


@dataclass(frozen=True)
class Parts:
    """A part for every row of a file: every point, or every vertex of a mesh, in the order of the file."""

    source: str
    of: str
    """What the object is."""
    names: tuple[str, ...]
    part: NDArray[np.int64]
    """(rows,) index into ``names``; -1 for rows whose coordinates are not finite."""
    rows: FileRows = field(repr=False)
    cloud: Cloud = field(repr=False)
    """What the model looked at."""
    cloud_part: NDArray[np.int64] = field(repr=False)
    """(points,) the part of each of its points."""
    doubts: tuple[str, ...] = ()
    """What speaks against there being such parts: that it does not look like such an object."""

    @property
    def points(self) -> NDArray[np.float64]:
        """(rows, 3) in the file's own coordinates."""
        return self.rows.points

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader had to say."""
        return (*self.cloud.remarks, *self.doubts)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows of every part that was asked for."""
        return {name: int((self.part == number).sum()) for number, name in enumerate(self.names)}

    @property
    def colours(self) -> NDArray[np.uint8]:
        """(rows, 3) a colour for every part."""
        return _painted(self.part, len(self.names))

    def save(self, path: str | Path, force: bool = False) -> Path:
        """Write every row of the input in its own coordinates and order, with its part and a colour.

        All other columns are kept; the input's own colours become ``input_red`` and so on, a part that it had becomes
        ``input_part``. What the format cannot hold is told.
        ``.ply`` keeps the faces of a mesh and names the parts in its header; ``.npy`` is a structured array; ``.csv``
        writes the name of the part beside its number.

        Raises:
            ConfigError: the file exists already and ``force`` does not say to replace it.
        """
        target = refuse_existing(path, force, ENDINGS)
        columns: dict[str, NDArray[Any]] = {}
        for name, column in self.rows.columns.items():
            columns[_free(name, self.rows.columns) if name in OURS else name] = column
        columns["part"] = self.part.astype(np.int32)
        columns |= {name: self.colours[:, place] for place, name in enumerate(COLOURS)}
        if target.suffix.lower() == ".csv":
            columns["part_name"] = np.array([*self.names, ""])[self.part]
        told = [f"part {number}: {name}" for number, name in enumerate(self.names)]
        for remark in write_rows(target, replace(self.rows, columns=columns), force=True, comments=told):
            log.warning("%s: %s", target, remark)
        return target

    def picture(self) -> "Image":
        """Return the coloured cloud from two sides, with a legend."""
        from pointclip2.show.parts import PartRow, parts_sheet

        legend = [
            (name, part_colour(number), f"{self.counts[name]:,} points")
            for number, name in enumerate(self.names)
        ]
        colours = _painted(self.cloud_part, len(self.names))
        row = PartRow(self.source, self.of, self.cloud.points.numpy(), None, colours, legend)
        return parts_sheet([row], f"parts of {self.of}", "").drawn()

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data; `part` holds what every row is."""
        return {
            "source": self.source,
            "of": self.of,
            "rows": len(self.part),
            "parts": [{"name": name, "count": count} for name, count in self.counts.items()],
            "remarks": list(self.remarks),
        }

    def __len__(self) -> int:
        return len(self.part)

    def _repr_png_(self) -> bytes:
        from pointclip2.app.answers.pictures import png

        return png(self.picture())


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name for a column of the input that no other has."""
    free = f"input_{name}"
    while free in taken:
        free = f"input_{free}"
    return free


def _painted(part: NDArray[np.int64], count: int) -> NDArray[np.uint8]:
    palette = np.array([part_colour(number) for number in range(count)] + [part_colour(UNSAID)])
    return palette[part].astype(np.uint8)


def placed_in(frame: Frame, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points of the input (n, 3) where they lie in the cloud."""
    back = torch.linalg.inv(frame.matrix).numpy()
    return np.asarray(points @ back[:3, :3].T + back[:3, 3])


def spread_to_rows(
    cloud: Cloud, logits: Float[Tensor, "points parts"], rows: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the best part of every row of the input by what is said of the nearest points of the cloud.

    The logits of `NEAR` points are averaged by their inverse distance, so that a row that is itself a point of the
    cloud keeps that point's part. Rows that are not finite get `UNSAID`.
    """
    part = np.full(len(rows), UNSAID, dtype=np.int64)
    finite = np.flatnonzero(np.isfinite(rows).all(axis=1))
    points, said = cloud.points.double().numpy(), logits.double().cpu().numpy()
    tree, count = cKDTree(points), min(NEAR, len(points))
    for chunk in np.array_split(finite, max(1, len(finite) // 200_000)):
        with np.errstate(all="ignore"):
            placed = placed_in(cloud.frame, rows[chunk])
        if not np.isfinite(placed).all():
            raise CloudError(
                f"{cloud.name}: its points lie too near each other or too far apart: scale it, to metres say"
            )
        distance, near = tree.query(placed, range(1, count + 1))
        weight = 1 / np.maximum(distance, 1e-9)
        mean = (said[near] * weight[:, :, None]).sum(axis=1)
        part[chunk] = mean.argmax(axis=1)
    return part
