"""Make desks: a work top with drawers, panels, a corner wing, a hutch or what lies on it."""

from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.cabinets import Space, carcass, tray
from pointclip2.worlds.shapes.makers.supports import (
    HANDLE_PHRASES,
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    counted,
    handle,
    leg,
    pick,
    rounded_outline,
    slab,
)
from pointclip2.worlds.shapes.mesh import beam, box, cylinder, grid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _drawers(
    shape: Shape,
    rng: Random,
    x: float,
    wide: float,
    z: tuple[float, float],
    y: tuple[float, float],
    pull: str,
) -> int:
    """Add a chest of drawers from low to high ``y`` with its front at the second ``z``; return the count."""
    lower, upper = y
    chest = Space((x - wide / 2, x + wide / 2), y, z)
    inside = chance(rng, 0.4)
    shape.add("drawer", *(carcass(chest, 0.018) if inside else [chest.filled()]))
    number = int(np.clip((upper - lower) / float(rng.uniform(0.12, 0.28)), 1, 5))
    gaps = np.cumsum([0.0, *rng.uniform(0.7, 1.3, number)])
    edges = lower + (upper - lower) * gaps / gaps[-1]
    for low, high in pairwise(edges):
        row = Space(chest.x, (float(low), float(high)), z)
        out = float(rng.uniform(0.0, 0.25)) if chance(rng, 0.06) else 0.0
        if inside or out:
            shape.add("drawer", *tray(row, out))
        middle, face = row.centre[1], z[1] + out
        shape.add("drawer", box(wide * 0.93, row.size[1] * 0.9, 0.018, (x, middle, face + 0.009)))
        shape.add("drawer", *handle(pull, min(0.14, wide * 0.4), (x, middle, face + 0.018)))
    return number


def _monitor(shape: Shape, rng: Random, x: float, y: float, z: float) -> None:
    wide = float(rng.uniform(0.4, 0.6))
    shape.add("clutter", box(wide, wide * 0.6, 0.03, (x, y + 0.12 + wide * 0.3, z)))
    shape.add(
        "clutter", box(0.04, 0.16, 0.03, (x, y + 0.08, z - 0.03)), box(0.22, 0.012, 0.16, (x, y + 0.006, z))
    )
    if chance(rng, 0.3):
        shape.add("shelf", box(0.6, 0.018, 0.3, (x, y - 0.12, z + 0.35)))
        shape.add("shelf", *(box(0.02, 0.12, 0.25, (x + i * 0.3, y - 0.06, z + 0.3)) for i in (-1, 1)))
        shape.add("clutter", box(0.42, 0.02, 0.14, (x, y - 0.1, z + 0.38)))
        shape.say("a tray for the keyboard below the top")
    else:
        shape.add("clutter", box(0.42, 0.02, 0.14, (x, y + 0.01, z + 0.25)))
    if chance(rng, 0.25):
        shape.add("clutter", box(0.19, 0.42, 0.42, (pick(rng, (-1, 1)) * wide * 1.1, 0.21, 0)))
        shape.say("a computer standing on the floor below")


def _hutch(shape: Shape, rng: Random, x: float, z: float, y: float, thick: float) -> None:
    high = float(rng.uniform(0.25, 0.8))
    deep = float(rng.uniform(0.15, 0.3))
    back = -z / 2 + deep / 2
    shape.add("shelf", *(box(thick, high, deep, (i * (x - thick) / 2, y + high / 2, back)) for i in (-1, 1)))
    shape.add("shelf", box(x, thick, deep, (0, y + high, back)))
    if chance(rng, 0.5):
        shape.add("shelf", box(x, high, 0.01, (0, y + high / 2, -z / 2 + 0.005)))
    for level in range(int(rng.integers(0, 3))):
        shape.add("shelf", box(x, thick * 0.8, deep, (0, y + high * (level + 1) / 3.2, back)))
    for at in np.linspace(-0.5, 0.5, int(rng.integers(2, 6)))[1:-1]:
        shape.add("shelf", box(thick * 0.7, high, deep, (float(at) * x, y + high / 2, back)))
    shape.say("shelves standing on the top")


def _sides(
    shape: Shape, rng: Random, x: float, z: float, under: float, thick: float, chests: int, closed: bool
) -> None:
    """Add supports left and right: chests of drawers, and for the rest legs, a board or a frame.

    A desk that is ``closed`` has a panel at the back.
    """
    pull = pick(rng, tuple(HANDLE_PHRASES))
    kind = pick(rng, LEG_KINDS)
    plain = pick(rng, ("legs", "legs", "board", "frame", "A"))
    first = pick(rng, (-1, 1))
    width = float(rng.uniform(0.025, 0.065))
    wide = float(rng.uniform(0.28, 0.45)) * min(1.0, x / 1.2)
    front = z / 2 - float(rng.uniform(0.0, 0.06))
    raised = float(rng.uniform(0.04, 0.18)) if chance(rng, 0.35) else 0.0
    drawers = 0
    for order, i in enumerate((first, -first)):
        if order < chests:
            drawers += _drawers(
                shape,
                rng,
                i * (x / 2 - wide / 2 - 0.015),
                wide,
                (-z / 2 + 0.03, front),
                (raised, under),
                pull,
            )
            if raised:
                for a in (-1, 1):
                    for b in (-0.9, 0.9):
                        foot_x, foot_z = (
                            i * (x / 2 - wide / 2 - 0.015) + a * (wide / 2 - width),
                            b * (z / 2 - 0.06),
                        )
                        foot, top = (foot_x, 0, foot_z), (foot_x, raised + 0.01, foot_z)
                        shape.add("leg", leg(kind, foot, top, width))
        elif plain == "board":
            shape.add("leg", box(thick, under, z * 0.94, (i * (x / 2 - thick), under / 2, 0)))
        elif plain == "frame":
            at = i * (x / 2 - 0.06)
            path = [
                (at, under, -z * 0.42),
                (at, width / 2, -z * 0.42),
                (at, width / 2, z * 0.42),
                (at, under, z * 0.42),
            ]
            shape.add("leg", tube(path, width / 2, pick(rng, (4, 8))))
        elif plain == "A":
            at = i * (x / 2 - 0.12)
            shape.add(
                "leg", *(beam((at, 0, k * z * 0.42), (at, under, k * z * 0.15), width * 0.8) for k in (-1, 1))
            )
            shape.add("leg", box(0.03, 0.03, z * 0.6, (at, under * 0.35, 0)))
        else:
            for k in (-1, 1):
                at_x, at_z = i * (x / 2 - width), k * (z / 2 - width)
                shape.add("leg", leg(kind, (at_x, 0, at_z), (at_x, under, at_z), width))
    if chests:
        shape.say(
            f"drawers on {'both sides' if chests == 2 else 'one side'}",
            counted(drawers, "drawer"),
            HANDLE_PHRASES[pull],
        )
    if chests < 2:
        number = 4 - 2 * chests
        shape.say(
            {
                "legs": counted(number, "leg") if not (chests and raised) else "legs of two lengths",
                "board": "solid side boards",
                "frame": "bent tube frames",
                "A": "trestle legs",
            }[plain]
        )
        if plain == "legs":
            shape.say(LEG_PHRASES[kind])
    if closed:
        high = under * float(rng.uniform(0.35, 0.97))
        shape.add("leg", box(x * 0.94, high, 0.015, (0, under - high / 2, -z / 2 + 0.05)))
        shape.say("a panel closing the back")
    if chance(rng, 0.45):
        gap = x - chests * wide - 0.12
        apron = float(rng.uniform(0.05, 0.12))
        middle = -first * wide / 2 if chests == 1 else 0.0
        shape.add("drawer", box(gap, apron, z * 0.8, (middle, under - apron / 2, 0)))
        shape.add("drawer", *handle(pull, 0.12, (middle, under - apron / 2, z * 0.4)))
        shape.say("a shallow drawer below the top")


@shape_class(
    "desk",
    parts=("top", "leg", "drawer", "shelf", "clutter"),
    synonyms=("writing desk", "office desk", "work table", "computer desk"),
)
def desk(shape: Shape, rng: Random) -> None:
    """Make a desk: a table to work at."""
    x, z, y = float(rng.uniform(0.8, 2.0)), float(rng.uniform(0.45, 0.95)), float(rng.uniform(0.68, 0.8))
    thick = float(rng.uniform(0.015, 0.06))
    under = y - thick * 0.8
    style = rng.random()
    if style < 0.08:
        rise = float(rng.uniform(0.06, 0.2))
        tilted = box(x, thick, z).rotated_deg(x=float(np.rad2deg(np.arctan2(rise, z))))
        shape.add("top", tilted.moved(y=y + rise / 2))
        under = y - 0.02
        shape.add("drawer", box(x * 0.92, 0.04, z * 0.9, (0, under, 0)))
        shape.say("a slanted top")
    elif style < 0.3:
        shape.add("top", slab(rounded_outline(x, z, float(rng.uniform(0.1, 0.45))), thick, y))
        shape.say("a top with rounded corners")
    elif style < 0.42:
        around = np.linspace(0, np.pi, 17)
        bow = np.stack([x / 2 * np.cos(around), z * 0.3 * np.sin(around) + z * 0.2], axis=1)
        shape.add("top", slab(np.concatenate([bow, [[-x / 2, -z / 2], [x / 2, -z / 2]]]), thick, y))
        shape.say("a top with a curved front")
        z *= 0.7
    else:
        shape.add("top", box(x, thick, z, (0, y - thick / 2, 0)))
        shape.say("a thick flat rectangular top" if thick > 0.04 else "a thin flat rectangular top")
    hutch, laden, wing = chance(rng, 0.28), chance(rng, 0.35), chance(rng, 0.22)
    chests, closed = int(rng.choice([0, 1, 2], p=[0.3, 0.38, 0.32])), chance(rng, 0.45)
    # A plain top on legs is a table: nearly every desk has at least one thing that makes it a desk.
    if not (chests or closed or hutch or laden or wing or style < 0.08 or style > 0.84 or chance(rng, 0.15)):
        chests = 1
    _sides(shape, rng, x, z, under, thick, chests, closed)
    if wing:
        side = pick(rng, (-1, 1))
        reach, deep = float(rng.uniform(0.5, 1.3)), float(rng.uniform(0.4, 0.65))
        at = side * (x - deep) / 2
        shape.add("top", box(deep, thick, reach, (at, y - thick / 2, z / 2 + reach / 2)))
        if chance(rng, 0.4):
            high = float(rng.uniform(0.3, 0.6))
            shape.add("drawer", box(deep * 0.9, high, 0.4, (at, under - high / 2, z / 2 + reach - 0.24)))
        end = z / 2 + reach - 0.05
        shape.add(
            "leg", *(box(0.05, under, 0.05, (at + i * (deep / 2 - 0.05), under / 2, end)) for i in (-1, 1))
        )
        shape.say("L-shaped with a side wing")
    if style > 0.1 and hutch:
        _hutch(shape, rng, x, z, y, max(thick * 0.6, 0.012))
    elif style > 0.92:
        around = np.linspace(0, np.pi / 2, 9)
        high = float(rng.uniform(0.25, 0.45))
        deep = z * float(rng.uniform(0.4, 0.7))
        roll = np.stack(
            [
                np.stack(
                    [0 * around + i * x / 2, y + high * np.sin(around), -z / 2 + deep * np.cos(around)], 1
                )
                for i in (-1, 1)
            ]
        )
        shape.add(
            "shelf",
            grid(roll),
            *(
                box(0.02, high * 0.9, deep * 0.7, (i * (x / 2 - 0.01), y + high * 0.45, -z / 2 + deep * 0.35))
                for i in (-1, 1)
            ),
        )
        shape.say("a curved roll top")
    elif style > 0.84:
        high = float(rng.uniform(0.3, 0.5))
        for i, wall_x, wall_z in ((-1, -x / 2, 0.0), (1, x / 2, 0.0), (0, 0.0, -z / 2)):
            shape.add(
                "shelf", box(0.03 if i else x, high, z if i else 0.03, (wall_x, y + high / 2 - 0.1, wall_z))
            )
        shape.say("low walls around the top")
    if style > 0.08 and laden:
        if chance(rng, 0.7):
            _monitor(shape, rng, float(rng.uniform(-0.2, 0.2)) * x, y, -z * 0.12)
            shape.say("a flat screen standing on it")
        else:
            at = float(rng.uniform(-0.4, 0.4)) * x
            shape.add(
                "clutter", *(box(0.2, 0.035, 0.26, (at, y + 0.018 + 0.035 * k, -z * 0.1)) for k in range(3))
            )
            shape.add("clutter", cylinder(0.04, 0.1, centre=(-at, y + 0.05, -z * 0.2), segments=10))
            shape.say("a stack of books on it")
    if x > 1.6:
        shape.say("long and wide")
    elif x < 1.0:
        shape.say("small")
