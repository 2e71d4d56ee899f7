"""Files to ask about: a chair, a table and a lamp of boxes, as points and as meshes."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CHAIR = (
    ((-0.25, 0.42, -0.25), (0.25, 0.48, 0.25)),
    ((-0.25, 0.48, -0.25), (0.25, 1.0, -0.19)),
    *(((x, 0.0, z), (x + 0.05, 0.42, z + 0.05)) for x in (-0.25, 0.2) for z in (-0.25, 0.2)),
)
"""Corners of boxes: seat, back, four legs."""


def surface(
    boxes: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...], points: int, seed: int = 0
) -> Floats:
    """Draw points on the faces of boxes, by area."""
    rng = np.random.default_rng(seed)
    faces = []
    for low, high in boxes:
        for axis in range(3):
            for end in (low, high):
                first, last = list(low), list(high)
                first[axis] = last[axis] = end[axis]
                faces.append((np.array(first), np.array(last)))
    sides = np.array([last - first for first, last in faces])
    area = np.array([np.prod(side[side > 0]) for side in sides])
    chosen = rng.choice(len(faces), points, p=area / area.sum())
    start = np.array([first for first, _ in faces])
    return start[chosen] + rng.random((points, 3)) * sides[chosen]


def chair(points: int = 3000) -> Floats:
    """Return points of a chair, y up, a metre high."""
    return surface(CHAIR, points)


def write_points(path: Path, points: Floats) -> Path:
    """Write points as text, a point a line."""
    np.savetxt(path, points, fmt="%.6f")
    return path


def write_chair_mesh(path: Path) -> Path:
    """Write the chair as an OBJ of boxes."""
    lines, count = [], 0
    for low, high in CHAIR:
        corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
        lines += [f"v {x} {y} {z}" for x, y, z in corners]
        for a, b, c, d in (
            (0, 1, 3, 2),
            (4, 6, 7, 5),
            (0, 4, 5, 1),
            (2, 3, 7, 6),
            (0, 2, 6, 4),
            (1, 5, 7, 3),
        ):
            lines.append(f"f {count + a + 1} {count + b + 1} {count + c + 1} {count + d + 1}")
        count += 8
    path.write_text("\n".join(lines) + "\n")
    return path
