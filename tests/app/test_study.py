"""A study chooses the options of a sweep's jobs: what it searches, what it is told, and how it goes on."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from pointclip2.app.study import Choice, Span, StudySweeper, search_space
from pointclip2.types import ConfigError
from tests.commands import lines_of, run_command
from tests.toy import toy_folder, toy_overrides

optuna = pytest.importorskip("optuna", minversion="4")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the database's library


@pytest.mark.parametrize(
    ("word", "searched"),
    [
        ("a=interval(0.1,1)", Span(0.1, 1.0)),
        ("a=int(interval(1,8))", Span(1, 8, whole=True)),
        ("a=tag(log,interval(1e-4,1))", Span(1e-4, 1.0, log=True)),
        ("a=range(1,9)", Span(1, 8, step=1, whole=True)),
        ("a=range(0,1,0.25)", Span(0.0, 0.75, step=0.25)),
        ("a=range(9,1,-4)", Span(5, 9, step=4, whole=True)),
        ("a=x,y", Choice(("x", "y"))),
        ("a=1,null,true", Choice(("1", "null", "True"))),
        ("a=shuffle(range(3,6))", Choice(("3", "4", "5"))),
    ],
)
def test_ranges_are_read_as_hydra_means_them(word: str, searched: Span | Choice) -> None:
    parsed = OverridesParser.create().parse_overrides(["b=2", word, "~c"])
    assert search_space(parsed) == ({"a": searched}, ["b=2", "~c"])


def test_of_what_is_given_twice_the_last_holds() -> None:
    parsed = OverridesParser.create().parse_overrides(["a=1", "a=1,2", "b=interval(0,1)", "b=0.5"])
    assert search_space(parsed) == ({"a": Choice(("1", "2"))}, ["b=0.5"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a=1"], "nothing to search"),
        (["a=interval(2,1)"], "from the smaller to the larger"),
        (["a=tag(log,interval(0,1))"], "above 0"),
    ],
)
def test_a_search_that_cannot_work_is_named(words: list[str], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        search_space(OverridesParser.create().parse_overrides(words))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"direction": "up"}, "direction=up"),
        ({"direction": ["maximize", "minimize"]}, "one of maximize, minimize for each"),
        ({"sampler": "grid"}, "choose one of tpe, random, nsgaii"),
        ({"n_trials": 0}, "n_trials=0"),
    ],
)
def test_an_option_that_cannot_work_is_named(options: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        StudySweeper(**options)  # type: ignore[arg-type]


WORDS = ["data.limit=4", "view_weights=entropy", "view_weights.temperature=interval(0.1,1)"]


def sweep_of(outputs: Path) -> Path:
    [sweep] = (outputs / "sweeps").iterdir()
    return sweep


def asked(sweep: Path) -> dict[str, float]:
    """What each job was asked for."""
    return {
        path.parts[-3]: OmegaConf.load(path).view_weights.temperature
        for path in sweep.glob("*/.hydra/config.yaml")
    }


def change(folder: Path, statement: str) -> None:
    """Change something in a study behind Optuna's back."""
    with closing(sqlite3.connect(folder / "study.db")) as file:
        file.execute(statement)
        file.commit()


@pytest.mark.parametrize("damaged", [False, True])
def test_a_study_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    toy = toy_folder(tmp_path / "toy")
    whole, cut = tmp_path / "whole", tmp_path / "cut"

    def study(outputs: Path) -> tuple[int, str]:
        words = [*toy_overrides(toy, outputs), f"paths.features={tmp_path}/features", *WORDS]
        return run_command(capsys, "evaluate", "-m", "sweep=optuna", *words, "hydra.sweeper.n_trials=4")

    status, printed = study(whole)
    assert status == 0, printed
    told = OmegaConf.load(sweep_of(whole) / "optimization_results.yaml")
    accs = [
        json.loads((sweep_of(whole) / job / "results.json").read_text())["metrics"]["test/acc"]
        for job in "0123"
    ]
    assert told.best_value == max(accs)
    assert told.best_params["view_weights.temperature"] == asked(sweep_of(whole))[str(told.best_job)]
    assert f"job {told.best_job}: {told.best_value}" in printed

    from pointclip2.app import run

    original, left = run.evaluate_own, [2]

    def killed(cfg: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise SystemExit(143)  # after the trial was asked for, before it is told
        return original(cfg)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "evaluate_own", killed)
    assert study(cut)[0] == 143
    monkeypatch.undo()
    assert sorted(path.parent.name for path in sweep_of(cut).glob("*/results.json")) == ["0", "1"]
    if damaged:
        change(sweep_of(cut), "UPDATE trial_values SET value = value + 0.25 WHERE trial_id = 1")
    status, printed = study(cut)
    assert status == 0, printed
    assert printed.count("study.db is damaged (trial 0 is not as it was written)") == damaged
    assert printed.count("has its results already") == 2 * damaged
    assert asked(sweep_of(cut)) == asked(sweep_of(whole))
    assert OmegaConf.load(sweep_of(cut) / "optimization_results.yaml") == told


def test_a_failed_job_is_told_as_failed_and_two_metrics_are_weighed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        *toy_overrides(toy_folder(tmp_path / "toy"), tmp_path),
        "data.limit=4,some",
        "prompt=name,template",
    ]
    status, printed = run_command(
        capsys, "evaluate", "-m", "sweep=optuna", *words,
        "hydra.sweeper.n_trials=4", "hydra.sweeper.metrics=[test/acc,test/macc]",
        "hydra.sweeper.direction=[maximize,minimize]", "hydra.sweeper.sampler=random",
    )  # fmt: skip
    assert status == 1, printed
    told = OmegaConf.load(sweep_of(tmp_path) / "optimization_results.yaml")
    failed = list(sweep_of(tmp_path).glob("*/FAILED"))
    assert 0 < len(failed) < 4
    assert told.failed == len(failed)
    assert all(solution.params["data.limit"] == "4" for solution in told.solutions)


def test_a_study_that_cannot_be_written_any_more_is_one_line_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pointclip2.app import study

    words = [*toy_overrides(toy_folder(tmp_path / "toy"), tmp_path), *WORDS, "hydra.sweeper.n_trials=2"]
    original = study.tell

    def refused(*given: Any) -> None:
        with closing(sqlite3.connect(sweep_of(tmp_path) / "study.db", isolation_level=None)) as other:
            other.execute("ALTER TABLE trial_values RENAME TO held")
            try:
                original(*given)
            finally:
                other.execute("ALTER TABLE held RENAME TO trial_values")

    monkeypatch.setattr(study, "tell", refused)
    status, printed = run_command(capsys, "evaluate", "-m", "sweep=optuna", *words)
    assert status == 1
    assert "study.db: no such table: trial_values: what its jobs left is kept" in lines_of(printed)[-1]
    assert "Traceback" not in printed
    monkeypatch.undo()
    status, printed = run_command(capsys, "evaluate", "-m", "sweep=optuna", *words)
    assert status == 0, printed
    assert printed.count("has its results already") == 1


def test_nothing_to_search_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = run_command(capsys, "evaluate", "-m", "sweep=optuna", f"paths.outputs={tmp_path}")
    assert status == 1
    assert "sweep=optuna has nothing to search" in lines_of(printed)[-1]
    assert "Traceback" not in printed
