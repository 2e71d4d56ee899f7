"""A key-value memory of the examples: a query is what the keys like it are, with no step of training."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F


class Memory(nn.Module):
    """Keys with their classes. Similarities are cosines, of standardised vectors if asked for.

    What all clouds share dominates a cosine; taking the examples' mean away and dividing every channel by their
    deviation leaves what tells them apart. Both come from the examples alone.

    Args:
        standardise: see above.
        learned: whether keys get gradients.
    """

    mean: Tensor
    scale: Tensor
    labels: Tensor

    def __init__(self, classes: int, standardise: bool, learned: bool = False) -> None:
        super().__init__()
        self.classes = classes
        self.standardise = standardise
        self.learned = learned
        self.register_buffer("mean", torch.zeros(0))
        self.register_buffer("scale", torch.zeros(0))
        self.register_buffer("labels", torch.zeros(0, dtype=torch.int64))
        self.register_buffer("keys", torch.zeros(0, 0))

    def store(self, vectors: Float[Tensor, "samples dim"], labels: Int64[Tensor, " samples"]) -> None:
        """Replace what is stored."""
        self.mean = torch.zeros_like(vectors[0])
        self.scale = torch.ones_like(vectors[0])
        if self.standardise and len(vectors) > 1:
            self.mean = vectors.mean(dim=0)
            deviation = vectors.std(dim=0, correction=0)
            # A channel that is the same in all examples says nothing, and must not be blown up.
            self.scale = 1 / deviation.clamp(min=1e-3 * float(deviation.max().clamp(min=1e-12)))
        self.labels = labels.clone()
        keys = self._normalised(vectors)
        if self.learned:
            del self.keys
            self.keys = nn.Parameter(keys)
        else:
            self.keys = keys

    def _normalised(self, vectors: Tensor) -> Tensor:
        return F.normalize((vectors - self.mean) * self.scale, dim=1)

    def similarity(self, vectors: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch keys"]:
        """Cosines with every key."""
        return self._normalised(vectors) @ F.normalize(self.keys, dim=1).T

    def log_density(self, similarity: Float[Tensor, "batch keys"], sharpness: float) -> Float[Tensor, "batch classes"]:
        """Logarithm of the mean over a class's keys of exp(-sharpness (1 - similarity)).

        Its soft-max is the posterior of a kernel density with equal priors; it does not underflow.
        """
        exponent = sharpness * (similarity - 1)
        rows = [exponent[:, self.labels == label] for label in range(self.classes)]
        return torch.stack(
            [
                row.logsumexp(dim=1) - torch.tensor(float(row.shape[1])).log()
                if row.shape[1]
                else exponent.new_full((len(exponent),), -sharpness * 2 - 100)
                for row in rows
            ],
            dim=1,
        )

    def affinity(self, similarity: Float[Tensor, "batch keys"], sharpness: float) -> Float[Tensor, "batch classes"]:
        """Mean over a class's keys of exp(-sharpness (1 - similarity)), in [0, 1]: as many keys as there are, equal
        classes count alike.
        """
        values = F.one_hot(self.labels, self.classes).to(similarity.dtype)
        values = values / values.sum(dim=0).clamp(min=1)
        return (sharpness * (similarity - 1)).exp() @ values

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        """A saved memory is as long as its examples were many."""
        keys = state_dict.get(f"{prefix}keys")
        if keys is not None and keys.ndim == 2 and keys.shape != self.keys.shape:
            self.store(torch.zeros(keys.shape), torch.zeros(len(keys), dtype=torch.int64))
        super()._load_from_state_dict(state_dict, prefix, *rest)


def best_of(
    grid: Sequence[Sequence[float]],
    logits_of: Callable[..., Float[Tensor, "samples classes"]],
    labels: Int64[Tensor, " samples"],
) -> tuple[float, ...]:
    """The combination with the most hits, among equals the one with the smallest cross entropy."""

    def merit(values: tuple[float, ...]) -> tuple[int, float]:
        logits = logits_of(*values)
        return int((logits.argmax(dim=1) == labels).sum()), -float(F.cross_entropy(logits, labels))

    return max(itertools.product(*grid), key=merit)
