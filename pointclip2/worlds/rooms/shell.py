"""Make floor, walls and ceiling of a plan as triangles, with what is seen through the doorways."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.rooms.footprint import within
from pointclip2.worlds.rooms.plan import Opening, Plan, Wall
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]

REVEAL_M = 0.16
"""Depth of the walls where they are cut."""


def shell(plan: Plan, rng: Random) -> Floats:
    """Return the corners (f, 3, 3) of all triangles."""
    surfaces = [*_level(plan.outline, 0.0)]
    if plan.ceiling:
        surfaces += _level(plan.outline, plan.height_m)
    for number, wall in enumerate(plan.walls):
        cut = sorted((o for o in plan.openings if o.wall == number), key=lambda opening: opening.start_m)
        surfaces += _wall(wall, cut, plan.height_m)
        for opening in cut:
            surfaces += _reveal(wall, opening)
            if opening.leads_on:
                surfaces += _corridor(wall, opening, plan.height_m, rng)
    return np.concatenate(surfaces)


def _quad(corner: Floats, first: Floats, second: Floats) -> Floats:
    """Return the parallelogram at a corner (3,) with two sides (3,), as two triangles."""
    a, b, c, d = corner, corner + first, corner + first + second, corner + second
    return np.array([[a, b, c], [a, c, d]])


def _level(outline: Floats, height_m: float) -> list[Floats]:
    """Return the polygon at a height, cut into the rectangles of the lattice of its corners."""
    xs, ys = np.unique(outline[:, 0]), np.unique(outline[:, 1])
    found = []
    for x0, x1 in pairwise(xs):
        for y0, y1 in pairwise(ys):
            if within(np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]), outline)[0]:
                found.append(
                    _quad(
                        np.array([x0, y0, height_m]),
                        np.array([x1 - x0, 0.0, 0.0]),
                        np.array([0.0, y1 - y0, 0.0]),
                    )
                )
    return found


def _upright(
    wall: Wall, start_m: float, end_m: float, low_m: float, high_m: float, inward_m: float = 0.0
) -> Floats:
    along = np.append(wall.along, 0.0) * (end_m - start_m)
    return _quad(np.append(wall.at(start_m, inward_m), low_m), along, np.array([0.0, 0.0, high_m - low_m]))


def _wall(wall: Wall, cut: list[Opening], height_m: float) -> list[Floats]:
    found, reached = [], 0.0
    for opening in cut:
        found.append(_upright(wall, reached, opening.start_m, 0.0, height_m))
        if opening.low_m > 0:
            found.append(_upright(wall, opening.start_m, opening.end_m, 0.0, opening.low_m))
        found.append(_upright(wall, opening.start_m, opening.end_m, opening.high_m, height_m))
        reached = opening.end_m
    found.append(_upright(wall, reached, wall.length_m, 0.0, height_m))
    return found


def _reveal(wall: Wall, opening: Opening) -> list[Floats]:
    outward = np.append(-wall.inward, 0.0) * REVEAL_M
    along = np.append(wall.along, 0.0) * (opening.end_m - opening.start_m)
    up = np.array([0.0, 0.0, opening.high_m - opening.low_m])
    start, end = wall.at(opening.start_m), wall.at(opening.end_m)
    found = [
        _quad(np.append(start, opening.low_m), outward, up),
        _quad(np.append(end, opening.low_m), outward, up),
        _quad(np.append(start, opening.high_m), outward, along),
    ]
    if opening.low_m > 0:
        found.append(_quad(np.append(start, opening.low_m), outward, along))
    return found


def _corridor(wall: Wall, opening: Opening, height_m: float, rng: Random) -> list[Floats]:
    """Return the floor behind a doorway, and the wall across it."""
    deep, wide = float(rng.uniform(0.9, 2.2)), float(rng.uniform(0.5, 1.5))
    start, end = opening.start_m - wide, opening.end_m + wide
    corner = np.append(wall.at(start, -REVEAL_M), 0.0)
    along, outward = np.append(wall.along, 0.0) * (end - start), np.append(-wall.inward, 0.0) * deep
    return [
        _quad(corner, along, outward),
        _upright(wall, start, end, 0.0, height_m, inward_m=-REVEAL_M - deep),
    ]
