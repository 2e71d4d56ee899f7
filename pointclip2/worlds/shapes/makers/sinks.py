"""Make sinks of bathrooms, kitchens and laundries."""

import numpy as np

from pointclip2.worlds.shapes.makers.taps import tap
from pointclip2.worlds.shapes.makers.turned import Ring, curve, outline, rings, squared
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, lathe, rod
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _plate_with_hole(half_x: float, half_z: float, hole: Ring, thick: float) -> Mesh:
    """Return a rectangular plate around (0, y, 0) with a superellipse cut out; ``hole`` gives the upper level."""
    in_x, in_z, y, power, centre_x, centre_z = hole
    outer = outline(half_x, half_z, 60)
    inner = np.add(outline(in_x, in_z, power), (centre_x, centre_z))
    layers = [(inner, y - thick), (outer, y - thick), (outer, y), (inner, y)]
    return grid(
        np.stack([np.stack([ring[:, 0], np.full(len(ring), at), ring[:, 1]], axis=1) for ring, at in layers]),
        wrap_columns=True,
    )


def _hollow(
    rng: Random,
    half_x: float,
    half_z: float,
    top: float,
    deep: float,
    power: float,
    x: float = 0.0,
    z: float = 0.0,
) -> Mesh:
    """Return the inside of a basin from its rim down."""
    u = rng.uniform
    tuck = u(0.8, 0.98) if power > 5 else u(0.35, 0.6)
    half_way = u(0.85, 0.99)
    return rings(
        [
            (half_x, half_z, top, power, x, z),
            (half_x * half_way, half_z * half_way, top - 0.5 * deep, power, x, z),
            (half_x * tuck, half_z * tuck, top - 0.96 * deep, power, x, z),
            (0.0, 0.0, top - deep, power, x, z),
        ]
    )


def _basin(rng: Random, half_x: float, half_z: float, top: float, deep: float, power: float) -> Mesh:
    """Return a basin with an outside, for those that hang or stand on something."""
    u = rng.uniform
    foot, wall = u(0.35, 0.75), u(0.012, 0.05)
    low = top - deep * u(1.1, 1.3)
    back = -u(0.0, 0.15) * half_z
    in_x, in_z, shift = half_x - wall, half_z - wall * u(1, 3), half_z * u(0.0, 0.08)
    return rings(
        [
            (0, 0, low, power, 0, back),
            (half_x * foot, half_z * foot, low, power, 0, back),
            (
                half_x * (0.3 + 0.65 * foot**0.5),
                half_z * (0.3 + 0.65 * foot**0.5),
                (low + top) / 2,
                power,
                0,
                back / 2,
            ),
            (half_x, half_z, top - 0.15 * deep, power, 0, 0),
            (half_x, half_z, top, power, 0, 0),
            (in_x, in_z, top, power, 0, shift),
            (in_x * 0.9, in_z * 0.88, top - deep * 0.5, power, 0, shift),
            (in_x * 0.5, in_z * 0.5, top - deep * 0.95, power, 0, shift),
            (0, 0, top - deep, power, 0, shift),
        ]
    )


def _carcass(shape: Shape, rng: Random, half_x: float, half_z: float, top: float) -> None:
    """Add a cabinet, an open shelf with legs, or only brackets below a counter at ``top``."""
    u = rng.uniform
    kind = rng.random()
    if kind < 0.65:
        toe = u(0.0, 0.12)
        side_x, side_z = half_x * 0.98, half_z * 0.95
        # Without a lid, or it would close the basin from above.
        levels = [(0.0, 0.0, toe), (side_x, side_z, toe), (side_x, side_z, top)]
        shape.add("cabinet", rings([(x, z, y, 60, 0, 0) for x, z, y in levels]))
        doors = int(rng.integers(1, 5))
        for door in range(doors):
            x = 1.96 * half_x * ((door + 0.5) / doors - 0.5)
            shape.add(
                "cabinet",
                box(1.8 * half_x / doors, (top - toe) * 0.88, 0.02, (x, (top + toe) / 2, half_z * 0.95)),
            )
            knob_x = x + (0.35 if door % 2 == 0 else -0.35) * 1.8 * half_x / doors
            shape.add("cabinet", box(0.015, 0.1, 0.03, (knob_x, top * 0.7, half_z * 0.95 + 0.02)))
        if toe > 0.02:
            shape.add("cabinet", box(1.9 * half_x, toe, 1.7 * half_z, (0, toe / 2, -0.05 * half_z)))
        shape.say(f"on a cabinet with {doors} door" + ("s" if doors > 1 else ""))
        return
    for x in (-1, 1):
        for z in (-1, 1):
            shape.add("cabinet", box(0.04, top, 0.04, (x * (half_x - 0.03), top / 2, z * (half_z - 0.03))))
    if rng.random() < 0.5:
        shape.add("cabinet", box(2 * half_x, 0.02, 2 * half_z, (0, top * 0.25, 0)))
    shape.say("on four legs")


@shape_class(
    "sink",
    parts=("basin", "tap", "pedestal", "counter", "cabinet", "drain"),
    synonyms=("washbasin", "wash basin", "kitchen basin"),
)
def sink(shape: Shape, rng: Random) -> None:
    """Make a sink: pedestal, wall, bowl on a counter, let in, kitchen, double, trough; alone or furnished."""
    u = rng.uniform
    style = str(
        rng.choice(
            [
                "pedestal",
                "wall",
                "vessel",
                "inset",
                "inset",
                "kitchen",
                "kitchen",
                "double",
                "double",
                "trough",
            ]
        )
    )
    furnished = rng.random() < 0.4
    top = u(0.78, 0.95) if furnished or style == "pedestal" else 0.0
    tap_z = 0.0
    tap_y = top
    if style in ("pedestal", "wall"):
        half_x, half_z, deep, power = u(0.22, 0.35), u(0.18, 0.27), u(0.1, 0.18), u(2.0, 7.0)
        top = top or deep * 1.4
        shape.add("basin", _basin(rng, half_x, half_z, top, deep, power))
        if rng.random() < 0.6:
            shape.add(
                "basin",
                box(
                    2 * half_x * u(0.6, 1.0), deep * 0.6, half_z * 0.5, (0, top - deep * 0.3, -half_z * 0.85)
                ),
            )
        if style == "pedestal":
            thin = u(0.06, 0.11)
            profile = curve(
                [
                    (thin * u(1.2, 1.8), 0.0),
                    (thin, top * 0.4),
                    (thin * 1.1, top - 1.3 * deep),
                    (thin * 1.6, top - deep),
                ],
                14,
            )
            leg = lathe([(0.0, 0.0), *profile], 20)
            leg = squared(leg, 6) if rng.random() < 0.3 else leg
            shape.add("pedestal", leg.moved(z=-0.2 * half_z))
            shape.say("standing on a column")
        elif furnished:
            shape.add(
                "drain", rod((0, top - 1.2 * deep, -0.1 * half_z), (0, top * 0.55, -0.1 * half_z), 0.02)
            )
            shape.say("hanging on the wall with a pipe below")
        else:
            shape.say("a wall basin without a column")
        tap_y, tap_z = top, -half_z * 0.82
        shape.say("oval basin" if power < 3.2 else "rectangular basin with round corners")
        reach = half_z * 0.7
    elif style == "vessel":
        half_x, deep = u(0.17, 0.3), u(0.08, 0.17)
        half_z, power = half_x * u(0.6, 1.0), u(2.0, 9.0)
        board_x, board_z = half_x * u(1.2, 2.5), half_z * u(1.2, 1.6)
        board = u(0.03, 0.12)
        base = top - board if furnished else 0.0
        shape.add("counter", box(2 * board_x, board, 2 * board_z, (0, base + board / 2, 0)))
        if furnished:
            _carcass(shape, rng, board_x, board_z, base)
        tap_y, top = base + board, base + board + deep * 1.2
        shape.add("basin", _basin(rng, half_x, half_z, top, deep, power).moved(y=0.03 * deep, z=0.05))
        tap_z, reach = -half_z * 1.0, half_z * 0.95
        shape.say("a bowl standing on a flat counter", "round bowl" if power < 3 else "square bowl")
    else:
        double = style == "double"
        power = u(2.0, 3.0) if style == "inset" and rng.random() < 0.6 else u(5, 20)
        half_x, half_z = (u(0.16, 0.26), u(0.18, 0.24)) if style != "trough" else (u(0.3, 0.6), u(0.17, 0.25))
        deep, gap = u(0.13, 0.26), u(0.015, 0.06)
        top = top or deep + 0.01
        thick = u(0.01, 0.05)
        side = u(0.03, 0.5) if style in ("inset", "kitchen") else u(0.02, 0.1)
        board_z = half_z + u(0.05, 0.09)
        back_shift = u(0.0, 0.03)
        if double:
            right_x = half_x * u(0.55, 1.0)
            total = half_x + right_x + gap
            for x, width in ((-total + half_x, half_x), (total - right_x, right_x)):
                hole: Ring = (width, half_z, top, power, 0.0, back_shift)
                half_plate = width + gap
                plate = _plate_with_hole(half_plate, board_z, hole, thick)
                shape.add("counter", plate.moved(x=x))
                shape.add("basin", _hollow(rng, width, half_z, top, deep, power, x, back_shift))
                shape.add(
                    "drain", cylinder(0.035, 0.006, centre=(x, top - deep + 0.004, back_shift), segments=14)
                )
            board_x = total + gap
            shape.say("two basins side by side")
        else:
            offset = u(-0.5, 0.5) * side
            board_x = half_x + side
            shape.add(
                "counter",
                _plate_with_hole(board_x, board_z, (half_x, half_z, top, power, offset, back_shift), thick),
            )
            shape.add("basin", _hollow(rng, half_x, half_z, top, deep, power, offset, back_shift))
            shape.add(
                "drain", cylinder(0.035, 0.006, centre=(offset, top - deep + 0.004, back_shift), segments=14)
            )
            shape.say("one oval basin let into a flat plate" if power < 4 else "one rectangular basin")
        if style in ("double", "kitchen") and rng.random() < 0.45:
            drainer = u(0.3, 0.5)
            x = (board_x + drainer / 2 - 0.002) * (1 if rng.random() < 0.5 else -1)
            shape.add("counter", box(drainer, thick, 2 * board_z, (x, top - thick / 2, 0)))
            for groove in range(int(rng.integers(4, 9))):
                z = (groove - 3) * 0.045
                shape.add("counter", box(drainer * 0.8, 0.006, 0.012, (x, top + 0.003, z)))
            shape.say("ribbed drain board at one side")
        if furnished:
            _carcass(shape, rng, board_x, board_z, top - thick)
        elif rng.random() < 0.6:
            shape.add(
                "basin",
                rings(
                    [
                        (board_x * 0.96, board_z * 0.9, top - thick, 60, 0, 0),
                        (board_x * 0.93, board_z * 0.85, 0, 60, 0, 0),
                        (0, 0, 0, 60, 0, 0),
                    ]
                ),
            )
        if rng.random() < 0.2:
            shape.add("counter", box(2 * board_x, u(0.05, 0.2), 0.02, (0, top + 0.04, -board_z)))
        tap_y, tap_z, reach = top, -(half_z + board_z) / 2 + back_shift / 2, half_z * 0.9
    if rng.random() < 0.82:
        meshes, phrase = tap(rng, (0, tap_y - 0.004, tap_z), reach)
        shape.add("tap", *meshes)
        shape.say(phrase)
    else:
        shape.say("no tap")
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
