"""Build the pieces of 3DETR-m that torch does not have: set abstraction, masked encoder, decoder, heads.

Attributes are named as in the official state dict, so that its weights load as they are. The pieces are for
evaluation only and have no dropout.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from pointclip2.geometry.sampling import ball_query, farthest_points

PADDING = 1e-3
"""Squared distance from the origin within which the official farthest-point sampling takes a point for padding."""
_CENTRES = 256


class _Norm(nn.Module):
    """Adds the level that the official names have: ``bn.bn``."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        normed: Tensor = self.bn(x)
        return normed


class _SharedLayer(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn = _Norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu_(self.bn(self.conv(x)))


class SetAbstraction(nn.Module):
    """Reduces points, giving each that is kept the maximum of a shared network's features in the ball around it.

    Args:
        samples: how many points are kept, by farthest-point sampling.
        radius_m: radius of the balls; relative positions are divided by it.
        neighbours: the most points taken from each ball.
        channels: of the input features (0: there are none) and of the layers.
    """

    def __init__(self, samples: int, radius_m: float, neighbours: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.samples, self.radius_m, self.neighbours = samples, radius_m, neighbours
        inputs = [3 + channels[0], *channels[1:-1]]
        layers = zip(inputs, channels[1:], strict=True)
        self.mlp_module = nn.Sequential()
        for number, (before, after) in enumerate(layers):
            self.mlp_module.add_module(f"layer{number}", _SharedLayer(before, after))

    def forward(
        self, xyz: Float[Tensor, "batch points 3"], features: Float[Tensor, "batch points dim"] | None
    ) -> tuple[Float[Tensor, "batch samples 3"], Float[Tensor, "batch samples out"]]:
        """Return the kept points and their features, computed some centres at a time to bound the memory."""
        chosen = farthest_points(xyz, self.samples, PADDING)
        kept, found = [], []
        for cloud, index, own in zip(xyz, chosen, features if features is not None else xyz, strict=True):
            centres = cloud[index]
            balls = ball_query(cloud, centres, self.radius_m, self.neighbours)
            parts = []
            for ball, centre in zip(balls.split(_CENTRES), centres.split(_CENTRES), strict=True):
                grouped = (cloud[ball] - centre.unsqueeze(1)) / self.radius_m
                if features is not None:
                    grouped = torch.cat([grouped, own[ball]], dim=-1)
                seen = self.mlp_module(grouped.permute(2, 0, 1).unsqueeze(0))
                parts.append(seen[0].amax(dim=-1).T)
            kept.append(centres)
            found.append(torch.cat(parts))
        return torch.stack(kept), torch.stack(found)


class EncoderLayer(nn.Module):
    """Applies self-attention and a small network, each after a norm."""

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)

    def forward(
        self, x: Float[Tensor, "batch points dim"], hidden: Bool[Tensor, "batch points points"]
    ) -> Float[Tensor, "batch points dim"]:
        """Run the layer; ``hidden`` is true where a point must not look."""
        mask = hidden.repeat_interleave(self.self_attn.num_heads, dim=0)
        normed = self.norm1(x)
        x = x + self.self_attn(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
        out: Tensor = x + self.linear2(F.relu(self.linear1(self.norm2(x))))
        return out


class MaskedEncoder(nn.Module):
    """Encodes points with layers that look only so far, with a set abstraction after the first."""

    def __init__(self, dim: int, heads: int, hidden: int, reach: Sequence[float]) -> None:
        super().__init__()
        self.reach = tuple(reach)
        self.layers = nn.ModuleList([EncoderLayer(dim, heads, hidden) for _ in self.reach])
        self.interim_downsampling = SetAbstraction(1024, 0.4, 32, (dim, dim, dim, dim))

    def forward(self, xyz: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the points that are left and their features."""
        for number, (layer, reach) in enumerate(zip(self.layers, self.reach, strict=True)):
            x = layer(x, torch.cdist(xyz, xyz) >= reach)
            if number == 0:
                xyz, x = self.interim_downsampling(xyz, x)
        return xyz, x


class DecoderLayer(nn.Module):
    """Lets queries look at each other, then at the scene."""

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(dim), nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.linear1, self.linear2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x: Tensor, query: Tensor, memory: Tensor, place: Tensor) -> Tensor:
        """Run the layer; ``query`` and ``place`` embed the positions of the queries and of the memory."""
        normed = self.norm1(x)
        turned = normed + query
        x = x + self.self_attn(turned, turned, normed, need_weights=False)[0]
        keys = memory + place
        x = x + self.multihead_attn(self.norm2(x) + query, keys, memory, need_weights=False)[0]
        out: Tensor = x + self.linear2(F.relu(self.linear1(self.norm3(x))))
        return out


class Decoder(nn.Module):
    """Runs the layers and the norm after the last."""

    def __init__(self, dim: int, heads: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([DecoderLayer(dim, heads, hidden) for _ in range(layers)])
        self.norm = nn.LayerNorm(dim)

    def forward(self, query: Tensor, memory: Tensor, place: Tensor) -> Tensor:
        x = torch.zeros_like(query)
        for layer in self.layers:
            x = layer(x, query, memory, place)
        normed: Tensor = self.norm(x)
        return normed


class PositionEmbedding(nn.Module):
    """Embeds positions in the scene's own box as random Fourier features."""

    gauss_B: Tensor  # noqa: N815

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("gauss_B", torch.zeros(3, dim // 2))

    def forward(
        self,
        xyz: Float[Tensor, "batch points 3"],
        low: Float[Tensor, "batch 3"],
        high: Float[Tensor, "batch 3"],
    ) -> Float[Tensor, "batch points dim"]:
        """Embed positions; a flat scene has position 0 along its flat axis."""
        extent = (high - low).clamp(min=1e-9).unsqueeze(1)
        turned = 2 * math.pi * (xyz - low.unsqueeze(1)) / extent @ self.gauss_B
        return torch.cat([turned.sin(), turned.cos()], dim=-1)


class PointwiseNetwork(nn.Module):
    """Applies 1x1 convolutions to points, numbered as in the official program, whose dropouts count as layers."""

    def __init__(self, dim: int, outputs: int, kind: str) -> None:
        super().__init__()
        conv, norm = nn.Conv1d, nn.BatchNorm1d
        layers: list[nn.Module]
        if kind == "head":
            layers = []
            for _ in range(2):
                layers += [conv(dim, dim, 1, bias=False), norm(dim), nn.ReLU(), nn.Identity()]
            layers.append(conv(dim, outputs, 1))
        elif kind == "normed":
            layers = []
            for width in (dim, outputs):
                layers += [conv(dim, width, 1, bias=False), norm(width), nn.ReLU()]
        else:
            layers = [conv(dim, dim, 1), nn.ReLU(), conv(dim, outputs, 1), nn.ReLU()]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "batch points dim"]) -> Float[Tensor, "batch points out"]:
        out: Tensor = self.layers(x.transpose(1, 2))
        return out.transpose(1, 2)
