"""Encoded boxes in, scored boxes out: PointCLIP V2's classifier on each crop, sizes, and suppression."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from pointclip2.geometry.boxes import nms, take
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.proposals.encoded import EncodedBoxes
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.types import Boxes, Frame


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


@dataclass(frozen=True)
class RoomDetections:
    """What was found in one scene, with what leads it back to the scan."""

    scene: str
    """Its name."""
    classes: tuple[str, ...]
    """In the order of the labels."""
    found: Detections
    """In metres, z up."""
    frame: Frame
    """The scene's."""
    remarks: tuple[str, ...] = ()
    """What the reader had to say, and that nothing was found where nothing was."""

    def __len__(self) -> int:
        return len(self.found)


class DetectionHead(nn.Module):
    """Names and scores encoded boxes.

    Args:
        names: with the texts of the classes, and of the background after them, in place.
        scorer: features and sizes of boxes to probabilities.
        classes: how many; further rows of the texts are background.
        nms_iou: of two boxes of the same class that overlap more, the better one stays.
        min_objectness: boxes below it are dropped.
    """

    def __init__(
        self,
        names: ZeroShotHead,
        scorer: BoxScorer,
        classes: int,
        nms_iou: float = 0.25,
        min_objectness: float = 0.05,
    ) -> None:
        super().__init__()
        self.names = names
        self.scorer = scorer
        self.classes = classes
        self.nms_iou = nms_iou
        self.min_objectness = min_objectness

    def logits(self, encoded: EncodedBoxes) -> Float[Tensor, "kept names"]:
        """Return the mean of the views' logits under the view weights; names are classes, then background."""
        if len(encoded.features) == 0:
            return torch.zeros(0, len(self.names.text))
        probability = self.names(encoded.features.to(self.names.text.device))
        return probability.clamp(min=1e-30).log().cpu()

    def probability(self, encoded: EncodedBoxes) -> Float[Tensor, "kept classes"]:
        """Of the classes, for the boxes that hold enough points."""
        sizes = encoded.boxes.size_m[encoded.kept]
        return self.scorer(self.logits(encoded), sizes, self.classes)

    def forward(self, encoded: EncodedBoxes) -> Detections:
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
