"""Training batches for the built-in model: views of worn, turned, stretched shapes, and what can be said of them.

A batch depends on the seed and its step alone, so a training that was killed goes on as if it had not been.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from pointclip2.data.prepare import normalised
from pointclip2.data.pretraining.captions import SOURCES, Captions, InstanceCaption, forbidden
from pointclip2.data.pretraining.pool import Pool, open_pool, part_table
from pointclip2.data.shapes.classes import select
from pointclip2.data.shapes.corruption import PRESETS, corrupt
from pointclip2.data.shapes.shape import Random
from pointclip2.data.shapes.world import Shapes
from pointclip2.geometry.views import CameraRig, euler_matrix
from pointclip2.types import ConfigError


class PretrainingBatch(NamedTuple):
    """One step's images and sentences."""

    images: Tensor
    """(shapes, size, size) in [0, 1], 1 = background."""
    labels: Tensor
    """(shapes,) class, -1 for compositions."""
    patch_parts: Tensor
    """(shapes, patches) column of ``part_texts``, -1 where no visible point falls or the part has no phrase."""
    class_texts: list[str]
    """One sentence a class."""
    instance_texts: list[str]
    """One sentence a shape."""
    compatible: Tensor
    """(shapes, shapes) bool: sentence j is true of shape i, too, and must not count as wrong."""
    part_texts: list[str]
    part_owner: Tensor
    """(part texts,) class of each, the number of classes for the primitives of compositions."""
    part_word: Tensor
    """(part texts,) equal where two classes have a part of the same name."""


class PretrainingBatches(IterableDataset[PretrainingBatch]):
    """Endless batches from step ``start`` on."""

    def __init__(self, world: "PretrainingData", start: int) -> None:
        self.world = world
        self.start = start

    def __iter__(self) -> Iterator[PretrainingBatch]:
        step = self.start
        while True:
            yield self.world.batch(step)
            step += 1


class PretrainingData:
    """The procedural world as a training set.

    Args:
        folder: where the pool of shapes is kept.
        projectors: by name, each with a ``share`` of the images and its ``projector``; it draws one view a shape.
        classes: known classes of the world.
        per_class: shapes a class in the pool.
        abstract: compositions in the pool.
        points: of a pooled cloud; a step uses a random half to all of them.
        surface: of the pooled clouds.
        corruption: presets and how often each is drawn.
        captions: sources of class sentences.
        instances: whether sentences about single shapes are used.
        batch: shapes a step at the smallest image size.
        abstract_share: of the batch.
        sizes: image sizes in pixels and how often each is drawn; larger ones come in batches of about as many patches.
        patch: pixels of a patch.
        validation: shapes a class for validation.
        validation_views: of the projector's rig that are validated.
        seed: of everything.
    """

    def __init__(
        self,
        folder: str,
        projectors: Mapping[str, Mapping[str, object]],
        classes: str | Sequence[str] = "known",
        per_class: int = 300,
        abstract: int = 4000,
        points: int = 2048,
        surface: str = "mixed",
        corruption: Mapping[str, float] | None = None,
        captions: Sequence[str] = SOURCES,
        instances: bool = True,
        batch: int = 112,
        abstract_share: float = 0.25,
        sizes: Mapping[int, float] | None = None,
        patch: int = 16,
        validation: int = 3,
        validation_views: Sequence[int] = (0, 2, 5, 8),
        seed: int = 0,
    ) -> None:
        self.classes = select(classes if isinstance(classes, str) else list(classes))
        self.captions = Captions(self.classes, captions)
        self.corruption = dict(corruption or {"none": 1.0})
        unknown = set(self.corruption) - set(PRESETS)
        if unknown:
            raise ConfigError(
                f"pretraining.corruption: no {', '.join(unknown)}; choose some of {', '.join(PRESETS)}"
            )
        if not projectors:
            raise ConfigError("pretraining.projectors is empty: give at least one")
        if not 0 <= abstract_share < 1 or (abstract_share > 0) != (abstract > 0):
            raise ConfigError(
                f"pretraining.abstract={abstract}, abstract_share={abstract_share}: both 0 or neither, share below 1"
            )
        self.folder = folder
        self.per_class, self.abstract, self.points, self.surface = per_class, abstract, points, surface
        self.instances = instances
        self.size = batch
        self.abstract_share = abstract_share
        self.sizes = {int(size): float(share) for size, share in (sizes or {112: 1.0}).items()}
        self.patch = patch
        self.validation, self.validation_views = validation, list(validation_views)
        self.seed = seed
        self.rigs: list[Tensor] = []
        self.projectors: dict[str, nn.Module] = {}
        self.shares: dict[str, float] = {}
        for name, option in projectors.items():
            projector = option["projector"]
            assert isinstance(projector, nn.Module)
            assert isinstance(projector.rig, CameraRig)
            self.rigs.append(projector.rig.rotation.clone())
            self.projectors[name] = projector
            self.shares[name] = float(option["share"])  # type: ignore[arg-type]
        self._full_rig = next(iter(self.projectors.values())).rig
        self._pool: Pool | None = None
        self.parts = part_table(self.classes)
        words = sorted({part for parts in self.parts for part in parts})
        self.word_of = {word: index for index, word in enumerate(words)}

    def setup(self) -> Pool:
        """Open the pool, or make it."""
        if self._pool is None:
            self._pool = open_pool(
                Path(self.folder),
                self.classes,
                self.per_class,
                self.abstract,
                self.points,
                self.surface,
                self.seed,
            )
        return self._pool

    def batches(self, start: int) -> PretrainingBatches:
        """From step ``start`` on."""
        return PretrainingBatches(self, start)

    def vocabulary(self) -> list[str]:
        """Everything that can be said, for telling trained words from others."""
        pool = self.setup()
        said = [phrase for phrases in pool.said for phrase in phrases]
        parts = [part for parts in self.parts for part in parts]
        return [
            text
            for text in dict.fromkeys([*self.captions.everything(), *said, *parts])
            if not forbidden(text)
        ]

    def examples(self) -> Tensor:
        """Images (n, size, size) of the smallest size, as the first steps have them."""
        found: list[Tensor] = []
        for step in range(12):
            images = self.batch(step).images
            if images.shape[-1] == min(self.sizes):
                found.append(images)
        return torch.cat(found) if found else images

    def batch(self, step: int) -> PretrainingBatch:
        """The batch of one step."""
        pool = self.setup()
        rng = np.random.default_rng([self.seed, 7919, step])
        size = int(rng.choice(list(self.sizes), p=_shares(self.sizes)))
        smallest = min(self.sizes)
        count = max(8, round(self.size * (smallest / size) ** 2))
        loose = round(count * self.abstract_share)
        chosen = np.concatenate(
            [rng.choice(pool.known, count - loose, replace=False), rng.integers(pool.known, len(pool), loose)]
            if loose
            else [rng.choice(pool.known, count, replace=False)]
        )
        kept = int(rng.integers(self.points // 2, self.points + 1))
        clouds, parts = [], []
        for index in chosen:
            cloud, part = self._worn(pool.points[index].numpy(), pool.parts[index].numpy(), kept, rng)
            clouds.append(cloud)
            parts.append(part)
        images, patch_parts = self._project(torch.from_numpy(np.stack(clouds)), np.stack(parts), size, rng)
        labels = pool.labels[chosen]
        texts, owner, word, column = self._part_texts(labels, rng)
        patch_parts = torch.where(
            patch_parts >= 0,
            column[labels.unsqueeze(1), patch_parts.clamp(min=0)],
            torch.full_like(patch_parts, -1),
        )
        instance = self._instances(pool, chosen, rng)
        said = [frozenset(pool.said[index]) for index in chosen]
        compatible = torch.tensor(
            [
                [sentence.holds(int(label), claims) for sentence in instance]
                for label, claims in zip(labels, said, strict=True)
            ]
        )
        return PretrainingBatch(
            images,
            labels,
            patch_parts,
            [self.captions.of_class(label, rng) for label in range(len(self.classes))],
            [sentence.text for sentence in instance],
            compatible,
            texts,
            owner,
            word,
        )

    def _instances(self, pool: Pool, chosen: np.ndarray, rng: Random) -> list[InstanceCaption]:
        found = []
        for index in chosen:
            label, said = int(pool.labels[index]), pool.said[index]
            if label < 0:
                found.append(self.captions.of_abstract(said, rng))
            else:
                found.append(self.captions.of_instance(label, said if self.instances else (), rng))
        return found

    def _worn(
        self, points: np.ndarray, parts: np.ndarray, kept: int, rng: Random
    ) -> tuple[np.ndarray, np.ndarray]:
        """A subset, stretched, corrupted, turned by a heading, and seen from one view of a rig."""
        subset = rng.permutation(len(points))[:kept]
        cloud = points[subset].astype(np.float64)
        part = parts[subset].astype(np.int64)
        if rng.random() < 0.5:
            cloud = cloud * np.exp(rng.normal(0.0, 0.1, 3))
        preset = list(self.corruption)[int(rng.choice(len(self.corruption), p=_shares(self.corruption)))]
        if preset != "none":
            cloud, moved = corrupt(normalised(cloud), part, preset, rng)
            assert moved is not None
            part = moved
        draw = rng.random()
        heading = 0.0 if draw < 0.5 else 90.0 * rng.integers(4) + rng.normal(0, 5)
        if draw > 0.85:
            heading = rng.uniform(0, 360)
        turn = euler_matrix(0.0, heading, 0.0).numpy()
        if rng.random() < 0.3:
            turn = turn @ euler_matrix(*rng.normal(0, 3, 3)).numpy()
        return (normalised(cloud @ turn) @ self._view(rng)).astype(np.float32), part

    def _view(self, rng: Random) -> np.ndarray:
        """A view of one of the projectors' rigs, or a random one round the upright axis."""
        if rng.random() < 0.1:
            around = euler_matrix(rng.uniform(0, 360), 0.0, 90.0)
            return (around @ euler_matrix(0.0, rng.uniform(-20, 60), 0.0)).numpy()
        rig = self.rigs[int(rng.choice(len(self.rigs), p=_shares(self.shares)))]
        return rig[int(rng.integers(len(rig)))].double().numpy()

    def _project(self, clouds: Tensor, parts: np.ndarray, size: int, rng: Random) -> tuple[Tensor, Tensor]:
        """Images (shapes, size, size) and the part (shapes, patches) that most visible points of a patch have."""
        side = size // self.patch
        images = torch.empty(len(clouds), size, size)
        found = torch.empty(len(clouds), side * side, dtype=torch.int64)
        names = rng.choice(list(self.projectors), len(clouds), p=_shares(self.shares))
        for name, projector in self.projectors.items():
            chosen = np.flatnonzero(names == name)
            if not len(chosen):
                continue
            full, projector.rig = projector.rig, _STRAIGHT
            try:
                with torch.no_grad():
                    projection = projector(clouds[chosen])
            finally:
                projector.rig = full
            drawn = projection.images
            scale = (size - 1) / (drawn.shape[-1] - 1)
            images[chosen] = F.interpolate(drawn, size=(size, size), mode="bilinear", align_corners=True)[
                :, 0
            ]
            pixel = projection.pixel_yx[:, 0]
            place = (pixel * scale).round().long().clamp(0, size - 1) // self.patch
            seen = projection.visible[:, 0] & (pixel >= 0).all(dim=-1)
            slot = place[..., 0] * side + place[..., 1]
            part = torch.from_numpy(parts[chosen])
            votes = torch.zeros(len(chosen), side * side * MOST_PARTS)
            votes.scatter_add_(1, slot * MOST_PARTS + part, seen.float())
            most = votes.view(len(chosen), side * side, MOST_PARTS).max(dim=-1)
            found[chosen] = torch.where(most.values > 0, most.indices, -1)
        return images, found

    def _part_texts(self, labels: Tensor, rng: Random) -> tuple[list[str], Tensor, Tensor, Tensor]:
        """Phrases for the parts of all classes in the batch, and the column (classes + 1, most parts) of each part."""
        texts: list[str] = []
        owner, word = [], []
        column = torch.full((len(self.parts), MOST_PARTS), -1)
        for label in sorted({int(label) % len(self.parts) for label in labels}):
            for index, part in enumerate(self.parts[label]):
                plain = label == len(self.classes)
                text = self.captions.of_part(0 if plain else label, part, rng, part if plain else None)
                if forbidden(text):
                    continue
                column[label, index] = len(texts)
                texts.append(text)
                owner.append(label)
                word.append(self.word_of[part])
        return texts, torch.tensor(owner), torch.tensor(word), column

    def validation_views_of(self, corruption: str) -> tuple[Tensor, Tensor]:
        """Images (shapes, views, height, width) of the val split by the first projector, and labels (shapes,)."""
        world = Shapes(
            self.classes,
            per_class={"train": 1, "val": self.validation, "test": 1},
            corruption=corruption,
            seed=self.seed,
        )
        split = world.open("val")
        clouds = [split[index] for index in range(len(split))]
        projector = next(iter(self.projectors.values()))
        rig = projector.rig
        assert isinstance(rig, CameraRig)
        views = CameraRig([[0.0, 0.0, 0.0]] * len(self.validation_views))
        views._exact = rig._exact[self.validation_views].clone()
        views.rotation = views._exact.clone()
        projector.rig = views
        try:
            with torch.no_grad():
                images = [projector(cloud.points.unsqueeze(0)).images[0].half() for cloud in clouds]
        finally:
            projector.rig = rig
        return torch.stack(images), torch.tensor([cloud.label for cloud in clouds])


_STRAIGHT = CameraRig([[0.0, 0.0, 0.0]])
MOST_PARTS = 32


def _shares(weights: Mapping[Any, float]) -> list[float]:
    total = sum(weights.values())
    return [weight / total for weight in weights.values()]
