"""The processes of a run: one that dies is told, those that are left are ended, and the next run starts its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lightning.pytorch.strategies.launchers import subprocess_script

from pointclip2.app.compose import compose
from pointclip2.app.processes import watched_over
from pointclip2.app.trainers import ConfiguredTrainers
from pointclip2.errors import DataError, ProcessError

PARTED = RuntimeError("[pair.cc:547] Connection closed by peer [127.0.0.1]:1234")
"""What a process meets where it speaks to one that is gone."""


@pytest.fixture
def others() -> Iterator[list["subprocess.Popen[bytes]"]]:
    started = [subprocess.Popen(["sleep", "60"]) for _ in range(2)]
    yield started
    for process in started:
        process.kill()
        process.wait()


def begun(others: list["subprocess.Popen[bytes]"]) -> None:
    """Do what Lightning does when it has started processes."""
    subprocess_script._launch_process_observer(others)


def run(others: list["subprocess.Popen[bytes]"], error: Exception, killed: int | None = None) -> None:
    """Run what starts these, one of which may be killed, and meets an error."""
    with watched_over():
        begun(others)
        if killed is not None:
            others[killed].send_signal(signal.SIGKILL)
        raise error


def test_a_process_that_was_killed_is_told_and_the_others_end(
    others: list["subprocess.Popen[bytes]"],
) -> None:
    with pytest.raises(ProcessError, match=r"process 3 of 3 was ended by SIGKILL, .* goes on"):
        run(others, PARTED, killed=1)
    assert others[0].returncode == -signal.SIGKILL


def test_an_error_of_the_first_process_is_its_own(others: list["subprocess.Popen[bytes]"]) -> None:
    with pytest.raises(DataError, match="no shelf"):
        run(others, DataError("no shelf"))
    assert [process.returncode for process in others] == [-signal.SIGKILL] * 2


def test_a_process_that_could_not_read_all_samples_has_not_failed() -> None:
    with watched_over():
        begun([subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])])


def test_without_processes_of_its_own_a_broken_connection_is_told_in_a_line() -> None:
    with pytest.raises(ProcessError, match="another process of this run is gone"):
        run([], PARTED)


def test_the_next_run_starts_its_own_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    with watched_over():
        os.environ["LOCAL_RANK"] = "0"  # as Lightning notes
    assert "LOCAL_RANK" not in os.environ


def test_what_is_the_same_everywhere_is_done_alone(tmp_path: Path) -> None:
    words = ["trainer=cpu", "trainer.devices=4", "+trainer.strategy=ddp", f"run_dir={tmp_path}"]
    with watched_over():
        trainers = ConfiguredTrainers(compose("evaluate", words), "evaluate")
        assert (trainers.processes, trainers.rank) == (4, 0)
        assert trainers(progress=False, loggers=False).world_size == 4
        assert trainers(progress=False, loggers=False, alone=True).world_size == 1
