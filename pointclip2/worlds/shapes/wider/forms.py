"""Make forms that many kins of the wider world share: skins along z, flat bars, tapering blocks, copies in a ring."""

from collections.abc import Sequence

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, ring, set_down, turn
from pointclip2.worlds.shapes.mesh import Mesh, Number, Points, Vector, loft
from pointclip2.worlds.shapes.shape import Shape


def skin(
    stations: Sequence[tuple[float, float, float, float]], roundness: float = 1.0, count: int = 16
) -> Mesh:
    """Return a closed skin over stations (z, width, height, y of the middle), given from one end to the other."""
    return loft([ring(x, y, (0.0, at, z), roundness=roundness, count=count) for z, x, y, at in stations])


def strip(path: Points, widths: Number | Vector, thickness: Number | Vector) -> Mesh:
    """Return a flat bar along a path (n, 2) in x, y; ``widths`` and ``thickness`` are one number or one a point."""
    line = np.asarray(path, dtype=float)
    along = np.gradient(line, axis=0) if len(line) > 2 else np.repeat(line[1:] - line[:1], 2, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    half = np.broadcast_to(np.asarray(widths, dtype=float) / 2, (len(line),))[:, None]
    deep = np.broadcast_to(np.asarray(thickness, dtype=float) / 2, (len(line),))[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half
    corners = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    return loft(list(np.stack([np.hstack([line + i * across, k * deep]) for i, k in corners], axis=1)))


def block(
    size: Vector, top: tuple[float, float] = (1.0, 1.0), base: Vector = (0.0, 0.0, 0.0), shift: float = 0.0
) -> Mesh:
    """Return a block with sizes ``x y z`` that stands on ``base``; its upper face is ``top`` times as large.

    ``shift`` moves the upper face along z, so that a front or back slopes.
    """
    x, y, z = (float(s) for s in np.asarray(size, dtype=float))
    corners = np.array([[-0.5, 0, -0.5], [0.5, 0, -0.5], [0.5, 0, 0.5], [-0.5, 0, 0.5]])
    low, high = corners * [x, 1, z], corners * [x * top[0], 1, z * top[1]] + [0, y, shift]
    return loft([low, high]).moved(*np.asarray(base, dtype=float))


def ring_of(mesh: Mesh, count: int, start_deg: float = 0.0) -> tuple[Mesh, ...]:
    """Return copies of a mesh all around the y axis."""
    return tuple(mesh.rotated_deg(y=start_deg + 360.0 * k / count) for k in range(count))


def lay(shape: Shape, dice: Dice, upright: float = 0.5) -> None:
    """Leave a thing that was made standing in x, y as it is (a share ``upright``), or lay it on its back or side."""
    if not dice.chance(upright):
        if dice.chance(0.4):
            turn(shape, z_deg=90.0 if dice.chance(0.5) else -90.0)
        if dice.chance(0.7):
            turn(shape, x_deg=-90.0)
    set_down(shape)


def wires(starts: Points, ends: Points, radius: float) -> Mesh:
    """Return many straight square rods at once, open at their ends, each from a start to an end (n, 3)."""
    a, b = np.asarray(starts, dtype=float), np.asarray(ends, dtype=float)
    along = (b - a) / np.maximum(np.linalg.norm(b - a, axis=1, keepdims=True), 1e-9)
    helper = np.eye(3)[np.abs(along).argmin(axis=1)]
    side = np.cross(along, helper)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(along, side)
    ring_at = radius * np.stack([side, other, -side, -other], axis=1)
    corners = np.concatenate([a[:, None] + ring_at, b[:, None] + ring_at], axis=1)
    quad = np.array([(k, (k + 1) % 4, 4 + (k + 1) % 4, 4 + k) for k in range(4)])
    faces = np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]])
    offsets = 8 * np.arange(len(a))[:, None, None]
    return Mesh(corners.reshape(-1, 3), (faces[None] + offsets).reshape(-1, 3))
