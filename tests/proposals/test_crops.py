"""Crops: upright, of the classifier's size, without the floor, and never of too few points."""

import math

import pytest
import torch

from pointclip2.geometry.boxes import join_boxes, make_boxes
from pointclip2.proposals.crops import BoxCropper
from pointclip2.types import ConfigError, Scene
from tests.proposals.toy_room import toy_room


def pole(heading: float = 0.0) -> tuple[Scene, object]:
    """An upright bar, longer along its own x than along its y."""
    points = torch.rand(3000, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    points = points * torch.tensor([0.6, 0.2, 2.0])
    cos, sin = math.cos(heading), math.sin(heading)
    turned = torch.stack(
        [cos * points[:, 0] - sin * points[:, 1], sin * points[:, 0] + cos * points[:, 1]], dim=1
    )
    scene = Scene("pole", torch.cat([turned, points[:, 2:]], dim=1) + 5)
    box = make_boxes(torch.full((1, 3), 5.0), torch.tensor([[0.6, 0.2, 2.0]]), torch.tensor([heading]))
    return scene, box


def test_a_crop_stands_upright_in_the_unit_sphere() -> None:
    scene, box = pole()
    crops = BoxCropper(points=256)(scene, box)
    cloud = crops.clouds[0]
    assert cloud.shape == (256, 3)
    assert float(cloud.norm(dim=1).max()) == pytest.approx(1, abs=1e-5)
    extent = cloud.amax(0) - cloud.amin(0)
    assert extent[1] > 2 * extent[0] > 2 * extent[2]  # y is up now


@pytest.mark.parametrize("align", ["box", "tight"])
def test_a_turned_thing_is_turned_back(align: str) -> None:
    straight = BoxCropper(points=500, align=align)(*pole()).clouds[0]
    turned = BoxCropper(points=500, align=align)(*pole(0.6)).clouds[0]
    straight_extent, turned_extent = (cloud.amax(0) - cloud.amin(0) for cloud in (straight, turned))
    assert torch.allclose(straight_extent, turned_extent, atol=0.05)


def test_unaligned_crops_stay_as_they_stand() -> None:
    cloud = BoxCropper(points=500, align="none")(*pole(math.pi / 2)).clouds[0]
    extent = cloud.amax(0) - cloud.amin(0)
    assert extent[2] > 2 * extent[0]


def test_the_floor_under_a_thing_is_not_part_of_it() -> None:
    scene = toy_room()
    assert scene.boxes is not None
    flat = {}
    for structure in ("keep", "drop"):
        cloud = BoxCropper(points=2000, structure=structure)(scene, scene.boxes).clouds[0]
        flat[structure] = float((cloud[:, 1] < cloud[:, 1].min() + 0.03).float().mean())
    assert flat["drop"] < 0.5 * flat["keep"]


def test_boxes_with_hardly_a_point_are_dropped_and_the_others_keep_their_places() -> None:
    scene, box = pole()
    empty = make_boxes(torch.zeros(1, 3), torch.ones(1, 3))
    both = make_boxes(
        torch.cat([empty.centre_m, box.centre_m]),
        torch.cat([empty.size_m, box.size_m]),  # type: ignore[attr-defined]
    )
    crops = BoxCropper(points=64)(scene, both)
    assert crops.kept.tolist() == [False, True]
    assert crops.counts.tolist() == [0, 3000]
    assert len(crops.clouds) == 1


def test_a_crop_is_the_same_whatever_other_boxes_there_are() -> None:
    scene = toy_room()
    assert scene.boxes is not None
    cropper = BoxCropper(points=64)
    alone = cropper(scene, scene.boxes).clouds
    other = make_boxes(scene.boxes.centre_m[:1] + 0.1, scene.boxes.size_m[:1])
    beside = cropper(scene, join_boxes([other, scene.boxes])).clouds
    assert torch.equal(beside[1:], alone)
    assert not torch.equal(alone[0], alone[1])


def test_no_boxes_no_crops() -> None:
    scene, _ = pole()
    crops = BoxCropper(points=64)(scene, make_boxes(torch.zeros(0, 3), torch.zeros(0, 3)))
    assert crops.clouds.shape == (0, 64, 3)
    assert crops.kept.tolist() == []


def test_few_points_are_repeated_and_one_is_enough_where_one_says_so() -> None:
    scene = Scene("speck", torch.tensor([[1.0, 1.0, 1.0]]))
    box = make_boxes(torch.ones(1, 3), torch.ones(1, 3))
    crops = BoxCropper(points=16, min_points=1)(scene, box)
    assert crops.clouds.equal(torch.zeros(1, 16, 3))


@pytest.mark.parametrize(
    "option", [{"align": "up"}, {"structure": "melt"}, {"sampling": "all"}, {"points": 0}]
)
def test_options_that_cannot_work_are_named(option: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=next(iter(option))):
        BoxCropper(**option)  # type: ignore[arg-type]
