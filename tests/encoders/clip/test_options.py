"""The options of the `backbone` group against what open_clip knows of each model."""

import inspect
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
import yaml  # type: ignore[import-untyped]

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import OpenClipBackbone, tiny
from pointclip2.types import WeightsError
from tests.places import CONF

FOLDER = CONF / "backbone"
OPTIONS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}
NAMED = [name for name in OPTIONS if name not in ("tiny", "local")]
OPENAI = ["rn50", "rn101", "vit_b32", "vit_b16"]


def test_all_options_are_there() -> None:
    assert set(OPTIONS) == {
        *("tiny", "local", *OPENAI, "vit_b16_dfn2b", "vit_l14_dfn2b", "vit_h14_dfn5b", "vit_b16_siglip2"),
        *("vit_so400m_siglip2", "pe_core_b16", "mobileclip2_s0", "mobileclip2_s2", "eva02_b16"),
    }


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_has_exactly_the_arguments_of_its_constructor(name: str) -> None:
    values: dict[str, Any] = dict(OPTIONS[name])
    target = {
        "pointclip2.encoders.clip.tiny": tiny,
        "pointclip2.encoders.clip.OpenClipBackbone": OpenClipBackbone,
    }
    parameters = inspect.signature(target[values.pop("_target_")]).parameters
    assert list(values) == list(parameters)


@pytest.mark.parametrize("name", NAMED)
def test_architecture_and_tag_are_known_to_open_clip(name: str) -> None:
    values = OPTIONS[name]
    assert values["arch"] in open_clip.list_models()
    assert open_clip.get_pretrained_cfg(values["arch"], values["pretrained"])


@pytest.mark.parametrize("name", NAMED)
def test_mean_deviation_and_size_are_those_of_the_weights(name: str) -> None:
    values = OPTIONS[name]
    known = open_clip.get_pretrained_cfg(values["arch"], values["pretrained"])
    assert tuple(values["image_mean"]) == known["mean"]
    assert tuple(values["image_std"]) == known["std"]
    assert values["image_size"] == open_clip.get_model_config(values["arch"])["vision_cfg"]["image_size"]


@pytest.mark.parametrize("name", NAMED)
def test_the_activation_is_that_of_the_weights(name: str) -> None:
    values = OPTIONS[name]
    wanted = open_clip.get_pretrained_cfg(values["arch"], values["pretrained"]).get("quick_gelu", False)
    assert open_clip.get_model_config(values["arch"]).get("quick_gelu", False) == wanted
    if name in OPENAI or "dfn" in name:
        assert values["arch"].endswith("-quickgelu")


@pytest.mark.parametrize("name", NAMED)
def test_only_the_papers_own_four_leave_images_unnormalised(name: str) -> None:
    assert OPTIONS[name]["normalise"] == (name not in OPENAI)


def test_nothing_is_downloaded_and_the_missing_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    weights = compose("evaluate", ["backbone=rn50", f"paths.data={tmp_path}"]).backbone.weights_folder
    for name in NAMED:
        values = {**OPTIONS[name], "weights_folder": weights}
        expected = tmp_path / "weights" / f"{values['arch']}.{values['pretrained']}.safetensors"
        with pytest.raises(WeightsError, match="huggingface") as caught:
            build(values)
        assert str(expected) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vit_b32", "mobileclip2_s0"])
def test_a_named_model_of_full_size_keeps_the_contract(name: str) -> None:
    backbone = build(compose("evaluate", [f"backbone={name}", "backbone.weights=random"]).backbone)
    features = backbone.encode_views(torch.rand(1, 2, 112, 112))
    text = backbone.encode_text(["a chair"])
    torch.testing.assert_close(features.norm(dim=-1), torch.ones(1, 2))
    assert text.shape[1] == features.shape[2]
    assert float(backbone.logit_scale) > 1
