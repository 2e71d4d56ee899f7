import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.tasks.classification.report import sentence, spread

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
