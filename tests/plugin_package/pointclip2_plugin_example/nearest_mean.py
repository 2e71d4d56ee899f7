"""An adapter: the class whose examples are nearest on average."""

import torch
from torch import Tensor
from torch.nn import functional as F

from pointclip2.heads.adapters import Adapter, Samples, Setting


class NearestMean(Adapter):
    """Compares a cloud's vectors with the mean of every class's examples."""

    name = "nearest_mean"
    uses_text = False
    means: Tensor

    def __init__(self, sharpness: float = 100.0) -> None:
        super().__init__(sharpness=sharpness)
        self.sharpness = sharpness

    def begin(self, setting: Setting) -> None:
        """Make room for a mean of every class."""
        super().begin(setting)
        self.register_buffer("means", torch.zeros(len(setting.classes), setting.views * setting.dim))

    def prepare(self, shots: Samples) -> None:
        """Take the means of the examples."""
        [views] = shots.take(self.reads)
        rows, labels = views.flatten(1), shots.labels
        self.means = torch.stack([rows[labels == label].mean(dim=0) for label in range(len(self.means))])

    def forward(self, views: Tensor) -> Tensor:
        """Return logits (batch, classes): the nearer, the higher."""
        return -self.sharpness * torch.cdist(views.flatten(1), F.normalize(self.means, dim=1))
