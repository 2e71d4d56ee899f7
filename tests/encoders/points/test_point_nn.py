"""The fast encoder against the plain one, and what its vectors must not depend on."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pointclip2.encoders.points.point_nn import PointNNEncoder, farthest_order, unit_sphere
from pointclip2.types import ConfigError

SMALL = {"stages": 3, "dim": 12, "neighbours": 10}


def clouds(batch: int, points: int = 80, seed: int = 0) -> Tensor:
    return torch.rand(batch, points, 3, generator=torch.Generator().manual_seed(seed)) - 0.5


def plainly(encoder: PointNNEncoder, points: Tensor) -> Tensor:
    """The published steps one by one, every neighbourhood tensor whole."""

    def waves(xyz: Tensor, dim: int) -> Tensor:
        rates = encoder.beta / encoder.alpha ** (torch.arange(dim // 6) / (dim // 6))
        angles = xyz.unsqueeze(-1) * rates
        return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-3)

    def rows(values: Tensor, index: Tensor) -> Tensor:
        return torch.stack([cloud[own] for cloud, own in zip(values, index, strict=True)])

    xyz = unit_sphere(points)
    features = waves(xyz, encoder.dim)
    for _ in range(encoder.stages):
        picked = farthest_order(xyz, max(1, xyz.shape[1] // 2))
        centres, own = rows(xyz, picked), rows(features, picked)
        count = min(encoder.neighbours, xyz.shape[1])
        near = torch.cdist(centres, xyz).topk(count, dim=2, largest=False).indices[:, :, :: encoder.every]
        place = rows(xyz, near) - centres.unsqueeze(2)
        around = rows(features, near) - own.unsqueeze(2)
        place = place / (place.flatten(1).std(dim=1, correction=0).view(-1, 1, 1, 1) + 1e-5)
        around = around / (around.flatten(1).std(dim=1, correction=0).view(-1, 1, 1, 1) + 1e-5)
        both = torch.cat([around, own.unsqueeze(2).expand_as(around)], dim=-1)
        wave = waves(place, both.shape[-1])
        weighed = (both + wave) * wave
        features = F.gelu(weighed.amax(dim=2) + weighed.mean(dim=2))
        xyz = centres
    return features.amax(dim=1) + features.mean(dim=1)


@pytest.mark.parametrize("every", [1, 2])
def test_it_computes_the_published_steps(every: int) -> None:
    encoder = PointNNEncoder(**SMALL, every=every)
    points = clouds(3)
    torch.testing.assert_close(encoder(points)[:, 0], plainly(encoder, points), atol=2e-3, rtol=2e-3)


def test_a_vector_is_the_same_alone_and_in_company_bit_for_bit() -> None:
    encoder = PointNNEncoder(**SMALL)
    points = clouds(4)
    stretched = torch.cat([points, 1e3 * clouds(2, seed=5)])
    assert torch.equal(encoder(points[1:2])[0], encoder(stretched)[1])


def test_the_order_of_the_points_does_not_matter() -> None:
    encoder = PointNNEncoder(**SMALL)
    points = clouds(1)
    shuffled = points[:, torch.randperm(80, generator=torch.Generator().manual_seed(1))]
    torch.testing.assert_close(encoder(shuffled), encoder(points), atol=2e-3, rtol=2e-3)


def test_neither_place_nor_size_matters() -> None:
    encoder = PointNNEncoder(**SMALL)
    points = clouds(2)
    torch.testing.assert_close(encoder(points * 8 + 2), encoder(points), atol=5e-2, rtol=5e-2)
    similarity = F.cosine_similarity(encoder(points * 8 + 2), encoder(points))
    assert similarity.min() > 0.9999


@settings(max_examples=20, deadline=None)
@given(points=st.integers(1, 12), equal=st.booleans())
def test_tiny_and_degenerate_clouds_have_finite_vectors(points: int, equal: bool) -> None:
    cloud = torch.zeros(1, points, 3) if equal else clouds(1, points)
    vector = PointNNEncoder(stages=2, dim=6, neighbours=4)(cloud)
    assert vector.shape == (1, 1, 24)
    assert vector.isfinite().all()


def test_farthest_points_begin_outermost_and_spread() -> None:
    line = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [10, 0, 0]]])
    assert farthest_order(line, 3)[0].tolist() == [4, 0, 3]


def test_its_description_tells_encoders_apart() -> None:
    assert PointNNEncoder().describe() != PointNNEncoder(every=3).describe()
    assert PointNNEncoder().width == 1152


@pytest.mark.parametrize(
    "options", [{"dim": 10}, {"stages": 0}, {"neighbours": 0}, {"alpha": 0.0}, {"every": 0}]
)
def test_options_that_cannot_work_are_named(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"adapter.{next(iter(options))}"):
        PointNNEncoder(**options)  # type: ignore[arg-type]
