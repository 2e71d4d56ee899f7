"""Sampling of triangles: counts, areas, parts, densities."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.geometry.surfaces import (
    resample,
    sample_nonuniform,
    sample_outside,
    sample_solid,
    sample_surface,
    sample_voxels,
    sample_walls,
)
from pointclip2.types import CloudError
from pointclip2.worlds.shapes.mesh import Mesh, box, grid, lathe, merge, sphere

Sampler = Callable[..., tuple[np.ndarray, np.ndarray]]
ALL: list[Sampler] = [
    sample_surface,
    sample_nonuniform,
    sample_solid,
    sample_voxels,
    sample_outside,
    sample_walls,
]


def triangles(*meshes: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Corners of all meshes; the part is the number of the mesh."""
    whole = merge(meshes)
    return whole.vertices[whole.faces], np.repeat(
        np.arange(len(meshes)), [len(mesh.faces) for mesh in meshes]
    )


@pytest.mark.parametrize("sample", ALL)
@given(n=st.integers(1, 3000), seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_every_sampler_gives_exactly_n_finite_points_near_the_surface(
    sample: Sampler, n: int, seed: int
) -> None:
    corners, parts = triangles(sphere(1.0), box(0.2, 3.0, 0.2))
    points, point_parts = sample(corners, parts, n, np.random.default_rng(seed))
    assert points.shape == (n, 3)
    assert point_parts.shape == (n,)
    cell = 3.0 / 20
    assert (points >= corners.min(axis=(0, 1)) - cell).all()
    assert (points <= corners.max(axis=(0, 1)) + cell).all()


@pytest.mark.parametrize("sample", ALL)
def test_the_same_seed_gives_the_same_points(sample: Sampler) -> None:
    corners, parts = triangles(sphere(1.0))
    first, again, other = (sample(corners, parts, 500, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("sample", ALL)
def test_points_carry_the_part_of_the_mesh_they_lie_on(sample: Sampler) -> None:
    corners, parts = triangles(sphere(1.0, (-3, 0, 0)), sphere(0.7, (3, 0, 0)))
    points, point_parts = sample(corners, parts, 1000, np.random.default_rng(0))
    assert set(point_parts) == {0, 1}
    assert np.array_equal(point_parts, (points[:, 0] > 0).astype(int))


def test_surface_points_lie_on_their_triangles() -> None:
    corners, parts = triangles(sphere(1.0, detail=40))
    points, _ = sample_surface(corners, parts, 2000, np.random.default_rng(0))
    assert np.allclose(np.linalg.norm(points, axis=1), 1.0, atol=0.01)


def test_points_are_shared_out_by_area() -> None:
    corners, parts = triangles(box(1, 1, 1), box(2, 2, 2, centre=(5, 0, 0)), box(4, 4, 4, centre=(10, 0, 0)))
    _, point_parts = sample_surface(corners, parts, 20_000, np.random.default_rng(0))
    assert np.bincount(point_parts) / 20_000 == pytest.approx(np.array([1, 4, 16]) / 21, abs=0.015)


def test_points_are_even_within_a_triangle() -> None:
    corners = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    points, _ = sample_surface(corners, np.zeros(1, dtype=int), 20_000, np.random.default_rng(0))
    assert points.mean(axis=0) == pytest.approx([1 / 3, 1 / 3, 0], abs=0.01)
    assert (points[:, :2].sum(axis=1) <= 1 + 1e-9).all()
    assert (points[:, :2].sum(axis=1) < np.sqrt(0.5)).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("sample", ALL)
def test_triangles_without_area_are_never_chosen(sample: Sampler) -> None:
    flat = np.zeros((3, 3, 3))
    flat[:] = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    flat[0] = flat[2] = [[5, 5, 5], [6, 6, 6], [5, 5, 5]]
    for seed in range(20):
        _, point_parts = sample(flat, np.array([0, 1, 0]), 200, np.random.default_rng(seed))
        assert (point_parts == 1).all()


@pytest.mark.parametrize("sample", ALL)
@pytest.mark.parametrize(
    "corners", [np.zeros((0, 3, 3)), np.zeros((4, 3, 3)), np.full((2, 3, 3), np.nan), np.ones((1, 3, 3))]
)
def test_a_mesh_without_area_is_refused(sample: Sampler, corners: np.ndarray) -> None:
    with pytest.raises(CloudError, match="area"):
        sample(corners, np.zeros(len(corners), dtype=int), 10, np.random.default_rng(0))


def test_nonuniform_points_are_less_even_than_surface_points() -> None:
    corners, parts = triangles(*(sphere(1.0, (6.0 * i, 0, 0)) for i in range(6)))

    def unevenness(sample: Sampler) -> float:
        shares = [
            np.bincount(sample(corners, parts, 600, np.random.default_rng(seed))[1], minlength=6)
            for seed in range(20)
        ]
        return float(np.mean([share.std() for share in shares]))

    assert unevenness(sample_nonuniform) > 3 * unevenness(sample_surface)


def test_solid_points_gather_at_the_centres_of_a_grid() -> None:
    corners, parts = triangles(box(1, 1, 1))
    for seed in range(5):
        points, _ = sample_solid(corners, parts, 4000, np.random.default_rng(seed))
        x = np.sort(points[:, 0])
        layers = 1 + (np.diff(x) > 0.25 / 48).sum()
        assert 24 <= layers <= 49


@pytest.mark.parametrize("sample", [sample_voxels, sample_outside])
@pytest.mark.parametrize("turned", [0.0, 30.0])
def test_what_is_closed_in_is_neither_in_a_filled_solid_nor_in_a_closed_scan(
    sample: Sampler, turned: float
) -> None:
    crate = box(1, 0.6, 0.8).rotated_deg(turned, 2 * turned, turned)
    shut = triangles(crate, sphere(0.15))
    opened = triangles(Mesh(crate.vertices, crate.faces[:-2]), sphere(0.15))
    for seed in range(5):
        assert (sample(*shut, 2000, np.random.default_rng(seed))[1] == 0).all()
        assert (sample_surface(*shut, 2000, np.random.default_rng(seed))[1] == 1).any()
    seen = [(sample(*opened, 2000, np.random.default_rng(seed))[1] == 1).any() for seed in range(5)]
    assert all(seen), "the air comes in where a side is missing"


def test_a_closed_scan_has_the_inside_of_an_open_vessel() -> None:
    vessel = triangles(lathe([(0.0, 0.0), (0.5, 0.0), (0.5, 1.0)]), sphere(0.1, (0, 0.3, 0)))
    _, point_parts = sample_outside(*vessel, 4000, np.random.default_rng(0))
    assert (point_parts == 1).any()


def test_a_flat_sheet_is_sampled_in_every_way() -> None:
    corners, parts = triangles(grid(np.array([[[x, y, 0.0] for x in (0, 1)] for y in (0, 1)])))
    for sample in ALL:
        assert sample(corners, parts, 50, np.random.default_rng(0))[0].shape == (50, 3)


def test_voxels_lie_at_centres_or_anywhere_within_their_cells() -> None:
    corners, parts = triangles(sphere(1.0))
    flat = []
    for seed in range(12):
        points, _ = sample_voxels(corners, parts, 4000, np.random.default_rng(seed))
        x = np.sort(points[:, 0])
        flat.append((np.diff(x) > 0.3 * 2 / 32).sum() > 15)
    assert {True, False} == set(flat)


def test_walls_have_two_sides_a_few_hundredths_of_the_size_apart() -> None:
    corners, parts = triangles(sphere(1.0, detail=40))
    for seed in range(5):
        points, _ = sample_walls(corners, parts, 2000, np.random.default_rng(seed))
        distance = np.linalg.norm(points, axis=1) - 1
        assert (distance > 0).mean() == pytest.approx(0.5, abs=0.05)
        assert 0.004 < np.abs(distance).max() < 0.05
        assert np.abs(distance).std() < 0.005


def test_resampling_repeats_only_when_it_must() -> None:
    rng = np.random.default_rng(0)
    assert sorted(resample(10, 10, rng)) == list(range(10))
    assert len(set(resample(10, 4, rng))) == 4
    assert set(np.bincount(resample(10, 25, rng))) == {2, 3}
