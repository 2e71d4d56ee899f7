import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pointclip2.encoders.clip import OpenClipBackbone, tiny
from pointclip2.encoders.clip import tiny as tiny_function
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.encoders.clip.weights import file_hash
from pointclip2.types import WeightsError


@pytest.fixture(scope="module")
def model() -> OpenClipBackbone:
    return tiny()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: OpenClipBackbone) -> Path:
    """The model's folder, copied to where it can be damaged, with weights and a card."""
    import sys

    module = sys.modules[tiny_function.__module__]
    folder = tmp_path / "tiny_clip"
    folder.mkdir()
    shutil.copy(module.FOLDER / "open_clip_config.json", folder)  # type: ignore[attr-defined]
    state = {name: value.contiguous() for name, value in model.model.state_dict().items()}
    save_file(state, folder / "open_clip_model.safetensors")
    card = {"sha256": file_hash(folder / "open_clip_model.safetensors"), "trained_on": "nothing but a test."}
    (folder / "model.json").write_text(json.dumps(card))
    monkeypatch.setattr(module, "FOLDER", folder)
    return folder


def test_it_works_offline(model: OpenClipBackbone) -> None:
    features = model.encode_views(torch.rand(1, 2, 112, 112))
    assert features.shape[:2] == (1, 2)
    assert model.encode_text(["a chair"]).shape == (1, features.shape[2])
    assert DenseEncoder()(model, torch.rand(1, 1, 112, 112)).shape == (1, 1, 10, 10, features.shape[2])


def test_it_says_what_it_was_trained_on_or_that_it_was_not(model: OpenClipBackbone) -> None:
    assert model.trained_on != ""
    assert model.trained == ("RANDOM" not in model.trained_on)


def test_the_card_beside_its_weights_is_what_results_say(elsewhere: Path) -> None:
    model = tiny()
    assert model.trained
    assert model.id == "tiny_clip.shapes"
    assert model.trained_on == "nothing but a test."


def test_damaged_weights_are_refused(elsewhere: Path) -> None:
    path = elsewhere / "open_clip_model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="damaged") as caught:
        tiny()
    assert str(path) in str(caught.value)


def test_a_card_without_weights_says_which_file_is_missing(elsewhere: Path) -> None:
    (elsewhere / "open_clip_model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"put open_clip_model\.safetensors there"):
        tiny()


def test_other_weights_of_the_same_architecture_can_be_given(elsewhere: Path) -> None:
    model = tiny(weights=str(elsewhere / "open_clip_model.safetensors"))
    assert model.id == "tiny_clip.local"
    assert model.trained_on == ""


def test_random_weights_are_loud(elsewhere: Path) -> None:
    model = tiny(weights="random")
    assert model.id == "tiny_clip.random"
    assert "RANDOM WEIGHTS" in model.trained_on
