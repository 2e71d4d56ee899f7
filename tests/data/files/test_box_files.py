"""Files of true boxes beside a scan."""

import json

import numpy as np
import pytest

from pointclip2.data.files.box_files import READERS, boxes_beside, read_boxes, read_true_boxes
from pointclip2.types import CloudError
from tests.data.written_boxes import ROWS, write_boxes


@pytest.mark.parametrize("suffix", READERS)
def test_every_format_gives_the_same_boxes(tmp_path, suffix):
    boxes = read_boxes(write_boxes(tmp_path / f"room_boxes{suffix}"))
    assert [box.name for box in boxes] == ["chair", "night stand"]
    assert np.allclose(boxes.rows, ROWS)
    assert boxes.stated() == ("", "")


@pytest.mark.parametrize("suffix", READERS)
def test_boxes_are_found_beside_their_scan_only(tmp_path, suffix):
    written = write_boxes(tmp_path / f"room_boxes{suffix}")
    assert boxes_beside(tmp_path / "room.ply") == written
    assert boxes_beside(tmp_path / "hall.ply") is None
    assert boxes_beside(tmp_path / "room") == written
    named = write_boxes(tmp_path / f"hall.ply_boxes{suffix}")
    assert boxes_beside(tmp_path / "hall.ply") == named


def test_a_heading_may_be_missing_and_a_list_may_stand_alone(tmp_path):
    path = tmp_path / "a_boxes.json"
    path.write_text(json.dumps([{"label": "chair", "center": [1, 2, 3], "size": [1, 1, 1]}]))
    assert read_boxes(path).rows.tolist() == [[1, 2, 3, 1, 1, 1, 0]]
    path = tmp_path / "b_boxes.csv"
    path.write_text("class;cx;cy;cz;dx;dy;dz\nchair;1;2;3;1;1;1\n")
    assert read_boxes(path).rows.tolist() == [[1, 2, 3, 1, 1, 1, 0]]
    np.savez(
        tmp_path / "c_boxes.npz", classes=np.array(["chair"]), centre=np.ones((1, 3)), size=np.ones((1, 3))
    )
    assert read_boxes(tmp_path / "c_boxes.npz").rows.tolist() == [[1, 1, 1, 1, 1, 1, 0]]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", "{", "no list of boxes"),
        ("a.json", '{"objects": 3}', "expected a list"),
        ("a.json", '[{"class": 3, "centre": [1, 2, 3], "size": [1, 1, 1]}]', "a class is a text, not 3"),
        ("a.json", '[{"centre": [1, 2, 3], "size": [1, 1, 1]}]', "box 0 needs a"),
        ("a.csv", "class,cx,cy,cz,dx,dy,dz,unit\nx,1,1,1,1,1,1,m\nx,1,1,1,1,1,1,mm\n", "several units"),
        ("a.json", '[{"class": "chair", "centre": [1, 2], "size": [1, 1, 1]}]', "box 0 needs"),
        ("a.json", '[{"class": "chair", "centre": [1, 2, "x"], "size": [1, 1, 1]}]', "no list of boxes"),
        ("a.csv", "class,cx,cy,cz,dx,dy\n", "no column dz"),
        ("a.csv", "class,cx,cy,cz,dx,dy,dz\nchair,1,2,3,1,1,wide\n", "line 2 is no box"),
        ("a.npz", "not an archive", "no list of boxes"),
    ],
)
def test_a_damaged_file_is_one_line_with_its_name(tmp_path, name, content, reason):
    (tmp_path / name).write_text(content)
    with pytest.raises(CloudError, match=reason) as caught:
        read_true_boxes(tmp_path / name, "a.ply")
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def test_pickled_objects_are_refused(tmp_path):
    np.savez(
        tmp_path / "a.npz",
        classes=np.array(["chair", None], dtype=object),
        centre=ROWS[:, :3],
        size=ROWS[:, 3:6],
    )
    with pytest.raises(CloudError, match=r"a\.npz"):
        read_boxes(tmp_path / "a.npz")
