"""Make radios: dials and speakers face +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down
from pointclip2.worlds.shapes.mesh import (
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
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _speaker(dice: Dice, radius: float) -> Mesh:
    """Return a round grille or cone facing +z at z = 0."""
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
    """Return a grille of parallel bars facing +z at z = 0."""
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
    """Add a carrying handle over the top."""
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
    synonyms=("radio receiver", "radio set", "wireless set"),
)
def radio(shape: Shape, rng: Random) -> None:
    """Make a radio: portable boxes, boomboxes, table sets, cathedral ones, walkie-talkies, clock radios, towers."""
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
        for side in (-1.0, 1.0):
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
