"""Files with checksums: whatever happens to one, reading it says so."""

import json
import os
import zipfile
from pathlib import Path

import pytest
import torch

from pointclip2.sealed import (
    FIELD,
    DamagedError,
    UnsealedError,
    check_archive,
    open_tensors,
    opened,
    read_json,
    replacing_sealed,
    sealed,
    tensor_file,
)
from pointclip2.writing import write_text

TENSORS = {
    "half": torch.arange(6).half().view(2, 3),
    "none": torch.zeros(0, 4),
    "one": torch.tensor(7),
    "seen": torch.tensor([True, False]),
}


def read(path: Path, belongs: str = "a key", needed: bool = True) -> dict[str, torch.Tensor]:
    with open_tensors(path, belongs, needed) as file:
        return file.tensors()


def written(path: Path) -> bytes:
    path.write_bytes(tensor_file(TENSORS, {"told": "ä"}, "a key"))
    return path.read_bytes()


def test_tensors_come_back_as_they_were_with_what_was_told(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    written(path)
    with open_tensors(path, "a key") as file:
        assert file.told == {"told": "ä"}
        assert file.names == sorted(TENSORS)
    found = read(path)
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)
    assert {name: one.dtype for name, one in found.items()} == {n: one.dtype for n, one in TENSORS.items()}


def test_every_bit_of_a_file_of_tensors_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    content = written(path)
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(DamagedError, match="safetensors"):
            read(path)


@pytest.mark.parametrize("kind", ["elsewhere", "cut", "folder", "empty", "longer"])
def test_a_file_that_was_moved_cut_or_replaced_is_damaged(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.safetensors"
    content = written(path)
    if kind == "folder":
        path.unlink()
        path.mkdir()
    elif kind != "elsewhere":
        path.write_bytes({"cut": content[:-1], "empty": b"", "longer": content + b"\0"}[kind])
    with pytest.raises(DamagedError):
        read(path, "another key" if kind == "elsewhere" else "a key")


def test_a_file_without_checksums_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file(TENSORS, tmp_path / "a.safetensors")
    with pytest.raises(UnsealedError, match="carries no checksum"):
        read(tmp_path / "a.safetensors")
    assert torch.equal(read(tmp_path / "a.safetensors", needed=False)["one"], TENSORS["one"])
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "b.safetensors")


def test_json_comes_back_and_every_bit_of_it_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    content = {"figure": 0.1 + 0.2, "names": ["ä", None], "inner": {"b": 1, "a": True}}
    write_text(path, json.dumps(sealed(content), indent=1))
    assert read_json(path) == content
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 7]) + whole[place + 1 :])
        if path.read_bytes().split() != whole.split():  # other white space is the same JSON
            with pytest.raises(DamagedError):
                opened(read_json(path), path)


def test_json_of_users_needs_no_checksum_and_one_that_they_changed_says_what_to_do(tmp_path: Path) -> None:
    own = {"chair": ["a chair."], FIELD: ["a list of ticks."]}
    assert opened(own, tmp_path) == own
    assert opened({FIELD: "a sum over all digits"}, tmp_path) == {FIELD: "a sum over all digits"}
    assert opened([1, 2], tmp_path) == [1, 2]
    changed = {**sealed({"weight": 1}), "weight": 2}
    with pytest.raises(DamagedError, match=r"changed since it was written; if that was meant, take its"):
        opened(changed, tmp_path)


def archive(path: Path) -> None:
    with replacing_sealed(path, "a training") as place, zipfile.ZipFile(place, "w") as file:
        file.writestr("weights", bytes(range(256)) * 20)


def test_an_archive_stays_one_and_every_bit_of_it_counts(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    archive(path)
    check_archive(path, "a training")
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
    with pytest.raises(DamagedError, match="another training"):
        check_archive(path, "another")
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DamagedError):
            check_archive(path, "a training")


def test_a_checkpoint_of_torch_is_such_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    with replacing_sealed(path, "a training") as place:
        torch.save({"weight": torch.ones(3)}, place)
    check_archive(path, "a training")
    assert torch.load(path, weights_only=True)["weight"].tolist() == [1, 1, 1]
    torch.save({}, path)
    with pytest.raises(UnsealedError):
        check_archive(path, "a training")


def test_a_pipe_in_the_place_of_a_file_is_damage_and_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.safetensors"
    os.mkfifo(path)
    with pytest.raises(DamagedError, match="named pipe"), open_tensors(path):
        pass
    with pytest.raises(DamagedError, match="named pipe"):
        read_json(path)
