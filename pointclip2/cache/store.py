"""Features on disk: content-addressed, written in whole shards, never half-read.

A store's folder is named after a hash of everything that decides its features, and ``key.json`` in it holds that
everything in words; another key in the same folder is an error. A shard appears by one ``os.replace``, so a kill,
a full disk or a second run writing the same store at once leaves whole shards or none.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int64
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from pointclip2.types import DataError
from pointclip2.writing import write_bytes, write_text

CACHE_VERSION = 1
"""Raise it when the same key begins to mean other features for a reason that the sources below do not show."""


@dataclass(frozen=True)
class Shard:
    """Whatever was made of the samples that could be read, a column a kind, one row a sample."""

    columns: Mapping[str, Tensor]
    index: Int64[Tensor, " samples"]
    """Position of each sample in the data set."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""


@dataclass(frozen=True)
class FeatureTable:
    """Features of the samples that could be read, in the order of the data set."""

    features: Float[Tensor, "samples views dim"]
    index: Int64[Tensor, " samples"]
    """Position of each sample in the data set."""
    skipped: Mapping[str, str]
    """Samples that could not be read, and why."""

    @classmethod
    def of(cls, shard: Shard) -> "FeatureTable":
        """The table of a shard whose one column is ``features``."""
        return cls(shard.columns["features"], shard.index, shard.skipped)


def feature_key(
    data: Mapping[str, Any], projector: Mapping[str, Any], backbone: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that decides the features of a split, as plain data."""
    return {
        "version": CACHE_VERSION,
        "sources": source_digest("geometry", "encoders"),
        "data": dict(data),
        "projector": dict(projector),
        "backbone": dict(backbone),
    }


@cache
def source_digest(*rooms: str) -> str:
    """Of the rooms that make features: after an edit there, old features must not be taken for new ones."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((package / room).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class FeatureStore:
    """The cached features of one split under one projector and backbone.

    Args:
        root: folder of all stores.
        key: see `feature_key`.
        samples: length of the split.
        shard_size: samples a shard; what a kill can cost at most.
        columns: what a shard holds of every sample.

    Raises:
        DataError: the folder belongs to another key.
    """

    def __init__(
        self,
        root: Path,
        key: Mapping[str, Any],
        samples: int,
        shard_size: int = 64,
        columns: Sequence[str] = ("features",),
    ) -> None:
        text = json.dumps({**key, "samples": samples, "shard_size": shard_size}, sort_keys=True, indent=1)
        name = f"{key['data'].get('name', 'data')}-{key['data'].get('split', 'split')}"
        self.folder = Path(root) / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
        self.samples = samples
        self.shard_size = shard_size
        self.shards = -(-samples // shard_size)
        self.columns = tuple(columns)
        self._text = text
        self._check_key()

    def _check_key(self) -> None:
        path = self.folder / "key.json"
        if path.is_file() and path.read_bytes() != self._text.encode():
            raise DataError(
                f"{path} describes other features than this run's: delete {self.folder} and run again"
            )

    def rows(self, shard: int) -> range:
        """Positions in the data set that a shard holds."""
        return range(shard * self.shard_size, min((shard + 1) * self.shard_size, self.samples))

    def missing(self) -> list[int]:
        """Shards that are not there, or cannot be read."""
        return [shard for shard in range(self.shards) if not self._is_whole(shard)]

    def _path(self, shard: int) -> Path:
        return self.folder / f"shard-{shard:05d}.safetensors"

    def _is_whole(self, shard: int) -> bool:
        try:
            # The header states the length of the file, so a cut-off file is noticed without reading it.
            with safe_open(self._path(shard), framework="pt") as file:
                return set(file.keys()) == {*self.columns, "index"}
        except (OSError, SafetensorError):
            return False

    def write(
        self,
        shard: int,
        features: Float[Tensor, "samples views dim"],
        index: Int64[Tensor, " samples"],
        skipped: Mapping[str, str],
    ) -> None:
        """Write one whole shard of features; see `write_shard`."""
        self.write_shard(shard, Shard({"features": features}, index, skipped))

    def write_shard(self, shard: int, content: Shard) -> None:
        """Write one whole shard; columns and the reasons of skipped samples appear together or not at all.

        A shard of which no sample could be read may lack columns: it gets empty ones.

        Raises:
            OSError: the disk is full or not writable; nothing half-written stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        key = self.folder / "key.json"
        if not key.is_file():
            write_text(key, self._text)
        tensors = {name: content.columns.get(name, torch.zeros(0)).contiguous() for name in self.columns}
        tensors["index"] = content.index.contiguous()
        data = save(tensors, {"skipped": json.dumps(dict(content.skipped))})
        # Written by Python: what safetensors raises on a full disk is no OSError.
        write_bytes(self._path(shard), data)

    def read(self) -> FeatureTable:
        """All features.

        Raises:
            DataError: a shard is missing or damaged.
        """
        return join([self.read_shard(shard) for shard in range(self.shards)])

    def read_shard(self, shard: int) -> FeatureTable:
        """One shard's features; raises as `read` does."""
        return FeatureTable.of(self.read_columns(shard))

    def read_index(self, shard: int) -> Shard:
        """Who is in one shard, without its columns; raises as `read` does."""
        return self.read_columns(shard, ())

    def read_columns(self, shard: int, columns: Sequence[str] | None = None) -> Shard:
        """All columns of one shard, or those asked for; raises as `read` does."""
        try:
            with safe_open(self._path(shard), framework="pt") as file:
                skipped = json.loads((file.metadata() or {})["skipped"])
                wanted = self.columns if columns is None else columns
                content = {name: file.get_tensor(name) for name in wanted}
                return Shard(content, file.get_tensor("index"), skipped)
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise DataError(
                f"{self._path(shard)} cannot be read ({error}): delete it and run again"
            ) from error


def join(tables: Sequence[FeatureTable]) -> FeatureTable:
    """One table, in the order of the data set; tables in which nothing could be read have no features."""
    full = [table for table in tables if len(table.index)]
    skipped = {name: reason for table in tables for name, reason in table.skipped.items()}
    if not full:
        return FeatureTable(torch.zeros(0, 0, 0), torch.zeros(0, dtype=torch.int64), skipped)
    index = torch.cat([table.index for table in full])
    order = index.argsort()
    return FeatureTable(torch.cat([table.features for table in full])[order], index[order], skipped)
