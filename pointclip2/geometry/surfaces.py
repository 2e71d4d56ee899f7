"""From triangles to points: evenly, with a varying density, as voxels, with two sides, or as seen from outside.

Every function takes ``corners`` (f, 3, 3) and the part index ``parts`` (f,) of each triangle, and returns
exactly ``n`` points (n, 3) with the part index (n,) of each, in random order.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_erosion, label

from pointclip2.types import CloudError

Random = np.random.Generator
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

CANDIDATES = 3
"""Points drawn evenly for every point wanted where a second draw chooses among them."""
APART = 0.7
"""Distance of lattice points, in sides of a cell of the grid that they fill."""


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
    filled = np.cumsum(_doubled_areas(corners))

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
    low, pitch = _grid(points, int(rng.integers(24, 49)), rng)
    occupied, centres, _ = _nearest_to_centres(points, low, pitch)
    chosen = occupied[resample(len(occupied), n, rng)]
    jitter = rng.uniform(0.0, 0.15) * pitch * rng.uniform(-1.0, 1.0, size=(n, 3))
    return centres[chosen] + jitter, point_parts[chosen]


def sample_voxels(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """The outermost voxels of a solid that is filled inside, 20 to 32 along its longest side: centres, or all within.

    What is closed in, such as drawers behind their fronts, is gone. Points repeat where there are too few voxels.
    """
    side = int(rng.integers(20, 33))
    points, triangle = _lattice(corners, side)
    low, pitch = _grid(points, side, rng)
    occupied, centres, cell = _nearest_to_centres(points, low, pitch)
    filled = ~_outside(cell)
    skin = filled & ~binary_erosion(filled)
    outermost = occupied[skin[tuple(cell[occupied].T + 1)]]
    chosen = outermost[resample(len(outermost), n, rng)]
    spread = 1.0 if rng.random() < 0.5 else rng.uniform(0.0, 0.2)
    jitter = spread * pitch * rng.uniform(-0.5, 0.5, size=(n, 3))
    return centres[chosen] + jitter, parts[triangle[chosen]]


def sample_outside(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """Uniform by area on what the air outside touches, as a closed scan has it: no inner walls, drawers or seats."""
    side = int(rng.integers(30, 43))
    lattice, _ = _lattice(corners, side)
    low, pitch = _grid(lattice, side, rng)
    touched = binary_dilation(_outside(_cells(lattice, low, pitch)), np.ones((3, 3, 3)))[1:-1, 1:-1, 1:-1]
    seen: Indices = np.zeros(0, dtype=np.int64)
    while len(seen) == 0:
        points, point_parts = sample_surface(corners, parts, CANDIDATES * n, rng)
        seen = np.flatnonzero(touched[tuple(_cells(points, low, pitch).T)])
    chosen = seen[resample(len(seen), n, rng)]
    return points[chosen], point_parts[chosen]


def sample_walls(corners: Floats, parts: Indices, n: int, rng: Random) -> tuple[Floats, Indices]:
    """Uniform by area on both sides of every surface, as if it were a wall of 0.5 to 4 % of the size."""
    points, chosen, _ = draw_surface(corners, n, rng)
    a, b, c = corners[chosen].swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    normal /= np.sqrt(_squared(normal))[:, None]
    half = rng.uniform(0.0025, 0.02) * np.ptp(points, axis=0).max()
    return points + half * rng.choice([-1.0, 1.0], size=(n, 1)) * normal, parts[chosen]


def resample(available: int, n: int, rng: Random) -> Indices:
    """``n`` random indices below ``available``: each at most once more than any other."""
    rounds = -(-n // available)
    return np.concatenate([rng.permutation(available) for _ in range(rounds)])[:n].astype(np.int64)


def _doubled_areas(corners: Floats) -> Floats:
    """Twice the area (f,) of each triangle. Raises `CloudError` where all together have none, or no finite one."""
    edge_1, edge_2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # Written out: np.cross takes three times as long on arrays of this size.
    normal_x = edge_1[:, 1] * edge_2[:, 2] - edge_1[:, 2] * edge_2[:, 1]
    normal_y = edge_1[:, 2] * edge_2[:, 0] - edge_1[:, 0] * edge_2[:, 2]
    normal_z = edge_1[:, 0] * edge_2[:, 1] - edge_1[:, 1] * edge_2[:, 0]
    doubled = np.sqrt(normal_x**2 + normal_y**2 + normal_z**2)
    if not 0 < doubled.sum() < np.inf:
        raise CloudError(f"cannot sample a mesh of {len(corners)} triangles without a finite, positive area")
    return np.asarray(doubled)


def _squared(offsets: Floats) -> Floats:
    """Squared lengths (n,) of vectors (n, 3)."""
    return np.asarray(np.einsum("ni,ni->n", offsets, offsets))


def _lattice(corners: Floats, side: int) -> tuple[Floats, Indices]:
    """Points so close together on all triangles that hardly a cell of a grid, ``side`` along, slips through.

    Returns them with the triangle of each; those without area have none.
    """
    solid = np.flatnonzero(_doubled_areas(corners) > 0)
    apart = APART * np.ptp(corners[solid], axis=(0, 1)).max() / side
    origin = corners[solid, 0]
    edges = corners[solid, 1:] - origin[:, None]
    steps = np.ceil(np.linalg.norm(edges, axis=2) / apart).astype(np.int64)
    rows, columns = (steps + 1).T
    triangle = np.repeat(np.arange(len(solid)), rows * columns)
    place = np.arange(len(triangle)) - np.repeat(np.cumsum(rows * columns) - rows * columns, rows * columns)
    u, v = (place // columns[triangle]) / steps[triangle, 0], (place % columns[triangle]) / steps[triangle, 1]
    kept = u + v <= 1 + 1e-9
    u, v, triangle = u[kept, None], v[kept, None], triangle[kept]
    return origin[triangle] + u * edges[triangle, 0] + v * edges[triangle, 1], solid[triangle]


def _grid(points: Floats, side: int, rng: Random) -> tuple[Floats, float]:
    """Lowest corner (3,) and pitch of a cubic grid about the points, ``side`` cells along their longest side."""
    low = points.min(axis=0)
    pitch = max(float((points.max(axis=0) - low).max()), 1e-9) / side
    return low - pitch * rng.random(3), pitch


def _cells(points: Floats, low: Floats, pitch: float) -> Indices:
    """Cells (n, 3) of a grid that points lie in."""
    return np.floor((points - low) / pitch).astype(np.int64)


def _nearest_to_centres(points: Floats, low: Floats, pitch: float) -> tuple[Indices, Floats, Indices]:
    """Of every occupied cell the point nearest to its centre; the centre (n, 3) and the cell (n, 3) of every point."""
    cell = _cells(points, low, pitch)
    centres = low + (cell + 0.5) * pitch
    number = (cell[:, 0] * 64 + cell[:, 1]) * 64 + cell[:, 2]
    off_centre = _squared(points - centres)
    nearest = np.full(int(number.max()) + 1, np.inf)
    np.minimum.at(nearest, number, off_centre)
    return np.flatnonzero(off_centre == nearest[number]), centres, cell


def _outside(cell: Indices) -> NDArray[np.bool_]:
    """The cells of air that are joined face to face with the layer of cells that is put around all occupied ones."""
    occupied = np.zeros(cell.max(axis=0) + 3, dtype=np.bool_)
    occupied[tuple(cell.T + 1)] = True
    rooms, _ = label(~occupied)
    return np.asarray(rooms == rooms[0, 0, 0])
