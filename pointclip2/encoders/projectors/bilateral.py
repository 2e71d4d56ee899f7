"""Smooth a depth grid while keeping its edges, as OpenDlign's contour-aware projection does."""

import itertools
import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from pointclip2.encoders.projectors.separable import gaussian_taps

EMPTY = -1e15
# Cells a chunk takes: its four buffers should stay in a processor's cache.
CHUNK = 2**16

Window = tuple[int, int, int]


def bilateral(
    grid: Float[Tensor, "images depth height width"],
    window: Window,
    sigma: tuple[float, float, float],
    range_sigma: float,
) -> Float[Tensor, "images depth height width"]:
    """Filter (depth, row, column) windows bilaterally; cells beyond the grid are empty, empty cells are 0.

    Each neighbour counts by a Gaussian of its distance (``sigma``, cells) times one of its difference in value
    (``range_sigma``, in units of the values), so that a far surface does not bleed into a near one. Empty cells stay
    empty and empty neighbours do not count. The middle of an even window is the later of its two middle cells.
    """
    taps = [gaussian_taps(size, s) for size, s in zip(window, sigma, strict=True)]
    after = [size // 2 for size in window]
    # One strip of empty cells is shared between rows, layers and images, so a flat shift past an end reads zeros.
    padded = F.pad(grid, [0, after[2], 0, after[1], 0, after[0]])
    flat = torch.where(padded > 0, padded, torch.full_like(padded, EMPTY)).flatten(1)
    stride = (padded.shape[2] * padded.shape[3], padded.shape[3], 1)
    images = max(1, CHUNK // max(flat.shape[1], 1))
    smoothed = [_smoothed(part.flatten(), taps, stride, range_sigma) for part in flat.split(images)]
    out = torch.cat(smoothed).view(padded.shape)[:, : grid.shape[1], : grid.shape[2], : grid.shape[3]]
    return torch.where(grid > 0, out, torch.zeros_like(grid))


def _smoothed(flat: Tensor, taps: list[list[float]], stride: Window, range_sigma: float) -> Tensor:
    """Filter the flat grid, looking at each pair of neighbours once: one difference weighs both.

    An empty neighbour differs so much from any value that its weight is exactly zero: no mask in the loop.
    """
    scaled = flat * (math.sqrt(0.5) / range_sigma)
    own = _tap(taps, (0, 0, 0))
    weighted, weights = flat * own, torch.full_like(flat, own)
    reuse = not (torch.is_grad_enabled() and flat.requires_grad)
    buffer = torch.empty_like(flat) if reuse else None
    deep, high, wide = (range(-(len(axis) // 2), len(axis) // 2 + 1) for axis in taps)
    for offset in itertools.product(deep, high, wide):
        forward, backward = _tap(taps, offset), _tap(taps, (-offset[0], -offset[1], -offset[2]))
        shift = sum(step * along for step, along in zip(offset, stride, strict=True))
        if offset <= (0, 0, 0) or shift >= len(flat) or (forward == 0 and backward == 0):
            continue
        near, far = slice(0, len(flat) - shift), slice(shift, len(flat))
        out = None if buffer is None else buffer[near]
        difference = torch.sub(scaled[far], scaled[near], out=out)
        weight = torch.square(difference, out=out)
        weight = torch.exp(torch.neg(weight, out=out), out=out)
        if forward > 0:
            weighted[near].addcmul_(weight, flat[far], value=forward)
            weights[near].add_(weight, alpha=forward)
        if backward > 0:
            weighted[far].addcmul_(weight, flat[near], value=backward)
            weights[far].add_(weight, alpha=backward)
    return weighted / weights


def _tap(taps: list[list[float]], offset: Window) -> float:
    """Return the weight of the cell ``offset`` away from the middle of the window, 0 outside it."""
    product = 1.0
    for axis, step in zip(taps, offset, strict=True):
        index = step + len(axis) // 2
        product *= axis[index] if 0 <= index < len(axis) else 0.0
    return product
