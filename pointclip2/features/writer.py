"""Collects encoded samples until a shard is whole, then stores it; a full disk costs the cache, not the run."""

import logging
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.features.store import FeatureStore, FeatureTable

log = logging.getLogger(__name__)


class ShardWriter:
    """Takes samples of a split in any order and writes every shard as soon as its last sample has come.

    Args:
        store: where the shards go; None keeps everything in memory.
        samples: length of the split.
        shard_size: samples a shard where there is no store.
    """

    def __init__(self, store: FeatureStore | None, samples: int, shard_size: int = 64) -> None:
        self.store = store
        self.shard_size = store.shard_size if store else shard_size
        self.samples = samples
        self._waiting: dict[int, dict[int, Tensor | tuple[str, str]]] = {}
        self.kept: dict[int, FeatureTable] = {}
        """Shards that could not be stored."""

    def add(
        self,
        index: list[int],
        features: Float[Tensor, "samples views dim"],
        skipped: Mapping[int, tuple[str, str]],
    ) -> None:
        """Take a batch: features with their positions in the data set, and (name, reason) of unreadable samples."""
        for position, row in zip(index, features.cpu(), strict=True):
            self._waiting.setdefault(position // self.shard_size, {})[position] = row
        for position, reason in skipped.items():
            self._waiting.setdefault(position // self.shard_size, {})[position] = reason
        for shard in [shard for shard, rows in self._waiting.items() if len(rows) == self._length(shard)]:
            self._flush(shard, self._waiting.pop(shard))

    def _length(self, shard: int) -> int:
        return min((shard + 1) * self.shard_size, self.samples) - shard * self.shard_size

    def _flush(self, shard: int, rows: dict[int, Tensor | tuple[str, str]]) -> None:
        good = sorted((position, row) for position, row in rows.items() if isinstance(row, Tensor))
        skipped = {row[0]: row[1] for row in rows.values() if not isinstance(row, Tensor)}
        features = torch.stack([row for _, row in good]) if good else torch.zeros(0, 0, 0)
        index = torch.tensor([position for position, _ in good], dtype=torch.int64)
        if self.store is not None:
            try:
                self.store.write(shard, features, index, skipped)
            except OSError as error:
                log.warning(
                    "features are not cached from here on (%s: %s); the run goes on, whole shards are kept",
                    self.store.folder,
                    error.strerror or error,
                )
                self.store = None
            else:
                return
        self.kept[shard] = FeatureTable(features, index, skipped)
