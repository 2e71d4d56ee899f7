"""Clouds through views, cell by cell: what a frozen CLIP says about every patch, and where the points fall."""

from functools import cached_property
from typing import Any

from torch import nn

from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.encoders.encoder import Encoder
from pointclip2.encoders.views import ViewEncoder
from pointclip2.errors import ConfigError
from pointclip2.types import CloudBatch, Features, Places


class DenseViewEncoder(ViewEncoder):
    """Encodes a cloud as one unit vector for every cell of every view.

    Args:
        projector: points (batch, points, 3) to `Projection`.
        clip: the frozen image and text encoder.
        dense: how the CLIP encodes cells.
    """

    def __init__(
        self, projector: nn.Module, clip: OpenClipBackbone, dense: DenseEncoder | None = None
    ) -> None:
        super().__init__(projector, clip)
        self.dense = dense or DenseEncoder()

    def encode(self, clouds: CloudBatch) -> Features:
        """Draw every view and encode its cells.

        Raises:
            ConfigError: the model has no dense features, not this variant, or cannot take an input of this size.
        """
        with self.stage("project"):
            projection = self.drawn(clouds)
        with self.stage("encode"):
            cells = self.dense(self.clip, projection.images)
        places = Places(
            (cells.shape[1], cells.shape[2], cells.shape[3]),
            projection.pixel_yx,
            projection.visible,
            projection.images.shape[-1],
            self.dense.input_px(self.clip),
        )
        return Features(cells.flatten(1, 3), places)

    def describe(self) -> dict[str, Any]:
        """Return what decides the features: as for views, and how cells are encoded."""
        return {**super().describe(), "kind": "dense views", "dense": self.dense.describe()}

    @cached_property
    def pooled(self) -> ViewEncoder:
        """The encoder of whole views through the same projector and CLIP."""
        return ViewEncoder(self.projector, self.clip)


def whole_clouds(encoder: Encoder) -> Encoder:
    """Return the encoder, whose vectors are of views or of whole clouds.

    Raises:
        ConfigError: they are of single cells.
    """
    if isinstance(encoder, DenseViewEncoder):
        raise ConfigError(
            "encoder=dense looks at single cells, for part segmentation: whole clouds are seen by encoder=views"
        )
    return encoder
