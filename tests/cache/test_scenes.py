"""Encoded scenes on disk: whole, keyed, never half-read."""

from pathlib import Path

import pytest
import torch

from pointclip2.cache.scenes import SceneStore
from pointclip2.types import DataError

KEY = {"data": {"name": "rooms", "split": "test", "checksum": "abc"}, "proposals": {"name": "cluster"}}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    store = SceneStore(tmp_path, KEY)
    assert not store.has(3)
    assert store.write(3, {"features": torch.rand(2, 4), "kept": torch.tensor([True, False])})
    again = SceneStore(tmp_path, KEY)
    assert again.has(3)
    assert again.read(3)["kept"].tolist() == [True, False]
    with pytest.raises(DataError, match="scene-00004"):
        again.read(4)


def test_other_proposals_are_another_store(tmp_path: Path) -> None:
    other = SceneStore(tmp_path, {**KEY, "proposals": {"name": "oracle"}})
    assert other.folder != SceneStore(tmp_path, KEY).folder


def test_a_cut_off_file_is_not_there(tmp_path: Path) -> None:
    store = SceneStore(tmp_path, KEY)
    store.write(0, {"features": torch.rand(8, 8)})
    path = next(store.folder.glob("scene-*"))
    path.write_bytes(path.read_bytes()[:-20])
    assert not store.has(0)


def test_a_folder_of_another_key_is_refused(tmp_path: Path) -> None:
    store = SceneStore(tmp_path, KEY)
    store.write(0, {"features": torch.rand(1)})
    (store.folder / "key.json").write_text("{}")
    with pytest.raises(DataError, match="delete"):
        SceneStore(tmp_path, KEY)


def test_a_disk_that_cannot_be_written_costs_the_cache_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blocked").write_text("a file")
    store = SceneStore(tmp_path / "blocked", KEY)
    assert not store.write(0, {"features": torch.rand(1)})
    assert "not cached" in caplog.text
