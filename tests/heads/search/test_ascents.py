"""Coordinate ascent on accuracy, and on information without labels."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.heads.fusion import fuse
from pointclip2.heads.search import climb_view_weights, informative_view_weights, search_view_weights
from pointclip2.heads.search.information import information
from pointclip2.types import ConfigError, DataError

LEVELS = (0.25, 0.5, 0.75, 1.0)


def noisy_views(seed: int = 0, batch: int = 300, classes: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    """Three views that know something and two that know nothing."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(batch) % classes
    truth = torch.nn.functional.one_hot(labels, classes).float()
    logits = torch.randn(5, batch, classes, generator=generator)
    logits[:3] += 2 * truth
    return logits, labels


def accuracy(logits: torch.Tensor, labels: torch.Tensor, values: torch.Tensor) -> float:
    return float((torch.einsum("v,vbk->bk", values, logits).argmax(1) == labels).double().mean())


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.integers(0, 2))
def test_an_ascent_lies_between_its_start_and_the_exact_best(seed: int, restarts: int) -> None:
    logits, labels = noisy_views(seed, batch=30)
    found = climb_view_weights(logits, labels, LEVELS, restarts=restarts, seed=seed)
    best = search_view_weights(logits, labels, LEVELS)
    assert found.history[0].score <= found.score <= best.score
    assert found.score == pytest.approx(accuracy(logits, labels, found.values))
    scores, evaluations = [s.score for s in found.history], [s.evaluations for s in found.history]
    assert scores == sorted(scores)
    assert evaluations == sorted(evaluations)
    assert found.evaluations == evaluations[-1]


def test_views_that_know_nothing_lose_their_weight() -> None:
    logits, labels = noisy_views()
    before = accuracy(logits, labels, torch.ones(5))
    for found in (climb_view_weights(logits, labels, LEVELS), informative_view_weights(logits, LEVELS)):
        assert float(found.values[3:].max()) < float(found.values[:3].min())
        assert accuracy(logits, labels, found.values) > before + 0.05


def test_a_level_that_is_only_as_good_replaces_nothing() -> None:
    sure = 10 * torch.nn.functional.one_hot(torch.arange(4), 4).float().expand(3, -1, -1)
    found = climb_view_weights(sure, torch.arange(4), LEVELS)
    assert found.values.tolist() == [1.0, 1.0, 1.0]


def test_information_trusts_a_view_that_is_surely_wrong_and_accuracy_does_not() -> None:
    logits, labels = noisy_views()
    logits[3] *= 5
    assert float(informative_view_weights(logits, LEVELS).values[3]) == 1.0
    assert float(climb_view_weights(logits, labels, LEVELS).values[3]) == 0.25


def test_restarts_never_lose_what_the_first_ascent_found() -> None:
    logits, labels = noisy_views(1, batch=60)
    one = climb_view_weights(logits, labels, LEVELS)
    more = climb_view_weights(logits, labels, LEVELS, restarts=5)
    assert more.score >= one.score
    assert more.evaluations > one.evaluations
    again = climb_view_weights(logits, labels, LEVELS, restarts=5)
    assert more.values.tolist() == again.values.tolist()


def test_only_free_views_move_and_the_others_keep_their_start() -> None:
    logits, labels = noisy_views()
    start = [0.1, 0.2, 0.3, 0.4, 0.5]
    for found in (
        climb_view_weights(logits, labels, LEVELS, free=[3], initial=start, restarts=2),
        informative_view_weights(logits, LEVELS, free=[3], initial=start),
    ):
        assert found.values[[0, 1, 2, 4]].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.5])


def test_information_is_nothing_for_one_answer_and_all_for_sure_and_even_ones() -> None:
    sure = 1000 * torch.eye(4)[None]
    ones = torch.ones(1, 1, dtype=torch.float64)
    assert float(information(sure, ones)[0]) == pytest.approx(1)
    assert float(information(sure[:, :1].expand(1, 4, 4), ones)[0]) == pytest.approx(0, abs=1e-9)
    assert float(information(torch.zeros(1, 4, 4), ones)[0]) == pytest.approx(0, abs=1e-9)
    assert float(information(torch.zeros(1, 4, 1), ones)[0]) == 0


def test_information_is_that_of_views_as_independent_evidence() -> None:
    logits, _ = noisy_views(2, batch=50)
    weights = torch.rand(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for given_weights, told in zip(weights, information(logits, weights).tolist(), strict=True):
        p = fuse(logits.double(), given_weights / given_weights.mean()).softmax(dim=1)
        entropy = torch.special.entr(p.mean(0)).sum() - torch.special.entr(p).sum(1).mean()
        assert told == pytest.approx(float(entropy) / math.log(6))


def test_scaling_all_weights_changes_no_information() -> None:
    logits, _ = noisy_views(2, batch=50)
    weights = torch.rand(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(information(logits, weights), information(logits, 7 * weights))


def test_views_that_repeat_each_other_do_not_drive_out_others() -> None:
    logits, labels = noisy_views(3)
    truth = torch.nn.functional.one_hot(labels, 6).float()
    generator = torch.Generator().manual_seed(4)
    same = torch.randn(1, 300, 6, generator=generator) + 2 * truth
    views = torch.cat([same, same, logits[:3]])
    found = informative_view_weights(views, LEVELS)
    assert accuracy(views, labels, found.values) >= accuracy(views, labels, torch.ones(5))


def test_information_of_many_shapes_is_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, _ = noisy_views(2, batch=50)
    weights = torch.ones(2, 5, dtype=torch.float64)
    whole = information(logits, weights)
    monkeypatch.setattr("pointclip2.heads.search.information.BUDGET", 64)
    torch.testing.assert_close(information(logits, weights), whole)


def test_a_level_of_zero_never_leaves_every_view_without_weight() -> None:
    logits, labels = noisy_views()
    for found in (
        climb_view_weights(logits[:1], labels, (0.0, 1.0), restarts=3),
        informative_view_weights(logits[:1], (0.0, 1.0), initial=[0.0]),
    ):
        assert found.values.tolist() == [1.0]


def test_what_cannot_be_climbed_is_one_line() -> None:
    logits, labels = noisy_views()
    with pytest.raises(ConfigError, match="restarts=-1"):
        climb_view_weights(logits, labels, LEVELS, restarts=-1)
    with pytest.raises(ConfigError, match="temperature=0"):
        informative_view_weights(logits, LEVELS, temperature=0)
    with pytest.raises(ConfigError, match="levels is empty"):
        informative_view_weights(logits, [])
    with pytest.raises(DataError, match="not finite"):
        informative_view_weights(logits / 0, LEVELS)
    with pytest.raises(DataError, match="none of 300 shapes has a label"):
        climb_view_weights(logits, torch.full_like(labels, -1), LEVELS)
