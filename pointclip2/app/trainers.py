"""Lightning trainers from the ``trainer`` option, with its callbacks and loggers."""

import io
import json
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import torch
from hydra.errors import InstantiationException
from lightning import Callback, LightningModule, Trainer
from lightning.pytorch.plugins.io import TorchCheckpointIO
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.compose import build
from pointclip2.app.loggers import open_loggers
from pointclip2.app.options import plain
from pointclip2.errors import ConfigError
from pointclip2.stopping import along, take
from pointclip2.writing import write_bytes


class _Work(NamedTuple):
    """Where and how trainers of an option work in this process."""

    device: torch.device
    precision: str
    rank: int
    processes: int


_WORKS: dict[str, _Work] = {}
"""What each trainer option comes to: a trainer that is made only to be asked takes as long as one that works."""


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
    def _works(self) -> _Work:
        key = json.dumps(plain(self.cfg.trainer), sort_keys=True, default=str)
        if key not in _WORKS:
            bare = self(progress=False, loggers=False)
            _WORKS[key] = _Work(
                bare.strategy.root_device, str(bare.precision), bare.global_rank, bare.world_size
            )
        return _WORKS[key]

    @property
    def device(self) -> torch.device:
        """Where the trainers of this process work."""
        return self._works.device

    @property
    def precision(self) -> str:
        """The precision that really runs."""
        return self._works.precision

    @property
    def max_steps(self) -> int:
        """How many steps a training takes, -1 for no limit."""
        return int(self.cfg.trainer.get("max_steps", -1))

    @property
    def rank(self) -> int:
        """Which of the run's processes this one is, from 0."""
        return self._works.rank

    @property
    def processes(self) -> int:
        """How many processes the run is told to take."""
        return self._works.processes

    def __call__(
        self,
        progress: bool,
        loggers: bool,
        callbacks: Sequence[Any] = (),
        folder: Path | None = None,
        alone: bool = False,
        **options: Any,
    ) -> Trainer:
        """Return a trainer; see `pointclip2.tasks.run.Trainers`."""
        cfg = self.cfg
        if folder is not None:
            cfg = cfg.copy()
            cfg.run_dir = str(folder)
        shown = [build(node) for node in (cfg.get("callbacks") or {}).values()] if progress else []
        if alone and self.processes > 1:
            loggers = loggers and self.rank == 0
            own = 1 if self.device.index is None else [self.device.index]
            options = {"strategy": "auto", "devices": own, "num_nodes": 1, **options}
        made = open_loggers(cfg, self.job_type) if loggers else []
        node = OmegaConf.merge(cfg.trainer, {"enable_progress_bar": progress and bool(shown)})
        assert isinstance(node, DictConfig)
        options = {"default_root_dir": cfg.run_dir, **options}
        if not node.get("plugins"):
            options["plugins"] = [WholeCheckpoints()]
        try:
            trainer: Trainer = build(
                node, logger=made or False, callbacks=[*shown, _OwnSignals(), *callbacks], **options
            )
        except InstantiationException as error:  # no such device, an unknown strategy
            raise ConfigError(f"trainer: {' '.join(str(error.__cause__ or error).split())}") from error
        if trainer.world_size > 1 and trainer.strategy.root_device.type == "cpu":
            # Lightning would divide the threads by the processes, and other threads add up to another last digit.
            os.environ.setdefault("OMP_NUM_THREADS", str(torch.get_num_threads()))
        return trainer


class WholeCheckpoints(TorchCheckpointIO):
    """Writes checkpoints in one step, beside where they belong: Lightning moves them there from another disk."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Replace the checkpoint at a path."""
        # Written by Python: what torch raises on a full disk is no OSError.
        content = io.BytesIO()
        torch.save(checkpoint, content)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_bytes(Path(path), content.getvalue())


class _OwnSignals(Callback):
    """Takes signals back from Lightning, for which a training that was told to stop is one that has finished."""

    def _take(self, trainer: Trainer, pl_module: LightningModule) -> None:
        take()
        processes = getattr(trainer.strategy.launcher, "procs", None)
        if processes:
            along(processes)

    on_sanity_check_start = on_train_start = on_validation_start = on_test_start = on_predict_start = _take
