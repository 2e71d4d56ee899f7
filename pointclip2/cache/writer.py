"""Collects encoded samples until a shard is whole, then stores it; a full disk costs the cache, not the run."""

import logging
from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.cache.store import FeatureStore, FeatureTable, Shard

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
        self._waiting: dict[int, dict[int, Mapping[str, Tensor] | tuple[str, str]]] = {}
        self.kept_shards: dict[int, Shard] = {}
        """Shards that could not be stored."""

    @property
    def kept(self) -> dict[int, FeatureTable]:
        """Shards that could not be stored, where their one column is ``features``."""
        return {shard: FeatureTable.of(content) for shard, content in self.kept_shards.items()}

    def add(
        self,
        index: list[int],
        features: Float[Tensor, "samples views dim"] | Mapping[str, Tensor],
        skipped: Mapping[int, tuple[str, str]],
    ) -> None:
        """Take a batch with positions in the data set, and (name, reason) of unreadable samples.

        ``features`` is the one column of that name, or a mapping of columns, all with one row a sample.
        """
        columns = features if isinstance(features, Mapping) else {"features": features}
        columns = {name: column.cpu() for name, column in columns.items()}
        for row, position in enumerate(index):
            cells = {name: column[row] for name, column in columns.items()}
            self._waiting.setdefault(position // self.shard_size, {})[position] = cells
        for position, reason in skipped.items():
            self._waiting.setdefault(position // self.shard_size, {})[position] = reason
        for shard in [shard for shard, rows in self._waiting.items() if len(rows) == self._length(shard)]:
            self._flush(shard, self._waiting.pop(shard))

    def _length(self, shard: int) -> int:
        return min((shard + 1) * self.shard_size, self.samples) - shard * self.shard_size

    def _flush(self, shard: int, rows: dict[int, Mapping[str, Tensor] | tuple[str, str]]) -> None:
        good = {position: row for position, row in sorted(rows.items()) if isinstance(row, Mapping)}
        skipped = {row[0]: row[1] for row in rows.values() if not isinstance(row, Mapping)}
        first: Mapping[str, Tensor] = next(iter(good.values()), {"features": torch.zeros(0, 0)})
        columns = {
            name: torch.stack([row[name] for row in good.values()]) if good else torch.zeros(0, *cell.shape)
            for name, cell in first.items()
        }
        content = Shard(columns, torch.tensor(list(good), dtype=torch.int64), skipped)
        if self.store is not None:
            try:
                self.store.write_shard(shard, content)
            except OSError as error:
                log.warning(
                    "features are not cached from here on (%s: %s); the run goes on, whole shards are kept",
                    self.store.folder,
                    error.strerror or error,
                )
                self.store = None
            else:
                return
        self.kept_shards[shard] = content
