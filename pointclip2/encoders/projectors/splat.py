"""Project with a z-buffer of discs: every point is a small disc facing the camera, the nearest makes the pixel."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.projectors.quantise import finite_points
from pointclip2.encoders.projectors.separable import Scratch, running_max
from pointclip2.geometry.views import CameraRig
from pointclip2.types import ConfigError, Projection

CHUNK_CPU, CHUNK_GPU = 2**20, 2**26


class SplatProjector(nn.Module):
    """Draws orthographic depth maps with crisp contours; the z-buffer itself tells what is visible.

    The image is the distance behind the cloud's nearest point in units of the cloud's largest side, times
    ``far_shade``; 1 where no disc falls. Rows are the turned x axis and columns the turned y axis, as
    in the other projectors.

    Args:
        rig: the camera directions, one a view.
        resolution: pixels across the image.
        object_ratio: share of the image that the cloud's largest side fills.
        radius_px: radius of the discs.
        far_shade: image value of the farthest possible point; the step to the white background keeps
            silhouettes sharp.
        visible_tolerance: how far a point may lie behind the surface at its pixel and still be seen, in units
            of the cloud's largest side: discs on a slanted surface overlap their neighbours.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    def __init__(
        self,
        rig: CameraRig,
        resolution: int = 112,
        object_ratio: float = 0.8,
        radius_px: float = 3.5,
        far_shade: float = 0.8,
        visible_tolerance: float = 0.05,
    ) -> None:
        super().__init__()
        if resolution < 1 or not 0 < object_ratio <= 1 or not radius_px >= 0:
            raise ConfigError(
                f"projector: resolution={resolution} and radius_px={radius_px} must be positive, "
                f"object_ratio={object_ratio} in (0, 1]"
            )
        if not 0 < far_shade <= 1:
            raise ConfigError(f"projector.far_shade={far_shade} must be in (0, 1]")
        self.rig = rig
        self.resolution = resolution
        self.object_ratio = object_ratio
        self.far_shade = far_shade
        self.visible_tolerance = visible_tolerance
        reach = int(radius_px)
        self.half_widths = [int(math.sqrt(radius_px**2 - dy**2)) for dy in range(reach + 1)]

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Projection:
        """Project a batch of clouds, y up; differentiable in the depth of the points that made the pixels.

        Points that are not finite are neither drawn nor visible.
        """
        points, finite = finite_points(points)
        turned = self.rig(points)
        batch, views = turned.shape[:2]
        low, high = turned.detach().amin(dim=-1, keepdim=True), turned.detach().amax(dim=-1, keepdim=True)
        side = (high - low).amax(dim=2)
        side = torch.where(side > 0, side, torch.ones_like(side))
        plane = (turned[:, :, :2].detach() - (low + high)[:, :, :2] / 2).div_(side.unsqueeze(-1))
        plane = plane.mul_(self.object_ratio * self.resolution).add_(self.resolution / 2)
        pixel = plane.to(torch.int64).clamp_(0, self.resolution - 1)
        # 2 is nearest and 1 farthest, so that 0 is left for empty.
        nearness = 2 - (high[:, :, 2] - turned[:, :, 2]) / side

        surface = self._discs(pixel, torch.where(finite.unsqueeze(1), nearness, torch.zeros_like(nearness)))
        at = (pixel[:, :, 0] * self.resolution + pixel[:, :, 1]).flatten(0, 1)
        shown = surface.detach().flatten(1).gather(1, at).view_as(nearness)
        visible = (shown - nearness.detach() < self.visible_tolerance) & finite.unsqueeze(1)
        image = torch.where(surface > 0, (2 - surface) * self.far_shade, torch.ones_like(surface))
        pixel_yx = torch.where(finite[:, None, :, None], pixel.transpose(2, 3), -1)
        return Projection(image.view(batch, views, self.resolution, self.resolution), pixel_yx, visible)

    def _discs(self, pixel: Tensor, nearness: Tensor) -> Float[Tensor, "images height width"]:
        """Find the nearest disc at each pixel, 0 where there is none, by dilating a z-buffer of points with discs."""
        row, column = pixel.unbind(dim=2)
        row, column, value = row.flatten(0, 1), column.flatten(0, 1), nearness.flatten(0, 1)
        reach = len(self.half_widths) - 1
        # Each image begins with empty rows and columns, so that one flat buffer can be shifted (see separable).
        width = self.resolution + 2 * reach
        image = width * width
        limit = CHUNK_CPU if value.device.type == "cpu" else CHUNK_GPU
        chunk = max(1, limit // image)
        scratch = Scratch(reuse=not (torch.is_grad_enabled() and value.requires_grad))
        surface = value.new_empty(len(value), self.resolution, self.resolution)
        for start in range(0, len(value), chunk):
            part = slice(start, min(start + chunk, len(value)))
            number = part.stop - part.start
            total, tail = number * image, 2 * reach * (width + 1)
            index = torch.arange(number, device=value.device).unsqueeze(1) * image
            index = index + (row[part] + 2 * reach) * width + column[part] + 2 * reach
            scratch.grow(total + tail, value)
            flat = value.new_zeros(total + tail).scatter_reduce(
                0, index.flatten(), value[part].flatten(), "amax"
            )
            out = self._dilate(flat, total, width, reach, scratch).view(number, width, width)
            surface[part] = out[:, reach : reach + self.resolution, reach : reach + self.resolution]
        return surface

    def _dilate(self, flat: Tensor, total: int, width: int, reach: int, scratch: Scratch) -> Tensor:
        """Take the maximum over the disc; output i is centred on input i + ``reach`` rows + ``reach`` columns."""
        surface: Tensor | None = None
        for dy, half in enumerate(self.half_widths):
            line = running_max(flat, 2 * half + 1, 1, scratch)[reach - half :]
            for shift in {reach + dy, reach - dy}:
                row = line[shift * width : shift * width + total]
                surface = row.clone() if surface is None else torch.maximum(surface, row)
        assert surface is not None
        return surface
