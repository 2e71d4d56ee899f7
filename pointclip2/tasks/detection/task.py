"""Zero-shot detection: scenes encoded once, then prompts, scores, suppression, AP, tables and pictures."""

import json
import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch

from pointclip2.app.compose import build
from pointclip2.cache.scenes import SceneStore
from pointclip2.cache.store import feature_key
from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.proposals.crops import BoxCropper
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.tasks.detection.data import EncodedScene, EncodedSceneModule, SceneDataModule
from pointclip2.tasks.detection.encode_scenes import EncodeScenesTask, from_tensors
from pointclip2.tasks.detection.files import write_detections
from pointclip2.tasks.detection.gallery import draw_scenes
from pointclip2.tasks.detection.module import DetectionTask
from pointclip2.tasks.detection.pipeline import DetectPipeline
from pointclip2.tasks.detection.report import facts, rows, sentence
from pointclip2.tasks.run_parts import Finding, Job, plain
from pointclip2.text import PromptSet
from pointclip2.types import ConfigError, DataError

log = logging.getLogger(__name__)


class Detection:
    """Boxes with names for every room.

    Args:
        crop: how boxes are cut out.
        score: how looks and size become probabilities.
        nms_iou: of two boxes of the same class that overlap more, the better one stays.
        min_objectness: boxes below it are no detections.

    Raises:
        ConfigError: a threshold that is none.
    """

    name = "detection"
    objective = "test/map_25"

    def __init__(
        self, crop: BoxCropper, score: BoxScorer, nms_iou: float = 0.25, min_objectness: float = 0.05
    ) -> None:
        for option, value in (("nms_iou", nms_iou), ("min_objectness", min_objectness)):
            if not 0 <= value <= 1:
                raise ConfigError(f"task.{option}={value} must be between 0 and 1")
        self.crop, self.score = crop, score
        self.nms_iou, self.min_objectness = nms_iou, min_objectness

    def run(self, job: Job) -> Finding:
        """Encode or reuse scenes, score and suppress, and measure."""
        cfg, watch = job.cfg, job.watch
        with watch.stage("load"):
            dataset: SceneDataset = build(cfg.data).open_scenes(cfg.data.split)
            if len(dataset) == 0:
                raise DataError(f"{dataset.name}: the split {dataset.split!r} has no scenes")
            backbone = job.backbone()
            projector: Any = build(cfg.projector)
            classify = ClassifyPipeline(projector, backbone)
            prompts: PromptSet = build(cfg.prompt)(dataset.classes)
            proposer = build(cfg.proposals)
        with watch.stage("text"):
            classify.text = job.text(backbone, prompts)
            if self.score.background:
                classify.text = torch.cat(
                    [classify.text, job.text(backbone, background(self.score.background))]
                )
        classify.weights = build(cfg.view_weights).resolve(dataset.name, backbone.id, projector.rig.views)
        self.score.use_classes(dataset.classes)
        pipeline = DetectPipeline(
            classify,
            proposer,
            self.crop,
            self.score,
            len(dataset.classes),
            self.nms_iou,
            self.min_objectness,
        )
        scenes, skipped = self._scenes(job, dataset, pipeline)
        with watch.stage("score"):
            if self.score.debias > 0:
                every = [pipeline.logits(scene.proposals) for scene in scenes.values()]
                self.score.learn_bias(torch.cat(every))
            task = DetectionTask(pipeline, dataset.classes)
            trainer = job.trainer(progress=False, loggers=True)
            trainer.test(task, EncodedSceneModule(scenes), verbose=False)
        record = facts(cfg, dataset, pipeline, prompts, scenes, skipped)
        record["metrics"] = task.results
        gallery = []
        if trainer.is_global_zero:
            with watch.stage("draw"):
                write_detections(job.run_dir, dataset, task.detections)
                gallery = draw_scenes(job.run_dir, record, dataset, task.detections, cfg.pictures)
        return Finding(
            metrics=task.results,
            record=record,
            title=f"zero-shot detection in {dataset.name} ({dataset.split}, {len(scenes)} scenes)",
            rows=rows(record),
            sentence=sentence(record),
            skipped=skipped,
            predictions=task.detections,
            gallery=gallery,
            loggers=trainer.loggers,
        )

    def _scenes(
        self, job: Job, dataset: SceneDataset, pipeline: DetectPipeline
    ) -> tuple[dict[int, EncodedScene], dict[str, str]]:
        """Every readable scene: from the cache, or encoded now; and why the others are missing."""
        cfg, watch = job.cfg, job.watch
        store = None
        positions = list(range(len(dataset)))
        if cfg.features.cache:
            data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
            key = feature_key(data, plain(cfg.projector), pipeline.classify.backbone.describe())
            crop = dict(vars(self.crop))
            store = SceneStore(
                Path(cfg.paths.features), {**key, "proposals": pipeline.proposer.describe(), "crop": crop}
            )
            positions = [position for position in positions if not store.has(position)]
        task = EncodeScenesTask(pipeline, store)
        if positions:
            with watch.stage("read"):
                trainer = job.trainer(progress=True, loggers=False)
                trainer.predict(
                    task,
                    SceneDataModule(dataset, positions, cfg.features.num_workers),
                    return_predictions=False,
                )
                trainer.strategy.barrier()
            for stage, seconds in task.seconds.items():
                watch.seconds[stage] = watch.seconds.get(stage, 0.0) + seconds
                watch.seconds["read"] -= seconds
        log.info("%s: encoded %d of %d scenes", dataset.name, len(positions), len(dataset))
        kept, missing = _gathered(task)
        scenes = {}
        for position in range(len(dataset)):
            if position in kept:
                scenes[position] = kept[position]
            elif position not in missing and store is not None:
                scenes[position] = from_tensors(position, store.read(position))
        if not scenes:
            reason = next(iter(missing.values()), "no scenes")
            raise DataError(
                f"{dataset.name}: none of {len(dataset)} scenes could be used; the first: {reason}"
            )
        return scenes, {dataset.names[position]: reason for position, reason in sorted(missing.items())}


def _gathered(task: EncodeScenesTask) -> tuple[dict[int, EncodedScene], dict[int, str]]:
    """What stayed in memory and what was skipped, of all processes."""
    shares = [(task.kept, task.skipped)]
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        shares = [({}, {}) for _ in range(torch.distributed.get_world_size())]
        torch.distributed.all_gather_object(shares, (task.kept, task.skipped))
    kept = {position: scene for share, _ in shares for position, scene in share.items()}
    return kept, {position: reason for _, share in shares for position, reason in share.items()}


def background(names: tuple[str, ...]) -> PromptSet:
    """Sentences for what is no object: ours where we have some, the bare name elsewhere."""
    path = files("pointclip2").joinpath("assets", "background.json")
    ours: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return PromptSet("background", {name: ours.get(name, [f"{name}."]) for name in names})
