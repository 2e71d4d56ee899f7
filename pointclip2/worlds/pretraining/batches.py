"""Make training batches for the built-in model: views of worn, turned, stretched shapes, and true sentences.

A batch depends on the seed and its step alone, so a training that was killed continues exactly where it stopped.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import IterableDataset

from pointclip2.types import ConfigError
from pointclip2.worlds.pretraining.captions import SOURCES, Captions, InstanceCaption, compatible, forbidden
from pointclip2.worlds.pretraining.dictionary import sentences
from pointclip2.worlds.pretraining.pool import NO_PART, Pool, PoolPlan, open_pool, part_table
from pointclip2.worlds.pretraining.teacher import Teacher, centred, taught
from pointclip2.worlds.pretraining.views import (
    MOST_PARTS,
    ViewChunk,
    ViewDrawer,
    check_corruption,
    check_projectors,
)
from pointclip2.worlds.shapes.classes import select
from pointclip2.worlds.shapes.shape import Random
from pointclip2.worlds.shapes.world import Shapes


class PretrainingBatch(NamedTuple):
    """Holds one step's images and sentences."""

    images: Tensor
    """Images (images, size, size) in [0, 1], 1 = background."""
    labels: Tensor
    """Class (images,) of each image, -1 for compositions."""
    patch_parts: Tensor
    """Column of ``part_texts`` (images, cells), -1 where no visible point falls or the part has no phrase."""
    class_texts: list[str]
    """One sentence a class."""
    instance_texts: list[str]
    """One sentence an image."""
    compatible: Tensor
    """Whether sentence j is true of image i, too, and must not count as wrong: bool (images, images)."""
    part_texts: list[str]
    part_owner: Tensor
    """Class (part texts,) of each part text; the number of classes for the primitives of compositions."""
    part_word: Tensor
    """Number (part texts,) of each part's word: equal where two classes have a part of the same name."""
    language_texts: list[str]
    """Sentences that no image goes with; none without a teacher."""
    language_vectors: Tensor
    """The teacher's unit vectors (language texts, dim) of them."""


class PretrainingBatches(IterableDataset[PretrainingBatch]):
    """Yields batches without end, from step ``start`` on."""

    def __init__(self, world: "PretrainingData", start: int) -> None:
        self.world = world
        self.start = start

    def __iter__(self) -> Iterator[PretrainingBatch]:
        step = self.start
        while True:
            yield self.world.batch(step)
            step += 1


class PretrainingData:
    """Serves the procedural world as a training set.

    Args:
        folder: where the pool of shapes is kept.
        projectors: by name, each with its ``projector``, its ``share`` of the shapes, and perhaps ``views``.
        classes: known classes of the world, which are validated.
        per_class: how many shapes of each of them are in the pool.
        others: classes that are trained on beside them and not validated.
        per_other: how many shapes of each of those are in the pool.
        teacher: encodes sentences, so that words without an image have a sense, too; None for none.
        language: how many sentences a step has that no image goes with.
        abstract: how many compositions are in the pool.
        points: how many points a pooled cloud has; a chunk's group of shapes uses three eighths to all of them.
        surface: how the surfaces of pooled clouds are sampled.
        corruption: presets and how often each is drawn.
        captions: sources of class sentences.
        instances: whether sentences about single shapes are used.
        batch: how many images a step has.
        chunk: how many shapes are drawn together from all views.
        chunk_steps: how many steps share a chunk.
        other_share, abstract_share: shares of other classes and of compositions among the shapes of a chunk.
        part_classes: how many classes have their parts named in a step.
        size: side of the images, in pixels.
        cell: side of a cell of the image tower's map, in pixels.
        validation: how many shapes of each class are for validation.
        validation_views: views of the projector's rig that are validated.
        seed: seed of everything random.
    """

    def __init__(
        self,
        folder: str,
        projectors: Mapping[str, Mapping[str, object]],
        classes: str | Sequence[str] = "known",
        per_class: int = 300,
        others: str | Sequence[str] = (),
        per_other: int = 120,
        teacher: Teacher | None = None,
        language: int = 192,
        abstract: int = 4000,
        points: int = 2048,
        surface: str = "mixed",
        corruption: Mapping[str, float] | None = None,
        captions: Sequence[str] = SOURCES,
        instances: bool = True,
        batch: int = 128,
        chunk: int = 640,
        chunk_steps: int = 45,
        other_share: float = 0.0,
        abstract_share: float = 0.2,
        part_classes: int = 16,
        size: int = 80,
        cell: int = 8,
        validation: int = 4,
        validation_views: Sequence[int] = (0, 2, 5, 8),
        seed: int = 0,
    ) -> None:
        self.classes = select(classes if isinstance(classes, str) else list(classes))
        known = set(self.classes)
        beside = select(others if isinstance(others, str) else list(others)) if others else ()
        self.others = tuple(name for name in beside if name not in known)
        self.captions = Captions((*self.classes, *self.others), captions)
        self.corruption = check_corruption(corruption or {"none": 1.0})
        self.projectors = check_projectors(projectors)
        for name, share, there in (
            ("abstract", abstract_share, abstract),
            ("other", other_share, per_other * len(self.others)),
        ):
            if not 0 <= share < 1 or (share > 0) != (there > 0):
                raise ConfigError(
                    f"pretraining.{name}_share={share} of {there} such shapes: both 0 or neither, share below 1"
                )
        if other_share + abstract_share >= 1:
            raise ConfigError(
                f"pretraining: other_share={other_share} and abstract_share={abstract_share} leave no classes"
            )
        self.folder = Path(folder)
        self.plan = PoolPlan(self.classes, per_class, self.others, per_other, abstract, points, surface, seed)
        self.teacher, self.language = teacher, language
        self.instances = instances
        self.size, self.image_size, self.cells = batch, size, size // cell
        self.chunk, self.chunk_steps = chunk, chunk_steps
        self.other_share, self.abstract_share = other_share, abstract_share
        self.part_classes = part_classes
        self.validation, self.validation_views = validation, list(validation_views)
        self.seed = seed
        self._pool: Pool | None = None
        self._chunk: tuple[int, ViewChunk] | None = None
        self._taught: tuple[list[str], Tensor] | None = None
        self.parts = part_table((*self.classes, *self.others))
        words = sorted({part for parts in self.parts for part in parts})
        self.word_of = {word: index for index, word in enumerate(words)}

    def setup(self) -> Pool:
        """Open the pool, or make it."""
        if self._pool is None:
            self._pool = open_pool(self.folder, self.plan)
        return self._pool

    def batches(self, start: int) -> PretrainingBatches:
        """Return the batches from step ``start`` on."""
        return PretrainingBatches(self, start)

    def taught(self) -> tuple[list[str], Tensor]:
        """Return all sentences that the teacher knows, and its vectors (sentences, dim): captions, then the dictionary.

        Captions are among them because what is learned of them from images has to go together with the teacher's sense.
        """
        if self._taught is None:
            if self.teacher is None:
                return [], torch.zeros(0, 1)
            # Two files: captions change more often than the dictionary, and thousands of sentences take minutes.
            lists = self.captioned(), sentences(self.seed)
            vectors = centred(torch.cat([taught(self.folder, self.teacher, said) for said in lists]))
            self._taught = [text for said in lists for text in said], vectors
        return self._taught

    def vocabulary(self) -> list[str]:
        """Return everything that can be said, to tell trained words from others."""
        return list(dict.fromkeys([*self.captioned(), *self.taught()[0]]))

    def captioned(self) -> list[str]:
        """Return everything that can be said of an image."""
        pool = self.setup()
        said = [phrase for phrases in pool.said for phrase in phrases]
        parts = [part for parts in self.parts for part in parts]
        return [
            text
            for text in dict.fromkeys([*self.captions.everything(), *said, *parts])
            if not forbidden(text)
        ]

    def views(self, number: int) -> ViewChunk:
        """Draw one chunk; the last one is kept."""
        if self._chunk is None or self._chunk[0] != number:
            drawer = ViewDrawer(
                self.setup(), self.projectors, self.corruption, self.image_size, self.cells, self.seed
            )
            other, loose = (round(self.chunk * share) for share in (self.other_share, self.abstract_share))
            self._chunk = number, drawer.chunk(number, (self.chunk - other - loose, other, loose))
        return self._chunk[1]

    def batch(self, step: int) -> PretrainingBatch:
        """Make the batch of one step."""
        pool = self.setup()
        number, place = divmod(step, self.chunk_steps)
        chunk = self.views(number)
        mine = _dealt(len(chunk.images), self.chunk_steps * self.size, [self.seed, 31, number])
        mine = mine[place * self.size : (place + 1) * self.size]
        rng = np.random.default_rng([self.seed, 104729, step])
        images, parts = moved(chunk.images[mine], chunk.parts[mine], self.cells, rng)
        chosen = chunk.shape[mine].numpy()
        labels = pool.labels[chosen]
        texts, owner, word, column = self._part_texts(labels, rng)
        patch_parts = torch.where(
            parts >= 0, column[labels.unsqueeze(1), parts.clamp(min=0)], torch.full_like(parts, -1)
        )
        instance = self._instances(pool, chosen, rng)
        said, vectors = self.taught()
        spoken = rng.permutation(len(said))[: self.language]
        return PretrainingBatch(
            images,
            labels,
            patch_parts,
            [self.captions.of_class(label, rng) for label in range(len(self.captions.classes))],
            [sentence.text for sentence in instance],
            compatible(instance, labels.tolist(), [pool.said[index] for index in chosen]),
            texts,
            owner,
            word,
            [said[index] for index in spoken],
            vectors[torch.from_numpy(spoken)],
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

    def _part_texts(self, labels: Tensor, rng: Random) -> tuple[list[str], Tensor, Tensor, Tensor]:
        """Return phrases for the parts of the batch's classes, and each part's column (classes + 1, most parts)."""
        texts: list[str] = []
        owner, word = [], []
        column = torch.full((len(self.parts), MOST_PARTS), -1)
        there = sorted({int(label) % len(self.parts) for label in labels})
        named = [label for label in there if label < len(self.parts) - 1]
        kept = [named[i] for i in sorted(rng.permutation(len(named))[: self.part_classes])]
        for label in [*kept, *(label for label in there if label == len(self.parts) - 1)]:
            for index, part in enumerate(self.parts[label]):
                plain = label == len(self.parts) - 1
                text = self.captions.of_part(0 if plain else label, part, rng, part if plain else None)
                if forbidden(text):
                    continue
                column[label, index] = len(texts)
                texts.append(text)
                owner.append(label)
                word.append(self.word_of[part])
        return texts, torch.tensor(owner), torch.tensor(word), column

    def validation_views_of(self, corruption: str) -> tuple[Tensor, Tensor]:
        """Return images (shapes, views, height, width) of val shapes by the first projector, and labels (shapes,)."""
        world = Shapes(
            self.classes,
            per_class={"train": 1, "val": self.validation, "test": 1},
            corruption=corruption,
            seed=self.seed,
        )
        split = world.open("val")
        clouds = [split[index] for index in range(len(split))]
        projector: Any = next(iter(self.projectors.values()))["projector"]
        rig = projector.rig
        projector.rig = rig.only(self.validation_views)
        try:
            with torch.no_grad():
                images = [projector(cloud.points.unsqueeze(0)).images[0].half() for cloud in clouds]
        finally:
            projector.rig = rig
        return torch.stack(images), torch.tensor([cloud.label for cloud in clouds])


def moved(images: Tensor, parts: Tensor, cells: int, rng: Random) -> tuple[Tensor, Tensor]:
    """Mirror, zoom, stretch and shift images (n, size, size) in [0, 1] and their part maps (n, cells) alike.

    A shape comes again in later chunks and should then look different, and an object may sit anywhere in a real crop.
    """
    count = len(images)
    zoom = np.exp(rng.normal(0.0, 0.08, count))
    affine = np.zeros((count, 2, 3), dtype=np.float32)
    affine[:, 0, 0] = zoom * np.exp(rng.normal(0.0, 0.05, count)) * np.where(rng.random(count) < 0.5, -1, 1)
    affine[:, 1, 1] = zoom
    affine[:, :, 2] = rng.normal(0.0, 0.05, (count, 2))
    where = torch.from_numpy(affine)

    def sampled(maps: Tensor, mode: str) -> Tensor:
        grid = F.affine_grid(where, [count, 1, *maps.shape[-2:]], align_corners=False)
        return F.grid_sample(maps.unsqueeze(1), grid, mode=mode, align_corners=False)[:, 0]

    # Maps of nearness and of part number + 1: 0 outside the old frame, where there is background without a part.
    near = sampled(1 - images.float() / 255, "bilinear")
    numbered = torch.where(parts == NO_PART, 0, parts.long() + 1).view(count, cells, cells)
    part = sampled(numbered.float(), "nearest").round().long() - 1
    return 1 - near, part.flatten(1)


def _dealt(among: int, count: int, seed: list[int]) -> Tensor:
    """Return ``count`` positions: one random order after another, so that all come about equally often."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(among) for _ in range(-(-count // among))]
    return torch.from_numpy(np.concatenate(orders)[:count])
