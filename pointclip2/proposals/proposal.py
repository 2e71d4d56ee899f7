"""What every generator of proposals gives: boxes that may hold an object, and how surely each does."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.geometry.boxes import no_boxes
from pointclip2.types import Boxes, Scene


@dataclass(frozen=True)
class Proposals:
    """Boxes of one scene, of no class yet."""

    boxes: Boxes
    """Sizes positive, all numbers finite."""
    objectness: Float[Tensor, " boxes"]
    """In [0, 1]; comparable within one generator only."""


@runtime_checkable
class Proposer(Protocol):
    """The ``proposals`` option. The constructor is the option's schema."""

    name: str

    def __call__(self, scene: Scene) -> Proposals:
        """Boxes of one scene; the same for the same scene in every process.

        Raises:
            CloudError: this scene has none to give; others can.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """All that decides the boxes, as plain data: the cache keeps features by it."""
        ...


def nothing() -> Proposals:
    """No proposal at all."""
    return Proposals(no_boxes(), torch.zeros(0))
