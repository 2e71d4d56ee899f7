"""The stated baseline: the realistic projection as one would first write it, in plain dense PyTorch.

Every cloud is repeated for every view, scattered into a whole grid, then ``MaxPool3d``, ``Conv3d`` and a
maximum over the depth run over all of it. The released programs compute in this way.
"""

from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pointclip2.encoders.projectors import RealisticProjector

Number = TypeVar("Number", int, float)


class DenseProjection(nn.Module):
    """The images of a ``RealisticProjector`` whose steps are all maxima and Gaussians, the slow way."""

    def __init__(self, ours: RealisticProjector) -> None:
        super().__init__()
        spec = ours.filter
        assert (spec.collision, spec.densify, spec.smooth, ours.squeeze) == ("max", "max", "gaussian", "max")
        self.ours = ours
        along, across = spec.densify_window
        self.pool = nn.MaxPool3d((along, across, across), 1, _three(spec.densify_padding))
        along, across = spec.smooth_window
        self.smooth = nn.Conv3d(
            1, 1, (along, across, across), padding=_three(spec.smooth_padding), bias=False
        )
        near = [torch.arange(size) - (size - 1) / 2 for size in (along, across, across)]
        sigma = _three(spec.smooth_sigma)
        z, y, x = (torch.exp(-(at**2) / (2 * s**2)) for at, s in zip(near, sigma, strict=True))
        kernel = z[:, None, None] * y[None, :, None] * x[None, None, :]
        self.smooth.weight.data = (kernel / kernel.sum())[None, None]
        self.smooth.requires_grad_(False)

    def forward(self, points: Tensor) -> Tensor:
        """(batch, points, 3) to (batch, views, height, width)."""
        ours, spec = self.ours, self.ours.filter
        batch, views = len(points), ours.rig.views
        cloud = points.repeat_interleave(views, dim=0)
        turned = torch.bmm(cloud, ours.rig.rotation.repeat(batch, 1, 1))
        low, high = turned.amin(dim=1, keepdim=True), turned.amax(dim=1, keepdim=True)
        unit = 2 * (turned - (low + high) / 2) / (high - low).amax(dim=2, keepdim=True)
        resolution, depth = spec.resolution, spec.depth
        plane = torch.ceil((unit[:, :, :2] * ours.object_ratio + 1) / 2 * resolution).clamp(1, resolution - 2)
        nearness = ((unit[:, :, 2] + 1) / 2 + ours.depth_bias) / (1 + ours.depth_bias) * (depth - 2)
        row, column, layer = plane[:, :, 0].long(), plane[:, :, 1].long(), torch.ceil(nearness).long()
        index = (layer * resolution + row) * resolution + column
        grid = points.new_zeros(batch * views, depth * resolution * resolution)
        grid = grid.scatter_reduce(1, index, nearness.clamp(1, depth - 2), "amax")
        grid = self.smooth(self.pool(grid.view(-1, 1, depth, resolution, resolution)))
        surface = grid.amax(dim=2).squeeze(1)
        image = 1 - surface / surface.amax(dim=(1, 2), keepdim=True)
        crop = ours.crop_px
        image = image[:, crop : image.shape[1] - crop, crop : image.shape[2] - crop]
        if ours.size_px is not None:
            size = (ours.size_px, ours.size_px)
            image = F.interpolate(image.unsqueeze(1), size=size, mode="bilinear", align_corners=True).squeeze(
                1
            )
        return image.unflatten(0, (batch, views))


def _three(pair: tuple[Number, Number]) -> tuple[Number, Number, Number]:
    return pair[0], pair[1], pair[1]
