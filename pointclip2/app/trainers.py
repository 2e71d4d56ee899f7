"""Lightning trainers from the ``trainer`` option, with its callbacks and loggers."""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from hydra.errors import InstantiationException
from lightning import Trainer
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build
from pointclip2.app.loggers import open_loggers
from pointclip2.app.options import plain
from pointclip2.errors import ConfigError

_WORKS: dict[str, tuple[torch.device, str]] = {}
"""Device and precision by trainer option: a trainer that is made only to be asked takes as long as one that works."""


class ConfiguredTrainers:
    """Makes the trainers of a run.

    Args:
        cfg: the composed configuration.
        job_type: what the loggers list the run as: ``evaluate``, ``train``.
    """

    def __init__(self, cfg: DictConfig, job_type: str) -> None:
        self.cfg = cfg
        self.job_type = job_type

    @cached_property
    def _works(self) -> tuple[torch.device, str]:
        key = json.dumps(plain(self.cfg.trainer), sort_keys=True, default=str)
        if key not in _WORKS:
            bare = self(progress=False, loggers=False)
            _WORKS[key] = bare.strategy.root_device, str(bare.precision)
        return _WORKS[key]

    @property
    def device(self) -> torch.device:
        """Where the trainers of this process work."""
        return self._works[0]

    @property
    def precision(self) -> str:
        """The precision that really runs."""
        return self._works[1]

    @property
    def max_steps(self) -> int:
        """How many steps a training takes, -1 for no limit."""
        return int(self.cfg.trainer.get("max_steps", -1))

    def __call__(
        self,
        progress: bool,
        loggers: bool,
        callbacks: Sequence[Any] = (),
        folder: Path | None = None,
        **options: Any,
    ) -> Trainer:
        """Return a trainer; see `pointclip2.tasks.run.Trainers`."""
        cfg = self.cfg
        if folder is not None:
            cfg = cfg.copy()
            cfg.run_dir = str(folder)
        shown = [build(node) for node in (cfg.get("callbacks") or {}).values()] if progress else []
        made = open_loggers(cfg, self.job_type) if loggers else []
        node = OmegaConf.merge(cfg.trainer, {"enable_progress_bar": progress and bool(shown)})
        assert isinstance(node, DictConfig)
        options = {"default_root_dir": cfg.run_dir, **options}
        try:
            trainer: Trainer = build(node, logger=made or False, callbacks=[*shown, *callbacks], **options)
        except InstantiationException as error:  # no such device, an unknown strategy
            raise ConfigError(f"trainer: {' '.join(str(error.__cause__ or error).split())}") from error
        return trainer
