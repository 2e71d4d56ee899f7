"""Classification as an eval-only LightningModule over features that are there already."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int64
from lightning import LightningDataModule, LightningModule
from torch import Tensor
from torch.utils.data import DataLoader

from pointclip2.cache import FeatureTable
from pointclip2.heads.adapters import Adapter
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.metrics.classification import ClassificationMetrics


@dataclass(frozen=True)
class Predictions:
    """Fused probabilities of every sample, in the order of the data set."""

    index: Int64[Tensor, " samples"]
    probability: Float[Tensor, "samples classes"]


class ClassificationModule(LightningModule):
    """Tests a head on features; `predictions` holds every sample once, whatever the number of processes.

    Args:
        head: gives ``scores`` of a batch's columns: with texts and view weights in place, or a trained adapter.
        classes: names in label order.
    """

    def __init__(self, head: ZeroShotHead | Adapter, classes: Sequence[str]) -> None:
        super().__init__()
        self.head = head
        self.metrics = ClassificationMetrics(classes)
        self._rows: list[tuple[Tensor, Tensor]] = []
        self.predictions: Predictions | None = None
        self.results: dict[str, float] = {}

    def on_test_epoch_start(self) -> None:
        """Start afresh, also where the same task is tested twice."""
        self._rows = []
        self.metrics.reset()
        # A process may get no sample at all, and yet has to take part when the counts are summed.
        classes = len(self.metrics.classes)
        self.metrics.update(
            torch.zeros(0, classes, device=self.device), torch.zeros(0, dtype=torch.int64, device=self.device)
        )

    def test_step(self, batch: list[Tensor], batch_idx: int) -> None:
        """One batch of (features, label, index), or of several columns before label and index."""
        *columns, label, index = batch
        fused, probability = self.head.scores(*columns)
        self.metrics.update(fused, label)
        self._rows.append((index.cpu(), probability.cpu()))

    def on_test_epoch_end(self) -> None:
        """Figures and predictions over all processes."""
        figures = {name: float(value) for name, value in self.metrics.compute().items()}
        # The counts are of all processes by now: whether anything was labelled is the same everywhere.
        self.results = {} if math.isnan(figures["test/acc"]) else figures
        self.predictions = self._gather()
        # All processes hold the same figures. Not by log_dict: it takes longer for a figure a class than all else here.
        for logger in self.loggers:
            logger.log_metrics(self.results, step=0)

    def _gather(self) -> Predictions:
        rows: list[list[tuple[Tensor, Tensor]]] = [self._rows]
        if self.trainer.world_size > 1:
            rows = [[] for _ in range(self.trainer.world_size)]
            torch.distributed.all_gather_object(rows, self._rows)
        flat = [row for share in rows for row in share]
        if not flat:
            return Predictions(torch.zeros(0, dtype=torch.int64), torch.zeros(0, len(self.metrics.classes)))
        index, probability = (torch.cat([row[column] for row in flat]) for column in (0, 1))
        order = index.argsort()
        index, probability = index[order], probability[order]
        if bool((index[1:] == index[:-1]).any()):
            raise RuntimeError("a sample came twice: trainer.use_distributed_sampler must be false")
        return Predictions(index, probability)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing to save: nothing here is trained."""
        return {}


class ColumnData(LightningDataModule):
    """Shares whole batches of encoded samples out among processes: the same batches whatever the number of processes.

    Args:
        columns: what the head takes, a row a sample.
        labels: of these samples, -1 where unknown.
        index: position of each in its split.
        batch_size: samples a batch.
    """

    def __init__(
        self,
        columns: Sequence[Tensor],
        labels: Int64[Tensor, " samples"],
        index: Int64[Tensor, " samples"],
        batch_size: int = 1024,
    ) -> None:
        super().__init__()
        self.columns = (*columns, labels, index)
        self.batch_size = batch_size

    @classmethod
    def of(cls, table: FeatureTable, labels: Sequence[int]) -> "ColumnData":
        """Return the columns of a table; ``labels`` are those of the whole split."""
        return cls([table.features], torch.tensor(list(labels), dtype=torch.int64)[table.index], table.index)

    def test_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        batches = list(zip(*(column.split(self.batch_size) for column in self.columns), strict=True))[
            rank::world
        ]
        if not batches:  # more processes than batches; Lightning wants one from each
            batches = [tuple(column[:0] for column in self.columns)]
        return DataLoader(batches, batch_size=None)  # type: ignore[arg-type]
