"""Part IoU against a plain loop, the official figures, and its own rules."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.class_names import SHAPENET_PARTS
from pointclip2.metrics.part_iou import constant_iou, part_counts, shape_iou
from pointclip2.metrics.part_segmentation import PartIoU
from pointclip2.types import ConfigError, DataError
from tests.places import GOLDEN

FIGURES = GOLDEN / "shape_iou.npz"
FIRST = np.cumsum([0, *(len(parts) for parts in SHAPENET_PARTS.values())])
OFFICIAL = [list(range(FIRST[k], FIRST[k + 1])) for k in range(16)]
IDS = [[0, 1, 2], [3, 4], [5]]


def by_hand(prediction: list[int], target: list[int], parts: list[int]) -> float:
    """One shape, part by part, as the rule is told."""
    pairs = [(p, t) for p, t in zip(prediction, target, strict=True) if t >= 0]
    found = []
    for part in parts:
        both = sum(p == part and t == part for p, t in pairs)
        either = sum(p == part or t == part for p, t in pairs)
        found.append(both / either if either else 1.0)
    return sum(found) / len(found)


def test_the_official_shape_iou_is_reproduced() -> None:
    golden = np.load(FIGURES)
    for prediction, label, category, expected in zip(
        *(golden[name] for name in ("prediction", "label", "category", "shape_iou")), strict=True
    ):
        rows = (torch.from_numpy(values.astype(np.int64))[None] for values in (prediction, label))
        assert float(shape_iou(*rows, OFFICIAL[category])[0]) == pytest.approx(expected, abs=1e-6)


@given(st.data(), st.integers(1, 12), st.integers(0, 2))
@settings(max_examples=15, deadline=None)
def test_a_shape_is_counted_as_by_hand(data: st.DataObject, points: int, category: int) -> None:
    parts = IDS[category]
    target = data.draw(st.lists(st.sampled_from([-1, *parts]), min_size=points, max_size=points))
    prediction = data.draw(st.lists(st.integers(0, 6), min_size=points, max_size=points))
    found = float(shape_iou(torch.tensor([prediction]), torch.tensor([target]), parts)[0])
    if max(target) < 0:
        assert found != found
    else:
        assert found == pytest.approx(by_hand(prediction, target, parts))


def test_a_part_that_is_nowhere_counts_one_and_one_that_is_only_said_counts_nothing() -> None:
    target = torch.tensor([[0, 0, 1, 1]])
    assert float(shape_iou(target, target, [0, 1, 2])[0]) == 1.0
    said = torch.tensor([[0, 0, 1, 2]])
    assert float(shape_iou(said, target, [0, 1, 2])[0]) == pytest.approx((1 + 0.5 + 0) / 3)


def test_a_label_of_another_category_is_named() -> None:
    with pytest.raises(DataError, match=r"part id 7 is not among the parts \[0, 1\]"):
        part_counts(torch.tensor([[0]]), torch.tensor([[7]]), [0, 1])


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(sum))
@settings(max_examples=15, deadline=None)
def test_one_part_for_all_points_is_counted_as_such_a_prediction(labelled: list[int]) -> None:
    target = torch.repeat_interleave(torch.tensor([0, 1, 2]), torch.tensor(labelled))[None]
    found = constant_iou(torch.tensor([labelled]))[0]
    for part in range(3):
        same = shape_iou(torch.full_like(target, part), target, [0, 1, 2])
        assert float(found[part]) == pytest.approx(float(same[0]))


def shapes(count: int, points: int = 40) -> list[tuple[int, int, torch.Tensor, torch.Tensor, torch.Tensor]]:
    generator = torch.Generator().manual_seed(0)
    made = []
    for index in range(count):
        category = index % 3
        ids = torch.tensor(IDS[category])
        target = ids[torch.randint(len(ids), (points,), generator=generator)]
        prediction = torch.where(torch.rand(points, generator=generator) < 0.6, target, ids[0])
        made.append((index, category, prediction, target, torch.rand(points, generator=generator) < 0.9))
    return made


def counted(batches: list[list[tuple[int, int, torch.Tensor, torch.Tensor, torch.Tensor]]]) -> PartIoU:
    metric = PartIoU(["a", "b", "c"], IDS)
    for batch in batches:
        for category in {shape[1] for shape in batch}:
            own = [shape for shape in batch if shape[1] == category]
            columns = [torch.stack([shape[k] for shape in own]) for k in (2, 3, 4)]
            metric.update(torch.tensor([shape[0] for shape in own]), category, *columns)
    return metric


def test_means_are_those_of_shapes_and_of_categories() -> None:
    made = shapes(7)
    figures = counted([made]).compute()
    iou = {i: by_hand(p.tolist(), t.tolist(), IDS[k]) for i, k, p, t, _ in made}
    assert figures["test/miou_instance"] == pytest.approx(np.mean(list(iou.values())))
    means = [np.mean([iou[i] for i, k, *_ in made if k == category]) for category in range(3)]
    assert figures["test/miou_category"] == pytest.approx(np.mean(means))
    assert figures["test/iou_class/b"] == pytest.approx(means[1])
    right = sum(int((p == t).sum()) for _, _, p, t, _ in made)
    assert figures["test/point_acc"] == pytest.approx(right / 280)
    assert figures["test/coverage"] == pytest.approx(sum(int(s.sum()) for *_, s in made) / 280)


@given(st.permutations(range(7)), st.lists(st.integers(1, 6), max_size=3))
@settings(max_examples=15, deadline=None)
def test_figures_are_the_same_however_shapes_come(order: list[int], cuts: list[int]) -> None:
    made = shapes(7)
    whole = counted([made])
    shuffled = [made[i] for i in order]
    edges = [0, *sorted(set(cuts)), 7]
    parted = counted([shuffled[a:b] for a, b in itertools.pairwise(edges)])
    assert parted.compute() == whole.compute()
    assert parted.by_shape() == whole.by_shape()
    assert parted.largest_part() == whole.largest_part()


def test_a_shape_that_comes_twice_is_refused() -> None:
    made = shapes(2)
    with pytest.raises(RuntimeError, match="came twice"):
        counted([made, made[:1]]).compute()


def test_the_largest_part_is_that_of_the_category_and_not_of_the_shape() -> None:
    metric = PartIoU(["a"], [[0, 1]])
    seen = torch.ones(1, 4, dtype=torch.bool)
    for index, target in enumerate(([0, 0, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1])):
        row = torch.tensor([target])
        metric.update(torch.tensor([index]), 0, row, row, seen)
    assert metric.largest_part()["test/miou_instance"] == pytest.approx((1 + 0.125 + 0.25) / 3)


def test_without_labels_there_is_coverage_and_nothing_else() -> None:
    metric = PartIoU(["a"], [[]])
    unknown = torch.full((1, 4), -1)
    metric.update(
        torch.tensor([0]), -1, torch.zeros(1, 4, dtype=torch.int64), unknown, torch.ones(1, 4).bool()
    )
    assert metric.compute() == {"test/coverage": 1.0}
    assert metric.largest_part() == {}


def test_labels_of_a_category_without_parts_are_a_mistake() -> None:
    metric = PartIoU(["a"], [[]])
    row = torch.zeros(1, 4, dtype=torch.int64)
    with pytest.raises(ConfigError, match="a has part labels but no parts"):
        metric.update(torch.tensor([0]), 0, row, row, torch.ones(1, 4).bool())


def test_part_figures_are_of_the_shapes_that_have_the_part() -> None:
    metric = PartIoU(["a"], [[0, 1]])
    seen = torch.ones(1, 2, dtype=torch.bool)
    metric.update(torch.tensor([0]), 0, torch.tensor([[0, 0]]), torch.tensor([[0, 0]]), seen)
    metric.update(torch.tensor([1]), 0, torch.tensor([[0, 0]]), torch.tensor([[0, 1]]), seen)
    assert metric.by_part() == {0: pytest.approx(0.75), 1: 0.0}
