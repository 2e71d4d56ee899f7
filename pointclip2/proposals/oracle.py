"""The true boxes as proposals: what the classifier alone is worth."""

from typing import Any

import torch

from pointclip2.geometry.boxes import take, valid
from pointclip2.proposals.proposal import Proposals
from pointclip2.types import CloudError, Scene


class OracleProposals:
    """Every true box, objectness 1. What is measured with it is no detector: the boxes are given."""

    name = "oracle"

    def describe(self) -> dict[str, Any]:
        """Nothing to choose."""
        return {"name": self.name}

    def __call__(self, scene: Scene) -> Proposals:
        """The true boxes, without their classes.

        Raises:
            CloudError: nobody knows them.
        """
        if scene.boxes is None:
            raise CloudError(
                f"{scene.name} has no true boxes: proposals=oracle needs them, proposals=cluster does not"
            )
        boxes = take(scene.boxes, valid(scene.boxes))
        unnamed = type(boxes)(
            boxes.centre_m, boxes.size_m, boxes.heading_rad, torch.full_like(boxes.labels, -1)
        )
        return Proposals(unnamed, torch.ones(len(boxes)))
