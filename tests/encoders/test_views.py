"""The encoder that looks at views: its vectors are CLIP's of the projector's images, and it says so."""

from pathlib import Path

import pytest
import torch

from pointclip2.encoders.projectors import SplatProjector
from pointclip2.encoders.views import ViewEncoder
from pointclip2.geometry import ring
from tests.toy import toy_backbone, toy_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def encoder(folder: Path, views: int = 3, **options: float) -> ViewEncoder:
    return ViewEncoder(SplatProjector(ring(views), 32, **options), toy_backbone(folder))


def test_a_vector_is_what_clip_sees_in_a_view(folder: Path) -> None:
    ours = encoder(folder)
    points = torch.randn(2, 60, 3, generator=torch.Generator().manual_seed(0)) * 0.3
    images = ours.projector(points).images
    torch.testing.assert_close(ours(points), ours.clip.encode_views(images))
    assert ours(points).shape[:2] == (2, ours.tokens)


def test_the_description_has_projector_rig_and_clip_and_changes_with_each(folder: Path) -> None:
    said = [
        encoder(folder).describe(),
        encoder(folder, far_shade=0.7).describe(),
        encoder(folder, views=4).describe(),
        ViewEncoder(SplatProjector(ring(3), 32), toy_backbone(folder, image_std=(0.1, 0.1, 0.1))).describe(),
    ]
    assert len({str(one) for one in said}) == len(said)
    assert encoder(folder).describe() == said[0]
