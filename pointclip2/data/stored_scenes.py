"""What all data sets of rooms on disk share: options, thinning, checks of points and boxes, checksum.

A data set says where its scenes are (`SceneIndex`); a `StoredSceneSplit` turns what it reads into scenes.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.box_table import BoxTable, usable
from pointclip2.data.checksum import digest_values
from pointclip2.data.prepare import finite_rows, stable_seed
from pointclip2.data.scene_dataset import SceneData, SceneDataset
from pointclip2.data.stored import sample_error, subset
from pointclip2.types import ConfigError, Frame, Scene

READING_VERSION = 2
"""Part of every checksum. Raise it when the same files and options begin to give other scenes."""


@dataclass(frozen=True)
class RawScene:
    """One scene as its files tell it: z up, in metres, unchecked."""

    points_m: NDArray[Any]
    """(n, 3 or more); the first three columns are x, y and z."""
    boxes: BoxTable | None
    colours: NDArray[Any] | None = None
    """(n, 3) in [0, 1]."""
    frame: Frame = field(default_factory=lambda: Frame(unit="m"))
    """What leads back to the scan's own coordinates; its index is not looked at."""
    sampled: bool = False
    """Whether the points were drawn from a surface: then they are no rows of the file."""
    remarks: Sequence[str] = ()
    """What the reader had to say, a sentence each."""
    unmeasured: int = 0
    """Points that the reader made NaN because nothing was measured there; a remark tells of them."""


@dataclass(frozen=True)
class SceneOptions:
    """The options that all rooms on disk take; their meaning is written in `StoredScenes`."""

    points: int | None
    limit: int | None
    seed: int


class SceneIndex(ABC):
    """The scenes of one split: where they are, and how one of them is read."""

    classes: tuple[str, ...]
    names: Sequence[str]

    @abstractmethod
    def read(self, index: int, rng: np.random.Generator) -> RawScene:
        """One scene; a surface is sampled with ``rng``.

        Raises:
            CloudError: or any other exception, which is reported as one.
        """

    @abstractmethod
    def digest(self, indices: Sequence[int]) -> str:
        """Hex digest of the files that hold these scenes and of every option that decides how they are read."""


class StoredScenes(SceneData):
    """A data set of rooms on disk.

    Args:
        split: the split that is evaluated unless another is asked for.
        points: points of every room, random by seed; null takes all. A smaller room keeps what it has.
        limit: only so many rooms of a split, random by seed; smaller subsets lie within larger ones.
        seed: of everything random.
    """

    def __init__(self, split: str, points: int | None, limit: int | None, seed: int) -> None:
        self.split = split
        self.options = scene_options(points, limit, seed)

    @abstractmethod
    def index(self, split: str) -> SceneIndex:
        """Find the scenes of a split of this data set.

        Raises:
            DataError: missing or damaged.
        """

    def open_scenes(self, split: str) -> SceneDataset:
        """Open one split. Hashes files; no scene is read yet."""
        self.check_split(split)
        return StoredSceneSplit(self.name, split, self.index(split), self.options)


def scene_options(
    points: int | None, limit: int | None, seed: int, option: str = "data.points"
) -> SceneOptions:
    """Checked options; ``option`` is what ``points`` is called.

    Raises:
        ConfigError: a number below 1.
    """
    for name, value in ((option, points), ("data.limit", limit)):
        if value is not None and value < 1:
            raise ConfigError(f"{name} must be at least 1 or null, not {value}")
    return SceneOptions(points, limit, seed)


class StoredSceneSplit(SceneDataset):
    """One split of a data set of rooms on disk."""

    def __init__(self, name: str, split: str, index: SceneIndex, options: SceneOptions) -> None:
        self.name = name
        self.split = split
        self.classes = index.classes
        self.index = index
        self.options = options
        self.chosen = subset(index.names, options.limit, options.seed)
        self.names = [index.names[i] for i in self.chosen]
        self.checksum = digest_values(
            {
                "reading": READING_VERSION,
                "names": self.names,
                "classes": self.classes,
                "files": index.digest(self.chosen),
                "points": options.points,
                "seed": options.seed,
            }
        )

    def __getitem__(self, index: int) -> Scene:
        name = self.names[index]
        try:
            return self._read(index, name)
        except Exception as error:
            raise sample_error(name, error) from error

    def _read(self, index: int, name: str) -> Scene:
        rng = np.random.default_rng(stable_seed(f"{self.options.seed}/{name}"))
        return scene_of(name, self.index.read(self.chosen[index], rng), self.options.points, rng)


def scene_of(name: str, raw: RawScene, most: int | None, rng: np.random.Generator) -> Scene:
    """Return what was read as a scene of at most so many points, chosen with ``rng``; None takes all.

    Raises:
        CloudError: there is no point that can be used, or all true boxes lie elsewhere.
    """
    remarks = list(raw.remarks)
    rows = finite_rows(raw.points_m)
    dropped = len(raw.points_m) - len(rows) - raw.unmeasured
    if dropped > 0:
        remarks.append(f"left out {dropped:,} of {len(raw.points_m):,} points that are not finite")
    boxes = None
    if raw.boxes is not None:
        # Before the scan is thinned: where a box lies does not depend on which points were drawn.
        table, slips = usable(raw.boxes, raw.points_m[rows, :3].astype(np.float64), raw.frame)
        boxes = table.boxes()
        remarks += slips
    if most is not None and len(rows) > most:
        rows = rng.choice(rows, most, replace=False)
    points = torch.from_numpy(raw.points_m[rows, :3].astype(np.float32))
    colours = None
    if raw.colours is not None:
        colours = torch.from_numpy(np.clip(raw.colours[rows], 0.0, 1.0).astype(np.float32))
    index = None if raw.sampled else torch.from_numpy(rows.astype(np.int64))
    frame = Frame(raw.frame.matrix, raw.frame.unit, index)
    return Scene(name, points, boxes, colours, frame, tuple(remarks))
