"""Greedy replacement of sentences, against the published loop written out."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pointclip2.heads.search import replace_sentences
from pointclip2.types import ConfigError, DataError


def hits(features: Tensor, labels: Tensor, text: Tensor) -> int:
    return int(((features @ text.T).argmax(dim=1) == labels)[labels >= 0].sum())


def published(
    features: Tensor, labels: Tensor, text: Tensor, sentences: list[Tensor], passes: int
) -> tuple[int, list[int]]:
    """One sentence after the other, all logits computed anew for each."""
    text, chosen = text.clone(), [-1] * len(text)
    best = hits(features, labels, text)
    for _ in range(passes):
        for name, rows in enumerate(sentences):
            for number, row in enumerate(rows):
                tried = text.clone()
                tried[name] = row
                score = hits(features, labels, tried)
                if score > best:
                    best, text = score, tried
                    chosen[name] = number
    return best, chosen


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**31),
    st.integers(1, 25),
    st.lists(st.integers(0, 5), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_it_is_the_published_search(seed: int, batch: int, counts: list[int], passes: int) -> None:
    generator = torch.Generator().manual_seed(seed)

    def whole(*size: int) -> Tensor:  # exact arithmetic, and many ties
        return torch.randint(-2, 3, size, generator=generator).float()

    classes = len(counts)
    features, text = whole(batch, 3), whole(classes, 3)
    labels = torch.randint(-1, classes, (batch,), generator=generator)
    labels[0] = 0
    sentences = [whole(count, 3) for count in counts]
    found = replace_sentences(features, labels, text, sentences, passes)
    best, chosen = published(features, labels, text, sentences, passes)
    assert found.score == best / int((labels >= 0).sum())
    assert found.chosen.tolist() == chosen


def test_it_ends_when_a_pass_changes_nothing() -> None:
    features = torch.eye(2)
    found = replace_sentences(features, torch.tensor([0, 1]), torch.eye(2), [torch.rand(4, 2)] * 2, passes=9)
    assert found.evaluations == 8
    assert found.chosen.tolist() == [-1, -1]
    assert [step.score for step in found.history] == [1.0]


def test_the_history_rises_to_the_score() -> None:
    generator = torch.Generator().manual_seed(0)
    features, text = torch.randn(200, 8, generator=generator), torch.randn(5, 8, generator=generator)
    labels = torch.randint(5, (200,), generator=generator)
    sentences = [torch.randn(20, 8, generator=generator) for _ in range(5)]
    found = replace_sentences(features, labels, text, sentences)
    scores = [step.score for step in found.history]
    assert scores == sorted(set(scores))
    assert scores[-1] == found.score > scores[0]
    final = torch.stack(
        [s[c] if c >= 0 else t for s, c, t in zip(sentences, found.chosen.tolist(), text, strict=True)]
    )
    assert found.score == hits(features, labels, final) / 200


def test_many_shapes_are_counted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(0)
    features, text = torch.randn(90, 8, generator=generator), torch.randn(4, 8, generator=generator)
    labels = torch.randint(4, (90,), generator=generator)
    sentences = [torch.randn(7, 8, generator=generator) for _ in range(4)]
    whole = replace_sentences(features, labels, text, sentences)
    monkeypatch.setattr("pointclip2.heads.search.sentences.BUDGET", 20)
    assert replace_sentences(features, labels, text, sentences).chosen.tolist() == whole.chosen.tolist()


def test_what_cannot_be_searched_is_one_line() -> None:
    features, labels, text = torch.eye(2), torch.tensor([0, 1]), torch.eye(2)
    rows = [torch.eye(2)] * 2
    with pytest.raises(ConfigError, match="passes=0"):
        replace_sentences(features, labels, text, rows, passes=0)
    with pytest.raises(ConfigError, match="sentences of 1 classes for text features of 2"):
        replace_sentences(features, labels, text, rows[:1])
    with pytest.raises(DataError, match="label 2 among 2 classes"):
        replace_sentences(features, labels + 1, text, rows)
    with pytest.raises(DataError, match="not finite"):
        replace_sentences(features / 0, labels, text, rows)
    with pytest.raises(DataError, match="class 1 have features that are not finite"):
        replace_sentences(features, labels, text, [rows[0], rows[1] / 0])
