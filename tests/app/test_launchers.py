"""Every way to sweep is launched for real: workers, submitted jobs. A failed job of any is status 1."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from joblib.externals.loky import get_reusable_executor

from tests.commands import lines_of, run_command
from tests.places import ROOT
from tests.processes import start
from tests.toy import toy_folder, toy_overrides

PLUGIN = ROOT / "tests" / "plugin_package"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture(autouse=True)
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Other processes find the package and the plug-in, and end with the test."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(PLUGIN)]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.syspath_prepend(str(PLUGIN))
    yield
    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def sweep_of(outputs: Path) -> Path:
    [sweep] = (outputs / "sweeps").iterdir()
    return sweep


def summary(sweep: Path) -> str:
    return (sweep / "summary.csv").read_text()


# Workers have nothing but what is sent to them, and the libraries of this process.
FORKING = """
import sys, warnings
from joblib.externals.loky.backend.context import set_start_method
from pointclip2.app.cli import main
warnings.filterwarnings("ignore", "`fork` start method")
set_start_method("fork")
sys.exit(main(sys.argv[1:]))
"""


def test_two_jobs_at_a_time(toy: Path, tmp_path: Path) -> None:
    words = [*toy_overrides(toy, tmp_path), "data.limit=4", "prompt=name,template"]
    done = start("-c", FORKING, "evaluate", "-m", "sweep=parallel", *words, cwd=ROOT).done()
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    sweep = sweep_of(tmp_path)
    assert [(sweep / job / "results.json").is_file() for job in ("0", "1")] == [True, True]
    assert summary(sweep).count("\n") == 3
    assert f"summary: {sweep / 'summary.csv'}" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "word"), [("evaluate", "data.limit=some,all"), ("train", "data.shots=few,many")]
)
def test_failed_jobs_in_other_processes_are_status_1(
    program: str, word: str, toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in toy_overrides(toy, tmp_path) if program == "evaluate" or "paths" in word]
    status, printed = run_command(capsys, program, "-m", "sweep=parallel", *words, word)
    assert status == 1
    sweep = sweep_of(tmp_path)
    assert all("number is wanted" in (sweep / job / "FAILED").read_text() for job in ("0", "1"))
    assert "Traceback" not in printed


def test_submitted_jobs_know_the_plugins_and_one_may_fail(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in toy_overrides(toy, tmp_path) if not word.startswith("backbone.weights")]
    chosen = [
        "plugins=[pointclip2_plugin_example]",
        "projector=silhouette",
        "backbone.weights=random,nowhere.pt",
    ]
    launcher = ["sweep=slurm", "hydra/launcher=submitit_local"]
    status, printed = run_command(capsys, "evaluate", "-m", *launcher, *words, *chosen, "data.limit=4")
    assert status == 1
    sweep = sweep_of(tmp_path)
    assert (sweep / "0" / "results.json").is_file(), printed
    assert "backbone.weights=nowhere.pt: no such file" in (sweep / "1" / "FAILED").read_text()
    assert "nowhere.pt" in summary(sweep)


SRUN = """
while [[ $1 == --* ]]; do [[ $1 == --unbuffered ]] && shift || shift 2; done
exec "$@"
"""
SBATCH = """
cp "$1" "$(dirname "$0")/submitted"
export SLURM_JOB_ID=7 SLURM_ARRAY_JOB_ID=7 SLURM_NTASKS=1 SLURM_JOB_NUM_NODES=1
export SLURM_NODEID=0 SLURM_PROCID=0 SLURM_LOCALID=0
for task in 0 1; do SLURM_ARRAY_TASK_ID=$task bash "$1" > /dev/null 2>&1 & done
echo "Submitted batch job 7"
"""
REFUSED = """
echo "sbatch: error: Batch job submission failed: Requested node configuration is not available" >&2
exit 1
"""
SACCT = """
printf 'JobID|State|NodeList\\n7_[0-1]|RUNNING|here\\n'
"""


def slurm(folder: Path, monkeypatch: pytest.MonkeyPatch, sbatch: str) -> Path:
    """Slurm's programs, as far as a submission needs them, first on the path."""
    folder.mkdir()
    for name, text in {"srun": SRUN, "sbatch": sbatch, "sacct": SACCT}.items():
        (folder / name).write_text(f"#!/bin/bash{text}")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder


def test_a_job_asks_slurm_for_no_more_than_was_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = slurm(tmp_path / "bin", monkeypatch, SBATCH)
    words = [f"paths.outputs={tmp_path}", "data.limit=some,all", "hydra.launcher.partition=night"]
    status, printed = run_command(capsys, "evaluate", "-m", "sweep=slurm", *words)
    assert status == 1
    sweep = sweep_of(tmp_path)
    assert all("number is wanted" in (sweep / job / "FAILED").read_text() for job in ("0", "1")), printed
    asked = [line for line in (programs / "submitted").read_text().splitlines() if line.startswith("#SBATCH")]
    assert "#SBATCH --partition=night" in asked
    assert not [line for line in asked if "gpu" in line or "mem" in line]


def test_a_cluster_that_refuses_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slurm(tmp_path / "bin", monkeypatch, REFUSED)
    words = ["sweep=slurm", f"paths.outputs={tmp_path}", "seed=1,2", "hydra.launcher.gpus_per_node=9"]
    status, printed = run_command(capsys, "evaluate", "-m", *words)
    assert status == 1
    assert "Requested node configuration is not available" in lines_of(printed)[-1]
    assert "Traceback" not in printed


def test_without_slurm_there_is_one_line(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    status, printed = run_command(
        capsys, "evaluate", "-m", "sweep=slurm", f"paths.outputs={tmp_path}", "seed=1,2"
    )
    assert status == 1
    assert lines_of(printed) == [
        "this machine has no Slurm (no srun): start the sweep on a cluster, or take sweep=parallel"
    ]
    assert not (tmp_path / "sweeps").exists()
