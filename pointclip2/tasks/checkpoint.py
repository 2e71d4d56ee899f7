"""Checkpoints that a killed training goes on from: replaced in one step, with a checksum."""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from pointclip2 import stopping
from pointclip2.errors import WeightsError
from pointclip2.sealed import DamagedError, UnsealedError, check_archive, reading, replacing_sealed

log = logging.getLogger(__name__)


def save_checkpoint(trainer: Trainer, path: Path, belongs: str) -> None:
    """Replace a checkpoint; where that fails the old one stays, and a line says so.

    Args:
        trainer: whose state is kept; every process calls this.
        path: of the checkpoint.
        belongs: what tells this training from others.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing_sealed(path, belongs) if trainer.is_global_zero else nullcontext(path) as place:
            trainer.save_checkpoint(place, weights_only=False)
    except OSError as error:
        log.warning(
            "%s could not be written (%s): the training goes on, a kill costs what was learned since the last one",
            path,
            error.strerror or error,
        )


def read_checkpoint(path: Path, belongs: str) -> dict[str, Any] | None:
    """Return what a checkpoint holds, None where there is none.

    Raises:
        WeightsError: it is damaged, or is another training's.
    """
    try:
        try:
            check_archive(path, belongs)
        except UnsealedError:
            log.warning("%s carries no checksum, so that damage cannot be seen", path)
        with reading(path):
            found: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
            return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except DamagedError as error:
        raise WeightsError(
            f"{error}: it is of a training that was killed; delete it, or resume=false to begin anew"
        ) from error


class EpochCheckpoint(Checkpoint):
    """Saves whole epochs only, so that a resumed training begins one; after the task has looked at its weights.

    A training that was told to stop is saved after its epoch, and left. Of several processes, all of which learn the
    same, the first one saves.
    """

    def __init__(self, path: Path, belongs: str, every: int, first: bool = True) -> None:
        self.path, self.belongs, self.every, self.first = path, belongs, every, first

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Wait until every process has read the checkpoint that the first one will replace."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.barrier()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Replace the checkpoint."""
        epochs, stop = trainer.current_epoch + 1, _told_to_stop(trainer)
        if self.first and (stop or epochs % self.every == 0):
            save_checkpoint(trainer, self.path, self.belongs)
            stopping.keeps("training", lambda: f"{epochs} of {trainer.max_epochs} epochs of the training")
        if stop:
            stopping.leave()


class MinutesCheckpoint(Checkpoint):
    """Saves whenever so many minutes have passed.

    A training that was told to stop is saved after its step, and left; the last step goes on to its end.
    """

    def __init__(
        self, path: Path, belongs: str, minutes: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path, self.belongs, self.minutes, self.clock = path, belongs, minutes, clock
        self.last = clock()

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        """Replace the checkpoint, when the first process thinks that it is time."""
        now, step = self.clock(), trainer.global_step
        stop = _told_to_stop(trainer) and step < trainer.max_steps
        if stop or trainer.strategy.broadcast(now - self.last >= 60 * self.minutes):
            self.last = now
            save_checkpoint(trainer, self.path, self.belongs)
        if stop:
            stopping.keeps("training", lambda: f"{step} of {trainer.max_steps} steps of the training")
            stopping.leave()


def _told_to_stop(trainer: Trainer) -> bool:
    """Whether any process was: all save and leave, or none."""
    return trainer.strategy.reduce_boolean_decision(stopping.asked() is not None, all=False)
