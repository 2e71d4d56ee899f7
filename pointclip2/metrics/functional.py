"""Compute classification metrics as pure functions.

The same rules hold for all of them:

- label -1 means that nobody knows: the sample is left out, whatever was predicted;
- a figure over no samples is NaN, never 0;
- equal logits are ordered by class index, so the lowest index wins and every result is reproducible;
- a label beyond the class list is a fault of the data and stops the run.
"""

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from pointclip2.types import DataError


def predicted_class(logits: Float[Tensor, "samples classes"]) -> Int64[Tensor, " samples"]:
    """Return the index of the largest logit, the lowest index among equals.

    Raises:
        ValueError: a logit is NaN, and so nothing was predicted.

    >>> predicted_class(torch.tensor([[0.1, 0.7, 0.7]]))
    tensor([1])
    """
    _reject_nan(logits)
    return logits.argmax(dim=1)


def confusion_matrix(
    prediction: Int64[Tensor, " samples"], target: Int64[Tensor, " samples"], classes: int
) -> Int64[Tensor, "classes classes"]:
    """Count how often class ``row`` was called class ``column``. Samples of label -1 are not counted.

    Raises:
        DataError: a label below -1 or beyond the class list.
        ValueError: a prediction outside the class list, or not as many predictions as labels.

    >>> confusion_matrix(torch.tensor([0, 1, 1]), torch.tensor([0, 0, -1]), 2)
    tensor([[1, 1],
            [0, 0]])
    """
    if prediction.shape != target.shape:
        raise ValueError(f"{len(prediction)} predictions for {len(target)} labels")
    known = _known(target, classes)
    if len(prediction) and not 0 <= int(prediction.min()) <= int(prediction.max()) < classes:
        raise ValueError(f"a predicted class is outside 0 .. {classes - 1}")
    pairs = target[known] * classes + prediction[known]
    return torch.bincount(pairs, minlength=classes * classes).view(classes, classes)


def class_accuracy(matrix: Int64[Tensor, "classes classes"]) -> Float64[Tensor, " classes"]:
    """Return the share of each class's samples that were predicted right; NaN where a class has no sample.

    >>> class_accuracy(torch.tensor([[3, 1], [0, 0]]))
    tensor([0.7500,    nan], dtype=torch.float64)
    """
    # 0 / 0 gives the NaN that stands for "no samples".
    return matrix.diagonal().to(torch.float64) / matrix.sum(dim=1).to(torch.float64)


def accuracy(matrix: Int64[Tensor, "classes classes"]) -> Float64[Tensor, ""]:
    """Return the share of all samples that were predicted right; NaN without samples."""
    return matrix.diagonal().sum().to(torch.float64) / matrix.sum().to(torch.float64)


def mean_class_accuracy(matrix: Int64[Tensor, "classes classes"]) -> Float64[Tensor, ""]:
    """Return the mean of ``class_accuracy`` over the classes that have samples; NaN when none has.

    A class without samples is left out rather than counted 0: such a split says nothing about it.
    """
    return class_accuracy(matrix).nanmean()


def topk_hits(
    logits: Float[Tensor, "samples classes"], target: Int64[Tensor, " samples"], k: int
) -> Bool[Tensor, " samples"]:
    """Say whether the label is among the k largest logits; False where the label is -1.

    With k classes or fewer every known label is a hit. Among equal logits those of lower index come first, so
    that ``topk_hits(logits, target, 1)`` agrees with ``predicted_class``.

    Raises:
        DataError: a label below -1 or beyond the class list.
        ValueError: k below 1, a NaN logit, or not as many rows as labels.

    >>> topk_hits(torch.tensor([[0.5, 0.3, 0.3]]), torch.tensor([2]), 2)
    tensor([False])
    """
    if k < 1:
        raise ValueError(f"top-{k}: k must be at least 1")
    if len(logits) != len(target):
        raise ValueError(f"{len(logits)} rows of logits for {len(target)} labels")
    _reject_nan(logits)
    classes = logits.shape[1]
    known = _known(target, classes)
    if not classes:
        return known
    index = target.clamp(min=0).unsqueeze(1)
    own = logits.gather(1, index)
    # Counting the larger logits is exact under ties, which torch.topk breaks in no fixed order.
    tied_ahead = (logits == own) & (torch.arange(classes, device=logits.device) < index)
    rank = ((logits > own) | tied_ahead).sum(dim=1)
    return (rank < k) & known


def _known(target: Tensor, classes: int) -> Tensor:
    """Mark the samples that have a label, after checking that the class list has it."""
    if len(target) and not -1 <= int(target.min()) <= int(target.max()) < classes:
        wrong = target[(target < -1) | (target >= classes)]
        raise DataError(
            f"label {int(wrong[0])} with a list of {classes} classes: labels are 0 .. {classes - 1}, "
            "or -1 where unknown; give the class list that belongs to the data set"
        )
    return target >= 0


def _reject_nan(logits: Tensor) -> None:
    rows = logits.isnan().any(dim=1)
    if bool(rows.any()):
        raise ValueError(
            f"NaN logits for {int(rows.sum())} of {len(rows)} samples, "
            f"the first at row {int(rows.int().argmax())}: features or text embeddings are damaged"
        )
