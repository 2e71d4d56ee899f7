"""What a sweep of few-shot runs is summed up to."""

import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pointclip2.app.few_shot_curves import PUBLISHED, FewShotCurves, read_sweep

ACC = {(1, 0): 0.3, (1, 1): 0.4, (1, 2): 0.38, (16, 0): 0.8, (16, 1): 0.82, (16, 2): 0.9}


def job(folder: Path, number: int, acc: float, shots: int | str, seed: int, **changed: Any) -> None:
    record: dict[str, Any] = {
        "task": "few_shot",
        "data": {"name": "shapes", "split": "test", "n": 588, "classes": 49},
        "backbone": {"id": "tiny_clip.shapes"},
        "prompt": {"name": "templates"},
        "adapter": {"name": "cache", "shots": shots, "seed": seed, "copies": 0},
        "metrics": {"test/acc": acc, "test/acc_zero_shot": 0.25},
        "selected_on": "holdout",
    }
    for key, value in changed.items():
        record[key] = {**record[key], **value} if isinstance(value, dict) else value
    (folder / str(number)).mkdir(parents=True)
    (folder / str(number) / "results.json").write_text(json.dumps(record))


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    number = 0
    for name in ("cache", "point_nn"):
        for (shots, seed), acc in ACC.items():
            shift = 0.05 * (name == "point_nn")
            job(tmp_path, number, acc + shift, shots, seed, adapter={"name": name, "copies": len(name)})
            number += 1
    return tmp_path


def test_a_table_and_a_picture_of_means_and_deviations(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = OmegaConf.create({"hydra": {"sweep": {"dir": str(sweep)}}})
    FewShotCurves().on_multirun_end(config)
    rows = list(csv.DictReader((sweep / "few_shot.csv").read_text().splitlines()))
    found = {(row["series"], row["shots"]): (float(row["mean"]), float(row["deviation"])) for row in rows}
    one = [acc for (shots, _), acc in ACC.items() if shots == 1]
    assert found["cache", "1"] == pytest.approx((statistics.fmean(one), statistics.stdev(one)), abs=1e-6)
    assert set(found) == {(name, shots) for name in ("cache", "point_nn") for shots in ("1", "16")}
    printed = capsys.readouterr().out
    for word in ("36.0 ± 5.3", "84.0 ± 5.3", "zero-shot", "25.0", "holdout"):
        assert word in printed
    assert (sweep / "few_shot.png").stat().st_size > 10_000


def test_other_runs_and_a_single_one_make_no_curve(tmp_path: Path) -> None:
    job(tmp_path, 0, 0.5, 1, 0)
    job(tmp_path, 1, 0.5, 1, 0, task="classification")
    job(tmp_path, 2, 0.5, 1, 0, metrics={"test/acc": 0.5})
    (tmp_path / "2" / "results.json").unlink()
    assert read_sweep(tmp_path) is None


def test_what_varies_beside_the_adapter_stands_in_the_label(sweep: Path) -> None:
    job(sweep, 90, 0.5, 1, 0, prompt={"name": "bank"}, adapter={"copies": 5})
    found = read_sweep(sweep)
    assert found is not None
    assert [one.label for one in found.series] == ["cache, templates", "point_nn, templates", "cache, bank"]


def test_all_shots_come_last_and_a_single_seed_has_no_deviation(tmp_path: Path) -> None:
    for number, shots in enumerate(("all", 16, 2)):
        job(tmp_path, number, 0.5, shots, 0)
    found = read_sweep(tmp_path)
    assert found is not None
    assert list(found.series[0].figures) == [2, 16, "all"]
    assert found.series[0].deviation(2) is None


def test_two_options_of_one_adapter_are_two_curves(tmp_path: Path) -> None:
    job(tmp_path, 0, 0.5, 1, 0, adapter={"option": "cache"})
    job(tmp_path, 1, 0.6, 1, 0, adapter={"option": "cache_trained"})
    found = read_sweep(tmp_path)
    assert found is not None
    assert [one.label for one in found.series] == ["cache", "cache_trained"]


def test_published_curves_stand_beside_ours_only_for_their_data_and_backbone(tmp_path: Path) -> None:
    for number, shots in enumerate((1, 2)):
        job(
            tmp_path / "same", number, 0.5, shots, 0,
            data={"name": "modelnet40"}, backbone={"id": "RN101-quickgelu.openai"},
        )  # fmt: skip
        job(tmp_path / "other", number, 0.5, shots, 0, data={"name": "modelnet40"})
    same, other = read_sweep(tmp_path / "same"), read_sweep(tmp_path / "other")
    assert same is not None
    assert other is not None
    assert [(one.label, one.quoted) for one in same.series] == [("cache", False), ("PointCLIP", True)]
    assert same.series[1].mean(16) == pytest.approx(0.871)
    assert [one.label for one in other.series] == ["cache"]


def test_every_quoted_figure_names_its_source() -> None:
    with PUBLISHED.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["source"] and 0 < float(row["acc"]) < 100 for row in rows)


def test_the_callback_is_loaded_without_torch() -> None:
    program = "import sys, pointclip2.app.few_shot_curves; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
