"""Encoding of scenes as a Lightning prediction: the trainer brings devices, processes and the progress bar."""

import time

import torch
from lightning import LightningModule
from torch import Tensor

from pointclip2.cache.scenes import SceneStore
from pointclip2.geometry.boxes import join_boxes, no_boxes, take, valid
from pointclip2.tasks.detection.data import EncodedScene, SceneItem
from pointclip2.tasks.detection.pipeline import DetectPipeline, EncodedBoxes
from pointclip2.types import Boxes, CloudError, Scene

_FIELDS = ("centre", "size", "heading", "labels", "objectness", "kept", "counts", "features")


class EncodeScenesTask(LightningModule):
    """Scenes to encoded boxes, which go to the store, or stay here where there is none.

    Args:
        pipeline: with texts in place.
        store: of this split, proposals, crops and backbone; None keeps scenes in memory.
    """

    def __init__(self, pipeline: DetectPipeline, store: SceneStore | None) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.store = store
        self.kept: dict[int, EncodedScene] = {}
        self.skipped: dict[int, str] = {}
        self.seconds = {"propose": 0.0, "encode": 0.0}

    def predict_step(self, batch: SceneItem, batch_idx: int) -> int:
        """One scene; its position in the data set."""
        if batch.scene is None:
            if batch.position >= 0:
                self.skipped[batch.position] = batch.reason
            return batch.position
        try:
            encoded = self._encoded(batch.position, batch.scene)
        except CloudError as error:
            self.skipped[batch.position] = str(error)
            return batch.position
        if self.store is None or not self.store.write(batch.position, as_tensors(encoded)):
            self.kept[batch.position] = encoded
        return batch.position

    def _encoded(self, position: int, scene: Scene) -> EncodedScene:
        start = time.perf_counter()
        proposals = self.pipeline.proposer(scene)
        middle = time.perf_counter()
        true = no_boxes() if scene.boxes is None else take(scene.boxes, valid(scene.boxes))
        # All at once: the room round them is looked for once only.
        objectness = torch.cat([proposals.objectness, torch.ones(len(true))])
        encoded = self.pipeline.encode(scene, join_boxes([proposals.boxes, true]), objectness)
        found, truth = parted(encoded, len(proposals.boxes))
        self.seconds["propose"] += middle - start
        self.seconds["encode"] += time.perf_counter() - middle
        return EncodedScene(position, found, None if scene.boxes is None else truth)


def parted(encoded: EncodedBoxes, count: int) -> tuple[EncodedBoxes, EncodedBoxes]:
    """The first ``count`` boxes, and the others."""
    kept = int(encoded.kept[:count].sum())
    halves = []
    for boxes, features in ((slice(count), slice(kept)), (slice(count, None), slice(kept, None))):
        index = torch.arange(len(encoded.boxes))[boxes]
        halves.append(
            EncodedBoxes(
                take(encoded.boxes, index),
                encoded.objectness[index],
                encoded.kept[index],
                encoded.counts[index],
                encoded.features[features].clone(),
            )
        )
    return halves[0], halves[1]


def as_tensors(scene: EncodedScene) -> dict[str, Tensor]:
    """For the store."""
    tensors = _boxes_as_tensors("found", scene.proposals)
    return tensors if scene.truth is None else {**tensors, **_boxes_as_tensors("truth", scene.truth)}


def from_tensors(position: int, tensors: dict[str, Tensor]) -> EncodedScene:
    """From the store."""
    truth = _boxes_from_tensors("truth", tensors) if "truth.centre" in tensors else None
    return EncodedScene(position, _boxes_from_tensors("found", tensors), truth)


def _boxes_as_tensors(part: str, encoded: EncodedBoxes) -> dict[str, Tensor]:
    boxes = encoded.boxes
    values = (
        boxes.centre_m,
        boxes.size_m,
        boxes.heading_rad,
        boxes.labels,
        encoded.objectness,
        encoded.kept,
        encoded.counts,
        encoded.features,
    )
    return {f"{part}.{name}": value for name, value in zip(_FIELDS, values, strict=True)}


def _boxes_from_tensors(part: str, tensors: dict[str, Tensor]) -> EncodedBoxes:
    centre, size, heading, labels, *rest = (tensors[f"{part}.{name}"] for name in _FIELDS)
    return EncodedBoxes(Boxes(centre, size, heading, labels), *rest)
