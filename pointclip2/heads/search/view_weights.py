"""Search for view weights: those options of ``search``."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.heads.search.coordinate import climb_view_weights
from pointclip2.heads.search.found import FoundWeights
from pointclip2.heads.search.grid import search_view_weights
from pointclip2.heads.search.information import informative_view_weights
from pointclip2.heads.search.task import Outcome, Seen
from pointclip2.heads.view_weights import FixedWeights
from pointclip2.types import ConfigError, weakest_selection

LEVELS = (0.25, 0.5, 0.75, 1.0)
"""Levels of the published searches."""


@dataclass
class WeightSearch(ABC):
    """Holds the options that all searches for view weights share.

    Args:
        split: what may be seen, one of `pointclip2.heads.search.splits.CHOICES`; None: the default.
        holdout: share of the train split that ``holdout`` sees.
        seed: seed of what is held out, and of everything random.
        levels: the weights that a view may have.
        free: the views that are searched; None: all.
        initial: weights to begin with, which views that are not free keep; None: those of ``view_weights``.
    """

    name: ClassVar[str]
    needs_labels: ClassVar[bool] = True
    score: ClassVar[str] = "accuracy"

    split: str | None = None
    holdout: float = 0.2
    seed: int = 0
    levels: Sequence[float] = LEVELS
    free: Sequence[int] | None = None
    initial: Sequence[float] | None = None

    @abstractmethod
    def find(
        self,
        logits: Float[Tensor, "views batch classes"],
        labels: Int64[Tensor, " batch"],
        initial: Sequence[float],
    ) -> FoundWeights:
        """Search weights on these logits; views that are not free keep ``initial``."""

    def run(self, seen: Seen) -> Outcome:
        """Search view weights from ``initial``, or from the run's own.

        Raises:
            ConfigError: the run's own weights differ between shapes; or whatever the search itself raises.
        """
        initial, selected_on = self.initial, seen.selected_on
        if initial is None:
            if not isinstance(seen.weights, FixedWeights):
                raise ConfigError(
                    f"search={self.name} with view_weights={seen.weights.source}: a search begins with the same "
                    "weights for every shape; use view_weights=uniform, or give search.initial"
                )
            initial = seen.weights.values
            selected_on = weakest_selection(selected_on, seen.weights.selected_on)
        found = self.find(seen.logits(), seen.labels, initial)
        # Kept as they were typed: 0.3, not the number that single precision makes of it.
        values = tuple(float(f"{value:.6g}") for value in found.values.tolist())
        return Outcome(
            self.score,
            found.history[0].score,
            found.score,
            found.evaluations,
            [step.describe() for step in found.history],
            weights=FixedWeights(values, f"{self.name} search", selected_on),
        )


@dataclass
class GridSearch(WeightSearch):
    """Tries all combinations of levels, exactly; see `search_view_weights`."""

    name = "grid"

    def find(self, logits: Tensor, labels: Tensor, initial: Sequence[float]) -> FoundWeights:
        return search_view_weights(logits, labels, self.levels, self.free, initial)


@dataclass
class CoordinateSearch(WeightSearch):
    """Changes one view at a time; see `climb_view_weights`.

    Args:
        restarts: number of further ascents from random weights.
    """

    name = "coordinate"

    restarts: int = 4

    def find(self, logits: Tensor, labels: Tensor, initial: Sequence[float]) -> FoundWeights:
        return climb_view_weights(
            logits, labels, self.levels, self.free, initial, restarts=self.restarts, seed=self.seed
        )


@dataclass
class MutualInformationSearch(WeightSearch):
    """Searches without labels, by mutual information; see `informative_view_weights`.

    Args:
        temperature: divisor of the logits.
    """

    name = "mutual_information"
    needs_labels = False
    score = "information"

    temperature: float = 1.0

    def find(self, logits: Tensor, labels: Tensor, initial: Sequence[float]) -> FoundWeights:
        return informative_view_weights(logits, self.levels, self.free, initial, self.temperature)
