"""Features on disk: content-addressed, written in whole shards, never half-read.

A store's folder is named after a hash of everything that decides its features, and ``key.json`` in it holds that
everything in words; another key in the same folder is an error. A shard is a file that is named after the positions
it holds, so that runs with other shard sizes share a store. It appears by one ``os.replace``: a kill, a full disk or a
second run writing the same store at once leaves whole shards or none.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int64
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from pointclip2.types import DataError
from pointclip2.writing import write_bytes, write_text

_NAME = re.compile(r"rows-(\d+)-(\d+)\.safetensors")


@dataclass(frozen=True)
class Shard:
    """What was made of some samples of a split that lie side by side."""

    columns: Mapping[str, Tensor]
    """One row a sample; in a ragged shard the tensors of its only sample, whatever their shapes."""
    index: Int64[Tensor, " samples"]
    """Position in the data set of each sample that could be read."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Samples that could not be read, and why."""

    def alone(self) -> "Shard":
        """Return the shard in memory of its own, where it lay in a larger tensor."""
        return Shard(
            {name: column.clone() for name, column in self.columns.items()}, self.index, self.skipped
        )

    def since(self, position: int) -> "Shard":
        """Return the shard without the samples before a position."""
        late = self.index >= position
        if bool(late.all()):
            return self
        return Shard(
            {name: column[late] for name, column in self.columns.items()}, self.index[late], self.skipped
        )


@dataclass(frozen=True)
class FeatureTable:
    """Vectors of the samples that could be read, in the order of the data set."""

    features: Float[Tensor, "samples tokens dim"]
    index: Int64[Tensor, " samples"]
    """Position of each sample in the data set."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Samples that could not be read, and why."""


class FeatureStore:
    """Keeps the features of one split on disk.

    Args:
        root: folder of all stores.
        key: see `pointclip2.cache.keys.feature_key`.
        samples: length of the split.
        columns: names of what a shard holds of every sample; None where each shard has its own.

    Raises:
        DataError: the folder belongs to another key.
    """

    def __init__(
        self, root: Path, key: Mapping[str, Any], samples: int, columns: Sequence[str] | None = ("features",)
    ) -> None:
        self._text = json.dumps({**key, "samples": samples}, sort_keys=True, indent=1)
        name = f"{key['data'].get('name', 'data')}-{key['data'].get('split', 'split')}"
        self.folder = Path(root) / f"{name}-{hashlib.sha256(self._text.encode()).hexdigest()[:20]}"
        self.samples = samples
        self.columns = None if columns is None else tuple(columns)
        path = self.folder / "key.json"
        if path.is_file() and path.read_bytes() != self._text.encode():
            raise DataError(
                f"{path} describes other features than this run's: delete {self.folder} and run again"
            )

    def shards(self) -> list[range]:
        """Return the positions of every whole shard, in order; two may overlap where runs had other shard sizes."""
        if not self.folder.is_dir():
            return []
        found = (_NAME.fullmatch(path.name) for path in self.folder.iterdir())
        rows = (range(int(match[1]), int(match[2])) for match in found if match is not None)
        return sorted(filter(self._is_whole, rows), key=lambda own: (own.start, -own.stop))

    def missing(self, shard_size: int) -> list[range]:
        """Return the positions that no whole shard holds, cut into shards of at most this size."""
        gaps, reached = [], 0
        for rows in [*self.shards(), range(self.samples, self.samples)]:
            gaps += cut(range(reached, rows.start), shard_size)
            reached = max(reached, rows.stop)
        return gaps

    def _path(self, rows: range) -> Path:
        return self.folder / f"rows-{rows.start:07d}-{rows.stop:07d}.safetensors"

    def _is_whole(self, rows: range) -> bool:
        if not 0 <= rows.start < rows.stop <= self.samples:
            return False
        try:
            # The header states the length of the file, so a cut-off file is noticed without reading it.
            with safe_open(self._path(rows), framework="pt") as file:
                names = set(file.keys())
        except (OSError, SafetensorError):
            return False
        return "index" in names if self.columns is None else names == {*self.columns, "index"}

    def write(self, rows: range, content: Shard) -> None:
        """Write one whole shard; columns and the reasons of skipped samples appear together or not at all.

        A shard of which no sample could be read may lack columns: it gets empty ones.

        Raises:
            OSError: the disk is full or not writable; nothing half-written stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "key.json").is_file():
            write_text(self.folder / "key.json", self._text)
        names = content.columns if self.columns is None else self.columns
        tensors = {name: content.columns.get(name, torch.zeros(0)).contiguous() for name in names}
        tensors["index"] = content.index.contiguous()
        # Written by Python: what safetensors raises on a full disk is no OSError.
        write_bytes(self._path(rows), save(tensors, {"skipped": json.dumps(dict(content.skipped))}))

    def read(self, rows: range, columns: Sequence[str] | None = None) -> Shard:
        """Return one shard with all its columns, or those asked for.

        Raises:
            DataError: it is missing or damaged.
        """
        try:
            with safe_open(self._path(rows), framework="pt") as file:
                skipped = json.loads((file.metadata() or {})["skipped"])
                stored = [name for name in file.keys() if name != "index"]  # noqa: SIM118 - not a dict
                content = {name: file.get_tensor(name) for name in (stored if columns is None else columns)}
                return Shard(content, file.get_tensor("index"), skipped)
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise DataError(
                f"{self._path(rows)} cannot be read ({error}): delete it and run again"
            ) from error


def cut(rows: range, size: int) -> list[range]:
    """Cut a range into shards that end at multiples of their size, so that every run cuts alike."""
    shards = []
    while rows:
        stop = min((rows.start // size + 1) * size, rows.stop)
        shards.append(range(rows.start, stop))
        rows = range(stop, rows.stop)
    return shards
