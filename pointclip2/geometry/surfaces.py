"""From triangles to points in three ways: evenly, with a varying density, and as the voxels of a solid.

Every function takes ``corners`` (f, 3, 3) and the part index ``parts`` (f,) of each triangle, and returns
exactly ``n`` points (n, 3) with the part index (n,) of each, in random order.
"""

import numpy as np
from numpy.typing import NDArray

from pointclip2.types import CloudError

Random = np.random.Generator
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

CANDIDATES = 3
"""Points drawn evenly for every point wanted where a second draw chooses among them."""


def sample_surface(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """Uniform by area. Raises `CloudError` where the triangles have no area at all, or no finite one."""
    points, chosen, _ = draw_surface(corners, n, rng)
    return points, parts.take(chosen)


def draw_surface(corners: Floats, n: int, rng: Random) -> tuple[Floats, Indices, Floats]:
    """Return points (n, 3) drawn uniformly by area, the triangle (n,) of each and the weights (n, 3) of its corners.

    Raises:
        CloudError: the triangles have no area at all, or no finite one.
    """
    origin = corners[:, 0]
    edge_1, edge_2 = corners[:, 1] - origin, corners[:, 2] - origin
    # Written out: np.cross takes three times as long on arrays of this size.
    normal_x = edge_1[:, 1] * edge_2[:, 2] - edge_1[:, 2] * edge_2[:, 1]
    normal_y = edge_1[:, 2] * edge_2[:, 0] - edge_1[:, 0] * edge_2[:, 2]
    normal_z = edge_1[:, 0] * edge_2[:, 1] - edge_1[:, 1] * edge_2[:, 0]
    filled = np.cumsum(np.sqrt(normal_x**2 + normal_y**2 + normal_z**2))
    if len(filled) == 0 or not 0 < filled[-1] < np.inf:
        raise CloudError(f"cannot sample a mesh of {len(corners)} triangles without a finite, positive area")

    # Sums of exponential gaps are uniform draws in rising order, which searchsorted answers six times faster.
    rising = np.cumsum(rng.standard_exponential(n + 1))
    chosen = np.searchsorted(filled, rising[:-1] * (filled[-1] / rising[-1]), side="right")
    # A draw next to 1 can round up to the total, which lies behind the last triangle that has an area.
    chosen = rng.permutation(np.minimum(chosen, np.searchsorted(filled, filled[-1])))
    u, v = rng.random((2, n, 1))
    folded = u + v > 1
    u, v = np.where(folded, 1 - u, u), np.where(folded, 1 - v, v)
    points = u * edge_1.take(chosen, axis=0)
    points += v * edge_2.take(chosen, axis=0)
    points += origin.take(chosen, axis=0)
    return points, chosen, np.concatenate([1 - u - v, u, v], axis=1)


def sample_nonuniform(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """With a smooth random density: rising along a random direction, or gathered round a few places."""
    points, point_parts = sample_surface(corners, parts, CANDIDATES * n, rng)
    if rng.random() < 0.5:
        direction = rng.normal(size=3)
        along = points @ direction
        span = max(float(np.ptp(along)), 1e-12)
        log_density = rng.uniform(1.0, 3.0) * (along - along.min()) / span
    else:
        size = max(float(np.ptp(points, axis=0).max()), 1e-12)
        centres = points[rng.integers(len(points), size=rng.integers(1, 4))]
        width = rng.uniform(0.15, 0.4) * size
        nearest = np.min([_squared(points - centre) for centre in centres], axis=0)
        log_density = np.log(rng.uniform(0.08, 0.4) + np.exp(-nearest / (2 * width**2)))
    # Gumbel's trick: the n largest of log-weight + noise are a weighted draw without replacement.
    key = log_density + rng.gumbel(size=len(points))
    chosen = rng.permutation(np.argpartition(-key, n)[:n])
    return points[chosen], point_parts[chosen]


def sample_solid(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """Centres of the voxels that the surface passes, 24 to 48 along the longest side, slightly jittered.

    A voxel has the part of the point nearest to its centre. Points repeat where there are too few voxels.
    """
    points, point_parts = sample_surface(corners, parts, CANDIDATES * n, rng)
    low = points.min(axis=0)
    pitch = max(float((points.max(axis=0) - low).max()), 1e-9) / rng.integers(24, 49)
    low = low - pitch * rng.random(3)
    cell = np.floor((points - low) / pitch).astype(np.int64)
    centres = low + (cell + 0.5) * pitch
    number = (cell[:, 0] * 64 + cell[:, 1]) * 64 + cell[:, 2]
    off_centre = _squared(points - centres)
    nearest = np.full(int(number.max()) + 1, np.inf)
    np.minimum.at(nearest, number, off_centre)
    occupied = np.flatnonzero(off_centre == nearest[number])
    chosen = occupied[resample(len(occupied), n, rng)]
    jitter = rng.uniform(0.0, 0.15) * pitch * rng.uniform(-1.0, 1.0, size=(n, 3))
    return centres[chosen] + jitter, point_parts[chosen]


def resample(available: int, n: int, rng: Random) -> Indices:
    """``n`` random indices below ``available``: each at most once more than any other."""
    rounds = -(-n // available)
    return np.concatenate([rng.permutation(available) for _ in range(rounds)])[:n].astype(np.int64)


def _squared(offsets: Floats) -> Floats:
    """Squared lengths (n,) of vectors (n, 3)."""
    return np.asarray(np.einsum("ni,ni->n", offsets, offsets))
