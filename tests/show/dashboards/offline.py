"""Reads what Weights & Biases left on disk: the records in its ``.wandb`` file, and its media."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class OfflineRun:
    """One run."""

    folder: Path
    id: str = ""
    name: str = ""
    group: str = ""
    job_type: str = ""
    tags: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    history: dict[str, list[Any]] = field(default_factory=dict)
    """All values of a key, in order; what is inside a value has a dotted key."""
    summary: dict[str, Any] = field(default_factory=dict)
    metrics: set[str] = field(default_factory=set)
    """Names that were defined."""

    def file(self, path: str) -> Path:
        """A file that a record names."""
        return self.folder / "files" / path

    def table(self, key: str) -> dict[str, Any]:
        """A table's content: ``columns`` and ``data``."""
        content: dict[str, Any] = json.loads(self.file(self.history[f"{key}.path"][-1]).read_text())
        return content


def offline_runs(folder: Path) -> list[OfflineRun]:
    """Every run below a folder."""
    return [_read(path) for path in sorted(folder.rglob("run-*.wandb"))]


BLOCK, HEADER = 32768, 7


def _records(path: Path) -> Iterator[bytes]:
    """The file's records: blocks in LevelDB's log format after seven bytes, a record in one or more pieces."""
    content = path.read_bytes()
    assert content[:4] == b":W&B", path
    at, pieces = HEADER, b""
    while at + HEADER <= len(content):
        left = BLOCK - at % BLOCK
        if left < HEADER:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, at)
        pieces += content[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (1, 4):  # a whole record, or the last piece of one
            yield pieces
            pieces = b""


def _read(path: Path) -> OfflineRun:
    from wandb.proto import wandb_internal_pb2

    run = OfflineRun(path.parent)
    for data in _records(path):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run.id, run.group, run.job_type = record.run.run_id, record.run.run_group, record.run.job_type
            run.name, run.tags = record.run.display_name, tuple(record.run.tags)
            _update(run.config, record.run.config.update)
        elif kind == "config":
            _update(run.config, record.config.update)
        elif kind == "summary":
            _update(run.summary, record.summary.update)
        elif kind == "metric":
            run.metrics.add(record.metric.name or record.metric.glob_name)
        elif kind == "history":
            for item in record.history.item:
                key = ".".join(item.nested_key) or item.key
                run.history.setdefault(key, []).append(json.loads(item.value_json))
    return run


def _update(into: dict[str, Any], items: Any) -> None:
    for item in items:
        into[".".join(item.nested_key) or item.key] = json.loads(item.value_json)
