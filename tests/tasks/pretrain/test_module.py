import copy
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from pointclip2.app.compose import compose
from pointclip2.app.run import evaluate
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.tasks.pretrain.export import ASSETS, export_model, open_model
from pointclip2.tasks.pretrain.module import PretrainModule, image_features, part_matching, same_sense
from pointclip2.tasks.pretrain.orthogonal import OrthogonalAdamW, orthogonal
from pointclip2.types import ConfigError, WeightsError
from pointclip2.worlds.pretraining.batches import PretrainingBatch


def _options(folder: Path, steps: int, *more: str) -> list[str]:
    return [
        "experiment=tiny_clip",
        f"folder={folder / 'run'}",
        f"pretraining.folder={folder / 'pool'}",
        "pretraining.classes=[chair,mug,lamp]",
        "pretraining.per_class=4",
        "pretraining.others=[]",
        "pretraining.other_share=0",
        "pretraining.teacher=null",
        "pretraining.abstract=6",
        "pretraining.points=128",
        "pretraining.batch=8",
        "pretraining.chunk=6",
        "pretraining.chunk_steps=3",
        "pretraining.projectors.v2_segmentation.share=0",
        "pretraining.validation=1",
        f"trainer.max_steps={steps}",
        "logger=none",
        "~callbacks",
        f"paths.outputs={folder / 'outputs'}",
        *more,
    ]


def _train(options: list[str]) -> float:
    return evaluate(compose("train", options)).objective


@pytest.mark.filterwarnings("ignore")
def test_a_training_that_was_stopped_ends_like_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _train(_options(tmp_path / "whole", 4))
    original = PretrainModule.on_train_batch_end

    def stopping(self: PretrainModule, *arguments: Any) -> None:
        original(self, *arguments)
        if self.trainer.global_step == 2:
            self.trainer.save_checkpoint(tmp_path / "halves" / "run" / "last.ckpt")
            raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(PretrainModule, "on_train_batch_end", stopping)
        with pytest.raises(RuntimeError, match="killed"):
            _train(_options(tmp_path / "halves", 4))
    _train(_options(tmp_path / "halves", 4))
    name = "run/model/open_clip_model.safetensors"
    one, two = load_file(tmp_path / "whole" / name), load_file(tmp_path / "halves" / name)
    for key in one:
        torch.testing.assert_close(one[key].float(), two[key].float(), atol=2e-3, rtol=2e-2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a training of one step, left as it is."""
    folder = tmp_path_factory.mktemp("trained")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert 0 <= _train(_options(folder, 1)) <= 1
    return folder


@pytest.mark.filterwarnings("ignore")
def test_what_training_exports_is_an_ordinary_local_model_that_says_what_it_is(trained: Path) -> None:
    folder = trained / "run" / "model"
    card = json.loads((folder / "model.json").read_text())
    assert card["steps"] == 1
    assert card["bytes"] <= 12e6
    backbone = OpenClipBackbone(f"local-dir:{folder}", "local", None, None, None, sha256=card["sha256"])
    assert backbone.image_size == 80
    assert backbone.encode_views(torch.rand(1, 1, 112, 112)).isfinite().all()
    assert backbone.encode_text(["a chair"]).isfinite().all()


@pytest.mark.filterwarnings("ignore")
def test_another_training_in_the_same_folder_is_refused(trained: Path) -> None:
    with pytest.raises(ConfigError, match="other options"):
        _train(_options(trained, 2))


@pytest.mark.filterwarnings("ignore")
def test_a_damaged_checkpoint_is_refused_in_one_line(trained: Path) -> None:
    checkpoint = trained / "run" / "last.ckpt"
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(b"torn")
    with pytest.raises(WeightsError, match="damaged"):
        _train(_options(trained, 1))
    checkpoint.write_bytes(whole)


def test_one_class_fails_before_the_first_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two or more"):
        _train([*_options(tmp_path, 1), "pretraining.classes=[chair]"])


def _pretrain(model: torch.nn.Module, tokenizer: Any) -> PretrainModule:
    words = ["a chair", "a mug with a handle", "leg"]
    return PretrainModule(model, tokenizer, ("chair", "mug"), 2, words, 1.0, 0.35, steps=10)


def test_the_exported_model_sees_and_reads_as_training_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    task = _pretrain(*open_model(ASSETS / "tiny_clip_next"))
    export_model(task.exported(), ASSETS / "tiny_clip_next", tmp_path, {})
    exported = OpenClipBackbone(f"local-dir:{tmp_path}", "local", None, None, None)
    images = torch.rand(4, 80, 80)
    with torch.no_grad():
        pooled, cells = image_features(task.average, task.centred(images))
        text = task.text(task.average, ["a chair", "leg"])
    near = torch.nn.functional.cosine_similarity
    assert (near(exported.encode_views(images.unsqueeze(1))[:, 0], pooled) > 0.999).all()
    assert (near(exported.encode_text(["a chair", "leg"]), text) > 0.999).all()
    assert cells.shape == (4, 400, pooled.shape[1])
    torch.testing.assert_close(cells.mean(dim=1), pooled)


def test_the_average_follows_weights_and_statistics_and_keeps_its_masks() -> None:
    task = _pretrain(*open_model(ASSETS / "tiny_clip_next"))
    with torch.no_grad():
        for value in (*task.model.parameters(), task.model.visual.trunk.stem[1].running_mean):
            value.add_(1.0)
    before = {name: value.clone() for name, value in task.average.named_buffers()}
    task.follow(0.25)
    for ours, theirs in zip(task.average.parameters(), task.model.parameters(), strict=True):
        torch.testing.assert_close(theirs - ours, torch.full_like(ours, 0.25))
    name = "visual.trunk.stem.1.running_mean"
    torch.testing.assert_close(dict(task.average.named_buffers())[name], before[name] + 0.75)
    assert torch.equal(task.average.attn_mask, before["attn_mask"])


def test_words_that_were_never_trained_are_exported_as_zeros(tmp_path: Path) -> None:
    model, tokenizer = open_model(ASSETS / "tiny_clip_next")
    table = _pretrain(model, tokenizer).exported()["token_embedding.weight"]
    assert table.shape[0] == 49408
    assert table[tokenizer(["mug"])[0, 1]].abs().sum() > 0
    assert table[tokenizer(["bicycle"])[0, 1]].abs().sum() == 0


def test_the_background_is_nothing_to_the_image_tower() -> None:
    task = _pretrain(*open_model(ASSETS / "tiny_clip_next"))
    assert task.centred(torch.ones(1, 8, 8)).abs().max() == 0


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    torch.manual_seed(0)
    for shape in ((3, 32, 32), (2, 96, 32), (2, 32, 288)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
        assert values.max() < 1.3
        assert values.median() > 0.6


def test_the_optimiser_goes_on_as_before_after_a_checkpoint() -> None:
    torch.manual_seed(0)
    target = torch.randn(6, 4)

    def run(interrupt: bool) -> torch.Tensor:
        matrix, vector = torch.nn.Parameter(torch.zeros(6, 4)), torch.nn.Parameter(torch.zeros(4))
        kernel = torch.nn.Parameter(torch.zeros(4, 2, 3, 3))
        matrices = [matrix, kernel]
        optimiser = OrthogonalAdamW(matrices, [vector], 0.01, 0.01, 0.1)
        for step in range(6):
            if interrupt and step == 3:
                state = copy.deepcopy(optimiser.state_dict())
                optimiser = OrthogonalAdamW(matrices, [vector], 0.01, 0.01, 0.1)
                optimiser.load_state_dict(state)
            optimiser.zero_grad()
            loss = (matrix + vector - target).square().sum() + (kernel - 1).square().sum()
            loss.backward()
            optimiser.step()
        return torch.cat([p.detach().flatten() for p in (matrix, kernel, vector)])

    assert torch.equal(run(False), run(True))
    assert run(False).abs().sum() > 0


def test_patches_prefer_their_own_phrase() -> None:
    parts = torch.eye(4)
    batch = PretrainingBatch(
        torch.zeros(1, 16, 16), torch.tensor([0]), torch.tensor([[0, 1, -1]]), [], [], torch.ones(1, 1).bool(),
        ["leg", "seat", "table leg", "top"], torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 2]),
        [], torch.zeros(0, 1),
    )  # fmt: skip
    target = torch.tensor([0, 1])
    right = part_matching(20 * parts[[0, 1]], target, batch)
    wrong = part_matching(20 * parts[[1, 0]], target, batch)
    same_word = part_matching(
        20 * (parts[[0, 1]] + 5 * parts[[2, 3]] * torch.tensor([[1.0], [0]])), target, batch
    )
    assert right < 0.01
    assert wrong > 5
    assert same_word < 0.01
    assert part_matching(torch.zeros(0, 4), target[:0], batch) == 0


def test_the_few_cells_of_a_small_part_weigh_more_than_their_share() -> None:
    batch = PretrainingBatch(
        *(torch.zeros(0),) * 3, [], [], torch.zeros(0), ["body", "trigger"], torch.zeros(2).long(), torch.arange(2),
        [], torch.zeros(0, 1),
    )  # fmt: skip
    target = torch.tensor([0] * 16 + [1])
    found = 20 * torch.eye(2)[target]
    found[-1] = 20 * torch.eye(2)[0]  # the trigger is taken for the body
    assert part_matching(found, target, batch) == pytest.approx(1.5 * 20 / 5, rel=1e-3)


def test_sentences_that_lie_as_the_teacher_has_them_cost_nothing_and_others_do() -> None:
    torch.manual_seed(0)
    vectors = torch.nn.functional.normalize(torch.randn(12, 6), dim=1)
    turned = torch.linalg.qr(torch.randn(6, 6)).Q
    assert same_sense(vectors @ turned, vectors @ turned, vectors) == pytest.approx(0, abs=1e-5)
    assert same_sense((vectors @ turned).roll(1, 0), vectors @ turned, vectors) > 1
    assert same_sense(torch.ones(12, 6) / 6**0.5, vectors @ turned, vectors) > 0.1
