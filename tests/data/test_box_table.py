"""Which true boxes of a scene can be used."""

import numpy as np
import pytest

from pointclip2.data.box_table import BoxTable, usable
from pointclip2.data.scan_frame import scan_frame
from pointclip2.types import CloudError, Frame

POINTS = np.random.default_rng(0).uniform(0, 4, (500, 3))
FRAME = Frame(unit="m")
GOOD = [2.0, 2.0, 1.0, 0.5, 0.6, 0.7, 0.3]


def table(*rows: list[float]) -> BoxTable:
    return BoxTable.of_rows(np.array(rows).reshape(-1, 7), list(range(len(rows))))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ([2.0, 2.0, 1.0, 0.5, 0.0, 0.7, 0.0], "an edge that is not positive"),
        ([2.0, 2.0, 1.0, 0.5, -0.6, 0.7, 0.0], "an edge that is not positive"),
        ([np.nan, 2.0, 1.0, 0.5, 0.6, 0.7, 0.0], "numbers that are not finite"),
        ([2.0, 2.0, 1.0, 0.5, 0.6, np.inf, 0.0], "numbers that are not finite"),
        ([2.0, 2.0, 1.0, 0.5, 0.6, 0.7, np.nan], "numbers that are not finite"),
        ([9.0, 2.0, 1.0, 0.5, 0.6, 0.7, 0.0], "no part within the scan"),
    ],
)
def test_a_box_that_nobody_can_find_is_left_out_and_said(bad, reason):
    kept, remarks = usable(table(GOOD, bad, GOOD), POINTS, FRAME)
    assert kept.labels.tolist() == [0, 2]
    assert remarks == [f"left out 1 of 3 true boxes, which have {reason}"]


def test_good_boxes_are_left_alone():
    kept, remarks = usable(table(GOOD, GOOD), POINTS, FRAME)
    assert len(kept.labels) == 2
    assert not remarks


def test_a_box_that_reaches_into_the_scan_stays_and_a_turned_one_reaches_further():
    beyond = [4.0 + 0.9, 2.0, 1.0, 2.0, 0.2, 0.7]
    assert len(usable(table(GOOD, [*beyond, 0.0]), POINTS, FRAME)[0].labels) == 2
    assert len(usable(table(GOOD, [*beyond, np.pi / 2]), POINTS, FRAME)[0].labels) == 1


def test_boxes_that_all_lie_elsewhere_have_other_units_and_the_scan_is_told_of_as_it_is():
    far = [2000.0, 2000.0, 1000.0, 500.0, 600.0, 700.0, 0.0]
    frame = scan_frame("mm", "z", np.array([1e6, 0.0, 0.0]))
    with pytest.raises(
        CloudError, match=r"all 2 boxes lie .* reaches from \(10000\d\d\.\d, .* mm: they have other"
    ):
        usable(table(far, far), POINTS, frame)


def test_headings_come_out_between_minus_pi_and_pi_and_types_are_tensors():
    boxes = table([*GOOD[:6], 7.0], [*GOOD[:6], -7.0]).boxes()
    assert boxes.heading_rad.tolist() == pytest.approx([7.0 - 2 * np.pi, 2 * np.pi - 7.0], abs=1e-5)
    assert len(boxes) == 2


def test_no_boxes_are_no_fault():
    assert len(usable(table(), POINTS, FRAME)[0].boxes()) == 0
