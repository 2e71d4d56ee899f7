"""Draw a coloured cloud: discs in parallel perspective, near ones over far ones, far ones paler."""

import math

import numpy as np
from numpy.typing import NDArray

FILL = 0.92
"""Share of the picture's side that the cloud's sphere fills."""
FADE = 0.45
"""Share of white that the farthest points are mixed with."""


def render_cloud(
    points: NDArray[np.float32],
    colours: NDArray[np.uint8],
    side_px: int,
    yaw_deg: float = 35.0,
    pitch_deg: float = 22.0,
    radius_px: float | None = None,
) -> NDArray[np.uint8]:
    """Draw points (n, 3), y up, on white; return a picture (side, side, 3).

    The cloud is scaled to its own sphere around the middle of its bounding box. Points that are not finite are
    left out.

    Args:
        yaw_deg: angle of the camera around y; 0 looks at the front (+z).
        pitch_deg: how far it looks down.
        radius_px: radius of the discs; None chooses one that closes the surface for this many points.
    """
    page = np.full((side_px, side_px, 3), 255, dtype=np.uint8)
    finite = np.isfinite(points).all(axis=1)
    points, colours = points[finite].astype(np.float64), colours[finite]
    if not len(points):
        return page
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    points = points - middle
    points = points / max(float(np.linalg.norm(points, axis=1).max()), 1e-12)
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    x = math.cos(yaw) * points[:, 0] - math.sin(yaw) * points[:, 2]
    away = math.sin(yaw) * points[:, 0] + math.cos(yaw) * points[:, 2]
    y = math.cos(pitch) * points[:, 1] - math.sin(pitch) * away
    near = math.sin(pitch) * points[:, 1] + math.cos(pitch) * away

    radius = radius_px if radius_px is not None else max(1.0, 0.62 * side_px / math.sqrt(len(points)))
    reach = math.ceil(radius)
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = dx**2 + dy**2 <= radius**2
    dy, dx = dy[disc], dx[disc]
    scale = FILL * side_px / 2
    column = np.rint(side_px / 2 + scale * x).astype(int)[:, None] + dx
    row = np.rint(side_px / 2 - scale * y).astype(int)[:, None] + dy
    inside = (row >= 0) & (row < side_px) & (column >= 0) & (column < side_px)
    # Drawn from far to near: where several discs fall on a pixel, the last one written stays.
    order = np.argsort(near, kind="stable")
    white = FADE * (1 - near) / 2
    shaded = colours * (1 - white[:, None]) + 255 * white[:, None]
    shaded = np.repeat(shaded[:, None, :], len(dx), axis=1)
    seen = inside[order]
    flat = (row * side_px + column)[order][seen]
    page.reshape(-1, 3)[flat] = shaded[order][seen].round().astype(np.uint8)
    return page
