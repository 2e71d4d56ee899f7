"""Propose the boxes of 3DETR-m, the paper's detector, where its weights are at hand."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pointclip2.data.checksum import digest_files
from pointclip2.data.prepare import stable_seed
from pointclip2.geometry.boxes import make_boxes, nms, points_inside, take, valid
from pointclip2.proposals.detr3d_model import Detr3d, load_detr3d
from pointclip2.proposals.proposal import Proposals
from pointclip2.reading import why_unreadable
from pointclip2.types import ConfigError, Scene, WeightsError


class Detr3dProposals:
    """Runs a trained detector and cleans its boxes as its own evaluation does: empty boxes and doubles are dropped.

    Args:
        weights: an official checkpoint (``scannet_masked_ep1080.pth``) or a state dict; never downloaded.
        points: the most points taken of a scene, chosen at random by its name.
        min_points: boxes with fewer points are dropped.
        nms_iou: of two boxes that overlap more, the surer stays; 1 keeps all.
        min_objectness: less sure boxes are dropped.

    Raises:
        ConfigError: no weights are named.
        WeightsError: they cannot be used.
    """

    name = "detr3d"

    def __init__(
        self,
        weights: str | None = None,
        points: int = 40_000,
        min_points: int = 5,
        nms_iou: float = 0.25,
        min_objectness: float = 0.05,
    ) -> None:
        if weights is None:
            raise ConfigError(
                "proposals=detr3d needs the detector's weights: proposals.weights=PATH of scannet_masked_ep1080.pth, "
                "from the README of facebookresearch/3detr; proposals=cluster needs none"
            )
        self.weights = Path(weights).expanduser()
        unreadable = why_unreadable(self.weights)
        if unreadable:
            raise WeightsError(
                f"proposals.weights={self.weights}: {unreadable}; scannet_masked_ep1080.pth is linked in the README "
                "of facebookresearch/3detr"
            )
        self.points, self.min_points = points, min_points
        self.nms_iou, self.min_objectness = nms_iou, min_objectness
        self._model: Detr3d | None = None

    def describe(self) -> dict[str, Any]:
        """Return the options, and a checksum of the weights file."""
        options = {name: value for name, value in vars(self).items() if name not in ("weights", "_model")}
        return {"name": self.name, "weights": digest_files(self.weights.parent, [self.weights]), **options}

    def __call__(self, scene: Scene) -> Proposals:
        """Return the boxes of a scene, the surest first."""
        if self._model is None:
            self._model = load_detr3d(self.weights)
        with torch.no_grad():
            said = self._model(self._sampled(scene).unsqueeze(0))
        # The official program turns boxes clockwise.
        boxes = make_boxes(said.centre_m[0], said.size_m[0], -said.angle_rad[0])
        objectness = said.objectness[0]
        sure = valid(boxes) & (objectness > self.min_objectness)
        boxes, objectness = take(boxes, sure), objectness[sure]
        full = torch.tensor(
            [len(inside) >= self.min_points for inside in points_inside(scene.points_m, boxes)],
            dtype=torch.bool,
        )
        boxes, objectness = take(boxes, full), objectness[full]
        kept = nms(boxes, objectness, self.nms_iou)
        return Proposals(take(boxes, kept), objectness[kept])

    def _sampled(self, scene: Scene) -> Tensor:
        points = scene.points_m.float()
        if len(points) <= self.points:
            return points
        chance = torch.Generator().manual_seed(stable_seed(scene.name) % 2**63)
        return points[torch.randperm(len(points), generator=chance)[: self.points]]
