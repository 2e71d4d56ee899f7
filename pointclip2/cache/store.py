"""Features on disk: content-addressed, written in whole shards, never half-read.

A store's folder is named after a hash of everything that decides its features, and ``key.json`` in it holds that
everything in words, for people. A shard is a file that is named after the positions it holds, so that runs with other
shard sizes share a store. It appears by one ``os.replace``: a kill, a full disk or a second run writing the same store
at once leaves whole shards or none. Its checksums cover the key and its positions, too: what was damaged, or belongs
elsewhere, is missing.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from pointclip2.sealed import DamagedError, SealedTensors, UnsealedError, open_tensors, tensor_file
from pointclip2.types import DataError
from pointclip2.writing import write_bytes, write_text

_NAME = re.compile(r"rows-(\d+)-(\d+)\.safetensors")
_sound: dict[tuple[Path, tuple[str, ...] | None], tuple[int, int, int, int]] = {}
"""Shards that this process has checked or written, and what tells whether they were touched since."""

log = logging.getLogger(__name__)


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
        OSError: the folder cannot be looked at.
    """

    def __init__(
        self, root: Path, key: Mapping[str, Any], samples: int, columns: Sequence[str] | None = ("features",)
    ) -> None:
        self._text = json.dumps({**key, "samples": samples}, sort_keys=True, indent=1)
        name = f"{key['data'].get('name', 'data')}-{key['data'].get('split', 'split')}"
        self.folder = Path(root) / f"{name}-{hashlib.sha256(self._text.encode()).hexdigest()[:20]}"
        self.samples = samples
        self.columns = None if columns is None else tuple(columns)
        self.damaged: dict[Path, DamagedError] = {}
        """What `shards` found damaged, and what is wrong with each."""

    def shards(self) -> list[range]:
        """Return the positions of every whole shard, in order; two may overlap where runs had other shard sizes.

        A shard is read to the last byte the first time that this process meets it.

        Raises:
            OSError: the folder cannot be looked at.
        """
        self.damaged.clear()
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        rows = (range(int(match[1]), int(match[2])) for match in map(_NAME.fullmatch, names) if match)
        return sorted(filter(self._is_whole, rows), key=lambda own: (own.start, -own.stop))

    def missing(self, shard_size: int) -> list[range]:
        """Return the positions that no whole shard holds, cut into shards of at most this size."""
        gaps, reached = [], 0
        for rows in [*self.shards(), range(self.samples, self.samples)]:
            gaps += cut(range(reached, rows.start), shard_size)
            reached = max(reached, rows.stop)
        return gaps

    def tell_damage(self) -> None:
        """Log what is damaged, a line a file; the shards of earlier versions, without checksums, in one."""
        older = [path for path, error in self.damaged.items() if isinstance(error, UnsealedError)]
        if older:
            log.warning("%s: %d files carry no checksum: they are encoded anew", self.folder, len(older))
        for path, error in self.damaged.items():
            if path not in older:
                log.warning("%s: it is encoded anew", error)

    def drop_damaged(self) -> None:
        """Delete what is still damaged after its samples were encoded anew: they lie in shards of other sizes."""
        for path in self.damaged:
            with contextlib.suppress(OSError):
                path.unlink()

    def path(self, rows: range) -> Path:
        """Return where a shard lies."""
        return self.folder / f"rows-{rows.start:07d}-{rows.stop:07d}.safetensors"

    def belongs(self, rows: range) -> str:
        """Return what the checksum of a shard is for."""
        return f"{self._text} {rows.start} {rows.stop}"

    def _is_whole(self, rows: range) -> bool:
        if not 0 <= rows.start < rows.stop <= self.samples:
            return False
        path = self.path(rows)
        try:
            touched = _touched(path)
            if _sound.get((path, self.columns)) != touched:
                with open_tensors(path, self.belongs(rows)) as file:
                    self._check(file, rows)
                _sound[path, self.columns] = touched
        except FileNotFoundError:  # another run has just taken it away
            return False
        except DamagedError as error:
            self.damaged[path] = error
            return False
        return True

    def _check(self, file: SealedTensors, rows: range) -> None:
        """Read a whole shard, and compare it with its checksums and its own counts.

        Raises:
            DamagedError: something is not as it was written, or cannot have been meant.
        """
        columns = {name: file.tensor(name) for name in file.names}
        index = columns.pop("index", None)
        if index is None or (self.columns is not None and set(columns) != set(self.columns)):
            raise DamagedError(file.path, f"it holds {', '.join(file.names)}")
        inside = [*index.flatten().tolist(), rows.stop]
        climbing = all(one < other for one, other in zip([rows.start - 1, *inside], inside, strict=False))
        if index.dtype != torch.int64 or index.ndim != 1 or not climbing:
            raise DamagedError(file.path, "its positions are not its own")
        if len(index) + len(json.loads(file.told["skipped"])) != len(rows):
            raise DamagedError(file.path, f"it does not hold {len(rows)} samples")
        for name, column in columns.items():
            if self.columns is not None and (column.shape or (0,))[0] != len(index):
                raise DamagedError(file.path, f"{name!r} has not a row a sample")

    def write(self, rows: range, content: Shard) -> None:
        """Write one whole shard; columns and the reasons of skipped samples appear together or not at all.

        A shard of which no sample could be read may lack columns: it gets empty ones.

        Raises:
            OSError: the disk is full or not writable; nothing half-written stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        key, path = self.folder / "key.json", self.path(rows)
        if not key.is_file() or key.read_bytes() != self._text.encode():
            write_text(key, self._text)
        names = content.columns if self.columns is None else self.columns
        tensors = {name: content.columns.get(name, torch.zeros(0)) for name in names}
        tensors["index"] = content.index
        # Written by Python: what safetensors raises on a full disk is no OSError.
        told = {"skipped": json.dumps(dict(content.skipped))}
        if path.is_dir():  # by mistake; the next line stops where something is in it
            path.rmdir()
        write_bytes(path, tensor_file(tensors, told, self.belongs(rows)))
        _sound[path, self.columns] = _touched(path)

    def read(self, rows: range, columns: Sequence[str] | None = None) -> Shard:
        """Return one shard with all its columns, or those asked for.

        Raises:
            DataError: it is missing or damaged.
        """
        path = self.path(rows)
        try:
            checked = _sound.get((path, self.columns)) != _touched(path)
            with open_tensors(path, self.belongs(rows)) as file:
                wanted = [name for name in file.names if name != "index"] if columns is None else columns
                content = {name: file.tensor(name, checked) for name in wanted}
                return Shard(content, file.tensor("index", checked), json.loads(file.told["skipped"]))
        except (OSError, DamagedError) as error:
            raise DataError(f"{error}: delete it and run again") from error


def done_without(root: Path, error: OSError) -> None:
    """Log that a folder cannot be used as a cache, once a process."""
    if root not in _given_up:
        _given_up.add(root)
        log.warning(
            "the cache %s cannot be used (%s): the run goes on without it", root, error.strerror or error
        )


_given_up: set[Path] = set()


def _touched(path: Path) -> tuple[int, int, int, int]:
    told = os.stat(path)
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def cut(rows: range, size: int) -> list[range]:
    """Cut a range into shards that end at multiples of their size, so that every run cuts alike."""
    shards = []
    while rows:
        stop = min((rows.start // size + 1) * size, rows.stop)
        shards.append(range(rows.start, stop))
        rows = range(stop, rows.stop)
    return shards
