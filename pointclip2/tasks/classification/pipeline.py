"""Clouds in, class probabilities out: PointCLIP V2's zero-shot classification as one plain module."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.heads.fusion import fuse, probabilities, view_logits
from pointclip2.heads.view_weights import FixedWeights, ViewWeights
from pointclip2.text import PromptSet, encode_prompts


class ClassifyPipeline(nn.Module):
    """Project, encode, compare with class texts, fuse. Usable alone in a notebook.

    Args:
        projector: points (batch, points, 3) to `Projection`.
        backbone: frozen image and text encoder.

    >>> from pointclip2.app.compose import build, compose
    >>> from pointclip2.text import NamePrompt
    >>> cfg = compose("evaluate")
    >>> pipeline = ClassifyPipeline(build(cfg.projector), build(cfg.backbone))
    >>> pipeline.use_prompts(NamePrompt()(["chair", "lamp"]))
    >>> pipeline(torch.rand(1, 512, 3)).shape
    torch.Size([1, 2])
    """

    text: Tensor

    def __init__(self, projector: nn.Module, backbone: OpenClipBackbone) -> None:
        super().__init__()
        self.projector = projector
        self.backbone = backbone
        self.weights: ViewWeights | None = None
        self.register_buffer("text", torch.zeros(0, 0), persistent=False)

    def use_prompts(self, prompts: PromptSet) -> None:
        """Encode what the classes are called."""
        self.text = encode_prompts(self.backbone, prompts)

    def encode(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch views dim"]:
        """Unit features of every view: the part worth caching."""
        return self.backbone.encode_views(self.projector(points).images)

    def view_logits(self, features: Float[Tensor, "batch views dim"]) -> Float[Tensor, "views batch classes"]:
        """Per-view logits of cached or fresh features."""
        return view_logits(features, self.text.to(features.device), self.backbone.logit_scale)

    def fused(
        self, logits: Float[Tensor, "views batch classes"]
    ) -> tuple[Float[Tensor, "batch classes"], Float[Tensor, "batch classes"]]:
        """Fused logits and probabilities under the view weights (uniform until ``weights`` is set)."""
        weights = (self.weights or _uniform(len(logits)))(logits)
        return fuse(logits, weights), probabilities(logits, weights)

    def scores(
        self, features: Float[Tensor, "batch views dim"]
    ) -> tuple[Float[Tensor, "batch classes"], Float[Tensor, "batch classes"]]:
        """Fused logits and probabilities of cached or fresh features."""
        return self.fused(self.view_logits(features))

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch classes"]:
        """Class probabilities of clouds, y up, in the unit sphere."""
        return self.scores(self.encode(points))[1]


def _uniform(views: int) -> FixedWeights:
    return FixedWeights((1.0,) * views, "uniform", "none")


def top_classes(
    probability: Float[Tensor, "batch classes"], classes: Sequence[str], k: int = 5
) -> list[list[tuple[str, float]]]:
    """The ``k`` most probable classes of each shape with their probabilities, best first."""
    best = probability.topk(min(k, len(classes)), dim=1)
    return [
        [(classes[index], value) for index, value in zip(row, values, strict=True)]
        for row, values in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
