"""What ships for the built-in model is what the built-in model says."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from pointclip2.app.compose import build
from pointclip2.cache import FeatureCache
from pointclip2.encoders.encoder import Encoder
from pointclip2.encoders.points.point_nn import PointNNEncoder
from pointclip2.heads.reference import SHIPPED, Reference, calibrated, reference_key, things
from pointclip2.types import CloudBatch, ConfigError
from pointclip2.worlds.reference import ReferenceShapes
from tests.toy import composed


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found: Encoder = build(composed("evaluate", ["trainer=cpu"]).encoder)
    return found


@pytest.fixture(scope="module")
def shipped(encoder: Encoder) -> Reference:
    path = SHIPPED / f"{reference_key(encoder)}.safetensors"
    assert path.is_file(), (
        "the built-in model or its projector has changed: make its reference again and ship it"
    )
    return Reference.of(encoder)


def test_shipped_shapes_are_what_the_encoder_says_today(encoder: Encoder, shipped: Reference) -> None:
    for split, rows, labels in (
        ("bank", shipped.bank, shipped.bank_labels),
        ("held", shipped.held, shipped.held_labels),
    ):
        dataset = ReferenceShapes(split, 40)
        assert len(dataset) == len(rows)
        assert labels.tolist() == dataset.labels
        chosen = [5, 700, len(rows) - 3]
        with torch.no_grad():
            now = encoder.encode(CloudBatch.of([dataset[i] for i in chosen])).vectors.mean(dim=1)
        assert F.cosine_similarity(now, rows[chosen]).min() > 0.999


def test_shipped_texts_are_what_the_encoder_says_today(encoder: Encoder, shipped: Reference) -> None:
    assert encoder.text is not None
    sentences = [text for own in things().sentences.values() for text in own]
    assert len(sentences) == len(shipped.things)
    now = encoder.text.encode_text(sentences[:4])
    assert torch.allclose(now, shipped.things[:4], atol=2e-3)


def test_what_is_saved_is_loaded_again(shipped: Reference, tmp_path: Path) -> None:
    shipped.save(tmp_path / "deep" / "one.safetensors")
    again = Reference.load(tmp_path / "deep" / "one.safetensors")
    assert torch.equal(again.held, shipped.held)
    assert torch.equal(again.bank_labels, shipped.bank_labels)
    assert torch.equal(again.held_plain, shipped.held_plain)


def test_another_projector_has_another_reference(encoder: Encoder) -> None:
    other = build(composed("evaluate", ["trainer=cpu", "projector=splat"]).encoder)
    assert reference_key(other) != reference_key(encoder)


def test_an_encoder_without_sentences_is_refused() -> None:
    with pytest.raises(ConfigError, match="knows no sentences"):
        Reference.of(PointNNEncoder())


def test_a_calibration_is_made_once_and_then_read(
    encoder: Encoder, shipped: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pointclip2.heads.reference.SHIPPED", tmp_path / "nothing")
    made: list[Encoder] = []

    def make(encoder: Encoder, *_: object) -> Reference:
        made.append(encoder)
        return shipped

    monkeypatch.setattr(Reference, "made", make)
    cache = FeatureCache(tmp_path)
    assert not calibrated(encoder, tmp_path)
    first = Reference.of(encoder, cache)
    assert calibrated(encoder, tmp_path)
    again = Reference.of(encoder, cache)
    assert len(made) == 1
    assert torch.equal(first.held, again.held)
    assert not calibrated(PointNNEncoder(), tmp_path)
