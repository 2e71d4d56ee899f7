import errno
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from pointclip2.cache import FeatureStore, FeatureTable, feature_key
from pointclip2.cache.store import join
from pointclip2.cache.writer import ShardWriter

KEY = feature_key({"name": "toys", "split": "test"}, {}, {})
ROOT = Path(__file__).parents[2]


def store_in(folder: Path, samples: int = 10) -> FeatureStore:
    return FeatureStore(folder, KEY, samples, 4)


def give(writer: ShardWriter, positions: list[int], bad: list[int] | None = None) -> None:
    features = torch.tensor(positions, dtype=torch.float32).view(-1, 1, 1).expand(-1, 2, 3)
    writer.add(positions, features, {position: (f"toy/{position}", "unreadable") for position in bad or []})


def test_a_shard_is_written_when_its_last_sample_comes_and_not_before(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    writer = ShardWriter(store, 10)
    give(writer, [0, 1, 3, 4])
    assert store.missing() == [0, 1, 2]
    give(writer, [2])
    assert store.missing() == [1, 2]


def test_samples_may_come_in_any_order_and_the_last_shard_may_be_short(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    writer = ShardWriter(store, 10)
    for positions in ([9, 3, 0], [5, 4, 8], [2, 7], [6, 1]):
        give(writer, positions)
    table = store.read()
    torch.testing.assert_close(table.features[:, 0, 0], torch.arange(10.0))
    assert table.index.tolist() == list(range(10))
    assert not writer.kept


def test_an_unreadable_sample_completes_its_shard(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    writer = ShardWriter(store, 10)
    give(writer, [0, 2], bad=[1, 3])
    assert 0 not in store.missing()
    assert store.read_shard(0).index.tolist() == [0, 2]
    assert store.read_shard(0).skipped == {"toy/1": "unreadable", "toy/3": "unreadable"}


def test_without_a_store_everything_is_kept_in_memory() -> None:
    writer = ShardWriter(None, 10)
    give(writer, list(range(10)))
    assert join(list(writer.kept.values())).index.tolist() == list(range(10))


def full_disk_after(shards: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.write_bytes

    def write_bytes(path: Path, data: bytes) -> int:
        if ".shard-" in path.name and len(list(path.parent.glob("shard-*"))) >= shards:
            whole(path, data[:20])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)


@pytest.mark.parametrize("shards", [0, 1, 2])
def test_a_full_disk_costs_one_warning_and_no_feature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, shards: int
) -> None:
    full_disk_after(shards, monkeypatch)
    store = store_in(tmp_path)
    writer = ShardWriter(store, 10)
    with caplog.at_level(logging.WARNING):
        for position in range(10):
            give(writer, [position])
    assert len(caplog.records) == 1
    assert "No space left on device" in caplog.text
    assert sorted(writer.kept) == list(range(shards, 3))
    table = join([*writer.kept.values(), *(store.read_shard(shard) for shard in range(shards))])
    torch.testing.assert_close(table.features[:, 0, 0], torch.arange(10.0))
    assert store.missing() == list(range(shards, 3))
    assert [path for path in store.folder.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_cannot_be_made_costs_only_the_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "features").write_text("a file where the folder should be")
    writer = ShardWriter(store_in(tmp_path / "features"), 10)
    give(writer, list(range(10)))
    assert len(caplog.records) == 1
    assert sorted(writer.kept) == [0, 1, 2]


LIMITED = """
import logging, resource, sys, torch
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from pointclip2.cache import FeatureStore, feature_key
from pointclip2.cache.store import join
from pointclip2.cache.text import cached_text
from pointclip2.cache.writer import ShardWriter
logging.basicConfig(format="LOGGED %(message)s")
store = FeatureStore(Path(sys.argv[2]), feature_key({"name": "toys", "split": "test"}, {}, {}), 10, 4)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
writer = ShardWriter(store, 10)
features = torch.rand(10, 4, 256)
for position in range(10):
    writer.add([position], features[position : position + 1], {})
torch.testing.assert_close(join(list(writer.kept.values())).features, features)
text = cached_text(Path(sys.argv[2]), {"id": "x"}, lambda: torch.ones(100, 100))
assert text.shape == (100, 100)
"""


def test_a_file_system_that_refuses_more_bytes_costs_only_the_cache(tmp_path: Path) -> None:
    done: Any = subprocess.run(
        [sys.executable, "-c", LIMITED, str(ROOT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    logged = [line for line in done.stderr.splitlines() if line.startswith("LOGGED")]
    assert len(logged) == 2  # one of the features, one of the texts
    assert all("File too large" in line for line in logged)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["key.json"]


def test_kept_features_are_whole_tables(tmp_path: Path) -> None:
    writer = ShardWriter(None, 3)
    give(writer, [2, 0], bad=[1])
    [table] = writer.kept.values()
    assert isinstance(table, FeatureTable)
    assert table.index.tolist() == [0, 2]
    assert table.skipped == {"toy/1": "unreadable"}
