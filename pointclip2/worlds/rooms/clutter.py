"""Make things that no class describes and every room has: cartons, books, blankets, cables, rugs, pictures."""

from collections.abc import Callable

import numpy as np

from pointclip2.worlds.rooms.piece import Piece, plain_piece
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, extrude, grid, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random


def carton(rng: Random) -> Piece:
    """Make a cardboard box, closed or with its flaps open."""
    x, y, z = (float(v) for v in rng.uniform((0.2, 0.12, 0.18), (0.6, 0.45, 0.45)))
    meshes = [box(x, y, z, (0, y / 2, 0))]
    if rng.random() < 0.5:
        for sign in (-1, 1):
            flap = box(x, 0.006, z / 2, (0, 0, sign * z / 4)).rotated_deg(
                x=-sign * float(rng.uniform(20, 80))
            )
            meshes.append(flap.moved(0, y, sign * z / 2))
    return plain_piece(*meshes)


def book_stack(rng: Random) -> Piece:
    """Make a stack of books or papers that do not quite line up."""
    meshes, height = [], 0.0
    for _ in range(rng.integers(1, 7)):
        x, y, z = (float(v) for v in rng.uniform((0.13, 0.01, 0.19), (0.24, 0.05, 0.31)))
        leaf = box(x, y, z).rotated_deg(y=float(rng.normal(0, 14)))
        meshes.append(leaf.moved(float(rng.normal(0, 0.015)), height + y / 2, float(rng.normal(0, 0.015))))
        height += y
    return plain_piece(*meshes)


def cushion(rng: Random) -> Piece:
    """Make a loose pillow, lying or leaning."""
    x, y, z = (float(v) for v in rng.uniform((0.35, 0.09, 0.3), (0.7, 0.18, 0.48)))
    pad = superellipsoid(x, y, z, 0.5, detail=12)
    return plain_piece(
        pad.rotated_deg(x=float(rng.choice([0.0, 0.0, 50.0, 70.0])), z=float(rng.normal(0, 4)))
    )


def blanket(rng: Random) -> Piece:
    """Make a cloth dropped in a heap: a crumpled mound."""
    width, depth, height = rng.uniform((0.35, 0.3, 0.06), (0.9, 0.7, 0.26))
    share = np.linspace(-1, 1, 16)
    x, z = np.meshgrid(share, share, indexing="ij")
    folds = sum(
        float(rng.uniform(0.1, 0.35)) * np.sin(a * x + b * z + c)
        for a, b, c in rng.uniform((-7, -7, 0), (7, 7, 6), (4, 3))
    )
    mound = np.clip(1 - (x**2 + z**2), 0, None) ** 0.6 * (1 + folds)
    return plain_piece(
        grid(np.stack([x * width / 2, np.clip(mound, 0, 2) * height / 2, z * depth / 2], axis=-1))
    )


def cable(rng: Random) -> Piece:
    """Make a lead across the floor."""
    steps = rng.normal(0, 0.5, 14).cumsum() + rng.uniform(-np.pi, np.pi)
    path = np.cumsum(0.13 * np.stack([np.cos(steps), np.sin(steps)], axis=1), axis=0)
    height = 0.006 + 0.01 * np.abs(rng.normal(size=len(path)))
    return plain_piece(tube(np.stack([path[:, 0], height, path[:, 1]], axis=1), 0.005, 5))


def shoes(rng: Random) -> Piece:
    """Make a pair of shoes as they were taken off."""
    length = float(rng.uniform(0.22, 0.31))
    meshes = []
    for sign in (-1, 1):
        sole = superellipsoid(0.36 * length, 0.07, length, 0.6, (0, 0.035, 0), 10)
        heel = superellipsoid(0.3 * length, 0.11, 0.45 * length, 0.6, (0, 0.06, -0.25 * length), 8)
        for part in (sole, heel):
            meshes.append(
                part.rotated_deg(y=float(rng.normal(0, 20))).moved(
                    sign * float(rng.uniform(0.08, 0.16)), 0, 0
                )
            )
    return plain_piece(*meshes)


def basket(rng: Random) -> Piece:
    """Make an open round or square container."""
    radius, height = rng.uniform((0.12, 0.2), (0.24, 0.5))
    segments = int(rng.choice([4, 20]))
    wall = cylinder(float(radius) * 0.8, float(height), top=float(radius), segments=segments)
    # Without its lid, whose triangles are the last ring.
    return plain_piece(
        Mesh(wall.vertices, wall.faces[(wall.vertices[wall.faces][..., 1] < height * 0.499).any(axis=1)])
    )


def rug(rng: Random) -> Piece:
    """Make a thin carpet, slightly wavy."""
    width, depth = rng.uniform((0.8, 0.6), (2.4, 1.7))
    thick, waves = float(rng.uniform(0.006, 0.018)), rng.uniform(-4, 4, (2, 2))
    x, z = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 12), indexing="ij")
    relief = thick + 0.004 * np.sin(waves[0, 0] * x + waves[0, 1] * z) + 0.003 * np.sin(waves[1, 0] * x)
    return plain_piece(grid(np.stack([x * width / 2, relief, z * depth / 2], axis=-1)))


def picture(rng: Random) -> Piece:
    """Make a framed picture or a board, for a wall."""
    width, height = rng.uniform((0.25, 0.2), (1.3, 0.9))
    thick = float(rng.uniform(0.012, 0.04))
    inner = box(float(width) * 0.86, float(height) * 0.86, thick * 0.5)
    bars = [box(float(width), 0.03, thick, (0, sign * float(height) / 2, 0)) for sign in (-1, 1)]
    posts = [box(0.03, float(height), thick, (sign * float(width) / 2, 0, 0)) for sign in (-1, 1)]
    return plain_piece(inner, *bars, *posts)


def radiator(rng: Random) -> Piece:
    """Make a ribbed heater."""
    width, height = rng.uniform((0.5, 0.35), (1.5, 0.7))
    count = max(3, int(width / 0.06))
    ribs = [
        box(0.04, float(height), 0.08, (float(x), float(height) / 2, 0))
        for x in np.linspace(-width / 2, width / 2, count)
    ]
    return plain_piece(
        *ribs,
        box(float(width), 0.05, 0.03, (0, 0.08, 0)),
        box(float(width), 0.05, 0.03, (0, float(height) - 0.06, 0)),
    )


def pillar(rng: Random) -> Piece:
    """Make a strip of wall that stands out, or a pipe casing: as high as any room."""
    return plain_piece(box(float(rng.uniform(0.15, 0.5)), 3.1, float(rng.uniform(0.1, 0.35))))


def odds(rng: Random) -> Piece:
    """Make something small: a can, a case, a wedge."""
    size = float(rng.uniform(0.05, 0.18))
    match rng.integers(3):
        case 0:
            return plain_piece(cylinder(size / 2, size * float(rng.uniform(0.5, 1.6)), segments=12))
        case 1:
            x, y, z = (float(v) for v in size * rng.uniform(0.4, 1.5, 3))
            return plain_piece(box(x, y, z))
        case _:
            outline = [(-size / 2, 0.0), (size / 2, 0.0), (size * float(rng.uniform(-0.5, 0.5)), size)]
            return plain_piece(extrude(outline, size * float(rng.uniform(0.4, 1.4))))


Maker = Callable[[Random], Piece]

ON_FLOOR: tuple[Maker, ...] = (carton, carton, shoes, basket, blanket, book_stack, cushion, odds)
ON_TOPS: tuple[Maker, ...] = (book_stack, book_stack, odds, odds, odds)
ON_SOFT: tuple[Maker, ...] = (cushion, cushion, blanket, book_stack)
