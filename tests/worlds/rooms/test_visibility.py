"""What a scanner sees of a surface, and what hides behind it."""

import numpy as np
import pytest

from pointclip2.worlds.rooms.stations import Station
from pointclip2.worlds.rooms.surface import Surface
from pointclip2.worlds.rooms.visibility import view_from

ALL_ROUND = Station(np.zeros(3), (0.0, np.pi), (-1.5, 1.5))


def wall(
    distance_m: float, width_m: float, height_m: float, per_m2: float = 3000.0, thing: int = 0
) -> Surface:
    """Upright, across the x axis."""
    rng = np.random.default_rng(int(1000 * distance_m))
    count = int(width_m * height_m * per_m2)
    y, z = rng.uniform(-0.5, 0.5, (2, count)) * np.array([[width_m], [height_m]])
    columns = np.stack([np.full(count, distance_m), y, z]).astype(np.float32)
    normals = np.tile(np.array([[1.0], [0.0], [0.0]], dtype=np.float32), count)
    return Surface(
        columns,
        normals,
        np.full(count, thing),
        np.zeros(count, dtype=bool),
        np.full(count, per_m2, dtype=np.float32),
    )


def both(first: Surface, second: Surface) -> Surface:
    return Surface(
        np.concatenate([first.columns_m, second.columns_m], axis=1),
        np.concatenate([first.normals, second.normals], axis=1),
        np.concatenate([first.things, second.things]),
        np.concatenate([first.fragile, second.fragile]),
        np.concatenate([first.per_m2, second.per_m2]),
    )


def seen(surface: Surface, station: Station = ALL_ROUND) -> np.ndarray:
    mask = np.zeros(len(surface.things), dtype=bool)
    mask[view_from(station, surface).rows] = True
    return mask


@pytest.mark.parametrize("distance_m", [0.6, 1.5, 4.0, 8.0])
def test_all_of_a_lone_wall_is_seen_from_any_distance(distance_m):
    assert seen(wall(distance_m, 3.0, 2.0)).mean() > 0.995


@pytest.mark.parametrize("distance_m", [0.7, 1.5, 3.0])
def test_a_panel_hides_what_is_behind_it_and_nothing_else(distance_m):
    behind = wall(4.0, 9.0, 6.0, thing=1)
    scene = both(wall(distance_m, 1.0, 0.6), behind)
    mask = seen(scene)[scene.things == 1]
    shadow = np.abs(behind.columns_m[1:3]) * distance_m / 4.0
    inner = (shadow[0] < 0.46) & (shadow[1] < 0.26)
    outer = (shadow[0] > 0.6) | (shadow[1] > 0.4)
    assert mask[inner].mean() < 0.01
    assert mask[outer].mean() > 0.98


def test_a_sparsely_sampled_panel_near_the_scanner_hides_as_well():
    scene = both(wall(0.5, 1.0, 1.0, per_m2=400.0), wall(3.0, 2.0, 2.0, thing=1))
    assert seen(scene)[scene.things == 1].mean() < 0.01


def test_nothing_outside_the_sweep_is_seen():
    surface = wall(2.0, 3.0, 2.0)
    away = Station(np.zeros(3), (np.pi, 0.5), (-1.5, 1.5))
    up = Station(np.zeros(3), (0.0, np.pi), (0.2, 1.5))
    assert not seen(surface, away).any()
    assert surface.columns_m[2][seen(surface, up)].min() > 0


def test_a_pole_is_thin_and_a_wall_is_not():
    scene = both(wall(2.0, 0.03, 2.0, per_m2=20000.0), wall(4.0, 4.0, 2.0, thing=1))
    view = view_from(ALL_ROUND, scene)
    things = scene.things[view.rows]
    assert view.thin[things == 0].mean() > 0.9
    assert view.thin[things == 1].mean() < 0.02


def test_an_edge_knows_how_far_it_is_to_what_lies_behind():
    scene = both(wall(2.0, 1.0, 1.0), wall(5.0, 6.0, 3.0, thing=1))
    view = view_from(ALL_ROUND, scene)
    near = scene.things[view.rows] == 0
    y = scene.columns_m[1, view.rows]
    edge = near & (np.abs(y) > 0.49) & (np.abs(scene.columns_m[2, view.rows]) < 0.4)
    middle = near & (np.abs(y) < 0.3) & (np.abs(scene.columns_m[2, view.rows]) < 0.3)
    assert np.median(view.behind_m[edge]) == pytest.approx(3.0, abs=0.5)
    assert (view.behind_m[middle] == 0).all()
