"""Boxes: corners, overlap, what lies inside, suppression."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.geometry.boxes import (
    box_iou,
    corners,
    in_box_frame,
    join_boxes,
    make_boxes,
    nms,
    no_boxes,
    points_inside,
    take,
    valid,
)
from pointclip2.geometry.rectangles import overlap_area
from pointclip2.types import Boxes


def some_boxes(seed: int, count: int, turned: bool = True) -> Boxes:
    rng = np.random.default_rng(seed)
    heading = torch.from_numpy(rng.uniform(-4, 4, count)) if turned else None
    return make_boxes(
        torch.from_numpy(rng.uniform(-1, 1, (count, 3))),
        torch.from_numpy(rng.uniform(0.2, 2, (count, 3))),
        heading,
        torch.from_numpy(rng.integers(0, 2, count)),
    )


def one(x: float, y: float, width: float, depth: float, heading: float = 0.0) -> Boxes:
    return make_boxes(
        torch.tensor([[x, y, 0.5]]), torch.tensor([[width, depth, 1.0]]), torch.tensor([heading])
    )


def test_corners_run_round_the_bottom_and_then_round_the_top() -> None:
    outline = corners(one(0, 0, 2, 4))[0]
    assert outline[:4, 2].tolist() == [0.0] * 4
    assert outline[4:, 2].tolist() == [1.0] * 4
    assert outline[:4, :2].tolist() == [[-1, -2], [1, -2], [1, 2], [-1, 2]]
    assert outline[4:, :2].equal(outline[:4, :2])


def test_a_heading_turns_counter_clockwise() -> None:
    outline = corners(one(0, 0, 2, 1, math.pi / 2))[0, :4, :2]
    assert torch.allclose(outline[1], torch.tensor([0.5, 1.0]), atol=1e-6)


def test_a_square_and_the_same_turned_by_an_eighth_share_an_octagon() -> None:
    shared = 2 * (math.sqrt(2) - 1)
    iou = float(box_iou(one(0, 0, 1, 1), one(0, 0, 1, 1, math.pi / 4)))
    assert iou == pytest.approx(shared / (2 - shared), abs=1e-6)


def test_a_cross_of_two_bars() -> None:
    assert float(box_iou(one(0, 0, 4, 1), one(0, 0, 4, 1, math.pi / 2))) == pytest.approx(1 / 7, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_upright_boxes_overlap_the_same_by_either_way_of_counting(seed: int) -> None:
    a, b = some_boxes(seed, 4, turned=False), some_boxes(seed + 1, 5, turned=False)
    quarter = make_boxes(
        b.centre_m, b.size_m[:, [1, 0, 2]], torch.full((5,), math.pi / 2), b.labels
    )  # the same boxes, said otherwise
    assert torch.allclose(box_iou(a, b), box_iou(a, quarter), atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_overlap_is_symmetric_and_does_not_care_where_one_looks_from(seed: int, turn: float) -> None:
    a, b = some_boxes(seed, 4), some_boxes(seed + 1, 4)
    iou = box_iou(a, b)
    assert torch.allclose(iou, box_iou(b, a).T, atol=1e-9)
    assert bool(((iou >= 0) & (iou <= 1 + 1e-9)).all())

    def turned(boxes: Boxes) -> Boxes:
        centre = in_box_frame(boxes.centre_m, torch.tensor([5.0, -3.0, 0.2]), torch.tensor(turn))
        return make_boxes(centre, boxes.size_m, boxes.heading_rad - turn, boxes.labels)

    assert torch.allclose(iou, box_iou(turned(a), turned(b)), atol=1e-4)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_overlap_is_what_counting_points_says(seed: int) -> None:
    a, b = some_boxes(seed, 1), some_boxes(seed + 1, 1)
    points = torch.rand(40_000, 3, generator=torch.Generator().manual_seed(seed)) * 5 - 2.5
    in_a, in_b = (torch.zeros(len(points), dtype=torch.bool) for _ in range(2))
    in_a[next(points_inside(points, a))] = True
    in_b[next(points_inside(points, b))] = True
    counted = int((in_a & in_b).sum()) / max(int((in_a | in_b).sum()), 1)
    assert float(box_iou(a, b)) == pytest.approx(counted, abs=0.06)


def test_a_box_overlaps_itself_wholly_whatever_its_heading() -> None:
    boxes = some_boxes(3, 20)
    assert torch.allclose(box_iou(boxes, boxes).diagonal(), torch.ones(20).double(), atol=1e-9)


def test_flat_boxes_overlap_nothing() -> None:
    flat = make_boxes(torch.zeros(1, 3), torch.tensor([[1.0, 1.0, 0.0]]))
    assert float(box_iou(flat, flat)) == 0.0


def test_rectangles_that_touch_share_no_area() -> None:
    square = torch.tensor([[[0.0, 0], [1, 0], [1, 1], [0, 1]]], dtype=torch.float64)
    assert float(overlap_area(square, square + torch.tensor([1.0, 0.0]))) == pytest.approx(0, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.2))
def test_points_inside_are_those_of_a_plain_test(seed: int, margin: float) -> None:
    boxes = some_boxes(seed, 3)
    points = torch.rand(500, 3, generator=torch.Generator().manual_seed(seed)) * 4 - 2
    for number, inside in enumerate(points_inside(points, boxes, margin)):
        local = in_box_frame(points, boxes.centre_m[number], boxes.heading_rad[number])
        plain = (local.abs() <= boxes.size_m[number] / 2 + margin).all(1).nonzero()[:, 0]
        assert inside.equal(plain)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_suppression_leaves_no_two_of_a_class_that_overlap_and_drops_only_such(
    seed: int, most: float
) -> None:
    boxes = some_boxes(seed, 15)
    scores = torch.rand(15, generator=torch.Generator().manual_seed(seed))
    kept = nms(boxes, scores, most)
    iou, same = box_iou(boxes, boxes), boxes.labels[:, None] == boxes.labels
    assert scores[kept].tolist() == sorted(scores[kept].tolist(), reverse=True)
    pairs = (iou > most) & same
    assert int(pairs[kept][:, kept].sum()) == len(kept)  # each with itself
    for gone in set(range(15)) - set(kept.tolist()):
        better = [k for k in kept.tolist() if scores[k] >= scores[gone]]
        assert bool(pairs[gone, better].any())


def test_an_overlap_of_exactly_the_threshold_is_kept_and_so_is_another_class() -> None:
    size = torch.tensor([[1.0, 1, 1], [1, 1, 0.5], [1, 1, 1]])
    boxes = make_boxes(torch.zeros(3, 3), size, None, torch.tensor([0, 0, 1]))
    scores = torch.tensor([0.9, 0.8, 0.7])
    assert nms(boxes, scores, 0.5).tolist() == [0, 1, 2]
    assert nms(boxes, scores, 0.49).tolist() == [0, 2]


def test_a_box_sees_what_lies_along_its_heading_along_its_first_edge() -> None:
    heading = torch.tensor(0.5)
    ahead = torch.stack([heading.cos(), heading.sin(), torch.tensor(0.0)])
    centre = torch.tensor([1.0, 2.0, 3.0])
    seen = in_box_frame((centre + 2 * ahead).unsqueeze(0), centre, heading)
    torch.testing.assert_close(seen, torch.tensor([[2.0, 0.0, 0.0]]))


def test_boxes_that_are_none_are_found_out() -> None:
    size = torch.tensor([[1.0, 1, 1], [1, 0, 1], [1, -1, 1], [1, float("nan"), 1]])
    assert valid(make_boxes(torch.zeros(4, 3), size)).tolist() == [True, False, False, False]
    assert valid(make_boxes(torch.tensor([[0, float("inf"), 0]]), size[:1])).tolist() == [False]


def test_nothing_can_be_joined_taken_and_suppressed() -> None:
    none = join_boxes([])
    assert len(none) == len(take(no_boxes(), torch.zeros(0, dtype=torch.bool))) == 0
    assert box_iou(none, some_boxes(0, 3)).shape == (0, 3)
    assert nms(none, torch.zeros(0), 0.5).tolist() == []
    assert list(points_inside(torch.zeros(4, 3), none)) == []
