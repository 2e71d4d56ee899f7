"""What every data set offers: an index that is cheap, and clouds that are read one at a time."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch.utils.data import Dataset

from pointclip2.data.scene_dataset import SceneData, SceneDataset
from pointclip2.types import Cloud, DataError


class CloudDataset(Dataset[Cloud], ABC):
    """One split of a data set. Names, labels and checksum are known before any cloud is read."""

    name: str
    """Of the data set, as in results: ``modelnet40``."""
    split: str
    classes: tuple[str, ...]
    """Names as one says them ("night stand"), in label order."""
    part_names: tuple[str, ...] = ()
    """Names of the part ids of ``Cloud.parts``; empty where there are none."""
    names: Sequence[str]
    """Of the samples, unique, in order."""
    labels: Sequence[int]
    """In the same order; -1 where the class is not known."""
    strange: Sequence[bool] = ()
    """Whether a sample is known to be none of ``classes`` (its label is -1, too); empty where none is."""
    undecided: bool = False
    """Whether which way is up is guessed for some of the clouds; theirs have ``ups``."""
    checksum: str
    """Hex digest of everything that decides the clouds: file contents, number of points, sampling, seed, corruption."""

    def __len__(self) -> int:
        return len(self.names)

    @abstractmethod
    def __getitem__(self, index: int) -> Cloud:
        """The cloud at ``index``, y up, in the unit sphere.

        Raises:
            CloudError: this sample cannot be read; the others can. A `TransientError` where that is the moment's fault.
        """


class CloudData(ABC):
    """The ``data`` option: knows its splits and opens one of them. The constructor is the option's schema."""

    name: str
    splits: tuple[str, ...]
    split: str = "test"
    """The one that is evaluated unless another is asked for."""

    @abstractmethod
    def open(self, split: str) -> CloudDataset:
        """Open one split.

        Raises:
            DataError: no such split, or the data set is missing or damaged.
        """

    def evaluated(self) -> CloudDataset:
        """Open the split that is evaluated.

        Raises:
            DataError: as `open`, or it has no samples.
        """
        dataset = self.open(self.split)
        if len(dataset) == 0:
            raise DataError(f"{dataset.name}: the split {dataset.split!r} has no samples")
        return dataset

    def unlimited(self) -> "CloudData":
        """Return the data set without a limit to its splits; itself where it knows none."""
        return self

    def with_classes(self, classes: Sequence[str]) -> "CloudData | None":
        """Return the data set with these names to choose from, where it has none of its own; else None."""
        return None

    def open_scenes(self, split: str) -> SceneDataset:
        """Open one split as whole rooms, where the data set can be read so.

        Raises:
            DataError: no such split, or the data set is missing or damaged, or holds single objects.
        """
        raise DataError(
            f"{self.name} holds single objects, not rooms: task=detection takes data=rooms, scannet, sunrgbd or folder"
        )

    def check_split(self, split: str) -> None:
        """Refuse a split that this data set does not have."""
        if split not in self.splits:
            raise DataError(f"{self.name} has no split {split!r}: choose one of {', '.join(self.splits)}")


def single_objects(data: CloudData | SceneData) -> CloudData:
    """Return the data set, which holds single objects.

    Raises:
        DataError: it holds whole rooms.
    """
    if isinstance(data, SceneData):
        data.open(data.split)
    return data
