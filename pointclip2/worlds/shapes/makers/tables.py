"""Make tables: tops of any outline on legs, pedestals, trestles, frames, blocks."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    chance,
    counted,
    pedestal,
    pick,
    rounded_outline,
    ruled,
    slab,
)
from pointclip2.worlds.shapes.makers.table_bases import framed, legged, solid
from pointclip2.worlds.shapes.mesh import Array, box, cylinder, sphere
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


def _clutter(shape: Shape, rng: Random, half: tuple[float, float], y: float) -> None:
    """Add a vase, books or plates; things left on top count as top."""
    for _ in range(int(rng.integers(1, 6))):
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


def _cloth(shape: Shape, rng: Random, outline: Array, y: float) -> None:
    """Add a cloth that hangs from the edge of the top in folds, to the floor or half way."""
    low = 0.0 if chance(rng, 0.6) else y * float(rng.uniform(0.3, 0.8))
    share = np.linspace(0, 1, 97)
    corners = np.concatenate([outline, outline[:1]])
    along = np.cumsum([0.0, *np.linalg.norm(np.diff(corners, axis=0), axis=1)])
    edge = np.stack([np.interp(share, along / along[-1], corners[:, k]) for k in (0, 1)], axis=1)
    wave = 1 + float(rng.uniform(0.02, 0.12)) * np.cos(2 * np.pi * share * int(rng.integers(6, 24)))
    flare = float(rng.uniform(1.0, 1.2))
    hem = edge * (flare * wave)[:, None]
    lines = [np.column_stack([line[:, 0], np.full(97, h), line[:, 1]]) for line, h in ((hem, low), (edge, y))]
    shape.add("top", ruled(*lines))
    shape.say("a cloth hanging down to the floor" if low == 0.0 else "a cloth hanging over the edge")


_SIZES = {
    "dining": ((0.9, 2.2), (0.65, 1.1), (0.68, 0.8)),
    "coffee": ((0.6, 1.4), (0.45, 1.0), (0.22, 0.48)),
    "side": ((0.3, 0.7), (0.3, 0.65), (0.4, 0.72)),
    "console": ((0.8, 1.7), (0.28, 0.45), (0.7, 0.95)),
    "conference": ((2.0, 3.2), (0.9, 1.5), (0.7, 0.78)),
    "bar": ((0.55, 0.9), (0.55, 0.8), (0.9, 1.12)),
}
_USES = (*("dining",) * 5, "coffee", "coffee", "coffee", "side", "console", "conference", "bar")
_KINDS = (*("oblong",) * 12, "square", "square", "round", "round", "round", *tuple(_OUTLINES)[3:])
_ROOM = {"oblong": 1.0, "square": 1.0, "soft": 0.9, "boat": 0.7, "polygon": 0.66}
"""Largest rectangle that a top of each outline holds, as a share of its sizes; .64 for others."""


@shape_class(
    "table",
    parts=("top", "leg", "drawer"),
    synonyms=("dining table", "coffee table", "side table", "flat top on legs"),
)
def table(shape: Shape, rng: Random) -> None:
    """Make a table: a flat top at a height to use."""
    use = pick(rng, _USES)
    x, z, y = (float(rng.uniform(*span)) for span in _SIZES[use])
    kind = pick(rng, _KINDS)
    if kind == "half round" and use not in ("console", "side"):
        kind = "oblong"
    if kind in ("square", "round", "polygon"):
        x = z = min(x, z * 1.4, 1.8)
    thick = float(rng.uniform(0.01, 0.075))
    _top(shape, rng, kind, x, z, y, thick)
    # Most tables stand on their outermost edges; others have a top that reaches beyond its legs.
    stance = rng.random()
    share = 1.0 if stance < 0.5 else float(rng.uniform(0.88, 1.0) if stance < 0.7 else rng.uniform(0.6, 0.88))
    share *= _ROOM.get(kind, 0.64)
    reach = (x / 2 * share, z / 2 * share)
    under = y - thick * 0.7
    compact = x < 1.5 * z
    on_legs, on_column = (0.25, 0.8) if use == "bar" else (0.5, 0.7) if compact else (0.66, 0.69)
    style = rng.random()
    if style < on_legs:
        legged(shape, rng, reach, under, x)
    elif style < on_column:
        meshes, phrase = pedestal(rng, under, min(x, z) * float(rng.uniform(0.25, 0.42)))
        shape.add("leg", *meshes)
        shape.say(phrase)
    elif style < 0.86:
        framed(shape, rng, reach, under)
    else:
        solid(shape, rng, reach, under)
    if chance(rng, 0.07):
        _cloth(shape, rng, _outline(rng, kind, x, z) * 1.01, y + 0.005)
    shape.say(
        {
            "coffee": "low",
            "bar": "tall and narrow",
            "conference": "very long",
            "console": "long and narrow",
        }.get(use, "small" if use == "side" else "wide")
    )
    if chance(rng, 0.15):
        _clutter(shape, rng, reach, y)
