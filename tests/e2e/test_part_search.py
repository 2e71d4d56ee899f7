"""Searches for part segmentation the whole way: what they see, what they leave, and what travels with the numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from pointclip2.app.run import Result
from pointclip2.types import ConfigError, DataError
from tests.e2e.test_part_segmentation import chair_file, record_of, run
from tests.toy import toy_folder

SHAPES = ("data.per_class={train:4,val:1,test:2}", "data.limit=null")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_folder(tmp_path_factory.mktemp("toy"))


def searched(toy: Path, outputs: Path, *more: str) -> tuple[Result, dict[str, Any]]:
    result = run(toy, outputs, *SHAPES, "search.points=32", *more)
    return result, record_of(result)


def test_weights_found_on_a_holdout_are_put_in_place_and_read_back(toy: Path, tmp_path: Path) -> None:
    result, record = searched(toy, tmp_path, "search=part_weights", "search.holdout=0.5")
    found = record["search"]
    assert (found["split"], found["data_split"], found["n"]) == ("holdout", "train", 6)
    assert record["selected_on"] == "holdout"
    assert found["score"]["after"] >= found["score"]["before"]
    assert found["history"][0]["values"] == [1.0] * 10
    assert record["view_weights"]["values"] == found["history"][-1]["values"]
    file = result.run_dir / "view_weights.json"
    again = run(toy, tmp_path, "view_weights=file", f"view_weights.path={file}", *SHAPES)
    assert again.metrics == result.metrics
    assert record_of(again)["selected_on"] == "holdout"


def test_a_search_on_test_labels_has_to_be_typed_out_and_is_marked(
    toy: Path, tmp_path: Path, capsys: Any
) -> None:
    _, record = searched(toy, tmp_path, "search=part_weights", "search.split=test_oracle")
    assert record["selected_on"] == "test"
    assert "TEST" in capsys.readouterr().out


def test_sentences_are_chosen_part_by_part(toy: Path, tmp_path: Path) -> None:
    result, record = searched(toy, tmp_path, "search=part_prompts", "search.holdout=0.5", "prompt=bank")
    assert record["search"]["score"]["after"] >= record["search"]["score"]["before"]
    assert record["selected_on"] == "holdout"
    found = json.loads((result.run_dir / "prompts.json").read_text())
    assert set(found) == {"chair", "mug", "table", "checksum"}
    file = result.run_dir / "prompts.json"
    again = run(toy, tmp_path, "prompt=file", f"prompt.path={file}", *SHAPES)
    assert again.metrics == pytest.approx(result.metrics)


def test_only_what_is_held_out_is_encoded(toy: Path, tmp_path: Path) -> None:
    searched(toy, tmp_path, "search=part_weights", "search.holdout=0.25")
    keys = [json.loads(path.read_text()) for path in (tmp_path / "features").rglob("key.json")]
    assert sorted(key["samples"] for key in keys) == [3, 6]


@pytest.mark.parametrize(
    ("more", "error", "told"),
    [
        (["search=grid"], ConfigError, "search=part_weights or search=part_prompts"),
        (["search=part_weights", "view_weights=entropy"], ConfigError, "same weights for every shape"),
        (["search=part_weights", "search.levels=[]"], ConfigError, "levels is empty"),
        (["search=part_weights", "task.parts=all"], ConfigError, "goes with task.parts=category"),
    ],
)
def test_searches_that_cannot_be_made_say_why(
    toy: Path, tmp_path: Path, more: list[str], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        run(toy, tmp_path, "data.per_class={train:2,val:1,test:2}", *more)


def test_data_without_a_train_split_names_what_there_is(toy: Path, tmp_path: Path) -> None:
    path = chair_file(tmp_path / "scans")
    with pytest.raises(DataError, match="no train split"):
        run(toy, tmp_path, "data=folder", f"data.path={path}", "task.category=chair", "search=part_weights")
