"""Part segmentation as an eval-only LightningModule over packed dense features, a shard at a time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from lightning import LightningModule
from torch import Tensor

from pointclip2.cache.columns import PackedCells
from pointclip2.cache.store import Shard
from pointclip2.data.dataset import CloudDataset
from pointclip2.data.part_table import PartTable
from pointclip2.data.prepare import stable_seed
from pointclip2.heads.parts import PartHead
from pointclip2.metrics.part_segmentation import PartIoU
from pointclip2.tasks.parts.choice import PartChoices

CHUNK = 8
"""Shapes whose features are unpacked at once."""


@dataclass(frozen=True)
class PartPrediction:
    """One segmented cloud."""

    index: int
    """Position in the data set."""
    category: str | None
    """That its parts were taken from."""
    points: Float[Tensor, "points 3"]
    part: Int64[Tensor, " points"]
    """Ids of the data set, or beyond its last for names of the user's own."""
    truth: Int64[Tensor, " points"]
    """-1 where unknown."""
    seen: Bool[Tensor, " points"]


class PartModule(LightningModule):
    """Tests a head on packed features; every sample counts once, whatever the number of processes.

    Args:
        head: with view weights in place.
        dataset: the split, for names and labels; its clouds are in the features.
        choices: which parts are asked for in each sample.
        packing: of the features.
        keep: positions whose clouds are kept for pictures.
        write: called with every cloud, in the process that segmented it.
    """

    def __init__(
        self,
        head: PartHead,
        dataset: CloudDataset,
        choices: PartChoices,
        packing: PackedCells,
        keep: Collection[int] = (),
        write: Callable[[PartPrediction], None] | None = None,
    ) -> None:
        super().__init__()
        self.head = head
        self.dataset = dataset
        self.choices = choices
        self.packing = packing
        self.keep = frozenset(keep)
        self.write = write
        self.table = PartTable.of(dataset)
        self.metrics = PartIoU(dataset.classes, self.table.ids)
        self.random = PartIoU(dataset.classes, self.table.ids)
        self.results: dict[str, float] = {}
        self.baselines: dict[str, dict[str, float]] = {}
        self.by_shape: dict[int, float] = {}
        self.by_part: dict[int, float] = {}
        self.coverage = 0.0
        self.kept: list[PartPrediction] = []

    def on_test_epoch_start(self) -> None:
        """Start afresh, also where the same task is tested twice."""
        self.metrics.reset()
        self.random.reset()
        self.kept = []

    def test_step(self, batch: Shard, batch_idx: int) -> None:
        """One shard; samples of the same choice of parts go together."""
        positions = batch.index.tolist()
        groups: dict[tuple[int, int], list[int]] = {}
        for row, position in enumerate(positions):
            key = (self.choices.of_sample[position], self.dataset.labels[position])
            groups.setdefault(key, []).append(row)
        for (_, label), rows in groups.items():
            for start in range(0, len(rows), CHUNK):
                self._segment(batch, torch.tensor(rows[start : start + CHUNK]), label)

    def _segment(self, batch: Shard, rows: Tensor, label: int) -> None:
        columns = {name: column[rows].to(self.device) for name, column in batch.columns.items()}
        index = batch.index[rows].to(self.device)
        choice = self.choices[int(index[0])]
        found = self.head(self.packing.unpack(columns), choice.text, columns["points"], choice.category)
        part = choice.ids.to(self.device)[found.part]
        truth = columns["parts"].long()
        self.metrics.update(index, label, part, truth, found.seen)
        if label >= 0 and self.table.ids[label]:
            self.random.update(index, label, self._random(index, truth, label), truth, found.seen)
        for row, position in enumerate(index.tolist()):
            if position not in self.keep and self.write is None:
                continue
            cloud = [values[row].cpu() for values in (columns["points"], part, truth, found.seen)]
            prediction = PartPrediction(position, choice.category, *cloud)
            if position in self.keep:
                self.kept.append(prediction)
            if self.write is not None:
                self.write(prediction)

    def _random(self, index: Tensor, truth: Tensor, label: int) -> Tensor:
        """Random parts of the category, the same for a sample whatever else is evaluated."""
        ids = torch.tensor(self.table.ids[label])
        drawn = []
        for position in index.tolist():
            generator = torch.Generator().manual_seed(stable_seed(self.dataset.names[position]) % 2**63)
            drawn.append(ids[torch.randint(len(ids), (truth.shape[1],), generator=generator)])
        return torch.stack(drawn).to(truth.device)

    def on_test_epoch_end(self) -> None:
        """Figures over all processes, baselines beside them."""
        figures = self.metrics.compute()
        self.coverage = figures.get("test/coverage", 0.0)
        labelled = "test/miou_category" in figures
        self.results = figures if labelled else {}
        # All processes hold the same figures: a mean over them would change the last digit.
        for logger in self.loggers:
            logger.log_metrics(self.results, step=0)
        with self.metrics.sync_context():
            self.by_shape = self.metrics.by_shape()
            self.by_part = self.metrics.by_part()
            largest = self.metrics.largest_part()
        chance = self.random.compute()
        both = ("test/miou_instance", "test/miou_category")
        if labelled:
            self.baselines = {"largest_part": largest, "random_parts": {name: chance[name] for name in both}}
        if self.trainer.world_size > 1:
            shares: list[list[PartPrediction]] = [[] for _ in range(self.trainer.world_size)]
            torch.distributed.all_gather_object(shares, self.kept)
            self.kept = [prediction for share in shares for prediction in share]
        self.kept.sort(key=lambda prediction: prediction.index)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing to save: nothing here is trained."""
        return {}
