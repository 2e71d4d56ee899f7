"""The exact grid, against the published search and against trying everything."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.heads.fusion import fuse, view_logits
from pointclip2.heads.search import FoundWeights, search_view_weights
from pointclip2.heads.search.grid import LARGEST
from pointclip2.types import ConfigError, DataError
from tests.places import GOLDEN

FIGURES = GOLDEN / "view_weight_search.npz"
LEVELS = (0.25, 0.5, 0.75, 1.0)


def accuracy(logits: Tensor, labels: Tensor, weights: Any) -> float:
    fused = fuse(logits.double(), torch.as_tensor(weights, dtype=torch.float64))
    known = labels >= 0
    return float((fused.argmax(dim=1) == labels)[known].double().mean())


def tried_one_by_one(
    logits: Tensor, labels: Tensor, levels: Any, free: list[int], initial: list[float]
) -> tuple[float, list[float]]:
    """The published search, a candidate at a time."""
    best, values = accuracy(logits, labels, [1.0] * len(logits)), [1.0] * len(logits)
    for chosen in product(levels, repeat=len(free)):
        weights = list(initial)
        for view, level in zip(free, chosen, strict=True):
            weights[view] = level
        score = accuracy(logits, labels, weights) if any(weights) else -1.0
        if score > best:
            best, values = score, weights
    return best, values


def random_case(seed: int, views: int, batch: int, classes: int, whole: bool) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(views, batch, classes, generator=generator)
    # Whole numbers make many ties.
    logits = (logits * 2).round() if whole else logits
    return logits, torch.randint(classes, (batch,), generator=generator)


def test_the_published_search_is_reproduced() -> None:
    golden = np.load(FIGURES)
    features, text = torch.tensor(golden["features"]), torch.tensor(golden["text"])
    logits, labels = view_logits(features, text), torch.tensor(golden["labels"])
    found = search_view_weights(
        logits, labels, golden["levels"].tolist(), free=range(3, 10), initial=[0.75] * 3 + [1.0] * 7
    )
    assert found.history[0].score == pytest.approx(golden["uniform_accuracy"] / 100)
    assert found.score == pytest.approx(golden["best_accuracy"] / 100)
    assert found.values.tolist() == golden["best_weights"].tolist()
    assert found.evaluations == 4**7


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**31),
    st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 6)),
    st.booleans(),
    st.lists(st.sampled_from([0.0, 0.25, 0.3, 0.5, 1.0, 2.0]), min_size=1, max_size=3),
    st.data(),
)
def test_it_finds_what_trying_everything_finds(
    seed: int, size: tuple[int, int, int], whole: bool, levels: list[float], data: st.DataObject
) -> None:
    logits, labels = random_case(seed, *size, whole)
    # Whole logits make ties, which weights that are no binary fractions would break by the order of a sum.
    distinct = list(dict.fromkeys(0.75 if whole and level == 0.3 else level for level in levels))
    if distinct == [0.0]:
        distinct = [0.0, 1.0]
    free = data.draw(st.lists(st.integers(0, size[0] - 1), min_size=1, unique=True))
    initial = data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=size[0], max_size=size[0]))
    found = search_view_weights(logits, labels, distinct, free, initial)
    score, values = tried_one_by_one(logits, labels, distinct, sorted(free), initial)
    assert found.score == score
    assert found.values.tolist() == pytest.approx(values)
    assert found.evaluations == len(distinct) ** len(free)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.tuples(st.integers(1, 5), st.integers(1, 40), st.integers(1, 8)))
def test_it_is_never_worse_than_uniform(seed: int, size: tuple[int, int, int]) -> None:
    logits, labels = random_case(seed, *size, whole=False)
    found = search_view_weights(logits, labels, LEVELS)
    assert found.score >= accuracy(logits, labels, [1.0] * size[0])
    assert found.score == accuracy(logits, labels, found.values)


def test_a_candidate_has_to_be_strictly_better_than_all_ones() -> None:
    logits = torch.tensor([[[1.0, 0.0]], [[1.0, 0.0]]])
    found = search_view_weights(logits, torch.tensor([0]), LEVELS)
    assert found.values.tolist() == [1.0, 1.0]
    assert [step.evaluations for step in found.history] == [0]


def test_of_equal_candidates_the_first_wins_and_the_last_view_changes_fastest() -> None:
    # Right as soon as the second view counts less than the first.
    logits = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    found = search_view_weights(logits, torch.tensor([1]), (0.5, 0.75, 1.0))
    assert found.values.tolist() == [0.5, 0.75]
    assert found.history[-1].evaluations == 2


@pytest.mark.parametrize("tied", [(0, 1), (1, 0)])
def test_the_lowest_class_wins_a_tie(tied: tuple[int, int]) -> None:
    label, _ = tied
    found = search_view_weights(torch.ones(2, 1, 2), torch.tensor([label]), LEVELS)
    assert found.score == (1.0 if label == 0 else 0.0)


def test_the_order_of_levels_decides_among_equals_and_twice_is_once() -> None:
    logits = torch.tensor([[[1.0, 0.0]], [[0.0, 1.1]]])
    label = torch.tensor([0])
    assert search_view_weights(logits, label, (1.0, 0.5)).values.tolist() == [1.0, 0.5]
    assert search_view_weights(logits, label, (0.5, 1.0, 0.5, 0.25)).evaluations == 9


def test_views_that_are_not_free_keep_their_weight() -> None:
    logits, labels = random_case(0, 4, 30, 5, whole=False)
    found = search_view_weights(logits, labels, LEVELS, free=[2, 0], initial=[9, 0.1, 9, 0.7])
    assert found.score > found.history[0].score
    assert found.values[[1, 3]].tolist() == pytest.approx([0.1, 0.7])


def test_shapes_without_a_label_and_classes_without_a_shape_change_nothing() -> None:
    logits, labels = random_case(3, 3, 20, 4, whole=False)
    labels[labels == 2] = 1
    found = search_view_weights(logits, labels, LEVELS)
    more = torch.cat([logits, torch.randn(3, 5, 4)], dim=1)
    again = search_view_weights(more, torch.cat([labels, torch.full((5,), -1)]), LEVELS)
    assert (again.score, again.values.tolist()) == (found.score, found.values.tolist())


def test_one_view_has_nothing_to_choose() -> None:
    logits, labels = random_case(1, 1, 20, 4, whole=False)
    found = search_view_weights(logits, labels, LEVELS)
    assert found.values.tolist() == [1.0]
    assert found.score == accuracy(logits, labels, [1.0])


def test_scores_are_found_in_pieces_as_well_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, labels = random_case(5, 4, 60, 6, whole=False)
    whole = search_view_weights(logits, labels, LEVELS)
    monkeypatch.setattr("pointclip2.heads.search.screen.BUDGET", 100)
    monkeypatch.setattr("pointclip2.heads.search.bounds.BUDGET", 100)
    monkeypatch.setattr("pointclip2.heads.search.grid.CONFIRMED", 1)
    pieces = search_view_weights(logits, labels, LEVELS)
    assert (pieces.score, pieces.values.tolist()) == (whole.score, whole.values.tolist())


def test_values_have_the_type_of_the_logits() -> None:
    logits, labels = random_case(5, 2, 10, 3, whole=False)
    assert search_view_weights(logits.double(), labels, LEVELS).values.dtype == torch.float64
    assert search_view_weights(logits, labels, LEVELS).values.dtype == torch.float32


def searched(**changed: Any) -> FoundWeights:
    logits, labels = random_case(5, 3, 10, 4, whole=False)
    options: dict[str, Any] = {"logits": logits, "labels": labels, "levels": LEVELS}
    return search_view_weights(**(options | changed))


def spoiled(value: float) -> Tensor:
    logits, _ = random_case(5, 3, 10, 4, whole=False)
    logits[2, 7, 1] = value
    return logits


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": torch.tensor([0, 1, 2, 3, 4] * 2)}, r"label 4 among 4 classes: labels are 0 \.\. 3"),
        ({"labels": torch.tensor([0, -2] * 5)}, "label -2 among 4 classes"),
        ({"labels": torch.full((10,), -1)}, "none of 10 shapes has a label"),
        ({"logits": spoiled(torch.nan)}, "1 of 10 shapes are not finite, the first at view 2 of shape 7"),
        ({"logits": spoiled(torch.inf)}, "not finite"),
        ({"logits": torch.zeros(0, 10, 4)}, "0 views"),
        ({"logits": torch.zeros(3, 0, 4), "labels": torch.zeros(0, dtype=torch.int64)}, "0 shapes"),
        ({"levels": []}, "levels is empty"),
        ({"levels": [0.5, -0.25]}, "not negative"),
        ({"levels": [0.5, torch.nan]}, "finite"),
        ({"levels": [0.5, torch.inf]}, "finite"),
        ({"levels": [0.0]}, "positive level"),
        ({"free": []}, "free is empty"),
        ({"free": [0, 3]}, r"no view 3; the rig has the views 0 \.\. 2"),
        ({"free": [-1]}, "no view -1"),
        ({"free": [1, 1]}, "a view twice"),
        ({"initial": [1.0, 1.0]}, "2 weights for a rig of 3 views"),
        ({"initial": [1.0, 1.0, -1.0]}, "not negative"),
        ({"levels": [level / 500 for level in range(1, 501)]}, "125,000,000 candidates.*search=coordinate"),
    ],
)
def test_what_cannot_be_searched_is_one_line(changed: dict[str, Any], message: str) -> None:
    with pytest.raises((ConfigError, DataError), match=message) as caught:
        searched(**changed)
    assert "\n" not in str(caught.value)


def test_the_largest_grid_is_far_larger_than_the_published_one() -> None:
    assert LARGEST >= 4**10
