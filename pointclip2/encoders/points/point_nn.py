"""Point-NN: an encoder of clouds without a single parameter (Zhang et al., CVPR 2023, sec. 3).

Trigonometric embeddings of coordinates, pooled over neighbourhoods of ever fewer points. Two things differ from the
published program: neighbourhoods are scaled by the deviation of their own cloud, where the program takes that of the
whole batch, and sampling begins at the point farthest from the middle instead of the first one. So a vector depends
on its own cloud alone, and not on the order of its points.
"""

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError
from pointclip2.geometry.neighbours import nearest_among
from pointclip2.geometry.sampling import farthest_points
from pointclip2.types import CloudBatch, Features

# Values of a neighbourhood tensor worked on at once: some passes over what fits a processor's cache.
CHUNK = 2**19


class PointNNEncoder(Encoder):
    """Clouds to vectors, y up, of any size and at any place: each is centred and scaled to the unit sphere first.

    Args:
        stages: halvings of the points and doublings of the width.
        dim: width of the first embedding, a multiple of 6.
        neighbours: points that a neighbourhood reaches out to.
        every: takes only each so many of them, from the nearest on: as wide a neighbourhood for a fraction of the time.
        alpha: ratio of the slowest to the fastest wave.
        beta: angle in radians that the fastest wave turns over one unit.

    Raises:
        ConfigError: an option has a value that cannot work.

    >>> PointNNEncoder(stages=2, dim=12, neighbours=8)(torch.rand(3, 64, 3)).shape
    torch.Size([3, 1, 48])
    """

    id = "point_nn"
    trained_on = "nothing: it has no parameter"

    def __init__(
        self,
        stages: int = 4,
        dim: int = 72,
        neighbours: int = 90,
        every: int = 1,
        alpha: float = 1000.0,
        beta: float = 100.0,
    ) -> None:
        super().__init__()
        if stages < 1 or dim < 6 or dim % 6 or neighbours < 1 or every < 1:
            raise ConfigError(
                f"adapter.stages={stages}, adapter.dim={dim}, adapter.neighbours={neighbours}, adapter.every={every}: "
                "at least 1 stage, 1 neighbour, every 1, and a width that is a multiple of 6"
            )
        if alpha <= 0 or beta <= 0:
            raise ConfigError(f"adapter.alpha={alpha} and adapter.beta={beta} must be above 0")
        self.stages, self.dim, self.neighbours, self.every = stages, dim, neighbours, every
        self.alpha, self.beta = alpha, beta

    @property
    def width(self) -> int:
        """Length of the vectors."""
        return self.dim * 2**self.stages

    def describe(self) -> dict[str, Any]:
        """What decides the vectors, as plain data: for cache keys."""
        return {
            "id": "point_nn",
            "stages": self.stages,
            "dim": self.dim,
            "neighbours": self.neighbours,
            "every": self.every,
            "alpha": self.alpha,
            "beta": self.beta,
        }

    @property
    def tokens(self) -> int:
        """One: the cloud as a whole."""
        return 1

    def encode(self, clouds: CloudBatch) -> Features:
        """Return one vector a cloud, of any length."""
        with self.stage("encode shapes"):
            return Features(self.vectors(clouds.points).unsqueeze(1))

    @torch.no_grad()
    def vectors(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch width"]:
        """Return a vector for every cloud."""
        points = unit_sphere(points)
        order = farthest_order(points, max(1, points.shape[1] // 2))
        return torch.stack([self._encode(cloud, picked) for cloud, picked in zip(points, order, strict=True)])

    def _encode(
        self, xyz: Float[Tensor, "points 3"], order: Int64[Tensor, " picked"]
    ) -> Float[Tensor, " width"]:
        features = torch.view_as_real(self._waves(xyz, self.dim)).flatten(1)
        picked = order
        for _ in range(self.stages):
            features = self._pool(xyz, features, picked)
            xyz = xyz[picked]
            # Farthest points of the picked ones are the first of them: what is farthest from the first few of all
            # points is the next that was picked.
            picked = torch.arange(max(1, len(xyz) // 2), device=xyz.device)
        return features.amax(dim=0) + features.mean(dim=0)

    def _waves(self, xyz: Float[Tensor, "points 3"], dim: int) -> Tensor:
        """(points, dim / 2) complex: sine and cosine of every coordinate at ``dim / 6`` frequencies."""
        count = dim // 6
        powers = torch.arange(count, dtype=torch.float64, device=xyz.device) / count
        rates = (self.beta / self.alpha**powers).float()
        angles = (xyz.unsqueeze(-1) * rates).flatten(1)
        return torch.complex(angles.sin(), angles.cos())

    def _pool(
        self,
        xyz: Float[Tensor, "points 3"],
        features: Float[Tensor, "points dim"],
        picked: Int64[Tensor, " centres"],
    ) -> Float[Tensor, "centres twice"]:
        """Neighbourhoods of the picked points, each relative to its centre, weighed by their waves, pooled."""
        near = nearest_among(xyz[picked], xyz, min(self.neighbours, len(xyz)))[:, :: self.every]
        scale = 1 / (_deviation(features, near, picked) + 1e-5)
        dim = features.shape[1]
        relative = features * scale
        waves = self._waves(xyz / (_deviation(xyz, near, picked) + 1e-5), 2 * dim)
        # sin(a - b) + i cos(a - b) from the waves of a and b: a product where two sines would be needed.
        turned = 1j * waves[picked].conj()
        neighbours = near.shape[1]
        pooled = features.new_empty(len(picked), 2 * dim)
        step = max(1, CHUNK // (neighbours * 2 * dim))
        for start in range(0, len(picked), step):
            rows = slice(start, min(start + step, len(picked)))
            index = near[rows].flatten()
            shape = (rows.stop - rows.start, neighbours)
            wave = waves.index_select(0, index).view(*shape, dim)
            wave = torch.view_as_real(wave * turned[rows].unsqueeze(1)).flatten(2)
            summed = wave.clone()
            summed[:, :, :dim] += relative.index_select(0, index).view(*shape, dim) - relative[
                picked[rows]
            ].unsqueeze(1)
            summed[:, :, dim:] += features[picked[rows]].unsqueeze(1)
            summed *= wave
            pooled[rows] = summed.amax(dim=1) + summed.mean(dim=1)
        return F.gelu(pooled)


def unit_sphere(points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch points 3"]:
    """Mean at the origin, farthest point at distance 1; equal points become zeros."""
    centred = points - points.mean(dim=1, keepdim=True)
    radius = centred.square().sum(dim=2, keepdim=True).amax(dim=1, keepdim=True).sqrt()
    return centred / torch.where(radius > 0, radius, torch.ones_like(radius))


def farthest_order(points: Float[Tensor, "batch points 3"], count: int) -> Int64[Tensor, "batch picked"]:
    """Return indices of ``count`` points, each the farthest from those before it, from the one farthest out on."""
    x, y, z = points.unbind(dim=2)
    return farthest_points(points, count, start=(x * x + y * y + z * z).argmax(dim=1))


def _deviation(
    values: Float[Tensor, "points dim"],
    near: Int64[Tensor, "centres neighbours"],
    picked: Int64[Tensor, " centres"],
) -> Float[Tensor, ""]:
    """Of all differences between neighbours and their centres, without making them."""
    centres = values[picked]
    square = values.square().sum(dim=1)
    products = (centres @ values.T).gather(1, near)
    count = near.numel() * values.shape[1]
    squares = (square[near] + square[picked].unsqueeze(1) - 2 * products).sum()
    total = values.sum(dim=1)
    mean = (total[near] - total[picked].unsqueeze(1)).sum() / count
    return (squares / count - mean.square()).clamp(min=0).sqrt()
