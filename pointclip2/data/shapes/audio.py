"""Radios, and earphones of all sizes."""

import numpy as np

from pointclip2.data.shapes.mesh import (
    Array,
    Mesh,
    box,
    cylinder,
    extrude,
    lathe,
    loft,
    merge,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.data.shapes.sections import Dice, pair, ring, set_down, step, turn
from pointclip2.data.shapes.shape import Random, Shape, shape_class


def _speaker(dice: Dice, radius: float) -> Mesh:
    """A round grille or cone facing +z at z = 0."""
    if dice.chance(0.5):
        cone = lathe(
            [
                (radius, 0.0),
                (radius * 1.08, 0.012),
                (radius * 0.95, 0.012),
                (radius * 0.35, -0.01),
                (0.0, 0.004),
            ],
            20,
        )
        return cone.rotated_deg(x=90)
    rings = [torus(radius * k / 3, 0.003, segments=16).rotated_deg(x=90) for k in (1, 2, 3)]
    return merge([*rings, box(2 * radius, 0.005, 0.005), box(0.005, 2 * radius, 0.005)])


def _slots(dice: Dice, width: float, tall: float) -> Mesh:
    """A grille of parallel bars facing +z at z = 0."""
    count = dice.whole(4, 11)
    upright = dice.chance(0.4)
    bars = []
    for k in range(count):
        at = (k + 0.5) / count - 0.5
        size = (width / count * 0.5, tall, 0.008) if upright else (width, tall / count * 0.5, 0.008)
        bars.append(box(*size, (at * width, 0.0, 0.0) if upright else (0.0, at * tall, 0.0)))
    return merge(bars)


def _knob(dice: Dice, radius: float) -> Mesh:
    long = dice.between(0.008, 0.03)
    return cylinder(radius, long, radius * dice.between(0.7, 1.0), (0, long / 2, 0), 12).rotated_deg(x=90)


def _antenna(shape: Shape, dice: Dice, x: float, y: float, z: float, reach: float) -> None:
    lean = np.deg2rad(dice.between(-35, 50) * (1 if x > 0 else -1))
    end = np.array([x + reach * np.sin(lean), y + reach * np.cos(lean), z])
    shape.add(
        "antenna",
        rod((x, y - 0.01, z), end, dice.between(0.002, 0.005), 6),
        superellipsoid(0.012, 0.012, 0.012, 1.0, end, 5),
    )
    shape.say("a thin antenna sticking up")


def _handle(shape: Shape, dice: Dice, width: float, y: float, z: float) -> None:
    """A carrying handle over the top."""
    half, high = width * dice.between(0.25, 0.49), dice.between(0.03, 0.09)
    path = [
        (-half, y - 0.01, z),
        (-half, y + high * 0.8, z),
        (-half * 0.9, y + high, z),
        (half * 0.9, y + high, z),
        (half, y + high * 0.8, z),
        (half, y - 0.01, z),
    ]
    shape.add("handle", tube(path, dice.between(0.005, 0.012), 8))
    shape.say("a handle on top")


@shape_class(
    "radio",
    parts=("body", "speaker", "knob", "antenna", "handle"),
    synonyms=("transistor radio", "boombox", "radio receiver"),
)
def radio(shape: Shape, rng: Random) -> None:
    """Portable boxes, boomboxes, rounded table sets, cathedral ones, walkie-talkies, clock radios, towers."""
    dice = Dice(rng)
    style = dice.pick(
        "portable", "portable", "portable", "boombox", "table", "table", "arch", "walkie", "clock", "tower"
    )
    width, tall, deep = {
        "portable": (dice.between(0.14, 0.34), dice.between(0.1, 0.22), dice.between(0.04, 0.1)),
        "boombox": (dice.between(0.38, 0.65), dice.between(0.17, 0.3), dice.between(0.1, 0.2)),
        "table": (dice.between(0.2, 0.5), dice.between(0.14, 0.32), dice.between(0.12, 0.25)),
        "arch": (dice.between(0.25, 0.38), dice.between(0.34, 0.5), dice.between(0.18, 0.28)),
        "walkie": (dice.between(0.05, 0.08), dice.between(0.11, 0.2), dice.between(0.03, 0.05)),
        "clock": (dice.between(0.15, 0.26), dice.between(0.05, 0.1), dice.between(0.12, 0.18)),
        "tower": (dice.between(0.1, 0.2), dice.between(0.25, 0.6), dice.between(0.1, 0.2)),
    }[style]
    front = deep / 2
    soft = dice.between(0.08, 0.5)
    if style == "arch":
        angles = np.linspace(0, np.pi, 13)
        point = dice.between(0.8, 1.2)
        arc = np.column_stack(
            [width / 2 * np.cos(angles), tall * 0.52 + tall * 0.48 * np.sin(angles) ** point]
        )
        outline = np.concatenate([arc, [[-width / 2, 0.0], [width / 2, 0.0]]])
        shape.add(
            "body",
            extrude(outline, deep),
            box(width * 1.08, tall * 0.06, deep * 1.1, (0.0, tall * 0.03, 0.0)),
        )
        shape.say("a box with a round arched top")
    elif style == "clock":
        rings = [
            ring(width, tall * h, (0.0, tall * h / 2, z), roundness=soft)
            for z, h in ((-front, 0.55), (-front * 0.3, 1.0), (front, dice.between(0.6, 1.0)))
        ]
        shape.add("body", loft(rings))
        shape.say("a low wedge-shaped box")
    else:
        body = superellipsoid(width, tall, deep, soft, (0.0, tall / 2, 0.0), 12)
        shape.add("body", body)
        shape.say("a box with rounded edges" if soft > 0.25 else "a straight box")
    grille = tall * dice.between(0.26, 0.4)
    if style == "boombox":
        for side in (-1, 1):
            shape.add(
                "speaker",
                _speaker(dice, min(grille, width * 0.17)).moved(side * width * 0.32, tall * 0.48, front),
            )
        shape.add("body", box(width * 0.26, tall * 0.35, 0.012, (0.0, tall * 0.4, front)))
        shape.add(
            "knob",
            *(
                box(width * 0.035, 0.012, 0.02, ((k - 2.5) * width * 0.045, tall * 0.12, front))
                for k in range(6)
            ),
        )
        shape.say("two round speakers in front")
    elif style in ("arch", "walkie", "tower"):
        wide, high = width * dice.between(0.5, 0.8), tall * dice.between(0.25, 0.4)
        mesh = _slots(dice, wide, high) if dice.chance(0.6) else _speaker(dice, width * 0.36)
        low = style != "arch"
        shape.add("speaker", mesh.moved(y=tall * (0.3 if low else 0.66), z=front))
        shape.add("body", box(width * 0.6, tall * 0.12, 0.008, (0.0, tall * (0.7 if low else 0.3), front)))
    elif style != "clock":
        side = 1.0 if dice.chance(0.5) else -1.0
        if dice.chance(0.5):
            shape.add(
                "speaker",
                _speaker(dice, min(grille, width * 0.24)).moved(side * width * 0.23, tall * 0.47, front),
            )
            shape.say("a round speaker on one side")
        else:
            shape.add(
                "speaker",
                _slots(dice, width * dice.between(0.38, 0.5), tall * dice.between(0.4, 0.7)).moved(
                    side * width * 0.22, tall * 0.5, front
                ),
            )
            shape.say("a grille of thin bars")
        shape.add(
            "body",
            box(
                width * 0.36, tall * dice.between(0.1, 0.3), 0.008, (-side * width * 0.24, tall * 0.7, front)
            ),
        )
    else:
        shape.add(
            "speaker",
            _slots(dice, width * 0.5, deep * 0.3)
            .rotated_deg(x=-90)
            .moved(width * 0.1, tall * 0.9, -front * 0.2),
        )
        shape.add("body", box(width * 0.6, tall * 0.4, 0.006, (0.0, tall * 0.35, front)))
    count = dice.whole(1, 4) if style != "boombox" else dice.whole(0, 2)
    size = min(width, tall) * dice.between(0.05, 0.11)
    for k in range(count):
        x = (k - (count - 1) / 2) * size * 2.8
        if style == "walkie" or (style == "portable" and dice.chance(0.3)):
            shape.add("knob", cylinder(size, 0.02, centre=(x, tall, 0.0), segments=10))
        elif style == "clock":
            shape.add("knob", box(size * 2, 0.012, size, (x, tall, -front * 0.3)))
        else:
            shape.add(
                "knob",
                _knob(dice, size).moved(
                    x, tall * 0.16 + (0.05 * tall if style == "tower" else 0.0), front * 0.98
                ),
            )
    if count > 1:
        shape.say(f"{({2: 'two', 3: 'three', 4: 'four'})[count]} small knobs")
    if style == "walkie":
        shape.add("antenna", cylinder(0.009, tall * 0.7, 0.006, (width * 0.3, tall * 1.3, 0.0), 10))
        shape.say("a thick short antenna", "a small upright box to hold in one hand")
    elif dice.chance({"portable": 0.75, "boombox": 0.6}.get(style, 0.15)):
        x = width * (0.02 if style == "arch" else 0.42) * (1 if dice.chance(0.5) else -1)
        _antenna(shape, dice, x, tall * 0.96, -deep * 0.3, dice.between(0.15, 0.5))
    if style in ("portable", "boombox") and dice.chance(0.65):
        _handle(shape, dice, width, tall, 0.0)
    if style in ("table", "arch", "tower") and dice.chance(0.5):
        leg = cylinder(0.008, 0.03 + dice.between(0, 0.06), 0.012, segments=8)
        shape.add(
            "body", *pair(leg.moved(width * 0.4, 0.0, front * 0.7), leg.moved(width * 0.4, 0.0, -front * 0.7))
        )
        shape.say("four short feet")
    shape.say(
        "wider than tall"
        if width > 1.1 * tall
        else "taller than wide"
        if tall > 1.1 * width
        else "about as wide as tall"
    )
    set_down(shape)


def _cup(dice: Dice, radius: float, deep: float, oval: float) -> list[Mesh]:
    """An ear cup about the origin, its cushion towards -x and its shell towards +x."""
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
    """A slack path between two points."""
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
    radius, deep = dice.between(0.028, 0.05), dice.between(0.015, 0.04)
    half, high = dice.between(0.06, 0.085), dice.between(0.12, 0.19)
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
        for side in (-1, 1):
            arms = [
                (side * (half + deep * 0.5), 0.0, radius * 0.95),
                (side * (half + deep * 0.4), radius * oval * 0.9, radius * 0.6),
                (side * (half + deep * 0.3), radius * oval * 1.25, 0.0),
            ]
            for flip in (1, -1):
                shape.add("headband", tube(np.array(arms) * [1, 1, flip], 0.004, 6))
    if dice.chance(0.3):
        mouth = np.array([half - 0.02, -radius * 1.4, 0.1])
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
    """Two small plugs, with wires that meet in a Y, with hooks, or with none."""
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


@shape_class("earphone", parts=("earcup", "headband", "wire"), synonyms=("headphones", "headset", "earbuds"))
def earphone(shape: Shape, rng: Random) -> None:
    """Headphones with a band over the head, and plugs with or without wires; some lie flat."""
    dice = Dice(rng)
    (_headphones if dice.chance(0.65) else _buds)(shape, dice)
    if dice.chance(0.12):
        turn(shape, x_deg=-90.0)
        shape.say("lying flat")
    set_down(shape)
