"""Coloured clouds: as files that other programs read, as pictures, and as a sheet."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from pointclip2.show.clouds import render_cloud
from pointclip2.show.palette import UNKNOWN, part_colour
from pointclip2.show.parts import PartRow, draw_parts
from pointclip2.show.ply import write_ply

RED, BLUE = np.array([200, 0, 0], np.uint8), np.array([0, 0, 200], np.uint8)


def two_points(first: list[float], second: list[float]) -> np.ndarray:
    return np.array([first, second], dtype=np.float32)


def test_a_ply_is_read_back_by_another_program(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    colours = np.random.default_rng(1).integers(0, 256, (50, 3)).astype(np.uint8)
    parts = np.arange(50) - 1
    write_ply(tmp_path / "deep" / "a.ply", points, colours, {"part": parts}, ["one line", "naïve\nline"])
    cloud = trimesh.load(tmp_path / "deep" / "a.ply")
    np.testing.assert_array_equal(np.asarray(cloud.vertices, dtype=np.float32), points)
    np.testing.assert_array_equal(np.asarray(cloud.colors)[:, :3], colours)
    data = cloud.metadata["_ply_raw"]["vertex"]["data"]
    np.testing.assert_array_equal(data["part"].reshape(-1), parts)
    header = (tmp_path / "deep" / "a.ply").read_bytes().split(b"end_header")[0].decode("ascii")
    assert "comment na?ve?line" in header


def test_columns_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="columns of"):
        write_ply(tmp_path / "a.ply", np.zeros((2, 3), np.float32), np.zeros((3, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ply"
    path.write_text("the old one")

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_ply(path, np.zeros((1, 3), np.float32), np.zeros((1, 3), np.uint8))
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_two_dozen_parts_have_colours_of_their_own_that_show_on_white() -> None:
    colours = np.array([part_colour(number) for number in range(24)], dtype=float)
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=-1) + 1000 * np.eye(24)
    assert apart[:8, :8].min() > 60
    assert apart.min() > 15
    assert (colours @ [0.2126, 0.7152, 0.0722] < 200).all()
    assert part_colour(-1) == UNKNOWN


def test_a_near_point_hides_a_far_one() -> None:
    # Looked at from the front, +z is near.
    points = two_points([0, 0, 1], [0, 0, -1])
    for first, second in ((RED, BLUE), (BLUE, RED)):
        picture = render_cloud(points, np.stack([first, second]), 64, yaw_deg=0, pitch_deg=0, radius_px=4)
        assert tuple(picture[32, 32]) == tuple(first)


def test_up_is_up_right_is_right_and_the_camera_goes_round() -> None:
    colours = np.stack([RED, BLUE])
    up = render_cloud(two_points([0, 1, 0], [0, -1, 0]), colours, 64, 0, 0, 2)
    assert int(up[:32].sum(axis=2).argmin()) // 64 < 8
    assert (up[:32, :, 0].astype(int) > up[:32, :, 2]).any()
    across = two_points([1, 0, 0], [-1, 0, 0])
    front, behind = (render_cloud(across, colours, 64, yaw, 0, 2) for yaw in (0, 180))
    assert (front[:, 32:, 0].astype(int) > front[:, 32:, 2]).any()
    assert (behind[:, :32, 0].astype(int) > behind[:, :32, 2]).any()


@given(st.integers(0, 60), st.integers(0, 99), st.sampled_from(["noise", "equal", "nan", "huge"]))
@settings(max_examples=15, deadline=None)
def test_any_cloud_can_be_drawn(count: int, seed: int, kind: str) -> None:
    points = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    if kind == "equal":
        points[:] = 3
    elif kind == "nan" and count:
        points[::2] = np.nan
    elif kind == "huge":
        points *= 1e30
    picture = render_cloud(points, np.zeros((count, 3), np.uint8), 40)
    assert picture.shape == (40, 40, 3)
    assert (picture < 255).any() == bool(np.isfinite(points).all(axis=1).any())


def row(name: str = "chair/0001", labelled: bool = True, parts: int = 2) -> PartRow:
    points = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    colours = np.tile(RED, (200, 1))
    legend = [(f"part {i}", part_colour(i), "IoU 50 %") for i in range(parts)]
    return PartRow(
        name, "chair", points, np.tile(BLUE, (200, 1)) if labelled else None, colours, legend, "mIoU 40 %"
    )


def test_the_sheet_shows_truth_beside_prediction(tmp_path: Path) -> None:
    draw_parts(tmp_path / "a.png", [row(), row(labelled=False)], "Title", "Made up.")
    pixels = (imread(tmp_path / "a.png")[..., :3] * 255).round().astype(int)
    red = (pixels[..., 0] > pixels[..., 2] + 60).any(axis=0)
    blue = (pixels[..., 2] > pixels[..., 0] + 60).any(axis=0)
    # Truth is left of prediction, from either side.
    first_blue, first_red = int(blue.argmax()), int(red.argmax())
    assert first_blue < first_red
    assert pixels.shape[1] > 1000


@pytest.mark.parametrize("rows", [[], [row(labelled=False)], [row(parts=40), row("名前 " * 30)]])
def test_sheets_of_any_kind_are_drawn_without_a_warning(rows: list[PartRow], tmp_path: Path) -> None:
    draw_parts(tmp_path / "a.png", rows, "Title", "Words " * 100)
    assert imread(tmp_path / "a.png").shape[0] > 100
