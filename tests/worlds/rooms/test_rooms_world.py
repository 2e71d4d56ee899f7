"""The procedural data set of rooms."""

import numpy as np
import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.types import ConfigError, DataError, Scene
from pointclip2.worlds.rooms.kinds import CLASSES
from pointclip2.worlds.rooms.truth import true_boxes
from pointclip2.worlds.rooms.world import Rooms

FEW = {"train": 2, "val": 2, "test": 2}


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Rooms(scenes=FEW).open_scenes("test")[0]


@pytest.fixture(scope="module")
def whole() -> Scene:
    """The same room with the other convention of boxes."""
    return Rooms(scenes=FEW, boxes="sunrgbd").open_scenes("test")[0]


def local(scene: Scene, box: int) -> torch.Tensor:
    """Points in the box's own axes, in shares of its half size."""
    boxes = scene.boxes
    heading = float(boxes.heading_rad[box])
    cos, sin = np.cos(heading), np.sin(heading)
    axes = torch.tensor([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]], dtype=torch.float32)
    return (scene.points_m - boxes.centre_m[box]) @ axes.T / (boxes.size_m[box] / 2)


def test_a_scene_has_its_points_and_boxes_of_furniture(scene):
    assert scene.points_m.shape == (40_000, 3)
    assert torch.isfinite(scene.points_m).all()
    assert len(scene.boxes) >= 3
    assert (scene.boxes.size_m > 0).all()
    assert (scene.boxes.size_m < 4).all()
    assert (scene.boxes.heading_rad == 0).all()


def test_a_room_is_a_room_in_metres_above_its_floor(scene):
    extent = scene.points_m.quantile(0.99, dim=0) - scene.points_m.quantile(0.01, dim=0)
    assert (extent[:2] > 1.5).all()
    assert (extent[:2] < 9.0).all()
    assert 1.5 < extent[2] < 3.2
    # The scan begins at eye level: the floor is the fullest layer, well below 0.
    counts = torch.histc(scene.points_m[:, 2], bins=200, min=-3.0, max=3.0)
    floor = -3.0 + 0.03 * float(counts[:80].argmax())
    assert -1.9 < floor < -1.0


def test_every_box_holds_the_points_it_promises(scene, whole):
    for made in (scene, whole):
        for box in range(len(made.boxes)):
            assert int((local(made, box).abs() <= 1.1).all(dim=1).sum()) >= 15


def test_boxes_of_what_was_scanned_lie_within_the_boxes_of_the_whole(scene, whole):
    assert torch.equal(scene.boxes.labels, whole.boxes.labels)
    assert torch.equal(scene.points_m, whole.points_m)
    for box in range(len(whole.boxes)):
        heading, size = float(whole.boxes.heading_rad[box]), whole.boxes.size_m[box]
        cos, sin = abs(np.cos(heading)), abs(np.sin(heading))
        around = torch.tensor([cos * size[0] + sin * size[1], sin * size[0] + cos * size[1], size[2]])
        gap = (scene.boxes.centre_m[box] - whole.boxes.centre_m[box]).abs() + scene.boxes.size_m[box] / 2
        # Noise, ghosts and warp reach a little further than the thing.
        assert (gap < around / 2 + 0.12).all()


def test_the_same_scene_comes_again_and_others_elsewhere(scene):
    again = Rooms(scenes={**FEW, "test": 5}).open_scenes("test")[0]
    assert torch.equal(again.points_m, scene.points_m)
    assert torch.equal(again.boxes.centre_m, scene.boxes.centre_m)
    other = Rooms(scenes=FEW, seed=1).open_scenes("test")[0]
    assert other.points_m.shape != scene.points_m.shape or not torch.equal(other.points_m, scene.points_m)


def test_fewer_points_are_a_part_of_more(scene):
    thin = Rooms(scenes=FEW, points=2000).open_scenes("test")[0]
    assert torch.equal(thin.points_m, scene.points_m[:2000])
    assert len(thin.boxes) <= len(scene.boxes)


def test_what_is_looked_for_changes_the_boxes_and_not_the_room(scene):
    name = CLASSES[int(scene.boxes.labels[0])]
    asked = Rooms(scenes=FEW, classes=[name]).open_scenes("test")[0]
    assert torch.equal(asked.points_m, scene.points_m)
    assert len(asked.boxes) == int((scene.boxes.labels == scene.boxes.labels[0]).sum())
    assert (asked.boxes.labels == 0).all()


def test_another_scanner_sees_the_same_room(scene):
    clean = Rooms(scenes=FEW, scanner="clean", boxes="sunrgbd").open_scenes("test")
    rough = Rooms(scenes=FEW, scanner="rough", boxes="sunrgbd").open_scenes("test")
    assert [t.piece.name for t in clean.room(0)[0].things] == [t.piece.name for t in rough.room(0)[0].things]
    assert torch.isfinite(rough[0].points_m).all()


def test_a_turned_room_keeps_its_boxes_around_their_points():
    made = Rooms(scenes=FEW, turned=True, boxes="sunrgbd").open_scenes("test")[0]
    straight = Rooms(scenes=FEW, boxes="sunrgbd").open_scenes("test")[0]
    assert torch.equal(made.boxes.labels, straight.boxes.labels)
    assert not torch.allclose(made.points_m, straight.points_m)
    for box in range(len(made.boxes)):
        inside = (local(made, box).abs() <= 1.1).all(dim=1).sum()
        assert abs(int(inside) - int((local(straight, box).abs() <= 1.1).all(dim=1).sum())) <= 2
    turn = (made.boxes.heading_rad - straight.boxes.heading_rad) % (2 * np.pi)
    assert torch.allclose(turn, turn[0].expand(len(turn)), atol=1e-4)


def test_things_with_too_few_points_have_no_box():
    world = Rooms(scenes=FEW)
    room, rng = world.open_scenes("test").room(0)
    owners = np.repeat([0, 1, -1], [30, 10, 5])
    points = rng.normal(size=(45, 3))
    names = [room.things[0].piece.name or "chair", room.things[1].piece.name or "chair"]
    classes = tuple(dict.fromkeys(names))
    for least, expected in ((5, 2), (11, 1), (31, 0)):
        boxes = true_boxes(room.things[:2], classes, points, owners, 45, "sunrgbd", least)
        known = [n for n in (room.things[0].piece.name, room.things[1].piece.name) if n]
        assert len(boxes) == min(expected, len(known))


def test_the_checksum_tells_every_option_apart():
    options = [
        {}, {"seed": 1}, {"points": 100}, {"boxes": "sunrgbd"}, {"turned": True}, {"min_points": 3},
        {"scanner": "clean"}, {"classes": ["chair"]}, {"limit": 1}, {"scenes": {**FEW, "test": 3}},
    ]  # fmt: skip
    sums = [Rooms(**{"scenes": FEW, **chosen}).open_scenes("test").checksum for chosen in options]
    sums.append(Rooms(scenes=FEW).open_scenes("val").checksum)
    assert len(set(sums)) == len(sums)
    assert Rooms(scenes=FEW).open_scenes("test").checksum == sums[0]


def test_a_limit_takes_a_subset_of_larger_limits():
    few, more = (Rooms(limit=limit).open_scenes("test").names for limit in (3, 9))
    assert len(few) == 3
    assert set(few) < set(more)
    assert len(Rooms(limit=1000).open_scenes("test")) == 24


@pytest.mark.parametrize(
    "options",
    [
        {"boxes": "kitti"}, {"scanner": "eyes"}, {"points": 0}, {"min_points": 0}, {"limit": 0},
        {"scenes": {"test": 3}}, {"scenes": {**FEW, "val": 0}}, {"classes": ["unicorn"]},
    ],
)  # fmt: skip
def test_an_option_that_cannot_work_is_refused(options):
    with pytest.raises(ConfigError, match=rf"data\.{next(iter(options))}"):
        Rooms(**options)


def test_rooms_are_no_objects_and_objects_no_rooms():
    with pytest.raises(DataError, match="task=detection"):
        build(compose("evaluate", ["data=rooms"]).data).open("test")
    with pytest.raises(DataError, match="data=rooms"):
        build(compose("evaluate", ["data=shapes"]).data).open_scenes("test")
    with pytest.raises(DataError, match="no split 'dev'"):
        Rooms().open_scenes("dev")
