"""Exact search over all combinations of view weights, in batches, on per-view logits."""

from collections.abc import Iterable

import torch
from jaxtyping import Float, Float32, Float64, Int64
from torch import Tensor

from pointclip2.search.bounds import Decision, Undecided, decide
from pointclip2.search.candidates import Candidates, Numbers, candidates
from pointclip2.search.found import FoundWeights, Step
from pointclip2.search.seen import hits, labelled
from pointclip2.types import ConfigError

LARGEST = 1 << 26
"""Candidates of the largest grid that is searched: minutes."""
BLOCK = (2048, 192)
"""Candidates and shapes of one block: its margins stay in a core's cache."""
CONFIRMED = 32
"""Candidates that are counted exactly at once."""


def search_view_weights(
    logits: Float[Tensor, "views batch classes"],
    labels: Int64[Tensor, " batch"],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
) -> FoundWeights:
    """The weights among all combinations of ``levels`` that call most shapes by their own name.

    The published search: it starts from the score of all-one weights, and a candidate replaces the best so far only
    if it is strictly better; so the first of equals wins, the last free view changing fastest. Exact: every score is
    that of double precision, the lowest class winning a tie.

    Args:
        logits: per-view logits, see `pointclip2.fusion`.
        labels: -1 where unknown; such shapes do not count.
        levels: the weights that a view may have; a level given twice counts once.
        free: the views that are searched; all by default.
        initial: the weights of the others; 1 by default.

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
    best = int(hits(logits, labels, ones))
    history = [Step(0, best / len(labels), ones[0].tolist())]
    screen = Screen(decide(logits, labels, grid), grid)
    for number, count in screen.improvements(best):
        values = grid.weights(torch.tensor([number]))[0]
        history.append(Step(number + 1, count / len(labels), values.tolist()))
    values = torch.tensor(history[-1].values, dtype=logits.dtype)
    return FoundWeights(values, history[-1].score, len(grid), history)


class Screen:
    """Scores all candidates in single precision, never too low, and confirms in double precision what looks better."""

    def __init__(self, decision: Decision, grid: Candidates) -> None:
        self.decision = decision
        self.grid = grid
        self.upper = [upper_margins(group, grid) for group in decision.groups]
        self.exact = [group.margins.flatten(1) for group in decision.groups]

    def improvements(self, best: int) -> list[tuple[int, int]]:
        """Candidates (number, hits) that beat ``best`` and all before them, in order."""
        found: list[tuple[int, int]] = []
        for start in range(0, len(self.grid), BLOCK[0]):
            number = torch.arange(start, min(start + BLOCK[0], len(self.grid)))
            bound = self.bound(number)
            while bool((bound > best).any()):
                tried = (bound > best).nonzero()[:CONFIRMED, 0]
                counts = self.count(number[tried])
                bound[tried] = counts
                if int(counts.max()) > best:
                    best = int(counts.max())
                    found.append((int(number[tried[counts == best][0]]), best))
        return found

    def bound(self, number: Int64[Tensor, " candidates"]) -> Int64[Tensor, " candidates"]:
        """At least as many as the candidates' hits, and seldom more."""
        weights = self.grid.weights(number)[:, list(self.grid.free)].float()
        weights = torch.cat([weights, torch.ones(len(weights), 1)], dim=1)
        hit = torch.zeros(len(weights))
        for margins in self.upper:
            for part in margins.split(BLOCK[1], dim=2):
                worst = weights @ part[0]
                for rival in part[1:]:
                    torch.minimum(worst, weights @ rival, out=worst)
                hit += worst.ge_(0).sum(dim=1)
        return self._without_empty(number, hit.long() + self.decision.right)

    def count(self, number: Int64[Tensor, " candidates"]) -> Int64[Tensor, " candidates"]:
        """The candidates' hits."""
        weights = self.grid.weights(number)
        hit = torch.full((len(number),), self.decision.right)
        for group, margins in zip(self.decision.groups, self.exact, strict=True):
            lead = (weights @ margins).view(-1, *group.strict.shape)
            hit += torch.where(group.strict, lead > 0, lead >= 0).all(dim=1).sum(dim=1)
        return self._without_empty(number, hit)

    def _without_empty(self, number: Tensor, hit: Tensor) -> Tensor:
        if self.grid.empty is not None:
            hit[number == self.grid.empty] = -1
        return hit


def upper_margins(group: Undecided, grid: Candidates) -> Float32[Tensor, "rivals coefficients batch"]:
    """Coefficients of the free views and a constant; their sum is never below the margin, rounding included."""
    margins = group.margins
    free, fixed = list(grid.free), [view for view in range(grid.views) if view not in grid.free]
    constant: Float64[Tensor, "rivals batch"] = torch.einsum("v,vrb->rb", grid.initial[fixed], margins[fixed])
    size = torch.einsum("v,vrb->rb", grid.highest, margins.abs())
    rounding = (len(free) + 4) * torch.finfo(torch.float32).eps * size
    stacked = torch.cat([margins[free], (constant + rounding)[None]])
    return stacked.permute(1, 0, 2).float().contiguous()
