"""View weights without labels: as much information as possible between the prediction and the shape.

``I = H(mean over shapes of p) - mean over shapes of H(p)``, where p is a shape's predicted distribution: large when
every single prediction is sure, and yet all classes are used. Being sure alone would be had by calling everything a
chair. It cannot tell a view that is surely right from one that is surely and evenly wrong.
"""

import math
from collections.abc import Iterable

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from pointclip2.heads.search.ascent import climb
from pointclip2.heads.search.candidates import Numbers, candidates
from pointclip2.heads.search.found import FoundWeights
from pointclip2.heads.search.seen import checked_logits
from pointclip2.types import ConfigError

BUDGET = 1 << 22
"""Numbers held at once."""


def informative_view_weights(
    logits: Float[Tensor, "views batch classes"],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
    temperature: float = 1.0,
) -> FoundWeights:
    """Coordinate ascent on `information` from ``initial`` (1 by default); no label is looked at.

    Args:
        logits: per-view logits with the model's own scale; it decides how sure a prediction is.
        levels, free, initial: as in `search_view_weights`.
        temperature: divides the logits; above 1 the predictions are taken to be less sure.

    Raises:
        DataError: logits that are not finite.
        ConfigError: levels, free, initial or temperature cannot be used.
    """
    if not 0 < temperature < math.inf:
        raise ConfigError(f"temperature={temperature} must be positive")
    logits = checked_logits(logits)
    grid = candidates(len(logits), levels, free, initial)
    start = grid.initial if float(grid.initial.sum()) > 0 else grid.highest
    history = climb(lambda weights: information(logits, weights, temperature), grid, start)
    last = history[-1]
    return FoundWeights(torch.tensor(last.values, dtype=logits.dtype), last.score, last.evaluations, history)


def information(
    logits: Float[Tensor, "views batch classes"],
    weights: Float64[Tensor, "candidates views"],
    temperature: float = 1.0,
) -> Float64[Tensor, " candidates"]:
    """Mutual information of prediction and shape as a fraction of the largest possible, ``log(classes)``.

    Predictions are softmax of the weighted **sum** over views, the weights brought to a mean of 1: views as independent
    evidence. Of a mean, the spread falls with every view that does not repeat the others, and views that agree on the
    same mistakes would look best.
    """
    views, batch, classes = logits.shape
    shares = weights / (weights.mean(dim=1, keepdim=True) * temperature)
    usage = torch.zeros(len(weights), classes, dtype=torch.float64)
    doubt = torch.zeros(len(weights), dtype=torch.float64)
    step = max(1, BUDGET // (classes * max(views, len(weights))))
    for start in range(0, batch, step):
        part = logits[:, start : start + step].double().reshape(views, -1)
        probability = (shares @ part).view(len(weights), -1, classes).softmax(dim=2)
        usage += probability.sum(dim=1)
        doubt += torch.special.entr(probability).sum(dim=(1, 2))
    return _share(torch.special.entr(usage / batch).sum(dim=1) - doubt / batch, classes)


def mutual_information(probability: Float[Tensor, "batch classes"]) -> Float[Tensor, ""]:
    """Of prediction and shape, as a fraction of the largest possible."""
    entropy = torch.special.entr
    nats = entropy(probability.mean(dim=0)).sum() - entropy(probability).sum(dim=1).mean()
    return _share(nats, probability.shape[1])


def _share(nats: Tensor, classes: int) -> Tensor:
    # One class: nothing can be told, and nothing was.
    return nats / math.log(max(classes, 2))
