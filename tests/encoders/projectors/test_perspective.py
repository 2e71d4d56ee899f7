"""PointCLIP's perspective projection against a loop over points."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.encoders.projectors import PerspectiveProjector
from pointclip2.geometry import CameraRig, ring
from pointclip2.types import ConfigError

FRONT = [[0, 0, 0]]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**31),
    st.sampled_from([1, 2, 60]),
    st.sampled_from([1, 8, 15]),
    st.sampled_from([0.5, 1.4]),
    st.sampled_from([0.1, 1.0, 1e15]),
)
def test_every_pixel_is_the_harmonic_mean_of_its_points(
    seed: int, count: int, resolution: int, distance: float, size: float
) -> None:
    points = (
        torch.randn(1, count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * size
    )
    ours = PerspectiveProjector(ring(2), resolution, distance)
    result, turned = ours(points), ours.rig(points)
    for view in range(2):
        stacks: dict[tuple[int, int], list[float]] = {}
        places = []
        for x, y, z in turned[0, view].T.tolist():
            z += distance
            place = (-1, -1)
            if z > 0:
                row = math.ceil((x / z + 1) / 2 * resolution - 0.5)
                column = math.ceil((y / z + 1) / 2 * resolution - 0.5)
                if 0 <= row < resolution and 0 <= column < resolution:
                    place = (row, column)
                    stacks.setdefault(place, []).append(z)
            places.append((place, z))
        expected = torch.zeros(resolution, resolution, dtype=torch.float64)
        for (row, column), depths in stacks.items():
            expected[row, column] = len(depths) / sum(1 / depth for depth in depths)
        torch.testing.assert_close(result.images[0, view], expected)
        assert result.pixel_yx[0, view].tolist() == [list(place) for place, _ in places]
        seen = [place in stacks and z <= min(stacks[place]) + ours.visible_tolerance for place, z in places]
        assert result.visible[0, view].tolist() == seen


def test_points_behind_the_camera_or_beside_the_image_are_dropped() -> None:
    ours = PerspectiveProjector(CameraRig([FRONT]), 9, 1.0)
    points = torch.tensor([[[0.0, 0, 0], [0, 0, -3], [0, 0, -1], [9, 0, 0], [0, -9, 0]]])
    result = ours(points)
    assert result.pixel_yx[0, 0].tolist() == [[4, 4], [-1, -1], [-1, -1], [-1, -1], [-1, -1]]
    assert result.visible[0, 0].tolist() == [True, False, False, False, False]
    assert float(result.images.sum()) == 1.0


def test_the_gradient_in_depth_is_that_of_finite_differences() -> None:
    ours = PerspectiveProjector(CameraRig([FRONT]), 6, 1.6)
    generator = torch.Generator().manual_seed(2)
    points = torch.rand(1, 12, 3, generator=generator, dtype=torch.float64) - 0.5
    weight = torch.rand(6, 6, generator=generator, dtype=torch.float64)

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
    assert bool(leaf.grad[0, :, 2].all())


@pytest.mark.parametrize("wrong", [{"resolution": 0}, {"distance": 0.0}, {"distance": float("nan")}])
def test_an_option_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="projector"):
        PerspectiveProjector(CameraRig([FRONT]), **wrong)
