"""Define what a search is given and what it hands back, whichever option of ``search`` it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.heads.fusion import view_logits
from pointclip2.heads.view_weights import FixedWeights, ViewWeights
from pointclip2.text import PromptSet


@dataclass(frozen=True)
class Seen:
    """Holds the shapes that a search may look at, and what they are classified with so far."""

    features: Float[Tensor, "batch views dim"]
    labels: Int64[Tensor, " batch"]
    """Class of every shape; -1 where the search may not know it."""
    text: Float[Tensor, "classes dim"]
    scale: float
    """Factor of the logits."""
    weights: ViewWeights
    prompts: PromptSet
    sentences: Callable[[], list[Tensor]]
    """Unit vectors of every class's sentences, (sentences, dim) each: from the cache, or encoded when asked for."""
    selected_on: str
    """How labels were used, see `pointclip2.heads.search.splits`."""

    def logits(self) -> Float[Tensor, "views batch classes"]:
        """Return the per-view logits."""
        return view_logits(self.features, self.text, self.scale)


@dataclass(frozen=True)
class Outcome:
    """Holds what a search changed; what it left alone is None."""

    score: str
    """What ``before``, ``after`` and the history measure: ``accuracy`` or ``information``; fractions."""
    before: float
    after: float
    evaluations: int
    history: list[dict[str, Any]] = field(default_factory=list)
    """``evaluations``, ``score`` and ``values`` of the start and of every improvement."""
    weights: FixedWeights | None = None
    prompts: PromptSet | None = None
    text: Float[Tensor, "classes dim"] | None = None
    """Class vectors of ``prompts``."""


@runtime_checkable
class Search(Protocol):
    """Defines the ``search`` option. The constructor is the option's schema."""

    name: str
    needs_labels: bool
    split: str | None
    """What may be seen, see `pointclip2.heads.search.splits`; None: the default."""
    holdout: float
    """Share of the train split that ``split=holdout`` sees."""
    seed: int

    def run(self, seen: Seen) -> Outcome:
        """Search, and return what changed.

        Raises:
            UserError: the search cannot be made with these options or on these shapes.
        """
        ...
