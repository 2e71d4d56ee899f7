"""A room that is made in a moment: a floor that sags, walls, and boxes scanned on the sides one can see."""

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.geometry.boxes import make_boxes
from pointclip2.types import Scene

FURNITURE = (
    ((1.0, 1.0, 0.4), (0.8, 0.6, 0.8), 0),  # in the open
    ((3.6, 1.2, 0.9), (0.6, 1.2, 1.8), 1),  # with its back to a wall at x = 4
    ((1.2, 2.6, 0.25), (1.0, 0.5, 0.5), 2),
    ((1.2, 2.6, 0.65), (0.4, 0.3, 0.3), 0),  # on the one before
)
"""Centre, size, label."""


def faces(
    rng: np.random.Generator, centre: NDArray[np.float64], size: NDArray[np.float64], density: float
) -> NDArray[np.float64]:
    """Points on the four sides and the top of a box."""
    parts = []
    for axis, sign in ((0, -1), (0, 1), (1, -1), (1, 1), (2, 1)):
        others = [other for other in range(3) if other != axis]
        count = max(4, int(density * size[others].prod()))
        points = rng.uniform(-0.5, 0.5, (count, 3))
        points[:, axis] = sign * 0.5
        parts.append(points * size + centre)
    return np.concatenate(parts)


def toy_room(
    seed: int = 0, tilt: float = 0.0, noise_m: float = 0.004, density: float = 700.0, furniture: bool = True
) -> Scene:
    """A scene of some ten thousand points, 4 x 3.5 m; ``tilt`` of the floor is rise over run."""
    rng = np.random.default_rng(seed)
    flat = rng.uniform((0, 0), (4, 3.5), (int(14 * density), 2))
    floor = np.column_stack([flat, 0.012 * np.sin(flat[:, 0] * 1.5)])
    walls = []
    for axis, at, length in ((0, 0.0, 3.5), (0, 4.0, 3.5), (1, 0.0, 4.0), (1, 3.5, 4.0)):
        wall = np.zeros((int(length * 2.5 * density / 2), 3))
        wall[:, 1 - axis] = rng.uniform(0, length, len(wall))
        wall[:, 2] = rng.uniform(0, 2.5, len(wall))
        wall[:, axis] = at
        walls.append(wall)
    things = [faces(rng, np.array(c), np.array(s), density) for c, s, _ in FURNITURE] if furniture else []
    points = np.concatenate([floor, *walls, *things])
    points[:, 2] += tilt * points[:, 0]
    points += rng.normal(0, noise_m, points.shape)
    centre = torch.tensor([list(c) for c, _, _ in FURNITURE])
    centre[:, 2] += tilt * centre[:, 0]
    size = torch.tensor([list(s) for _, s, _ in FURNITURE])
    labels = torch.tensor([label for _, _, label in FURNITURE])
    boxes = make_boxes(centre, size, None, labels)
    return Scene(f"toy {seed}", torch.from_numpy(points.astype(np.float32)), boxes)
