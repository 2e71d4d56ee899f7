"""Remember the examples as keys with their classes, and classify a query by the keys like it, without training."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from pointclip2.types import ConfigError


class Memory(nn.Module):
    """Stores keys with their classes, and compares vectors with them by cosine.

    Plain cosines are dominated by what all clouds have in common, so vectors may be standardised first, and whitened
    as well. Standardising subtracts the examples' mean and divides every channel by their deviation; whitening shrinks
    the directions in which examples of the same class differ. Both come from the examples alone, in closed form.

    Args:
        classes: how many classes there are.
        standardise: whether to standardise, see above.
        whiten: weight in [0, 1) of the covariance within classes, the rest being that of independent channels of the
            same mean variance; 0 whitens nothing. One example a class has no covariance, so it is not whitened.
        learned: whether the keys get gradients.

    Raises:
        ConfigError: a weight outside [0, 1).
    """

    mean: Tensor
    scale: Tensor
    basis: Tensor
    gain: Tensor
    labels: Tensor
    keys: Tensor

    def __init__(self, classes: int, standardise: bool, whiten: float = 0.0, learned: bool = False) -> None:
        super().__init__()
        if not 0 <= whiten < 1:
            raise ConfigError(f"adapter.whiten={whiten} must be in [0, 1)")
        self.classes = classes
        self.standardise = standardise
        self.whiten = whiten
        self.learned = learned
        self.register_buffer("mean", torch.zeros(0))
        self.register_buffer("scale", torch.zeros(0))
        self.register_buffer("basis", torch.zeros(0, 0))
        self.register_buffer("gain", torch.zeros(0))
        self.register_buffer("labels", torch.zeros(0, dtype=torch.int64))
        if learned:
            self.register_parameter("keys", nn.Parameter(torch.zeros(0, 0)))
        else:
            self.register_buffer("keys", torch.zeros(0, 0))

    @torch.no_grad()
    def store(self, vectors: Float[Tensor, "samples dim"], labels: Int64[Tensor, " samples"]) -> None:
        """Replace what is stored."""
        self.mean = torch.zeros_like(vectors[0])
        self.scale = torch.ones_like(vectors[0])
        if self.standardise and len(vectors) > 1:
            self.mean = vectors.mean(dim=0)
            deviation = vectors.std(dim=0, correction=0)
            # A channel that is the same in all examples says nothing, and must not be divided by almost zero.
            self.scale = 1 / deviation.clamp(min=1e-3 * float(deviation.max().clamp(min=1e-12)))
        self.labels = labels.clone()
        self.basis, self.gain = self._within((vectors - self.mean) * self.scale, labels)
        keys = self._normalised(vectors)
        self.keys = nn.Parameter(keys) if self.learned else keys

    def _within(self, vectors: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Find directions (rank, dim) in which classes vary inside, and the factor in (0, 1] that each keeps."""
        present, index = labels.unique(return_inverse=True)
        freedom = len(vectors) - len(present)
        if not self.whiten or freedom < 1:
            return vectors.new_zeros(0, vectors.shape[1]), vectors.new_zeros(0)
        centres = torch.stack([vectors[index == one].mean(dim=0) for one in range(len(present))])
        _, singular, basis = torch.linalg.svd(vectors - centres[index], full_matrices=False)
        kept = singular > 1e-4 * singular.amax().clamp(min=1e-12)
        variance, basis = singular[kept].square() / freedom, basis[kept]
        even = (1 - self.whiten) * variance.sum() / vectors.shape[1]
        return basis.contiguous(), (even / (even + self.whiten * variance)).sqrt()

    def _normalised(self, vectors: Tensor) -> Tensor:
        vectors = (vectors - self.mean) * self.scale
        if len(self.gain):
            vectors = vectors + ((vectors @ self.basis.T) * (self.gain - 1)) @ self.basis
        return F.normalize(vectors, dim=1)

    def similarity(self, vectors: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch keys"]:
        """Return the cosines with every key."""
        return self._normalised(vectors) @ F.normalize(self.keys, dim=1).T

    def log_density(
        self, similarity: Float[Tensor, "batch keys"], sharpness: float
    ) -> Float[Tensor, "batch classes"]:
        """Return the logarithm of the mean over a class's keys of exp(-sharpness (1 - similarity)).

        The softmax of it is the posterior of a kernel density with equal priors; it does not underflow.
        """
        exponent = sharpness * (similarity - 1)
        columns = []
        for label in range(self.classes):
            own = exponent[:, self.labels == label]
            count = own.shape[1]
            # A class without keys ranks behind all others.
            lowest = exponent.new_full((len(exponent),), -2 * sharpness - 100)
            columns.append(own.logsumexp(dim=1) - own.new_tensor(count).log() if count else lowest)
        return torch.stack(columns, dim=1)

    def affinity(
        self, similarity: Float[Tensor, "batch keys"], sharpness: float
    ) -> Float[Tensor, "batch classes"]:
        """Return the mean over a class's keys of exp(-sharpness (1 - similarity)), in [0, 1].

        It is a mean so that classes weigh the same, however many keys they have.
        """
        values = F.one_hot(self.labels, self.classes).to(similarity.dtype)
        values = values / values.sum(dim=0).clamp(min=1)
        return (sharpness * (similarity - 1)).exp() @ values

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        """Make room first: a saved memory is as long as it had examples."""
        for name, own in (*self.named_parameters(recurse=False), *self.named_buffers(recurse=False)):
            saved = state_dict.get(f"{prefix}{name}")
            if saved is not None and saved.shape != own.shape:
                room = torch.empty_like(saved, device=own.device)
                setattr(self, name, nn.Parameter(room) if isinstance(own, nn.Parameter) else room)
        super()._load_from_state_dict(state_dict, prefix, *rest)


def best_of(
    grid: Sequence[Sequence[float]],
    logits_of: Callable[..., Float[Tensor, "samples classes"]],
    labels: Int64[Tensor, " samples"],
) -> tuple[float, ...]:
    """Return the combination with the most hits, among equals the one with the smallest cross entropy."""

    def merit(values: tuple[float, ...]) -> tuple[int, float]:
        logits = logits_of(*values)
        return int((logits.argmax(dim=1) == labels).sum()), -float(F.cross_entropy(logits, labels))

    return max(itertools.product(*grid), key=merit)
