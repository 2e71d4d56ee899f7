"""Vectors of text on disk: encoded once for the same words and encoder, and never needed to be there."""

import errno
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from pointclip2.cache.text import class_vectors, sentence_vectors
from pointclip2.text import PromptSet

PROMPTS = PromptSet("mine", {"chair": ("a chair", "a seat"), "lamp": ("a lamp",)})


class Words:
    """Says of a sentence how many letters it has, and counts how often it is asked."""

    logit_scale = 100.0

    def __init__(self, weights_hash: str = "1") -> None:
        self.calls = 0
        self.weights_hash = weights_hash
        self.devices: list[Any] = []

    def encode_text(self, sentences: list[str]) -> Tensor:
        self.calls += 1
        rows = torch.tensor([[len(sentence), 1.0, float(self.weights_hash)] for sentence in sentences])
        return torch.nn.functional.normalize(rows, dim=-1)

    def describe(self) -> dict[str, Any]:
        return {"id": "words", "weights_hash": self.weights_hash}

    def to(self, device: Any) -> "Words":
        self.devices.append(device)
        return self


class OtherWords(Words):
    """Says the same of itself."""


def test_the_same_words_are_encoded_once_and_a_model_moves_only_to_encode(tmp_path: Path) -> None:
    encoder = Words()
    first = class_vectors(encoder, PROMPTS, tmp_path, "cpu")
    calls = encoder.calls
    assert torch.equal(class_vectors(encoder, PROMPTS, tmp_path, "cpu"), first)
    assert (encoder.calls, encoder.devices) == (calls, ["cpu"])
    assert first.shape == (2, 3)
    rows = sentence_vectors(encoder, PROMPTS, tmp_path)
    again = sentence_vectors(encoder, PROMPTS, tmp_path)
    assert [len(own) for own in rows] == [2, 1]
    assert all(torch.equal(one, two) for one, two in zip(rows, again, strict=True))
    assert encoder.calls == calls + 1


def test_other_words_another_encoder_and_edited_sources_are_encoded_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = class_vectors(Words(), PROMPTS, tmp_path)
    other = PromptSet("mine", {"chair": ("a chair", "a seats"), "lamp": ("a lamp",)})
    assert not torch.equal(class_vectors(Words(), other, tmp_path), first)
    assert not torch.equal(class_vectors(Words("2"), PROMPTS, tmp_path), first)
    namesake = OtherWords()
    class_vectors(namesake, PROMPTS, tmp_path)
    assert namesake.calls > 0  # says the same of itself, and is another class
    monkeypatch.setattr("pointclip2.cache.keys.source_digest", lambda *rooms: "edited")
    encoder = Words()
    class_vectors(encoder, PROMPTS, tmp_path)
    assert encoder.calls > 0


@pytest.mark.parametrize("damage", ["cut off", "empty", "garbage"])
def test_a_damaged_file_is_encoded_anew_and_replaced(tmp_path: Path, damage: str) -> None:
    first = class_vectors(Words(), PROMPTS, tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes({"cut off": path.read_bytes()[:-5], "empty": b"", "garbage": b"\x80" * 100}[damage])
    for asked in (True, False):
        encoder = Words()
        assert torch.equal(class_vectors(encoder, PROMPTS, tmp_path), first)
        assert (encoder.calls > 0) == asked


def test_a_full_disk_costs_a_warning_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert class_vectors(Words(), PROMPTS, tmp_path).shape == (2, 3)
    (record,) = caplog.records
    assert "cannot be used (No space left on device): the run goes on without it" in record.message
    assert list(tmp_path.iterdir()) == []
