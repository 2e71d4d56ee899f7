"""Make the parts of airplanes: fuselage, wings, tail, jets, propellers and wheels; the nose points to +z."""

from collections.abc import Callable

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, ring, step, wheel
from pointclip2.worlds.shapes.mesh import Array, Mesh, lathe, loft, rod, superellipsoid
from pointclip2.worlds.shapes.shape import Shape

NUMBER = {1: "one", 2: "two", 3: "three", 4: "four"}


def fuselage(
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
    """Return a body of revolution made wide or tall, from z = +length / 2 to -length / 2.

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


def wings(
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

    Return a function that gives the leading-edge point and the chord at any distance x from the middle.
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


def tail(
    shape: Shape, dice: Dice, kind: str, z: float, y: float, size: float, thickness: float = 0.1
) -> None:
    """Add a fin and tailplane with leading-edge roots near (y, z): low, cruciform, T, twin or V."""
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
        wings(
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
    wings(
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


def jet(dice: Dice, length: float, radius: float) -> Mesh:
    """Return a hollow nacelle about the origin with its mouth at +z."""
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


def propeller(dice: Dice, radius: float, blades: int, centre: Array) -> list[Mesh]:
    """Return a spinner and its blades, turning about z."""
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


def gear(
    shape: Shape, dice: Dice, x: float, y: float, z: float, drop: float, radius: float, nose_z: float
) -> None:
    """Add two main wheels at (±x, y - drop, z) and one under the nose or tail at ``nose_z``."""
    for side, along, scale in ((x, z, 1.0), (-x, z, 1.0), (0.0, nose_z, 0.75)):
        # A tail wheel sits under the thin end of the body, so its leg starts higher and ends sooner.
        above, below = (0.0, y - drop * 0.35) if along < -5 * drop else (y, y - drop)
        foot = (side, below, along)
        shape.add("body", rod((side * 0.8, above, along), foot, radius * 0.18, 6))
        tyres = wheel(dice.rng, radius * scale, radius * 0.6 * scale, segments=12)
        shape.add("body", *(mesh.moved(*foot) for mesh in tyres))
    shape.say("landing wheels down")
