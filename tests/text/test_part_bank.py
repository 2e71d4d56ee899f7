"""Descriptions of parts: complete, about their part, short enough for CLIP, and found under every name."""

import json
from pathlib import Path

import pytest

from pointclip2.data.class_names import SHAPENET_PARTS
from pointclip2.text import BankPrompt, FilePrompt
from pointclip2.text.names import matching
from pointclip2.text.part_bank import (
    PART_FAMILIES,
    category_parts,
    part_categories,
    part_sentences,
    part_synonyms,
)
from pointclip2.types import ConfigError

EVERY = [(category, part) for category, parts in SHAPENET_PARTS.items() for part in parts]
# Of the official program's prompt file; lamps have two entries there for four labels.
OFFICIAL = {
    "airplane": ["body", "wing", "tail", "engine or frame"],
    "cap": ["panels or crown", "visor or peak"],
    "car": ["roof", "hood", "wheel or tire", "body"],
    "chair": ["back", "seat pad", "leg", "armrest"],
    "earphone": ["earcup", "headband", "data wire"],
    "guitar": ["head or tuners", "neck", "body"],
    "laptop": ["keyboard", "screen or monitor"],
    "motorbike": ["gas tank", "seat", "wheel", "handles or handlebars", "light", "engine or frame"],
    "mug": ["handle", "cup"],
    "pistol": ["barrel", "handle", "trigger and guard"],
    "rocket": ["body", "fin", "nose cone"],
    "skateboard": ["wheel", "deck", "belt for foot"],
    "table": ["desktop", "leg or support", "drawer"],
}


def test_the_fifty_parts_of_the_sixteen_categories_are_described_in_their_order() -> None:
    assert {category: category_parts(category) for category in part_categories()} == SHAPENET_PARTS


@pytest.mark.parametrize("family", PART_FAMILIES)
@pytest.mark.parametrize(("category", "part"), EVERY)
def test_every_part_has_six_sentences_of_each_family_about_itself(
    category: str, part: str, family: str
) -> None:
    sentences = part_sentences(category, [part], [family])[part]
    assert len(sentences) >= 6
    for sentence in sentences:
        words = matching(sentence)
        assert part in words, sentence
        assert category in words, sentence
        assert 7 <= len(sentence.split()) <= 26, sentence
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_no_sentence_is_there_twice() -> None:
    everything = [
        sentence
        for category, part in EVERY
        for sentence in part_sentences(category, [part], PART_FAMILIES)[part]
    ]
    assert len({matching(sentence) for sentence in everything}) == len(everything)


def test_sentences_fit_into_clips_context() -> None:
    import open_clip

    tokens = open_clip.get_tokenizer("ViT-B-32")
    for category, part in EVERY:
        rows = tokens(list(part_sentences(category, [part], PART_FAMILIES)[part]))
        assert int((rows != 0).sum(dim=1).max()) <= 77


def test_no_other_name_stands_for_two_parts_of_a_category() -> None:
    for category, parts in SHAPENET_PARTS.items():
        # ShapeNetPart's lamps: the official name of two labels is the same.
        names = [matching(name) for part in parts for name in (part, *part_synonyms(category, part))]
        assert len(set(names)) == len(names), category


def test_the_bank_gives_the_parts_of_a_category() -> None:
    prompts = BankPrompt()(["leg", "back"], category="chair")
    assert prompts.classes == ("leg", "back")
    assert prompts.count == 2 * 2 * 6
    only = BankPrompt(["question_answering"])(["leg", "back"], category="Chair")
    assert only.sentences["leg"] == part_sentences("chair", ["leg"], ["question_answering"])["leg"]


def test_a_part_goes_by_its_other_names() -> None:
    prompts = BankPrompt()(["armrest", "Seat_Pad"], category="chair")
    assert prompts.classes == ("armrest", "Seat_Pad")
    assert prompts.sentences["armrest"] == BankPrompt()(["arm"], category="chair").sentences["arm"]


@pytest.mark.parametrize(
    ("parts", "category", "told"),
    [
        (["wheel"], "chair", "does not describe 'wheel' of 'chair'"),
        (["tub"], "bathtub", "does not describe the parts of 'bathtub', only those of airplane"),
    ],
)
def test_what_is_not_described_is_named_with_a_way_out(parts: list[str], category: str, told: str) -> None:
    with pytest.raises(ConfigError, match=f"{told}.*prompt=templates"):
        BankPrompt()(parts, category=category)


def test_families_that_do_not_fit_parts_are_refused_if_no_other_is_left() -> None:
    with pytest.raises(ConfigError, match="of parts the bank has caption and question_answering only"):
        BankPrompt(["paraphrase"])(["leg"], category="chair")


@pytest.mark.parametrize("category", OFFICIAL)
def test_the_official_prompt_file_is_read_under_the_names_it_has(category: str, tmp_path: Path) -> None:
    file = tmp_path / "shapenetpart_700.json"
    content = {name: {part: [f"{part}, {name}."] for part in parts} for name, parts in OFFICIAL.items()}
    file.write_text(json.dumps(content))
    prompts = FilePrompt(str(file), selected_on="test")(SHAPENET_PARTS[category], category=category)
    assert [texts[0] for texts in prompts.sentences.values()] == [
        f"{part}, {category}." for part in OFFICIAL[category]
    ]


def test_a_file_for_another_category_names_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"chair": {"back": ["a back."], "seat": ["a seat."]}}))
    with pytest.raises(ConfigError, match="no key for category 'mug'"):
        FilePrompt(str(file))(SHAPENET_PARTS["mug"], category="mug")
    with pytest.raises(ConfigError, match="lacks 2 of 4 classes: leg, arm"):
        FilePrompt(str(file))(SHAPENET_PARTS["chair"], category="chair")
