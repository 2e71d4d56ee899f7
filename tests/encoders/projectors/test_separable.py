"""Running maxima, sums and Gaussians on a flat buffer, against the window written out."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.encoders.projectors.separable import Scratch, gaussian_taps, running_max, running_sum, smooth


def window_of(flat: Tensor, window: int, stride: int) -> Tensor:
    """Every window as a row."""
    length = len(flat) - (window - 1) * stride
    return torch.stack([flat[tap * stride : tap * stride + length] for tap in range(window)], dim=1)


def scratch(reuse: bool, flat: Tensor) -> Scratch:
    made = Scratch(reuse)
    made.grow(len(flat), flat)
    return made


sizes = given(st.integers(1, 13), st.integers(1, 4), st.booleans(), st.integers(0, 2**31))


@settings(deadline=None)
@sizes
def test_a_running_maximum_is_the_maximum_of_every_window(
    window: int, stride: int, reuse: bool, seed: int
) -> None:
    flat = torch.randn(window * stride + 40, generator=torch.Generator().manual_seed(seed))
    before = flat.clone()
    found = running_max(flat, window, stride, scratch(reuse, flat))
    assert torch.equal(found, window_of(flat, window, stride).amax(dim=1))
    assert torch.equal(flat, before)


@settings(deadline=None)
@sizes
def test_a_running_sum_is_the_sum_of_every_window(window: int, stride: int, reuse: bool, seed: int) -> None:
    flat = torch.randn(window * stride + 40, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(running_sum(flat, window, stride), window_of(flat, window, stride).sum(dim=1))


@settings(deadline=None)
@sizes
def test_smoothing_is_the_weighted_sum_over_the_middle_weight(
    window: int, stride: int, reuse: bool, seed: int
) -> None:
    flat = torch.randn(window * stride + 40, generator=torch.Generator().manual_seed(seed))
    before = flat.clone()
    taps = gaussian_taps(window, 1.7)
    found = smooth(flat, taps, stride, scratch(reuse, flat))
    expected = window_of(flat, window, stride) @ torch.tensor(taps) / taps[window // 2]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(flat, before)


@settings(deadline=None)
@given(st.integers(1, 12), st.floats(1e-4, 1e4))
def test_taps_sum_to_one_and_mirror_each_other(window: int, sigma: float) -> None:
    taps = gaussian_taps(window, sigma)
    assert len(taps) == window
    assert sum(taps) == pytest.approx(1)
    assert taps == pytest.approx(taps[::-1])
    assert max(taps) == taps[window // 2]


def test_a_scratch_never_lends_the_buffer_that_is_being_read() -> None:
    flat = torch.zeros(8)
    made = scratch(True, flat)
    first = made.take(8)
    assert first is not None
    second = made.take(8, first)
    assert second is not None
    assert first.data_ptr() != second.data_ptr()
    assert made.take(8, first, second) is None


def test_a_scratch_lends_nothing_while_gradients_are_recorded() -> None:
    assert scratch(False, torch.zeros(8)).take(8) is None
