"""List the weights that a search may choose from, in the order in which it tries them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from pointclip2.types import ConfigError

Numbers = Sequence[float] | Iterable[float] | Tensor


@dataclass(frozen=True)
class Candidates:
    """Holds every combination of levels for the free views; the last free view changes fastest."""

    levels: Float64[Tensor, " levels"]
    """Levels a free view may have: distinct, finite, not negative, in the order given."""
    free: tuple[int, ...]
    """Views that are searched, ascending."""
    initial: Float64[Tensor, " views"]
    """Weights of all views; those that are not free keep theirs."""

    def __len__(self) -> int:
        return len(self.levels) ** len(self.free)

    @property
    def views(self) -> int:
        """Return the number of views of the rig, searched or not."""
        return len(self.initial)

    @cached_property
    def lowest(self) -> Float64[Tensor, " views"]:
        """Return the least weight that each view can have."""
        return self._with_free(self.levels.min())

    @cached_property
    def highest(self) -> Float64[Tensor, " views"]:
        """Return the largest weight that each view can have."""
        return self._with_free(self.levels.max())

    def _with_free(self, value: Tensor) -> Tensor:
        weights = self.initial.clone()
        weights[list(self.free)] = value
        return weights

    @property
    def empty(self) -> int | None:
        """Return the number of the candidate with weight 0 for every view, which predicts nothing; None without one."""
        if float(self.lowest.max()) > 0:
            return None
        zero = int((self.levels == 0).nonzero()[0, 0])
        base = len(self.levels)
        return sum(zero * base**place for place in range(len(self.free)))

    def weights(self, number: Int64[Tensor, " candidates"]) -> Float64[Tensor, "candidates views"]:
        """Return the weights of candidates by their number, 0 to ``len``."""
        base = len(self.levels)
        found = self.initial.expand(len(number), -1).clone()
        rest = number
        for view in reversed(self.free):
            found[:, view] = self.levels[rest % base]
            rest = rest // base
        return found


def candidates(
    views: int, levels: Numbers, free: Iterable[int] | None = None, initial: Numbers | None = None
) -> Candidates:
    """Check what the caller wants searched, and return it as `Candidates`.

    Raises:
        ConfigError: levels are empty, negative or not finite; a view does not exist or is listed twice.
    """
    tried = list(dict.fromkeys(float(level) for level in levels))
    if not tried:
        raise ConfigError("levels is empty: give the weights that a view may have, say [0.25, 0.5, 0.75, 1]")
    if not all(0 <= level < math.inf for level in tried):
        raise ConfigError(f"levels {tried}: weights of views must be finite and not negative")
    if tried == [0.0]:
        raise ConfigError("levels [0]: with every weight 0 nothing is predicted; give a positive level too")
    chosen = list(range(views)) if free is None else [int(view) for view in free]
    if not chosen:
        raise ConfigError("free is empty: name the views to search, or leave it out for all of them")
    wrong = [view for view in chosen if not 0 <= view < views]
    if wrong or len(set(chosen)) < len(chosen):
        what = f"no view {wrong[0]}" if wrong else "a view twice"
        raise ConfigError(f"free {chosen}: {what}; the rig has the views 0 .. {views - 1}")
    start = [1.0] * views if initial is None else [float(value) for value in initial]
    if len(start) != views:
        raise ConfigError(f"initial has {len(start)} weights for a rig of {views} views")
    if not all(0 <= value < math.inf for value in start):
        raise ConfigError(f"initial {start}: weights of views must be finite and not negative")
    double = torch.float64
    return Candidates(
        torch.tensor(tried, dtype=double), tuple(sorted(chosen)), torch.tensor(start, dtype=double)
    )
