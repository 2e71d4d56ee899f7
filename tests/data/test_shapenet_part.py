"""ShapeNetPart in its official tree, made small."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from pointclip2.data.class_names import SHAPENET_PARTS
from pointclip2.data.part_table import PartTable
from pointclip2.data.shapenet_part import PartIndex, ShapeNetPart
from pointclip2.types import CloudError, ConfigError, DataError

FIRST = np.cumsum([0, *(len(parts) for parts in SHAPENET_PARTS.values())])


def write(path: Path, labels: list[int], seed: int = 0, **changed: np.ndarray) -> None:
    rng = np.random.default_rng(seed)
    arrays = {
        "data": rng.normal(size=(len(labels), 40, 3)).astype(np.float32),
        "label": np.array(labels, dtype=np.uint8)[:, None],
        "pid": np.stack([FIRST[k] + rng.integers(0, FIRST[k + 1] - FIRST[k], 40) for k in labels]).astype(
            np.uint8
        ),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, values in (arrays | changed).items():
            if values is not None:
                file[name] = values


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "hdf5_data"
    write(folder / "ply_data_train0.h5", [0, 1])
    write(folder / "ply_data_val0.h5", [4])
    write(folder / "ply_data_test0.h5", [0, 4, 15], seed=1)
    write(folder / "ply_data_test1.h5", [8], seed=2)
    return tmp_path


def test_sixteen_categories_have_the_official_numbers_of_parts() -> None:
    counts = [4, 2, 2, 4, 4, 3, 3, 2, 4, 2, 6, 2, 3, 3, 3, 3]
    assert [len(parts) for parts in SHAPENET_PARTS.values()] == counts
    assert list(SHAPENET_PARTS) == sorted(SHAPENET_PARTS)
    assert len(PartIndex.part_names) == 50


def test_the_parts_are_called_as_in_the_procedural_world() -> None:
    from pointclip2.worlds.shapes.classes import register

    assert {name: register()[name].part_names for name in SHAPENET_PARTS} == SHAPENET_PARTS


def test_each_split_reads_all_of_its_files(root: Path) -> None:
    data = ShapeNetPart(str(root), points=40)
    assert [len(data.open(split)) for split in ("train", "val", "test")] == [2, 1, 4]
    split = data.open("test")
    assert [split.classes[label] for label in split.labels] == ["airplane", "chair", "table", "lamp"]
    table = PartTable.of(split)
    assert table.ids[4] == (12, 13, 14, 15)
    assert table.names(4) == ("back", "seat", "leg", "arm")


@pytest.mark.parametrize("sampling", ["first", "random", "farthest"])
def test_part_ids_follow_their_points(root: Path, sampling: str) -> None:
    split = ShapeNetPart(str(root), points=24, sampling=sampling).open("test")
    with h5py.File(root / "hdf5_data/ply_data_test0.h5") as file:
        raw, ids = file["data"][1], file["pid"][1]
    cloud = split[1]
    assert cloud.parts is not None
    raw = raw - raw.mean(axis=0)
    # Normalising keeps directions between points: match by the ratio of distances to all raw points.
    spread = np.ptp(cloud.points.numpy(), axis=0)
    assert (spread > 0).all()
    order = {"first": np.arange(24)}.get(sampling)
    if order is not None:
        np.testing.assert_array_equal(cloud.parts.numpy(), ids[order])
    assert set(cloud.parts.tolist()) <= set(range(12, 16))


def test_a_point_keeps_its_part_when_clouds_are_shuffled_and_worn(root: Path) -> None:
    path = root / "hdf5_data/ply_data_test0.h5"
    height = np.linspace(-1, 1, 40, dtype=np.float32)
    cloud = np.stack([np.zeros(40), height, np.zeros(40)], axis=1).astype(np.float32)
    write(path, [4], data=cloud[None], pid=np.where(height > 0, 12, 14)[None].astype(np.uint8))
    for options in ({"sampling": "random"}, {"points": 64}, {"corruption": "partial"}):
        sample = ShapeNetPart(str(root), **{"points": 40, **options}).open("test")[0]
        assert sample.parts is not None
        above = sample.points[sample.parts == 12][:, 1]
        below = sample.points[sample.parts == 14][:, 1]
        assert len(above) == 0 or len(below) == 0 or float(above.min()) > float(below.max())


def test_an_id_of_another_category_skips_that_cloud_and_names_it(root: Path) -> None:
    write(root / "hdf5_data/ply_data_test0.h5", [0, 4], pid=np.zeros((2, 40), dtype=np.uint8))
    split = ShapeNetPart(str(root), points=40).open("test")
    assert split[0].parts is not None
    with pytest.raises(CloudError, match=r"ply_data_test0/0001.*part id 0.*chair.*12 to 15"):
        split[1]


@pytest.mark.parametrize("pid", [None, np.zeros((1, 39), dtype=np.uint8), np.zeros((1, 40))])
def test_files_without_usable_part_ids_are_refused(root: Path, pid: np.ndarray | None) -> None:
    write(root / "hdf5_data/ply_data_val0.h5", [4], pid=pid)
    with pytest.raises(DataError, match="pid"):
        ShapeNetPart(str(root)).open("val")


def test_some_categories_can_be_kept_and_keep_their_labels(root: Path) -> None:
    split = ShapeNetPart(str(root), ["chair", "lamp"], points=40).open("test")
    assert split.names == ["ply_data_test0/0001", "ply_data_test1/0000"]
    assert split.labels == [4, 8]
    cloud = split[1]
    assert cloud.parts is not None
    assert set(cloud.parts.tolist()) <= {24, 25, 26, 27}
    assert split.checksum != ShapeNetPart(str(root), points=40).open("test").checksum
    with pytest.raises(ConfigError, match=r"data.categories=\['sofa'\]"):
        ShapeNetPart(str(root), ["sofa"])


def test_a_missing_split_says_where_it_goes_and_that_it_is_fetched_by_hand(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"hdf5_data/ply_data_test0\.h5.*by hand.*shapenet"):
        ShapeNetPart(str(tmp_path)).open("test")


def test_the_archive_may_be_unpacked_at_any_of_its_levels(root: Path) -> None:
    assert len(ShapeNetPart(str(root / "hdf5_data")).open("test")) == 4
