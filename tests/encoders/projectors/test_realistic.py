"""The realistic projection against a plain dense one, and what its images promise."""

from dataclasses import asdict
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pointclip2.encoders.projectors import RealisticProjector
from pointclip2.geometry import CameraRig
from pointclip2.types import ConfigError
from tests.encoders.projectors.dense_reference import Options, dense_view
from tests.encoders.projectors.options import REALISTIC, projector

FRONT = [[0, 0, 0]]
TWO_VIEWS = [[30, 10, 90], [[200, 0, 90], [0, 20, 0]]]


@st.composite
def windows(draw: st.DrawFn, along: int, across: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """A window and a padding of at most half of it, along and across the line of sight."""
    window = (draw(st.integers(1, along)), draw(st.integers(1, across)))
    return window, (draw(st.integers(0, window[0] // 2)), draw(st.integers(0, window[1] // 2)))


@st.composite
def options(draw: st.DrawFn) -> Options:
    densify_window, densify_padding = draw(windows(4, 7))
    smooth_window, smooth_padding = draw(windows(4, 5))
    choices = Options(
        resolution=draw(st.integers(6, 18)),
        depth=draw(st.integers(4, 9)),
        object_ratio=draw(st.sampled_from([0.4, 0.8, 1.0])),
        depth_bias=draw(st.sampled_from([0.0, 0.2, 1.0])),
        collision=draw(st.sampled_from(["max", "min", "mean"])),
        densify=draw(st.sampled_from(["max", "min", "mean", "none"])),
        densify_window=densify_window,
        densify_padding=densify_padding,
        smooth=draw(st.sampled_from(["gaussian", "bilateral", "none"])),
        smooth_window=smooth_window,
        smooth_padding=smooth_padding,
        smooth_sigma=(draw(st.sampled_from([0.5, 1.0, 3.0])), draw(st.sampled_from([0.5, 1.0, 3.0]))),
        range_sigma=draw(st.sampled_from([0.3, 1.0, 10.0])),
        squeeze=draw(st.sampled_from(["max", "min", "mean"])),
        normalise=draw(st.booleans()),
        crop_px=draw(st.integers(0, 1)),
        size_px=draw(st.sampled_from([None, 1, 13, 24])),
        visible_tolerance=0.1,
    )
    pool = densify_window if choices.densify != "none" else (1, 1)
    kernel = smooth_window if choices.smooth != "none" else (1, 1)
    assume(pool[0] + kernel[0] - 2 < choices.depth)
    assume(pool[1] + kernel[1] - 2 + 2 * choices.crop_px < choices.resolution)
    return choices


def agrees_with_the_dense_one(choices: Options, points: torch.Tensor, views: list[Any]) -> None:
    ours = RealisticProjector(CameraRig(views), **asdict(choices))
    result = ours(points)
    turned = ours.rig(points)
    for batch in range(len(points)):
        for view in range(len(views)):
            dense = dense_view(turned[batch, view], choices)
            torch.testing.assert_close(result.images[batch, view], dense.image, atol=1e-9, rtol=0)
            assert torch.equal(result.pixel_yx[batch, view], dense.pixel_yx)
            clear = (dense.behind - choices.visible_tolerance).abs() > 1e-6
            seen = dense.behind < choices.visible_tolerance
            assert torch.equal(result.visible[batch, view][clear], seen[clear])


@settings(max_examples=60, deadline=None)
@given(options(), st.integers(0, 2**31), st.sampled_from([1, 2, 7, 60]))
def test_every_combination_of_choices_equals_the_dense_pipeline(
    choices: Options, seed: int, count: int
) -> None:
    points = torch.randn(2, count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    agrees_with_the_dense_one(choices, points, TWO_VIEWS)


@pytest.mark.parametrize("option", ["v2_classification", "v2_paper"])
def test_the_shipped_options_equal_the_dense_pipeline(option: str) -> None:
    shipped = projector(option)
    assert isinstance(shipped, RealisticProjector)
    spec = shipped.filter
    choices = Options(
        resolution=spec.resolution,
        depth=spec.depth,
        object_ratio=shipped.object_ratio,
        depth_bias=shipped.depth_bias,
        collision=spec.collision,
        densify=spec.densify,
        densify_window=spec.densify_window,
        densify_padding=spec.densify_padding,
        smooth=spec.smooth,
        smooth_window=spec.smooth_window,
        smooth_padding=spec.smooth_padding,
        smooth_sigma=spec.smooth_sigma,
        range_sigma=spec.range_sigma,
        squeeze=shipped.squeeze,
        normalise=shipped.normalise,
        crop_px=shipped.crop_px,
        size_px=shipped.size_px,
        visible_tolerance=shipped.visible_tolerance,
    )
    points = torch.randn(1, 300, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    agrees_with_the_dense_one(choices, points, TWO_VIEWS)


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 2**31))
def test_every_point_lands_on_foreground_in_the_segmentation_views(seed: int) -> None:
    points = torch.rand(1, 200, 3, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    result = projector("v2_segmentation")(points)
    row, column = result.pixel_yx.unbind(dim=-1)
    assert bool((result.pixel_yx >= 0).all())
    shade = result.images.flatten(2).gather(2, row * 224 + column)
    assert bool((shade < 1).all())


def test_a_lone_point_is_drawn_at_its_own_pixel() -> None:
    # One end of a diagonal and a point at a known place: quantising is all that happens.
    bare = RealisticProjector(
        CameraRig([FRONT]), 20, 10, object_ratio=0.5, densify="none", smooth="none", normalise=False
    )
    points = torch.tensor([[[-1.0, -1, -1], [1, 1, 1], [0.5, -0.3, 0]]])
    result = bare(points)
    assert result.pixel_yx.tolist() == [[[[5, 5], [15, 15], [13, 9]]]]
    dark = (result.images[0, 0] < 1).nonzero().tolist()
    assert sorted(dark) == [[5, 5], [13, 9], [15, 15]]
    middle = (0.5 + 0.2) / 1.2
    torch.testing.assert_close(result.images[0, 0, 13, 9], torch.tensor(1 - middle))


def test_a_visible_point_is_shown_in_its_own_shade() -> None:
    bare = projector("v2_classification", densify="none", smooth="none", normalise="false")
    points = torch.randn(2, 500, 3, generator=torch.Generator().manual_seed(1))
    result = bare(points)
    turned = bare.get_submodule("rig")(points)
    low, high = turned.amin(dim=-1, keepdim=True), turned.amax(dim=-1, keepdim=True)
    side = (high - low).amax(dim=2)
    unit = 2 * (turned[:, :, 2] - (low + high)[:, :, 2] / 2) / side
    own = 1 - ((unit + 1) / 2 + 0.2) / 1.2
    row, column = result.pixel_yx.unbind(dim=-1)
    shown = result.images.flatten(2).gather(2, row * 112 + column)
    assert result.visible.float().mean() > 0.3
    # Two points in one cell are told apart no further than a cell is deep.
    cell = 1 / (8 - 2)
    assert bool(((shown - own).abs()[result.visible] < 0.1 + cell).all())
    assert float(((shown - own).abs()[result.visible] < 1e-5).float().mean()) > 0.95


@pytest.mark.parametrize("option", REALISTIC)
def test_the_nearest_point_of_a_cloud_is_visible_in_every_view(option: str) -> None:
    points = torch.randn(3, 100, 3, generator=torch.Generator().manual_seed(2))
    ours = projector(option, **({"resolution": 48} if option == "contour" else {}))
    nearest = ours.get_submodule("rig")(points)[:, :, 2].argmax(dim=-1, keepdim=True)
    assert bool(ours(points).visible.gather(2, nearest).all())


def test_a_nearer_surface_is_darker_and_hides_the_farther_one() -> None:
    grid = torch.cartesian_prod(torch.linspace(-1, 1, 40), torch.linspace(-1, 1, 40))
    near = torch.cat([grid * 0.4, torch.full((1600, 1), 1.0)], dim=1)
    far = torch.cat([grid, torch.full((1600, 1), -1.0)], dim=1)
    ours = RealisticProjector(CameraRig([FRONT]))
    result = ours(torch.cat([near, far]).unsqueeze(0))
    row, column = result.pixel_yx[0, 0].unbind(dim=-1)
    shade = result.images[0, 0][row, column]
    assert shade[:1600].max() < shade[1600:][~(grid.abs() < 0.5).all(dim=1)].min()
    assert bool(result.visible[0, 0, :1600].all())
    assert not bool(result.visible[0, 0, 1600:][(grid.abs() < 0.35).all(dim=1)].any())


@pytest.mark.parametrize(
    ("densify", "smooth", "squeeze"),
    [
        ("max", "gaussian", "max"),
        ("max", "bilateral", "min"),
        ("min", "gaussian", "mean"),
        ("min", "none", "max"),
        ("mean", "bilateral", "mean"),
        ("mean", "none", "min"),
        ("none", "gaussian", "min"),
        ("none", "bilateral", "max"),
        ("none", "none", "mean"),
    ],
)
def test_the_gradient_in_depth_is_that_of_finite_differences(densify: str, smooth: str, squeeze: str) -> None:
    ours = RealisticProjector(
        CameraRig([FRONT]),
        16,
        6,
        0.8,
        0.2,
        "max",
        densify,
        (2, 3),
        (1, 1),
        smooth,
        (3, 3),
        (1, 1),
        (1.0, 1.0),
    )
    ours.squeeze = squeeze
    generator = torch.Generator().manual_seed(3)
    points = torch.rand(1, 12, 3, generator=generator, dtype=torch.float64) - 0.5
    # The frame of the cloud is not part of the gradient, so two corners hold it still.
    points = torch.cat([points, torch.tensor([[[-1.0, -1, -1], [1, 1, 1]]], dtype=torch.float64)], dim=1)
    weight = torch.rand(16, 16, generator=generator, dtype=torch.float64)

    def loss(cloud: torch.Tensor) -> torch.Tensor:
        images = ours(cloud).images[0, 0]
        return (images * weight[: len(images), : len(images)]).sum()

    leaf = points.clone().requires_grad_()
    loss(leaf).backward()
    assert leaf.grad is not None
    step = 1e-6
    for index in range(12):
        change = torch.zeros_like(points)
        change[0, index, 2] = step
        expected = (loss(points + change) - loss(points - change)) / (2 * step)
        assert float(leaf.grad[0, index, 2]) == pytest.approx(float(expected), abs=1e-6)
    assert bool(leaf.grad[0, :12, 2].any())
    assert not bool(leaf.grad[0, :, :2].any())


@pytest.mark.parametrize(
    "wrong",
    [
        {"resolution": 3},
        {"depth": 2},
        {"object_ratio": 0.0},
        {"object_ratio": 1.5},
        {"object_ratio": float("nan")},
        {"depth_bias": -0.1},
        {"depth_bias": float("nan")},
        {"collision": "last"},
        {"densify": "median"},
        {"smooth": "box"},
        {"squeeze": "first"},
        {"lookup": "sideways"},
        {"densify_window": (1, 0)},
        {"densify_padding": (1, 0)},
        {"densify_window": (1, 2, 3)},
        {"smooth_padding": (0, 2)},
        {"smooth_sigma": (0.0, 1.0)},
        {"smooth_sigma": (1.0,)},
        {"range_sigma": 0.0},
        {"crop_px": -1},
        {"crop_px": 55},
        {"size_px": 0},
        {"densify_window": (9, 7), "densify_padding": (0, 2)},
        {"densify_window": (1, 200), "densify_padding": (0, 0)},
    ],
)
def test_an_option_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="projector"):
        RealisticProjector(CameraRig([FRONT]), **wrong)


@pytest.mark.parametrize("sigma", [1e-3, 1e4])
@pytest.mark.parametrize("smooth", ["gaussian", "bilateral"])
@pytest.mark.parametrize("window", [4, 5])
def test_a_very_narrow_or_wide_filter_stays_finite(window: int, smooth: str, sigma: float) -> None:
    ours = RealisticProjector(
        CameraRig([FRONT]),
        densify_window=(1, 7),
        densify_padding=(0, 3),
        smooth=smooth,
        smooth_window=(window, window),
        smooth_padding=(2, 2),
        smooth_sigma=(sigma, sigma),
        range_sigma=sigma,
    )
    images = ours(torch.randn(1, 50, 3, generator=torch.Generator().manual_seed(4))).images
    assert bool(torch.isfinite(images).all())
    assert float(images.amin()) == pytest.approx(0, abs=1e-6)
