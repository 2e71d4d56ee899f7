"""Neighbours, regions and smoothing of point logits: what they must do on any cloud."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.geometry import neighbours
from pointclip2.geometry.neighbours import local_frames, nearest_among, nearest_points
from pointclip2.geometry.regions import graph_regions, kmeans_regions, surface_features
from pointclip2.geometry.smoothing import (
    NeighbourSmoothing,
    NoSmoothing,
    RegionSmoothing,
    Smoothing,
    fill_unseen,
)
from pointclip2.types import ConfigError

EVERY = [
    NoSmoothing(),
    NeighbourSmoothing(),
    NeighbourSmoothing(neighbours=4, steps=2),
    RegionSmoothing(regions=6),
    RegionSmoothing(kind="graph", least_points=5),
]


def cloud(count: int, seed: int = 0, batch: int = 1) -> torch.Tensor:
    return torch.randn(batch, count, 3, generator=torch.Generator().manual_seed(seed))


def plates(count: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """Two thin plates that meet at a right angle, and which plate a point is of."""
    flat = torch.rand(count, 2, generator=torch.Generator().manual_seed(1))
    level = torch.stack([flat[:, 0], torch.zeros(count), flat[:, 1]], dim=1)
    upright = torch.stack([flat[:, 0], flat[:, 1] + 0.02, torch.zeros(count)], dim=1)
    return torch.cat([level, upright])[None], torch.arange(2).repeat_interleave(count)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 99), st.floats(-1e4, 1e4))
@settings(max_examples=12, deadline=None)
def test_nearest_points_are_those_of_a_full_search(count: int, k: int, seed: int, shift: float) -> None:
    points = cloud(count, seed) + shift
    found = nearest_points(points, k)[0]
    assert found.shape == (count, min(k, count))
    distance = torch.cdist(points[0].double(), points[0].double())
    reached = distance.gather(1, found).amax(dim=1)
    expected = distance.sort(dim=1).values[:, min(k, count) - 1]
    torch.testing.assert_close(reached, expected, rtol=1e-2, atol=1e-2 * (1 + abs(shift) * 1e-3))


@given(st.integers(1, 300), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_the_way_of_accelerators_finds_the_same_in_rows_of_any_number(
    count: int, rows: int, seed: int
) -> None:
    points, asked = cloud(count, seed)[0], cloud(20, seed + 1)[0]
    k = min(7, count)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(neighbours, "_DISTANCES", rows * count)
        assert neighbours._by_distance(asked, points, k).equal(nearest_among(asked, points, k))


def test_normals_stand_upright_on_a_plate_and_its_shape_is_flat() -> None:
    points, plate = plates()
    normals, shape = local_frames(points, nearest_points(points, 12))
    away = (points[0, :, 1] > 0.2) | (points[0, :, 2] > 0.2)
    level, upright = away & (plate == 0), away & (plate == 1)
    assert float(normals[0, level, 1].abs().min()) > 0.99
    assert float(normals[0, upright, 2].abs().min()) > 0.99
    torch.testing.assert_close(shape.sum(dim=-1), torch.ones(1, 400))
    assert float(shape[0, level, 2].max()) < 0.01


@given(st.integers(1, 30), st.sampled_from(["equal", "line", "pairs"]), st.integers(0, 4))
@settings(max_examples=12, deadline=None)
def test_degenerate_clouds_have_finite_logits(count: int, kind: str, which: int) -> None:
    points = torch.zeros(2, count, 3)
    if kind == "line":
        points[:, :, 0] = torch.arange(float(count))
    elif kind == "pairs":
        points[:, ::2, 1] = 1.0
    logits = torch.randn(2, count, 3, generator=torch.Generator().manual_seed(0))
    seen = torch.ones(2, count, dtype=torch.bool)
    seen[0, 0] = False
    smooth = EVERY[which](points, logits, seen)
    assert smooth.shape == logits.shape
    assert bool(smooth.isfinite().all())


@pytest.mark.parametrize("smoothing", EVERY, ids=lambda s: s.describe()["name"])
def test_a_cloud_alone_is_smoothed_as_in_a_batch(smoothing: Smoothing) -> None:
    points, logits = cloud(60, batch=3), torch.randn(3, 60, 4)
    seen = torch.rand(3, 60, generator=torch.Generator().manual_seed(2)) < 0.8
    together = smoothing(points, logits, seen)
    for b in range(3):
        alone = smoothing(points[b : b + 1], logits[b : b + 1], seen[b : b + 1])
        torch.testing.assert_close(alone[0], together[b])


@pytest.mark.parametrize("smoothing", EVERY[1:], ids=lambda s: s.describe()["name"])
def test_no_point_is_left_without_a_part(smoothing: Smoothing) -> None:
    points, plate = plates()
    seen = torch.ones(1, 400, dtype=torch.bool)
    seen[0, ::7] = False
    logits = torch.nn.functional.one_hot(plate, 2).float()[None] * seen.unsqueeze(-1)
    smooth = smoothing(points, logits, seen)
    hidden = ~seen[0]
    assert float((smooth[0, hidden].argmax(dim=-1) == plate[hidden]).float().mean()) > 0.8


def test_a_cloud_that_no_view_sees_stays_as_it_is() -> None:
    logits = torch.zeros(1, 9, 2)
    assert torch.equal(fill_unseen(cloud(9), logits, torch.zeros(1, 9, dtype=torch.bool)), logits)


@pytest.mark.parametrize("kind", ["kmeans", "graph"])
def test_regions_outvote_single_wrong_points(kind: str) -> None:
    points, plate = plates()
    wrong = torch.rand(400, generator=torch.Generator().manual_seed(3)) < 0.25
    logits = torch.nn.functional.one_hot(torch.where(wrong, 1 - plate, plate), 2).float()[None]
    smoothing = RegionSmoothing(kind=kind, regions=12, threshold=0.1, blend=1.0)
    smooth = smoothing(points, logits, torch.ones(1, 400, dtype=torch.bool))
    right = (smooth[0].argmax(dim=-1) == plate).float().mean()
    assert float(right) > 0.93


def test_unseen_points_have_no_say_in_their_region() -> None:
    points, _ = plates()
    seen = torch.zeros(1, 400, dtype=torch.bool)
    seen[0, 0] = True
    logits = torch.zeros(1, 400, 2)
    logits[0, 0] = torch.tensor([0.0, 1.0])
    smooth = RegionSmoothing(regions=1, blend=1.0)(points, logits, seen)
    torch.testing.assert_close(smooth[0, 0], torch.tensor([0.0, 1.0]))


def test_a_blend_of_nothing_changes_nothing() -> None:
    logits = torch.randn(1, 400, 3)
    points, _ = plates()
    seen = torch.ones(1, 400, dtype=torch.bool)
    torch.testing.assert_close(RegionSmoothing(blend=0.0)(points, logits, seen), logits)


def test_plates_at_a_right_angle_are_regions_of_their_own() -> None:
    points, plate = plates()
    near = nearest_points(points, 12)
    features = surface_features(points, near, normal_weight=1.0, shape_weight=0.0)
    found = kmeans_regions(features, 2)[0]
    same = (found == plate).float().mean()
    assert float(torch.maximum(same, 1 - same)) > 0.95


def test_merging_along_the_graph_keeps_islands_apart_and_leaves_no_crumbs() -> None:
    near_by = cloud(50, 1) * 0.1
    points = torch.cat([near_by, near_by + 10], dim=1)
    found = graph_regions(points[0], nearest_points(points, 8)[0], threshold=5.0, least_points=10)
    assert set(found[:50].tolist()).isdisjoint(found[50:].tolist())
    assert int(found.bincount().min()) >= 10


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "voronoi"},
        {"regions": 0},
        {"neighbours": 1},
        {"blend": 1.5},
        {"threshold": 0.0},
        {"normal_weight": -1.0},
        {"least_points": 0},
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="smoothing"):
        RegionSmoothing(**options)  # type: ignore[arg-type]


def test_neighbours_and_steps_are_checked() -> None:
    for options in ({"neighbours": 0}, {"steps": -1}):
        with pytest.raises(ConfigError, match="smoothing"):
            NeighbourSmoothing(**options)
    with pytest.raises(ConfigError, match="at least 1"):
        nearest_points(cloud(3), 0)
