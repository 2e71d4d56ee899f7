"""From raw rows to clouds."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pointclip2.data.prepare import SAMPLINGS, TO_Y_UP, prepare_points, stable_seed, turned_normals
from pointclip2.types import CloudError, ConfigError, Frame
from tests.places import ROOT

AXES = {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1), "-x": (-1, 0, 0), "-y": (0, -1, 0), "-z": (0, 0, -1)}


def cloud(n: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


@given(
    raw=hnp.arrays(
        st.sampled_from([np.float64, np.float32]),
        st.tuples(st.integers(1, 40), st.integers(3, 6)),
        elements=st.floats(width=32),
    ),
    n=st.none() | st.integers(1, 60),
    up=st.sampled_from(sorted(TO_Y_UP)),
    sampling=st.sampled_from(SAMPLINGS),
)
@settings(deadline=None, max_examples=150)
def test_any_numbers_become_a_finite_cloud_in_the_unit_sphere(raw, n, up, sampling):
    finite = np.isfinite(raw[:, :3]).all(axis=1)
    if not finite.any():
        with pytest.raises(CloudError, match="finite"):
            prepare_points(raw, up, n, sampling, "a")
        return
    points, chosen, dropped, matrix = prepare_points(raw, up, n, sampling, "a")
    assert points.dtype == torch.float32
    assert points.shape == (n or finite.sum(), 3)
    assert dropped == (~finite).sum()
    assert finite[chosen.numpy()].all()
    rows = raw[chosen.numpy(), :3].astype(np.float64)
    assert Frame(matrix).to_input(points).numpy() == pytest.approx(
        rows, rel=1e-5, abs=1e-5 * np.abs(rows).max()
    )
    norms = points.norm(dim=1)
    assert torch.isfinite(points).all()
    if (np.ptp(raw[chosen.numpy(), :3].astype(np.float64), axis=0) == 0).all():
        assert (points == 0).all()
    else:
        assert norms.max() == pytest.approx(1, abs=1e-5)
        assert points.mean(dim=0).abs().max() < 1e-5


def test_the_largest_doubles_do_not_overflow():
    raw = np.array([[-1.7e308, 0, 0], [1.7e308, 0, 0], [0, 1e-308, 0]])
    assert prepare_points(raw).points[:, 0].tolist() == pytest.approx([-1, 1, 0])


@pytest.mark.parametrize("up", AXES)
def test_up_turns_the_named_axis_to_plus_y_without_a_mirror(up):
    matrix = np.array(TO_Y_UP[up])
    assert (matrix @ AXES[up]).tolist() == [0, 1, 0]
    assert np.linalg.det(matrix) == pytest.approx(1)
    raw = np.array([AXES[up], np.negative(AXES[up])]) * 5.0 + 3.0
    assert prepare_points(raw, up).points.numpy() == pytest.approx(
        np.array([[0, 1, 0], [0, -1, 0]]), abs=1e-6
    )


def test_any_up_leaves_the_pose_alone():
    raw = cloud()
    assert torch.equal(prepare_points(raw, "any").points, prepare_points(raw, "y").points)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_chosen_tells_the_row_of_every_point(sampling):
    raw = cloud()
    raw[3, 1], raw[50, 2] = np.nan, np.inf
    points, chosen, dropped, _ = prepare_points(raw, n=64, sampling=sampling, seed_name="chair")
    rows = raw[chosen.numpy()]
    rows = rows - rows.mean(axis=0)
    assert dropped == 2
    assert len(set(chosen.tolist())) == 64
    assert points.numpy() == pytest.approx(rows / np.linalg.norm(rows, axis=1).max(), abs=1e-6)


@pytest.mark.parametrize("up", TO_Y_UP)
def test_the_matrix_leads_back_to_far_off_rows_that_would_not_fit_float32(up):
    # A block of a city in UTM: metres, millions of them from the origin.
    raw = cloud() * [40.0, 60.0, 8.0] + [448_262.25, 5_411_932.5, 112.0]
    prepared = prepare_points(raw, up, 150, "random", "city")
    found = Frame(prepared.matrix).to_input(prepared.points).numpy()
    extent = np.ptp(raw, axis=0).max()
    assert np.abs(found - raw[prepared.chosen.numpy()]).max() < 1e-6 * extent


def test_normals_turn_with_the_points_and_become_unit_vectors():
    raw = cloud()
    matrix = prepare_points(raw, "z", seed_name="a").matrix
    normals = turned_normals(np.array([[0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]), matrix)
    assert normals.numpy() == pytest.approx(np.array([[0, 1, 0], [0, 0, 0], [1, 0, 0]]), abs=1e-6)


def test_first_takes_the_first_rows_and_repeats_them_in_turn():
    assert prepare_points(cloud(10), n=4).chosen.tolist() == [0, 1, 2, 3]
    assert prepare_points(cloud(3), n=7).chosen.tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_farthest_keeps_the_lone_far_points_that_first_misses():
    raw = np.concatenate([cloud(500) * 0.01, [[10, 0, 0], [0, 10, 0], [0, 0, 10]]])
    assert {500, 501, 502} <= set(prepare_points(raw, n=6, sampling="farthest").chosen.tolist())


def test_random_depends_on_the_name_alone_even_across_processes():
    program = (
        "import numpy as np; from pointclip2.data.prepare import prepare_points;"
        "print(prepare_points(np.arange(300.).reshape(100, 3), n=5, sampling='random',"
        " seed_name='chair').chosen.tolist())"
    )
    raw = np.arange(300.0).reshape(100, 3)
    chosen = prepare_points(raw, n=5, sampling="random", seed_name="chair").chosen.tolist()
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert run.stdout.strip() == str(chosen)
    assert prepare_points(raw, n=5, sampling="random", seed_name="table").chosen.tolist() != chosen


def test_the_seed_of_a_name_stays_what_it_was():
    assert stable_seed("chair") == int.from_bytes(bytes.fromhex("3bb79e621b21be87"), "little")


@pytest.mark.parametrize("raw", [np.ones((1, 3)), np.full((50, 3), 0.1), np.full((9, 3), 1e300)])
def test_one_point_or_equal_points_become_zeros(raw):
    assert (prepare_points(raw, n=8).points == 0).all()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (np.zeros((0, 3)), "no points"),
        (np.zeros((5, 2)), "shape"),
        (np.zeros(6), "shape"),
        (np.zeros((2, 5, 3)), "shape"),
        (np.array(5.0), "shape"),
        (np.full((5, 3), np.nan), "finite"),
        (np.ones((5, 3), dtype=bool), "bool"),
        (np.ones((5, 3), dtype=complex), "complex"),
        (np.full((5, 3), "a"), "dtype"),
        (np.full((5, 3), None), "object"),
    ],
)
def test_what_is_no_cloud_is_refused_with_the_reason(raw, reason):
    with pytest.raises(CloudError, match=reason):
        prepare_points(raw, n=4)


@pytest.mark.parametrize("options", [{"up": "w"}, {"sampling": "best"}, {"n": 0}])
def test_unknown_options_are_refused(options):
    with pytest.raises(ConfigError):
        prepare_points(cloud(), **options)
