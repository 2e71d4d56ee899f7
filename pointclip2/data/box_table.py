"""Rows of boxes, between a scan's own coordinates and its scene's, and which of them can be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.scan_frame import to_metres, up_of
from pointclip2.data.upright import UNITS_M
from pointclip2.types import Boxes, CloudError, Frame

Floats = NDArray[np.float64]

OUTSIDE_M = 0.05
"""How far beyond the last point a box may begin and still belong to the scan."""


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

    @classmethod
    def of_boxes(cls, boxes: Boxes, frame: Frame) -> "BoxTable":
        """Return boxes of a scene in its scan's own coordinates.

        The size is along the axes that the scan's x, y and z become when they are turned by the heading,
        counter-clockwise about the scan's up axis: exact, because a frame turns by quarters only.
        """
        matrix = frame.matrix.numpy()
        return cls(
            boxes.centre_m.double().cpu().numpy() @ matrix[:3, :3].T + matrix[:3, 3],
            boxes.size_m.double().cpu().numpy() @ np.abs(matrix[:3, :3]).T,
            boxes.heading_rad.double().cpu().numpy(),
            boxes.labels.cpu().numpy(),
        )

    def in_scene(self, frame: Frame, unit: str = "", up: str = "") -> "BoxTable":
        """Return boxes in a scan's own coordinates in the metres of its scene, z up; `of_boxes` leads back.

        Args:
            frame: the scene's.
            unit: what the boxes are in; by default the scan's unit.
            up: the axis that their headings are about; by default the scan's.

        Raises:
            CloudError: boxes are turned about another axis than that which points up in the scan.
        """
        if up and up != up_of(frame) and bool((self.heading_rad != 0).any()):
            raise CloudError(
                f"its boxes are turned about {up}, but in the scan {up_of(frame)} points up: give up={up}"
            )
        factor = UNITS_M[unit] / UNITS_M[frame.unit] if unit and frame.unit else 1.0
        turn = np.abs(np.linalg.inv(frame.matrix.numpy()[:3, :3]))
        return BoxTable(
            to_metres(self.centre * factor, frame),
            self.size * factor @ turn.T,
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


def usable(table: BoxTable, points_m: Floats, frame: Frame) -> tuple[BoxTable, list[str]]:
    """Leave out the boxes that nobody can find, and say in sentences how many: annotations contain slips.

    Left out are boxes with a number that is not finite or an edge that is not positive, and boxes that lie wholly
    outside the scan.

    Raises:
        CloudError: all of several boxes lie outside the scan: they have other units or another origin.
    """
    remarks: list[str] = []
    table = _without(table, remarks, "numbers that are not finite", _not_finite)
    table = _without(table, remarks, "an edge that is not positive", _not_positive)
    low, high = points_m.min(axis=0), points_m.max(axis=0)
    outside = _outside(table, low, high)
    if len(outside) > 1 and outside.all():
        ends = frame.to_input(torch.from_numpy(np.stack([low, high]))).numpy()
        raise CloudError(
            f"all {len(outside)} boxes lie outside the scan, which reaches from {_place(ends.min(axis=0))} to "
            f"{_place(ends.max(axis=0))} {frame.unit}: they have other units, another up axis or another origin"
        )
    return _without(table, remarks, "no part within the scan", lambda t: outside), remarks


def _not_finite(table: BoxTable) -> NDArray[np.bool_]:
    rows = np.concatenate([table.centre, table.size, table.heading_rad[:, None]], axis=1)
    return np.asarray(~np.isfinite(rows).all(axis=1))


def _not_positive(table: BoxTable) -> NDArray[np.bool_]:
    return np.asarray((table.size <= 0).any(axis=1))


def _outside(table: BoxTable, low: Floats, high: Floats) -> NDArray[np.bool_]:
    cos, sin = np.abs(np.cos(table.heading_rad)), np.abs(np.sin(table.heading_rad))
    width, depth, height = table.size.T
    half = np.stack([cos * width + sin * depth, sin * width + cos * depth, height], axis=1) / 2 + OUTSIDE_M
    return np.asarray(((table.centre + half < low) | (table.centre - half > high)).any(axis=1))


def _without(
    table: BoxTable, remarks: list[str], fault: str, find: Callable[[BoxTable], NDArray[np.bool_]]
) -> BoxTable:
    faulty = find(table)
    if faulty.any():
        remarks.append(f"left out {faulty.sum()} of {len(faulty)} true boxes, which have {fault}")
    return table.chosen(~faulty)


def _place(corner: Floats) -> str:
    return "(" + ", ".join(f"{value:.1f}" for value in corner) + ")"
