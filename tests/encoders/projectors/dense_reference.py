"""The realistic projection written plainly: whole grids, ``MaxPool3d``, ``Conv3d``, loops where a loop is clearest.

Slow and easy to check; it shares with the package only the camera rig, so that both see the same bits.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Options:
    """The arguments of ``RealisticProjector`` of the same names."""

    resolution: int
    depth: int
    object_ratio: float
    depth_bias: float
    collision: str
    densify: str
    densify_window: tuple[int, int]
    densify_padding: tuple[int, int]
    smooth: str
    smooth_window: tuple[int, int]
    smooth_padding: tuple[int, int]
    smooth_sigma: tuple[float, float]
    range_sigma: float
    squeeze: str
    normalise: bool
    crop_px: int
    size_px: int | None
    visible_tolerance: float


@dataclass(frozen=True)
class View:
    """One view of one cloud."""

    image: Tensor
    pixel_yx: Tensor
    behind: Tensor
    """How far each point's smoothed cell is from what the image shows at its pixel; infinite outside the image."""


def axes(pair: tuple[int, int]) -> tuple[int, int, int]:
    return pair[0], pair[1], pair[1]


def dense_view(turned: Tensor, options: Options) -> View:
    """The view of a turned cloud (3, points), float64."""
    cell, value = cells(turned, options)
    smoothed = smooth(densify(scatter(cell, value, options), options), options)
    image = squeeze(smoothed, options)
    largest = image.max() if options.normalise else image.new_tensor(options.depth - 2.0)
    if largest == 0:
        largest = torch.ones_like(largest)
    image = 1 - image / largest

    middle = torch.zeros(3, dtype=torch.int64)
    for on, window, padding in (
        (options.densify != "none", options.densify_window, options.densify_padding),
        (options.smooth != "none", options.smooth_window, options.smooth_padding),
    ):
        if on:
            middle += torch.tensor([p - w // 2 for w, p in zip(axes(window), axes(padding), strict=True)])
    place = cell + middle
    behind, pixels = [], []
    side = len(image) - 2 * options.crop_px
    for layer, row, column in place.tolist():
        inside = 0 <= row < len(image) and 0 <= column < len(image)
        layer = min(max(layer, 0), len(smoothed) - 1)
        shade = (1 - smoothed[layer, row, column] / largest) if inside else 0.0
        pixel = [row - options.crop_px, column - options.crop_px]
        if not all(0 <= index < side for index in pixel):
            behind.append(float("inf"))
            pixels.append([-1, -1])
            continue
        behind.append(float(abs(image[row, column] - shade)))
        if options.size_px is not None:
            pixel = [min(-(-index * options.size_px // side), options.size_px - 1) for index in pixel]
        pixels.append(pixel)
    image = image[options.crop_px : options.crop_px + side, options.crop_px : options.crop_px + side]
    if options.size_px is not None:
        size = (options.size_px, options.size_px)
        image = F.interpolate(image[None, None], size=size, mode="bilinear", align_corners=True)[0, 0]
    return View(image, torch.tensor(pixels), torch.tensor(behind))


def cells(turned: Tensor, options: Options) -> tuple[Tensor, Tensor]:
    """Layer, row and column of every point (points, 3), and the values to write."""
    low, high = turned.amin(dim=1, keepdim=True), turned.amax(dim=1, keepdim=True)
    side = (high - low).max()
    unit = 2 * (turned - (low + high) / 2) / (side if side > 0 else 1.0)
    plane = torch.ceil((unit[:2] * options.object_ratio + 1) / 2 * options.resolution)
    plane = plane.clamp(1, options.resolution - 2)
    z = ((unit[2] + 1) / 2 + options.depth_bias) / (1 + options.depth_bias) * (options.depth - 2)
    layer = torch.ceil(z).clamp(0, options.depth - 1)
    return torch.stack([layer, plane[0], plane[1]], dim=1).long(), z.clamp(1, options.depth - 2)


def scatter(cell: Tensor, value: Tensor, options: Options) -> Tensor:
    grid = np.zeros((options.depth, options.resolution, options.resolution))
    stacks: dict[tuple[int, ...], list[float]] = {}
    for place, number in zip(cell.tolist(), value.tolist(), strict=True):
        stacks.setdefault(tuple(place), []).append(number)
    survivors: dict[str, Callable[[list[float]], float]] = {"max": max, "min": min, "mean": fmean}
    survivor = survivors[options.collision]
    for key, numbers in stacks.items():
        grid[key] = survivor(numbers)
    return torch.from_numpy(grid)


def densify(grid: Tensor, options: Options) -> Tensor:
    if options.densify == "none":
        return grid
    window, padding = axes(options.densify_window), axes(options.densify_padding)
    if options.densify == "max":
        return F.max_pool3d(grid[None], window, 1, padding)[0]
    occupied = (grid > 0).double()
    if options.densify == "min":
        emptied = torch.where(grid > 0, grid, torch.full_like(grid, 1e9))
        least = -F.max_pool3d(-emptied[None], window, 1, padding)[0]
        return torch.where(least < 1e8, least, torch.zeros_like(least))
    box = torch.ones(1, 1, *window, dtype=torch.float64)
    number = F.conv3d(occupied[None, None], box, padding=padding)[0, 0].round()
    return F.conv3d(grid[None, None], box, padding=padding)[0, 0] / number.clamp(min=1) * (number > 0)


def gaussian(options: Options) -> Tensor:
    """The whole kernel, summing to one."""
    exponent = torch.zeros(axes(options.smooth_window), dtype=torch.float64)
    sigmas = (options.smooth_sigma[0], options.smooth_sigma[1], options.smooth_sigma[1])
    for axis, (size, sigma) in enumerate(zip(exponent.shape, sigmas, strict=True)):
        at = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
        shape = [1, 1, 1]
        shape[axis] = size
        exponent = exponent - (at**2 / (2 * sigma**2)).view(shape)
    kernel = exponent.exp()
    return kernel / kernel.sum()


def smooth(grid: Tensor, options: Options) -> Tensor:
    if options.smooth == "none":
        return grid
    kernel, padding = gaussian(options), axes(options.smooth_padding)
    if options.smooth == "gaussian":
        return F.conv3d(grid[None, None], kernel[None, None], padding=padding)[0, 0]
    # One layer more at every far end: with an even window and half of it as padding, that is where a middle lies.
    padded = F.pad(grid, [extra for p in reversed(padding) for extra in (p, p + 1)])
    size = [n + 2 * p - k + 1 for n, p, k in zip(grid.shape, padding, kernel.shape, strict=True)]
    out = torch.zeros(size, dtype=torch.float64)
    for z, y, x in itertools.product(*map(range, size)):
        near = padded[z : z + kernel.shape[0], y : y + kernel.shape[1], x : x + kernel.shape[2]]
        middle = padded[z + kernel.shape[0] // 2, y + kernel.shape[1] // 2, x + kernel.shape[2] // 2]
        if middle > 0:
            weight = kernel * torch.exp(-((near - middle) ** 2) / (2 * options.range_sigma**2)) * (near > 0)
            out[z, y, x] = (weight * near).sum() / weight.sum()
    return out


def squeeze(smoothed: Tensor, options: Options) -> Tensor:
    """Over the occupied cells along the line of sight; 0 where there is none."""
    if options.squeeze == "max":
        return smoothed.amax(dim=0)
    occupied = smoothed > 0
    if options.squeeze == "mean":
        return smoothed.sum(dim=0) / occupied.sum(dim=0).clamp(min=1)
    least = torch.where(occupied, smoothed, torch.full_like(smoothed, torch.inf)).amin(dim=0)
    return torch.where(least.isinf(), torch.zeros_like(least), least)
