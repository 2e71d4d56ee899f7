"""Rectangles on the floor of a room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pointclip2.worlds.rooms.footprint import inside, overlapping, rectangle, within

L_SHAPE = np.array([[0, 0], [4, 0], [4, 2], [2, 2], [2, 4], [0, 4]], dtype=float)
place, edge, angle = st.floats(-2, 2), st.floats(0.2, 2), st.floats(-4, 4)
rectangles = st.tuples(place, place, edge, edge, angle)


def covered(corners: np.ndarray, places: np.ndarray) -> np.ndarray:
    offsets = places - corners[0]
    sides = corners[[1, 3]] - corners[0]
    share = offsets @ sides.T / np.square(sides).sum(axis=1)
    return ((share > 0) & (share < 1)).all(axis=1)


@given(rectangles, rectangles)
def test_two_rectangles_overlap_where_a_place_lies_in_both(first, second):
    a, b = rectangle(*first), rectangle(*second)
    share = np.stack(np.meshgrid(*[np.linspace(0.02, 0.98, 25)] * 2), axis=-1).reshape(-1, 2)
    grid = a[0] + share @ (a[[1, 3]] - a[0])
    overlap = overlapping(a, b[None])[0]
    assert overlap == overlapping(b, a[None])[0]
    if covered(b, grid).any():
        assert overlap


@given(rectangles, st.floats(0.001, 3), angle)
def test_rectangles_on_both_sides_of_a_line_do_not_overlap(first, gap, turn):
    corners = rectangle(*first)
    direction = np.array([np.cos(turn), np.sin(turn)])
    # Mirrored at a line that is further than the farthest corner.
    reach = (corners @ direction).max() + gap
    mirrored = corners + 2 * (reach - corners @ direction)[:, None] * direction
    assert not overlapping(corners, mirrored[::-1][None])[0]


def test_a_place_is_within_an_l_shape_but_not_in_its_notch():
    places = np.array([[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.0, 3.0], [-1.0, 1.0]])
    assert within(places, L_SHAPE).tolist() == [True, True, True, False, False]


def test_a_rectangle_across_the_notch_is_not_inside_although_its_corners_are():
    turned = rectangle(1.85, 1.85, 2.4, 0.3, 3 * np.pi / 4)
    assert within(turned, L_SHAPE).all()
    assert inside(turned, L_SHAPE)
    across = rectangle(2.15, 2.15, 2.4, 0.6, 3 * np.pi / 4)
    assert within(across, L_SHAPE).all()
    assert not inside(across, L_SHAPE)
