import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pointclip2.text import PromptSet, encode_prompts, encode_sentences
from pointclip2.types import ConfigError, WeightsError

SEATS = {"chair": ("a seat.", "a back.", "legs."), "stool": ("legs.", "a seat.")}


class LetterEncoder:
    """Unit rows that depend on the letters of a sentence; notes what it was asked."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        self.calls: list[list[str]] = []
        self.weight = torch.nn.Parameter(torch.randn(128, 8, generator=torch.Generator().manual_seed(0)))
        self.dtype = dtype

    def encode_text(self, texts: list[str]) -> Tensor:
        self.calls.append(texts)
        rows = [self.weight[torch.tensor(list(text.encode()))].sum(dim=0) for text in texts]
        return F.normalize(torch.stack(rows), dim=-1).to(self.dtype)


def test_a_class_is_the_unit_mean_of_its_unit_sentences() -> None:
    encoder = LetterEncoder()
    seat, back, legs = encoder.encode_text(["a seat.", "a back.", "legs."]).detach()
    rows = encode_prompts(encoder, PromptSet("mine", SEATS))
    torch.testing.assert_close(rows[0], F.normalize(seat + back + legs, dim=0))
    torch.testing.assert_close(rows[1], F.normalize(seat + legs, dim=0))


def test_rows_follow_the_labels() -> None:
    rows = encode_prompts(LetterEncoder(), PromptSet("mine", SEATS))
    turned = encode_prompts(LetterEncoder(), PromptSet("mine", dict(reversed(SEATS.items()))))
    torch.testing.assert_close(turned, rows.flip(0))


def test_first_is_the_first_sentence_and_encodes_no_other() -> None:
    encoder = LetterEncoder()
    rows = encode_prompts(encoder, PromptSet("mine", SEATS, "first"))
    assert encoder.calls == [["a seat.", "legs."]]
    torch.testing.assert_close(rows, encoder.encode_text(["a seat.", "legs."]).detach())


def test_equal_sentences_are_encoded_once() -> None:
    encoder = LetterEncoder()
    encode_prompts(encoder, PromptSet("mine", SEATS | {"bench": ("legs.", "legs.")}))
    assert sorted(text for call in encoder.calls for text in call) == ["a back.", "a seat.", "legs."]


def test_a_sentence_that_is_there_twice_counts_twice() -> None:
    encoder = LetterEncoder()
    seat, legs = encoder.encode_text(["a seat.", "legs."]).detach()
    row = encode_prompts(encoder, PromptSet("mine", {"stool": ("a seat.", "legs.", "legs.")}))[0]
    torch.testing.assert_close(row, F.normalize(seat + 2 * legs, dim=0))


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_the_batch_changes_nothing_and_is_kept(batch: int) -> None:
    encoder = LetterEncoder()
    rows = encode_prompts(encoder, PromptSet("mine", SEATS), batch=batch)
    assert max(len(call) for call in encoder.calls) <= batch
    torch.testing.assert_close(rows, encode_prompts(LetterEncoder(), PromptSet("mine", SEATS)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_rows_are_unit_float32_at_any_precision(dtype: torch.dtype) -> None:
    rows = encode_prompts(LetterEncoder(dtype), PromptSet("mine", SEATS))
    assert rows.dtype == torch.float32
    torch.testing.assert_close(rows.norm(dim=-1), torch.ones(2))


def test_few_shot_training_can_use_the_rows() -> None:
    rows = encode_prompts(LetterEncoder(), PromptSet("mine", SEATS))
    assert not rows.requires_grad
    assert not rows.is_inference()
    features = torch.randn(4, 8, requires_grad=True)
    (features @ rows.T).sum().backward()
    assert features.grad is not None


def test_an_encoder_in_inference_mode_does_not_spoil_the_rows() -> None:
    class Inferring(LetterEncoder):
        def encode_text(self, texts: list[str]) -> Tensor:
            with torch.inference_mode():
                return super().encode_text(texts)

    assert not encode_prompts(Inferring(), PromptSet("mine", SEATS)).is_inference()


def test_an_encoder_that_overflows_is_refused() -> None:
    class Overflowing(LetterEncoder):
        def encode_text(self, texts: list[str]) -> Tensor:
            return super().encode_text(texts) * torch.nan

    with pytest.raises(WeightsError, match="not finite"):
        encode_prompts(Overflowing(), PromptSet("mine", SEATS))


def test_a_batch_holds_at_least_one_sentence() -> None:
    with pytest.raises(ConfigError, match="is 0: it must be 1 or more"):
        encode_prompts(LetterEncoder(), PromptSet("mine", SEATS), batch=0)


def test_sentences_count_as_they_are_weighted() -> None:
    encoder = LetterEncoder()
    seat, _, legs = encoder.encode_text(["a seat.", "a back.", "legs."]).detach()
    weights = {"chair": (2.0, 0.0, 1.0), "stool": (0.0, 3.0)}
    rows = encode_prompts(encoder, PromptSet("mine", SEATS, weights=weights))
    torch.testing.assert_close(rows[0], F.normalize(2 * seat + legs, dim=0))
    torch.testing.assert_close(rows[1], seat)
    equal = encode_prompts(encoder, PromptSet("mine", SEATS, weights={"chair": (5,) * 3, "stool": (1, 1)}))
    torch.testing.assert_close(equal, encode_prompts(encoder, PromptSet("mine", SEATS)))


def test_sentences_come_back_in_their_order_and_are_encoded_once() -> None:
    encoder = LetterEncoder()
    rows = encode_sentences(encoder, ["legs.", "a seat.", "legs."])
    assert encoder.calls == [["legs.", "a seat."]]
    torch.testing.assert_close(rows, encoder.encode_text(["legs.", "a seat.", "legs."]).detach())
