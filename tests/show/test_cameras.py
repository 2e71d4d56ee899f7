"""Where the cameras are, checked against what the projectors see."""

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.show.cameras import cameras_of
from pointclip2.show.page.views import directions

PROJECTORS = ("v2_classification", "splat", "v1_fewshot", "v1_zeroshot")


@pytest.mark.parametrize("name", PROJECTORS)
def test_of_two_points_on_the_line_of_sight_the_one_towards_the_camera_is_seen(name: str) -> None:
    projector = build(compose("evaluate", [f"projector={name}"]).projector)
    for view, camera in enumerate(cameras_of(projector)):
        toward = torch.tensor(camera.toward)
        seen = projector(torch.stack([0.5 * toward, -0.5 * toward]).unsqueeze(0)).visible[0, view]
        assert seen.tolist() == [True, False]


@pytest.mark.parametrize("name", PROJECTORS)
def test_rows_run_down_and_columns_to_the_right(name: str) -> None:
    projector = build(compose("evaluate", [f"projector={name}"]).projector)
    for view, camera in enumerate(cameras_of(projector)):
        right, down = torch.tensor(camera.right), torch.tensor(camera.down)
        points = 0.6 * torch.stack([right, -right, down, -down])
        pixel = projector(points.unsqueeze(0)).pixel_yx[0, view]
        assert pixel[0, 1] > pixel[1, 1]
        assert pixel[2, 0] > pixel[3, 0]


def test_the_official_rig_looks_down_by_20_degrees_from_eight_sides_and_from_both_ends() -> None:
    found = [directions(camera) for camera in cameras_of(build(compose("evaluate").projector))]
    assert [above for _, above in found] == ["20"] * 8 + ["−78", "78"]
    assert sorted(int(around) for around, _ in found[:8]) == list(range(0, 360, 45))


def test_a_rig_of_one_view() -> None:
    words = ["projector=splat", "projector/rig=ring", "projector.rig.views=1"]
    [camera] = cameras_of(build(compose("evaluate", words).projector))
    assert directions(camera) == ("0", "20")
