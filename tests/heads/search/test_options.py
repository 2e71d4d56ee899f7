"""The options of ``search``: what they change, what they say of it, and the files they leave."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from pointclip2.heads.fusion import fuse, view_logits
from pointclip2.heads.search.files import write_prompts, write_view_weights
from pointclip2.heads.search.prompts import NoSearch, PromptSearch, SentenceWeights, fused_features
from pointclip2.heads.search.task import Search, Seen
from pointclip2.heads.search.view_weights import CoordinateSearch, GridSearch, MutualInformationSearch
from pointclip2.heads.search.weighting import sentence_weights
from pointclip2.heads.view_weights import EntropyWeights, FileWeights, FixedWeights
from pointclip2.text import FilePrompt, PromptSet
from pointclip2.types import ConfigError

CLASSES = ("chair", "night stand", "table")
GENERATOR = torch.Generator().manual_seed(0)


def unit(*size: int) -> torch.Tensor:
    return F.normalize(torch.randn(*size, generator=GENERATOR), dim=-1)


def seen_shapes(**changed: Any) -> Seen:
    """Views around the first sentence of their class; other sentences of a class are noise."""
    GENERATOR.manual_seed(0)
    rows = [unit(4, 16) for _ in CLASSES]
    labels = torch.arange(90) % 3
    truth = torch.stack([own[2] for own in rows])
    features = F.normalize(truth[labels][:, None] + 1.2 * unit(90, 4, 16), dim=-1)
    features[:, 3] = unit(90, 16)
    prompts = PromptSet("mine", {name: [f"{name} {number}" for number in range(4)] for name in CLASSES})
    text = F.normalize(torch.stack([own.mean(dim=0) for own in rows]), dim=-1)
    weights = FixedWeights((1.0,) * 4, "uniform", "none")
    seen = Seen(features, labels, text, 20.0, weights, prompts, lambda: rows, "holdout")
    return replace(seen, **changed)


def accuracy(seen: Seen, text: torch.Tensor, weights: Any) -> float:
    logits = view_logits(seen.features, text, seen.scale)
    return float((fuse(logits, weights(logits)).argmax(1) == seen.labels).double().mean())


@pytest.mark.parametrize(
    "search",
    [GridSearch(), CoordinateSearch(), MutualInformationSearch(temperature=0.5)],
    ids=lambda s: s.name,
)
def test_a_search_for_weights_hands_back_weights_and_where_they_come_from(search: Search) -> None:
    seen = seen_shapes()
    outcome = search.run(seen)
    assert outcome.weights is not None
    assert outcome.prompts is None
    assert outcome.weights.source == f"{search.name} search"
    assert outcome.weights.selected_on == "holdout"
    assert outcome.after >= outcome.before
    assert outcome.history[0]["score"] == outcome.before
    assert outcome.history[-1]["values"] == pytest.approx(outcome.weights.values)
    assert outcome.weights.values[3] == min(outcome.weights.values)
    if search.needs_labels:
        assert outcome.after == accuracy(seen, seen.text, outcome.weights)


def test_weights_begin_with_those_of_the_run_and_inherit_what_these_were_selected_on() -> None:
    published = FixedWeights((0.3, 0.5, 1.0, 0.7), "published", "test")
    outcome = CoordinateSearch(free=[1]).run(seen_shapes(weights=published))
    assert outcome.weights is not None
    assert outcome.weights.selected_on == "test"
    assert outcome.weights.values[0] == 0.3
    assert outcome.weights.values[2:] == (1.0, 0.7)
    # Given in the options, they are nobody's but the user's.
    own = CoordinateSearch(free=[1], initial=[1.0, 1.0, 1.0, 1.0]).run(seen_shapes(weights=published))
    assert own.weights is not None
    assert own.weights.selected_on == "holdout"


def test_weights_of_each_shape_are_nothing_to_begin_with() -> None:
    with pytest.raises(ConfigError, match=r"search=grid with view_weights=entropy.*uniform"):
        GridSearch().run(seen_shapes(weights=EntropyWeights()))


def test_no_search_is_none() -> None:
    assert not isinstance(NoSearch(), Search)
    for search in (GridSearch(), PromptSearch(), SentenceWeights()):
        assert isinstance(search, Search)


def test_sentences_that_are_found_classify_as_well_as_is_said() -> None:
    seen = seen_shapes()
    for start in ("prompt", "first"):
        outcome = PromptSearch(start=start).run(seen)
        assert outcome.text is not None
        assert outcome.prompts is not None
        assert outcome.after > outcome.before
        assert accuracy(seen, outcome.text, seen.weights) == outcome.after
        assert outcome.prompts.selected_on == "holdout"
    assert all(len(outcome.prompts.counted(name)) == 1 for name in CLASSES)
    assert accuracy(seen, torch.stack([own[0] for own in seen.sentences()]), seen.weights) == outcome.before
    with pytest.raises(ConfigError, match=r"search\.start=last: choose one of prompt, first"):
        PromptSearch(start="last")


def test_a_class_that_gains_nothing_keeps_all_its_sentences() -> None:
    seen = seen_shapes()
    text = torch.stack([own[2] for own in seen.sentences()])
    perfect = replace(seen, text=text, features=text[seen.labels][:, None].expand(-1, 4, -1))
    outcome = PromptSearch().run(perfect)
    assert outcome.after == outcome.before == 1.0
    assert outcome.prompts is not None
    assert outcome.prompts.sentences == seen.prompts.sentences
    torch.testing.assert_close(outcome.text, text)


def test_what_marks_a_class_out_counts_more_and_no_label_is_needed() -> None:
    seen = seen_shapes(labels=torch.full((90,), -1), selected_on="label_free")
    outcome = SentenceWeights().run(seen)
    assert outcome.prompts is not None
    assert outcome.text is not None
    assert outcome.prompts.selected_on == "label_free"
    assert [max(range(4), key=outcome.prompts.shares(name).__getitem__) for name in CLASSES] == [2] * 3
    truth = seen_shapes()
    assert accuracy(truth, outcome.text, seen.weights) > accuracy(truth, seen.text, seen.weights)


def test_a_high_temperature_comes_back_to_the_mean_and_a_class_without_shapes_stays_there() -> None:
    seen = seen_shapes()
    rows = seen.sentences()
    probability = F.one_hot(seen.labels % 2, 3).float()
    flat = sentence_weights(fused_features(seen), probability, rows, temperature=1e6)
    torch.testing.assert_close(flat[0], torch.full((4,), 0.25), atol=1e-5, rtol=0)
    steep = sentence_weights(fused_features(seen), probability, rows, temperature=0.1)
    assert steep[2].tolist() == [0.25] * 4
    assert float(steep[0].max()) > 0.9
    with pytest.raises(ConfigError, match="temperature=0 must be positive"):
        sentence_weights(fused_features(seen), probability, rows, temperature=0)


def test_found_weights_are_read_back(tmp_path: Path) -> None:
    weights = FixedWeights((0.25, 1.0), "grid search", "holdout")
    path = write_view_weights(tmp_path, weights, {"data": "shapes"})
    again = FileWeights(str(path)).resolve("any", "any", 2)
    assert (again.values, again.selected_on) == (weights.values, "holdout")


@pytest.mark.parametrize("weights", [None, {"chair": (0.9, 0.1), "night stand": (1.0,)}])
def test_found_sentences_are_read_back_with_their_weights(tmp_path: Path, weights: Any) -> None:
    sentences = {"chair": ("a seat.", "legs."), "night stand": ("a low chest.",)}
    prompts = PromptSet("bank, weighted", sentences, selected_on="test", weights=weights)
    path = write_prompts(tmp_path, prompts, {"data": "shapes"})
    again = FilePrompt(str(path))(["night_stand", "chair"])
    assert again.selected_on == "test"
    assert again.sentences == {"night_stand": ("a low chest.",), "chair": ("a seat.", "legs.")}
    assert again.shares("chair") == ((0.9, 0.1) if weights else (1.0, 1.0))


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: Any, **__: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_view_weights(tmp_path, FixedWeights((1.0,), "grid search", "holdout"), {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"chair": [1]}, "'night_stand' must have a list of numbers"),
        ([1, 2], "'chair' must have a list of numbers"),
        ({"chair": [1], "night_stand": ["1"]}, "must have a list of numbers"),
        ({"chair": [1, 2], "night_stand": [1]}, "1 sentences and 2 weights"),
    ],
)
def test_weights_in_a_file_that_do_not_fit_are_one_line(tmp_path: Path, weights: Any, message: str) -> None:
    import json

    path = tmp_path / "prompts.json"
    path.write_text(json.dumps({"sentences": {"chair": ["x"], "night_stand": ["y"]}, "weights": weights}))
    with pytest.raises(ConfigError, match=message) as caught:
        FilePrompt(str(path))(["chair", "night_stand"])
    assert "\n" not in str(caught.value)
