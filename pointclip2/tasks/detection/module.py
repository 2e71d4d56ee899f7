"""Detection as an eval-only LightningModule over encoded scenes, one at a time."""

from collections.abc import Sequence
from typing import Any

import torch
from lightning import LightningModule

from pointclip2.cache.store import Shard
from pointclip2.geometry.boxes import no_boxes
from pointclip2.metrics.box_ap import BoxAveragePrecision
from pointclip2.metrics.classification import ClassificationMetrics
from pointclip2.proposals.encoded import EncodedScene
from pointclip2.tasks.detection.head import DetectionHead, Detections


class DetectionModule(LightningModule):
    """Tests a head on encoded scenes; ``detections`` holds every scene once, whatever the number of processes.

    Args:
        head: with texts, view weights and bias in place.
        classes: names in label order.
    """

    def __init__(self, head: DetectionHead, classes: Sequence[str]) -> None:
        super().__init__()
        self.head = head
        self.boxes = BoxAveragePrecision(classes)
        self.names = ClassificationMetrics(classes, prefix="box")
        self.detections: dict[int, Detections] = {}
        self.results: dict[str, float] = {}

    def on_test_epoch_start(self) -> None:
        """Start afresh, also where the same task is tested twice."""
        self.detections = {}
        self.boxes.reset()
        self.names.reset()
        # A process may get no scene at all, and yet has to take part when states are gathered.
        classes = len(self.boxes.classes)
        self.boxes.update(0, no_boxes(), no_boxes(), torch.zeros(0, classes), no_boxes())
        none = torch.zeros(0, dtype=torch.int64, device=self.device)
        self.names.update(torch.zeros(0, classes, device=self.device), none)

    def test_step(self, batch: Shard, batch_idx: int) -> None:
        """Name the boxes of one scene; a shard holds one scene, or none that could be read."""
        for position in batch.index.tolist():
            scene = EncodedScene.of(batch.columns)
            found = self.head(scene.proposals)
            self.detections[position] = found
            truth = scene.truth
            if truth is None:
                continue
            self.boxes.update(position, scene.proposals.boxes, found.boxes, found.scores, truth.boxes)
            probability = self.head.probability(truth)
            self.names.update(probability.to(self.device), truth.boxes.labels[truth.kept].to(self.device))

    def on_test_epoch_end(self) -> None:
        """Figures and detections over all processes."""
        found = self.boxes.compute()
        named = {name: float(value) for name, value in self.names.compute().items()}
        self.results = {f"test/{name}": value for name, value in found.items()}
        if found:
            kept = {
                "box/acc": "test/box_acc",
                "box/acc_top5": "test/box_acc_top5",
                "box/macc": "test/box_macc",
            }
            self.results.update({new: named[old] for old, new in kept.items() if old in named})
            self.results.update(
                {
                    name.replace("box/acc_class", "test/box_acc_class"): value
                    for name, value in named.items()
                    if name.startswith("box/acc_class/")
                }
            )
        # All processes hold the same figures: a mean over them would change the last digit.
        for logger in self.loggers:
            logger.log_metrics(self.results, step=0)
        self.detections = self._gathered()

    def _gathered(self) -> dict[int, Detections]:
        shares = [self.detections]
        if self.trainer.world_size > 1:
            shares = [{} for _ in range(self.trainer.world_size)]
            torch.distributed.all_gather_object(shares, self.detections)
        found = {position: own for share in shares for position, own in share.items()}
        return dict(sorted(found.items()))

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing to save: nothing here is trained."""
        return {}
