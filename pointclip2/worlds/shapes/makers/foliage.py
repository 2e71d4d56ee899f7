"""Make leaves, stems and flowers: many small copies of one blade, placed at once."""

import numpy as np

from pointclip2.worlds.shapes.mesh import Array, Mesh, Points, Vector, grid, lathe, merge, sphere, tube
from pointclip2.worlds.shapes.shape import Random


def blade(
    length: float, width: float, droop: float, fold: float = 0.2, point: float = 1.0, rows: int = 5
) -> Mesh:
    """Return one leaf from the origin along +y, face to +z: ``droop`` bends the tip to -z, ``fold`` lifts edges.

    ``point`` 1 is widest in the middle, > 1 nearer to the stalk, < 1 nearer to the tip.
    """
    t = np.linspace(0, 1, rows)
    half = width / 2 * np.maximum(np.sin(np.pi * t ** (1 / point)), 0.08)
    back = -droop * length * t**2
    y = length * (t - 0.35 * droop**2 * t**3)
    columns = [np.stack([s * half, y, back + fold * half * abs(s)], axis=1) for s in (-1.0, 0.0, 1.0)]
    return grid(np.stack(columns, axis=1))


def placed(template: Mesh, roots: Points, directions: Points, sizes: Vector) -> Mesh:
    """Return copies of a +y-pointing template at ``roots`` along ``directions`` (n, 3 each), times ``sizes`` (n,).

    The template's +z side turns upwards as far as the direction allows.
    """
    origin = np.asarray(roots, dtype=float)
    y = np.asarray(directions, dtype=float)
    y = y / np.maximum(np.linalg.norm(y, axis=1, keepdims=True), 1e-9)
    # A vertical leaf has no "upwards": the slight tilt gives it one.
    side = np.cross(y, np.array([0.013, 1.0, 0.021]))
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    axes = np.stack([side, y, np.cross(side, y)], axis=1)
    scale = np.asarray(sizes, dtype=float)[:, None, None]
    corners = np.einsum("vk,nkd->nvd", template.vertices, axes) * scale + origin[:, None]
    count = len(template.vertices)
    faces = template.faces[None] + count * np.arange(len(origin))[:, None, None]
    return Mesh(corners.reshape(-1, 3), faces.reshape(-1, 3))


def directions(rng: Random, count: int, lowest_deg: float, highest_deg: float) -> Array:
    """Return unit vectors all around, with elevations between the two angles above the horizon."""
    elevation = np.deg2rad(rng.uniform(lowest_deg, highest_deg, count))
    around = rng.uniform(0, 2 * np.pi) + np.arange(count) * 2.399963 + rng.normal(0, 0.15, count)
    flat = np.cos(elevation)
    return np.stack([flat * np.cos(around), np.sin(elevation), flat * np.sin(around)], axis=1)


def stalk(root: Vector, direction: Vector, length: float, droop: float, steps: int = 8) -> Array:
    """Return a path (steps, 3) that starts along ``direction`` and sinks at its end by ``droop`` x length."""
    t = np.linspace(0, 1, steps)[:, None]
    path = np.asarray(root, dtype=float) + t * length * np.asarray(direction, dtype=float)
    path[:, 1] -= droop * length * t[:, 0] ** 2
    return path


def crown(rng: Random, centre: Vector, radii: Vector, count: int, template: Mesh) -> Mesh:
    """Return leaves in and on an ellipsoid, pointing roughly outwards."""
    way = rng.normal(size=(count, 3))
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    depth = rng.uniform(0.45, 1.0, (count, 1)) ** 0.7
    roots = np.asarray(centre, dtype=float) + way * depth * np.asarray(radii, dtype=float)
    pointing = way + rng.normal(0, 0.5, (count, 3)) + np.array([0, 0.2, 0])
    return placed(template, roots, pointing, rng.uniform(0.7, 1.25, count))


def blossom(rng: Random, size: float) -> Mesh:
    """Return a template flower from the origin, opening along +y: petals around a button, a bell or a bud."""
    kind = rng.integers(3)
    if kind == 0:
        petals = int(rng.integers(5, 9))
        around = np.arange(petals) * 2 * np.pi / petals
        tilt = rng.uniform(0.1, 0.7)
        ways = np.stack([np.cos(around), np.full(petals, tilt), np.sin(around)], axis=1)
        leaf = blade(0.5 * size, 0.35 * size, 0.1, rows=4)
        return merge(
            [placed(leaf, np.zeros((petals, 3)), ways, np.ones(petals)), sphere(0.13 * size, detail=5)]
        )
    if kind == 1:
        return sphere(0.3 * size, (0, 0.2 * size, 0), detail=7)
    return lathe([(size * (0.06 + 0.4 * t**1.5), 0.6 * size * t) for t in (0.0, 0.35, 0.7, 1.0)], 10)


def bouquet(
    rng: Random, root: Vector, spread_deg: float, length: float, count: int
) -> tuple[list[Mesh], list[Mesh], list[Mesh]]:
    """Return stems, leaves and flowers that rise from one place: a bunch in a vase."""
    start = np.asarray(root, dtype=float)
    ways = directions(rng, count, 90 - spread_deg, 88)
    size = length * rng.uniform(0.15, 0.4)
    flower = blossom(rng, size)
    leaf = blade(length * rng.uniform(0.2, 0.4), length * rng.uniform(0.05, 0.12), rng.uniform(0, 0.5))
    droop = rng.uniform(0, 0.4)
    paths = [stalk(start, way, length * rng.uniform(0.7, 1.1), droop * (1 - way[1]) * 2) for way in ways]
    stems = [tube(path, length * rng.uniform(0.006, 0.02), 5) for path in paths]
    ends = np.array([path[-1] for path in paths])
    tips = np.array([path[-1] - path[-3] for path in paths])
    middles = np.array([path[rng.integers(3, 7)] for path in paths for _ in range(2)])
    leaves = [
        placed(leaf, middles, directions(rng, len(middles), 0, 60), rng.uniform(0.6, 1.1, len(middles)))
    ]
    return stems, leaves, [placed(flower, ends, tips, rng.uniform(0.6, 1.1, count))]
