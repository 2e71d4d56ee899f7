"""Say how an adapter's parameters learn: optimiser, rate by epoch, loss. The defaults are PointCLIP's."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from pointclip2.types import ConfigError

OPTIMISERS = ("sgd", "adamw")


@dataclass(frozen=True)
class Recipe:
    """Holds the optimiser, the learning rate of every epoch and the loss.

    The first ``warmup_epochs`` run at ``warmup_rate``, then the rate falls as a cosine from ``learning_rate``.

    ``smoothing`` is taken from the true class's share of 1 and divided equally among the other classes.

    Raises:
        ConfigError: a value that cannot work.
    """

    optimiser: str = "sgd"
    learning_rate: float = 0.01
    weight_decay: float = 5e-4
    momentum: float = 0.9
    epochs: int = 250
    warmup_epochs: int = 1
    warmup_rate: float = 1e-5
    batch: int = 32
    smoothing: float = 0.2

    def __post_init__(self) -> None:
        if self.optimiser not in OPTIMISERS:
            raise ConfigError(
                f"adapter.recipe.optimiser={self.optimiser!r}: choose one of {', '.join(OPTIMISERS)}"
            )
        for name in ("learning_rate", "epochs", "batch"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"adapter.recipe.{name}={getattr(self, name)} must be above 0")
        for name in ("weight_decay", "momentum", "warmup_epochs", "warmup_rate"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError(f"adapter.recipe.{name}={getattr(self, name)} must not be negative")
        if not 0 <= self.smoothing < 1:
            raise ConfigError(f"adapter.recipe.smoothing={self.smoothing} must be in [0, 1)")

    def build_optimiser(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Build the optimiser of those parameters that learn."""
        learning = [parameter for parameter in parameters if parameter.requires_grad]
        if self.optimiser == "adamw":
            return torch.optim.AdamW(
                learning, lr=self.learning_rate, weight_decay=self.weight_decay, eps=1e-4
            )
        # Fused: one pass over the weights a step, because an adapter has few rows a batch and many weights.
        return torch.optim.SGD(
            learning,
            lr=self.learning_rate,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            fused=True,
        )

    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0."""
        if epoch < self.warmup_epochs:
            return self.warmup_rate
        return self.learning_rate * (1 + math.cos(math.pi * epoch / max(self.epochs, 1))) / 2

    def set_rate(self, optimiser: torch.optim.Optimizer, epoch: int) -> None:
        """Set the learning rate; to be called before the first step of an epoch."""
        for group in optimiser.param_groups:
            group["lr"] = self.rate(epoch)

    def loss(
        self, logits: Float[Tensor, "batch classes"], labels: Int64[Tensor, " batch"]
    ) -> Float[Tensor, ""]:
        """Return the mean cross entropy against smoothed labels."""
        classes = logits.shape[1]
        # torch spreads the smoothing over all classes, the true one included.
        share = self.smoothing * classes / (classes - 1) if classes > 1 else 0.0
        if share <= 1:
            return F.cross_entropy(logits, labels, label_smoothing=share)
        chance = logits.log_softmax(dim=1)
        truth = chance.gather(1, labels.unsqueeze(1)).squeeze(1)
        others = (chance.sum(dim=1) - truth) / (classes - 1)
        return -((1 - self.smoothing) * truth + self.smoothing * others).mean()
