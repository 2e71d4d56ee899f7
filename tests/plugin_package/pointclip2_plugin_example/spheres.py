"""A data set: balls and shells, drawn at random."""

import torch
from torch.nn import functional as F

from pointclip2.data.dataset import CloudData, CloudDataset
from pointclip2.types import Cloud


class Spheres(CloudData):
    """Half of the clouds are solid balls, half are hollow shells."""

    name = "spheres"
    splits = ("train", "test")

    def __init__(self, split: str = "test", count: int = 8, points: int = 256) -> None:
        self.split = split
        self.count = count
        self.points = points

    def open(self, split: str) -> CloudDataset:
        """Open one split; the clouds of ``train`` are others than those of ``test``."""
        self.check_split(split)
        return SphereSplit(split, self.count, self.points)


class SphereSplit(CloudDataset):
    """One split of `Spheres`."""

    name = "spheres"
    classes = ("ball", "shell")

    def __init__(self, split: str, count: int, points: int) -> None:
        self.split = split
        self.points = points
        self.names = [f"{split}/{number}" for number in range(count)]
        self.labels = [number % 2 for number in range(count)]
        self.checksum = f"spheres-{split}-{count}-{points}"

    def __getitem__(self, index: int) -> Cloud:
        """Draw the cloud at ``index``."""
        generator = torch.Generator().manual_seed(index + (1000 if self.split == "train" else 0))
        outside = F.normalize(torch.randn(self.points, 3, generator=generator), dim=1)
        radius = torch.rand(self.points, 1, generator=generator) ** (1 / 3)
        return Cloud(
            self.names[index], outside if self.labels[index] else outside * radius, self.labels[index]
        )
