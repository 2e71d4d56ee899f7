import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.types import ConfigError


def test_the_rate_warms_up_and_then_follows_a_cosine() -> None:
    recipe = Recipe(learning_rate=0.01, epochs=100)
    assert recipe.rate(0) == 1e-5
    assert recipe.rate(1) == pytest.approx(0.01 * (1 + math.cos(math.pi / 100)) / 2)
    assert recipe.rate(50) == pytest.approx(0.005)
    rates = [recipe.rate(epoch) for epoch in range(1, 100)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] > 0


@given(classes=st.integers(2, 9), smoothing=st.floats(0, 0.9), seed=st.integers(0, 99))
def test_the_truth_gives_up_its_share_to_the_others_in_equal_parts(
    classes: int, smoothing: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(5, classes, generator=generator)
    labels = torch.randint(classes, (5,), generator=generator)
    target = torch.full((5, classes), smoothing / (classes - 1))
    target[torch.arange(5), labels] = 1 - smoothing
    expected = -(target * logits.log_softmax(dim=1)).sum(dim=1).mean()
    torch.testing.assert_close(
        Recipe(smoothing=smoothing).loss(logits, labels), expected, atol=1e-5, rtol=1e-5
    )


def test_one_class_alone_has_no_loss() -> None:
    assert float(Recipe().loss(torch.randn(3, 1), torch.zeros(3, dtype=torch.int64))) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"optimiser": "adam"},
        {"learning_rate": 0},
        {"epochs": 0},
        {"smoothing": 1.0},
        {"momentum": -1},
        {"batch": 0},
    ],
)
def test_options_that_cannot_work_are_named(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=f"adapter.recipe.{next(iter(options))}"):
        Recipe(**options)  # type: ignore[arg-type]
