"""Bound how many shapes each candidate of a grid can get right: fast, in single precision, never too low.

The free views are divided into two halves, ``margin(a, b) = A(a) + B(b)``, and ``B`` is tabulated once. For each
``a`` the extremes of ``B`` settle most pairs of shape and rival; the rest costs an addition and a minimum a candidate.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int32, Int64
from torch import Tensor

from pointclip2.heads.search.bounds import Decision
from pointclip2.heads.search.candidates import Candidates

BUDGET = 1 << 24
"""The most numbers in the table of the second half."""


def most_hits(decision: Decision, grid: Candidates) -> Int32[Tensor, " candidates"]:
    """Return for every candidate at least as many hits as it has, and seldom more."""
    base, half = len(grid.levels), len(grid.free) // 2
    firsts, seconds = base**half, base ** (len(grid.free) - half)
    # Counted in steps of the second half, and within the first of these.
    first = grid.weights(torch.arange(firsts) * seconds)[:, list(grid.free[:half])]
    second = grid.weights(torch.arange(seconds))[:, list(grid.free[half:])]
    most = torch.full((firsts, seconds), decision.right, dtype=torch.int32)
    fixed = [view for view in range(grid.views) if view not in grid.free]
    constant = grid.initial[fixed] @ decision.margins[fixed]
    # The most that single precision may lose; it is added, so that no hit is missed.
    size = grid.highest @ decision.margins.abs()
    constant += (len(grid.free) + 4) * torch.finfo(torch.float32).eps * size
    for start, stop in shape_ranges(decision.shape, max(1, BUDGET // seconds)):
        margins = decision.margins[:, start:stop]
        table = (margins[list(grid.free[half:])].T @ second.T).float()
        shape = decision.shape[start:stop] - decision.shape[start]
        pairs = Pairs(table, shape, int(shape[-1]) + 1)
        offsets = (first @ margins[list(grid.free[:half])] + constant[start:stop]).float()
        for number, offset in enumerate(offsets):
            most[number] += pairs.hits(offset)
    return most.flatten()


def shape_ranges(shape: Int64[Tensor, " pairs"], limit: int) -> list[tuple[int, int]]:
    """Return ranges of pairs, each of whole shapes and about ``limit`` pairs long."""
    if not len(shape):
        return []
    ends = torch.bincount(shape).cumsum(0).tolist()
    ranges, start = [], 0
    for end, following in zip(ends, [*ends[1:], None], strict=True):
        if following is None or following - start > limit:
            ranges.append((start, end))
            start = end
    return ranges


@dataclass
class Pairs:
    """Holds undecided pairs of shape and rival, and their margins under every second half."""

    table: Float32[Tensor, "pairs seconds"]
    shape: Int64[Tensor, " pairs"]
    shapes: int

    def __post_init__(self) -> None:
        self.least = self.table.amin(dim=1)
        self.most = self.table.amax(dim=1)

    def hits(self, offset: Float32[Tensor, " pairs"]) -> Int32[Tensor, " seconds"]:
        """Count the shapes whose every margin is not negative after ``offset`` is added."""
        lost = torch.zeros(self.shapes, dtype=torch.bool)
        lost[self.shape[offset + self.most < 0]] = True
        left = ((offset + self.least < 0) & ~lost[self.shape]).nonzero()[:, 0]
        shape = self.shape[left]
        rivals = torch.bincount(shape, minlength=self.shapes)
        hits = torch.full((self.table.shape[1],), int((~lost & (rivals == 0)).sum()), dtype=torch.int32)
        if not len(left):
            return hits
        # Take the first rival of every shape, then the second, ...; shapes with many rivals go first, so that those
        # that still have one are always at the front.
        rank = torch.arange(len(left)) - (rivals.cumsum(0) - rivals)[shape]
        place = torch.empty_like(rivals)
        place[rivals.argsort(descending=True)] = torch.arange(self.shapes)
        left = left[(rank * self.shapes + place[shape]).argsort()]
        turns = left.split(torch.bincount(rank).tolist())
        worst = self.table[turns[0]].add_(offset[turns[0], None])
        for turn in turns[1:]:
            front = worst[: len(turn)]
            torch.minimum(front, self.table[turn].add_(offset[turn, None]), out=front)
        return hits.add_(worst.ge_(0).sum(dim=0).int())
