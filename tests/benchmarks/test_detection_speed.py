"""Detection against its goals: ratios within one run, and bounds for what has no baseline."""

import time
from collections.abc import Callable

import numpy as np
import pytest
import torch

from pointclip2.geometry.boxes import make_boxes
from pointclip2.geometry.sampling import farthest_points
from pointclip2.metrics.box_ap import BoxAveragePrecision
from pointclip2.proposals.detr3d_model import Detr3d
from tests.proposals.toy_room import toy_room

pytestmark = pytest.mark.benchmark


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Processor seconds, of this thread's process: other work on the machine counts little."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def scan(count: int) -> torch.Tensor:
    points = toy_room(density=1600.0).points_m
    return points[torch.randperm(len(points), generator=torch.Generator().manual_seed(0))[:count]]


def test_farthest_points_are_many_times_faster_than_a_loop_over_numpy() -> None:
    points = scan(40_000)
    exact = points.numpy()

    def loop() -> list[int]:
        nearest = np.full(len(exact), np.inf, dtype=np.float32)
        chosen = [0]
        while len(chosen) < 2048:
            nearest = np.minimum(nearest, ((exact - exact[chosen[-1]]) ** 2).sum(axis=1))
            chosen.append(int(nearest.argmax()))
        return chosen

    ours = best_of(3, lambda: farthest_points(points.unsqueeze(0), 2048))
    theirs = best_of(1, loop)
    print(
        f"\n2,048 of 40,000 farthest points: {ours:.3f} s; loop over numpy {theirs:.2f} s; {theirs / ours:.1f} x"
    )
    assert theirs / ours > 10  # 20 on a quiet machine


def test_3detr_takes_seconds_for_a_scene() -> None:
    model, points = Detr3d(), scan(40_000).unsqueeze(0)
    with torch.no_grad():
        spent = best_of(1, lambda: model(points))
    print(f"\n3DETR-m, 40,000 points: {spent:.1f} processor seconds")
    assert spent < 20  # 10 s on two quiet cores


def test_ap_of_a_whole_validation_set_takes_seconds() -> None:
    chance = np.random.default_rng(0)

    def boxes(count: int) -> object:
        return make_boxes(
            torch.from_numpy(chance.uniform(0, 6, (count, 3))),
            torch.from_numpy(chance.uniform(0.3, 2, (count, 3))),
            None,
            torch.from_numpy(chance.integers(0, 18, count)),
        )

    metric = BoxAveragePrecision([f"class {number}" for number in range(18)])
    scenes = [(boxes(256), torch.from_numpy(chance.random((256, 18))).float(), boxes(15)) for _ in range(312)]

    def whole() -> dict[str, float]:
        metric.reset()
        for number, (found, scores, truth) in enumerate(scenes):
            metric.update(number, found, found, scores, truth)
        return metric.compute()

    spent = best_of(1, whole)
    print(f"\nAP of 312 scenes x 18 classes x 256 boxes: {spent:.1f} processor seconds")
    assert spent < 20
