"""Reduce a scan to its surface: one point a voxel, with a normal for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_GROWTH = 1.25
_CHUNK = 20_000


@dataclass(frozen=True)
class Surface:
    """Holds one point a voxel, with normals and neighbours."""

    points: Floats
    """Positions (points, 3), metres, z up: means of the points in the voxels."""
    normals: Floats
    """Unit normals (points, 3), of either sign."""
    neighbours: NDArray[np.intp]
    """Numbers (points, k) of the nearest points, itself first."""
    voxel_m: float

    def __len__(self) -> int:
        return len(self.points)


def surface(points: NDArray[np.float32], voxel_m: float, most: int, k: int = 16) -> Surface:
    """Thin a scan and find its normals.

    Args:
        points: positions (points, 3), finite; a million are fine.
        voxel_m: edge of the voxels; larger ones are tried until no more than ``most`` are filled.
        most: the most points that are left, which bounds time and memory of all that follows.
        k: how many neighbours a normal is fitted to.
    """
    from scipy.spatial import cKDTree

    thin = thinned(points, voxel_m)
    while len(thin) > most:
        voxel_m *= _GROWTH
        thin = thinned(points, voxel_m)
    tree = cKDTree(thin)
    nearest = tree.query(thin, k=min(k, len(thin)))[1].reshape(len(thin), -1).astype(np.intp)
    return Surface(thin, _normals(thin, nearest), nearest, voxel_m)


def thinned(points: NDArray[np.float32], voxel_m: float) -> Floats:
    """Return the mean of the points in each filled voxel, in the order of the voxels."""
    exact = points.astype(np.float64)
    low = exact.min(axis=0)
    cells = np.floor((exact - low) / voxel_m).astype(np.int64)
    spans = cells.max(axis=0) + 1
    flat = (cells[:, 0] * spans[1] + cells[:, 1]) * spans[2] + cells[:, 2]
    _, voxel, count = np.unique(flat, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(voxel, exact[:, axis] - low[axis]) for axis in range(3)], axis=1)
    return sums / count[:, None] + low


def _normals(points: Floats, nearest: NDArray[np.intp]) -> Floats:
    """Return the direction of least spread among the neighbours; straight up where there are too few."""
    normals = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    if nearest.shape[1] < 3:
        return normals
    for start in range(0, len(points), _CHUNK):
        around = points[nearest[start : start + _CHUNK]]
        around = around - around.mean(axis=1, keepdims=True)
        _, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", around, around))
        normals[start : start + _CHUNK] = vectors[:, :, 0]
    return normals
