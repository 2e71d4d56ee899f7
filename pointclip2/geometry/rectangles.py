"""Area that two turned rectangles share, for any number of pairs at once."""

import torch
from jaxtyping import Float
from torch import Tensor

_PAIRS = 20_000


def overlap_area(a: Float[Tensor, "pairs 4 2"], b: Float[Tensor, "pairs 4 2"]) -> Float[Tensor, " pairs"]:
    """Shared area of each pair of convex quadrilaterals, corners counter-clockwise; best in float64.

    The corners of the shared polygon are corners of one that lie in the other, and crossings of edges; sorted
    about their mean they give its area. Memory is bounded whatever the number of pairs.
    """
    parts = [_overlap(a[i : i + _PAIRS], b[i : i + _PAIRS]) for i in range(0, len(a), _PAIRS)]
    return torch.cat(parts) if parts else a.new_zeros(0)


def _overlap(a: Tensor, b: Tensor) -> Tensor:
    # About a corner of its own, so that a room far from the origin loses no digits.
    origin = a[:, :1]
    a, b = a - origin, b - origin
    crossing, crosses = _crossings(a, b)
    points = torch.cat([a, b, crossing], dim=1)
    used = torch.cat([_inside(a, b), _inside(b, a), crosses], dim=1)
    count = used.sum(dim=1, keepdim=True)
    mean = (points * used.unsqueeze(-1)).sum(dim=1, keepdim=True) / count.clamp(min=1).unsqueeze(-1)
    # What is not used stands at the first used point: it adds no area, wherever it is sorted to.
    first = used.int().argmax(dim=1)
    stand_in = points.gather(1, first[:, None, None].expand(-1, 1, 2))
    points = torch.where(used.unsqueeze(-1), points, stand_in) - mean
    order = torch.atan2(points[..., 1], points[..., 0]).argsort(dim=1)
    x, y = (points[..., axis].gather(1, order) for axis in (0, 1))
    doubled = (x * y.roll(-1, 1) - y * x.roll(-1, 1)).sum(dim=1).abs()
    return torch.where(count.squeeze(1) >= 3, doubled / 2, torch.zeros_like(doubled))


def _cross(u: Tensor, v: Tensor) -> Tensor:
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]


def _inside(points: Tensor, polygon: Tensor) -> Tensor:
    """Whether each point lies in the polygon or on its edge (up to rounding)."""
    edges = polygon.roll(-1, 1) - polygon
    side = _cross(edges.unsqueeze(1), points.unsqueeze(2) - polygon.unsqueeze(1))
    slack = 1e-12 * (1 + edges.square().sum(-1)).unsqueeze(1)
    return (side >= -slack).all(dim=2)


def _crossings(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Where the 4 x 4 edges cross, and whether they do; parallel edges have no crossing of their own."""
    along_a, along_b = a.roll(-1, 1) - a, b.roll(-1, 1) - b
    between = b.unsqueeze(1) - a.unsqueeze(2)
    turn = _cross(along_a.unsqueeze(2), along_b.unsqueeze(1))
    length = along_a.norm(dim=-1).unsqueeze(2) * along_b.norm(dim=-1).unsqueeze(1)
    parallel = turn.abs() <= 1e-12 * length
    safe = torch.where(parallel, torch.ones_like(turn), turn)
    t = _cross(between, along_b.unsqueeze(1)) / safe
    u = _cross(between, along_a.unsqueeze(2)) / safe
    hit = ~parallel & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    points = a.unsqueeze(2) + t.unsqueeze(-1) * along_a.unsqueeze(2)
    return points.flatten(1, 2), hit.flatten(1, 2)
