"""Weigh each sentence of a class by unlabelled shapes."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.types import ConfigError


def sentence_weights(
    features: Float[Tensor, "batch dim"],
    probability: Float[Tensor, "batch classes"],
    sentences: Sequence[Float[Tensor, "_ dim"]],
    temperature: float = 0.5,
) -> list[Float[Tensor, " _"]]:
    """Return weights of every class's sentences, summing to 1: a sentence that marks its class out counts more.

    A sentence's contrast is its mean similarity with the shapes predicted as its class, minus that with all; it is
    low for one that fits everything or nothing. Contrasts are compared within the class, in units of their deviation.
    A class that is never predicted, or that has one sentence, keeps equal weights.

    Args:
        features: fused view features of unlabelled shapes.
        probability: predicted probabilities of the shapes so far; no label is looked at.
        sentences: unit vectors of every class's sentences.
        temperature: a small one trusts only the best sentences, a large one gives almost the plain mean.

    Raises:
        ConfigError: the temperature is not positive.
    """
    if not 0 < temperature < math.inf:
        raise ConfigError(f"search.temperature={temperature} must be positive")
    total = probability.sum(dim=0)
    own = probability.T.to(features.dtype) @ features / total.clamp(min=1e-6)[:, None].to(features.dtype)
    contrast = own - features.mean(dim=0)
    found = []
    for name, rows in enumerate(sentences):
        # With less than half a shape in all, nothing is known of the class.
        if len(rows) < 2 or float(total[name]) < 0.5:
            found.append(torch.full((len(rows),), 1 / max(1, len(rows))))
            continue
        scores = rows @ contrast[name]
        scores = (scores - scores.mean()) / scores.std().clamp(min=1e-12)
        found.append((scores / temperature).softmax(dim=0))
    return found
