"""Judge how well the best names fit a split, and measure what that is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch

from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError
from pointclip2.heads.reference import Reference
from pointclip2.heads.rejection import Judgement, Rejection
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.metrics.rejection import RejectionMetrics
from pointclip2.tasks.encoding import TrainerDriver
from pointclip2.tasks.run import Run

FIGURES = {
    "test/ece": "calibration error of known things",
    "test/aurc": "area under risk and coverage",
    "test/auroc": "AUROC, known against none of these",
    "test/refused": "known things refused",
    "test/caught": "others refused",
}
"""What they are called in the console."""


@dataclass(frozen=True)
class Rejecting:
    """How a run tells what is none of the names.

    Args:
        refused: the share of held-out known things that may be refused.
        shapes: of a class, that it is calibrated on; None takes the shipped reference where there is one.

    Raises:
        ConfigError: no share, or no number of shapes.
    """

    refused: float
    shapes: int | None

    def __post_init__(self) -> None:
        if not 0 < self.refused < 1:
            raise ConfigError(f"task.refused={self.refused}: give a share between 0 and 1, such as 0.05")
        if self.shapes is not None and self.shapes < 1:
            raise ConfigError(f"task.reference_shapes={self.shapes} must be 1 or more")

    def fitted(self, run: Run, head: ZeroShotHead, names: Sequence[str], encoder: Encoder) -> Rejection:
        """Return the rejection for a head, its reference taken from the cache or encoded now."""
        driver = TrainerDriver(run.trainers)
        if self.shapes is None:
            reference = Reference.of(encoder, run.cache, driver)
        else:
            reference = Reference.made(encoder, run.cache, driver, self.shapes, self.shapes)
        return Rejection(head, names, reference, self.refused)


def judged(
    rejection: Rejection, table: FeatureTable, dataset: CloudDataset, batch_size: int = 1024
) -> tuple[Judgement, dict[str, Any], dict[str, float]]:
    """Return what is said of every sample of a table, the part of ``results.json`` about it, and the figures.

    The figures are those that are defined: without strangers nobody knows how many would be caught.
    """
    labels = torch.tensor(list(dataset.labels), dtype=torch.int64)[table.index]
    strange = torch.tensor(list(dataset.strange) or [False] * len(dataset))[table.index]
    metrics = RejectionMetrics(
        compute_with_cache=False, sync_on_compute=False
    )  # every process has every sample
    parts = []
    with torch.no_grad():
        for rows in torch.arange(len(labels)).split(batch_size):
            one = rejection.judge(table.features[rows])
            metrics.update(one.probability, one.none, one.fit, labels[rows], strange[rows])
            parts.append(one)
    whole = Judgement(
        **{part.name: torch.cat([getattr(one, part.name) for one in parts]) for part in fields(Judgement)}
    )
    figures = {name: value for name, value in metrics.compute().items() if not math.isnan(value)}
    record = {
        "allowed": rejection.refused,
        "threshold": rejection.threshold,
        "selected_on": rejection.selected_on,
        "known": int((labels >= 0).sum()),
        "strange": int(strange.sum()),
        "none": int(whole.is_none.sum()),
        "risk_coverage": metrics.curve(),
        "intervals": {name: list(both) for name, both in metrics.intervals().items()},
    }
    return whole, record, figures
