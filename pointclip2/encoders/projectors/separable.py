"""Run maximum and Gaussian filters as shifted sums of one flat buffer.

The official programs run ``MaxPool3d`` and ``Conv3d`` over whole, mostly empty grids. Both filters are
separable. Here every row, slice and grid in the buffer begins with enough empty cells that a shift along any
axis can be a shift of the flat buffer: what runs over the end of a row reads the empty start of the next.
Every pass is then one contiguous element-wise operation, in chunks that stay in the processor's cache.
"""

import threading

import torch
from torch import Tensor

# Buffers (some megabytes) of a thread's last projection on a processor, kept because fresh memory costs page faults
# that take longer than the passes.
_KEPT = threading.local()


class Scratch:
    """Holds two buffers that passes write to in turn, kept from chunk to chunk; with autograd every pass allocates."""

    def __init__(self, reuse: bool) -> None:
        self.reuse = reuse
        self._pair: list[Tensor] = []

    def grow(self, size: int, like: Tensor) -> None:
        """Make room for ``size`` values. What the buffers held is lost."""
        if not self.reuse:
            return
        on_cpu = like.device.type == "cpu"
        if on_cpu and not self._pair:
            self._pair = getattr(_KEPT, "pair", [])
        if not self._pair or len(self._pair[0]) < size or self._pair[0].dtype != like.dtype:
            # Outside inference mode, so that projections in and out of it can share them.
            with torch.inference_mode(False):
                self._pair = [torch.empty(size, dtype=like.dtype, device=like.device) for _ in range(2)]
            if on_cpu:
                _KEPT.pair = self._pair

    def take(self, length: int, *busy: Tensor) -> Tensor | None:
        """Return a buffer of ``length`` that none of ``busy`` lives in, or None."""
        used = {tensor.untyped_storage().data_ptr() for tensor in busy}
        for buffer in self._pair:
            if buffer.untyped_storage().data_ptr() not in used:
                return buffer[:length]
        return None


def running_max(flat: Tensor, window: int, stride: int, scratch: Scratch) -> Tensor:
    """Return the maximum of ``flat[i], flat[i + stride], ...`` (``window`` terms); shorter by the overlap."""
    covered = 1
    while covered < window:
        step = min(covered, window - covered)
        length = len(flat) - step * stride
        flat = torch.maximum(flat[:length], flat[step * stride :], out=scratch.take(length, flat))
        covered += step
    return flat


def running_sum(flat: Tensor, window: int, stride: int) -> Tensor:
    """Return the sum of ``flat[i], flat[i + stride], ...`` (``window`` terms); shorter by the overlap."""
    length = len(flat) - (window - 1) * stride
    total = flat[:length]
    for tap in range(1, window):
        total = total + flat[tap * stride : tap * stride + length]
    return total


def smooth(flat: Tensor, taps: list[float], stride: int, scratch: Scratch) -> Tensor:
    """Return the symmetric weighted sum of ``flat[i], flat[i + stride], ...``, shorter by the overlap.

    It is divided by the middle tap, which saves a pass; the caller multiplies the far smaller result.
    """
    window = len(taps)
    length = len(flat) - (window - 1) * stride
    middle = window // 2

    def shifted(tap: int) -> Tensor:
        return flat[tap * stride : tap * stride + length]

    if window == 1:
        return flat
    out = scratch.take(length, flat)
    total = shifted(middle) if window % 2 else None
    for tap in range(middle):
        weight = taps[tap] / taps[middle]
        near, far = shifted(tap), shifted(window - 1 - tap)
        if total is None:
            total = torch.add(near, far, out=out) * weight
        elif out is None:
            total = total + (near + far) * weight
        elif tap == 0:
            # Writing the pair first and adding the total into it saves a pass.
            total = torch.add(total, torch.add(near, far, out=out), alpha=weight, out=out)
        else:
            total = total.add_(near, alpha=weight).add_(far, alpha=weight)
    assert total is not None
    return total


def gaussian_taps(window: int, sigma: float) -> list[float]:
    """Return the taps of a Gaussian over ``window`` cells, summing to one. ``sigma`` is in cells."""
    if window == 1:
        return [1.0]
    at = torch.arange(window, dtype=torch.float64) - (window - 1) / 2
    # Relative to the middle taps, so that a narrow Gaussian over an even window does not vanish altogether.
    taps = torch.exp((at.square().amin() - at.square()) / (2 * sigma**2))
    return [float(tap) for tap in taps / taps.sum()]
