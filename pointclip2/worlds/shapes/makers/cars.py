"""Make cars: the front points to +z; roof and hood are parts of their own, the rest of the shell is body."""

import numpy as np

from pointclip2.worlds.shapes.makers.car_shell import (
    TOY,
    Plan,
    bed_shell,
    cabin,
    seats,
    shell,
    spoiler,
    squeezed,
    trim,
    wheels,
)
from pointclip2.worlds.shapes.makers.car_skins import skinned
from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, ring, set_down, wheel
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    beam,
    box,
    loft,
    rod,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

_FAMILIES = {
    "sedan": (
        (4.2, 1.68, 1.35, 0.26, 0.12, 0.60, 0.85, 0.90, 0.58, 0.9, 0.8),
        (5.3, 1.95, 1.55, 0.33, 0.20, 0.85, 0.97, 1.02, 0.68, 1.7, 1.6),
    ),
    "hatchback": (
        (3.0, 1.55, 1.40, 0.20, 0.01, 0.65, 0.88, 0.90, 0.56, 0.7, 0.2),
        (4.3, 1.85, 1.60, 0.28, 0.05, 0.85, 1.00, 1.00, 0.66, 1.4, 0.9),
    ),
    "estate": (
        (4.3, 1.70, 1.42, 0.25, 0.01, 0.65, 0.88, 0.95, 0.57, 0.8, 0.1),
        (5.0, 1.90, 1.60, 0.31, 0.03, 0.85, 0.98, 1.00, 0.66, 1.5, 0.6),
    ),
    "suv": (
        (3.9, 1.75, 1.62, 0.23, 0.01, 0.75, 0.92, 0.95, 0.56, 0.5, 0.1),
        (5.1, 2.05, 1.95, 0.31, 0.04, 0.92, 1.00, 1.00, 0.66, 1.1, 0.7),
    ),
    "jeep": (
        (3.4, 1.60, 1.70, 0.28, 0.01, 0.88, 0.95, 0.97, 0.55, 0.1, 0.0),
        (4.6, 1.95, 2.05, 0.36, 0.03, 0.98, 1.00, 1.00, 0.62, 0.35, 0.15),
    ),
    "van": (
        (4.3, 1.75, 1.80, 0.06, 0.00, 0.55, 0.85, 0.97, 0.48, 0.3, 0.0),
        (6.2, 2.10, 2.60, 0.20, 0.02, 0.80, 1.00, 1.00, 0.60, 0.9, 0.12),
    ),
    "sports": (
        (3.9, 1.75, 1.08, 0.20, 0.08, 0.45, 0.75, 0.90, 0.58, 1.4, 1.2),
        (4.8, 2.05, 1.35, 0.36, 0.22, 0.65, 0.95, 1.10, 0.70, 2.4, 2.6),
    ),
    "coupe": (
        (4.2, 1.70, 1.25, 0.30, 0.10, 0.60, 0.85, 0.90, 0.60, 1.0, 1.3),
        (4.9, 1.95, 1.42, 0.38, 0.18, 0.80, 0.97, 1.00, 0.70, 1.7, 2.4),
    ),
}
"""Least and most of the first eleven numbers of a `Plan`, from the length to the rake of the rear window."""


def _family(dice: Dice, style: str) -> Plan:
    """Return the plan of an everyday closed car."""
    least, most = _FAMILIES[style]
    length, width, height, hood, deck, hood_low, hood_high, deck_height, belt, screen_rake, rear_rake = (
        float(value) for value in dice.rng.uniform(least, most)
    )
    high = style in ("suv", "jeep")
    b = dice.between
    return Plan(
        length,
        width,
        height,
        hood,
        deck,
        hood_low,
        hood_high,
        deck_height,
        belt,
        screen_rake,
        rear_rake,
        clearance=b(0.25, 0.4) if high else b(0.1, 0.2),
        wheel_radius=b(0.34, 0.44) if high else b(0.27, 0.36),
        corner=b(0.0, 0.25) if style in ("jeep", "van") else b(0.3, 1.0),
        doors=2 if style in ("sports", "coupe", "jeep") else 4,
    )


PHRASES = {
    "sedan": ("a cabin in the middle between hood and trunk", "three boxes in a row"),
    "hatchback": ("a short body with a steep back", "a small rounded cabin"),
    "estate": ("a long flat roof reaching to the back",),
    "suv": ("a high body with large wheels", "a long roof reaching to the back"),
    "jeep": ("a boxy body with an upright windscreen", "a spare wheel at the back"),
    "van": ("a tall box with a short nose", "a long flat roof"),
    "sports": ("a low wide body shaped like a wedge", "a strongly slanted windscreen"),
    "coupe": ("a long hood and a sloping back",),
}


def _add_shell(shape: Shape, body_and_hood: tuple[Mesh, Mesh]) -> None:
    body, hood = body_and_hood
    shape.add("body", body)
    shape.add("hood", hood)


def _closed(shape: Shape, dice: Dice) -> None:
    style = dice.pick(
        "sedan", "sedan", "sedan", "hatchback", "estate", "suv", "jeep", "van", "sports", "sports", "coupe"
    )
    plan = squeezed(shape, dice, _family(dice, style))
    _add_shell(shape, shell(plan))
    cabin(shape, dice, plan, glazed=dice.chance(0.7) or plan.height < 1.3)
    trim(shape, dice, plan)
    wheels(shape, dice, plan)
    shape.say(*PHRASES[style])
    if style in ("sports", "coupe", "sedan") and dice.chance({"sports": 0.45}.get(style, 0.12)):
        spoiler(shape, dice, plan)
    if style == "jeep":
        spare = wheel(dice.rng, plan.wheel_radius * 0.95, 0.22, segments=16)
        shape.add(
            "body",
            *(
                mesh.rotated_deg(y=90).moved(0.0, plan.belt_height * 0.9, -plan.length / 2 - 0.13)
                for mesh in spare
            ),
        )


def _pickup(shape: Shape, dice: Dice) -> None:
    b = dice.between
    plan = Plan(
        b(4.6, 5.9),
        b(1.7, 2.05),
        b(1.65, 1.95),
        b(0.25, 0.31),
        b(0.34, 0.47),
        b(0.75, 0.9),
        b(0.92, 1.0),
        0.55,
        b(0.55, 0.62),
        b(0.5, 1.0),
        b(0.0, 0.3),
        b(0.22, 0.4),
        b(0.34, 0.43),
        b(0.1, 0.35),
    )
    _add_shell(shape, bed_shell(plan))
    cabin(shape, dice, plan, glazed=dice.chance(0.75))
    trim(shape, dice, plan)
    wheels(shape, dice, plan)
    shape.say("an open cargo bed behind the cabin", "a short cabin")


def _convertible(shape: Shape, dice: Dice) -> None:
    plan = squeezed(shape, dice, _family(dice, dice.pick("sports", "coupe", "sedan")))
    _add_shell(shape, shell(plan))
    trim(shape, dice, plan)
    wheels(shape, dice, plan)
    y, screen = plan.belt_height, plan.length * (0.5 - plan.hood)
    tall, wide = min(plan.height - y, 0.5), plan.width * 0.8
    lean = tall * dice.between(0.5, 1.2)
    corners = [
        (-wide / 2, y, screen),
        (wide / 2, y, screen),
        (wide * 0.44, y + tall, screen - lean),
        (-wide * 0.44, y + tall, screen - lean),
    ]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        shape.add("body", beam(start, end, 0.05))
    rows = 2 if plan.length > 4.5 else 1
    for k in range(rows):
        seats(shape, plan.width, screen - lean - 0.75 - 0.85 * k, y)
    steering = (
        torus(0.18, 0.015, segments=14)
        .rotated_deg(x=60)
        .moved(-plan.width * 0.2, y + 0.1, screen - lean * 0.6 - 0.3)
    )
    shape.add("body", steering)
    if dice.chance(0.3):
        spoiler(shape, dice, plan)
    shape.say("open top without a roof", "seats in the open")


def _vintage(shape: Shape, dice: Dice) -> None:
    b = dice.between
    length, width, height = b(3.2, 4.9), b(1.5, 1.85), b(1.5, 1.9)
    radius = b(0.33, 0.42)
    plan = Plan(
        length,
        width * 0.72,
        height,
        b(0.33, 0.45),
        b(0.02, 0.1),
        b(0.85, 0.95),
        b(0.9, 1.0),
        b(0.7, 1.0),
        b(0.52, 0.6),
        b(0.05, 0.35),
        b(0.0, 0.5),
        b(0.25, 0.35),
        radius,
        b(0.1, 0.6),
    )
    _add_shell(shape, shell(plan))
    cabin(shape, dice, plan, glazed=dice.chance(0.6))
    trim(shape, dice, plan)
    broad = width * 0.16
    arch = np.deg2rad(np.linspace(-15, 195, 14))
    for axle in (plan.front_axle, plan.rear_axle):
        rings = []
        for angle in arch:
            out = radius * 1.22
            y, z = radius + out * np.sin(angle), axle + out * np.cos(angle)
            # The cross-section follows the curve, so that the fender has the same depth everywhere.
            inner = 0.82
            rings.append(
                np.array(
                    [
                        [-broad / 2, y, z],
                        [broad / 2, y, z],
                        [broad / 2, radius + (y - radius) * inner, axle + (z - axle) * inner],
                        [-broad / 2, radius + (y - radius) * inner, axle + (z - axle) * inner],
                    ]
                )
            )
        shape.add("body", *pair(loft(rings).moved(x=width * 0.5 - broad / 2)))
    wheels(shape, dice, plan, radius, out=width * 0.14)
    step = plan.front_axle - plan.rear_axle - 2.2 * radius
    shape.add(
        "body",
        *pair(
            box(
                broad,
                0.05,
                max(step, 0.2),
                (width * 0.42, radius * 0.9, (plan.front_axle + plan.rear_axle) / 2),
            )
        ),
    )
    shape.add(
        "body", *pair(sphere(b(0.1, 0.16), (width * 0.28, plan.belt_height * 0.9, length * 0.5 - 0.15), 8))
    )
    shape.say(
        "curved fenders standing free over the wheels", "two round lamps in front", "a tall upright cabin"
    )


def _racer(shape: Shape, dice: Dice) -> None:
    b = dice.between
    length, width, radius, tall = b(3.4, 5.2), b(1.5, 2.0), b(0.28, 0.36), b(0.4, 0.55)
    if dice.chance(0.35):
        # Toys and karts are short, high and on large wheels.
        length, radius, tall = b(2.1, 3.4), b(0.33, 0.5), b(0.45, 0.75)
        shape.say(TOY)
    front, core = length / 2, width * b(0.22, 0.36)
    stations = [
        (1.0, 0.25, 0.3),
        (0.5, 0.6, 0.7),
        (0.1, 1.0, 1.0),
        (-0.3, 1.0, 1.05),
        (-0.75, 0.6, 0.8),
        (-0.95, 0.4, 0.5),
    ]
    shape.add(
        "body",
        loft(
            [
                ring(core * w, tall * h, (0.0, 0.12 + tall * h / 2, front * s), roundness=0.6)
                for s, w, h in stations
            ]
        ),
    )
    cowl = blade(
        (0.0, 0.1 + tall * 0.5, front * 0.9),
        (0.0, 0.12 + tall, front * 0.25),
        length * 0.1,
        length * 0.2,
        1.0,
        0,
    )
    shape.add(
        "hood",
        cowl,
        superellipsoid(core * 0.6, tall * 0.3, length * 0.3, 0.8, (0.0, tall * 0.85, front * 0.45), 8),
    )
    shape.add(
        "body", superellipsoid(core * 0.4, tall * 1.0, length * 0.3, 0.8, (0.0, tall * 1.1, -front * 0.45), 8)
    )
    if dice.chance(0.6):
        shape.add(
            "body",
            *pair(
                superellipsoid(
                    width * 0.22, tall * 0.8, length * 0.34, 0.5, (core * 0.6, tall * 0.55, -front * 0.2), 8
                )
            ),
        )
    shape.add("body", torus(0.16, 0.02, segments=12).rotated_deg(x=70).moved(0.0, tall + 0.15, front * 0.12))
    one = wheel(dice.rng, radius, radius * b(0.7, 1.2), 0.55, 0 if dice.chance(0.5) else 6, 16)
    for z in (front * 0.68, -front * 0.68):
        shape.add("wheel", *pair(*(mesh.moved(width / 2 - radius * 0.4, radius, z) for mesh in one)))
        shape.add(
            "body", *pair(rod((core * 0.2, tall * 0.6, z), (width / 2 - radius * 0.4, radius, z), 0.025, 6))
        )
        shape.add(
            "body",
            *pair(rod((core * 0.2, tall * 0.4, z - 0.3), (width / 2 - radius * 0.4, radius, z), 0.025, 6)),
        )
    if dice.chance(0.8):
        shape.add(
            "body",
            box(width * 0.95, 0.03, 0.35, (0.0, 0.14, front * 0.98)),
            box(width * 0.7, 0.04, 0.32, (0.0, b(0.7, 0.95) + 0.2 * tall, -front * 0.95)),
        )
        shape.add("body", *pair(box(0.03, 0.8, 0.4, (width * 0.35, 0.65, -front * 0.93))))
        shape.say("flat wings in front and at the back")
    if dice.chance(0.4):
        shape.add(
            "body",
            torus(core * 0.4, 0.03, segments=14, arc_deg=180)
            .rotated_deg(x=-90)
            .moved(0.0, tall + 0.05, -front * 0.1),
        )
    shape.say("four open wheels beside a slim body", "an open seat in the middle")


@shape_class(
    "car", parts=("roof", "hood", "wheel", "body"), synonyms=("automobile", "motor car", "passenger car")
)
def car(shape: Shape, rng: Random) -> None:
    """Make a car: closed ones, cars of one skin, pickups, convertibles, vintage ones with free fenders, racers."""
    makers = (_closed, skinned, _pickup, _convertible, _vintage, _racer)
    makers[int(rng.choice(len(makers), p=(0.4, 0.26, 0.08, 0.09, 0.06, 0.11)))](shape, Dice(rng))
    set_down(shape)
