"""Test rectangles on the floor: do they fit beside each other and between the walls? Corners (4, 2), in metres."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rectangle(x: float, y: float, width: float, depth: float, heading_rad: float) -> Floats:
    """Return the corners, counter-clockwise."""
    across = np.array([np.cos(heading_rad), np.sin(heading_rad)]) * width / 2
    along = np.array([-np.sin(heading_rad), np.cos(heading_rad)]) * depth / 2
    return np.array([x, y]) + np.stack([-across - along, across - along, across + along, along - across])


def overlapping(corners: Floats, others: Floats) -> NDArray[np.bool_]:
    """Say for each of ``others`` (n, 4, 2) whether it shares area with the rectangle ``corners`` (4, 2).

    Two convex shapes are apart if their projections on the normal of one of their sides are.
    """
    apart = np.zeros(len(others), dtype=np.bool_)
    for edge in (corners[1] - corners[0], corners[2] - corners[1]):
        own, theirs = corners @ edge, others @ edge
        apart |= (own.max() <= theirs.min(axis=1)) | (theirs.max(axis=1) <= own.min())
    for first in (0, 1):
        edges = others[:, first + 1] - others[:, first]
        own = edges @ corners.T
        theirs = np.einsum("nci,ni->nc", others, edges)
        apart |= (own.max(axis=1) <= theirs.min(axis=1)) | (theirs.max(axis=1) <= own.min(axis=1))
    return ~apart


def inside(corners: Floats, outline: Floats, slack_m: float = 0.0) -> bool:
    """Say whether a rectangle lies within a room whose walls run along x and y, give or take ``slack_m``.

    ``outline`` (n, 2) is its floor's polygon, counter-clockwise, convex or with notches.
    """
    middle = corners.mean(axis=0)
    pulled = corners + np.sign(middle - corners) * slack_m
    if not within(np.concatenate([pulled, middle[None]]), outline).all():
        return False
    # A notch may cut into a side whose ends are inside.
    edge, other = pulled[1] - pulled[0], pulled[3] - pulled[0]
    share = np.stack(
        [(outline - pulled[0]) @ edge / (edge @ edge), (outline - pulled[0]) @ other / (other @ other)]
    )
    return not bool(((share > 0) & (share < 1)).all(axis=0).any())


def within(places: Floats, outline: Floats) -> NDArray[np.bool_]:
    """Say for each of ``places`` (n, 2) whether it lies in the polygon ``outline`` (m, 2): a ray crosses it oddly."""
    start, end = outline, np.roll(outline, -1, axis=0)
    x, y = places[:, :1], places[:, 1:]
    spans = (start[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    crossing = start[:, 0] + (y - start[:, 1]) / rise * (end[:, 0] - start[:, 0])
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)
