"""Clouds through views: a projector draws them, a frozen CLIP looks at every view."""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import ConfigError
from pointclip2.types import CloudBatch, Features, Projection


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
            images = self.drawn(clouds).images
        with self.stage("encode"):
            return Features(self.clip.encode_views(images))

    def drawn(self, clouds: CloudBatch) -> Projection:
        """Return what the projector makes of a batch.

        Raises:
            ConfigError: the projection has not the shapes that `Projection` states.
        """
        projection: Projection = self.projector(clouds.points)
        batch, count = clouds.points.shape[:2]
        views = projection.images.shape[1]
        fits = (
            projection.images.shape[0] == batch
            and projection.images.ndim - (projection.images.shape[2:-2] == (3,)) == 4
            and projection.pixel_yx.shape == (batch, views, count, 2)
            and projection.visible.shape == (batch, views, count)
        )
        if not fits:
            raise ConfigError(
                f"{type(self.projector).__name__} drew {batch} clouds of {count} points as images "
                f"{tuple(projection.images.shape)}, pixel_yx {tuple(projection.pixel_yx.shape)} and visible "
                f"{tuple(projection.visible.shape)}: they must be (batch, views, height, width) or "
                "(batch, views, 3, height, width), (batch, views, points, 2) and (batch, views, points)"
            )
        return projection

    def describe(self) -> dict[str, Any]:
        """Return what decides the features: the projector with its options, and the CLIP."""
        return {"kind": "views", "projector": self._projector_description, "clip": self.clip.describe()}

    def shown(self, clouds: CloudBatch) -> Tensor:
        """Return the views."""
        return self.drawn(clouds).images
