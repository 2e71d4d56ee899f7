"""Hold the sentences that stand for each class, whichever prompt option wrote them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from pointclip2.types import ConfigError, known_selection

COMBINATIONS = ("mean", "first")


def check_combine(combine: str) -> str:
    """Return ``combine`` if it is a known way to combine sentences.

    Raises:
        ConfigError: it is not.
    """
    if combine not in COMBINATIONS:
        raise ConfigError(f"prompt.combine is {combine!r}: choose one of {', '.join(COMBINATIONS)}")
    return combine


@dataclass(frozen=True)
class PromptSet:
    """Holds the sentences of every class, in the order of the labels.

    ``PromptSet("mine", {"chair": ("a seat with a back.",), "table": ("a flat top on legs.",)})``

    Raises:
        ConfigError: no class, a class without sentences, a blank sentence, an unknown ``combine``, not one
            weight for each sentence.
    """

    name: str
    """The prompt option that wrote the sentences."""
    sentences: Mapping[str, Sequence[str]]
    """Sentences of each class; stored as a dict of tuples, whatever was given."""
    combine: str = "mean"
    """How a class's sentences become one vector: their ``mean``, or only the ``first`` counts."""
    selected_on: str = "none"
    """Which labels chose the sentences; it travels with every number."""
    weights: Mapping[str, Sequence[float]] | None = None
    """How much each sentence of a class counts in the ``mean``; None: all the same."""

    def __post_init__(self) -> None:
        check_combine(self.combine)
        known_selection("prompt.selected_on", self.selected_on)
        if not self.sentences:
            raise ConfigError(f"prompt {self.name} has no class: name at least one")
        for label, texts in self.sentences.items():
            if isinstance(texts, str):
                raise ConfigError(
                    f"prompt {self.name}, class {label!r}: give a list of sentences, not one text"
                )
            if not texts:
                raise ConfigError(
                    f"prompt {self.name}, class {label!r} has no sentence: write one or leave the class out"
                )
            if not all(text.strip() for text in texts):
                raise ConfigError(
                    f"prompt {self.name}, class {label!r} has a blank sentence: write it or take it away"
                )
        # A copy, because the caller's mapping may change before the hash is taken.
        object.__setattr__(
            self, "sentences", {label: tuple(texts) for label, texts in self.sentences.items()}
        )
        if self.weights is not None:
            self._check_weights(self.weights)

    def _check_weights(self, weights: Mapping[str, Sequence[float]]) -> None:
        for label, texts in self.sentences.items():
            shares = [float(share) for share in weights.get(label, ())]
            if len(shares) != len(texts):
                raise ConfigError(
                    f"prompt {self.name}, class {label!r} has {len(texts)} sentences and {len(shares)} weights"
                )
            if not all(0 <= share < math.inf for share in shares) or not any(shares):
                raise ConfigError(
                    f"prompt {self.name}, class {label!r}: weights of sentences must be finite, not negative and "
                    "not all zero"
                )
        object.__setattr__(
            self, "weights", {label: tuple(map(float, weights[label])) for label in self.sentences}
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the class names in the order of the labels."""
        return tuple(self.sentences)

    @property
    def count(self) -> int:
        """Count all sentences of all classes, including those that ``first`` skips."""
        return sum(len(texts) for texts in self.sentences.values())

    def counted(self, label: str) -> tuple[str, ...]:
        """Return the sentences that make up the vector of a class."""
        texts = tuple(self.sentences[label])
        return texts[:1] if self.combine == "first" else texts

    def shares(self, label: str) -> tuple[float, ...]:
        """Return how much each of the `counted` sentences weighs; the only one of ``first`` weighs 1."""
        if self.weights is None or self.combine == "first":
            return (1.0,) * len(self.counted(label))
        return tuple(self.weights[label])

    @cached_property
    def hash(self) -> str:
        """Return a hex digest of all that decides the text features: classes in order, sentences, combination.

        The name is left out, and so are the sentences that ``first`` skips.
        """
        told: list[Any] = [self.combine, [[label, self.counted(label)] for label in self.sentences]]
        if self.weights is not None:
            told.append([self.shares(label) for label in self.sentences])
        return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
