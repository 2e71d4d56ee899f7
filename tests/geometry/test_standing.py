"""Which way up an object stands, from its points."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.prepare import TO_Y_UP
from pointclip2.errors import WeightsError
from pointclip2.geometry import standing
from pointclip2.geometry.standing import UPS, up_scores
from pointclip2.geometry.surfaces import sample_surface
from pointclip2.worlds.shapes.mesh import Mesh, box, merge
from pointclip2.worlds.shapes.world import Shapes

UPRIGHT = ["chair", "table", "sofa", "toilet", "piano", "car", "stool", "bench", "desk", "bathtub"]


def surface(*meshes: Mesh, points: int = 1024) -> np.ndarray:
    whole = merge(meshes)
    corners = whole.vertices[whole.faces]
    return sample_surface(corners, np.zeros(len(corners), dtype=np.int64), points, np.random.default_rng(0))[
        0
    ]


def table() -> np.ndarray:
    legs = [box(0.06, 0.7, 0.06).moved(x, 0.35, z) for x in (-0.55, 0.55) for z in (-0.35, 0.35)]
    return surface(box(1.2, 0.05, 0.8).moved(0, 0.72, 0), *legs)


def lying(points: np.ndarray, up: str) -> np.ndarray:
    """The points (y up) turned so that ``up`` is up."""
    return points @ np.array(TO_Y_UP[up], dtype=points.dtype)


@pytest.mark.parametrize("up", UPS)
def test_a_table_stands_on_its_legs_whichever_way_it_lies(up: str) -> None:
    probability = up_scores(lying(table(), up))
    assert UPS[probability.argmax()] == up
    assert probability.max() > 0.8


def test_most_shapes_that_nobody_fitted_it_to_are_turned_up() -> None:
    split = Shapes(UPRIGHT, per_class={"train": 1, "val": 1, "test": 4}, seed=7).open("test")
    clouds = [split[index].points.numpy() for index in range(len(split))]
    right = [UPS[up_scores(cloud).argmax()] == "y" for cloud in clouds]
    assert np.mean(right) >= 0.85


@given(
    seed=st.integers(0, 2**32),
    size=st.floats(1e-3, 1e4),
    place=st.tuples(*[st.floats(-1e3, 1e3)] * 3),
    up=st.sampled_from(UPS),
)
@settings(max_examples=25, deadline=None)
def test_scores_go_with_the_cloud_and_neither_its_size_nor_its_place_counts(
    seed: int, size: float, place: tuple[float, float, float], up: str
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(300, 3)) * rng.uniform(0.2, 1, 3) + rng.normal(size=(300, 1))
    scores = up_scores(points)
    assert scores.sum() == pytest.approx(1)
    elsewhere = up_scores(lying(points, up) * size + size * np.array(place))
    # What was y is the axis that is now called ``up``.
    assert elsewhere[UPS.index(up)] == pytest.approx(scores[0], abs=0.05)
    assert elsewhere[(UPS.index(up) + 3) % 6] == pytest.approx(scores[3], abs=0.05)


def test_the_same_points_give_the_same_scores_in_any_order() -> None:
    points = table()
    assert np.allclose(up_scores(points), up_scores(points[::-1]), atol=1e-6)
    assert (up_scores(points) == up_scores(points)).all()


NOTHING_TO_STAND_ON = {
    "one point": np.zeros((1, 3)),
    "equal points": np.full((100, 3), 7.0),
    "few points": np.random.default_rng(0).normal(size=(7, 3)),
    "a line": np.linspace(0, 1, 100)[:, None] * np.array([1.0, 2.0, 3.0]),
    "a sheet": np.random.default_rng(0).normal(size=(100, 3)) * np.array([1.0, 0.0, 1.0]),
    "a sheet far away": np.random.default_rng(0).normal(size=(100, 3)) * np.array([1.0, 1.0, 0.0]) + 1e6,
    "tiny": np.full((100, 3), 1e-300),
}


@pytest.mark.parametrize("points", NOTHING_TO_STAND_ON.values(), ids=NOTHING_TO_STAND_ON)
def test_what_says_nothing_of_up_scores_alike_and_is_taken_as_y(points: np.ndarray) -> None:
    scores = up_scores(points)
    assert scores == pytest.approx(1 / 6)
    assert UPS[scores.argmax()] == "y"


@given(points=st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_finite_cloud_has_six_scores(points: list[tuple[float, float, float]]) -> None:
    scores = up_scores(np.array(points, dtype=np.float32))
    assert np.isfinite(scores).all()
    assert scores.sum() == pytest.approx(1)


def test_weights_that_cannot_be_read_are_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets" / standing.WEIGHTS).mkdir(parents=True)
    monkeypatch.setattr(standing, "files", lambda name: tmp_path)
    standing.weights.cache_clear()
    standing.weights_digest.cache_clear()
    with pytest.raises(WeightsError, match="cannot be read: install"):
        standing.weights()
