"""Searches through ``pointclip2.app.run.evaluate``, on small data and a toy CLIP."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pointclip2.app.run import Result, evaluate
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.show.comparison import rows_of
from pointclip2.types import ConfigError, DataError
from tests.commands import run_command
from tests.toy import composed, toy_folder, toy_overrides

SMALL = ("data.classes=[chair,table,lamp,car]", "data.per_class={train: 10, val: 1, test: 6}")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests: what is encoded once need not be again."""
    return tmp_path_factory.mktemp("out")


def run(toy: Path, outputs: Path, *more: str) -> Result:
    return evaluate(composed("evaluate", [*toy_overrides(toy, outputs), *SMALL, *more]))


def record_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def test_a_holdout_search_sees_the_train_split_and_reports_test_once_before_and_after(
    toy: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uniform = run(toy, outputs)
    capsys.readouterr()
    result = run(toy, outputs, "search=grid")
    record = record_of(result)
    search = record["search"]
    assert (search["name"], search["split"], search["data_split"], search["n"]) == (
        "grid",
        "holdout",
        "train",
        8,
    )
    assert (
        record["selected_on"] == record["view_weights"]["selected_on"] == search["selected_on"] == "holdout"
    )
    assert search["before"] == uniform.metrics
    assert search["score"]["after"] >= search["score"]["before"]
    assert search["evaluations"] == 4**10
    assert search["history"][-1]["score"] == search["score"]["after"]
    assert "selected on holdout" in record["protocol"]
    printed = capsys.readouterr().out
    assert "before search=grid" in printed
    assert "selected on holdout" in printed
    assert "TEST" not in printed


def test_an_oracle_is_marked_wherever_it_stands(
    toy: Path, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(toy, outputs, "search=coordinate", "search.split=test_oracle")
    record = record_of(result)
    assert record["selected_on"] == record["search"]["selected_on"] == "test"
    # Searched on what is measured: the score of the search is the figure.
    assert record["metrics"]["test/acc"] == pytest.approx(record["search"]["score"]["after"])
    assert "SELECTED ON THE TEST LABELS" in record["protocol"]
    assert "(selected on TEST labels)" in capsys.readouterr().out
    assert rows_of([result.run_dir])[0]["selected_on"] == "test"


def test_found_weights_and_sentences_are_read_back_with_the_same_figures(toy: Path, outputs: Path) -> None:
    weights = run(toy, outputs, "search=grid", "search.split=train", "prompt=bank")
    path = weights.run_dir / "view_weights.json"
    again = run(toy, outputs, "view_weights=file", f"view_weights.path={path}", "prompt=bank")
    assert again.metrics == weights.metrics
    assert record_of(again)["selected_on"] == "train"

    for search in ("prompts", "sentence_weights"):
        found = run(toy, outputs, f"search={search}", "prompt=bank")
        path = found.run_dir / "prompts.json"
        again = run(toy, outputs, "prompt=file", f"prompt.path={path}")
        assert again.metrics == found.metrics
        assert record_of(again)["selected_on"] == record_of(found)["selected_on"]
        assert "search" not in record_of(again)


def test_without_labels_only_the_evaluated_shapes_are_seen(
    toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run(toy, outputs, "search=mutual_information")
    record = record_of(plain)
    assert (record["search"]["data_split"], record["search"]["n"]) == ("test", 24)
    assert record["selected_on"] == "label_free"
    assert record["search"]["score"]["of"] == "information"

    # Whatever the labels are, the same is found.
    from pointclip2.worlds.shapes.world import ShapesSplit

    original = ShapesSplit.__init__

    def turned(self: Any, *args: Any) -> None:
        original(self, *args)
        self.labels = [(label + 1) % 4 for label in self.labels]

    monkeypatch.setattr(ShapesSplit, "__init__", turned)
    monkeypatch.setattr(ShapesSplit, "shape", None)  # cached features are enough
    again = record_of(run(toy, outputs, "search=mutual_information"))
    assert again["view_weights"]["values"] == record["view_weights"]["values"]


def test_searching_again_encodes_nothing(toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(toy, outputs, "search=prompts", "prompt=templates")

    def never(*_: Any) -> torch.Tensor:
        raise AssertionError("everything is cached")

    monkeypatch.setattr(OpenClipBackbone, "encode_views", never)
    monkeypatch.setattr(OpenClipBackbone, "encode_text", never)
    run(toy, outputs, "search=prompts", "prompt=templates", "search.passes=1")


def test_what_cannot_be_searched_is_known_before_anything_is_encoded(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> torch.Tensor:
        raise AssertionError("nothing should be encoded")

    monkeypatch.setattr(OpenClipBackbone, "encode_views", never)
    for words, error, message in (
        (["search=grid", "data.split=train"], ConfigError, "what was searched"),
        (["search=grid", "search.split=label_free"], ConfigError, "scores by labels"),
        (["search=mutual_information", "search.split=test_oracle"], ConfigError, "looks at no label"),
        (["search=grid", "search.split=nothing"], ConfigError, "choose one of train, holdout"),
    ):
        with pytest.raises(error, match=message):
            run(toy, tmp_path, *words)


def test_a_data_set_without_a_train_split_names_the_choices(toy: Path, tmp_path: Path) -> None:
    for label in ("chair", "table"):
        (tmp_path / "clouds" / label).mkdir(parents=True)
        for number in range(3):
            points = np.random.default_rng(number).random((64, 3))
            np.save(tmp_path / "clouds" / label / f"{number}.npy", points)
    words = [*toy_overrides(toy, tmp_path / "out"), "data=folder", f"data.path={tmp_path / 'clouds'}"]
    with pytest.raises(DataError, match=r"no train split.*label_free.*test_oracle"):
        evaluate(composed("evaluate", [*words, "search=grid"]))
    oracle = evaluate(composed("evaluate", [*words, "search=grid", "search.split=test_oracle"]))
    assert record_of(oracle)["selected_on"] == "test"
    free = evaluate(composed("evaluate", [*words, "search=mutual_information"]))
    assert record_of(free)["selected_on"] == "label_free"


def test_a_rig_of_one_view_has_nothing_to_search(toy: Path, outputs: Path) -> None:
    result = run(toy, outputs, "projector/rig=ring", "projector.rig.views=1", "search=grid")
    assert record_of(result)["view_weights"]["values"] == [1.0]


def test_a_full_disk_costs_the_log_and_not_the_figures(
    toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from lightning.pytorch.loggers import CSVLogger

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CSVLogger, "save", full)
    result = run(toy, outputs, "logger=csv")
    assert record_of(result)["metrics"] == result.metrics != {}
    assert caplog.text.count("CSVLogger: logging has failed ([Errno 28] No space left on device)") == 1


def test_results_that_cannot_be_written_are_at_least_printed(
    toy: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import pointclip2.app.run

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pointclip2.app.run, "write_results", full)
    with pytest.raises(DataError, match=r"results\.json could not be written \(No space left on device\)"):
        run(toy, outputs)
    assert "top-1" in capsys.readouterr().out


def test_a_run_whose_disk_is_full_puts_its_results_where_there_is_room(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import pointclip2.app.run

    write = pointclip2.app.run.write_results

    def full(folder: Path, record: Any) -> Any:
        if folder.parent.name == "runs":
            raise OSError(28, "No space left on device")
        return write(folder, record)

    monkeypatch.setattr(pointclip2.app.run, "write_results", full)
    with pytest.raises(
        DataError, match=r"could not be written \(No space left on device\): it lies in "
    ) as told:
        run(toy, tmp_path)
    assert "top-1" in capsys.readouterr().out
    [results] = tmp_path.glob("pointclip2-*/results.json")
    assert str(results.parent) in str(told.value)


# As a command.


@pytest.mark.slow
def test_repeating_a_sweep_runs_only_what_is_missing(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["evaluate", "--multirun", *toy_overrides(toy, tmp_path), *SMALL]
    late = f"backbone.weights=random,{tmp_path / 'late.safetensors'}"
    status, _ = run_command(capsys, *common, "search=none,coordinate", late)
    assert status == 1
    [sweep] = (tmp_path / "sweeps").iterdir()
    done = sorted(path.parent.name for path in sweep.glob("*/results.json"))
    assert done == ["0", "1"]
    assert sorted(path.parent.name for path in sweep.glob("*/FAILED")) == ["2", "3"]
    times = {path: path.stat().st_mtime_ns for path in sweep.glob("*/results.json")}
    status, printed = run_command(capsys, *common, "search=none,coordinate", late)
    assert status == 1
    assert list((tmp_path / "sweeps").iterdir()) == [sweep]
    assert {path: path.stat().st_mtime_ns for path in sweep.glob("*/results.json")} == times
    assert printed.count("has its results already") == 2
    status, printed = run_command(capsys, *common, "seed=1,2", f"hydra.sweep.dir={sweep}")
    assert status == 1
    assert "holds another sweep" in printed
    assert {path: path.stat().st_mtime_ns for path in sweep.glob("*/results.json")} == times


def test_a_sweep_over_an_unknown_option_leaves_nothing(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["evaluate", "--multirun", *toy_overrides(toy, tmp_path), *SMALL]
    status, printed = run_command(capsys, *common, "search.nothing=1,2")
    assert status == 1
    assert "search.nothing" in printed
    assert "Traceback" not in printed
    assert not list((tmp_path / "sweeps").glob("*"))
