"""Densify cells and smooth them into a depth grid, only where something can be (sec. 3.1 of the paper)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.encoders.projectors.bilateral import bilateral
from pointclip2.encoders.projectors.quantise import Cells
from pointclip2.encoders.projectors.separable import Scratch, gaussian_taps, running_max, running_sum, smooth
from pointclip2.types import ConfigError

Number = TypeVar("Number", int, float)
DENSIFY = ("max", "min", "mean", "none")
SMOOTH = ("gaussian", "bilateral", "none")


@dataclass(frozen=True)
class Filter:
    """Says how a grid is densified and smoothed.

    Windows and paddings are (along the depth, across the image) in cells, as ``MaxPool3d`` and ``Conv3d`` mean them.
    """

    resolution: int
    depth: int
    collision: str
    densify: str
    densify_window: tuple[int, int]
    densify_padding: tuple[int, int]
    smooth: str
    smooth_window: tuple[int, int]
    smooth_padding: tuple[int, int]
    smooth_sigma: tuple[float, float]
    range_sigma: float

    def __post_init__(self) -> None:
        for name, value, known in (
            ("collision", self.collision, ("max", "min", "mean")),
            ("densify", self.densify, DENSIFY),
            ("smooth", self.smooth, SMOOTH),
        ):
            if value not in known:
                raise ConfigError(f"projector.{name}={value!r}: choose one of {', '.join(known)}")
        for name, window, padding in (
            ("densify", self.densify_window, self.densify_padding),
            ("smooth", self.smooth_window, self.smooth_padding),
        ):
            if (
                min(window) < 1
                or min(padding) < 0
                or any(2 * p > w for w, p in zip(window, padding, strict=True))
            ):
                raise ConfigError(
                    f"projector.{name}_window={list(window)} with {name}_padding={list(padding)}: "
                    "windows are at least 1 and a padding is at most half its window"
                )
        if min(self.smooth_sigma) <= 0 or self.range_sigma <= 0:
            raise ConfigError("projector: smooth_sigma and range_sigma must be positive")

    @property
    def pool(self) -> tuple[int, int]:
        """Return the window of the densify step, 1 where there is none."""
        return (1, 1) if self.densify == "none" else self.densify_window

    @property
    def pool_padding(self) -> tuple[int, int]:
        return (0, 0) if self.densify == "none" else self.densify_padding

    @property
    def kernel(self) -> tuple[int, int]:
        """Return the window of the smoothing step, 1 where there is none."""
        return (1, 1) if self.smooth == "none" else self.smooth_window

    @property
    def kernel_padding(self) -> tuple[int, int]:
        return (0, 0) if self.smooth == "none" else self.smooth_padding

    def size(self, axis: int) -> int:
        """Return the size of the smoothed grid along ``axis``: 0 along the depth, 1 across the image."""
        cells = self.depth if axis == 0 else self.resolution
        pooled = cells + 2 * self.pool_padding[axis] - self.pool[axis] + 1
        return pooled + 2 * self.kernel_padding[axis] - self.kernel[axis] + 1

    def shift(self, axis: int) -> int:
        """Return what to add to a cell's index to find its middle in the smoothed grid."""
        return (self.pool_padding[axis] - self.pool[axis] // 2) + (
            self.kernel_padding[axis] - self.kernel[axis] // 2
        )


@dataclass(frozen=True)
class Block:
    """Holds the occupied block of the smoothed grids of some views; everything outside is empty (0)."""

    values: Float[Tensor, "images depth height width"]
    corner: tuple[int, int, int]
    """Index of ``values[:, 0, 0, 0]`` in the whole smoothed grid; negative where the filters reach beyond it."""
    scale: float
    """Factor still to multiply ``values`` by: scaling the small images is cheaper than scaling the large grids."""


def filtered_block(cells: Cells, images: slice, spec: Filter, scratch: Scratch) -> Block:
    """Scatter, densify and smooth the given views (an index range over batch x views).

    The block may live in ``scratch`` and is lost when that is used again. Nothing is computed outside the
    bounding box of the occupied cells, enlarged by what the windows reach.
    """
    row, column, layer = (index.flatten(0, 1)[images] for index in (cells.row, cells.column, cells.depth))
    value = cells.value.flatten(0, 1)[images]
    count = len(row)
    (pool_z, pool_xy), (kernel_z, kernel_xy) = spec.pool, spec.kernel
    lead_z, lead_xy = pool_z + kernel_z - 2, pool_xy + kernel_xy - 2

    bounds = torch.stack([f for index in (layer, row, column) for f in (index.amin(), index.amax())]).tolist()
    (z0, z1), (y0, y1), (x0, x1) = bounds[0:2], bounds[2:4], bounds[4:6]
    z0, y0, x0 = z0 - lead_z, y0 - lead_xy, x0 - lead_xy
    depth, height, width = z1 - z0 + 1, y1 - y0 + 1, x1 - x0 + 1
    stride = (height * width, width, 1)
    total = count * depth * height * width
    # The passes read past what they write, so there are zeros behind the last grid.
    tail = lead_z * stride[0] + lead_xy * (stride[1] + stride[2])

    image = torch.arange(count, device=row.device).unsqueeze(1)
    flat_index = ((image * depth + (layer - z0)) * height + (row - y0)) * width + (column - x0)
    scratch.grow(total + tail + 1, value)
    missing = None
    if cells.missing is not None:
        missing = cells.missing.unsqueeze(1).expand(cells.row.shape).flatten(0, 1)[images]
    flat = _scatter(flat_index, value, missing, total + tail, stride[0], spec, scratch)
    flat = _densify(flat, stride, spec, scratch)

    pooled_corner = tuple(
        start + padding for start, padding in zip((z0, y0, x0), _each_axis(spec.pool_padding), strict=True)
    )
    pooled_size = tuple(
        cells_ + 2 * padding - window + 1
        for cells_, padding, window in zip(
            _each_axis((spec.depth, spec.resolution)),
            _each_axis(spec.pool_padding),
            _each_axis(spec.pool),
            strict=True,
        )
    )
    flat = _clear_outside(flat, (count, depth, height, width), pooled_corner, pooled_size, scratch.reuse)
    scale = 1.0
    if spec.smooth == "gaussian":
        for axis, size in enumerate(_each_axis(spec.kernel)):
            taps = gaussian_taps(size, _each_axis(spec.smooth_sigma)[axis])
            flat = smooth(flat, taps, stride[axis], scratch)
            scale *= taps[len(taps) // 2]
    elif spec.smooth == "bilateral":
        grids = flat[:total].view(count, depth, height, width)
        flat = _bilateral(grids, pooled_corner, pooled_size, spec).flatten()
    corner = tuple(
        start + padding for start, padding in zip(pooled_corner, _each_axis(spec.kernel_padding), strict=True)
    )
    return Block(flat[:total].view(count, depth, height, width), (corner[0], corner[1], corner[2]), scale)


def _each_axis(pair: tuple[Number, Number]) -> tuple[Number, Number, Number]:
    """Spread an (along, across) pair to (depth, row, column)."""
    return (pair[0], pair[1], pair[1])


def _scatter(
    index: Tensor,
    value: Tensor,
    missing: Tensor | None,
    size: int,
    depth_stride: int,
    spec: Filter,
    scratch: Scratch,
) -> Tensor:
    """Write values at their cells, 0 elsewhere.

    Where all steps take the maximum, the window along the depth is filled at once: writing a point to a few cells
    costs far less than a pass over the whole buffer.
    """
    if spec.collision == "max" and spec.densify == "max":
        reach = torch.arange(spec.pool[0], device=index.device) * depth_stride
        index = index.unsqueeze(-1) - reach
        value = value.unsqueeze(-1).expand_as(index)
        missing = None if missing is None else missing.unsqueeze(-1)
    if missing is not None:
        # Missing points go to one extra cell behind the last, which is cut off: a stand-in must not weigh in a mean.
        index = torch.where(missing, size, index)
    buffer = scratch.take(size + 1)
    flat = value.new_zeros(size + 1) if buffer is None else buffer.zero_()
    reduce = {"max": "amax", "min": "amin", "mean": "mean"}[spec.collision]
    if buffer is None:
        return flat.scatter_reduce(0, index.flatten(), value.flatten(), reduce, include_self=False)[:size]
    return flat.scatter_reduce_(0, index.flatten(), value.flatten(), reduce, include_self=False)[:size]


def _densify(flat: Tensor, stride: tuple[int, int, int], spec: Filter, scratch: Scratch) -> Tensor:
    """Pool over occupied cells only, so that emptiness never wins a minimum or thins a mean."""
    if spec.densify == "none":
        return flat
    windows = list(zip(_each_axis(spec.pool), stride, strict=True))
    if spec.densify == "mean":
        occupied = (flat > 0).to(flat.dtype)
        for window, step in windows:
            flat, occupied = running_sum(flat, window, step), running_sum(occupied, window, step)
        return flat / occupied.clamp(min=1)
    if spec.densify == "min":
        # The minimum over occupied cells is found as the maximum of (largest value - value).
        flat = torch.where(flat > 0, spec.depth - flat, torch.zeros_like(flat))
    elif spec.collision == "max":
        windows = windows[1:]
    for window, step in windows:
        flat = running_max(flat, window, step, scratch)
    if spec.densify == "min":
        flat = torch.where(flat > 0, spec.depth - flat, torch.zeros_like(flat))
    return flat


def _clear_outside(
    flat: Tensor,
    shape: tuple[int, int, int, int],
    corner: tuple[int, ...],
    size: tuple[int, ...],
    reuse: bool,
) -> Tensor:
    """Empty the cells beyond the grid's border, which a pooled grid does not have."""
    inside = _inside(shape, corner, size)
    if all(low == 0 and high == length for (low, high), length in zip(inside, shape[1:], strict=True)):
        return flat
    total = shape[0] * shape[1] * shape[2] * shape[3]
    if not reuse:
        flat = flat.clone()
    body = flat[:total].view(shape)
    for axis, ((low, high), length) in enumerate(zip(inside, shape[1:], strict=True), start=1):
        body.narrow(axis, 0, low).zero_()
        body.narrow(axis, high, length - high).zero_()
    return flat


def _inside(shape: Sequence[int], corner: tuple[int, ...], size: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the first and past-the-last index along each axis of a block that lies in a grid of the given size."""
    return [
        (max(0, -start), min(length, limit - start))
        for start, length, limit in zip(corner, shape[1:], size, strict=True)
    ]


def _bilateral(grids: Tensor, corner: tuple[int, ...], size: tuple[int, ...], spec: Filter) -> Tensor:
    """Apply the bilateral filter where cells can be occupied, and place its output as the Gaussian does."""
    kernel = _each_axis(spec.kernel)
    box = [
        slice(max(low, window - 1), high)
        for (low, high), window in zip(_inside(grids.shape, corner, size), kernel, strict=True)
    ]
    found = bilateral(
        grids[:, box[0], box[1], box[2]], kernel, _each_axis(spec.smooth_sigma), spec.range_sigma
    )
    place = [
        slice(part.start - window // 2, part.stop - window // 2)
        for part, window in zip(box, kernel, strict=True)
    ]
    out = torch.zeros_like(grids)
    out[:, place[0], place[1], place[2]] = found
    return out
