"""Trials of a study: their checksums, and what a job came to."""

import json
import math
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pointclip2.app.trials import note_asked, open_study, tell, values_of
from pointclip2.errors import ConfigError
from pointclip2.sealed import sealed

optuna = pytest.importorskip("optuna", minversion="4")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the database's library


def told(folder: Path, storage: str | None = None) -> Any:
    """Return a study of two trials that came to something, one that failed, and one under way."""
    study = open_study(folder, "own", ["maximize"], storage)
    for values in ([0.5], [0.7], None, []):
        trial = study.ask()
        trial.suggest_float("a", 0, 1)
        trial.suggest_categorical("b", ("x", "y"))
        note_asked(trial)
        if values != []:
            tell(study, trial, values)
    return study


def trials(folder: Path, storage: str | None = None) -> list[Any]:
    """Return what a study holds when it is opened again."""
    study = open_study(folder, "own", ["maximize"], storage)
    return [(trial.state.name, trial.params, trial.values) for trial in study.get_trials()]


def change(path: Path, statement: str) -> None:
    """Change something behind Optuna's back."""
    with closing(sqlite3.connect(path)) as file:
        file.execute(statement)
        file.commit()


def in_a_page(path: Path) -> None:
    """Turn over a byte of a page that holds rows."""
    content = bytearray(path.read_bytes())
    place = content.rindex(b"COMPLETE")
    content[place - 30] ^= 0x40
    path.write_bytes(content)


SPAN = "distribution_json"
DAMAGES: dict[str, Callable[[Path], object]] = {
    "value": lambda path: change(path, "UPDATE trial_values SET value = 0.9 WHERE trial_id = 1"),
    "option": lambda path: change(path, "UPDATE trial_params SET param_value = 0.1 WHERE trial_id = 2"),
    "of one under way": lambda path: change(path, "UPDATE trial_params SET param_value = 0.1 WHERE trial_id = 4"),
    "span": lambda path: change(path, f"UPDATE trial_params SET {SPAN} = replace({SPAN}, '1.', '2.')"),
    "state": lambda path: change(path, "UPDATE trials SET state = 'FAIL' WHERE trial_id = 1"),
    "no state": lambda path: change(path, "UPDATE trials SET state = 'COMPLETF' WHERE trial_id = 1"),
    "trial gone": lambda path: change(path, "DELETE FROM trials WHERE trial_id = 2"),
    "checksum gone": lambda path: change(path, "DELETE FROM trial_user_attributes WHERE trial_id = 1"),
    "table gone": lambda path: change(path, "DROP TABLE trial_values"),
    "page": in_a_page,
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:50_000]),
    "garbage": lambda path: path.write_bytes(b"no database" * 1000),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "a link to itself": lambda path: (path.unlink(), path.symlink_to(path.name)),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_study_that_was_damaged_is_told_and_begun_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    told(tmp_path)
    DAMAGES[damage](tmp_path / "study.db")
    assert trials(tmp_path) == []
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{tmp_path / 'study.db'} is damaged (")
    assert line.endswith("): the study is put together again from what its jobs left")
    assert os.path.lexists(tmp_path / "study.db.damaged")
    told(tmp_path)
    assert len(trials(tmp_path)) == 4


def test_a_study_as_it_was_written_is_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(tmp_path)
    before = trials(tmp_path)
    assert [(state, values) for state, _, values in before] == [
        ("COMPLETE", [0.5]), ("COMPLETE", [0.7]), ("FAIL", None), ("RUNNING", None),
    ]  # fmt: skip
    assert trials(tmp_path) == before
    assert capsys.readouterr().err == ""


def test_a_study_in_a_storage_of_the_users_own_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    storage = f"sqlite:///{path}"
    told(tmp_path, storage)
    study = open_study(tmp_path, "own", ["maximize"], storage)
    study.tell(study.ask(), 0.1)  # by another program, without a checksum
    assert len(trials(tmp_path, storage)) == 5
    DAMAGES["value"](path)
    with pytest.raises(ConfigError, match=r"mine\.db: DataError: trial 0 is not as it was written"):
        trials(tmp_path, storage)
    assert path.is_file()


def test_a_place_that_cannot_be_written_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path)

    def full(**options: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(optuna, "create_study", full)
        with pytest.raises(ConfigError, match="disk is full"):
            trials(tmp_path)
    assert len(trials(tmp_path)) == 4


@pytest.mark.parametrize("objective", [math.nan, math.inf, None, "0.5"])
def test_a_job_whose_objective_is_no_number_has_failed(tmp_path: Path, objective: object) -> None:
    assert values_of(tmp_path, objective) is None


def test_a_job_came_to_its_objective_or_to_the_metrics_that_are_asked_for(tmp_path: Path) -> None:
    assert values_of(tmp_path, 1) == [1.0]
    assert values_of(tmp_path, 0.5, ["b"]) is None  # it left no results
    record = sealed({"schema": 3, "metrics": {"a": 0.25, "b": 1, "c": None}})
    (tmp_path / "results.json").write_text(json.dumps(record))
    assert values_of(tmp_path, 0.5) == [0.5]
    assert values_of(tmp_path, math.nan, ["b", "a"]) == [1.0, 0.25]
    assert values_of(tmp_path, 0.5, ["a", "c"]) is None
    with pytest.raises(ConfigError, match=r"a job has no d, e; it has a, b, c$"):
        values_of(tmp_path, 0.5, ["d", "a", "e"])
    record["metrics"]["a"] = 0.5
    (tmp_path / "results.json").write_text(json.dumps(record))
    assert values_of(tmp_path, 0.5, ["a"]) is None  # they are damaged
