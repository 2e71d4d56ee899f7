"""Folders whose axes nobody told, the whole way through `evaluate` with the built-in model."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pointclip2.app.run import Result, evaluate
from pointclip2.data.folder import Folder
from pointclip2.data.prepare import TO_Y_UP
from pointclip2.encoders.upright import Upright
from pointclip2.geometry.standing import UPS
from pointclip2.tasks.classification import report
from pointclip2.types import CloudBatch, Features
from pointclip2.worlds.shapes.world import Shapes
from tests.toy import composed

LYING = {"chair": "z", "table": "-x", "toilet": "y", "piano": "-y"}


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """A folder of four objects, each with another axis up."""
    split = Shapes(list(LYING), per_class={"train": 1, "val": 1, "test": 1}).open("test")
    for index, (name, up) in enumerate(LYING.items()):
        (tmp_path / "clouds" / name).mkdir(parents=True)
        points = split[index].points.numpy() @ np.array(TO_Y_UP[up], dtype=np.float32)
        np.save(tmp_path / "clouds" / name / "a.npy", points)
    return tmp_path / "clouds"


def run(lying: Path, *more: str) -> Result:
    options = ["data=folder", f"data.path={lying}", f"paths.outputs={lying.parent / 'outputs'}"]
    return evaluate(composed("evaluate", [*options, "trainer=cpu", "logger=none", "report=false", *more]))


def facts(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())["data"]
    return data


def test_what_lies_is_set_upright_named_and_said_also_from_the_cache(lying, caplog, monkeypatch):
    first = run(lying, "pictures=0")
    assert first.metrics["test/acc"] == 1.0
    assert facts(first)["up"]["taken"] == dict.fromkeys(LYING.values(), 1)
    (line,) = [one for one in caplog.messages if "up: " in one]
    for up in LYING.values():
        assert f"1 {up}" in line

    def encoded_again(self: Upright, clouds: CloudBatch) -> Features:
        raise AssertionError("the features are in the cache")

    monkeypatch.setattr(Upright, "encode", encoded_again)
    again = run(lying, "pictures=0")
    assert facts(again)["up"] == facts(first)["up"]
    assert again.metrics == first.metrics


def test_told_axes_are_obeyed_and_nothing_is_said_of_them(lying, caplog):
    result = run(lying, "pictures=0", "data.up=y")
    assert "up" not in facts(result)
    assert not [one for one in caplog.messages if "up: " in one]
    assert facts(result)["checksum"] != facts(run(lying, "pictures=0"))["checksum"]


def test_pictures_show_the_clouds_as_the_model_decided(lying, monkeypatch):
    decide, shown = Upright.encode, []

    def otherwise(self: Upright, clouds: CloudBatch) -> Features:
        features = decide(self, clouds)
        assert clouds.ups is not None
        return Features(features.vectors, ups=clouds.ups.roll(3, dims=1))  # all upside down

    def drawn(dataset: Any, *rest: Any) -> list[Any]:
        shown.extend(dataset[index] for index in range(len(dataset)))
        return []

    monkeypatch.setattr(Upright, "encode", otherwise)
    monkeypatch.setattr(report, "shown_shapes", drawn)
    run(lying, "pictures=2")
    split = Folder(str(lying)).open("test")
    assert len(shown) == len(split)
    for cloud, index in zip(shown, range(len(split)), strict=True):
        assert torch.equal(cloud.points[:, 1], -split[index].points[:, 1])
        assert UPS[cloud.ups.argmax()] != LYING[split.classes[split.labels[index]]]
