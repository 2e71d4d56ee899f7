"""The built-in tiny CLIP."""

import json
from pathlib import Path

from pointclip2.encoders.clip.openclip import RANDOM, OpenClipBackbone

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "tiny_clip"


def tiny(
    image_size: int = 80, precision: str = "fp32", weights: str | None = None, batch: int = 256
) -> OpenClipBackbone:
    """The built-in model; its weights are refused if their hash is not the one in ``model.json`` beside them.

    Args:
        image_size: pixels across.
        precision: ``fp32`` or ``bf16``.
        weights: another checkpoint of the same architecture, or ``random``; None takes the shipped one.
        batch: images or sentences a forward pass.
    """
    card = FOLDER / "model.json"
    if weights is None and not card.is_file():
        weights = RANDOM
    facts = json.loads(card.read_text(encoding="utf-8")) if weights is None else {}
    backbone = OpenClipBackbone(
        arch=f"local-dir:{FOLDER}",
        pretrained="shapes" if weights is None else "random" if weights == RANDOM else "local",
        image_size=image_size,
        image_mean=None,
        image_std=None,
        weights=weights,
        precision=precision,
        sha256=facts.get("sha256"),
        batch=batch,
    )
    backbone.trained_on = facts.get("trained_on", backbone.trained_on)
    return backbone
