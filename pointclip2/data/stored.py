"""What all data sets on disk share: options, the random subset, preparation, corruption and checksum.

A data set says where its samples are (`SampleIndex`); a `StoredSplit` turns what it reads into clouds.
"""

import copy
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.checksum import digest_values
from pointclip2.data.corruption import PRESETS, corrupt
from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.data.prepare import (
    SAMPLINGS,
    TO_Y_UP,
    RawCloud,
    check_choice,
    prepare_points,
    stable_seed,
    turned_normals,
    unit_sphere,
    way_back,
)
from pointclip2.data.standing import taken_up, turned
from pointclip2.errors import is_transient, one_line
from pointclip2.geometry.standing import up_scores, weights_digest
from pointclip2.types import Cloud, CloudError, ConfigError, Frame, TransientError, UserError

READING_VERSION = 2
"""Part of every checksum. Raise it when the same files and options begin to give other clouds."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredOptions:
    """The options that all data sets on disk take; their meaning is written in `StoredData`."""

    split: str
    points: int
    sampling: str
    limit: int | None
    corruption: str
    seed: int


class SampleIndex(ABC):
    """The samples of one split: where they are, and how one of them is read."""

    classes: tuple[str, ...]
    part_names: tuple[str, ...] = ()
    """``category/part`` of every part id; empty where there are no part labels."""
    names: Sequence[str]
    labels: Sequence[int]
    strange: Sequence[bool] = ()
    """Whether a sample has a label that is none of the classes; empty where none has."""

    def parts(self, index: int) -> NDArray[Any] | None:
        """The part id of every row that `read` gives; None where there are no part labels."""
        return None

    @abstractmethod
    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        """Read one sample. A surface is sampled to ``points`` rows with ``rng``.

        Raises:
            CloudError: or any other exception, which is reported as one.
        """

    @abstractmethod
    def up(self, index: int) -> str:
        """Which axis of this sample's file points up; ``auto`` where nobody knows."""

    @abstractmethod
    def digest(self, indices: Sequence[int]) -> str:
        """Hex digest of the contents of the files that hold these samples."""


class StoredData(CloudData):
    """A data set on disk.

    Args:
        split: the split that is evaluated unless another is asked for.
        points: points of every cloud.
        sampling: which points of a larger cloud: ``first``, ``random`` or ``farthest`` (spread evenly).
        limit: only so many samples of a split, random by seed; smaller subsets lie within larger ones.
        corruption: what a scanner did to the clouds, a preset of `pointclip2.data.corruption`.
        seed: of everything random: sampling, subset and corruption.
    """

    def __init__(
        self, split: str, points: int, sampling: str, limit: int | None, corruption: str, seed: int
    ) -> None:
        check_choice("data.sampling", sampling, SAMPLINGS)
        check_choice("data.corruption", corruption, tuple(PRESETS))
        if points < 1:
            raise ConfigError(f"data.points must be at least 1, not {points}")
        if limit is not None and limit < 1:
            raise ConfigError(f"data.limit must be at least 1 or null, not {limit}")
        self.split = split
        self.options = StoredOptions(split, points, sampling, limit, corruption, seed)

    @abstractmethod
    def index(self, split: str) -> SampleIndex:
        """Find the samples of a split of this data set.

        Raises:
            DataError: missing or damaged.
        """

    def unlimited(self) -> "StoredData":
        """Return the data set without a limit to its splits."""
        whole = copy.copy(self)
        whole.options = replace(self.options, limit=None)
        return whole

    def open(self, split: str) -> CloudDataset:
        """Open one split. Reads labels and hashes files; no cloud is read yet."""
        self.check_split(split)
        return StoredSplit(self.name, split, self.index(split), self.options)


class StoredSplit(CloudDataset):
    """One split of a data set on disk."""

    def __init__(self, name: str, split: str, index: SampleIndex, options: StoredOptions) -> None:
        self.name = name
        self.split = split
        self.classes = index.classes
        self.part_names = index.part_names
        self.index = index
        self.options = options
        self.chosen = subset(index.names, options.limit, options.seed)
        self.names = [index.names[i] for i in self.chosen]
        self.labels = [int(index.labels[i]) for i in self.chosen]
        self.strange = [bool(index.strange[i]) for i in self.chosen] if index.strange else ()
        # What is guessed depends on what the guess was learned by.
        ups = [f"auto {weights_digest()}" if up == "auto" else up for up in map(index.up, self.chosen)]
        self.undecided = any(up.startswith("auto") for up in ups)
        self.checksum = digest_values(
            {
                "reading": READING_VERSION,
                "names": self.names,
                "ups": ups,
                "files": index.digest(self.chosen),
                "points": options.points,
                "sampling": options.sampling,
                "corruption": options.corruption,
                "seed": options.seed,
            }
        )

    def __getitem__(self, index: int) -> Cloud:
        name = self.names[index]
        try:
            return self._read(index, name)
        except Exception as error:
            raise sample_error(name, error) from error

    def _read(self, index: int, name: str) -> Cloud:
        options, row = self.options, self.chosen[index]
        seed_name = f"{options.seed}/{name}"
        # Farthest points can only be chosen among more than are wanted.
        drawn = options.points * (8 if options.sampling == "farthest" else 1)
        raw = self.index.read(row, drawn, np.random.default_rng(stable_seed(seed_name)))
        cloud = made_cloud(
            name,
            raw,
            self.index.up(row),
            options.points,
            options.sampling,
            seed_name,
            options.corruption,
            self.labels[index],
            self.index.parts(row),
        )
        say(cloud)
        return cloud


def made_cloud(
    name: str,
    raw: RawCloud,
    up: str,
    points: int | None,
    sampling: str,
    seed_name: str,
    corruption: str = "none",
    label: int = -1,
    parts: NDArray[Any] | None = None,
    exact: bool = False,
) -> Cloud:
    """Return the cloud of ``points`` points (None: all) that a file's rows make.

    Args:
        up: an axis of the file, ``any``, or ``auto``: what the points themselves say, see `Cloud.ups`.
        exact: keep the chosen rows as the file has them, too, in `Frame.exact`; no corruption may have moved them.

    Raises:
        CloudError: the rows are no cloud.
        ConfigError: as `prepare_points`.
    """
    guess = None
    placed, chosen, dropped, matrix = prepare_points(
        raw.points, "any" if up == "auto" else up, points, sampling, seed_name
    )
    if up == "auto":
        guess = torch.from_numpy(up_scores(placed.numpy())).float()
        taken = taken_up(guess)
        placed = turned(placed, "any", taken)
        matrix = matrix @ way_back(np.zeros(3), 1.0, np.array(TO_Y_UP[taken], dtype=np.float64))
    remarks = raw.remarks
    if dropped > raw.unmeasured:
        count = dropped - raw.unmeasured
        remarks += (f"left out {count:,} of {len(raw.points):,} points that are not finite",)
    if not bool(placed.any()):
        remarks += ("all its points lie in one place: there is nothing to see",)
    rows = input_rows = chosen.numpy()
    if corruption != "none":
        rng = np.random.default_rng(stable_seed(f"{seed_name}/{corruption}"))
        worn = corrupt(placed.numpy().astype(np.float64), corruption, rng)
        moved, centre, radius = unit_sphere(worn.points)
        placed = torch.from_numpy(moved.astype(np.float32))
        matrix = matrix @ way_back(np.zeros(3), 1.0, worn.rotation) @ way_back(centre, radius)
        rows = rows[worn.chosen]
        input_rows = np.where(worn.moved, -1, rows)
    return Cloud(
        name,
        placed,
        label,
        None if parts is None else torch.from_numpy(np.asarray(parts, dtype=np.int64)[rows]),
        None if raw.colours is None else torch.from_numpy(raw.colours[rows].astype(np.float32).clip(0, 1)),
        None if raw.normals is None else turned_normals(raw.normals[rows], matrix),
        Frame(
            matrix,
            raw.unit,
            None if raw.sampled else torch.from_numpy(input_rows),
            torch.from_numpy(raw.points[rows, :3].astype(np.float64)) if exact else None,
        ),
        remarks,
        guess,
    )


def say(cloud: Cloud) -> None:
    """Log what the reader of a cloud had to say."""
    for remark in cloud.remarks:
        log.warning("%s: %s", cloud.name, remark)


def subset(names: Sequence[str], limit: int | None, seed: int) -> list[int]:
    """Indices of at most ``limit`` names, random by seed, in order; smaller subsets lie within larger ones."""
    if limit is None or limit >= len(names):
        return list(range(len(names)))
    shuffled = sorted(range(len(names)), key=lambda i: stable_seed(f"{seed}/limit/{names[i]}"))
    return sorted(shuffled[:limit])


def sample_error(name: str, error: Exception) -> CloudError:
    """Return what is to be raised where reading this sample raised ``error``.

    Readers of foreign formats fail in every way there is; one damaged file must not stop a run.
    """
    kind = TransientError if is_transient(error) else CloudError
    if isinstance(error, UserError):
        return kind(f"{name}: {one_line(error)}")
    return kind(f"{name}: cannot be read ({type(error).__name__}: {one_line(error)})")
