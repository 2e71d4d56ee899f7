"""Calibration, risk and coverage, and known against strange: hand figures, and scikit-learn's."""

import math

import pytest
import torch
from sklearn.metrics import roc_auc_score

from pointclip2.metrics.calibration import (
    area_under_risk,
    calibration_error,
    interval,
    risk_coverage,
    separation,
)


def test_calibration_error_is_the_gap_weighed_by_bins() -> None:
    confidence = torch.tensor([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    correct = torch.tensor([True, True, True, False, False, False])
    assert calibration_error(confidence, correct) == pytest.approx(4 / 6 * 0.2 + 2 / 6 * 0.55)
    one_bin = abs(float(confidence.double().mean()) - 0.5)
    assert calibration_error(confidence, correct, bins=1) == pytest.approx(one_bin)


@pytest.mark.parametrize(
    ("confidence", "hit", "error"), [(0.0, False, 0.0), (1.0, True, 0.0), (1.0, False, 1.0)]
)
def test_the_ends_of_the_scale_are_in_a_bin(confidence: float, hit: bool, error: float) -> None:
    assert calibration_error(torch.tensor([confidence]), torch.tensor([hit])) == pytest.approx(error)


def test_an_edge_belongs_to_the_bin_below() -> None:
    # In one bin with 0.25 the gaps would cancel.
    confidence = torch.tensor([0.5, 0.75])
    assert calibration_error(confidence, torch.tensor([False, True]), bins=2) == pytest.approx(0.375)


def test_risk_grows_as_the_unsure_are_answered() -> None:
    coverage, risk = risk_coverage(
        torch.tensor([0.2, 0.9, 0.6, 0.4]), torch.tensor([True, False, True, False])
    )
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])
    wrong = torch.tensor([True, False, True, False])
    assert area_under_risk(torch.tensor([0.2, 0.9, 0.6, 0.4]), wrong) == pytest.approx(
        (1 / 2 + 1 / 3 + 2 / 4) / 4
    )


def test_the_order_within_a_tie_does_not_matter() -> None:
    confidence, wrong = torch.tensor([0.9, 0.5, 0.5]), torch.tensor([False, True, False])
    one, other = risk_coverage(confidence, wrong)[1], risk_coverage(confidence, wrong[[0, 2, 1]])[1]
    assert one.tolist() == other.tolist() == pytest.approx([0, 0.25, 1 / 3])


def test_separation_is_the_area_of_scikit_learn() -> None:
    generator = torch.Generator().manual_seed(0)
    known = torch.randn(80, generator=generator).add(0.7).mul(4).round()  # many ties
    strange = torch.randn(50, generator=generator).mul(4).round()
    labels = [1] * 80 + [0] * 50
    assert separation(known, strange) == pytest.approx(roc_auc_score(labels, torch.cat([known, strange])))


def test_nothing_gives_no_figure() -> None:
    none = torch.zeros(0)
    assert math.isnan(calibration_error(none, none.bool()))
    assert math.isnan(area_under_risk(none, none.bool()))
    assert math.isnan(separation(torch.ones(3), none))
    assert interval(separation, (torch.ones(3),), (none,)) is None


def test_the_interval_covers_what_it_should() -> None:
    def share(hits: torch.Tensor) -> float:
        return float(hits.double().mean())

    hits = torch.arange(400) % 10 < 9
    low, high = interval(share, (hits,)) or (0.0, 0.0)
    half = 1.96 * math.sqrt(0.9 * 0.1 / 400)
    assert (low, high) == pytest.approx((0.9 - half, 0.9 + half), abs=0.008)
    assert interval(share, (hits,)) == (low, high)  # the same every time
