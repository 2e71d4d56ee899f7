"""Classification metrics against a reference that counts one sample at a time."""

import copy
import inspect
import math
from collections.abc import Sequence
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.metrics import ClassificationMetrics
from pointclip2.metrics.functional import (
    accuracy,
    class_accuracy,
    confusion_matrix,
    mean_class_accuracy,
    predicted_class,
    topk_hits,
)
from pointclip2.types import ConfigError, DataError


def names(classes: int) -> list[str]:
    return [f"class {index}" for index in range(classes)]


def reference(logits: Sequence[Sequence[float]], target: Sequence[int], classes: int) -> dict[str, float]:
    """The metrics by definition: order each row, count, divide."""
    right, right5 = [0] * classes, 0
    seen = [0] * classes
    for row, label in zip(logits, target, strict=True):
        if label == -1:
            continue
        order = sorted(range(classes), key=lambda index: (-row[index], index))
        seen[label] += 1
        right[label] += order[0] == label
        right5 += label in order[:5]
    shares = {index: right[index] / seen[index] for index in range(classes) if seen[index]}
    result = {f"test/acc_class/class_{index}": share for index, share in shares.items()}
    result["test/acc"] = sum(right) / sum(seen) if shares else math.nan
    result["test/acc_top5"] = right5 / sum(seen) if shares else math.nan
    result["test/macc"] = sum(shares.values()) / len(shares) if shares else math.nan
    return result


@st.composite
def batches(draw: st.DrawFn) -> tuple[Tensor, Tensor, int]:
    """Logits on a coarse scale, so that ties are common, and labels that are sometimes unknown."""
    classes = draw(st.integers(1, 9))
    samples = draw(st.integers(0, 24))
    level = st.integers(-2, 2).map(float) | st.sampled_from([math.inf, -math.inf])
    rows = draw(
        st.lists(st.lists(level, min_size=classes, max_size=classes), min_size=samples, max_size=samples)
    )
    target = draw(st.lists(st.integers(-1, classes - 1), min_size=samples, max_size=samples))
    return torch.tensor(rows).reshape(samples, classes), torch.tensor(target, dtype=torch.int64), classes


@given(batches())
@settings(deadline=None)
def test_the_figures_are_those_of_a_loop_over_samples(batch: tuple[Tensor, Tensor, int]) -> None:
    logits, target, classes = batch
    metrics = ClassificationMetrics(names(classes))
    metrics.update(logits, target)
    expected = reference(logits.tolist(), target.tolist(), classes)
    assert metrics.compute() == pytest.approx(expected, abs=1e-12, nan_ok=True)


@given(batches(), st.lists(st.integers(0, 24), max_size=5), st.randoms())
@settings(deadline=None)
def test_order_and_batching_change_nothing(
    batch: tuple[Tensor, Tensor, int], cuts: list[int], random: Random
) -> None:
    logits, target, classes = batch
    whole, pieces = ClassificationMetrics(names(classes)), ClassificationMetrics(names(classes))
    whole.update(logits, target)
    order = list(range(len(target)))
    random.shuffle(order)
    for part in torch.tensor(order, dtype=torch.int64).tensor_split(
        sorted(min(cut, len(order)) for cut in cuts)
    ):
        pieces.update(logits[part], target[part])
    assert same(pieces.compute(), whole.compute())


@given(batches(), st.integers(0, 24))
@settings(deadline=None)
def test_processes_that_sum_their_states_agree_with_one_process(
    batch: tuple[Tensor, Tensor, int], cut: int
) -> None:
    logits, target, classes = batch
    whole = ClassificationMetrics(names(classes))
    whole.update(logits, target)
    here = ClassificationMetrics(names(classes), sync_on_compute=False)
    there = ClassificationMetrics(names(classes))
    here.update(logits[:cut], target[:cut])
    there.update(logits[cut:], target[cut:])
    remote = iter(copy.deepcopy([there.confusion, there.top5_hits, there.count]))
    # What torch.distributed would gather from two processes, without starting any.
    here.sync(dist_sync_fn=lambda state, group: [state, next(remote)], distributed_available=lambda: True)
    assert torch.equal(here.confusion, whole.confusion)
    assert here.confusion.dtype == torch.int64
    assert same(here.compute(), whole.compute())


def test_merged_states_are_the_counts_of_both() -> None:
    logits, target = torch.randn(40, 7), torch.randint(-1, 7, (40,))
    whole, first, second = (ClassificationMetrics(names(7)) for _ in range(3))
    whole.update(logits, target)
    first.update(logits[:13], target[:13])
    second.update(logits[13:], target[13:])
    first.merge_state(second)
    assert same(first.compute(), whole.compute())


def test_forward_gives_the_figures_of_its_batch_and_keeps_the_total() -> None:
    metrics = ClassificationMetrics(["a", "b"])
    assert metrics(torch.tensor([[1.0, 0.0]]), torch.tensor([0]))["test/acc"] == 1.0
    assert metrics(torch.tensor([[1.0, 0.0]]), torch.tensor([1]))["test/acc"] == 0.0
    assert metrics.compute()["test/acc"] == 0.5


def test_reset_starts_from_nothing() -> None:
    metrics = ClassificationMetrics(["a", "b"])
    metrics.update(torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    metrics.reset()
    metrics.update(torch.tensor([[1.0, 0.0]]), torch.tensor([1]))
    assert metrics.compute()["test/acc"] == 0.0
    assert int(metrics.count) == 1


def test_keys_carry_the_prefix_and_underscores_for_the_classes_seen() -> None:
    metrics = ClassificationMetrics(["night stand", "tv_stand", "range hood"], prefix="val")
    metrics.update(torch.eye(3)[:2], torch.tensor([0, 1]))
    assert metrics.compute() == {
        "val/acc": 1.0,
        "val/acc_top5": 1.0,
        "val/macc": 1.0,
        "val/acc_class/night_stand": 1.0,
        "val/acc_class/tv_stand": 1.0,
    }


def test_without_samples_the_figures_are_nan_and_no_class_is_listed() -> None:
    metrics = ClassificationMetrics(["a", "b"])
    metrics.update(torch.zeros(0, 2), torch.zeros(0, dtype=torch.int64))
    metrics.update(torch.zeros(3, 2), torch.full((3,), -1))
    figures = metrics.compute()
    assert sorted(figures) == ["test/acc", "test/acc_top5", "test/macc"]
    assert all(math.isnan(value) for value in figures.values())


def test_a_rejected_batch_leaves_the_counts_alone() -> None:
    metrics = ClassificationMetrics(["a", "b"])
    with pytest.raises(DataError, match=r"label 2 with a list of 2 classes"):
        metrics.update(torch.zeros(2, 2), torch.tensor([0, 2]))
    with pytest.raises(DataError, match="label -2"):
        metrics.update(torch.zeros(1, 2), torch.tensor([-2]))
    with pytest.raises(ValueError, match=r"NaN logits for 1 of 2 samples, the first at row 1"):
        metrics.update(torch.tensor([[0.0, 1.0], [0.0, math.nan]]), torch.tensor([0, 0]))
    with pytest.raises(ValueError, match="logits for 3 classes, but the class list has 2"):
        metrics.update(torch.zeros(1, 3), torch.tensor([0]))
    assert int(metrics.count) == int(metrics.top5_hits) == int(metrics.confusion.sum()) == 0


@pytest.mark.parametrize("classes", [[], ["a", "b", "a"], ["night stand", "night_stand"]])
def test_a_class_list_that_cannot_be_keys_is_refused(classes: list[str]) -> None:
    with pytest.raises(ConfigError, match="class list"):
        ClassificationMetrics(classes)


@given(batches(), st.integers(1, 12))
@settings(deadline=None)
def test_top_k_follows_the_order_by_logit_then_index(batch: tuple[Tensor, Tensor, int], k: int) -> None:
    logits, target, _ = batch
    expected = []
    for row, label in zip(logits.tolist(), target.tolist(), strict=True):
        ordered = sorted((-value, index) for index, value in enumerate(row))
        expected.append(label in [index for _, index in ordered[:k]])
    assert topk_hits(logits, target, k).tolist() == expected


@given(batches())
@settings(deadline=None)
def test_top_one_agrees_with_the_predicted_class(batch: tuple[Tensor, Tensor, int]) -> None:
    logits, target, _ = batch
    assert torch.equal(topk_hits(logits, target, 1), predicted_class(logits) == target)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k must be at least 1"):
        topk_hits(torch.zeros(1, 2), torch.tensor([0]), 0)


def test_a_confusion_matrix_has_labels_as_rows() -> None:
    matrix = confusion_matrix(torch.tensor([1, 1, 0, 2]), torch.tensor([0, 1, 0, -1]), 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_a_prediction_outside_the_class_list_is_refused() -> None:
    with pytest.raises(ValueError, match=r"outside 0 \.\. 1"):
        confusion_matrix(torch.tensor([2]), torch.tensor([0]), 2)


def test_as_many_labels_as_samples_are_asked_for() -> None:
    # Unwrapped, because users run without the shape checks that tests put around every function.
    with pytest.raises(ValueError, match="1 predictions for 2 labels"):
        inspect.unwrap(confusion_matrix)(torch.tensor([0]), torch.tensor([0, 1]), 2)
    with pytest.raises(ValueError, match="2 rows of logits for 1 labels"):
        inspect.unwrap(topk_hits)(torch.zeros(2, 2), torch.tensor([0]), 1)


def test_a_class_without_samples_is_nan_and_outside_the_mean() -> None:
    matrix = torch.tensor([[3, 1, 0], [0, 0, 0], [0, 0, 2]])
    assert class_accuracy(matrix).tolist() == pytest.approx([0.75, math.nan, 1.0], nan_ok=True)
    assert float(mean_class_accuracy(matrix)) == 0.875
    assert float(accuracy(matrix)) == pytest.approx(5 / 6)
    assert math.isnan(float(mean_class_accuracy(torch.zeros(2, 2, dtype=torch.int64))))
    assert math.isnan(float(accuracy(torch.zeros(2, 2, dtype=torch.int64))))


def test_counts_stay_exact_beyond_float_precision() -> None:
    matrix = torch.tensor([[2**53 + 1, 0], [0, 1]])
    metrics = ClassificationMetrics(["a", "b"])
    metrics.confusion += matrix
    metrics.update(torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    assert int(metrics.confusion[0, 0]) == 2**53 + 2


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_logits_of_any_precision_are_counted(dtype: torch.dtype) -> None:
    metrics = ClassificationMetrics(names(6))
    metrics.update(torch.eye(6, dtype=dtype), torch.arange(6))
    assert metrics.compute()["test/acc"] == 1.0


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    """Equal to the last bit, NaN equal to NaN."""
    return one.keys() == other.keys() and all(
        one[key] == other[key] or (math.isnan(one[key]) and math.isnan(other[key])) for key in one
    )
