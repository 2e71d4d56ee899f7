"""Share what the makers of the classes that training never sees need.

The classes are listed in `pointclip2.data.class_names`; they measure what open vocabulary is worth. Keep them
out of every training split and every training caption. The makers are in the modules ``unseen_bridges``,
``unseen_built``, ``unseen_gear``, ``unseen_round`` and ``unseen_tools``.
"""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.mesh import Mesh
from pointclip2.worlds.shapes.shape import Random, Shape

Array = NDArray[np.float64]

_COUNT = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(number: int) -> str:
    """Return the number as a word, up to ten; larger ones are "many"."""
    return _COUNT[number] if number < len(_COUNT) else "many"


def stand(shape: Shape) -> None:
    """Move the whole shape so that its lowest point is at height 0."""
    low = min(mesh.low[1] for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-low) for mesh in shape.meshes]


def turn(shape: Shape, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> None:
    """Rotate the whole shape, in degrees, and stand it on the ground again."""
    shape.meshes = [mesh.rotated_deg(x, y, z) for mesh in shape.meshes]
    stand(shape)


def shorten(shape: Shape, rng: Random, most: int = 6) -> None:
    """Keep at most so many of the phrases, in their order, because a caption is no inventory."""
    chosen = sorted(rng.permutation(len(shape.attributes))[:most])
    shape.attributes[:] = [shape.attributes[number] for number in chosen]


def thin_rods(starts: Array, ends: Array, radius: float) -> Mesh:
    """Return many straight three-sided rods at once, ``starts`` (n, 3) to ``ends`` (n, 3), open at the ends."""
    along = ends - starts
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(along, side)
    angles = np.deg2rad([0.0, 120.0, 240.0])[:, None]
    ring = radius * (side[:, None] * np.cos(angles) + other[:, None] * np.sin(angles))
    vertices = np.concatenate([starts[:, None] + ring, ends[:, None] + ring], axis=1).reshape(-1, 3)
    one = np.array([[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4], [2, 0, 3], [2, 3, 5]])
    faces = (one[None] + 6 * np.arange(len(starts))[:, None, None]).reshape(-1, 3)
    return Mesh(vertices, faces.astype(np.int64))
