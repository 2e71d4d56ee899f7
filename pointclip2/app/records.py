"""What a run leaves behind: ``results.json``, written last and in one step.

``pointclip2 records PATH...`` prints runs side by side. Light on purpose: no torch, so that Hydra can load
its callback without delay.
"""

import argparse
import hashlib
import json
import logging
import math
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from pointclip2.app import plugins
from pointclip2.app.options import plain
from pointclip2.errors import PASSING, ConfigError, DataError, UserError
from pointclip2.sealed import DamagedError, sealed
from pointclip2.show.comparison import FAILED, RESULTS, read_results
from pointclip2.version import __version__
from pointclip2.writing import write_text

SCHEMA = 3
"""Raise it when a field of ``results.json`` changes. 2: `encoder` describes what made the features. 3: `checksum`, of
all the rest."""
PACKAGES = ("torch", "lightning", "hydra-core", "open_clip_torch", "torchmetrics", "numpy")
# Not part of what was computed: where it was written and how it was shown.
PLACES = ("run_dir", "group", "logger", "callbacks", "hydra", "pictures", "report", "paths", "plugins")

log = logging.getLogger(__name__)


def write_results(run_dir: Path, results: Mapping[str, Any]) -> Path:
    """``results.json``: its presence means that the run is complete."""
    path = run_dir / RESULTS
    write_text(path, json.dumps(sealed(results), indent=2, allow_nan=False) + "\n")
    return path


def config_hash(content: Mapping[str, Any]) -> str:
    """Hex digest of what decides a run's figures; where it writes and what it draws do not count.

    ``content`` is the composed configuration as plain data, with everything resolved.
    """
    kept = {key: value for key, value in content.items() if key not in PLACES}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def environment() -> dict[str, Any]:
    """Return schema, versions, commit and program, as far as they can be had."""
    return {
        "schema": SCHEMA,
        "versions": versions(),
        "git_commit": git_commit(),
        "program": program_digest(),
        "command": " ".join([_program(sys.argv[0]), *sys.argv[1:]]),
    }


def _program(path: str) -> str:
    """Give what was started as people type it; an installed command without the folder that it lies in."""
    name = Path(path).name
    return "pointclip2" if name == "__main__.py" else path if name.endswith(".py") else name


def versions() -> dict[str, str]:
    """Return the versions of Python, this program, and what its figures rest on."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version()), ("pointclip2", __version__)]
    return (*found, *((name, version(name)) for name in PACKAGES))


def program_digest() -> str:
    """Digest the source of the package and of the plug-ins: another program, another record.

    Both as they were when this process began to use them.
    """
    return _digest(tuple(plugins.opened))


@cache
def _digest(names: tuple[str, ...]) -> str:
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *package.glob("assets/**/*.json")]):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    for path in plugins.source_files() if names else ():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def git_commit() -> str | None:
    """Return the commit of the checkout the package is in, with ``+`` where it has changes; None outside a checkout.

    Asked once a process: its program does not change, and the jobs of a sweep need not wait for git each.
    """
    folder = Path(__file__).resolve().parent.parent
    if not (
        folder.parent / "conf" / "evaluate.yaml"
    ).is_file():  # installed, maybe inside another project's checkout
        return None

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


def finished_job(run_dir: Path, cfg: DictConfig) -> dict[str, Any] | None:
    """The record of an earlier run in this folder, if it had the same options and the same program, and no sample was
    left out for the moment's sake; else None."""
    try:
        record = read_results(run_dir / RESULTS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except DamagedError as error:
        log.warning("%s: the job runs again", error)
        return None
    if any(PASSING in str(reason) for reason in (record.get("data", {}).get("skipped") or {}).values()):
        return None
    same = record.get("config_hash") == config_hash(plain(cfg)) and record.get("program") == program_digest()
    return record if same else None


def main(words: Sequence[str] | None = None) -> int:
    """Print runs side by side, as these command line words ask for; the exit status, 3 if some are damaged."""
    from pointclip2.show.comparison import (
        as_csv,
        as_markdown,
        metric_fields,
        print_comparison,
        readable_rows,
        usable,
    )

    parser = argparse.ArgumentParser(
        prog="pointclip2 records",
        description="Print runs side by side. What was selected on the test labels is marked, and never the best.",
    )
    parser.add_argument(
        "path", nargs="+", type=Path, help="folder of a run, of a sweep or of sweeps, or a results.json"
    )
    parser.add_argument("--format", choices=("text", "csv", "markdown"), default="text")
    parser.add_argument(
        "--metric", help="that says which run is best and orders them; default: the first there is"
    )
    parser.add_argument("--sort", action="store_true", help="the best first, instead of the order given")
    asked = parser.parse_args(words)
    try:
        paths, empty = usable(asked.path)
        for reason in empty:  # such as a sweep that is still at its first job
            print(reason, file=sys.stderr)
        rows, damaged = readable_rows(paths)
        if damaged and not rows:
            raise DataError("\n".join(damaged))
        for line in damaged:
            print(f"left out: {line}", file=sys.stderr)
        metric = known_metric(asked.metric, metric_fields(rows))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.sort and metric is not None:
        rows.sort(key=lambda row: -row[metric] if isinstance(row.get(metric), float | int) else math.inf)
    if asked.format == "csv":
        print(as_csv(rows), end="")
    elif asked.format == "markdown":
        print(as_markdown(rows, metric))
    else:
        print_comparison(rows, metric)
    return 3 if damaged else 0


def known_metric(asked: str | None, metrics: Sequence[str]) -> str | None:
    """The metric that was asked for, or the first.

    Raises:
        ConfigError: no run has it.
    """
    if asked is not None and asked not in metrics:
        raise ConfigError(f"--metric {asked}: these runs have {', '.join(metrics) or 'no metrics'}")
    return asked or next(iter(metrics), None)


if __name__ == "__main__":
    sys.exit(main())
