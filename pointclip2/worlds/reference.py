"""Serve what known things look like, and what nothing in particular looks like: for judging how well a name fits.

Two splits of the same kinds of shapes, made from other seeds: ``bank`` to compare with, ``held`` to calibrate on.
No shape is one of `Shapes`: their seeds begin with another word.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.class_names import KNOWN
from pointclip2.data.corruption import corrupt
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.prepare import normalised, stable_seed
from pointclip2.geometry.surfaces import sample_surface
from pointclip2.types import Cloud, ConfigError, DataError
from pointclip2.worlds.pretraining.abstract import SOLIDS, make_abstract
from pointclip2.worlds.shapes.classes import make_shape
from pointclip2.worlds.shapes.shape import Random
from pointclip2.worlds.shapes.world import sample_shape, source_digest

Points = NDArray[np.float64]

PLAIN, STYLED = "plain", "styled"
STYLED_SHARE = {"bank": 0.0, "held": 0.5}
"""For every plain shape of a split."""
NOTHING_SHARE = 0.5
"""Of the shapes of no class, for every one of a known class."""
WEAR = ("none", "none", "noise", "occlusion", "partial", "scan")


class ReferenceShapes(CloudDataset):
    """Shapes of the known classes and shapes of no class (label -1), plain or styled.

    A styled shape is stretched a little, may carry some small thing, and is worn as scans are: it stands for things of
    another maker. A shape of no class is a composition of solids, two things joined into one, or a thing bent and
    stretched until it is none.

    Args:
        split: ``bank`` or ``held``.
        per_class: how many plain shapes of every known class.
        points: of every cloud.

    >>> ReferenceShapes("bank")[0].points.shape
    torch.Size([1024, 3])
    """

    name = "reference"
    classes = KNOWN

    def __init__(self, split: str, per_class: int = 12, points: int = 1024) -> None:
        if split not in STYLED_SHARE:
            raise DataError(f"{self.name} has no split {split!r}: choose one of {', '.join(STYLED_SHARE)}")
        if per_class < 1:
            raise ConfigError(f"{per_class} reference shapes of a class: give 1 or more")
        self.split = split
        self.points = points
        self.names: list[str] = []
        self.labels: list[int] = []
        for style, count in ((PLAIN, per_class), (STYLED, round(per_class * STYLED_SHARE[split]))):
            for index in range(count):
                self.names += [f"{style}/{name.replace(' ', '_')}/{index:03d}" for name in KNOWN]
                self.labels += list(range(len(KNOWN)))
            for index in range(round(count * len(KNOWN) * NOTHING_SHARE)):
                kind = tuple(NOTHING)[index % len(NOTHING)]
                self.names.append(f"{style}/{kind}/{index:03d}")
                self.labels.append(-1)
        self.checksum = digest_values(
            {
                "shapes": source_digest(),
                "here": _source(),
                "split": split,
                "names": self.names,
                "points": points,
            }
        )

    def __getitem__(self, index: int) -> Cloud:
        name, label = self.names[index], self.labels[index]
        style, kind, _ = name.split("/")
        rng = np.random.default_rng(stable_seed(f"reference/{self.split}/{name}"))
        surface = "mesh" if style == PLAIN else "mixed"
        cloud = _known(label, self.points, rng, surface) if label >= 0 else NOTHING[kind](self.points, rng)
        cloud = normalised(cloud if style == PLAIN else _styled(cloud, rng))
        return Cloud(name, torch.from_numpy(cloud.astype(np.float32)), label)


def _known(label: int, points: int, rng: Random, surface: str = "mesh") -> Points:
    shape = make_shape(KNOWN[label], rng)
    return sample_shape(shape, points, surface, "none", rng)[0].astype(np.float64)


def _composed(points: int, rng: Random) -> Points:
    """Make one to four solids in some arrangement."""
    shape, _ = make_abstract(rng)
    return sample_shape(shape, points, "mesh", "none", rng)[0].astype(np.float64)


def _joined(points: int, rng: Random) -> Points:
    """Join two things of different classes: halves of both, or one upon (or beside) the other."""
    one, other = (_known(int(label), 2 * points, rng) for label in rng.choice(len(KNOWN), 2, replace=False))
    axis = int(rng.integers(2))
    if rng.random() < 0.5:
        both = np.concatenate([one[one[:, axis] > 0], other[other[:, axis] <= 0]])
    else:
        other = other * rng.uniform(0.5, 1.0)
        other[:, axis] += one[:, axis].max() - other[:, axis].min() - 0.05
        both = np.concatenate([one[:points], other[:points]])
    return both[rng.choice(len(both), points, replace=len(both) < points)]


def _bent(points: int, rng: Random) -> Points:
    """Stretch, twist and bend a thing until it is none."""
    cloud = _known(int(rng.integers(len(KNOWN))), points, rng) * np.exp(rng.uniform(-1.1, 1.1, 3))
    turn = rng.uniform(-1.5, 1.5) * cloud[:, 1]
    x, z = cloud[:, 0].copy(), cloud[:, 2].copy()
    cloud[:, 0] = np.cos(turn) * x - np.sin(turn) * z + rng.uniform(-0.5, 0.5) * cloud[:, 1] ** 2
    cloud[:, 2] = np.sin(turn) * x + np.cos(turn) * z
    return cloud


NOTHING: dict[str, Callable[[int, Random], Points]] = {
    "composed": _composed,
    "joined": _joined,
    "bent": _bent,
}


def _styled(cloud: Points, rng: Random) -> Points:
    cloud = cloud * np.exp(rng.uniform(-0.25, 0.25, 3))
    if rng.random() < 0.5:
        _, mesh, _ = SOLIDS[rng.integers(len(SOLIDS))](rng)
        count = max(1, len(cloud) * 3 // 20)
        corners = mesh.vertices[mesh.faces]
        small, _ = sample_surface(corners, np.zeros(len(corners), dtype=np.int64), count, rng)
        carried = small * rng.uniform(0.15, 0.35) + cloud[rng.integers(len(cloud))]
        cloud = np.concatenate([cloud[rng.permutation(len(cloud))[count:]], carried])
    return corrupt(normalised(cloud), WEAR[rng.integers(len(WEAR))], rng).points


@cache
def _source() -> str:
    package = Path(__file__).resolve().parents[1]
    return digest_files(package, [Path(__file__), *(package / "worlds" / "pretraining").glob("abstract.py")])
