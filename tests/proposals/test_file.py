"""Boxes of other detectors, from each kind of file."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from pointclip2.proposals.file import FileProposals
from pointclip2.types import CloudError, ConfigError, Scene

ROW = [0.5, 0.5, 0.5, 1.0, 0.8, 0.6, 0.3]
SCENE = Scene("a/room 1", torch.rand(200, 3, generator=torch.Generator().manual_seed(0)))


def written(
    folder: Path, kind: str, row: list[float] = ROW, score: float = 0.7, scene: str = SCENE.name
) -> Path:
    path = folder / f"boxes.{kind}"
    if kind == "csv":
        head = "scene,cx,cy,cz,dx,dy,dz,heading,objectness\n"
        path.write_text(head + ",".join(map(str, [scene, *row, score])) + "\n")
    elif kind == "json":
        box = {"centre": row[:3], "size": row[3:6], "heading": row[6], "score": score}
        path.write_text(json.dumps({scene: [box]}))
    else:
        np.savez(path, boxes=np.array([row]), objectness=np.array([score]), scene=np.array([scene]))
    return path


@pytest.mark.parametrize("kind", ["csv", "json", "npz"])
def test_every_kind_of_file_says_the_same(kind: str, tmp_path: Path) -> None:
    found = FileProposals(str(written(tmp_path, kind)))(SCENE)
    assert found.boxes.centre_m[0].tolist() == pytest.approx(ROW[:3])
    assert found.boxes.size_m[0].tolist() == pytest.approx(ROW[3:6])
    assert float(found.boxes.heading_rad[0]) == pytest.approx(ROW[6])
    assert float(found.objectness[0]) == pytest.approx(0.7)


@pytest.mark.parametrize("kind", ["csv", "json", "npz"])
def test_boxes_of_other_scenes_are_left_to_them(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    propose = FileProposals(str(written(tmp_path, kind, scene="elsewhere")))
    with caplog.at_level(logging.WARNING):
        assert len(propose(SCENE).boxes) == 0
    assert "no boxes of this scene" in caplog.text


def test_in_a_folder_a_file_is_found_by_the_name_of_its_scene(tmp_path: Path) -> None:
    box = {"centre": ROW[:3], "size": ROW[3:6]}
    (tmp_path / "a-room 1_boxes.json").write_text(json.dumps({"scene": SCENE.name, "boxes": [box, box]}))
    (tmp_path / "notes.txt").write_text("not a box")
    found = FileProposals(str(tmp_path))(SCENE)
    assert found.objectness.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "row",
    [[0.5, 0.5, 0.5, 1, -0.8, 0.6, 0], [0.5, 0.5, 0.5, 1, 0, 0.6, 0], [float("nan"), 0.5, 0.5, 1, 1, 1, 0]],
    ids=["negative", "zero", "NaN"],
)
def test_boxes_that_are_none_are_left_out_and_counted(
    row: list[float], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert len(FileProposals(str(written(tmp_path, "npz", row)))(SCENE).boxes) == 0
    assert "left out 1 of 1 boxes" in caplog.text


def test_boxes_in_other_units_are_found_out(tmp_path: Path) -> None:
    rows = np.array([[500.0, 500, 500, 100, 100, 100], [900, 900, 900, 100, 100, 100]])
    np.savez(tmp_path / "boxes.npz", boxes=rows)
    with pytest.raises(CloudError, match="other units"):
        FileProposals(str(tmp_path / "boxes.npz"))(SCENE)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("boxes.csv", "x,y\n1,2\n"),
        ("boxes.csv", "cx,cy,cz,dx,dy,dz\n1,2,3,4,5,six\n"),
        ("boxes.json", "{"),
        ("boxes.json", '[{"centre": [1, 2]}]'),
        ("boxes.json", "3"),
        ("boxes.npz", "no zip"),
        ("boxes.txt", "1 2 3"),
    ],
)
def test_a_file_that_holds_no_boxes_is_one_line(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ConfigError, match=name) as caught:
        FileProposals(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_path_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"proposals\.path"):
        FileProposals()
    with pytest.raises(ConfigError, match="no such file"):
        FileProposals(str(tmp_path / "none.csv"))
    with pytest.raises(ConfigError, match="holds no"):
        FileProposals(str(tmp_path))
