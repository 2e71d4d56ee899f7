"""A sweep's folder: one sweep in it, gone on with where it stopped, a table and a picture of its jobs at the end.

Light on purpose: no torch, so that Hydra can load the callback without delay.
"""

import contextlib
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from pointclip2.app.records import program_digest
from pointclip2.errors import DataError, refused_by_system
from pointclip2.sealed import DamagedError, opened, reading, sealed
from pointclip2.show.comparison import (
    FAILED,
    RESULTS,
    jobs,
    metric_fields,
    print_comparison,
    read_results,
    rows_of,
    write_csv,
)
from pointclip2.stopping import keeps
from pointclip2.writing import write_text

MANIFEST, LOCK, SUMMARY = "sweep.json", ".lock", "summary.csv"
BASIC = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
"""The sweeper whose jobs are known beforehand."""
STUDY = "hydra_plugins.pointclip2_study.StudySweeper"
"""The one that keeps what it asked for, see `pointclip2.app.study`: no other's sweeps can be gone on with."""

status = 0
"""Exit status of the sweep that ended in this process, whichever processes its jobs ran in: 0, 1 for a failed job, 3
where samples were skipped."""

_held: list[IO[str]] = []
"""Locks of this process. Not in the callback, which Hydra copies to other processes."""


class Sweep(Callback):
    """Hydra callback of a multirun.

    At the start it claims the folder. Repeating a sweep that did not finish goes on in the folder it had; each job that
    has its results there is passed over (`pointclip2.app.job.run_checked`). At the end it writes ``summary.csv`` and
    ``summary.png``.

    Raises:
        SystemExit: the folder belongs to another sweep, or to one that is running.
    """

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Claim the folder, or leave."""
        try:
            self._claim(config)
        except OSError as error:  # Hydra would only warn of it, and go on
            sys.exit(refused_by_system(error) or str(error))

    def _claim(self, config: DictConfig) -> None:
        launcher = str(OmegaConf.select(config, "hydra.launcher._target_"))
        if launcher.endswith(".SlurmLauncher"):
            _check_slurm()
        folder = Path(config.hydra.sweep.dir)
        mark = fingerprint(config)
        if not _names_folder(config) and mark is not None:
            earlier = _unfinished(folder.parent, mark)
            if earlier is not None:
                folder = earlier
                _redirect(config, folder)
        owner = _owner(folder)
        if owner is not None and (mark is None or owner != mark):
            sys.exit(
                f"{folder} holds another sweep: give another hydra.sweep.dir, or leave it out for a folder of its own"
            )
        if not _locked(folder):
            sys.exit(f"{folder}: a sweep is running into it; wait for it, or give another hydra.sweep.dir")
        # A Hydra that is made otherwise inside composes its own way.
        with contextlib.suppress(ImportError, AttributeError):
            from pointclip2.app.composition import compose_once

            compose_once()
        keeps("sweep", lambda: f"{_with_results(folder)} jobs of the sweep in {folder}")
        if owner is None:
            told = {"fingerprint": mark, "overrides": _overrides(config), "finished": False}
            _write_manifest(folder, told)
        else:
            print(f"going on with {folder}: {_with_results(folder)} jobs have results, the others run")

    def on_job_end(self, config: DictConfig, job_return: Any, **kwargs: Any) -> None:
        """Let go of a job's configuration: Hydra keeps what every job returns until the last has ended."""
        job_return.cfg = job_return.hydra_cfg = None

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Write the summary, and note whether anything is missing."""
        folder = Path(config.hydra.sweep.dir)
        finished = jobs(folder)
        if not finished:
            return
        global status
        status = _status(finished)
        rows = rows_of([folder])
        metric = _judged_by(finished, metric_fields(rows))
        print_comparison(rows, metric)
        try:
            print(f"summary: {write_csv(folder / SUMMARY, rows)}")
            told = _manifest(folder)
            if told:
                # A study was told of its failures: it does not want them again.
                studied = config.hydra.sweeper.get("_target_") == STUDY
                done = studied or not any((job / FAILED).is_file() for job in finished)
                _write_manifest(folder, {**told, "finished": done})
            from pointclip2.show.summary import draw_summary

            drawn = draw_summary(folder / "summary.png", rows, metric)
            if drawn is not None:
                print(f"picture: {drawn}")
        except OSError as error:
            status = 1
            print(refused_by_system(error) or error, file=sys.stderr)


def _with_results(folder: Path) -> int:
    return sum((job / RESULTS).is_file() for job in jobs(folder))


def _check_slurm() -> None:
    """Leave where there is no Slurm, and say what cannot be seen of one that keeps no accounts."""
    if shutil.which("srun") is None:
        sys.exit("this machine has no Slurm (no srun): start the sweep on a cluster, or take sweep=parallel")
    try:
        kept = subprocess.run(["sacct", "--noheader"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        kept = False
    if not kept:
        print(
            "this cluster keeps no accounts (sacct): a job that dies without a word is waited for; look at squeue, and "
            "stop the sweep by Ctrl-C: given again, it runs only what is missing",
            file=sys.stderr,
        )


def _status(finished: list[Path]) -> int:
    if any((job / FAILED).is_file() for job in finished):
        return 1
    records = [read_results(job / RESULTS) for job in finished]
    return 3 if any(record.get("data", {}).get("skipped") for record in records) else 0


def _judged_by(finished: list[Path], metrics: list[str]) -> str | None:
    """The metric that says which job is best: the objective of the first that has one, or the first metric."""
    for job in finished:
        with contextlib.suppress(OSError, DataError, KeyError):
            metric = read_results(job / RESULTS)["objective"]["metric"]
            if metric in metrics:
                return str(metric)
    return next(iter(metrics), None)


def fingerprint(config: DictConfig) -> str | None:
    """What a sweep is: its options and the program. None for a sweeper that would not go on with its own."""
    sweeper = config.hydra.sweeper.get("_target_")
    if sweeper not in (BASIC, STUDY):
        return None
    told = [config.hydra.job.config_name, _overrides(config), program_digest()]
    if sweeper == STUDY:
        options: Any = OmegaConf.to_container(config.hydra.sweeper)
        told.append({name: value for name, value in options.items() if name not in ("n_trials", "n_jobs")})
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:20]


def _overrides(config: DictConfig) -> list[str]:
    return [str(word) for word in OmegaConf.to_container(config.hydra.overrides.task) or []]


def _names_folder(config: DictConfig) -> bool:
    return any(str(word).lstrip("+").startswith("hydra.sweep.dir=") for word in config.hydra.overrides.hydra)


def _redirect(config: DictConfig, folder: Path) -> None:
    """Another folder, for the sweeper and for the jobs, which compose their configuration anew."""
    with read_write(config.hydra), open_dict(config.hydra):
        config.hydra.sweep.dir = str(folder)
        config.hydra.overrides.hydra.append("hydra.sweep.dir=" + json.dumps(str(folder)))


def _write_manifest(folder: Path, told: Mapping[str, Any]) -> None:
    write_text(folder / MANIFEST, json.dumps(sealed(told), indent=1) + "\n")


def _manifest(folder: Path) -> dict[str, Any] | None:
    """What the manifest of a folder says; empty where it is damaged, None where there is none."""
    path = folder / MANIFEST
    try:
        with reading(path):
            found: dict[str, Any] = opened(json.loads(path.read_text(encoding="utf-8")), path)
            found.get("fingerprint")
            return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except DamagedError as error:
        print(f"{error}: nobody knows which sweep this is, so that it is not gone on with", file=sys.stderr)
        return {}


def _manifests(parent: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folders of sweeps, the latest first."""
    for path in sorted(parent.glob(f"*/{MANIFEST}"), reverse=True):
        yield path.parent, _manifest(path.parent) or {}


def _unfinished(parent: Path, mark: str) -> Path | None:
    """The latest sweep with this fingerprint, if it did not finish and nobody is at it."""
    for folder, told in _manifests(parent):
        if told.get("fingerprint") == mark:
            return folder if not told.get("finished") and _locked(folder) else None
    return None


def _owner(folder: Path) -> str | None:
    """Fingerprint of the sweep in a folder; empty for one that is not known; None for a folder without a sweep."""
    told = _manifest(folder)
    if told is not None:
        return str(told.get("fingerprint") or "")
    if not folder.is_dir():
        return None
    others = jobs(folder) or [path for path in folder.glob("*/.hydra") if path.is_dir()]
    return "" if others else None


def _locked(folder: Path) -> bool:
    """Whether the folder is this process's now: the lock goes with the process, however it ends."""
    try:
        import fcntl
    except ImportError:  # no such lock on this system: the manifest still tells sweeps apart
        folder.mkdir(parents=True, exist_ok=True)
        return True
    if any(Path(file.name) == folder / LOCK for file in _held):
        return True
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / LOCK).open("a", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return False
    _held.append(file)
    return True


def cancel() -> None:
    """Cancel the jobs of a cluster that this process was waiting for: nobody does any more."""
    if "submitit" not in sys.modules:
        return
    from submitit.core.core import Job

    # The launcher keeps them to itself.
    for job in [one for one in gc.get_objects() if issubclass(type(one), Job)]:
        with contextlib.suppress(Exception):
            job.cancel(check=False)


def release() -> None:
    """Give up the folders that this process holds."""
    for file in _held:
        _leave(Path(file.name).parent)
        file.close()
    _held.clear()


def _leave(folder: Path) -> None:
    """Without a job, say because of an unknown option, nothing stays behind."""
    with contextlib.suppress(OSError):
        (folder / LOCK).unlink()
        left = {path.name for path in folder.iterdir()}
        if left <= {MANIFEST, "multirun.yaml"}:
            for name in left:
                os.unlink(folder / name)
            folder.rmdir()
