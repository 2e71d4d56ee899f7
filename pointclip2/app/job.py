"""One job of a command: what was typed is looked at first, mistakes become one line, a sweep's other jobs go on."""

import logging
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from pointclip2.app import plugins
from pointclip2.app.checks import check_typed
from pointclip2.app.records import finished_job, note_failure
from pointclip2.errors import ConfigError, UserError, refused_by_system
from pointclip2.show.comparison import RESULTS
from pointclip2.stopping import Stopped, handled, point

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a job reports to its command."""

    objective: float
    status: int
    """0, or 1 for a failure, or 3 where samples were skipped."""


def run_checked(cfg: DictConfig) -> Outcome:
    """Run a configuration that Hydra composed, of ``evaluate`` or ``train``.

    A mistake of the user's is one line. In a sweep a failed job leaves a ``FAILED`` note and the others go on; one that
    was stopped leaves none, and runs again.

    Raises:
        Stopped: by a signal.
    """
    with handled():  # this may be another process than the command's
        try:
            return _run(cfg)
        except Stopped as stopped:
            if "SUBMITIT_EXECUTOR" in os.environ:  # a cluster's job is a program of its own
                sys.exit(128 + stopped.number)
            raise


def _run(cfg: DictConfig) -> Outcome:
    hydra = HydraConfig.get()
    in_sweep = hydra.mode == RunMode.MULTIRUN
    try:
        if plugins.VARIABLE in hydra.job.env_set:
            raise ConfigError(
                f"hydra.job.env_set: a configuration cannot set {plugins.VARIABLE}; type plugins=[mypackage], or set "
                "it in your shell"
            )
        # This may be another process than the command's, which left there what was typed. The overrides that Hydra
        # notes are no witness: a configuration file can add to them.
        plugins.open_door()
        check_typed(cfg, hydra)
        folder = Path(hydra.runtime.output_dir)
        done = finished_job(folder, cfg) if in_sweep else None
        if done is not None:
            log.info("has its results already: %s", folder / RESULTS)
            value = done["objective"]["value"]
            return Outcome(math.nan if value is None else value, 3 if done["data"].get("skipped") else 0)
        from pointclip2.app.run import evaluate_own  # brings torch

        result = evaluate_own(cfg)
        return Outcome(result.objective, 3 if result.skipped else 0)
    except UserError as error:
        point()  # what a signal brought about is no failure
        log.error("%s", error)
        if not in_sweep:
            sys.exit(1)
        _note(error)
    except Exception as error:
        point()
        if not in_sweep:
            raise
        refused = refused_by_system(error)
        if refused is None:
            log.exception("job failed")
        else:
            log.error("%s", refused)
        _note(error)
    return Outcome(math.nan, 1)


def _note(error: Exception) -> None:
    try:
        note_failure(Path(HydraConfig.get().runtime.output_dir), error)
    except OSError as full:
        log.error("the note of the failure could not be written: %s", full.strerror or full)
