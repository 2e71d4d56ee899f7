"""Many clouds in one archive of numpy."""

from pathlib import Path

import numpy as np
import pytest

from pointclip2.data.files.archives import clouds_in_npz, read_npz
from pointclip2.data.files.rows import read_rows
from pointclip2.data.folder import Folder
from pointclip2.types import CloudError, DataError

POINTS = np.random.default_rng(0).normal(size=(4, 200, 3)).astype(np.float32)
POINTS += 5 * np.arange(4, dtype=np.float32)[:, None, None]


def written(folder: Path, **arrays: object) -> Path:
    path = folder / "many.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_every_row_of_an_archive_with_labels_is_a_sample(tmp_path: Path) -> None:
    path = written(
        tmp_path, points=POINTS, label=["chair", "night_stand", "chair", "bed"], rgb=(POINTS * 0).astype("u1")
    )
    split = Folder(str(path), points=200, sampling="first", up="any").open("test")
    assert split.classes == ("bed", "chair", "night stand")
    assert [cloud.label for cloud in split] == [1, 2, 1, 0]
    assert split.names == [f"many.npz/{row:04d}" for row in range(4)]
    assert np.array_equal(read_rows(path, 2).points, POINTS[2].astype(np.float64))
    assert set(read_rows(path, 2).columns) == {"red", "green", "blue"}


def test_numbers_are_places_among_the_classes(tmp_path: Path) -> None:
    path = written(tmp_path, xyz=POINTS, labels=[1, 0, 1, 1])
    split = Folder(str(path), classes=["cup", "mug"], up="any").open("test")
    assert [cloud.label for cloud in split] == [1, 0, 1, 1]
    with pytest.raises(DataError, match=r"label 1, but data\.classes has 1 names"):
        Folder(str(path), classes=["cup"], up="any").open("test")


def test_a_single_number_beside_many_clouds_is_left_aside(tmp_path: Path) -> None:
    path = written(tmp_path, points=POINTS, pos=3.0, label=[0, 1, 0, 1])
    assert len(read_npz(path, 1).points) == 200


def test_names_alone_say_that_there_are_many_clouds(tmp_path: Path) -> None:
    path = written(tmp_path, points=POINTS, name=["a", "b", "c", "d"])
    assert clouds_in_npz(path) == (4, None)
    assert len(Folder(str(path), classes=["cup", "mug"], up="any").open("test")) == 4


def test_what_says_nothing_of_many_clouds_is_refused_with_the_way_out(tmp_path: Path) -> None:
    for told in ({}, {"label": ["chair"]}, {"label": np.zeros((4, 2), dtype=int)}):
        path = written(tmp_path, points=POINTS, **told)
        assert clouds_in_npz(path) == (1, None)
        with pytest.raises(CloudError, match=r"looks like 4 clouds of 200 points.*'label' or 'name'"):
            read_rows(path)


def test_one_cloud_with_a_label_a_point_stays_one_cloud(tmp_path: Path) -> None:
    path = written(tmp_path, points=POINTS[0], label=np.zeros(200, dtype=int))
    assert clouds_in_npz(path) == (1, None)
    assert len(read_rows(path).points) == 200


def test_an_archive_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path, points=POINTS, label=list("abcd"))
    assert len(read_npz(path, 3).points) == 200
    written(tmp_path, points=POINTS[:2], label=list("ab"))
    with pytest.raises(CloudError, match="holds 2 clouds"):
        read_npz(path, 3)
