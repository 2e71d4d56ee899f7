"""What is still to be encoded of a split, batch by batch; a sample that cannot be had is a skipped one."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from pointclip2.cache.columns import Columns
from pointclip2.cache.writer import ShardWriter, Skip
from pointclip2.errors import CloudError, ConfigError, is_transient

PAUSE_S = 0.05
"""Before a sample is tried again that could not be had."""


@dataclass(frozen=True)
class FeatureCache:
    """Where features are kept, and how they are read and encoded.

    Args:
        root: folder of all stores; None keeps everything in memory.
        shard_size: samples a file: what a kill can cost at most.
        batch_size: samples that are encoded at once.
        num_workers: processes that read; 0 reads in this one.

    Raises:
        ConfigError: a size below 1, or a negative number of processes.
    """

    root: Path | None
    shard_size: int = 64
    batch_size: int = 16
    num_workers: int = 0
    encodes: bool = True
    """False refuses to encode what is not there."""

    def __post_init__(self) -> None:
        for option, least in (("shard_size", 1), ("batch_size", 1), ("num_workers", 0)):
            if getattr(self, option) < least:
                raise ConfigError(f"features.{option}={getattr(self, option)} must be {least} or more")


@dataclass
class SampleBatch:
    """Samples that could be read, side by side, and who could not be."""

    content: Any
    """What the columns' ``collate`` made of the samples."""
    index: list[int]
    skipped: dict[int, Skip]

    def to(self, device: torch.device) -> "SampleBatch":
        """Return the batch on another device, where its content can go there."""
        moved = self.content.to(device) if hasattr(self.content, "to") else self.content
        return SampleBatch(moved, self.index, self.skipped)

    def pin_memory(self) -> "SampleBatch":
        """Return the batch in page-locked memory, likewise."""
        pinned = self.content.pin_memory() if hasattr(self.content, "pin_memory") else self.content
        return SampleBatch(pinned, self.index, self.skipped)


class _Batches(Dataset[list[tuple[int, Any]]]):
    """Chosen positions of a data set, batch by batch; a sample that cannot be read comes as a `Skip`."""

    def __init__(self, dataset: Any, batches: Sequence[Sequence[int]]) -> None:
        self.dataset = dataset
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, item: int) -> list[tuple[int, Any]]:
        return [self._sample(position) for position in self.batches[item]]

    def _sample(self, position: int) -> tuple[int, Any]:
        return position, _had(lambda: self.dataset[position], self.dataset.names[position])


def _had(get: Callable[[], Any], name: str) -> Any:
    """Return what can be had of a sample, or else a `Skip`; what may have been the moment's fault is tried again."""
    try:
        return get()
    except Exception as error:
        if not is_transient(error):
            if isinstance(error, CloudError):
                return Skip.of(name, error)
            raise
    gc.collect()
    time.sleep(PAUSE_S)
    try:
        return get()
    except Exception as error:
        if isinstance(error, CloudError) or is_transient(error):
            return Skip.of(name, error)
        raise


@dataclass(frozen=True)
class _Collate:
    """Puts samples side by side; all that a process that reads is given beside the data set."""

    columns: Columns

    def __call__(self, samples: list[tuple[int, Any]]) -> SampleBatch:
        good = {position: sample for position, sample in samples if not isinstance(sample, Skip)}
        skipped = {position: sample for position, sample in samples if isinstance(sample, Skip)}
        return SampleBatch(self.columns.collate(list(good.values())) if good else None, list(good), skipped)


@dataclass
class Encoding:
    """What is still to be encoded of a split: a driver takes its batches, encodes them and hands them back."""

    dataset: Any
    encoder: Any
    columns: Columns
    shards: Sequence[range]
    cache: FeatureCache
    writer: ShardWriter

    def batches(self, rank: int = 0, world: int = 1) -> DataLoader[SampleBatch]:
        """Return one process's share: whole shards, nothing padded, nothing twice, and at least one batch.

        A batch ends where its shard does, so that the same samples go together whatever the number of processes: what
        stands beside a sample can change the last digit of its features.
        """
        size = 1 if self.columns.names is None else self.cache.batch_size
        batches = [
            list(shard[start : start + size])
            for shard in self.shards[rank::world]
            for start in range(0, len(shard), size)
        ]
        if not batches:  # more processes than shards; whoever drives wants a batch from each
            return DataLoader([SampleBatch(None, [], {})], batch_size=None)  # type: ignore[arg-type]
        return DataLoader(
            _Batches(self.dataset, batches),  # type: ignore[arg-type]
            batch_size=None,
            num_workers=self.cache.num_workers,
            collate_fn=_Collate(self.columns),
        )

    def encode(self, batch: SampleBatch) -> dict[str, Tensor]:
        """Return the columns of a batch.

        Where a sample turns out to be unusable, each is encoded alone, and that one is skipped. All of a batch for
        which there is no memory are.
        """
        if not batch.index:
            return {}
        names = self.dataset.names
        made = self._encoded(batch.content, names[batch.index[0]])
        if not isinstance(made, Skip):
            return made
        skipped = {position: replace(made, name=names[position]) for position in batch.index}
        alone: list[dict[str, Tensor]] = []
        if len(batch.index) > 1 and not made.transient:
            for row, position in enumerate(batch.index):
                one = self._encoded(batch.content[row : row + 1], names[position])
                if isinstance(one, Skip):
                    skipped[position] = one
                else:
                    alone.append(one)
                    del skipped[position]
        batch.index = [position for position in batch.index if position not in skipped]
        batch.skipped = {**batch.skipped, **skipped}
        return {name: torch.cat([one[name] for one in alone]) for name in alone[0]} if alone else {}

    def _encoded(self, content: Any, name: str) -> dict[str, Tensor] | Skip:
        def encoded() -> dict[str, Tensor]:
            with torch.no_grad():
                return self.columns.encode(self.encoder, content)

        found: dict[str, Tensor] | Skip = _had(encoded, name)
        return found

    def take(self, batch: SampleBatch, columns: Mapping[str, Tensor]) -> None:
        """Keep what was made of a batch; a sample whose features are not finite is a skipped one."""
        finite = torch.ones(len(batch.index), dtype=torch.bool)
        for column in columns.values():
            if column.is_floating_point():
                good = column.isfinite()
                finite &= good.all() if self.columns.names is None else good.flatten(1).all(dim=1).cpu()
        odd = [position for position, good in zip(batch.index, finite.tolist(), strict=True) if not good]
        if odd:
            reason = "its features are not finite numbers: the precision, or the encoder, is at fault"
            skipped = {position: Skip(self.dataset.names[position], reason, False) for position in odd}
            batch.skipped = {**batch.skipped, **skipped}
            batch.index = [position for position in batch.index if position not in skipped]
            columns = (
                {name: column[finite.to(column.device)] for name, column in columns.items()}
                if batch.index
                else {}
            )
        self.writer.add(batch.index, columns, batch.skipped)


class Driver(Protocol):
    """Runs an encoding on some device, in one process or in several."""

    @property
    def precision(self) -> str:
        """The precision that really runs, as Lightning names it."""
        ...

    def __call__(self, work: Encoding) -> None:
        """Hand every batch of ``work.batches`` through ``work.encode`` to ``work.take``; return when all have."""
        ...


class PlainDriver:
    """Encodes in this process, where the encoder is."""

    precision = "32-true"

    def __call__(self, work: Encoding) -> None:
        """Encode batch after batch."""
        for batch in work.batches():
            work.take(batch, work.encode(batch))
