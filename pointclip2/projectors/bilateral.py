"""Edge-preserving smoothing of a depth grid, as OpenDlign's contour-aware projection does it."""

import itertools

import torch
from torch import Tensor

from pointclip2.projectors.separable import gaussian_taps


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
    centre = flat[middle : middle + total]
    weighted = torch.zeros_like(centre)
    weights = torch.zeros_like(centre)
    for place in itertools.product(*(range(size) for size in window)):
        start = sum(index * step for index, step in zip(place, stride, strict=True))
        near = flat[start : start + total]
        nearness = taps[0][place[0]] * taps[1][place[1]] * taps[2][place[2]]
        alike = torch.exp((near - centre).square() * (-0.5 / range_sigma**2)) * (near > 0)
        weighted = weighted + nearness * alike * near
        weights = weights + nearness * alike
    return torch.where(centre > 0, weighted / weights.clamp(min=1e-12), torch.zeros_like(centre))
