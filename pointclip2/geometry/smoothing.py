"""Fused point logits made smooth on the cloud: by neighbours, or by regions of one surface. Nothing is trained."""

from typing import Any, Protocol

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.geometry.neighbours import gather_points, nearest_among, nearest_points
from pointclip2.geometry.regions import graph_regions, kmeans_regions, region_sums, surface_features
from pointclip2.types import ConfigError


class Smoothing(Protocol):
    """The ``smoothing`` option."""

    def __call__(
        self,
        points: Float[Tensor, "batch points 3"],
        logits: Float[Tensor, "batch points parts"],
        seen: Bool[Tensor, "batch points"],
    ) -> Float[Tensor, "batch points parts"]:
        """New logits; those of points that no view sees are zero when they come in."""
        ...

    def describe(self) -> dict[str, Any]:
        """For ``results.json``."""
        ...


class NoSmoothing:
    """Logits as they are; a point that no view sees gets the first part, as in the released program."""

    def __call__(
        self,
        points: Float[Tensor, "batch points 3"],
        logits: Float[Tensor, "batch points parts"],
        seen: Bool[Tensor, "batch points"],
    ) -> Float[Tensor, "batch points parts"]:
        return logits

    def describe(self) -> dict[str, Any]:
        return {"name": "none"}


class NeighbourSmoothing:
    """Every point takes the mean of its neighbours, and one that no view sees that of its nearest seen points.

    Args:
        neighbours: points a mean is taken over, itself included.
        steps: how often; 0 only fills in the points that no view sees.

    Raises:
        ConfigError: fewer than 1 neighbour, fewer than 0 steps.
    """

    def __init__(self, neighbours: int = 16, steps: int = 0) -> None:
        if neighbours < 1 or steps < 0:
            raise ConfigError(
                f"smoothing: neighbours={neighbours} must be 1 or more, steps={steps} 0 or more"
            )
        self.neighbours = neighbours
        self.steps = steps

    def __call__(
        self,
        points: Float[Tensor, "batch points 3"],
        logits: Float[Tensor, "batch points parts"],
        seen: Bool[Tensor, "batch points"],
    ) -> Float[Tensor, "batch points parts"]:
        logits = fill_unseen(points, logits, seen)
        if self.steps:
            near = nearest_points(points, self.neighbours)
            for _ in range(self.steps):
                logits = gather_points(logits, near).mean(dim=2)
        return logits

    def describe(self) -> dict[str, Any]:
        return {"name": "neighbours", **vars(self)}


class RegionSmoothing:
    """Regions of like position, normal and local shape are classified as a whole (after GeoZe, Mei et al., CVPR 2024).

    A region's logits are the mean over its seen points; every point gets ``blend`` of them and keeps the rest of its
    own.

    Args:
        kind: ``kmeans``, or ``graph`` (merging along the neighbour graph).
        regions: at most so many, of ``kmeans``.
        threshold: of ``graph``: larger makes larger regions.
        least_points: of a region, of ``graph``.
        normal_weight: of normals beside positions in units of the cloud's largest side.
        shape_weight: of local shape, likewise.
        neighbours: points a normal is estimated from, itself included.
        blend: from 0 (no smoothing) to 1 (all points of a region get the same part).

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    def __init__(
        self,
        kind: str = "kmeans",
        regions: int = 48,
        threshold: float = 1.0,
        least_points: int = 20,
        normal_weight: float = 0.1,
        shape_weight: float = 0.1,
        neighbours: int = 16,
        blend: float = 0.8,
    ) -> None:
        if kind not in ("kmeans", "graph"):
            raise ConfigError(f"smoothing.kind={kind}: choose kmeans or graph")
        if regions < 1 or neighbours < 2 or least_points < 1 or not threshold > 0:
            raise ConfigError(
                f"smoothing: regions={regions} and least_points={least_points} must be 1 or more, "
                f"neighbours={neighbours} 2 or more, threshold={threshold} positive"
            )
        if not 0 <= blend <= 1 or not normal_weight >= 0 or not shape_weight >= 0:
            raise ConfigError(
                f"smoothing: blend={blend} must be in [0, 1], normal_weight={normal_weight} and "
                f"shape_weight={shape_weight} 0 or more"
            )
        self.kind = kind
        self.regions = regions
        self.threshold = threshold
        self.least_points = least_points
        self.normal_weight = normal_weight
        self.shape_weight = shape_weight
        self.neighbours = neighbours
        self.blend = blend

    def __call__(
        self,
        points: Float[Tensor, "batch points 3"],
        logits: Float[Tensor, "batch points parts"],
        seen: Bool[Tensor, "batch points"],
    ) -> Float[Tensor, "batch points parts"]:
        logits = fill_unseen(points, logits, seen)
        region = self.regions_of(points)
        count = int(region.max()) + 1 if region.numel() else 1
        shown = seen | ~seen.any(dim=1, keepdim=True)
        total, _ = region_sums(logits * shown.unsqueeze(-1), region, count)
        number = region_sums(shown.unsqueeze(-1).to(logits.dtype), region, count)[0]
        own = total / number.clamp(min=1)
        pooled = own.gather(1, region.unsqueeze(-1).expand_as(logits))
        # A region that no view sees at all keeps what its points got from the nearest seen ones.
        empty = number.squeeze(-1).gather(1, region) == 0
        pooled = torch.where(empty.unsqueeze(-1), logits, pooled)
        return self.blend * pooled + (1 - self.blend) * logits

    def regions_of(self, points: Float[Tensor, "batch points 3"]) -> Int64[Tensor, "batch points"]:
        """The region of every point, counted from 0 in each cloud."""
        near = nearest_points(points, self.neighbours)
        features = surface_features(points, near, self.normal_weight, self.shape_weight)
        if self.kind == "kmeans":
            return kmeans_regions(features, self.regions)
        graphs = zip(features, near, strict=True)
        return torch.stack([graph_regions(f, n, self.threshold, self.least_points) for f, n in graphs])

    def describe(self) -> dict[str, Any]:
        return {"name": "regions", **vars(self)}


def fill_unseen(
    points: Float[Tensor, "batch points 3"],
    logits: Float[Tensor, "batch points parts"],
    seen: Bool[Tensor, "batch points"],
    neighbours: int = 3,
) -> Float[Tensor, "batch points parts"]:
    """Points that no view sees take the mean of their nearest seen points; a cloud that none sees stays as it is."""
    filled = logits.clone()
    for cloud in (seen.any(dim=1) & ~seen.all(dim=1)).nonzero().flatten().tolist():
        shown, hidden = seen[cloud], ~seen[cloud]
        near = nearest_among(points[cloud, hidden], points[cloud, shown], min(neighbours, int(shown.sum())))
        filled[cloud, hidden] = logits[cloud, shown][near].mean(dim=1)
    return filled
