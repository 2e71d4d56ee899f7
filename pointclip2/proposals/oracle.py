"""Propose the true boxes, to measure what the classifier alone is worth."""

from typing import Any

import torch

from pointclip2.geometry.boxes import take, valid
from pointclip2.proposals.proposal import Proposals
from pointclip2.types import CloudError, Scene


class OracleProposals:
    """Proposes every true box with objectness 1. Figures measured with it do not measure detection."""

    name = "oracle"

    def describe(self) -> dict[str, Any]:
        """Return no options, because there are none."""
        return {"name": self.name}

    def __call__(self, scene: Scene) -> Proposals:
        """Return the true boxes, without their classes.

        Raises:
            CloudError: the true boxes are not known.
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
