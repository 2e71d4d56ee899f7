"""ModelNet in both of its official layouts, made small."""

import errno
import logging
import pickle
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from pointclip2.data import modelnet
from pointclip2.data.modelnet import MODELNET10, MODELNET40, ModelNet
from pointclip2.types import CloudError, ConfigError, DataError, TransientError

TETRAHEDRON = "{head}4 4 0\n0 0 0\n1 0 0\n0 1 0\n0 0 5\n3 0 1 2\n3 0 1 3\n3 0 2 3\n3 1 2 3\n"


def write_h5(path: Path, seed: int, labels: list[int], points: int = 64) -> np.ndarray:
    data = np.random.default_rng(seed).normal(size=(len(labels), points, 3)).astype(np.float32)
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=data, compression="gzip", chunks=(1, 16, 1))
        file["label"] = np.array(labels, dtype=np.uint8)[:, None]
    return data


@pytest.fixture
def clouds(tmp_path: Path) -> Path:
    root = tmp_path / "modelnet40_ply_hdf5_2048"
    root.mkdir()
    write_h5(root / "ply_data_train0.h5", 0, [0, 1, 2])
    write_h5(root / "ply_data_test0.h5", 1, [8, 39, 0, 8])
    write_h5(root / "ply_data_test1.h5", 2, [5])
    names = "data/modelnet40_ply_hdf5_2048/ply_data_{}.h5"
    (root / "train_files.txt").write_text(names.format("train0") + "\n")
    (root / "test_files.txt").write_text(f"{names.format('test0')}\n{names.format('test1')}\n")
    (root / "shape_names.txt").write_text("".join(name.replace(" ", "_") + "\n" for name in MODELNET40))
    return root


@pytest.fixture
def meshes(tmp_path: Path) -> Path:
    root = tmp_path / "ModelNet10"
    for name in MODELNET10:
        folder = name.replace(" ", "_")
        for split, number in (("train", 1), ("test", 2)):
            (root / folder / split).mkdir(parents=True)
            head = "OFF" if name == "chair" else "OFF\n"
            path = root / folder / split / f"{folder}_{number:04d}.off"
            path.write_text(TETRAHEDRON.format(head=head))
    return root


def test_there_are_40_classes_and_the_ten_are_among_them():
    assert len(set(MODELNET40)) == 40
    assert list(MODELNET40) == sorted(MODELNET40)
    assert set(MODELNET10) < set(MODELNET40)


def test_lists_with_a_foreign_prefix_are_followed_by_base_name(clouds):
    split = ModelNet(str(clouds)).open("test")
    assert split.names == [f"ply_data_test0/000{i}" for i in range(4)] + ["ply_data_test1/0000"]
    assert [split.classes[label] for label in split.labels] == [
        "chair",
        "xbox",
        "airplane",
        "chair",
        "bottle",
    ]
    assert len(ModelNet(str(clouds)).open("train")) == 3


def test_the_first_points_of_the_file_are_used_y_up(clouds):
    with h5py.File(clouds / "ply_data_test0.h5") as file:
        raw = file["data"][1, :32].astype(np.float64)
    raw -= raw.mean(axis=0)
    cloud = ModelNet(str(clouds), points=32).open("test")[1]
    assert (cloud.name, cloud.label, cloud.parts) == ("ply_data_test0/0001", 39, None)
    assert cloud.points.numpy() == pytest.approx(raw / np.linalg.norm(raw, axis=1).max(), abs=1e-6)


def test_workers_and_copies_read_the_same_clouds_as_this_process(clouds):
    split = ModelNet(str(clouds), points=16).open("test")
    here = torch.stack([split[i].points for i in range(len(split))])
    loader = DataLoader(split, batch_size=None, num_workers=1, collate_fn=lambda cloud: cloud.points)
    assert torch.equal(torch.stack(list(loader)), here)
    copy = pickle.loads(pickle.dumps(split))
    assert torch.equal(copy[3].points, here[3])


def test_mesh_trees_are_found_sampled_and_turned_upright(meshes):
    split = ModelNet(str(meshes), "modelnet10", points=500).open("test")
    assert split.names[2] == "chair_0002"
    assert [split.classes[label] for label in split.labels] == list(MODELNET10)
    for i in (2, 6):  # The header of the chair lacks its line break.
        points = split[i].points
        assert points.shape == (500, 3)
        assert points[:, 1].max() - points[:, 1].min() > 3 * (points[:, 0].max() - points[:, 0].min())
        assert points[points[:, 1].argmax(), 1] > points[points[:, 1].argmin(), 1].abs()


def test_surface_points_are_the_same_on_every_reading_and_others_by_seed(meshes):
    def points(seed: int) -> torch.Tensor:
        return ModelNet(str(meshes), "modelnet10", seed=seed).open("test")[0].points

    assert torch.equal(points(0), points(0))
    assert not torch.equal(points(0), points(1))


def test_one_damaged_mesh_stops_only_itself(meshes):
    (meshes / "bed/test/bed_0002.off").write_text("OFF\n4 4 0\n0 0 0\n1 0")
    split = ModelNet(str(meshes), "modelnet10").open("test")
    with pytest.raises(CloudError, match="bed_0002"):
        split[1]
    assert split[2].label == 2


def test_an_incomplete_tree_is_refused_by_naming_what_is_missing(meshes):
    (meshes / "sofa/test/sofa_0002.off").unlink()
    with pytest.raises(DataError, match="sofa/test"):
        ModelNet(str(meshes), "modelnet10").open("test")


def test_a_missing_data_set_says_what_goes_where(tmp_path):
    with pytest.raises(DataError, match=r"test_files\.txt.*Academic.*data\.download=true") as caught:
        ModelNet(str(tmp_path / "nothing")).open("test")
    assert str(tmp_path / "nothing") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_part_of_the_list_is_named(clouds):
    (clouds / "ply_data_test1.h5").unlink()
    with pytest.raises(DataError, match=r"ply_data_test1\.h5"):
        ModelNet(str(clouds)).open("test")
    (clouds / "test_files.txt").unlink()
    with pytest.raises(DataError, match=r"test_files\.txt"):
        ModelNet(str(clouds)).open("test")


@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.95])
def test_a_truncated_file_is_refused_by_name(clouds, kept):
    path = clouds / "ply_data_test1.h5"
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else kept])
    with pytest.raises(DataError, match=r"ply_data_test1\.h5.*truncated"):
        ModelNet(str(clouds)).open("test")


def test_too_many_open_files_are_no_damage(clouds, monkeypatch):
    split = ModelNet(str(clouds)).open("test")

    def refuse(*args: Any, **options: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(h5py, "File", refuse)
    with pytest.raises(TransientError, match="Too many open files"):
        split[0]


def test_a_damaged_chunk_costs_its_samples_only(clouds):
    path = clouds / "ply_data_test0.h5"
    with h5py.File(path) as file:
        chunk = file["data"].id.get_chunk_info(0)
    with path.open("r+b") as file:
        file.seek(chunk.byte_offset)
        file.write(b"\xff" * chunk.size)
    split = ModelNet(str(clouds)).open("test")
    with pytest.raises(CloudError, match=r"ply_data_test0/0000.*damaged"):
        split[0]
    assert torch.isfinite(split[3].points).all()


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"points": np.zeros((2, 5, 3)), "label": np.zeros(2, int)}, "data"),
        ({"data": np.zeros((2, 5, 2)), "label": np.zeros(2, int)}, "shape"),
        ({"data": np.zeros((2, 5)), "label": np.zeros(2, int)}, "shape"),
        ({"data": np.zeros((2, 5, 3), "S3"), "label": np.zeros(2, int)}, "numbers"),
        ({"data": np.zeros((2, 5, 3)), "label": np.zeros(3, int)}, "label"),
        ({"data": np.zeros((2, 5, 3)), "label": np.full(2, b"a")}, "label"),
        ({"data": np.zeros((2, 5, 3)), "label": np.array([0, 40])}, "40"),
        ({"data": np.zeros((2, 5, 3)), "label": np.array([0, -1])}, "-1"),
        ({"data": np.zeros((2, 5, 3)), "label": np.array([0, 0.5])}, "integers"),
    ],
)
def test_wrong_keys_shapes_and_labels_are_refused_by_file(clouds, arrays, reason):
    with h5py.File(clouds / "ply_data_test1.h5", "w") as file:
        for key, value in arrays.items():
            file[key] = value
    with pytest.raises(DataError, match=rf"ply_data_test1\.h5.*{reason}"):
        ModelNet(str(clouds)).open("test")


def test_another_order_of_classes_is_refused(clouds):
    (clouds / "shape_names.txt").write_text("bathtub\nairplane\n")
    with pytest.raises(DataError, match="shape_names"):
        ModelNet(str(clouds)).open("test")


def test_unknown_options_and_splits_are_refused(clouds):
    for options in (
        {"variant": "modelnet20"},
        {"layout": "zip"},
        {"variant": "modelnet10", "layout": "hdf5"},
    ):
        with pytest.raises(ConfigError):
            ModelNet(str(clouds), **options)
    with pytest.raises(DataError, match="train, test"):
        ModelNet(str(clouds)).open("val")


def test_download_happens_only_on_request_and_arrives_whole(clouds, tmp_path, monkeypatch):
    archive = tmp_path / "modelnet.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for path in clouds.iterdir():
            content.write(path, f"modelnet40_ply_hdf5_2048/{path.name}")
    monkeypatch.setitem(modelnet.ARCHIVES, ("modelnet40", "hdf5"), archive.as_uri())
    target = tmp_path / "fresh" / "clouds"
    with pytest.raises(DataError):
        ModelNet(str(target)).open("test")
    assert not target.parent.exists()
    assert len(ModelNet(str(target), download=True).open("test")) == 5
    assert [path.name for path in target.parent.iterdir()] == ["clouds"]


def test_a_damaged_download_leaves_nothing_behind(tmp_path, monkeypatch):
    archive = tmp_path / "modelnet.zip"
    archive.write_bytes(b"PK\x03\x04 no archive")
    monkeypatch.setitem(modelnet.ARCHIVES, ("modelnet40", "hdf5"), archive.as_uri())
    with pytest.raises(DataError, match="by hand"):
        ModelNet(str(tmp_path / "fresh/clouds"), download=True).open("test")
    assert list((tmp_path / "fresh").iterdir()) == []


def test_rows_that_are_not_finite_are_left_out_and_reported(clouds, caplog):
    with h5py.File(clouds / "ply_data_test1.h5", "r+") as file:
        file["data"][0, 5] = np.nan
    with caplog.at_level(logging.WARNING):
        cloud = ModelNet(str(clouds), points=64).open("test")[4]
    assert torch.isfinite(cloud.points).all()
    assert "ply_data_test1/0000: left out 1 of 64" in caplog.text
