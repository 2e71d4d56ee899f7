"""Some samples of a split as a split of its own, so that only these are encoded."""

from collections.abc import Sequence

from pointclip2.data.checksum import digest_values
from pointclip2.data.dataset import CloudDataset
from pointclip2.types import Cloud


class SubsetData(CloudDataset):
    """Chosen positions of a split.

    Args:
        dataset: the whole split.
        positions: those that are kept, in this order.
        split: what the part is called: features are kept under this name.
    """

    def __init__(self, dataset: CloudDataset, positions: Sequence[int], split: str) -> None:
        self.dataset = dataset
        self.positions = tuple(positions)
        self.name = dataset.name
        self.split = split
        self.classes = dataset.classes
        self.part_names = dataset.part_names
        self.names = [dataset.names[position] for position in self.positions]
        self.labels = [dataset.labels[position] for position in self.positions]
        self.checksum = digest_values({"of": dataset.checksum, "names": self.names})

    def __getitem__(self, index: int) -> Cloud:
        return self.dataset[self.positions[index]]
