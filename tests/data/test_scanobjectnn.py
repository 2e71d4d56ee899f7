"""ScanObjectNN's three variants in its official tree, made small."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from pointclip2.data.scanobjectnn import CLASSES, PLACES, ScanObjectNN
from pointclip2.types import ConfigError, DataError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, (folder, ending) in enumerate(PLACES.values()):
        (tmp_path / folder).mkdir(exist_ok=True)
        for split, count in (("training", 3), ("test", 2 + number)):
            with h5py.File(tmp_path / folder / f"{split}_{ending}", "w") as file:
                file["data"] = np.random.default_rng(number).normal(size=(count, 20, 3)).astype(np.float32)
                file["label"] = np.arange(count) + 10
                file["mask"] = np.zeros((count, 20), int)
    return tmp_path


@pytest.mark.parametrize(("variant", "count"), [("obj_only", 2), ("obj_bg", 3), ("pb_t50_rs", 4)])
def test_each_variant_reads_its_own_files(root, variant, count):
    data = ScanObjectNN(str(root), variant)
    split = data.open("test")
    assert split.name == f"scanobjectnn_{variant}"
    assert len(split) == count
    assert len(data.open("train")) == 3
    assert [split.classes[label] for label in split.labels][:2] == ["bed", "pillow"]
    assert split[1].points.shape == (1024, 3)


def test_the_archive_may_keep_its_own_top_folder(root, tmp_path):
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer/h5_files").symlink_to(root)
    assert len(ScanObjectNN(str(tmp_path / "outer")).open("test")) == 2


def test_variants_differ_in_checksum(root):
    assert len({ScanObjectNN(str(root), variant).open("test").checksum for variant in PLACES}) == 3


def test_there_are_fifteen_classes():
    assert len(set(CLASSES)) == 15


def test_a_missing_file_says_where_it_goes_and_that_it_is_fetched_by_hand(tmp_path):
    with pytest.raises(DataError, match=r"OBJ_BG.*main_split/test_objectdataset\.h5.*by hand"):
        ScanObjectNN(str(tmp_path), "obj_bg").open("test")


def test_an_unknown_variant_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="pb_t50_rs"):
        ScanObjectNN(str(tmp_path), "hardest")
