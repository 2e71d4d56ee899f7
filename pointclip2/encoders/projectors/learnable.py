"""Project with PointCLIP V2's learnable smoothing: a small network over the depth grid (its few-shot part).

The layers match the published parameters; strides, norms and the initial values are described in the paper.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from pointclip2.encoders.projectors.quantise import finite_points, quantise
from pointclip2.encoders.projectors.separable import gaussian_taps
from pointclip2.geometry.views import CameraRig
from pointclip2.types import ConfigError

REST = 1e-5
"""Initial value of every tap but the middle one."""
NOISE = 0.01
"""Relative noise on the middle taps. It is ours: channels that start equal would stay equal for ever."""


class LearnableProjector(nn.Module):
    """Turns points into images in three channels, in [0, 1], 1 = background, differentiable in the layers.

    Args:
        rig: the camera directions, one a view.
        resolution: cells across the image.
        depth: cells along the line of sight.
        object_ratio, depth_bias: as in `RealisticProjector`.
        densify: window of the max pooling before the layers, in cells across the image; odd.
        sigma: width of the Gaussian that the first layer starts as, in cells.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    def __init__(
        self,
        rig: CameraRig,
        resolution: int = 112,
        depth: int = 8,
        object_ratio: float = 0.8,
        depth_bias: float = 0.2,
        densify: int = 5,
        sigma: float = 3.0,
    ) -> None:
        super().__init__()
        if resolution < 4 or depth < 4 or densify < 1 or densify % 2 == 0:
            raise ConfigError(
                f"adapter.resolution={resolution} and adapter.depth={depth} must be at least 4 cells, "
                f"adapter.densify={densify} an odd window"
            )
        if not 0 < object_ratio <= 1 or not depth_bias >= 0 or not sigma > 0:
            raise ConfigError(
                f"adapter.object_ratio={object_ratio} must be in (0, 1], adapter.depth_bias={depth_bias} not below 0, "
                f"adapter.sigma={sigma} above 0"
            )
        self.rig = rig
        self.resolution, self.depth = resolution, depth
        self.object_ratio, self.depth_bias = object_ratio, depth_bias
        self.densify = densify
        self.layers = nn.Sequential(
            *_layer(1, 3, (1, 3, 3)), *_layer(3, 8, (3, 5, 5)), *_layer(8, 3, (3, 5, 5))
        )
        taps = torch.tensor(gaussian_taps(3, sigma))
        with torch.no_grad():
            first, second, third = (layer for layer in self.layers if isinstance(layer, nn.Conv3d))
            first.weight.copy_((taps.unsqueeze(1) * taps).view(1, 1, 1, 3, 3))
            for convolution in (second, third):
                inputs = convolution.in_channels
                convolution.weight.fill_(REST)
                middle = torch.full((convolution.out_channels, inputs), 1 / inputs)
                convolution.weight[:, :, 1, 2, 2] = middle * (1 + NOISE * torch.randn_like(middle))
        # With so few channels a processor needs a third less time if the channels of a cell lie together.
        self.layers.to(memory_format=torch.channels_last_3d)

    @torch.no_grad()
    def grids(
        self, points: Float[Tensor, "batch points 3"], views: Tensor | None = None
    ) -> Float[Tensor, "batch views depth height width"]:
        """Return densified grids of nearness, 0 = empty, of all views or of those with the numbers in ``views``."""
        points, finite = finite_points(points)
        turned = self.rig(points)
        if views is not None:
            turned = turned[:, views]
        missing = None if bool(finite.all()) else ~finite
        cells = quantise(turned, self.resolution, self.depth, self.object_ratio, self.depth_bias, missing)
        batch, count, _ = cells.row.shape
        value = cells.value if missing is None else cells.value.masked_fill(missing.unsqueeze(1), 0.0)
        flat = (cells.depth * self.resolution + cells.row) * self.resolution + cells.column
        size = self.depth * self.resolution**2
        grid = value.new_zeros(batch, count, size).scatter_reduce_(2, flat, value, reduce="amax")
        grid = grid.view(batch * count, self.depth, self.resolution, self.resolution)
        # Max pooling across the image only: the depth cells are the channels of a 2D pooling.
        grid = F.max_pool2d(grid, self.densify, stride=1, padding=self.densify // 2)
        return grid.view(batch, count, self.depth, self.resolution, self.resolution)

    def forward(
        self, points: Float[Tensor, "batch points 3"], views: Tensor | None = None
    ) -> Float[Tensor, "batch views 3 height width"]:
        """Return the images of all views, or of those with the numbers in ``views``."""
        grids = self.grids(points, views)
        volumes = grids.flatten(0, 1).unsqueeze(1).contiguous(memory_format=torch.channels_last_3d)
        surface = self.layers(volumes).amax(dim=2)
        largest = surface.amax(dim=(2, 3), keepdim=True)
        # A channel that is zero everywhere shows the background.
        image = 1 - surface / torch.where(largest > 0, largest, torch.ones_like(largest))
        return image.view(*grids.shape[:2], *image.shape[1:])


def _layer(inputs: int, outputs: int, window: tuple[int, int, int]) -> tuple[nn.Module, ...]:
    # No bias: the norm would remove any constant again.
    padding = (window[0] // 2, window[1] // 2, window[2] // 2)
    convolution = nn.Conv3d(inputs, outputs, window, padding=padding, bias=False)
    return convolution, nn.BatchNorm3d(outputs), nn.ReLU()
