"""Features of a split: those that the cache has, and those that it lacks, encoded now and kept shard by shard."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch

from pointclip2.cache.columns import Columns, Points, Vectors
from pointclip2.cache.encoded import EncodedSplit, Part
from pointclip2.cache.encoding import Driver, Encoding, FeatureCache, PlainDriver
from pointclip2.cache.keys import feature_key
from pointclip2.cache.store import FeatureStore, Shard, cut, done_without
from pointclip2.cache.writer import ShardWriter
from pointclip2.encoders.description import described
from pointclip2.errors import DataError
from pointclip2.stopping import keeps

log = logging.getLogger(__name__)


class NeedsEncodingError(DataError):
    """The cache lacks samples, and nothing may be encoded."""

    def __init__(self, dataset: Any, count: int) -> None:
        super().__init__(
            f"{dataset.name}: {count} of {len(dataset)} samples of the split {dataset.split!r} would have to be encoded"
        )
        self.of = (dataset.name, dataset.split)
        self.checksum = dataset.checksum


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
