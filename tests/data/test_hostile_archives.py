"""Benchmark archives of strangers: pipes, links and promises in the place of files."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pointclip2.data.modelnet import MODELNET40, ModelNet
from pointclip2.data.scannet import ScanNet
from pointclip2.data.scanobjectnn import ScanObjectNN
from pointclip2.data.shapenet_part import ShapeNetPart
from pointclip2.data.sunrgbd import SunRgbd
from pointclip2.heads.adapters.ensemble import read_votes
from pointclip2.types import CloudError, DataError

MANY = 10**9
Write = Callable[[Path], object]


def modelnet(root: Path, write: Write) -> Any:
    """Return a split whose only file was written so."""
    (root / "test_files.txt").write_text("data/a.h5\n")
    write(root / "a.h5")
    return ModelNet(str(root), layout="hdf5").open("test")


def scanobjectnn(root: Path, write: Write) -> Any:
    """Return a split whose only file was written so."""
    (root / "main_split_nobg").mkdir()
    write(root / "main_split_nobg" / "test_objectdataset.h5")
    return ScanObjectNN(str(root), variant="obj_only").open("test")


def shapenet(root: Path, write: Write) -> Any:
    """Return a split whose only file was written so."""
    (root / "hdf5_data").mkdir()
    write(root / "hdf5_data" / "ply_data_test0.h5")
    return ShapeNetPart(str(root)).open("test")


def hdf5(**arrays: Any) -> Write:
    """Write arrays, or have them made, into an HDF5 file."""

    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            for name, values in arrays.items():
                if isinstance(values, dict):
                    file.create_dataset(name, dtype="f4", **values)
                else:
                    file[name] = values

    return write


LABEL, PID = np.zeros((2, 1), np.uint8), np.zeros((2, 5), np.uint8)
ELSEWHERE = h5py.ExternalLink("/etc/passwd", "/data")


@pytest.mark.parametrize("opened", [modelnet, scanobjectnn, shapenet])
@pytest.mark.parametrize(
    ("write", "told"),
    [
        (os.mkfifo, "a named pipe|is missing|which should be in"),
        (hdf5(data=ELSEWHERE, label=LABEL, pid=PID), "'data' is a link to '/etc/passwd': only what is in the file"),
        (hdf5(data=np.zeros((2, 5, 3)), label=ELSEWHERE, pid=PID), "'label' is a link to '/etc/passwd'"),
        (hdf5(data={"shape": (MANY, 5, 3), "chunks": (1000, 5, 3)}, label=LABEL, pid=PID), "1,000,000,000 clouds"),
        (hdf5(data={"shape": (2, MANY, 3), "chunks": (1, 1000, 3)}, label=LABEL, pid=PID), "unpack to 12,000,000,000"),
        (hdf5(data=np.zeros((2, 5, 3)), label={"shape": (MANY,), "chunks": (1000,)}, pid=PID), "'label' must be"),
    ],
    ids=["pipe", "link", "label elsewhere", "many clouds", "large clouds", "many labels"],
)  # fmt: skip
def test_an_hdf5_file_that_is_none_or_promises_too_much_is_refused_at_once(
    tmp_path: Path, opened: Callable[[Path, Write], Any], write: Write, told: str
) -> None:
    with pytest.raises(DataError, match=told) as caught:
        opened(tmp_path, write)
    assert "\n" not in str(caught.value)


def npy(shape: tuple[int, ...]) -> Write:
    """Write the header of an array alone."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)

    return write


def bomb(path: Path) -> None:
    """Write an archive of zeros that unpacks to far more."""
    packed = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("pc.npy", "w") as entry:
        for _ in range(40):
            entry.write(bytes(2**24))


@pytest.mark.parametrize(
    ("file", "write", "told"),
    [
        ("scene0_vert.npy", npy((MANY, 6)), "1,000,000,000"),
        ("scene0_bbox.npy", npy((10**6, 7)), "truncated"),
        ("1_pc.npz", os.mkfifo, "a named pipe"),
        ("1_pc.npz", bomb, "unpack to"),
        ("1_bbox.npy", npy((MANY, 8)), "1,000,000,000"),
    ],
)
def test_a_scene_that_promises_too_much_is_skipped(
    tmp_path: Path, file: str, write: Write, told: str
) -> None:
    if file.startswith("scene"):
        (tmp_path / "scannetv2_val.txt").write_text("scene0\n")
        folder, data = tmp_path / "scannet_train_detection_data", ScanNet(str(tmp_path))
    else:
        folder, data = tmp_path / "sunrgbd_pc_bbox_votes_50k_v1_val", SunRgbd(str(tmp_path))
    folder.mkdir()
    np.save(folder / "scene0_vert.npy", np.zeros((5, 6), np.float32))
    np.save(folder / "1_bbox.npy", np.zeros((0, 8)))
    np.savez(folder / "1_pc.npz", pc=np.zeros((5, 6)))
    (folder / file).unlink(missing_ok=True)
    write(folder / file)
    split = data.open_scenes("val")
    with pytest.raises(CloudError, match=told):
        split[0]


def test_lists_that_are_no_text_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "test_files.txt").write_bytes(b"\xff\xfe.h5\n")
    with pytest.raises(DataError, match="which should be in"):
        ModelNet(str(tmp_path), layout="hdf5").open("test")
    names = "".join(name.replace(" ", "_") + "\n" for name in MODELNET40)
    (tmp_path / "shape_names.txt").write_bytes(names.encode() + b"\xff\n")
    with pytest.raises(DataError, match="is not modelnet40's list of classes"):
        ModelNet(str(tmp_path), layout="hdf5").open("test")


@pytest.mark.parametrize(("write", "told"), [(os.mkfifo, "a named pipe"), (bomb, "unpack to")])
def test_votes_of_others_are_no_pipe_and_no_bomb(tmp_path: Path, write: Write, told: str) -> None:
    write(tmp_path / "votes.npz")
    with pytest.raises(DataError, match=told):
        read_votes(tmp_path / "votes.npz", ["chair"], {"validation": [], "test": []})
