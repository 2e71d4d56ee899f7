"""Sentences that say nothing about shapes."""

import pytest

from pointclip2.text import PromptSet, RandomWordsPrompt
from pointclip2.text.bank import described
from pointclip2.text.random_words import WORDS
from pointclip2.types import ConfigError


def test_all_classes_have_the_same_words_beside_their_name() -> None:
    prompts = RandomWordsPrompt(count=5, words=2)(["chair", "airplane"])
    chair, airplane = prompts.sentences["chair"], prompts.sentences["airplane"]
    assert len(set(chair)) == 5
    assert chair[0].startswith("a chair, ")
    assert airplane[0].startswith("an airplane, ")
    assert [text.split(", ")[1] for text in chair] == [text.split(", ")[1] for text in airplane]
    assert all(len(text.split(", ")[1].split()) == 2 for text in chair)


def test_the_words_come_from_the_seed() -> None:
    def sentences(seed: int) -> PromptSet:
        return RandomWordsPrompt(seed=seed)(["chair"])

    assert sentences(0).hash == sentences(0).hash != sentences(1).hash


def test_no_word_names_a_class_or_stands_there_twice() -> None:
    assert len(set(WORDS)) == len(WORDS) > 100
    names = {word for name in described() for word in name.split()}
    assert not names & set(WORDS)


@pytest.mark.parametrize("options", [{"count": 0}, {"words": 0}, {"words": 1000}])
def test_what_cannot_be_drawn_is_one_line(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=r"prompt\.count.*at least 1"):
        RandomWordsPrompt(**options)
