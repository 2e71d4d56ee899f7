"""Lightning's loggers, wrapped so that none of them can stop a run: not a full disk, not a server out of reach."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.loggers.logger import Logger

log = logging.getLogger(__name__)


class UnfailingLogger(Logger):
    """Hands everything to another logger until that fails; then says so in one line and lets the run go on.

    Args:
        inner: any of Lightning's loggers.
    """

    def __init__(self, inner: Logger) -> None:
        super().__init__()
        self.inner = inner
        self.failed = False

    def attempt(self, act: Callable[..., Any], *values: Any, **options: Any) -> Any:
        """What ``act`` returns; None once anything has failed.

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
        """Of the inner logger."""
        return self.inner.name

    @property
    def version(self) -> int | str | None:
        """Of the inner logger."""
        return self.inner.version

    @property
    def save_dir(self) -> str | None:
        """Of the inner logger."""
        return self.inner.save_dir

    @property
    def log_dir(self) -> str | None:
        """Of the inner logger."""
        return self.inner.log_dir

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """See `Logger`."""
        self.attempt(self.inner.log_metrics, metrics, step)

    def log_hyperparams(self, params: Any, *values: Any, **options: Any) -> None:
        """See `Logger`."""
        self.attempt(self.inner.log_hyperparams, params, *values, **options)

    def save(self) -> None:
        """See `Logger`."""
        self.attempt(self.inner.save)

    def finalize(self, status: str) -> None:
        """See `Logger`."""
        self.attempt(self.inner.finalize, status)


@contextmanager
def wandb_closed_after() -> Iterator[None]:
    """End the wandb run that is opened inside, whatever happens; one that was open before is its owner's.

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
    """End the wandb run of this process, if there is one; what goes wrong is a warning."""
    wandb = sys.modules.get("wandb")
    if wandb is None or wandb.run is None:
        return
    try:
        wandb.finish()
    except Exception as error:
        log.warning("wandb could not be closed (%s); results are kept", one_line(error))


def one_line(error: BaseException) -> str:
    """An error's message without line breaks, or its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def wandb_of(loggers: list[Any]) -> tuple[UnfailingLogger, WandbLogger] | None:
    """The wandb logger among these, and what it is wrapped in."""
    for logger in loggers:
        if isinstance(logger, UnfailingLogger) and isinstance(logger.inner, WandbLogger):
            return logger, logger.inner
    return None
