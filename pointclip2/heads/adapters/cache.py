"""Add a key-value cache of the examples' view features to CLIP's own logits (Tip-Adapter, ECCV 2022)."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.memory import Memory, best_of
from pointclip2.heads.adapters.samples import Samples
from pointclip2.types import ConfigError

SHARPNESS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
SHARES = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


class CacheAdapter(Adapter):
    """Lets similar examples vote: CLIP's logits plus ``share`` times the affinity to each class's examples.

    Two shapes are compared view by view, each with the same view of the other. With a recipe the keys are trained.

    Args:
        share: weight of the cache beside CLIP's logits, used where there is no validation to choose it on.
        sharpness: how fast the affinity falls as similarity falls, used where there is no validation.
        standardise, whiten: see `Memory`.
        recipe: see `Recipe`; None trains nothing.

    Raises:
        ConfigError: a share or sharpness that is not positive.
    """

    name = "cache"

    share: Tensor
    sharpness: Tensor

    def __init__(
        self,
        share: float = 30.0,
        sharpness: float = 8.0,
        standardise: bool = True,
        whiten: float = 0.5,
        recipe: Mapping[str, Any] | None = None,
    ) -> None:
        recipe = None if recipe is None else dict(recipe)
        super().__init__(
            share=share, sharpness=sharpness, standardise=standardise, whiten=whiten, recipe=recipe
        )
        check_positive(share=share, sharpness=sharpness)
        self.standardise, self.whiten = standardise, whiten
        self.register_buffer("share", torch.tensor(float(share)))
        self.register_buffer("sharpness", torch.tensor(float(sharpness)))

    def begin(self, setting: Setting) -> None:
        """Start with an empty memory."""
        super().begin(setting)
        self.memory = Memory(len(setting.classes), self.standardise, self.whiten, self.recipe is not None)

    def prepare(self, shots: Samples) -> None:
        """Store the examples and their copies."""
        self.memory.store(shots.columns["views"].flatten(1), shots.labels)

    def forward(self, views: Float[Tensor, "batch views dim"]) -> Float[Tensor, "batch classes"]:
        """Add the cache's votes to CLIP's logits."""
        affinity = self.memory.affinity(self.memory.similarity(views.flatten(1)), float(self.sharpness))
        return self.zero_shot(views) + self.share * affinity

    @torch.no_grad()
    def choose(self, validation: Samples) -> None:
        """Choose the share and sharpness with the most hits on validation."""
        views = validation.columns["views"]
        similarity, own = self.memory.similarity(views.flatten(1)), self.zero_shot(views)
        votes = {sharpness: self.memory.affinity(similarity, sharpness) for sharpness in SHARPNESS}
        share, sharpness = best_of((SHARES, SHARPNESS), lambda a, b: own + a * votes[b], validation.labels)
        self.share.fill_(share)
        self.sharpness.fill_(sharpness)

    def chosen(self) -> dict[str, float]:
        return {"share": float(self.share), "sharpness": float(self.sharpness)}


def check_positive(**options: float) -> None:
    """Refuse options that must be above 0."""
    for name, value in options.items():
        if not 0 < value < float("inf"):
            raise ConfigError(f"adapter.{name}={value} must be above 0")
