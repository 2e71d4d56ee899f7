"""Shards on disk: whole or not there, whatever their sizes, and each store for its own key only."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pointclip2.cache import FeatureStore, Shard, feature_key
from pointclip2.cache.store import cut
from pointclip2.sealed import open_tensors, tensor_file
from pointclip2.types import DataError
from tests.places import ROOT

KEY = feature_key({"name": "toys", "split": "test", "checksum": "abc"}, {"kind": "toy"}, {}, "32-true")


def store_in(folder: Path, samples: int = 10) -> FeatureStore:
    return FeatureStore(folder, KEY, samples)


def shard_of(rows: range) -> Shard:
    """Features that say where they belong."""
    index = torch.tensor(rows, dtype=torch.int64)
    return Shard({"features": index.float().view(-1, 1, 1).expand(-1, 2, 3)}, index)


def filled(folder: Path) -> FeatureStore:
    store = store_in(folder)
    for rows in cut(range(10), 4):
        store.write(rows, shard_of(rows))
    return store


def whole(store: FeatureStore) -> list[int]:
    """What the shards hold, in their order."""
    return [int(value) for rows in store.shards() for value in store.read(rows).columns["features"][:, 0, 0]]


def test_what_was_written_is_read_in_the_order_of_the_data_set(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for rows in (range(8, 10), range(4), range(4, 8)):
        assert rows in store.missing(4)
        store.write(rows, shard_of(rows))
    assert store_in(tmp_path).missing(4) == []
    assert whole(store) == list(range(10))
    assert store.read(range(4, 8), ()).columns == {}


def test_skipped_samples_and_their_reasons_survive_the_round_trip(tmp_path: Path) -> None:
    store = store_in(tmp_path, samples=6)
    reason = 'stuhl/ä "x".ply: no points\n(line two)'
    index = torch.tensor([0, 2, 3])
    store.write(range(4), Shard({"features": torch.ones(3, 2, 3)}, index, {"toy/1": reason}))
    store.write(range(4, 6), Shard({}, torch.zeros(0, dtype=torch.int64), {"a": "bad", "b": "bad"}))
    again = store_in(tmp_path, samples=6)
    assert again.missing(4) == []
    assert again.read(range(4)).index.tolist() == [0, 2, 3]
    assert again.read(range(4)).skipped == {"toy/1": reason}
    assert again.read(range(4, 6)).skipped == {"a": "bad", "b": "bad"}


def test_a_shard_that_lacks_a_column_is_missing(tmp_path: Path) -> None:
    filled(tmp_path)
    more = FeatureStore(tmp_path, KEY, 10, ("features", "seen"))
    assert more.folder == store_in(tmp_path).folder
    assert more.missing(4) == [range(4), range(4, 8), range(8, 10)]


def test_whatever_is_missing_is_cut_at_multiples_of_the_size(tmp_path: Path) -> None:
    assert cut(range(3, 10), 4) == [range(3, 4), range(4, 8), range(8, 10)]
    store = store_in(tmp_path)
    store.write(range(3), shard_of(range(3)))
    assert store.missing(4) == [range(3, 4), range(4, 8), range(8, 10)]


def test_shards_of_scenes_have_columns_of_their_own(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, KEY, 2, None)
    columns = {"features": torch.rand(2, 4), "kept": torch.tensor([True, False])}
    store.write(range(1, 2), Shard(columns, torch.tensor([1])))
    assert store.missing(1) == [range(1)]
    assert store.read(range(1, 2)).columns["kept"].tolist() == [True, False]


@pytest.mark.parametrize("damage", ["cut off", "empty", "garbage", "a folder", "other tensors"])
def test_a_damaged_shard_is_missing_and_never_read_and_replaced(tmp_path: Path, damage: str) -> None:
    store = filled(tmp_path)
    path = next(store.folder.glob("rows-0000004*"))
    content = path.read_bytes()
    if damage == "a folder":
        path.unlink()
        path.mkdir()
    elif damage == "other tensors":
        save_file({"other": torch.ones(2)}, path)
    else:
        path.write_bytes({"cut off": content[:-7], "empty": b"", "garbage": os.urandom(len(content))}[damage])
    assert store_in(tmp_path).missing(4) == [range(4, 8)]
    with pytest.raises(DataError, match="rows-0000004"):
        store.read(range(4, 8))
    if damage != "a folder":
        store.write(range(4, 8), shard_of(range(4, 8)))
        assert store.missing(4) == []
        assert whole(store) == list(range(10))


@pytest.mark.parametrize("content", [b"{}", b"", b"\xff"])
def test_the_words_about_a_store_are_written_again_where_they_are_damaged(
    tmp_path: Path, content: bytes
) -> None:
    store = filled(tmp_path)
    words = (store.folder / "key.json").read_bytes()
    (store.folder / "key.json").write_bytes(content)
    assert store_in(tmp_path).missing(4) == []
    store_in(tmp_path).write(range(4), shard_of(range(4)))
    assert (store.folder / "key.json").read_bytes() == words


def rewritten(store: FeatureStore, change: str) -> None:
    """Put another shard in the place of rows 4 to 8, with checksums that are right but for what ``change`` says."""
    path = next(store.folder.glob("rows-0000004*"))
    with open_tensors(path, store.belongs(range(4, 8))) as file:
        tensors = {name: tensor.clone() for name, tensor in file.tensors().items()}
    skipped: dict[str, str] = {}
    belongs = store.belongs(range(4, 8))
    if change == "another key":
        belongs = belongs.replace("abc", "abd")
    elif change == "other rows":
        belongs = store.belongs(range(4))
    elif change == "a row less":
        tensors = {name: tensor[:3] for name, tensor in tensors.items()}
    elif change == "a sample too many":
        skipped = {"toy/9": "bad"}
    elif change == "shorter column":
        tensors["features"] = tensors["features"][:3]
    elif change == "outside":
        tensors["index"] = tensors["index"] + 1
    elif change == "twice":
        tensors["index"][1] = tensors["index"][0]
    elif change == "kind of index":
        tensors["index"] = tensors["index"].float()
    path.write_bytes(tensor_file(tensors, {"skipped": json.dumps(skipped)}, belongs))


@pytest.mark.parametrize(
    "change",
    [
        "another key",
        "other rows",
        "a row less",
        "a sample too many",
        "shorter column",
        "outside",
        "twice",
        "kind of index",
    ],
)
def test_a_shard_that_belongs_elsewhere_or_cannot_have_been_meant_is_missing(
    tmp_path: Path, change: str
) -> None:
    store = filled(tmp_path)
    rewritten(store, change)
    assert store.missing(4) == [range(4, 8)]
    assert len(store.damaged) == 1


def test_a_flipped_bit_anywhere_is_noticed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = filled(tmp_path)
    path = next(store.folder.glob("rows-0000004*"))
    content = path.read_bytes()
    for place in range(0, len(content), 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        assert store.missing(4) == [range(4, 8)], place
    store.tell_damage()
    assert [str(path) in record.message for record in caplog.records] == [True]
    path.write_bytes(content)
    assert store.missing(4) == []


def test_a_column_that_is_read_alone_is_checked_alone(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path, KEY, 2, ("features", "seen"))
    index = torch.arange(2)
    store.write(range(2), Shard({"features": torch.ones(2, 3), "seen": torch.zeros(2)}, index))
    path = next(store.folder.glob("rows-*"))
    content = bytearray(path.read_bytes())
    content[content.rindex(torch.ones(1).numpy().tobytes())] ^= 1
    path.write_bytes(content)
    assert store.read(range(2), ("seen",)).columns["seen"].tolist() == [0, 0]
    with pytest.raises(DataError, match=r"values of 'features' have changed.*delete it"):
        store.read(range(2), ("features",))


def test_shards_of_earlier_versions_are_encoded_anew_with_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = filled(tmp_path)
    for rows in store.shards():
        tensors = {**shard_of(rows).columns, "index": shard_of(rows).index}
        content = {name: tensor.contiguous() for name, tensor in tensors.items()}
        save_file(content, store.path(rows), {"skipped": "{}"})
    assert store.missing(10) == [range(10)]
    store.tell_damage()
    (record,) = caplog.records
    assert "3 files carry no checksum" in record.message
    store.write(range(10), shard_of(range(10)))
    store.shards()
    store.drop_damaged()
    assert [path.name for path in store.folder.glob("rows-*")] == ["rows-0000000-0000010.safetensors"]


def test_a_shard_is_never_seen_half_written(tmp_path: Path) -> None:
    store = store_in(tmp_path, 2000)
    rows = range(2000)
    content = Shard({"features": torch.rand(2000, 8, 16)}, torch.arange(2000))
    store.write(rows, content)
    done = threading.Event()

    def rewrite() -> None:
        for _ in range(20):
            store.write(rows, content)
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    looks = 0
    while not done.is_set() or looks == 0:
        assert store.missing(2000) == []
        assert len(store.read(rows).index) == 2000
        looks += 1
    writer.join()


ENCODER = """
import sys, time, torch
sys.path.insert(0, {root!r})
from pathlib import Path
from pointclip2.cache import FeatureStore
from pointclip2.cache.writer import ShardWriter
torch.set_num_threads(1)
store = FeatureStore(Path({folder!r}), {key!r}, 40)
missing = store.missing({size})
writer = ShardWriter(store, missing, 40)
for rows in missing:
    for position in rows:
        time.sleep({pause})
        writer.add([position], {{"features": torch.full((1, 2, 3), float(position))}}, {{}})
        print(position, flush=True)
assert not writer.kept
"""


def encoder(folder: Path, pause: float, size: int = 4) -> subprocess.Popen[str]:
    code = textwrap.dedent(ENCODER).format(
        root=str(ROOT), folder=str(folder), key=KEY, pause=pause, size=size
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_killed_run_leaves_whole_shards_and_the_next_encodes_the_rest(tmp_path: Path) -> None:
    first = encoder(tmp_path, 0.01)
    assert first.stdout is not None
    for line in first.stdout:
        if int(line) == 17:
            first.send_signal(signal.SIGKILL)
            break
    first.stdout.close()
    first.wait()
    store = store_in(tmp_path, 40)
    kept = [position for rows in store.shards() for position in rows]
    assert set(range(4)) <= set(kept) < set(range(40))
    assert whole(store) == kept
    done, _ = encoder(tmp_path, 0).communicate()
    assert sorted([*kept, *map(int, done.split())]) == list(range(40))
    assert whole(store) == list(range(40))


@pytest.mark.slow
def test_two_processes_that_write_one_store_in_other_shards_end_with_the_same_good_features(
    tmp_path: Path,
) -> None:
    both = [encoder(tmp_path, 0.002, size) for size in (4, 5)]
    for process in both:
        process.communicate()
    assert [process.returncode for process in both] == [0, 0]
    store = store_in(tmp_path, 40)
    assert store.missing(7) == []
    assert sorted(set(whole(store))) == list(range(40))
    assert not [path for path in store.folder.iterdir() if path.name.startswith(".")]
