"""The same figures as the official programs, within the tolerances of ``tests/golden/README.md``."""

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pointclip2.types import Projection
from tests.encoders.projectors.options import projector
from tests.places import GOLDEN


def golden(name: str) -> dict[str, Tensor]:
    with np.load(GOLDEN / f"{name}.npz") as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays.files}


def project(points: Tensor, option: str, **more: Any) -> Projection:
    with torch.no_grad():
        result = projector(option, **more)(points)
    assert isinstance(result, Projection)
    return result


def share_within(ours: Tensor, official: Tensor, tolerance: float) -> float:
    assert ours.shape == official.shape
    return float(((ours - official).abs() <= tolerance).float().mean())


@pytest.mark.parametrize(
    ("file", "option", "key"),
    [
        ("projection_v2_classification", "v2_classification", "rotation"),
        ("projection_v2_classification", "v2_paper", "rotation"),
        ("projection_v2_classification", "contour", "rotation"),
        ("projection_v2_classification", "splat", "rotation"),
        ("projection_v2_segmentation", "v2_segmentation", "rotation"),
        ("projection_v1", "v1_zeroshot", "rotation_zeroshot"),
        ("projection_v1", "v1_fewshot", "rotation_fewshot"),
    ],
)
def test_each_option_looks_from_the_official_directions(file: str, option: str, key: str) -> None:
    rotation = projector(option).get_buffer("rig.rotation")
    torch.testing.assert_close(rotation, golden(file)[key], atol=1e-6, rtol=0)


def test_classification_images_are_the_official_ones() -> None:
    figures = golden("projection_v2_classification")
    images = project(figures["points"], "v2_classification").images
    assert share_within(images, figures["images"], 1e-4) >= 0.999


def test_classification_images_resized_as_a_backbone_does_are_the_official_ones() -> None:
    figures = golden("projection_v2_classification")
    images = project(figures["points"][:1], "v2_classification").images
    resized = F.interpolate(images, size=(224, 224), mode="bilinear", align_corners=True)
    assert share_within(resized[0, :2], figures["images_224_first"], 1e-4) >= 0.999


def test_the_projectors_own_resize_is_the_official_one() -> None:
    figures = golden("projection_v2_classification")
    images = project(figures["points"][:1], "v2_classification", size_px=224).images
    assert share_within(images[0, :2], figures["images_224_first"], 1e-4) >= 0.999


def test_segmentation_images_before_the_crop_are_the_official_ones() -> None:
    figures = golden("projection_v2_segmentation")
    images = project(figures["points"], "v2_segmentation", crop_px=0, size_px=None).images
    assert share_within(images, figures["images_uncropped"], 1e-2) >= 0.995


def test_segmentation_images_are_the_official_ones() -> None:
    figures = golden("projection_v2_segmentation")
    images = project(figures["points"], "v2_segmentation").images
    assert share_within(images, figures["images"].float(), 1e-2) >= 0.995


def test_pixels_and_visibility_of_the_transposed_lookup_are_the_official_ones() -> None:
    figures = golden("projection_v2_segmentation")
    result = project(figures["points"], "v2_segmentation", lookup="transposed")
    same_pixel = (result.pixel_yx == figures["pixel_yx"]).all(dim=-1)
    assert float(same_pixel.float().mean()) >= 0.999
    assert float((result.visible == figures["visible"]).float().mean()) >= 0.995


def test_the_transposed_lookup_changes_the_lookup_only() -> None:
    points = golden("projection_v2_segmentation")["points"]
    own = project(points, "v2_segmentation")
    transposed = project(points, "v2_segmentation", lookup="transposed")
    assert torch.equal(own.images, transposed.images)
    assert torch.equal(own.pixel_yx, transposed.pixel_yx.flip(-1))


def test_the_own_lookup_finds_the_object_where_the_transposed_one_misses_it() -> None:
    points = golden("projection_v2_segmentation")["points"]
    own = project(points, "v2_segmentation")
    transposed = project(points, "v2_segmentation", lookup="transposed")

    def foreground(result: Projection) -> float:
        row, column = result.pixel_yx.unbind(dim=-1)
        shade = result.images.flatten(2).gather(2, row * 224 + column)
        return float((shade < 1).float().mean())

    assert foreground(own) == 1.0
    assert foreground(transposed) < 0.99
    assert own.visible.float().mean() > 2 * transposed.visible.float().mean()


@pytest.mark.parametrize("option", ["zeroshot", "fewshot"])
def test_perspective_images_are_the_official_ones(option: str) -> None:
    figures = golden("projection_v1")
    images = project(figures["points"], f"v1_{option}").images
    assert share_within(images, figures[f"images_{option}"], 1e-4) >= 0.999
