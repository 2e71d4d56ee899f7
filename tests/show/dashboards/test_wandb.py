"""Weights & Biases, offline: what a sweep leaves on disk."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.places import ROOT
from tests.processes import start
from tests.show.dashboards.offline import OfflineRun, offline_runs
from tests.show.page.exhibits import SEARCH, classified, record, room, segmented
from tests.toy import toy_folder, toy_overrides

PROMPTS = ("name", "template", "templates")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three jobs in one process, logged to csv and to wandb."""
    folder = tmp_path_factory.mktemp("sweep")
    words = dict(word.split("=", 1) for word in toy_overrides(toy_folder(folder / "toy"), folder / "out"))
    words |= {"prompt": ",".join(PROMPTS), "logger": "[csv,wandb]", "data.limit": "6", "pictures": "2"}
    typed = [f"{key}={value}" for key, value in words.items()]
    done = start("evaluate.py", "--multirun", *typed, cwd=ROOT, WANDB_MODE="offline").done(900)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = (folder / "out" / "sweeps").iterdir()
    return found


@pytest.fixture(scope="module")
def runs(sweep: Path) -> list[OfflineRun]:
    return offline_runs(sweep)


@pytest.mark.slow
def test_a_sweep_of_three_jobs_holds_three_runs_with_three_ids_in_one_group(
    sweep: Path, runs: list[OfflineRun]
) -> None:
    assert len(runs) == 3
    assert len({run.id for run in runs}) == 3
    assert {run.group for run in runs} == {sweep.name}
    assert {run.job_type for run in runs} == {"evaluate"}
    assert sorted(path.name for path in sweep.iterdir() if path.is_dir()) == ["0", "1", "2"]
    for job in ("0", "1", "2"):
        assert len(offline_runs(sweep / job)) == 1


def test_a_run_is_called_by_what_was_chosen_for_it(runs: list[OfflineRun]) -> None:
    for prompt, run in zip(PROMPTS, sorted(runs, key=lambda run: run.folder), strict=True):
        assert f"prompt={prompt}" in run.name.split(", ")


def test_the_configuration_and_the_names_of_the_options_are_columns(runs: list[OfflineRun]) -> None:
    assert {run.config["choice"]["prompt"] for run in runs} == set(PROMPTS)
    for run in runs:
        assert run.config["choice"]["projector"] == "splat"
        assert run.config["data"]["limit"] == 6
        assert not any("hydra" in group for group in run.config["choice"])


def test_figures_come_with_their_unit_and_what_they_were_selected_on(runs: list[OfflineRun]) -> None:
    for run in runs:
        table = run.table("figures")
        assert table["columns"] == ["metric", "name", "value", "unit", "quoted", "selected_on"]
        rows = {row[1]: dict(zip(table["columns"], row, strict=True)) for row in table["data"]}
        assert set(rows) == {"test/acc", "test/acc_top5", "test/macc"}
        assert {row["unit"] for row in rows.values()} == {"fraction"}
        assert {row["selected_on"] for row in rows.values()} == {"none"}
        assert run.history["test/acc"] == [pytest.approx(rows["test/acc"]["value"])]
        assert run.summary["selected_on"] == "none"
        assert run.summary["oracle"] is False
        assert "selected_on: none" in run.tags
        assert {"test/acc", "test/acc_top5", "test/macc"} <= run.metrics


def test_shapes_come_with_views_cloud_truth_and_five_guesses(runs: list[OfflineRun]) -> None:
    for run in runs:
        table = run.table("shapes")
        assert len(table["data"]) == 2
        for values in table["data"]:
            row = dict(zip(table["columns"], values, strict=True))
            assert (row["views"], row["coloured by height"]) == ("Image", "Object3D")
            assert row["truth"]
            shares = [row[f"probability {rank}"] for rank in range(1, 6)]
            assert shares == sorted(shares, reverse=True)
            assert row["right"] == (row["top 1"] == row["truth"])


def test_the_pictures_and_clouds_of_the_shapes_lie_in_the_folder_of_the_run(runs: list[OfflineRun]) -> None:
    for run in runs:
        [width], [height] = run.history["depth views.width"], run.history["depth views.height"]
        assert width == 10 * height
        [files] = run.history["depth views.filenames"]
        assert len({run.file(name).read_bytes() for name in files}) == 2
        [clouds] = run.history["clouds, coloured by height.objects"]
        assert len(clouds) == 2
        for cloud in clouds:
            content = json.loads(run.file(cloud["path"]).read_text())
            assert len(content["points"]) == 64
            assert {len(point) for point in content["points"]} == {6}
        for name in ("views picture", "confusion picture"):
            assert run.file(run.history[f"{name}.path"][0]).stat().st_size > 1000


def test_confusion_classes_and_views_are_charts(runs: list[OfflineRun]) -> None:
    for run in runs:
        confusion = run.table("confusion_table")
        assert confusion["columns"] == ["Actual", "Predicted", "nPredictions"]
        assert sum(row[2] for row in confusion["data"]) == 6
        views = run.table("by view")
        assert views["columns"] == ["view", "accuracy alone", "weight", "toward x", "toward y", "toward z"]
        assert len(views["data"]) == 10
        assert {row[2] for row in views["data"]} == {1.0}
        classes = run.table("accuracy by class_table")
        assert len(classes["data"]) == 6
        charts = {key.removeprefix("_wandb.visualize.") for key in run.config}
        assert {"confusion", "accuracy by class", "accuracy alone by view", "weight by view"} <= charts


def test_the_table_of_metrics_as_a_file_and_the_page_are_there_too(sweep: Path) -> None:
    for job in ("0", "1", "2"):
        assert "test/acc" in (sweep / job / "csv" / "metrics.csv").read_text()
        assert (sweep / job / "report.html").is_file()
        assert (sweep / job / "results.json").is_file()


@pytest.mark.filterwarnings("ignore")  # wandb's own
def test_an_oracle_is_tagged_its_search_is_a_curve_and_boxes_go_with_their_cloud(tmp_path: Path) -> None:
    import wandb

    from pointclip2.show.dashboards.media import log_exhibit

    given = record(selected_on="test", search=SEARCH, expect={"test/acc": 0.75})
    shown = classified(record=given, gallery=(room(points=300), segmented(points=200)))
    # Now and then wandb itself does not write tags that were set shortly before the end of a run.
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        run = wandb.init(project="tests", dir=folder, mode="offline")
        try:
            log_exhibit(run, shown, folder)
        finally:
            run.finish()
        [kept] = offline_runs(folder)
        if kept.tags:
            break
    assert set(kept.tags) == {"oracle", "selected_on: test"}
    assert kept.summary["oracle"] is True
    assert kept.history["search/candidates"] == [0, 5, 900, 16384]
    assert kept.history["search/score"] == [0.5, 0.52, 0.55, 0.56]
    quoted = {row[1]: (row[4], row[5]) for row in kept.table("figures")["data"]}
    assert quoted == {"test/acc": (0.75, "test"), "test/acc_top5": (None, "test")}
    [found] = kept.history["clouds, found.objects"]
    boxes = json.loads(kept.file(found[0]["path"]).read_text())["boxes"]
    assert [box["label"] for box in boxes] == ["table 83 %", "picture 31 %"]
    assert np.shape([box["corners"] for box in boxes]) == (2, 8, 3)
    [truths] = kept.history["clouds, truth.objects"]
    assert len(truths) == 2
