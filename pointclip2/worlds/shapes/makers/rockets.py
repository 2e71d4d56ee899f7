"""Make rockets: they stand on their fins or engines with the nose up; missiles may lie with the nose to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, turn
from pointclip2.worlds.shapes.mesh import extrude, lathe, rod, sphere, superellipsoid, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

NUMBER = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def _nose(shape: Shape, dice: Dice, radius: float, base: float, height: float) -> None:
    """Add a nose: a cone, an ogive or a dome on a body of that radius whose top is at ``base``."""
    kind = dice.pick("cone", "ogive", "dome", "capsule")
    if kind == "capsule":
        neck = radius * dice.between(0.3, 0.55)
        profile = [
            (radius, base),
            (neck, base + height * 0.55),
            (neck * 0.3, base + height * 0.75),
            (0.0, base + height * 0.75),
        ]
        shape.add(
            "nose",
            lathe(profile, 18),
            rod((0, base + height * 0.7, 0), (0, base + height * 1.3, 0), radius * 0.06),
        )
        shape.say("a thin spike on a blunt nose")
        return
    power = {"cone": 1.0, "ogive": 1.6, "dome": 2.2}[kind]
    shares = np.linspace(0, 1, 9)
    radii = radius * (1 - shares**power) ** (1.0 if kind != "dome" else 0.5)
    shape.add(
        "nose", lathe([(float(r), base + height * float(s)) for r, s in zip(radii, shares, strict=True)], 20)
    )
    shape.say(
        {"cone": "a pointed cone on top", "ogive": "a curved pointed nose", "dome": "a round dome on top"}[
            kind
        ]
    )


def _fins(shape: Shape, dice: Dice, count: int, radius: float, low: float, size: float, reach: float) -> None:
    """Add fins: plates standing out of the lower body; ``low`` is where their root begins, ``size`` its height."""
    kind = dice.pick("swept", "trapeze", "curved", "square")
    drop = size * dice.between(0.1, 0.5)
    outline = {
        "swept": [(0, 0), (reach, -drop), (reach, -drop + size * 0.3), (0, size)],
        "trapeze": [(0, 0), (reach, 0), (reach, size * 0.45), (0, size)],
        "curved": [
            (0, size * 0.1),
            (reach * 0.6, -drop * 0.4),
            (reach, -drop),
            (reach * 0.95, size * 0.25),
            (reach * 0.6, size * 0.7),
            (0, size),
        ],
        "square": [(0, 0), (reach, 0), (reach, size * 0.75), (reach * 0.9, size * 0.85), (0, size)],
    }[kind]
    thick = radius * dice.between(0.04, 0.2)
    plate = extrude(outline, thick).moved(x=radius * 0.92, y=low)
    turned = dice.between(0, 90)
    for k in range(count):
        shape.add("fin", plate.rotated_deg(y=turned + 360.0 * k / count))
    shape.say(f"{NUMBER[count]} fins around the bottom")


def _engines(shape: Shape, dice: Dice, radius: float, low: float, part: str = "body") -> None:
    """Add bell-shaped nozzles below the body."""
    count = dice.whole(1, 5)
    bell = radius * (dice.between(0.35, 0.7) if count == 1 else dice.between(0.18, 0.28))
    profile = [
        (bell * 0.4, low),
        (bell * 0.65, low - bell * 0.5),
        (bell * 0.9, low - bell * 1.2),
        (bell, low - bell * 1.6),
        (bell * 0.4, low),
    ]
    nozzle = lathe(profile, 12)
    for k in range(count):
        angle = 2 * np.pi * k / count
        away = 0.0 if count == 1 else radius * 0.6
        shape.add(part, nozzle.moved(away * np.cos(angle), 0.0, away * np.sin(angle)))


def _toy(shape: Shape, dice: Dice) -> None:
    height = dice.between(1, 15)
    radius = height * dice.between(0.12, 0.24)
    shares = np.linspace(0, 1, 12)
    end, top = dice.between(0.35, 0.7), dice.between(0.45, 0.75)
    belly = dice.between(0.35, 0.6)
    widths = np.where(
        shares < belly,
        end + (1 - end) * np.sin(shares / belly * np.pi / 2),
        top + (1 - top) * np.cos((shares - belly) / (1 - belly) * np.pi / 2),
    )
    profile = [
        (0.0, 0.0),
        *((float(radius * w), float(height * s)) for w, s in zip(widths, shares, strict=True)),
    ]
    shape.add("body", lathe(profile, 20))
    _nose(shape, dice, radius * top, height, radius * dice.between(1.2, 2.4))
    count = dice.whole(3, 4)
    _fins(
        shape,
        dice,
        count,
        radius * end,
        0.0,
        height * dice.between(0.28, 0.5),
        radius * dice.between(0.9, 1.6),
    )
    for k in range(dice.whole(0, 3)):
        share = belly - 0.1 + 0.17 * k
        out = radius * float(np.interp(share, shares, widths))
        window = torus(radius * 0.25, radius * 0.06).rotated_deg(x=90).moved(0.0, height * share, out)
        shape.add(
            "body",
            window,
            superellipsoid(radius * 0.4, radius * 0.4, radius * 0.12, 1.0, (0, height * share, out), 7),
        )
    if dice.chance(0.5):
        _engines(shape, dice, radius * end, 0.0)
    shape.say("a fat round body wider in the middle")


def _spindle(shape: Shape, dice: Dice) -> None:
    height = dice.between(3, 16)
    radius = height * dice.between(0.05, 0.09)
    waist, middle = dice.between(0.45, 0.8), dice.between(0.3, 0.55)
    steps = [
        (0.0, 0.0),
        (waist, 0.0),
        (1.0, middle * 0.7),
        (1.0, middle),
        (0.9, middle * 1.25 + 0.05),
        (0.75, 0.82),
    ]
    shape.add("body", lathe([(radius * r, height * s) for r, s in steps], 20))
    _nose(shape, dice, radius * 0.75, height * 0.82, height * dice.between(0.16, 0.3))
    _fins(
        shape,
        dice,
        dice.whole(3, 4),
        radius * (waist + 0.12),
        height * 0.01,
        height * dice.between(0.2, 0.32),
        radius * dice.between(0.9, 1.6),
    )
    shape.say("a spindle-shaped body")


def _stages(shape: Shape, dice: Dice) -> None:
    height = dice.between(20, 110)
    radius = height * dice.between(0.03, 0.065)
    count = dice.whole(1, 4)
    low, now = 0.0, radius
    base_radius = radius
    for k in range(count):
        tall = height * (0.8 / count) * dice.between(0.75, 1.2)
        shape.add("body", lathe([(0.0, low), (now, low), (now, low + tall), (0.0, low + tall)], 20))
        if dice.chance(0.5):
            shape.add("body", lathe([(now * 1.05, low + tall * 0.9), (now * 1.05, low + tall)], 20))
        low += tall
        if k < count - 1:
            upper = now * dice.between(0.55, 1.0) if dice.chance(0.8) else now * 1.2
            step = abs(now - upper) + now * 0.3
            shape.add("body", lathe([(now, low), (upper, low + step)], 20))
            low, now = low + step, upper
    _nose(shape, dice, now, low, now * dice.between(1.6, 5.0))
    _engines(shape, dice, base_radius, 0.0)
    if dice.chance(0.6):
        _fins(
            shape,
            dice,
            dice.whole(3, 4),
            base_radius,
            0.0,
            base_radius * dice.between(1.0, 3.0),
            base_radius * dice.between(0.5, 1.2),
        )
    boosters = int(dice.rng.choice([0, 0, 0, 2, 4, 6]))
    if boosters:
        thick, tall = base_radius * dice.between(0.3, 0.75), height * dice.between(0.22, 0.5)
        lean = dice.chance(0.3)
        for k in range(boosters):
            tank = lathe([(thick * 0.8, -thick), (thick, 0.0), (thick * (0.5 if lean else 1.0), tall)], 14)
            cap = lathe(
                [
                    (thick * (0.5 if lean else 1.0), tall),
                    (thick * 0.3, tall + thick * 1.2),
                    (0.0, tall + thick * 1.7),
                ],
                14,
            )
            for part, mesh in (("body", tank), ("nose", cap)):
                shape.add(part, mesh.moved(x=base_radius + thick * 0.95).rotated_deg(y=360.0 * k / boosters))
        shape.say(f"{NUMBER[boosters]} boosters strapped to the sides")
    else:
        shape.say("a tall slender tower of cylinders")
    if count > 1:
        shape.say(f"{NUMBER[count]} stages on top of each other")


def _missile(shape: Shape, dice: Dice) -> None:
    height = dice.between(1.5, 10)
    radius = height * dice.between(0.02, 0.05)
    shape.add(
        "body",
        lathe(
            [(0.0, 0.0), (radius * dice.between(0.7, 1.0), 0.0), (radius, height * 0.08), (radius, height)],
            18,
        ),
    )
    _nose(shape, dice, radius, height, radius * dice.between(1.5, 5))
    _fins(
        shape,
        dice,
        dice.whole(3, 4),
        radius,
        height * dice.between(0.0, 0.03),
        height * dice.between(0.08, 0.2),
        radius * dice.between(1.2, 3.5),
    )
    if dice.chance(0.6):
        count, size = 4, height * dice.between(0.08, 0.25)
        plate = extrude([(0, 0), (radius * dice.between(1.0, 3.0), 0), (0, size)], radius * 0.1)
        for k in range(count):
            shape.add("fin", plate.moved(x=radius * 0.92, y=height * 0.5).rotated_deg(y=90.0 * k))
        shape.say("four more fins in the middle")
    shape.say("a long thin pipe of a body")


def _shuttle(shape: Shape, dice: Dice) -> None:
    height = dice.between(35, 56)
    radius = height * dice.between(0.07, 0.09)
    tank = [(0.0, 0.0), (radius * 0.8, 0.0), (radius, radius * 0.5), (radius, height * 0.78)]
    shape.add("body", lathe(tank, 20))
    shape.add(
        "nose",
        lathe(
            [
                (radius, height * 0.78),
                (radius * 0.85, height * 0.87),
                (radius * 0.4, height * 0.96),
                (0.0, height),
            ],
            20,
        ),
    )
    thin = radius * dice.between(0.38, 0.5)
    for side in (-1, 1):
        x = side * (radius + thin)
        shape.add(
            "body",
            lathe([(thin * 1.25, -radius), (thin, -radius * 0.3), (thin, height * 0.74)], 14).moved(x=x),
        )
        shape.add("nose", lathe([(thin, height * 0.74), (0.0, height * 0.74 + thin * 2.4)], 14).moved(x=x))
    deep, long = radius * dice.between(0.5, 0.65), height * dice.between(0.55, 0.68)
    z = radius + deep
    shape.add("body", superellipsoid(2 * deep, long, 2 * deep, 0.6, (0.0, long * 0.5 - radius * 0.5, z), 12))
    half = extrude(
        [
            (0, 0),
            (height * 0.2, 0),
            (height * 0.2, long * 0.12),
            (deep, long * 0.4),
            (deep * 0.6, long * 0.75),
            (0, long * 0.75),
        ],
        deep * 0.2,
    )
    shape.add("fin", half.moved(z=z - deep * 0.7), half.scaled(x=-1).moved(z=z - deep * 0.7))
    fin = extrude(
        [(0, 0), (long * 0.22, -long * 0.04), (long * 0.2, long * 0.06), (0, long * 0.25)], deep * 0.15
    )
    shape.add("fin", fin.rotated_deg(y=-90).moved(z=z + deep * 0.8))
    shape.say("a space plane with wings on its back", "a large tank between two thin boosters")


@shape_class(
    "rocket", parts=("body", "fin", "nose"), synonyms=("space rocket", "rocket ship", "launch rocket")
)
def rocket(shape: Shape, rng: Random) -> None:
    """Make a rocket: toy rockets, spindles, staged launchers with boosters, missiles and a shuttle."""
    dice = Dice(rng)
    style = dice.pick(
        "toy",
        "toy",
        "spindle",
        "stages",
        "stages",
        "missile",
        "missile",
        "shuttle" if dice.chance(0.4) else "stages",
    )
    {"toy": _toy, "spindle": _spindle, "stages": _stages, "missile": _missile, "shuttle": _shuttle}[style](
        shape, dice
    )
    if style == "toy" and dice.chance(0.25):
        high = max(float(mesh.high[1]) for mesh in shape.meshes)
        shape.add(
            "nose",
            rod((0, high, 0), (0, high * 1.12, 0), high * 0.006),
            sphere(high * 0.015, (0, high * 1.12, 0), 6),
        )
    if style == "missile" and dice.chance(0.5):
        turn(shape, x_deg=90.0)
        shape.say("lying on its side")
    else:
        shape.say("standing upright")
    set_down(shape)
