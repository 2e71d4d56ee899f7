"""Write boxes as a mesh that any viewer shows: each edge is a thin bar."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7))
"""Edges between corners, numbered as `pointclip2.geometry.boxes.corners` orders them."""
_BAR_FACES = ((0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7))


def wireframe_ply(
    outlines: NDArray[np.floating], colours: Sequence[tuple[int, int, int]], thick: float = 0.012
) -> str:
    """Write an ASCII PLY with the edges of boxes as coloured bars; few viewers show plain edges.

    Args:
        outlines: corners (boxes, 8, 3), around the bottom face and the top face in the same order.
        colours: RGB of each box.
        thick: thickness of the bars, in the unit of the corners.
    """
    vertices: list[str] = []
    faces: list[str] = []
    for outline, colour in zip(outlines, colours, strict=True):
        paint = " ".join(map(str, colour))
        for start, end in EDGES:
            first = len(vertices)
            for x, y, z in _bar(outline[start], outline[end], thick):
                vertices.append(f"{x:.4f} {y:.4f} {z:.4f} {paint}")
            faces += [f"3 {first + a} {first + b} {first + c}" for a, b, c in _BAR_FACES]
    header = [
        "ply",
        "format ascii 1.0",
        f"element vertex {len(vertices)}",
        *(f"property double {axis}" for axis in "xyz"),  # a scan may lie far from its origin
        *(f"property uchar {channel}" for channel in ("red", "green", "blue")),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        "end_header",
    ]
    return "\n".join([*header, *vertices, *faces]) + "\n"


def _bar(start: NDArray[np.floating], end: NDArray[np.floating], thick: float) -> NDArray[np.floating]:
    """Return the corners (8, 3) of a square bar from one point to another."""
    along = np.asarray(end - start, dtype=np.float64)
    length = float(np.linalg.norm(along))
    along = along / length if length > 0 else np.array([1.0, 0.0, 0.0])
    aside = np.cross(along, (0, 0, 1) if abs(along[2]) < 0.9 else (1, 0, 0))
    aside /= np.linalg.norm(aside)
    up = np.cross(along, aside)
    ring = np.stack([aside + up, -aside + up, -aside - up, aside - up]) * thick / 2
    return np.concatenate([start + ring, end + ring])
