"""What every data set of rooms offers: an index that is cheap, and scenes that are read one at a time."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NoReturn

from torch.utils.data import Dataset

from pointclip2.types import DataError, Scene


class SceneDataset(Dataset[Scene], ABC):
    """One split of a data set of rooms. Names, classes and checksum are known before any scene is read."""

    name: str
    """Of the data set, as in results: ``rooms``."""
    split: str
    classes: tuple[str, ...]
    """What is looked for: names as one says them ("night stand"), in the order of ``Boxes.labels``."""
    names: Sequence[str]
    """Of the scenes, unique, in order."""
    checksum: str
    """Hex digest of everything that decides the scenes: file contents, number of points, units, up, seed."""

    def __len__(self) -> int:
        return len(self.names)

    @abstractmethod
    def __getitem__(self, index: int) -> Scene:
        """The scene at ``index``: z up, metres, every point finite, at least one point.

        Its boxes have positive sizes; None where the scene has no ground truth, of length 0 where it is known
        to hold nothing of the classes.

        Raises:
            CloudError: this scene cannot be read; the others can. A `TransientError` where that is the moment's fault.
        """


class SceneData(ABC):
    """The ``data`` option of rooms: knows its splits and opens one. The constructor is the option's schema."""

    name: str
    splits: tuple[str, ...]
    split: str
    """The one that is evaluated unless another is asked for."""

    @abstractmethod
    def open_scenes(self, split: str) -> SceneDataset:
        """Open one split; no scene is read yet.

        Raises:
            DataError: no such split, or the data set is missing or damaged.
        """

    def open(self, split: str) -> NoReturn:
        """Refuse: the tasks that ask for this want single objects."""
        raise DataError(f"{self.name} holds whole rooms, not single objects: task=detection takes it")

    def check_split(self, split: str) -> None:
        """Refuse a split that this data set does not have."""
        if split not in self.splits:
            raise DataError(f"{self.name} has no split {split!r}: choose one of {', '.join(self.splits)}")
