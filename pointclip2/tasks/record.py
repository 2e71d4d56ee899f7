"""What every record says of a measurement: data, encoder, prompts, and what chose them, in data and in words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from pointclip2.data.checksum import digest_values
from pointclip2.encoders.encoder import Encoder
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet
from pointclip2.types import weakest_selection


def data_facts(
    dataset: Any, count: int, labelled: int, skipped: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """Return what a record says of its data; ``more`` is what a task counts besides."""
    return {
        "name": dataset.name,
        "split": dataset.split,
        "n": count,
        "labelled": labelled,
        "classes": len(dataset.classes),
        **more,
        "checksum": dataset.checksum,
        "skipped": dict(skipped),
    }


def encoder_facts(run: Run, encoder: Encoder) -> dict[str, Any]:
    """Return what a record says of its encoder. ``backbone`` is the part of it that has learned."""
    facts = {
        "encoder": encoder.describe(),
        "backbone": {
            "id": encoder.id,
            **learned(encoder),
            "trained": encoder.trained,
            "trained_on": encoder.trained_on,
        },
    }
    projector = projector_options(run, encoder)
    return facts if projector is None else {**facts, "projector": projector}


def projector_options(run: Run, encoder: Encoder) -> Any:
    """Return the options of the projector that the encoder looks through; None for one that looks at points."""
    return run.provenance.options.get("projector") if hasattr(encoder, "projector") else None


def learned(encoder: Encoder) -> dict[str, Any]:
    """Return what the part of an encoder that has learned says of itself: its CLIP, or the encoder as a whole.

    ``id`` and ``weights_hash`` are always there: where there are no weights, the options decide what vectors mean.
    """
    told = (encoder.text or encoder).describe()
    return told if "weights_hash" in told else {"id": encoder.id, **told, "weights_hash": digest_values(told)}


def prompt_facts(prompts: PromptSet, encoder: Encoder) -> dict[str, Any]:
    """Return what a record says of its sentences; there are none for an encoder that knows none."""
    if encoder.text is None:
        return {"name": "none", "hash": None, "count": 0, "selected_on": "none"}
    return {
        "name": prompts.name,
        "hash": prompts.hash,
        "count": prompts.count,
        "selected_on": prompts.selected_on,
    }


def origin_facts(run: Run, *selected_on: str) -> dict[str, Any]:
    """Return what a record says of the whole: what chose its parts, what was expected, which options, which device."""
    return {
        "selected_on": weakest_selection(*selected_on),
        "expect": dict(run.provenance.expect),
        "config_hash": run.provenance.config_hash,
        "device": device_name(run.trainers.device),
    }


def labels_used(choices: Mapping[str, str]) -> str:
    """Return in words which labels chose what; ``choices`` is what each part was selected on."""
    used = [f"{what} {chosen(on)}" for what, on in choices.items() if on != "none"]
    return "; ".join(used) or "no labels used"


def chosen(selected_on: str) -> str:
    """Return ``selected_on`` as part of a sentence; loud where it was the test labels."""
    words = {
        "test": "SELECTED ON THE TEST LABELS",
        "unknown": "selected on unknown labels",
        "label_free": "chosen on unlabelled shapes",
    }
    return words.get(selected_on, f"selected on {selected_on}")


def with_training(line: str, backbone: Mapping[str, Any]) -> str:
    """Return a sentence about a measurement and what the model had learned from, as far as it is known."""
    if backbone["trained"] and backbone["trained_on"]:
        return f"{line} The model was trained on {backbone['trained_on']}."
    return f"{line} {backbone['trained_on']}".strip()


def device_name(device: torch.device) -> str:
    """Return the name of the device that worked, or how many threads a processor lent."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "cpu":
        return f"cpu, {torch.get_num_threads()} threads"
    return str(device.type)


def defined(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Return figures as records hold them: one that is not defined, such as the accuracy on nothing, is None."""
    return {name: None if math.isnan(value) else value for name, value in metrics.items()}


def per_cent(value: float | None) -> str:
    """Return a fraction as tables show it; a dash where it is not defined."""
    return "–" if value is None else f"{100 * value:.2f}"


def quoted(record: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return lines of a table, in per cent, with the published figures that a run should come near."""
    expected: Sequence[tuple[str, float]] = list(record["expect"].items())
    return [(f"{names.get(name, name)}, quoted", f"{100 * value:.2f}") for name, value in expected]
