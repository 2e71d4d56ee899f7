"""Runs a composed configuration: data, features, test, records."""

import logging
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from lightning import Trainer, seed_everything
from lightning.pytorch.loggers import WandbLogger
from omegaconf import DictConfig, OmegaConf, open_dict

from pointclip2.backbones import OpenClipBackbone
from pointclip2.config import build
from pointclip2.console import quiet_lightning
from pointclip2.dashboards import close_wandb, log_run
from pointclip2.data.dataset import CloudDataset
from pointclip2.features import FeatureStore, FeatureTable, feature_key
from pointclip2.features.store import join
from pointclip2.features.text import cached_text
from pointclip2.features.writer import ShardWriter
from pointclip2.pipelines import ClassifyPipeline
from pointclip2.prompts import PromptSet, encode_prompts
from pointclip2.records import FAILED, RESULTS, environment, note_failure, write_results
from pointclip2.report import draw, facts, print_tables
from pointclip2.tasks.classification import ClassificationTask, Predictions
from pointclip2.tasks.data import CloudDataModule, FeatureDataModule
from pointclip2.tasks.encode import EncodeTask, WriteShards
from pointclip2.types import ConfigError, DataError, UserError

log = logging.getLogger(__name__)


@dataclass
class Result:
    """What a run found."""

    metrics: dict[str, float]
    """Fractions by name, as in ``results.json``."""
    objective: float
    """The metric that ``objective`` names; NaN where no sample has a label."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""
    run_dir: Path
    predictions: Predictions
    seconds: dict[str, float] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Outcome:
    """What a command reports to its caller."""

    objective: float
    status: int
    """0, or 1 for a failure, or 3 where samples were skipped."""


def run_job(cfg: DictConfig) -> Outcome:
    """`evaluate` as a command.

    A mistake of the user's is one line. In a sweep a failed job leaves a ``FAILED`` note and the others go on.
    Loggers are closed whatever happens, so that jobs that share a process stay apart.
    """
    sweeping = _sweeping()
    try:
        result = evaluate(cfg)
        return Outcome(result.objective, 3 if result.skipped else 0)
    except UserError as error:
        log.error("%s", error)
        if not sweeping:
            raise SystemExit(1) from None
        note_failure(_job_dir(), error)
    except Exception as error:
        if not sweeping:
            raise
        log.exception("job failed")
        note_failure(_job_dir(), error)
    finally:
        close_wandb()
    return Outcome(math.nan, 1)


def _sweeping() -> bool:
    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def _job_dir() -> Path:
    return Path(HydraConfig.get().runtime.output_dir)


def evaluate(cfg: DictConfig) -> Result:
    """Evaluate a composed configuration and record the result.

    Raises:
        UserError: with one line that says what is wrong and what to do.
    """
    with quiet_lightning():
        return _evaluate(cfg)


def _evaluate(cfg: DictConfig) -> Result:
    watch = Stopwatch()
    cfg = _placed(cfg)
    run_dir = Path(cfg.run_dir)
    seed_everything(cfg.seed, workers=True, verbose=False)
    with watch.stage("load"):
        dataset = build(cfg.data).open(cfg.data.split)
        if len(dataset) == 0:
            raise DataError(f"{dataset.name}: the split {dataset.split!r} has no samples")
        backbone = _backbone(cfg.backbone)
        projector = build(cfg.projector)
        pipeline = ClassifyPipeline(projector, backbone)
        prompts: PromptSet = build(cfg.prompt)(dataset.classes)
    with watch.stage("text"):
        pipeline.text = _text(cfg, backbone, prompts)
    views: int = projector.rig.views
    pipeline.weights = build(cfg.view_weights).resolve(dataset.name, backbone.id, views)

    table = _features(cfg, dataset, pipeline, watch)
    task: ClassificationTask = build(cfg.task, pipeline=pipeline, classes=tuple(dataset.classes))
    with watch.stage("fuse"):
        trainer = _trainer(cfg, progress=False, loggers=True)
        trainer.test(task, FeatureDataModule(table, dataset.labels), verbose=False)
    assert task.predictions is not None

    result = Result(
        task.results, _objective(cfg, task.results), table.skipped, run_dir, task.predictions, watch.seconds
    )
    if trainer.is_global_zero:
        with watch.stage("draw"):
            record = facts(cfg, dataset, pipeline, prompts, table)
            record["metrics"] = task.results
            draw(
                run_dir,
                record,
                dataset,
                pipeline,
                task.predictions,
                task.metrics.confusion.cpu(),
                cfg.pictures,
            )
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                log_run(logger, record, run_dir)
        result.seconds = watch.report()
        record["seconds"] = {stage: round(seconds, 3) for stage, seconds in result.seconds.items()}
        record.update(environment())
        path = write_results(run_dir, record)
        print_tables(record)
        print(f"results: {path}")
    return result


def _placed(cfg: DictConfig) -> DictConfig:
    """The configuration with its run directory and sweep group filled in."""
    cfg = cfg.copy()
    with open_dict(cfg):
        if HydraConfig.initialized():
            hydra = HydraConfig.get()
            cfg.run_dir = cfg.run_dir or hydra.runtime.output_dir
            if cfg.group is None and _sweeping():
                cfg.group = Path(hydra.sweep.dir).name
        if cfg.run_dir is None:
            cfg.run_dir = str(Path(cfg.paths.outputs) / "runs" / f"{datetime.now():%Y-%m-%d_%H-%M-%S-%f}")
        cfg.pop("hydra", None)
    run_dir = Path(cfg.run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    # Of an earlier run in the same folder: what is there at the end must be this run's.
    for name in (RESULTS, FAILED):
        (run_dir / name).unlink(missing_ok=True)
    return cfg


_BACKBONES: dict[str, OpenClipBackbone] = {}


def _backbone(node: DictConfig) -> OpenClipBackbone:
    """A frozen backbone has no state, so the jobs of a sweep in one process share it."""
    if not _sweeping():  # in a notebook the weights file may change between two calls
        return build(node)
    key = OmegaConf.to_yaml(node, resolve=True)
    if key not in _BACKBONES:
        _BACKBONES.clear()  # one at a time: a large one fills a GPU
        _BACKBONES[key] = build(node)
    return _BACKBONES[key]


def _text(cfg: DictConfig, backbone: OpenClipBackbone, prompts: PromptSet) -> torch.Tensor:
    def encode() -> torch.Tensor:
        # On the trainer's device: thousands of sentences through a large model, and fp16 runs nowhere else.
        backbone.to(_trainer(cfg, progress=False, loggers=False).strategy.root_device)
        return encode_prompts(backbone, prompts).cpu()

    if not cfg.features.cache:
        return encode()
    key = {**backbone.describe(), "prompt": prompts.hash}
    return cached_text(Path(cfg.paths.features), key, encode)


def _features(
    cfg: DictConfig, dataset: CloudDataset, pipeline: ClassifyPipeline, watch: Stopwatch
) -> FeatureTable:
    """Features of every readable sample: from the cache, or encoded now and cached shard by shard."""
    store = None
    size = cfg.features.shard_size
    shards = [list(range(len(dataset))[start : start + size]) for start in range(0, len(dataset), size)]
    if cfg.features.cache:
        data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
        key = feature_key(data, _plain(cfg.projector), pipeline.backbone.describe())
        store = FeatureStore(Path(cfg.paths.features), key, len(dataset), size)
        shards = [list(store.rows(shard)) for shard in store.missing()]
    writer = ShardWriter(store, len(dataset), size)
    if shards:
        with watch.stage("read"):
            encoder = EncodeTask(pipeline)
            modules = CloudDataModule(dataset, shards, cfg.features.batch_size, cfg.features.num_workers)
            trainer = _trainer(cfg, progress=True, loggers=False, extra=[WriteShards(writer)])
            trainer.predict(encoder, modules, return_predictions=False)
            trainer.strategy.barrier()
        for stage, seconds in encoder.seconds.items():
            watch.seconds[stage] = watch.seconds.get(stage, 0.0) + seconds
            watch.seconds["read"] -= seconds
    log.info("%s: encoded %d of %d samples", dataset.name, sum(map(len, shards)), len(dataset))
    table = _collected(store, writer)
    if len(table.index) == 0:
        reason = next(iter(table.skipped.values()), "no samples")
        raise DataError(f"{dataset.name}: none of {len(dataset)} samples could be read; the first: {reason}")
    return table


def _collected(store: FeatureStore | None, writer: ShardWriter) -> FeatureTable:
    """What is on disk and what had to stay in memory, in the order of the data set."""
    kept = writer.kept
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        shares: list[dict[int, FeatureTable]] = [{} for _ in range(torch.distributed.get_world_size())]
        torch.distributed.all_gather_object(shares, kept)
        kept = {shard: table for share in shares for shard, table in share.items()}
    stored = (
        []
        if store is None
        else [store.read_shard(shard) for shard in range(store.shards) if shard not in kept]
    )
    return join([*kept.values(), *stored])


def _trainer(cfg: DictConfig, progress: bool, loggers: bool, extra: list[Any] | None = None) -> Trainer:
    """A trainer from the options; only encoding shows a bar, only testing logs."""
    callbacks = [build(node) for node in cfg.callbacks.values()] if progress else []
    made = [build(node) for node in cfg.logger.values()] if loggers else []
    node = OmegaConf.merge(cfg.trainer, {"enable_progress_bar": progress and bool(callbacks)})
    assert isinstance(node, DictConfig)
    try:
        trainer: Trainer = build(
            node, logger=made or False, callbacks=callbacks + (extra or []), default_root_dir=cfg.run_dir
        )
    except InstantiationException as error:  # no such device, an unknown strategy
        raise ConfigError(f"trainer: {' '.join(str(error.__cause__ or error).split())}") from error
    for logger in made:
        logger.log_hyperparams(_plain(cfg))
    return trainer


def _objective(cfg: DictConfig, metrics: Mapping[str, float]) -> float:
    if not metrics:
        return math.nan
    if cfg.objective not in metrics:
        known = ", ".join(name for name in metrics if "_class/" not in name)
        raise ConfigError(f"objective={cfg.objective}: this run has no such metric; it has {known}")
    return float(metrics[cfg.objective])


def _plain(node: DictConfig) -> dict[str, Any]:
    plain = OmegaConf.to_container(node, resolve=True)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}
