"""Learn the smoothing of the projection: an adapter before the backbone, which stays frozen but passes gradients."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.encoders.clip.openclip import OpenClipBackbone
from pointclip2.encoders.projectors.learnable import LearnableProjector
from pointclip2.encoders.views import ViewEncoder
from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.inter_view import InterViewAdapter
from pointclip2.heads.adapters.samples import Samples
from pointclip2.types import ConfigError


class LearnableSmoothing(Adapter):
    """Projects as V2 does with a network for its smoothing, on the run's own views, with or without inter-view adapter.

    Args:
        inter_view: put PointCLIP's adapter behind the backbone; it learns together with the smoothing.
        dropout: dropout rate of that adapter.
        views_a_step: how many views a gradient step draws; None takes all. Only without ``inter_view``, where a
            shape's logits are a mean over views.
        resolution, depth, object_ratio, depth_bias, densify, sigma: see `LearnableProjector`.
        recipe: see `Recipe`.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    name = "learnable_smoothing"
    reads = ("points",)
    batch = 16

    def __init__(
        self,
        inter_view: bool = False,
        dropout: float = 0.5,
        views_a_step: int | None = None,
        resolution: int = 112,
        depth: int = 8,
        object_ratio: float = 0.8,
        depth_bias: float = 0.2,
        densify: int = 5,
        sigma: float = 3.0,
        validate_epochs: int = 1,
        recipe: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            inter_view=inter_view,
            dropout=dropout,
            views_a_step=views_a_step,
            resolution=resolution,
            depth=depth,
            object_ratio=object_ratio,
            depth_bias=depth_bias,
            densify=densify,
            sigma=sigma,
            validate_epochs=validate_epochs,
            recipe={} if recipe is None else dict(recipe),
        )
        if views_a_step is not None and (views_a_step < 1 or inter_view):
            raise ConfigError(
                f"adapter.views_a_step={views_a_step} must be 1 or more, and null with adapter.inter_view=true, "
                "which looks at all views together"
            )
        if validate_epochs < 1:
            raise ConfigError(f"adapter.validate_epochs={validate_epochs} must be at least 1")
        self.views_a_step = views_a_step
        self.validate_epochs = validate_epochs
        self.head = InterViewAdapter(dropout=dropout) if inter_view else None

    def begin(self, setting: Setting) -> None:
        """Take the views and the frozen CLIP from the setting's encoder.

        Raises:
            ConfigError: the encoder has none.
        """
        super().begin(setting)
        if not isinstance(setting.encoder, ViewEncoder):
            raise ConfigError(
                f"adapter={self.name} sits between a projector and a CLIP: it goes with encoder=views only"
            )
        names = ("resolution", "depth", "object_ratio", "depth_bias", "densify", "sigma")
        rig: Any = setting.encoder.projector.rig
        self.projector = LearnableProjector(rig, **{name: self.options[name] for name in names})
        # Kept in a tuple, so that it is no part of this module: it is neither saved nor trained with it.
        self._frozen = (setting.encoder.clip,)
        if self.head is not None:
            self.head.begin(setting)

    def prepare(self, shots: Samples) -> None:
        """Do nothing: all learning here is by gradients."""
        if self.head is not None:
            self.head.prepare(shots)

    def _backbone(self, device: torch.device) -> OpenClipBackbone:
        (backbone,) = self._frozen
        if backbone.image_mean.device != device:
            backbone.to(device)
        return backbone

    def features(
        self, points: Float[Tensor, "batch points 3"], views: Tensor | None = None
    ) -> Float[Tensor, "batch views dim"]:
        """Return unit features of the views of clouds, with gradients to the smoothing."""
        images = self.projector(points, views)
        features = self._backbone(points.device).encode_images(images.flatten(0, 1))
        return features.view(*images.shape[:2], -1)

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch classes"]:
        """Return the inter-view adapter's logits, or CLIP's mean over views."""
        drawn = None
        if self.training and self.views_a_step is not None and self.views_a_step < self.setting.views:
            drawn = torch.randperm(self.setting.views, device=points.device)[: self.views_a_step]
        features = self.features(points, drawn)
        logits: Tensor = self.zero_shot(features) if self.head is None else self.head(features)
        return logits
