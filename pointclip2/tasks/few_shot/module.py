"""Few-shot training as a LightningModule over encoded examples: early choice on validation, resumable, tested once."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from lightning import LightningDataModule
from lightning.pytorch.core.optimizer import LightningOptimizer
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, Sampler

from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.adapter import CALMER, seed_epoch
from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.heads.adapters.samples import Batches
from pointclip2.tasks.classification.module import ClassificationModule
from pointclip2.types import TrainingError


class FewShotModule(ClassificationModule):
    """Trains an adapter by its recipe and remembers the epoch that validation liked best; tests what is in place.

    Args:
        adapter: begun and prepared; what learns by gradient has a recipe.
        classes: names in label order.
        seed: of dropout.
    """

    def __init__(self, adapter: Adapter, classes: Sequence[str], seed: int = 0) -> None:
        super().__init__(adapter, classes)
        self.automatic_optimization = False
        self.adapter = adapter
        self.seed = seed
        self.best_epoch = -1
        self.best_acc = -1.0
        self.best_loss = float("inf")
        self.best_state: dict[str, Tensor] = {}
        self._losses: list[Tensor] = []
        self._hits = self._count = 0
        self._loss = 0.0

    @property
    def recipe(self) -> Recipe:
        """Of the adapter."""
        assert self.adapter.recipe is not None
        return self.adapter.recipe

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return self.recipe.build_optimiser(self.adapter.parameters())

    def on_train_batch_start(self, passed: list[list[Tensor]], batch_idx: int) -> None:
        """Before the one pass of an epoch. Lightning leaves out the epoch's own hook after a resume."""
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """The rate of this epoch, and dropout that does not depend on what went before."""
        for optimiser in self.trainer.optimizers:
            self.recipe.set_rate(optimiser, self.current_epoch)
        seed_epoch(self.seed, self.current_epoch)
        self._losses = []

    def training_step(self, passed: list[list[Tensor]], batch_idx: int) -> None:
        """All steps of an epoch, each on a batch of columns and labels.

        An adapter's step takes a few milliseconds, and so does Lightning's loop around a step: it goes round once an
        epoch.

        Raises:
            TrainingError: the loss is not finite; the last checkpoint is of an epoch when it was.
        """
        optimiser = self.optimizers()
        assert isinstance(optimiser, LightningOptimizer)
        for *columns, label in passed:
            loss = self.recipe.loss(self.adapter(*columns), label)
            if not bool(loss.isfinite()):
                raise TrainingError(
                    f"the loss is {float(loss.detach())} at step {self.global_step} (epoch {self.current_epoch}); "
                    f"{self._kept()}: {CALMER}"
                )
            optimiser.zero_grad()
            self.manual_backward(loss)
            optimiser.step()
            self._losses.append(loss.detach())

    def _kept(self) -> str:
        if self.best_epoch < 0:
            return "no epoch was good"
        return f"the last good checkpoint, best epoch {self.best_epoch}, is kept"

    def on_validation_epoch_start(self) -> None:
        self._hits = self._count = 0
        self._loss = 0.0

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        """Counts hits on a batch of columns and labels."""
        *columns, label = batch
        logits = self.adapter(*columns)
        self._hits += int((logits.argmax(dim=1) == label).sum())
        self._count += len(label)
        self._loss += float(F.cross_entropy(logits, label, reduction="sum"))

    def on_validation_epoch_end(self) -> None:
        """Remember this epoch if it is better: more hits, or as many at a smaller loss."""
        if self.trainer.sanity_checking:
            return
        accuracy, loss = self._hits / self._count, self._loss / self._count
        if (accuracy, -loss) > (self.best_acc, -self.best_loss):
            self._remember(accuracy, loss)
        self.log_dict({"val/acc": accuracy, "val/loss": loss}, sync_dist=False)

    def on_train_epoch_end(self) -> None:
        """Without validation the last epoch is taken.

        Raises:
            TrainingError: a weight is not finite after the epoch's last step, before a checkpoint is written.
        """
        for name, tensor in self.adapter.state_dict().items():
            if not bool(tensor.isfinite().all()):
                raise TrainingError(
                    f"{name} is not finite after step {self.global_step} (epoch {self.current_epoch}); "
                    f"{self._kept()}: {CALMER}"
                )
        if self.best_acc < 0:  # nothing was validated so far
            self._remember(self.best_acc, self.best_loss)
        self.log("train/loss", torch.stack(self._losses).mean() if self._losses else 0.0, sync_dist=False)

    def _remember(self, accuracy: float, loss: float) -> None:
        self.best_epoch, self.best_acc, self.best_loss = self.current_epoch, accuracy, loss
        self.best_state = {
            name: tensor.detach().cpu().clone() for name, tensor in self.adapter.state_dict().items()
        }

    def take_best(self) -> None:
        """Put the chosen epoch's weights in place."""
        self.adapter.load_state_dict(self.best_state)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """What was chosen so far goes on with a resumed training."""
        checkpoint["best"] = {
            "epoch": self.best_epoch,
            "acc": self.best_acc,
            "loss": self.best_loss,
            "state": self.best_state,
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        best = checkpoint["best"]
        self.best_epoch, self.best_acc, self.best_loss = best["epoch"], best["acc"], best["loss"]
        self.best_state = best["state"]

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The adapter's state alone."""
        return {f"adapter.{name}": tensor for name, tensor in self.adapter.state_dict().items()}

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:
        """What `state_dict` gave."""
        state = {name.removeprefix("adapter."): tensor for name, tensor in state_dict.items()}
        return self.adapter.load_state_dict(state, strict, assign)


class _Rows(Dataset[list[Tensor]]):
    """Batches by their rows."""

    def __init__(self, samples: Samples, reads: Sequence[str]) -> None:
        self.columns = [*samples.take(reads), samples.labels]

    def __getitem__(self, rows: Any) -> list[Tensor]:
        return [column[rows] for column in self.columns]


class _Passes(Dataset[list[list[Tensor]]]):
    """An epoch's batches by their rows."""

    def __init__(self, samples: Samples, reads: Sequence[str]) -> None:
        self.rows = _Rows(samples, reads)

    def __getitem__(self, passed: Any) -> list[list[Tensor]]:
        return [self.rows[rows] for rows in passed]


class _WholeEpochs(Sampler[list[list[int]]]):
    """One item an epoch: the rows of all its batches."""

    def __init__(self, batches: Batches) -> None:
        self.batches = batches

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls this before every epoch."""
        self.batches.set_epoch(epoch)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[list[list[int]]]:
        yield list(self.batches)


class ShotData(LightningDataModule):
    """Gives encoded examples in memory: seeded batches to learn from, validation in one order.

    Args:
        adapter: says which columns it reads, and in what batches.
        shots: to learn from.
        validation: to choose on; None where there is none.
        seed: of the batches.
    """

    def __init__(
        self, adapter: Adapter, shots: Samples, validation: Samples | None = None, seed: int = 0
    ) -> None:
        super().__init__()
        self.adapter = adapter
        self.shots, self.validation = shots, validation
        self.seed = seed

    def train_dataloader(self) -> DataLoader[list[list[Tensor]]]:
        assert self.adapter.recipe is not None
        size = self.adapter.recipe.batch
        batches = Batches(self.shots.examples, self.shots.variants, size, self.seed)
        passes = _Passes(self.shots, self.adapter.reads)
        return DataLoader(passes, sampler=_WholeEpochs(batches), batch_size=None)

    def val_dataloader(self) -> DataLoader[list[Tensor]]:
        assert self.validation is not None
        # The sampler gives whole batches of rows; each column is indexed once, nothing is collated.
        rows = torch.arange(len(self.validation)).split(self.adapter.batch)
        return DataLoader(_Rows(self.validation, self.adapter.reads), sampler=rows, batch_size=None)
