"""Find the floor: a plane that may lean, and how far it sags from place to place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_BIN_M = 0.05
_TILT_DEG = 12.0
_CELL_M = 0.6
_TRIALS = 200


@dataclass(frozen=True)
class Floor:
    """Gives the floor; in the rest of a room heights are measured from it."""

    slope: Floats
    """Plane (3,): z = slope . (x, y, 1)."""
    sag: Floats
    """Height (columns, rows) of each cell above the plane, because the floor of a real room is not flat."""
    corner: Floats
    """Corner (2,) of the first cell."""

    def height(self, points: Floats) -> Floats:
        """Return metres above the floor."""
        plane = points[:, :2] @ self.slope[:2] + self.slope[2]
        cell = np.floor((points[:, :2] - self.corner) / _CELL_M).astype(np.int64)
        column, row = (np.clip(cell[:, axis], 0, self.sag.shape[axis] - 1) for axis in (0, 1))
        return points[:, 2] - plane - self.sag[column, row]


def find_floor(points: Floats, normals: Floats, thick_m: float) -> Floor | None:
    """Return the lowest large surface that is nearly level, or None where a scan has none.

    A plane counts as floor if hardly anything lies below it and it extends under a good part of the scan: neither
    the seat of a lone chair nor a table top does.

    Args:
        points: positions (points, 3), thinned to one a voxel, so that numbers of points are areas.
        normals: normals of the points.
        thick_m: how far from the floor a point still belongs to it.
    """
    level = np.abs(normals[:, 2]) > np.cos(np.deg2rad(25))
    if level.sum() < 30:
        return None
    slope = _plane(points[level], thick_m)
    if slope is None:
        return None
    above = points[:, 2] - points[:, :2] @ slope[:2] - slope[2]
    if (
        np.mean(above < -3 * thick_m) > 0.1
        or _spread(points[level & (np.abs(above) < thick_m)], points) < 0.25
    ):
        return None
    near = level & (np.abs(above) < 0.1)
    corner = points[:, :2].min(axis=0)
    return Floor(slope, _sag(points[near, :2], above[near], corner, points[:, :2].max(axis=0)), corner)


def _plane(level: Floats, thick_m: float) -> Floats | None:
    """Fit a plane by consensus, from the lowest height at which much is level."""
    heights = level[:, 2]
    low = np.quantile(heights, 0.002)
    counts = np.bincount(np.maximum((heights - low) / _BIN_M, 0).astype(np.int64))
    around = np.convolve(counts, np.ones(5), mode="same")
    lowest = int(np.argmax(around > 0.35 * around.max()))
    first = lowest + int(np.argmax(around[lowest : lowest + 6]))
    tilt = np.tan(np.deg2rad(_TILT_DEG)) * np.ptp(level[:, :2], axis=0).max() / 2
    band = level[np.abs(heights - (low + (first + 0.5) * _BIN_M)) < 0.15 + min(tilt, 0.5)]
    rng = np.random.default_rng(0)
    design = np.column_stack([band[:, :2], np.ones(len(band))])
    best: Floats | None = None
    most = 0
    for _ in range(_TRIALS):
        three = rng.integers(len(band), size=3)
        try:
            slope = np.linalg.solve(design[three], band[three, 2])
        except np.linalg.LinAlgError:
            continue
        if np.hypot(*slope[:2]) > np.tan(np.deg2rad(_TILT_DEG)):
            continue
        inside = int((np.abs(band[:, 2] - design @ slope) < thick_m).sum())
        if inside > most:
            best, most = slope, inside
    if best is None:
        return None
    for _ in range(3):
        kept = np.abs(band[:, 2] - design @ best) < thick_m
        best = np.linalg.lstsq(design[kept], band[kept, 2], rcond=None)[0]
    return best


def _spread(part: Floats, whole: Floats) -> float:
    """Return the share of the scan's own cells, seen from above, that contain the part."""

    def cells(points: Floats) -> int:
        return len(np.unique(np.floor(points[:, :2] / 0.3), axis=0))

    return cells(part) / max(cells(whole), 1) if len(part) else 0.0


def _sag(xy: Floats, above: Floats, low: Floats, high: Floats) -> Floats:
    """Return the median height of each cell over the plane; 0 where too little of the floor is seen."""
    shape = np.floor((high - low) / _CELL_M).astype(np.int64) + 1
    cell = np.floor((xy - low) / _CELL_M).astype(np.int64)
    flat = cell[:, 0] * shape[1] + cell[:, 1]
    order = np.lexsort((above, flat))
    cells, first, count = np.unique(flat[order], return_index=True, return_counts=True)
    sag = np.zeros(int(shape.prod()))
    seen = count >= 20
    sag[cells[seen]] = above[order][first[seen] + count[seen] // 2]
    return np.clip(sag, -0.08, 0.08).reshape(*shape)
