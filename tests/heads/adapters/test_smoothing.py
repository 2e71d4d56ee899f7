"""What sits before the backbone: gradients pass through it, and nothing of it changes."""

from pathlib import Path

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.encoders.projectors.learnable import LearnableProjector
from pointclip2.encoders.views import ViewEncoder
from pointclip2.heads.adapters import LearnableSmoothing, Setting
from pointclip2.heads.adapters.file import load_adapter, save_adapter
from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.types import ConfigError
from tests.toy import toy_backbone, toy_folder

SIZE = {"resolution": 16, "depth": 4, "densify": 3}


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    backbone = toy_backbone(toy_folder(tmp_path_factory.mktemp("toy")))
    projector = build(
        compose("evaluate", ["projector=splat", "projector/rig=ring", "projector.rig.views=3"]).projector
    )
    text = backbone.encode_text(["a chair", "a lamp"]).clone()
    return Setting(("chair", "lamp"), text, 3, 50.0, ViewEncoder(projector, backbone))


def made(setting: Setting, **options: object) -> LearnableSmoothing:
    torch.manual_seed(0)
    adapter = LearnableSmoothing(**{**SIZE, **options})  # type: ignore[arg-type]
    adapter.begin(setting)
    return adapter


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(6, 64, 3, generator=generator) - 0.5
    points[::2, :, 0] *= 0.2
    return points, torch.tensor([0, 1] * 3)


@pytest.mark.parametrize("inter_view", [False, True])
def test_gradients_reach_every_parameter_and_none_of_the_backbone(setting: Setting, inter_view: bool) -> None:
    adapter = made(setting, inter_view=inter_view, dropout=0.0)
    points, labels = batch()
    Recipe().loss(adapter(points), labels).backward()
    for name, parameter in adapter.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
    assert setting.encoder is not None
    assert all(parameter.grad is None for parameter in setting.encoder.parameters())


@pytest.mark.parametrize("inter_view", [False, True])
def test_ten_steps_lower_the_loss_on_a_fixed_batch(setting: Setting, inter_view: bool) -> None:
    adapter = made(setting, inter_view=inter_view, dropout=0.0).train()
    points, labels = batch()
    recipe = Recipe(learning_rate=0.01)
    optimiser = recipe.build_optimiser(adapter.parameters())
    losses = []
    for _ in range(10):
        optimiser.zero_grad()
        loss = recipe.loss(adapter(points), labels)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] - 0.01


def test_channels_that_began_alike_learn_different_things(setting: Setting) -> None:
    adapter = made(setting)
    points, labels = batch()
    Recipe().loss(adapter(points), labels).backward()
    gradient = adapter.projector.layers[3].weight.grad
    assert (gradient[0] - gradient[1]).abs().max() > 0


def test_it_begins_as_a_drawing_of_the_cloud(setting: Setting) -> None:
    adapter = made(setting).eval()
    points, _ = batch()
    with torch.no_grad():
        images = adapter.projector(points)
    assert images.shape == (6, 3, 3, 16, 16)
    assert images.min() >= 0
    assert images.max() <= 1
    torch.testing.assert_close(images.amin(dim=(3, 4)), torch.zeros(6, 3, 3), atol=1e-6, rtol=0)
    assert images[..., 0, 0].min() > 0.99, "the corners are background"
    torch.testing.assert_close(images[:, :, 0], images[:, :, 1], atol=0.05, rtol=0)


def test_a_shape_does_not_depend_on_those_beside_it(setting: Setting) -> None:
    adapter = made(setting).eval()
    points, _ = batch()
    with torch.no_grad():
        torch.testing.assert_close(adapter(points[:1]), adapter(points)[:1], atol=1e-4, rtol=1e-4)


def test_a_step_draws_some_views_and_a_test_takes_all(setting: Setting) -> None:
    adapter = made(setting, views_a_step=1)
    points, _ = batch()
    seen = []
    original = adapter.projector.grids
    adapter.projector.grids = lambda *args: seen.append(original(*args).shape[1]) or original(*args)  # type: ignore[method-assign, func-returns-value]
    adapter.train()(points)
    adapter.eval()(points)
    assert seen == [1, 3]


def test_a_saved_one_holds_no_backbone_and_gives_the_same_bits(setting: Setting, tmp_path: Path) -> None:
    adapter = made(setting, inter_view=True)
    points, labels = batch()
    recipe = Recipe()
    optimiser = recipe.build_optimiser(adapter.parameters())
    recipe.loss(adapter(points), labels).backward()
    optimiser.step()
    assert not any(name.startswith(("model", "_frozen", "backbone")) for name in adapter.state_dict())
    backbone = {"id": "toy", "weights_hash": "x"}
    save_adapter(tmp_path / "a.safetensors", adapter.eval(), backbone, {})
    again, _ = load_adapter(tmp_path / "a.safetensors", setting, backbone)
    with torch.no_grad():
        assert torch.equal(again(points), adapter(points))


def test_points_that_are_not_finite_and_empty_grids_do_no_harm(setting: Setting) -> None:
    projector = LearnableProjector(setting.encoder.projector.rig, **SIZE).eval()  # type: ignore[union-attr, arg-type]
    points = torch.zeros(2, 8, 3)
    points[0, 3] = torch.nan
    points[1] = torch.inf
    with torch.no_grad():
        assert projector(points).isfinite().all()


def test_without_a_backbone_and_with_views_drawn_for_the_inter_view_adapter_it_is_refused(
    setting: Setting,
) -> None:
    with pytest.raises(ConfigError, match="between a projector and a CLIP"):
        LearnableSmoothing().begin(Setting(setting.classes, setting.text, 3))
    with pytest.raises(ConfigError, match="views_a_step"):
        LearnableSmoothing(inter_view=True, views_a_step=2)
    with pytest.raises(ConfigError, match="odd window"):
        made(setting, densify=4)
