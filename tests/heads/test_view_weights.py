import contextlib
import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.heads.fusion import fuse, probabilities
from pointclip2.heads.view_weights import (
    PUBLISHED,
    EntropyWeights,
    FileWeights,
    FixedWeights,
    PublishedWeights,
    UniformWeights,
)
from pointclip2.types import ConfigError

# "Published view weights" of the released program, as its best_param.py prints them.
FIGURES = {
    ("modelnet40", "rn50"): ".75 .75 .75 .75 .25 .5 1 1 .25 .25",
    ("modelnet40", "rn101"): ".75 .75 .75 .25 .5 1 .75 .25 .25 .25",
    ("modelnet40", "vit_b32"): ".75 .75 .75 .75 .25 .5 .5 .75 .5 .5",
    ("modelnet40", "vit_b16"): ".75 .75 .75 .25 .75 1 .25 1 .75 .25",
    ("scanobjectnn", "rn50"): ".75 .75 .75 1 1 1 1 1 .25 .25",
    ("scanobjectnn", "rn101"): ".5 .5 .5 .75 .5 1 1 .75 .25 .25",
    ("scanobjectnn", "vit_b32"): ".75 .75 .75 .5 .75 .75 .5 1 .5 .75",
    ("scanobjectnn", "vit_b16"): ".75 .75 .75 .5 .5 1 .75 1 .25 .25",
}
IDS = {
    "rn50": "RN50-quickgelu.openai",
    "rn101": "RN101-quickgelu.openai",
    "vit_b32": "ViT-B-32-quickgelu.openai",
    "vit_b16": "ViT-B-16-quickgelu.openai",
}
LOGITS = torch.zeros(3, 1, 2)


def figures(text: str) -> tuple[float, ...]:
    return tuple(float(value) for value in text.split())


@pytest.mark.parametrize(("data", "backbone"), FIGURES)
def test_the_published_figures_are_found_by_name_and_by_id(data: str, backbone: str) -> None:
    for name in (backbone, IDS[backbone]):
        weights = PublishedWeights().resolve(data, name, 10)
        assert weights.values == figures(FIGURES[data, backbone])
        assert weights.selected_on == "test"


def test_the_table_holds_nothing_else() -> None:
    with PUBLISHED.open(newline="") as file:
        rows = {(row["data"], row["backbone"]): figures(row["values"]) for row in csv.DictReader(file)}
    assert rows == {key: figures(text) for key, text in FIGURES.items()}


@pytest.mark.parametrize("split", ["scanobjectnn_obj_only", "scanobjectnn_obj_bg", "scanobjectnn_pb_t50_rs"])
def test_all_variants_of_scanobjectnn_share_their_weights(split: str) -> None:
    assert PublishedWeights().resolve(split, "vit_b16", 10).values == figures(
        FIGURES["scanobjectnn", "vit_b16"]
    )


def test_another_data_set_can_borrow_published_weights() -> None:
    borrowed = PublishedWeights(data="modelnet40", backbone="rn50").resolve("shapes", "tiny", 10)
    assert borrowed.values == figures(FIGURES["modelnet40", "rn50"])
    assert "modelnet40" in borrowed.source


def test_what_was_never_published_is_an_error_that_lists_what_was() -> None:
    with pytest.raises(ConfigError, match=r"no published view weights for shapes with tiny.*modelnet40 rn50"):
        PublishedWeights().resolve("shapes", "tiny", 10)


def test_published_weights_are_for_ten_views() -> None:
    with pytest.raises(ConfigError, match="10 view weights for a rig of 6 views"):
        PublishedWeights().resolve("modelnet40", "rn50", 6)


@pytest.mark.parametrize("views", [1, 6, 10])
def test_uniform_counts_every_view_the_same(views: int) -> None:
    weights = UniformWeights().resolve("any", "any", views)
    assert weights.values == (1.0,) * views
    assert weights.selected_on == "none"


def test_fixed_weights_take_the_type_of_the_logits() -> None:
    weights = FixedWeights((1.0, 0.5), "mine", "train")(torch.zeros(2, 1, 3, dtype=torch.float64))
    assert weights.dtype == torch.float64
    assert weights.tolist() == [1.0, 0.5]


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("name", "content", "key", "selected_on"),
    [
        ("w.json", [1, 0.5, 0], None, "unknown"),
        ("w.json", {"values": [1, 0.5, 0], "selected_on": "holdout"}, None, "holdout"),
        ("w.json", {"a": {"b": [1, 0.5, 0]}}, "a.b", "unknown"),
        ("w.yaml", "[1, 0.5, 0]", None, "unknown"),
        ("w.yml", "values: [1, 0.5, 0]\nselected_on: train\n", None, "train"),
        ("best_param.py", "x = 1\nbest = [1, 0.5, 0]\n", "best", "unknown"),
        ("best_param.py", "best = {'rn50': (1, 0.5, 0)}\n", "best.rn50", "unknown"),
    ],
)
def test_a_file_is_read_in_every_format(
    tmp_path: Path, name: str, content: Any, key: str | None, selected_on: str
) -> None:
    path = written(tmp_path / name, content)
    weights = FileWeights(str(path), key).resolve("any", "any", 3)
    assert weights.values == (1.0, 0.5, 0.0)
    assert weights.selected_on == selected_on
    assert weights.describe() == {"values": [1.0, 0.5, 0.0], "source": str(path), "selected_on": selected_on}


def test_what_results_json_says_of_weights_reads_as_weights(tmp_path: Path) -> None:
    first = FixedWeights((0.25, 1.0), "search", "holdout")
    path = written(tmp_path / "results.json", {"view_weights": first.describe()})
    again = FileWeights(str(path), "view_weights").resolve("any", "any", 2)
    assert (again.values, again.selected_on) == (first.values, first.selected_on)


def test_python_files_are_never_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    content = f"open({str(trap)!r}, 'w')\nbest = [1, 1, 1]\n"
    path = written(tmp_path / "best_param.py", content)
    with contextlib.suppress(ConfigError):
        FileWeights(str(path), "best").resolve("any", "any", 3)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 1], "2 view weights for a rig of 3 views"),
        ([1, 1, -0.5], "not negative"),
        ([0, 0, 0], "not all zero"),
        ("[1, 1, NaN]", "finite"),
        ("[1, 1, Infinity]", "finite"),
        ([1, 1, "1"], "no list of numbers"),
        ([1, 1, True], "no list of numbers"),
        ([1, 1, [1]], "no list of numbers"),
        ('"111"', "no list of numbers"),
        ("{", "not readable"),
        ("", "not readable"),
        ({"a": [1, 1, 1], "b": "none"}, r"view_weights\.key, one of: a"),
        ({"values": [1, 1, 1], "selected_on": "guess"}, "selected_on=guess: choose one of none"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_with_its_name(
    tmp_path: Path, content: Any, message: str
) -> None:
    path = written(tmp_path / "weights.json", content)
    with pytest.raises(ConfigError, match=message) as caught:
        FileWeights(str(path)).resolve("any", "any", 3)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_torn_yaml_file_is_one_line(tmp_path: Path) -> None:
    path = written(tmp_path / "weights.yaml", "values: [1, 1\nother: }")
    with pytest.raises(ConfigError, match="not readable as YAML") as caught:
        FileWeights(str(path)).resolve("any", "any", 3)
    assert "\n" not in str(caught.value)


def test_a_missing_key_names_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path / "w.json", {"a": {"b": [1]}})
    with pytest.raises(ConfigError, match="no 'c' in it; there is: b"):
        FileWeights(str(path), "a.c").resolve("any", "any", 1)


def test_a_missing_file_and_a_missing_path_say_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ConfigError, match=r"view_weights\.path=.*pipe\.json: it is a named pipe"):
        FileWeights(str(tmp_path / "pipe.json")).resolve("any", "any", 1)
    with pytest.raises(ConfigError, match="no such file"):
        FileWeights(str(tmp_path / "none.json")).resolve("any", "any", 3)
    with pytest.raises(ConfigError, match=r"view_weights\.path=FILE"):
        FileWeights(None)
    with pytest.raises(ConfigError, match="selected_on=guess: choose one of"):
        FileWeights("x", selected_on="guess")


@settings(deadline=None)
@given(
    st.floats(1e-6, 1e6),
    st.floats(1e-3, 1e4),
    st.integers(0, 2**31),
    st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 6)),
)
def test_entropy_weights_are_finite_and_never_all_zero(
    temperature: float, scale: float, seed: int, size: tuple[int, int, int]
) -> None:
    logits = scale * torch.randn(*size, generator=torch.Generator().manual_seed(seed))
    source = EntropyWeights(temperature)
    weights = source.resolve("any", "any", size[0])(logits)
    assert weights.shape == size[:2]
    assert bool(torch.isfinite(weights).all())
    torch.testing.assert_close(weights.amax(dim=0), torch.ones(size[1]))
    assert bool(torch.isfinite(probabilities(logits, weights)).all())


def test_a_sure_view_counts_more_than_an_unsure_one() -> None:
    logits = torch.tensor([[[9.0, 0.0, 0.0]], [[1.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]])
    first, second, third = EntropyWeights(0.5)(logits)[:, 0].tolist()
    assert first > second > third


def test_a_high_temperature_comes_back_to_uniform_and_a_low_one_to_the_surest_view() -> None:
    logits = 5 * torch.randn(4, 8, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(EntropyWeights(1e7)(logits), torch.ones(4, 8))
    cold = EntropyWeights(1e-6)(logits)
    surest = torch.special.entr(logits.softmax(-1)).sum(-1).argmin(dim=0)
    torch.testing.assert_close(fuse(logits, cold), logits[surest, torch.arange(8)])


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(ConfigError, match="must be positive"):
        EntropyWeights(temperature)
