"""Samples in, shards out: each as soon as it is whole, and in memory where the disk does not take it."""

import errno
import logging
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pointclip2.cache import FeatureStore, feature_key
from pointclip2.cache.store import cut
from pointclip2.cache.writer import ShardWriter, Skip
from tests.places import ROOT

KEY = feature_key({"name": "toys", "split": "test"}, {}, {}, "32-true")
SHARDS = cut(range(10), 4)


def store_in(folder: Path) -> FeatureStore:
    return FeatureStore(folder, KEY, 10)


def give(
    writer: ShardWriter, positions: list[int], bad: list[int] | None = None, transient: bool = False
) -> None:
    features = torch.tensor(positions, dtype=torch.float32).view(-1, 1, 1).expand(-1, 2, 3)
    skipped = {position: Skip(f"toy/{position}", "unreadable", transient) for position in bad or []}
    writer.add(positions, {"features": features}, skipped)


def kept(writer: ShardWriter) -> list[int]:
    shards = [shard for _, shard in sorted(writer.kept.items(), key=lambda one: one[0].start)]
    return [int(value) for shard in shards for value in shard.columns["features"][:, 0, 0]]


def test_a_shard_is_written_when_its_last_sample_comes_and_not_before(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    writer = ShardWriter(store, SHARDS, 10)
    give(writer, [0, 1, 3, 4])
    assert store.missing(4) == SHARDS
    give(writer, [2])
    assert store.missing(4) == SHARDS[1:]
    for positions in ([9, 5], [7, 8], [6]):
        give(writer, positions)
    assert store.missing(4) == []
    assert not writer.kept


def test_an_unreadable_sample_completes_its_shard(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    writer = ShardWriter(store, SHARDS, 10)
    give(writer, [0, 2], bad=[1, 3])
    assert store.missing(4) == SHARDS[1:]
    assert store.read(SHARDS[0]).index.tolist() == [0, 2]
    assert store.read(SHARDS[0]).skipped == {"toy/1": "unreadable", "toy/3": "unreadable"}


def test_without_a_store_everything_is_kept_in_memory() -> None:
    writer = ShardWriter(None, SHARDS, 10)
    give(writer, [9, 8, 7, 6, 5, 4], bad=[1])
    give(writer, [0, 2, 3])
    assert kept(writer) == [0, 2, 3, 4, 5, 6, 7, 8, 9]
    assert writer.kept[SHARDS[0]].skipped == {"toy/1": "unreadable"}


@pytest.mark.parametrize("shards", [0, 1, 2])
def test_a_full_disk_costs_one_warning_and_no_feature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, shards: int
) -> None:
    whole = Path.write_bytes

    def write_bytes(path: Path, data: bytes) -> int:
        if ".rows-" in path.name and len(list(path.parent.glob("rows-*"))) >= shards:
            whole(path, data[:20])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    store = store_in(tmp_path)
    writer = ShardWriter(store, SHARDS, 10)
    with caplog.at_level(logging.WARNING):
        for position in range(10):
            give(writer, [position])
    assert len(caplog.records) == 1
    assert "No space left on device" in caplog.text
    assert kept(writer) == list(range(4 * shards, 10))
    assert store.missing(4) == SHARDS[shards:]
    assert [path for path in store.folder.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_cannot_be_made_costs_only_the_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "features").write_text("a file where the folder should be")
    writer = ShardWriter(store_in(tmp_path / "features"), SHARDS, 10)
    give(writer, list(range(10)))
    assert len(caplog.records) == 1
    assert kept(writer) == list(range(10))


LIMITED = """
import logging, resource, sys, torch
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from pointclip2.cache import FeatureStore, feature_key
from pointclip2.cache.store import cut
from pointclip2.cache.writer import ShardWriter
logging.basicConfig(format="LOGGED %(message)s")
store = FeatureStore(Path(sys.argv[2]), feature_key({"name": "toys", "split": "test"}, {}, {}, "32-true"), 10)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
writer = ShardWriter(store, cut(range(10), 4), 10)
features = torch.rand(10, 4, 256)
for position in range(10):
    writer.add([position], {"features": features[position : position + 1]}, {})
torch.testing.assert_close(writer.whole["features"], features)
"""


@pytest.mark.slow
def test_a_file_system_that_refuses_more_bytes_costs_only_the_cache(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(ROOT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    logged = [line for line in done.stderr.splitlines() if line.startswith("LOGGED")]
    assert len(logged) == 1
    assert "File too large" in logged[0]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["key.json"]


def test_shards_of_other_processes_are_sent_without_the_table_they_lie_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[int] = []

    def exchange(shares: list[object], own: object) -> None:
        sent.append(len(pickle.dumps(own)))
        shares[:] = [own]

    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 1)
    monkeypatch.setattr(torch.distributed, "all_gather_object", exchange)
    shards = cut(range(1000), 10)
    writer = ShardWriter(None, shards, 1000)
    features = torch.rand(1000, 4, 16)
    writer.add(range(1000), {"features": features}, {})
    gathered = writer.gathered()
    torch.testing.assert_close(torch.cat([gathered[rows].columns["features"] for rows in shards]), features)
    assert sent[0] < 2 * features.numel() * 4
