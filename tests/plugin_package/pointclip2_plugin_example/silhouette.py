"""A projector: a black pixel where a point falls."""

import torch
from torch import Tensor, nn

from pointclip2.geometry import CameraRig
from pointclip2.types import Projection


class SilhouetteProjector(nn.Module):
    """Draws black points on white, from the views of its rig."""

    def __init__(self, rig: CameraRig, resolution: int = 64) -> None:
        super().__init__()
        self.rig = rig
        self.resolution = resolution

    def forward(self, points: Tensor) -> Projection:
        """Draw a batch of clouds (batch, points, 3)."""
        side = self.resolution
        turned = self.rig(points)[:, :, :2].transpose(2, 3)  # coordinates before points; row, then column
        pixel = ((turned + 1) / 2 * (side - 1)).round().long().clamp(0, side - 1)
        batch, views, count, _ = pixel.shape
        images = points.new_ones(batch, views, side * side)
        images.scatter_(2, pixel[..., 0] * side + pixel[..., 1], 0.0)
        visible = torch.ones(batch, views, count, dtype=torch.bool, device=points.device)
        return Projection(images.view(batch, views, side, side), pixel, visible)
