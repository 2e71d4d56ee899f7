"""Primitives of the procedural world against formulas: areas, volumes, closedness, transforms."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.worlds.shapes.mesh import (
    Mesh,
    beam,
    box,
    cylinder,
    extrude,
    grid,
    lathe,
    loft,
    merge,
    rod,
    sheet,
    sphere,
    superellipsoid,
    torus,
    tube,
)

SIZE = st.floats(0.01, 10.0)
SQUARE = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
HEXAGON = [(float(np.cos(a)), float(np.sin(a))) for a in np.arange(6) * np.pi / 3]
HELIX = [(float(np.cos(a)), 0.2 * float(a), float(np.sin(a))) for a in np.linspace(0.0, 6.0, 30)]
CIRCLE = [(float(np.cos(a)), 0.0, float(np.sin(a))) for a in np.arange(60) * np.pi / 30]
CORNERS = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (1.0, 1.0, 1.0), (1.0, 2.0, 1.0)]

CLOSED = {
    "box": box(1.0, 2.0, 3.0, (4.0, 5.0, 6.0)),
    "ellipsoid": superellipsoid(1.0, 2.0, 3.0),
    "box with soft edges": superellipsoid(1.0, 2.0, 3.0, roundness=0.15),
    "sphere": sphere(2.0, (1.0, 1.0, 1.0)),
    "lathe": lathe([(0.0, 0.0), (1.0, 0.0), (0.5, 1.0), (0.0, 2.0)]),
    "cylinder": cylinder(1.0, 2.0),
    "cone": cylinder(1.0, 2.0, top=0.0),
    "torus": torus(1.0, 0.2),
    "rod": rod((0.0, 0.0, 0.0), (1.0, 2.0, 3.0), 0.1),
    "beam": beam((0.0, 0.0, 0.0), (0.0, 2.0, 0.0), 0.1),
    "helix": tube(HELIX, 0.1),
    "corners along all axes": tube(CORNERS, 0.05),
    "hoop": tube(CIRCLE, 0.1, closed=True),
    "prism": extrude(HEXAGON, 0.5),
    "loft": loft([[(x, 0.0, z) for x, z in SQUARE], [(0.5 * x, 1.0, 0.5 * z) for x, z in SQUARE]]),
}
EACH_CLOSED = pytest.mark.parametrize("mesh", CLOSED.values(), ids=CLOSED.keys())


def corners_of(mesh: Mesh) -> np.ndarray:
    """(f, 3, 3)"""
    return mesh.vertices[mesh.faces]


def area(mesh: Mesh) -> float:
    a, b, c = corners_of(mesh).swapaxes(0, 1)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def volume(mesh: Mesh) -> float:
    """By the divergence theorem: right only where the mesh is closed and its triangles face one way."""
    a, b, c = corners_of(mesh).swapaxes(0, 1)
    return abs(float(np.einsum("fi,fi->f", a, np.cross(b, c)).sum() / 6))


def open_edges(mesh: Mesh) -> int:
    """Edges that are not run through once in each direction, vertices at one place taken as one."""
    _, place = np.unique(np.round(mesh.vertices, 9), axis=0, return_inverse=True)
    balance: dict[tuple[int, int], int] = {}
    for face in place.ravel()[mesh.faces]:
        for start, end in ((face[0], face[1]), (face[1], face[2]), (face[2], face[0])):
            key = (int(min(start, end)), int(max(start, end)))
            balance[key] = balance.get(key, 0) + (1 if start < end else -1 if start > end else 0)
    return sum(count != 0 for count in balance.values())


@EACH_CLOSED
def test_a_solid_is_closed_and_its_triangles_face_one_way(mesh: Mesh) -> None:
    assert open_edges(mesh) == 0
    assert volume(mesh) > 0


@EACH_CLOSED
def test_faces_point_at_vertices_that_exist_and_all_are_finite(mesh: Mesh) -> None:
    assert mesh.faces.dtype == np.int64
    assert mesh.faces.min() == 0
    assert mesh.faces.max() == len(mesh.vertices) - 1
    assert np.isfinite(mesh.vertices).all()


@pytest.mark.parametrize(
    "mesh",
    [
        sheet(1.0, 1.0, np.zeros((3, 4))),
        torus(1.0, 0.2, arc_deg=180),
        lathe([(1.0, 0.0), (1.0, 1.0)]),
        grid(np.random.default_rng(0).normal(size=(3, 4, 3))),
    ],
)
def test_an_open_surface_is_seen_to_be_open(mesh: Mesh) -> None:
    assert open_edges(mesh) > 0


@given(SIZE, SIZE, SIZE)
@settings(deadline=None, max_examples=30)
def test_a_box_has_the_area_and_volume_of_its_sides(x: float, y: float, z: float) -> None:
    mesh = box(x, y, z)
    assert area(mesh) == pytest.approx(2 * (x * y + y * z + z * x))
    assert volume(mesh) == pytest.approx(x * y * z)


@given(SIZE)
@settings(deadline=None, max_examples=20)
def test_a_fine_sphere_has_the_area_and_volume_of_the_formula(radius: float) -> None:
    mesh = sphere(radius, detail=60)
    assert area(mesh) == pytest.approx(4 * np.pi * radius**2, rel=0.005)
    assert volume(mesh) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.005)


def test_an_ellipsoid_has_the_volume_of_the_formula() -> None:
    assert volume(superellipsoid(1.0, 2.0, 3.0, detail=60)) == pytest.approx(np.pi, rel=0.005)


def test_a_superellipsoid_nears_its_box_as_its_roundness_falls() -> None:
    volumes = [
        volume(superellipsoid(1.0, 2.0, 3.0, roundness, detail=40)) for roundness in (1.0, 0.5, 0.2, 0.1)
    ]
    assert all(less < more for less, more in pairwise(volumes))
    assert 0.95 * 6.0 < volumes[-1] <= 6.0


@given(SIZE, SIZE, SIZE, st.integers(3, 30))
@settings(deadline=None, max_examples=30)
def test_a_frustum_has_the_volume_of_its_prism(radius: float, top: float, height: float, n: int) -> None:
    base = n / 2 * np.sin(2 * np.pi / n)
    expected = base * height / 3 * (radius**2 + radius * top + top**2)
    assert volume(cylinder(radius, height, top, segments=n)) == pytest.approx(expected)


def test_a_fine_cylinder_has_the_area_of_the_formula() -> None:
    assert area(cylinder(0.5, 2.0, segments=200)) == pytest.approx(2 * np.pi * 0.5 * (2.0 + 0.5), rel=0.001)


def test_part_of_a_turn_has_that_part_of_the_area() -> None:
    profile = [(1.0, 0.0), (2.0, 1.0)]
    whole = area(lathe(profile, 360))
    assert area(lathe(profile, 90, arc_deg=90.0)) == pytest.approx(whole / 4)


def test_a_torus_has_the_area_and_volume_of_pappus() -> None:
    mesh = torus(2.0, 0.3, segments=200)
    ten = 10 * 2 * 0.3 * np.sin(np.pi / 10)
    assert area(mesh) == pytest.approx(ten * 2 * np.pi * 2.0, rel=0.001)
    assert volume(mesh) == pytest.approx(
        10 / 2 * np.sin(2 * np.pi / 10) * 0.3**2 * 2 * np.pi * 2.0, rel=0.001
    )


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), SIZE, st.integers(3, 12))
@settings(deadline=None, max_examples=30)
def test_a_rod_in_any_direction_has_the_volume_of_its_prism(way: list[float], radius: float, n: int) -> None:
    end = np.add(way, (4.0, 0.0, 0.0))
    expected = n / 2 * np.sin(2 * np.pi / n) * radius**2 * np.linalg.norm(end)
    assert volume(rod((0.0, 0.0, 0.0), end, radius, n)) == pytest.approx(expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_beam_along_an_axis_is_a_box(axis: int) -> None:
    size = np.full(3, 0.2)
    size[axis] = 3.0
    mesh = beam(np.zeros(3), np.eye(3)[axis] * 3.0, 0.2)
    assert mesh.high - mesh.low == pytest.approx(size)
    assert volume(mesh) == pytest.approx(size.prod())


def test_a_rod_never_pinches_where_its_path_follows_all_three_axes() -> None:
    ring = tube(CORNERS, 0.05, segments=12).vertices.reshape(-1, 12, 3)[1:-1]
    off_centre = np.linalg.norm(ring - ring.mean(axis=1, keepdims=True), axis=2)
    assert off_centre == pytest.approx(np.full_like(off_centre, 0.05))


def test_a_rod_can_change_its_radius_on_the_way() -> None:
    mesh = tube([(0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 2.0, 0.0)], [1.0, 0.5, 0.25], segments=16)
    for height, radius in ((0.0, 1.0), (1.0, 0.5), (2.0, 0.25)):
        level = mesh.vertices[np.isclose(mesh.vertices[:, 1], height)]
        assert np.hypot(level[:, 0], level[:, 2]).max() == pytest.approx(radius)


def test_a_prism_has_the_volume_of_its_outline_times_its_depth() -> None:
    mesh = extrude(HEXAGON, 0.5)
    assert volume(mesh) == pytest.approx(1.5 * np.sqrt(3) * 0.5)
    assert (mesh.low[2], mesh.high[2]) == pytest.approx((-0.25, 0.25))


def test_a_loft_between_two_squares_has_the_volume_of_a_frustum() -> None:
    assert volume(CLOSED["loft"]) == pytest.approx((4 + 2 + 1) / 3)


def test_a_sheet_has_one_side_or_two() -> None:
    flat = np.zeros((3, 5))
    assert area(sheet(2.0, 3.0, flat)) == pytest.approx(6.0)
    double = sheet(2.0, 3.0, flat, thickness=0.1)
    assert area(double) == pytest.approx(12.0)
    assert double.low == pytest.approx([-1.0, 0.0, -0.05])
    assert double.high == pytest.approx([1.0, 3.0, 0.05])


def test_a_sheet_has_its_first_row_of_relief_below() -> None:
    mesh = sheet(1.0, 1.0, np.array([[0.0, 0.0], [0.5, 0.5]]))
    assert mesh.vertices[mesh.vertices[:, 1] == 1.0, 2] == pytest.approx([0.5, 0.5])


def test_merging_keeps_every_triangle() -> None:
    parts = [box(1, 1, 1), sphere(1.0), cylinder(1.0, 1.0)]
    whole = merge(parts)
    assert area(whole) == pytest.approx(sum(map(area, parts)))
    assert np.array_equal(corners_of(whole), np.concatenate([corners_of(part) for part in parts]))


@EACH_CLOSED
def test_moves_and_turns_are_rigid(mesh: Mesh) -> None:
    for moved in (mesh.moved(1.0, -2.0, 3.0), mesh.rotated_deg(20.0, 30.0, 40.0)):
        assert area(moved) == pytest.approx(area(mesh))
        assert volume(moved) == pytest.approx(volume(mesh))
    assert mesh.moved(1.0, -2.0, 3.0).low == pytest.approx(np.add(mesh.low, (1.0, -2.0, 3.0)))


@EACH_CLOSED
def test_scaling_multiplies_the_volume(mesh: Mesh) -> None:
    assert volume(mesh.scaled(2.0, -3.0, 0.5)) == pytest.approx(3.0 * volume(mesh))


def test_turns_are_right_handed_and_x_comes_first() -> None:
    y = Mesh(np.array([[0.0, 1.0, 0.0]]), np.zeros((0, 3), dtype=np.int64))
    assert y.rotated_deg(x=90.0).vertices[0] == pytest.approx([0.0, 0.0, 1.0])
    assert y.rotated_deg(z=90.0).vertices[0] == pytest.approx([-1.0, 0.0, 0.0])
    assert y.rotated_deg(x=90.0, y=90.0).vertices[0] == pytest.approx([1.0, 0.0, 0.0])
    assert y.rotated_deg(x=90.0, y=90.0, z=90.0).vertices[0] == pytest.approx([0.0, 1.0, 0.0])


def test_a_taper_narrows_the_other_two_axes() -> None:
    mesh = box(2.0, 4.0, 2.0).tapered(1, 1.0, 0.5)
    assert volume(mesh) == pytest.approx(4.0 / 3 * (4 + 2 + 1))
    top = mesh.vertices[mesh.vertices[:, 1] == 2.0]
    assert np.abs(top[:, [0, 2]]) == pytest.approx(np.full((4, 2), 0.5))


def test_a_bend_moves_the_ends_and_leaves_the_middle() -> None:
    mesh = rod((0.0, 0.0, 0.0), (0.0, 0.0, 2.0), 0.1)
    middle = sheet(0.2, 2.0, np.zeros((5, 2))).bent(along=1, towards=2, amount=0.3)
    assert mesh.bent(2, 1, 0.3).high[1] == pytest.approx(mesh.high[1] + 0.3)
    heights = {round(float(y), 6): float(z) for _, y, z in middle.vertices}
    assert heights[0.0] == pytest.approx(0.3)
    assert heights[1.0] == pytest.approx(0.0)
    assert heights[0.5] == pytest.approx(0.075)


def test_transforms_leave_the_mesh_they_start_from_alone() -> None:
    mesh = box(1.0, 1.0, 1.0)
    before = mesh.vertices.copy()
    mesh.moved(1.0), mesh.scaled(2.0), mesh.rotated_deg(9.0), mesh.tapered(1, 1.0, 0.0), mesh.bent(0, 1, 1.0)
    assert np.array_equal(mesh.vertices, before)
