"""From raw rows of a file to a cloud: finite, y up, n points, centred, in the unit sphere."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.geometry.sampling import farthest_rows
from pointclip2.types import CloudError, ConfigError

TO_Y_UP = {
    "x": ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    "-x": ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
    "y": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-y": ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    "z": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "-z": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "any": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
"""Rotations (never mirrors) that bring the named axis to +y; ``any`` (no up) turns nothing."""

SAMPLINGS = ("first", "random", "farthest")


@dataclass(frozen=True)
class RawCloud:
    """One sample as its file tells it: its own axes, units and order, unchecked."""

    points: NDArray[Any]
    """(n, 3 or more); the first three columns are x, y and z."""
    sampled: bool = False
    """Whether the points were drawn from a surface: then they are no rows of the file."""
    colours: NDArray[Any] | None = None
    """(n, 3) in [0, 1]."""
    normals: NDArray[Any] | None = None
    """(n, 3) of any length."""
    unit: str = ""
    """Of the coordinates, as in `Frame`."""
    remarks: tuple[str, ...] = ()
    """What the reader had to say, as in `Cloud`."""
    unmeasured: int = 0
    """Rows that the reader made NaN because nothing was measured there; a remark tells of them."""


class Prepared(NamedTuple):
    """A cloud and where its points come from."""

    points: Float[Tensor, "points 3"]
    chosen: Int64[Tensor, " points"]
    """Row of the raw array for every point, so that part labels can follow."""
    dropped: int
    """Rows that were not finite."""
    matrix: Float64[Tensor, "4 4"]
    """Takes the points back to where the raw array has them, as in `Frame`."""


def prepare_points(
    raw: NDArray[Any], up: str = "y", n: int | None = None, sampling: str = "first", seed_name: str = ""
) -> Prepared:
    """Make a float32 cloud of ``n`` points (None: all) from rows whose first three columns are x, y, z.

    Too few rows are repeated in turn. ``random`` depends on ``seed_name`` and on nothing else of the process.
    The centre is the mean of the chosen points, as in ModelNet40's HDF5 files; the farthest has norm 1.
    One point, or points that are all equal, become zeros.

    Raises:
        CloudError: the array is not numeric, not (m, 3 or more), empty, or has no finite row.
        ConfigError: unknown ``up`` or ``sampling``, or ``n`` below 1.
    """
    check_choice("up", up, tuple(TO_Y_UP))
    check_choice("sampling", sampling, SAMPLINGS)
    if n is not None and n < 1:
        raise ConfigError(f"points must be at least 1, not {n}")
    finite = finite_rows(raw)
    xyz = raw[finite, :3].astype(np.float64)
    order = _choose(xyz, len(finite) if n is None else n, sampling, seed_name)
    centred, centre, radius = unit_sphere(xyz[order])
    rotation = np.array(TO_Y_UP[up], dtype=np.float64)
    return Prepared(
        torch.from_numpy((centred @ rotation.T).astype(np.float32)),
        torch.from_numpy(finite[order].astype(np.int64)),
        len(raw) - len(finite),
        way_back(centre, radius, rotation),
    )


def normalised(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points as `unit_sphere` places them."""
    return unit_sphere(points)[0]


def unit_sphere(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Move the mean to the origin and the farthest point to distance 1; also return the centre (3,) and the radius.

    Any finite values will do; where all points are equal they become zeros, and the radius is 1.
    """
    # Divided before anything is subtracted or squared, so that 1e300 does not overflow. Moved to the first
    # point before the mean is taken, so that equal points give exact zeros and far-off scans stay sharp.
    largest = max(float(np.abs(points).max()), float(np.finfo(np.float64).tiny))
    points = points / largest
    first = points[0]
    points = points - first
    extent = float(np.abs(points).max())
    if extent == 0.0:
        return np.zeros_like(points), first * largest, 1.0
    points = points / extent
    middle = points.mean(axis=0)
    points = points - middle
    radius = float(np.linalg.norm(points, axis=1).max())
    return points / radius, (first + middle * extent) * largest, largest * radius * extent


def way_back(
    centre: NDArray[np.float64], radius: float, rotation: NDArray[np.float64] | None = None
) -> Float64[Tensor, "4 4"]:
    """Return the matrix of a `Frame` for points that were moved by ``-centre``, divided by ``radius``, then rotated."""
    matrix = torch.eye(4, dtype=torch.float64)
    matrix[:3, :3] *= radius
    if rotation is not None:
        matrix[:3, :3] = torch.from_numpy(radius * rotation.T)
    matrix[:3, 3] = torch.from_numpy(centre)
    return matrix


def turned_normals(normals: NDArray[Any], matrix: Float64[Tensor, "4 4"]) -> Float[Tensor, "points 3"]:
    """Turn normals (n, 3) of the input as the cloud of this frame's matrix was turned; unit length, zeros stay zeros.

    The linear part of the matrix has to be a rotation times a factor.
    """
    turned = torch.from_numpy(normals.astype(np.float64)) @ matrix[:3, :3]
    return torch.nn.functional.normalize(turned, dim=1).float()


def stable_seed(text: str) -> int:
    """A 64-bit seed from a text, the same in every process and machine (Python's ``hash`` is not)."""
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


def check_choice(option: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a value that is none of the choices."""
    if value not in choices:
        raise ConfigError(f"unknown {option} {value!r}: choose one of {', '.join(choices)}")


def finite_rows(raw: NDArray[Any]) -> NDArray[np.intp]:
    """Rows whose first three columns are finite.

    Raises:
        CloudError: the array is not numeric, not (m, 3 or more), empty, or has no such row.
    """
    if raw.dtype.kind not in "fiu":
        raise CloudError(f"coordinates must be numbers, but the array has dtype {raw.dtype}")
    if raw.ndim != 2 or raw.shape[1] < 3:
        raise CloudError(f"points must have the shape (n, 3 or more), but the array has {raw.shape}")
    if len(raw) == 0:
        raise CloudError("there are no points in it")
    finite = np.flatnonzero(np.isfinite(raw[:, :3]).all(axis=1))
    if len(finite) == 0:
        raise CloudError(f"none of its {len(raw)} points is finite")
    return finite


def _choose(xyz: NDArray[np.float64], n: int, sampling: str, seed_name: str) -> NDArray[np.intp]:
    order = np.arange(len(xyz))
    if sampling == "random":
        order = np.random.default_rng(stable_seed(seed_name)).permutation(len(xyz))
    elif sampling == "farthest" and n < len(xyz):
        order = np.zeros(n, dtype=np.int64)
        farthest_rows(normalised(xyz), order)
    return np.resize(order, n)
