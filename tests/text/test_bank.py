import pytest

from pointclip2.text import BankPrompt
from pointclip2.text.bank import FAMILIES, described, description
from pointclip2.types import ConfigError


def test_all_families_are_taken_by_default() -> None:
    prompts = BankPrompt()(["chair", "table"])
    families = description("chair")["families"]
    assert prompts.sentences["chair"] == tuple(text for family in FAMILIES for text in families[family])
    assert prompts.name == "bank"


def test_chosen_families_come_in_the_order_they_are_named() -> None:
    families = description("chair")["families"]
    prompts = BankPrompt(["paraphrase", "caption"])(["chair"])
    assert prompts.sentences["chair"] == (*families["paraphrase"], *families["caption"])


@pytest.mark.parametrize("families", [["riddle"], [], ["caption", "caption"]])
def test_families_are_some_of_the_four_each_once(families: list[str]) -> None:
    with pytest.raises(ConfigError, match="choose some of caption, question_answering"):
        BankPrompt(families)


@pytest.mark.parametrize("spelling", ["night stand", "night_stand", "Night-Stand", " night  stand "])
def test_spelling_of_separators_and_case_does_not_matter(spelling: str) -> None:
    sentences = BankPrompt()([spelling]).sentences
    assert list(sentences) == [spelling]
    assert sentences[spelling] == BankPrompt()(["night stand"]).sentences["night stand"]


@pytest.mark.parametrize(
    ("asked", "meant"), [("chiar", "chair"), ("couch", "sofa"), ("nightstand", "night stand")]
)
def test_an_unknown_class_is_told_what_is_nearest(asked: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"{asked!r} .nearest: {meant}.*prompt=templates") as caught:
        BankPrompt()(["table", asked])
    assert f"descriptions/{asked}.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_unknown_classes_are_counted() -> None:
    with pytest.raises(ConfigError, match="'zebra', 'quark', 'qubit' and 2 more"):
        BankPrompt()(["zebra", "chair", "quark", "qubit", "gluon", "axion"])


def test_a_class_name_cannot_lead_out_of_the_bank() -> None:
    with pytest.raises(ConfigError, match="does not describe"):
        BankPrompt()(["../templates"])


def test_every_described_class_can_be_asked_for() -> None:
    assert BankPrompt()(described()).classes == described()
