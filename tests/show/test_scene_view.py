"""Pictures and meshes of rooms with boxes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pointclip2.geometry.boxes import corners
from pointclip2.show.class_colours import class_colours
from pointclip2.show.scene_view import ABOVE, CORNER, DrawnBox, _extent, draw_scene
from pointclip2.show.wireframe import wireframe_ply
from tests.proposals.toy_room import toy_room


def test_a_picture_shows_what_was_found_in_its_colour(tmp_path: Path) -> None:
    scene = toy_room(density=200.0)
    assert scene.boxes is not None
    outlines = corners(scene.boxes).numpy().astype(np.float64)
    colour = (200, 30, 30)
    boxes = [
        DrawnBox(outlines[0], "table 0.50", colour),
        DrawnBox(outlines[1], "wardrobe", (20, 24, 28), True),
    ]
    draw_scene(tmp_path / "room.png", scene.points_m.numpy(), boxes, "a room", "one sentence.")
    pixels = np.asarray(Image.open(tmp_path / "room.png").convert("RGB")).astype(int)
    assert (np.abs(pixels - colour).sum(axis=2) < 40).sum() > 300
    assert [path.name for path in tmp_path.iterdir()] == ["room.png"]


@pytest.mark.parametrize(
    "points", [np.zeros((1, 3)), np.ones((50, 3)) * 7, np.array([[0, 0, 0], [900, 0, 5.0]])]
)
def test_what_is_hardly_a_scan_can_be_drawn(points: np.ndarray, tmp_path: Path) -> None:
    draw_scene(tmp_path / "odd.png", points, [], "odd", "nothing.")
    assert (tmp_path / "odd.png").is_file()


def test_from_above_y_points_up_in_the_picture_and_height_is_nearness() -> None:
    flat, near = ABOVE.project(np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 1]]))
    assert flat[1, 1] < flat[0, 1]
    assert np.allclose(flat[2], flat[0])
    assert near[2] > near[0]
    tilted, _ = CORNER.project(np.array([[0.0, 0, 0], [0, 0, 1]]))
    assert tilted[1, 1] < tilted[0, 1]


def test_a_mesh_of_boxes_is_a_mesh(tmp_path: Path) -> None:
    import trimesh

    outline = corners(toy_room(density=50.0).boxes).numpy()  # type: ignore[arg-type]
    (tmp_path / "boxes.ply").write_text(wireframe_ply(outline[:2], [(255, 0, 0), (0, 0, 255)]))
    mesh = trimesh.load(tmp_path / "boxes.ply", process=False)
    assert len(mesh.vertices) == 2 * 12 * 8
    assert np.allclose(mesh.bounds, [outline[:2].min((0, 1)), outline[:2].max((0, 1))], atol=0.01)
    assert wireframe_ply(outline[:0], []).splitlines()[0] == "ply"


def test_classes_have_colours_of_their_own() -> None:
    assert len(set(class_colours(40))) == 40


def test_a_panel_holds_a_box_that_leaves_the_scan_but_not_one_far_away() -> None:
    scan = np.random.default_rng(0).random((500, 2))
    below, far = np.array([[0.2, -0.3], [0.6, 0.5]]), np.array([[40.0, 40.0], [41.0, 41.0]])
    low, high = _extent(scan, [below])
    assert low[1] == -0.3
    assert high.max() <= 1
    assert _extent(scan, [far])[1].max() < 2
