"""Placing things in a room."""

import numpy as np
import pytest

from pointclip2.types import ConfigError
from pointclip2.worlds.rooms.footprint import inside, overlapping, rectangle
from pointclip2.worlds.rooms.furnish import hang_doors, make_room
from pointclip2.worlds.rooms.kinds import CLASSES, KINDS, PLACEABLE, select
from pointclip2.worlds.rooms.layout import Layout
from pointclip2.worlds.rooms.piece import Piece, make_piece, plain_piece
from pointclip2.worlds.rooms.plan import Plan
from pointclip2.worlds.shapes.mesh import box

SQUARE = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])


def layout(seed: int = 0) -> Layout:
    return Layout(Plan(SQUARE, 2.5, False), np.random.default_rng(seed))


def block(width: float, depth: float, height: float) -> Piece:
    return plain_piece(box(width, height, depth))


def footprint(thing):
    return rectangle(thing.x_m, thing.y_m, *thing.piece.size_m[:2], thing.heading_rad)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_within_its_sizes_standing_over_the_origin(kind):
    piece = make_piece(kind, np.random.default_rng(1))
    low, high = piece.corners.min(axis=(0, 1)), piece.corners.max(axis=(0, 1))
    assert (piece.size_m >= np.array(KINDS[kind].low_m) - 1e-6).all()
    assert (piece.size_m <= np.array(KINDS[kind].high_m) + 1e-6).all()
    assert low[2] == pytest.approx(0.0, abs=1e-9)
    assert low[:2] == pytest.approx(-high[:2], abs=1e-9)
    assert piece.name == KINDS[kind].shape


def test_the_default_classes_are_among_what_rooms_hold():
    assert set(CLASSES) <= set(PLACEABLE)
    assert select("default") == CLASSES
    assert select(["chair", "night_stand"]) == ("chair", "night stand")


@pytest.mark.parametrize("classes", ["all", [], ["chair", "chair"], ["airplane"]])
def test_classes_that_no_room_holds_are_refused(classes):
    with pytest.raises(ConfigError, match=r"data\.classes"):
        select(classes)


@pytest.mark.parametrize("seed", range(5))
def test_a_thing_against_a_wall_has_its_back_to_it(seed):
    placed = layout(seed).against_wall(block(1.0, 0.4, 1.0), 0.05)
    assert placed is not None
    back = placed.centre - placed.front * 0.2
    assert np.abs(back).max() == pytest.approx(2.0, abs=0.08)
    assert np.abs(placed.centre + placed.front).max() < 1.9


def test_things_that_stand_keep_off_each_other_and_within_the_walls():
    room = layout()
    placed = [room.free(block(0.6, 0.4, 1.0)) for _ in range(30)]
    found = [footprint(thing) for thing in placed if thing is not None]
    assert len(found) > 8
    assert all(inside(corners, SQUARE, 0.03) for corners in found)
    for number, corners in enumerate(found[:-1]):
        assert not overlapping(corners, np.stack(found[number + 1 :])).any()


def test_what_finds_no_room_is_not_placed():
    room = layout()
    assert room.free(block(5.0, 0.5, 1.0)) is None
    assert room.against_wall(block(4.5, 0.5, 1.0)) is None
    assert room.things == []


@pytest.mark.parametrize("seed", range(5))
def test_chairs_look_at_the_table_they_stand_around(seed):
    room = layout(seed)
    table = room.add(block(1.4, 0.8, 0.75), 0.0, 0.0, 0.4)
    chairs = room.around(table, [block(0.45, 0.45, 0.9)] * 4)
    assert len(chairs) >= 2
    for chair in chairs:
        towards = (table.centre - chair.centre) / np.linalg.norm(table.centre - chair.centre)
        assert towards @ chair.front > 0.2


def test_a_chair_may_stand_below_its_desk_but_not_in_the_next_wardrobe():
    room = layout()
    desk = room.add(block(1.4, 0.6, 0.75), 0.0, 1.7, 0.0)
    chair = room.before(desk, block(0.5, 0.5, 0.9), (-0.3, -0.2))
    assert chair is not None
    assert overlapping(footprint(chair), footprint(desk)[None])[0]
    crowded = layout()
    desk = crowded.add(block(1.4, 0.6, 0.75), 0.0, 1.7, 0.0)
    crowded.add(block(1.4, 0.6, 2.0), 0.0, 1.0, 0.0)
    assert crowded.before(desk, block(0.5, 0.5, 0.9), (-0.3, -0.2)) is None


@pytest.mark.parametrize("heading", [0.0, 0.7, np.pi / 2, -2.5])
def test_what_is_put_on_a_table_stands_on_its_top(heading):
    room = layout()
    table = room.add(block(1.2, 0.7, 0.74), 0.3, -0.2, heading)
    for _ in range(3):
        placed = room.on(table, block(0.3, 0.2, 0.2))
        assert placed is not None
        assert placed.z_m == pytest.approx(0.74, abs=1e-6)
        offset = placed.centre - table.centre
        assert abs(offset @ table.side) < 0.6
        assert abs(offset @ table.front) < 0.35


def test_a_top_that_is_full_or_too_small_takes_nothing_more():
    room = layout()
    stand = room.add(block(0.4, 0.4, 0.5), 0.0, 0.0, 0.0)
    assert room.on(stand, block(0.6, 0.3, 0.2)) is None
    assert room.on(stand, block(0.35, 0.35, 0.3)) is not None
    assert room.on(stand, block(0.3, 0.3, 0.3)) is None


def test_nothing_is_put_where_the_top_is_not_level():
    room = layout()
    steps = plain_piece(*(box(0.1, 0.2 * (i + 1), 0.5, (0.1 * i, 0.1 * (i + 1), 0)) for i in range(4)))
    assert room.on(room.add(steps, 0.0, 0.0, 0.0), block(0.3, 0.3, 0.1)) is None


@pytest.mark.parametrize("seed", range(4))
def test_a_whole_room_keeps_its_furniture_within_its_walls(seed):
    room = make_room(np.random.default_rng(seed))
    low, high = room.plan.outline.min(axis=0), room.plan.outline.max(axis=0)
    furniture = [thing for thing in room.things if thing.piece.name not in ("", "door")]
    assert furniture
    for thing in furniture:
        corners = thing.corners().reshape(-1, 3)
        assert (corners[:, :2] > low - 0.15).all()
        assert (corners[:, :2] < high + 0.15).all()
        assert corners[:, 2].min() > -0.01
        assert corners[:, 2].max() < room.plan.height_m + 0.05


def test_an_open_door_hangs_at_the_side_of_its_doorway():
    found = 0
    for seed in range(20):
        # Small enough for a single door.
        room = Layout(Plan(0.75 * SQUARE, 2.5, False), np.random.default_rng(seed))
        hang_doors(room, room.rng)
        for thing in room.things:
            corners = thing.corners().reshape(-1, 3)
            doorway = room.plan.openings[0]
            wall = room.plan.walls[doorway.wall]
            inward = (corners[:, :2] - wall.start) @ wall.inward
            along = (corners[:, :2] - wall.start) @ wall.along
            if not doorway.leads_on:
                assert inward.max() < 0.3
                continue
            found += 1
            assert inward.min() > -0.15
            assert inward.max() > 0.25
            # The hinge: what is near the wall is at one side of the doorway.
            near = along[inward < 0.08]
            middle = (doorway.start_m + doorway.end_m) / 2
            assert abs(near.mean() - middle) > 0.2
            assert doorway.start_m - 0.35 < near.min()
            assert near.max() < doorway.end_m + 0.35
    assert found >= 3
