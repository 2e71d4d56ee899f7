"""Sort points into the cells of a depth grid: the first steps of the realistic projection (sec. 3.1 of the paper)."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.types import CloudError

# Beyond this a coordinate is a sensor's "no return", often the largest float, not a measurement; turning it
# overflows.
LARGEST = 1e30


@dataclass(frozen=True)
class Cells:
    """Holds the cell of every point in every view. ``row`` is the turned x axis, ``column`` the turned y axis."""

    row: Int64[Tensor, "batch views points"]
    column: Int64[Tensor, "batch views points"]
    depth: Int64[Tensor, "batch views points"]
    value: Float[Tensor, "batch views points"]
    """Nearness that is written into the cell: continuous, in cells, larger is nearer. It carries the gradient."""
    missing: Bool[Tensor, "batch points"] | None = None
    """Points that are not drawn; None where all are."""


def finite_points(
    points: Float[Tensor, "batch points 3"],
) -> tuple[Float[Tensor, "batch points 3"], Bool[Tensor, "batch points"]]:
    """Replace points that are not finite by a finite one of the same cloud (or zero); also return which are finite.

    Half precision becomes float32, because it is too coarse to place the borders of cells; float64 stays.

    Raises:
        CloudError: not floating-point numbers in the shape (batch, points, 3), or no point.
    """
    if points.ndim != 3 or points.shape[2] != 3 or points.shape[1] == 0 or not points.is_floating_point():
        raise CloudError(
            f"points of shape {tuple(points.shape)} and type {points.dtype}: a projector wants floating-point "
            "numbers in the shape (batch, points, 3) with at least one point"
        )
    if points.dtype not in (torch.float32, torch.float64):
        points = points.float()
    finite = (points.abs() < LARGEST).all(dim=-1)
    first = finite.to(torch.int64).argmax(dim=1)
    stand_in = points[torch.arange(len(points), device=points.device), first].unsqueeze(1)
    stand_in = torch.where(finite.any(dim=1).view(-1, 1, 1), stand_in, torch.zeros_like(stand_in))
    return torch.where(finite.unsqueeze(-1), points, stand_in), finite


def quantise(
    turned: Float[Tensor, "batch views 3 points"],
    resolution: int,
    depth: int,
    object_ratio: float,
    depth_bias: float,
    missing: Bool[Tensor, "batch points"] | None = None,
) -> Cells:
    """Find the cell of every point in a (``depth``, ``resolution``, ``resolution``) grid.

    The turned cloud is centred on its bounding box and divided by half its largest side, so that a flat or
    thin object keeps its proportions; a cloud without extent lands in the middle.
    """
    low, high = turned.detach().amin(dim=-1, keepdim=True), turned.detach().amax(dim=-1, keepdim=True)
    side = (high - low).amax(dim=2, keepdim=True)
    unit = 2.0 * (turned - (low + high) / 2) / torch.where(side > 0, side, torch.ones_like(side))
    plane = torch.ceil((unit[:, :, :2].detach() * object_ratio + 1) / 2 * resolution)
    plane = plane.clamp_(1, resolution - 2).to(torch.int64)
    nearness = ((unit[:, :, 2] + 1) / 2 + depth_bias) / (1 + depth_bias) * (depth - 2)
    layer = torch.ceil(nearness.detach()).clamp_(0, depth - 1).to(torch.int64)
    return Cells(plane[:, :, 0], plane[:, :, 1], layer, nearness.clamp(1, depth - 2), missing)
