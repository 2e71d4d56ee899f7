"""Sample a room's surfaces as many points: what a scanner could see if nothing stood before it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.geometry.surfaces import sample_surface
from pointclip2.worlds.rooms.furnish import Room
from pointclip2.worlds.rooms.shell import shell
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

MAX_POINTS = 250_000
"""The most points of a room: z-buffers and memory are sized for it."""
SHELL_PER_M2 = 1200.0
THING_PER_M2 = 4500.0
"""Density on things. They need more points, because their edges decide what they hide; `Surface.per_m2` undoes it."""
LEAST = 400
"""Least number of points of a thing."""


@dataclass(frozen=True)
class Surface:
    """Holds points of all surfaces, seen or not. They are columns, because every station goes over them all."""

    columns_m: Singles
    """Positions (3, n): x, y and z."""
    normals: Singles
    """Unit normals (3, n); which of the two sides they are on is not known."""
    things: NDArray[np.int64]
    """Index (n,) into ``Room.things``; -1 for floor, walls and ceiling."""
    fragile: NDArray[np.bool_]
    """Whether a scanner often sees nothing at the point (n,)."""
    per_m2: Singles
    """How densely this part of the surface is sampled (n,)."""


def sample_room(room: Room, rng: Random) -> Surface:
    """Sample points of the floor, walls, ceiling and of every thing, evenly on each."""
    walls = shell(room.plan, rng)
    meshes = [walls, *(thing.corners() for thing in room.things)]
    areas = np.array([_doubled_areas(mesh).sum() / 2 for mesh in meshes])
    wanted = areas * np.array([SHELL_PER_M2, *[THING_PER_M2] * len(room.things)])
    wanted *= min(1.0, MAX_POINTS / wanted.sum())
    counts = np.maximum(wanted.astype(np.int64), LEAST)
    points, triangles = [], []
    start = 0
    for mesh, count in zip(meshes, counts, strict=True):
        found, chosen = sample_surface(mesh, np.arange(start, start + len(mesh)), int(count), rng)
        points.append(found)
        triangles.append(chosen)
        start += len(mesh)
    chosen = np.concatenate(triangles)
    fragile = np.concatenate([np.zeros(len(walls), dtype=np.bool_), *(t.piece.fragile for t in room.things)])
    return Surface(
        np.ascontiguousarray(np.concatenate(points).T, dtype=np.float32),
        np.ascontiguousarray(_normals(np.concatenate(meshes))[chosen].T, dtype=np.float32),
        np.repeat(np.arange(-1, len(room.things)), counts),
        fragile[chosen],
        np.repeat(counts / areas, counts).astype(np.float32),
    )


def _cross(corners: Floats) -> Floats:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # Written out, because np.cross takes three times as long.
    return np.stack(
        [
            a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1],
            a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2],
            a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0],
        ],
        axis=1,
    )


def _doubled_areas(corners: Floats) -> Floats:
    return np.asarray(np.linalg.norm(_cross(corners), axis=1))


def _normals(corners: Floats) -> Floats:
    cross = _cross(corners)
    return np.asarray(cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-12))
