"""Edge-preserving smoothing of a depth grid, as OpenDlign's contour-aware projection does it."""

import itertools
import math

import torch
from torch import Tensor

from pointclip2.projectors.separable import gaussian_taps

EMPTY = -1e15
CHUNK = 2**16


def bilateral(
    flat: Tensor,
    stride: tuple[int, int, int],
    total: int,
    window: tuple[int, int, int],
    sigma: tuple[float, float, float],
    range_sigma: float,
) -> Tensor:
    """Bilateral filter over (depth, row, column) windows of a flat buffer, see ``separable``.

    Each neighbour counts by a Gaussian of its distance (``sigma``, cells) times one of its difference in value
    (``range_sigma``, in units of the values), so that a far surface does not bleed into a near one. Empty cells stay
    empty and empty neighbours do not count. Output i is centred on input i + half a window.
    """
    taps = [gaussian_taps(size, s) for size, s in zip(window, sigma, strict=True)]
    middle = sum((size // 2) * step for size, step in zip(window, stride, strict=True))
    occupied = torch.nonzero(flat[middle : middle + total] > 0).flatten()
    # An empty neighbour differs so much from any value that its weight is exactly zero: no mask in the loop.
    source = torch.where(flat > 0, flat, torch.full_like(flat, EMPTY))
    smoothed = [_at(source, part, taps, stride, middle, range_sigma) for part in occupied.split(CHUNK)]
    out = flat.new_zeros(total)
    return out.index_put((occupied,), torch.cat(smoothed)) if smoothed else out


def _at(
    source: Tensor,
    occupied: Tensor,
    taps: list[list[float]],
    stride: tuple[int, int, int],
    middle: int,
    range_sigma: float,
) -> Tensor:
    """Filtered values of the occupied cells only: most of a grid is empty."""
    centre = source[occupied + middle]
    weighted, weights = torch.zeros_like(centre), torch.zeros_like(centre)
    for place in itertools.product(*(range(len(axis)) for axis in taps)):
        start = sum(index * step for index, step in zip(place, stride, strict=True))
        tap = taps[0][place[0]] * taps[1][place[1]] * taps[2][place[2]]
        if tap == 0:
            continue
        closeness = math.log(tap)
        near = source[start:][occupied]
        weight = (near - centre).square().mul(-0.5 / range_sigma**2).add(closeness).exp()
        weighted = weighted + weight * near
        weights = weights + weight
    return weighted / weights
