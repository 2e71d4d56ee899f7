"""Where a figure comes from, in words: what its choices were selected on, and on which device it was made."""

from collections.abc import Sequence

import torch


def weakest(choices: Sequence[str]) -> str:
    """What a number was selected on, as a whole: the choice that says least for it."""
    order = ("none", "label_free", "train", "holdout", "unknown", "test")
    return max(choices, key=order.index)


def chosen(selected_on: str) -> str:
    """``selected_on`` as part of a sentence; loud where it was the test labels."""
    return {"test": "SELECTED ON THE TEST LABELS", "unknown": "selected on unknown labels"}.get(
        selected_on, f"selected on {selected_on}"
    )


def device_name() -> str:
    """Of the accelerator, or how many threads a processor lends."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"cpu, {torch.get_num_threads()} threads"
