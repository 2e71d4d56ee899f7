"""The dictionary that the text tower is taught from: lines that a reader can split, and no noun twice."""

from collections import Counter
from functools import cache
from importlib.resources import files

import pytest

from pointclip2.data.class_names import KNOWN, UNSEEN
from pointclip2.text.articles import fill
from pointclip2.text.names import matching
from pointclip2.text.templates import depth_templates

LISTS = {"adjectives": 150, "materials": 80, "frames": 80}
"""Files that are no dictionaries, and how many lines each has at least."""


@cache
def lines() -> dict[str, list[str]]:
    folder = files("pointclip2").joinpath("worlds", "pretraining", "words")
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".txt"))
    return {
        entry.name.removesuffix(".txt"): entry.read_text(encoding="utf-8").splitlines() for entry in found
    }


@cache
def entries() -> list[list[str]]:
    """Noun, kind and definition of every thing."""
    return [line.split("; ") for name, said in lines().items() if name not in LISTS for line in said]


def test_lines_are_short_and_plain() -> None:
    every = [line for said in lines().values() for line in said]
    assert not [
        line for line in every if not line.isascii() or len(line) > 160 or line != " ".join(line.split())
    ]
    assert all(every)


def test_a_thing_is_a_noun_a_kind_and_a_definition() -> None:
    assert not [entry for entry in entries() if len(entry) != 3 or ";" in "".join(entry) or not all(entry)]


def test_definitions_have_five_to_sixteen_words_and_no_full_stop() -> None:
    assert not [
        entry for entry in entries() if not 5 <= len(entry[2].split()) <= 16 or entry[2].endswith((".", ","))
    ]


def test_there_are_thousands_of_things_and_no_noun_twice() -> None:
    count = Counter(matching(noun) for noun, _, _ in entries())
    assert len(count) >= 4000
    assert not [noun for noun, times in count.items() if times > 1]


def test_no_two_things_have_the_same_definition() -> None:
    count = Counter(text.casefold() for _, _, text in entries())
    assert not [text for text, times in count.items() if times > 1]


def test_a_definition_does_not_repeat_its_noun() -> None:
    assert not [(noun, text) for noun, _, text in entries() if f" {matching(noun)} " in f" {matching(text)} "]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_long_and_has_nothing_twice(name: str) -> None:
    said = [matching(line) for line in lines()[name]]
    assert len(said) >= LISTS[name]
    assert len(set(said)) == len(said)


def test_a_frame_has_one_place_and_is_no_template() -> None:
    frames = lines()["frames"]
    assert not [frame for frame in frames if frame.count("{}") != 1 or "{}" not in frame]
    assert not set(frames) & set(depth_templates())
    assert {fill(frame, "airplane") for frame in frames} >= {"this is an airplane.", "a kind of airplane."}


def test_known_and_unseen_classes_are_words_among_others() -> None:
    nouns = {matching(noun) for noun, _, _ in entries()}
    assert not {*KNOWN, *UNSEEN} - nouns
