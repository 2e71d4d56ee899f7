"""Where a scan lies: in which unit, which way up, how far from its origin, and the frame that leads back there."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.prepare import TO_Y_UP, check_choice
from pointclip2.data.upright import SMALLEST_M, UNITS_M, describe_extent, likely_unit, likely_up, to_z_up
from pointclip2.types import ConfigError, Frame

Floats = NDArray[np.float64]

UNIT_NAMES = {"m": "metres", "cm": "centimetres", "mm": "millimetres", "ft": "feet", "in": "inches"}


class ScanOptions(NamedTuple):
    """How scans become scenes."""

    units: str
    """``auto`` or one of `UNITS_M`."""
    up: str
    """``auto``, one of the six axes, or ``any`` for z."""
    points: int | None


def scan_options(units: str, up: str, points: int | None, option: str = "data.") -> ScanOptions:
    """Return checked options; ``option`` is what stands before their names.

    Raises:
        ConfigError: an unknown unit or axis.
    """
    check_choice(f"{option}units", units, ("auto", *UNITS_M))
    check_choice(f"{option}up", up, ("auto", *TO_Y_UP))
    return ScanOptions(units, up, points)


def scan_frame(unit: str, up: str, origin: Floats) -> Frame:
    """Return the frame of a scan in which this axis points up; ``origin`` (3,) becomes that of the scene."""
    matrix = np.eye(4)
    matrix[:3, :3] = to_z_up(up).T / UNITS_M[unit]
    matrix[:3, 3] = origin
    return Frame(torch.from_numpy(matrix), unit)


def up_of(frame: Frame) -> str:
    """Return the axis of the scan that points up.

    >>> up_of(scan_frame("mm", "-y", np.zeros(3)))
    '-y'
    """
    along = frame.matrix[:3, 2]
    axis = int(along.abs().argmax())
    return ("-" if along[axis] < 0 else "") + "xyz"[axis]


def to_metres(points: Floats, frame: Frame) -> Floats:
    """Return points (n, 3) of the scan in the scene's metres, z up.

    They are rounded to micrometres: doubles of a georeferenced scan have steps of a nanometre, and a room must come
    out the same wherever it lies.
    """
    matrix = frame.matrix.numpy()
    return np.round((points - matrix[:3, 3]) @ np.linalg.inv(matrix[:3, :3]).T, 6)


def origin_of(points: Floats, up: str) -> Floats:
    """Return the corner (3,) of all but the farthest strays of a scan (n, 3), as coordinates of its own points.

    It is the lowest corner once the scan stands up, so that a room comes out the same whichever way it is stored.
    """
    turn = to_z_up(up)
    return np.asarray(np.quantile(points @ turn.T, 0.005, axis=0, method="lower") @ turn)


def settled(points: Floats, options: ScanOptions, unit: str = "", up: str = "") -> tuple[Frame, list[str]]:
    """Decide how a scan (n, 3) is read: return its frame, and in sentences what was guessed or is doubtful.

    Args:
        points: the finite points, in the scan's own coordinates.
        options: what the user said; it goes first.
        unit: what a file states, empty where none does; it goes before a guess.
        up: likewise the axis.
    """
    asked_unit, asked_up = options.units, "z" if options.up == "any" else options.up
    taken_unit = asked_unit if asked_unit != "auto" else unit or likely_unit(points)
    floor = likely_up(points)
    taken_up = asked_up if asked_up != "auto" else up or (floor.up if floor.sure else "z")
    remarks = []
    guessed_unit, guessed_up = asked_unit == "auto" and not unit, asked_up == "auto" and not up
    extent = describe_extent(points, taken_unit)
    if (guessed_unit and taken_unit != "m") or (guessed_up and (taken_up != "z" or not floor.sure)):
        doubt = "" if floor.sure or not guessed_up else " (no floor says which axis points up)"
        asked = " and ".join(["units"] * guessed_unit + ["up"] * guessed_up)
        remarks.append(
            f"read as {UNIT_NAMES[taken_unit]}, {taken_up} up{doubt}: it measures {extent}; "
            f"if that is wrong, give {asked}"
        )
    elif guessed_unit and len(points) > 1 and _longest(points) * UNITS_M[taken_unit] < SMALLEST_M:
        remarks.append(f"only {extent}, too small for a room: units says in what it was measured")
    if not guessed_up and floor.sure and floor.up != taken_up:
        remarks.append(f"seems to lie on its side: its floor says that {floor.up} points up, not {taken_up}")
    return scan_frame(taken_unit, taken_up, origin_of(points, taken_up)), remarks


def known_frame(unit: str, up: str) -> tuple[str, str]:
    """Return a unit and an axis as a file states them, in lower case.

    Raises:
        ConfigError: no such unit or axis.
    """
    unit, up = unit.strip().lower(), up.strip().lower()
    for what, value, known in (("unit", unit, UNITS_M), ("up", up, [*"xyz", "-x", "-y", "-z"])):
        if value and value not in known:
            raise ConfigError(f"the {what} {value!r} is none of {', '.join(known)}")
    return unit, up


def _longest(points: Floats) -> float:
    return float(np.ptp(points, axis=0).max())
