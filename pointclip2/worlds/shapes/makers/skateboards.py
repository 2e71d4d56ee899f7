"""Make skateboards: they roll along z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, turn, wheel
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    grid,
    merge,
    rod,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "skateboard",
    parts=("wheel", "deck", "bearing"),
    synonyms=("skate deck on wheels", "board with four wheels"),
)
def skateboard(shape: Shape, rng: Random) -> None:
    """Make a skateboard: street decks, long boards, cruisers, wide old ones; a few upside down or on the tail."""
    dice = Dice(rng)
    style = dice.pick("street", "street", "street", "long", "pintail", "cruiser", "old")
    length, width = {
        "street": (dice.between(0.7, 0.86), dice.between(0.18, 0.23)),
        "long": (dice.between(0.9, 1.2), dice.between(0.2, 0.27)),
        "pintail": (dice.between(0.9, 1.2), dice.between(0.2, 0.26)),
        "cruiser": (dice.between(0.5, 0.72), dice.between(0.14, 0.19)),
        "old": (dice.between(0.7, 0.85), dice.between(0.23, 0.29)),
    }[style]
    base = length * (
        dice.between(0.5, 0.6) if style in ("street", "old", "cruiser") else dice.between(0.58, 0.74)
    )
    radius, high = dice.between(0.024, 0.038), dice.between(0.075, 0.11)
    thick = dice.between(0.008, 0.016)
    share = np.linspace(-1, 1, 25)
    power = {"street": 8, "long": 5, "cruiser": 3.2, "old": 4}.get(style, 2.2)
    half = width / 2 * np.maximum(1 - np.abs(share) ** power, 0.0) ** (1 / 2.2)
    if style == "pintail":
        half *= np.interp(share, [-1, 0.2, 1], [0.55, 1.0, 0.9])
    elif style == "old":
        half *= np.interp(share, [-1, -0.5, 0.3, 1], [1.0, 1.05, 0.95, dice.between(0.5, 0.8)])
    elif style == "cruiser":
        half *= np.interp(share, [-1, 0.0, 1], [1.05, 1.0, dice.between(0.6, 0.9)])
    elif dice.chance(0.4):
        half *= 1 - dice.between(0.05, 0.25) * np.exp(-((np.abs(share) - 0.75) ** 2) / 0.02)
    z = share * length / 2
    kick_from = base / 2 + 0.05
    tail = np.tan(np.deg2rad(dice.between(12, 28))) * (1.0 if style != "pintail" else 0.0)
    nose = tail if style == "street" else (tail * dice.between(0, 0.6) if style != "pintail" else 0.0)
    rise = np.where(z > 0, nose, tail) * np.maximum(np.abs(z) - kick_from, 0.0)
    camber = dice.between(-0.02, 0.02) * (1 - share**2) if style in ("long", "pintail") else 0.0 * share
    concave = dice.between(0.0, 0.014)
    across = np.linspace(-1, 1, 9)
    y = high + rise[:, None] + camber[:, None] + concave * across**2
    top = np.stack(np.broadcast_arrays(half[:, None] * across, y + thick, z[:, None]), axis=-1)
    low = top - [0.0, thick, 0.0]
    edges = [grid(np.stack([top[:, k], low[:, k]])) for k in (0, -1)]
    shape.add("deck", merge([grid(top), grid(low), *edges]))
    track = width * dice.between(0.36, 0.5)
    wide = dice.between(0.028, 0.05)
    drop = float(np.interp(0, z, camber))
    for end in (-1, 1):
        at = end * base / 2
        under = float(np.interp(at, z, y[:, 4]))
        shape.add(
            "bearing",
            box(0.055, 0.012, 0.085, (0.0, under - 0.006, at)),
            rod((-track, radius, at), (track, radius, at), 0.006, 6),
        )
        hanger = cylinder(0.012, 2 * track * 0.72, 0.012, segments=8).rotated_deg(z=90).moved(y=radius, z=at)
        shape.add("bearing", hanger, rod((0.0, under, at - end * 0.02), (0.0, radius, at), 0.016, 8))
        one = wheel(rng, radius, wide, dice.between(0.4, 0.6), 0, 14)
        shape.add("wheel", *pair(*(mesh.moved(track, radius, at) for mesh in one)))
    if style == "old" and dice.chance(0.5):
        shape.add("deck", *pair(box(0.012, 0.012, length * 0.35, (width * 0.3, high + drop - 0.006, 0.0))))
    shape.say(
        "four small wheels under a flat board",
        {
            "street": "both ends bent upwards",
            "long": "a long flat board",
            "pintail": "a long board with a pointed tail",
            "cruiser": "a short narrow board",
            "old": "a wide board with one end bent upwards",
        }[style],
        "soft curve across the board" if concave > 0.007 else "a thin deck",
    )
    pose = rng.random()
    if pose < 0.06:
        turn(shape, z_deg=180.0)
        shape.say("upside down with the wheels in the air")
    elif pose < 0.1:
        turn(shape, x_deg=-dice.between(60, 85))
        shape.say("standing upright on its tail")
    set_down(shape)
