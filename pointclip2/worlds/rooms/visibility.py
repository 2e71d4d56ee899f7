"""Find what a station sees of a sampled surface, by a z-buffer on a cube, coarser where points are sparse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.rooms.stations import Station
from pointclip2.worlds.rooms.surface import Surface

Singles = NDArray[np.float32]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST_M = 0.05
"""Distance from a station within which there is nothing."""
PIXELS = 160
"""Pixels along a side of the cube: each is .6 degrees at its middle."""
LEVELS = 5
"""Number of levels of the pyramid; each has half the pixels of the one before along a side."""
PER_PIXEL = 4.0
"""Number of points that should fall on a pixel, so that a closed surface leaves hardly one empty (e^-4)."""
TOLERANCE_M = 0.012
MOST_SLACK_M = 0.5
STEP_M = 0.12
"""A jump of depth that is an edge."""
THIN_PIXELS = 2
"""Half the width of what counts as thin."""


@dataclass(frozen=True)
class View:
    """Holds what one station sees, for every point of the surface that it sees."""

    rows: NDArray[np.int64]
    """Rows (m,) of the surface's points."""
    distance_m: Singles
    """Distance (m,) from the station."""
    facing: Singles
    """Cosine (m,) between the ray and the surface's normal: 1 seen straight on, 0 edge-on."""
    thin: Mask
    """Whether a point (m,) is on something a few pixels wide, with depth behind it on both sides."""
    behind_m: Singles
    """How much farther (m,) the next pixels are, at an edge; 0 elsewhere."""

    def chosen(self, rows: Indices) -> "View":
        """Return some of what is seen, in the order of ``rows``."""
        return View(
            self.rows[rows], self.distance_m[rows], self.facing[rows], self.thin[rows], self.behind_m[rows]
        )


def joined(views: Sequence[View]) -> View:
    """Join what several stations see, one after the other."""
    return View(
        np.concatenate([view.rows for view in views]),
        np.concatenate([view.distance_m for view in views]),
        np.concatenate([view.facing for view in views]),
        np.concatenate([view.thin for view in views]),
        np.concatenate([view.behind_m for view in views]),
    )


def view_from(station: Station, surface: Surface) -> View:
    """Return points of the surface that nothing hides from the station, within its sweep."""
    position = station.position_m.astype(np.float32)
    offsets = [column - place for column, place in zip(surface.columns_m, position, strict=True)]
    swept = np.flatnonzero(station.swept(*offsets))
    x, y, z = (column[swept] for column in offsets)
    distance = np.maximum(np.sqrt(x * x + y * y + z * z), LEAST_M)
    normal_x, normal_y, normal_z = (column[swept] for column in surface.normals)
    facing = np.clip(np.abs(x * normal_x + y * normal_y + z * normal_z) / distance, 0.05, 1.0)
    side, row, column, reach = _pixels(x, y, z)
    pixel_m = np.float32(2 / PIXELS) * reach
    # How large a pixel has to be for enough points of this surface to fall on it. Towards the corners of a
    # side of the cube pixels shrink.
    needed_m = np.sqrt(PER_PIXEL / (surface.per_m2[swept] * facing))
    level = np.ceil(np.log2(needed_m / (pixel_m * np.sqrt(reach / distance))))
    level = np.clip(level, 0, LEVELS - 1).astype(np.int32)
    slope = np.sqrt(1 - facing**2) / facing
    slack = np.minimum(pixel_m * np.ldexp(np.float32(1.2), level) * slope, MOST_SLACK_M) + TOLERANCE_M
    front = _front(side, row, column, level, distance + slack)
    seen = distance <= front[side, row, column]
    thin, behind = _edges(front)
    place = (side[seen], row[seen], column[seen])
    return View(swept[seen], distance[seen], facing[seen], thin[place], behind[place])


def _pixels(x: Singles, y: Singles, z: Singles) -> tuple[Indices, Indices, Indices, Singles]:
    """Return side, row and column of each direction's pixel, and the distance along the normal of that side."""
    size_x, size_y, size_z = np.abs(x), np.abs(y), np.abs(z)
    reach = np.maximum(np.maximum(size_x, size_y), np.maximum(size_z, LEAST_M / 2))
    first, second = size_x == reach, size_y == reach
    along = np.where(first, x, np.where(second, y, z))
    side = np.where(first, 0, np.where(second, 2, 4)) + (along > 0)
    scale = np.float32(PIXELS / 2)
    row = np.where(first, y, x) / reach * scale + scale
    column = np.where(first | second, z, y) / reach * scale + scale
    cells = [np.minimum(place.astype(np.int64), PIXELS - 1) for place in (row, column)]
    return side, cells[0], cells[1], reach


def _front(side: Indices, row: Indices, column: Indices, level: NDArray[np.int32], depth: Singles) -> Singles:
    """Return the depth (6, rows, columns) in front of which all is seen: the nearest of all levels of the pyramid."""
    front = np.full((6, PIXELS, PIXELS), np.inf, dtype=np.float32)
    for number in range(LEVELS):
        own = np.flatnonzero(level == number)
        step = 2**number
        width = PIXELS // step
        coarse = np.full(6 * width * width, np.inf, dtype=np.float32)
        cell = (side[own] * width + row[own] // step) * width + column[own] // step
        # Both have one type, because numpy takes twenty times as long where it has to convert.
        np.minimum.at(coarse, cell, depth[own].astype(np.float32))
        blocks = front.reshape(6, width, step, width, step)
        np.minimum(blocks, coarse.reshape(6, width, 1, width, 1), out=blocks)
    return front


def _edges(front: Singles) -> tuple[Mask, Singles]:
    """Return for every pixel whether it is thin, and how much farther the farthest neighbour is at an edge."""
    near = np.where(np.isinf(front), np.float32(20.0), front)
    thin = np.zeros(front.shape, dtype=np.bool_)
    behind = np.zeros(front.shape, dtype=np.float32)
    for axis in (1, 2):
        for reach in range(1, THIN_PIXELS + 1):
            before, after = np.roll(near, reach, axis), np.roll(near, -reach, axis)
            thin |= np.minimum(before, after) - near > STEP_M
        step = np.maximum(np.roll(near, 1, axis), np.roll(near, -1, axis)) - near
        behind = np.maximum(behind, np.where((step > STEP_M) & (step < 8.0), step, 0.0))
    return thin, behind
