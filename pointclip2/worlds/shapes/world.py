"""Serve the procedural data set: endless labelled shapes from seeds, the default of every command."""

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.corruption import PRESETS, corrupt
from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.data.prepare import check_choice, stable_seed, unit_sphere, way_back
from pointclip2.data.stored import sample_error
from pointclip2.geometry.surfaces import (
    sample_nonuniform,
    sample_outside,
    sample_solid,
    sample_surface,
    sample_voxels,
    sample_walls,
)
from pointclip2.types import Cloud, ConfigError, Frame
from pointclip2.worlds.shapes.classes import make_shape, select, shape_kind
from pointclip2.worlds.shapes.clutter import sample_cluttered
from pointclip2.worlds.shapes.shape import Random, Shape

SURFACES = {
    "mesh": sample_surface,
    "uneven": sample_nonuniform,
    "solid": sample_solid,
    "voxels": sample_voxels,
    "walls": sample_walls,
    "outside": sample_outside,
    "cluttered": sample_cluttered,
}
MIXTURES = {
    "mixed": {"mesh": 1, "uneven": 1, "solid": 1},
    "every": {"mesh": 5, "uneven": 3, "solid": 2, "voxels": 3, "walls": 2, "outside": 3, "cluttered": 2},
}
"""How often each surface is drawn by the words that mean several."""
SPLITS = ("train", "val", "test")


def sample_shape(
    shape: Shape, points: int, surface: str, corruption: str, rng: Random
) -> tuple[NDArray[np.float32], NDArray[np.int64], Float64[Tensor, "4 4"]]:
    """Return points (n, 3) of a shape, y up, in the unit sphere, the part (n,) of each, and the matrix of their frame.

    ``surface`` is one of `SURFACES`, or of `MIXTURES`, which draws one of them. The part of other things is -1.
    """
    corners, triangle_parts = shape.triangles()
    if surface in MIXTURES:
        tickets = [kind for kind, share in MIXTURES[surface].items() for _ in range(share)]
        surface = tickets[rng.integers(len(tickets))]
    cloud, parts = SURFACES[surface](corners, triangle_parts, points, rng)
    cloud, centre, radius = unit_sphere(cloud)
    matrix = way_back(centre, radius)
    if corruption != "none":
        worn = corrupt(cloud, corruption, rng)
        cloud, centre, radius = unit_sphere(worn.points)
        matrix = matrix @ way_back(np.zeros(3), 1.0, worn.rotation) @ way_back(centre, radius)
        parts = parts[worn.chosen]
    return cloud.astype(np.float32), parts, matrix


class Shapes(CloudData):
    """Serves procedural shapes with part labels; ``train``, ``val`` and ``test`` differ by seed.

    Args:
        classes: ``known`` (ModelNet40's and ShapeNetPart's names), ``unseen``, ``all`` or a list of names.
        split: the split that is evaluated unless another is asked for.
        per_class: how many shapes of a class each split has.
        points: how many points every cloud has.
        surface: how a surface becomes points: ``mesh`` (evenly by area), ``uneven`` density, voxelised ``solid``
            or, filled inside, ``voxels``, ``walls`` (both sides of each surface), ``outside`` (nothing closed in),
            ``cluttered`` (other things on it and beside it, without a part); ``mixed`` draws one of the first
            three, ``every`` one of all.
        limit: only this many samples of a split, random by seed.
        corruption: what a scanner did to the clouds, a preset of `pointclip2.data.corruption`.
        seed: seed of the world.
        strangers: other classes (as ``classes`` names them), of which there are shapes, too, that are none of the
            classes: a task can be asked to tell them from the others.
    """

    name = "shapes"
    splits = SPLITS

    def __init__(
        self,
        classes: str | Sequence[str] = "known",
        split: str = "test",
        per_class: Mapping[str, int] | None = None,
        points: int = 1024,
        surface: str = "mesh",
        limit: int | None = None,
        corruption: str = "none",
        seed: int = 0,
        strangers: str | Sequence[str] | None = None,
    ) -> None:
        check_choice("data.corruption", corruption, tuple(PRESETS))
        check_choice("data.surface", surface, (*SURFACES, *MIXTURES))
        self.per_class = dict(per_class or {"train": 40, "val": 12, "test": 12})
        if set(self.per_class) != set(SPLITS) or min(self.per_class.values()) < 1:
            raise ConfigError(f"data.per_class: give a positive number for each of {', '.join(SPLITS)}")
        if points < 1:
            raise ConfigError(f"data.points must be at least 1, not {points}")
        if limit is not None and limit < 1:
            raise ConfigError(f"data.limit must be at least 1 or null, not {limit}")
        self.split = split
        self.classes = select(classes if isinstance(classes, str) else list(classes))
        self.points = points
        self.surface = surface
        self.limit = limit
        self.corruption = corruption
        self.seed = seed
        others = (
            () if strangers is None else select(strangers if isinstance(strangers, str) else list(strangers))
        )
        self.strangers = tuple(name for name in others if name not in self.classes)

    def unlimited(self) -> "Shapes":
        """Return the world without a limit to its splits."""
        whole = copy.copy(self)
        whole.limit = None
        return whole

    def open(self, split: str) -> "ShapesSplit":
        """Open one split; nothing is generated yet."""
        self.check_split(split)
        return ShapesSplit(self, split)


class ShapesSplit(CloudDataset):
    """Serves one split of the procedural world: sample ``chair/0007`` is the same shape wherever it is made."""

    def __init__(self, world: Shapes, split: str) -> None:
        self.name = world.name
        self.split = split
        self.world = world
        self.classes = world.classes
        self.part_names = tuple(
            f"{name}/{part}" for name in self.classes for part in shape_kind(name).part_names
        )
        counts = [len(shape_kind(name).part_names) for name in self.classes]
        self.part_offset = np.cumsum([0, *counts[:-1]])
        count = world.per_class[split]
        names = [f"{name.replace(' ', '_')}/{index:04d}" for index in range(count) for name in self.classes]
        labels = [label for _ in range(count) for label in range(len(self.classes))]
        for index in range(count):
            names += [f"{name.replace(' ', '_')}/{index:04d}" for name in world.strangers]
            labels += [-1] * len(world.strangers)
        chosen = range(len(names))
        if world.limit is not None and world.limit < len(names):
            shuffled = sorted(chosen, key=lambda i: stable_seed(f"{world.seed}/limit/{names[i]}"))
            chosen = sorted(shuffled[: world.limit])  # type: ignore[assignment]
        self.names = [names[i] for i in chosen]
        self.labels = [labels[i] for i in chosen]
        self.strange = [label < 0 for label in self.labels] if world.strangers else ()
        self.checksum = digest_values(
            {
                "source": source_digest(),
                "classes": self.classes,
                "names": self.names,
                "split": split,
                "points": world.points,
                "surface": world.surface,
                "corruption": world.corruption,
                "seed": world.seed,
            }
        )

    def shape(self, index: int) -> tuple[Shape, Random]:
        """Return the shape behind a sample, and the generator that samples its surface."""
        name = self.names[index]
        rng = np.random.default_rng(stable_seed(f"{self.world.seed}/{self.split}/{name}"))
        return make_shape(name.partition("/")[0].replace("_", " "), rng), rng

    def __getitem__(self, index: int) -> Cloud:
        try:
            shape, rng = self.shape(index)
            points, parts, matrix = sample_shape(
                shape, self.world.points, self.world.surface, self.world.corruption, rng
            )
        except MemoryError as error:
            raise sample_error(self.names[index], error) from error
        label = self.labels[index]
        return Cloud(
            self.names[index],
            torch.from_numpy(points),
            label,
            None if label < 0 else torch.from_numpy(np.where(parts < 0, -1, parts + self.part_offset[label])),
            frame=Frame(matrix, "m"),
        )


@cache
def source_digest() -> str:
    """Return a digest of the world's source: other makers make other shapes, and old features must not be reused."""
    package = Path(__file__).resolve().parents[2]
    # Seeds, normalisation, sampling and wear are defined in these other files.
    others = ("data/prepare.py", "data/corruption.py", "geometry/surfaces.py")
    makers = (package / "worlds" / "shapes").rglob("*.py")
    return digest_files(package, [*makers, *(package / name for name in others)])
