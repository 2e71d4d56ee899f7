"""Airplanes: the nose points to +z, the wings lie along x."""

from collections.abc import Callable

import numpy as np

from pointclip2.data.shapes.mesh import Array, Mesh, box, cylinder, lathe, loft, rod, sphere, superellipsoid
from pointclip2.data.shapes.sections import Dice, blade, pair, ring, set_down, step, wheel
from pointclip2.data.shapes.shape import Random, Shape, shape_class

NUMBER = {1: "one", 2: "two", 3: "three", 4: "four"}


def _fuselage(
    length: float,
    width: float,
    height: float,
    nose: float,
    tail: float,
    bluntness: float,
    tail_end: float,
    tail_rise: float,
    roundness: float = 1.0,
) -> Mesh:
    """A body of revolution made wide or tall, from z = +length / 2 to -length / 2.

    ``nose`` and ``tail`` are the tapering shares of the length; ``bluntness`` 1 is a spike, 2 an egg.
    """
    shares = np.concatenate(
        [np.linspace(0.0, nose, 7), np.linspace(nose, 1 - tail, 4)[1:-1], np.linspace(1 - tail, 1, 6)]
    )
    rings = []
    for share in shares:
        factor, lift = 1.0, 0.0
        if share < nose:
            factor = max((1 - (1 - share / nose) ** bluntness) ** (1 / bluntness), 0.02)
            lift = -0.12 * (1 - factor)
        elif share > 1 - tail:
            along = (share - 1 + tail) / tail
            factor = 1 - (1 - tail_end) * along**1.5
            lift = tail_rise * (1 - factor)
        centre = (0.0, lift * height / 2, (0.5 - share) * length)
        rings.append(ring(width * factor, height * factor, centre, roundness=roundness))
    return loft(rings)


def _wings(
    shape: Shape,
    span: float,
    root: float,
    tip: float,
    sweep_deg: float,
    dihedral_deg: float,
    at: tuple[float, float],
    thickness: float,
    part: str = "wing",
) -> Callable[[float], tuple[Array, float]]:
    """Add a left and right wing whose leading edges meet at (y, z) = ``at``.

    Answers with the leading-edge point and the chord at any distance x from the middle.
    """
    half = span / 2
    rise, back = np.tan(np.deg2rad([dihedral_deg, sweep_deg])) * half
    start = np.array([0.0, at[0], at[1]])
    end = start + step(half, rise, -back)
    shape.add(part, *pair(blade(start, end, root, tip, thickness)))

    def along(x: float) -> tuple[Array, float]:
        share = x / half
        return start + (end - start) * share, root + (tip - root) * share

    return along


def _tail(
    shape: Shape, dice: Dice, kind: str, z: float, y: float, size: float, thickness: float = 0.1
) -> None:
    """A fin and tailplane with leading-edge roots near (y, z): low, cruciform, T, twin or V."""
    chord, rake = size * dice.between(0.65, 1.0), size * dice.between(0.15, 0.8)
    tip = chord * dice.between(0.35, 0.75)
    span = size * dice.between(1.7, 2.6)
    slope = dice.between(5, 35)
    if kind == "V":
        end = np.array([size * 0.8, y + size * 0.8, z - rake])
        shape.add("tail", *pair(blade((0.0, y, z), end, chord, tip, thickness)))
        shape.say("a tail shaped like the letter V")
        return
    if kind == "twin":
        apart = size * dice.between(0.35, 1.1)
        _wings(
            shape,
            2.0 * apart + size * dice.between(0.0, 1.2),
            chord,
            tip,
            slope,
            0,
            (y, z),
            thickness,
            "tail",
        )
        lean = size * dice.between(0, 0.3)
        fin = blade(
            (apart, y - 0.02 * size, z - rake * 0.3),
            (apart + lean, y + size, z - rake),
            chord,
            tip,
            thickness,
            0,
        )
        shape.add("tail", *pair(fin))
        shape.say("two upright tail fins")
        return
    shape.add("tail", blade((0.0, y, z), (0.0, y + size, z - rake), chord, tip, thickness, 0))
    if dice.chance(0.2):
        shape.add(
            "tail",
            blade((0.0, y, z + chord), (0.0, y + size * 0.35, z), chord, chord * 0.2, thickness * 0.4, 0),
        )
    level = {"low": 0.0, "cross": dice.between(0.3, 0.6), "T": 0.97}[kind]
    back = z - rake * level
    _wings(
        shape,
        span,
        chord * 0.9,
        tip * 0.8,
        slope,
        dice.between(-2, 8),
        (y + size * level, back),
        thickness,
        "tail",
    )
    shape.say(
        {"low": "a low tailplane under the fin", "cross": "a tail like a cross", "T": "a high T-shaped tail"}[
            kind
        ]
    )


def _jet(dice: Dice, length: float, radius: float) -> Mesh:
    """A hollow nacelle about the origin with its mouth at +z."""
    half = length / 2
    lip = dice.between(0.82, 0.95)
    profile = [
        (radius * 0.2, half * 0.55),
        (radius * lip * 0.95, half * 0.5),
        (radius * lip, half),
        (radius, half * 0.7),
        (radius * 0.97, -half * 0.1),
        (radius * 0.62, -half),
        (radius * 0.4, -half * 0.9),
        (0.0, -half * 1.25),
    ]
    return lathe(profile, 16).rotated_deg(x=90)


def _propeller(dice: Dice, radius: float, blades: int, centre: Array) -> list[Mesh]:
    """A spinner and its blades, turning about z."""
    hub = radius * dice.between(0.1, 0.18)
    nose = lathe(
        [(hub, 0), (hub * 0.8, hub * 0.8), (hub * 0.4, hub * 1.6), (0.0, hub * 1.9)], 10
    ).rotated_deg(x=90)
    width, start = radius * dice.between(0.1, 0.18), dice.between(0, 180)
    meshes = [nose.moved(z=-hub * 0.2)]
    for k in range(blades):
        arm = superellipsoid(width, radius, width * 0.25, 0.7, (0.0, radius / 2, 0.0), detail=6).rotated_deg(
            y=25
        )
        meshes.append(arm.rotated_deg(z=start + 360.0 * k / blades))
    return [mesh.moved(*centre) for mesh in meshes]


def _gear(
    shape: Shape, dice: Dice, x: float, y: float, z: float, drop: float, radius: float, nose_z: float
) -> None:
    """Two main wheels at (±x, y - drop, z) and one under the nose or tail at ``nose_z``."""
    for side, along, scale in ((x, z, 1.0), (-x, z, 1.0), (0.0, nose_z, 0.75)):
        # A tail wheel sits under the thin end of the body, so its leg starts higher and ends sooner.
        above, below = (0.0, y - drop * 0.35) if along < -5 * drop else (y, y - drop)
        foot = (side, below, along)
        shape.add("body", rod((side * 0.8, above, along), foot, radius * 0.18, 6))
        tyres = wheel(dice.rng, radius * scale, radius * 0.6 * scale, segments=12)
        shape.add("body", *(mesh.moved(*foot) for mesh in tyres))
    shape.say("landing wheels down")


def _airliner(shape: Shape, dice: Dice) -> None:
    length = dice.between(14, 70)
    width = length * dice.between(0.075, 0.125)
    height = width * dice.between(0.95, 1.15)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            height,
            dice.between(0.1, 0.18),
            dice.between(0.25, 0.4),
            dice.between(1.6, 2.1),
            dice.between(0.08, 0.2),
            dice.between(0.4, 0.9),
        ),
    )
    shape.say("a long round body like a tube", "wings swept back")
    span, root = length * dice.between(0.75, 1.1), length * dice.between(0.14, 0.24)
    sweep, dihedral = dice.between(18, 37), dice.between(2, 7)
    high = dice.chance(0.12)
    y = height * (0.42 if high else dice.between(-0.4, -0.25))
    tip = root * dice.between(0.18, 0.4)
    along = _wings(
        shape,
        span,
        root,
        tip,
        sweep,
        -2.0 if high else dihedral,
        (y, length * dice.between(0.08, 0.16)),
        0.11,
    )
    at_tail = not high and dice.chance(0.3)
    power = 4 if not at_tail and dice.chance(0.3) else 2
    radius = width * dice.between(0.2, 0.36)
    long = radius * dice.between(2.4, 4.0)
    if at_tail:
        fan = _jet(dice, long, radius).moved(
            width * 0.5 + radius * 1.1, height * 0.15, -length * dice.between(0.24, 0.3)
        )
        strut = box(
            radius * 1.6,
            radius * 0.3,
            long * 0.5,
            (width * 0.45 + radius * 0.3, height * 0.15, float(fan.low[2] + long / 2)),
        )
        shape.add("engine", *pair(fan))
        shape.add("body", *pair(strut))
        if dice.chance(0.25):
            power = 3
            shape.add("engine", _jet(dice, long, radius).moved(y=height * 0.6, z=-length * 0.36))
        shape.say(f"{NUMBER[power]} jet engines beside the tail")
    else:
        for share in (0.32, 0.62) if power == 4 else (dice.between(0.28, 0.4),):
            lead, chord = along(span / 2 * share)
            at = lead + step(0.0, -radius * 1.15 - chord * 0.02, chord * 0.05)
            shape.add("engine", *pair(_jet(dice, long, radius).moved(*at)))
            pylon = box(
                radius * 0.25, radius * 0.9, chord * 0.5, (at[0], at[1] + radius * 0.9, at[2] - long * 0.3)
            )
            shape.add("engine", *pair(pylon))
        shape.say(f"{NUMBER[power]} round engines hanging under the wings")
    if dice.chance(0.35):
        lead, chord = along(span / 2)
        shape.add(
            "wing",
            *pair(
                blade(lead, lead + step(chord * 0.15, chord * 0.9, -chord * 0.6), chord, chord * 0.4, 0.06, 0)
            ),
        )
        shape.say("small upright winglets at the wing tips")
    kind = "T" if at_tail or high else dice.pick("low", "low", "low", "cross")
    _tail(
        shape,
        dice,
        kind,
        -length * dice.between(0.34, 0.39),
        height * 0.33,
        length * dice.between(0.12, 0.18),
    )
    if dice.chance(0.3):
        wheel_radius = width * dice.between(0.1, 0.16)
        _gear(shape, dice, width * 0.7, -height * 0.3, 0.0, height * 0.6, wheel_radius, length * 0.36)


def _fighter(shape: Shape, dice: Dice) -> None:
    length = dice.between(10, 20)
    width = length * dice.between(0.08, 0.15)
    height = width * dice.between(0.75, 1.1)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            height,
            dice.between(0.28, 0.5),
            dice.between(0.1, 0.3),
            dice.between(1.15, 1.6),
            dice.between(0.5, 0.85),
            0.0,
            dice.between(0.6, 1.0),
        ),
    )
    canopy = superellipsoid(width * 0.5, height * 0.55, length * dice.between(0.12, 0.22), 1.0, detail=8)
    shape.add("body", canopy.moved(y=height * 0.42, z=length * dice.between(0.1, 0.22)))
    shape.say("a slim pointed body")
    span = length * dice.between(0.5, 0.85)
    if dice.chance(0.45):
        root, tip, sweep = (
            length * dice.between(0.4, 0.6),
            length * dice.between(0.02, 0.08),
            dice.between(45, 60),
        )
        shape.say("triangular delta wings")
    else:
        root, tip, sweep = (
            length * dice.between(0.22, 0.36),
            length * dice.between(0.06, 0.13),
            dice.between(15, 45),
        )
        shape.say(f"short thin wings swept back by {sweep:.0f} degrees")
    along = _wings(
        shape,
        span,
        root,
        tip,
        sweep,
        dice.between(-4, 3),
        (dice.between(-0.2, 0.3) * height, length * dice.between(0.02, 0.14)),
        0.05,
    )
    if dice.chance(0.35):
        at = (height * 0.1, length * dice.between(0.2, 0.28))
        _wings(shape, span * 0.45, root * 0.3, tip, dice.between(20, 50), 0, at, 0.06, "wing")
        shape.say("small extra wings near the nose")
    twin = dice.chance(0.45)
    apart = width * dice.between(0.35, 0.6)
    radius = height * dice.between(0.28, 0.42)
    for x in (-apart, apart) if twin else (0.0,):
        nozzle = lathe(
            [
                (radius * 0.6, 0.4 * radius),
                (radius, 1.5 * radius),
                (radius * 1.05, 0.6 * radius),
                (radius * 0.75, -0.6 * radius),
                (radius * 0.65, 0.4 * radius),
            ],
            14,
        )
        shape.add("engine", nozzle.rotated_deg(x=90).moved(x, 0.0, -length * 0.5))
        if twin:
            shape.add("body", cylinder(radius, length * 0.4).rotated_deg(x=90).moved(x, 0.0, -length * 0.28))
    shape.say("two jet nozzles at the back" if twin else "one jet nozzle at the back")
    intake = box(
        width * 0.35,
        height * 0.6,
        length * 0.25,
        (width * 0.5, -height * 0.05, length * dice.between(0.0, 0.08)),
    )
    shape.add("body", *pair(intake))
    kind = "twin" if dice.chance(0.45) else dice.pick("low", "low", "cross")
    _tail(
        shape,
        dice,
        kind,
        -length * dice.between(0.28, 0.36),
        height * 0.2,
        length * dice.between(0.14, 0.22),
        0.06,
    )
    if dice.chance(0.5):
        for share in (0.45, 0.7, 1.0)[: dice.whole(1, 3)]:
            lead, chord = along(span / 2 * share)
            at = lead + step(0.0, 0.0 if share == 1.0 else -height * 0.25, -chord * 0.4)
            store = superellipsoid(height * 0.13, height * 0.13, length * dice.between(0.12, 0.2), detail=7)
            shape.add(
                "wing", *pair(store.moved(*at), rod(at, at + step(0, height * 0.3, 0), height * 0.03, 5))
            )
        shape.say("thin missiles under the wings")


def _light(shape: Shape, dice: Dice) -> None:
    length = dice.between(6, 11)
    width = length * dice.between(0.11, 0.16)
    height = width * dice.between(1.0, 1.35)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            height,
            dice.between(0.12, 0.25),
            dice.between(0.45, 0.6),
            dice.between(1.8, 3.0),
            dice.between(0.1, 0.3),
            dice.between(0.2, 0.9),
            dice.between(0.5, 1.0),
        ),
    )
    high = dice.chance(0.5)
    cabin = superellipsoid(
        width * 0.85, height * 0.75, length * dice.between(0.2, 0.32), dice.between(0.5, 1.0), detail=8
    )
    shape.add("body", cabin.moved(y=height * 0.42, z=length * 0.08))
    span, root = length * dice.between(1.1, 1.55), length * dice.between(0.16, 0.24)
    y = height * (0.7 if high else -0.35)
    taper = dice.between(0.5, 1.0)
    along = _wings(
        shape, span, root, root * taper, dice.between(-2, 8), dice.between(0, 7), (y, length * 0.18), 0.13
    )
    shape.say("straight wings above the cabin" if high else "straight wings at the bottom of the body")
    if high and dice.chance(0.75):
        lead, chord = along(span * 0.26)
        shape.add(
            "wing",
            *pair(
                rod(
                    (width * 0.45, -height * 0.3, length * 0.05),
                    lead + step(0, 0, -chord * 0.4),
                    width * 0.04,
                    6,
                )
            ),
        )
        shape.say("slanted struts holding the wings")
    blades = dice.whole(2, 4)
    nose = np.array([0.0, -0.06 * height, length * 0.5])
    shape.add("engine", *_propeller(dice, length * dice.between(0.11, 0.16), blades, nose))
    if dice.chance(0.5):
        shape.add(
            "engine",
            cylinder(height * 0.36, length * 0.1, height * 0.3)
            .rotated_deg(x=90)
            .moved(y=-0.06 * height, z=length * 0.45),
        )
    shape.say(f"a propeller with {NUMBER[blades]} blades on the nose")
    _tail(
        shape,
        dice,
        dice.pick("low", "low", "cross", "T"),
        -length * dice.between(0.36, 0.41),
        height * 0.15,
        length * dice.between(0.13, 0.18),
    )
    if dice.chance(0.15):
        drop, x = height * 1.1, width * 0.9
        pontoon = superellipsoid(width * 0.4, width * 0.4, length * 0.75, 0.7, detail=10).moved(
            x, -drop, length * 0.1
        )
        legs = [
            rod((x * 0.4, -height * 0.3, z), (x, -drop, z), width * 0.03, 5) for z in (0.0, length * 0.25)
        ]
        shape.add("body", *pair(pontoon, *legs))
        shape.say("two long floats below")
    elif dice.chance(0.7):
        back = dice.chance(0.4)
        z, third = (length * 0.2, -length * 0.44) if back else (length * 0.02, length * 0.4)
        _gear(
            shape, dice, width * 0.9, -height * 0.35, z, height * 0.4, height * dice.between(0.12, 0.2), third
        )


def _biplane(shape: Shape, dice: Dice) -> None:
    length = dice.between(5.5, 9)
    width = length * dice.between(0.1, 0.14)
    height = width * dice.between(1.0, 1.3)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            height,
            dice.between(0.1, 0.2),
            0.6,
            dice.between(2.0, 3.5),
            dice.between(0.15, 0.3),
            dice.between(0.0, 0.6),
            dice.between(0.45, 1.0),
        ),
    )
    span, root = length * dice.between(1.05, 1.5), length * dice.between(0.16, 0.22)
    count = 3 if dice.chance(0.12) else 2
    gap = root * dice.between(0.85, 1.25)
    z, stagger = length * dice.between(0.22, 0.28), dice.between(-0.05, 0.4) * root
    low = -height * 0.4
    curves = [
        _wings(
            shape,
            span * (1.0 if k else dice.between(0.8, 1.0)),
            root,
            root * dice.between(0.8, 1.0),
            0.0,
            dice.between(0, 3),
            (low + gap * k, z + stagger * k / (count - 1)),
            0.08,
        )
        for k in range(count)
    ]
    for share in (0.15, 0.42, 0.75)[: dice.whole(2, 3)]:
        for back in (0.15, 0.7):
            (below, chord), (above, _) = curves[0](span / 2 * share * 0.95), curves[-1](span / 2 * share)
            shape.add(
                "wing",
                *pair(
                    rod(
                        below + step(0, 0, -chord * back),
                        above + step(0, 0, -chord * back),
                        length * 0.006,
                        5,
                    )
                ),
            )
    shape.say(
        "two wings one above the other" if count == 2 else "three wings stacked above each other",
        "thin struts between the wings",
    )
    blades = dice.whole(2, 4)
    shape.add(
        "engine",
        cylinder(height * dice.between(0.42, 0.58), length * 0.08).rotated_deg(x=90).moved(z=length * 0.47),
    )
    shape.add(
        "engine",
        *_propeller(dice, length * dice.between(0.14, 0.2), blades, np.array([0.0, 0.0, length * 0.52])),
    )
    _tail(
        shape,
        dice,
        dice.pick("low", "cross"),
        -length * dice.between(0.36, 0.4),
        height * 0.1,
        length * dice.between(0.12, 0.17),
    )
    shape.add(
        "body",
        superellipsoid(width * 0.4, height * 0.3, width * 0.8, 1.0, (0.0, height * 0.5, length * 0.0), 6),
    )
    _gear(
        shape,
        dice,
        width * 0.9,
        -height * 0.3,
        length * 0.26,
        height * 0.75,
        height * dice.between(0.25, 0.36),
        -length * 0.44,
    )


def _glider(shape: Shape, dice: Dice) -> None:
    length = dice.between(6, 9)
    width = length * dice.between(0.07, 0.1)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            width * 1.25,
            dice.between(0.2, 0.3),
            dice.between(0.6, 0.65),
            1.9,
            dice.between(0.15, 0.3),
            0.4,
        ),
    )
    shape.add(
        "body",
        superellipsoid(width * 0.75, width * 0.9, length * 0.2, 1.0, (0.0, width * 0.35, length * 0.26), 8),
    )
    span, root = length * dice.between(1.9, 2.9), length * dice.between(0.1, 0.15)
    _wings(
        shape,
        span,
        root,
        root * dice.between(0.3, 0.6),
        dice.between(-1, 3),
        dice.between(1, 5),
        (width * dice.between(0.2, 0.5), length * 0.15),
        0.12,
    )
    _tail(
        shape,
        dice,
        dice.pick("T", "T", "cross", "V"),
        -length * 0.41,
        width * 0.15,
        length * dice.between(0.14, 0.18),
    )
    shape.say("very long narrow wings", "a thin body without an engine")


def _multi_propeller(shape: Shape, dice: Dice) -> None:
    length = dice.between(9, 30)
    width = length * dice.between(0.09, 0.14)
    height = width * dice.between(1.0, 1.25)
    shape.add(
        "body",
        _fuselage(
            length,
            width,
            height,
            dice.between(0.12, 0.22),
            dice.between(0.35, 0.5),
            dice.between(1.7, 2.6),
            dice.between(0.1, 0.25),
            dice.between(0.2, 1.0),
            dice.between(0.6, 1.0),
        ),
    )
    span, root = length * dice.between(1.0, 1.5), length * dice.between(0.15, 0.22)
    high = dice.chance(0.45)
    along = _wings(
        shape,
        span,
        root,
        root * dice.between(0.35, 0.7),
        dice.between(0, 10),
        dice.between(0, 5),
        (height * (0.42 if high else dice.between(-0.35, 0.0)), length * 0.16),
        0.13,
    )
    power = 4 if dice.chance(0.35) else 2
    blades = dice.whole(2, 4)
    radius = width * dice.between(0.22, 0.32)
    for share in (0.3, 0.58) if power == 4 else (dice.between(0.26, 0.38),):
        lead, chord = along(span / 2 * share)
        nacelle = superellipsoid(
            radius * 2, radius * 2.2, chord * dice.between(1.1, 1.6), 0.8, detail=9
        ).moved(*(lead + step(0, -radius * 0.2, -chord * 0.1)))
        front = np.array([lead[0], lead[1] - radius * 0.2, float(nacelle.high[2])])
        shape.add(
            "engine",
            *pair(
                nacelle, *_propeller(dice, min(radius * dice.between(2.4, 3.4), span * 0.11), blades, front)
            ),
        )
    shape.say(f"{NUMBER[power]} engines with propellers on the wings", "high wings" if high else "low wings")
    _tail(
        shape,
        dice,
        dice.pick("low", "T", "cross", "twin"),
        -length * dice.between(0.36, 0.4),
        height * 0.2,
        length * dice.between(0.14, 0.2),
    )
    if dice.chance(0.25):
        shape.add("body", sphere(width * 0.3, (0.0, height * 0.5, 0.0), 8))
    if dice.chance(0.35):
        lead, _ = along(span * 0.16)
        _gear(
            shape,
            dice,
            float(lead[0]),
            -height * 0.35,
            length * 0.08,
            height * 0.5,
            height * 0.16,
            length * 0.38,
        )


def _flying_wing(shape: Shape, dice: Dice) -> None:
    span = dice.between(12, 50)
    root = span * dice.between(0.3, 0.45)
    along = _wings(
        shape,
        span,
        root,
        root * dice.between(0.1, 0.35),
        dice.between(28, 50),
        dice.between(-2, 3),
        (0.0, root * 0.5),
        dice.between(0.06, 0.1),
    )
    hump = superellipsoid(
        root * dice.between(0.25, 0.45), root * dice.between(0.14, 0.2), root * 0.95, 1.0, detail=10
    )
    shape.add("body", hump)
    lead, chord = along(span * 0.1)
    shape.add(
        "engine",
        *pair(
            superellipsoid(
                root * 0.15, root * 0.1, chord * 0.6, 0.7, lead + step(0, chord * 0.05, -chord * 0.55), 8
            )
        ),
    )
    shape.say("one broad flat wing with a low hump in the middle", "no long body")
    if dice.chance(0.35):
        lead, chord = along(span * 0.2)
        back = lead + step(0.0, 0.0, -chord * 0.5)
        shape.add(
            "tail",
            *pair(
                blade(
                    back,
                    back + step(chord * 0.1, chord * 0.4, -chord * 0.2),
                    chord * 0.5,
                    chord * 0.25,
                    0.08,
                    0,
                )
            ),
        )
        shape.say("two small fins")


@shape_class(
    "airplane", parts=("body", "wing", "tail", "engine"), synonyms=("aeroplane", "plane", "aircraft")
)
def airplane(shape: Shape, rng: Random) -> None:
    """Airliners, fighters, light planes, biplanes, gliders, propeller transports and flying wings."""
    makers = (_airliner, _fighter, _light, _biplane, _glider, _multi_propeller, _flying_wing)
    chances = (0.36, 0.24, 0.12, 0.08, 0.06, 0.1, 0.04)
    makers[int(rng.choice(len(makers), p=chances))](shape, Dice(rng))
    set_down(shape)
