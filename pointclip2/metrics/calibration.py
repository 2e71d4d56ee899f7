"""Compute how far confidence can be trusted, as pure functions: calibration, risk and coverage, known against not.

As for accuracy, a figure over no samples is NaN, never 0.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor


def calibration_error(
    confidence: Float[Tensor, " samples"], correct: Bool[Tensor, " samples"], bins: int = 10
) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy in bins of equal width.

    A bin counts by its samples. A bin takes its upper edge in, as in scikit-learn and torchmetrics; 0 is in the first.

    >>> round(calibration_error(torch.tensor([0.9, 0.9, 0.6]), torch.tensor([True, False, True])), 4)
    0.4
    """
    if not len(confidence):
        return math.nan
    sure = confidence.double()
    place = (sure * bins).ceil().long().clamp(1, bins) - 1
    gap = torch.zeros(bins, dtype=torch.float64, device=sure.device)
    gap.index_add_(0, place, correct.double() - sure)
    return float(gap.abs().sum() / len(sure))


def risk_coverage(
    confidence: Float[Tensor, " samples"], wrong: Bool[Tensor, " samples"]
) -> tuple[Float64[Tensor, " samples"], Float64[Tensor, " samples"]]:
    """Return coverage and risk where the surest samples are answered first, one more at each place.

    Risk is the share of wrong answers among those given. Samples that are equally sure come together: within a tie each
    place has the tie's mean, so that their order does not matter.

    >>> risk_coverage(torch.tensor([0.9, 0.8]), torch.tensor([False, True]))[1].tolist()
    [0.0, 0.5]
    """
    order = confidence.argsort(descending=True, stable=True)
    _, tie, count = confidence[order].unique_consecutive(return_inverse=True, return_counts=True)
    share = torch.zeros(len(count), dtype=torch.float64, device=tie.device)
    share.index_add_(0, tie, wrong[order].double())
    answered = torch.arange(1, len(order) + 1, dtype=torch.float64, device=tie.device)
    return answered / max(len(order), 1), (share / count)[tie].cumsum(0) / answered


def area_under_risk(confidence: Float[Tensor, " samples"], wrong: Bool[Tensor, " samples"]) -> float:
    """Return the mean risk over all coverages: smaller is better; NaN without samples."""
    return float(risk_coverage(confidence, wrong)[1].mean()) if len(confidence) else math.nan


def separation(known: Float[Tensor, " known"], strange: Float[Tensor, " strange"]) -> float:
    """Return the area under the ROC curve: how often a known sample scores above a strange one, ties counting half.

    >>> separation(torch.tensor([0.9, 0.5]), torch.tensor([0.5, 0.1]))
    0.875
    """
    if not len(known) or not len(strange):
        return math.nan
    ordered = strange.sort().values
    below = torch.searchsorted(ordered, known.contiguous(), right=False)
    not_above = torch.searchsorted(ordered, known.contiguous(), right=True)
    return float((below + not_above).double().sum() / (2 * len(known) * len(strange)))


def interval(
    figure: Callable[..., float],
    *groups: tuple[Tensor, ...],
    draws: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Return the percentile bootstrap interval of a figure; None where it is NaN.

    Args:
        figure: takes the columns of all groups, one after the other.
        groups: columns that belong together, drawn anew with replacement; each group by itself.

    >>> low, high = interval(lambda hits: float(hits.double().mean()), (torch.tensor([True] * 90 + [False] * 10),))
    >>> 0.8 < low < 0.9 < high < 1
    True
    """
    if math.isnan(figure(*(column for group in groups for column in group))):
        return None
    generator = torch.Generator().manual_seed(seed)
    found = torch.empty(draws, dtype=torch.float64)
    for draw in range(draws):
        drawn: list[Tensor] = []
        for group in groups:
            rows = torch.randint(len(group[0]), (len(group[0]),), generator=generator)
            drawn += [column.cpu()[rows] for column in group]
        found[draw] = figure(*drawn)
    tail = (1 - level) / 2
    low, high = found.quantile(torch.tensor([tail, 1 - tail], dtype=torch.float64)).tolist()
    return low, high
