"""The whole way through ``pointclip2.app.run.evaluate`` and ``evaluate.py``, on small data and a toy CLIP."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointclip2.app.compose import build
from pointclip2.app.run import Result, evaluate
from pointclip2.data.class_names import KNOWN
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.text import PromptSet
from pointclip2.types import ConfigError, DataError
from tests.commands import run_command
from tests.places import ROOT
from tests.processes import start
from tests.toy import composed, toy_folder, toy_overrides, toy_run


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many clouds each call of ``encode_views`` had."""
    calls: list[int] = []
    original = OpenClipBackbone.encode_views

    def counted(self: OpenClipBackbone, images: Any) -> Any:
        calls.append(len(images))
        return original(self, images)

    monkeypatch.setattr(OpenClipBackbone, "encode_views", counted)
    return calls


def run(toy: Path, outputs: Path, *more: str) -> Result:
    return evaluate(composed("evaluate", [*toy_overrides(toy, outputs), "data.limit=6", *more]))


def results_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def cloud_folder(folder: Path, classes: Sequence[str] = ("chair", "table"), each: int = 2) -> Path:
    for label in classes:
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            np.save(folder / label / f"{number}.npy", np.random.default_rng(number).random((64, 3)))
    return folder


def test_a_run_records_all_that_its_figures_rest_on(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(toy, tmp_path, "logger=csv", "pictures=2", "+expect={test/acc: 0.5}")
    record = results_of(result)
    for field in (
        *("protocol", "task", "data", "backbone", "projector", "prompt", "view_weights", "metrics", "expect"),
        *("config_hash", "versions", "git_commit", "device", "seconds"),
    ):
        assert field in record
    assert {"name", "split", "n", "checksum"} <= set(record["data"])
    assert {"name", "hash", "count"} <= set(record["prompt"])
    assert record["view_weights"] == {"values": [1.0] * 10, "source": "uniform", "selected_on": "none"}
    assert record["metrics"] == result.metrics
    assert record["metrics"]["test/acc"] == result.objective
    assert {"test/acc", "test/acc_top5", "test/macc"} <= set(record["metrics"])
    assert "RANDOM WEIGHTS" in record["backbone"]["trained_on"]
    for name in ("predictions.csv", "views.png", "confusion.png", "report.html", "csv/metrics.csv"):
        assert (result.run_dir / name).stat().st_size > 0
    printed = capsys.readouterr().out
    assert printed.rstrip().splitlines()[-1] == f"results: {result.run_dir / 'results.json'}"
    assert "RANDOM WEIGHTS" in printed
    assert f"{100 * result.objective:.2f}" in printed


def test_predictions_have_every_sample_once_with_its_best_classes_and_their_accuracy(
    toy: Path, tmp_path: Path
) -> None:
    result = run(toy, tmp_path)
    rows = rows_of(result.run_dir / "predictions.csv")
    assert len({row["sample"] for row in rows}) == 6
    for row in rows:
        shares = [float(row[f"p{rank}"]) for rank in range(1, 6)]
        assert shares == sorted(shares, reverse=True)
        assert len({row[f"top{rank}"] for rank in range(1, 6)}) == 5
    assert sum(row["truth"] == row["top1"] for row in rows) / 6 == pytest.approx(result.metrics["test/acc"])
    hits = sum(row["truth"] in [row[f"top{rank}"] for rank in range(1, 6)] for row in rows)
    assert hits / 6 == pytest.approx(result.metrics["test/acc_top5"])


def test_results_json_is_written_last(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pointclip2.app.run

    there: list[set[str]] = []
    original = pointclip2.app.run.write_results

    def watched(run_dir: Path, record: Any) -> Path:
        there.append({path.name for path in run_dir.iterdir()})
        return original(run_dir, record)

    monkeypatch.setattr(pointclip2.app.run, "write_results", watched)
    result = run(toy, tmp_path, "pictures=1")
    assert there == [{".hydra", "predictions.csv", "views.png", "confusion.png", "report.html"}]
    assert {path.name for path in result.run_dir.iterdir()} == {*there[0], "results.json"}


def test_the_record_holds_the_accuracy_of_each_view_alone_and_the_page_shows_it(
    toy: Path, tmp_path: Path
) -> None:
    result = run(toy, tmp_path, "pictures=2")
    per_view = results_of(result)["per_view"]
    assert per_view["weight"] == [1.0] * 10
    assert len(per_view["acc"]) == 10
    assert all(float(share * 6).is_integer() for share in per_view["acc"])
    page = (result.run_dir / "report.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000
    assert "The larger a view, the more it counts" in page
    assert page.count('<article class="card"') == 2


def test_without_the_report_there_is_none_and_the_run_counts_as_the_same(toy: Path, tmp_path: Path) -> None:
    without, with_report = run(toy, tmp_path, "report=false"), run(toy, tmp_path)
    assert not (without.run_dir / "report.html").exists()
    assert (with_report.run_dir / "report.html").is_file()
    assert results_of(without)["config_hash"] == results_of(with_report)["config_hash"]


def test_results_of_an_earlier_run_do_not_survive_a_failed_one(toy: Path, tmp_path: Path) -> None:
    place = f"run_dir={tmp_path / 'here'}"
    run(toy, tmp_path, place)
    assert (tmp_path / "here" / "results.json").is_file()
    with pytest.raises(ConfigError):
        run(toy, tmp_path, place, "objective=test/nothing")
    assert not (tmp_path / "here" / "results.json").exists()
    assert not (tmp_path / "here" / "report.html").exists()


def test_a_second_run_and_other_prompts_and_weights_encode_nothing(
    toy: Path, tmp_path: Path, encoded: list[int]
) -> None:
    first = run(toy, tmp_path)
    assert sum(encoded) == 6
    again = run(toy, tmp_path)
    run(toy, tmp_path, "prompt=template", "view_weights=entropy")
    assert sum(encoded) == 6
    assert again.metrics == first.metrics
    run(toy, tmp_path, "projector.resolution=40")
    assert sum(encoded) == 12


def test_only_the_missing_shards_are_encoded(toy: Path, tmp_path: Path, encoded: list[int]) -> None:
    first = run(toy, tmp_path, "features.shard_size=2")
    shards = sorted((tmp_path / "features").rglob("rows-*"))
    shards[0].unlink()
    shards[2].write_bytes(shards[2].read_bytes()[:-1])
    encoded.clear()
    again = run(toy, tmp_path, "features.shard_size=2")
    assert sum(encoded) == 4
    assert again.metrics == first.metrics


def test_without_a_cache_nothing_is_kept_and_the_figures_are_the_same(
    toy: Path, tmp_path: Path, encoded: list[int]
) -> None:
    plain = run(toy, tmp_path, "features.cache=false", "features.shard_size=4")
    assert not (tmp_path / "features").exists()
    assert run(toy, tmp_path).metrics == plain.metrics
    assert sum(encoded) == 12


def test_a_full_disk_costs_the_cache_and_not_the_run(
    toy: Path, tmp_path: Path, encoded: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    good = run(toy, tmp_path / "good", "features.shard_size=2")
    (tmp_path / "features").write_text("in the way")
    full = run(toy, tmp_path, f"paths.features={tmp_path / 'features'}", "features.shard_size=2")
    assert full.metrics == good.metrics
    told = [record.message for record in caplog.records if "the run goes on" in record.message]
    assert len(told) == 1
    assert "features cannot be used (" in told[0]


def test_a_missing_objective_is_an_error_that_names_the_metrics(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"objective=test/miou.*test/acc, test/acc_top5, test/macc"):
        run(toy, tmp_path, "objective=test/miou")


def test_one_class_and_fewer_than_five_classes(toy: Path, tmp_path: Path) -> None:
    one = run(toy, tmp_path, "data.classes=[chair]")
    assert one.metrics["test/acc"] == 1.0
    assert rows_of(one.run_dir / "predictions.csv")[0].keys() == {"sample", "truth", "top1", "p1"}
    three = run(toy, tmp_path, "data.classes=[chair,table,lamp]", "pictures=2")
    assert three.metrics["test/acc_top5"] == 1.0
    assert "p3" in rows_of(three.run_dir / "predictions.csv")[0]


def test_a_rig_of_one_view(toy: Path, tmp_path: Path) -> None:
    result = run(toy, tmp_path, "projector/rig=ring", "projector.rig.views=1", "pictures=1")
    assert results_of(result)["view_weights"]["values"] == [1.0]


def test_an_unreadable_file_is_skipped_counted_and_named(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clouds = cloud_folder(tmp_path / "clouds")
    (clouds / "chair" / "torn.npy").write_bytes(b"")
    chosen = ["data=folder", f"data.path={clouds}", "pictures=2"]
    for _ in range(2):  # encoded, then from the cache
        result = evaluate(composed("evaluate", [*toy_overrides(toy, tmp_path / "out"), *chosen]))
        record = results_of(result)
        assert record["data"]["n"] == 4
        assert list(record["data"]["skipped"]) == ["chair/torn.npy"]
        assert list(result.skipped) == ["chair/torn.npy"]
        printed = capsys.readouterr().out
        assert "1 of 5 samples could not be read" in printed
        assert "torn.npy" in printed
        assert len(rows_of(result.run_dir / "predictions.csv")) == 4


def test_a_folder_in_which_nothing_can_be_read_is_an_error(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "clouds" / "chair").mkdir(parents=True)
    (tmp_path / "clouds" / "chair" / "torn.npy").write_bytes(b"")
    chosen = ["data=folder", f"data.path={tmp_path / 'clouds'}"]
    with pytest.raises(DataError, match=r"none of 1 samples could be read.*empty"):
        evaluate(composed("evaluate", [*toy_overrides(toy, tmp_path / "out"), *chosen]))


def test_a_folder_without_labels_gives_predictions_and_no_metrics(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clouds = cloud_folder(tmp_path / "clouds", classes=["scans"])
    chosen = [
        "data=folder",
        f"data.path={clouds}",
        "data.labels=none",
        "data.classes=[chair,table]",
        "pictures=2",
    ]
    result = evaluate(composed("evaluate", [*toy_overrides(toy, tmp_path / "out"), *chosen, "logger=csv"]))
    assert result.metrics == {}
    assert np.isnan(result.objective)
    assert results_of(result)["metrics"] == {}
    assert not (result.run_dir / "confusion.png").exists()
    assert (result.run_dir / "views.png").is_file()
    assert [row["truth"] for row in rows_of(result.run_dir / "predictions.csv")] == ["", ""]
    assert "predictions.csv" in capsys.readouterr().out


def test_figures_chosen_on_test_labels_say_so_wherever_they_stand(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"values": [1] * 10, "selected_on": "test"}))
    result = run(toy, tmp_path, "view_weights=file", f"view_weights.path={weights}")
    assert results_of(result)["view_weights"]["selected_on"] == "test"
    assert results_of(result)["selected_on"] == "test"
    assert "TEST LABELS" in results_of(result)["protocol"]
    assert "TEST" in capsys.readouterr().out

    sentences = tmp_path / "sentences.json"
    sentences.write_text(json.dumps({name: f"a {name}" for name in KNOWN}))
    result = run(toy, tmp_path, "prompt=file", f"prompt.path={sentences}", "prompt.selected_on=test")
    assert results_of(result)["selected_on"] == results_of(result)["prompt"]["selected_on"] == "test"
    assert "prompts SELECTED ON THE TEST LABELS" in results_of(result)["protocol"]
    assert "TEST" in capsys.readouterr().out


def test_a_sentence_that_is_cut_off_is_named_once_a_run(
    toy: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cfg = composed("evaluate", [*toy_overrides(toy, tmp_path), f"run_dir={tmp_path}"])
    encoder, one_run = build(cfg.encoder), toy_run(cfg)
    prompts = PromptSet("mine", {"chair": ("a chair with " + "legs and " * 20,), "table": ("a table",)})
    one_run.class_vectors(encoder, prompts)
    one_run.class_vectors(encoder, prompts)
    one_run.sentence_vectors(encoder, prompts)
    told = [record.message for record in caplog.records if "is not read" in record.message]
    assert len(told) == 1
    assert told[0].startswith("1 sentence of 2 does not fit the model's 16 tokens")


# As a command.


def _ordered(words: list[str]) -> list[str]:
    """Flags before overrides: Python's argparse wants it so; of two overrides of one key the later counts."""
    return sorted(words, key=lambda word: not word.startswith("--"))


def command(toy: Path, outputs: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return start("evaluate.py", *_ordered([*toy_overrides(toy, outputs), *words]), cwd=ROOT).done()


def test_a_sweep_encodes_once_a_projector_and_writes_one_summary(toy: Path, tmp_path: Path) -> None:
    clouds = cloud_folder(tmp_path / "clouds")
    (clouds / "chair" / "torn.npy").write_bytes(b"")
    done = command(
        toy,
        tmp_path,
        "--multirun",
        "prompt=name,template",
        "projector.resolution=32,40",
        *("data=folder", f"data.path={clouds}"),
    )
    assert done.returncode == 3, done.stderr  # a sample could not be read
    counts = re.findall(r"encoded (\d+) of 5", done.stdout + done.stderr)
    assert sorted(counts) == ["0"] * 2 + ["5"] * 2
    [sweep] = (tmp_path / "sweeps").iterdir()
    rows = rows_of(sweep / "summary.csv")
    assert [row["job"] for row in rows] == [str(number) for number in range(4)]
    assert {(row["prompt"], row["projector.resolution"]) for row in rows} == {
        (prompt, size) for prompt in ("name", "template") for size in ("32", "40")
    }
    assert all(0 <= float(row["test/acc"]) <= 1 for row in rows)
    assert len(list((tmp_path / "features").glob("folder-*"))) == 2
    for noise in ("GPU available", "TPU available", "litlogger", "LeafSpec"):
        assert noise not in done.stdout + done.stderr
    logged = [line for line in (done.stdout + done.stderr).splitlines() if "encoded" in line]
    assert len(logged) == 4


def test_a_failing_job_leaves_a_note_and_the_others_finish(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [*toy_overrides(toy, tmp_path), "backbone.weights=random,nowhere.pt,random", "data.limit=4"]
    status, _ = run_command(capsys, "evaluate", "--multirun", *failing)
    assert status == 1
    [sweep] = (tmp_path / "sweeps").iterdir()
    assert "nowhere.pt: no such file" in (sweep / "1" / "FAILED").read_text()
    assert not (sweep / "1" / "results.json").exists()
    for job in ("0", "2"):
        assert (sweep / job / "results.json").is_file()
        assert not (sweep / job / "FAILED").exists()
    assert "nowhere.pt" in rows_of(sweep / "summary.csv")[1]["error"]


def test_a_mistake_is_one_line_and_status_1(toy: Path, tmp_path: Path) -> None:
    done = command(toy, tmp_path, "data=folder", "data.path=/no/such/place")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    said = [line for line in (done.stdout + done.stderr).splitlines() if "/no/such/place" in line]
    assert len(said) == 1


@pytest.mark.slow
def test_ctrl_c_while_encoding_leaves_no_results_and_the_next_run_goes_on(toy: Path, tmp_path: Path) -> None:
    words = [
        *toy_overrides(toy, tmp_path),
        *("data.limit=24", "features.shard_size=1", "features.batch_size=1"),
    ]
    # A shell that runs tests in the background has them ignore the signal, and their children with them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "evaluate.py", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    signal.signal(signal.SIGINT, before)
    while process.poll() is None and not list((tmp_path / "features").rglob("rows-*")):
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGINT)
    assert process.wait(60) != 0
    assert not list(tmp_path.rglob("results.json"))
    kept = len(list((tmp_path / "features").rglob("rows-*")))
    assert 0 < kept < 24
    assert not [path for path in (tmp_path / "features").rglob(".*") if path.is_file()]
    result = evaluate(composed("evaluate", words))
    assert results_of(result)["data"]["n"] == 24
