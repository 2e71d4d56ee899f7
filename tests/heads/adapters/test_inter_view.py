"""PointCLIP's adapter against the released program, step by step."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from pointclip2.heads.adapters import InterViewAdapter, Samples, Setting
from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.types import ConfigError, DataError
from tests.heads.adapters.made import samples, setting
from tests.places import GOLDEN

FIGURES = GOLDEN / "inter_view_adapter.npz"
OFFICIAL = {
    "view_ratio": "fusion_ratio",
    "bottleneck.0": "global_f.0.bn",
    "bottleneck.3": "global_f.3",
    "bottleneck.4": "global_f.4",
    "to_views.0": "view_f.0",
    "to_views.2": "view_f.2",
}


@pytest.fixture(scope="module")
def golden() -> dict[str, torch.Tensor]:
    with np.load(FIGURES) as file:
        return {name: torch.from_numpy(file[name]) for name in file.files}


def official(
    adapter: InterViewAdapter, golden: dict[str, torch.Tensor], moment: str
) -> dict[str, torch.Tensor]:
    """The program's weights under our names."""
    state = {}
    for name in adapter.state_dict():
        ours = next(part for part in OFFICIAL if name.startswith(part))
        state[name] = golden[f"{moment}.{OFFICIAL[ours]}{name.removeprefix(ours)}"]
    return state


def begun(golden: dict[str, torch.Tensor]) -> InterViewAdapter:
    text = F.normalize(golden["text"][:, :32], dim=1)
    adapter = InterViewAdapter(dropout=0.0)
    adapter.begin(Setting(tuple("abcde"), text, views=10, logit_scale=100.0))
    return adapter


def test_twenty_steps_are_those_of_the_released_program(golden: dict[str, torch.Tensor]) -> None:
    adapter, recipe = begun(golden), Recipe()
    adapter.load_state_dict(official(adapter, golden, "init"))
    optimiser = recipe.build_optimiser(adapter.parameters())
    adapter.train()
    losses = []
    for _ in golden["losses"]:
        optimiser.zero_grad()
        loss = recipe.loss(adapter(golden["features"]), golden["labels"])
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    torch.testing.assert_close(torch.tensor(losses), golden["losses"], atol=1e-5, rtol=1e-5)
    for name, tensor in official(adapter, golden, "trained").items():
        torch.testing.assert_close(adapter.state_dict()[name], tensor, atol=1e-5, rtol=1e-4)
    adapter.eval()
    torch.testing.assert_close(adapter(golden["features"]).detach(), golden["logits"], atol=1e-3, rtol=1e-3)


def test_its_trained_weights_give_the_programs_logits(golden: dict[str, torch.Tensor]) -> None:
    adapter = begun(golden).eval()
    adapter.load_state_dict(official(adapter, golden, "trained"))
    with torch.no_grad():
        torch.testing.assert_close(adapter(golden["features"]), golden["logits"], atol=1e-3, rtol=1e-3)


def test_a_new_adapter_begins_with_half_of_every_view() -> None:
    adapter = InterViewAdapter()
    adapter.begin(setting())
    assert adapter.view_ratio.tolist() == [0.5] * 4


def test_every_parameter_learns() -> None:
    adapter = InterViewAdapter(dropout=0.0)
    adapter.begin(setting())
    shots = samples(6)
    Recipe().loss(adapter(shots.columns["views"]), shots.labels).backward()
    assert all(
        parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in adapter.parameters()
    )


def test_a_shape_does_not_depend_on_those_beside_it() -> None:
    adapter = InterViewAdapter(recipe={"epochs": 2})
    adapter.begin(setting())
    shots = samples(4)
    adapter.fit(shots)
    views = shots.columns["views"]
    with torch.no_grad():
        torch.testing.assert_close(adapter(views[:1]), adapter(views)[:1])


def test_a_single_example_is_refused() -> None:
    adapter = InterViewAdapter()
    adapter.begin(setting(("chair",)))
    with pytest.raises(DataError, match="two examples"):
        adapter.fit(Samples({"views": torch.ones(1, 4, 12)}, torch.zeros(1, dtype=torch.int64)))


@pytest.mark.parametrize("options", [{"residual": 1.5}, {"dropout": -0.1}, {"recipe": {"speed": 3}}])
def test_options_that_cannot_work_are_named(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=next(iter(options))):
        InterViewAdapter(**options)  # type: ignore[arg-type]
