"""A command that is told to stop: its status, what it leaves, and that the same command goes on."""

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from pointclip2.app import run as runs
from tests.commands import run_command
from tests.places import ROOT
from tests.processes import Process, start
from tests.toy import toy_folder, toy_overrides


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def test_a_sweep_stops_at_once_its_job_has_not_failed_and_the_same_command_goes_on(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["evaluate", "-m", *toy_overrides(toy, tmp_path), "data.limit=4", "seed=1,2,3"]
    whole, jobs = runs.evaluate_own, []

    def told(cfg: Any) -> Any:
        jobs.append(cfg.seed)
        if cfg.seed == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        return whole(cfg)

    with monkeypatch.context() as patched:
        patched.setattr(runs, "evaluate_own", told)
        status, printed = run_command(capsys, *words)
    assert status == 143
    assert jobs == [1, 2]
    [sweep] = (tmp_path / "sweeps").iterdir()
    assert "Traceback" not in printed
    assert (
        f"stopped by SIGTERM, nothing is left half written; kept: 1 jobs of the sweep in {sweep}" in printed
    )
    assert not list(sweep.rglob("FAILED"))
    status, printed = run_command(capsys, *words)
    assert status == 0
    assert f"going on with {sweep}: 1 jobs have results" in printed
    assert [(sweep / str(job) / "results.json").is_file() for job in range(3)] == [True] * 3


def test_a_training_that_is_stopped_goes_on_after_its_last_epoch_and_ends_alike(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pointclip2.tasks.few_shot.module import FewShotModule

    def words(outputs: Path) -> list[str]:
        few = ["data.shots=2", "data.classes=[chair,table]", "adapter.recipe.epochs=30"]
        return ["train", *(word for word in toy_overrides(toy, outputs) if word != "prompt=name"), *few]

    def made(outputs: Path) -> dict[str, list[Any]]:
        [path] = outputs.glob("runs/*/adapter.safetensors")
        return {name: column.tolist() for name, column in load_file(path).items()}

    epochs: list[int] = []
    step = FewShotModule.training_step

    def told(self: FewShotModule, *arguments: Any) -> Any:
        epochs.append(self.current_epoch)
        if self.current_epoch == 7 and len(epochs) < 9:
            os.kill(os.getpid(), signal.SIGINT)
        return step(self, *arguments)

    monkeypatch.setattr(FewShotModule, "training_step", told)
    status, printed = run_command(capsys, *words(tmp_path / "one"))
    assert status == 130, printed
    assert "8 of 30 epochs of the training" in printed
    assert "Traceback" not in printed
    assert run_command(capsys, *words(tmp_path / "one"))[0] == 0
    assert epochs == list(range(30))
    assert run_command(capsys, *words(tmp_path / "two"))[0] == 0
    assert made(tmp_path / "one") == made(tmp_path / "two")


def test_a_job_that_lacked_a_sample_for_the_moments_sake_runs_again(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pointclip2.worlds.shapes.world import ShapesSplit

    words = ["evaluate", "-m", *toy_overrides(toy, tmp_path), "data.limit=4", "seed=1"]
    whole = ShapesSplit.shape

    def refused(self: Any, index: int) -> Any:
        if index == 2:
            raise MemoryError
        return whole(self, index)

    with monkeypatch.context() as patched:
        patched.setattr(ShapesSplit, "shape", refused)
        status, printed = run_command(capsys, *words)
    assert status == 3
    assert "just now" in printed
    sweep = next((tmp_path / "sweeps").iterdir())
    again = f"hydra.sweep.dir={sweep}"
    assert run_command(capsys, *words, again)[0] == 0
    record = json.loads((sweep / "0" / "results.json").read_text())
    assert (record["data"]["n"], record["data"]["skipped"]) == (4, {})
    assert "has its results already" in run_command(capsys, *words, again)[1]


FORKING = """
import sys, warnings
from joblib.externals.loky.backend.context import set_start_method
from pointclip2.app.cli import main
warnings.filterwarnings("ignore", "`fork` start method")
set_start_method("fork")
sys.exit(main(sys.argv[1:]))
"""


def until(happened: Any, process: Process) -> None:
    """Wait for something that a process does."""
    limit = time.monotonic() + 90
    while not happened():
        if time.monotonic() > limit:
            os.kill(process.number, signal.SIGKILL)
            done = process.done()
            raise AssertionError(done.stdout + done.stderr)
        time.sleep(0.02)


def offspring(number: int) -> list[int]:
    """Processes below one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            own, parent = re.match(r"(\d+) \(.*\) \S (\d+)", stat.read_text(), re.DOTALL).groups()  # type: ignore[union-attr]
        except OSError:
            continue
        if int(parent) == number:
            found += [int(own), *offspring(int(own))]
    return found


@pytest.mark.slow
def test_a_parallel_sweep_ends_with_its_workers(toy: Path, tmp_path: Path) -> None:
    words = [*toy_overrides(toy, tmp_path), "data.limit=40", "seed=1,2,3,4,5,6"]
    process = start("-c", FORKING, "evaluate", "-m", "sweep=parallel", *words, cwd=ROOT)
    until(lambda: list(tmp_path.glob("sweeps/*/*/results.json")), process)
    workers, begun = offspring(process.number), time.monotonic()
    assert workers
    os.kill(process.number, signal.SIGTERM)
    done = process.done()
    assert done.returncode == 143, done.stdout + done.stderr
    assert time.monotonic() - begun < 3
    time.sleep(0.1)
    assert not [number for number in workers if Path(f"/proc/{number}/exe").exists()]
    assert not list(tmp_path.rglob("FAILED"))
    assert start("-c", FORKING, "evaluate", "-m", "sweep=parallel", *words, cwd=ROOT).done().returncode == 0
    assert len(list(tmp_path.glob("sweeps/*/*/results.json"))) == 6


SUBMITTED = ["sweep=slurm", "hydra/launcher=submitit_local", "seed=1,2"]


def submitted(folder: Path, process: Process) -> list[int]:
    """Processes of jobs that have begun to train."""
    until(lambda: len(list(folder.rglob("unfinished/*/last.ckpt"))) == 2, process)
    return [
        number
        for number in offspring(process.number)
        if b"submitit.core._submit" in Path(f"/proc/{number}/cmdline").read_bytes()
    ]


def training(toy: Path, outputs: Path) -> list[str]:
    few = ["data.shots=2", "data.classes=[chair,table]", "adapter.recipe.epochs=1500"]
    words = [word for word in toy_overrides(toy, outputs) if word != "prompt=name"]
    return ["-m", "pointclip2", "train", "-m", *SUBMITTED, *words, *few]


@pytest.mark.slow
def test_a_clusters_job_that_makes_room_for_another_is_put_into_the_queue_again_and_goes_on(
    toy: Path, tmp_path: Path
) -> None:
    process = start(*training(toy, tmp_path), cwd=ROOT, PYTHONPATH=str(ROOT))
    for number in submitted(tmp_path, process):
        os.kill(number, signal.SIGUSR2)
    done = process.done()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(tmp_path.glob("sweeps/*/*/results.json"))) == 2
    logs = [path.read_text() for path in tmp_path.rglob("*_log.out")]
    assert sum("Requeued job" in text or "Exiting gracefully" in text for text in logs) or logs
    assert not list(tmp_path.rglob("FAILED"))


@pytest.mark.slow
def test_a_sweep_that_is_stopped_cancels_its_jobs(toy: Path, tmp_path: Path) -> None:
    process = start(*training(toy, tmp_path), cwd=ROOT, PYTHONPATH=str(ROOT))
    workers = submitted(tmp_path, process)
    os.kill(process.number, signal.SIGTERM)
    done = process.done()
    assert done.returncode == 143, done.stdout + done.stderr
    time.sleep(2.5)
    assert not [number for number in workers if Path(f"/proc/{number}/exe").exists()]
    assert not list(tmp_path.rglob("FAILED"))
