"""Nearest points, and what a neighbourhood says about the surface: its normal and its local shape."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.types import ConfigError


def nearest_points(
    points: Float[Tensor, "batch points 3"],
    k: int,
    among: Bool[Tensor, "batch points"] | None = None,
) -> Int64[Tensor, "batch points k"]:
    """The ``k`` nearest points of every point, itself included, in no order; fewer where the cloud has fewer.

    With ``among`` only points of that mask are chosen; where it holds fewer than ``k``, the rest are arbitrary.

    Raises:
        ConfigError: k below 1.
    """
    if k < 1:
        raise ConfigError(f"{k} nearest points: ask for at least 1")
    # One cloud at a time: a matrix of all pairs of a batch would not stay in the processor's cache.
    found = []
    for cloud, mask in zip(points, [None] * len(points) if among is None else among, strict=True):
        # Centred, so that the expanded square loses nothing to a far-off origin.
        centred = (cloud - cloud.mean(dim=0)).float()
        square = centred.square().sum(dim=1)
        distance = torch.addmm(square.unsqueeze(0), centred, centred.T, alpha=-2.0)
        if mask is not None:
            distance = distance.masked_fill(~mask, torch.inf)
        found.append(distance.topk(min(k, len(cloud)), dim=1, largest=False, sorted=False).indices)
    if not found:
        return torch.zeros(0, points.shape[1], min(k, points.shape[1]), dtype=torch.int64)
    return torch.stack(found)


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
