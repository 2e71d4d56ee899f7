"""What a search may see, and what is said of the numbers that come of it."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.heads.search.splits import CHOICES, holdout, sight
from pointclip2.types import SELECTED_ON, ConfigError, DataError


class Data(CloudData):
    name = "mine"

    def __init__(self, *splits: str) -> None:
        self.splits = splits

    def open(self, split: str) -> CloudDataset:
        raise AssertionError("what may be seen is known before anything is opened")


BOTH, TEST = Data("train", "test"), Data("test")


@pytest.mark.parametrize(
    ("choice", "needs_labels", "split", "selected_on"),
    [
        (None, True, "train", "holdout"),
        ("holdout", True, "train", "holdout"),
        ("train", True, "train", "train"),
        ("test_oracle", True, "test", "test"),
        (None, False, "test", "label_free"),
        ("label_free", False, "test", "label_free"),
        ("train", False, "train", "label_free"),
        ("holdout", False, "train", "label_free"),
    ],
)
def test_what_is_seen_and_what_it_is_called(
    choice: str | None, needs_labels: bool, split: str, selected_on: str
) -> None:
    seen = sight(choice, needs_labels, BOTH, "test")
    assert (seen.split, seen.selected_on) == (split, selected_on)
    assert seen.choice in CHOICES
    assert seen.selected_on in SELECTED_ON


def refused(error: type[Exception], *words: str, **changed: Any) -> None:
    asked: dict[str, Any] = {"choice": None, "needs_labels": True, "data": BOTH, "evaluated": "test"}
    with pytest.raises(error) as caught:
        sight(**(asked | changed))
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_without_a_train_split_the_choices_are_named() -> None:
    words = ("mine has no train split", "it has test", "label_free", "test_oracle", "view_weights=file")
    refused(DataError, *words, data=TEST)
    refused(DataError, *words, data=TEST, choice="train")
    assert sight("test_oracle", True, TEST, "test").selected_on == "test"
    assert sight(None, False, TEST, "test").split == "test"


def test_the_oracle_has_to_be_typed_out() -> None:
    for choice in (None, *CHOICES):
        for labels in (True, False):
            if choice != "test_oracle" and not (choice == "label_free" and labels):
                assert sight(choice, labels, BOTH, "test").selected_on != "test"


def test_what_does_not_go_together_is_refused() -> None:
    refused(ConfigError, "search.split=val", "train, holdout, label_free, test_oracle", choice="val")
    refused(ConfigError, "scores by labels", "mutual_information", choice="label_free")
    refused(ConfigError, "looks at no label", choice="test_oracle", needs_labels=False)
    refused(ConfigError, "data.split=train", "what was searched", evaluated="train")
    refused(ConfigError, "data.split=train", choice="train", evaluated="train")


@given(st.integers(1, 12), st.integers(1, 5), st.floats(0.01, 0.99), st.integers(0, 9))
def test_of_every_class_the_same_share_is_held_out(each: int, classes: int, share: float, seed: int) -> None:
    names = [f"{label}/{number}" for number in range(each) for label in range(classes)]
    labels = [label for _ in range(each) for label in range(classes)]
    held = holdout(names, labels, share, seed).tolist()
    counts = Counter(labels[position] for position in held)
    assert held == sorted(set(held))
    assert set(counts) == set(range(classes))
    assert set(counts.values()) == {max(1, round(share * each))}


def test_what_is_held_out_depends_on_names_and_seed_alone() -> None:
    names = [f"chair/{number}" for number in range(50)]
    held = {names[i] for i in holdout(names, [0] * 50, 0.2, 0).tolist()}
    turned = names[::-1]
    assert {turned[i] for i in holdout(turned, [0] * 50, 0.2, 0).tolist()} == held
    assert {names[i] for i in holdout(names, [0] * 50, 0.2, 1).tolist()} != held


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ConfigError, match=r"search\.holdout"):
        holdout(["a"], [0], share, 0)
