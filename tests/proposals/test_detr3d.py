"""3DETR-m against the golden forward pass, and what its loader takes and refuses."""

import argparse
import io
import pickle
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pointclip2.proposals.detr3d import Detr3dProposals
from pointclip2.proposals.detr3d_model import Detr3d, load_detr3d
from pointclip2.types import ConfigError, Scene, WeightsError
from tests.places import GOLDEN

FIGURES = np.load(GOLDEN / "detr3d_masked.npz")


def golden_weight(name: str, shape: tuple[int, ...], kind: str) -> Tensor:
    """As the README of the golden figures says."""
    if kind == "int64":
        return torch.zeros(shape, dtype=torch.int64)
    chance = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    x = torch.randn(shape, generator=chance)
    if name.endswith("gauss_B"):
        return torch.randn(shape, generator=chance)
    if name.endswith("running_var"):
        return 1 + 0.2 * x.abs()
    if name.endswith("running_mean"):
        return 0.1 * x
    if len(shape) == 1:
        return 1 + 0.1 * x if name.endswith("weight") else 0.1 * x
    return 2 * x / x[0].numel() ** 0.5


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    rows = [str(row).split("|") for row in FIGURES["state_dict"]]
    shapes = {
        name: tuple(int(n) for n in shape.strip("(),").split(",") if n.strip()) for name, shape, _ in rows
    }
    return {name: golden_weight(name, shapes[name], kind) for name, _, kind in rows}


def saved(folder: Path, content: Any) -> Path:
    path = folder / "detector.pth"
    torch.save(content, path)
    return path


def test_names_and_shapes_are_those_of_the_official_weights(weights: dict[str, Tensor]) -> None:
    ours = {name: tuple(tensor.shape) for name, tensor in Detr3d().state_dict().items()}
    assert ours == {name: tuple(tensor.shape) for name, tensor in weights.items()}


def test_the_forward_pass_is_the_official_one(weights: dict[str, Tensor], tmp_path: Path) -> None:
    model = load_detr3d(
        saved(tmp_path, {"model": weights, "epoch": 1080, "args": argparse.Namespace(nqueries=256)})
    )
    said = model(torch.from_numpy(FIGURES["points"]).unsqueeze(0))
    for found, name in (
        (said.class_logits, "sem_cls_logits"),
        (said.centre_m, "center_unnormalized"),
        (said.size_m, "size_unnormalized"),
        (said.objectness.unsqueeze(-1), "objectness_prob"),
        (said.class_probability, "sem_cls_prob"),
    ):
        golden = torch.from_numpy(FIGURES[name]).reshape(found.shape)
        near = ((found - golden).abs() < 1e-3).all(dim=-1)
        assert float(near.float().mean()) >= 0.99, name


def test_proposals_are_sure_full_apart_and_repeatable(weights: dict[str, Tensor], tmp_path: Path) -> None:
    propose = Detr3dProposals(str(saved(tmp_path, weights)), points=3000)
    scene = Scene("golden", torch.from_numpy(FIGURES["points"]))
    first, second = propose(scene), propose(scene)
    assert first.boxes.centre_m.equal(second.boxes.centre_m)
    assert first.objectness.tolist() == sorted(first.objectness.tolist(), reverse=True)
    assert 0 < len(first.boxes) < 256
    assert propose.describe()["points"] == 3000


def test_a_scene_of_one_point_gives_finite_boxes(weights: dict[str, Tensor]) -> None:
    model = Detr3d()
    model.load_state_dict(weights)
    said = model(torch.zeros(1, 1, 3))
    assert bool(said.centre_m.isfinite().all())
    assert bool((said.size_m > 0).all())


def test_turned_boxes_have_angles_between_minus_pi_and_pi() -> None:
    model = Detr3d(classes=10, angle_bins=12)
    angle = model._angle(torch.eye(12).unsqueeze(0) * 5, torch.full((1, 12, 12), 0.5))
    assert float(angle.abs().max()) <= np.pi + 1e-6
    assert float(angle[0, 1]) == pytest.approx(2 * np.pi / 12 * 1.25, abs=1e-5)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"model": {"conv.weight": torch.zeros(1)}}, "no checkpoint of 3DETR-m"),
        ({"model": [1, 2]}, "no state dict"),
        ([1, 2], "no state dict"),
    ],
)
def test_a_checkpoint_of_another_model_is_refused_by_name(content: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=told) as caught:
        load_detr3d(saved(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert "detector.pth" in str(caught.value)


def test_a_detector_without_its_masks_is_another_model(weights: dict[str, Tensor], tmp_path: Path) -> None:
    vanilla = {name: tensor for name, tensor in weights.items() if "interim_downsampling" not in name}
    with pytest.raises(WeightsError, match=r"lacks encoder\.interim_downsampling.* more"):
        load_detr3d(saved(tmp_path, {"model": vanilla}))
    odd = {**weights, "decoder.norm.weight": torch.zeros(3)}
    with pytest.raises(WeightsError, match=r"decoder\.norm\.weight \(3,\) instead of \(256,\)"):
        load_detr3d(saved(tmp_path, odd))


class Bomb:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return exec, ("raise SystemError('executed')",)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    for name, content in (
        ("a.pth", io.BytesIO(pickle.dumps({"model": Bomb()})).read()),
        ("b.pth", b"no weights"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError, match="plain weights"):
            load_detr3d(tmp_path / name)


def test_missing_weights_say_where_they_are_had(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"proposals\.weights=PATH"):
        Detr3dProposals()
    with pytest.raises(WeightsError, match="no such file"):
        Detr3dProposals(str(tmp_path / "none.pth"))
