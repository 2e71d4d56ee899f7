"""Packed dense features: what they cost in accuracy and in bytes, and that nothing else is lost."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.cache.codec import BITS, check_bits, pack, pack_flags, unpack, unpack_flags
from pointclip2.cache.columns import PackedCells
from pointclip2.types import CloudBatch, ConfigError, Features, Places


@given(st.sampled_from(BITS), st.integers(1, 40), st.integers(0, 99), st.floats(1e-6, 1e6))
@settings(max_examples=12, deadline=None)
def test_no_number_moves_by_more_than_half_a_step(bits: int, dim: int, seed: int, size: float) -> None:
    rows = torch.randn(3, 2, dim, generator=torch.Generator().manual_seed(seed)) * size
    codes, scale = pack(rows, bits)
    back = unpack(codes, scale, bits, dim)
    assert back.shape == rows.shape
    assert bool(((back - rows).abs() <= 0.5001 * scale.unsqueeze(-1)).all())


@pytest.mark.parametrize("bits", BITS)
def test_zeros_and_extremes_come_back_exactly(bits: int) -> None:
    rows = torch.tensor([[0.0, 0.0, 0.0], [-2.0, 0.0, 2.0]])
    codes, scale = pack(rows, bits)
    assert torch.equal(unpack(codes, scale, bits, 3), rows)


@pytest.mark.parametrize(("bits", "least"), [(8, 0.9999), (6, 0.9985), (4, 0.975)])
def test_a_unit_row_keeps_its_direction(bits: int, least: float) -> None:
    rows = F.normalize(torch.randn(400, 512, generator=torch.Generator().manual_seed(0)), dim=-1)
    codes, scale = pack(rows, bits)
    back = F.normalize(unpack(codes, scale, bits, 512), dim=-1)
    assert float((back * rows).sum(dim=-1).min()) > least
    assert codes.shape[-1] == 512 * bits // 8


def test_other_numbers_of_bits_are_refused() -> None:
    with pytest.raises(ConfigError, match="8, 6, 4"):
        check_bits(5)


@given(st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=12, deadline=None)
def test_flags_come_back_as_they_were(count: int, seed: int) -> None:
    flags = torch.rand(3, count, generator=torch.Generator().manual_seed(seed)) < 0.5
    packed = pack_flags(flags)
    assert packed.shape == (3, -(-count // 8))
    assert torch.equal(unpack_flags(packed, count), flags)


def made(batch: int, points: int, cells: int, dim: int) -> tuple[Features, CloudBatch]:
    generator = torch.Generator().manual_seed(0)
    vectors = F.normalize(torch.randn(batch, 10 * cells * cells, dim, generator=generator), dim=-1)
    pixel = torch.randint(-1, 224, (batch, 10, points, 2), generator=generator)
    visible = torch.rand(batch, 10, points, generator=generator) < 0.3
    cloud = torch.randn(batch, points, 3, generator=generator)
    parts = torch.randint(-1, 50, (batch, points), generator=generator)
    places = Places((10, cells, cells), pixel, visible, 224, 196)
    return Features(vectors, places), CloudBatch(cloud, parts=parts)


def test_everything_but_the_features_comes_back_exactly() -> None:
    features, clouds = made(2, 37, 3, 10)
    packing = PackedCells(8)
    columns = packing.pack(features, clouds)
    assert set(columns) == set(packing.names)
    back = packing.unpack(columns)
    assert back.places is not None
    assert features.places is not None
    assert torch.equal(back.places.pixel_yx, features.places.pixel_yx)
    assert torch.equal(back.places.visible, features.places.visible)
    assert (back.places.grid, back.places.image_px, back.places.input_px) == ((10, 3, 3), 224, 196)
    assert torch.equal(columns["points"], clouds.points)
    assert torch.equal(columns["parts"].long(), clouds.parts)
    torch.testing.assert_close(back.cells, features.cells, atol=0.01, rtol=0)


def test_unknown_parts_are_marked() -> None:
    features, clouds = made(1, 5, 2, 4)
    assert PackedCells(6).pack(features, CloudBatch(clouds.points))["parts"].tolist() == [[-1] * 5]


def test_a_shape_takes_less_than_a_megabyte() -> None:
    features, clouds = made(1, 2048, 14, 512)
    columns = PackedCells(6).pack(features, clouds)
    assert sum(column.numel() * column.element_size() for column in columns.values()) < 0.9e6
    # The part logits that searches and arg-maxes look at move by little.
    text = F.normalize(torch.randn(6, 512, generator=torch.Generator().manual_seed(1)), dim=-1)
    before, after = (100 * told.cells @ text.T for told in (features, PackedCells(6).unpack(columns)))
    assert float((before - after).abs().max()) < 1.0
    assert float((before.argmax(dim=-1) == after.argmax(dim=-1)).float().mean()) > 0.98
