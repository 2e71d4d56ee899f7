"""Regions of a cloud: points that lie together on one kind of surface, by k-means or by merging a graph."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.geometry.neighbours import gather_points, local_frames


def surface_features(
    points: Float[Tensor, "batch points 3"],
    neighbours: Int64[Tensor, "batch points k"],
    normal_weight: float,
    shape_weight: float,
) -> Float[Tensor, "batch points dim"]:
    """Position in units of the cloud's largest side, weighted normals and weighted local shape.

    A normal enters as its outer product with itself, which does not depend on its sign.
    """
    normals, shape = local_frames(points, neighbours)
    side = (points.amax(dim=1) - points.amin(dim=1)).amax(dim=1).clamp(min=torch.finfo(points.dtype).tiny)
    outer = (normals.unsqueeze(-1) * normals.unsqueeze(-2)).flatten(2)
    return torch.cat([points / side.view(-1, 1, 1), normal_weight * outer, shape_weight * shape], dim=-1)


def kmeans_regions(
    features: Float[Tensor, "batch points dim"], regions: int, steps: int = 8
) -> Int64[Tensor, "batch points"]:
    """Region of every point by k-means from farthest-first centres, the same every time.

    There are at most ``regions``; a region may lose all its points and stay empty.
    Not scikit-learn's, which moves emptied centres elsewhere and so gives other regions, and runs on processors only.
    """
    batch = torch.arange(len(features), device=features.device)
    features = features.float()
    chosen = [torch.zeros_like(batch)]
    distance = features.new_full(features.shape[:2], torch.inf)
    for _ in range(1, min(regions, features.shape[1])):
        last = features[batch, chosen[-1]].unsqueeze(1)
        distance = torch.minimum(distance, (features - last).square().sum(dim=-1))
        chosen.append(distance.argmax(dim=1))
    centres = features[batch.unsqueeze(1), torch.stack(chosen, dim=1)]
    for step in range(steps):
        own = (centres.square().sum(dim=-1).unsqueeze(1) - 2 * features @ centres.transpose(1, 2)).argmin(
            dim=-1
        )
        if step < steps - 1:
            total, count = region_sums(features, own, centres.shape[1])
            centres = torch.where(count.unsqueeze(-1) > 0, total / count.clamp(min=1).unsqueeze(-1), centres)
    return own


def region_sums(
    values: Float[Tensor, "batch points dim"], region: Int64[Tensor, "batch points"], regions: int
) -> tuple[Float[Tensor, "batch regions dim"], Float[Tensor, "batch regions"]]:
    """Sum of the values of each region's points, and how many they are."""
    total = values.new_zeros(len(values), regions, values.shape[-1])
    total.scatter_add_(1, region.unsqueeze(-1).expand_as(values), values)
    count = values.new_zeros(len(values), regions)
    count.scatter_add_(1, region, torch.ones_like(region, dtype=values.dtype))
    return total, count


def graph_regions(
    features: Float[Tensor, "points dim"],
    neighbours: Int64[Tensor, "points k"],
    threshold: float,
    least_points: int,
) -> Int64[Tensor, " points"]:
    """Region of every point of one cloud by merging along its graph (Felzenszwalb and Huttenlocher, IJCV 2004).

    Two regions merge where the edge between them is no longer than the longest inside either plus ``threshold`` / its
    size. Then regions below ``least_points`` merge with the neighbour behind their shortest edge.
    """
    length = (gather_points(features.unsqueeze(0), neighbours.unsqueeze(0))[0] - features.unsqueeze(1)).norm(
        dim=-1
    )
    order = length.flatten().argsort(stable=True)
    k = neighbours.shape[1]
    starts, ends = (order // k).tolist(), neighbours.flatten()[order].tolist()
    lengths = length.flatten()[order].tolist()
    parent, size, inside = list(range(len(features))), [1] * len(features), [0.0] * len(features)

    def root(point: int) -> int:
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    def merge(a: int, b: int, edge: float) -> None:
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        inside[a] = edge

    for start, end, edge in zip(starts, ends, lengths, strict=True):
        a, b = root(start), root(end)
        if a != b and edge <= min(inside[a] + threshold / size[a], inside[b] + threshold / size[b]):
            merge(a, b, edge)
    for start, end, edge in zip(starts, ends, lengths, strict=True):
        a, b = root(start), root(end)
        if a != b and min(size[a], size[b]) < least_points:
            merge(a, b, max(edge, inside[a], inside[b]))
    roots = torch.tensor([root(point) for point in range(len(features))])
    return roots.unique(return_inverse=True)[1].to(features.device)
