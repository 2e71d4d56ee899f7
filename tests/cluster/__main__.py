"""The program on a real Slurm of one machine: ``python -m tests.cluster``, as root on Debian; see ``slurm.sh``.

A sweep of four jobs, a run of two tasks, a job that is killed and one that is pre-empted on their way: each has to come
to what it comes to without a cluster. Prints a line each; exit status 1 if any fell short, 3 where Slurm cannot be had.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.campaigns.processes import left
from tests.places import ROOT
from tests.toy import toy_folder, toy_overrides

SCRIPT = str(Path(__file__).with_name("slurm.sh"))
SWEEP = ["-m", "sweep=slurm", "hydra.launcher.cpus_per_task=1", "hydra.launcher.timeout_min=30"]
EPOCHS = 4000
"""Of a training that is still at it when it is interrupted."""


class Cluster:
    """Commands on the cluster that `slurm.sh` set up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = toy_folder(folder / "model")
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
            "SLURM_CONF": f"{os.environ.get('SLURM_TEST_FOLDER', '/tmp/pointclip2-slurm')}/slurm.conf",
        }

    def words(self, outputs: Path, program: str, *more: str) -> list[str]:
        """Return a command on toys that leaves everything in a folder."""
        toy = [
            word
            for word in toy_overrides(self.model, outputs)
            if program == "evaluate" or "prompt" not in word
        ]
        flags = [word for word in more if word.startswith("-")]
        rest = [word for word in more if word not in flags]
        return [sys.executable, f"{program}.py", *flags, *toy, f"paths.features={outputs}/features", *rest]

    def done(self, *words: str) -> str:
        """Run a command, and return what it printed.

        Raises:
            RuntimeError: its status is not 0.
        """
        done = subprocess.run(
            words, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"status {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout + done.stderr

    def sweep(self, outputs: Path) -> Path:
        """Return the folder of the sweep in these outputs."""
        [found] = (outputs / "sweeps").iterdir()
        return found


def four_jobs(cluster: Cluster) -> str:
    """A sweep of four jobs; each has the figures that the same sweep has on this machine alone."""
    here, there = cluster.folder / "four-here", cluster.folder / "four-there"
    chosen = ["data.limit=6", "prompt=name,template", "view_weights=uniform,entropy"]
    cluster.done(*cluster.words(here, "evaluate", "-m", *chosen))
    cluster.done(*cluster.words(there, "evaluate", *SWEEP, *chosen))
    for job in map(str, range(4)):
        one, other = (left(cluster.sweep(outputs) / job) for outputs in (here, there))
        if one != other or "results.json" not in one:
            raise RuntimeError(f"job {job} is not the same: {sorted(one)} {sorted(other)}")
    ran = sorted(path.name for path in (cluster.sweep(there) / ".submitit").glob("*_?"))
    return f"four jobs ran as {', '.join(ran)}, each with the result it has without a cluster"


def two_tasks(cluster: Cluster) -> str:
    """A run of two tasks, under srun; its result is that of one process."""
    results = []
    for tasks in (1, 2):
        outputs = cluster.folder / f"tasks-{tasks}"
        ddp = ["trainer.devices=2", "+trainer.strategy=ddp"] if tasks == 2 else []
        srun = ["srun", "-n2", "--ntasks-per-node=2", "--kill-on-bad-exit=1"] if tasks == 2 else []
        more = ["data.limit=9", "features.shard_size=2", f"run_dir={outputs}/run", *ddp]
        printed = cluster.done(*srun, *cluster.words(outputs, "evaluate", *more))
        if tasks == 2 and "MEMBER: 2/2" not in printed:
            raise RuntimeError(f"there were no two processes: {printed[-500:]}")
        results.append(left(outputs))
    if results[0] != results[1]:
        raise RuntimeError(
            f"not the same: {[name for name in results[0] if results[0][name] != results[1].get(name)]}"
        )
    return f"two tasks of srun came to the {len(results[0])} files of one process"


def interrupted(how: str) -> Callable[[Cluster], str]:
    """A few-shot training in a job that is interrupted on its way, and put back into the queue."""

    def check(cluster: Cluster) -> str:
        more = ["data.shots=2", f"adapter.recipe.epochs={EPOCHS}", "data.limit=9"]
        whole = cluster.folder / "whole"
        if not whole.exists():
            cluster.done(*cluster.words(whole, "train", *more, f"run_dir={whole}/run"))
        outputs = cluster.folder / how
        with (cluster.folder / f"{how}.log").open("w") as log:
            sweep = subprocess.Popen(
                cluster.words(outputs, "train", *SWEEP, *more, "seed=0,1"),
                cwd=ROOT, env=cluster.environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                saved = _awaited(lambda: sorted((outputs / "unfinished").glob("*/last.ckpt")), sweep)
                job = min(
                    path.name
                    for path in (cluster.sweep(outputs) / ".submitit").iterdir()
                    if "_0" in path.name
                )
                if how == "requeued":
                    cluster.done("scontrol", "requeue", job)
                else:
                    cluster.done("scancel", "--signal=USR2", job)
                status = sweep.wait(timeout=900)
            finally:
                if sweep.poll() is None:
                    sweep.kill()
        if status != 0:
            raise RuntimeError(
                f"the sweep ended with {status}: {(cluster.folder / f'{how}.log').read_text()[-1500:]}"
            )
        folder = cluster.sweep(outputs)
        told = "".join(path.read_text() for path in (folder / ".submitit" / job).glob("*_log.out"))
        if told.count("Starting with JobEnvironment") != 2 or "Restor" not in told:
            raise RuntimeError(f"job {job} did not go on: {told[-1500:]}")
        one, other = (left(run)["adapter.safetensors"] for run in (whole / "run", folder / "0"))
        if one != other:
            raise RuntimeError("the adapter is not that of a training that nobody interrupted")
        return f"job {job} was {how} at a checkpoint ({len(saved)} trainings were at work), went on, same adapter"

    return check


def _awaited(found: Callable[[], Sequence[Path]], process: "subprocess.Popen[bytes]") -> Sequence[Path]:
    until = time.monotonic() + 300
    while not found() and time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the sweep ended with {process.poll()} before it was interrupted")
        time.sleep(0.2)
    return found()


CHECKS: dict[str, Callable[[Cluster], str]] = {
    "a sweep of four jobs": four_jobs,
    "two tasks": two_tasks,
    "pre-empted": interrupted("preempted"),
    "requeued": interrupted("requeued"),
}


def main() -> int:
    """Set the cluster up, run all checks, take it down; the exit status."""
    made = subprocess.run([SCRIPT, "up"], check=False).returncode
    if made != 0:
        return made
    survived = 0
    try:
        with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
            cluster = Cluster(Path(folder))
            for name, check in CHECKS.items():
                try:
                    print(f"ok: {name}: {check(cluster)}", flush=True)
                    survived += 1
                except (RuntimeError, subprocess.TimeoutExpired, ValueError) as error:
                    print(f"FELL SHORT: {name}: {error}", flush=True)
    finally:
        subprocess.run([SCRIPT, "down"], check=False)
    what = "a sweep of four jobs, a two-task run, a pre-emption and a requeue that resume, on a real Slurm"
    print(json.dumps({"campaign": "cluster", "tried": len(CHECKS), "survived": survived, "what": what}))
    return int(survived < len(CHECKS))


if __name__ == "__main__":
    sys.exit(main())
