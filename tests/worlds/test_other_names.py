"""The other names of the known classes stay out of all that is paired with images: they measure what was not learnt."""

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest

from pointclip2 import text
from pointclip2.data.class_names import KNOWN
from pointclip2.text.bank import FAMILIES, description
from pointclip2.text.names import matching
from pointclip2.worlds.pretraining.abstract import make_abstract
from pointclip2.worlds.pretraining.captions import Captions
from pointclip2.worlds.shapes.classes import make_shape, register, wider

SHAPES = 24
COMPOSITIONS = 200


def other_names() -> list[tuple[str, str]]:
    return [(name, label) for label, names in text.other_names.other_names().items() for name in names]


@cache
def pattern() -> re.Pattern[str]:
    names = sorted((matching(name) for name, _ in other_names()), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in names)})(?:e?s)?\b")


def kept_out_of(texts: set[str]) -> set[str]:
    """Which texts have one of the other names in them, as whole words, one or several of the thing."""
    return {text for text in texts if pattern().search(matching(text))}


def described(name: str) -> set[str]:
    entry = description(name)
    return {name, *entry["synonyms"], *(text for family in FAMILIES for text in entry["families"][family])}


def test_there_are_150_and_no_two_are_the_same() -> None:
    names = [matching(name) for name, _ in other_names()]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


def test_every_known_class_has_two_or_more_and_no_other_class_has_any() -> None:
    count = Counter(label for _, label in other_names())
    assert set(count) == set(KNOWN)
    assert min(count.values()) >= 2


def test_a_name_is_found_in_other_spellings_and_numbers_but_not_inside_a_word() -> None:
    assert kept_out_of({"Two Six Shooters in a depth map", "a tall water-bottle"})
    assert not kept_out_of({"a scotch cottage", "a steam calliope and a loop"})


def test_captions_and_part_names_have_none() -> None:
    register()
    parts = {part for name in KNOWN for part in register()[name].part_names}
    synonyms = {said for name in KNOWN for said in register()[name].synonyms}
    assert not kept_out_of({*Captions(KNOWN).everything(), *parts, *synonyms})


def test_descriptions_have_none_even_where_training_leaves_a_sentence_out() -> None:
    assert not kept_out_of({text for name in KNOWN for text in described(name)})


@pytest.mark.parametrize("name", KNOWN)
def test_attributes_of_made_shapes_have_none(name: str) -> None:
    shapes = (make_shape(name, np.random.default_rng(seed)) for seed in range(SHAPES))
    assert not kept_out_of({phrase for shape in shapes for phrase in shape.attributes})


def test_phrases_of_compositions_have_none() -> None:
    rng = np.random.default_rng(0)
    assert not kept_out_of({phrase for _ in range(COMPOSITIONS) for phrase in make_abstract(rng)[1]})


def test_the_wider_classes_say_none() -> None:
    kinds = wider().values()
    said = {text for kind in kinds for text in (kind.name, *kind.synonyms, *kind.part_names, *kind.described)}
    shapes = (make_shape(kind.name, np.random.default_rng(seed)) for kind in kinds for seed in range(SHAPES))
    assert not kept_out_of({*said, *(phrase for shape in shapes for phrase in shape.attributes)})
