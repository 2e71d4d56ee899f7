"""Whose folder a sweep's folder is, and where a sweep goes on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

from pointclip2.app import sweep as sweeps
from pointclip2.app.sweep import BASIC, MANIFEST, Sweep


@pytest.fixture(autouse=True)
def locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of its own for each test."""
    held: list[Any] = []
    monkeypatch.setattr(sweeps, "_held", held)
    yield
    for file in held:
        file.close()


def config(folder: Path, *overrides: str, named: bool = False, sweeper: str = BASIC) -> DictConfig:
    hydra = {
        "sweep": {"dir": str(folder)},
        "sweeper": {"_target_": sweeper},
        "job": {"config_name": "evaluate"},
        "overrides": {"task": list(overrides), "hydra": [f"hydra.sweep.dir={folder}"] if named else []},
    }
    return OmegaConf.create({"hydra": hydra, "objective": "test/acc"})


def job(folder: Path, acc: float = 0.5) -> None:
    folder.mkdir(parents=True)
    record = {"metrics": {"test/acc": acc}, "selected_on": "none", "seconds": {"total": 1.0}}
    (folder / "results.json").write_text(json.dumps(record))


def over() -> None:
    """The process has ended."""
    for file in sweeps._held:
        file.close()
    sweeps._held.clear()


def run(cfg: DictConfig, jobs: int = 2, failing: bool = False) -> Path:
    Sweep().on_multirun_start(cfg)
    folder = Path(cfg.hydra.sweep.dir)
    for number in range(jobs):
        if not (folder / str(number)).exists():
            job(folder / str(number))
    if failing:
        (folder / "0" / "results.json").unlink()
        (folder / "0" / "FAILED").write_text("ConfigError: no\n")
    Sweep().on_multirun_end(cfg)
    over()
    return folder


def test_a_sweep_ends_in_a_table_and_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run(config(tmp_path / "a", "seed=1,2"))
    assert (folder / "summary.csv").read_text().splitlines()[0] == "job,test/acc,selected_on,seconds"
    assert (folder / "summary.png").stat().st_size > 0
    assert f"summary: {folder / 'summary.csv'}" in capsys.readouterr().out


def test_the_same_sweep_goes_on_where_it_did_not_finish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = run(config(tmp_path / "a", "seed=1,2"), failing=True)
    again = config(tmp_path / "b", "seed=1,2")
    Sweep().on_multirun_start(again)
    assert Path(again.hydra.sweep.dir) == first
    assert again.hydra.overrides.hydra == [f'hydra.sweep.dir="{first}"']
    assert "1 jobs have results" in capsys.readouterr().out
    assert not (tmp_path / "b").exists()


def test_a_sweep_that_was_killed_goes_on_too(tmp_path: Path) -> None:
    Sweep().on_multirun_start(config(tmp_path / "a", "seed=1,2"))
    job(tmp_path / "a" / "0")
    over()
    again = config(tmp_path / "b", "seed=1,2")
    Sweep().on_multirun_start(again)
    assert Path(again.hydra.sweep.dir) == tmp_path / "a"


def test_a_finished_sweep_another_sweep_and_another_program_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(config(tmp_path / "a", "seed=1,2"))
    assert run(config(tmp_path / "b", "seed=1,2")) == tmp_path / "b"
    run(config(tmp_path / "c", "seed=3,4"), failing=True)
    assert run(config(tmp_path / "d", "seed=3,5")) == tmp_path / "d"
    monkeypatch.setattr(sweeps, "program_digest", lambda: "another")
    assert run(config(tmp_path / "e", "seed=3,4")) == tmp_path / "e"


def test_the_same_sweep_into_its_own_folder_goes_on_even_if_it_finished(tmp_path: Path) -> None:
    folder = run(config(tmp_path / "a", "seed=1,2", named=True))
    assert run(config(tmp_path / "a", "seed=1,2", named=True)) == folder


@pytest.mark.parametrize("sweeper", [BASIC, "mypackage.sweepers.Careful"])
def test_another_sweep_into_the_same_folder_is_refused_and_touches_nothing(
    tmp_path: Path, sweeper: str
) -> None:
    folder = run(config(tmp_path / "a", "seed=1,2", named=True))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}
    with pytest.raises(SystemExit, match=r"holds another sweep: give another hydra\.sweep\.dir"):
        Sweep().on_multirun_start(config(folder, "seed=1,3", named=True, sweeper=sweeper))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"} == before


def test_a_sweep_whose_jobs_are_not_known_beforehand_never_goes_on(tmp_path: Path) -> None:
    folder = run(config(tmp_path / "a", "seed=1,2", named=True, sweeper="mypackage.Careful"))
    with pytest.raises(SystemExit, match="holds another sweep"):
        Sweep().on_multirun_start(config(folder, "seed=1,2", named=True, sweeper="mypackage.Careful"))


def test_jobs_without_a_manifest_are_somebody_elses(tmp_path: Path) -> None:
    job(tmp_path / "a" / "0")
    with pytest.raises(SystemExit, match="holds another sweep"):
        Sweep().on_multirun_start(config(tmp_path / "a", "seed=1,2", named=True))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine")
    Sweep().on_multirun_start(config(tmp_path / "b", "seed=1,2", named=True))


def test_a_sweep_that_is_running_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sweep().on_multirun_start(config(tmp_path / "a", "seed=1,2", named=True))
    running = list(sweeps._held)
    monkeypatch.setattr(sweeps, "_held", [])  # another process
    with pytest.raises(SystemExit, match="a sweep is running into it"):
        Sweep().on_multirun_start(config(tmp_path / "a", "seed=1,2", named=True))
    beside = config(tmp_path / "b", "seed=1,2")
    Sweep().on_multirun_start(beside)
    assert Path(beside.hydra.sweep.dir) == tmp_path / "b"
    over()
    for file in running:
        file.close()


def test_without_a_job_nothing_stays_behind(tmp_path: Path) -> None:
    Sweep().on_multirun_start(config(tmp_path / "a", "seed=1,2"))
    (tmp_path / "a" / "multirun.yaml").write_text("")
    sweeps._leave(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    Sweep().on_multirun_start(config(tmp_path / "b", "seed=1,2"))
    job(tmp_path / "b" / "0")
    sweeps._leave(tmp_path / "b")
    assert (tmp_path / "b" / MANIFEST).is_file()


def test_a_torn_manifest_is_somebody_elses(tmp_path: Path) -> None:
    folder = run(config(tmp_path / "a", "seed=1,2"), failing=True)
    (folder / MANIFEST).write_text('{"finger')
    again = config(tmp_path / "b", "seed=1,2")
    Sweep().on_multirun_start(again)
    assert Path(again.hydra.sweep.dir) == tmp_path / "b"
    with pytest.raises(SystemExit, match="holds another sweep"):
        Sweep().on_multirun_start(config(folder, "seed=1,2", named=True))


def test_the_exit_status_is_that_of_all_jobs_wherever_they_ran(tmp_path: Path) -> None:
    run(config(tmp_path / "a", "seed=1,2"))
    assert sweeps.status == 0
    (tmp_path / "a" / "0" / "results.json").write_text(
        json.dumps(
            {
                "metrics": {"test/acc": 0.5},
                "selected_on": "none",
                "seconds": {"total": 1.0},
                "data": {"skipped": {"torn.ply": "empty"}},
            }
        )
    )
    run(config(tmp_path / "a", "seed=1,2", named=True))
    assert sweeps.status == 3
    run(config(tmp_path / "a", "seed=1,2", named=True), failing=True)
    assert sweeps.status == 1
