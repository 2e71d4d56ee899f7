"""Put other things on a shape and beside it: what lies on tables, beds and cupboards when somebody lives there."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.geometry.surfaces import draw_surface, sample_surface
from pointclip2.worlds.shapes.classes import make_shape
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, sphere, superellipsoid
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_CARRIED = (
    "vase",
    "bowl",
    "cup",
    "bottle",
    "lamp",
    "laptop",
    "radio",
    "flower pot",
    "mug",
    "keyboard",
    "bag",
)
_COLUMNS = 24


def sample_cluttered(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """Return n points uniform by area of a shape and of one to four other things, whose part is -1.

    They lie on what is level and open to the sky where that is a tenth of its ground or more, or stand beside it.
    """
    low, size = corners.min(axis=(0, 1)), np.ptp(corners, axis=(0, 1))
    spots = _level_spots(corners, rng)
    things = [corners]
    for _ in range(rng.integers(1, 5)):
        longest = float(size.max() * rng.uniform(0.08, 0.3))
        thing = _thing(rng)
        thing = thing * (longest / np.ptp(thing, axis=(0, 1)).max())
        thing -= [*thing.mean(axis=(0, 1)) * [1, 0, 1]]
        thing -= [0, thing[..., 1].min(), 0]
        if len(spots) and rng.random() < 0.8:
            spot = spots[rng.integers(len(spots))]
        else:
            # In front of it or at its right or left, as far off as half of itself at most.
            spot = low + size * rng.uniform((-0.2, 0, 0.5), (1.2, 0, 1.0))
            away = (np.ptp(thing, axis=(0, 1)) / 2 + rng.uniform(0, 0.5) * longest) * [1, 0, 1]
            side = int(rng.integers(3))
            spot[2 if side == 2 else 0] = (low[0] - away[0], (low + size + away)[0], (low + size + away)[2])[
                side
            ]
        things.append(thing + spot)
    whole = np.concatenate(things)
    return sample_surface(whole, np.concatenate([parts, np.full(len(whole) - len(parts), -1)]), n, rng)


def _level_spots(corners: Floats, rng: Random) -> Floats:
    """Points (m, 3) that are level with nothing above them; none where they make up too little of the ground."""
    points, triangle, _ = draw_surface(corners, 3000, rng)
    low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    column = np.minimum(((points - low) / size * _COLUMNS).astype(np.int64), _COLUMNS - 1)
    number = column[:, 0] * _COLUMNS + column[:, 2]
    highest = np.full(_COLUMNS**2, -np.inf)
    np.maximum.at(highest, number, points[:, 1])
    a, b, c = corners[triangle].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    level = np.abs(normal[:, 1]) > 0.95 * np.linalg.norm(normal, axis=1)
    open_above = points[:, 1] > highest[number] - 0.01 * size.max()
    found = level & open_above & (points[:, 1] > low[1] + 0.1 * size.max())
    return points[found] if len(np.unique(number[found])) > 0.1 * _COLUMNS**2 else points[:0]


def _thing(rng: Random) -> Floats:
    """Make the triangles (f, 3, 3) of a box, pile, tin, ball or pillow, or of a small thing with a class of its own."""
    if rng.random() < 0.4:
        return make_shape(_CARRIED[rng.integers(len(_CARRIED))], rng).triangles()[0]
    x, y, z = (float(side) for side in rng.uniform(0.2, 1.0, 3))
    solids: list[Mesh] = [
        box(x, y, z),
        box(x, 0.3 * y, z),
        cylinder(x / 2, y, x / 2 * float(rng.uniform(0.7, 1.3))),
        sphere(0.5),
        superellipsoid(x, 0.35 * y, z, 0.5).rotated_deg(x=float(rng.choice([0, 0, 60]))),
    ]
    solid = solids[rng.integers(len(solids))].rotated_deg(y=float(rng.uniform(0, 360)))
    return solid.vertices[solid.faces]
