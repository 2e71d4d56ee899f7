"""Encoding as a Lightning prediction, and what was encoded as data to test on, a shard at a time."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from lightning import LightningDataModule, LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn
from torch.utils.data import DataLoader

from pointclip2.cache.encoded import Part, Shards
from pointclip2.cache.encoding import Encoding, SampleBatch
from pointclip2.cache.store import Shard


class TrainerDriver:
    """Drives an encoding by a trainer.

    Args:
        trainers: makes the trainer, and knows its precision.
    """

    def __init__(self, trainers: Callable[..., Trainer]) -> None:
        self.trainers = trainers

    @property
    def precision(self) -> str:
        """The precision that really runs."""
        return str(self.trainers.precision)  # type: ignore[attr-defined]

    def __call__(self, work: Encoding) -> None:
        """Encode every batch in the process that it falls to, and wait for the other processes."""
        trainer = self.trainers(progress=True, loggers=False, callbacks=[_HandBack(work)])
        trainer.predict(EncodingModule(work), _EncodingData(work), return_predictions=False)
        trainer.strategy.barrier()


class EncodingModule(LightningModule):
    """Encodes what the trainer hands it, on the trainer's device."""

    def __init__(self, work: Encoding) -> None:
        super().__init__()
        self.work = work
        # A module of this one, so that it moves to the device with it.
        self.encoder = work.encoder if isinstance(work.encoder, nn.Module) else None

    def predict_step(self, batch: SampleBatch, batch_idx: int) -> dict[str, Tensor]:
        """Return the columns of a batch."""
        return self.work.encode(batch)


class _EncodingData(LightningDataModule):
    def __init__(self, work: Encoding) -> None:
        super().__init__()
        self.work = work

    def predict_dataloader(self) -> DataLoader[SampleBatch]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        return self.work.batches(rank, world)

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        return batch.to(device)


class _HandBack(Callback):
    def __init__(self, work: Encoding) -> None:
        self.work = work

    def on_predict_batch_end(
        self,
        trainer: Any,
        pl_module: LightningModule,
        outputs: Any,
        batch: SampleBatch,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        self.work.take(batch, outputs)


class ShardData(LightningDataModule):
    """Shares whole shards out among processes: nothing is padded and nothing comes twice.

    Args:
        parts: all shards of a split; each is read when it is asked for.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self.parts = parts

    def test_dataloader(self) -> DataLoader[Shard]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        own = self.parts[rank::world]
        if not own:  # more processes than shards; Lightning wants a batch from each
            empty = [Shard({}, torch.zeros(0, dtype=torch.int64), {})]
            return DataLoader(empty, batch_size=None)  # type: ignore[arg-type]
        return DataLoader(Shards(own), batch_size=None)

    def transfer_batch_to_device(self, batch: Shard, device: torch.device, dataloader_idx: int) -> Shard:
        """Leave it where it is: what is used of it is moved as it is used."""
        return batch
