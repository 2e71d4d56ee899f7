"""Fit a box to a group of points: upright, tight but for stray points, down to the floor where it stands on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.proposals.structure import Structure

Floats = NDArray[np.float64]
TURNS = ("axis", "free")


@dataclass(frozen=True)
class FittedBox:
    """Holds a box in metres and radians, as in `Boxes`."""

    centre_m: Floats
    size_m: Floats
    heading_rad: float


def fit_box(points: Floats, structure: Structure, turn: str, stray: float, stand_m: float) -> FittedBox:
    """Fit a box to the points.

    Args:
        points: positions (points, 3) of one group, without floor and walls.
        structure: the floor and walls; a box that nearly touches them is extended to them.
        turn: ``axis`` (edges along x and y) or ``free`` (turned so that the area seen from above is smallest).
        stray: share of the points that may stick out at each face.
        stand_m: a bottom lower than this above the floor stands on it.
    """
    heading = 0.0 if turn == "axis" else best_heading(points[:, :2], structure.heading_rad, stray)
    axes = np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
    local = np.column_stack([points[:, :2] @ axes.T, points[:, 2]])
    low, high = np.quantile(local, (stray, 1 - stray), axis=0)
    for wall in structure.walls:
        _lean(low, high, wall.normal @ axes.T, wall.offset_m, 2 * structure.thick_m)
    middle = (low + high) / 2
    xy = middle[:2] @ axes
    if structure.floor is not None:
        above = float(structure.height(np.array([[*xy, low[2]]]))[0])
        if 0 < above < stand_m:
            low[2] -= above
    size = np.maximum(high - low, 0.01)
    return FittedBox(np.array([*xy, (low[2] + high[2]) / 2]), size, heading)


def _lean(low: Floats, high: Floats, normal: Floats, offset_m: float, gap_m: float) -> None:
    """Move the face that nearly touches a wall onto it; in place, where the wall runs along the box."""
    axis = int(np.abs(normal).argmax())
    if np.abs(normal[axis]) < 0.99:
        return
    sign = np.sign(normal[axis])
    across = normal[1 - axis] * (low[1 - axis] + high[1 - axis]) / 2
    at = (offset_m - across) / normal[axis]
    if sign > 0 and 0 < at - high[axis] < gap_m:
        high[axis] = at
    elif sign < 0 and 0 < low[axis] - at < gap_m:
        low[axis] = at


def best_heading(xy: Floats, usual_rad: float, stray: float) -> float:
    """Return the heading of the rectangle of least area, in [0, pi / 2); the room's own where that is hardly larger."""
    turns = np.append(np.arange(0, 90, 3) * np.pi / 180, usual_rad)
    cos, sin = np.cos(turns), np.sin(turns)
    along = np.outer(xy[:, 0], cos) + np.outer(xy[:, 1], sin)
    across = np.outer(xy[:, 1], cos) - np.outer(xy[:, 0], sin)
    spans = [np.subtract(*np.quantile(side, (1 - stray, stray), axis=0)) for side in (along, across)]
    area = spans[0] * spans[1]
    best = int(area.argmin())
    return float(usual_rad if area[-1] < 1.06 * area[best] else turns[best])
