"""Search view weights by coordinate ascent on accuracy: quick for many views and levels, but not exact."""

from collections.abc import Iterable

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from pointclip2.heads.search.ascent import climb
from pointclip2.heads.search.candidates import Numbers, candidates
from pointclip2.heads.search.found import FoundWeights
from pointclip2.heads.search.seen import hits, labelled
from pointclip2.types import ConfigError


def climb_view_weights(
    logits: Float[Tensor, "views batch classes"],
    labels: Int64[Tensor, " batch"],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
    restarts: int = 0,
    seed: int = 0,
) -> FoundWeights:
    """Start at ``initial`` (1 by default), then change one view at a time while more shapes become right.

    Args:
        logits, labels, levels, free: as in `search_view_weights`, which is exact.
        initial: where the ascent begins; also the weights of the views that are not free.
        restarts: further ascents from random levels; the best of all counts, the first of equals.
        seed: seed of the random starts.

    Raises:
        DataError, ConfigError: as `search_view_weights`, without its limit of candidates.
    """
    if restarts < 0:
        raise ConfigError(f"restarts={restarts}: 0 or more")
    logits, labels = labelled(logits, labels)
    grid = candidates(len(logits), levels, free, initial)
    generator = torch.Generator().manual_seed(seed)

    def accuracy(weights: Float64[Tensor, "candidates views"]) -> Float64[Tensor, " candidates"]:
        return hits(logits, labels, weights).double() / len(labels)

    # All weights 0 predict nothing, which is no place to begin.
    start = grid.initial if float(grid.initial.sum()) > 0 else grid.highest
    history = climb(accuracy, grid, start)
    for _ in range(restarts):
        start = grid.initial.clone()
        start[list(grid.free)] = grid.levels[
            torch.randint(len(grid.levels), (len(grid.free),), generator=generator)
        ]
        if float(start.sum()) == 0:
            continue
        ascent = climb(accuracy, grid, start, history[-1].evaluations)
        best = history[-1]
        history += [step for step in ascent if step.score > best.score]
        if history[-1] is best:
            history[-1] = type(best)(ascent[-1].evaluations, best.score, best.values)
    last = history[-1]
    return FoundWeights(torch.tensor(last.values, dtype=logits.dtype), last.score, last.evaluations, history)
