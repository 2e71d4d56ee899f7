import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from pointclip2.cache import FeatureStore, feature_key
from pointclip2.cache.store import join
from pointclip2.types import DataError

DATA = {"name": "toys", "split": "test", "checksum": "abc"}
PROJECTOR = {"resolution": 112, "rig": {"views": 10}}
BACKBONE = {"id": "toy.random", "weights_hash": "1234", "precision": "fp32"}
ROOT = Path(__file__).parents[2]


def key(**changes: Any) -> dict[str, Any]:
    return feature_key(DATA | changes.get("data", {}), PROJECTOR, BACKBONE)


def store_in(folder: Path, samples: int = 10, shard_size: int = 4) -> FeatureStore:
    return FeatureStore(folder, key(), samples, shard_size)


def rows_of(store: FeatureStore, shard: int) -> torch.Tensor:
    """Features that say where they belong."""
    return torch.tensor(store.rows(shard), dtype=torch.float32).view(-1, 1, 1).expand(-1, 2, 3)


def fill(store: FeatureStore, shard: int) -> None:
    store.write(shard, rows_of(store, shard), torch.tensor(store.rows(shard)), {})


def test_what_was_written_is_read_in_the_order_of_the_data_set(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for shard in (2, 0, 1):
        fill(store, shard)
    table = store.read()
    assert table.index.tolist() == list(range(10))
    torch.testing.assert_close(table.features[:, 0, 0], torch.arange(10.0))
    assert table.skipped == {}


def test_skipped_samples_and_their_reasons_survive_the_round_trip(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for shard in (0, 2):
        fill(store, shard)
    reason = 'stuhl/ä "x".ply: no points\n(line two)'
    store.write(1, torch.ones(3, 2, 3), torch.tensor([4, 6, 7]), {"toy/5": reason})
    table = store_in(tmp_path).read()
    assert table.index.tolist() == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    assert table.skipped == {"toy/5": reason}


def test_a_shard_without_any_readable_sample_is_whole_too(tmp_path: Path) -> None:
    store = store_in(tmp_path, samples=2)
    store.write(0, torch.zeros(0, 0, 0), torch.zeros(0, dtype=torch.int64), {"a": "bad", "b": "bad"})
    assert store_in(tmp_path, samples=2).missing() == []
    assert store.read().skipped == {"a": "bad", "b": "bad"}


@pytest.mark.parametrize("damage", ["cut off", "empty", "garbage", "a folder", "other tensors"])
def test_a_damaged_shard_is_missing_and_never_read(tmp_path: Path, damage: str) -> None:
    store = store_in(tmp_path)
    for shard in range(3):
        fill(store, shard)
    path = next(store.folder.glob("shard-00001*"))
    content = path.read_bytes()
    if damage == "a folder":
        path.unlink()
        path.mkdir()
    elif damage == "other tensors":
        from safetensors.torch import save_file

        save_file({"other": torch.ones(2)}, path)
    else:
        path.write_bytes({"cut off": content[:-7], "empty": b"", "garbage": os.urandom(len(content))}[damage])
    assert store_in(tmp_path).missing() == [1]
    with pytest.raises(DataError, match="shard-00001"):
        store.read()


@pytest.mark.parametrize("damage", ["cut off", "empty", "garbage"])
def test_a_damaged_shard_is_replaced_by_writing_it_again(tmp_path: Path, damage: str) -> None:
    store = store_in(tmp_path)
    for shard in range(3):
        fill(store, shard)
    path = next(store.folder.glob("shard-00001*"))
    path.write_bytes({"cut off": path.read_bytes()[:30], "empty": b"", "garbage": b"\xff" * 64}[damage])
    fill(store, 1)
    assert store.missing() == []
    torch.testing.assert_close(store.read().features[:, 0, 0], torch.arange(10.0))


@pytest.mark.parametrize("content", ["{}", "", "\udcff"])
def test_the_folder_of_other_features_is_an_error_that_names_it(tmp_path: Path, content: str) -> None:
    store = store_in(tmp_path)
    fill(store, 0)
    (store.folder / "key.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=r"key\.json describes other features.*delete") as caught:
        store_in(tmp_path)
    assert str(store.folder) in str(caught.value)


CHANGES = [
    feature_key(DATA | {"checksum": "abd"}, PROJECTOR, BACKBONE),
    feature_key(DATA | {"split": "train"}, PROJECTOR, BACKBONE),
    feature_key(DATA, PROJECTOR | {"resolution": 113}, BACKBONE),
    feature_key(DATA, PROJECTOR | {"rig": {"views": 9}}, BACKBONE),
    feature_key(DATA, PROJECTOR, BACKBONE | {"weights_hash": "1235"}),
    feature_key(DATA, PROJECTOR, BACKBONE | {"precision": "bf16"}),
    feature_key(DATA, PROJECTOR, BACKBONE) | {"version": -1},
    feature_key(DATA, PROJECTOR, BACKBONE) | {"sources": "edited"},
]


def test_every_option_has_a_folder_of_its_own(tmp_path: Path) -> None:
    stores = [FeatureStore(tmp_path, changed, 10, 4) for changed in [key(), *CHANGES]]
    stores += [store_in(tmp_path, samples=11), store_in(tmp_path, shard_size=5)]
    assert len({store.folder for store in stores}) == len(CHANGES) + 3


def test_the_order_of_options_does_not_matter(tmp_path: Path) -> None:
    turned = feature_key(dict(reversed(DATA.items())), PROJECTOR, dict(reversed(BACKBONE.items())))
    assert FeatureStore(tmp_path, turned, 10, 4).folder == store_in(tmp_path).folder


def test_the_key_holds_the_sources_of_the_rooms_that_make_features(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pointclip2.cache import store

    package = tmp_path / "pointclip2"
    for room in ("geometry", "encoders", "cache"):
        (package / room).mkdir(parents=True)
        (package / room / "room.py").write_text("first")
    monkeypatch.setattr(store, "__file__", str(package / "cache" / "store.py"))
    digests = []
    for room in ("", "geometry", "encoders"):
        if room:
            (package / room / "room.py").write_text("edited")
        store.source_digest.cache_clear()
        digests.append(key()["sources"])
    (package / "cache" / "room.py").write_text("edited")
    store.source_digest.cache_clear()
    assert len(set(digests)) == 3
    assert key()["sources"] == digests[-1]
    monkeypatch.undo()
    store.source_digest.cache_clear()


def test_a_shard_is_never_seen_half_written(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, key(), 2000, 2000)
    features, index = torch.rand(2000, 8, 16), torch.arange(2000)
    store.write(0, features, index, {})
    done = threading.Event()

    def rewrite() -> None:
        for _ in range(20):
            store.write(0, features, index, {})
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    looks = 0
    while not done.is_set() or looks == 0:
        assert store.missing() == []
        assert len(store.read().index) == 2000
        looks += 1
    writer.join()


ENCODER = """
import sys, time, torch
sys.path.insert(0, {root!r})
from pathlib import Path
from pointclip2.cache import FeatureStore
from pointclip2.cache.writer import ShardWriter
torch.set_num_threads(1)
store = FeatureStore(Path({folder!r}), {key!r}, 40, 4)
writer = ShardWriter(store, 40)
for shard in store.missing():
    for position in store.rows(shard):
        time.sleep({pause})
        writer.add([position], torch.full((1, 2, 3), float(position)), {{}})
        print(position, flush=True)
assert not writer.kept
"""


def encoder(folder: Path, pause: float) -> subprocess.Popen[str]:
    code = textwrap.dedent(ENCODER).format(root=str(ROOT), folder=str(folder), key=key(), pause=pause)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_a_killed_run_leaves_whole_shards_and_the_next_encodes_the_rest(tmp_path: Path) -> None:
    first = encoder(tmp_path, 0.01)
    assert first.stdout is not None
    for line in first.stdout:
        if int(line) == 17:
            first.send_signal(signal.SIGKILL)
            break
    first.stdout.close()
    first.wait()
    store = FeatureStore(tmp_path, key(), 40, 4)
    kept = set(range(10)) - set(store.missing())
    assert {0, 1, 2, 3} <= kept
    assert len(kept) < 10
    for shard in kept:
        assert store.read_shard(shard).index.tolist() == list(store.rows(shard))
    done, _ = encoder(tmp_path, 0).communicate()
    assert {int(line) // 4 for line in done.split()} == set(range(10)) - kept
    torch.testing.assert_close(store.read().features[:, 0, 0], torch.arange(40.0))


def test_two_processes_that_write_one_store_end_with_the_same_good_features(tmp_path: Path) -> None:
    both = [encoder(tmp_path, 0.002) for _ in range(2)]
    for process in both:
        process.communicate()
    assert [process.returncode for process in both] == [0, 0]
    store = FeatureStore(tmp_path, key(), 40, 4)
    torch.testing.assert_close(store.read().features[:, 0, 0], torch.arange(40.0))
    assert sorted(path.name for path in store.folder.iterdir()) == sorted(
        ["key.json", *(f"shard-{shard:05d}.safetensors" for shard in range(10))]
    )


def test_joining_nothing_readable_keeps_the_reasons() -> None:
    from pointclip2.cache import FeatureTable

    empty = FeatureTable(torch.zeros(0, 0, 0), torch.zeros(0, dtype=torch.int64), {"a": "bad"})
    table = join([empty, empty])
    assert len(table.index) == 0
    assert table.skipped == {"a": "bad"}
