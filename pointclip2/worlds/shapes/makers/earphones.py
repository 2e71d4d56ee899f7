"""Make earphones: the band arches over y, the cups sit at both ends of x."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step, turn
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    lathe,
    loft,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _cup(dice: Dice, radius: float, deep: float, oval: float) -> list[Mesh]:
    """Return an ear cup about the origin, its cushion towards -x and its shell towards +x."""
    crown = dice.between(0.5, 1.0)
    shell = lathe(
        [
            (radius * 0.9, 0.0),
            (radius * 0.95, deep * 0.4),
            (radius * crown * 0.75, deep * 0.85),
            (radius * 0.3, deep),
            (0.0, deep),
        ],
        20,
    )
    cushion = torus(radius * 0.75, radius * dice.between(0.2, 0.3), segments=20).moved(y=-radius * 0.12)
    parts = [shell, cushion, lathe([(0.0, 0.0), (radius * 0.9, 0.0)], 16)]
    return [part.rotated_deg(z=-90).scaled(y=oval) for part in parts]


def _wave(dice: Dice, start: Array, end: Array, sag: float, points: int = 12) -> Array:
    """Return a slack path between two points."""
    share = np.linspace(0, 1, points)[:, None]
    path = start + (end - start) * share
    swing = dice.rng.uniform(-1, 1, 3) * sag
    path = (
        path
        + np.sin(np.pi * share) * swing
        + np.sin(2 * np.pi * share) * dice.rng.uniform(-0.5, 0.5, 3) * sag
    )
    return np.asarray(path)


def _headphones(shape: Shape, dice: Dice) -> None:
    radius, deep = dice.between(0.028, 0.055), dice.between(0.015, 0.045)
    half, high = dice.between(0.055, 0.09), dice.between(0.1, 0.19)
    oval = dice.between(1.0, 1.35) if dice.chance(0.5) else 1.0
    turned = dice.between(-8, 14)
    cup = [mesh.rotated_deg(z=turned).moved(x=half) for mesh in _cup(dice, radius, deep, oval)]
    shape.add("earcup", *pair(*cup))
    angles = np.linspace(0, np.pi, 19)
    square = dice.between(0.7, 1.0)
    arch_x = (half + deep * 0.3) * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** square
    arch_y = high * np.sin(angles) ** square
    wide, thick = dice.between(0.006, 0.045), dice.between(0.003, 0.014)
    rings = []
    for x, y in zip(arch_x, arch_y, strict=True):
        out = np.array([x, y * (half / high) ** 2 + 1e-6, 0.0])
        out = out / np.linalg.norm(out)
        grow = wide * (0.55 + 0.45 * (y / high)) / 2
        centre = np.array([x, y, 0.0])
        rings.append(
            np.array(
                [
                    centre + out * thick * a + step(z=grow * b)
                    for a, b in ((0.5, -1), (0.5, 1), (-0.5, 1), (-0.5, -1))
                ]
            )
        )
    shape.add("headband", loft(rings))
    if dice.chance(0.4):
        pad = [r * [0.94, 0.95, 1.0] for r in rings[5:14]]
        shape.add("headband", loft(pad))
        shape.say("a padded band")
    if dice.chance(0.6):
        for side in (-1.0, 1.0):
            arms: list[tuple[float, float, float]] = [
                (side * (half + deep * 0.5), 0.0, radius * 0.95),
                (side * (half + deep * 0.4), radius * oval * 0.9, radius * 0.6),
                (side * (half + deep * 0.3), radius * oval * 1.25, 0.0),
            ]
            for flip in (1, -1):
                shape.add("headband", tube(np.array(arms) * [1, 1, flip], 0.004, 6))
    if dice.chance(0.3):
        mouth = (half - 0.02, -radius * 1.4, 0.1)
        mic = [(half + deep * 0.5, -radius * 0.4, 0.02), (half + deep * 0.4, -radius * 1.2, 0.06), mouth]
        shape.add("earcup", tube(mic, 0.004, 6), superellipsoid(0.014, 0.014, 0.022, 1.0, mouth, 6))
        shape.say("a thin arm with a microphone")
    if dice.chance(0.45):
        sides = (1,) if dice.chance(0.6) else (1, -1)
        join = step(dice.between(-0.03, 0.03), -dice.between(0.12, 0.3), dice.between(-0.02, 0.05))
        for side in sides:
            shape.add(
                "wire",
                tube(
                    _wave(dice, step(side * (half + deep * 0.4), -radius * oval, 0.0), join, 0.02), 0.002, 5
                ),
            )
        shape.add(
            "wire",
            tube(_wave(dice, join, join + step(0.02, -dice.between(0.05, 0.2), 0.02), 0.03), 0.0022, 5),
        )
        shape.say("a wire hanging down")
    else:
        shape.say("no wire")
    shape.say(
        "two large round cups" if radius > 0.039 else "two small round cups",
        "a wide band over the head" if wide > 0.025 else "a thin curved band over the head",
    )


def _buds(shape: Shape, dice: Dice) -> None:
    """Add two small plugs, with wires that meet in a Y, with hooks, or with none."""
    apart, size = dice.between(0.025, 0.09), dice.between(0.006, 0.011)
    stem = dice.between(0.0, 0.03) if dice.chance(0.6) else 0.0
    hook = dice.chance(0.2)
    lean = dice.between(-20, 40)
    bud = [
        lathe(
            [
                (0.0, -size),
                (size * 0.7, -size * 0.9),
                (size * 0.95, -size * 0.2),
                (size * 0.9, size * 0.4),
                (0.0, size * 0.6),
            ],
            16,
        )
    ]
    if dice.chance(0.6):
        tip = lathe(
            [
                (size * 0.35, 0.0),
                (size * 0.8, size * 0.2),
                (size * 0.65, size),
                (size * 0.3, size * 1.4),
                (0.0, size * 1.4),
            ],
            14,
        )
        bud.append(tip.moved(y=size * 0.5))
    bud = [mesh.rotated_deg(z=90).rotated_deg(y=-lean).moved(x=apart) for mesh in bud]
    if stem:
        bud.append(
            rod((apart + size * 0.3, 0, 0), (apart + size * 0.4, -stem - size, size * 0.2), size * 0.36, 8)
        )
    if hook:
        angles = np.linspace(-0.6, 3.4, 14)
        loop = np.column_stack(
            [np.full(14, apart + size * 0.5), 0.024 * np.sin(angles) + 0.012, -0.02 + 0.02 * np.cos(angles)]
        )
        bud.append(tube(loop, 0.0025, 6))
        shape.say("curved hooks around the ear")
    shape.add("earcup", *pair(*bud))
    shape.say("two tiny plugs", "short stems below the plugs" if stem > 0.008 else "round plugs")
    if dice.chance(0.8):
        low = -size - stem
        join = step(dice.between(-0.02, 0.02), low - dice.between(0.06, 0.25), dice.between(-0.03, 0.03))
        thin = dice.between(0.0009, 0.002)
        for side in (-1, 1):
            shape.add(
                "wire", tube(_wave(dice, step(side * (apart + size * 0.4), low, 0.0), join, 0.02), thin, 5)
            )
        end = join + step(dice.between(-0.05, 0.05), -dice.between(0.05, 0.25), dice.between(-0.03, 0.03))
        if dice.chance(0.3):
            turns = np.linspace(0, 2 * np.pi * dice.whole(2, 4), 60)
            coil = dice.between(0.02, 0.04)
            path = (
                np.column_stack([coil * np.sin(turns), coil * (np.cos(turns) - 1), np.linspace(0, 0.012, 60)])
                + join
            )
            shape.add("wire", tube(path, thin, 5))
            shape.say("a coiled wire")
        else:
            shape.add("wire", tube(_wave(dice, join, end, 0.03), thin, 5))
            shape.add("wire", rod(end, end + step(y=-0.02), thin * 2.2, 8))
            shape.say("thin wires joining like the letter Y")
    else:
        shape.say("no wires")
    if dice.chance(0.15):
        angles = np.linspace(0, np.pi, 15)
        path = np.column_stack(
            [(apart + size) * np.cos(angles), np.full(15, size * 0.6), -0.1 * np.sin(angles)]
        )
        shape.add("headband", tube(path, 0.0035, 6))
        shape.say("a band behind the neck")


@shape_class(
    "earphone", parts=("earcup", "headband", "wire"), synonyms=("headphones", "headset", "ear speakers")
)
def earphone(shape: Shape, rng: Random) -> None:
    """Make an earphone: headphones with a band over the head, and plugs with or without wires; some lie flat."""
    dice = Dice(rng)
    (_headphones if dice.chance(0.65) else _buds)(shape, dice)
    pose = dice.rng.random()
    if pose < 0.3:
        turn(shape, x_deg=-90.0 + (dice.between(-15, 15) if pose < 0.1 else 0.0))
        shape.say("lying flat")
    set_down(shape)
