"""Lightning's loggers, opened so that none of them can stop a run: not a full disk, not a server out of reach.

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
"""How long a run waits for wandb's server when it starts and when it ends."""


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


_offline_from_now = False


def open_loggers(cfg: DictConfig, job_type: str) -> list[UnfailingLogger]:
    """The loggers of ``cfg.logger``, with the configuration logged, each unable to stop the run.

    Where Weights & Biases cannot be reached the run is kept on disk, one line says so and how to send it later;
    the jobs that follow in this process do not wait for it again.

    Args:
        cfg: a composed configuration; ``cfg.logger`` may hold none or several.
        job_type: what wandb lists the run as: ``evaluate``, ``train``.

    Raises:
        ConfigError: an option of a logger that it does not take.
    """
    made = []
    for node in (cfg.get("logger") or {}).values():
        if node.get("_target_", "").endswith("WandbLogger"):
            inner: Logger = _open_wandb(node, job_type)
        else:
            inner = build(node)
        logger = UnfailingLogger(inner)
        if not isinstance(inner, CSVLogger):  # beside .hydra/config.yaml, which says the same
            logger.log_hyperparams(columns(cfg))
        made.append(logger)
    return made


def columns(cfg: DictConfig) -> dict[str, Any]:
    """The configuration as plain data; ``choice`` holds the names of the chosen options, as one types them."""
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
    except Exception as error:  # no key, no network, a server that is down: wandb has many kinds of errors
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
    """Those of `TIMEOUTS_S` that this wandb knows."""
    known = getattr(wandb.Settings, "model_fields", {})
    return {name: value for name, value in TIMEOUTS_S.items() if name in known}


def _job_name() -> str | None:
    """What was chosen for this job, as it was typed, options before their details; None lets wandb invent a name."""
    if not HydraConfig.initialized():
        return None
    words = [word for word in HydraConfig.get().overrides.task if "/" not in word and "logger=" not in word]
    return ", ".join(sorted(words, key=lambda word: "." in word.partition("=")[0]))[:120] or None


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
