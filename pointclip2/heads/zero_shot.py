"""Turn vectors of views into class probabilities: PointCLIP V2's zero-shot classifier on features."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.heads.fusion import fuse, probabilities, view_logits
from pointclip2.heads.view_weights import FixedWeights, ViewWeights


class ZeroShotHead(nn.Module):
    """Compares every view with the texts of the classes and fuses what the views say.

    Args:
        text: a unit row for every class.
        logit_scale: factor of the cosines, as the text encoder has it.
        weights: how much each view counts; by default all the same.

    >>> import torch
    >>> import torch.nn.functional as F
    >>> head = ZeroShotHead(F.normalize(torch.randn(2, 16), dim=-1))
    >>> fused, probability = head.scores(F.normalize(torch.randn(8, 10, 16), dim=-1))
    >>> probability.shape
    torch.Size([8, 2])
    """

    text: Tensor

    def __init__(
        self,
        text: Float[Tensor, "classes dim"],
        logit_scale: float = 100.0,
        weights: ViewWeights | None = None,
    ) -> None:
        super().__init__()
        self.logit_scale = logit_scale
        self.weights = weights
        self.register_buffer("text", text, persistent=False)

    def view_logits(self, features: Float[Tensor, "batch views dim"]) -> Float[Tensor, "views batch classes"]:
        """Return what every view says alone."""
        return view_logits(features, self.text.to(features.device), self.logit_scale)

    def fused(
        self, logits: Float[Tensor, "views batch classes"]
    ) -> tuple[Float[Tensor, "batch classes"], Float[Tensor, "batch classes"]]:
        """Return fused logits and probabilities under the view weights."""
        weights = (self.weights or uniform_weights(len(logits)))(logits)
        return fuse(logits, weights), probabilities(logits, weights)

    def scores(
        self, features: Float[Tensor, "batch views dim"]
    ) -> tuple[Float[Tensor, "batch classes"], Float[Tensor, "batch classes"]]:
        """Return fused logits and probabilities of features."""
        return self.fused(self.view_logits(features))

    def forward(self, features: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch classes"]:
        """Return class probabilities of features."""
        return self.scores(features)[1]


def uniform_weights(views: int) -> FixedWeights:
    """Return weights under which every view counts the same."""
    return FixedWeights((1.0,) * views, "uniform", "none")


def top_classes(
    probability: Float[Tensor, "batch classes"], classes: Sequence[str], k: int = 5
) -> list[list[tuple[str, float]]]:
    """Return the ``k`` most probable classes of each shape with their probabilities, best first."""
    best = probability.topk(min(k, len(classes)), dim=1)
    return [
        [(classes[index], value) for index, value in zip(row, values, strict=True)]
        for row, values in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
