import csv
import json
from pathlib import Path

import pytest

from pointclip2.app.ablation import CARD, MEASURED, MODEL, as_csv, as_markdown, main, measured, validated
from pointclip2.app.compose import compose, conf_dir
from pointclip2.encoders.clip.tiny import FOLDER
from pointclip2.types import DataError

SMALL = ["data.classes=[chair,mug,table]", "data.per_class.test=2", "data.points=256"]


def _trained(folder: Path, accuracy: float) -> Path:
    (folder / MODEL).mkdir(parents=True)
    card = {"steps": 600, "validation": {"val/acc": accuracy, "val/acc_scan": accuracy / 2}}
    (folder / MODEL / CARD).write_text(json.dumps(card))
    return folder


def test_the_best_training_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [
        _trained(tmp_path / f"ablation_{n}", value) for n, value in (("names_only", 0.4), ("full", 0.5))
    ]
    assert main([*map(str, folders), "--csv", str(tmp_path / "table.csv")]) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[2] == "| full | 600 | 50.0 | 25.0 |"
    assert table[3].startswith("| names only |")
    rows = list(csv.reader((tmp_path / "table.csv").read_text().splitlines()))
    assert rows == [["training", "steps", "val", "val, scanned"], ["full", "600", "50.00", "25.00"],
                    ["names only", "600", "40.00", "20.00"]]  # fmt: skip


def test_a_folder_without_a_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match="nothing_here"):
        validated(tmp_path / "nothing_here")
    assert main([str(tmp_path / "nothing_here")]) == 1
    assert "train there first" in capsys.readouterr().err


def test_a_model_that_was_never_validated_is_named(tmp_path: Path) -> None:
    folder = _trained(tmp_path / "young", 0.5)
    (folder / MODEL / CARD).write_text(json.dumps({"steps": 3}))
    with pytest.raises(DataError, match="validation"):
        validated(folder)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_models_are_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "pointclip2.app.ablation.MEASURED",
        {"test": (), "parts, mIoU": ("task=part_segmentation",)},
    )
    folder = tmp_path / "ablation_full = all, of it"
    folder.mkdir()
    (folder / MODEL).symlink_to(FOLDER)
    options = [*SMALL, f"paths.outputs={tmp_path / 'outputs'}"]
    first = measured(folder, options)
    assert set(first) == {"test", "parts, mIoU"}
    assert all(isinstance(value, float) and 0.4 < value <= 1 for value in first.values())
    printed = capsys.readouterr()
    assert "parts, mIoU" in printed.err
    assert printed.out == ""
    assert measured(folder, options) == first
    assert capsys.readouterr().err == ""
    text = as_csv([{"training": "full", "steps": 1, **first}])
    assert text.splitlines()[0] == 'training,steps,test,"parts, mIoU"'
    assert as_markdown([{"training": "full", "steps": 1, **first}]).count("\n") == 2

    other = tmp_path / "other"
    other.mkdir()
    for path in FOLDER.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / CARD).write_text(json.dumps({**json.loads((FOLDER / CARD).read_text()), "sha256": "0"}))
    (folder / MODEL).unlink()
    (folder / MODEL).symlink_to(other)
    measured(folder, options)
    assert "parts, mIoU" in capsys.readouterr().err


def test_columns_of_ones_own_are_measured_with_their_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / MODEL).symlink_to(FOLDER)
    asked: list[object] = []

    def noted(folder: Path, options: object = (), also: object = None) -> dict[str, float]:
        asked.append(also)
        return {"my scans": 0.5}

    monkeypatch.setattr("pointclip2.app.ablation.measured", noted)
    words = [str(folder), "--measure", "--also", "my scans: data=folder 'data.path=a b'"]
    assert main(words) == 0
    assert asked == [{"my scans": ["data=folder", "data.path=a b"]}]
    assert "| my scans |" in capsys.readouterr().out
    for wrong in (["--measure", "--also", "no options"], ["--also", "my scans: data=folder"]):
        with pytest.raises(SystemExit):
            main([str(folder), *wrong])
        assert "goes with --measure" in capsys.readouterr().err


@pytest.mark.parametrize("column", list(MEASURED))
def test_every_column_is_a_run_that_can_be_composed(column: str) -> None:
    assert compose("evaluate", list(MEASURED[column])).data.split == "test"


@pytest.mark.parametrize("name", sorted(path.stem for path in (conf_dir() / "ablation").glob("*.yaml")))
def test_every_ablation_trains_in_a_folder_of_its_own(name: str) -> None:
    cfg = compose("train", ["experiment=tiny_clip", f"ablation={name}"])
    assert cfg.name == f"ablation_{name}"
    assert str(cfg.folder).endswith(cfg.name)
