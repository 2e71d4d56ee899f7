"""Make pistols: the muzzle points to +z; slide, frame and cock count as barrel, the guard as trigger."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down, step, turn
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    box,
    cylinder,
    lathe,
    loft,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _along(radius: float, length: float, front: float, y: float, hollow: bool = True) -> Mesh:
    """Return a barrel whose muzzle is at z = ``front``."""
    bore = radius * 0.55
    profile = [(0.0, -length), (radius, -length), (radius, 0.0)]
    profile += (
        [(bore, 0.0), (bore, -min(length * 0.3, 0.03)), (0.0, -min(length * 0.3, 0.03))]
        if hollow
        else [(0.0, 0.0)]
    )
    return lathe(profile, 14).rotated_deg(x=90).moved(y=y, z=front)


def _grip(
    dice: Dice, top: Array, lean_deg: float, length: float, deep: float, wide: float, curved: float
) -> Mesh:
    """Return a handle going down from ``top`` and back, ``curved`` metres off a straight line at its middle."""
    rings = []
    flare = dice.between(0.95, 1.25)
    for share in np.linspace(0, 1, 7):
        back = np.tan(np.deg2rad(lean_deg)) * length * share + curved * np.sin(np.pi * share)
        swell = 1.0 + 0.12 * np.sin(np.pi * share)
        centre = top + np.array([0.0, -length * share, -back])
        rings.append(
            ring(
                wide * swell,
                deep * (1 + (flare - 1) * share),
                centre,
                axis=1,
                roundness=_roundness(wide, deep),
                count=14,
            )
        )
    return loft(rings)


def _roundness(wide: float, deep: float) -> float:
    """Return how round a grip is: slender grips are rounder."""
    return 0.45 + 0.4 * min(wide / deep, 1.0)


def _guard(dice: Dice, front: float, back: float, y: float, deep: float) -> list[Mesh]:
    """Return the trigger and the loop around it, between z = ``front`` and ``back``, hanging from ``y``."""
    if dice.chance(0.35):
        path = [
            (0.0, y, front),
            (0.0, y - deep, front - 0.002),
            (0.0, y - deep, back + 0.01),
            (0.0, y - deep * 0.7, back),
        ]
    else:
        angles = np.linspace(0, np.pi, 9)
        middle, half = (front + back) / 2, (front - back) / 2
        path = [(0.0, y - deep * float(np.sin(a)), middle + half * float(np.cos(a))) for a in angles]
    z = front + (back - front) * dice.between(0.45, 0.65)
    trigger = tube(
        [(0, y, z), (0, y - deep * 0.35, z - 0.004), (0, y - deep * 0.75, z + 0.003)],
        np.array([0.005, 0.004, 0.003]) * dice.between(0.8, 1.4),
        6,
    )
    strap = tube(path, dice.between(0.0018, 0.004), 6).scaled(x=dice.between(1.0, 3.0))
    return [strap, trigger.scaled(x=dice.between(1.2, 2.5))]


def _automatic(shape: Shape, dice: Dice) -> None:
    length, tall, wide = dice.between(0.14, 0.24), dice.between(0.024, 0.034), dice.between(0.02, 0.032)
    frame = tall * dice.between(0.6, 0.9)
    slide = superellipsoid(wide, tall, length, dice.between(0.1, 0.45), (0.0, tall / 2, 0.0), 8)
    short = length * dice.between(0.7, 1.0)
    shape.add(
        "barrel", slide, box(wide * 0.9, frame, short, (0.0, -frame / 2 + 0.002, (length - short) * -0.5))
    )
    shape.add(
        "barrel",
        _along(
            tall * 0.25, 0.02 + dice.between(0.0, 0.03), length / 2 + dice.between(0.0, 0.03), tall * 0.55
        ),
    )
    shape.add(
        "barrel",
        box(0.004, 0.006, 0.008, (0.0, tall + 0.002, length * 0.46)),
        box(wide * 0.5, 0.007, 0.008, (0.0, tall + 0.002, -length * 0.45)),
    )
    for k in range(dice.whole(0, 6)):
        shape.add(
            "barrel", *pair(box(0.002, tall * 0.8, 0.002, (wide / 2, tall / 2, -length * 0.32 - 0.006 * k)))
        )
    deep, lean = dice.between(0.042, 0.056), dice.between(5, 24)
    top = np.array([0.0, -frame * 0.3, -length / 2 + deep * dice.between(0.5, 0.65)])
    long = dice.between(0.085, 0.12)
    shape.add(
        "handle",
        _grip(dice, top, lean, long, deep, wide * dice.between(0.95, 1.25), dice.between(-0.004, 0.004)),
    )
    foot = top + np.array([0.0, -long, -np.tan(np.deg2rad(lean)) * long])
    if dice.chance(0.6):
        shape.add("handle", box(wide * 1.05, 0.012 if dice.chance(0.8) else 0.06, deep * 1.08, foot))
    start = float(top[2]) + deep * 0.5
    shape.add(
        "trigger",
        *_guard(dice, start + dice.between(0.04, 0.055), start - 0.004, -frame, dice.between(0.024, 0.034)),
    )
    if dice.chance(0.4):
        shape.add("barrel", rod((0, tall * 0.5, -length / 2), (0, tall * 1.0, -length / 2 - 0.01), 0.003, 6))
    extra = dice.pick("none", "none", "silencer", "rail", "none")
    if extra == "silencer":
        long = dice.between(0.1, 0.2)
        shape.add(
            "barrel", _along(tall * dice.between(0.45, 0.6), long, length / 2 + long - 0.004, tall * 0.55)
        )
        shape.say("a long tube in front of the muzzle")
    elif extra == "rail":
        shape.add(
            "barrel",
            superellipsoid(wide, 0.025, 0.06, 0.4, (0.0, -frame - 0.009, short - length / 2 - 0.03), 7),
        )
        shape.say("a small box under the front")
    shape.say("a flat box-shaped top", "a slanted handle" if lean > 13 else "a nearly upright handle")


def _revolver(shape: Shape, dice: Dice) -> None:
    barrel, thin = dice.between(0.05, 0.22), dice.between(0.008, 0.012)
    drum, drum_long = dice.between(0.017, 0.024), dice.between(0.035, 0.048)
    y = drum * 0.45
    shape.add("barrel", _along(thin, barrel + 0.01, drum_long / 2 + 0.008 + barrel, y))
    if dice.chance(0.6):
        under = box(thin * 1.3, thin, barrel * dice.between(0.5, 1.0))
        shape.add("barrel", under.moved(y=y - thin * 1.3, z=drum_long / 2 + barrel * 0.4))
    flutes = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    radius = drum * (1 - 0.06 * (np.cos(6 * flutes) > 0.3))
    outline = np.column_stack([radius * np.cos(flutes), radius * np.sin(flutes), np.zeros(36)])
    shape.add("barrel", loft([outline + step(z=-drum_long / 2), outline + step(z=drum_long / 2)]))
    wide = drum * dice.between(0.9, 1.2)
    bottom, top = -drum - 0.004, drum + 0.004
    back = -drum_long / 2 - 0.012
    shape.add(
        "barrel",
        box(wide, 0.007, drum_long + 0.03, (0, bottom, 0)),
        box(wide, 2 * drum, 0.014, (0, 0, drum_long / 2 + 0.009)),
    )
    if dice.chance(0.8):
        shape.add("barrel", box(wide * 0.6, 0.006, drum_long + 0.03, (0, top, 0)))
    shape.add("barrel", superellipsoid(wide, 2 * drum + 0.01, 0.035, 0.6, (0, -0.002, back - 0.008), 8))
    shape.add("barrel", box(0.003, 0.008, 0.012, (0, y + thin + 0.003, drum_long / 2 + barrel - 0.004)))
    shape.add(
        "barrel",
        tube(
            [(0, drum * 0.6, back - 0.018), (0, drum * 1.1, back - 0.026), (0, drum * 1.2, back - 0.036)],
            0.004,
            6,
        ),
    )
    deep = dice.between(0.03, 0.042)
    top_point = np.array([0.0, -drum * 0.3, back - 0.014])
    grip = _grip(
        dice,
        top_point,
        dice.between(18, 42),
        dice.between(0.07, 0.105),
        deep,
        dice.between(0.022, 0.034),
        dice.between(-0.014, 0.004),
    )
    shape.add("handle", grip)
    shape.add("trigger", *_guard(dice, drum_long / 2 - 0.002, back - 0.01, bottom, dice.between(0.022, 0.03)))
    shape.say(
        "a round drum in the middle",
        "a long thin barrel" if barrel > 0.12 else "a short barrel",
        "a curved handle",
    )


def _flintlock(shape: Shape, dice: Dice) -> None:
    length = dice.between(0.18, 0.34)
    thin = dice.between(0.008, 0.013)
    barrel = lathe(
        [
            (0.0, -length),
            (thin * 1.3, -length),
            (thin, 0.0),
            (thin * 1.15, 0.004),
            (thin * 0.6, 0.006),
            (0.0, -0.02),
        ],
        10,
    )
    shape.add("barrel", barrel.rotated_deg(x=90).moved(y=thin, z=length))
    stock = superellipsoid(thin * 2.6, thin * 2.2, length * dice.between(0.65, 0.95), 0.6, detail=8)
    shape.add("barrel", stock.moved(y=-thin * 0.4, z=length * 0.4))
    curve = [
        (0.0, 0.0, 0.02),
        (0.0, -0.006, -0.03),
        (0.0, -0.03, -0.075),
        (0.0, -0.075, -0.11),
        (0.0, -0.12, -0.115),
    ]
    shape.add(
        "handle",
        tube(
            np.array(curve) * [1, dice.between(0.7, 1.1), dice.between(0.8, 1.1)],
            [thin * 1.5, thin * 1.5, thin * 1.2, thin * 1.3, thin * 1.5],
            10,
        ),
    )
    knob = shape.meshes[-1].low[1]
    if dice.chance(0.6):
        shape.add(
            "handle", superellipsoid(thin * 4, thin * 2.6, thin * 4, 1.0, (0.0, float(knob), -0.105), 8)
        )
        shape.say("a round knob at the end of the handle")
    shape.add("trigger", *_guard(dice, 0.05, 0.0, -thin * 1.4, 0.026))
    hammer = tube(
        [(thin * 1.4, thin, 0.0), (thin * 1.5, thin * 2.6, -0.012), (thin * 1.4, thin * 3.6, 0.002)], 0.004, 6
    )
    shape.add("barrel", hammer, box(0.006, 0.02, 0.004, (thin * 1.4, thin * 2.4, 0.025)))
    if dice.chance(0.5):
        shape.add("barrel", rod((0, -thin * 2, length * 0.2), (0, -thin * 1.6, length * 0.92), 0.003, 6))
    if dice.chance(0.15):
        shape.add("barrel", barrel.rotated_deg(x=90).moved(y=thin * 3.2, z=length))
        shape.say("two barrels one above the other")
    shape.say("a long thin barrel", "a strongly curved handle")


def _slim(shape: Shape, dice: Dice) -> None:
    """Add a bare barrel before a box: old military pistols, target pistols, machine pistols."""
    barrel, thin = dice.between(0.06, 0.2), dice.between(0.006, 0.011)
    core, tall, wide = dice.between(0.08, 0.15), dice.between(0.03, 0.05), dice.between(0.02, 0.034)
    shape.add("barrel", _along(thin, barrel, core / 2 + barrel, tall * dice.between(0.1, 0.3)))
    shape.add("barrel", superellipsoid(wide, tall, core, dice.between(0.15, 0.6), detail=8))
    shape.add("barrel", box(0.003, 0.01, 0.008, (0.0, tall * 0.2 + thin + 0.004, core / 2 + barrel - 0.006)))
    if dice.chance(0.5):
        magazine = box(wide * 0.75, dice.between(0.04, 0.14), 0.035)
        shape.add("barrel", magazine.moved(y=-tall / 2 - 0.02, z=core * 0.36))
        shape.say("a box hanging in front of the trigger")
    lean = dice.between(5, 38)
    top = np.array([0.0, -tall * 0.2, -core / 2 + 0.025])
    shape.add(
        "handle",
        _grip(
            dice,
            top,
            lean,
            dice.between(0.08, 0.11),
            dice.between(0.036, 0.05),
            wide * 1.05,
            dice.between(-0.01, 0.004),
        ),
    )
    shape.add("trigger", *_guard(dice, float(top[2]) + 0.07, float(top[2]) + 0.016, -tall / 2, 0.026))
    if dice.chance(0.35):
        tube_ = (
            cylinder(0.014, dice.between(0.08, 0.16), 0.017, segments=12)
            .rotated_deg(x=90)
            .moved(y=tall / 2 + 0.028)
        )
        shape.add("barrel", tube_, box(0.008, 0.03, 0.02, (0.0, tall / 2 + 0.012, 0.0)))
        shape.say("a sighting tube on top")
    shape.say("a thin bare barrel in front of a box", "a slanted handle" if lean > 18 else "a steep handle")


def _ray(shape: Shape, dice: Dice) -> None:
    length, fat = dice.between(0.1, 0.16), dice.between(0.025, 0.045)
    shape.add("barrel", superellipsoid(fat * 1.6, fat * 1.8, length, dice.between(0.6, 1.0), detail=10))
    reach = dice.between(0.06, 0.14)
    shape.add("barrel", _along(fat * 0.3, reach, length / 2 + reach - 0.01, 0.0))
    for k in range(dice.whole(1, 4)):
        hoop = torus(fat * (0.75 - 0.12 * k), 0.005, segments=16).rotated_deg(x=90)
        shape.add("barrel", hoop.moved(z=length * 0.4 + reach * 0.22 * k))
    if dice.chance(0.6):
        shape.add(
            "barrel",
            superellipsoid(fat * 0.2, fat * 1.2, length * 0.6, 0.8, (0.0, fat * 0.9, -length * 0.2), 8),
        )
    top = np.array([0.0, -fat * 0.5, -length * 0.25])
    shape.add(
        "handle",
        _grip(
            dice, top, dice.between(8, 30), dice.between(0.08, 0.11), 0.04, 0.03, dice.between(-0.008, 0.004)
        ),
    )
    shape.add("trigger", *_guard(dice, float(top[2]) + 0.065, float(top[2]) + 0.012, -fat * 0.78, 0.025))
    shape.say("a bulging round body", "rings around the barrel")


@shape_class(
    "pistol", parts=("barrel", "handle", "trigger"), synonyms=("handgun", "sidearm", "hand-held firearm")
)
def pistol(shape: Shape, rng: Random) -> None:
    """Make a pistol: automatics, revolvers, flintlocks, slim old ones and toy ray guns; some lie on one side."""
    dice = Dice(rng)
    makers = (_automatic, _revolver, _flintlock, _slim, _ray)
    makers[int(rng.choice(len(makers), p=(0.42, 0.27, 0.1, 0.15, 0.06)))](shape, dice)
    if dice.chance(0.1):
        turn(shape, z_deg=90.0)
        shape.say("lying on its side")
    set_down(shape)
