"""Make small lights: candles and light bulbs."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import curve, fluted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    lathe,
    rod,
    sphere,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "candle",
    parts=("wax", "wick", "flame", "holder"),
    synonyms=("burning candle", "pillar candle", "taper candle", "tea light", "candlestick", "wax candle"),
    described=(
        "A candle is a slim upright rod of wax with a short thread on top.",
        "The flame of the candle is a small drop that ends in a point.",
        "Melted wax has run down the side of the candle and hardened into drips.",
        "A candle stick lifts the slender candle on a turned stem with a broad foot.",
        "Thick pillar candles are plain cylinders; a tea light is a candle in a low metal cup.",
    ),
)
def candle(shape: Shape, rng: Random) -> None:
    """Make a candle: taper, pillar, tea light or ball, twisted or dripping, alone or in a holder, lit or not."""
    u = rng.uniform
    kind = pick(rng, ("taper", "taper", "pillar", "pillar", "light", "chamber", "branches"))
    radius = {"pillar": u(0.025, 0.06), "light": u(0.018, 0.022)}.get(kind, u(0.009, 0.014))
    height = radius * {"pillar": u(1.6, 6.0), "light": u(0.7, 1.0)}.get(kind, u(8, 24))
    wax = lathe(
        [
            (0.0, 0.0),
            (radius, 0.0),
            (radius * u(0.7, 1.0), height),
            (radius * 0.4, height * 0.985),
            (0.0, height * 0.98),
        ],
        32,
    )
    if kind in ("taper", "pillar") and chance(rng, 0.25):
        count = 24
        y = np.linspace(0, height, count)
        wax = fluted(
            lathe([(0.0, 0.0), *((radius, float(at)) for at in y), (0.0, height)], 36),
            int(rng.integers(4, 9)),
            u(0.05, 0.12),
            u(0.5, 2.5),
        )
        shape.say("twisted like a rope")
    pieces: list[tuple[str, Mesh]] = [("wax", wax)]
    for _ in range(int(rng.integers(2, 7)) if kind != "light" and chance(rng, 0.4) else 0):
        angle, drop = u(0, 2 * np.pi), height * u(0.15, 0.6)
        a, b = radius * 0.95 * np.cos(angle), radius * 0.95 * np.sin(angle)
        pieces.append(("wax", rod((a, height, b), (a, height - drop, b), radius * 0.14, 6)))
        pieces.append(("wax", sphere(radius * 0.2, (a, height - drop, b), 6)))
    thread = min(radius * 0.6, 0.015)
    pieces.append(("wick", rod((0, height * 0.97, 0), (thread * 0.2, height + thread, 0), radius * 0.07, 5)))
    lit = chance(rng, 0.55)
    if lit:
        size = max(min(radius * 1.1, 0.016), 0.01)
        tongue = curve(
            [(0.0, 0.0), (size * 0.5, 0.35 * size), (size * 0.35, 1.2 * size), (0.0, 2.4 * size)], 12
        )
        pieces.append(("flame", lathe(tongue, 12).moved(y=height + thread * 0.5)))
    shape.say("a pointed flame" if lit else "not burning")
    if len(pieces) > 4:
        shape.say("wax dripping down its side")
    spots = [(0.0, 0.0)]
    lift = 0.0
    base = max(radius * 1.5, 0.035)
    if kind == "light":
        shape.add(
            "holder", lathe([(0.0, -0.001), (radius * 1.04, -0.001), (radius * 1.04, height * 1.08)], 28)
        )
        shape.say("a low metal cup")
    elif kind == "chamber":
        lift = 0.012
        wide = u(0.045, 0.07)
        shape.add(
            "holder",
            lathe([(0.0, 0.0), (wide * 0.8, 0.0), (wide, 0.012), (wide * 0.75, 0.008), (0.0, 0.008)], 28),
        )
        shape.add("holder", lathe([(radius * 1.3, 0.005), (radius * 1.2, 0.04), (radius, 0.04)], 20))
        ring = tube(
            [
                (wide + 0.018 * (1 + np.cos(a)), 0.012 + 0.018 * np.sin(a), 0)
                for a in np.linspace(-np.pi, np.pi, 14)
            ],
            0.003,
            6,
        )
        shape.add("holder", ring)
        shape.say("on a saucer with a finger ring")
    elif kind == "branches" or chance(rng, 0.4):
        lift = u(0.05, 0.28) if kind != "pillar" else u(0.02, 0.12)
        y = np.linspace(0, lift, 12)
        girth = (
            0.008
            + 0.006 * np.abs(np.sin(y / lift * np.pi * int(rng.integers(1, 4))))
            + base * np.exp(-12 * y / lift)
        )
        shape.add(
            "holder",
            lathe(
                [
                    (0.0, 0.0),
                    *zip(girth.tolist(), y.tolist(), strict=True),
                    (radius * 1.3, lift),
                    (0.0, lift),
                ],
                24,
            ),
        )
        if kind == "branches":
            arms = int(rng.choice([3, 5, 7]))
            reach = u(0.04, 0.06)
            spots = [((k - (arms - 1) / 2) * reach, lift) for k in range(arms)]
            for at, _ in spots:
                t = np.linspace(0, np.pi / 2, 8)
                bow = np.stack([at * np.sin(t), lift * (1.0 - 0.45 * np.cos(t)), 0 * t], axis=1)
                if at:
                    shape.add("holder", tube(bow, 0.005, 7))
                shape.add(
                    "holder",
                    lathe([(0.006, lift - 0.012), (radius * 1.5, lift), (0.0, lift)], 14).moved(x=at),
                )
            shape.say(f"{counted(arms, 'candle')} in a row on curved arms")
        else:
            shape.say("on a turned candlestick")
    else:
        shape.say("standing by itself")
    for at, _ in spots:
        for part, mesh in pieces:
            shape.add(part, mesh.moved(at, lift))
    words = {"pillar": "thick", "light": "very low"}
    shape.say(words.get(kind, "long and thin"))
    set_down(shape)


@shape_class(
    "light bulb",
    parts=("glass", "base", "contact", "filament"),
    synonyms=("lightbulb", "electric bulb", "incandescent bulb", "led bulb", "energy saving bulb"),
    described=(
        "A light bulb is a pear of thin glass on a narrow metal base with a screw thread.",
        "The glass of the light bulb swells into a ball above and draws in to a neck below.",
        "Fine ridges wind around the base of the light bulb, which ends in a small knob.",
        "Energy saving light bulbs are thin tubes bent into a spiral or into loops over a thick collar.",
        "Spot light bulbs open like a funnel to a flat round face.",
    ),
)
def light_bulb(shape: Shape, rng: Random) -> None:
    """Make a light bulb: pear, globe, flame, spot, spiral or bent tubes, its base down, up or lying."""
    u = rng.uniform
    kind = pick(rng, ("pear", "pear", "pear", "globe", "flame", "spot", "spiral", "loops"))
    girth = u(0.011, 0.015)
    base = girth * u(1.5, 2.0)
    turns = int(rng.integers(4, 7))
    t = np.linspace(0, 1, 6 * turns + 1)
    ridge = girth * (0.92 + 0.08 * np.sin(2 * np.pi * turns * t))
    tip = [(0.0, -girth * 0.55), (girth * 0.35, -girth * 0.5)]
    shape.add("contact", lathe([*tip, (girth * 0.85, 0.0)], 16))
    shape.add("base", lathe([*zip(ridge.tolist(), (base * t).tolist(), strict=True)], 24))
    if kind in ("spiral", "loops"):
        collar = base + girth * u(1.5, 2.5)
        wide = girth * u(1.5, 2.0)
        wall = [(girth, base), (wide, base + girth * 0.6), (wide, collar), (0.0, collar)]
        shape.add("base", lathe(wall, 24))
        tall, thin = girth * u(3.5, 6.5), girth * u(0.22, 0.34)
        if kind == "spiral":
            loops = u(1.3, 2.2)
            t = np.linspace(0, 1, 60)
            reach = wide * u(0.85, 1.15) * np.minimum(1, 4 * t + 0.4)
            for side in (0.0, np.pi):
                angle = side + 2 * np.pi * loops * t
                line = np.stack([reach * np.cos(angle), collar + tall * t, reach * np.sin(angle)], axis=1)
                shape.add("glass", tube(line, thin, 7))
            shape.say("a tube wound into a spiral")
        else:
            count = int(rng.integers(2, 4))
            t = np.linspace(0, np.pi, 14)
            half = wide * 0.4
            for k in range(count):
                bow = np.stack(
                    [half * np.cos(t), collar + tall * np.sin(t) ** 0.3, 0 * t + wide * 0.5], axis=1
                )
                shape.add("glass", tube(bow, thin, 7).rotated_deg(y=360 * k / count))
            shape.say(f"{counted(count, 'tube')} bent into loops")
    else:
        size = girth * {"globe": u(3.0, 4.2), "flame": u(1.2, 1.5), "spot": u(2.0, 3.2)}.get(
            kind, u(2.1, 2.6)
        )
        tall = size * {"globe": u(2.1, 2.3), "flame": u(4.5, 5.5), "spot": u(1.4, 2.0)}.get(kind, u(2.5, 3.2))
        knots = {
            "globe": [(0, 0.0), (0.45, 0.06), (0.93, 0.32), (1.0, 0.55), (0.72, 0.87), (0.0, 1.0)],
            "flame": [(0, 0.0), (0.9, 0.12), (1.0, 0.3), (0.6, 0.65), (0.15, 0.92), (0.0, 1.0)],
            "spot": [(0, 0.0), (0.5, 0.3), (0.85, 0.65), (1.0, 0.88), (0.95, 0.97), (0.0, 1.0)],
        }.get(kind, [(0, 0.0), (0.45, 0.12), (0.65, 0.3), (0.97, 0.56), (0.85, 0.85), (0.0, 1.0)])
        knots[0] = (min(0.9 * girth / size, 0.95), 0.0)
        shape.add("glass", lathe(curve([(r * size, base + y * tall) for r, y in knots], 26), 28))
        if kind != "spot" and chance(rng, 0.4):
            t = np.linspace(-1, 1, 20)
            wire = np.stack([size * 0.4 * t, base + tall * (0.55 - 0.06 * np.cos(9 * t)), 0 * t], axis=1)
            shape.add(
                "filament",
                tube(wire, girth * 0.05, 4),
                rod((0, base, 0), (0, base + tall * 0.4, 0), girth * 0.25, 8),
            )
            shape.add(
                "filament",
                *(
                    rod((0, base + 0.3 * tall, 0), (s * size * 0.4, base + 0.5 * tall, 0), girth * 0.05, 4)
                    for s in (-1, 1)
                ),
            )
            shape.say("a fine wire inside")
        said = {
            "globe": "a big glass ball",
            "flame": "a slim pointed flame",
            "spot": "a funnel with a flat face",
        }
        shape.say(said.get(kind, "pear-shaped glass"))
    pose = pick(rng, ("base down", "base down", "base up", "lying"))
    turn(shape, x_deg={"base down": 0.0, "base up": 180.0, "lying": 80.0}[pose], y_deg=u(0, 360))
    set_down(shape)
    shape.say(pose, "a tall screw base" if base > 1.75 * girth else "a short screw base")
