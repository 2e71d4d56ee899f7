"""Write what was found as files that ``view_weights=file`` and ``prompt=file`` read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pointclip2.heads.view_weights import FixedWeights
from pointclip2.sealed import sealed
from pointclip2.text import PromptSet
from pointclip2.writing import write_text

WEIGHTS, PROMPTS = "view_weights.json", "prompts.json"


def write_view_weights(folder: Path, weights: FixedWeights, found_on: Mapping[str, Any]) -> Path:
    """Write ``view_weights.json``; ``found_on`` says where the weights come from, and is for people only."""
    return _write(folder / WEIGHTS, {**weights.describe(), "found_on": dict(found_on)})


def write_prompts(folder: Path, prompts: PromptSet, found_on: Mapping[str, Any]) -> Path:
    """Write ``prompts.json``, with the weights of the sentences where they differ."""
    content: dict[str, Any] = {
        "source": prompts.name,
        "selected_on": prompts.selected_on,
        "found_on": dict(found_on),
        "sentences": {name: list(prompts.counted(name)) for name in prompts.classes},
    }
    if prompts.weights is not None:
        content["weights"] = {name: list(prompts.weights[name]) for name in prompts.classes}
    return _write(folder / PROMPTS, content)


def _write(path: Path, content: Mapping[str, Any]) -> Path:
    text = json.dumps(sealed(content), indent=1, ensure_ascii=False) + "\n"
    write_text(path, text)
    return path
