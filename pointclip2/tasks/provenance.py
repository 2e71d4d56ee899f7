"""Where a figure comes from, in words: what its choices were selected on, and on which device it was made."""

from collections.abc import Mapping
from typing import Any

import torch


def chosen(selected_on: str) -> str:
    """``selected_on`` as part of a sentence; loud where it was the test labels."""
    words = {
        "test": "SELECTED ON THE TEST LABELS",
        "unknown": "selected on unknown labels",
        "label_free": "chosen on unlabelled shapes",
    }
    return words.get(selected_on, f"selected on {selected_on}")


def with_training(line: str, backbone: Mapping[str, Any]) -> str:
    """A sentence about a measurement, and what the model had learned from, as far as it is known."""
    if backbone["trained"] and backbone["trained_on"]:
        return f"{line} The model was trained on {backbone['trained_on']}."
    return f"{line} {backbone['trained_on']}".strip()


def device_name() -> str:
    """Of the accelerator, or how many threads a processor lends."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"cpu, {torch.get_num_threads()} threads"
