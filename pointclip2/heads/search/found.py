"""Hold what a search found."""

from dataclasses import dataclass, field
from typing import Any

from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True)
class Step:
    """Records the best so far, after some number of candidates."""

    evaluations: int
    score: float
    values: list[float]
    """The view weights; for sentences, the chosen row of every class."""

    def describe(self) -> dict[str, Any]:
        """Return the step as plain data, for ``results.json``."""
        return {"evaluations": self.evaluations, "score": self.score, "values": self.values}


@dataclass(frozen=True)
class FoundWeights:
    """Holds view weights, and how good they are on the data that the search saw."""

    values: Float[Tensor, " views"]
    """The weights in the type of the logits, on the CPU."""
    score: float
    """A fraction: of shapes that are right, or of the largest possible information."""
    evaluations: int
    """Number of candidates whose score is known or bounded; the start does not count."""
    history: list[Step] = field(default_factory=list)
    """The start, then every improvement."""


@dataclass(frozen=True)
class FoundSentences:
    """Holds one sentence a class, and how good they are on the data that the search saw."""

    chosen: Int64[Tensor, " classes"]
    """Row among the class's sentences; -1 where nothing beat what the class began with."""
    score: float
    """Fraction of shapes that are right."""
    evaluations: int
    """Number of sentences tried; the start does not count."""
    history: list[Step] = field(default_factory=list)
    """The start, then every class that changed."""
