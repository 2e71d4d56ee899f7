"""Encoding as a Lightning prediction: the trainer brings devices and processes, the writer keeps whole shards."""

import time
from typing import Any

import torch
from lightning import LightningModule
from lightning.pytorch.callbacks import Callback

from pointclip2.cache.dense import to_columns
from pointclip2.cache.writer import ShardWriter
from pointclip2.encoders.points.point_nn import PointNNEncoder
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.data import CloudBatch
from pointclip2.tasks.parts.pipeline import SegmentPipeline
from pointclip2.types import DenseViews


class CloudEncoder(LightningModule):
    """Clouds to features (batch, views, dim). ``seconds`` says where the time went."""

    def __init__(self, *stages: str) -> None:
        super().__init__()
        self.seconds = dict.fromkeys(stages, 0.0)

    def _now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()


class EncodeTask(CloudEncoder):
    """Clouds to view features."""

    def __init__(self, pipeline: ClassifyPipeline) -> None:
        super().__init__("project", "encode")
        self.pipeline = pipeline

    def predict_step(self, batch: CloudBatch, batch_idx: int) -> torch.Tensor:
        """Features (batch, views, dim); the two stages are timed apart."""
        if not batch.index:
            return torch.zeros(0, 0, 0)
        start = self._now()
        images = self.pipeline.projector(batch.points).images
        middle = self._now()
        features = self.pipeline.backbone.encode_views(images)
        self.seconds["project"] += middle - start
        self.seconds["encode"] += self._now() - middle
        return features


class DenseEncodeTask(CloudEncoder):
    """Clouds to columns of dense features, packed as they come."""

    def __init__(self, pipeline: SegmentPipeline, bits: int) -> None:
        super().__init__("project", "encode")
        self.pipeline = pipeline
        self.bits = bits

    def predict_step(self, batch: CloudBatch, batch_idx: int) -> dict[str, torch.Tensor]:
        """Columns of `pointclip2.cache.dense`; the two stages are timed apart."""
        if not batch.index:
            return {}
        start = self._now()
        projection = self.pipeline.projector(batch.points)
        middle = self._now()
        backbone, dense = self.pipeline.backbone, self.pipeline.dense
        features = dense(backbone, projection.images)
        side, input_px = projection.images.shape[-1], dense.input_px(backbone)
        views = DenseViews(features, projection.pixel_yx, projection.visible, side, input_px)
        columns = to_columns(views, batch.points, batch.parts, self.bits)
        self.seconds["project"] += middle - start
        self.seconds["encode"] += self._now() - middle
        return columns


class ShapeEncodeTask(CloudEncoder):
    """Clouds to Point-NN's vectors, as a single view."""

    def __init__(self, encoder: PointNNEncoder) -> None:
        super().__init__("encode shapes")
        self.encoder = encoder

    def predict_step(self, batch: CloudBatch, batch_idx: int) -> torch.Tensor:
        """Vectors (batch, 1, width)."""
        if not batch.index:
            return torch.zeros(0, 0, 0)
        start = self._now()
        vectors = self.encoder(batch.points).unsqueeze(1)
        self.seconds["encode shapes"] += self._now() - start
        return vectors


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
