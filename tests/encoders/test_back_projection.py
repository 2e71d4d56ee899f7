"""The way back from maps to points: as the official program gives it, and as interpolation says."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.app.compose import build, compose
from pointclip2.encoders.back_projection import centred, fuse_points, read_maps, scrambled, smooth_maps
from pointclip2.types import ConfigError
from tests.places import GOLDEN

FIGURES = GOLDEN / "back_projection.npz"


def test_the_official_point_logits_are_reproduced() -> None:
    golden = {name: torch.from_numpy(values) for name, values in np.load(FIGURES).items()}
    features = golden["features"].view(1, 10, 14, 14, -1)
    maps = smooth_maps(100 * features @ golden["text"].T, 6)
    logits = read_maps(maps, golden["pixel_yx"].long(), 224, 224)
    fused, seen = fuse_points(logits, golden["visible"], golden["view_weights"])
    torch.testing.assert_close(fused, golden["point_logits"], rtol=1e-3, atol=1e-4)
    assert torch.equal(fused.argmax(dim=-1), golden["prediction"])
    assert torch.equal(seen, golden["visible"].any(dim=1))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(2, 30), st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_reading_at_points_is_reading_from_the_whole_map(
    rows: int, columns: int, side: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(2, 3, rows, columns, 4, generator=generator)
    pixel = torch.randint(side, (2, 3, 9, 2), generator=generator)
    image = F.interpolate(
        maps.flatten(0, 1).permute(0, 3, 1, 2), size=(side, side), mode="bilinear", align_corners=False
    )
    image = image.view(2, 3, 4, side, side)
    read = read_maps(maps, pixel, side, side)
    for b in range(2):
        for v in range(3):
            row, column = pixel[b, v].unbind(dim=-1)
            torch.testing.assert_close(read[v, b], image[b, v][:, row, column].T, rtol=1e-4, atol=1e-5)


def test_a_projection_of_another_size_is_read_where_the_resize_put_it() -> None:
    # A map that is its own row: what is read has to be the place of the pixel in the model's input.
    side = 64
    ramp = torch.arange(float(side)).view(1, 1, side, 1, 1).expand(1, 1, side, side, 1).contiguous()
    pixel = torch.tensor([[[[0, 5], [31, 5], [16, 5]]]])
    read = read_maps(ramp, pixel, image_px=32, input_px=side)[0, 0, :, 0]
    torch.testing.assert_close(read, pixel[0, 0, :, 0] * (side - 1) / 31)


def test_the_nearest_cell_is_the_one_that_the_pixel_lies_in() -> None:
    maps = torch.arange(4.0).view(1, 1, 2, 2, 1)
    pixel = torch.tensor([[[[0, 0], [0, 7], [3, 4], [4, 3], [7, 7]]]])
    assert read_maps(maps, pixel, 8, 8, "nearest")[0, 0, :, 0].tolist() == [0, 1, 1, 2, 3]


def test_another_way_of_upsampling_is_refused() -> None:
    with pytest.raises(ConfigError, match="bilinear, nearest"):
        read_maps(torch.zeros(1, 1, 1, 1, 1), torch.zeros(1, 1, 1, 2).long(), 8, 8, "bicubic")


@pytest.mark.parametrize("window", [2, 3, 5, 6])
def test_smoothing_is_a_mean_with_a_repeated_border(window: int) -> None:
    maps = torch.rand(1, 2, 5, 4, 3, generator=torch.Generator().manual_seed(0))
    smooth = smooth_maps(maps, window)
    before = (window - 1) // 2
    for row, column in ((0, 0), (2, 1), (4, 3)):
        cells = [
            maps[:, :, min(max(row - before + i, 0), 4), min(max(column - before + j, 0), 3)]
            for i in range(window)
            for j in range(window)
        ]
        torch.testing.assert_close(smooth[:, :, row, column], torch.stack(cells).mean(dim=0))


def test_a_window_of_one_changes_nothing_and_one_of_none_is_refused() -> None:
    maps = torch.rand(1, 1, 2, 2, 1)
    assert smooth_maps(maps, 1) is maps
    with pytest.raises(ConfigError, match="window=0"):
        smooth_maps(maps, 0)


def test_only_views_that_see_a_point_speak_for_it() -> None:
    logits = torch.tensor([[[[1.0, 0.0]]], [[[0.0, 5.0]]]])  # two views, one point
    seen_by_first = torch.tensor([[[True], [False]]])
    fused, seen = fuse_points(logits, seen_by_first, torch.ones(2))
    assert fused.tolist() == [[[1.0, 0.0]]]
    assert seen.tolist() == [[True]]
    # A view of weight 0 sees nothing.
    fused, seen = fuse_points(logits, seen_by_first, torch.tensor([0.0, 1.0]))
    assert fused.tolist() == [[[0.0, 0.0]]]
    assert seen.tolist() == [[False]]


def test_weights_may_be_of_each_point() -> None:
    logits = torch.rand(3, 2, 5, 4)
    visible = torch.ones(2, 3, 5, dtype=torch.bool)
    weights = torch.tensor([1.0, 2.0, 0.5])
    each = weights.view(3, 1, 1).expand(3, 2, 5)
    torch.testing.assert_close(
        fuse_points(logits, visible, weights)[0], fuse_points(logits, visible, each)[0]
    )


def test_centring_takes_a_parts_mean_over_what_is_seen_of_the_cloud() -> None:
    logits = torch.rand(3, 2, 5, 4, generator=torch.Generator().manual_seed(0))
    visible = torch.rand(2, 3, 5, generator=torch.Generator().manual_seed(1)) < 0.6
    assert centred(logits, visible, 0.0) is logits
    # Whatever suits all of a cloud alike says nothing any more.
    biased = logits + torch.tensor([9.0, 0.0, -4.0, 1.0])
    torch.testing.assert_close(
        centred(biased, visible, 1.0), centred(logits, visible, 1.0), rtol=0, atol=1e-5
    )
    seen = visible.transpose(0, 1)
    for cloud in range(2):
        rest = centred(logits, visible, 1.0)[:, cloud][seen[:, cloud]]
        torch.testing.assert_close(rest.mean(dim=0), torch.zeros(4), rtol=0, atol=1e-6)
    unseen = torch.zeros(2, 3, 5, dtype=torch.bool)
    assert torch.equal(centred(logits, unseen, 0.5), logits)
    with pytest.raises(ConfigError, match="centre=2"):
        centred(logits, visible, 2.0)


def test_scrambling_is_a_reshape_of_what_was_stored_channels_first() -> None:
    features = torch.rand(2, 3, 4, 5, 6)
    stored = features.permute(0, 1, 4, 2, 3).reshape(2, 3, 6, 20)
    torch.testing.assert_close(scrambled(features).flatten(2, 3), stored.reshape(2, 3, 20, 6))
    assert not torch.equal(scrambled(features), features)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["box", "ball", "noise", "flat"]))
@settings(max_examples=8, deadline=None)
def test_every_point_of_any_cloud_lands_on_foreground_at_its_own_pixel(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    cloud = rng.normal(size=(300, 3))
    if kind == "box":
        cloud = rng.uniform(-1, 1, (300, 3))
        cloud[np.arange(300), rng.integers(0, 3, 300)] = rng.choice([-1, 1], 300)
    elif kind == "ball":
        cloud = cloud / np.linalg.norm(cloud, axis=1, keepdims=True)
    elif kind == "flat":
        cloud[:, rng.integers(0, 3)] = 0
    cloud = cloud * rng.uniform(0.1, 1, 3) + rng.normal(size=3)
    points = torch.from_numpy(cloud.astype(np.float32))[None]
    projection = PROJECTOR(points)
    assert bool((projection.pixel_yx >= 0).all())
    row, column = projection.pixel_yx[0].unbind(dim=-1)
    shown = torch.stack([image[r, c] for image, r, c in zip(projection.images[0], row, column, strict=True)])
    assert bool((shown < 1).all())


PROJECTOR = build(compose("evaluate", ["task=part_segmentation"]).projector)
