"""Every option of ``encoder``, launched: what goes with it works the whole way, what does not is one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from pointclip2.app.compose import compose
from pointclip2.app.run import Result, evaluate
from pointclip2.types import ConfigError, UserError, WeightsError
from tests.toy import toy_folder, toy_overrides

POINTS = ["encoder=point_nn", "encoder.stages=2", "encoder.dim=6", "encoder.neighbours=8"]
SMALL = ["data.classes=[chair,table,lamp]", "data.per_class={train: 4, val: 2, test: 3}"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def launched(program: str, toy: Path, outputs: Path, *more: str) -> Result:
    words = toy_overrides(toy, outputs)
    return evaluate(compose(program, [*words, *([] if "task=detection" in more else SMALL), *more]))


def record_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def test_an_encoder_of_points_is_learned_on_and_tested_again_with_the_same_figure(
    toy: Path, tmp_path: Path
) -> None:
    more = ["adapter=linear_probe", "adapter.iterations=10", "task.copies=0", "data.shots=3", "pictures=1"]
    trained = launched("train", toy, tmp_path, *POINTS, *more)
    saved = f"adapter.checkpoint={trained.run_dir}"
    tested = launched("evaluate", toy, tmp_path, *POINTS, saved, "pictures=1")
    assert tested.metrics == trained.metrics
    assert "test/acc_zero_shot" not in trained.metrics
    for result in (trained, tested):
        record = record_of(result)
        assert record["backbone"]["id"] == "point_nn"
        assert record["prompt"]["count"] == 0
        assert "projector" not in record
        assert "differs" not in record["adapter"]
        assert (result.run_dir / "confusion.png").is_file()
        assert not (result.run_dir / "views.png").exists()
    # Vectors that mean something else are not taken for these.
    for other in ("encoder.neighbours=9", "encoder.stages=1"):
        with pytest.raises(WeightsError, match=r"was trained for .*, this run has .*: choose that encoder"):
            launched("evaluate", toy, tmp_path, *POINTS, saved, other)


def test_point_nn_as_an_adapter_goes_with_point_nn_as_encoder(toy: Path, tmp_path: Path) -> None:
    more = ["adapter=point_nn", "adapter.stages=2", "adapter.dim=6", "adapter.neighbours=8", "data.shots=2"]
    trained = launched("train", toy, tmp_path, *POINTS, *more)
    tested = launched("evaluate", toy, tmp_path, *POINTS, f"adapter.checkpoint={trained.run_dir}")
    assert tested.metrics == trained.metrics


def test_cells_are_for_part_segmentation_and_views_for_classification(toy: Path, tmp_path: Path) -> None:
    assert launched("evaluate", toy, tmp_path, "encoder=views").metrics
    parts = launched("evaluate", toy, tmp_path, "task=part_segmentation", "encoder=dense", "smoothing=none")
    assert record_of(parts)["encoder"]["kind"] == "dense views"


@pytest.mark.parametrize(
    ("program", "words", "told"),
    [
        ("evaluate", POINTS, "point_nn knows no sentences.*adapter=linear_probe"),
        ("evaluate", [*POINTS, "task=detection"], "point_nn knows no sentences"),
        ("evaluate", ["task=part_segmentation", "encoder=views"], "encoder=dense"),
        ("evaluate", [*POINTS, "task=part_segmentation"], "encoder=dense"),
        ("evaluate", ["encoder=dense", "+dense=plain"], "encoder=views"),
        ("train", ["encoder=dense", "+dense=plain", "adapter=cache", "data.shots=2"], "encoder=views"),
        ("train", [*POINTS, "adapter=cache", "data.shots=2"], "adapter=cache compares clouds with sentences"),
        ("train", [*POINTS, "adapter=inter_view", "data.shots=2"], "adapter=inter_view compares"),
        ("train", [*POINTS, "adapter=learnable_smoothing", "data.shots=2"], "adapter=learnable_smoothing"),
    ],
)
def test_what_does_not_go_together_is_one_line(
    toy: Path, tmp_path: Path, program: str, words: list[str], told: str
) -> None:
    with pytest.raises(UserError, match=told) as caught:
        launched(program, toy, tmp_path, *words)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ConfigError)
    assert not list(tmp_path.rglob("results.json"))


def test_the_precision_that_ran_is_part_of_what_features_are(toy: Path, tmp_path: Path) -> None:
    launched("evaluate", toy, tmp_path, "+trainer.precision=bf16-mixed")
    launched("evaluate", toy, tmp_path)
    launched("evaluate", toy, tmp_path, "features.shard_size=2", "features.batch_size=3")
    keys = [json.loads(path.read_text()) for path in (tmp_path / "features").rglob("key.json")]
    assert sorted(key["precision"] for key in keys) == ["32-true", "bf16-mixed"]
