"""What it costs to find out which way up clouds are, beside encoding them."""

import time
from statistics import median

import pytest
import torch

from pointclip2 import build, compose
from pointclip2.data.standing import taken_up, turned
from pointclip2.encoders.upright import Upright
from pointclip2.geometry.standing import UPS, up_scores
from pointclip2.types import CloudBatch
from pointclip2.worlds.shapes.world import Shapes
from tests.benchmarks.test_pipeline_overhead import alternating_seconds


@pytest.mark.benchmark
def test_guessing_which_way_up_costs_at_most_half_of_encoding() -> None:
    encoder = build(compose("evaluate").encoder)
    upright = Upright(encoder)
    split = Shapes(per_class={"train": 1, "val": 1, "test": 1}).open("test")
    clouds = [turned(split[place].points, UPS[place % 6], "y") for place in range(len(split))]
    batches = [clouds[start : start + 16] for start in range(0, len(clouds), 16)]

    def guessed(batch: list[torch.Tensor]) -> CloudBatch:
        ups = torch.stack([torch.from_numpy(up_scores(cloud.numpy())).float() for cloud in batch])
        taken = [turned(cloud, "y", taken_up(row)) for cloud, row in zip(batch, ups, strict=True)]
        return CloudBatch(torch.stack(taken), ups=ups)

    @torch.no_grad()
    def whole() -> None:
        for batch in batches:
            upright.encode(guessed(batch))

    @torch.no_grad()
    def alone() -> None:
        for batch in batches:
            encoder.encode(CloudBatch(torch.stack(batch)))

    whole(), alone()
    with_up, without = alternating_seconds(whole, alone, rounds=5)
    print(f"\n{len(clouds)} shapes, one of each class: {with_up / without:.2f} x the time of encoding")
    assert with_up <= 1.5 * without


@pytest.mark.benchmark
def test_geometry_takes_less_than_five_milliseconds() -> None:
    cloud = Shapes(["chair"]).open("test")[0].points.numpy()
    up_scores(cloud)
    taken = []
    for _ in range(50):
        start = time.perf_counter()
        up_scores(cloud)
        taken.append(1e3 * (time.perf_counter() - start))
    print(f"\nsix directions of 1,024 points: {median(taken):.1f} ms")
    assert median(taken) < 5
