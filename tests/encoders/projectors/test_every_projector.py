"""What every projector promises, whichever option builds it: the same for a cloud however it comes."""

import inspect
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pointclip2.encoders.projectors import realistic, splat
from pointclip2.types import CloudError, Projection
from tests.encoders.projectors.options import OPTIONS, PERSPECTIVE, projector

SMALLER: dict[str, dict[str, Any]] = {
    "v2_segmentation": {"resolution": 48, "depth": 20, "crop_px": 4, "size_px": 48},
    "contour": {"resolution": 24, "rig.views": "[[[45,0,90],[0,20,0]],[[0,0,90]],[[0,-90,90]]]"},
}
IN_UNIT_RANGE = [option for option in OPTIONS if option not in PERSPECTIVE]
# These run the same lines as another option, with other numbers.
ALIKE = ("v2_paper", "v1_fewshot")


def each(options: Sequence[str]) -> pytest.MarkDecorator:
    marked = [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else []) for name in options]
    return pytest.mark.parametrize("option", marked)


every, every_unit = each(OPTIONS), each(IN_UNIT_RANGE)


def smaller(option: str) -> nn.Module:
    """The option on a grid that a test can afford."""
    return projector(option, **SMALLER.get(option, {}))


def clouds(batch: int = 3, count: int = 150, seed: int = 0) -> Tensor:
    return torch.randn(batch, count, 3, generator=torch.Generator().manual_seed(seed)) * 0.4


def background(option: str) -> float:
    return 0.0 if option in PERSPECTIVE else 1.0


def assert_same(found: Projection, expected: Projection, share: float = 1.0) -> None:
    """Equal, but for a share of pixels and points at the border of two cells."""
    for one, other in (
        ((found.images - expected.images).abs() < 1e-5, None),
        (found.pixel_yx, expected.pixel_yx),
        (found.visible, expected.visible),
    ):
        equal = one if other is None else one == other
        assert float(equal.float().mean()) >= share


def part_of(whole: Projection, index: slice) -> Projection:
    return Projection(whole.images[index], whole.pixel_yx[index], whole.visible[index])


@every
def test_a_cloud_looks_the_same_alone_and_in_a_batch(option: str) -> None:
    ours, points = smaller(option), clouds()
    together = ours(points)
    for index in range(len(points)):
        one = slice(index, index + 1)
        assert_same(ours(points[one]), part_of(together, one))


@every_unit
def test_where_a_chunk_ends_does_not_show(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, points = smaller(option), clouds(4)
    expected = ours(points)
    side = expected.images.shape[-1]
    for limit in (1, 7 * 12 * side**2, 2**30):
        monkeypatch.setattr(realistic, "CHUNK_CPU", limit)
        monkeypatch.setattr(splat, "CHUNK_CPU", limit)
        assert_same(ours(points), expected)


@every
def test_the_order_of_the_points_does_not_matter(option: str) -> None:
    ours, points = smaller(option), clouds()
    order = torch.randperm(points.shape[1], generator=torch.Generator().manual_seed(1))
    plain, shuffled = ours(points), ours(points[:, order])
    expected = Projection(plain.images, plain.pixel_yx[:, :, order], plain.visible[:, :, order])
    assert_same(shuffled, expected)


@every_unit
def test_the_size_of_the_cloud_does_not_matter(option: str) -> None:
    # Powers of two, which round nothing: the images are equal to the last bit.
    ours, points = smaller(option), clouds()
    expected = ours(points)
    for factor in (2.0**-20, 2.0**40):
        assert_same(ours(points * factor), expected)


@every_unit
def test_neither_another_size_nor_another_place_matters_but_for_rounding(option: str) -> None:
    ours, points = smaller(option), clouds().double()
    moved = points * 3.7 + torch.tensor([10.0, -3, 0.7], dtype=torch.float64)
    assert_same(ours(moved), ours(points), share=0.999)


@every
def test_the_caller_keeps_the_points_as_they_were(option: str) -> None:
    points = clouds()
    points[0, 3] = torch.nan
    before = points.clone()
    smaller(option)(points)
    torch.testing.assert_close(points, before, rtol=0, atol=0, equal_nan=True)


@every
def test_points_that_are_no_measurement_change_nothing_for_the_others(option: str) -> None:
    ours, points = smaller(option), clouds(2)
    bad = torch.tensor([torch.nan, torch.inf, -torch.inf, torch.finfo(torch.float32).max])
    spoiled = torch.cat([points, points[:, :4].clone()], dim=1)
    spoiled[:, -4:, 1] = bad
    found, expected = ours(spoiled), ours(points)
    count = points.shape[1]
    rest = Projection(found.images, found.pixel_yx[:, :, :count], found.visible[:, :, :count])
    assert_same(rest, expected)
    assert bool((found.pixel_yx[:, :, count:] == -1).all())
    assert not bool(found.visible[:, :, count:].any())


@pytest.mark.parametrize(
    ("collision", "densify"), [("max", "min"), ("min", "mean"), ("mean", "max"), ("mean", "none")]
)
def test_a_missing_point_does_not_weigh_in_a_mean(collision: str, densify: str) -> None:
    ours = projector("v2_classification", resolution=12, collision=collision, densify=densify)
    points = clouds(2)
    spoiled = torch.cat([points, torch.full((2, 40, 3), torch.nan)], dim=1)
    torch.testing.assert_close(ours(spoiled).images, ours(points).images)


@every
def test_a_cloud_of_missing_points_is_background_and_spoils_no_neighbour(option: str) -> None:
    ours, points = smaller(option), clouds(3)
    expected = ours(points)
    points[1] = torch.nan
    found = ours(points)
    assert bool((found.images[1] == background(option)).all())
    assert bool((found.pixel_yx[1] == -1).all())
    assert not bool(found.visible[1].any())
    for kept in (slice(0, 1), slice(2, 3)):
        assert_same(part_of(found, kept), part_of(expected, kept))


@every
def test_a_degenerate_cloud_is_drawn(option: str) -> None:
    line = torch.linspace(-0.5, 0.5, 40)
    flat = torch.rand(40, 2, generator=torch.Generator().manual_seed(0)) - 0.5
    shapes = {
        "one": torch.tensor([[0.1, -0.2, 0.3]]),
        "equal": torch.tensor([[0.1, -0.2, 0.3]]).repeat(40, 1),
        "collinear": torch.stack([line, line, torch.zeros(40)], dim=1),
        "flat": torch.cat([flat, torch.zeros(40, 1)], dim=1),
        "two": torch.tensor([[0.0, -0.4, 0], [0, 0.4, 0]]),
    }
    ours = smaller(option)
    for name, points in shapes.items():
        result = ours(points.unsqueeze(0))
        assert bool(torch.isfinite(result.images).all()), name
        assert bool((result.images != background(option)).flatten(2).any(dim=-1).all()), name
        assert bool(result.visible.any(dim=-1).all()), name


@every
def test_huge_and_tiny_coordinates_stay_finite(option: str) -> None:
    ours = smaller(option)
    for size in (1e20, 1e-20, 1e-42):
        result = ours(clouds(2) * size)
        assert bool(torch.isfinite(result.images).all()), size
        if option not in PERSPECTIVE:
            assert 0 <= float(result.images.min()) <= float(result.images.max()) <= 1, size
        assert bool((result.pixel_yx < result.images.shape[-1]).all()), size


@pytest.mark.parametrize(
    ("option", "more"),
    [
        *((option, {}) for option in IN_UNIT_RANGE if option not in ALIKE),
        *(("v2_classification", {"squeeze": squeeze}) for squeeze in ("max", "min", "mean")),
    ],
)
def test_images_are_between_zero_and_one(option: str, more: dict[str, str]) -> None:
    images = projector(option, **SMALLER.get(option, {}), **more)(clouds(2)).images
    assert float(images.min()) >= 0
    assert float(images.max()) <= 1
    assert bool((images[:, :, 0, 0] == 1).all())


@every
def test_one_view_and_any_batch_keep_their_axes(option: str) -> None:
    ours = projector(option, **{**SMALLER.get(option, {}), "rig.views": "[[[10,0,90],[0,20,0]]]"})
    for batch in (0, 1, 2):
        result = ours(clouds(batch, 5))
        assert result.images.shape[:2] == (batch, 1)
        assert result.pixel_yx.shape == (batch, 1, 5, 2)
        assert result.visible.shape == (batch, 1, 5)


@every
def test_half_precision_is_computed_in_single(option: str) -> None:
    ours, points = smaller(option), clouds().half()
    found = ours(points)
    assert found.images.dtype == torch.float32
    assert_same(found, ours(points.float()))


@every
def test_double_precision_stays_double_and_agrees(option: str) -> None:
    ours, points = smaller(option), clouds()
    found = ours(points.double())
    assert found.images.dtype == torch.float64
    single = ours(points)
    assert_same(Projection(found.images.float(), found.pixel_yx, found.visible), single, share=0.998)


@every
def test_a_pipeline_in_half_precision_does_not_change_the_images(option: str) -> None:
    ours, points = smaller(option), clouds(1)
    expected = ours(points)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_same(ours.bfloat16()(points), expected)


@every
def test_recording_gradients_does_not_change_the_images(option: str) -> None:
    ours, points = smaller(option), clouds(2)
    with torch.no_grad():
        expected = ours(points)
    found = ours(points.clone().requires_grad_())
    assert_same(Projection(found.images.detach(), found.pixel_yx, found.visible), expected)
    found.images.sum().backward()


@every
def test_a_missing_point_gets_no_gradient_and_passes_no_nan(option: str) -> None:
    points = clouds(2)
    points[0, 0] = torch.nan
    points.requires_grad_()
    smaller(option)(points).images.sum().backward()
    assert points.grad is not None
    assert bool(torch.isfinite(points.grad).all())
    assert not bool(points.grad[0, 0].any())
    assert bool(points.grad.any())


@every
def test_the_same_projector_gives_the_same_images_again(option: str) -> None:
    ours = smaller(option)
    first = ours(clouds(2)).images.clone()
    ours(clouds(1, 40, seed=5))
    assert torch.equal(ours(clouds(2)).images, first)


@every
def test_what_is_no_batch_of_clouds_is_refused_in_one_line(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = smaller(option)
    # As a user runs it, without the shape checks of these tests.
    forward = inspect.unwrap(type(ours).forward)
    finite = inspect.unwrap(realistic.finite_points)
    monkeypatch.setattr(inspect.getmodule(type(ours)), "finite_points", finite)
    for points in (
        torch.zeros(2, 0, 3),
        torch.zeros(2, 5, 2),
        torch.zeros(5, 3),
        torch.zeros(1, 5, 3, dtype=torch.int64),
        torch.zeros(1, 5, 3, dtype=torch.bool),
    ):
        with pytest.raises(CloudError, match="batch, points, 3"):
            forward(ours, points)
