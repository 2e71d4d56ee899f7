"""The contract of everything that turns clouds into vectors, whether it looks at views or at points."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.types import CloudBatch, ConfigError, Features


@runtime_checkable
class SentenceEncoder(Protocol):
    """Turns sentences into unit vectors in the space of an encoder's own."""

    @property
    def logit_scale(self) -> float:
        """The factor of the cosine between a cloud's vector and a sentence's."""
        ...

    def encode_text(self, sentences: list[str]) -> Float[Tensor, "sentences dim"]:
        """Return a unit vector for every sentence."""
        ...

    def describe(self) -> dict[str, Any]:
        """Return all that decides these vectors, as plain data."""
        ...

    def to(self, device: Any) -> Any:
        """Move the model to a device."""
        ...


@runtime_checkable
class ReadingEncoder(Protocol):
    """An encoder of sentences that knows what it does not read."""

    @property
    def context_length(self) -> int:
        """How many tokens of a sentence it reads."""
        ...

    def cut_sentences(self, sentences: Sequence[str]) -> list[str]:
        """Return the sentences whose end it does not read."""
        ...

    def unread_words(self, names: Sequence[str]) -> list[str]:
        """Return the words that it was not trained on, as far as it knows."""
        ...


class Encoder(nn.Module, ABC):
    """Turns clouds, y up and in the unit sphere, into vectors: the ``encoder`` option.

    A subclass says what its vectors depend on (`describe`): features are kept under that description and reused by
    every run that has the same. What it learned from stands in results beside its figures.
    """

    id: str
    """The encoder's name in results."""
    trained: bool = True
    """Whether its figures mean anything; false for random weights."""
    trained_on: str = ""
    """What it learned from, as part of a sentence; empty where that is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        """Where the time of encoding went, by stage."""

    @property
    @abstractmethod
    def tokens(self) -> int:
        """Vectors a cloud: its views, or 1 for an encoder of points."""

    @property
    def text(self) -> SentenceEncoder | None:
        """The encoder of sentences into the same space; None where only adapters can use the vectors."""
        return None

    @abstractmethod
    def encode(self, clouds: CloudBatch) -> Features:
        """Encode a batch of clouds, on the device that the encoder is on.

        Raises:
            ConfigError: the clouds lack what this encoder looks at, or its options do not fit together.
        """

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """Return all that decides the features, as plain data."""

    def shown(self, clouds: CloudBatch) -> Tensor | None:
        """Return what the encoder looked at, (batch, views, height, width) or in colour; None if it sees no images."""
        return None

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Float[Tensor, "batch tokens dim"]:
        """Return the vectors of bare points, for a notebook."""
        return self.encode(CloudBatch(points)).vectors

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that passes inside to `seconds`."""
        start = self._now()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + self._now() - start

    def _now(self) -> float:
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            torch.cuda.synchronize()
        return time.perf_counter()


def text_of(encoder: Encoder) -> SentenceEncoder:
    """Return the encoder's encoder of sentences.

    Raises:
        ConfigError: it has none.
    """
    if encoder.text is None:
        raise ConfigError(
            f"encoder {encoder.id} knows no sentences, so names mean nothing to it: train an adapter on examples "
            "(python train.py adapter=linear_probe), or take encoder=views"
        )
    return encoder.text
