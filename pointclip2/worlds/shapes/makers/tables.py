"""Make tables: tops of any outline on legs, pedestals, trestles, frames, blocks."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    HANDLE_PHRASES,
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    counted,
    four_legs,
    handle,
    leg,
    pedestal,
    pick,
    rounded_outline,
    slab,
    stretchers,
)
from pointclip2.worlds.shapes.mesh import Array, beam, box, cylinder, rod, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _outline(rng: Random, kind: str, x: float, z: float) -> Array:
    """Return the polygon (n, 2) of a top with full sizes ``x z``."""
    around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    if kind in ("round", "oval"):
        return np.stack([x / 2 * np.cos(around), z / 2 * np.sin(around)], axis=1)
    if kind == "soft":
        return np.asarray(rounded_outline(x, z, float(rng.uniform(0.1, 0.5)), 40))
    if kind == "polygon":
        corners = int(rng.integers(5, 9))
        angle = 2 * np.pi * (np.arange(corners) + 0.5) / corners
        return np.stack([x / 2 * np.cos(angle), z / 2 * np.sin(angle)], axis=1)
    if kind == "boat":
        along = np.linspace(-1, 1, 11)
        side = z / 2 * (1 - 0.35 * along**2)
        upper = np.stack([along * x / 2, side], axis=1)
        return np.concatenate([upper, upper[::-1] * [1, -1]])
    if kind == "half round":
        half = np.linspace(0, np.pi, 21)
        return np.stack([x / 2 * np.cos(half), z * (np.sin(half) - 0.5)], axis=1)
    if kind == "kidney":
        radius = 1 + 0.18 * np.cos(2 * around + 0.6) + 0.1 * np.sin(3 * around)
        return np.stack([x / 2.5 * radius * np.cos(around), z / 2.5 * radius * np.sin(around)], axis=1)
    return np.array([[-x, -z], [x, -z], [x, z], [-x, z]]) / 2


_OUTLINES = {
    "oblong": "a rectangular flat top",
    "square": "a square flat top",
    "round": "a round flat top",
    "oval": "an oval top",
    "soft": "a top with rounded corners",
    "polygon": "a top with many corners",
    "boat": "a top wider in the middle",
    "half round": "a half round top",
    "kidney": "a top with a wavy curved edge",
}


def _top(shape: Shape, rng: Random, kind: str, x: float, z: float, y: float, thick: float) -> None:
    style = rng.random()
    if kind in ("oblong", "square") and style < 0.18:
        bars = int(rng.integers(3, 9))
        for k in range(bars):
            shape.add("top", box(x, thick, z / bars * 0.9, (0, y - thick / 2, ((k + 0.5) / bars - 0.5) * z)))
        shape.say(f"a top of {counted(bars, 'plank')}")
        return
    if kind in ("oblong", "square") and style < 0.26:
        rim = float(rng.uniform(0.04, 0.1))
        for i in (-1, 1):
            shape.add("top", box(x, thick, rim, (0, y - thick / 2, i * (z - rim) / 2)))
            shape.add("top", box(rim, thick, z, (i * (x - rim) / 2, y - thick / 2, 0)))
        shape.add("top", box(x - rim, 0.006, z - rim, (0, y - 0.01, 0)))
        shape.say("a top with a frame around a thin plate")
        return
    outline = _outline(rng, kind, x, z)
    shape.add("top", slab(outline, thick, y))
    if style > 0.88:
        shape.add("top", slab(outline * 0.93, thick + float(rng.uniform(0.01, 0.04)), y - thick * 0.5))
    shape.say(_OUTLINES[kind])
    if thick > 0.055:
        shape.say("a thick heavy top")
    elif thick < 0.016:
        shape.say("a very thin top")


def _legged(shape: Shape, rng: Random, half: tuple[float, float], under: float, size: float) -> None:
    kind = pick(rng, LEG_KINDS)
    width = float(rng.uniform(0.02, 0.09)) * min(max(size, 0.6), 1.2)
    splay = (float(rng.uniform(0, 0.12)) * under, float(rng.uniform(0, 0.12)) * under)
    if chance(rng, 0.55):
        splay = (0.0, 0.0)
    shape.add("leg", *four_legs(kind, width, half, under, splay))
    number = 4
    if half[0] > 0.9 and chance(rng, 0.2):
        shape.add("leg", *(leg(kind, (0, 0, k * half[1]), (0, under, k * half[1]), width) for k in (-1, 1)))
        number = 6
    shape.say(counted(number, "leg"), LEG_PHRASES[kind])
    apron = float(rng.uniform(0.04, 0.16)) * min(under / 0.7, 1.0)
    if chance(rng, 0.55):
        for i in (-1, 1):
            shape.add("drawer", box(2 * half[0], apron, 0.02, (0, under - apron / 2, i * half[1])))
            shape.add("drawer", box(0.02, apron, 2 * half[1], (i * half[0], under - apron / 2, 0)))
        if chance(rng, 0.35) and apron > 0.06:
            drawers = int(rng.integers(1, 4))
            wide = 2 * half[0] / drawers
            pull = pick(rng, ("knob", "bar", "ring", "plate"))
            for k in range(drawers):
                x = (k + 0.5) * wide - half[0]
                shape.add(
                    "drawer", box(wide * 0.86, apron * 0.75, 0.02, (x, under - apron / 2, half[1] + 0.012))
                )
                shape.add(
                    "drawer", *handle(pull, min(0.1, wide * 0.3), (x, under - apron / 2, half[1] + 0.022))
                )
            shape.say(f"{counted(drawers, 'drawer')} below the top", HANDLE_PHRASES[pull])
    if chance(rng, 0.35):
        level = float(rng.uniform(0.12, 0.5))
        spread = (half[0] + splay[0] * (1 - level), half[1] + splay[1] * (1 - level))
        if chance(rng, 0.5):
            shelf = float(rng.uniform(0.008, 0.03))
            shape.add("drawer", box(2 * spread[0], shelf, 2 * spread[1], (0, level * under, 0)))
            shape.say("a shelf between the legs")
        else:
            style = pick(rng, ("H", "box", "X", "sides", "rear"))
            shape.add("drawer", *stretchers(style, spread, level * under, width * 0.6, chance(rng, 0.4)))
            shape.say("bars between the legs")


def _frames(shape: Shape, rng: Random, half: tuple[float, float], under: float) -> None:
    """Add a flat frame, closed loop, U or X of bars near each end."""
    x, z = half
    width = float(rng.uniform(0.02, 0.09))
    kind = pick(rng, ("loop", "X", "A", "T", "Y", "hairpin"))
    for i in (-1, 1):
        if kind == "loop":
            shape.add("leg", *(box(width, under, width * 0.6, (i * x, under / 2, k * z)) for k in (-1, 1)))
            shape.add(
                "leg",
                *(box(width, width * 0.6, 2 * z, (i * x, y, 0)) for y in (width * 0.3, under - width * 0.3)),
            )
        elif kind == "X":
            shape.add("leg", *(beam((i * x, 0, k * z), (i * x, under, -k * z), width) for k in (-1, 1)))
        elif kind == "A":
            shape.add("leg", *(beam((i * x, 0, k * z), (i * x, under, k * z * 0.3), width) for k in (-1, 1)))
            shape.add("leg", box(width * 0.8, width * 0.8, z * 1.1, (i * x, under * 0.45, 0)))
        elif kind == "hairpin":
            for k in (-1, 1):
                path = [(i * x, under, k * z * 0.75), (i * x, 0, k * z), (i * x * 0.9, under, k * z)]
                shape.add("leg", tube(path, 0.007, 6))
        elif kind == "Y":
            shape.add("leg", box(width, under * 0.5, width * 1.5, (i * x, under * 0.25, 0)))
            shape.add("leg", *(beam((i * x, under * 0.45, 0), (i * x, under, k * z), width) for k in (-1, 1)))
            shape.add("leg", box(width, 0.05, 1.6 * z, (i * x, 0.025, 0)))
        else:
            shape.add("leg", box(width * 1.2, under, width * 1.2, (i * x, under / 2, 0)))
            shape.add("leg", box(width, width * 0.7, 1.8 * z, (i * x, width * 0.35, 0)))
            shape.add("leg", box(width, width * 0.5, 1.6 * z, (i * x, under - width * 0.25, 0)))
    if kind in ("X", "A", "T", "Y") and chance(rng, 0.7):
        shape.add("drawer", box(2 * x, float(rng.uniform(0.03, 0.12)), 0.03, (0, under * 0.45, 0)))
        shape.say("a long bar joining the two ends")
    shape.say(
        {
            "loop": "a closed rectangular frame at each end",
            "X": "legs crossing in an X at each end",
            "A": "an A shaped trestle at each end",
            "T": "a T shaped foot at each end",
            "Y": "a forked post at each end",
            "hairpin": "thin hairpin legs of bent rod",
        }[kind]
    )


def _solid(shape: Shape, rng: Random, half: tuple[float, float], under: float) -> None:
    x, z = half
    kind = pick(rng, ("boards", "block", "drum", "waterfall", "cross", "balls", "bent", "columns", "boxes"))
    if kind == "boxes" and x < 0.5:
        kind = "boards"
    thick = float(rng.uniform(0.02, 0.09))
    if kind in ("boards", "waterfall"):
        at = x + 0.04 if kind == "waterfall" else x * float(rng.uniform(0.6, 1.0))
        shape.add("leg", *(box(thick, under, 2 * z + 0.06, (i * at, under / 2, 0)) for i in (-1, 1)))
        if kind == "boards" and chance(rng, 0.4):
            shape.add("drawer", box(2 * at, thick, 2 * z, (0, under * float(rng.uniform(0.2, 0.5)), 0)))
            shape.say("a shelf below the top")
        shape.say("two solid boards as legs")
    elif kind == "block":
        shape.add(
            "leg",
            box(
                2 * x * float(rng.uniform(0.5, 1.05)),
                under,
                2 * z * float(rng.uniform(0.5, 1.05)),
                (0, under / 2, 0),
            ),
        )
        shape.say("a solid block as base")
    elif kind == "drum":
        lower = min(x, z) * float(rng.uniform(0.4, 1.0))
        shape.add(
            "leg", cylinder(lower, under, top=lower * float(rng.uniform(0.5, 1.4)), centre=(0, under / 2, 0))
        )
        shape.say("a wide round cylinder as base")
    elif kind == "cross":
        for turn in (35.0, -35.0):
            shape.add(
                "leg", box(2 * x * 0.9, under, thick).rotated_deg(y=turn * min(z / x, 1.2)).moved(y=under / 2)
            )
        shape.say("two crossing boards as base")
    elif kind == "balls":
        shape.add(
            "leg", superellipsoid(1.2 * x, under, 1.2 * z, float(rng.uniform(0.6, 1)), (0, under / 2, 0), 10)
        )
        shape.say("a rounded ball as base")
    elif kind == "bent":
        for i in (-1, 1):
            share = np.linspace(0, 1, 9)
            path = np.stack([i * x * (1 - 0.5 * np.sin(share * np.pi)), share * under, 0 * share], axis=1)
            for k in (-1, 1):
                shape.add("leg", tube(path + np.array([0, 0, k * z * 0.8]), thick * 0.4, 6))
        shape.say("four legs curved inwards")
    elif kind == "columns":
        radius = min(thick * 1.5, z)
        shape.add(
            "leg",
            *(cylinder(radius, under, centre=(i * x * 0.65, under / 2, 0), segments=14) for i in (-1, 1)),
        )
        shape.add("leg", *(cylinder(z * 0.8, 0.03, centre=(i * x * 0.65, 0.015, 0)) for i in (-1, 1)))
        shape.say("two columns on round feet")
    else:
        wide = x * float(rng.uniform(0.25, 0.6))
        drawers = int(rng.integers(1, 5))
        for i in (-1, 1):
            shape.add("drawer", box(wide, under - 0.06, 2 * z, (i * (x - wide / 2), under / 2 + 0.03, 0)))
            shape.add(
                "leg",
                *(
                    box(0.04, 0.06, 0.04, (i * (x - wide / 2) + a * wide * 0.42, 0.03, b * z * 0.85))
                    for a in (-1, 1)
                    for b in (-1, 1)
                ),
            )
            high = (under - 0.1) / drawers
            for k in range(drawers):
                y = 0.08 + (k + 0.5) * high
                shape.add("drawer", box(wide * 0.9, high * 0.88, 0.015, (i * (x - wide / 2), y, z + 0.008)))
                shape.add("drawer", *handle("knob", 0.1, (i * (x - wide / 2), y, z + 0.015)))
        shape.say("a block of drawers at each end")


def _clutter(shape: Shape, rng: Random, half: tuple[float, float], y: float) -> None:
    """Add a vase, books or plates; things left on top count as top."""
    for _ in range(int(rng.integers(1, 4))):
        x, z = (float(rng.uniform(-0.7, 0.7)) * h for h in half)
        kind = pick(rng, ("book", "ball", "cup", "plate"))
        if kind == "book":
            shape.add(
                "top", box(0.2, 0.03, 0.14).rotated_deg(y=float(rng.uniform(0, 90))).moved(x, y + 0.015, z)
            )
        elif kind == "ball":
            shape.add("top", sphere(0.06, (x, y + 0.06, z), 8))
        else:
            radius, high = (0.04, 0.1) if kind == "cup" else (0.12, 0.015)
            shape.add(
                "top", cylinder(radius, high, top=radius * 1.15, centre=(x, y + high / 2, z), segments=12)
            )
    shape.say("small things lying on top")


@shape_class(
    "table",
    parts=("top", "leg", "drawer"),
    synonyms=("dining table", "coffee table", "side table", "flat top on legs"),
)
def table(shape: Shape, rng: Random) -> None:
    """Make a table: a flat top at a height to use."""
    use = pick(rng, ("dining", "dining", "coffee", "coffee", "side", "console", "conference", "bar"))
    x, z, y = {
        "dining": (rng.uniform(0.8, 2.2), rng.uniform(0.65, 1.1), rng.uniform(0.68, 0.8)),
        "coffee": (rng.uniform(0.6, 1.4), rng.uniform(0.4, 0.9), rng.uniform(0.25, 0.5)),
        "side": (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.65), rng.uniform(0.4, 0.72)),
        "console": (rng.uniform(0.8, 1.7), rng.uniform(0.28, 0.45), rng.uniform(0.7, 0.95)),
        "conference": (rng.uniform(2.0, 4.0), rng.uniform(0.9, 1.5), rng.uniform(0.7, 0.78)),
        "bar": (rng.uniform(0.5, 0.8), rng.uniform(0.5, 0.8), rng.uniform(0.9, 1.12)),
    }[use]
    x, z, y = float(x), float(z), float(y)
    kind = pick(
        rng,
        (
            "oblong",
            "oblong",
            "oblong",
            "square",
            "round",
            "round",
            "oval",
            "soft",
            "polygon",
            "boat",
            "half round",
            "kidney",
        ),
    )
    if kind == "half round" and use not in ("console", "side"):
        kind = "oblong"
    if kind in ("square", "round", "polygon"):
        x = z = min(x, z * 1.4, 1.8)
    thick = float(rng.uniform(0.01, 0.075))
    _top(shape, rng, kind, x, z, y, thick)
    # Legs under a round top stand inside the largest square that the outline holds.
    share = {"oblong": 0.92, "square": 0.92, "soft": 0.84, "boat": 0.66, "polygon": 0.62}.get(kind, 0.6)
    share *= float(rng.uniform(0.75, 1.0))
    half = (x / 2 * share, z / 2 * share)
    under = y - thick * 0.7
    compact = x < 1.5 * z
    style = rng.random()
    if style < (0.45 if compact else 0.58):
        _legged(shape, rng, half, under, x)
    elif style < (0.75 if compact else 0.62):
        if compact and chance(rng, 0.15):
            radius = min(half) * 0.9
            for angle in np.deg2rad([90, 210, 330]):
                out = np.array([np.cos(angle), 0, np.sin(angle)])
                shape.add("leg", rod(out * radius * 1.2, out * radius + [0, under, 0], 0.018))
            shape.say("three thin legs")
        else:
            meshes, phrase = pedestal(rng, under, min(x, z) * float(rng.uniform(0.25, 0.42)))
            shape.add("leg", *meshes)
            shape.say(phrase)
    elif style < 0.8:
        _frames(shape, rng, half, under)
    else:
        _solid(shape, rng, half, under)
    shape.say(
        {
            "coffee": "low",
            "bar": "tall and narrow",
            "conference": "very long",
            "console": "long and narrow",
        }.get(use, "small" if use == "side" else "wide")
    )
    if chance(rng, 0.08):
        _clutter(shape, rng, (half[0], half[1]), y)
