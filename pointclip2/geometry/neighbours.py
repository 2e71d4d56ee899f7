"""Nearest points, and what a neighbourhood says about the surface: its normal and its local shape."""

import torch
from jaxtyping import Float, Int64
from scipy.spatial import cKDTree
from torch import Tensor

from pointclip2.types import ConfigError

_DISTANCES = 2**26
"""Taken at once on an accelerator: 256 MiB, four times."""


def nearest_points(points: Float[Tensor, "batch points 3"], k: int) -> Int64[Tensor, "batch points k"]:
    """Return the ``k`` nearest points of every point, itself included, in no order; fewer where the cloud has fewer.

    Raises:
        ConfigError: k below 1.
    """
    if k < 1:
        raise ConfigError(f"{k} nearest points: ask for at least 1")
    k = min(k, points.shape[1])
    found = [nearest_among(cloud, cloud, k) for cloud in points]
    return torch.stack(found) if found else torch.zeros(0, points.shape[1], k, dtype=torch.int64)


def nearest_among(
    asked: Float[Tensor, "asked 3"], points: Float[Tensor, "points 3"], k: int
) -> Int64[Tensor, "asked k"]:
    """Return which ``k`` of the ``points`` are nearest to each one asked for, the nearer before; there are at least k.

    By a k-d tree on a processor. On an accelerator all distances are taken, a few rows at a time.
    """
    if points.device.type == "cpu":
        tree = cKDTree(points.detach().numpy())
        index = tree.query(asked.detach().numpy(), range(1, k + 1), workers=torch.get_num_threads())[1]
        return torch.from_numpy(index)
    return _by_distance(asked, points, k)


def _by_distance(asked: Tensor, points: Tensor, k: int) -> Tensor:
    rows = []
    for part in asked.split(max(1, _DISTANCES // len(points))):
        x, y, z = (part[:, None, axis] - points[:, axis] for axis in range(3))
        rows.append((x * x + y * y + z * z).topk(k, dim=1, largest=False).indices)
    return torch.cat(rows)


def gather_points(
    values: Float[Tensor, "batch points dim"], index: Int64[Tensor, "batch points k"]
) -> Float[Tensor, "batch points k dim"]:
    """Values of every point's neighbours."""
    batch = torch.arange(len(values), device=values.device).view(-1, 1, 1)
    return values[batch, index]


def local_frames(
    points: Float[Tensor, "batch points 3"], neighbours: Int64[Tensor, "batch points k"]
) -> tuple[Float[Tensor, "batch points 3"], Float[Tensor, "batch points 3"]]:
    """Unit normals of unknown sign, and local shape: shares of line, plane and ball, which sum to 1.

    From the eigenvalues a >= b >= c of each neighbourhood's covariance: (a - b) / a, (b - c) / a, c / a (as in
    Weinmann et al., ISPRS 2015, there of standard deviations too). A neighbourhood without extent is a ball.
    """
    near = gather_points(points, neighbours)
    near = near - near.mean(dim=2, keepdim=True)
    values, vectors = torch.linalg.eigh(near.transpose(-1, -2) @ near / near.shape[2])
    smallest, middle, largest = values.clamp(min=0).unbind(dim=-1)
    flat = largest <= torch.finfo(points.dtype).tiny
    top = torch.where(flat, torch.ones_like(largest), largest)
    shape = torch.stack([largest - middle, middle - smallest, smallest], dim=-1) / top.unsqueeze(-1)
    ball = shape.new_tensor([0.0, 0.0, 1.0])
    return vectors[..., 0], torch.where(flat.unsqueeze(-1), ball, shape)
