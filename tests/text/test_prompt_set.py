import pytest

from pointclip2.text import PromptSet
from pointclip2.types import ConfigError

SEATS = {"chair": ("a seat.", "a seat with a back."), "stool": ("a seat without a back.",)}


def test_classes_keep_the_order_of_the_labels() -> None:
    assert PromptSet("mine", SEATS).classes == ("chair", "stool")
    assert PromptSet("mine", dict(reversed(SEATS.items()))).classes == ("stool", "chair")


def test_count_is_that_of_all_sentences() -> None:
    assert PromptSet("mine", SEATS).count == 3
    assert PromptSet("mine", SEATS, "first").count == 3


def test_the_hash_is_the_same_tomorrow_and_elsewhere() -> None:
    assert PromptSet("mine", SEATS).hash == "2a70b9a554bc207f9ae5a84b084d4f5e"


def test_the_hash_changes_with_all_that_decides_the_features() -> None:
    others = [
        PromptSet("mine", SEATS),
        PromptSet("mine", dict(reversed(SEATS.items()))),
        PromptSet("mine", SEATS, "first"),
        PromptSet("mine", SEATS | {"stool": ("a seat without a  back.",)}),
        PromptSet("mine", SEATS | {"chair": ("a seat.",)}),
        PromptSet("mine", SEATS | {"bench": ("a long seat.",)}),
        PromptSet(
            "mine", {"chair": ("a seat.",), "stool": ("a seat with a back.", "a seat without a back.")}
        ),
    ]
    assert len({prompts.hash for prompts in others}) == len(others)


def test_the_hash_ignores_what_cannot_change_the_features() -> None:
    assert PromptSet("mine", SEATS).hash == PromptSet("yours", SEATS).hash
    first = PromptSet("mine", SEATS | {"chair": ("a seat.", "passed over.")}, "first")
    assert first.hash == PromptSet("mine", SEATS, "first").hash


def test_later_changes_of_the_callers_dict_do_not_reach_it() -> None:
    sentences = dict(SEATS)
    prompts = PromptSet("mine", sentences)
    sentences["chair"] = ("something else.",)
    assert prompts.sentences["chair"] == SEATS["chair"]


@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        ({}, "no class"),
        ({"chair": ("a seat.",), "stool": ()}, "'stool' has no sentence"),
        ({"stool": ("a seat.", "  ")}, "'stool' has a blank sentence"),
        ({"stool": "a seat."}, "'stool': give a list of sentences"),
    ],
)
def test_a_class_without_words_is_refused_by_name(sentences: dict, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        PromptSet("mine", sentences)


def test_an_unknown_combination_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'median': choose one of mean, first"):
        PromptSet("mine", SEATS, "median")


WEIGHED = {"chair": ("one", "two", "three"), "table": ("four",)}


def test_weights_of_sentences_are_part_of_what_decides_the_features() -> None:
    plain = PromptSet("mine", WEIGHED)
    weights = {"table": [2], "chair": [0.5, 0, 1]}
    weighted = PromptSet("mine", WEIGHED, weights=weights)
    assert weighted.shares("chair") == (0.5, 0.0, 1.0)
    assert plain.shares("chair") == (1.0, 1.0, 1.0)
    assert weighted.hash != plain.hash
    assert PromptSet("mine", WEIGHED, weights={"table": [2], "chair": [0.5, 0, 2]}).hash != weighted.hash


def test_the_first_sentence_counts_alone_where_that_is_asked_for_even_with_a_weight_of_zero() -> None:
    prompts = PromptSet("mine", WEIGHED, "first", weights={"chair": [0, 1, 1], "table": [1]})
    assert prompts.counted("chair") == ("one",)
    assert prompts.shares("chair") == (1.0,)  # alone, whatever its weight: zero would make it no vector


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([1, 1], "3 sentences and 2 weights"),
        ([1, 1, -1], "not negative"),
        ([1, 1, float("nan")], "finite"),
        ([0, 0, 0], "not all zero"),
    ],
)
def test_weights_that_do_not_fit_the_sentences_are_refused(shares: list[float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        PromptSet("mine", WEIGHED, weights={"chair": shares, "table": [1]})
    with pytest.raises(ConfigError, match="1 sentences and 0 weights"):
        PromptSet("mine", WEIGHED, weights={"chair": [1, 1, 1]})
