"""Project as PointCLIP V2 does: quantise, densify, smooth, squeeze (sec. 3.1 of the paper)."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from pointclip2.encoders.projectors.grid_filter import Block, Filter, filtered_block
from pointclip2.encoders.projectors.quantise import Cells, finite_points, quantise
from pointclip2.encoders.projectors.separable import Scratch
from pointclip2.geometry.views import CameraRig
from pointclip2.types import ConfigError, Projection

# Floats a chunk of grids may take: a few megabytes stay in a processor's cache, but a GPU wants long launches.
CHUNK_CPU, CHUNK_GPU = 2**20, 2**26
SQUEEZE = ("max", "min", "mean")


class RealisticProjector(nn.Module):
    """Draws depth maps with closed surfaces from a sparse cloud; every choice is an option.

    Values in the grid are nearness: larger is nearer to the camera, and the image is ``1 - nearness``, so
    near surfaces are dark on a white background. "Minimum depth" in the paper's text is maximum nearness
    here. Image rows are the turned x axis and columns the turned y axis, as in the released images.

    Args:
        rig: the camera directions, one a view.
        resolution: cells across the image.
        depth: cells along the line of sight.
        object_ratio: share of the image that the cloud's largest side fills.
        depth_bias: moves the cloud away from the far end of the grid, so that its far side does not vanish in
            the background.
        collision: which value survives in a cell: ``max`` (the nearest), ``min`` or ``mean``.
        densify: ``max``, ``min``, ``mean`` over the occupied cells of a window, or ``none``.
        densify_window: size of that window in cells, (along, across) the line of sight.
        densify_padding: cells of padding as in ``MaxPool3d``, (along, across).
        smooth: ``gaussian``, ``bilateral`` or ``none``.
        smooth_window, smooth_padding: as above, zero padding as in ``Conv3d``.
        smooth_sigma: width of the Gaussian in cells, (along, across).
        range_sigma: width of the bilateral filter's Gaussian of value differences, in depth cells.
        squeeze: which of the occupied cells along the line of sight makes the pixel: ``max`` (the nearest),
            ``min``, ``mean``.
        normalise: divide each image by its own maximum (released); otherwise by the grid's depth, which keeps
            views comparable.
        crop_px: pixels to cut from every side of the image.
        size_px: resize (bilinear, corners aligned) after the crop; None keeps the projector's own size.
        visible_tolerance: how far, in image values, a point may lie behind the image and still count as seen.
        lookup: ``own`` looks a point up at its own pixel; ``transposed`` swaps row and column as the released
            PointCLIP V2 segmentation program does by mistake, only to compare with it.

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
        collision: str = "max",
        densify: str = "max",
        densify_window: Sequence[int] = (1, 7),
        densify_padding: Sequence[int] = (0, 2),
        smooth: str = "gaussian",
        smooth_window: Sequence[int] = (1, 3),
        smooth_padding: Sequence[int] = (0, 1),
        smooth_sigma: Sequence[float] = (1.0, 3.0),
        range_sigma: float = 1.0,
        squeeze: str = "max",
        normalise: bool = True,
        crop_px: int = 0,
        size_px: int | None = None,
        visible_tolerance: float = 0.1,
        lookup: str = "own",
    ) -> None:
        super().__init__()
        if resolution < 4 or depth < 4:
            raise ConfigError(
                f"projector: resolution={resolution} and depth={depth} must be at least 4 cells"
            )
        if not 0 < object_ratio <= 1 or not depth_bias >= 0:
            raise ConfigError(
                f"projector: object_ratio={object_ratio} must be in (0, 1], depth_bias={depth_bias} not below 0"
            )
        if squeeze not in SQUEEZE:
            raise ConfigError(f"projector.squeeze={squeeze!r}: choose one of {', '.join(SQUEEZE)}")
        if lookup not in ("own", "transposed"):
            raise ConfigError(f"projector.lookup={lookup!r}: choose own or transposed")
        self.rig = rig
        self.object_ratio = object_ratio
        self.depth_bias = depth_bias
        self.squeeze = squeeze
        self.normalise = normalise
        self.crop_px = crop_px
        self.size_px = size_px
        self.visible_tolerance = visible_tolerance
        self.transposed = lookup == "transposed"
        self.filter = Filter(
            resolution,
            depth,
            collision,
            densify,
            _pair(densify_window),
            _pair(densify_padding),
            smooth,
            _pair(smooth_window),
            _pair(smooth_padding),
            _sigmas(smooth_sigma),
            range_sigma,
        )
        self.side = self.filter.size(1)
        if self.side < 1 or self.filter.size(0) < 1:
            raise ConfigError(
                f"projector: windows larger than the padded grid leave {self.filter.size(0)} cells of depth={depth} "
                f"and {self.side} of resolution={resolution}"
            )
        if not 0 <= 2 * crop_px < self.side:
            raise ConfigError(f"projector.crop_px={crop_px} leaves nothing of an image of {self.side} px")
        if size_px is not None and size_px < 1:
            raise ConfigError(
                f"projector.size_px={size_px} must be at least 1, or null for the projector's own size"
            )

    def forward(self, points: Float[Tensor, "batch points 3"]) -> Projection:
        """Project a batch of clouds, y up.

        Points that are not finite are not drawn and not visible. An image is differentiable in the depth of
        the points that made it, not in their position across the image, which the grid rounds.
        """
        points, finite = finite_points(points)
        turned = self.rig(points)
        spec = self.filter
        missing = None if bool(finite.all()) else ~finite
        cells = quantise(turned, spec.resolution, spec.depth, self.object_ratio, self.depth_bias, missing)
        batch, views, count = cells.row.shape
        limit = CHUNK_CPU if points.device.type == "cpu" else CHUNK_GPU
        across = int(spec.resolution * self.object_ratio) + spec.pool[1] + spec.kernel[1]
        chunk = max(1, limit // (across**2 * (spec.depth + spec.pool[0] + spec.kernel[0])))

        image = turned.new_ones(batch * views, self.side, self.side)
        visible = torch.empty(batch * views, count, dtype=torch.bool, device=points.device)
        scratch = Scratch(reuse=not (torch.is_grad_enabled() and points.requires_grad))
        for start in range(0, batch * views, chunk):
            part = slice(start, min(start + chunk, batch * views))
            self._draw(filtered_block(cells, part, spec, scratch), cells, part, image, visible)
        image = image.view(batch, views, self.side, self.side)
        return self._framed(image, cells, visible.view(batch, views, count), finite)

    def _draw(self, block: Block, cells: Cells, part: slice, image: Tensor, visible: Tensor) -> None:
        """Write one chunk of whole images, and mark which of their points they show."""
        # The filters' lead makes the block reach beyond the grid; the smoothed grid ends at its border.
        _, y0, x0 = block.corner
        front, top, left = (max(0, -start) for start in block.corner)
        back, bottom, right = (
            min(length, self.filter.size(axis) - start)
            for axis, length, start in zip((0, 1, 1), block.values.shape[1:], block.corner, strict=True)
        )
        values = block.values[:, front:back, top:bottom, left:right]
        if self.squeeze == "max":
            surface = values.amax(dim=1)
        elif self.squeeze == "min":
            surface = torch.where(values > 0, values, torch.inf).amin(dim=1)
            surface = torch.where(surface.isinf(), 0.0, surface)
        else:
            surface = values.sum(dim=1) / (values > 0).sum(dim=1).clamp(min=1)
        if self.normalise:
            largest = surface.amax(dim=(1, 2), keepdim=True)
            largest = torch.where(largest > 0, largest, torch.ones_like(largest))
        else:
            largest = surface.new_full((len(surface), 1, 1), (self.filter.depth - 2) / block.scale)
        image[part, y0 + top : y0 + bottom, x0 + left : x0 + right] = 1 - surface / largest
        visible[part] = self._visible(block, cells, part, image[part].detach(), largest.detach())

    def _visible(self, block: Block, cells: Cells, part: slice, image: Tensor, largest: Tensor) -> Tensor:
        """Say whether each point's own cell in the smoothed grid is about what the image shows at its pixel."""
        values, (z0, y0, x0) = block.values.detach(), block.corner
        layer, row, column = (index.flatten(0, 1)[part] for index in (cells.depth, *self._lookup(cells)))
        across = self.filter.shift(1)
        row, column = row + across, column + across
        last = self.filter.size(0) - 1
        # The released program never looks into the outermost layers, and so misses the nearest points of a
        # shallow grid.
        first, last = (1, last - 2) if self.transposed and last >= 3 else (0, last)
        layer = (layer + self.filter.shift(0)).clamp(first, last) - z0
        depth, height, width = values.shape[1:]
        inside = (row >= y0) & (row < y0 + height) & (column >= x0) & (column < x0 + width)
        inside = inside & (layer >= 0) & (layer < depth)
        at = (layer.clamp(0, depth - 1) * height + (row - y0).clamp(0, height - 1)) * width
        at = at + (column - x0).clamp(0, width - 1)
        own = values.flatten(1).gather(1, at) * inside / largest[:, :, 0]
        flat = row.clamp(0, self.side - 1) * self.side + column.clamp(0, self.side - 1)
        shown = image.flatten(1).gather(1, flat)
        return (shown - (1 - own)).abs() < self.visible_tolerance

    def _lookup(
        self, cells: Cells
    ) -> tuple[Int64[Tensor, "batch views points"], Int64[Tensor, "batch views points"]]:
        return (cells.column, cells.row) if self.transposed else (cells.row, cells.column)

    def _framed(self, image: Tensor, cells: Cells, visible: Tensor, finite: Tensor) -> Projection:
        """Crop and resize the images, and move the pixel positions with them."""
        shift = self.filter.shift(1)
        row, column = self._lookup(cells)
        pixel = torch.stack([row + shift, column + shift], dim=-1) - self.crop_px
        side = self.side - 2 * self.crop_px
        if self.crop_px:
            image = image[:, :, self.crop_px : self.crop_px + side, self.crop_px : self.crop_px + side]
        inside = ((pixel >= 0) & (pixel < side)).all(dim=-1) & finite.unsqueeze(1)
        if self.size_px is not None:
            # Nearness is resized rather than the image, because its background is 0, which no interpolation can round.
            size = (self.size_px, self.size_px)
            image = 1 - F.interpolate(1 - image, size=size, mode="bilinear", align_corners=True)
            # Rounded up as the released program does, in integers: a float's last bit would move exact
            # quotients.
            pixel = (-(-pixel * self.size_px // side)).clamp_(max=self.size_px - 1)
        pixel = torch.where(inside.unsqueeze(-1), pixel, torch.full_like(pixel, -1))
        return Projection(image, pixel, visible & inside)


def _sigmas(values: Sequence[float]) -> tuple[float, float]:
    if len(values) != 2:
        raise ConfigError(
            f"projector.smooth_sigma={list(values)} must be two numbers, along and across the line of sight"
        )
    return float(values[0]), float(values[1])


def _pair(values: Sequence[int]) -> tuple[int, int]:
    if len(values) != 2:
        raise ConfigError(
            f"projector: {list(values)} must be two numbers, along and across the line of sight"
        )
    return int(values[0]), int(values[1])
