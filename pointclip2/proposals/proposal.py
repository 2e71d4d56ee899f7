"""Define what every generator of proposals gives: boxes that may hold an object, and how surely each does."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.geometry.boxes import no_boxes
from pointclip2.types import Boxes, Scene


@dataclass(frozen=True)
class Proposals:
    """Holds boxes of one scene that have no class yet."""

    boxes: Boxes
    """The boxes; their sizes are positive and all numbers finite."""
    objectness: Float[Tensor, " boxes"]
    """How surely each box holds an object, in [0, 1]; comparable within one generator only."""


@runtime_checkable
class Proposer(Protocol):
    """Defines the ``proposals`` option. The constructor is the option's schema."""

    name: str

    def __call__(self, scene: Scene) -> Proposals:
        """Return boxes of one scene; the same for the same scene in every process.

        Raises:
            CloudError: this scene has no boxes to give; other scenes may.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return all that decides the boxes, as plain data; the cache uses it as part of its key."""
        ...


def nothing() -> Proposals:
    """Return no proposal at all."""
    return Proposals(no_boxes(), torch.zeros(0))
