"""Rows of boxes as files tell them, and which of them can be used."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.types import Boxes, CloudError

Floats = NDArray[np.float64]

OUTSIDE_M = 0.05
"""How far beyond the last point a box may begin and still belong to the scan."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BoxTable:
    """Boxes (k, ...) of one scene, unchecked."""

    centre: Floats
    """(k, 3)"""
    size: Floats
    """(k, 3) full edge lengths along each box's own axes."""
    heading_rad: Floats
    """(k,) counter-clockwise about the axis that points up."""
    labels: NDArray[np.int64]
    """(k,) index into the classes."""

    @classmethod
    def of_rows(cls, rows: Floats, labels: Sequence[int] | NDArray[np.int64]) -> "BoxTable":
        """From rows (k, 7) of centre, full size and heading."""
        table = np.asarray(rows, dtype=np.float64).reshape(-1, 7)
        return cls(table[:, :3], table[:, 3:6], table[:, 6], np.asarray(labels, dtype=np.int64))

    def chosen(self, rows: NDArray[np.bool_]) -> "BoxTable":
        """Some of the boxes."""
        return BoxTable(self.centre[rows], self.size[rows], self.heading_rad[rows], self.labels[rows])

    def turned(self, rotation: Floats, scale: float) -> "BoxTable":
        """In axes that are permuted or flipped by ``rotation`` (3, 3), then scaled; upwards stays upwards."""
        return BoxTable(
            self.centre @ rotation.T * scale,
            self.size @ np.abs(rotation).T * scale,
            self.heading_rad,
            self.labels,
        )

    def boxes(self) -> Boxes:
        """As tensors, headings between -pi and pi."""
        heading = (self.heading_rad + np.pi) % (2 * np.pi) - np.pi
        return Boxes(
            torch.from_numpy(self.centre.astype(np.float32)),
            torch.from_numpy(self.size.astype(np.float32)),
            torch.from_numpy(heading.astype(np.float32)),
            torch.from_numpy(self.labels),
        )


def usable(table: BoxTable, points_m: Floats, scene: str) -> BoxTable:
    """Without the boxes that nobody can find, which are counted in a warning: annotations contain slips.

    Left out are boxes with a number that is not finite or an edge that is not positive, and boxes that lie wholly
    outside the scan.

    Raises:
        CloudError: all of several boxes lie outside the scan: they have other units or another origin.
    """
    table = _without(table, scene, "numbers that are not finite", _not_finite)
    table = _without(table, scene, "an edge that is not positive", lambda t: (t.size <= 0).any(axis=1))
    low, high = points_m.min(axis=0), points_m.max(axis=0)
    outside = _outside(table, low, high)
    if len(outside) > 1 and outside.all():
        raise CloudError(
            f"all {len(outside)} boxes lie outside the scan, which reaches from {_place(low)} to {_place(high)} m: "
            "they have other units, another up axis or another origin"
        )
    return _without(table, scene, "no part within the scan", lambda t: outside)


def _not_finite(table: BoxTable) -> NDArray[np.bool_]:
    rows = np.concatenate([table.centre, table.size, table.heading_rad[:, None]], axis=1)
    return np.asarray(~np.isfinite(rows).all(axis=1))


def _outside(table: BoxTable, low: Floats, high: Floats) -> NDArray[np.bool_]:
    cos, sin = np.abs(np.cos(table.heading_rad)), np.abs(np.sin(table.heading_rad))
    width, depth, height = table.size.T
    half = np.stack([cos * width + sin * depth, sin * width + cos * depth, height], axis=1) / 2 + OUTSIDE_M
    return np.asarray(((table.centre + half < low) | (table.centre - half > high)).any(axis=1))


def _without(
    table: BoxTable, scene: str, fault: str, find: Callable[[BoxTable], NDArray[np.bool_]]
) -> BoxTable:
    faulty = find(table)
    if faulty.any():
        log.warning(
            "%s: left out %d of %d true boxes, which have %s", scene, faulty.sum(), len(faulty), fault
        )
    return table.chosen(~faulty)


def _place(corner: Floats) -> str:
    return "(" + ", ".join(f"{value:.1f}" for value in corner) + ")"
