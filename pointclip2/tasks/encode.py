"""Encoding as a Lightning prediction: the trainer brings devices and processes, the writer keeps whole shards."""

import time
from typing import Any

import torch
from lightning import LightningModule
from lightning.pytorch.callbacks import Callback

from pointclip2.features.dense import to_columns
from pointclip2.features.writer import ShardWriter
from pointclip2.pipelines import ClassifyPipeline, SegmentPipeline
from pointclip2.tasks.data import CloudBatch
from pointclip2.types import DenseViews


class EncodeTask(LightningModule):
    """Clouds to view features. ``seconds`` says where the time went."""

    def __init__(self, pipeline: ClassifyPipeline) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.seconds = {"project": 0.0, "encode": 0.0}

    def predict_step(self, batch: CloudBatch, batch_idx: int) -> torch.Tensor:
        """Features (batch, views, dim); the two stages are timed apart."""
        if not batch.index:
            return torch.zeros(0, 0, 0)
        start = now(self.device)
        images = self.pipeline.projector(batch.points).images
        middle = now(self.device)
        features = self.pipeline.backbone.encode_views(images)
        self.seconds["project"] += middle - start
        self.seconds["encode"] += now(self.device) - middle
        return features


def now(device: torch.device) -> float:
    """Seconds, after all that the device was told to do is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


class DenseEncodeTask(LightningModule):
    """Clouds to columns of dense features, packed as they come. ``seconds`` says where the time went."""

    def __init__(self, pipeline: SegmentPipeline, bits: int) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.bits = bits
        self.seconds = {"project": 0.0, "encode": 0.0}

    def predict_step(self, batch: CloudBatch, batch_idx: int) -> dict[str, torch.Tensor]:
        """Columns of `pointclip2.features.dense`; the two stages are timed apart."""
        if not batch.index:
            return {}
        start = now(self.device)
        projection = self.pipeline.projector(batch.points)
        middle = now(self.device)
        backbone, dense = self.pipeline.backbone, self.pipeline.dense
        features = dense(backbone, projection.images)
        side, input_px = projection.images.shape[-1], dense.input_px(backbone)
        views = DenseViews(features, projection.pixel_yx, projection.visible, side, input_px)
        columns = to_columns(views, batch.points, batch.parts, self.bits)
        self.seconds["project"] += middle - start
        self.seconds["encode"] += now(self.device) - middle
        return columns


class WriteShards(Callback):
    """Hands every batch to the shard writer."""

    def __init__(self, writer: ShardWriter) -> None:
        self.writer = writer

    def on_predict_batch_end(
        self,
        trainer: Any,
        pl_module: LightningModule,
        outputs: Any,
        batch: CloudBatch,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        self.writer.add(batch.index, outputs, batch.skipped)
