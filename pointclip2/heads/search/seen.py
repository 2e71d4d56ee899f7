"""Check the logits and labels that a search is shown."""

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from pointclip2.types import DataError


def checked_logits(logits: Float[Tensor, "views batch classes"]) -> Float[Tensor, "views batch classes"]:
    """Return per-view logits on the CPU.

    Raises:
        DataError: there is no view, no shape or no class, or a value is not finite.
    """
    if 0 in logits.shape:
        views, batch, classes = logits.shape
        raise DataError(
            f"nothing to search: logits of {views} views, {batch} shapes and {classes} classes; "
            "a search needs one of each at least"
        )
    logits = logits.detach().cpu()
    broken = ~torch.isfinite(logits).all(dim=2)
    if bool(broken.any()):
        view, shape = broken.nonzero()[0].tolist()
        raise DataError(
            f"logits of {int(broken.any(dim=0).sum())} of {logits.shape[1]} shapes are not finite, the first at "
            f"view {view} of shape {shape}: features or text embeddings are damaged; delete the cached features"
        )
    return logits


def labelled(
    logits: Float[Tensor, "views batch classes"], labels: Int64[Tensor, " batch"]
) -> tuple[Float[Tensor, "views labelled classes"], Int64[Tensor, " labelled"]]:
    """Keep the shapes whose class is known (label -1: not known).

    Raises:
        DataError: as `checked_logits`; a label outside the classes, not one label a shape, or no label at all.
    """
    logits, labels = checked_logits(logits), labels.detach().cpu()
    batch, classes = logits.shape[1:]
    if len(labels) != batch:
        raise DataError(f"{len(labels)} labels for the logits of {batch} shapes: one each is needed")
    wrong = labels[(labels < -1) | (labels >= classes)]
    if len(wrong):
        raise DataError(
            f"label {int(wrong[0])} among {classes} classes: labels are 0 .. {classes - 1}, or -1 where unknown"
        )
    known = labels >= 0
    if not bool(known.any()):
        raise DataError(
            f"none of {batch} shapes has a label: a search by accuracy needs labels; "
            "search=mutual_information needs none"
        )
    return (logits, labels) if bool(known.all()) else (logits[:, known], labels[known])


def hits(
    logits: Float[Tensor, "views batch classes"],
    labels: Int64[Tensor, " batch"],
    weights: Float64[Tensor, "candidates views"],
    budget: int = 1 << 22,
) -> Int64[Tensor, " candidates"]:
    """Count the shapes that are right under each candidate, in double precision; the lowest class wins a tie.

    At most about ``budget`` numbers are held at once.
    """
    views, batch, classes = logits.shape
    count = torch.zeros(len(weights), dtype=torch.int64)
    step = max(1, budget // (classes * max(len(weights), views)))
    for start in range(0, batch, step):
        part = logits[:, start : start + step].double()
        fused = (weights @ part.reshape(views, -1)).view(len(weights), -1, classes)
        count += (fused.argmax(dim=2) == labels[start : start + step]).sum(dim=1)
    return count
