"""Compute top-1, top-5 and per-class accuracy of a stream of batches."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torchmetrics import Metric

from pointclip2.metrics.functional import (
    accuracy,
    class_accuracy,
    confusion_matrix,
    mean_class_accuracy,
    predicted_class,
    topk_hits,
)
from pointclip2.types import ConfigError


class ClassificationMetrics(Metric):
    """Counts hits while batches come, and returns fractions at the end.

    All states are int64 counts that are summed over processes, so the result does not depend on how the
    samples were cut into batches or shared out. A sample given twice counts twice: beware of padded samplers.
    Use it with ``compute_groups=False`` in a ``MetricCollection``.

    Args:
        classes: class names in the order of the labels.
        prefix: what every key starts with.
        options: for ``torchmetrics.Metric``, such as ``dist_sync_fn``.

    Raises:
        ConfigError: no class, a name twice, or two names that make the same key.

    >>> metrics = ClassificationMetrics(["chair", "night stand"])
    >>> metrics.update(torch.tensor([[2.0, 1.0], [3.0, 0.0]]), torch.tensor([0, 1]))
    >>> metrics.compute()["test/acc_class/night_stand"]
    0.0
    """

    is_differentiable = False
    higher_is_better = True
    full_state_update = False

    confusion: Int64[Tensor, "classes classes"]
    """Confusion counts: rows are labels, columns are predictions."""
    top5_hits: Int64[Tensor, ""]
    count: Int64[Tensor, ""]
    """Number of samples with a label; the others are left out of every figure."""

    def __init__(self, classes: Sequence[str], prefix: str = "test", **options: Any) -> None:
        super().__init__(**options)
        keys = [name.replace(" ", "_") for name in classes]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if not keys:
            raise ConfigError("classification metrics need at least one class: the class list is empty")
        if twice:
            raise ConfigError(
                f"class list: {', '.join(twice)} stands there twice (spaces count as underscores)"
            )
        self.classes = list(classes)
        self.prefix = prefix
        self._class_keys = [f"{prefix}/acc_class/{key}" for key in keys]
        for state, shape in {"confusion": (len(keys), len(keys)), "top5_hits": (), "count": ()}.items():
            self.add_state(state, torch.zeros(shape, dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, logits: Float[Tensor, "samples classes"], target: Int64[Tensor, " samples"]) -> None:
        """Count one batch; a batch that is rejected leaves the counts as they were.

        Raises:
            DataError: a label below -1 or beyond the class list.
            ValueError: NaN logits, or logits for another number of classes or samples.
        """
        if logits.shape[1] != len(self.classes):
            raise ValueError(
                f"logits for {logits.shape[1]} classes, but the class list has {len(self.classes)}"
            )
        hits = topk_hits(logits, target, 5)
        matrix = confusion_matrix(predicted_class(logits), target, len(self.classes))
        self.confusion += matrix
        self.top5_hits += hits.sum()
        self.count += (target >= 0).sum()

    def compute(self) -> dict[str, float]:
        """Return fractions as plain numbers, ready for JSON and for ``log_dict``.

        ``acc``, ``acc_top5`` and ``macc`` are always there, NaN when no sample had a label; ``acc_class/...``
        only for classes that have samples. With five classes or fewer ``acc_top5`` is 1.
        """
        # float64 on the CPU, because some accelerators lack it and float32 would round the fractions.
        matrix = self.confusion.cpu()
        count = int(self.count)
        figures = {
            f"{self.prefix}/acc": float(accuracy(matrix)),
            f"{self.prefix}/acc_top5": int(self.top5_hits) / count if count else float("nan"),
            f"{self.prefix}/macc": float(mean_class_accuracy(matrix)),
        }
        per_class = zip(
            self._class_keys, class_accuracy(matrix).tolist(), matrix.sum(dim=1).tolist(), strict=True
        )
        return figures | {key: value for key, value, samples in per_class if samples}
