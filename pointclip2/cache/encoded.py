"""The features of a split once all of them are there, read shard by shard or as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.utils.data import Dataset

from pointclip2.cache.store import FeatureStore, FeatureTable, Shard


@dataclass
class EncodedSplit:
    """The features of a split, wherever they lie, in shards that are read one at a time."""

    parts: Sequence["Part"]
    index: Int64[Tensor, " samples"]
    """Positions in the data set of the samples that could be read, in order."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Where the time went: ``read``, and the stages of the encoder."""
    whole: Mapping[str, Tensor] = field(default_factory=dict)
    """Columns of the length of the split that hold what had to stay in memory."""

    def shards(self) -> "Shards":
        """Return a data set of the shards."""
        return Shards(self.parts)

    def table(self, column: str = "features") -> Tensor:
        """Return a whole column, a row a sample; it never needs much more memory than its own size."""
        full = self.whole.get(column)
        reached = 0
        for part in self.parts:
            rows = part.read((column,)).columns[column]
            if not len(rows):
                continue
            if full is None:
                full = torch.empty(len(self.index), *rows.shape[1:], dtype=rows.dtype)
            place = full[reached : reached + len(rows)]
            if place.data_ptr() != rows.data_ptr():
                # Rows may lie in the same memory a little farther on.
                place.copy_(rows.clone() if column in self.whole else rows)
                part.moved(column, place)
            reached += len(rows)
        return torch.zeros(0, 0, 0) if full is None else full[:reached]

    def loaded(self) -> FeatureTable:
        """Return the vectors of the whole split, with who they are of."""
        return FeatureTable(self.table(), self.index, self.skipped)

    def sample_bytes(self) -> int:
        """Return what a sample takes in the cache."""
        for part in self.parts:
            shard = part.read()
            if len(shard.index):
                columns = shard.columns.values()
                return sum(column[0].numel() * column.element_size() for column in columns)
        return 0


@dataclass(frozen=True)
class Part:
    """A shard of a split: on disk, or in memory where it could not be stored."""

    rows: range
    since: int
    """Positions before it lie in the part before."""
    store: FeatureStore | None
    kept: Shard | None

    def read(self, columns: Sequence[str] | None = None) -> Shard:
        """Return the shard with all its columns, or those asked for.

        Raises:
            DataError: it is missing or damaged.
        """
        if self.kept is not None:
            own = self.kept.columns
            wanted = own if columns is None else {name: own.get(name, torch.zeros(0)) for name in columns}
            return Shard(wanted, self.kept.index, self.kept.skipped)
        assert self.store is not None
        return self.store.read(self.rows, columns).since(self.since)

    def moved(self, column: str, place: Tensor) -> None:
        """Note that a column in memory lies elsewhere now."""
        if self.kept is not None:
            object.__setattr__(self.kept, "columns", {**self.kept.columns, column: place})


class Shards(Dataset[Shard]):
    """Some shards of a split, read when they are asked for."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, item: int) -> Shard:
        return self.parts[item].read()
