"""Choose view weights without labels, by the information between the prediction and the shape.

``I = H(mean over shapes of p) - mean over shapes of H(p)``, where p is a shape's predicted distribution. It is large
when every single prediction is sure and yet all classes are used; calling everything a chair would be sure, too. It
cannot tell a view that is always right from one that is confidently and evenly wrong.
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
"""The most numbers held at once."""


def informative_view_weights(
    logits: Float[Tensor, "views batch classes"],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
    temperature: float = 1.0,
) -> FoundWeights:
    """Climb on `information` by coordinate ascent from ``initial`` (1 by default), without looking at a label.

    Args:
        logits: per-view logits with the model's own scale; it decides how sure a prediction is.
        levels, free, initial: as in `search_view_weights`.
        temperature: divides the logits; above 1 the predictions count as less sure.

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
    """Return the mutual information of prediction and shape as a fraction of the largest possible, ``log(classes)``.

    Predictions are the softmax of the weighted **sum** over views, with weights scaled to a mean of 1: views are
    independent evidence. In a mean, every view that differs from the others would make the prediction less sure, and
    views that agree on the same mistakes would look best.
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
    """Return the mutual information of prediction and shape, as a fraction of the largest possible."""
    entropy = torch.special.entr
    nats = entropy(probability.mean(dim=0)).sum() - entropy(probability).sum(dim=1).mean()
    return _share(nats, probability.shape[1])


def _share(nats: Tensor, classes: int) -> Tensor:
    # With one class there is nothing to know.
    return nats / math.log(max(classes, 2))
