"""Corruption of clouds: counts, subsets, parts, rigidity, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.corruption import (
    PRESETS,
    Corruption,
    any_heading,
    any_tilt,
    corrupt,
    crop,
    drop_patches,
    jitter,
    occlude,
    outliers,
)
from pointclip2.types import ConfigError

EACH_PRESET = pytest.mark.parametrize("preset", list(PRESETS))


def ball(n: int, seed: int = 0) -> np.ndarray:
    """Points on the unit sphere."""
    points = np.random.default_rng(seed).normal(size=(n, 3))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))


@EACH_PRESET
@given(n=st.integers(1, 600), seed=st.integers(0, 2**32), dtype=st.sampled_from([np.float32, np.float64]))
@settings(max_examples=25, deadline=None)
def test_count_type_and_input_stay_the_same(preset: str, n: int, seed: int, dtype: type) -> None:
    points = ball(n).astype(dtype)
    before = points.copy()
    worn = corrupt(points, preset, np.random.default_rng(seed))
    assert worn.points.shape == (n, 3)
    assert worn.points.dtype == dtype
    assert np.isfinite(worn.points).all()
    assert worn.chosen.shape == worn.moved.shape == (n,)
    assert np.array_equal(points, before)


@EACH_PRESET
def test_the_same_seed_gives_the_same_corruption(preset: str) -> None:
    first, again = (corrupt(ball(300), preset, np.random.default_rng(5)).points for _ in range(2))
    assert np.array_equal(first, again)


@EACH_PRESET
@pytest.mark.parametrize("n", [1, 2, 50])
def test_a_cloud_without_extent_comes_back_unharmed(preset: str, n: int) -> None:
    points = np.full((n, 3), 0.25)
    worn = corrupt(points, preset, np.random.default_rng(0))
    assert np.array_equal(worn.points, points)
    assert np.array_equal(worn.chosen, np.arange(n))
    assert not worn.moved.any()


def test_none_changes_nothing() -> None:
    points = ball(100)
    worn = corrupt(points, "none", np.random.default_rng(0))
    assert np.array_equal(worn.points, points)
    assert not worn.moved.any()


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "none"])
def test_every_other_preset_changes_the_cloud(preset: str) -> None:
    assert not np.array_equal(corrupt(ball(500), preset, np.random.default_rng(1)).points, ball(500))


@pytest.mark.parametrize("preset", ["occlusion", "partial"])
def test_points_that_are_only_lost_are_not_moved_and_keep_their_parts(preset: str) -> None:
    points = ball(800)
    for seed in range(10):
        worn = corrupt(points, preset, np.random.default_rng(seed))
        assert np.array_equal(worn.points, points[worn.chosen])
        assert not worn.moved.any()
        assert len(set(worn.chosen)) < 800


@pytest.mark.parametrize("preset", ["noise", "scan"])
def test_what_moves_is_known_to_have_moved_and_from_where(preset: str) -> None:
    points = ball(800)
    for seed in range(10):
        worn = corrupt(points, preset, np.random.default_rng(seed))
        before = points[worn.chosen] @ worn.rotation.T
        assert np.median(np.linalg.norm(worn.points - before, axis=1)) < 0.12
        assert worn.moved.all()


def test_only_strays_have_moved_where_there_is_no_other_noise() -> None:
    points = ball(800)
    worn = corrupt(points, Corruption(outliers=(0.1, 0.1), tilt_deg=(4.0, 4.0)), np.random.default_rng(0))
    assert worn.moved.sum() == 80
    still = ~worn.moved
    assert np.allclose(worn.points[still], (points[worn.chosen] @ worn.rotation.T)[still], atol=1e-12)


def test_an_unknown_preset_is_named_with_the_choices() -> None:
    with pytest.raises(ConfigError, match=r"'fog'.*none.*scan"):
        corrupt(ball(10), "fog", np.random.default_rng(0))


def test_one_scanner_does_not_see_the_far_side_of_a_ball() -> None:
    points = ball(2048)
    for seed in range(10):
        seen = points[occlude(points, np.random.default_rng(seed), (1, 1))]
        assert 0.15 < len(seen) / 2048 < 0.5
        towards = seen.mean(axis=0) / np.linalg.norm(seen.mean(axis=0))
        assert (seen @ towards < -0.15).mean() < 0.15


def test_scanners_hardly_see_what_is_inside_a_closed_surface() -> None:
    points = np.concatenate([ball(1600), 0.3 * ball(400)])
    inside = [occlude(points, np.random.default_rng(seed))[1600:].mean() for seed in range(30)]
    assert np.mean(inside) < 0.2


def test_more_scanners_see_more() -> None:
    points = ball(1000)
    one, three = (
        np.mean([occlude(points, np.random.default_rng(seed), (k, k)).mean() for seed in range(30)])
        for k in (1, 3)
    )
    assert three > one + 0.1


@given(n=st.integers(1, 400), seed=st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_cuts_and_holes_keep_at_least_forty_percent(n: int, seed: int) -> None:
    points = ball(n, seed=3)
    assert crop(points, np.random.default_rng(seed), (0.0, 0.5)).mean() >= 0.4
    assert drop_patches(points, np.random.default_rng(seed), (0, 8), (0.1, 1.5)).mean() >= 0.4


def test_a_cut_takes_one_connected_side() -> None:
    points = ball(2000)
    for seed in range(10):
        mask = crop(points, np.random.default_rng(seed), (0.7, 0.8))
        middle = points[~mask].mean(axis=0)
        middle /= np.linalg.norm(middle)
        assert (points[~mask] @ middle).min() > (points[mask] @ middle).max() - 0.1


def test_a_hole_is_empty() -> None:
    points = ball(3000)
    mask = drop_patches(points, np.random.default_rng(0), (1, 1), (0.3, 0.3))
    centre = points[~mask].mean(axis=0)
    assert 0 < (~mask).sum() < 300
    assert np.linalg.norm(points[mask] - centre, axis=1).min() > 0.2


def test_noise_has_the_spread_asked_for() -> None:
    moves = jitter(ball(5000), np.random.default_rng(0), (0.02, 0.02)) - ball(5000)
    assert moves.std() == pytest.approx(0.02, rel=0.05)
    assert np.abs(moves).max() <= 0.06 + 1e-9


def test_only_the_asked_share_of_points_strays() -> None:
    moved = outliers(ball(1000), np.random.default_rng(0), (0.05, 0.05)) != ball(1000)
    assert moved.any(axis=1).sum() == 50


def test_a_heading_keeps_heights_and_distances_to_the_axis() -> None:
    points = ball(100)
    turned = points @ any_heading(np.random.default_rng(0)).T
    assert np.allclose(turned[:, 1], points[:, 1])
    assert np.allclose(np.hypot(turned[:, 0], turned[:, 2]), np.hypot(points[:, 0], points[:, 2]))
    assert not np.allclose(turned, points, atol=0.1)


def test_a_tilt_is_rigid_and_as_large_as_asked() -> None:
    points = np.concatenate([[[0.0, 1.0, 0.0]], ball(50)])
    turn = any_tilt(np.random.default_rng(0), (5.0, 5.0))
    assert turn is not None
    tilted = points @ turn.T
    assert np.allclose(tilted @ tilted.T, points @ points.T)
    assert np.rad2deg(np.arccos(tilted[0, 1])) == pytest.approx(5.0)


def test_own_parameters_serve_as_well_as_a_preset() -> None:
    points = ball(200)
    result = corrupt(points, Corruption(heading=True), np.random.default_rng(0)).points
    assert np.allclose(result[:, 1], points[:, 1])
    assert not np.allclose(result, points, atol=0.1)
