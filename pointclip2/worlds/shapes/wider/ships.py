"""Make ships and boats: the bow points to +z, the keel is at y = 0."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice
from pointclip2.worlds.shapes.mesh import Mesh, grid


def _hull(
    d: Dice, long: float, wide: float, tall: float, transom: float, flat: float, deck: float | None
) -> list[Mesh]:
    """Return a hull from z = -long / 2 to long / 2 that is ``tall`` amidships, and its deck at a share of that.

    ``transom`` is the share of the width at the stern, ``flat`` 0 a keel, 1 a box; without a deck it stays open.
    """
    t = np.linspace(0, 1, 15)
    fine, sheer, rake = d.between(1.6, 3.0), d.between(0.05, 0.35), d.between(0.2, 0.9)
    half = (
        wide
        / 2
        * (1 - np.clip((t - 0.45) / 0.55, 0, 1) ** fine)
        * (transom + (1 - transom) * np.minimum(t / 0.4, 1) ** 0.7)
    )
    half = np.maximum(half, wide * 0.015)
    rim = tall * (1 + sheer * (2 * t - 0.9) ** 2 * (1 + t))
    keel = tall * (0.55 * np.clip((t - 0.75) / 0.25, 0, 1) ** 2 + 0.15 * (1 - flat) * np.clip(0.3 - t, 0, 1))
    around = np.linspace(-np.pi / 2, np.pi / 2, 13)
    power = 1.0 - 0.8 * flat
    x = half[:, None] * np.sign(np.sin(around)) * np.abs(np.sin(around)) ** power
    drop = np.abs(np.cos(around)) ** power
    y = keel[:, None] + (rim - keel)[:, None] * (1 - drop)
    z = long * (t - 0.5)[:, None] + rake * tall * (y / tall - 1) * t[:, None] ** 4
    meshes = [
        grid(np.stack([x, y, z], axis=-1)),
        grid(
            np.stack(
                [
                    np.outer(half, np.linspace(-1, 1, 7)),
                    y[:1, :7] * 0 + y[0, 0] * np.linspace(1, 1, 7)
                    if False
                    else np.repeat(rim[:, None], 7, 1),
                    np.repeat(z[:, :1], 7, 1),
                ],
                axis=-1,
            )
        ),
    ]
    stern = np.stack([x[0], y[0], z[0]], axis=-1)
    meshes.append(grid(np.stack([stern, np.column_stack([x[0], np.full(13, rim[0]), z[0]])])))
    if deck is None:
        del meshes[1]
        return meshes
    level = meshes[1].vertices.copy()
    level[:, 1] -= tall * (1 - deck)
    meshes[1] = Mesh(level, meshes[1].faces)
    return meshes
