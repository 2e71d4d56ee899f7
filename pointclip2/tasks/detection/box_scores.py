"""From what a crop looks like and how large its box is to class probabilities."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.tasks.detection.sizes import SizeTable
from pointclip2.types import ConfigError


class BoxScorer:
    """Softmax at a temperature, over classes and background, after size and bias had their say.

    Args:
        temperature: of the softmax over the mean of the views' logits (100 x cosine); larger is less sure.
        background: names of what is no object and may swallow a proposal; empty for none. See
            ``assets/background.json`` for those that are described there.
        size_weight: of the likelihood of the box's size, from the table of ranges; 0 leaves sizes out.
        size_table: a CSV of one's own in place of ours: class, then low and high of height_m, long_m and short_m.
        size_slack: how far outside its range a size still passes, as a factor e^slack: boxes of half-seen things
            are too small.
        debias: 0 to 1: how far the mean probability of each class over all proposals of the split, whose labels
            nobody knows, is made even.

    Raises:
        ConfigError: a value that cannot work.
    """

    def __init__(
        self,
        temperature: float = 1.0,
        background: Sequence[str] = (),
        size_weight: float = 0.0,
        size_table: str | None = None,
        size_slack: float = 0.25,
        debias: float = 0.0,
    ) -> None:
        if not 0 < temperature < float("inf"):
            raise ConfigError(f"task.score.temperature={temperature} must be positive")
        if not 0 <= size_weight < float("inf") or not 0 < size_slack < float("inf"):
            raise ConfigError("task.score.size_weight must not be negative, and size_slack must be positive")
        if not 0 <= debias <= 1:
            raise ConfigError(f"task.score.debias={debias} must be between 0 and 1")
        if isinstance(background, str):
            raise ConfigError(f"task.score.background must be a list of names: [{background}]")
        self.temperature = temperature
        self.background = tuple(background)
        self.size_weight = size_weight
        self.sizes = SizeTable.read(size_table) if size_weight > 0 or size_table else None
        self.size_slack = size_slack
        self.debias = debias
        self.names: tuple[str, ...] = ()
        self.log_bias: Float[Tensor, " names"] | None = None

    @property
    def selected_on(self) -> str:
        """``label_free`` where the split's own unlabelled boxes shift the scores."""
        return "label_free" if self.debias > 0 else "none"

    def describe(self) -> dict[str, Any]:
        """For ``results.json``."""
        return {
            "temperature": self.temperature,
            "background": list(self.background),
            "size_weight": self.size_weight,
            "size_table": None if self.sizes is None else self.sizes.source,
            "size_slack": self.size_slack,
            "debias": self.debias,
        }

    def use_classes(self, classes: Sequence[str]) -> None:
        """What the columns of the logits are called; sizes are looked up by it."""
        self.names = tuple(classes)

    def learn_bias(self, logits: Float[Tensor, "boxes names"]) -> None:
        """The mean probability of each class over unlabelled boxes, of the whole split; without effect at debias 0."""
        if self.debias > 0 and len(logits):
            mean = (logits / self.temperature).softmax(dim=1).mean(dim=0)
            classes = len(self.names)
            mean = mean.clamp(min=1e-6)
            mean[:classes] /= mean[:classes].mean()
            mean[classes:] = 1  # what is background is the prompts' business
            self.log_bias = mean.log()

    def __call__(
        self, logits: Float[Tensor, "boxes names"], size_m: Float[Tensor, "boxes 3"], classes: int
    ) -> Float[Tensor, "boxes classes"]:
        """Probabilities of the first ``classes`` names; what is missing to 1 is background."""
        evidence = logits / self.temperature
        if self.log_bias is not None:
            evidence = evidence - self.debias * self.log_bias
        if self.sizes is not None and self.size_weight > 0:
            likelihood = self.sizes.log_likelihood(self.names, size_m, self.size_slack)
            share = torch.zeros_like(evidence)
            share[:, :classes] = likelihood
            # Background has any size: as likely as a class of which nothing is known.
            share[:, classes:] = (
                torch.logsumexp(likelihood, dim=1, keepdim=True) - torch.tensor(float(classes)).log()
            )
            evidence = evidence + self.size_weight * share
        return evidence.softmax(dim=1)[:, :classes]
