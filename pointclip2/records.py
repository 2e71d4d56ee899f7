"""What a run leaves behind: ``results.json``, written last and in one step, and the summary of a sweep.

Light on purpose: no torch, so that Hydra can load the callback without delay.
"""

import csv
import hashlib
import json
import logging
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from pointclip2 import __version__

log = logging.getLogger(__name__)

PACKAGES = ("torch", "lightning", "hydra-core", "open_clip_torch", "torchmetrics", "numpy")
RESULTS = "results.json"
FAILED = "FAILED"
# Not part of what was computed: where it was written and how it was shown.
PLACES = ("run_dir", "group", "logger", "callbacks", "hydra", "pictures", "report", "paths")


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step: it is whole or it is not there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_results(run_dir: Path, results: Mapping[str, Any]) -> Path:
    """``results.json``: its presence means that the run is complete."""
    path = run_dir / RESULTS
    write_text(path, json.dumps(results, indent=2, allow_nan=False) + "\n")
    return path


def write_predictions(path: Path, rows: Sequence[Mapping[str, Any]], k: int) -> None:
    """``predictions.csv``: a sample a line with its ``k`` best classes and their probabilities."""
    fields = ["sample", "truth"] + [name for rank in range(1, k + 1) for name in (f"top{rank}", f"p{rank}")]
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def config_hash(cfg: DictConfig) -> str:
    """Hex digest of what decides a run's figures; where it writes and what it draws do not count."""
    plain = OmegaConf.to_container(cfg, resolve=True)
    assert isinstance(plain, dict)
    kept = {key: value for key, value in plain.items() if key not in PLACES}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def environment() -> dict[str, Any]:
    """Versions, commit and machine, as far as they can be had."""
    return {
        "versions": {
            "python": platform.python_version(),
            "pointclip2": __version__,
            **{name: version(name) for name in PACKAGES},
        },
        "git_commit": git_commit(),
        "command": " ".join(sys.argv),
    }


def git_commit() -> str | None:
    """Of the checkout the package is in, with ``+`` where it has changes; None outside a checkout."""
    folder = Path(__file__).resolve().parent

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, timeout=10, check=True
        )
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--", ".", "../conf") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def note_failure(run_dir: Path, error: BaseException) -> None:
    """A ``FAILED`` note with the error in the folder of a job that has no results."""
    run_dir.mkdir(parents=True, exist_ok=True)
    write_text(run_dir / FAILED, f"{type(error).__name__}: {error}\n")


class SweepSummary(Callback):
    """Hydra callback: writes ``summary.csv`` when a sweep ends."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """One line a job."""
        folder = Path(config.hydra.sweep.dir)
        rows = [_summary_row(path) for path in _jobs(folder)]
        if not rows:
            return
        fields = list(dict.fromkeys(field for row in rows for field in row))
        path = folder / "summary.csv"
        temporary = folder / ".summary.csv"
        with temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)
        os.replace(temporary, path)
        _print_summary(rows)
        print(f"summary: {path}")


def _jobs(sweep: Path) -> list[Path]:
    folders = [path for path in sweep.iterdir() if (path / RESULTS).is_file() or (path / FAILED).is_file()]
    return sorted(folders, key=lambda path: (len(path.name), path.name))


def _summary_row(job: Path) -> dict[str, Any]:
    overrides = job / ".hydra" / "overrides.yaml"
    row: dict[str, Any] = {"job": job.name}
    if overrides.is_file():
        words = [str(word) for word in OmegaConf.load(overrides)]
        parted = [word.lstrip("+").partition("=") for word in words]
        row.update({option: value for option, sign, value in parted if sign})
    if not (job / RESULTS).is_file():
        return {**row, "error": (job / FAILED).read_text(encoding="utf-8").strip()}
    results = json.loads((job / RESULTS).read_text(encoding="utf-8"))
    figures = {name: value for name, value in results["metrics"].items() if "_class/" not in name}
    selected_on, seconds = results["selected_on"], results["seconds"]["total"]
    return {**row, **figures, "selected_on": selected_on, "seconds": seconds}


def _print_summary(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    fields = list(dict.fromkeys(field for row in rows for field in row))
    table = Table(title="sweep (fractions as per cent)")
    for field in fields:
        table.add_column(field)
    for row in rows:
        table.add_row(*(_cell(field, row.get(field, "")) for field in fields))
    Console().print(table)


def _cell(field: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{100 * value:.2f}" if field.startswith("test/") else f"{value:.1f}"
