"""Make cars of one skin from bumper to bumper: beetles, wedges, one-box cars, long-distance racers, blocks."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.makers.car_shell import TOY, seats
from pointclip2.worlds.shapes.makers.sections import Dice, pair, wheel
from pointclip2.worlds.shapes.makers.turned import curve
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, grid, superellipsoid
from pointclip2.worlds.shapes.shape import Shape

_SIDES: dict[str, tuple[tuple[float, float], ...]] = {
    "beetle": (
        (0, 0.3),
        (0.08, 0.48),
        (0.24, 0.62),
        (0.38, 0.88),
        (0.5, 1),
        (0.66, 0.93),
        (0.86, 0.62),
        (1, 0.3),
    ),
    "wedge": (
        (0, 0.35),
        (0.2, 0.58),
        (0.42, 0.95),
        (0.52, 1),
        (0.68, 0.93),
        (0.88, 0.75),
        (0.98, 0.72),
        (1, 0.5),
    ),
    "one box": ((0, 0.4), (0.1, 0.55), (0.34, 0.93), (0.5, 1), (0.85, 0.96), (0.95, 0.62), (1, 0.4)),
    "saloon": (
        (0, 0.4),
        (0.05, 0.55),
        (0.27, 0.66),
        (0.4, 0.96),
        (0.5, 1),
        (0.64, 0.95),
        (0.78, 0.7),
        (1, 0.5),
    ),
    "bus": ((0, 0.45), (0.04, 0.6), (0.11, 0.96), (0.2, 1), (0.9, 1), (0.98, 0.97), (1, 0.5)),
    "blocks": (
        (0, 0.5),
        (0.01, 0.55),
        (0.29, 0.6),
        (0.33, 1),
        (0.74, 1),
        (0.78, 0.6),
        (0.99, 0.57),
        (1, 0.5),
    ),
    "racer": (
        (0, 0.3),
        (0.12, 0.55),
        (0.33, 0.66),
        (0.46, 0.95),
        (0.53, 1),
        (0.68, 0.82),
        (0.9, 0.74),
        (1, 0.66),
    ),
}
"""Outlines seen from the side: shares of the length from the front and of the height."""
_SIZES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "beetle": ((3.2, 1.5, 1.35), (4.3, 1.8, 1.6)),
    "wedge": ((3.9, 1.8, 1.0), (4.7, 2.1, 1.25)),
    "one box": ((3.4, 1.55, 1.5), (4.8, 1.9, 1.85)),
    "saloon": ((3.9, 1.6, 1.3), (5.2, 1.95, 1.55)),
    "bus": ((3.9, 1.6, 1.8), (6.0, 2.1, 2.4)),
    "blocks": ((2.4, 1.3, 1.2), (4.2, 1.9, 1.8)),
    "racer": ((4.2, 1.85, 0.95), (4.9, 2.1, 1.25)),
}
_WORDS = {
    "beetle": "a round arched body",
    "wedge": "a low wide body shaped like a wedge",
    "one box": "a short nose that runs straight into the windscreen",
    "saloon": "a smooth body without edges",
    "bus": "a tall box with a short nose",
    "blocks": "two blocks, a short one on a long one",
    "racer": "a low wide body with bulges over the wheels",
}


def skinned(shape: Shape, dice: Dice) -> None:
    """Add a car whose hood, roof and body are one surface, with arches over the wheels or the wheels outside."""
    style = dice.pick(*_SIDES)
    b = dice.between
    length, width, height = (float(side) for side in dice.rng.uniform(*_SIZES[style]))
    if dice.chance(0.25):
        length, height = length * b(0.65, 0.9), height * b(1.0, 1.3)
        shape.say(TOY)
    knots = np.array(_SIDES[style])
    knots[1:-1] += dice.rng.normal(0, 0.012, (len(knots) - 2, 2))
    outline = np.array(sorted((float(x), float(y)) for x, y in knots))
    if style != "blocks" and dice.chance(0.8):
        outline = np.array(sorted(curve([(float(x), float(y)) for x, y in outline], 30)))
    radius = height * b(0.19, 0.26) * (1.2 if style in ("wedge", "racer") else 1.0)
    floor, arches = radius * b(0.4, 0.8), style != "blocks" and dice.chance(0.85)
    axles = length * np.array([b(0.29, 0.34), -b(0.27, 0.33)])
    around = radius * 1.15 * np.cos(np.linspace(0, np.pi, 13))
    share = np.unique(
        np.clip(np.concatenate([outline[:, 0], *(0.5 - (axle + around) / length for axle in axles)]), 0, 1)
    )
    z, top = (0.5 - share) * length, np.interp(share, *outline.T) * height
    bottom = np.full_like(z, floor) + 0.1 * height * np.maximum(np.abs(2 * share - 1) - 0.85, 0) / 0.15
    bulge = np.zeros_like(z)
    for axle in axles:
        away = np.abs(z - axle)
        if arches:
            over = radius + np.sqrt(np.maximum((1.15 * radius) ** 2 - away**2, 0))
            bottom = np.where(away < 1.149 * radius, np.maximum(bottom, over), bottom)
        bulge += np.maximum(1 - (away / (1.6 * radius)) ** 2, 0)
    bottom = np.minimum(bottom, top - 0.04 * height)
    boxy = b(0.0, 0.08) if style in ("blocks", "bus") else b(0.06, 0.3)
    half = width / 2 * (1 - boxy * np.abs(2 * share - 1) ** 3)
    if style == "racer" or dice.chance(0.2):
        half = half * (1 + b(0.03, 0.09) * bulge)
    belt = bottom + (np.minimum(top * 0.94, height * b(0.55, 0.68)) - bottom).clip(0.01)
    lean = 1 - (b(0.0, 0.1) if style in ("blocks", "bus") else b(0.15, 0.35)) * (top - belt) / max(
        height * 0.4, 0.1
    )
    crown = b(0.0, 0.04) * height
    rows = [
        (half * 0.0, bottom),
        (half * 0.9, bottom),
        (half, bottom + 0.2 * (belt - bottom)),
        (half, bottom + 0.85 * (belt - bottom)),
        (half * 0.96, belt),
        (half * 0.96 * lean * 0.97, belt + 0.93 * (top - belt)),
        (half * 0.96 * lean * 0.85, top),
        (half * 0.0, top + crown),
    ]
    right = np.stack([np.stack([x, y, z], axis=1) for x, y in rows], axis=1)
    # The knot at the windscreen's foot ends the hood.
    screen = knots[: len(knots) // 2][knots[: len(knots) // 2, 1] < 0.72, 0].max()
    middle, high = (share[1:] + share[:-1]) / 2, (top[1:] + top[:-1]) / 2
    lid, roof = (middle > 0.015) & (middle < screen), high > 0.93 * height
    shape.add("hood", *pair(_strip(right[:, 6:], lid)))
    shape.add("roof", *pair(_strip(right[:, 6:], roof)))
    shape.add("body", *pair(_strip(right[:, 6:], ~lid & ~roof), grid(right[:, :6])))
    open_windows = roof & (np.arange(len(roof)) % 9 > 0) & dice.chance(0.35)
    shape.add("body", *pair(_strip(right[:, 5:7], ~open_windows)))
    for end in (0, -1):
        shape.add("body", *pair(grid(np.stack([right[end], right[end] * [0, 1, 1]]))))
    if open_windows.any():
        for back in (0.5, 0.66)[: dice.whole(1, 2)]:
            seats(shape, width, (0.5 - back) * length, height * 0.45)
    _wheels(shape, dice, radius, axles, np.interp(axles, z[::-1], half[::-1]), arches)
    _trim(shape, dice, style, right)
    shape.say(_WORDS[style])


def _strip(sections: Array, kept: NDArray[np.bool_]) -> Mesh:
    """Return the skin between sections (n, corners, 3), where ``kept`` (n - 1,) says so."""
    whole = grid(sections)
    return Mesh(whole.vertices, whole.faces[np.tile(np.repeat(kept, sections.shape[1] - 1), 2)])


def _wheels(shape: Shape, dice: Dice, radius: float, axles: Array, half: Array, arches: bool) -> None:
    broad = radius * dice.between(0.45, 0.8)
    one = wheel(dice.rng, radius, broad, dice.between(0.5, 0.78), dice.whole(4, 8) * dice.whole(0, 1), 16)
    for z, wide in zip(axles, half, strict=True):
        x = float(wide) - broad * (0.48 if arches else -0.1)
        shape.add("wheel", *pair(*(mesh.moved(x, radius, float(z)) for mesh in one)))
    shape.say("four wheels in round arches" if arches else "four wheels standing out at the sides")


def _trim(shape: Shape, dice: Dice, style: str, right: Array) -> None:
    """Add lamps, mirrors, and what racers carry: a lip in front and a wing on the tail."""
    front, tail = right[0], right[-1]
    width, height, length = 2 * right[:, 3, 0].max(), right[..., 1].max(), front[0, 2] - tail[0, 2]
    size = width * dice.between(0.07, 0.13)
    lamp_y = 0.3 * front[1, 1] + 0.7 * front[6, 1]
    if dice.chance(0.7):
        lamp = superellipsoid(1.5 * size, size, size, 1.0, (front[3, 0] * 0.75, lamp_y, front[0, 2]), 7)
        shape.add("body", *pair(lamp))
    if dice.chance(0.5):
        mirror = right[np.argmax(right[:, 6, 1] > 0.72 * height), 4] + [0.08, 0.06, -0.05]
        shape.add("body", *pair(superellipsoid(0.2, 0.13, 0.1, 0.7, mirror, 6)))
    if style == "racer" or (style == "wedge" and dice.chance(0.5)):
        y, z = tail[6, 1] + dice.between(0.1, 0.35), tail[0, 2] + length * dice.between(0.0, 0.06)
        shape.add("body", box(width * 0.9, 0.035, dice.between(0.2, 0.4), (0, y, z)))
        if dice.chance(0.5):
            shape.add("body", *pair(box(0.03, 0.3, 0.45, (width * 0.45, y - 0.08, z))))
        shape.add("body", *pair(box(0.05, y - tail[1, 1], 0.12, (width * 0.25, (y + tail[1, 1]) / 2, z))))
        shape.add("body", box(width * 0.95, 0.03, 0.3, (0, front[1, 1] * 0.7, front[0, 2])))
        shape.say("a wing on the tail")
