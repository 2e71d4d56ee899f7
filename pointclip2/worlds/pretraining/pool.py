"""Keep a pool of finished shapes for training: made once from seeds, kept in one file, found again by its digest."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.prepare import stable_seed
from pointclip2.sealed import DamagedError, open_tensors, tensor_file
from pointclip2.worlds.pretraining.abstract import KINDS, make_abstract
from pointclip2.worlds.pretraining.captions import forbidden
from pointclip2.worlds.shapes.classes import make_shape, shape_kind
from pointclip2.worlds.shapes.world import sample_shape, source_digest
from pointclip2.writing import write_bytes

log = logging.getLogger(__name__)

NO_PART = 255
"""Part of the points of other things, and of cells that show none."""


@dataclass(frozen=True)
class Pool:
    """Holds clouds in memory; the first ``known`` are of classes, the others are compositions without a name."""

    points: Tensor
    """Clouds (shapes, points, 3) in float16, y up, in the unit sphere."""
    parts: Tensor
    """Part of each point (shapes, points) in uint8: index into those of its class or into `KINDS`, or `NO_PART`."""
    labels: Tensor
    """Class (shapes,) in int64, -1 for compositions."""
    said: list[list[str]]
    """What is true of each shape."""
    known: int
    digest: str

    def __len__(self) -> int:
        return len(self.labels)


def pool_digest(
    classes: Sequence[str], per_class: int, abstract: int, points: int, surface: str, seed: int
) -> str:
    """Return a digest of everything that decides the pool, including the world's own source."""
    asked = {"classes": list(classes), "per_class": per_class, "abstract": abstract}
    return digest_values(
        {
            **asked,
            "points": points,
            "surface": surface,
            "seed": seed,
            "source": source_digest(),
            "abstract_source": _abstract_digest(),
        }
    )


def _abstract_digest() -> str:
    folder = Path(__file__).resolve().parent
    return digest_files(folder, [folder / "abstract.py"])


def open_pool(
    folder: Path, classes: Sequence[str], per_class: int, abstract: int, points: int, surface: str, seed: int
) -> Pool:
    """Read the pool from its file, or make it now with a progress bar (some 4 ms a shape) and keep it."""
    digest = pool_digest(classes, per_class, abstract, points, surface, seed)
    path = folder / f"shapes_{digest[:16]}.safetensors"
    known = per_class * len(classes)
    try:
        with open_tensors(path, digest) as file:
            return Pool(**file.tensors(), said=json.loads(file.told["said"]), known=known, digest=digest)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except DamagedError as error:
        log.warning("%s: it is made anew", error)
    tensors, said = _made(classes, per_class, abstract, points, surface, seed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, tensor_file(tensors, {"said": json.dumps(said)}, digest))
    except OSError as error:
        log.warning("%s is not kept (%s): the next training makes it anew", path, error.strerror or error)
    return Pool(**tensors, said=said, known=known, digest=digest)


def _made(
    classes: Sequence[str], per_class: int, abstract: int, points: int, surface: str, seed: int
) -> tuple[dict[str, Tensor], list[list[str]]]:
    from rich.progress import track

    total = per_class * len(classes) + abstract
    clouds = torch.empty(total, points, 3, dtype=torch.float16)
    parts = torch.empty(total, points, dtype=torch.uint8)
    labels = torch.full((total,), -1, dtype=torch.int64)
    said: list[list[str]] = []
    for index in track(range(total), description="making shapes"):
        label = index % len(classes) if index < per_class * len(classes) else -1
        # The names of the train split's samples are used, so that no shape of val or test can be among them.
        name = f"{classes[label]}/{index // len(classes):04d}" if label >= 0 else f"abstract/{index:05d}"
        rng = np.random.default_rng(stable_seed(f"{seed}/train/{name.replace(' ', '_')}"))
        if label >= 0:
            shape = make_shape(classes[label], rng)
            said.append([phrase for phrase in dict.fromkeys(shape.attributes) if not forbidden(phrase)])
        else:
            shape, phrases = make_abstract(rng)
            said.append([phrase for phrase in phrases if not forbidden(phrase)])
        cloud, cloud_parts, _ = sample_shape(shape, points, surface, "none", rng)
        clouds[index] = torch.from_numpy(cloud)
        parts[index] = torch.from_numpy(np.where(cloud_parts < 0, NO_PART, cloud_parts))
        labels[index] = label
    return {"points": clouds, "parts": parts, "labels": labels}, said


def part_table(classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the part names of every class in label order, then the primitives of compositions."""
    return [*(shape_kind(name).part_names for name in classes), KINDS]
