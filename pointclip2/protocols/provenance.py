"""Where a figure comes from, in words: what its choices were selected on, and on which device it was made."""

import torch


def chosen(selected_on: str) -> str:
    """``selected_on`` as part of a sentence; loud where it was the test labels."""
    words = {
        "test": "SELECTED ON THE TEST LABELS",
        "unknown": "selected on unknown labels",
        "label_free": "chosen on unlabelled shapes",
    }
    return words.get(selected_on, f"selected on {selected_on}")


def device_name() -> str:
    """Of the accelerator, or how many threads a processor lends."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"cpu, {torch.get_num_threads()} threads"
