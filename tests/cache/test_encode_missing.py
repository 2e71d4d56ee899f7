"""Encoding what the cache lacks: every sample once, in order, whatever lies there already and whatever goes wrong."""

import errno
import pickle
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.cache import EncodedSplit, FeatureCache, FeatureStore, Shard, encode_missing, feature_key
from pointclip2.cache.columns import Vectors
from pointclip2.cache.encoding import Encoding
from pointclip2.cache.writer import ShardWriter
from pointclip2.encoders.description import described
from pointclip2.encoders.encoder import Encoder
from pointclip2.errors import PASSING
from pointclip2.stopping import Stopped
from pointclip2.types import (
    Cloud,
    CloudBatch,
    CloudError,
    ConfigError,
    DataError,
    Features,
    TransientError,
)
from tests.toy import ToyClouds


class Positions(ToyClouds):
    """Clouds that are their own position in every number, so that a row tells where it belongs."""

    def __init__(self, count: int, failing: Mapping[int, CloudError] | None = None) -> None:
        super().__init__(count)
        self.failing = dict(failing or {})

    def __getitem__(self, index: int) -> Cloud:
        if index in self.failing:
            # Anew: an error holds on to what was there when it was raised.
            raise type(self.failing[index])(str(self.failing[index]))
        return Cloud(self.names[index], torch.full((4, 3), float(index)))


class Plain(Encoder):
    """Gives every cloud's first two points, and counts clouds."""

    id = "plain"

    def __init__(self, option: int = 0) -> None:
        super().__init__()
        self.option = option
        self.encoded = 0

    @property
    def tokens(self) -> int:
        return 2

    def encode(self, clouds: CloudBatch) -> Features:
        self.encoded += len(clouds)
        return Features(clouds.points[:, :2])

    def describe(self) -> dict[str, Any]:
        return {"id": self.id, "option": self.option}


def positions(split: EncodedSplit) -> list[int]:
    """What the rows of the whole table say."""
    table = split.loaded()
    told = [int(value) for value in table.features[:, 0, 0]]
    assert told == table.index.tolist()
    return told


def streamed(split: EncodedSplit) -> list[int]:
    """What the rows say, shard after shard."""
    shards = split.shards()
    read = [shards[item] for item in range(len(shards))]
    # One of which nothing could be read need not have columns.
    return [int(row[0, 0]) for shard in read if len(shard.index) for row in shard.columns["features"]]


def test_what_only_changes_reading_and_storing_is_encoded_once(tmp_path: Path) -> None:
    encoder = Plain()
    for size, batch in ((3, 2), (4, 16), (1, 1), (100, 7)):
        split = encode_missing(Positions(10), encoder, cache=FeatureCache(tmp_path, size, batch))
        assert positions(split) == streamed(split) == list(range(10))
    assert encoder.encoded == 10
    other = Plain(option=1)
    encode_missing(Positions(10), other, cache=FeatureCache(tmp_path))
    assert other.encoded == 10


LAYOUTS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(1, 12), st.sampled_from(["whole", "torn", "gone"])), max_size=6
)


@settings(max_examples=60, deadline=None)
@given(LAYOUTS, st.integers(1, 13), st.sets(st.integers(0, 11), max_size=4), st.booleans())
def test_shards_of_any_layout_give_every_position_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    layout: list[tuple[int, int, str]],
    size: int,
    bad: set[int],
    read_first: bool,
) -> None:
    root = tmp_path_factory.mktemp("store")
    dataset = Positions(12, {position: CloudError("bad") for position in bad})
    encoder = Plain()
    data = {"name": dataset.name, "split": dataset.split, "checksum": dataset.checksum}
    key = feature_key(data, described(encoder), Vectors().describe(), "32-true")
    store = FeatureStore(root, key, 12)
    there: set[int] = set()
    for start, length, state in layout:
        rows = range(start, min(start + length, 12))
        good = torch.tensor([row for row in rows if row not in bad], dtype=torch.int64)
        columns = {"features": good.float().view(-1, 1, 1).expand(-1, 2, 3)}
        store.write(rows, Shard(columns, good, {dataset.names[row]: "bad" for row in rows if row in bad}))
        path = store.folder / f"rows-{rows.start:07d}-{rows.stop:07d}.safetensors"
        if state == "torn":
            path.write_bytes(path.read_bytes()[:-3])
        elif state == "gone":
            path.unlink()
        there = {row for own in store.shards() for row in own}
    split = encode_missing(dataset, encoder, cache=FeatureCache(root, size, 5))
    readable = sorted(set(range(12)) - bad)
    if read_first:
        assert streamed(split) == readable
    assert positions(split) == readable
    assert streamed(split) == readable
    assert encoder.encoded == len(set(readable) - there)
    assert set(split.skipped) == {dataset.names[row] for row in bad}


def test_a_failure_of_the_file_is_remembered_and_one_of_the_moment_is_tried_again(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, shard_size=2)
    first = Positions(6, {1: CloudError("torn"), 4: TransientError("too many open files")})
    split = encode_missing(first, Plain(), cache=cache)
    assert positions(split) == streamed(split) == [0, 2, 3, 5]
    assert dict(split.skipped) == {"toy/001": "torn", "toy/004": f"too many open files {PASSING}"}
    encoder = Plain()
    again = encode_missing(Positions(6), encoder, cache=cache)
    assert positions(again) == [0, 2, 3, 4, 5]
    assert dict(again.skipped) == {"toy/001": "torn"}
    assert encoder.encoded == 2  # the shard of the moment's failure, and no other


class Failing(Plain):
    """Fails with an error so many times before it encodes."""

    def __init__(self, error: Exception, times: int) -> None:
        super().__init__()
        self.error, self.times = error, times

    def encode(self, clouds: CloudBatch) -> Features:
        if self.times:
            self.times -= 1
            raise self.error
        return super().encode(clouds)


def test_what_the_moment_refuses_once_is_tried_again_and_no_news(tmp_path: Path) -> None:
    class Once(Positions):
        tried = False

        def __getitem__(self, index: int) -> Cloud:
            if index == 4 and not self.tried:
                self.tried = True
                raise OSError(errno.EMFILE, "Too many open files")
            return super().__getitem__(index)

    cache = FeatureCache(tmp_path, shard_size=2, batch_size=2)
    split = encode_missing(Once(6), Failing(MemoryError("no room"), 1), cache=cache)
    assert positions(split) == [0, 1, 2, 3, 4, 5]
    assert not split.skipped


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate"), OSError(errno.EIO, "disk")],
)
def test_a_batch_for_which_there_is_no_memory_is_left_out_of_this_run_only(
    tmp_path: Path, error: Exception
) -> None:
    cache = FeatureCache(tmp_path, shard_size=2, batch_size=2)
    split = encode_missing(Positions(6), Failing(error, 2), cache=cache)
    assert positions(split) == [2, 3, 4, 5]
    assert sorted(split.skipped) == ["toy/000", "toy/001"]
    assert all(PASSING in reason for reason in split.skipped.values())
    again = Failing(error, 0)
    assert positions(encode_missing(Positions(6), again, cache=cache)) == [0, 1, 2, 3, 4, 5]
    assert again.encoded == 2


class Refusing(Plain):
    """Cannot use some clouds, and says so of the first of them in a batch."""

    def __init__(self, *refused: int) -> None:
        super().__init__()
        self.refused = refused

    def encode(self, clouds: CloudBatch) -> Features:
        for position in clouds.points[:, 0, 0].int().tolist():
            if position in self.refused:
                raise CloudError(f"cloud {position} is too flat")
        return super().encode(clouds)


@pytest.mark.parametrize("refused", [(3,), (0, 3, 4), (0, 1, 2, 3, 4)])
def test_a_cloud_that_the_encoder_refuses_costs_no_other_of_its_batch(
    tmp_path: Path, refused: tuple[int, ...]
) -> None:
    cache = FeatureCache(tmp_path, shard_size=5, batch_size=5)
    split = encode_missing(Positions(8), Refusing(*refused), cache=cache)
    assert positions(split) == streamed(split) == [row for row in range(8) if row not in refused]
    assert dict(split.skipped) == {f"toy/{row:03d}": f"cloud {row} is too flat" for row in refused}
    again = Refusing(*refused)
    assert positions(encode_missing(Positions(8), again, cache=cache)) == positions(split)
    assert again.encoded == 0


class Odd(Plain):
    """Gives no number for one cloud."""

    def encode(self, clouds: CloudBatch) -> Features:
        vectors = super().encode(clouds).vectors.clone()
        vectors[vectors[:, 0, 0] == 3] = float("nan")
        return Features(vectors)


def test_features_that_are_no_numbers_are_a_skipped_sample(tmp_path: Path) -> None:
    split = encode_missing(Positions(6), Odd(), cache=FeatureCache(tmp_path, batch_size=4))
    assert positions(split) == [0, 1, 2, 4, 5]
    assert "not finite" in split.skipped["toy/003"]


def test_a_fault_of_the_program_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        encode_missing(Positions(6), Failing(ZeroDivisionError(), 1), cache=FeatureCache(tmp_path))


def test_a_run_that_is_stopped_keeps_what_it_encoded_of_a_shard(tmp_path: Path) -> None:
    class Leaving(Plain):
        def encode(self, clouds: CloudBatch) -> Features:
            if self.encoded == 6:
                raise Stopped(15)
            return super().encode(clouds)

    cache = FeatureCache(tmp_path, shard_size=4, batch_size=2)
    with pytest.raises(Stopped):
        encode_missing(Positions(10), Leaving(), cache=cache)
    encoder = Leaving()
    assert positions(encode_missing(Positions(10), encoder, cache=cache)) == list(range(10))
    assert encoder.encoded == 4


def test_a_disk_that_is_full_in_mid_run_keeps_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.write_bytes

    def write_bytes(path: Path, data: bytes) -> int:
        if ".rows-" in path.name and len(list(path.parent.glob("rows-*"))) >= 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    dataset = Positions(11, {position: CloudError("bad") for position in (1, 6, 7, 10)})
    split = encode_missing(dataset, Plain(), cache=FeatureCache(tmp_path, shard_size=2, batch_size=3))
    readable = [0, 2, 3, 4, 5, 8, 9]
    assert positions(split) == readable
    assert streamed(split) == readable  # the rows have moved
    assert positions(split) == readable


@pytest.mark.parametrize("bad", [(), (0,), (2, 3, 4), (0, 1, 2, 3, 8)])
def test_without_a_cache_rows_are_put_together_in_place(bad: Collection[int]) -> None:
    dataset = Positions(9, {position: CloudError("bad") for position in bad})
    split = encode_missing(dataset, Plain(), cache=FeatureCache(None, shard_size=2, batch_size=4))
    readable = [position for position in range(9) if position not in bad]
    assert streamed(split) == readable
    assert positions(split) == readable
    assert streamed(split) == readable
    assert split.sample_bytes() == 2 * 3 * 4


def test_where_nothing_can_be_read_one_line_says_why(tmp_path: Path) -> None:
    dataset = Positions(3, {position: CloudError("torn") for position in range(3)})
    for cache in (FeatureCache(None), FeatureCache(tmp_path), FeatureCache(tmp_path)):
        with pytest.raises(DataError, match=r"^toys: none of 3 samples could be read; the first: torn$"):
            encode_missing(dataset, Plain(), cache=cache)


def test_workers_read_what_one_process_reads_and_carry_no_encoder(tmp_path: Path) -> None:
    failing = {1: CloudError("torn"), 4: TransientError("too many open files")}
    cache = FeatureCache(tmp_path, shard_size=2, batch_size=2, num_workers=2)
    split = encode_missing(Positions(7, failing), Plain(), cache=cache)
    assert positions(split) == [0, 2, 3, 5, 6]
    assert set(split.skipped) == {"toy/001", "toy/004"}

    class Heavy(Plain):
        def __reduce__(self) -> Any:
            raise AssertionError("a model went to a worker")

    shards = [range(2)]
    work = Encoding(
        Positions(2), Heavy(), Vectors(), shards, FeatureCache(None), ShardWriter(None, shards, 2)
    )
    loader = work.batches()
    pickle.dumps((loader.dataset, loader.collate_fn))


@pytest.mark.parametrize("option", ["shard_size", "batch_size"])
def test_sizes_below_one_are_named(option: str) -> None:
    with pytest.raises(ConfigError, match=rf"features\.{option}=0"):
        FeatureCache(None, **{option: 0})
    with pytest.raises(ConfigError, match=r"features\.num_workers=-1"):
        FeatureCache(None, num_workers=-1)


@pytest.mark.parametrize("world", [2, 3, 7])
def test_processes_share_out_shards_so_that_each_is_encoded_once(world: int) -> None:
    shards = [range(2), range(2, 4), range(4, 6), range(6, 7)]
    work = Encoding(
        ToyClouds(7, unreadable=[1, 2, 3]), Plain(), Vectors(), shards, FeatureCache(None, 2, 2),
        ShardWriter(None, shards, 7),
    )  # fmt: skip
    batches = [batch for rank in range(world) for batch in work.batches(rank, world)]
    assert sorted(position for batch in batches for position in [*batch.index, *batch.skipped]) == [*range(7)]
    assert all(batch.skipped[1].reason == "toy/001: not a cloud" for batch in batches if 1 in batch.skipped)


def test_the_same_samples_go_together_in_any_number_of_processes() -> None:
    shards = [range(3), range(3, 6), range(6, 8)]
    work = Encoding(
        ToyClouds(8), Plain(), Vectors(), shards, FeatureCache(None, 3, 2), ShardWriter(None, shards, 8)
    )
    together = [
        sorted(batch.index for rank in range(world) for batch in work.batches(rank, world) if batch.index)
        for world in (1, 2, 3)
    ]
    assert together == [[[0, 1], [2], [3, 4], [5], [6, 7]]] * 3


def test_an_encoding_that_ends_early_is_no_smaller_split(tmp_path: Path) -> None:
    class Early:
        precision = "32-true"

        def __call__(self, work: Encoding) -> None:
            batch = next(iter(work.batches()))
            work.take(batch, work.encode(batch))

    for root in (None, tmp_path):
        cache = FeatureCache(root, shard_size=2, batch_size=2)
        with pytest.raises(DataError, match="4 of 6 samples were not encoded"):
            encode_missing(Positions(6), Plain(), cache=cache, driver=Early())
