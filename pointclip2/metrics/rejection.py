"""Compute how well answers say what they do not know, over a stream of batches."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torchmetrics import Metric

from pointclip2.metrics.calibration import (
    area_under_risk,
    calibration_error,
    interval,
    risk_coverage,
    separation,
)

POINTS = 20
"""Of the risk-coverage curve that is kept."""


class RejectionMetrics(Metric):
    """Gathers names, confidence and fit while batches come, and returns figures at the end.

    ``ece`` is the expected calibration error of the names' probabilities over known samples, ``aurc`` the area under
    the risk-coverage curve over known and strange ones, surest first: naming a strange one is an error. ``refused`` is
    the share of the known that were called none of these, ``caught`` that of the strange, and ``auroc`` how often a
    known one fits better than a strange one. A figure over no samples is NaN. Samples of which nobody knows the label
    count nowhere.

    >>> metrics = RejectionMetrics()
    >>> none, fit = torch.tensor([0.1, 0.8]), torch.tensor([2.0, -1.0])
    >>> probability, strange = torch.tensor([[0.9, 0.1], [0.6, 0.4]]), torch.tensor([False, True])
    >>> metrics.update(probability, none, fit, torch.tensor([0, -1]), strange)
    >>> metrics.compute()["test/auroc"]
    1.0
    """

    is_differentiable = False
    full_state_update = False
    correct: list[Tensor]
    confidence: list[Tensor]
    sure: list[Tensor]
    fits: list[Tensor]
    strange: list[Tensor]

    def __init__(self, prefix: str = "test", **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix
        for state in ("correct", "confidence", "sure", "fits", "strange"):
            self.add_state(state, [], dist_reduce_fx="cat")

    def update(
        self,
        probability: Float[Tensor, "samples classes"],
        none: Float[Tensor, " samples"],
        fit: Float[Tensor, " samples"],
        target: Int64[Tensor, " samples"],
        strange: Bool[Tensor, " samples"],
    ) -> None:
        """Take one batch.

        Args:
            probability: of the names, if it is one of them.
            none: the probability that it is none of them.
            fit: of the best name; below 0 it is none of them.
            target: the true name's index, -1 where there is none.
            strange: whether the sample is known to be none of the names.
        """
        counted = (target >= 0) | strange
        best, name = probability[counted].max(dim=1)
        self.correct.append((name == target[counted]) & ~strange[counted])
        self.confidence.append(best)
        self.sure.append(best * (1 - none[counted]))
        self.fits.append(fit[counted])
        self.strange.append(strange[counted])

    def compute(self) -> dict[str, float]:
        """Return the figures as plain numbers."""
        known, strange, columns = self._gathered()
        correct, confidence, sure, fits = columns
        return {
            f"{self.prefix}/ece": calibration_error(confidence[known], correct[known]),
            f"{self.prefix}/aurc": area_under_risk(sure, ~correct),
            f"{self.prefix}/refused": _share(fits[known] < 0),
            f"{self.prefix}/caught": _share(fits[strange] < 0),
            f"{self.prefix}/auroc": separation(fits[known], fits[strange]),
        }

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Return 95 % bootstrap intervals of the figures that are defined."""
        known, strange, (correct, confidence, sure, fits) = self._gathered()
        found = {
            "ece": interval(calibration_error, (confidence[known], correct[known])),
            "aurc": interval(area_under_risk, (sure, ~correct)),
            "refused": interval(_share, (fits[known] < 0,)),
            "caught": interval(_share, (fits[strange] < 0,)),
            "auroc": interval(separation, (fits[known],), (fits[strange],)),
        }
        return {f"{self.prefix}/{name}": both for name, both in found.items() if both is not None}

    def curve(self) -> dict[str, Sequence[float]]:
        """Return `POINTS` points of the risk-coverage curve; none without samples."""
        _, _, (correct, _, sure, _) = self._gathered()
        coverage, risk = risk_coverage(sure, ~correct)
        if not len(coverage):
            return {"coverage": [], "risk": []}
        at = (torch.linspace(0, 1, POINTS + 1)[1:] * len(coverage)).ceil().long().clamp(min=1) - 1
        return {"coverage": coverage[at].tolist(), "risk": risk[at].tolist()}

    def _gathered(self) -> tuple[Tensor, Tensor, list[Tensor]]:
        states = [getattr(self, name) for name in ("correct", "confidence", "sure", "fits", "strange")]
        # Tensors already where several processes were brought together.
        joined = [
            (state if isinstance(state, Tensor) else torch.cat(state) if state else torch.zeros(0)).cpu()
            for state in states
        ]
        correct, strange = joined[0].bool(), joined[4].bool()
        return ~strange, strange, [correct, *joined[1:4]]


def _share(hits: Bool[Tensor, " samples"]) -> float:
    return float(hits.double().mean()) if len(hits) else math.nan
