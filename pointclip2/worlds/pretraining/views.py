"""Draw depth views for training: a chunk of pooled shapes at a time is worn, turned and seen from every camera.

Drawing all views of one worn shape costs little more than drawing one, so a chunk is drawn at once and its views
are shared out among many steps. A chunk depends on the seed and its number alone: a training that was killed draws
its last chunk again and continues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pointclip2.data.corruption import PRESETS, corrupt
from pointclip2.data.prepare import normalised
from pointclip2.geometry.views import CameraRig, euler_matrix
from pointclip2.types import ConfigError
from pointclip2.worlds.pretraining.pool import NO_PART, Pool
from pointclip2.worlds.shapes.shape import Random

MOST_PARTS = 32
"""Number of parts that is larger than any class has."""
TOGETHER = 16
"""Number of shapes drawn at once: as many as stay in the processor's cache."""


@dataclass(frozen=True)
class ViewChunk:
    """Holds views of many shapes, in random order."""

    images: Tensor
    """Images (images, size, size) in uint8, 255 = background."""
    shape: Tensor
    """Position in the pool (images,) in int64."""
    parts: Tensor
    """Part of most visible points of each cell (images, rows x columns) in uint8; `NO_PART` where there is none."""


class ViewDrawer:
    """Draws chunks of views.

    Args:
        pool: where the shapes come from.
        projectors: by name, each with its ``projector``, the ``share`` of the shapes that it draws, and, where it is
            slow, how many ``views`` of its rig (all by default).
        corruption: presets and how often each is drawn.
        size: side of the images, in pixels.
        cells: rows and columns of the part maps.
        seed: seed of everything random.
    """

    def __init__(
        self,
        pool: Pool,
        projectors: Mapping[str, Mapping[str, Any]],
        corruption: Mapping[str, float],
        size: int,
        cells: int,
        seed: int,
    ) -> None:
        self.pool = pool
        self.corruption = check_corruption(corruption)
        self.size, self.cells, self.seed = size, cells, seed
        self.projectors: list[nn.Module] = []
        self.views: list[int] = []
        self.rigs: list[CameraRig] = []
        self.shares: list[float] = []
        for option in check_projectors(projectors).values():
            projector = option["projector"]
            self.projectors.append(projector)
            self.rigs.append(projector.rig)
            self.views.append(min(int(option.get("views", projector.rig.views)), projector.rig.views))
            self.shares.append(float(option["share"]))

    def chunk(self, number: int, counts: Sequence[int]) -> ViewChunk:
        """Draw that many shapes of known classes, of others, and compositions, worn anew, from all views."""
        rng = np.random.default_rng([self.seed, 7919, number])
        there = self.pool.counts
        first = np.cumsum([0, *there[:-1]])
        chosen = np.concatenate(
            [
                start + _draw(rng, among, count)
                for start, among, count in zip(first, there, counts, strict=True)
            ]
        )
        drawn_by = rng.choice(len(self.projectors), len(chosen), p=shares(self.shares))
        images, shape, parts = [], [], []
        for index in range(len(self.projectors)):
            mine = chosen[drawn_by == index]
            for start in range(0, len(mine), TOGETHER):
                group = mine[start : start + TOGETHER]
                image, part = self._group(index, group, rng)
                images.append(image.flatten(0, 1))
                parts.append(part.flatten(0, 1))
                shape.append(torch.from_numpy(group).repeat_interleave(image.shape[1]))
        order = torch.from_numpy(rng.permutation(sum(map(len, shape))))
        return ViewChunk(torch.cat(images)[order], torch.cat(shape)[order], torch.cat(parts)[order])

    def _group(self, index: int, group: np.ndarray, rng: Random) -> tuple[Tensor, Tensor]:
        """Return images (shapes, views, size, size) and parts (shapes, views, cells) of one projector's shapes."""
        points = self.pool.points.shape[1]
        kept = int(rng.integers(points * 3 // 8, points + 1))
        clouds, parts = zip(*(self._worn(int(shape), kept, rng) for shape in group), strict=True)
        projector, rig = self.projectors[index], self.rigs[index]
        views = rng.permutation(rig.views)[: self.views[index]]
        projector.rig = rig.only(views.tolist())
        try:
            with torch.no_grad():
                projection = projector(torch.from_numpy(np.stack(clouds)))
        finally:
            projector.rig = rig
        drawn = projection.images.clamp(0, 1)
        images = drawn
        if drawn.shape[-1] != self.size:
            images = F.interpolate(drawn, size=(self.size,) * 2, mode="bilinear", align_corners=True)
        part = torch.from_numpy(np.stack(parts))
        return (images * 255).round().to(torch.uint8), self._part_map(
            projection.pixel_yx, projection.visible, part, drawn.shape[-1]
        )

    def _part_map(self, pixel: Tensor, visible: Tensor, parts: Tensor, side: int) -> Tensor:
        shapes, views = pixel.shape[:2]
        cell = pixel.float().mul_(self.cells / side).long().clamp_(0, self.cells - 1)
        seen = visible & (pixel >= 0).all(dim=-1)
        slot = (cell[..., 0] * self.cells + cell[..., 1]) * MOST_PARTS
        # The last slot counts the points of other things.
        slot = slot + parts.clamp(max=MOST_PARTS - 1).unsqueeze(1)
        votes = torch.zeros(shapes, views, self.cells**2 * MOST_PARTS)
        votes.scatter_add_(2, slot, seen.float())
        most = votes.view(shapes, views, self.cells**2, MOST_PARTS).max(dim=-1)
        named = (most.values > 0) & (most.indices < MOST_PARTS - 1)
        return torch.where(named, most.indices, NO_PART).to(torch.uint8)

    def _worn(self, index: int, kept: int, rng: Random) -> tuple[np.ndarray, np.ndarray]:
        """Take a subset of a shape's points, and stretch, corrupt and turn it about the vertical."""
        subset = rng.permutation(self.pool.points.shape[1])[:kept]
        cloud = self.pool.points[index].numpy()[subset].astype(np.float64)
        part = self.pool.parts[index].numpy()[subset].astype(np.int64)
        if rng.random() < 0.5:
            cloud = cloud * np.exp(rng.normal(0.0, 0.1, 3))
        preset = list(self.corruption)[
            int(rng.choice(len(self.corruption), p=shares(self.corruption.values())))
        ]
        if preset != "none":
            worn = corrupt(normalised(cloud), preset, rng)
            cloud, part = worn.points, part[worn.chosen]
        draw = rng.random()
        heading = 0.0 if draw < 0.5 else 90.0 * rng.integers(4) + rng.normal(0, 5)
        if draw > 0.85:
            heading = rng.uniform(0, 360)
        if heading:
            cloud = cloud @ euler_matrix(0.0, heading, 0.0).numpy()
        if rng.random() < 0.3:
            cloud = cloud @ euler_matrix(*rng.normal(0, 3, 3)).numpy()
        return normalised(cloud).astype(np.float32), part


def check_corruption(corruption: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each preset.

    Raises:
        ConfigError: a preset is unknown.
    """
    unknown = set(corruption) - set(PRESETS)
    if unknown:
        raise ConfigError(
            f"pretraining.corruption: no {', '.join(unknown)}; choose some of {', '.join(PRESETS)}"
        )
    return dict(corruption)


def check_projectors(projectors: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the projectors whose share is above 0.

    Raises:
        ConfigError: there is no such projector.
    """
    used = {name: dict(option) for name, option in projectors.items() if float(option["share"]) > 0}
    if not used:
        raise ConfigError("pretraining.projectors is empty: give at least one a share")
    return used


def _draw(rng: Random, among: int, count: int) -> np.ndarray:
    """Draw ``count`` of ``among`` positions, none twice before all were drawn."""
    rounds = [rng.permutation(among) for _ in range(-(-count // among))] if count else []
    return np.concatenate(rounds)[:count] if rounds else np.zeros(0, dtype=np.int64)


def shares(weights: Any) -> list[float]:
    """Scale weights to probabilities."""
    listed: Sequence[float] = list(weights)
    total = sum(listed)
    return [weight / total for weight in listed]
