"""What a station sees of a sampled surface: a z-buffer on the six sides of a cube, coarser where points are sparse."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.rooms.stations import Station
from pointclip2.data.rooms.surface import Surface

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PIXELS = 160
"""Along a side of the cube: .6 degrees at its middle."""
LEVELS = 4
"""Of the pyramid; each has half the pixels of the one before along a side."""
PER_PIXEL = 4.0
"""Points that should fall on a pixel, so that a closed surface leaves hardly one empty (e^-4)."""
TOLERANCE_M = 0.012
MOST_SLACK_M = 0.5
STEP_M = 0.12
"""A jump of depth that is an edge."""
THIN_PIXELS = 2
"""Half the width of what counts as thin."""


@dataclass(frozen=True)
class View:
    """What one station sees, for every point of the surface that it sees."""

    rows: NDArray[np.int64]
    """(m,) of the surface's points."""
    distance_m: Floats
    """(m,) from the station."""
    facing: Floats
    """(m,) cosine between the surface and the ray: 1 seen straight, 0 along it."""
    thin: Mask
    """(m,) on something only a few pixels wide, with depth behind on both sides."""
    behind_m: Floats
    """(m,) how much farther the next pixels are, at an edge; 0 elsewhere."""


def view_from(station: Station, surface: Surface) -> View:
    """Points of the surface that nothing hides from the station, within its sweep."""
    swept = np.flatnonzero(station.swept(surface.points_m - station.position_m))
    offsets = (surface.points_m[swept] - station.position_m).astype(np.float32)
    normals = surface.normals[swept].astype(np.float32)
    distance = np.maximum(np.sqrt(np.einsum("ni,ni->n", offsets, offsets)), 0.05)
    facing = np.clip(np.abs(np.einsum("ni,ni->n", offsets, normals)) / distance, 0.05, 1.0)
    pixel, reach = _pixels(offsets)
    pixel_m = (2.0 / PIXELS) * reach
    # How large a pixel has to be for enough points of this surface to fall on it. Towards the corners of a
    # side of the cube pixels shrink.
    needed_m = np.sqrt(PER_PIXEL / (surface.per_m2[swept].astype(np.float32) * facing))
    shrunk_m = pixel_m * np.sqrt(reach / distance)
    level = np.clip(np.ceil(np.log2(np.maximum(needed_m / shrunk_m, 1e-3))), 0, LEVELS - 1).astype(np.int64)
    slope = np.sqrt(1.0 - facing**2) / facing
    slack = np.minimum(1.2 * pixel_m * 2.0**level * slope, MOST_SLACK_M) + TOLERANCE_M
    front = _front(pixel, level, distance + slack)
    seen = distance <= front.ravel()[pixel]
    thin, behind = _edges(front)
    rows, pixel = swept[seen], pixel[seen]
    return View(
        rows,
        distance[seen].astype(np.float64),
        facing[seen].astype(np.float64),
        thin.ravel()[pixel],
        behind.ravel()[pixel].astype(np.float64),
    )


def _pixels(offsets: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Index of each direction's pixel (side, row, column flattened) and the distance along the side's normal."""
    size = np.abs(offsets)
    axis = size.argmax(axis=1)
    every = np.arange(len(offsets))
    reach = np.maximum(size[every, axis], np.float32(1e-3))
    side = 2 * axis + (offsets[every, axis] > 0)
    row = offsets[every, (axis + 1) % 3] / reach
    column = offsets[every, (axis + 2) % 3] / reach
    cells = [np.minimum(((place + 1) * (PIXELS / 2)).astype(np.int64), PIXELS - 1) for place in (row, column)]
    return (side * PIXELS + cells[0]) * PIXELS + cells[1], reach


def _front(pixel: NDArray[np.int64], level: NDArray[np.int64], depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Depth (6, rows, columns) in front of which all is seen: the nearest of all levels of the pyramid."""
    front = np.full((6, PIXELS, PIXELS), np.inf, dtype=np.float32)
    column, row, side = pixel % PIXELS, pixel // PIXELS % PIXELS, pixel // PIXELS**2
    for number in range(LEVELS):
        own = level == number
        if not own.any():
            continue
        step = 2**number
        width = PIXELS // step
        coarse = np.full(6 * width * width, np.inf, dtype=np.float32)
        cell = (side[own] * width + row[own] // step) * width + column[own] // step
        np.minimum.at(coarse, cell, depth[own])
        grown = coarse.reshape(6, width, 1, width, 1)
        blocks = front.reshape(6, width, step, width, step)
        np.minimum(blocks, grown, out=blocks)
    return front


def _edges(front: NDArray[np.float32]) -> tuple[Mask, NDArray[np.float32]]:
    """For every pixel: whether it is thin, and how much farther the farthest neighbour is at an edge."""
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
