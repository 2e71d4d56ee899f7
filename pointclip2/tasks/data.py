"""LightningDataModules: clouds of the shards that are still to be encoded, and features that are."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from lightning import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset

from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.types import Cloud, CloudError


@dataclass
class CloudBatch:
    """Clouds that could be read, and who could not be."""

    points: Float[Tensor, "batch points 3"]
    index: list[int]
    skipped: dict[int, tuple[str, str]]
    """Position in the data set: name and reason."""
    parts: Int64[Tensor, "batch points"] | None = None
    """As in `Cloud`; None where a cloud of the batch has none."""

    def to(self, device: torch.device) -> "CloudBatch":
        """On another device (Lightning moves batches that have ``to``)."""
        points = self.points.to(device, non_blocking=True)
        return CloudBatch(points, self.index, self.skipped, self.parts)

    def pin_memory(self) -> "CloudBatch":
        """In page-locked memory."""
        return CloudBatch(self.points.pin_memory(), self.index, self.skipped, self.parts)


class _Positions(Dataset[tuple[int, Cloud | CloudError]]):
    """Chosen positions of a data set; a sample that cannot be read comes as its error."""

    def __init__(self, dataset: CloudDataset, positions: Sequence[int]) -> None:
        self.dataset = dataset
        self.positions = positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, item: int) -> tuple[int, Cloud | CloudError]:
        position = self.positions[item]
        try:
            return position, self.dataset[position]
        except CloudError as error:
            return position, error


class CloudDataModule(LightningDataModule):
    """Clouds to encode, whole shards a process: nothing is padded and nothing comes twice.

    Args:
        dataset: one split.
        shards: positions of every shard that is to be encoded.
        batch_size: clouds a batch.
        num_workers: processes that read; 0 reads in this one.
    """

    def __init__(
        self,
        dataset: CloudDataset,
        shards: Sequence[Sequence[int]],
        batch_size: int = 16,
        num_workers: int = 0,
    ) -> None:
        super().__init__()
        self.dataset = dataset
        self.shards = shards
        self.batch_size = batch_size
        self.num_workers = num_workers

    def predict_dataloader(self) -> DataLoader[tuple[int, Cloud | CloudError]]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        positions = [position for shard in self.shards[rank::world] for position in shard]
        if not positions:  # more processes than shards; Lightning wants a batch from each
            return DataLoader([CloudBatch(torch.zeros(0, 1, 3), [], {})], batch_size=None)  # type: ignore[arg-type]
        return DataLoader(
            _Positions(self.dataset, positions),
            batch_size=self.batch_size,
            num_workers=self.num_workers,
            collate_fn=self._collate,
        )

    def _collate(self, samples: list[tuple[int, Cloud | CloudError]]) -> CloudBatch:
        clouds = {position: cloud for position, cloud in samples if isinstance(cloud, Cloud)}
        skipped = {
            position: (self.dataset.names[position], str(error))
            for position, error in samples
            if isinstance(error, CloudError)
        }
        points = torch.stack([cloud.points for cloud in clouds.values()]) if clouds else torch.zeros(0, 1, 3)
        known = [cloud.parts for cloud in clouds.values() if cloud.parts is not None]
        parts = torch.stack(known) if known and len(known) == len(clouds) else None
        return CloudBatch(points, list(clouds), skipped, parts)


class FeatureDataModule(LightningDataModule):
    """Cached features with labels, shared out among processes without padding.

    Args:
        table: features of the readable samples.
        labels: of all samples of the split, -1 where unknown.
        batch_size: shapes a batch.
    """

    def __init__(self, table: FeatureTable, labels: Sequence[int], batch_size: int = 1024) -> None:
        super().__init__()
        self.table = table
        self.labels: Int64[Tensor, " samples"] = torch.tensor(list(labels), dtype=torch.int64)[table.index]
        self.batch_size = batch_size

    def test_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        share = slice(rank, None, world)
        columns = (self.table.features[share], self.labels[share], self.table.index[share])
        if len(columns[0]) == 0:  # more processes than samples; Lightning wants a batch from each
            return DataLoader([columns], batch_size=None)  # type: ignore[arg-type]
        return DataLoader(TensorDataset(*columns), batch_size=self.batch_size)
