"""SUN RGB-D in VoteNet's layout, from small files of the same format."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pointclip2.data.sunrgbd import CLASSES, SunRgbd
from pointclip2.types import CloudError, DataError

# A bed three times as long as wide, whose long side points to the right and towards the viewer: 30 degrees from +x
# to -y, as the files count.
HEADING = np.pi / 6
BED = [0.0, 3.0, 0.0, 0.9, 0.3, 0.5, HEADING, 0]


def write_image(root: Path, split: str, name: str, boxes: list[list[float]], points: np.ndarray) -> None:
    folder = root / f"sunrgbd_pc_bbox_votes_50k_v1_{split}"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / f"{name}_pc.npz", pc=points)
    np.save(folder / f"{name}_bbox.npy", np.array(boxes, dtype=np.float64).reshape(-1, 8))
    np.savez_compressed(folder / f"{name}_votes.npz", point_votes=np.zeros((len(points), 10)))


def bed_points() -> np.ndarray:
    """Of the bed's inside, made from its long side's direction and not from any box code."""
    rng = np.random.default_rng(0)
    along, across, up = rng.uniform(-1, 1, (3, 400)) * np.array([[0.9], [0.3], [0.5]])
    long_side = np.array([np.cos(HEADING), -np.sin(HEADING), 0.0])
    short_side = np.array([np.sin(HEADING), np.cos(HEADING), 0.0])
    points = (
        along[:, None] * long_side + across[:, None] * short_side + up[:, None] * np.array([0.0, 0.0, 1.0])
    )
    return np.concatenate([points + np.array([0.0, 3.0, 0.0]), rng.uniform(0, 1, (400, 3))], axis=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "sunrgbd"
    write_image(root, "val", "000002", [BED], bed_points())
    write_image(root, "val", "000001", [], bed_points())
    write_image(root, "train", "005051", [BED], bed_points())
    return root


def test_a_split_is_a_folder_in_the_order_of_its_numbers(root):
    assert list(SunRgbd(str(root)).open_scenes("val").names) == ["000001", "000002"]
    assert list(SunRgbd(str(root)).open_scenes("train").names) == ["005051"]


def test_half_sizes_are_doubled_and_the_box_turns_with_its_points(root):
    scene = SunRgbd(str(root)).open_scenes("val")[1]
    boxes = scene.boxes
    assert boxes.size_m[0].tolist() == pytest.approx([1.8, 0.6, 1.0])
    assert float(boxes.heading_rad[0]) == pytest.approx(-HEADING)
    assert CLASSES[int(boxes.labels[0])] == "bed"
    # Counter-clockwise from the scene's x axis to the box's: all points of the bed are in the box.
    angle = float(boxes.heading_rad[0])
    axes = torch.tensor(
        [[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    ).float()
    local = (scene.points_m - boxes.centre_m[0]) @ axes.T
    assert (local.abs() <= boxes.size_m[0] / 2 + 1e-4).all()


def test_colours_are_taken_as_they_are(root):
    scene = SunRgbd(str(root), points=None).open_scenes("val")[1]
    assert np.allclose(scene.colours.numpy(), bed_points()[:, 3:], atol=1e-6)


def test_an_image_without_things_has_boxes_but_none(root):
    assert len(SunRgbd(str(root)).open_scenes("val")[0].boxes) == 0


def test_what_is_missing_is_one_line_with_place_tree_and_licence(root):
    with pytest.raises(DataError) as caught:
        SunRgbd(str(root), version="v2").open_scenes("val")
    message = str(caught.value)
    assert "\n" not in message
    assert "sunrgbd_pc_bbox_votes_50k_v2_val" in message
    assert str(root) in message
    assert "https://rgbd.cs.princeton.edu" in message


@pytest.mark.parametrize(
    ("rows", "reason"),
    [(np.zeros((2, 7)), "8 columns"), (np.array([[*BED[:7], 10]]), "not 0 to 9")],
)
def test_boxes_of_another_format_are_refused_for_this_image_only(root, rows, reason):
    np.save(root / "sunrgbd_pc_bbox_votes_50k_v1_val" / "000001_bbox.npy", rows)
    scenes = SunRgbd(str(root)).open_scenes("val")
    with pytest.raises(CloudError, match=f"000001: .*{reason}"):
        scenes[0]
    assert len(scenes[1].boxes) == 1


def test_an_archive_without_points_is_refused(root):
    np.savez(root / "sunrgbd_pc_bbox_votes_50k_v1_val" / "000001_pc.npz", cloud=np.zeros((3, 3)))
    with pytest.raises(CloudError, match="must hold the array 'pc', but holds cloud"):
        SunRgbd(str(root)).open_scenes("val")[0]
