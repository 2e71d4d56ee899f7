"""Cached dense features of a split, a shard at a time: a split need not fit into memory."""

from collections.abc import Mapping, Sequence

import torch
from lightning import LightningDataModule
from torch.utils.data import DataLoader, Dataset

from pointclip2.cache.store import FeatureStore, Shard


class _Shards(Dataset[Shard]):
    def __init__(self, store: FeatureStore | None, kept: Mapping[int, Shard], numbers: Sequence[int]) -> None:
        self.store = store
        self.kept = kept
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, item: int) -> Shard:
        number = self.numbers[item]
        if number in self.kept:
            return self.kept[number]
        assert self.store is not None
        return self.store.read_columns(number)


class ShardDataModule(LightningDataModule):
    """Whole shards, shared out among processes: nothing is padded and nothing comes twice.

    Args:
        store: where shards lie; None where all are kept.
        kept: those that had to stay in memory.
        shards: how many there are.
    """

    def __init__(self, store: FeatureStore | None, kept: Mapping[int, Shard], shards: int) -> None:
        super().__init__()
        self.store = store
        self.kept = kept
        self.shards = shards

    def all_shards(self) -> Dataset[Shard]:
        """Every shard, for callers outside a trainer."""
        return _Shards(self.store, self.kept, range(self.shards))

    def test_dataloader(self) -> DataLoader[Shard]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        numbers = range(self.shards)[rank::world]
        if not numbers:  # more processes than shards; Lightning wants a batch from each
            empty = [Shard({}, torch.zeros(0, dtype=torch.int64), {})]
            return DataLoader(empty, batch_size=None)  # type: ignore[arg-type]
        return DataLoader(_Shards(self.store, self.kept, numbers), batch_size=None)

    def transfer_batch_to_device(self, batch: Shard, device: torch.device, dataloader_idx: int) -> Shard:
        """Stays where it is: packed features are moved in chunks, as they are unpacked."""
        return batch
