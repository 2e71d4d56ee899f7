import copy
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pointclip2.backbones import OpenClipBackbone
from pointclip2.config import compose
from pointclip2.tasks.orthogonal import OrthogonalAdamW, orthogonal
from pointclip2.tasks.pretrain import absorb_centring, centred, image_features, part_matching
from pointclip2.tasks.pretrain_start import begin_local, place_patches, whiten_patches
from pointclip2.training import ASSETS, export_model, open_model, train
from pointclip2.types import ConfigError, WeightsError


def _options(folder: Path, steps: int, *more: str) -> list[str]:
    return [
        "experiment=tiny_clip",
        f"folder={folder / 'run'}",
        f"pretraining.folder={folder / 'pool'}",
        "pretraining.classes=[chair,mug,lamp]",
        "pretraining.per_class=4",
        "pretraining.abstract=6",
        "pretraining.points=128",
        "pretraining.batch=8",
        "pretraining.projectors.v2_segmentation.share=0",
        "pretraining.validation=1",
        f"trainer.max_steps={steps}",
        "trainer.enable_progress_bar=false",
        "logger=[]",
        "callbacks=null",
        *more,
    ]


def _train(options: list[str]) -> float:
    cfg = compose("train", [option for option in options if option not in ("logger=[]", "callbacks=null")])
    cfg.logger, cfg.callbacks = {}, {}
    return train(cfg)


@pytest.fixture
def model() -> torch.nn.Module:
    torch.manual_seed(0)
    return open_model(ASSETS / "tiny_clip")[0]


@pytest.mark.filterwarnings("ignore")
def test_a_training_that_was_stopped_ends_like_one_that_was_not(tmp_path: Path) -> None:
    whole = _options(tmp_path / "whole", 4)
    _train(whole)
    halves = _options(tmp_path / "halves", 4)
    cfg = compose("train", [option for option in halves if option not in ("logger=[]", "callbacks=null")])
    cfg.logger, cfg.callbacks = {}, {}
    from lightning.pytorch.callbacks import Callback

    class Stop(Callback):
        def on_train_batch_end(self, trainer, *_: object) -> None:  # type: ignore[no-untyped-def]
            if trainer.global_step == 2:
                trainer.save_checkpoint(tmp_path / "halves" / "run" / "last.ckpt")
                raise RuntimeError("killed")

    import pointclip2.training as training

    built = training.build

    def build_and_stop(node, **more):  # type: ignore[no-untyped-def]
        if "callbacks" in more:
            more["callbacks"] = [*more["callbacks"], Stop()]
        return built(node, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "build", build_and_stop)
        with pytest.raises(RuntimeError, match="killed"):
            train(cfg)
    _train(halves)
    name = "run/model/open_clip_model.safetensors"
    one, two = load_file(tmp_path / "whole" / name), load_file(tmp_path / "halves" / name)
    for key in one:
        torch.testing.assert_close(one[key].float(), two[key].float(), atol=2e-3, rtol=2e-2)


@pytest.mark.filterwarnings("ignore")
def test_what_training_exports_is_an_ordinary_local_model_that_says_what_it_is(tmp_path: Path) -> None:
    score = _train(_options(tmp_path, 2))
    assert 0 <= score <= 1
    folder = tmp_path / "run" / "model"
    card = json.loads((folder / "model.json").read_text())
    assert card["steps"] == 2
    assert card["bytes"] <= 12e6
    backbone = OpenClipBackbone(
        f"local-dir:{folder}", "local", 112, (0, 0, 0), (1, 1, 1), normalise=False, sha256=card["sha256"]
    )
    assert backbone.encode_views(torch.rand(1, 1, 112, 112)).isfinite().all()
    assert backbone.encode_patches(torch.rand(1, 1, 112, 112)).shape[2:4] == (7, 7)


@pytest.mark.filterwarnings("ignore")
def test_another_training_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    _train(_options(tmp_path, 1))
    with pytest.raises(ConfigError, match="other options"):
        _train(_options(tmp_path, 2))


@pytest.mark.filterwarnings("ignore")
def test_a_damaged_checkpoint_is_refused_in_one_line(tmp_path: Path) -> None:
    _train(_options(tmp_path, 1))
    (tmp_path / "run" / "last.ckpt").write_bytes(b"torn")
    with pytest.raises(WeightsError, match="damaged"):
        _train(_options(tmp_path, 1))


def test_one_class_fails_before_the_first_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two or more"):
        _train([*_options(tmp_path, 1), "pretraining.classes=[chair]"])


def test_the_exported_model_sees_raw_images_as_training_saw_centred_ones(
    model: torch.nn.Module, tmp_path: Path
) -> None:
    images = torch.rand(4, 112, 112).clamp(0.3).round(decimals=1)
    whiten_patches(model, centred(images)[:, 0])
    export_model(model, ASSETS / "tiny_clip", tmp_path, {})
    exported = OpenClipBackbone(f"local-dir:{tmp_path}", "local", 112, (0, 0, 0), (1, 1, 1), normalise=False)
    with torch.no_grad():
        expected = torch.nn.functional.normalize(image_features(model, centred(images))[0], dim=-1)
    assert torch.allclose(exported.encode_views(images.unsqueeze(1))[:, 0], expected, atol=0.02)


def test_pooled_and_patch_features_are_those_of_the_backbone(tmp_path: Path, model: torch.nn.Module) -> None:
    state = absorb_centring(model.state_dict())
    assert set(state) == set(model.state_dict())
    export_model(model, ASSETS / "tiny_clip", tmp_path, {})
    images = torch.rand(2, 224, 224)
    exported = OpenClipBackbone(f"local-dir:{tmp_path}", "local", 224, (0, 0, 0), (1, 1, 1), normalise=False)
    with torch.no_grad():
        pooled, patches = image_features(model, centred(images))
    near = torch.nn.functional.cosine_similarity
    assert (near(exported.encode_views(images.unsqueeze(1))[:, 0], pooled) > 0.99).all()
    assert (
        near(exported.encode_patches(images.unsqueeze(1))[:, 0].flatten(1, 2), patches, dim=-1) > 0.99
    ).all()


def test_whitened_patches_vary_about_equally_in_every_channel(model: torch.nn.Module) -> None:
    images = -torch.rand(40, 112, 112) - torch.rand(40, 1, 1)
    whiten_patches(model, images)
    responses = model.visual.conv1(images.unsqueeze(1).expand(-1, 3, -1, -1))  # type: ignore[union-attr, operator]
    deviation = responses.std(dim=(0, 2, 3))
    assert deviation.max() < 1.5
    assert deviation.max() / deviation.median() < 8


def test_where_training_begins_is_finite_and_decided_by_the_seed(model: torch.nn.Module) -> None:
    twin = copy.deepcopy(model)
    for one in (model, twin):
        torch.manual_seed(1)
        place_patches(one)
        begin_local(one)
    for (name, first), second in zip(model.state_dict().items(), twin.state_dict().values(), strict=True):
        assert torch.equal(first, second), name
        assert first.isfinite().all()


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    torch.manual_seed(0)
    for shape in ((3, 32, 32), (2, 96, 32), (2, 32, 128)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
        assert values.max() < 1.3
        assert values.median() > 0.6


def test_the_optimiser_goes_on_as_before_after_a_checkpoint() -> None:
    torch.manual_seed(0)
    target = torch.randn(6, 4)

    def run(interrupt: bool) -> torch.Tensor:
        matrix, vector = torch.nn.Parameter(torch.zeros(6, 4)), torch.nn.Parameter(torch.zeros(4))
        optimiser = OrthogonalAdamW([matrix], [vector], 0.01, 0.01, 0.1)
        for step in range(6):
            if interrupt and step == 3:
                state = copy.deepcopy(optimiser.state_dict())
                optimiser = OrthogonalAdamW([matrix], [vector], 0.01, 0.01, 0.1)
                optimiser.load_state_dict(state)
            optimiser.zero_grad()
            (matrix + vector - target).square().sum().backward()
            optimiser.step()
        return torch.cat([matrix.detach().flatten(), vector.detach()])

    assert torch.equal(run(False), run(True))
    assert run(False).abs().sum() > 0


def test_patches_prefer_their_own_phrase() -> None:
    from pointclip2.data.pretraining.batches import PretrainingBatch

    parts = torch.eye(4)
    batch = PretrainingBatch(
        torch.zeros(1, 16, 16), torch.tensor([0]), torch.tensor([[0, 1, -1]]), [], [], torch.ones(1, 1).bool(),
        ["leg", "seat", "table leg", "top"], torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 2]),
    )  # fmt: skip
    right = part_matching(20 * parts[[0, 1, 2]].unsqueeze(0), parts, batch)
    wrong = part_matching(20 * parts[[1, 0, 2]].unsqueeze(0), parts, batch)
    same_word = part_matching(20 * (parts[[0, 1, 2]] + 5 * parts[[2, 3, 3]] * torch.tensor([[1.0], [0], [0]])).unsqueeze(0), parts, batch)  # fmt: skip  # noqa: E501
    assert right < 0.01
    assert wrong > 5
    assert same_word < 0.01
