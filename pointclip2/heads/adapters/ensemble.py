"""Add up the logits of several models, such as PointCLIP and a 3D network, because each is right where others fail.

Log-probabilities are added, so that the scales of the models do not matter. The weights are chosen on validation.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.data.files.arrays import load_arrays
from pointclip2.reading import why_unreadable
from pointclip2.sealed import DamagedError, open_tensors, tensor_file
from pointclip2.types import CloudError, DataError
from pointclip2.writing import write_bytes

FILE = "logits.safetensors"
LEVELS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Weights that are tried for a model beside one of weight 1."""
PARTS = ("validation", "test")


@dataclass(frozen=True)
class Votes:
    """Holds one model's log-probabilities for the samples of validation and test."""

    source: str
    validation: Float[Tensor, "samples classes"]
    test: Float[Tensor, "others classes"]


def write_votes(path: Path, votes: Votes, classes: Sequence[str], names: Mapping[str, Sequence[str]]) -> None:
    """Write the file that `read_votes` reads; ``names`` has the samples of ``validation`` and of ``test``."""
    tensors = {"validation": votes.validation, "test": votes.test}
    told = {"classes": json.dumps(list(classes)), **{part: json.dumps(list(names[part])) for part in PARTS}}
    write_bytes(path, tensor_file(tensors, told))


def read_votes(path: Path, classes: Sequence[str], names: Mapping[str, Sequence[str]]) -> Votes:
    """Read another model's votes for these samples, in this order.

    Args:
        path: the folder of a few-shot run, its ``logits.safetensors``, or an ``.npz`` of any program with the arrays
            ``validation`` and ``test`` (samples, classes), logits or log-probabilities; rows in the order of the
            arrays ``validation_names`` and ``test_names``, or of the data set where there are none.
        classes: class names in the order of the columns.
        names: sample names of each part.

    Raises:
        DataError: the file is missing or damaged, has other classes, or lacks a sample.
    """
    if path.is_dir():
        path = path / FILE
    unreadable = why_unreadable(path)
    if unreadable:
        raise DataError(
            f"ensemble: {path}: {unreadable}; give folders of finished few-shot runs, or .npz files"
        )
    tensors, told = _read_arrays(path) if path.suffix == ".npz" else _read_run(path)
    if told.get("classes") is not None and list(told["classes"]) != list(classes):
        raise DataError(f"ensemble: {path} knows other classes, or in another order")
    found = {}
    for part in PARTS:
        if part not in tensors:
            raise DataError(f"ensemble: {path} has no {part!r} logits; both validation and test are needed")
        logits = tensors[part].float()
        if logits.ndim != 2 or logits.shape[1] != len(classes) or not bool(logits.isfinite().all()):
            raise DataError(
                f"ensemble: {path}: {part} has the shape {tuple(logits.shape)}; wanted are finite logits of "
                f"{len(classes)} classes"
            )
        found[part] = _matched(logits, told.get(part), names[part], f"{path}: {part}").log_softmax(dim=1)
    return Votes(str(path), found["validation"], found["test"])


def weigh(
    own: Float[Tensor, "samples classes"],
    others: Sequence[Float[Tensor, "samples classes"]],
    labels: Int64[Tensor, " samples"],
) -> list[float]:
    """Choose weights for the other models beside 1 for ``own``.

    The models are weighed one after the other, twice round; each gets the smallest of `LEVELS` with the most hits.
    """
    weights = [0.0] * len(others)
    for _ in range(2):
        for place, other in enumerate(others):
            rest = own + sum(
                (
                    weight * logits
                    for weight, logits in zip(weights, others, strict=True)
                    if logits is not other
                ),
                torch.zeros_like(own),
            )
            hits = [int(((rest + level * other).argmax(dim=1) == labels).sum()) for level in LEVELS]
            weights[place] = LEVELS[max(range(len(LEVELS)), key=lambda index: (hits[index], -index))]
    return weights


def combined(
    own: Float[Tensor, "samples classes"],
    others: Sequence[Float[Tensor, "samples classes"]],
    weights: Sequence[float],
) -> Float[Tensor, "samples classes"]:
    """Return the weighted sum of the models' log-probabilities."""
    total = own.clone()
    for weight, logits in zip(weights, others, strict=True):
        total += weight * logits
    return total


def _read_run(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        with open_tensors(path, needed=False) as file:
            return file.tensors(), {name: json.loads(text) for name, text in file.told.items()}
    except DamagedError as error:
        raise DataError(f"ensemble: {error}: run that training again") from error


def _read_arrays(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        arrays = load_arrays(path)
        if not isinstance(arrays, dict):
            raise ValueError("it is one array")
        tensors = {part: torch.from_numpy(np.asarray(arrays[part], dtype=np.float32)) for part in PARTS
                   if part in arrays}  # fmt: skip
    except (
        OSError,
        ValueError,
        EOFError,
        CloudError,
        BadZipFile,
    ) as error:  # a pickle inside is a ValueError
        raise DataError(f"ensemble: {path} cannot be read ({' '.join(str(error).split())})") from error
    told = {
        part: [str(name) for name in arrays[f"{part}_names"]] for part in PARTS if f"{part}_names" in arrays
    }
    if "classes" in arrays:
        told["classes"] = [str(name) for name in arrays["classes"]]
    return tensors, told


def _matched(logits: Tensor, theirs: Sequence[str] | None, ours: Sequence[str], where: str) -> Tensor:
    if theirs is None:
        if len(logits) != len(ours):
            raise DataError(
                f"ensemble: {where} has {len(logits)} rows and no names, but there are {len(ours)} samples"
            )
        return logits
    if len(theirs) != len(logits):
        raise DataError(f"ensemble: {where} has {len(logits)} rows but {len(theirs)} names")
    at = {name: row for row, name in enumerate(theirs)}
    missing = [name for name in ours if name not in at]
    if missing:
        raise DataError(
            f"ensemble: {where} lacks {len(missing)} of {len(ours)} samples, the first is {missing[0]}"
        )
    return logits[[at[name] for name in ours]]
