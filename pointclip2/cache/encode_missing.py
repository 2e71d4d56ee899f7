"""Features of a split: those that the cache has, and those that it lacks, encoded now and kept shard by shard."""

import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from pointclip2.cache.columns import Columns, Points, Vectors
from pointclip2.cache.keys import feature_key
from pointclip2.cache.store import FeatureStore, FeatureTable, Shard, cut, done_without
from pointclip2.cache.writer import ShardWriter, Skip
from pointclip2.encoders.description import described
from pointclip2.errors import CloudError, ConfigError, DataError, is_transient
from pointclip2.stopping import keeps

log = logging.getLogger(__name__)

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


class NeedsEncodingError(DataError):
    """The cache lacks samples, and nothing may be encoded."""

    def __init__(self, dataset: Any, count: int) -> None:
        super().__init__(
            f"{dataset.name}: {count} of {len(dataset)} samples of the split {dataset.split!r} would have to be encoded"
        )
        self.of = (dataset.name, dataset.split)
        self.checksum = dataset.checksum


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
        """Return the columns of a batch. A sample that turns out to be unusable becomes a skipped one, and so do all
        of a batch for which there is no memory."""
        if not batch.index:
            return {}

        def encoded() -> dict[str, Tensor]:
            with torch.no_grad():
                return self.columns.encode(self.encoder, batch.content)

        names = self.dataset.names
        made: dict[str, Tensor] | Skip = _had(encoded, names[batch.index[0]])
        if not isinstance(made, Skip):
            return made
        if len(batch.index) > 1 and not made.transient:
            raise CloudError(made.reason)
        skipped = {position: replace(made, name=names[position]) for position in batch.index}
        batch.index, batch.skipped = [], {**batch.skipped, **skipped}
        return {}

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


def encode_missing(
    dataset: Any,
    encoder: Any,
    columns: Columns | None = None,
    cache: FeatureCache | None = None,
    driver: Driver | None = None,
) -> EncodedSplit:
    """Return the features of every readable sample of a split: from the cache, or encoded now and kept.

    Args:
        dataset: has ``name``, ``split``, ``checksum``, ``names`` and a sample at every position, or a `CloudError`.
        encoder: has ``describe`` and, for its times, ``seconds``.
        columns: what is kept of its features; by default its vectors.
        cache: where they are kept; by default nowhere.
        driver: who runs the encoder; by default this process does.

    Raises:
        DataError: no sample could be read; a `NeedsEncodingError` where the cache lacks some and may not encode.
    """
    kept, cache, driver = columns or Vectors(), cache or FeatureCache(None), driver or PlainDriver()
    store = None
    size = 1 if kept.names is None else cache.shard_size
    missing = cut(range(len(dataset)), size)
    if cache.root is not None:
        data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
        key = feature_key(data, described(encoder), kept.describe(), driver.precision)
        try:
            store = FeatureStore(cache.root, key, len(dataset), kept.names)
            missing = store.missing(size)
        except OSError as error:
            store = None
            done_without(cache.root, error)
    if missing and not cache.encodes and not isinstance(kept, Points):
        raise NeedsEncodingError(dataset, sum(map(len, missing)))
    if store is not None:
        store.tell_damage()
    writer = ShardWriter(store, missing, len(dataset), ragged=kept.names is None)
    seconds: dict[str, float] = {}
    if missing:
        lacking = sum(map(len, missing))
        keeps(
            "features",
            lambda: (
                f"features of {len(dataset) - lacking + writer.stored} of {len(dataset)} samples of {dataset.name}"
            ),
        )
        try:
            seconds = _timed(
                encoder, lambda: driver(Encoding(dataset, encoder, kept, missing, cache, writer))
            )
        except BaseException:
            writer.keep_begun()
            raise
    log.info("%s: encoded %d of %d samples", dataset.name, sum(map(len, missing)), len(dataset))
    return _found(dataset, store, writer, seconds)


def _timed(encoder: Any, run: Callable[[], None]) -> dict[str, float]:
    """Run, and return the seconds of each stage; what no stage took is ``read``."""
    spent: dict[str, float] = getattr(encoder, "seconds", {})
    before, start = dict(spent), time.perf_counter()
    run()
    total = time.perf_counter() - start
    stages = {name: value - before.get(name, 0.0) for name, value in spent.items()}
    stages = {name: value for name, value in stages.items() if value > 0}
    return {"read": total - sum(stages.values()), **stages}


def _found(
    dataset: Any, store: FeatureStore | None, writer: ShardWriter, seconds: Mapping[str, float]
) -> EncodedSplit:
    kept = writer.gathered()
    found: list[tuple[range, Shard | None]] = [(rows, shard) for rows, shard in kept.items()]
    if store is not None:
        found += [(rows, None) for rows in store.shards()]
        store.drop_damaged()
    parts, reached, lacking = [], 0, len(dataset)
    for rows, shard in sorted(found, key=lambda one: (one[0].start, -one[0].stop)):
        if rows.stop > reached:
            since = max(reached, rows.start)
            parts.append(Part(rows, since, store, None if shard is None else shard.since(since)))
            reached = rows.stop
            lacking -= reached - since
    if lacking:
        raise DataError(
            f"{dataset.name}: {lacking} of {len(dataset)} samples were not encoded, for the encoding ended early: "
            "run again, without a limit to the trainer's batches"
        )
    heads = [part.read(()) for part in parts]
    index = torch.cat([head.index for head in heads]) if heads else torch.zeros(0, dtype=torch.int64)
    skipped = {name: reason for head in heads for name, reason in head.skipped.items()}
    if len(index) == 0:
        reason = next(iter(skipped.values()), "no samples")
        raise DataError(f"{dataset.name}: none of {len(dataset)} samples could be read; the first: {reason}")
    return EncodedSplit(parts, index, skipped, seconds, writer.whole)
