import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.heads.adapters.samples import Batches, Samples, joined


@given(
    examples=st.integers(1, 70), variants=st.integers(1, 3), size=st.integers(1, 40), seed=st.integers(0, 5)
)
def test_an_epoch_has_every_example_once_in_one_of_its_copies(
    examples: int, variants: int, size: int, seed: int
) -> None:
    batches = Batches(examples, variants, size, seed)
    epoch = list(batches)
    assert len(epoch) == len(batches)
    rows = [row for batch in epoch for row in batch]
    assert sorted(row % examples for row in rows) == list(range(examples))
    assert max(rows) < examples * variants
    if examples > 1 and size > 1:
        assert min(map(len, epoch)) > 1, "a batch norm cannot learn from one row"


def test_seed_and_epoch_alone_decide_the_order() -> None:
    one, two = Batches(40, 2, 8, seed=3), Batches(40, 2, 8, seed=3)
    list(one)
    one.set_epoch(5)
    two.set_epoch(5)
    assert list(one) == list(two)
    two.set_epoch(6)
    assert list(one) != list(two)
    assert list(Batches(40, 2, 8, seed=4)) != list(Batches(40, 2, 8, seed=3))


def test_copies_become_variants_of_the_same_examples() -> None:
    parts = [
        Samples({"views": torch.full((3, 1, 2), float(copy))}, torch.tensor([0, 1, 2])) for copy in range(2)
    ]
    both = joined(parts)
    assert (len(both), both.examples, both.variants) == (6, 3, 2)
    assert both.columns["views"][3:].eq(1).all()
    with pytest.raises(ValueError, match="other examples"):
        joined([parts[0], Samples(parts[1].columns, torch.tensor([2, 1, 0]))])
