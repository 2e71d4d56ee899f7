import csv
import json

import pytest
import torch

from pointclip2.app.compose import build, compose
from pointclip2.encoders.clip import tiny
from pointclip2.encoders.clip.tiny import FOLDER
from pointclip2.text import TemplatesPrompt, encode_prompts
from pointclip2.worlds.shapes.world import Shapes
from tests.places import ROOT

CLASSES = ["bottle", "chair", "laptop", "person"]


def test_the_shipped_model_tells_very_different_classes_apart() -> None:
    model = tiny()
    assert model.trained
    projector = build(compose("evaluate").projector)
    split = Shapes(CLASSES, per_class={"train": 1, "val": 1, "test": 5}).open("test")
    clouds = [split[index] for index in range(len(split))]
    with torch.no_grad():
        images = projector(torch.stack([cloud.points for cloud in clouds])).images
    texts = encode_prompts(model, TemplatesPrompt()(CLASSES))
    found = (model.encode_views(images) @ texts.T).mean(dim=1).argmax(dim=1)
    right = (found == torch.tensor([cloud.label for cloud in clouds])).float().mean()
    assert right >= 0.75


def test_a_word_that_was_never_trained_says_nothing() -> None:
    model = tiny()
    texts = model.encode_text(["a chair", "a bicycle", "a dumbbell"])
    assert texts.isfinite().all()
    rows = model.model.token_embedding.weight
    assert rows[int(model.tokenizer(["bicycle"])[0, 1])].abs().max() == 0
    assert rows[int(model.tokenizer(["chair"])[0, 1])].abs().max() > 0


def test_the_card_says_what_the_model_was_trained_on_and_how() -> None:
    card = json.loads((FOLDER / "model.json").read_text())
    assert card["bytes"] == (FOLDER / "open_clip_model.safetensors").stat().st_size <= 12_000_000
    assert {"trained_on", "command", "seed", "data", "git_commit", "steps"} <= set(card)
    assert "MODEL_CARD.md" in {path.name for path in FOLDER.iterdir()}


def test_the_published_log_ends_with_the_validation_of_the_shipped_weights() -> None:
    card = json.loads((FOLDER / "model.json").read_text())
    log = ROOT / "outputs" / "published" / "tiny_clip_training.csv"
    with log.open() as lines:
        last = list(csv.DictReader(lines))[-1]
    assert int(last["step"]) + 1 == card["steps"] == card["of_steps"]
    for name in ("val/acc", "val/acc_scan"):
        assert float(last[name]) == pytest.approx(card["validation"][name])
