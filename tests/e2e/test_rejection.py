"""Runs that may answer "none of these"."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pointclip2.app.run import Result, evaluate
from pointclip2.types import ConfigError, DataError
from tests.toy import composed, toy_folder, toy_overrides

ASKED = ("task.refused=0.1", "task.reference_shapes=1")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def run(toy: Path, outputs: Path, *more: str) -> Result:
    return evaluate(composed("evaluate", [*toy_overrides(toy, outputs), *more]))


def record_of(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((result.run_dir / "results.json").read_text())
    return content


def test_strangers_are_judged_and_leave_the_accuracy_as_it_is(toy: Path, tmp_path: Path) -> None:
    shapes = ("data.classes=[chair,table,lamp]", "data.per_class.test=2")
    plain = run(toy, tmp_path, *shapes)
    asked = run(toy, tmp_path, *shapes, "data.strangers=[spoon,ladder]", *ASKED)
    assert {name: asked.metrics[name] for name in plain.metrics} == plain.metrics
    assert {"test/ece", "test/aurc", "test/auroc", "test/refused", "test/caught"} <= set(asked.metrics)
    rejection = record_of(asked)["rejection"]
    assert (rejection["known"], rejection["strange"], rejection["allowed"]) == (6, 4, 0.1)
    assert rejection["selected_on"] == "holdout"
    assert rejection["risk_coverage"]["coverage"][-1] == 1
    low, high = rejection["intervals"]["test/auroc"]
    assert low <= asked.metrics["test/auroc"] <= high
    with (asked.run_dir / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert sum(float(row["none"]) > 0.5 for row in rows) == rejection["none"]


def test_unasked_nothing_of_it_is_there(toy: Path, tmp_path: Path) -> None:
    found = run(toy, tmp_path, "data.classes=[chair,table]", "data.per_class.test=1")
    assert "rejection" not in record_of(found)
    assert "test/ece" not in found.metrics


def test_without_strangers_only_their_figures_are_missing(toy: Path, tmp_path: Path) -> None:
    found = run(toy, tmp_path, "data.classes=[chair,table]", "data.per_class.test=2", *ASKED)
    assert "test/refused" in found.metrics
    assert not {"test/auroc", "test/caught"} & set(found.metrics)


def test_own_files_with_labels_beside_the_known_names_are_strangers(toy: Path, tmp_path: Path) -> None:
    for folder in ("chair", "table", "duck", "none of these", "."):
        (tmp_path / "clouds" / folder).mkdir(parents=True, exist_ok=True)
        np.save(tmp_path / "clouds" / folder / "one.npy", np.random.default_rng(0).normal(size=(80, 3)))
    own = ("data=folder", f"data.path={tmp_path / 'clouds'}", "data.up=y", "data.points=64")
    found = run(toy, tmp_path, *own, "data.classes=known", *ASKED)
    rejection = record_of(found)["rejection"]
    assert (rejection["known"], rejection["strange"]) == (2, 2)
    assert record_of(found)["data"]["n"] == 5  # the unlabelled one counts nowhere


@pytest.mark.parametrize(
    ("option", "said"),
    [("task.refused=1.5", "between 0 and 1"), ("task.refused=0", "between 0 and 1")],
)
def test_a_share_that_is_none_is_refused(toy: Path, tmp_path: Path, option: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(toy, tmp_path, "data.limit=2", option)


def test_a_number_of_shapes_that_is_none_is_refused(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="1 or more"):
        run(toy, tmp_path, "data.limit=2", "task.refused=0.1", "task.reference_shapes=0")


def test_strangers_that_the_world_cannot_make_are_refused(toy: Path, tmp_path: Path) -> None:
    with pytest.raises((ConfigError, DataError), match="dragon"):
        run(toy, tmp_path, "data.strangers=[dragon]")
