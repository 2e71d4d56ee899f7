"""An encoder without views: how far the points of a cloud are from its middle."""

from typing import Any

import torch
from torch.nn import functional as F

from pointclip2.encoders.encoder import Encoder
from pointclip2.types import CloudBatch, Features


class MomentEncoder(Encoder):
    """Encodes a cloud as the first moments of its radius. It knows no sentences."""

    id = "moments"
    trained_on = ""

    def __init__(self, count: int = 4) -> None:
        super().__init__()
        self.count = count

    @property
    def tokens(self) -> int:
        """One vector a cloud."""
        return 1

    def encode(self, clouds: CloudBatch) -> Features:
        """Encode a batch of clouds."""
        radius = clouds.points.norm(dim=2)
        moments = torch.stack([radius.pow(power).mean(dim=1) for power in range(1, self.count + 1)], dim=1)
        return Features(F.normalize(moments, dim=1).unsqueeze(1))

    def describe(self) -> dict[str, Any]:
        """Return what decides the vectors."""
        return {"id": self.id, "count": self.count}
