"""What every protocol needs of a run: its options, clock, trainer, backbone, and features that are encoded once."""

import hashlib
import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from lightning import Trainer
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build
from pointclip2.cache import FeatureStore, FeatureTable, feature_key
from pointclip2.cache.store import Shard, join
from pointclip2.cache.text import cached_text
from pointclip2.cache.writer import ShardWriter
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.show.dashboards import open_loggers
from pointclip2.show.exhibit import ConfusionCounts
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.data import CloudDataModule
from pointclip2.tasks.encode import CloudEncoder, EncodeTask, WriteShards
from pointclip2.text import PromptSet, encode_prompts, encode_sentences
from pointclip2.types import ConfigError, DataError

log = logging.getLogger(__name__)


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, added to the stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def report(self) -> dict[str, float]:
        """All stages and the total."""
        return {**self.seconds, "total": time.perf_counter() - self.start}


@dataclass
class Finding:
    """What a protocol found out, before it is recorded."""

    metrics: dict[str, float]
    """Fractions by name, as in ``results.json``; empty where nothing was labelled."""
    record: dict[str, Any]
    """Where the numbers come from; ``results.json`` is this with metrics, seconds and the environment."""
    title: str
    """Of the table in the console."""
    rows: list[tuple[str, str]]
    """Of the table: what, and how much."""
    sentence: str
    """One honest sentence about what was measured."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Samples that could not be read, and why."""
    predictions: Any = None
    """What was predicted, for callers in Python."""
    gallery: list[GalleryItem] = field(default_factory=list)
    """Samples to look at, for the report and the dashboards; as many as ``pictures`` says."""
    confusion: ConfusionCounts | None = None
    """What was called what, where that is a question of the task."""
    loggers: list[Any] = field(default_factory=list)
    """Lightning's, still open: the dashboards' media go there."""


class TaskProtocol(Protocol):
    """The ``task`` option: how an evaluation goes from data to figures. The constructor is the option's schema."""

    name: str
    objective: str
    """The metric that a run is judged by where ``objective`` names none."""

    def run(self, job: "Job") -> Finding:
        """Evaluate, leave files in ``job.run_dir``, and say what was found.

        Raises:
            UserError: with one line that says what is wrong and what to do.
        """
        ...


@dataclass
class Job:
    """One run in progress."""

    cfg: DictConfig
    run_dir: Path
    watch: Stopwatch = field(default_factory=Stopwatch)

    def backbone(self) -> OpenClipBackbone:
        """The frozen backbone. It has no state, so the jobs of a sweep in one process share it."""
        node = self.cfg.backbone
        if not sweeping():  # in a notebook the weights file may change between two calls
            model: OpenClipBackbone = build(node)
            return model
        key = OmegaConf.to_yaml(node, resolve=True)
        if key not in _BACKBONES:
            _BACKBONES.clear()  # one at a time: a large one fills a GPU
            _BACKBONES[key] = build(node)
        return _BACKBONES[key]

    def text(self, backbone: OpenClipBackbone, prompts: PromptSet) -> torch.Tensor:
        """Class features (classes, dim) of the prompts, from the cache or encoded now."""

        def encode() -> torch.Tensor:
            # On the trainer's device: thousands of sentences through a large model, and fp16 runs nowhere else.
            backbone.to(self.trainer(progress=False, loggers=False).strategy.root_device)
            return encode_prompts(backbone, prompts).cpu()

        if not self.cfg.features.cache:
            return encode()
        key = {**backbone.describe(), "prompt": prompts.hash}
        return cached_text(Path(self.cfg.paths.features), key, encode)

    def sentences(self, backbone: OpenClipBackbone, prompts: PromptSet) -> list[torch.Tensor]:
        """Unit vectors (sentences, dim) of every sentence of every class, from the cache or encoded now."""
        texts = [text for own in prompts.sentences.values() for text in own]

        def encode() -> torch.Tensor:
            backbone.to(self.trainer(progress=False, loggers=False).strategy.root_device)
            return encode_sentences(backbone, texts).cpu()

        key = {**backbone.describe(), "sentences": hashlib.sha256(json.dumps(texts).encode()).hexdigest()}
        rows = (
            cached_text(Path(self.cfg.paths.features), key, encode) if self.cfg.features.cache else encode()
        )
        return list(rows.split([len(own) for own in prompts.sentences.values()]))

    def features(self, dataset: CloudDataset, pipeline: ClassifyPipeline) -> FeatureTable:
        """Features of every readable sample: from the cache, or encoded now and cached shard by shard."""
        data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
        key = feature_key(data, plain(self.cfg.projector), pipeline.backbone.describe())
        return self.encoded(dataset, key, EncodeTask(pipeline))

    def encoded(self, dataset: CloudDataset, key: Mapping[str, Any], encoder: CloudEncoder) -> FeatureTable:
        """What an encoder makes of every readable sample, kept under ``key``; see `features`."""
        cfg, watch = self.cfg, self.watch
        store = None
        size = cfg.features.shard_size
        shards = [list(range(len(dataset))[start : start + size]) for start in range(0, len(dataset), size)]
        if cfg.features.cache:
            store = FeatureStore(Path(cfg.paths.features), key, len(dataset), size)
            shards = [list(store.rows(shard)) for shard in store.missing()]
        writer = ShardWriter(store, len(dataset), size)
        if shards:
            with watch.stage("read"):
                modules = CloudDataModule(dataset, shards, cfg.features.batch_size, cfg.features.num_workers)
                trainer = self.trainer(progress=True, loggers=False, extra=[WriteShards(writer)])
                trainer.predict(encoder, modules, return_predictions=False)
                trainer.strategy.barrier()
            for stage, seconds in encoder.seconds.items():
                watch.seconds[stage] = watch.seconds.get(stage, 0.0) + seconds
                watch.seconds["read"] -= seconds
        log.info("%s: encoded %d of %d samples", dataset.name, sum(map(len, shards)), len(dataset))
        table = collected(store, writer)
        if len(table.index) == 0:
            reason = next(iter(table.skipped.values()), "no samples")
            raise DataError(
                f"{dataset.name}: none of {len(dataset)} samples could be read; the first: {reason}"
            )
        return table

    def trainer(
        self, progress: bool, loggers: bool, extra: list[Any] | None = None, **options: Any
    ) -> Trainer:
        """A trainer from the options, those of ``trainer`` and more; only encoding shows a bar, only testing logs."""
        cfg = self.cfg
        callbacks = [build(node) for node in cfg.callbacks.values()] if progress else []
        made = open_loggers(cfg, "evaluate") if loggers else []
        node = OmegaConf.merge(cfg.trainer, {"enable_progress_bar": progress and bool(callbacks)})
        assert isinstance(node, DictConfig)
        try:
            trainer: Trainer = build(
                node,
                logger=made or False,
                callbacks=callbacks + (extra or []),
                default_root_dir=cfg.run_dir,
                **options,
            )
        except InstantiationException as error:  # no such device, an unknown strategy
            raise ConfigError(f"trainer: {' '.join(str(error.__cause__ or error).split())}") from error
        return trainer


_BACKBONES: dict[str, OpenClipBackbone] = {}


def sweeping() -> bool:
    """Whether this is a job of a multirun."""
    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def collected(store: FeatureStore | None, writer: ShardWriter) -> FeatureTable:
    """What is on disk and what had to stay in memory, in the order of the data set."""
    kept = kept_shards(writer)
    stored = (
        []
        if store is None
        else [store.read_shard(shard) for shard in range(store.shards) if shard not in kept]
    )
    return join([*map(FeatureTable.of, kept.values()), *stored])


def kept_shards(writer: ShardWriter) -> dict[int, Shard]:
    """What had to stay in memory, of all processes."""
    kept = writer.kept_shards
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        shares: list[dict[int, Shard]] = [{} for _ in range(torch.distributed.get_world_size())]
        torch.distributed.all_gather_object(shares, kept)
        kept = {shard: content for share in shares for shard, content in share.items()}
    return kept


def plain(node: DictConfig) -> dict[str, Any]:
    """A part of the configuration as plain data."""
    content = OmegaConf.to_container(node, resolve=True)
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}
