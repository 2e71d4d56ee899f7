import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.clip.weights import file_hash, find_weights
from pointclip2.types import ConfigError, WeightsError
from tests.toy import toy_backbone, toy_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def backbone(folder: Path) -> OpenClipBackbone:
    return toy_backbone(folder)


def depth(*size: int) -> torch.Tensor:
    return torch.rand(*size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("batch", "views"), [(1, 1), (1, 3), (3, 1), (2, 4)])
def test_views_become_unit_rows(backbone: OpenClipBackbone, batch: int, views: int) -> None:
    features = backbone.encode_views(depth(batch, views, 32, 32))
    assert features.shape == (batch, views, 16)
    assert features.dtype == torch.float32
    torch.testing.assert_close(features.norm(dim=-1), torch.ones(batch, views))


def test_every_view_keeps_its_place_whatever_the_batch(folder: Path, backbone: OpenClipBackbone) -> None:
    images = depth(3, 4, 32, 32)
    together = backbone.encode_views(images)
    for b in range(3):
        for v in range(4):
            torch.testing.assert_close(
                backbone.encode_views(images[b : b + 1, v : v + 1])[0, 0], together[b, v]
            )
    torch.testing.assert_close(toy_backbone(folder, batch=5).encode_views(images), together)


def test_sentences_become_unit_rows_in_their_order(folder: Path, backbone: OpenClipBackbone) -> None:
    sentences = ["a chair", "a table", "a chair", "words " * 100]
    rows = backbone.encode_text(sentences)
    assert rows.shape == (4, 16)
    torch.testing.assert_close(rows.norm(dim=-1), torch.ones(4))
    torch.testing.assert_close(rows[0], rows[2])
    torch.testing.assert_close(toy_backbone(folder, batch=3).encode_text(sentences), rows)


def test_patches_become_unit_rows_of_the_same_space(backbone: OpenClipBackbone) -> None:
    patches = DenseEncoder()(backbone, depth(2, 3, 32, 32))
    assert patches.shape == (2, 3, 4, 4, 16)
    torch.testing.assert_close(patches.norm(dim=-1), torch.ones(2, 3, 4, 4))


def test_a_patch_stands_where_its_pixels_are(folder: Path) -> None:
    model = toy_backbone(folder, normalise=False)
    # Without attention between patches, only the patch that was changed may differ.
    for block in model.model.visual.transformer.resblocks:
        nn.init.zeros_(block.attn.out_proj.weight)
    plain, changed = torch.ones(1, 1, 32, 32), torch.ones(1, 1, 32, 32)
    changed[0, 0, 8:16, 24:32] = torch.rand(8, 8)
    difference = (DenseEncoder()(model, plain) - DenseEncoder()(model, changed)).norm(dim=-1)[0, 0]
    assert difference.gt(1e-3).nonzero().tolist() == [[1, 3]]


def test_a_model_without_dense_features_says_which_have_them(
    folder: Path, backbone: OpenClipBackbone
) -> None:
    convolutional = toy_backbone(toy_folder(folder / "rn", layers=[1, 1, 1, 1], width=8, patch_size=None))
    assert convolutional.encode_views(depth(1, 2, 32, 32)).shape == (1, 2, 16)
    with pytest.raises(ConfigError, match="no dense features"):
        DenseEncoder()(convolutional, depth(1, 1, 32, 32))


@pytest.mark.parametrize("size", [(16, 16), (48, 20), (1, 1)])
def test_images_of_another_size_are_resized_bilinearly_with_aligned_corners(
    backbone: OpenClipBackbone, size: tuple[int, int]
) -> None:
    images = depth(1, 2, *size)
    resized = F.interpolate(images, size=(32, 32), mode="bilinear", align_corners=True)
    torch.testing.assert_close(backbone.encode_views(images), backbone.encode_views(resized))


def test_images_are_repeated_and_normalised_only_if_asked(folder: Path, backbone: OpenClipBackbone) -> None:
    images = depth(2, 32, 32)
    normalised = backbone.prepare_images(images)
    plain = toy_backbone(folder, normalise=False).prepare_images(images)
    torch.testing.assert_close(plain, images.unsqueeze(1).expand(-1, 3, -1, -1))
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in ((0.5, 0.4, 0.3), (0.2, 0.3, 0.4)))
    torch.testing.assert_close(normalised, (plain - mean) / std)


def test_raw_distances_of_the_perspective_projector_pass_unclipped(backbone: OpenClipBackbone) -> None:
    distances = 2.5 * depth(1, 1, 32, 32)
    assert float(backbone.prepare_images(distances[0]).max()) > 2
    assert not torch.equal(backbone.encode_views(distances), backbone.encode_views(distances.clamp(0, 1)))


def test_it_stays_in_eval_mode_and_frozen_inside_a_module_that_trains(folder: Path) -> None:
    backbone = toy_backbone(folder)
    nn.Sequential(backbone).train()
    assert not any(module.training for module in backbone.modules())
    assert not any(parameter.requires_grad for parameter in backbone.parameters())
    assert not backbone.encode_views(depth(1, 1, 32, 32)).requires_grad


def test_it_never_enters_a_checkpoint(folder: Path) -> None:
    backbone = toy_backbone(folder)
    assert dict(backbone.state_dict()) == {}
    assert set(nn.ModuleDict({"frozen": backbone, "head": nn.Linear(2, 2)}).state_dict()) == {
        "head.weight",
        "head.bias",
    }


def test_buffers_move_with_it(folder: Path) -> None:
    moved = toy_backbone(folder).to("meta")
    assert {value.device.type for value in (*moved.parameters(), *moved.buffers())} == {"meta"}


def test_text_features_can_be_multiplied_with_what_needs_gradients(backbone: OpenClipBackbone) -> None:
    text = backbone.encode_text(["a chair"])
    weight = torch.ones(16, requires_grad=True)
    (text * weight).sum().backward()
    torch.testing.assert_close(weight.grad, text[0])


def test_bf16_is_close_to_fp32(folder: Path, backbone: OpenClipBackbone) -> None:
    half = toy_backbone(folder, precision="bf16")
    images = depth(2, 3, 32, 32)
    assert half.encode_views(images).dtype == torch.float32
    assert float((half.encode_views(images) * backbone.encode_views(images)).sum(-1).min()) > 0.999
    text = ["a chair", "a lamp"]
    assert float((half.encode_text(text) * backbone.encode_text(text)).sum(-1).min()) > 0.999
    patches = DenseEncoder()(half, images) * DenseEncoder()(backbone, images)
    assert float(patches.sum(-1).min()) > 0.99


def test_fp16_on_a_cpu_and_unknown_precisions_are_refused(folder: Path) -> None:
    half = toy_backbone(folder, precision="fp16")
    for call in (
        lambda: half.encode_views(depth(1, 1, 32, 32)),
        lambda: half.encode_text(["a chair"]),
        lambda: DenseEncoder()(half, depth(1, 1, 32, 32)),
    ):
        with pytest.raises(ConfigError, match="fp16 needs a GPU"):
            call()
    with pytest.raises(ConfigError, match="fp32, bf16, fp16"):
        toy_backbone(folder, precision="int8")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("precision", "bf16"),
        ("normalise", False),
        ("image_mean", (0.1, 0.4, 0.3)),
        ("image_std", (0.1, 0.3, 0.4)),
        ("pretrained", "other"),
    ],
)
def test_what_decides_the_features_is_described(folder: Path, option: str, value: Any) -> None:
    assert toy_backbone(folder, **{option: value}).describe() != toy_backbone(folder).describe()


def test_another_architecture_for_the_same_weights_is_described(tmp_path: Path) -> None:
    plain, quick = toy_folder(tmp_path / "a" / "toy"), toy_folder(tmp_path / "b" / "toy")
    config = (quick / "open_clip_config.json").read_text()
    (quick / "open_clip_config.json").write_text(
        config.replace('"embed_dim"', '"quick_gelu": true, "embed_dim"')
    )
    weights = saved(toy_backbone(plain), tmp_path / "w.safetensors")
    both = [toy_backbone(folder, weights=str(weights)) for folder in (plain, quick)]
    images = depth(1, 1, 32, 32)
    assert not torch.equal(both[0].encode_views(images), both[1].encode_views(images))
    assert both[0].weights_hash == both[1].weights_hash
    assert both[0].describe() != both[1].describe()


def test_random_weights_are_the_same_every_time_and_loudly_untrained(folder: Path) -> None:
    torch.manual_seed(7)
    first = toy_backbone(folder)
    state = torch.random.get_rng_state()
    second = toy_backbone(folder)
    assert torch.equal(state, torch.random.get_rng_state())  # building a model must not shift a run's seeds
    torch.testing.assert_close(
        first.encode_views(depth(1, 1, 32, 32)), second.encode_views(depth(1, 1, 32, 32))
    )
    assert not first.trained
    assert "RANDOM WEIGHTS" in first.trained_on


# Weights on disk.


def saved(backbone: OpenClipBackbone, path: Path, scale: float = 1.0) -> Path:
    """A checkpoint of what the backbone holds."""
    state = {name: (scale * value).contiguous() for name, value in backbone.model.state_dict().items()}
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".bin", ".pth"])
def test_weights_come_from_a_file(
    tmp_path: Path, folder: Path, backbone: OpenClipBackbone, suffix: str
) -> None:
    path = saved(backbone, tmp_path / f"w{suffix}", scale=0.5)
    loaded = toy_backbone(folder, weights=str(path))
    weight, original = (model.model.visual.conv1.weight for model in (loaded, backbone))
    torch.testing.assert_close(weight, 0.5 * original)
    assert loaded.weights_hash == file_hash(path)
    assert loaded.trained
    assert loaded.trained_on == ""


def test_a_checkpoint_of_a_training_run_is_read_too(
    tmp_path: Path, folder: Path, backbone: OpenClipBackbone
) -> None:
    state = {f"module.{name}": value for name, value in backbone.model.state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state}, tmp_path / "w.pt")
    loaded = toy_backbone(folder, weights=str(tmp_path / "w.pt"))
    torch.testing.assert_close(
        loaded.encode_views(depth(1, 1, 32, 32)), backbone.encode_views(depth(1, 1, 32, 32))
    )


def test_weights_lie_beside_a_local_configuration(tmp_path: Path, backbone: OpenClipBackbone) -> None:
    here = toy_folder(tmp_path)
    with pytest.raises(WeightsError, match=r"no weights; put open_clip_model\.safetensors there"):
        toy_backbone(here, weights=None)
    saved(backbone, here / "another.safetensors", scale=2.0)
    saved(backbone, here / "open_clip_model.safetensors", scale=0.5)
    torch.testing.assert_close(
        toy_backbone(here, weights=None).model.visual.conv1.weight, 0.5 * backbone.model.visual.conv1.weight
    )


def test_a_missing_file_and_a_missing_folder_are_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"backbone\.weights=.*none\.pt: no such file"):
        toy_backbone(folder, weights=str(tmp_path / "none.pt"))
    with pytest.raises(WeightsError, match=r"no open_clip_config\.json"):
        toy_backbone(tmp_path / "nowhere", weights=None)


class Trap:
    """Runs a command when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("legacy", [True, False])
def test_a_pickle_with_code_is_refused_and_not_run(tmp_path: Path, folder: Path, legacy: bool) -> None:
    path, trap = tmp_path / "w.pt", tmp_path / "trap"
    if legacy:
        path.write_bytes(pickle.dumps({"state_dict": Trap(trap)}))
    else:
        torch.save({"state_dict": Trap(trap)}, path)
    with pytest.raises(WeightsError, match="cannot load") as caught:
        toy_backbone(folder, weights=str(path))
    assert "\n" not in str(caught.value)
    assert not trap.exists()


def test_the_checkpoint_of_another_architecture_is_refused_in_one_line(tmp_path: Path, folder: Path) -> None:
    wide = toy_backbone(toy_folder(tmp_path / "wide", width=48))
    deep = toy_backbone(toy_folder(tmp_path / "deep", layers=3))
    for index, other in enumerate((wide, deep)):
        path = saved(other, tmp_path / f"{index}.safetensors")
        with pytest.raises(WeightsError, match="a checkpoint of another model") as caught:
            toy_backbone(folder, weights=str(path))
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"PK\x03\x04 torn"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_file_that_is_no_checkpoint_is_refused_in_one_line(
    tmp_path: Path, folder: Path, content: bytes, suffix: str
) -> None:
    path = tmp_path / f"w{suffix}"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="cannot load") as caught:
        toy_backbone(folder, weights=str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pipe_in_the_place_of_weights_is_named(tmp_path: Path, folder: Path) -> None:
    os.mkfifo(tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"w\.safetensors: it is a named pipe, and only files are read"):
        toy_backbone(folder, weights=str(tmp_path / "w.safetensors"))


def test_a_damaged_file_is_refused_by_its_hash(
    tmp_path: Path, folder: Path, backbone: OpenClipBackbone
) -> None:
    path = saved(backbone, tmp_path / "w.safetensors")
    known = file_hash(path)
    assert toy_backbone(folder, weights=str(path), sha256=known).weights_hash == known
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="damaged or another model"):
        toy_backbone(folder, weights=str(path), sha256=known)


# Named models: only the search for their weights, the models themselves are large.

NAMED = {"arch": "ViT-B-16-quickgelu", "tag": "openai"}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the network."""
    asked: list[str] = []

    def refuse(cfg: dict[str, Any], *args: Any, **kwargs: Any) -> str:
        asked.append(cfg["hf_hub"])
        raise OSError("the network is unreachable\nand there is more to say")

    monkeypatch.setattr(open_clip, "download_pretrained", refuse)
    return asked


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from huggingface_hub import constants

    folder = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    return folder


def test_missing_weights_name_the_file_and_where_to_put_it(
    tmp_path: Path, no_network: list[str], empty_cache: Path
) -> None:
    with pytest.raises(WeightsError) as caught:
        find_weights(**NAMED, weights=None, folder=str(tmp_path / "weights"), download=False)
    message = str(caught.value)
    assert "open_clip_model.safetensors of huggingface.co/timm/vit_base_patch16_clip_224.openai" in message
    assert str(tmp_path / "weights" / "ViT-B-16-quickgelu.openai.safetensors") in message
    assert "backbone.download=true" in message
    assert "\n" not in message
    assert no_network == []


def test_the_hub_is_asked_only_on_request_and_its_failure_is_one_line(
    tmp_path: Path, no_network: list[str], empty_cache: Path
) -> None:
    with pytest.raises(WeightsError, match=r"could not download.*network is unreachable") as caught:
        find_weights(**NAMED, weights=None, folder=str(tmp_path), download=True)
    assert no_network == ["timm/vit_base_patch16_clip_224.openai/"]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin", ".pt", ".pth"])
def test_weights_are_found_in_the_weights_folder(tmp_path: Path, no_network: list[str], suffix: str) -> None:
    path = tmp_path / f"ViT-B-16-quickgelu.openai{suffix}"
    path.write_bytes(b"x")
    (tmp_path / "ViT-B-16-quickgelu.other.safetensors").write_bytes(b"x")
    assert find_weights(**NAMED, weights=None, folder=str(tmp_path), download=True) == path
    assert no_network == []


@pytest.mark.parametrize("name", ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"])
def test_what_an_earlier_download_left_in_the_hubs_cache_is_found(
    tmp_path: Path, no_network: list[str], empty_cache: Path, name: str
) -> None:
    repository = empty_cache / "models--timm--vit_base_patch16_clip_224.openai"
    snapshot = repository / "snapshots" / "0123abc"
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc")
    (snapshot / name).write_bytes(b"x")
    found = find_weights(**NAMED, weights=None, folder=str(tmp_path), download=True)
    assert found == snapshot / name
    assert no_network == []


def test_a_tag_that_open_clip_does_not_know_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="knows no weights 'mine' for ViT-B-16"):
        find_weights("ViT-B-16", "mine", None, str(tmp_path), download=False)


def test_an_unknown_architecture_is_named(folder: Path) -> None:
    with pytest.raises(ConfigError, match="knows no such model"):
        toy_backbone(folder, arch="ViT-Z-99")


def test_weights_trained_with_quick_gelu_need_the_name_that_has_it(folder: Path) -> None:
    with pytest.raises(ConfigError, match="ViT-B-16-quickgelu"):
        toy_backbone(folder, arch="ViT-B-16", pretrained="openai")


def in_hub_cache(cache: Path, folder: Path, repository: str = "mine/toy") -> Path:
    """A snapshot in the hub's cache with what ``folder`` holds."""
    place = cache / f"models--{repository.replace('/', '--')}"
    snapshot = place / "snapshots" / "0123abc"
    shutil.copytree(folder, snapshot)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("0123abc")
    return snapshot


def test_a_model_of_the_hub_is_not_fetched_unasked(folder: Path, empty_cache: Path) -> None:
    with pytest.raises(WeightsError, match=r"hf-hub:mine/toy .*backbone\.download=true") as caught:
        toy_backbone(folder, arch="hf-hub:mine/toy")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"])
def test_a_model_in_the_hubs_cache_needs_no_network(
    tmp_path: Path, empty_cache: Path, backbone: OpenClipBackbone, name: str
) -> None:
    snapshot = in_hub_cache(empty_cache, toy_folder(tmp_path / "toy"))
    with pytest.raises(WeightsError, match="not in the hub's cache"):
        toy_backbone(tmp_path, arch="hf-hub:mine/toy", weights=None)
    saved(backbone, snapshot / name)
    loaded = toy_backbone(tmp_path, arch="hf-hub:mine/toy", weights=None)
    assert loaded.id == "toy.toy"
    assert loaded.architecture == backbone.architecture
    images = depth(1, 1, 32, 32)
    assert torch.equal(loaded.encode_views(images), backbone.encode_views(images))
    assert torch.equal(loaded.encode_text(["a chair"]), backbone.encode_text(["a chair"]))
    assert toy_backbone(tmp_path, arch="hf-hub:mine/toy", image_size=None).image_size == 32


def test_a_model_of_the_hub_is_fetched_where_that_is_allowed(
    tmp_path: Path, empty_cache: Path, backbone: OpenClipBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    snapshot = in_hub_cache(empty_cache, toy_folder(tmp_path / "toy"))
    saved(backbone, snapshot / "open_clip_model.safetensors")
    asked: list[tuple[str, str, bool]] = []

    def download(repository: str, name: str, local_files_only: bool = False, **_: Any) -> str:
        asked.append((repository, name, local_files_only))
        return str(snapshot / name)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    toy_backbone(tmp_path, arch="hf-hub:mine/toy", weights=None, download=True)
    assert asked == [
        ("mine/toy", "open_clip_config.json", False),
        ("mine/toy", "open_clip_model.safetensors", False),
    ]


def test_packages_that_a_tokenizer_lacks_are_named_by_their_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_tokenizer(arch: str) -> None:
        raise ModuleNotFoundError("No module named 'transformers'")

    monkeypatch.setattr(open_clip, "get_tokenizer", get_tokenizer)
    with pytest.raises(WeightsError, match=r"pip install 'pointclip2\[siglip\]'.*transformers"):
        toy_backbone(toy_folder(tmp_path))


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_logit_scale_keeps_its_digits_in_every_precision(
    tmp_path: Path, folder: Path, backbone: OpenClipBackbone, precision: str
) -> None:
    state = {name: value.clone() for name, value in backbone.model.state_dict().items()}
    state["logit_scale"] = torch.tensor(100.0).log()
    path = tmp_path / "w.pt"
    torch.save(state, path)
    assert toy_backbone(folder, weights=str(path), precision=precision).logit_scale == pytest.approx(
        100, abs=1e-3
    )


def test_a_tokenizer_is_not_downloaded_unasked(
    tmp_path: Path, backbone: OpenClipBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    seen: list[bool] = []

    def get_tokenizer(arch: str) -> Any:
        seen.append(constants.HF_HUB_OFFLINE)
        if constants.HF_HUB_OFFLINE:
            raise OSError("offline mode is enabled")
        return backbone.tokenizer

    monkeypatch.setattr(open_clip, "get_tokenizer", get_tokenizer)
    folder = toy_folder(tmp_path)
    with pytest.raises(WeightsError, match=r"tokenizer is not on this machine.*backbone\.download=true"):
        toy_backbone(folder)
    toy_backbone(folder, download=True)
    assert seen == [True, False]
    assert constants.HF_HUB_OFFLINE is False


def test_a_local_folder_says_itself_how_its_images_are_prepared(tmp_path: Path) -> None:
    folder = toy_folder(tmp_path)
    path = folder / "open_clip_config.json"
    content = json.loads(path.read_text())
    content["preprocess_cfg"] = {"mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6]}
    path.write_text(json.dumps(content))
    model = build(
        compose(
            "evaluate", ["backbone=local", f"backbone.arch=local-dir:{folder}", "backbone.weights=random"]
        ).backbone
    )
    assert model.image_size == content["model_cfg"]["vision_cfg"]["image_size"]
    torch.testing.assert_close(model.image_mean.flatten(), torch.tensor([0.1, 0.2, 0.3]))
    torch.testing.assert_close(model.image_std.flatten(), torch.tensor([0.4, 0.5, 0.6]))


def test_what_nobody_says_about_preparing_images_is_asked_for() -> None:
    node = compose("evaluate", ["backbone=local", "backbone.arch=RN50", "backbone.weights=random"]).backbone
    with pytest.raises(ConfigError, match=r"RN50: give backbone\.image_size and backbone\.image_mean"):
        build(node)
