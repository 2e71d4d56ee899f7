"""Dense features of a split: from the cache, or encoded now and cached shard by shard."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Int64
from torch import Tensor

from pointclip2.cache import FeatureStore, feature_key
from pointclip2.cache.dense import COLUMNS, bytes_per_shape, dense_key
from pointclip2.cache.store import Shard
from pointclip2.cache.writer import ShardWriter
from pointclip2.data.dataset import CloudDataset
from pointclip2.tasks.data import CloudDataModule
from pointclip2.tasks.encode import DenseEncodeTask, WriteShards
from pointclip2.tasks.parts.pipeline import SegmentPipeline
from pointclip2.tasks.run_parts import Job, kept_shards, plain
from pointclip2.tasks.shards import ShardDataModule
from pointclip2.types import DataError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DenseSplit:
    """The dense features of a split, wherever they lie."""

    modules: ShardDataModule
    index: Int64[Tensor, " samples"]
    """Positions in the data set of the samples that could be read, in order."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""
    shape_bytes: int
    """What a shape takes in the cache."""


def dense_split(job: Job, dataset: CloudDataset, pipeline: SegmentPipeline, bits: int) -> DenseSplit:
    """Encode what the cache lacks. Without a cache packed features stay in memory, a megabyte a shape at the most.

    Raises:
        DataError: no sample could be read.
    """
    cfg, watch = job.cfg, job.watch
    size = cfg.features.shard_size
    count = -(-len(dataset) // size)
    missing = [list(range(len(dataset))[start : start + size]) for start in range(0, len(dataset), size)]
    store = None
    if cfg.features.cache:
        data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
        key = feature_key(data, plain(cfg.projector), pipeline.backbone.describe())
        key = dense_key(key, pipeline.dense.describe(), bits)
        store = FeatureStore(Path(cfg.paths.features), key, len(dataset), size, COLUMNS)
        missing = [list(store.rows(shard)) for shard in store.missing()]
    writer = ShardWriter(store, len(dataset), size)
    if missing:
        with watch.stage("read"):
            encoder = DenseEncodeTask(pipeline, bits)
            clouds = CloudDataModule(dataset, missing, cfg.features.batch_size, cfg.features.num_workers)
            trainer = job.trainer(progress=True, loggers=False, extra=[WriteShards(writer)])
            trainer.predict(encoder, clouds, return_predictions=False)
            trainer.strategy.barrier()
        for stage, seconds in encoder.seconds.items():
            watch.seconds[stage] = watch.seconds.get(stage, 0.0) + seconds
            watch.seconds["read"] -= seconds
    log.info("%s: encoded %d of %d samples", dataset.name, sum(map(len, missing)), len(dataset))
    return _found(dataset, store, kept_shards(writer), count)


def _found(
    dataset: CloudDataset, store: FeatureStore | None, kept: Mapping[int, Shard], count: int
) -> DenseSplit:
    heads = []
    for shard in range(count):
        if shard in kept:
            heads.append(kept[shard])
        else:
            assert store is not None
            heads.append(store.read_index(shard))
    index = torch.cat([head.index for head in heads])
    skipped = {name: reason for head in heads for name, reason in head.skipped.items()}
    if len(index) == 0:
        reason = next(iter(skipped.values()), "no samples")
        raise DataError(f"{dataset.name}: none of {len(dataset)} samples could be read; the first: {reason}")
    modules = ShardDataModule(store, kept, count)
    first = next(shard for shard, head in enumerate(heads) if len(head.index))
    content = kept[first] if first in kept else store.read_columns(first) if store else heads[first]
    return DenseSplit(modules, index, skipped, bytes_per_shape(content.columns))
