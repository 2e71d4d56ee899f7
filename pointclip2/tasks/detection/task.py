"""Zero-shot detection: scenes encoded once, then prompts, scores, suppression, AP, tables and pictures."""

import logging
from collections.abc import Callable, Iterator

import torch

from pointclip2.cache import EncodedSplit
from pointclip2.data.dataset import CloudData
from pointclip2.data.scene_dataset import SceneData, SceneDataset
from pointclip2.encoders.dense import whole_clouds
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError, DataError
from pointclip2.heads.view_weights import UniformWeights, ViewWeightSource
from pointclip2.proposals.box_encoder import BoxEncoder, SceneColumns
from pointclip2.proposals.crops import BoxCropper
from pointclip2.proposals.encoded import EncodedScene
from pointclip2.proposals.proposal import Proposer
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.tasks.detection.detector import detection_head
from pointclip2.tasks.detection.files import write_detections
from pointclip2.tasks.detection.gallery import draw_scenes
from pointclip2.tasks.detection.head import RoomDetections
from pointclip2.tasks.detection.module import DetectionModule
from pointclip2.tasks.detection.report import BoxCounts, facts, rows, said, sentence
from pointclip2.tasks.encoding import ShardData
from pointclip2.tasks.record import defined
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.text import PromptSet

log = logging.getLogger(__name__)


class Detection:
    """Finds boxes with names in every room.

    Args:
        data: the rooms, and which split of them is evaluated.
        encoder: clouds to vectors.
        prompt: names to sentences.
        proposals: boxes that may hold an object.
        crop: how boxes are cut out.
        score: how looks and size become probabilities.
        view_weights: how much each view counts.
        nms_iou: of two boxes of the same class that overlap more, the better one stays.
        min_objectness: boxes below it are no detections.

    Raises:
        ConfigError: a threshold that is none.
    """

    name = "detection"
    objective = "test/map_25"

    def __init__(
        self,
        data: SceneData | CloudData,
        encoder: Encoder,
        prompt: Callable[..., PromptSet],
        proposals: Proposer,
        crop: BoxCropper,
        score: BoxScorer,
        view_weights: ViewWeightSource | None = None,
        nms_iou: float = 0.25,
        min_objectness: float = 0.05,
    ) -> None:
        for option, value in (("nms_iou", nms_iou), ("min_objectness", min_objectness)):
            if not 0 <= value <= 1:
                raise ConfigError(f"task.{option}={value} must be between 0 and 1")
        self.data, self.encoder, self.prompt = data, whole_clouds(encoder), prompt
        self.proposals, self.crop, self.score = proposals, crop, score
        self.view_weights = view_weights or UniformWeights()
        self.nms_iou, self.min_objectness = nms_iou, min_objectness

    def run(self, run: Run) -> Finding:
        """Encode or reuse scenes, score and suppress, and measure."""
        encoder = self.encoder
        with run.watch.stage("load"):
            dataset = self.data.open_scenes(self.data.split)
            if len(dataset) == 0:
                raise DataError(f"{dataset.name}: the split {dataset.split!r} has no scenes")
            prompts = self.prompt(dataset.classes)
        weights = self.view_weights.resolve(dataset.name, encoder.id, encoder.tokens)
        with run.watch.stage("text"):
            head = detection_head(
                encoder,
                dataset.classes,
                run.class_vectors(encoder, prompts),
                lambda others: run.class_vectors(encoder, others),
                self.score,
                weights,
                self.nms_iou,
                self.min_objectness,
            )
        split = run.encode(dataset, BoxEncoder(self.proposals, self.crop, encoder), SceneColumns())
        with run.watch.stage("score"):
            if self.score.debias > 0:
                self.score.learn_bias(
                    torch.cat([head.logits(scene.proposals) for _, scene in _scenes(split)])
                )
            module = DetectionModule(head, dataset.classes)
            trainer = run.trainers(progress=False, loggers=True)
            trainer.test(module, ShardData(split.parts), verbose=False)
            counts = BoxCounts.of(_scenes(split))
        record = facts(run, dataset, encoder, prompts, head, self.proposals, self.crop, counts, split.skipped)
        record["metrics"] = defined(module.results)
        rooms = [
            RoomDetections(
                dataset.names[position],
                dataset.classes,
                found,
                counts.frames[position],
                counts.remarks.get(position, ()),
            )
            for position, found in module.detections.items()
        ]
        gallery = []
        if run.first:
            say(dataset, counts)
            with run.watch.stage("draw"):
                run.keep("detections.csv", lambda folder: write_detections(folder, rooms))
                gallery = draw_scenes(run.keep, record, dataset, module.detections, run.pictures)
        return Finding(
            metrics=module.results,
            record=record,
            title=f"zero-shot detection in {dataset.name} ({dataset.split}, {counts.scenes} scenes)",
            rows=rows(record),
            sentence=sentence(record),
            skipped=split.skipped,
            predictions=module.detections,
            said=[said(room) for room in rooms],
            gallery=gallery,
            projector=getattr(encoder, "projector", None),
            loggers=trainer.loggers,
        )


def say(dataset: SceneDataset, counts: BoxCounts) -> None:
    """Log what there is to say of each scene, once a run, whether it was read now or before."""
    for position, remarks in counts.remarks.items():
        for remark in remarks:
            log.warning("%s: %s", dataset.names[position], remark)


def _scenes(split: EncodedSplit) -> Iterator[tuple[int, EncodedScene]]:
    """Read every scene that could be encoded, one after the other, with its position."""
    for part in split.parts:
        shard = part.read()
        if len(shard.index):
            yield int(shard.index[0]), EncodedScene.of(shard.columns)
