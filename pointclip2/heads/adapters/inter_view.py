"""Adapt all views of a shape at once, as PointCLIP's inter-view adapter does (sec. 3.3 of the PointCLIP paper)."""

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.samples import Samples
from pointclip2.types import ConfigError, DataError


class ViewNorm(nn.BatchNorm1d):
    """Normalises the channels of every view vector over the batch."""

    def forward(self, views: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch views dim"]:
        return super().forward(views.flatten(0, 1)).view_as(views)


class InterViewAdapter(Adapter):
    """Maps all views to all views through a bottleneck of one view's width.

    Args:
        residual: share of CLIP's own features in the result.
        dropout: rate for the views and for the bottleneck.
        recipe: see `Recipe`.

    Raises:
        ConfigError: a share outside [0, 1), or no recipe.
    """

    name = "inter_view"

    def __init__(
        self, residual: float = 0.4, dropout: float = 0.075, recipe: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(residual=residual, dropout=dropout, recipe={} if recipe is None else dict(recipe))
        for option, value in {"residual": residual, "dropout": dropout}.items():
            if not 0 <= value < 1:
                raise ConfigError(f"adapter.{option}={value} must be in [0, 1)")
        self.residual = residual
        self.dropout = dropout

    def begin(self, setting: Setting) -> None:
        """Make the layers for this number of views and this width."""
        super().begin(setting)
        views, dim = setting.views, setting.dim
        self.view_ratio = nn.Parameter(torch.full((views,), 0.5))
        self.bottleneck = nn.Sequential(
            ViewNorm(dim),
            nn.Dropout(self.dropout),
            nn.Flatten(),
            nn.Linear(views * dim, dim),
            nn.BatchNorm1d(dim),
            nn.ReLU(),
            nn.Dropout(self.dropout),
        )
        self.to_views = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, views * dim), nn.ReLU())

    def prepare(self, shots: Samples) -> None:
        """Check that there are at least two examples, which batch norms need; nothing is learned here."""
        if shots.examples < 2:
            raise DataError(
                "the inter-view adapter needs two examples or more: raise data.shots or add classes"
            )

    def adapted(self, views: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch flat"]:
        """Return unit rows: all adapted views of a shape, one after the other."""
        everything = self.bottleneck(views * self.view_ratio.view(1, -1, 1))
        mixed = torch.lerp(self.to_views(everything), views.flatten(1), self.residual)
        return F.normalize(mixed, dim=1)

    def forward(self, views: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch classes"]:
        """Return the cosines of the adapted views with the text, which is the same for every view."""
        # The text repeated for each view has length sqrt(views), and its product with all views is that with their sum.
        total = self.adapted(views).unflatten(1, views.shape[1:]).sum(dim=1)
        return self.setting.logit_scale / math.sqrt(views.shape[1]) * total @ self.text.T
