"""Hold what a search for part segmentation may look at, category by category, and score what it tries."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from pointclip2.metrics.part_iou import iou_of_counts


@dataclass(frozen=True)
class ViewEvidence:
    """Holds what every view says about points of shapes of one category."""

    logits: Float[Tensor, "views shapes points parts"]
    """Part logits; zero where a view does not see the point."""
    truth: Int64[Tensor, "shapes points"]
    """Index among the category's parts; -1 where unknown."""


@dataclass(frozen=True)
class PointEvidence:
    """Holds features of points of one category's shapes, fused over views: part logits are linear in them."""

    features: Float[Tensor, "shapes points dim"]
    truth: Int64[Tensor, "shapes points"]


def mean_iou(
    prediction: Int64[Tensor, "candidates shapes points"], truth: Int64[Tensor, "shapes points"], parts: int
) -> Float64[Tensor, " candidates"]:
    """Return the mean over a category's shapes of their mean part IoU, for every candidate at once."""
    known = truth >= 0
    total = torch.zeros(len(prediction), len(truth), dtype=torch.float64, device=prediction.device)
    for part in range(parts):
        said, true = (prediction == part) & known, truth == part
        right = (said & true).sum(dim=-1)
        total += iou_of_counts(right, said.sum(dim=-1), true.sum(dim=-1).expand(len(said), -1))
    return total.mean(dim=1) / parts


def category_miou(
    evidence: Sequence[ViewEvidence], weights: Float64[Tensor, "candidates views"]
) -> Float64[Tensor, " candidates"]:
    """Return the category mIoU under each candidate's view weights, before any smoothing."""
    scores = []
    for one in evidence:
        fused = torch.einsum("cv,vsnk->csnk", weights.to(one.logits), one.logits)
        scores.append(mean_iou(fused.argmax(dim=-1), one.truth, one.logits.shape[-1]))
    return torch.stack(scores).mean(dim=0)
