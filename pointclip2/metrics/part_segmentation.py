"""Compute part segmentation figures of a stream of shapes, keyed by sample."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Bool, Int64
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from pointclip2.metrics.part_iou import constant_iou, iou_of_counts, part_counts
from pointclip2.types import ConfigError

SAMPLE, CATEGORY, POINTS, SEEN = range(4)


class PartIoU(Metric):
    """Computes instance and category mIoU, the IoU of every category, point accuracy and coverage.

    The states are integer counts of every shape, under its position in the data set. The figures are computed in the
    order of the data set, so they are the same to the last bit however the shapes were cut into batches or shared out
    among processes. The rules of counting are those of `pointclip2.metrics.part_iou`.

    Args:
        categories: category names in the order of the labels.
        parts: the ids of each category's parts.
        prefix: what every key starts with.
        options: passed on to ``torchmetrics.Metric``.

    Raises:
        ConfigError: not as many lists of parts as categories.
    """

    is_differentiable = False
    higher_is_better = True
    full_state_update = False

    shapes: list[Tensor]
    """One row a shape, (batch, 4): position in the data set, category, points, points seen in a view."""
    counts: list[Tensor]
    """One table a shape, (batch, 3, most parts of a category): points right, predicted, labelled."""

    def __init__(
        self, categories: Sequence[str], parts: Sequence[Sequence[int]], prefix: str = "test", **options: Any
    ) -> None:
        super().__init__(**options)
        if len(categories) != len(parts) or not categories:
            raise ConfigError(f"part IoU: {len(parts)} lists of parts for {len(categories)} categories")
        self.categories = tuple(categories)
        self.parts = tuple(tuple(ids) for ids in parts)
        self.prefix = prefix
        self.width = max(1, *map(len, self.parts))
        self.add_state("shapes", [], dist_reduce_fx="cat")
        self.add_state("counts", [], dist_reduce_fx="cat")
        self.attend()

    def attend(self) -> None:
        """Take part without adding a shape: a process that has none still has to join when the counts are gathered."""
        nothing = torch.zeros(0, 1, dtype=torch.int64, device=self.device)
        self.update(nothing[:, 0], -1, nothing, nothing, nothing.bool())

    def reset(self) -> None:
        """Forget all shapes."""
        super().reset()
        self.attend()

    def update(
        self,
        index: Int64[Tensor, " batch"],
        category: int,
        prediction: Int64[Tensor, "batch points"],
        target: Int64[Tensor, "batch points"],
        seen: Bool[Tensor, "batch points"],
    ) -> None:
        """Count shapes of one category; ``index`` is their position in the data set.

        Of shapes of an unknown category (-1) only the coverage counts.

        Raises:
            ConfigError: part labels of a category that has no parts.
            DataError: a part id that is not one of the category's.
        """
        ids = self.parts[category] if category >= 0 else ()
        if ids:
            counts = torch.stack(part_counts(prediction, target, ids), dim=1)
        elif bool((target >= 0).any()):
            name = self.categories[category] if category >= 0 else "a shape without a category"
            raise ConfigError(f"{name} has part labels but no parts to count")
        else:
            counts = torch.zeros(len(target), 3, 0, dtype=torch.int64, device=target.device)
        self.counts.append(torch.nn.functional.pad(counts, (0, self.width - len(ids))))
        rows = [index, torch.full_like(index, category)]
        rows += [torch.full_like(index, target.shape[1]), seen.sum(dim=1)]
        self.shapes.append(torch.stack(rows, dim=1))

    def compute(self) -> dict[str, float]:
        """Return fractions as plain numbers. Coverage is always there, the rest only where points are labelled.

        Raises:
            RuntimeError: a shape came twice.
        """
        shapes, counts = self._ordered()
        figures: dict[str, float] = {}
        labelled = counts[:, 2].sum(dim=1) > 0
        if bool(labelled.any()):
            iou = self._shape_iou(shapes, counts)
            figures[f"{self.prefix}/miou_instance"] = float(iou[labelled].mean())
            by_category = self._by_category(shapes, iou)
            mean = sum(by_category.values()) / len(by_category)
            figures[f"{self.prefix}/miou_category"] = mean
            right, known = int(counts[:, 0].sum()), int(counts[:, 2].sum())
            figures[f"{self.prefix}/point_acc"] = right / known
            for name, value in by_category.items():
                figures[f"{self.prefix}/iou_class/{name.replace(' ', '_')}"] = value
        points = int(shapes[:, POINTS].sum())
        if points:
            figures[f"{self.prefix}/coverage"] = int(shapes[:, SEEN].sum()) / points
        return figures

    def by_shape(self) -> dict[int, float]:
        """Return the mean part IoU of every labelled shape of this process, by its position in the data set."""
        shapes, counts = self._ordered()
        iou = self._shape_iou(shapes, counts).tolist()
        return {i: value for i, value in zip(shapes[:, SAMPLE].tolist(), iou, strict=True) if value == value}

    def by_part(self) -> dict[int, float]:
        """Return the mean IoU of every part, by its id, over the shapes of its category that have it."""
        shapes, counts = self._ordered()
        iou = iou_of_counts(*counts.unbind(dim=1))
        found = {}
        for category, ids in enumerate(self.parts):
            own = shapes[:, CATEGORY] == category
            for column, part in enumerate(ids):
                has = own & (counts[:, 2, column] > 0)
                if bool(has.any()):
                    found[part] = float(iou[has, column].mean())
        return found

    def largest_part(self) -> dict[str, float]:
        """Return instance and category mIoU if all points went to the part with most points in the category's labels.

        This baseline learns nothing but sees the labels; the dict is empty without labels.
        """
        shapes, counts = self._ordered()
        iou = torch.full((len(shapes),), torch.nan, dtype=torch.float64)
        for category, ids in enumerate(self.parts):
            own = (shapes[:, CATEGORY] == category) & (counts[:, 2].sum(dim=1) > 0)
            if bool(own.any()):
                labelled = counts[own, 2, : len(ids)]
                iou[own] = constant_iou(labelled)[:, int(labelled.sum(dim=0).argmax())]
        by_category = self._by_category(shapes, iou)
        if not by_category:
            return {}
        return {
            f"{self.prefix}/miou_instance": float(iou.nanmean()),
            f"{self.prefix}/miou_category": sum(by_category.values()) / len(by_category),
        }

    def _ordered(self) -> tuple[Tensor, Tensor]:
        # The sums that follow are float64 on the CPU, because some accelerators lack it.
        shapes, counts = dim_zero_cat(self.shapes).cpu(), dim_zero_cat(self.counts).cpu()
        order = shapes[:, SAMPLE].argsort()
        shapes, counts = shapes[order], counts[order]
        if bool((shapes[1:, SAMPLE] == shapes[:-1, SAMPLE]).any()):
            raise RuntimeError("a shape came twice: trainer.use_distributed_sampler must be false")
        return shapes, counts

    def _shape_iou(self, shapes: Tensor, counts: Tensor) -> Tensor:
        iou = iou_of_counts(*counts.unbind(dim=1))
        widths = torch.tensor([len(ids) for ids in self.parts])[shapes[:, CATEGORY]]
        mean = iou.cumsum(dim=1).gather(1, widths.clamp(min=1).unsqueeze(1) - 1).squeeze(1) / widths
        return torch.where(counts[:, 2].sum(dim=1) > 0, mean, torch.nan)

    def _by_category(self, shapes: Tensor, iou: Tensor) -> dict[str, float]:
        found = {}
        for category, name in enumerate(self.categories):
            own = iou[(shapes[:, CATEGORY] == category) & ~iou.isnan()]
            if len(own):
                found[name] = float(own.mean())
        return found
