"""A stranger's scans of rooms: units, up, boxes beside them, and what can be wrong with them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh

from pointclip2.data.folder import Folder
from pointclip2.data.scan_folder import read_scan
from pointclip2.data.scan_frame import up_of
from pointclip2.data.upright import UNITS_M, UPS, likely_unit, likely_up, to_z_up
from pointclip2.types import CloudError, ConfigError, DataError, Scene
from pointclip2.worlds.rooms.world import Rooms
from tests.data.written_boxes import write_boxes


def made_room(scene: int) -> np.ndarray:
    points = (
        Rooms(points=12_000, scenes={"train": 4, "val": 2, "test": 2}).open_scenes("train")[scene].points_m
    )
    return points.numpy().astype(np.float64)


@pytest.fixture(scope="module")
def room() -> np.ndarray:
    """A scan, z up, in metres."""
    return made_room(0)


def in_file(scene: Scene) -> np.ndarray:
    """The scene's points where the file has them, sorted."""
    return np.sort(scene.frame.to_input(scene.points_m).numpy(), axis=0)


def extent(scene: Scene) -> np.ndarray:
    return np.ptp(scene.points_m.numpy(), axis=0)


@pytest.fixture
def scan(tmp_path: Path, room: np.ndarray) -> Callable[..., Path]:
    def write(points: np.ndarray = room, name: str = "scan.npy") -> Path:
        path = tmp_path / name
        np.save(path, points.astype(np.float32))
        return path

    return write


def opened(path: Path, **options: object):
    return Folder(str(path), **{"classes": ["chair", "table", "sofa"], **options}).open_scenes("test")


@pytest.mark.parametrize("up", UPS)
def test_the_axis_named_up_becomes_z_without_a_mirror(up):
    rotation = to_z_up(up)
    axis = np.eye(3)["xyz".index(up[-1])] * (-1 if up.startswith("-") else 1)
    assert (rotation @ axis).tolist() == [0, 0, 1]
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_a_scan_that_is_z_up_already_is_not_turned():
    assert np.array_equal(to_z_up("z"), np.eye(3))


@pytest.mark.parametrize("up", UPS)
def test_the_floor_says_which_axis_points_up(room, up):
    found = likely_up(room @ to_z_up(up))
    assert found.up == up
    assert found.sure


@pytest.mark.parametrize("scene", [1, 2, 3])
def test_the_floor_is_found_in_other_rooms(scene):
    assert likely_up(made_room(scene)).up == "z"


def test_a_ball_has_no_up():
    directions = np.random.default_rng(0).normal(size=(5000, 3))
    assert not likely_up(directions / np.linalg.norm(directions, axis=1, keepdims=True)).sure
    assert not likely_up(np.zeros((1, 3))).sure


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("cm", 100.0), ("mm", 1000.0)])
def test_the_extent_says_in_which_unit_a_room_was_measured(room, unit, scale):
    assert likely_unit(room * scale) == unit


def test_strays_do_not_decide_the_unit(room):
    strayed = room.copy()
    strayed[:20] *= 5000
    assert likely_unit(strayed) == "m"


def test_a_scan_in_millimetres_is_read_in_metres_and_said_in_one_line(scan, room):
    scene = opened(scan(1000 * room))[0]
    assert extent(scene) == pytest.approx(np.ptp(room, axis=0), abs=1e-5)
    assert np.allclose(in_file(scene), 1000 * np.sort(room, axis=0), atol=0.01)
    assert scene.frame.unit == "mm"
    [remark] = scene.remarks
    assert remark.startswith("read as millimetres, z up: it measures ")
    assert remark.endswith(" m; if that is wrong, give units and up")


@pytest.mark.parametrize("unit", UNITS_M)
def test_a_unit_that_is_given_is_taken(scan, room, unit):
    scene = opened(scan(), units=unit)[0]
    assert extent(scene) == pytest.approx(np.ptp(room, axis=0) * UNITS_M[unit], rel=1e-5, abs=2e-6)
    assert scene.frame.unit == unit
    assert not scene.remarks


def test_an_object_is_said_to_be_too_small_for_a_room(scan, room):
    [remark] = opened(scan(room / 20), up="z")[0].remarks
    assert "too small for a room" in remark


@pytest.mark.parametrize("up", ["x", "y", "-z"])
def test_a_scan_that_lies_on_its_side_is_stood_up_and_said(scan, room, up):
    scene = opened(scan(room @ to_z_up(up)))[0]
    assert extent(scene) == pytest.approx(np.ptp(room, axis=0), abs=1e-5)
    assert np.allclose(in_file(scene), np.sort(room @ to_z_up(up), axis=0), atol=1e-5)
    assert torch.equal(scene.points_m, opened(scan())[0].points_m)
    [remark] = scene.remarks
    assert remark.startswith(f"read as metres, {up} up: it measures ")


def test_an_up_that_the_floor_contradicts_is_taken_but_said(scan, room):
    scene = opened(scan(), up="y")[0]
    assert scene.remarks == ("seems to lie on its side: its floor says that z points up, not y",)
    assert extent(scene)[2] == pytest.approx(np.ptp(room[:, 1]), rel=1e-4)


def test_a_scan_without_a_floor_says_that_its_up_is_a_guess(scan):
    ball = np.random.default_rng(0).normal(size=(2000, 3))
    [remark] = opened(scan(ball))[0].remarks
    assert remark.startswith("read as metres, z up (no floor says which axis points up)")


def test_nothing_is_said_of_a_scan_that_is_as_it_should_be(scan, caplog):
    assert not opened(scan())[0].remarks
    assert not opened(scan(), up="z", units="m")[0].remarks
    assert not caplog.records


@pytest.mark.parametrize("offset", [(694386.0, 5155487.0, 381.0), (-3e6, 2e5, -400.0)])
def test_a_georeferenced_scan_is_the_same_room_as_beside_the_origin(tmp_path, room, offset):
    room = np.round(room, 3)
    for name, points in (("near", room), ("far", room + offset)):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "scan.npy", points)
    near, far = (opened(tmp_path / name / "scan.npy")[0] for name in ("near", "far"))
    assert torch.equal(near.points_m, far.points_m)
    assert near.frame.to_input(near.points_m).numpy() + offset == pytest.approx(
        far.frame.to_input(far.points_m).numpy(), abs=1e-6
    )
    assert near.remarks == far.remarks == ()


def test_a_stray_far_away_costs_no_precision(scan, room):
    strayed = np.concatenate([[[-1e6, 1e6, -1e6]], room])
    points = opened(scan(strayed), up="z")[0].points_m.numpy()
    assert np.abs(np.ptp(points[1:], axis=0) - np.ptp(room.astype(np.float32), axis=0)).max() < 2e-6


def test_every_point_knows_its_row_of_the_file(scan, room):
    damaged = room.copy()
    damaged[::10] = np.nan
    scene = opened(scan(damaged), scene_points=500)[0]
    assert np.allclose(scene.frame.to_input(scene.points_m), room[scene.frame.index], atol=1e-5)


@pytest.mark.parametrize("suffix", [".ply", ".npy", ".npz", ".xyz", ".txt", ".csv"])
def test_every_format_of_points_is_a_room(tmp_path, room, suffix):
    path, points = tmp_path / f"my scan{suffix}", room[:3000]
    match suffix:
        case ".ply":
            trimesh.PointCloud(points).export(path)
        case ".npy":
            np.save(path, points)
        case ".npz":
            np.savez(path, points=points)
        case _:
            np.savetxt(path, points, delimiter="," if suffix == ".csv" else " ")
    scene = opened(path, up="z")[0]
    assert scene.name == path.name
    assert scene.boxes is None
    assert np.allclose(in_file(scene), np.sort(points, axis=0), atol=1e-5)
    alone = read_scan(path, up="z")
    assert np.allclose(in_file(alone), np.sort(points, axis=0), atol=1e-5)
    assert alone.name == path.name


def test_a_mesh_of_a_room_is_sampled(tmp_path):
    trimesh.creation.box((4.0, 3.0, 2.5)).export(tmp_path / "mesh.ply")
    scene = opened(tmp_path / "mesh.ply", up="z", scene_points=5000)[0]
    assert scene.points_m.shape == (5000, 3)
    assert np.ptp(scene.points_m.numpy(), axis=0) == pytest.approx([4.0, 3.0, 2.5], abs=0.01)


@pytest.mark.parametrize("suffix", [".json", ".csv", ".npz"])
def test_boxes_beside_a_scan_are_its_truth_in_the_same_units_and_axes(tmp_path, room, scan, suffix):
    # The boxes of the helper lie between 0 and 4 m.
    points = np.random.default_rng(0).uniform(0, 4, (2000, 3))
    write_boxes(tmp_path / f"scan_boxes{suffix}")
    scene = opened(scan(points), up="z", classes=["night stand", "chair"])[0]
    assert scene.boxes.labels.tolist() == [1, 0]
    assert scene.boxes.size_m[0].tolist() == pytest.approx([0.6, 0.7, 0.9])
    turned = opened(scan(points), up="y", units="m", classes=["night stand", "chair"])[0]
    assert turned.boxes.size_m[0].tolist() == pytest.approx([0.6, 0.9, 0.7])
    assert turned.frame.to_input(turned.boxes.centre_m)[0].tolist() == pytest.approx([1.0, 2.0, 0.5])


def test_boxes_stay_around_their_points_whichever_axis_points_up(tmp_path):
    centre, size = np.array([1.0, 2.0, 3.0]), np.array([0.4, 0.8, 1.6])
    rng = np.random.default_rng(0)
    for up in UPS:
        inside = centre + (rng.random((200, 3)) - 0.5) * size
        np.savez(
            tmp_path / "scan_boxes.npz", classes=np.array(["chair"]), centre=centre[None], size=size[None]
        )
        np.save(tmp_path / "scan.npy", inside)
        scene = opened(tmp_path / "scan.npy", up=up, units="m")[0]
        offsets = (scene.points_m - scene.boxes.centre_m[0]).abs()
        assert (offsets <= scene.boxes.size_m[0] / 2 + 1e-5).all()


def test_what_a_file_of_boxes_states_goes_before_a_guess_and_after_what_is_asked(tmp_path, scan, room):
    path = scan(room)
    stated = {"unit": "cm", "up": "y", "boxes": [{"class": "chair", "centre": [1, 1, 1], "size": [1, 1, 1]}]}
    (tmp_path / "scan_boxes.json").write_text(json.dumps(stated))
    scene = opened(path)[0]
    assert (scene.frame.unit, up_of(scene.frame)) == ("cm", "y")
    # The boxes stay in centimetres, the scan is in metres.
    asked = opened(path, units="m", up="z")[0]
    assert (asked.frame.unit, up_of(asked.frame)) == ("m", "z")
    assert asked.boxes.size_m.tolist() == [pytest.approx([0.01] * 3)]
    stated["boxes"][0]["heading"] = 0.5
    (tmp_path / "scan_boxes.json").write_text(json.dumps(stated))
    with pytest.raises(CloudError, match="turned about y, but in the scan z points up"):
        opened(path, units="m", up="z")[0]


@pytest.mark.parametrize(
    ("stated", "reason"),
    [({"unit": "furlong"}, "'furlong' is none of m, cm"), ({"up": "w"}, "'w' is none of x, y")],
)
def test_a_unit_or_an_axis_that_nobody_knows_is_refused(tmp_path, scan, stated, reason):
    box = {"class": "chair", "centre": [1, 1, 1], "size": [1, 1, 1]}
    (tmp_path / "scan_boxes.json").write_text(json.dumps({**stated, "boxes": [box]}))
    with pytest.raises(CloudError, match=reason):
        opened(scan())[0]


def test_of_boxes_of_several_scans_a_scan_takes_its_own(tmp_path, scan):
    path = scan(np.random.default_rng(0).uniform(0, 4, (2000, 3)))
    head, row = "scene,class,cx,cy,cz,dx,dy,dz\n", ",chair,1,1,1,1,1,1\n"
    (tmp_path / "scan_boxes.csv").write_text(head + "other.npy" + row + "old/scan.npy" + row)
    assert len(opened(path, up="z")[0].boxes) == 1
    (tmp_path / "scan_boxes.csv").write_text(head + "other.npy" + row + "third.npy" + row)
    with pytest.raises(CloudError, match=r"boxes of 2 scans, such as other.npy, and none of scan.npy"):
        opened(path, up="z")[0]


def test_a_file_that_lists_no_box_is_said(tmp_path, scan):
    (tmp_path / "scan_boxes.json").write_text("[]")
    scene = opened(scan(), up="z", units="m")[0]
    assert len(scene.boxes) == 0
    assert scene.remarks == ("scan_boxes.json lists no box",)


def test_one_scan_alone_names_what_is_wrong(tmp_path, scan):
    with pytest.raises(CloudError, match=r"none\.ply: no such file"):
        read_scan(tmp_path / "none.ply")
    with pytest.raises(CloudError, match=r"empty\.npy: .*no points"):
        read_scan(scan(np.zeros((0, 3)), "empty.npy"))
    for options, word in (({"units": "km"}, "units"), ({"up": "w"}, "up"), ({"points": 0}, "points")):
        with pytest.raises(ConfigError, match=word):
            read_scan(scan(), **options)


def test_classes_come_from_the_boxes_where_none_are_given(tmp_path, scan):
    path = scan(np.random.default_rng(0).uniform(0, 4, (2000, 3)))
    with pytest.raises(DataError, match=r"data\.classes=\[chair,table\]"):
        Folder(str(path)).open_scenes("test")
    write_boxes(tmp_path / "scan_boxes.json")
    assert Folder(str(path)).open_scenes("test").classes == ("chair", "night stand")


def test_boxes_of_what_is_not_looked_for_are_left_out_and_said(tmp_path, scan):
    path = scan(np.random.default_rng(0).uniform(0, 4, (2000, 3)))
    write_boxes(tmp_path / "scan_boxes.json")
    scene = opened(path, up="z", units="m", classes=["chair"])[0]
    assert scene.boxes.labels.tolist() == [0]
    assert scene.remarks == ("boxes of night stand are not looked for, data.classes has none of these",)


def test_a_folder_gives_its_scans_and_not_their_boxes(tmp_path, scan):
    for name in ("a.npy", "b.npy"):
        scan(name=name)
    for suffix in (".csv", ".npz"):
        write_boxes(tmp_path / f"a_boxes{suffix}")
    assert list(opened(tmp_path).names) == ["a.npy", "b.npy"]


def test_splits_of_a_folder_are_splits_of_rooms(tmp_path, room):
    for split in ("train", "test"):
        (tmp_path / split / "flat").mkdir(parents=True)
        np.save(tmp_path / split / "flat" / "hall.npy", room)
    data = Folder(str(tmp_path), classes=["chair"])
    assert list(data.open_scenes("train").names) == ["train/flat/hall.npy"]
    assert data.splits == ("train", "test")


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (np.zeros((0, 3)), "no points"),
        (np.full((10, 3), np.nan), "none of its 10 points is finite"),
        (np.zeros((10, 2)), r"\(n, 3 or more\)"),
    ],
)
def test_a_scan_without_points_is_refused_by_name(scan, points, reason):
    with pytest.raises(CloudError, match=f"scan.npy: .*{reason}"):
        opened(scan(points))[0]


def test_a_single_point_is_a_scene(scan):
    scene = opened(scan(np.ones((1, 3))), up="z")[0]
    assert in_file(scene).tolist() == [[1.0, 1.0, 1.0]]


def test_points_that_are_not_finite_are_left_out_and_counted(scan, room):
    damaged = room.copy()
    damaged[::10] = np.nan
    scene = opened(scan(damaged), up="z", units="m")[0]
    assert torch.isfinite(scene.points_m).all()
    assert len(scene.points_m) == len(room) - len(room[::10])
    assert scene.remarks == ("left out 1,200 of 12,000 points that are not finite",)


def test_a_large_scan_is_thinned_evenly(scan, room):
    assert opened(scan(), scene_points=500)[0].points_m.shape == (500, 3)
    assert len(opened(scan(), scene_points=None)[0].points_m) == len(room)


@pytest.mark.parametrize("options", [{"units": "km"}, {"up": "w"}, {"scene_points": 0}])
def test_an_option_that_cannot_work_is_refused(scan, options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        opened(scan(), **options)


def test_the_checksum_follows_scan_boxes_units_and_up(tmp_path, scan):
    path = scan()
    sums = [
        opened(path, **options).checksum
        for options in ({}, {"units": "cm"}, {"up": "x"}, {"scene_points": 9})
    ]
    write_boxes(tmp_path / "scan_boxes.json")
    sums.append(opened(path).checksum)
    assert len(set(sums)) == 5


def test_which_way_up_an_object_is_its_shape_says_and_not_the_rule_for_rooms(scan, room):
    cloud = Folder(str(scan()), classes=["chair"]).open("test")[0]
    told = Folder(str(scan()), classes=["chair"], up="y").open("test")[0]
    assert cloud.ups is not None
    assert torch.isclose(cloud.ups.sum(), torch.tensor(1.0), atol=1e-3)
    assert told.ups is None
