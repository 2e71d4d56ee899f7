"""Make airplanes with propellers, and gliders."""

import numpy as np

from pointclip2.worlds.shapes.makers.airframe import NUMBER, fuselage, gear, propeller, tail, wings
from pointclip2.worlds.shapes.makers.sections import Dice, pair, step
from pointclip2.worlds.shapes.mesh import cylinder, rod, sphere, superellipsoid
from pointclip2.worlds.shapes.shape import Shape


def light(shape: Shape, dice: Dice) -> None:
    length = dice.between(6, 11)
    width = length * dice.between(0.11, 0.16)
    height = width * dice.between(1.0, 1.35)
    shape.add(
        "body",
        fuselage(
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
    along = wings(
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
    shape.add("engine", *propeller(dice, length * dice.between(0.11, 0.16), blades, nose))
    if dice.chance(0.5):
        shape.add(
            "engine",
            cylinder(height * 0.36, length * 0.1, height * 0.3)
            .rotated_deg(x=90)
            .moved(y=-0.06 * height, z=length * 0.45),
        )
    shape.say(f"a propeller with {NUMBER[blades]} blades on the nose")
    tail(
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
        gear(
            shape, dice, width * 0.9, -height * 0.35, z, height * 0.4, height * dice.between(0.12, 0.2), third
        )


def biplane(shape: Shape, dice: Dice) -> None:
    length = dice.between(5.5, 9)
    width = length * dice.between(0.1, 0.14)
    height = width * dice.between(1.0, 1.3)
    shape.add(
        "body",
        fuselage(
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
        wings(
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
        *propeller(dice, length * dice.between(0.14, 0.2), blades, np.array([0.0, 0.0, length * 0.52])),
    )
    tail(
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
    gear(
        shape,
        dice,
        width * 0.9,
        -height * 0.3,
        length * 0.26,
        height * 0.75,
        height * dice.between(0.25, 0.36),
        -length * 0.44,
    )


def glider(shape: Shape, dice: Dice) -> None:
    length = dice.between(6, 9)
    width = length * dice.between(0.07, 0.1)
    shape.add(
        "body",
        fuselage(
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
    wings(
        shape,
        span,
        root,
        root * dice.between(0.3, 0.6),
        dice.between(-1, 3),
        dice.between(1, 5),
        (width * dice.between(0.2, 0.5), length * 0.15),
        0.12,
    )
    tail(
        shape,
        dice,
        dice.pick("T", "T", "cross", "V"),
        -length * 0.41,
        width * 0.15,
        length * dice.between(0.14, 0.18),
    )
    shape.say("very long narrow wings", "a thin body without an engine")


def multi_propeller(shape: Shape, dice: Dice) -> None:
    length = dice.between(9, 30)
    width = length * dice.between(0.09, 0.14)
    height = width * dice.between(1.0, 1.25)
    shape.add(
        "body",
        fuselage(
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
    along = wings(
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
                nacelle, *propeller(dice, min(radius * dice.between(2.4, 3.4), span * 0.11), blades, front)
            ),
        )
    shape.say(f"{NUMBER[power]} engines with propellers on the wings", "high wings" if high else "low wings")
    tail(
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
        gear(
            shape,
            dice,
            float(lead[0]),
            -height * 0.35,
            length * 0.08,
            height * 0.5,
            height * 0.16,
            length * 0.38,
        )
