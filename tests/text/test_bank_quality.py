"""What every sentence of the shipped bank has to be: about its class, new, and short enough for CLIP."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from pointclip2.text import BankPrompt
from pointclip2.text.bank import FAMILIES, described, description
from pointclip2.text.names import matching
from pointclip2.text.templates import depth_templates

# fmt: off
DATA_SETS = {
    "modelnet40": (
        "airplane", "bathtub", "bed", "bench", "bookshelf", "bottle", "bowl", "car", "chair", "cone",
        "cup", "curtain", "desk", "door", "dresser", "flower pot", "glass box", "guitar", "keyboard", "lamp",
        "laptop", "mantel", "monitor", "night stand", "person", "piano", "plant", "radio", "range hood",
        "sink", "sofa", "stairs", "stool", "table", "tent", "toilet", "tv stand", "vase", "wardrobe", "xbox",
    ),
    "modelnet10": (
        "bathtub", "bed", "chair", "desk", "dresser", "monitor", "night stand", "sofa", "table", "toilet",
    ),
    "scanobjectnn": (
        "bag", "bin", "box", "cabinet", "chair", "desk", "display", "door",
        "shelf", "table", "bed", "pillow", "sink", "sofa", "toilet",
    ),
    "scannet": (
        "cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "counter",
        "desk", "curtain", "refrigerator", "shower curtain", "toilet", "sink", "bathtub", "garbage bin",
    ),
    "sunrgbd": (
        "bed", "table", "sofa", "chair", "toilet", "desk", "dresser", "night stand", "bookshelf", "bathtub",
    ),
    "shapenetpart": (
        "airplane", "bag", "cap", "car", "chair", "earphone", "guitar", "knife", "lamp", "laptop",
        "motorbike", "mug", "pistol", "rocket", "skateboard", "table",
    ),
}
# fmt: on
CLIP_TOKENS = 77
LIKENESS = 0.7


@cache
def sentences() -> dict[str, str]:
    """Every sentence of the bank, with its class. A sentence that is there twice fails here."""
    owner: dict[str, str] = {}
    for name in described():
        for family in FAMILIES:
            for sentence in description(name)["families"][family]:
                other = owner.get(sentence)
                assert other is None, f"{other} and {name} share {sentence!r}"
                owner[sentence] = name
    return owner


@cache
def names(name: str) -> tuple[str, ...]:
    return (matching(name), *(matching(synonym) for synonym in description(name)["synonyms"]))


@cache
def naming() -> re.Pattern[str]:
    """Any class or synonym, the longest first, one or several of it."""
    known = sorted({name for owner in described() for name in names(owner)}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in known)})(?:e?s)?\b")


def says(sentence: str, known: Iterable[str]) -> bool:
    """Whether one of the names occurs as a word of its own, one or several of it."""
    wanted = "|".join(re.escape(name) for name in known)
    return re.search(rf"\b(?:{wanted})(?:e?s)?\b", matching(sentence)) is not None


def masked(sentence: str) -> str:
    """The words of a sentence without those that say which class it is about."""
    text = naming().sub("it", matching(sentence))
    return " ".join(re.findall(r"[a-z0-9']+", re.sub(r"\ban\b", "a", text)))


@pytest.mark.parametrize("data", DATA_SETS)
def test_every_class_of_every_data_set_is_described(data: str) -> None:
    assert BankPrompt()(DATA_SETS[data]).classes == DATA_SETS[data]


def test_every_class_has_six_sentences_in_each_family() -> None:
    short = [
        f"{name}.{family}"
        for name in described()
        for family in FAMILIES
        if len(description(name)["families"][family]) < 6
    ]
    assert not short


def test_a_file_is_named_after_the_class_in_it() -> None:
    folder = files("pointclip2").joinpath("assets", "descriptions")
    for entry in folder.iterdir():
        name = description(entry.name.removesuffix(".json"))["class"]
        assert entry.name == f"{matching(name).replace(' ', '_')}.json"


def test_no_sentence_is_there_twice() -> None:
    loose = [sentence.casefold().strip(" .") for sentence in sentences()]
    assert len(set(loose)) == len(loose)


def test_no_sentence_is_a_template_of_another() -> None:
    same = defaultdict(list)
    for sentence in sentences():
        same[masked(sentence)].append(sentence)
    assert not [group for group in same.values() if len(group) > 1]


def test_no_sentence_is_nearly_another() -> None:
    """Apart from class names, two sentences share less than most of their words."""
    words = {sentence: set(masked(sentence).split()) for sentence in sentences()}
    column = {word: number for number, word in enumerate(sorted(set().union(*words.values())))}
    has = np.zeros((len(words), len(column)), dtype=np.float32)
    for row, said in enumerate(words.values()):
        has[row, [column[word] for word in said]] = 1
    shared, count = has @ has.T, has.sum(axis=1)
    alike = np.triu(shared > LIKENESS * (count[:, None] + count - shared), k=1)
    texts = list(words)
    assert [(texts[a], texts[b]) for a, b in np.argwhere(alike)] == []


def test_no_sentence_is_one_of_the_templates() -> None:
    templates = {masked(template.replace("{}", "chair")) for template in depth_templates()}
    assert not [sentence for sentence in sentences() if masked(sentence) in templates]


def test_every_sentence_names_its_class_or_a_synonym() -> None:
    assert not [(owner, text) for text, owner in sentences().items() if not says(text, names(owner))]


def test_a_synonym_with_another_class_in_it_is_needed_by_some_sentence() -> None:
    """Kept without need it could only mislead: "door key" has a door in it."""
    misleading = []
    for name in described():
        for synonym in names(name)[1:]:
            others = [other for other in described() if other != name and says(synonym, [other])]
            rest = [known for known in names(name) if known != synonym]
            own = [sentence for sentence, owner in sentences().items() if owner == name]
            if others and all(says(sentence, rest) for sentence in own):
                misleading.append((name, synonym, others))
    assert not misleading


def test_every_sentence_says_more_than_a_name() -> None:
    assert not [sentence for sentence in sentences() if len(set(masked(sentence).split())) < 8]


def test_every_sentence_fits_into_clip() -> None:
    tokenizer = pytest.importorskip("open_clip.tokenizer").SimpleTokenizer()
    # Two more for the start and the end of the text.
    long = [sentence for sentence in sentences() if len(tokenizer.encode(sentence)) + 2 > CLIP_TOKENS]
    assert not long
