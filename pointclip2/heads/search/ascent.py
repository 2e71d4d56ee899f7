"""Climb by coordinate ascent: one view after the other takes its best level, until none changes."""

from collections.abc import Callable

from jaxtyping import Float64
from torch import Tensor

from pointclip2.heads.search.candidates import Candidates
from pointclip2.heads.search.found import Step

Score = Callable[[Float64[Tensor, "candidates views"]], Float64[Tensor, " candidates"]]
"""Scores some candidates at once; larger is better."""
PASSES = 100
"""The most passes over all views: far more than an ascent needs, but an end where rounding would go on for ever."""


def climb(score: Score, grid: Candidates, start: Float64[Tensor, " views"], evaluated: int = 0) -> list[Step]:
    """Return the start and every improvement; ``evaluated`` candidates came before.

    A level replaces a view's weight only if it is strictly better; the first of equal levels wins.
    """
    best, values = float(score(start[None])[0]), start
    history = [Step(evaluated, best, values.tolist())]
    for _ in range(PASSES):
        before = best
        for view in grid.free:
            tried = values.expand(len(grid.levels), -1).clone()
            tried[:, view] = grid.levels
            tried = tried[tried.sum(dim=1) > 0]
            scores = score(tried)
            evaluated += len(tried)
            if float(scores.max()) > best:
                best = float(scores.max())
                values = tried[scores == best][0]
                history.append(Step(evaluated, best, values.tolist()))
        if best == before:
            break
    # The last pass found nothing, but its candidates were tried.
    return [*history, Step(evaluated, best, values.tolist())]
