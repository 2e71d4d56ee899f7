"""What all adapters have in common: they learn, they are saved whole, and they refuse what is not theirs."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from pointclip2.heads.adapters import (
    Adapter,
    CacheAdapter,
    InterViewAdapter,
    LinearProbe,
    PointNNAdapter,
    Samples,
)
from pointclip2.heads.adapters.file import (
    SavedAdapter,
    load_adapter,
    read_adapter,
    save_adapter,
    saved_adapter,
)
from pointclip2.heads.adapters.register import ADAPTERS
from pointclip2.types import ConfigError, TrainingError, WeightsError
from tests.heads.adapters.made import CLASSES, samples, setting

BACKBONE = {"id": "toy.none", "weights_hash": "abc"}
MAKERS: dict[str, Callable[[], Adapter]] = {
    "inter_view": lambda: InterViewAdapter(recipe={"epochs": 40, "batch": 8}),
    "linear_probe": lambda: LinearProbe(),
    "linear_probe, mean": lambda: LinearProbe(features="mean"),
    "linear_probe, per view": lambda: LinearProbe(features="per_view"),
    "cache": lambda: CacheAdapter(),
    "cache, learned": lambda: CacheAdapter(recipe={"epochs": 4, "optimiser": "adamw", "learning_rate": 1e-3}),
    "point_nn": lambda: PointNNAdapter(),
    "point_nn, clip": lambda: PointNNAdapter(clip=True),
    "point_nn, clip keys": lambda: PointNNAdapter(clip_keys=True),
    "point_nn, both": lambda: PointNNAdapter(clip=True, clip_keys=True),
}


@pytest.fixture(params=MAKERS, scope="module")
def fitted(request: pytest.FixtureRequest) -> Adapter:
    torch.manual_seed(0)
    adapter = MAKERS[request.param]()
    adapter.begin(setting())
    adapter.fit(samples(8), samples(6, seed=1))
    return adapter


def accuracy(adapter: Adapter, test: Samples) -> float:
    return float((adapter.logits(test).argmax(dim=1) == test.labels).float().mean())


def test_it_learns_what_the_texts_do_not_say(fitted: Adapter) -> None:
    test = samples(30, seed=2)
    zero_shot = float((fitted.zero_shot(test.columns["views"]).argmax(dim=1) == test.labels).float().mean())
    assert accuracy(fitted, test) >= zero_shot + 0.2
    assert accuracy(fitted, test) > 0.8


def test_a_sample_does_not_depend_on_those_beside_it(fitted: Adapter) -> None:
    test = samples(5, seed=2)
    alone = Samples({name: column[:1] for name, column in test.columns.items()}, test.labels[:1])
    torch.testing.assert_close(fitted.logits(alone), fitted.logits(test)[:1])


def test_probabilities_are_the_soft_max_of_the_logits(fitted: Adapter) -> None:
    with torch.no_grad():
        logits, probability = fitted.scores(*samples(2).take(fitted.reads))
    torch.testing.assert_close(probability, logits.softmax(dim=1))


def test_a_saved_adapter_gives_the_same_bits(fitted: Adapter, tmp_path: Path) -> None:
    path = tmp_path / "adapter.safetensors"
    save_adapter(path, fitted, BACKBONE, {"shots": 8})
    again, card = load_adapter(path, setting(), BACKBONE)
    assert (card.adapter, list(card.classes), card.made) == (fitted.name, list(CLASSES), {"shots": 8})
    test = samples(9, seed=2)
    assert torch.equal(again.logits(test), fitted.logits(test))
    assert again.chosen() == fitted.chosen()
    assert [path.name for path in tmp_path.iterdir()] == ["adapter.safetensors"]


def test_every_adapter_can_be_named_by_a_file() -> None:
    assert {maker().name for maker in MAKERS.values()} | {"learnable_smoothing"} == set(ADAPTERS)


def test_what_is_chosen_without_validation_is_what_the_options_say() -> None:
    adapter = CacheAdapter(share=7.0, sharpness=3.0)
    adapter.begin(setting())
    adapter.fit(samples(4))
    assert adapter.chosen() == {"share": 7.0, "sharpness": 3.0}


def test_a_loss_that_is_not_finite_stops_the_training() -> None:
    adapter = InterViewAdapter(recipe={"learning_rate": 1e30, "epochs": 9, "warmup_epochs": 0})
    adapter.begin(setting())
    with pytest.raises(TrainingError, match=r"loss is nan.*learning_rate"):
        adapter.fit(samples(8))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    adapter = LinearProbe()
    adapter.begin(setting())
    adapter.fit(samples(4))
    path = tmp_path / "adapter.safetensors"
    save_adapter(path, adapter, BACKBONE, {})
    return path


@pytest.mark.parametrize(
    ("here", "backbone", "told"),
    [
        (setting(("chair", "lamp", "table")), BACKBONE, r"other classes.*night stand.*table"),
        (setting(("lamp", "chair", "night stand")), BACKBONE, "another order"),
        (setting(views=5), BACKBONE, "views 4, this run has 5"),
        (setting(dim=13), BACKBONE, "feature width 12, this run has 13"),
        (setting(), {**BACKBONE, "id": "other"}, "backbone toy.none, this run has other"),
        (setting(), {**BACKBONE, "weights_hash": "x"}, "backbone weights abc, this run has x"),
    ],
)
def test_an_adapter_for_something_else_is_refused(saved: Path, here: Any, backbone: Any, told: str) -> None:
    with pytest.raises(WeightsError, match=told) as caught:
        load_adapter(saved, here, backbone)
    assert "\n" not in str(caught.value)


def rewritten(path: Path, **changed: Any) -> None:
    card, state = read_adapter(path)
    save_file(state, path, {"adapter": json.dumps({**card.__dict__, **changed})})


def test_another_version_is_named_and_refused(saved: Path) -> None:
    rewritten(saved, format=99, pointclip2="9.9")
    with pytest.raises(WeightsError, match=r"pointclip2 9\.9 in format 99"):
        read_adapter(saved)


def test_a_file_cannot_name_an_adapter_or_options_that_there_are_not(saved: Path) -> None:
    rewritten(saved, options={"features": "mean", "os": "rm"})
    with pytest.raises(WeightsError, match="do not fit linear_probe"):
        load_adapter(saved, setting(), BACKBONE)
    rewritten(saved, adapter="os.system")
    with pytest.raises(WeightsError, match=r"no adapter 'os\.system'"):
        load_adapter(saved, setting(), BACKBONE)


def test_weights_of_another_shape_are_refused(saved: Path) -> None:
    state = load_file(saved)
    card, _ = read_adapter(saved)
    save_file(
        {**state, "weight": state["weight"][:, :5].clone()}, saved, {"adapter": json.dumps(card.__dict__)}
    )
    with pytest.raises(WeightsError, match="do not fit"):
        load_adapter(saved, setting(), BACKBONE)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "exploded",))

    path = tmp_path / "adapter.safetensors"
    torch.save({"weight": Bomb()}, path)
    with pytest.raises(WeightsError, match="pickled checkpoints are never read"):
        read_adapter(path)
    assert not (tmp_path / "exploded").exists()


def test_torn_foreign_and_missing_files_are_told_apart(saved: Path, tmp_path: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-9])
    with pytest.raises(WeightsError, match=r"cannot be read|is damaged"):
        read_adapter(saved)
    save_file({"x": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    with pytest.raises(WeightsError, match=r"no adapter of train\.py"):
        read_adapter(tmp_path / "foreign.safetensors")
    os.mkfifo(tmp_path / "pipe.safetensors")
    with pytest.raises(WeightsError, match=r"adapter\.checkpoint=.*: it is a named pipe"):
        read_adapter(tmp_path / "pipe.safetensors")
    with pytest.raises(WeightsError, match="no such file"):
        read_adapter(tmp_path / "nothing.safetensors")


def test_evaluate_takes_saved_adapters_only() -> None:
    assert SavedAdapter().open(setting(), BACKBONE) is None
    with pytest.raises(ConfigError, match=r"adapter\.checkpoint=FILE"):
        saved_adapter(LinearProbe())


def test_a_changed_bit_is_refused_and_a_file_without_checksum_is_told(
    saved: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = saved.read_bytes()
    for place in (len(content) - 3, len(content) // 2, 40):
        saved.write_bytes(content[:place] + bytes([content[place] ^ 2]) + content[place + 1 :])
        with pytest.raises(WeightsError, match=r"take a copy of it, or train it again"):
            read_adapter(saved)
    saved.write_bytes(content)
    card, state = read_adapter(saved)
    assert caplog.records == []
    save_file(state, saved, {"adapter": json.dumps(asdict(card))})
    assert read_adapter(saved)[0] == card
    assert "wrote no checksum into it" in caplog.text
