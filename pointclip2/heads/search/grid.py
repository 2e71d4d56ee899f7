"""Search all combinations of view weights exactly, on per-view logits."""

from collections.abc import Iterable

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.heads.search.bounds import Decision, decide
from pointclip2.heads.search.candidates import Candidates, Numbers, candidates
from pointclip2.heads.search.found import FoundWeights, Step
from pointclip2.heads.search.screen import most_hits
from pointclip2.heads.search.seen import hits, labelled
from pointclip2.types import ConfigError

LARGEST = 1 << 26
"""Size of the largest grid that is searched: it takes minutes, and a quarter of a gigabyte."""
CONFIRMED = 32
"""Number of candidates that are counted exactly at once."""


def search_view_weights(
    logits: Float[Tensor, "views batch classes"],
    labels: Int64[Tensor, " batch"],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
) -> FoundWeights:
    """Find the weights among all combinations of ``levels`` that classify most shapes correctly.

    This is the published search: it starts from the score of all-one weights, and a candidate replaces the best so far
    only if it is strictly better; so the first of equals wins, with the last free view changing fastest. The result is
    exact: every score is that of double precision, and the lowest class wins a tie.

    Args:
        logits: per-view logits, see `pointclip2.heads.fusion`; a row may be a shape, a point or a box.
        labels: -1 where unknown; such shapes do not count.
        levels: the weights that a view may have; a level given twice counts once. A candidate without any weight
            predicts nothing and is skipped.
        free: the views that are searched; all by default.
        initial: the weights of the other views; 1 by default.

    Raises:
        DataError: labels out of range or none at all, logits that are not finite.
        ConfigError: levels, free or initial cannot be used; more than 2^26 candidates.
    """
    logits, labels = labelled(logits, labels)
    grid = candidates(len(logits), levels, free, initial)
    if len(grid) > LARGEST:
        raise ConfigError(
            f"{len(grid.levels)} levels for {len(grid.free)} free views are {len(grid):,} candidates, more than "
            f"{LARGEST:,}: take fewer levels, name fewer free views, or use search=coordinate"
        )
    ones = torch.ones(1, grid.views, dtype=torch.float64)
    start = int(hits(logits, labels, ones))
    history = [Step(0, start / len(labels), ones[0].tolist())]
    for number, count in improvements(decide(logits, labels, grid), grid, start):
        values = grid.weights(torch.tensor([number]))[0]
        history.append(Step(number + 1, count / len(labels), values.tolist()))
    values = torch.tensor(history[-1].values, dtype=logits.dtype)
    return FoundWeights(values, history[-1].score, len(grid), history)


def improvements(decision: Decision, grid: Candidates, best: int) -> list[tuple[int, int]]:
    """Return (number, hits) of each candidate better than ``best`` and than those before it; the last is the best.

    Only candidates whose upper bound could be better are counted exactly.
    """
    most = most_hits(decision, grid)
    if grid.empty is not None:
        most[grid.empty] = -1
    found: list[tuple[int, int]] = []
    left = (most > best).nonzero()[:, 0]
    while len(left):
        tried, left = left[:CONFIRMED], left[CONFIRMED:]
        counts = exact_hits(decision, grid, tried)
        if int(counts.max()) > best:
            best = int(counts.max())
            found.append((int(tried[counts == best][0]), best))
            left = left[most[left] > best]
    return found


def exact_hits(
    decision: Decision, grid: Candidates, number: Int64[Tensor, " candidates"]
) -> Int64[Tensor, " candidates"]:
    """Count the hits of candidates by their number, in double precision."""
    lead = grid.weights(number) @ decision.margins
    beaten = torch.where(decision.strict, lead <= 0, lead < 0)
    defeats = torch.zeros(len(number), decision.undecided).index_add_(1, decision.shape, beaten.float())
    return (defeats == 0).sum(dim=1) + decision.right
