"""LightningDataModules of scenes: those that are still to be encoded, and those that are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from lightning import LightningDataModule
from torch.utils.data import DataLoader, Dataset

from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.tasks.detection.pipeline import EncodedBoxes
from pointclip2.types import CloudError, Scene


@dataclass
class SceneItem:
    """One scene, or why it cannot be read. Stays where it is: crops go to the device, scans need not."""

    position: int
    scene: Scene | None = None
    reason: str = ""


@dataclass(frozen=True)
class EncodedScene:
    """What is kept of a scene."""

    position: int
    proposals: EncodedBoxes
    truth: EncodedBoxes | None
    """Its true boxes; None where nobody knows them."""


class _Scenes(Dataset[SceneItem]):
    def __init__(self, dataset: SceneDataset, positions: Sequence[int]) -> None:
        self.dataset = dataset
        self.positions = positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, item: int) -> SceneItem:
        position = self.positions[item]
        try:
            return SceneItem(position, self.dataset[position])
        except CloudError as error:
            return SceneItem(position, None, str(error))


def _alone(items: list[SceneItem]) -> SceneItem:
    return items[0]


class SceneDataModule(LightningDataModule):
    """Scenes to encode, one at a time, shared out among processes: nothing is padded, nothing comes twice."""

    def __init__(self, dataset: SceneDataset, positions: Sequence[int], num_workers: int = 0) -> None:
        super().__init__()
        self.dataset = dataset
        self.positions = positions
        self.num_workers = num_workers

    def predict_dataloader(self) -> DataLoader[SceneItem]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        own = list(self.positions)[rank::world]
        if not own:  # more processes than scenes; Lightning wants a batch from each
            return DataLoader([SceneItem(-1)], batch_size=1, collate_fn=_alone)  # type: ignore[arg-type]
        return DataLoader(
            _Scenes(self.dataset, own), batch_size=1, num_workers=self.num_workers, collate_fn=_alone
        )

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """As it is: only crops go to the device, scans need not."""
        return batch


class EncodedSceneModule(LightningDataModule):
    """Encoded scenes to test, shared out among processes without padding."""

    def __init__(self, scenes: Mapping[int, EncodedScene]) -> None:
        super().__init__()
        self.scenes = scenes

    def test_dataloader(self) -> DataLoader[EncodedScene]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        own = [self.scenes[position] for position in sorted(self.scenes)][rank::world]
        return DataLoader(own or [None], batch_size=1, collate_fn=lambda items: items[0])  # type: ignore[arg-type, list-item]

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """As it is: few numbers, and geometry is done on the processor."""
        return batch
