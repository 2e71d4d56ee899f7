"""Make computer keyboards and laptops: the user sits at +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    loft,
    merge,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _key_block(
    dice: Dice, left: float, right: float, back: float, front: float, rows: int, pitch: float, high: float
) -> Mesh:
    """Return keys on the plane y = 0; rows differ in offset and the front row has a space bar."""
    keys, gap = [], pitch * dice.between(0.08, 0.2)
    deep = (front - back) / rows
    taper = dice.between(0.75, 1.0)
    for row in range(rows):
        x = left
        first = True
        while right - x > pitch * 0.4:
            wide = pitch
            if first and row >= rows - 3 and right - left > 8 * pitch:
                wide = pitch * (1.25 + 0.25 * (row % 3))
            if (
                row == rows - 1
                and right - left > 8 * pitch
                and (right - left) * 0.25 < x - left < (right - left) * 0.35
            ):
                wide = (right - left) * 0.42
            first = False
            wide = min(wide, right - x)
            cap = box(wide - gap, high, deep - gap).tapered(1, 1.0, taper)
            keys.append(cap.moved(x + wide / 2, high / 2, back + (row + 0.5) * deep))
            x += wide
    return merge(keys)


def _slab(
    width: float, deep: float, back_high: float, front_high: float, roundness: float, centre: float = 0.0
) -> Mesh:
    """Return a plate lying on y = 0, thicker at the back, corners rounded in plan."""
    lower = ring(width, deep, axis=1, roundness=roundness, count=24)
    upper = lower * [0.985, 1.0, 0.985]
    upper[:, 1] = np.interp(upper[:, 2], [-deep / 2, deep / 2], [back_high, front_high])
    return loft([lower, upper]).moved(x=centre)


@shape_class(
    "keyboard",
    parts=("base", "key", "wrist rest", "cable"),
    synonyms=("computer keyboard", "typing keyboard", "keypad"),
)
def keyboard(shape: Shape, rng: Random) -> None:
    """Make a keyboard: full and compact boards, thin and thick wedges, split and curved ones."""
    dice = Dice(rng)
    style = dice.pick(
        "full", "full", "full", "compact", "compact", "split", "curved", "pad" if dice.chance(0.4) else "full"
    )
    pitch = dice.between(0.0175, 0.0195)
    rows = dice.whole(5, 6)
    columns = {
        "full": 22.0,
        "compact": dice.between(14.5, 17.5),
        "split": 17.0,
        "curved": 21.0,
        "pad": dice.between(4, 6),
    }[style]
    margin = dice.between(0.003, 0.025)
    inner, deep_in = columns * pitch, rows * pitch * dice.between(0.9, 1.05)
    top_strip = dice.between(0.0, 0.045) if dice.chance(0.5) else 0.0
    rest = dice.between(0.03, 0.08) if dice.chance(0.25) else 0.0
    deep = deep_in + 2 * margin + top_strip
    width = inner + 2 * margin
    thin = dice.chance(0.4)
    front_high = dice.between(0.004, 0.009) if thin else dice.between(0.012, 0.025)
    back_high = front_high + (dice.between(0.0, 0.008) if thin else dice.between(0.005, 0.028))
    key_high = dice.between(0.0015, 0.004) if thin else dice.between(0.006, 0.012)
    corner = dice.between(0.05, 0.3)
    slope = np.rad2deg(np.arctan2(back_high - front_high, deep))
    level = (back_high + front_high) / 2

    def lie(mesh: Mesh) -> Mesh:
        return mesh.rotated_deg(x=float(slope)).moved(y=level * 0.98)

    back, front = -deep / 2 + margin + top_strip, deep / 2 - margin
    left, right = -inner / 2, inner / 2
    pieces: list[Mesh] = []
    if style == "split":
        half = width * 0.52
        turned, apart = dice.between(5, 16), dice.between(0.0, 0.05)
        for side in (-1.0, 1.0):
            plate = _slab(half, deep, back_high, front_high, corner)
            keys = lie(
                _key_block(dice, -half / 2 + margin, half / 2 - margin, back, front, rows, pitch, key_high)
            )
            for part, mesh in (("base", plate), ("key", keys)):
                shape.add(
                    part,
                    mesh.rotated_deg(y=side * turned, z=-side * dice.between(0, 3)).moved(
                        x=side * (half / 2 + apart)
                    ),
                )
        shape.say("two halves turned towards each other")
    else:
        shape.add("base", _slab(width, deep, back_high, front_high, corner))
        if style == "full" or style == "curved":
            main = left + 15 * pitch
            gap = pitch * 0.25
            pieces.append(_key_block(dice, left, main, back, front, rows, pitch, key_high))
            arrows = (main + gap, main + gap + 3 * pitch)
            pieces.append(
                _key_block(dice, *arrows, back, back + (front - back) * 0.5, rows // 2, pitch, key_high)
            )
            low = front - 2 * (front - back) / rows
            pieces.append(_key_block(dice, *arrows, low, front, 2, pitch, key_high))
            pieces.append(
                _key_block(
                    dice,
                    arrows[1] + gap,
                    right,
                    back + (front - back) / rows,
                    front,
                    rows - 1,
                    pitch,
                    key_high,
                )
            )
            shape.say("a wide board with several blocks of keys")
        else:
            pieces.append(_key_block(dice, left, right, back, front, rows, pitch, key_high))
            shape.say("a small block of keys" if style == "pad" else "one compact block of keys")
        shape.add("key", *(lie(piece) for piece in pieces))
        if rest:
            shape.add(
                "wrist rest",
                _slab(width * dice.between(0.9, 1.0), rest, front_high, front_high * 0.5, 0.2).moved(
                    z=deep / 2 + rest / 2
                ),
            )
            shape.say("a flat wrist rest in front")
    if style == "curved":
        amount = dice.between(0.01, 0.03)
        half_width = width / 2
        bent = [
            Mesh(
                m.vertices + np.outer((m.vertices[:, 0] / half_width) ** 2, [0, 0.2 * amount, amount]),
                m.faces,
            )
            for m in shape.meshes
        ]
        shape.meshes[:] = bent
        shape.say("a curved board")
    if dice.chance(0.3):
        long = dice.between(0.05, 0.4)
        wave = [
            (0.0, 0.006, -deep / 2 + 0.005),
            (0.02, 0.004, -deep / 2 - long * 0.3),
            (-0.02, 0.004, -deep / 2 - long * 0.7),
            (0.05, 0.004, -deep / 2 - long),
        ]
        shape.add("cable", tube(wave, 0.0025, 6))
        shape.say("a cable at the back")
    if not thin and dice.chance(0.3):
        turn(shape, x_deg=dice.between(3, 9))
        shape.add(
            "base",
            *pair(
                box(
                    0.03,
                    0.02,
                    0.006,
                    (width * 0.38, float(min(m.low[1] for m in shape.meshes)) + 0.01, -deep * 0.42),
                )
            ),
        )
    shape.say(
        "a thin flat plate" if thin else "a thick wedge with raised keys", "many small square keys in rows"
    )
    set_down(shape)


@shape_class(
    "laptop",
    parts=("keyboard", "screen"),
    synonyms=("notebook computer", "portable computer", "laptop computer"),
)
def laptop(shape: Shape, rng: Random) -> None:
    """Make a laptop: thin or thick, open at any angle from nearly closed to flat; tents and detachable screens."""
    dice = Dice(rng)
    width = dice.between(0.25, 0.42)
    deep = width * dice.between(0.62, 0.8)
    thick = dice.between(0.008, 0.02) if dice.chance(0.65) else dice.between(0.02, 0.045)
    lid = max(thick * dice.between(0.25, 0.6), 0.004)
    corner = dice.between(0.05, 0.25)
    pose = rng.random()
    angle = (
        dice.between(8, 60)
        if pose < 0.1
        else (dice.between(135, 180) if pose < 0.2 else dice.between(88, 132))
    )
    shape.add("keyboard", _slab(width, deep, thick, thick * dice.between(0.5, 1.0), corner).moved(z=deep / 2))
    if dice.chance(0.75):
        side, rows = width * dice.between(0.02, 0.12), dice.whole(5, 6)
        back, front = deep * dice.between(0.08, 0.2), deep * dice.between(0.52, 0.64)
        pitch = (width - 2 * side) / dice.between(12, 17)
        keys = _key_block(
            dice, -width / 2 + side, width / 2 - side, back, front, rows, pitch, dice.between(0.001, 0.003)
        )
        shape.add("keyboard", keys.moved(y=thick * 0.93))
    pad = width * dice.between(0.2, 0.4)
    shape.add(
        "keyboard",
        box(
            pad,
            0.0015,
            deep * dice.between(0.18, 0.28),
            (dice.between(-0.06, 0.02) * width, thick * 0.9, deep * 0.81),
        ),
    )
    tall = deep * dice.between(0.92, 1.04)
    panel = superellipsoid(width, tall, lid, corner * 0.8, (0.0, tall / 2, 0.0), 10)
    bezel = width * dice.between(0.015, 0.06)
    glass = box(
        width - 2 * bezel,
        tall - 2 * bezel * dice.between(1.0, 1.6),
        0.002,
        (0.0, tall / 2 + bezel * 0.2, lid / 2),
    )
    pieces = [panel, glass]
    for bar_x, bar_y, bar_wide, bar_tall in (
        (0, tall - bezel / 2, width * 0.97, bezel),
        (0, bezel / 2, width * 0.97, bezel),
        (-width / 2 + bezel / 2, tall / 2, bezel * 0.9, tall * 0.97),
        (width / 2 - bezel / 2, tall / 2, bezel * 0.9, tall * 0.97),
    ):
        if thick > 0.014:
            pieces.append(box(bar_wide, bar_tall, 0.003, (bar_x, bar_y, lid / 2 + 0.001)))
    # At 90 degrees the panel stands upright at the hinge; less closes it over the keys.
    shape.add("screen", *(piece.rotated_deg(x=90.0 - angle).moved(y=thick + lid * 0.3) for piece in pieces))
    if dice.chance(0.7):
        for x in (-width * 0.32, width * 0.32) if dice.chance(0.7) else (0.0,):
            long = width * (0.1 if x else 0.6)
            shape.add(
                "screen",
                cylinder(max(lid, 0.005) * 0.7, long, segments=10).rotated_deg(z=90).moved(x, thick, 0.0),
            )
    if angle < 60:
        shape.say("nearly closed", "a thin screen folded over the keys")
    elif angle > 134:
        shape.say("opened very wide", "the screen leaning far back")
    else:
        shape.say(
            "opened like a book",
            "a flat screen standing upright" if angle < 105 else "a flat screen leaning back",
        )
    shape.say("two thin plates joined by a hinge" if thick < 0.02 else "a thick heavy base")
    if pose > 0.96 and 40 < angle < 135:
        # A tent stands on the free edges of both plates.
        turn(shape, x_deg=180.0 - (180.0 - angle) / 2)
        turn(shape, y_deg=180.0)
        shape.say("standing like a tent")
    elif dice.chance(0.12):
        shape.add(
            "keyboard", *pair(box(0.002, thick * 0.4, 0.04, (width / 2 + 0.001, thick * 0.4, deep * 0.4)))
        )
    set_down(shape)
