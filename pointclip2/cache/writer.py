"""Collects encoded samples until a shard is whole, then stores it; a full disk costs the cache, not the run."""

import logging
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pointclip2.cache.store import FeatureStore, Shard
from pointclip2.errors import PASSING, is_transient, one_line

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Skip:
    """A sample that could not be used."""

    name: str
    reason: str
    transient: bool
    """Whether the moment is to blame and not the file: such a failure is never stored."""

    @classmethod
    def of(cls, name: str, error: Exception) -> "Skip":
        """Return what an error says of a sample."""
        transient = is_transient(error)
        return cls(name, f"{one_line(error)} {PASSING}" if transient else str(error), transient)


class ShardWriter:
    """Takes samples of a split in any order and writes every shard as soon as its last sample has come.

    Args:
        store: where the shards go; None keeps everything in memory.
        shards: the positions of every shard that will come, in order.
        samples: length of the split.
        ragged: whether every sample has columns of its own shapes; its shards hold one sample each.
    """

    def __init__(
        self, store: FeatureStore | None, shards: Sequence[range], samples: int, ragged: bool = False
    ) -> None:
        self.store = store
        self.shards = shards
        self.samples = samples
        self.ragged = ragged
        self.kept: dict[range, Shard] = {}
        """Shards that could not be stored."""
        self.whole: dict[str, Tensor] = {}
        """Columns of the length of the split, which the rows of kept shards lie in; untouched rows take no memory."""
        self.stored = 0
        """Samples that were."""
        self._starts = [shard.start for shard in shards]
        self._waiting: dict[range, dict[int, Mapping[str, Tensor] | Skip]] = {}

    def add(self, index: Sequence[int], columns: Mapping[str, Tensor], skipped: Mapping[int, Skip]) -> None:
        """Take a batch: positions in the data set, columns with a row for each, and who could not be used."""
        columns = {name: column.cpu() for name, column in columns.items()}
        rows: dict[int, Mapping[str, Tensor] | Skip] = dict(skipped)
        for row, position in enumerate(index):
            rows[position] = (
                columns if self.ragged else {name: column[row] for name, column in columns.items()}
            )
        for position, cells in rows.items():
            shard = self.shards[bisect_right(self._starts, position) - 1]
            waiting = self._waiting.setdefault(shard, {})
            waiting[position] = cells
            if len(waiting) == len(shard):
                self._flush(shard, self._waiting.pop(shard))

    def keep_begun(self) -> None:
        """Store the beginnings of shards that will not become whole: the run ends here, another goes on behind them."""
        for shard, rows in self._waiting.items():
            stop = next((position for position in shard if position not in rows), shard.stop)
            begun = range(shard.start, stop)
            if begun and self.store is not None:
                self._flush(begun, {position: rows[position] for position in begun})

    def _flush(self, shard: range, rows: Mapping[int, Mapping[str, Tensor] | Skip]) -> None:
        good = {position: row for position, row in sorted(rows.items()) if not isinstance(row, Skip)}
        bad = [row for _, row in sorted(rows.items()) if isinstance(row, Skip)]
        index = torch.tensor(list(good), dtype=torch.int64)
        skipped = {skip.name: skip.reason for skip in bad}
        if self.store is not None and not any(skip.transient for skip in bad):
            try:
                self.store.write(shard, Shard(self._columns(list(good.values())), index, skipped))
                self.stored += len(shard)
                return
            except OSError as error:
                log.warning(
                    "features are not cached from here on (%s: %s); the run goes on, whole shards are kept",
                    self.store.folder,
                    error.strerror or error,
                )
                self.store = None
        self.kept[shard] = Shard(self._columns(list(good.values()), shard.start), index, skipped)

    def _columns(
        self, rows: Sequence[Mapping[str, Tensor]], start: int | None = None
    ) -> Mapping[str, Tensor]:
        """Put rows side by side; with ``start``, where they lie in the whole columns from there on."""
        if self.ragged or not rows:
            return rows[0] if rows else {}
        columns = {}
        for name, first in rows[0].items():
            place = None
            if start is not None:
                if name not in self.whole:
                    self.whole[name] = torch.empty(self.samples, *first.shape, dtype=first.dtype)
                place = self.whole[name][start : start + len(rows)]
            columns[name] = torch.stack([row[name] for row in rows], out=place)
        return columns

    def gathered(self) -> dict[range, Shard]:
        """Return the shards that had to stay in memory, of all processes."""
        if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
            return self.kept
        shares: list[dict[range, Shard]] = [{} for _ in range(torch.distributed.get_world_size())]
        # A row of a larger tensor would be sent with all of it.
        own = {rows: shard.alone() for rows, shard in self.kept.items()}
        torch.distributed.all_gather_object(shares, own)
        self.whole = {}
        return {shard: content for share in shares for shard, content in share.items()}
