"""The loggers of the ``logger`` option. wandb is imported only where it is used."""

import logging
from typing import Any

from hydra.core.hydra_config import HydraConfig
from lightning.pytorch.loggers import CSVLogger, WandbLogger
from lightning.pytorch.loggers.logger import Logger
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build
from pointclip2.app.options import told
from pointclip2.show.dashboards.loggers import UnfailingLogger, one_line

log = logging.getLogger(__name__)

TIMEOUTS_S = {"init_timeout": 30.0, "finish_timeout": 180.0}
"""How long a run waits for wandb's server when it starts and when it ends."""

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
    content = told(cfg)
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
