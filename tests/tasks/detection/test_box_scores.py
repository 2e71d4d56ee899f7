"""Scores of boxes: temperature, background, sizes in metres, even classes."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.tasks.detection.sizes import SizeTable
from pointclip2.types import ConfigError
from pointclip2.worlds.rooms.kinds import CLASSES

NAMES = ("chair", "wardrobe", "laptop")
SIZES = torch.tensor([[0.5, 0.5, 0.9], [1.4, 0.6, 2.1], [0.35, 0.25, 0.2]])


def scorer(**options: object) -> BoxScorer:
    made = BoxScorer(**options)  # type: ignore[arg-type]
    made.use_classes(NAMES)
    return made


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 20), st.integers(0, 1000))
def test_temperature_changes_how_sure_and_not_what(temperature: float, seed: int) -> None:
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(seed)) * 5
    cool, warm = (
        scorer(temperature=factor * temperature)(logits, torch.ones(5, 3), 3) for factor in (1.0, 1.5)
    )
    assert cool.argmax(1).equal(warm.argmax(1))
    assert bool((warm.amax(1) <= cool.amax(1) + 1e-6).all())
    assert torch.allclose(warm.sum(1), torch.ones(5))


def test_the_temperature_divides_the_logits() -> None:
    logits = torch.tensor([[2.0, 0.0, 1.0]])
    assert torch.allclose(scorer(temperature=2.0)(logits, torch.ones(1, 3), 3), (logits / 2).softmax(dim=1))


def test_background_swallows_a_part() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0, 5.0]])
    probability = scorer(background=["wall"])(logits, torch.ones(1, 3), 3)
    assert probability.shape == (1, 3)
    assert float(probability.sum()) < 0.1
    assert int(probability.argmax()) == 0


def test_size_decides_between_things_that_look_alike() -> None:
    alike = torch.zeros(3, 3)
    assert scorer(size_weight=1.0)(alike, SIZES, 3).argmax(1).tolist() == [0, 1, 2]
    assert torch.allclose(scorer()(alike, SIZES, 3), torch.full((3, 3), 1 / 3))


def test_size_does_not_care_which_way_a_box_is_turned() -> None:
    table = SizeTable.read()
    swapped = SIZES[:, [1, 0, 2]]
    assert torch.equal(table.log_likelihood(NAMES, SIZES, 0.3), table.log_likelihood(NAMES, swapped, 0.3))


def test_a_class_that_the_table_lacks_is_neither_favoured_nor_ruled_out() -> None:
    found = SizeTable.read().log_likelihood([*NAMES, "quux"], SIZES, 0.3)
    assert bool((found[:, 3] <= found[:, :3].amax(1)).all())
    assert bool((found[:, 3] >= found[:, :3].amin(1)).all())
    assert SizeTable.read().log_likelihood(["quux"], SIZES, 0.3).tolist() == [[0.0]] * 3


def test_ours_has_every_class_of_rooms_and_of_the_published_sets() -> None:
    scannet = "cabinet bed chair sofa table door window bookshelf picture counter desk curtain refrigerator toilet sink"
    known = SizeTable.read().ranges
    assert not [
        name
        for name in (*CLASSES, *scannet.split(), "shower curtain", "garbage bin", "bathtub")
        if name not in known
    ]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    head = "class,height_low,height_high,long_low,long_high,short_low,short_high\n"
    (tmp_path / "mine.csv").write_text(head + "Night_Stand,0.4,0.6,0.4,0.6,0.3,0.5\n")
    assert SizeTable.read(str(tmp_path / "mine.csv")).ranges["night stand"][0] == (0.4, 0.6)
    (tmp_path / "mine.csv").write_text(head + "chair,0.9,0.6,0.4,0.6,0.3,0.5\n")
    with pytest.raises(ConfigError, match=r"mine\.csv, line 2.*low <= high"):
        SizeTable.read(str(tmp_path / "mine.csv"))
    (tmp_path / "mine.csv").write_text("class,height\n")
    with pytest.raises(ConfigError, match="columns"):
        SizeTable.read(str(tmp_path / "mine.csv"))
    with pytest.raises(ConfigError, match="cannot be read"):
        SizeTable.read(str(tmp_path / "none.csv"))


def test_even_classes_take_away_a_favourite() -> None:
    logits = torch.tensor([[3.0, 0.0, 0.0], [3.0, 2.5, 0.0], [3.0, 0.0, 2.5]])
    even = scorer(debias=1.0)
    even.learn_bias(logits)
    assert even(logits, torch.ones(3, 3), 3).argmax(1).tolist() == [0, 1, 2]
    assert even.selected_on == "label_free"
    plain = scorer()
    plain.learn_bias(logits)
    assert plain(logits, torch.ones(3, 3), 3).argmax(1).tolist() == [0, 0, 0]
    assert plain.selected_on == "none"


@pytest.mark.parametrize(
    "option",
    [{"temperature": 0.0}, {"debias": 2.0}, {"size_weight": -1.0}, {"background": "wall"}],
)
def test_values_that_cannot_work_are_named(option: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=next(iter(option))):
        BoxScorer(**option)  # type: ignore[arg-type]
