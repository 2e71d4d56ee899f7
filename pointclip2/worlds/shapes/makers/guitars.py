"""Make guitars: upright on the lower end of the body, strings to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, turn
from pointclip2.worlds.shapes.mesh import (
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
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _outline(dice: Dice, height: float, width: float, waist: float, upper: float) -> Array:
    """Return half widths of a figure eight at 28 heights from its bottom: columns (height, half width)."""
    keys = np.array([0.0, 0.03, 0.12, 0.28, 0.42, 0.58, 0.7, 0.85, 0.95, 1.0])
    low = dice.between(0.9, 1.0)
    widths = np.array(
        [0.15, 0.5, 0.87, 1.0, low, waist, (waist + upper) / 2 + 0.03, upper, upper * 0.72, 0.2]
    )
    shares = np.unique(np.concatenate([np.linspace(0, 1, 20), [0.01, 0.03, 0.06, 0.94, 0.97, 0.99]]))
    # Cosine-eased steps between the keys: smooth, and never wider than the keys.
    index = np.clip(np.searchsorted(keys, shares, side="right") - 1, 0, len(keys) - 2)
    part = (shares - keys[index]) / (keys[index + 1] - keys[index])
    eased = np.where(
        (index == 0) | (index == len(keys) - 2), np.sqrt(np.maximum(part, 0)), (1 - np.cos(np.pi * part)) / 2
    )
    eased = np.where(index == len(keys) - 2, 1 - np.sqrt(np.maximum(1 - part, 0)), eased)
    half = widths[index] + (widths[index + 1] - widths[index]) * eased
    return np.column_stack([shares * height, half * width / 2])


def _plate(left: Array, right: Array, y: Array, depth: float, bulge: float) -> Mesh:
    """Return a solid between two contours with faces that bulge by ``bulge`` at +z and -z."""
    across = np.linspace(0, 1, 7)
    x = -left[:, None] + (left + right)[:, None] * across
    swell = bulge * np.sin(np.pi * across)[None, :] * np.sin(np.pi * np.linspace(0, 1, len(y)))[:, None]
    front = np.stack(np.broadcast_arrays(x, y[:, None], depth / 2 + swell), axis=-1)
    back = np.stack(np.broadcast_arrays(x, y[:, None], -depth / 2 - swell), axis=-1)
    ring = np.concatenate([front, back[:, ::-1]], axis=1)
    return loft(list(ring))


def _horn(dice: Dice, x: float, y: float, reach: float, width: float, depth: float) -> Mesh:
    """Return a flattened tapering horn that curves up and a little outwards."""
    shares = np.linspace(0, 1, 7)
    lean = dice.between(-0.1, 0.3) * np.sign(x)
    path = np.column_stack([x + lean * reach * shares**2, y + reach * shares, np.zeros(7)])
    horn = tube(path, width * np.sqrt(1.02 - shares**2) * 0.5, 10)
    flat = horn.vertices.copy()
    flat[:, 2] = np.clip(flat[:, 2] * 8, -depth / 2, depth / 2)
    return Mesh(flat, horn.faces)


def _body(shape: Shape, dice: Dice, style: str, height: float, width: float, depth: float) -> None:
    """Add the corpus with its lower end at y = 0."""
    if style == "banjo":
        drum = lathe(
            [
                (0.0, -depth / 2),
                (width / 2, -depth / 2),
                (width / 2, depth / 2),
                (width * 0.46, depth / 2),
                (width * 0.45, depth * 0.42),
                (0.0, depth * 0.42),
            ],
            28,
        )
        shape.add("body", drum.rotated_deg(x=90).moved(y=width / 2))
        shape.say("a round drum for a body")
        return
    if style == "vee":
        arm = height * dice.between(0.9, 1.1)
        for side in (-1, 1):
            wing = extrude(
                [
                    (-width * 0.16, arm * 0.55),
                    (width * 0.16, arm * 0.5),
                    (width * 0.12, -arm * 0.45),
                    (-width * 0.1, -arm * 0.5),
                ],
                depth,
            )
            shape.add(
                "body",
                wing.rotated_deg(z=side * dice.between(18, 28)).moved(x=side * width * 0.22, y=height * 0.5),
            )
        shape.say("a body like the letter V")
        return
    if style == "star":
        outline = [
            (-0.5, 0.05),
            (-0.1, 0.18),
            (0.35, 0.0),
            (0.28, 0.4),
            (0.5, 0.95),
            (0.12, 0.8),
            (-0.12, 0.8),
            (-0.42, 0.9),
            (-0.25, 0.45),
        ]
        jitter = dice.rng.uniform(-0.04, 0.04, (len(outline), 2))
        shape.add("body", extrude((np.array(outline) + jitter) * [width * 1.15, height], depth))
        shape.say("an angular body with sharp corners")
        return
    waist, upper = dice.between(0.58, 0.82), dice.between(0.66, 0.86)
    contour = _outline(dice, height, width, waist, upper)
    y, left, right = contour[:, 0], contour[:, 1].copy(), contour[:, 1].copy()
    double = style == "electric" and dice.chance(0.6)
    cutaway = style != "electric" and style != "ukulele" and dice.chance(0.35)
    neck_half = width * 0.09
    if double or (style == "electric") or cutaway:
        bite = np.clip((y / height - dice.between(0.68, 0.8)) / 0.12, 0, 1)
        right = right * (1 - bite) + np.minimum(right, neck_half) * bite
        if double:
            left = left * (1 - bite) + np.minimum(left, neck_half) * bite
            long = height * dice.between(0.18, 0.34)
            shape.add("body", _horn(dice, -width * 0.26, height * 0.7, long, width * 0.2, depth * 0.96))
            shape.say("two horns beside the neck")
        if double or dice.chance(0.7):
            shape.add(
                "body",
                _horn(
                    dice,
                    width * 0.27,
                    height * 0.68,
                    height * dice.between(0.1, 0.24),
                    width * 0.2,
                    depth * 0.96,
                ),
            )
        if not double:
            shape.say("one curved cutaway beside the neck")
    else:
        shape.say("a body like a figure eight with a narrow waist")
    bulge = depth * dice.between(0.0, 0.12) if style in ("electric", "hollow") else depth * 0.04
    if dice.chance(0.4):
        tilt = dice.between(0.0, 0.12)
        left, right = left * (1 - tilt), right * (1 + tilt)
    shape.add("body", _plate(left, right, y, depth, bulge))
    _face(shape, dice, style, height, width, depth / 2 + bulge)


def _face(shape: Shape, dice: Dice, style: str, height: float, width: float, z: float) -> None:
    """Add sound hole, bridge, pickups and knobs on the front."""
    if style in ("acoustic", "ukulele"):
        hole = width * dice.between(0.11, 0.15)
        ring = lathe(
            [
                (hole, -0.002),
                (hole * 1.2, -0.002),
                (hole * 1.2, 0.002),
                (hole, 0.002),
                (hole * 0.95, -0.012),
                (0.0, -0.012),
            ],
            20,
        )
        shape.add("body", ring.rotated_deg(x=90).moved(y=height * dice.between(0.6, 0.68), z=z))
        shape.add("body", box(width * 0.42, 0.028, 0.012, (0.0, height * 0.27, z + 0.004)))
        shape.say("a round sound hole")
        return
    shape.add("body", box(width * 0.26, 0.035, 0.02, (0.0, height * dice.between(0.22, 0.3), z)))
    for k in range(dice.whole(1, 3)):
        shape.add("body", box(width * 0.24, 0.03, 0.016, (0.0, height * (0.4 + 0.13 * k), z)))
    for k in range(dice.whole(1, 4)):
        knob = cylinder(0.012, 0.02, 0.009, segments=8).rotated_deg(x=90)
        shape.add("body", knob.moved(width * (0.24 + 0.06 * (k % 2)), height * (0.12 + 0.08 * k), z))
    if style == "hollow":
        curve = np.array(
            [[-0.03, -0.5, 0], [0.02, -0.42, 0], [0.0, 0, 0], [-0.02, 0.42, 0], [0.03, 0.5, 0]]
        ) * [width, height * 0.3, 1]
        for side in (-1, 1):
            shape.add(
                "body", tube(curve * [side, 1, 1] + [side * width * 0.3, height * 0.36, z - 0.004], 0.006, 5)
            )
        shape.say("two curved sound slots")
    else:
        shape.say("small knobs on the front")


def _head(shape: Shape, dice: Dice, y: float, z: float, wide: float, strings: int) -> None:
    """Add the headstock with its tuning pegs, tilted back."""
    tall, thick = dice.between(0.13, 0.22), dice.between(0.014, 0.022)
    kind = dice.pick("both", "both", "slots", "line", "point", "none" if dice.chance(0.3) else "line")
    if kind == "none":
        shape.add("head", box(wide * 1.1, 0.04, 0.03, (0.0, y + 0.02, z)))
        shape.say("hardly any head")
        return
    flare = wide * dice.between(1.3, 1.9)
    outline = {
        "both": [
            (-wide / 2, 0),
            (wide / 2, 0),
            (flare / 2, tall * 0.25),
            (flare * 0.46, tall),
            (0, tall * dice.between(0.9, 1.05)),
            (-flare * 0.46, tall),
            (-flare / 2, tall * 0.25),
        ],
        "slots": [
            (-wide / 2, 0),
            (wide / 2, 0),
            (flare / 2, tall * 0.15),
            (flare / 2, tall),
            (-flare / 2, tall),
            (-flare / 2, tall * 0.15),
        ],
        "line": [
            (-wide / 2, 0),
            (wide / 2, 0),
            (wide * 0.6, tall * 0.3),
            (wide * 0.7, tall * 1.0),
            (wide * 0.1, tall * 1.15),
            (-wide, tall * 0.95),
            (-wide * 0.95, tall * 0.2),
        ],
        "point": [
            (-wide / 2, 0),
            (wide / 2, 0),
            (flare / 2, tall * 0.3),
            (wide * 0.1, tall * 1.3),
            (-flare / 2, tall * 0.8),
        ],
    }[kind]
    pieces = [extrude(outline, thick)]
    one_side = kind in ("line", "point") or strings == 5
    rows = strings if one_side else (strings + 1) // 2
    for k in range(rows):
        level = tall * (0.22 + 0.68 * k / max(rows - 1, 1))
        for side in (-1.0,) if one_side else (-1.0, 1.0):
            x = side * (flare / 2 if kind != "line" else wide)
            pieces.append(rod((x * 0.8, level, 0), (x + side * 0.016, level, 0), 0.003, 5))
            pieces.append(superellipsoid(0.01, 0.016, 0.012, 1.0, (x + side * 0.022, level, 0.0), 5))
            pieces.append(rod((x * 0.65, level, 0), (x * 0.65, level, 0.02), 0.004, 5))
    tilt = -dice.between(3, 16)
    shape.add("head", merge(pieces).rotated_deg(x=tilt).moved(y=y, z=z))


@shape_class(
    "guitar",
    parts=("head", "neck", "body"),
    synonyms=("fretted string instrument", "guitar with a long neck"),
)
def guitar(shape: Shape, rng: Random) -> None:
    """Make a guitar: acoustic or hollow, electric with horns, V and star bodies, basses, ukuleles, banjos."""
    dice = Dice(rng)
    style = dice.pick(
        "acoustic",
        "acoustic",
        "acoustic",
        "electric",
        "electric",
        "electric",
        "hollow",
        "vee",
        "star",
        "ukulele",
        "banjo",
    )
    bass = style in ("electric", "star", "vee") and dice.chance(0.25)
    scale = dice.between(0.5, 0.75) if style == "ukulele" else 1.0
    height = scale * (
        dice.between(0.46, 0.54) if style in ("acoustic", "hollow") else dice.between(0.36, 0.48)
    )
    width = scale * (
        dice.between(0.35, 0.42) if style in ("acoustic", "hollow") else dice.between(0.29, 0.36)
    )
    depth = scale * {
        "acoustic": dice.between(0.08, 0.125),
        "hollow": dice.between(0.04, 0.08),
        "ukulele": dice.between(0.08, 0.11),
        "banjo": dice.between(0.06, 0.1),
    }.get(style, dice.between(0.03, 0.05))
    _body(shape, dice, style, height, width, depth)
    face = depth / 2 + (0.004 if style != "banjo" else 0.0)
    reach = scale * (dice.between(0.55, 0.66) if bass else dice.between(0.36, 0.46))
    top = (width if style == "banjo" else height) + reach
    foot = height * dice.between(0.66, 0.75)
    low_wide, high_wide = (
        dice.between(0.052, 0.062) * max(scale, 0.8),
        dice.between(0.04, 0.05) * max(scale, 0.8),
    )
    thick = dice.between(0.018, 0.026)
    levels = [(foot, low_wide, thick * 1.2), (height * 0.95, low_wide, thick * 1.2), (top, high_wide, thick)]
    rings = []
    for y, wide, deep in levels:
        angles = np.linspace(np.pi, 2 * np.pi, 7)
        rounded = np.column_stack([wide / 2 * np.cos(angles), np.full(7, y), face + deep * np.sin(angles)])
        rings.append(np.concatenate([rounded, [[wide / 2, y, face + 0.008], [-wide / 2, y, face + 0.008]]]))
    shape.add("neck", loft(rings))
    if dice.chance(0.5):
        frets = top - (top - foot) * (1 - 0.944 ** np.arange(1, 19)) * 1.4
        shape.add(
            "neck",
            merge([box(high_wide, 0.003, 0.004, (0.0, float(y), face + 0.009)) for y in frets if y > foot]),
        )
    strings = 4 if bass or style == "ukulele" else (5 if style == "banjo" else 6)
    _head(shape, dice, top, face - 0.008, high_wide, strings)
    if dice.chance(0.35):
        for k in range(strings):
            x = (k / (strings - 1) - 0.5) * high_wide * 0.85
            shape.add(
                "neck", rod((x * 1.1, height * 0.27, face + 0.012), (x, top + 0.02, face + 0.01), 0.0012, 4)
            )
        shape.say(f"{({4: 'four', 5: 'five', 6: 'six'})[strings]} thin strings")
    shape.say(
        "a thick hollow body" if depth > 0.075 * scale else "a flat thin body",
        "a very long neck" if bass else "a long straight neck",
    )
    if dice.chance(0.12):
        turn(shape, x_deg=-90.0)
        shape.say("lying flat on its back")
    set_down(shape)
