"""Box AP against the golden figures of 3DETR's evaluation and against a plain loop."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.geometry.boxes import box_iou, join_boxes, make_boxes, nms, no_boxes, take
from pointclip2.metrics.box_ap import BoxAveragePrecision, average_precision
from pointclip2.types import Boxes
from tests.places import GOLDEN

FIGURES = GOLDEN / "box_average_precision.npz"
NAMES = [f"class {i}" for i in range(18)]


def rows_as_boxes(rows: np.ndarray) -> Boxes:
    t = torch.from_numpy(rows)
    return make_boxes(t[:, 2:5], t[:, 5:8], None, t[:, 1].long())


def golden_metric() -> tuple[BoxAveragePrecision, np.lib.npyio.NpzFile]:
    golden = np.load(FIGURES)
    truth, found = golden["ground_truth"], golden["predictions"]
    metric = BoxAveragePrecision(NAMES)
    for scene in np.unique(truth[:, 0]):
        own, real = found[found[:, 0] == scene], truth[truth[:, 0] == scene]
        scores = torch.zeros(len(own), 18)
        scores[torch.arange(len(own)), torch.from_numpy(own[:, 1]).long()] = torch.from_numpy(
            own[:, 8]
        ).float()
        boxes = rows_as_boxes(own)
        metric.update(int(scene), boxes, boxes, scores, rows_as_boxes(real))
    return metric, golden


def test_ap_and_recall_are_those_of_the_official_evaluation() -> None:
    metric, golden = golden_metric()
    figures = metric.compute()
    for label in golden["classes_with_ground_truth"]:
        assert figures[f"ap_25_class/class_{label}"] == pytest.approx(golden["ap25"][label], abs=1e-6)
        assert figures[f"ap_50_class/class_{label}"] == pytest.approx(golden["ap50"][label], abs=1e-6)
    assert figures["map_25"] == pytest.approx(golden["ap25"].mean(), abs=1e-6)
    assert figures["ar_25"] == pytest.approx(golden["recall25"].mean(), abs=1e-6)


def test_scenes_may_come_in_any_order() -> None:
    """As they do from several processes, where equal scores must not rank by chance."""
    forth, back = BoxAveragePrecision(["chair"]), BoxAveragePrecision(["chair"])
    rng = torch.Generator().manual_seed(0)
    scenes = []
    for scene in range(12):
        labels = torch.zeros(3, dtype=torch.int64)
        boxes = make_boxes(
            torch.rand(3, 3, generator=rng), torch.rand(3, 3, generator=rng) + 0.2, labels=labels
        )
        moved = make_boxes(boxes.centre_m + 0.2 * torch.rand(3, 3, generator=rng), boxes.size_m)
        scenes.append((scene, moved, moved, torch.full((3, 1), 0.5), boxes))
    for metric, order in ((forth, scenes), (back, scenes[::-1])):
        for one in order:
            metric.update(*one)
    assert forth.compute() == back.compute()
    assert 0 < forth.compute()["map_25"] < 1


def test_suppression_keeps_the_boxes_of_the_official_program() -> None:
    golden = np.load(FIGURES)
    rows = golden["predictions"]
    kept = np.zeros(len(rows), dtype=bool)
    for scene in np.unique(rows[:, 0]):
        own = np.flatnonzero(rows[:, 0] == scene)
        index = nms(rows_as_boxes(rows[own]), torch.from_numpy(rows[own, 8]), 0.25)
        kept[own[index.numpy()]] = True
    assert (kept == golden["nms_keep_025"]).all()


def test_an_overlap_of_exactly_the_threshold_is_no_hit() -> None:
    half = torch.tensor([0.5]).double()
    assert average_precision(torch.tensor([0.9]), half, torch.tensor([0]), 1, 0.5) == (0.0, 0.0)
    assert average_precision(torch.tensor([0.9]), half + 1e-9, torch.tensor([0]), 1, 0.5) == (1.0, 1.0)
    # A box of twice the size covers the true one: a union of 2, an overlap of 1, all of it exact in binary.
    truth = make_boxes(torch.zeros(1, 3), torch.ones(1, 3), None, torch.tensor([0]))
    found = make_boxes(
        torch.tensor([[0.0, 0.0, 0.5]]), torch.tensor([[1.0, 1.0, 2.0]]), None, torch.tensor([0])
    )
    assert float(box_iou(truth, found)) == 0.5
    metric = BoxAveragePrecision(["chair"])
    metric.update(0, found, found, torch.ones(1, 1), truth)
    figures = metric.compute()
    assert (figures["map_25"], figures["map_50"]) == (1.0, 0.0)
    assert (figures["recall_25"], figures["recall_50"]) == (1.0, 0.0)


class OnApple(BoxAveragePrecision):
    """A metric that says it lies on an accelerator without float64, which this machine need not have."""

    device = torch.device("mps")  # type: ignore[assignment]


def test_beside_an_accelerator_without_float64_nothing_leaves_the_processor() -> None:
    boxes = make_boxes(torch.zeros(1, 3), torch.ones(1, 3), None, torch.tensor([0]))
    metric = OnApple(["chair"])
    metric.update(0, boxes, boxes, torch.ones(1, 1), boxes)
    assert metric.compute()["map_50"] == 1.0


def plain_ap(scores: list[float], overlap: list[list[float]], threshold: float) -> float:
    """One scene, one class, written as one would say it."""
    taken: set[int] = set()
    hits = []
    for detection in sorted(range(len(scores)), key=lambda i: -scores[i]):
        best = max(range(len(overlap[detection])), key=lambda t: overlap[detection][t])
        hit = overlap[detection][best] > threshold and best not in taken
        taken |= {best} if hit else set()
        hits.append(hit)
    precision = [sum(hits[: i + 1]) / (i + 1) for i in range(len(hits))]
    return sum(max(precision[i:]) for i, hit in enumerate(hits) if hit) / len(overlap[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 10_000))
def test_ap_is_what_a_plain_loop_says(found: int, truths: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    overlap = rng.random((found, truths))
    scores = rng.permutation(found) / found
    ap, recall = average_precision(
        torch.from_numpy(scores),
        torch.from_numpy(overlap.max(axis=1)),
        torch.from_numpy(overlap.argmax(axis=1)),
        truths,
        0.5,
    )
    assert ap == pytest.approx(plain_ap(scores.tolist(), overlap.tolist(), 0.5))
    assert 0 <= ap <= recall <= 1


def scene_of(count: int, label: int = 0) -> Boxes:
    centre = torch.arange(count).float().unsqueeze(1) * torch.tensor([3.0, 0.0, 0.0])
    return make_boxes(centre, torch.ones(count, 3), None, torch.full((count,), label))


def test_a_class_that_nothing_was_found_of_counts_zero() -> None:
    metric = BoxAveragePrecision(["chair", "table", "sofa"])
    truth = join_boxes([scene_of(1, 0), scene_of(1, 1)])
    found = scene_of(1)
    metric.update(0, found, found, torch.tensor([[0.9, 0.0, 0.0]]), truth)
    figures = metric.compute()
    assert figures["map_25"] == 0.5
    assert figures["ap_25_class/table"] == 0.0
    assert "ap_25_class/sofa" not in figures


def test_recall_is_of_the_proposals_even_where_nothing_is_detected() -> None:
    metric = BoxAveragePrecision(["chair"])
    metric.update(0, scene_of(2), no_boxes(), torch.zeros(0, 1), scene_of(3))
    figures = metric.compute()
    assert figures["recall_25"] == pytest.approx(2 / 3)
    assert figures["map_25"] == 0.0


def test_true_boxes_of_no_known_class_are_not_missed() -> None:
    metric = BoxAveragePrecision(["chair"])
    truth = join_boxes([scene_of(1, 0), scene_of(2, -1)])
    metric.update(0, scene_of(1), scene_of(1), torch.tensor([[1.0]]), truth)
    assert metric.compute()["map_50"] == 1.0


def test_the_same_box_of_two_scenes_is_not_one_box() -> None:
    metric = BoxAveragePrecision(["chair"])
    for scene in range(2):
        metric.update(scene, scene_of(1), scene_of(1), torch.tensor([[0.5]]), scene_of(1))
    assert metric.compute()["map_50"] == 1.0


def test_scenes_without_truth_give_no_figures() -> None:
    metric = BoxAveragePrecision(["chair"])
    metric.update(0, no_boxes(), no_boxes(), torch.zeros(0, 1), no_boxes())
    assert metric.compute() == {}


def test_a_second_hit_on_the_same_box_is_a_miss() -> None:
    metric = BoxAveragePrecision(["chair"])
    twice = join_boxes([scene_of(1), scene_of(1)])
    assert float(box_iou(take(twice, torch.tensor([0])), scene_of(1))) == 1.0
    metric.update(0, twice, twice, torch.tensor([[0.9], [0.8]]), scene_of(2))
    assert metric.compute()["map_25"] == 0.5


def test_an_overlap_of_exactly_the_threshold_is_no_hit_and_covers_nothing() -> None:
    half = make_boxes(torch.zeros(1, 3), torch.tensor([[1.0, 1.0, 0.5]]))
    assert float(box_iou(half, scene_of(1))) == 0.5
    metric = BoxAveragePrecision(["chair"])
    metric.update(0, half, half, torch.tensor([[0.9]]), scene_of(1))
    figures = metric.compute()
    assert (figures["map_25"], figures["recall_25"], figures["ar_25"]) == (1.0, 1.0, 1.0)
    assert (figures["map_50"], figures["recall_50"], figures["ar_50"]) == (0.0, 0.0, 0.0)
