"""The z-buffer of discs against a loop over points and pixels."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.encoders.projectors import SplatProjector
from pointclip2.geometry import CameraRig, ring
from pointclip2.types import ConfigError
from tests.encoders.projectors.options import projector

FRONT = [[0, 0, 0]]


def drawn_point_by_point(
    turned: torch.Tensor, resolution: int, object_ratio: float, radius_px: float, far_shade: float
) -> torch.Tensor:
    """The image of one turned cloud (3, points): every disc painted pixel by pixel, the nearest wins."""
    low, high = turned.amin(dim=1), turned.amax(dim=1)
    side = float((high - low).max()) or 1.0
    image = torch.ones(resolution, resolution, dtype=turned.dtype)
    for point in turned.T:
        row, column = (
            min(
                int(
                    (point[axis] - (low + high)[axis] / 2) / side * (object_ratio * resolution)
                    + resolution / 2
                ),
                resolution - 1,
            )
            for axis in (0, 1)
        )
        shade = (high[2] - point[2]) / side * far_shade
        for y in range(resolution):
            for x in range(resolution):
                if (y - row) ** 2 + (x - column) ** 2 <= radius_px**2:
                    image[y, x] = min(image[y, x], shade)
    return image


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**31),
    st.sampled_from([1, 2, 12]),
    st.sampled_from([1, 8, 15]),
    st.sampled_from([0.5, 0.8, 1.0]),
    st.sampled_from([0, 0.5, 1, 1.5, 2.5, 3.5, 5]),
    st.sampled_from([0.5, 0.8]),
)
def test_the_image_is_that_of_discs_painted_one_by_one(
    seed: int, count: int, resolution: int, object_ratio: float, radius_px: float, far_shade: float
) -> None:
    points = torch.randn(2, count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    ours = SplatProjector(ring(2), resolution, object_ratio, radius_px, far_shade)
    images, turned = ours(points).images, ours.rig(points)
    for batch in range(2):
        for view in range(2):
            expected = drawn_point_by_point(
                turned[batch, view], resolution, object_ratio, radius_px, far_shade
            )
            torch.testing.assert_close(images[batch, view], expected, atol=1e-9, rtol=0)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_every_point_lands_on_foreground(seed: int) -> None:
    points = torch.rand(2, 300, 3, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    result = projector("splat")(points)
    row, column = result.pixel_yx.unbind(dim=-1)
    shade = result.images.flatten(2).gather(2, row * 112 + column)
    assert bool((shade < 1).all())


def test_a_visible_point_is_shown_in_its_own_shade_and_a_hidden_one_is_behind() -> None:
    ours = projector("splat")
    points = torch.randn(2, 500, 3, generator=torch.Generator().manual_seed(0))
    result, turned = ours(points), ours.get_submodule("rig")(points)
    low, high = turned.amin(dim=-1), turned.amax(dim=-1)
    side = (high - low).amax(dim=2, keepdim=True)
    own = (high[:, :, 2:] - turned[:, :, 2]) / side * 0.8
    row, column = result.pixel_yx.unbind(dim=-1)
    shown = result.images.flatten(2).gather(2, row * 112 + column)
    behind = own - shown
    assert float(behind.min()) > -1e-5
    assert float(behind[result.visible].max()) < 0.05 * 0.8 + 1e-5
    assert float(behind[~result.visible].min()) > 0.05 * 0.8 - 1e-5
    assert 0.2 < float(result.visible.float().mean()) < 0.9


def test_of_a_sphere_only_the_near_half_is_visible() -> None:
    points = torch.nn.functional.normalize(
        torch.randn(1, 4000, 3, generator=torch.Generator().manual_seed(1)), dim=-1
    )
    ours = projector("splat")
    depth = ours.get_submodule("rig")(points)[:, :, 2]
    visible = ours(points).visible
    # Nearer its rim the sphere falls off more steeply than a disc's radius and the tolerance allow for.
    assert bool(visible[depth > 0.75].all())
    assert float(visible[depth < -0.3].float().mean()) < 0.001


def test_the_gradient_in_depth_is_that_of_finite_differences() -> None:
    ours = SplatProjector(CameraRig([FRONT]), 16, 0.8, 1.5)
    generator = torch.Generator().manual_seed(2)
    points = torch.rand(1, 12, 3, generator=generator, dtype=torch.float64) - 0.5
    # The frame of the cloud is not part of the gradient, so two corners hold it still.
    points = torch.cat([points, torch.tensor([[[-1.0, -1, -1], [1, 1, 1]]], dtype=torch.float64)], dim=1)
    weight = torch.rand(16, 16, generator=generator, dtype=torch.float64)

    def loss(cloud: torch.Tensor) -> torch.Tensor:
        return (ours(cloud).images[0, 0] * weight).sum()

    leaf = points.clone().requires_grad_()
    loss(leaf).backward()
    assert leaf.grad is not None
    for index in range(12):
        change = torch.zeros_like(points)
        change[0, index, 2] = 1e-6
        expected = (loss(points + change) - loss(points - change)) / 2e-6
        assert float(leaf.grad[0, index, 2]) == pytest.approx(float(expected), abs=1e-7)
    assert bool(leaf.grad[0, :12, 2].any())


@pytest.mark.parametrize(
    "wrong",
    [
        {"resolution": 0},
        {"object_ratio": 0.0},
        {"object_ratio": 1.1},
        {"radius_px": -1.0},
        {"radius_px": float("nan")},
        {"far_shade": 0.0},
        {"far_shade": 1.1},
    ],
)
def test_an_option_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="projector"):
        SplatProjector(CameraRig([FRONT]), **wrong)
