"""Clouds through views, grey and in colour: one unit vector a view, or a cell, and what was looked at."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pointclip2.app.compose import build, compose
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.encoders.projectors import SplatProjector
from pointclip2.encoders.views import ViewEncoder
from pointclip2.errors import ConfigError
from pointclip2.geometry import ring
from pointclip2.tasks.classification.gallery import shown_shapes
from pointclip2.types import CloudBatch, Projection
from tests.toy import ToyClouds, toy_backbone, toy_folder


class Painted(nn.Module):
    """Draws two views in colour: x, y and z of every point as red, green and blue."""

    def forward(self, points: Tensor) -> Projection:
        batch, count = points.shape[:2]
        views = torch.stack([points[..., [0, 1]], points[..., [2, 1]]], dim=1)
        pixel = ((views.clamp(-0.99, 0.99) + 1) * 16).long()
        images = torch.ones(batch, 2, 3, 32, 32)
        for cloud in range(batch):
            for view in range(2):
                row, column = pixel[cloud, view].unbind(dim=1)
                images[cloud, view, :, row, column] = (points[cloud].T + 1) / 2
        return Projection(images, pixel, torch.ones(batch, 2, count, dtype=torch.bool))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def clouds(batch: int) -> CloudBatch:
    return CloudBatch(torch.rand(batch, 64, 3, generator=torch.Generator().manual_seed(0)) - 0.5)


def test_a_cloud_becomes_a_unit_vector_a_view_alone_as_in_a_batch(toy: Path) -> None:
    words = ["projector=splat", "projector.resolution=32"]
    encoder = ViewEncoder(build(compose("evaluate", words).projector), toy_backbone(toy))
    together = encoder.encode(clouds(3)).vectors
    assert together.shape == (3, encoder.tokens, 16)
    torch.testing.assert_close(together.norm(dim=-1), torch.ones(3, 10))
    alone = torch.cat([encoder(cloud) for cloud in clouds(3).points.split(1)])
    torch.testing.assert_close(alone, together, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(encoder.clip.encode_views(encoder.shown(clouds(3))), together)
    assert set(encoder.seconds) == {"project", "encode"}
    assert encoder.state_dict() == {}


def test_a_rig_of_one_view_and_a_batch_of_one(toy: Path) -> None:
    words = ["projector=splat", "projector/rig=ring", "projector.rig.views=1"]
    encoder = ViewEncoder(build(compose("evaluate", words).projector), toy_backbone(toy))
    assert encoder.tokens == 1
    assert encoder(clouds(1).points).shape == (1, 1, 16)


def test_views_in_colour_are_encoded_in_colour_and_shown(toy: Path) -> None:
    encoder = ViewEncoder(Painted(), toy_backbone(toy))
    assert encoder.tokens == 2
    vectors = encoder.encode(clouds(2)).vectors
    assert vectors.shape == (2, 2, 16)
    grey = encoder.clip.encode_views(encoder.shown(clouds(2)).mean(dim=2))
    assert not torch.allclose(vectors, grey, atol=1e-3)
    [shape] = shown_shapes(ToyClouds(1), encoder, None, None, [0], {0: [("chair", 1.0)]})
    assert shape.row is not None
    assert shape.row.images.shape == (2, 32, 32)
    assert shape.item.views is not None


def test_cells_of_views_in_colour_are_encoded_too(toy: Path) -> None:
    features = DenseViewEncoder(Painted(), toy_backbone(toy)).encode(clouds(2))
    assert features.cells.shape == (2, 2, 4, 4, 16)
    assert features.places is not None
    assert (features.places.image_px, features.places.input_px) == (32, 32)


def test_the_description_has_projector_rig_and_clip_and_changes_with_each(toy: Path) -> None:
    def encoder(views: int = 3, **options: float) -> ViewEncoder:
        return ViewEncoder(SplatProjector(ring(views), 32, **options), toy_backbone(toy))

    said = [
        encoder().describe(),
        encoder(far_shade=0.7).describe(),
        encoder(views=4).describe(),
        ViewEncoder(SplatProjector(ring(3), 32), toy_backbone(toy, image_std=(0.1, 0.1, 0.1))).describe(),
    ]
    assert len({str(one) for one in said}) == len(said)
    assert encoder().describe() == said[0]


def test_a_projection_of_other_shapes_is_one_line_that_names_them(toy: Path) -> None:
    class Sideways(Painted):
        def forward(self, points: Tensor) -> Any:
            drawn = super().forward(points)
            # No `Projection`: the tests' own check of shapes would refuse that first.
            pixel_yx = drawn.pixel_yx.transpose(2, 3)[..., :2]
            return SimpleNamespace(images=drawn.images, pixel_yx=pixel_yx, visible=drawn.visible)

    with pytest.raises(ConfigError, match=r"Sideways drew 2 clouds of 64 points .*pixel_yx \(2, 2, 2, 2\)"):
        ViewEncoder(Sideways(), toy_backbone(toy)).encode(clouds(2))
