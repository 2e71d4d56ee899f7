from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.heads.adapters.ensemble import LEVELS, Votes, combined, read_votes, weigh, write_votes
from pointclip2.types import DataError

CLASSES = ["chair", "lamp"]
NAMES = {"validation": ["v/0", "v/1"], "test": ["t/0", "t/1", "t/2"]}


def votes(seed: int = 0) -> Votes:
    generator = torch.Generator().manual_seed(seed)
    return Votes(
        "x",
        torch.randn(2, 2, generator=generator).log_softmax(dim=1),
        torch.randn(3, 2, generator=generator).log_softmax(dim=1),
    )


def test_a_run_is_read_back_by_the_names_of_its_samples(tmp_path: Path) -> None:
    one = votes()
    write_votes(tmp_path / "logits.safetensors", one, CLASSES, NAMES)
    turned = {part: names[::-1] for part, names in NAMES.items()}
    again = read_votes(tmp_path, CLASSES, turned)
    torch.testing.assert_close(again.test, one.test.flip(0))
    torch.testing.assert_close(again.validation, one.validation.flip(0))


def test_arrays_of_any_program_are_taken_in_the_order_of_the_data_or_by_name(tmp_path: Path) -> None:
    test = np.arange(6, dtype=np.float64).reshape(3, 2) ** 2
    np.savez(tmp_path / "net.npz", validation=np.eye(2), test=test)
    found = read_votes(tmp_path / "net.npz", CLASSES, NAMES)
    torch.testing.assert_close(found.test, torch.from_numpy(test).float().log_softmax(dim=1))
    np.savez(
        tmp_path / "named.npz",
        validation=np.eye(2),
        test=test[::-1],
        test_names=np.array(NAMES["test"][::-1]),
    )
    torch.testing.assert_close(read_votes(tmp_path / "named.npz", CLASSES, NAMES).test, found.test)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"test": np.zeros((3, 2))}, "no 'validation' logits"),
        ({"validation": np.zeros((2, 2)), "test": np.zeros((3, 5))}, "shape"),
        ({"validation": np.zeros((2, 2)), "test": np.full((3, 2), np.nan)}, "finite"),
        ({"validation": np.zeros((2, 2)), "test": np.zeros((4, 2))}, "4 rows and no names"),
        (
            {"validation": np.zeros((2, 2)), "test": np.zeros((3, 2)), "test_names": np.array(["a", "b", "c"])},
            "lacks 3",
        ),
        ({"validation": np.zeros((2, 2)), "test": np.zeros((3, 2)), "classes": np.array(["lamp", "chair"])}, "classes"),
        ({"validation": np.array([{}]), "test": np.zeros((3, 2))}, "cannot be read"),
    ],
)  # fmt: skip
def test_logits_that_do_not_fit_are_refused_in_one_line(
    tmp_path: Path, arrays: dict[str, object], told: str
) -> None:
    np.savez(tmp_path / "net.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=told) as caught:
        read_votes(tmp_path / "net.npz", CLASSES, NAMES)
    assert "\n" not in str(caught.value)


def test_a_missing_member_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        read_votes(tmp_path / "nowhere", CLASSES, NAMES)


def test_a_useless_model_gets_no_weight_and_an_infallible_one_some() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(4, (200,), generator=generator)
    truth = torch.nn.functional.one_hot(labels, 4).float()
    own = (2 * truth + 2 * torch.randn(200, 4, generator=generator)).log_softmax(dim=1)
    noise = torch.zeros(200, 4).log_softmax(dim=1)
    other = (5 * truth).log_softmax(dim=1)
    weights = weigh(own, [noise, other], labels)
    assert weights[0] == 0
    assert weights[1] > 0
    assert bool((combined(own, [noise, other], weights).argmax(dim=1) == labels).all())


@given(seed=st.integers(0, 200))
def test_on_validation_the_ensemble_is_never_worse_than_the_run_alone(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(3, (30,), generator=generator)
    own, first, second = (torch.randn(30, 3, generator=generator).log_softmax(dim=1) for _ in range(3))
    weights = weigh(own, [first, second], labels)
    assert set(weights) <= set(LEVELS)
    together = combined(own, [first, second], weights)
    assert int((together.argmax(dim=1) == labels).sum()) >= int((own.argmax(dim=1) == labels).sum())
