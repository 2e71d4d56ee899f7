"""Which examples are learned from, whatever the data set."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.dataset import CloudDataset
from pointclip2.data.shots import (
    AugmentedSplit,
    ChosenSplit,
    ShotSubset,
    blocks,
    check_shots,
    divided,
    draw_subset,
    named,
)
from pointclip2.types import Cloud, ConfigError, DataError


class Counted(CloudDataset):
    """So many random clouds of each class, and some without a label."""

    name, split = "counted", "train"

    def __init__(self, *counts: int, unlabelled: int = 0) -> None:
        self.classes = tuple(f"class {label}" for label in range(len(counts)))
        self.labels = [label for label, count in enumerate(counts) for _ in range(count)] + [-1] * unlabelled
        self.names = [f"s/{index:03d}" for index in range(len(self.labels))]
        self.checksum = str(counts)

    def __getitem__(self, index: int) -> Cloud:
        points = torch.rand(16, 3, generator=torch.Generator().manual_seed(index)) - 0.5
        return Cloud(self.names[index], points, self.labels[index])


@given(
    counts=st.lists(st.integers(8, 20), min_size=1, max_size=4),
    shots=st.integers(1, 6),
    seed=st.integers(0, 50),
)
def test_every_class_gives_its_shots_and_none_of_them_is_validation(
    counts: list[int], shots: int, seed: int
) -> None:
    train = Counted(*counts, unlabelled=2)
    subset = draw_subset(train, None, shots, seed)
    label = dict(zip(train.names, train.labels, strict=True))
    for own, names in enumerate(subset.train.values()):
        assert len(set(names)) == shots
        assert {label[name] for name in names} == {own}
    learned = {name for names in subset.train.values() for name in names}
    assert not learned & set(subset.validation)
    assert {label[name] for name in subset.validation} == set(range(len(counts)))
    assert subset.validation_split == "train"


@given(seed=st.integers(0, 30))
def test_fewer_shots_lie_within_more_and_validation_stays(seed: int) -> None:
    train = Counted(12, 15)
    few, many, every = (draw_subset(train, None, shots, seed) for shots in (2, 8, "all"))
    for name in train.classes:
        assert few.train[name] == many.train[name][:2]
        assert many.train[name] == every.train[name][:8]
    assert few.validation == many.validation == every.validation
    assert sum(map(len, every.train.values())) + len(every.validation) == 27


def test_another_seed_draws_others_and_the_same_seed_the_same() -> None:
    train = Counted(30, 30)
    assert draw_subset(train, None, 4, 0) == draw_subset(train, None, 4, 0)
    assert draw_subset(train, None, 4, 0).train != draw_subset(train, None, 4, 1).train


def test_a_split_val_is_the_validation_part_and_leaves_all_examples_to_the_shots() -> None:
    train, val = Counted(4, 4), Counted(3, 3, unlabelled=2)
    val.split = "val"
    subset = draw_subset(train, val, "all", 0)
    assert [len(names) for names in subset.train.values()] == [4, 4]
    assert (subset.validation_split, len(subset.validation)) == ("val", 6)


def test_more_shots_than_a_class_has_are_refused_with_its_name_and_what_there_is() -> None:
    with pytest.raises(
        DataError, match=r"data\.shots=5.*has 4 of 'class 1'.*1 more are kept for validation.*4 or fewer"
    ):
        draw_subset(Counted(20, 5), None, 5, 0)
    with pytest.raises(DataError, match="2 classes have too few"):
        draw_subset(Counted(3, 3), None, 5, 0)


def test_a_class_without_examples_is_refused_with_its_name() -> None:
    with pytest.raises(DataError, match="no example of class 1 in the split 'train'"):
        draw_subset(Counted(3, 0), None, 1, 0)


def test_a_single_example_goes_to_the_shots() -> None:
    subset = draw_subset(Counted(1, 1), None, 1, 0)
    assert subset.validation == ()
    assert subset.validation_split is None


@pytest.mark.parametrize("shots", [0, -1, 1.5, "some", None, True])
def test_shots_are_a_number_or_all(shots: object) -> None:
    with pytest.raises(ConfigError, match="1 or more, or all"):
        check_shots(shots)
    assert check_shots("all") == "all"
    assert check_shots(16) == 16


def test_a_subset_is_written_and_read_back(tmp_path: Path) -> None:
    subset = draw_subset(Counted(8, 9), None, 3, 5)
    subset.write(tmp_path / "subset.json")
    assert ShotSubset.read(tmp_path / "subset.json") == subset
    (tmp_path / "other.json").write_text("[1]")
    for name in ("other.json", "nothing.json"):
        with pytest.raises(DataError, match=r"not a subset\.json"):
            ShotSubset.read(tmp_path / name)


def test_samples_that_a_data_set_lacks_are_named() -> None:
    train = Counted(3)
    assert named(train, ["s/002", "s/000"], "x").positions == [2, 0]
    with pytest.raises(DataError, match="has no s/777"):
        named(train, ["s/777"], "task.subset=x")


@given(shots=st.sampled_from([1, 2, 3, 8, 13, "all"]))
def test_blocks_are_shared_by_subsets_of_fewer_and_more_shots(shots: int | str) -> None:
    train = Counted(20, 26)
    own = blocks(draw_subset(train, None, shots, 0))
    every = blocks(draw_subset(train, None, "all", 0))
    names = [name for block in own for name in block]
    assert sorted(names) == sorted(n for ns in draw_subset(train, None, shots, 0).train.values() for n in ns)
    assert own[:-1] == every[: len(own) - 1]


def test_a_chosen_split_keeps_names_labels_and_clouds_and_has_its_own_checksum() -> None:
    train = Counted(3, 3)
    chosen = ChosenSplit(train, [4, 1])
    assert chosen.names == ["s/004", "s/001"]
    assert chosen.labels == [1, 0]
    assert torch.equal(chosen[0].points, train[4].points)
    assert len({train.checksum, chosen.checksum, ChosenSplit(train, [1, 4]).checksum}) == 3


@given(number=st.integers(0, 5), seed=st.integers(0, 9))
@settings(deadline=None)
def test_a_copy_is_scaled_and_shifted_axis_by_axis_within_the_limits(number: int, seed: int) -> None:
    train = Counted(2)
    copy = AugmentedSplit(train, number, seed, (0.5, 2.0), 0.2)
    before, after = train[1].points, copy[1].points
    factor = (after[1] - after[0]) / (before[1] - before[0])
    assert ((factor > 0.5 - 1e-3) & (factor < 2.0 + 1e-3)).all()
    torch.testing.assert_close(
        after - before * factor, (after[0] - before[0] * factor).expand_as(after), atol=1e-3, rtol=1e-3
    )
    assert (after[0] - before[0] * factor).abs().max() <= 0.2 + 1e-3
    assert torch.equal(copy[1].points, after)
    torch.testing.assert_close(copy[1].frame.to_input(after).float(), before, atol=1e-6, rtol=1e-5)
    assert not torch.equal(AugmentedSplit(train, number + 1, seed, (0.5, 2.0), 0.2)[1].points, after)


def test_limits_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"task\.scale"):
        AugmentedSplit(Counted(1), 0, 0, (2.0, 0.5), 0.2)


@given(counts=st.lists(st.integers(1, 9), min_size=1, max_size=4), seed=st.integers(0, 20))
def test_a_data_set_without_splits_is_divided_class_by_class(counts: list[int], seed: int) -> None:
    whole = Counted(*counts, unlabelled=3)
    train, test = divided(whole, seed)
    assert sorted([*train.names, *test.names]) == whole.names
    assert (train.split, test.split) == ("train", "test")
    for label, count in enumerate(counts):
        assert train.labels.count(label) == max(1, round(count / 2))
    assert test.labels.count(-1) == 3
    assert divided(whole, seed)[0].names == train.names
