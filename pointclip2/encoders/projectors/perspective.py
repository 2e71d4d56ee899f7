"""Project as PointCLIP does, in perspective: one distance a pixel, nothing filled in."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pointclip2.encoders.projectors.quantise import finite_points
from pointclip2.geometry.views import CameraRig
from pointclip2.types import ConfigError, Projection

# A point at the camera itself has no pixel, and 1 / distance no value there.
NEAREST = 1e-30


class PerspectiveProjector(nn.Module):
    """Gives raw distances as images, 0 = empty: **not** in [0, 1], exactly as PointCLIP feeds them to CLIP.

    Args:
        rig: the camera directions, one a view.
        resolution: pixels across the image.
        distance: how far the camera is from the origin, in radii of the unit sphere the cloud is in.
        visible_tolerance: how far behind the nearest point of its pixel a point still counts as seen, in the
            same unit.

    Raises:
        ConfigError: an option has a value that cannot work.
    """

    def __init__(
        self, rig: CameraRig, resolution: int = 128, distance: float = 1.6, visible_tolerance: float = 0.05
    ) -> None:
        super().__init__()
        if resolution < 1 or not distance > 0:
            raise ConfigError(f"projector: resolution={resolution} and distance={distance} must be positive")
        self.rig = rig
        self.resolution = resolution
        self.distance = distance
        self.visible_tolerance = visible_tolerance

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Projection:
        """Project a batch of clouds; a pixel is the harmonic mean of its points' distances.

        Points outside the image, behind the camera or not finite are dropped. The images are
        differentiable in the distances.
        """
        points, finite = finite_points(points)
        x, y, z = self.rig(points).unbind(dim=2)
        z = z + self.distance
        side = self.resolution
        ahead = z > NEAREST
        depth = torch.where(ahead, z, torch.ones_like(z))
        row, column = (
            torch.ceil((axis.detach() / depth.detach() + 1) / 2 * side - 0.5).clamp(-1, side).to(torch.int64)
            for axis in (x, y)
        )
        inside = (row >= 0) & (row < side) & (column >= 0) & (column < side) & ahead & finite.unsqueeze(1)
        batch, views, count = row.shape
        pixel = torch.where(
            inside, row * side + column, torch.full_like(row, side * side)
        )  # dropped points go to one extra pixel past the end

        flat = pixel.view(batch * views, count)
        inverse = depth.reciprocal().reshape(batch * views, count)
        empty = inverse.new_zeros(batch * views, side * side + 1)
        number = empty.scatter_add(1, flat, torch.ones_like(inverse))
        image = number / torch.where(number > 0, empty.scatter_add(1, flat, inverse), torch.ones_like(empty))
        nearest = torch.full_like(empty, torch.inf).scatter_reduce(
            1, flat, depth.detach().reshape_as(flat), "amin"
        )
        seen = depth <= nearest.gather(1, flat).view_as(depth) + self.visible_tolerance
        return Projection(
            image[:, :-1].reshape(batch, views, side, side),
            torch.where(inside.unsqueeze(-1), torch.stack([row, column], dim=-1), -1),
            inside & seen,
        )
