"""What a stream of judgements is worth."""

import math

import pytest
import torch

from pointclip2.metrics.rejection import RejectionMetrics

PROBABILITY = torch.tensor([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.8, 0.2], [0.5, 0.5]])
NONE = torch.tensor([0.1, 0.5, 0.9, 0.2, 0.6])
FIT = torch.tensor([2.0, 0.5, -1.0, 1.0, -0.5])
TARGET = torch.tensor([0, 1, -1, -1, 1])
STRANGE = torch.tensor([False, False, True, True, False])


def measured(*cuts: slice) -> RejectionMetrics:
    metrics = RejectionMetrics()
    for cut in cuts:
        metrics.update(PROBABILITY[cut], NONE[cut], FIT[cut], TARGET[cut], STRANGE[cut])
    return metrics


def test_figures_of_five_by_hand() -> None:
    found = measured(slice(None)).compute()
    # Known: 0.9 right, 0.6 wrong, 0.5 (the first of equals) wrong.
    assert found["test/ece"] == pytest.approx((0.1 + 0.6 + 0.5) / 3)
    assert found["test/refused"] == pytest.approx(1 / 3)
    assert found["test/caught"] == pytest.approx(1 / 2)
    # 2 > both, .5 > -1, -.5 > -1.
    assert found["test/auroc"] == pytest.approx(4 / 6)
    # Surest first: .81 right, .64 strange, .3 wrong, .2 wrong, .07 strange.
    assert found["test/aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5) / 5)


def test_batches_do_not_matter() -> None:
    whole, cut = measured(slice(None)), measured(slice(0, 2), slice(2, 2), slice(2, 5))
    assert whole.compute() == cut.compute()
    assert whole.intervals() == cut.intervals()


def test_samples_that_nobody_knows_count_nowhere() -> None:
    metrics = measured(slice(None))
    metrics.update(PROBABILITY[:2], NONE[:2], FIT[:2], torch.tensor([-1, -1]), torch.tensor([False, False]))
    assert metrics.compute() == measured(slice(None)).compute()


def test_the_curve_ends_with_all_answered() -> None:
    curve = measured(slice(None)).curve()
    assert curve["coverage"][-1] == 1
    assert curve["risk"][-1] == pytest.approx(4 / 5)
    assert curve["coverage"] == sorted(curve["coverage"])


def test_without_strangers_their_figures_are_undefined() -> None:
    metrics = RejectionMetrics()
    metrics.update(PROBABILITY[:2], NONE[:2], FIT[:2], TARGET[:2], STRANGE[:2])
    found = metrics.compute()
    assert math.isnan(found["test/auroc"])
    assert math.isnan(found["test/caught"])
    assert "test/auroc" not in metrics.intervals()


def test_without_samples_nothing_is_defined() -> None:
    metrics = RejectionMetrics()
    metrics.update(PROBABILITY[:0], NONE[:0], FIT[:0], TARGET[:0], STRANGE[:0])
    assert all(math.isnan(value) for value in metrics.compute().values())
    assert metrics.intervals() == {}
    assert metrics.curve() == {"coverage": [], "risk": []}
