"""Boxes that are written lie in the scan, and come back as they were."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.box_table import BoxTable
from pointclip2.data.files.box_files import read_boxes
from pointclip2.data.scan_frame import scan_frame
from pointclip2.data.upright import UNITS_M, UPS
from pointclip2.geometry.boxes import corners, make_boxes
from pointclip2.proposals.file import FileProposals
from pointclip2.tasks.detection.files import boxes_in_scan, write_boxes, write_detections
from pointclip2.tasks.detection.head import Detections, RoomDetections
from pointclip2.types import ConfigError, Frame, Scene

CLASSES = ("chair", "night stand")
CENTRES = torch.tensor([[1.0, 2.0, 0.5], [3.0, 1.0, 0.4]])
SIZES = torch.tensor([[0.6, 0.7, 0.9], [1.5, 0.8, 0.3]])
NOWHERE = np.zeros(3)


def detected(frame: Frame, heading: float = 0.3, scene: str = "room.ply", count: int = 2) -> RoomDetections:
    boxes = make_boxes(CENTRES, SIZES, torch.tensor([heading, 0.0]), torch.tensor([1, 0]))
    scores = torch.tensor([[0.1, 0.8], [0.05, 0.01]])
    kept = slice(0, count)
    found = Detections(
        type(boxes)(boxes.centre_m[kept], boxes.size_m[kept], boxes.heading_rad[kept], boxes.labels[kept]),
        scores[kept],
        torch.tensor([0.9, 0.2])[kept],
        scores[kept],
        torch.tensor([40, 7])[kept],
    )
    return RoomDetections(scene, CLASSES, found, frame)


frames = st.builds(
    scan_frame,
    st.sampled_from(sorted(UNITS_M)),
    st.sampled_from(UPS),
    st.tuples(*[st.floats(-6e6, 6e6)] * 3).map(np.array),
)


@settings(max_examples=40, deadline=None)
@given(frames, st.floats(-math.pi, math.pi), st.sampled_from([".json", ".csv"]))
def test_what_is_written_is_read_back_in_every_unit_axis_place_and_heading(
    tmp_path_factory, frame, heading, ending
):
    path = tmp_path_factory.mktemp("boxes") / f"room_boxes{ending}"
    room = detected(frame, heading)
    write_boxes(path, room)
    listed = read_boxes(path)
    labels = [CLASSES.index(box.name) for box in listed]
    back = BoxTable.of_rows(listed.rows, labels).in_scene(frame, *listed.stated()).boxes()
    assert (corners(back) - corners(room.found.boxes)).abs().max() < 1e-4
    assert back.labels.tolist() == [1, 0]
    assert [box.objectness for box in listed] == pytest.approx([0.9, 0.2])
    scene = Scene("room.ply", CENTRES, frame=frame)
    again = FileProposals(str(path))(scene)
    assert (corners(again.boxes) - corners(room.found.boxes)).abs().max() < 1e-4


@settings(max_examples=40, deadline=None)
@given(frames, st.floats(-math.pi, math.pi))
def test_centre_size_and_heading_about_up_say_where_a_box_is_in_the_scan(frame, heading):
    room = detected(frame, heading)
    (box, _) = boxes_in_scan(room)
    up = frame.matrix[:3, 2].numpy() * UNITS_M[frame.unit]
    signs = np.array(np.meshgrid(*[[-0.5, 0.5]] * 3)).reshape(3, -1).T * box["size"]
    # Rodrigues' rotation about the scan's up axis.
    cross, along = np.cross(up, signs), np.outer(signs @ up, up)
    turn = box["heading"]
    turned = signs * np.cos(turn) + cross * np.sin(turn) + along * (1 - np.cos(turn)) + box["centre"]
    expected = frame.to_input(corners(room.found.boxes)[0]).numpy()
    gaps = np.linalg.norm(turned[:, None] - expected[None], axis=2) * UNITS_M[frame.unit]
    assert gaps.min(axis=1).max() < 1e-4
    assert sorted(gaps.argmin(axis=1).tolist()) == list(range(8))


def test_the_json_says_unit_axis_and_matrix_and_what_they_mean(tmp_path):
    frame = scan_frame("mm", "y", np.array([10.0, 20.0, 30.0]))
    write_boxes(tmp_path / "b.json", detected(frame))
    told = json.loads((tmp_path / "b.json").read_text())
    assert (told["scene"], told["unit"], told["up"]) == ("room.ply", "mm", "y")
    assert told["matrix"] == [[1000, 0, 0, 10], [0, 0, 1000, 20], [0, -1000, 0, 30], [0, 0, 0, 1]]
    assert "scan's own coordinates" in told["frame"]
    first = told["boxes"][0]
    assert first["class"] == "night stand"
    assert first["centre"] == [1010.0, 520.0, -1970.0]
    assert first["size"] == [600.0, 900.0, 700.0]
    assert (first["score"], first["points"]) == (0.8, 40)


@pytest.mark.parametrize("unit", ["m", "mm"])
def test_the_wireframe_surrounds_the_box_in_the_scan_wherever_that_is(tmp_path, unit):
    frame = scan_frame(unit, "y", np.array([694386.0, 5155487.0, 381.0]))
    room = detected(frame)
    write_boxes(tmp_path / "b.ply", room, least=0.1)
    drawn = np.asarray(trimesh.load(tmp_path / "b.ply", process=False).vertices)
    expected = frame.to_input(corners(room.found.boxes)[0]).numpy()
    for end in (np.min, np.max):
        assert end(drawn, axis=0) == pytest.approx(end(expected, axis=0), abs=0.02 / UNITS_M[unit])


def test_boxes_below_a_score_are_left_out(tmp_path):
    room = detected(Frame(unit="m"))
    assert [box["class"] for box in boxes_in_scan(room, least=0.1)] == ["night stand"]
    for ending in (".json", ".csv"):
        write_boxes(tmp_path / f"b{ending}", room, least=0.1)
        assert len(read_boxes(tmp_path / f"b{ending}")) == 1


@pytest.mark.parametrize("ending", [".json", ".csv", ".ply"])
def test_nothing_found_is_a_file_without_boxes(tmp_path, ending):
    write_boxes(tmp_path / f"b{ending}", detected(scan_frame("mm", "y", NOWHERE), count=0))
    if ending != ".ply":
        assert len(read_boxes(tmp_path / f"b{ending}")) == 0


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"b\.obj: boxes are written as \.json, \.csv, \.ply"):
        write_boxes(tmp_path / "b.obj", detected(Frame(unit="m")))
    assert not list(tmp_path.iterdir())


def test_the_table_of_all_scenes_says_of_each_row_where_it_is(tmp_path: Path):
    near, far = Frame(unit="m"), scan_frame("mm", "-y", np.array([1e6, 0.0, 0.0]))
    write_detections(tmp_path, [detected(near, scene="a/b.ply"), detected(far, scene="c.ply", count=1)])
    with (tmp_path / "detections.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["scene"], row["unit"], row["up"]) for row in rows] == [
        ("a/b.ply", "m", "z"), ("a/b.ply", "m", "z"), ("c.ply", "mm", "-y"),
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "scenes").iterdir()) == [
        "a-b.ply_boxes.json", "a-b.ply_boxes.ply", "c.ply_boxes.json", "c.ply_boxes.ply",
    ]  # fmt: skip
    for name, frame in (("a/b.ply", near), ("c.ply", far)):
        for source in ("detections.csv", "scenes"):
            scene = Scene(name, CENTRES, frame=frame)
            assert FileProposals(str(tmp_path / source))(scene).boxes.size_m[0].tolist() == pytest.approx(
                SIZES[0].tolist(), abs=1e-4
            )
