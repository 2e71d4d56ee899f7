"""Shapes that known names are judged by, and shapes that are nothing."""

import pytest
import torch

from pointclip2.types import ConfigError, DataError
from pointclip2.worlds.reference import NOTHING, ReferenceShapes


@pytest.fixture(scope="module")
def held() -> ReferenceShapes:
    return ReferenceShapes("held", per_class=2, points=128)


def test_every_known_class_is_there_plain_and_styled(held: ReferenceShapes) -> None:
    counts = torch.tensor(held.labels)[torch.tensor(held.labels) >= 0].bincount()
    assert counts.tolist() == [3] * len(held.classes)
    assert sum(name.startswith("styled/") for name in held.names) == 49 + round(49 / 2)


def test_half_as_many_are_of_no_class_and_of_every_kind(held: ReferenceShapes) -> None:
    nothing = [name.split("/")[1] for name, label in zip(held.names, held.labels, strict=True) if label < 0]
    assert len(nothing) == 49 + round(49 / 2)
    assert set(nothing) == set(NOTHING)


def test_shapes_are_clouds_whatever_their_kind(held: ReferenceShapes) -> None:
    for kind in (
        "plain/chair",
        "styled/chair",
        *(f"{style}/{kind}" for style in ("plain", "styled") for kind in NOTHING),
    ):
        cloud = held[next(i for i, name in enumerate(held.names) if name.startswith(kind))]
        assert cloud.points.shape == (128, 3)
        assert cloud.points.isfinite().all()
        assert float(cloud.points.norm(dim=1).max()) == pytest.approx(1, abs=1e-5)


def test_a_shape_is_the_same_every_time_and_another_in_the_other_split(held: ReferenceShapes) -> None:
    again = ReferenceShapes("held", per_class=2, points=128)
    assert torch.equal(held[0].points, again[0].points)
    assert held.checksum == again.checksum
    bank = ReferenceShapes("bank", per_class=2, points=128)
    assert bank.names[0] == held.names[0]
    assert not torch.equal(bank[0].points, held[0].points)
    assert bank.checksum != held.checksum


def test_more_shapes_begin_with_the_same(held: ReferenceShapes) -> None:
    more = ReferenceShapes("held", per_class=4, points=128)
    assert set(held.names) < set(more.names)
    assert torch.equal(more[more.names.index(held.names[5])].points, held[5].points)


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(DataError, match="no split 'test'"):
        ReferenceShapes("test")
    with pytest.raises(ConfigError, match="1 or more"):
        ReferenceShapes("bank", per_class=0)
