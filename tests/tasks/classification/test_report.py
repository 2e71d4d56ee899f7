"""What people see of a classification: which shapes, what each view is worth, and the sentence under the figures."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pointclip2.cache import FeatureTable
from pointclip2.heads.view_weights import EntropyWeights, FixedWeights, ViewWeights
from pointclip2.heads.zero_shot import ZeroShotHead
from pointclip2.tasks.classification.report import per_view, sentence, spread

LABELS = st.lists(st.integers(-1, 4), min_size=1, max_size=40)


def test_pictures_show_as_many_classes_as_they_can() -> None:
    by_class, in_turns = [0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2]
    for labels in (by_class, in_turns):
        shown = spread(labels, range(9), 3)
        assert [labels[position] for position in shown] == [0, 1, 2]


def test_few_pictures_of_many_classes_are_spread_over_them() -> None:
    assert spread(list(range(40)), range(40), 4) == [0, 10, 20, 30]


def test_without_labels_they_are_spread_over_the_split() -> None:
    assert spread([-1] * 10, range(10), 5) == [0, 2, 4, 6, 8]


@given(LABELS, st.integers(1, 50))
def test_as_many_pictures_as_asked_for_or_as_there_are_samples(labels: list[int], count: int) -> None:
    shown = spread(labels, range(len(labels)), count)
    assert len(set(shown)) == len(shown) == min(count, len(labels))


@given(LABELS, st.integers(1, 50))
def test_no_class_is_shown_twice_before_every_class_is_shown(labels: list[int], count: int) -> None:
    shown = [
        labels[position] for position in spread(labels, range(len(labels)), count) if labels[position] >= 0
    ]
    known = {label for label in labels if label >= 0}
    assert len(shown) == len(set(shown)) or set(shown) == known


@pytest.mark.parametrize(
    ("labelled", "told"),
    [(14, "(test) among"), (6, "(test), 6 of them with a label, among"), (0, "(test) among")],
)
def test_the_sentence_says_how_many_clouds_an_accuracy_is_of(labelled: int, told: str) -> None:
    record = {
        "data": {"name": "folder", "split": "test", "n": 14, "labelled": labelled, "classes": 49},
        "backbone": {"id": "toy", "trained": True, "trained_on": ""},
        "prompt": {"name": "name", "count": 49, "selected_on": "none"},
        "view_weights": {"source": "uniform", "selected_on": "none"},
    }
    assert sentence(record).startswith(f"14 clouds of folder {told} 49 classes")


# Sample 4 of the data set could not be read; two have no label.
TRUTH, READ = [0, 1, 2, -1, 1, 0, 2, -1], [0, 1, 2, 3, 5, 6, 7]


def worth(
    labels: list[int], weights: ViewWeights | None = None, batch_size: int = 3
) -> tuple[dict[str, Any], Tensor]:
    generator = torch.Generator().manual_seed(0)
    features = F.normalize(torch.randn(7, 4, 6, generator=generator), dim=-1)
    head = ZeroShotHead(F.normalize(torch.randn(3, 6, generator=generator), dim=-1), weights=weights)
    table = FeatureTable(features, torch.tensor(READ), {"4": "torn"})
    return per_view(head, table, labels, batch_size), head.view_logits(features)


def test_accuracy_of_a_view_is_that_of_its_own_logits_over_the_labelled_samples() -> None:
    result, logits = worth(TRUTH)
    for view in range(4):
        said = zip(logits[view], (TRUTH[position] for position in READ), strict=True)
        hits = [int(row.argmax()) == label for row, label in said if label >= 0]
        assert result["acc"][view] == pytest.approx(sum(hits) / 5)
    assert worth([-1] * 8)[0] == {"weight": [1.0] * 4}


def test_weights_are_told_as_they_are_or_as_their_mean_share_whatever_the_batches() -> None:
    fixed = FixedWeights((0.25, 0.5, 0.75, 1.0), "file", "holdout")
    assert worth(TRUTH, fixed)[0]["weight"] == [0.25, 0.5, 0.75, 1.0]
    result, logits = worth(TRUTH, EntropyWeights())
    weights = EntropyWeights()(logits)
    expected = (weights / weights.mean(dim=0, keepdim=True)).mean(dim=1)
    assert result["weight"] == pytest.approx(expected.tolist(), abs=1e-5)
    for batch_size in (1, 7):
        cut, _ = worth(TRUTH, EntropyWeights(), batch_size)
        assert cut["acc"] == result["acc"]
        assert cut["weight"] == pytest.approx(result["weight"])
