"""Compute per-view logits and combine them with weights: ``logits[b, k] = sum_v w[v] L[v, b, k]``.

``L`` is computed once. Trying other weights needs neither the images nor the features again.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def view_logits(
    features: Float[Tensor, "batch views dim"], text: Float[Tensor, "classes dim"], scale: float = 100.0
) -> Float[Tensor, "views batch classes"]:
    """Return ``scale`` x cosine of unit view features and unit class features."""
    return scale * torch.einsum("bvd,kd->vbk", features, text)


def fuse(
    logits: Float[Tensor, "views batch classes"],
    weights: Float[Tensor, " views"] | Float[Tensor, "views batch"],
) -> Float[Tensor, "batch classes"]:
    """Return the weighted sum over views; the weights are those of the whole data set or of each shape."""
    if weights.ndim == 1:
        return torch.einsum("v,vbk->bk", weights, logits)
    return torch.einsum("vb,vbk->bk", weights, logits)


def probabilities(
    logits: Float[Tensor, "views batch classes"],
    weights: Float[Tensor, " views"] | Float[Tensor, "views batch"],
) -> Float[Tensor, "batch classes"]:
    """Return the softmax of the weighted **mean** over views, so that confidence does not grow with their number."""
    total = weights.sum(dim=0)
    total = torch.where(total > 0, total, torch.ones_like(total))
    return (fuse(logits, weights) / (total if total.ndim == 0 else total.unsqueeze(1))).softmax(dim=-1)
