"""Clouds come back from the page as they were."""

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pointclip2.show.gallery import GalleryBox, GalleryCloud
from pointclip2.show.page.packing import Packer, chosen_points
from tests.show.page.exhibits import corners


def cloud(points: NDArray[Any], colours: NDArray[Any] | None = None, **more: Any) -> GalleryCloud:
    given = np.zeros(points.shape, np.uint8) if colours is None else colours.astype(np.uint8)
    return GalleryCloud("cloud", points.astype(np.float32), given, **more)


def unpacked(packer: Packer, packed: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """As the script of the page does it."""
    steps = np.frombuffer(base64.b64decode(packer.blobs[packed["points"]]), "<u2").reshape(-1, 3)
    colours = np.frombuffer(base64.b64decode(packer.blobs[packed["colours"]]), np.uint8)
    if packed["palette"] is not None:
        rgb = np.array(packed["palette"], np.uint8).reshape(-1, 3)[colours]
    else:
        rgb = colours.reshape(-1, 3)
    return np.array(packed["low"]) + packed["side"] * steps / 65535, rgb


@given(st.integers(1, 400), st.floats(1e-3, 1e4), st.integers(1, 400), st.integers(0, 99))
@settings(deadline=None)
def test_points_keep_their_place_and_colours_their_value(
    count: int, scale: float, shades: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    points = (random.normal(size=(count, 3)) * scale).astype(np.float32)
    colours = random.integers(0, 256, (shades, 3), np.uint8)[random.integers(0, shades, count)]
    packer = Packer(1)
    found, rgb = unpacked(packer, packer.cloud(cloud(points, colours)))
    assert np.abs(found - points).max() <= np.ptp(points, axis=0).max() / 65535 + 1e-6 * scale
    assert np.array_equal(rgb, colours)


def test_the_same_points_in_other_colours_are_held_once() -> None:
    points = np.random.default_rng(0).normal(size=(100, 3))
    packer = Packer(2)
    first = packer.cloud(cloud(points))
    second = packer.cloud(cloud(points, np.full((100, 3), 9)))
    assert first["points"] == second["points"]
    assert first["palette"] != second["palette"]


def test_a_box_moves_no_point() -> None:
    points = np.random.default_rng(0).normal(size=(100, 3))
    box = GalleryBox(corners((9, 9, 9), (1, 2, 3)), "chair", (1, 2, 3), 0.5)
    packer = Packer(2)
    with_box, without = packer.cloud(cloud(points, boxes=(box,))), packer.cloud(cloud(points))
    assert with_box["points"] == without["points"]
    [packed] = with_box["boxes"]
    assert np.allclose(packed["corners"], box.corners)
    assert (packed["label"], packed["colour"], packed["score"]) == ("chair", [1, 2, 3], 0.5)


def test_of_too_many_points_two_colourings_keep_the_same() -> None:
    points = np.random.default_rng(0).normal(size=(50_000, 3))
    packer = Packer(8)
    truth = packer.cloud(cloud(points))
    said = packer.cloud(cloud(points, np.random.default_rng(1).integers(0, 255, (50_000, 3))))
    assert truth["points"] == said["points"]
    assert truth["count"] < truth["total"] == 50_000


def test_eight_scenes_with_two_clouds_each_stay_within_three_megabytes() -> None:
    packer = Packer(16)
    for scene in range(8):
        points = np.random.default_rng(scene).normal(size=(40_000, 3))
        for seed in range(2):
            colours = np.random.default_rng(seed).integers(0, 255, (40_000, 3))
            packer.cloud(cloud(points, colours))
    assert sum(map(len, packer.blobs)) < 3e6


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((1, 3)), np.full((5, 3), 7.0)])
def test_degenerate_clouds_are_packed(points: NDArray[Any]) -> None:
    packer = Packer(1)
    packed = packer.cloud(cloud(points))
    assert packed["count"] == len(points)
    assert packed["side"] > 0
    assert np.allclose(unpacked(packer, packed)[0], points)


def test_points_and_boxes_that_are_not_finite_are_left_out() -> None:
    points = np.zeros((4, 3))
    points[1, 2], points[2, 0] = np.nan, np.inf
    box = GalleryBox(np.full((8, 3), np.nan, np.float32), "x", (0, 0, 0))
    packed = Packer(1).cloud(cloud(points, boxes=(box,)))
    assert packed["count"] == packed["total"] == 2
    assert packed["boxes"] == []


def test_colours_for_other_points_are_refused() -> None:
    with pytest.raises(ValueError, match=r"cloud 'cloud': points \(4, 3\) and colours \(3, 3\)"):
        Packer(1).cloud(cloud(np.zeros((4, 3)), np.zeros((3, 3))))


@given(st.integers(0, 3000), st.integers(1, 1000))
@settings(deadline=None)
def test_chosen_points_are_sorted_distinct_and_as_many_as_fit(total: int, limit: int) -> None:
    chosen = chosen_points(total, limit)
    assert len(chosen) == min(total, limit)
    assert (np.diff(chosen) > 0).all()
    assert np.array_equal(chosen, chosen_points(total, limit))
