"""Detection in one scene as plain PyTorch: proposals, crops, an encoder and names, without a run or a trainer."""

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn

from pointclip2.cache.text import class_vectors
from pointclip2.encoders.encoder import Encoder, text_of
from pointclip2.heads.view_weights import ViewWeights
from pointclip2.heads.zero_shot import ZeroShotHead, uniform_weights
from pointclip2.proposals.box_encoder import BoxEncoder
from pointclip2.proposals.cluster import ClusterProposals
from pointclip2.proposals.crops import BoxCropper
from pointclip2.proposals.proposal import Proposer
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.tasks.detection.head import DetectionHead, RoomDetections
from pointclip2.text import PromptSet, TemplatesPrompt
from pointclip2.types import Scene


class RoomDetector(nn.Module):
    """Finds boxes with names in one scene after the other.

    Args:
        boxes: proposes boxes and encodes what is in them.
        head: names and scores them.
        classes: what is looked for, in the order of the labels.

    >>> from pointclip2 import build, compose
    >>> from pointclip2.data.scan_folder import read_scan
    >>> from pointclip2.tasks.detection.files import write_boxes
    >>> encoder = build(compose("evaluate", ["task=detection"]).encoder)
    >>> detector = RoomDetector.named(["chair", "table"], encoder)
    >>> write_boxes(Path("room_boxes.json"), detector(read_scan("room.ply")))      # doctest: +SKIP
    """

    def __init__(self, boxes: BoxEncoder, head: DetectionHead, classes: Sequence[str]) -> None:
        super().__init__()
        self.boxes = boxes
        self.head = head
        self.classes = tuple(classes)

    @classmethod
    def named(
        cls,
        classes: Sequence[str],
        encoder: Encoder,
        prompt: Callable[[Sequence[str]], PromptSet] | None = None,
        proposals: Proposer | None = None,
        crop: BoxCropper | None = None,
        score: BoxScorer | None = None,
        weights: ViewWeights | None = None,
        cache: Path | None = None,
        nms_iou: float = 0.25,
        min_objectness: float = 0.05,
    ) -> "RoomDetector":
        """Return a detector of these classes; what is not given is what ``task=detection`` takes unasked.

        Args:
            classes: what is looked for.
            encoder: clouds and sentences to vectors.
            prompt: names to sentences.
            proposals: boxes that may hold an object.
            crop: how boxes are cut out.
            score: how looks and size become probabilities.
            weights: how much each view counts.
            cache: folder of vectors of text; None keeps none.
            nms_iou: of two boxes of the same class that overlap more, the better one stays.
            min_objectness: boxes below it are no detections.

        Raises:
            ConfigError: the encoder knows no sentences, or a name is empty or there twice.
        """

        def vectors(prompts: PromptSet) -> Tensor:
            return class_vectors(text_of(encoder), prompts, cache)

        text = vectors((prompt or TemplatesPrompt())(classes))
        head = detection_head(
            encoder, classes, text, vectors, score or BoxScorer(), weights, nms_iou, min_objectness
        )
        return cls(BoxEncoder(proposals or ClusterProposals(), crop or BoxCropper(), encoder), head, classes)

    def forward(self, scene: Scene) -> RoomDetections:
        """Return what is found in a scene; class bias, where it is evened out, is that of the scene's own boxes.

        Raises:
            CloudError: this scene has no proposals to give; other scenes may.
        """
        encoded = self.boxes.encode(scene)
        self.head.scorer.learn_bias(self.head.logits(encoded.proposals))
        found = self.head(encoded.proposals)
        return RoomDetections(scene.name, self.classes, found, encoded.frame, encoded.remarks)


def detection_head(
    encoder: Encoder,
    classes: Sequence[str],
    text: Tensor,
    vectors: Callable[[PromptSet], Tensor],
    score: BoxScorer,
    weights: ViewWeights | None,
    nms_iou: float,
    min_objectness: float,
) -> DetectionHead:
    """Return the head that names boxes by these classes, and by the scorer's background.

    Args:
        encoder: of the boxes.
        classes: in the order of the labels.
        text: a unit vector for each.
        vectors: encodes the sentences of the background.
        score: looks and sizes to probabilities.
        weights: how much each view counts; None for all the same.
        nms_iou: of two boxes of the same class that overlap more, the better one stays.
        min_objectness: boxes below it are no detections.
    """
    if score.background:
        text = torch.cat([text, vectors(background(score.background))])
    score.use_classes(classes)
    names = ZeroShotHead(text, text_of(encoder).logit_scale, weights or uniform_weights(encoder.tokens))
    return DetectionHead(names, score, len(classes), nms_iou, min_objectness)


def background(names: tuple[str, ...]) -> PromptSet:
    """Return sentences for what is no object: ours where we have some, the bare name elsewhere."""
    path = files("pointclip2").joinpath("assets", "background.json")
    ours: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return PromptSet("background", {name: ours.get(name, [f"{name}."]) for name in names})
