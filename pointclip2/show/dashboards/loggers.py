"""Open Lightning's loggers so that none of them can stop a run: not a full disk, not a server out of reach.

wandb is imported only where it is used.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hydra.core.hydra_config import HydraConfig
from lightning.pytorch.loggers import CSVLogger, WandbLogger
from lightning.pytorch.loggers.logger import Logger
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build

log = logging.getLogger(__name__)

TIMEOUTS_S = {"init_timeout": 30.0, "finish_timeout": 180.0}
"""How long a run waits for wandb's server when it starts and when it ends, in seconds."""


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


_offline_from_now = False


def open_loggers(cfg: DictConfig, job_type: str) -> list[UnfailingLogger]:
    """Open the loggers of ``cfg.logger``, log the configuration, and keep each from stopping the run.

    Where Weights & Biases cannot be reached, the run is kept on disk and one line says how to send it later; the
    jobs that follow in this process do not wait for it again.

    Args:
        cfg: a composed configuration; ``cfg.logger`` may hold none or several.
        job_type: what wandb lists the run as: ``evaluate``, ``train``.

    Raises:
        ConfigError: a logger does not take one of its options.
    """
    made = []
    for node in (cfg.get("logger") or {}).values():
        if node.get("_target_", "").endswith("WandbLogger"):
            inner: Logger = _open_wandb(node, job_type)
        else:
            inner = build(node)
        logger = UnfailingLogger(inner)
        if not isinstance(inner, CSVLogger):  # .hydra/config.yaml beside the CSV says the same
            logger.log_hyperparams(columns(cfg))
        made.append(logger)
    return made


def columns(cfg: DictConfig) -> dict[str, Any]:
    """Return the configuration as plain data; ``choice`` holds the names of the chosen options, as one types them."""
    content: Any = OmegaConf.to_container(cfg, resolve=True)
    if HydraConfig.initialized():
        choices = HydraConfig.get().runtime.choices
        named = {
            str(group): str(name) for group, name in choices.items() if not str(group).startswith("hydra")
        }
        content = {**content, "choice": named}
    return dict(content)


def _open_wandb(node: DictConfig, job_type: str) -> Logger:
    import wandb

    global _offline_from_now
    more: dict[str, Any] = {"job_type": job_type, "name": node.get("name") or _job_name()}
    asked: Any = OmegaConf.to_container(node.settings) if node.get("settings") else {}
    settings = {**_timeouts(wandb), **asked}
    offline = {"mode": "offline"} if _offline_from_now else {}
    logger: WandbLogger = build(node, **more, **offline, settings=settings)
    try:
        run = logger.experiment
    except Exception as error:  # wandb has many kinds of errors: no key, no network, a server that is down
        _offline_from_now = True
        wandb.teardown()
        logger = build(node, **more, mode="offline", settings=settings)
        run = logger.experiment
        log.warning(
            "wandb cannot be reached (%s): this run is kept offline, send it later with: wandb sync %s",
            one_line(error),
            run.dir.removesuffix("/files"),
        )
    run.define_metric("test/*", step_metric="trainer/global_step", summary="last")
    return logger


def _timeouts(wandb: Any) -> dict[str, float]:
    """Return those of `TIMEOUTS_S` that this wandb knows."""
    known = getattr(wandb.Settings, "model_fields", {})
    return {name: value for name, value in TIMEOUTS_S.items() if name in known}


def _job_name() -> str | None:
    """Return what was typed for this job, options before their details; None lets wandb invent a name."""
    if not HydraConfig.initialized():
        return None
    words = [word for word in HydraConfig.get().overrides.task if "/" not in word and "logger=" not in word]
    return ", ".join(sorted(words, key=lambda word: "." in word.partition("=")[0]))[:120] or None


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
