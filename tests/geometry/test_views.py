"""Camera rigs: the official convention, and what a rig refuses."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError

from pointclip2.geometry import CameraRig, euler_matrix, ring
from pointclip2.types import ConfigError

ANGLE = st.floats(-720, 720)


@settings(deadline=None)
@given(ANGLE, ANGLE, ANGLE)
def test_every_matrix_is_a_rotation(a: float, b: float, c: float) -> None:
    matrix = euler_matrix(a, b, c)
    torch.testing.assert_close(matrix @ matrix.T, torch.eye(3, dtype=torch.float64))
    assert float(torch.linalg.det(matrix)) == pytest.approx(1)


def test_each_angle_turns_row_vectors_about_its_own_axis() -> None:
    x, y, z = torch.eye(3, dtype=torch.float64)
    # p' = p @ R of row vectors: a quarter turn about x takes y to z.
    torch.testing.assert_close(y @ euler_matrix(90, 0, 0), z)
    torch.testing.assert_close(z @ euler_matrix(0, 90, 0), x)
    torch.testing.assert_close(x @ euler_matrix(0, 0, 90), y)


def test_rotations_of_a_view_are_applied_in_the_order_they_are_written() -> None:
    rig = CameraRig([[[90, 0, 0], [0, 0, 90]]])
    expected = euler_matrix(90, 0, 0) @ euler_matrix(0, 0, 90)
    torch.testing.assert_close(rig.rotation[0], expected.float())


def test_one_triple_alone_is_one_rotation() -> None:
    assert torch.equal(CameraRig([[10, 20, 30]]).rotation, CameraRig([[[10, 20, 30]]]).rotation)


def test_turning_is_multiplying_row_vectors_from_the_right() -> None:
    rig = ring(5)
    points = torch.randn(2, 7, 3, generator=torch.Generator().manual_seed(0))
    expected = torch.einsum("bni,vij->bvjn", points, rig.rotation)
    torch.testing.assert_close(rig(points), expected)


def test_a_cloud_is_turned_to_the_same_bits_alone_and_in_a_batch() -> None:
    rig = ring(3)
    points = torch.randn(9, 501, 3, generator=torch.Generator().manual_seed(1))
    turned = rig(points)
    for index in range(len(points)):
        assert torch.equal(rig(points[index : index + 1])[0], turned[index])


def test_up_is_the_first_rows_of_every_view_of_a_ring() -> None:
    # Image rows are the turned x axis; a point above must lie in a smaller row than one below.
    up_and_down = torch.tensor([[[0.0, 1, 0], [0, -1, 0]]])
    turned = ring(8)(up_and_down)
    assert bool((turned[:, :, 0, 0] < turned[:, :, 0, 1]).all())


def test_a_ring_turns_the_cloud_by_equal_steps_in_one_direction() -> None:
    written = CameraRig([[[10.0 + 120.0 * step, 0, 90], [0, 30, 0]] for step in range(3)])
    torch.testing.assert_close(ring(3, 30.0, 10.0).rotation, written.rotation)


def test_a_ring_looks_from_evenly_spaced_sides() -> None:
    rig = ring(4, elevation_deg=0.0)
    sight = rig.rotation[:, :, 2]
    torch.testing.assert_close(sight[:, 1], torch.zeros(4), atol=1e-6, rtol=0)
    torch.testing.assert_close((sight * sight.roll(1, 0)).sum(dim=1), torch.zeros(4), atol=1e-6, rtol=0)


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16, torch.float64])
def test_a_pipeline_in_another_precision_does_not_bend_the_views(precision: torch.dtype) -> None:
    rig = ring(7, 12.3, 4.5)
    before = rig.rotation.clone()
    torch.nn.Sequential(rig).to(precision)
    assert rig.rotation.dtype == torch.float32
    assert torch.equal(rig.rotation, before)


def test_a_rig_follows_its_pipeline_to_another_device() -> None:
    rig = ring(2).to("meta")
    assert rig.rotation.device.type == "meta"


def test_autocast_does_not_bend_the_views() -> None:
    rig = ring(4)
    points = torch.randn(1, 100, 3, generator=torch.Generator().manual_seed(2))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        turned = rig(points)
    assert torch.equal(turned, rig(points))


def test_a_rig_is_not_part_of_a_checkpoint() -> None:
    assert not ring(3).state_dict()


@pytest.mark.parametrize(
    "views",
    [
        [],
        [[]],
        [[[0, 0]]],
        [[[0, 0, 0, 0]]],
        [[0, 0, math.nan]],
        [[0, 0, math.inf]],
        [[[0, 0, 0], [0, 0]]],
    ],
)
def test_a_rig_that_cannot_be_is_refused(views: Any) -> None:
    with pytest.raises(ConfigError, match="rig"):
        CameraRig(views)


@pytest.mark.parametrize("views", [["abc"], [[["a", "b", "c"]]], [1, 2, 3], [None]])
def test_a_rig_of_other_things_than_numbers_is_refused(views: Any) -> None:
    # The shape checks of these tests may speak first.
    with pytest.raises((ConfigError, TypeCheckError)):
        CameraRig(views)


def test_a_ring_of_no_views_is_refused() -> None:
    with pytest.raises(ConfigError):
        ring(0)


def test_some_views_of_a_rig_are_those_views() -> None:
    rig = ring(6)
    chosen = rig.only([4, 1])
    assert chosen.views == 2
    torch.testing.assert_close(chosen.rotation, rig.rotation[[4, 1]])
    points = torch.rand(2, 7, 3)
    torch.testing.assert_close(chosen(points), rig(points)[:, [4, 1]])
    torch.testing.assert_close(chosen.double().rotation, rig.rotation[[4, 1]])
