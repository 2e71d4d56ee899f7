"""Which unit a stranger's scan is in, and which of its axes points up."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.prepare import TO_Y_UP

Floats = NDArray[np.float64]

UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254}
LARGEST_IN_M, LARGEST_IN_CM = 80.0, 1800.0
"""Longest extents that are taken for metres and for centimetres: rooms and flats are 2 to 30 m long."""
SMALLEST_M = 0.8
"""What is shorter is no room."""

UPS = ("x", "y", "z", "-x", "-y", "-z")
SLAB = 0.03
"""Thickness of the layer at an end that may be a floor, in shares of the median extent."""
CELLS = 24
"""Along each side of the map of what that layer covers."""
OPEN, OPEN_GAIN = 0.3, 0.6
"""An end whose layer covers less than this is open, and how much that counts."""
SAMPLE = 60_000
DOUBTFUL = 1.2
"""Below this ratio of the best two scores up is a guess."""


def to_z_up(up: str) -> Floats:
    """The rotation (3, 3) that brings the named axis to +z; never a mirror. ``p @ R.T`` applies it."""
    y_to_z = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=np.float64)
    # Files that are z up already stay as they are, instead of being turned about z as well.
    return np.eye(3) if up in ("z", "any") else y_to_z @ np.array(TO_Y_UP[up], dtype=np.float64)


def likely_unit(points: Floats) -> str:
    """``m``, ``cm`` or ``mm``, from the longest extent of all but the farthest strays (n, 3)."""
    longest = float(_extent(points).max())
    if longest <= LARGEST_IN_M:
        return "m"
    return "cm" if longest <= LARGEST_IN_CM else "mm"


def describe_extent(points: Floats, unit: str) -> str:
    """``4.1 x 3.2 x 2.5 m``: of all but strays, after conversion."""
    return " x ".join(f"{value:.1f}" for value in _extent(points) * UNITS_M[unit]) + " m"


class LikelyUp(NamedTuple):
    """Where a scan's floor seems to be."""

    up: str
    sure: bool
    """Whether the second best axis is clearly worse."""
    scores: dict[str, float]
    """Of every axis; comparable only within one scan."""


def likely_up(points: Floats) -> LikelyUp:
    """The axis of `UPS` that points up in a scan (n, 3) of a room, whatever its units.

    Along the true one a layer at the lower end covers the whole ground (the floor), most of what is between floor
    and ceiling height is low (furniture), and the extent is short (rooms are wider than high). Where no ceiling was
    scanned, that the upper end is open speaks for it too.
    """
    if len(points) > SAMPLE:
        points = points[:: len(points) // SAMPLE + 1]
    low, high = np.quantile(points, (0.005, 0.995), axis=0)
    extent = np.maximum(high - low, 1e-12)
    inside = points[((points >= low - 0.02 * extent) & (points <= high + 0.02 * extent)).all(axis=1)]
    scores: dict[str, float] = {}
    if len(inside) < 50:
        return LikelyUp("z", False, dict.fromkeys(UPS, 1.0))
    middling = float(np.median(extent))
    slab = SLAB * middling
    for number, axis in enumerate("xyz"):
        others = [other for other in range(3) if other != number]
        cells = np.clip(
            ((inside[:, others] - low[others]) / extent[others] * CELLS).astype(int), 0, CELLS - 1
        )
        along = inside[:, number]
        # Walls stand at the rim of the map, whatever their height: what is between them tells up from down.
        middle = ((cells > 1) & (cells < CELLS - 2)).all(axis=1)
        share = (along - low[number]) / extent[number]
        between = middle & (share > 0.06) & (share < 0.94)
        below = float((share[between] < 0.5).sum() + 1) / float(between.sum() + 2)
        ends = [_fullest_layer(along, end, slab, cells) for end in (low[number], high[number])]
        for sign, (floor, roof), lower in (("", ends, below), ("-", ends[::-1], 1 - below)):
            open_above = max(0.0, 1 - roof / OPEN)
            scores[sign + axis] = (
                floor * lower * (1 + OPEN_GAIN * open_above) / float(extent[number] / middling)
            )
    ranked = sorted(scores, key=lambda up: -scores[up])
    return LikelyUp(ranked[0], scores[ranked[0]] > DOUBTFUL * scores[ranked[1]], scores)


def _fullest_layer(along: Floats, end: float, slab: float, cells: NDArray[np.int64]) -> float:
    """Largest share of the map that a layer near this end covers; a floor is not quite flat nor at the very end."""
    best = 0.0
    inward = 1.0 if end <= np.median(along) else -1.0
    for step in range(-1, 3):
        centre = end + inward * step * slab
        layer = cells[np.abs(along - centre) <= slab]
        best = max(best, len(np.unique(layer[:, 0] * CELLS + layer[:, 1])) / CELLS**2)
    return best


def _extent(points: Floats) -> Floats:
    low, high = np.quantile(points, (0.005, 0.995), axis=0)
    return np.asarray(high - low)
