"""Part segmentation the whole way through ``pointclip2.app.run.evaluate``, on small data and a toy CLIP."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from pointclip2.app.compose import build
from pointclip2.app.console import quiet_lightning
from pointclip2.app.run import Result, evaluate
from pointclip2.encoders.clip.dense import DenseEncoder
from pointclip2.types import ConfigError, UserError
from tests.toy import composed, toy_folder, toy_overrides, toy_run


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many clouds each encoding of cells had."""
    calls: list[int] = []
    original = DenseEncoder.__call__

    def counted(self: DenseEncoder, backbone: Any, images: Any) -> Any:
        calls.append(len(images))
        return original(self, backbone, images)

    monkeypatch.setattr(DenseEncoder, "__call__", counted)
    return calls


def run(toy: Path, outputs: Path, *more: str, task: str = "part_segmentation") -> Result:
    overrides = [f"task={task}", *toy_overrides(toy, outputs), "smoothing=neighbours"]
    if not any(word.startswith("data=") for word in more):
        overrides += ["data.classes=[chair,mug,table]", "data.limit=5"]
    return evaluate(composed("evaluate", [*overrides, *more]))


def record_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def chair_file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "mine.npy", np.random.default_rng(0).random((80, 3)))
    return folder / "mine.npy"


def test_a_run_records_figures_baselines_and_all_they_rest_on(toy: Path, tmp_path: Path, capsys: Any) -> None:
    result = run(toy, tmp_path, "pictures=2")
    record = record_of(result)
    assert {"test/miou_category", "test/miou_instance", "test/point_acc", "test/coverage"} <= set(
        result.metrics
    )
    assert result.objective == result.metrics["test/miou_category"]
    assert set(record["baselines"]) == {"largest_part", "random_parts"}
    assert record["task"] == "part_segmentation"
    assert record["released_defects"] == []
    assert record["selected_on"] == "none"
    assert record["dense"]["attention"] == "plain"
    assert record["cache"]["bits"] == 6
    assert record["category"] == {"source": "given", "accuracy": None}
    assert all(name.startswith(("chair/", "mug/", "table/")) for name in record["part_iou"])
    table = capsys.readouterr().out
    assert "category mIoU" in table
    assert "largest part everywhere" in table
    assert "counts 1" in table

    with (result.run_dir / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    mean = np.mean([float(row["miou"]) for row in rows])
    assert mean == pytest.approx(result.metrics["test/miou_instance"], abs=1e-4)
    assert (result.run_dir / "parts.png").stat().st_size > 5000
    assert len(list((result.run_dir / "clouds").glob("*.ply"))) == 2


def test_the_second_run_encodes_nothing_and_finds_the_same(
    toy: Path, tmp_path: Path, encoded: list[int]
) -> None:
    first = run(toy, tmp_path)
    assert sum(encoded) == 5
    second = run(toy, tmp_path, "prompt=template")
    again = run(toy, tmp_path)
    assert sum(encoded) == 5
    assert again.metrics == first.metrics
    assert record_of(second)["prompt"]["name"] == "template"
    without = run(toy, tmp_path, "features.cache=false")
    assert without.metrics == first.metrics


@pytest.mark.parametrize("change", ["dense=maskclip", "task.cache_bits=8", "data.points=48"])
def test_other_features_are_never_taken_for_these(
    toy: Path, tmp_path: Path, encoded: list[int], change: str
) -> None:
    run(toy, tmp_path)
    run(toy, tmp_path, change)
    assert sum(encoded) == 10


def test_the_released_program_is_labelled_in_record_table_and_sentence(
    toy: Path, tmp_path: Path, capsys: Any
) -> None:
    overrides = [word for word in toy_overrides(toy, tmp_path) if not word.startswith("projector")]
    overrides += ["data.classes=[chair,mug]", "data.limit=2"]
    cfg = composed("evaluate", ["task=part_segmentation_released", *overrides])
    assert cfg.smoothing._target_.endswith("NoSmoothing")
    assert (cfg.task.window, cfg.task.scramble, cfg.projector.lookup) == (6, True, "transposed")
    result = evaluate(cfg)
    record = record_of(result)
    assert record["released_defects"] == ["scrambled features", "transposed lookup"]
    assert "AS RELEASED" in record["protocol"]
    told = capsys.readouterr().out
    assert told.count("AS RELEASED") >= 3
    assert "transposed lookup" in told


def test_one_defect_alone_is_named_too(toy: Path, tmp_path: Path) -> None:
    assert record_of(run(toy, tmp_path, "task.scramble=true"))["released_defects"] == ["scrambled features"]


def test_the_users_own_cloud_is_segmented_into_the_users_own_parts(toy: Path, tmp_path: Path) -> None:
    path = chair_file(tmp_path / "scans")
    more = [
        "data=folder",
        f"data.path={path}",
        "task.category=chair",
        "task.parts=[back,seat,leg]",
        "pictures=3",
    ]
    result = run(toy, tmp_path, *more)
    assert result.metrics == {}
    assert result.objective != result.objective
    record = record_of(result)
    assert record["coverage"] > 0
    assert record["prompt"]["count"] == 3
    (ply,) = (result.run_dir / "clouds").glob("*.ply")
    cloud = trimesh.load(ply)
    assert len(cloud.vertices) == 64
    parts = cloud.metadata["_ply_raw"]["vertex"]["data"]["part"].reshape(-1)
    assert set(parts.tolist()) <= {0, 1, 2}
    assert len(np.unique(np.asarray(cloud.colors), axis=0)) == len(set(parts.tolist()))
    header = ply.read_bytes().split(b"end_header")[0].decode()
    assert "comment part 1 seat" in header


def test_a_category_of_the_bank_brings_its_parts_to_a_folder(toy: Path, tmp_path: Path) -> None:
    path = chair_file(tmp_path / "scans")
    more = ["data=folder", f"data.path={path}", "task.category=rocket", "prompt=bank"]
    assert record_of(run(toy, tmp_path, *more))["prompt"]["count"] == 36


def test_a_category_can_be_predicted_and_its_accuracy_is_told(toy: Path, tmp_path: Path, capsys: Any) -> None:
    result = run(toy, tmp_path, "task.category=predicted")
    record = record_of(result)
    assert record["category"]["source"] == "predicted"
    assert 0 <= record["category"]["accuracy"] <= 1
    assert "categories predicted right" in capsys.readouterr().out
    with (result.run_dir / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    right = np.mean([row["truth"] == row["category"] for row in rows])
    assert right == pytest.approx(record["category"]["accuracy"])


def test_parts_of_all_categories_may_be_asked_for(toy: Path, tmp_path: Path) -> None:
    everything = run(toy, tmp_path, "task.parts=all", "pictures=5")
    own = run(toy, tmp_path)
    assert everything.metrics["test/miou_category"] <= own.metrics["test/miou_category"] + 1e-9


def test_every_cloud_can_be_written_and_none(toy: Path, tmp_path: Path) -> None:
    whole = run(toy, tmp_path, "task.ply=all")
    assert len(list((whole.run_dir / "clouds").glob("*.ply"))) == 5
    none = run(toy, tmp_path, "task.ply=none", "pictures=2")
    assert not (none.run_dir / "clouds").exists()
    assert (none.run_dir / "parts.png").is_file()


def test_the_gallery_has_truth_beside_prediction_with_a_legend(toy: Path, tmp_path: Path) -> None:
    words = ["data.classes=[chair,mug]", "data.limit=3", "pictures=2", f"run_dir={tmp_path}"]
    cfg = composed("evaluate", ["task=part_segmentation", *toy_overrides(toy, tmp_path), *words])
    with quiet_lightning():
        finding = build(cfg.task).run(toy_run(cfg))
    assert len(finding.gallery) == 2
    for item in finding.gallery:
        assert [cloud.title for cloud in item.clouds] == ["truth", "prediction"]
        shown = {
            tuple(colour) for cloud in item.clouds for colour in np.unique(cloud.colours, axis=0).tolist()
        }
        assert shown == {colour for _, colour in item.legend}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["task.category=chiar"], "task.category=chiar: given, predicted, or .*chair"),
        (["task.parts=seat"], "give a list, task.parts="),
        (["task.window=0"], "window=0"),
        (["task.upsample=cubic"], "bilinear, nearest"),
        (["task.cache_bits=3"], "8, 6, 4"),
        (["task.ply=some"], "pictures, all, none"),
        (["dense.attention=both"], "plain, value"),
        (["smoothing=regions", "smoothing.kind=some"], "kmeans or graph"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    toy: Path, tmp_path: Path, more: list[str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        run(toy, tmp_path, *more)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("results.json"))


def test_files_without_parts_say_how_to_name_them(toy: Path, tmp_path: Path) -> None:
    path = chair_file(tmp_path / "scans")
    with pytest.raises(UserError, match=r"task.parts=\[back,seat,leg\]"):
        run(toy, tmp_path, "data=folder", f"data.path={path}", "data.classes=[chair,table]")


def test_unreadable_clouds_are_skipped_and_named(toy: Path, tmp_path: Path) -> None:
    chair_file(tmp_path / "scans")
    (tmp_path / "scans" / "broken.npy").write_bytes(b"nothing")
    more = ["data=folder", f"data.path={tmp_path / 'scans'}", "task.category=chair"]
    result = run(toy, tmp_path, *more)
    assert list(result.skipped) == ["broken.npy"]
    assert record_of(result)["data"]["n"] == 1
