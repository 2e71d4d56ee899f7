"""Clouds through views: a projector draws them, a frozen CLIP looks at every view."""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.types import CloudBatch, Features


class ViewEncoder(Encoder):
    """Encodes a cloud as one unit vector a view: a projector, then a frozen CLIP.

    Args:
        projector: points (batch, points, 3) to `Projection`.
        clip: the frozen image and text encoder.

    >>> from pointclip2 import build, compose
    >>> encoder = build(compose("evaluate", ["projector=splat"]).encoder)
    >>> encoder(torch.rand(1, 512, 3)).shape
    torch.Size([1, 10, 256])
    """

    def __init__(self, projector: nn.Module, clip: OpenClipBackbone) -> None:
        super().__init__()
        self.projector = projector
        self.clip = clip
        self.id = clip.id
        self.trained, self.trained_on = clip.trained, clip.trained_on
        # Now: what a projector keeps while it works does not belong to it.
        self._projector_description = described(projector)

    @property
    def text(self) -> OpenClipBackbone:
        """The same CLIP."""
        return self.clip

    @cached_property
    def tokens(self) -> int:
        """The projector's views."""
        rig = getattr(self.projector, "rig", None)
        if rig is not None:
            return int(rig.views)
        with torch.no_grad():
            return int(self.projector(torch.eye(3).unsqueeze(0)).images.shape[1])

    def encode(self, clouds: CloudBatch) -> Features:
        """Draw and encode every view."""
        with self.stage("project"):
            images = self.projector(clouds.points).images
        with self.stage("encode"):
            return Features(self.clip.encode_views(images))

    def describe(self) -> dict[str, Any]:
        """Return what decides the features: the projector with its options, and the CLIP."""
        return {"kind": "views", "projector": self._projector_description, "clip": self.clip.describe()}

    def shown(self, clouds: CloudBatch) -> Tensor:
        """Return the views."""
        images: Tensor = self.projector(clouds.points).images
        return images
