"""The sentences that stand for each class, whichever prompt option wrote them."""

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
    """``combine`` if it is one.

    Raises:
        ConfigError: it is not.
    """
    if combine not in COMBINATIONS:
        raise ConfigError(f"prompt.combine is {combine!r}: choose one of {', '.join(COMBINATIONS)}")
    return combine


@dataclass(frozen=True)
class PromptSet:
    """Sentences of every class, in the order of the labels.

    ``PromptSet("mine", {"chair": ("a seat with a back.",), "table": ("a flat top on legs.",)})``

    Raises:
        ConfigError: no class, a class without sentences, a blank sentence, an unknown ``combine``, weights that
            are not one a sentence.
    """

    name: str
    """The prompt option that wrote the sentences."""
    sentences: Mapping[str, Sequence[str]]
    """A dict of tuples, whatever it was made from."""
    combine: str = "mean"
    """How a class's sentences become one vector: their ``mean``, or only the ``first`` counts."""
    selected_on: str = "none"
    """Which labels chose the sentences; travels with every number."""
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
        # A copy: the caller's mapping may change, and the hash is taken later.
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
        """Class names in the order of the labels."""
        return tuple(self.sentences)

    @property
    def count(self) -> int:
        """All sentences of all classes, those that ``first`` passes over included."""
        return sum(len(texts) for texts in self.sentences.values())

    def counted(self, label: str) -> tuple[str, ...]:
        """The sentences of a class that its vector is made of."""
        texts = tuple(self.sentences[label])
        return texts[:1] if self.combine == "first" else texts

    def shares(self, label: str) -> tuple[float, ...]:
        """How much each of them counts."""
        counted = len(self.counted(label))
        return (1.0,) * counted if self.weights is None else tuple(self.weights[label])[:counted]

    @cached_property
    def hash(self) -> str:
        """Hex digest of all that decides the text features: classes in their order, sentences, combination.

        The name is left out, and so are the sentences that ``first`` passes over.
        """
        told: list[Any] = [self.combine, [[label, self.counted(label)] for label in self.sentences]]
        if self.weights is not None:
            told.append([self.shares(label) for label in self.sentences])
        return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
