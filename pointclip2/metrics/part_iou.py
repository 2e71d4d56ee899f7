"""Compute the intersection over union of parts as ShapeNetPart counts it, as pure functions.

These rules hold wherever this package speaks of a part IoU:

- the IoU of a shape is the mean over **all parts of its category**, not only over those that occur;
- a part that is neither in the labels nor in the prediction counts 1 (the absent-part rule); one that is only in the
  prediction counts 0;
- part ids are those of the data set, so that a prediction of another category's part is simply wrong;
- points of label -1 are left out of every figure, whatever was predicted;
- the instance mean is the mean over shapes, the category mean the mean over categories of the mean over their shapes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from pointclip2.types import DataError


def part_counts(
    prediction: Int64[Tensor, "batch points"], target: Int64[Tensor, "batch points"], parts: Sequence[int]
) -> tuple[Int64[Tensor, "batch parts"], Int64[Tensor, "batch parts"], Int64[Tensor, "batch parts"]]:
    """Count the points of each part that are right, predicted and labelled, for shapes of one category.

    Raises:
        DataError: a label that is not one of ``parts`` (nor -1).
        ValueError: no parts, a part twice, or not as many predictions as labels.

    >>> part_counts(torch.tensor([[4, 4, 5]]), torch.tensor([[4, 5, 5]]), [4, 5])
    (tensor([[1, 1]]), tensor([[2, 1]]), tensor([[1, 2]]))
    """
    if prediction.shape != target.shape:
        raise ValueError(f"predictions {tuple(prediction.shape)} for labels {tuple(target.shape)}")
    if not parts or len(set(parts)) < len(parts):
        raise ValueError(f"parts {list(parts)}: give every part of the category once")
    ids = torch.tensor(list(parts), device=target.device)
    truth = target.unsqueeze(-1) == ids
    known = target >= 0
    foreign = known & ~truth.any(dim=-1)
    if bool(foreign.any()):
        raise DataError(
            f"part id {int(target[foreign][0])} is not among the parts {list(parts)} of its category: "
            "the part labels belong to another category or another label table"
        )
    said = (prediction.unsqueeze(-1) == ids) & known.unsqueeze(-1)
    return (truth & said).sum(dim=1), said.sum(dim=1), truth.sum(dim=1)


def iou_of_counts(
    right: Int64[Tensor, "batch parts"],
    predicted: Int64[Tensor, "batch parts"],
    labelled: Int64[Tensor, "batch parts"],
) -> Float64[Tensor, "batch parts"]:
    """Return the IoU of each part; 1 where it is neither labelled nor predicted."""
    union = predicted + labelled - right
    iou = right.to(torch.float64) / union.clamp(min=1).to(torch.float64)
    return torch.where(union == 0, torch.ones_like(iou), iou)


def shape_iou(
    prediction: Int64[Tensor, "batch points"], target: Int64[Tensor, "batch points"], parts: Sequence[int]
) -> Float64[Tensor, " batch"]:
    """Return the mean part IoU of each shape of one category; NaN where no point is labelled.

    It raises as `part_counts` does.

    >>> shape_iou(torch.tensor([[4, 4, 5]]), torch.tensor([[4, 5, 5]]), [4, 5, 6])
    tensor([0.6667], dtype=torch.float64)
    """
    counts = part_counts(prediction, target, parts)
    iou = iou_of_counts(*counts).mean(dim=1)
    return torch.where(counts[2].sum(dim=1) > 0, iou, torch.nan)


def constant_iou(labelled: Int64[Tensor, "shapes parts"]) -> Float64[Tensor, "shapes parts"]:
    """Return the mean part IoU of each shape if all its points were given to one part, for each choice of that part."""
    total = labelled.sum(dim=1, keepdim=True).to(torch.float64)
    absent = (labelled == 0).to(torch.float64)
    own = labelled.to(torch.float64) / total
    # Of the other parts only those without a labelled point count, and each of those counts 1.
    return (own + absent.sum(dim=1, keepdim=True) - absent) / labelled.shape[1]
