"""What each view is worth alone, and how much it counted."""

from collections.abc import Sequence

import torch

from pointclip2.cache import FeatureTable
from pointclip2.metrics.functional import predicted_class
from pointclip2.tasks.classification.pipeline import ClassifyPipeline


def per_view(
    pipeline: ClassifyPipeline, table: FeatureTable, labels: Sequence[int], batch_size: int = 1024
) -> dict[str, list[float]]:
    """``acc``: accuracy of every view alone, a fraction; ``weight``: its weight, the mean over the shapes.

    Weights that differ from shape to shape are scaled to a mean of 1 over the views of each shape first. ``acc``
    is missing where no sample has a label.

    Args:
        pipeline: with texts and weights in place.
        labels: of all samples of the split, -1 where unknown.
        batch_size: shapes whose logits are held at once.
    """
    target = torch.tensor(list(labels), dtype=torch.int64)[table.index]
    views = table.features.shape[1]
    hits, weight = torch.zeros(views, dtype=torch.int64), torch.zeros(views, dtype=torch.float64)
    for start in range(0, len(target), batch_size):
        logits = pipeline.view_logits(table.features[start : start + batch_size].cpu())
        truth = target[start : start + batch_size]
        for view, of_view in enumerate(logits):
            hits[view] += ((predicted_class(of_view) == truth) & (truth >= 0)).sum()
        weights = pipeline.weights(logits) if pipeline.weights else torch.ones(views)
        if weights.ndim == 1:
            weight += weights.double() * len(truth)
        else:
            mean = weights.mean(dim=0, keepdim=True)
            weight += (weights / torch.where(mean > 0, mean, 1.0)).double().sum(dim=1)
    known = int((target >= 0).sum())
    found = {"weight": [round(value, 6) for value in (weight / max(len(target), 1)).tolist()]}
    return {"acc": (hits.double() / known).tolist(), **found} if known else found
