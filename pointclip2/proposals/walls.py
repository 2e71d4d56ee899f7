"""Find the walls: upright planes at the edge of what was scanned, or as high as the room."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ANGLES = 60
_OFFSET_M = 0.05
_MOST = 24


@dataclass(frozen=True)
class Wall:
    """Describes a wall as a line seen from above: ``normal . xy = offset``; in the room ``normal . xy`` is smaller."""

    normal: Floats
    """Unit normal (2,) out of the room."""
    offset_m: float
    ends_m: tuple[float, float]
    """Where the wall begins and ends along ``(-normal_y, normal_x) . xy``."""

    def beyond(self, points: Floats) -> Floats:
        """Return metres behind the wall; negative in the room."""
        return points[:, :2] @ self.normal - self.offset_m

    def along(self, points: Floats) -> Floats:
        """Return metres along the wall."""
        return points[:, :2] @ np.array([-self.normal[1], self.normal[0]])


def find_walls(points: Floats, normals: Floats, height: Floats, thick_m: float) -> list[Wall]:
    """Find the walls one after the other, the largest first.

    An upright plane is a wall if almost nothing lies behind it, or if it reaches from the floor to the top of the
    room over some length and nothing lies behind this piece of it. A wardrobe's front is neither, because the room goes
    on beside it and above.

    Args:
        points: positions (points, 3), thinned to one a voxel.
        normals: normals of the points.
        height: heights of the points above the floor.
        thick_m: how far from a wall a point still belongs to it.
    """
    upright = np.abs(normals[:, 2]) < 0.35
    top = np.quantile(height, 0.995)
    left = upright & (height > 0.05)
    walls: list[Wall] = []
    for _ in range(_MOST):
        index = np.flatnonzero(left)
        if len(index) < 60:
            break
        line = _strongest(points[index], normals[index], thick_m)
        if line is None:
            break
        normal, offset = line
        wall = _facing_out(points, normal, offset)
        own = index[np.abs(wall.beyond(points[index])) < thick_m]
        own = own[np.abs(normals[own, :2] @ wall.normal) > 0.7]
        left[own] = False
        if len(own) < 60:
            left[index[np.abs(wall.beyond(points[index])) < thick_m]] = False
            continue
        start, end = np.quantile(wall.along(points[own]), (0.005, 0.995)).tolist()
        wall = Wall(wall.normal, wall.offset_m, (start, end))
        if _is_wall(wall, points, height, own, top, thick_m):
            walls.append(wall)
    return walls


def _is_wall(
    wall: Wall, points: Floats, height: Floats, own: NDArray[np.intp], top: float, thick_m: float
) -> bool:
    reach = np.quantile(height[own], 0.97)
    length = wall.ends_m[1] - wall.ends_m[0]
    if reach < min(1.5, 0.8 * top) or length < 0.5:
        return False
    behind = wall.beyond(points) > 3 * thick_m
    if behind.mean() < 0.02:
        return True
    along = wall.along(points)
    beside = (along > wall.ends_m[0] + 0.1) & (along < wall.ends_m[1] - 0.1)
    return bool(reach > 0.9 * top and length > 1.5 and (behind & beside).mean() < 0.02)


def _strongest(points: Floats, normals: Floats, thick_m: float) -> tuple[Floats, float] | None:
    """Find the line with the most points whose own normals agree, refined by least squares."""
    angle = np.arctan2(normals[:, 1], normals[:, 0]) % np.pi
    slot = np.round(angle / np.pi * _ANGLES).astype(np.int64)
    best, line = 0, None
    for turn in range(_ANGLES):
        near = np.minimum((slot - turn) % _ANGLES, (turn - slot) % _ANGLES) <= 2
        if near.sum() <= best:
            continue
        normal = np.array([np.cos(turn * np.pi / _ANGLES), np.sin(turn * np.pi / _ANGLES)])
        offset = points[near, :2] @ normal
        low = offset.min()
        counts = np.bincount(((offset - low) / _OFFSET_M).astype(np.int64))
        pairs = counts + np.append(counts[1:], 0)
        at = int(pairs.argmax())
        if pairs[at] > best:
            best, line = int(pairs[at]), (normal, low + (at + 1) * _OFFSET_M)
    if line is None or best < 60:
        return None
    normal, offset_m = line
    for _ in range(3):
        own = points[np.abs(points[:, :2] @ normal - offset_m) < 1.5 * thick_m][:, :2]
        if len(own) < 3:
            return None
        middle = own.mean(axis=0)
        normal = np.linalg.eigh(np.cov((own - middle).T))[1][:, 0]
        offset_m = float(np.median(own @ normal))
    return normal, offset_m


def _facing_out(points: Floats, normal: Floats, offset_m: float) -> Wall:
    """Turn the line into a wall whose outside is the side with less of the scan."""
    outside = np.mean(points[:, :2] @ normal > offset_m)
    return Wall(normal, offset_m, (0.0, 0.0)) if outside < 0.5 else Wall(-normal, -offset_m, (0.0, 0.0))
