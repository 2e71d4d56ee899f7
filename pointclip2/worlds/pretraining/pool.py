"""Keep a pool of finished shapes for training: made once from seeds, kept in one file, found again by its digest."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
    """Holds clouds in memory: first those of the known classes, then of others, then compositions without a name."""

    points: Tensor
    """Clouds (shapes, points, 3) in float16, y up, in the unit sphere."""
    parts: Tensor
    """Part of each point (shapes, points) in uint8: index into those of its class or into `KINDS`, or `NO_PART`."""
    labels: Tensor
    """Class (shapes,) in int64, -1 for compositions."""
    said: list[list[str]]
    """What is true of each shape."""
    counts: tuple[int, int, int]
    """How many of them are of known classes, of other classes, and compositions."""
    digest: str

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class PoolPlan:
    """Says which shapes a pool has, and how their surfaces become points."""

    classes: tuple[str, ...]
    per_class: int
    others: tuple[str, ...]
    per_other: int
    abstract: int
    points: int
    surface: str
    seed: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many shapes there are of known classes, of other classes, and compositions."""
        return self.per_class * len(self.classes), self.per_other * len(self.others), self.abstract

    def digest(self) -> str:
        """Return a digest of everything that decides the pool, including the world's own source."""
        return digest_values(
            {**asdict(self), "source": source_digest(), "abstract_source": _abstract_digest()}
        )

    def shape(self, index: int) -> tuple[int, str]:
        """Return the label of a shape, -1 for a composition, and the name that its seed is made of.

        The names of the train split's samples are used, so that no shape of val or test can be among them.
        """
        known, other, _ = self.counts
        names, first = (self.classes, 0) if index < known else (self.others, len(self.classes))
        if index >= known + other:
            return -1, f"abstract/{index:05d}"
        number, place = divmod(index if index < known else index - known, len(names))
        return first + place, f"{names[place].replace(' ', '_')}/{number:04d}"


def _abstract_digest() -> str:
    folder = Path(__file__).resolve().parent
    return digest_files(folder, [folder / "abstract.py"])


def open_pool(folder: Path, plan: PoolPlan) -> Pool:
    """Read the pool from its file, or make it now with a progress bar (some 8 ms a shape) and keep it."""
    digest = plan.digest()
    path = folder / f"shapes_{digest[:16]}.safetensors"
    try:
        with open_tensors(path, digest) as file:
            return Pool(
                **file.tensors(), said=json.loads(file.told["said"]), counts=plan.counts, digest=digest
            )
    except (FileNotFoundError, NotADirectoryError):
        pass
    except DamagedError as error:
        log.warning("%s: it is made anew", error)
    tensors, said = _made(plan)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, tensor_file(tensors, {"said": json.dumps(said)}, digest))
    except OSError as error:
        log.warning("%s is not kept (%s): the next training makes it anew", path, error.strerror or error)
    return Pool(**tensors, said=said, counts=plan.counts, digest=digest)


def _made(plan: PoolPlan) -> tuple[dict[str, Tensor], list[list[str]]]:
    from rich.progress import track

    total = sum(plan.counts)
    clouds = torch.empty(total, plan.points, 3, dtype=torch.float16)
    parts = torch.empty(total, plan.points, dtype=torch.uint8)
    labels = torch.full((total,), -1, dtype=torch.int64)
    said: list[list[str]] = []
    for index in track(range(total), description="making shapes"):
        label, name = plan.shape(index)
        rng = np.random.default_rng(stable_seed(f"{plan.seed}/train/{name}"))
        if label >= 0:
            shape = make_shape((*plan.classes, *plan.others)[label], rng)
            phrases: Sequence[str] = list(dict.fromkeys(shape.attributes))
        else:
            shape, phrases = make_abstract(rng)
        said.append([phrase for phrase in phrases if not forbidden(phrase)])
        cloud, cloud_parts, _ = sample_shape(shape, plan.points, plan.surface, "none", rng)
        clouds[index] = torch.from_numpy(cloud)
        parts[index] = torch.from_numpy(np.where(cloud_parts < 0, NO_PART, cloud_parts))
        labels[index] = label
    return {"points": clouds, "parts": parts, "labels": labels}, said


def part_table(classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the part names of every class in label order, then the primitives of compositions."""
    return [*(shape_kind(name).part_names for name in classes), KINDS]
