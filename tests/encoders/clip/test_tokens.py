"""What of a text is lost on its way into a model is known."""

from pathlib import Path

import pytest

from pointclip2.cache.text import unread
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.encoders.clip.tiny import tiny
from pointclip2.text import NamePrompt, PromptSet
from tests.toy import toy_backbone, toy_folder


def toy(folder: Path) -> OpenClipBackbone:
    return toy_backbone(toy_folder(folder))


def test_a_sentence_is_cut_from_the_first_token_that_has_no_room(tmp_path: Path) -> None:
    backbone = toy(tmp_path)
    words = backbone.context_length - 2  # a token each, beside the start and the end
    fits, too_long = ("chair " * count for count in (words, words + 1))
    assert backbone.cut_sentences([fits, too_long, "a lamp"]) == [too_long]
    assert backbone.cut_sentences([]) == []


def test_a_model_that_was_trained_on_few_words_knows_which(tmp_path: Path) -> None:
    names = ["office chair", "cracker box", "sugar-box", "Chair", "sugar"]
    assert tiny().unread_words(names) == ["cracker", "sugar"]
    assert toy(tmp_path).unread_words(names) == []


def test_what_is_not_read_is_told_in_a_line_each(tmp_path: Path) -> None:
    assert list(unread(tiny(), NamePrompt()(["chair", "cracker", "sugar"]))) == [
        "never read: cracker, sugar (the model was not trained on these words)"
    ]
    long = "a depth map of a chair with " + "legs and " * 20
    prompts = PromptSet("mine", {"chair": (long, "a chair"), "table": ("a table",)})
    [told] = unread(toy(tmp_path), prompts)
    assert told.startswith("1 sentence of 3 does not fit the model's 16 tokens, its end is not read: ")
    assert told.endswith('"a depth map of a chair with legs and legs and legs and ..."')


def test_what_is_not_read_is_looked_for_once_and_again_where_the_cache_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, prompts = tiny(), NamePrompt()(["chair", "cracker"])
    [line] = unread(model, prompts, tmp_path)
    assert line.startswith("never read: cracker")
    [kept] = tmp_path.iterdir()
    monkeypatch.setattr(type(model), "unread_words", lambda self, names: ["asked anew"])
    assert unread(model, prompts, tmp_path) == [line]
    kept.write_text("torn")
    assert unread(model, prompts, tmp_path)[0].startswith("never read: asked anew")
