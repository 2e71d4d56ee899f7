"""ScanNet V2 in VoteNet's layout, from small files of the same format."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pointclip2.data.scannet import CLASSES, NYU40_IDS, ScanNet
from pointclip2.types import CloudError, DataError

POINTS = 300
BOXES = np.array(
    [
        [1.0, 1.0, 0.5, 0.6, 0.7, 1.0, 5],  # chair
        [2.0, 2.0, 0.4, 1.5, 0.8, 0.8, 6],  # sofa
        [3.0, 1.0, 1.0, 0.5, 0.5, 0.5, 39],  # garbage bin
    ]
)


def write_scan(root: Path, scan: str, boxes: np.ndarray = BOXES, vertices: np.ndarray | None = None) -> None:
    folder = root / "scannet_train_detection_data"
    folder.mkdir(parents=True, exist_ok=True)
    if vertices is None:
        rng = np.random.default_rng(len(scan))
        vertices = np.concatenate([rng.uniform(0, 4, (POINTS, 3)), rng.uniform(0, 255, (POINTS, 3))], axis=1)
    np.save(folder / f"{scan}_vert.npy", vertices.astype(np.float32))
    np.save(folder / f"{scan}_sem_label.npy", np.zeros(len(vertices), dtype=np.uint32))
    np.save(folder / f"{scan}_ins_label.npy", np.zeros(len(vertices), dtype=np.uint32))
    np.save(folder / f"{scan}_bbox.npy", boxes)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "scannet"
    for scan in ("scene0011_00", "scene0015_00", "scene0030_02"):
        write_scan(root, scan)
    (root / "meta_data").mkdir()
    (root / "meta_data" / "scannetv2_val.txt").write_text("scene0011_00\nscene0015_00\nscene9999_00\n")
    (root / "meta_data" / "scannetv2_train.txt").write_text("scene0030_02\n")
    return root


def test_a_split_is_what_its_list_names_and_the_folder_holds(root):
    data = ScanNet(str(root))
    assert list(data.open_scenes("val").names) == ["scene0011_00", "scene0015_00"]
    assert list(data.open_scenes("train").names) == ["scene0030_02"]
    with pytest.raises(DataError, match="no split 'test'"):
        data.open_scenes("test")


def test_boxes_keep_their_full_size_and_ids_of_nyu40_become_classes(root):
    scene = ScanNet(str(root)).open_scenes("val")[0]
    assert [CLASSES[label] for label in scene.boxes.labels] == ["chair", "sofa", "garbage bin"]
    assert torch.allclose(scene.boxes.size_m, torch.from_numpy(BOXES[:, 3:6]).float())
    assert torch.allclose(scene.boxes.centre_m, torch.from_numpy(BOXES[:, :3]).float())
    assert (scene.boxes.heading_rad == 0).all()


def test_the_eighteen_classes_stand_in_the_order_of_their_ids():
    assert len(CLASSES) == len(NYU40_IDS) == 18
    assert dict(zip(NYU40_IDS, CLASSES, strict=True))[28] == "shower curtain"
    assert dict(zip(NYU40_IDS, CLASSES, strict=True))[36] == "bathtub"


def test_points_stay_metres_and_colours_become_shares(root):
    scene = ScanNet(str(root), points=None).open_scenes("val")[0]
    vertices = np.load(root / "scannet_train_detection_data" / "scene0011_00_vert.npy")
    assert np.allclose(scene.points_m.numpy(), vertices[:, :3])
    assert np.allclose(scene.colours.numpy(), vertices[:, 3:] / 255)


def test_a_larger_scan_is_thinned_by_seed(root):
    first, again, other = (
        ScanNet(str(root), points=50, seed=seed).open_scenes("val")[0].points_m for seed in (0, 0, 1)
    )
    assert first.shape == (50, 3)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert len(torch.unique(first, dim=0)) == 50
    assert len(ScanNet(str(root), points=1000).open_scenes("val")[0].points_m) == POINTS


def test_rows_of_other_classes_are_no_boxes(root):
    write_scan(root, "scene0011_00", np.concatenate([BOXES, [[1, 1, 1, 1, 1, 1, 2], [1, 1, 1, 1, 1, 1, 40]]]))
    assert len(ScanNet(str(root)).open_scenes("val")[0].boxes) == 3


def test_a_scan_without_things_has_boxes_but_none(root):
    write_scan(root, "scene0011_00", np.zeros((0, 7)))
    boxes = ScanNet(str(root)).open_scenes("val")[0].boxes
    assert boxes is not None
    assert len(boxes) == 0
    assert boxes.centre_m.shape == (0, 3)


@pytest.mark.parametrize("missing", ["all", "list", "scans"])
def test_what_is_missing_is_one_line_with_place_tree_and_licence(tmp_path, root, missing):
    if missing == "list":
        (root / "meta_data" / "scannetv2_val.txt").unlink()
    if missing == "scans":
        (root / "meta_data" / "scannetv2_val.txt").write_text("scene9999_00\n")
    place = tmp_path / "nowhere" if missing == "all" else root
    with pytest.raises(DataError) as caught:
        ScanNet(str(place)).open_scenes("val")
    message = str(caught.value)
    assert "\n" not in message
    assert str(place) in message
    assert "_vert.npy" in message or "{vert,bbox}.npy" in message
    if missing != "scans":
        assert "http://www.scan-net.org" in message


def test_a_damaged_scan_is_skipped_by_name_and_the_next_is_read(root):
    folder = root / "scannet_train_detection_data"
    (folder / "scene0011_00_vert.npy").write_bytes(b"\x93NUMPY")
    scenes = ScanNet(str(root)).open_scenes("val")
    with pytest.raises(CloudError, match="scene0011_00"):
        scenes[0]
    assert len(scenes[1].boxes) == 3
    np.save(folder / "scene0015_00_bbox.npy", BOXES[:, :6])
    with pytest.raises(CloudError, match="7 columns"):
        scenes[1]


def test_a_pickled_file_is_refused(root):
    np.save(
        root / "scannet_train_detection_data" / "scene0011_00_bbox.npy", np.array([{"a": 1}], dtype=object)
    )
    with pytest.raises(CloudError, match="scene0011_00"):
        ScanNet(str(root)).open_scenes("val")[0]


def test_the_checksum_follows_files_and_options(root):
    before = ScanNet(str(root)).open_scenes("val").checksum
    assert ScanNet(str(root), points=7).open_scenes("val").checksum != before
    assert ScanNet(str(root), limit=1).open_scenes("val").checksum != before
    write_scan(root, "scene0011_00", BOXES + 0.01)
    assert ScanNet(str(root)).open_scenes("val").checksum != before
