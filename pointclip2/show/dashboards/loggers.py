"""Wrap Lightning's loggers so that none of them can stop a run: not a full disk, not a server out of reach."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.loggers.logger import Logger

log = logging.getLogger(__name__)


class UnfailingLogger(Logger):
    """Hands everything to another logger until that fails; then it says so in one line and lets the run go on.

    Args:
        inner: any of Lightning's loggers.
    """

    def __init__(self, inner: Logger) -> None:
        super().__init__()
        self.inner = inner
        self.failed = False

    def attempt(self, act: Callable[..., Any], *values: Any, **options: Any) -> Any:
        """Return what ``act`` returns, or None once anything has failed.

        Any error counts: a logger is another's program, and no fault of it is worth a run's results.
        """
        if self.failed:
            return None
        try:
            return act(*values, **options)
        except Exception as error:
            self.failed = True
            log.warning(
                "%s: logging has failed (%s); the run goes on, its results are kept",
                type(self.inner).__name__,
                one_line(error),
            )
            return None

    @property
    def name(self) -> str | None:
        """Return the name of the inner logger."""
        return self.inner.name

    @property
    def version(self) -> int | str | None:
        """Return the version of the inner logger."""
        return self.inner.version

    @property
    def save_dir(self) -> str | None:
        """Return the folder where the inner logger saves."""
        return self.inner.save_dir

    @property
    def log_dir(self) -> str | None:
        """Return the folder where the inner logger logs."""
        return self.inner.log_dir

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Log metrics to the inner logger, see `Logger`."""
        self.attempt(self.inner.log_metrics, metrics, step)

    def log_hyperparams(self, params: Any, *values: Any, **options: Any) -> None:
        """Log hyperparameters to the inner logger, see `Logger`."""
        self.attempt(self.inner.log_hyperparams, params, *values, **options)

    def save(self) -> None:
        """Save what the inner logger holds, see `Logger`."""
        self.attempt(self.inner.save)

    def finalize(self, status: str) -> None:
        """Close the inner logger, see `Logger`."""
        self.attempt(self.inner.finalize, status)


@contextmanager
def wandb_closed_after() -> Iterator[None]:
    """End the wandb run that is opened inside, whatever happens; one that was open before is left to its owner.

    Without it all jobs of a sweep in one process, or all calls in a notebook, share one run.
    """
    before = _wandb_run()
    try:
        yield
    finally:
        if _wandb_run() is not before:
            close_wandb()


def _wandb_run() -> Any:
    return getattr(sys.modules.get("wandb"), "run", None)


def close_wandb() -> None:
    """End the wandb run of this process, if there is one; an error becomes a warning."""
    wandb = sys.modules.get("wandb")
    if wandb is None or wandb.run is None:
        return
    try:
        wandb.finish()
    except Exception as error:
        log.warning("wandb could not be closed (%s); results are kept", one_line(error))


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks, or its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def wandb_of(loggers: list[Any]) -> tuple[UnfailingLogger, WandbLogger] | None:
    """Return the wandb logger among these, with what it is wrapped in."""
    for logger in loggers:
        if isinstance(logger, UnfailingLogger) and isinstance(logger.inner, WandbLogger):
            return logger, logger.inner
    return None
