"""Rooms through the whole of ``task=detection``, on small scenes and a toy CLIP."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointclip2.app.run import Result, evaluate
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.types import ConfigError, DataError
from tests.proposals.toy_room import FURNITURE, toy_room
from tests.toy import composed, toy_folder, toy_overrides

CLASSES = ("table", "wardrobe", "bench")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rooms as somebody would leave them: an array each, and the boxes beside it."""
    folder = tmp_path_factory.mktemp("scans")
    for number in range(2):
        scene = toy_room(number, density=250.0)
        np.save(folder / f"room{number}.npy", scene.points_m.numpy())
        boxes = [
            {"class": CLASSES[label], "centre": list(centre), "size": list(size)}
            for centre, size, label in FURNITURE
        ]
        (folder / f"room{number}_boxes.json").write_text(json.dumps(boxes))
    return folder


def run(toy: Path, outputs: Path, scans: Path, *more: str) -> Result:
    data = ["task=detection", "data=folder", f"data.path={scans}", f"data.classes=[{','.join(CLASSES)}]"]
    overrides = [word for word in toy_overrides(toy, outputs) if not word.startswith("data")]
    return evaluate(
        composed("evaluate", [*overrides, *data, "data.up=z", "data.units=m", "pictures=1", *more])
    )


def record_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def test_a_run_finds_boxes_and_records_what_its_figures_rest_on(
    toy: Path, tmp_path: Path, scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(toy, tmp_path, scans)
    record = record_of(result)
    assert record["task"] == "detection"
    assert record["data"]["n"] == 2
    assert record["data"]["true_boxes"] == 8
    assert record["selected_on"] == "none"
    assert record["proposals"]["name"] == "cluster"
    assert result.metrics["test/recall_25"] >= 0.75
    assert {"test/map_25", "test/map_50", "test/ar_25", "test/ar_50", "test/box_acc"} <= set(result.metrics)
    assert result.objective == result.metrics["test/map_25"]
    with (result.run_dir / "detections.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["class"] for row in rows} <= set(CLASSES)
    assert len(list((result.run_dir / "scenes").glob("*.png"))) == 1
    assert len(list((result.run_dir / "scenes").glob("*_boxes.ply"))) == 2
    printed = capsys.readouterr().out
    assert "accuracy on true boxes" in printed
    assert f"{100 * result.objective:.2f}" in printed


def test_nothing_is_encoded_twice_and_detections_can_be_read_back(
    toy: Path, tmp_path: Path, scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(toy, tmp_path, scans, "features.cache=true")

    def refuse(*args: object) -> None:
        raise AssertionError("encoded again")

    with monkeypatch.context() as patched:
        patched.setattr(OpenClipBackbone, "encode_views", refuse)
        second = run(toy, tmp_path, scans, "features.cache=true")
        assert second.metrics == first.metrics
        sized = run(toy, tmp_path, scans, "features.cache=true", "task.score.size_weight=1")
    assert record_of(sized)["score"]["size_table"] == "ours"
    assert run(toy, tmp_path, scans, "features.cache=false").metrics == first.metrics
    [store] = (path for path in (tmp_path / "features").iterdir() if path.is_dir())
    assert len(list(store.glob("rows-*"))) == 2, "a shard a scene"
    again = run(toy, tmp_path, scans, "proposals=file", f"proposals.path={first.run_dir / 'detections.csv'}")
    assert record_of(again)["proposals"]["name"] == "file"
    found = sum(len(detections) for detections in first.predictions.values())
    assert record_of(again)["proposals"]["a_scene"] == pytest.approx(found / 2)


def test_the_truth_as_proposals_is_marked_and_misses_nothing(
    toy: Path, tmp_path: Path, scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(toy, tmp_path, scans, "proposals=oracle")
    assert result.metrics["test/recall_50"] == 1.0
    assert "TRUE boxes" in record_of(result)["protocol"]
    assert "TRUE boxes" in capsys.readouterr().out


def test_background_and_even_classes_are_said_beside_the_figures(
    toy: Path, tmp_path: Path, scans: Path
) -> None:
    options = ["task.score.background=[wall,floor,quux]", "task.score.debias=0.5"]
    record = record_of(run(toy, tmp_path, scans, "proposals=oracle", *options))
    assert record["score"]["background"] == ["wall", "floor", "quux"]
    assert record["selected_on"] == "label_free"
    assert "unlabelled boxes" in record["protocol"] or "class bias" in record["protocol"]


def test_a_scan_without_true_boxes_has_detections_and_no_figures(
    toy: Path, tmp_path: Path, scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "scan.npy").write_bytes((scans / "room0.npy").read_bytes())
    result = run(toy, tmp_path, alone / "scan.npy")
    assert result.metrics == {}
    assert np.isnan(result.objective)
    assert len((result.run_dir / "detections.csv").read_text().splitlines()) > 1
    assert "no true boxes" in capsys.readouterr().out


def test_a_scene_that_cannot_be_read_is_skipped_and_named(toy: Path, tmp_path: Path, scans: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for name in ("room0.npy", "room0_boxes.json"):
        (mixed / name).write_bytes((scans / name).read_bytes())
    np.save(mixed / "broken.npy", np.full((10, 3), np.nan))
    result = run(toy, tmp_path, mixed)
    assert list(result.skipped) == ["broken.npy"] or [name for name in result.skipped if "broken" in name]
    assert record_of(result)["data"]["n"] == 1


def test_a_room_in_millimetres_with_y_up_is_measured_as_in_metres_and_what_is_written_is_read_back(
    toy: Path, tmp_path: Path, scans: Path, caplog: pytest.LogCaptureFixture
) -> None:
    turn = 1000 * np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    places = {"plain": np.eye(3), "turned": turn}
    for name, matrix in places.items():
        (tmp_path / name).mkdir()
        scan = np.load(scans / "room0.npy").astype(np.float64)
        np.save(tmp_path / name / "room0.npy", np.round(scan, 3) @ matrix.T)
        boxes = json.loads((scans / "room0_boxes.json").read_text())
        for box in boxes:
            box["centre"] = (matrix @ box["centre"]).tolist()
            box["size"] = (np.abs(matrix) @ box["size"]).tolist()
        (tmp_path / name / "room0_boxes.json").write_text(json.dumps(boxes))
    automatic = ["data.up=auto", "data.units=auto", "features.cache=true"]
    plain, turned = (run(toy, tmp_path, tmp_path / name, *automatic) for name in places)
    assert turned.metrics == pytest.approx(plain.metrics)
    said = [message for message in caplog.messages if "read as" in message]
    assert len(said) == 1, "once, although the scan is read twice: to encode it, and to draw it"
    assert said[0].startswith("room0.npy: read as millimetres, y up")
    told = record_of(turned)["data"]
    assert told["read_as"] == {"mm, y up": 1}
    assert told["remarks"] == {"room0.npy": [said[0].removeprefix("room0.npy: ")]}
    # A run on cached features says the same, and writes the same.
    again = run(toy, tmp_path, tmp_path / "turned", *automatic, f"run_dir={tmp_path / 'again'}")
    assert record_of(again)["data"] == told
    written = turned.run_dir / "scenes" / "room0.npy_boxes.json"
    assert (again.run_dir / "scenes" / written.name).read_text() == written.read_text()
    # What was found, laid beside the scan, is a truth that the same proposals meet exactly.
    (tmp_path / "turned" / "room0_boxes.json").unlink()
    (tmp_path / "turned" / written.name).write_text(written.read_text())
    file = f"proposals.path={turned.run_dir / 'detections.csv'}"
    met = run(toy, tmp_path, tmp_path / "turned", *automatic, "proposals=file", file)
    assert met.metrics["test/recall_50"] == 1.0
    assert met.metrics["test/mean_iou"] == pytest.approx(1.0, abs=1e-3)


def test_where_nothing_is_found_the_run_goes_on_and_says_so(
    toy: Path, tmp_path: Path, scans: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "room0.npy").write_bytes((scans / "room0.npy").read_bytes())
    np.save(mixed / "one.npy", np.ones((1, 3)))
    result = run(toy, tmp_path, mixed)
    assert not result.skipped
    counts = {position: len(found) for position, found in result.predictions.items()}
    assert counts[0] == 0
    assert counts[1] > 0
    assert "one.npy: no boxes are proposed: nothing is found in it" in caplog.messages
    told = json.loads((result.run_dir / "scenes" / "one.npy_boxes.json").read_text())
    assert told["boxes"] == []
    alone = run(toy, tmp_path, mixed / "one.npy", "report=true", "pictures=1")
    assert (alone.run_dir / "detections.csv").read_text().count("\n") == 1
    assert record_of(alone)["objective"]["value"] is None


def test_a_figure_that_is_not_defined_is_null_a_dash_and_explained(
    toy: Path,
    tmp_path: Path,
    scans: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "room0.npy").write_bytes((scans / "room0.npy").read_bytes())
    box = {"class": "table", "centre": [2.0, 2.0, 1.2], "size": [0.0005, 0.0005, 0.0005]}
    (odd / "room0_boxes.json").write_text(json.dumps([box]))
    result = run(toy, tmp_path, odd, "report=true")
    metrics = record_of(result)["metrics"]
    assert metrics["test/map_25"] == 0.0
    assert metrics["test/box_acc"] is metrics["test/box_acc_top5"] is metrics["test/box_macc"] is None
    [line] = [line for line in capsys.readouterr().out.splitlines() if "│ accuracy on true boxes" in line]
    assert line.split("│")[2].strip() == "–"
    assert (
        "room0.npy: 1 of 1 true boxes hold too few points to be named: are their units and their origin the scan's?"
        in caplog.messages
    )
    page = (result.run_dir / "report.html").read_text()
    assert "–" in page.partition("test/box_acc<")[2].partition("</tr>")[0]


def test_single_objects_are_no_rooms_and_rooms_no_objects(toy: Path, tmp_path: Path) -> None:
    overrides = [word for word in toy_overrides(toy, tmp_path) if not word.startswith("data")]
    with pytest.raises(DataError, match="single objects"):
        evaluate(composed("evaluate", [*overrides, "task=detection", "data=shapes"]))
    for task in ("classification", "part_segmentation"):
        with pytest.raises(DataError, match=r"whole rooms.*task=detection"):
            evaluate(composed("evaluate", [*overrides, f"task={task}", "data=rooms"]))


def test_thresholds_that_cannot_work_are_named(toy: Path, tmp_path: Path, scans: Path) -> None:
    with pytest.raises(ConfigError, match=r"task\.nms_iou=2"):
        run(toy, tmp_path, scans, "task.nms_iou=2.0")
