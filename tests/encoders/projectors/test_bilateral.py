"""The bilateral filter: smooth along a surface, sharp across its edges, silent about the void."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.encoders.projectors.bilateral import bilateral
from tests.encoders.projectors.dense_reference import Options
from tests.encoders.projectors.dense_reference import smooth as dense_smooth


def filtered(
    grid: Tensor, window: tuple[int, int, int], sigma: tuple[float, float, float], range_sigma: float
) -> Tensor:
    return bilateral(grid.unsqueeze(0), window, sigma, range_sigma)[0]


def sparse_grid(seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    grid = 1 + 5 * torch.rand(4, 7, 6, generator=generator, dtype=dtype)
    return grid * (torch.rand(grid.shape, generator=generator) < 0.6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.sampled_from([1, 3, 5]), st.floats(0.3, 3), st.floats(0.1, 100))
def test_it_is_the_weighted_mean_written_out(seed: int, size: int, sigma: float, range_sigma: float) -> None:
    grid = sparse_grid(seed)
    options = Options(
        7, 4, 1, 0, "max", "none", (1, 1), (0, 0), "bilateral", (size, size), (size // 2, size // 2),
        (sigma, sigma), range_sigma, "max", True, 0, None, 0.1,
    )  # fmt: skip
    found = filtered(grid, (size, size, size), (sigma, sigma, sigma), range_sigma)
    torch.testing.assert_close(found, dense_smooth(grid, options))


def test_a_flat_surface_stays_as_it_is() -> None:
    grid = torch.zeros(3, 6, 6)
    grid[1] = 4.0
    torch.testing.assert_close(filtered(grid, (3, 5, 5), (1.0, 1.0, 1.0), 1.0), grid)


def test_empty_cells_stay_empty_and_do_not_dim_their_neighbours() -> None:
    grid = sparse_grid(0)
    found = filtered(grid, (3, 3, 3), (1.0, 1.0, 1.0), 1.0)
    assert torch.equal(found > 0, grid > 0)
    assert float(found[grid > 0].min()) >= float(grid[grid > 0].min())
    assert float(found.max()) <= float(grid.max())


def test_a_step_survives_that_a_gaussian_would_blur() -> None:
    grid = torch.ones(1, 8, 8, dtype=torch.float64)
    grid[:, :, 4:] = 6.0
    sharp = filtered(grid, (1, 5, 5), (1.0, 1.0, 1.0), 0.5)
    blurred = filtered(grid, (1, 5, 5), (1.0, 1.0, 1.0), 1e6)
    torch.testing.assert_close(sharp, grid)
    assert float((blurred - grid).abs().max()) > 1


@pytest.mark.parametrize("range_sigma", [1e3, 1e6, 1e9])
def test_even_the_widest_range_counts_no_empty_cell(range_sigma: float) -> None:
    grid = sparse_grid(1)
    found = filtered(grid, (3, 3, 3), (1.0, 1.0, 1.0), range_sigma)
    assert float(found[grid > 0].min()) >= float(grid[grid > 0].min())


def test_an_empty_grid_stays_empty() -> None:
    assert not bool(filtered(torch.zeros(2, 3, 3), (3, 3, 3), (1.0, 1.0, 1.0), 1.0).any())
