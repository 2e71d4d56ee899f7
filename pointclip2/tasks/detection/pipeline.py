"""Rooms in, scored boxes out: proposals, crops, and PointCLIP V2's classifier on each crop."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from pointclip2.geometry.boxes import nms, take
from pointclip2.proposals.crops import BoxCropper
from pointclip2.proposals.proposal import Proposer
from pointclip2.tasks.classification.pipeline import ClassifyPipeline
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.types import Boxes, Scene

_BATCH = 32


@dataclass(frozen=True)
class EncodedBoxes:
    """Boxes of a scene and what the backbone saw in them: the part worth caching."""

    boxes: Boxes
    objectness: Float[Tensor, " boxes"]
    """1 for true boxes."""
    kept: Bool[Tensor, " boxes"]
    """Which boxes hold enough points to be looked at."""
    counts: Int64[Tensor, " boxes"]
    """Points of the scan in each."""
    features: Float[Tensor, "kept views dim"]


@dataclass(frozen=True)
class Detections:
    """Scored boxes of one scene, best first; overlapping ones of the same class are gone."""

    boxes: Boxes
    """Labels are the most probable class of each."""
    scores: Float[Tensor, "boxes classes"]
    """Probability of each class times objectness: every box counts as a detection of every class."""
    objectness: Float[Tensor, " boxes"]
    probability: Float[Tensor, "boxes classes"]
    """Sums to less than 1 where background swallows a part."""
    counts: Int64[Tensor, " boxes"]
    """Points of the scan in each."""

    def __len__(self) -> int:
        return len(self.counts)


class DetectPipeline(nn.Module):
    """One plain module: ``pipeline(scene)`` gives detections. Usable alone in a notebook.

    Args:
        classify: with the texts of the classes, and of the background after them, in place.
        proposer: boxes of a scene.
        cropper: boxes to clouds.
        scorer: features and sizes of boxes to probabilities.
        classes: how many; further rows of the texts are background.
        nms_iou: of two boxes of the same class that overlap more, the better one stays.
        min_objectness: boxes below it are dropped.
    """

    def __init__(
        self,
        classify: ClassifyPipeline,
        proposer: Proposer,
        cropper: BoxCropper,
        scorer: BoxScorer,
        classes: int,
        nms_iou: float = 0.25,
        min_objectness: float = 0.05,
    ) -> None:
        super().__init__()
        self.classify = classify
        self.proposer = proposer
        self.cropper = cropper
        self.scorer = scorer
        self.classes = classes
        self.nms_iou = nms_iou
        self.min_objectness = min_objectness

    def propose(self, scene: Scene) -> EncodedBoxes:
        """Proposals with the features of their crops."""
        proposals = self.proposer(scene)
        return self.encode(scene, proposals.boxes, proposals.objectness)

    def encode(self, scene: Scene, boxes: Boxes, objectness: Float[Tensor, " boxes"]) -> EncodedBoxes:
        """Features of what is in the boxes, some crops at a time."""
        crops = self.cropper(scene, boxes)
        device = self.classify.text.device
        with torch.no_grad():
            parts = [
                self.classify.encode(part.to(device)).float().cpu() for part in crops.clouds.split(_BATCH)
            ]
        # Splitting nothing gives one empty part, of which the projector could make no views.
        features = torch.cat(parts) if len(crops.clouds) else torch.zeros(0, 1, 1)
        return EncodedBoxes(boxes, objectness, crops.kept, crops.counts, features)

    def logits(self, encoded: EncodedBoxes) -> Float[Tensor, "kept names"]:
        """Mean of the views' logits under the view weights; names are classes, then background."""
        if len(encoded.features) == 0:
            return torch.zeros(0, len(self.classify.text))
        fused = self.classify.fused(self.classify.view_logits(encoded.features.to(self.classify.text.device)))
        return fused[1].clamp(min=1e-30).log().cpu()

    def probability(self, encoded: EncodedBoxes) -> Float[Tensor, "kept classes"]:
        """Of the classes, for the boxes that hold enough points."""
        sizes = encoded.boxes.size_m[encoded.kept]
        return self.scorer(self.logits(encoded), sizes, self.classes)

    def detect(self, encoded: EncodedBoxes) -> Detections:
        """Scored boxes, class-wise suppression done."""
        return self.suppressed(encoded, self.probability(encoded))

    def suppressed(self, encoded: EncodedBoxes, probability: Float[Tensor, "kept classes"]) -> Detections:
        """Class-wise suppression by score; boxes of low objectness are dropped before."""
        kept = encoded.kept.nonzero()[:, 0]
        sure = encoded.objectness[kept] > self.min_objectness
        kept, probability = kept[sure], probability[sure]
        objectness = encoded.objectness[kept]
        boxes = take(encoded.boxes, kept)
        scores = probability * objectness.unsqueeze(1)
        labels = scores.argmax(dim=1) if len(kept) else torch.zeros(0, dtype=torch.int64)
        boxes = Boxes(boxes.centre_m, boxes.size_m, boxes.heading_rad, labels)
        order = nms(boxes, scores.amax(dim=1) if len(kept) else torch.zeros(0), self.nms_iou)
        return Detections(
            take(boxes, order),
            scores[order],
            objectness[order],
            probability[order],
            encoded.counts[kept[order]],
        )

    def forward(self, scene: Scene) -> Detections:
        """From a scan to scored boxes."""
        return self.detect(self.propose(scene))
