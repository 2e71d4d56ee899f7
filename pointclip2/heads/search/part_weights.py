"""Search view weights for part segmentation, by category mIoU on labelled shapes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from pointclip2.heads.search.ascent import climb
from pointclip2.heads.search.candidates import Numbers, candidates
from pointclip2.heads.search.found import FoundWeights
from pointclip2.heads.search.part_evidence import ViewEvidence, category_miou
from pointclip2.heads.search.view_weights import LEVELS
from pointclip2.types import ConfigError, DataError


def climb_part_weights(
    evidence: Sequence[ViewEvidence],
    levels: Numbers,
    free: Iterable[int] | None = None,
    initial: Numbers | None = None,
) -> FoundWeights:
    """Change one view's weight at a time while that raises the category mIoU; see `pointclip2.heads.search.ascent`.

    Raises:
        DataError: there is nothing to look at.
        ConfigError: ``levels``, ``free`` or ``initial`` cannot work.
    """
    if not evidence:
        raise DataError("a search for part view weights without a labelled shape: give another search.split")
    grid = candidates(len(evidence[0].logits), levels, free, initial)
    # All weights 0 predict nothing, which is no place to begin.
    start = grid.initial if float(grid.initial.sum()) > 0 else grid.highest
    history = climb(lambda weights: category_miou(evidence, weights), grid, start)
    last = history[-1]
    return FoundWeights(torch.tensor(last.values), last.score, last.evaluations, history)


@dataclass
class PartWeightSearch:
    """Searches view weights that are the same for all categories, one view at a time.

    Args:
        split: what may be seen, one of `pointclip2.heads.search.splits.CHOICES`; None: the default.
        holdout: share of the train split that ``holdout`` sees.
        seed: seed of what is held out, and of the points.
        levels: the weights that a view may have.
        free: the views that are searched; None: all.
        initial: weights to begin with; None: those of ``view_weights``.
        points: how many points of every shape are looked at.

    Raises:
        ConfigError: points below 1.
    """

    name: ClassVar[str] = "part_weights"
    needs_labels: ClassVar[bool] = True

    split: str | None = None
    holdout: float = 0.2
    seed: int = 0
    levels: Sequence[float] = LEVELS
    free: Sequence[int] | None = None
    initial: Sequence[float] | None = None
    points: int = 256

    def __post_init__(self) -> None:
        if self.points < 1:
            raise ConfigError(f"search.points={self.points}: at least 1")
