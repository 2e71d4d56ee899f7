"""Farthest-point sampling and ball queries against plain loops."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.geometry import sampling
from pointclip2.geometry.sampling import ball_query, farthest_points


def plain_farthest(points: np.ndarray, count: int, near_origin: float = -1.0, start: int = 0) -> list[int]:
    nearest = np.full(len(points), np.inf, dtype=points.dtype)
    nearest[np.square(points).sum(1) <= near_origin] = -1
    chosen = [start]
    while len(chosen) < count:
        apart = points - points[chosen[-1]]
        squared = apart[:, 0] ** 2 + apart[:, 1] ** 2 + apart[:, 2] ** 2
        nearest = np.where(nearest < 0, nearest, np.minimum(nearest, squared))
        chosen.append(int(nearest.argmax()))
    return chosen


def cloud(seed: int, count: int, kind: str) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(count, 3))
    if kind == "flat":
        points[:, 2] = 0
    if kind == "grid":  # many ties and duplicates
        points = np.round(points)
    if kind == "far":
        points = points * 0.01 + 50
    return points.astype(np.float32)


kinds = st.sampled_from(["round", "flat", "grid", "far"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 900), st.integers(1, 120), kinds, st.booleans())
def test_samples_are_those_of_a_plain_loop_in_either_precision(
    seed: int, points: int, count: int, kind: str, double: bool
) -> None:
    made = cloud(seed, points, kind).astype(np.float64 if double else np.float32)
    start = seed % points
    found = farthest_points(torch.from_numpy(made).unsqueeze(0), count, start=torch.tensor([start]))[0]
    assert found.tolist() == plain_farthest(made, count, start=start)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_what_lies_at_the_origin_is_padding_where_one_says_so(seed: int, points: int) -> None:
    # The origin is far from all that counts: it would be taken soon.
    made = cloud(seed, points, "round") + np.float32(20)
    made[1::3] = 0
    count = min(60, int((np.square(made).sum(1) > 1e-3).sum()))
    found = farthest_points(torch.from_numpy(made).unsqueeze(0), count, 1e-3)[0]
    assert found.tolist() == plain_farthest(made, count, 1e-3)


def test_all_padding_gives_the_first_point_again_and_again() -> None:
    assert farthest_points(torch.zeros(1, 5, 3), 4, 1e-3).tolist() == [[0, 0, 0, 0]]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), kinds)
def test_the_way_of_accelerators_chooses_the_same(seed: int, kind: str) -> None:
    made = torch.from_numpy(np.stack([cloud(seed, 200, kind), cloud(seed + 1, 200, kind)]))
    chosen = torch.zeros(2, 50, dtype=torch.int64)
    assert sampling._dense(made, chosen, -1.0).equal(farthest_points(made, 50))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 400), st.integers(1, 20), st.floats(0.05, 2))
def test_a_ball_holds_the_first_points_that_are_near_enough(
    seed: int, points: int, count: int, radius: float
) -> None:
    made = torch.from_numpy(cloud(seed, points, "round"))
    centres = torch.cat([made[:70], torch.full((1, 3), 99.0)])
    found = ball_query(made, centres, radius, count)
    for row, centre in zip(found.tolist(), centres, strict=True):
        apart = (made - centre).square()
        near = ((apart[:, 0] + apart[:, 1] + apart[:, 2]) < radius * radius).nonzero()[:, 0].tolist()[:count]
        assert row == (near + near[:1] * (count - len(near)) if near else [0] * count)
