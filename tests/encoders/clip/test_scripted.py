"""OpenAI's TorchScript archives are weights like others, and their code is never run."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.clip.scripted import scripted_state
from pointclip2.types import WeightsError
from tests.encoders.clip.test_openclip import Trap
from tests.toy import toy_backbone, toy_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


class Node(torch.nn.Module):
    """A module with whatever tensors and modules it is given."""

    def forward(self, x: Any) -> Any:
        return x + 1


def archived(state: dict[str, torch.Tensor], path: Path, half: bool = True) -> Path:
    """Trace and save a module that has these tensors, and what OpenAI's have beside them."""
    root = Node()
    for name, value in {**state, "transformer.attn_mask": torch.zeros(3, 3)}.items():
        *parents, last = name.split(".")
        place = root
        for parent in parents:
            if parent not in place._modules:
                place.add_module(parent, Node())
            place = place.get_submodule(parent)
        place.register_buffer(last, value.half() if half and value.is_floating_point() else value)
    for name in ("input_resolution", "context_length", "vocab_size"):
        root.register_buffer(name, torch.tensor(77))
    torch.jit.save(torch.jit.trace(root, torch.zeros(1)), path)
    return path


@pytest.mark.filterwarnings("ignore")
def test_the_weights_of_an_archive_are_those_of_its_module(folder: Path, tmp_path: Path) -> None:
    plain = toy_backbone(folder)
    path = archived(
        {name: 0.5 * value for name, value in plain.model.state_dict().items()}, tmp_path / "w.pt"
    )
    loaded = toy_backbone(folder, weights=str(path))
    for name, value in plain.model.state_dict().items():
        torch.testing.assert_close(loaded.model.state_dict()[name], 0.5 * value, atol=1e-3, rtol=1e-3)
    assert (loaded.encode_text(["a chair"]) * plain.encode_text(["a chair"])).sum() < 0.9999


@pytest.mark.filterwarnings("ignore")
def test_an_archive_of_a_deeper_or_another_model_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    deep = toy_backbone(toy_folder(tmp_path / "deep", layers=3)).model.state_dict()
    for state in (deep, {"positional_embedding": torch.zeros(77, 2)}):
        path = archived(state, tmp_path / "w.pt")
        with pytest.raises(WeightsError, match="a checkpoint of another model") as caught:
            toy_backbone(folder, weights=str(path))
        assert "\n" not in str(caught.value)


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.pt", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("w/constants.pkl", b"")
        with archive.open("w/data/0", "w") as entry:
            for _ in range(40):
                entry.write(bytes(2**24))
    with pytest.raises(WeightsError, match=r"w\.pt: its .* bytes unpack to"):
        scripted_state(tmp_path / "w.pt")


def test_code_in_an_archive_is_refused_and_not_run(folder: Path, tmp_path: Path) -> None:
    path, trap = tmp_path / "w.pt", tmp_path / "trap"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w/data.pkl", pickle.dumps(Trap(trap)))
        archive.writestr("w/constants.pkl", b"")
    with pytest.raises(WeightsError, match="it holds more than tensors") as caught:
        toy_backbone(folder, weights=str(path))
    assert "\n" not in str(caught.value)
    assert not trap.exists()


@pytest.mark.filterwarnings("ignore")
def test_a_torn_archive_is_one_line(tmp_path: Path) -> None:
    whole = archived({"a.0.weight": torch.arange(6.0).view(2, 3)}, tmp_path / "w.pt", half=False)
    assert torch.equal(scripted_state(whole)["a.0.weight"], torch.arange(6.0).view(2, 3))
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(tmp_path / "torn.pt", "w") as torn:
        for name in archive.namelist():
            content = archive.read(name)
            torn.writestr(name, content[:-8] if "/data/" in name else content)
    with pytest.raises(
        WeightsError, match=r"torn\.pt: a torn TorchScript archive \(\d+ values promised, \d+ there\)"
    ):
        scripted_state(tmp_path / "torn.pt")


def test_of_a_folder_the_only_checkpoint_is_taken(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is a folder with no checkpoint in it: give the file of"):
        toy_backbone(folder, weights=str(tmp_path))
    backbone: OpenClipBackbone = toy_backbone(folder)
    state = {name: 0.5 * value for name, value in backbone.model.state_dict().items()}
    torch.save(state, tmp_path / "mine.pt")
    (tmp_path / "README").touch()
    loaded = toy_backbone(folder, weights=str(tmp_path))
    assert torch.equal(loaded.model.visual.conv1.weight, state["visual.conv1.weight"])
    torch.save(state, tmp_path / "other.bin")
    with pytest.raises(WeightsError, match=r"several checkpoints \(mine\.pt, other\.bin\): give the file of"):
        toy_backbone(folder, weights=str(tmp_path))
