"""Make bridges, a class that training never sees."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.makers.unseen import counted, stand, thin_rods
from pointclip2.worlds.shapes.mesh import beam, box, cylinder, grid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Array = NDArray[np.float64]


@shape_class(
    "bridge",
    parts=("deck", "pier", "arch", "cable", "tower", "rail"),
    synonyms=("footbridge", "viaduct", "overpass"),
)
def bridge(shape: Shape, rng: Random) -> None:
    """Make a bridge whose span runs along x, so that the front shows it from the side."""
    style = str(rng.choice(["arches", "suspension", "stayed", "truss", "beam", "humpback", "bow"]))
    span = {"humpback": rng.uniform(2, 9), "truss": rng.uniform(15, 70), "beam": rng.uniform(10, 90)}.get(
        style, rng.uniform(25, 160)
    )
    wide = span * rng.uniform(0.07, 0.2) if style != "humpback" else span * rng.uniform(0.2, 0.45)
    deep = span * rng.uniform(0.01, 0.03)
    level = span * rng.uniform(0.1, 0.25)
    if style in ("arches", "humpback"):
        _stone_bridge(shape, rng, style, span, wide)
    elif style in ("suspension", "stayed"):
        _hung_bridge(shape, rng, style, span, wide, deep, level)
    elif style == "truss":
        _truss_bridge(shape, rng, span, wide, deep)
    else:
        shape.add("deck", box(span, deep, wide, (0, level, 0)))
        count = int(rng.integers(2, 7)) if style == "beam" else 2
        ends = 0.5 - (0.5 / count if style == "beam" else 0.02)
        kind = str(rng.choice(["columns", "wall", "hammerhead"]))
        for x in np.linspace(-ends * span, ends * span, count):
            thick = span * 0.018
            if kind == "columns":
                posts = [cylinder(thick, level, centre=(x, level / 2, z * wide)) for z in (-0.35, 0.35)]
                shape.add("pier", *posts, box(2.4 * thick, thick, 0.95 * wide, (x, level - thick / 2, 0)))
            elif kind == "wall":
                shape.add("pier", box(1.6 * thick, level, 0.8 * wide, (x, level / 2, 0)))
            else:
                shape.add("pier", box(1.6 * thick, level, 0.35 * wide, (x, level / 2, 0)))
                shape.add("pier", box(2 * thick, 1.5 * thick, 0.95 * wide, (x, level - thick, 0)))
        if style == "bow":
            _bow(shape, rng, span, wide, level)
        else:
            shape.say(f"{counted(count)} piers under the deck", "a long flat slab")
        _railing(
            shape, rng, np.array([[-span / 2, level + deep / 2], [span / 2, level + deep / 2]]), wide, span
        )
    stand(shape)


def _railing(shape: Shape, rng: Random, line: Array, wide: float, span: float) -> None:
    """Add a railing along both sides of a deck whose side view is ``line`` (n, 2) in x, y."""
    if rng.random() < 0.25:
        shape.say("no railings")
        return
    high = max(min(1.1, 0.03 * span), 0.012 * span) if span > 9 else rng.uniform(0.7, 1.0)
    count = int(rng.integers(12, 30))
    x = np.linspace(line[0, 0], line[-1, 0], count)
    y = np.interp(x, line[:, 0], line[:, 1])
    for z in (-0.48 * wide, 0.48 * wide):
        low = np.stack([x, y, np.full(count, z)], axis=1)
        top = low + np.array([0.0, high, 0.0])
        shape.add("rail", thin_rods(low, top, 0.06 * high), tube(top, 0.07 * high, 5))
        if rng.random() < 0.5:
            shape.add("rail", tube(low + np.array([0.0, high / 2, 0.0]), 0.05 * high, 4))
    shape.say("railings along both sides")


def _stone_bridge(shape: Shape, rng: Random, style: str, span: float, wide: float) -> None:
    arches = 1 if style == "humpback" else int(rng.integers(1, 7))
    wall = span * rng.uniform(0.015, 0.04)
    opening = (span * rng.uniform(0.75, 0.92) - wall * (arches + 1)) / arches
    rise = opening * rng.uniform(0.2, 0.5)
    springing = opening * rng.uniform(0.0, 0.8) if arches > 1 else 0.0
    crown = springing + rise
    hump = span * (
        rng.uniform(0.04, 0.15) if style == "humpback" else rng.choice([0.0, 0.0, rng.uniform(0, 0.06)])
    )
    slab = span * rng.uniform(0.015, 0.05)
    shape_power = rng.choice([1.0, 1.0, 0.8])
    x = np.linspace(-span / 2, span / 2, 24 * arches + 25)
    upper = crown + slab + hump * np.cos(np.pi * x / span)
    total = arches * opening + (arches - 1) * wall
    lower = np.zeros_like(x)
    for number in range(arches):
        middle = -total / 2 + opening / 2 + number * (opening + wall)
        inside = np.abs(x - middle) < opening / 2
        part = 1 - (2 * (x[inside] - middle) / opening) ** 2
        grown = crown + (hump * np.cos(np.pi * middle / span)) * 0.95
        lower[inside] = springing + (grown - springing) * part ** (0.5 * shape_power)
    lower = np.minimum(lower, upper - 0.3 * slab)
    for z in (-wide / 2, wide / 2):
        depth = np.full_like(x, z)
        shape.add("arch", grid(np.stack([np.stack([x, y, depth], axis=1) for y in (lower, upper)])))
    for y, name in ((lower, "arch"), (upper, "deck")):
        sides = [np.stack([x, y, np.full_like(x, z)], axis=1) for z in (-wide / 2, wide / 2)]
        shape.add(name, grid(np.stack(sides)))
    if rng.random() < 0.6:
        parapet = max(0.02 * span, 0.3)
        for z in (-wide / 2, wide / 2):
            low = np.stack([x, upper, np.full_like(x, z)], axis=1)
            shape.add("rail", grid(np.stack([low, low + np.array([0.0, parapet, 0.0])])))
        shape.say("solid low walls along both sides")
    else:
        _railing(shape, rng, np.stack([x, upper], axis=1), wide, span)
    shape.say("one arch" if arches == 1 else f"{counted(arches)} round arches in a row", "massive thick body")
    shape.say("curved up in the middle" if hump > 0.03 * span else "flat on top")


def _hung_bridge(
    shape: Shape, rng: Random, style: str, span: float, wide: float, deep: float, level: float
) -> None:
    """Add a suspension or cable-stayed bridge: towers, cables, hangers."""
    shape.add("deck", box(span, deep, wide, (0, level, 0)))
    single = style == "stayed" and rng.random() < 0.5
    places = [0.0] if single else [-span * 0.27, span * 0.27]
    peak = level + span * (rng.uniform(0.12, 0.22) if style == "suspension" else rng.uniform(0.18, 0.4))
    thick = span * rng.uniform(0.012, 0.022)
    pointed = style == "stayed" and rng.random() < 0.5
    for x in places:
        for way in (-1, 1):
            foot, head = (x, 0.0, way * wide * 0.6), (x, peak, way * wide * (0.05 if pointed else 0.5))
            shape.add("tower", beam(foot, head, thick * 1.4))
        for y in (0.85 * level, level + 0.6 * (peak - level), peak):
            half = wide * 0.55 * (1 - 0.9 * y / peak if pointed else 1)
            shape.add("tower", beam((x, y, -half), (x, y, half), thick))
    thin = span * rng.uniform(0.0015, 0.003)
    inset = 0.05 if pointed else 0.5
    for way in (-1, 1):
        z = way * wide * 0.5
        if style == "suspension":
            sag = (peak - level) * rng.uniform(0.8, 0.95)
            across = np.linspace(-0.27, 0.27, 25) * span
            main = np.stack(
                [across, peak - sag * (1 - (across / (0.27 * span)) ** 2), np.full(25, z)], axis=1
            )
            ends = [np.array([[way_x * span / 2, level, z]]) for way_x in (-1, 1)]
            shape.add("cable", tube(np.concatenate([ends[0], main, ends[1]]), 1.6 * thin, 5))
            hung = main[1:-1]
            foot_points = np.column_stack([hung[:, 0], np.full(len(hung), level), hung[:, 2]])
            shape.add("cable", thin_rods(hung, foot_points, thin))
        else:
            count = int(rng.integers(5, 11))
            fan = rng.uniform(0.0, 1.0)
            for x in places:
                out = np.linspace(0.15, 1.0, count) * (span * 0.48 if single else span * 0.22)
                for side in (-1, 1):
                    high = peak - (1 - fan) * 0.75 * (peak - level) * np.linspace(1, 0, count)
                    start = np.column_stack([np.full(count, x), high, np.full(count, z * inset / 0.5)])
                    end = np.column_stack([x + side * out, np.full(count, level), np.full(count, z)])
                    shape.add("cable", thin_rods(start, end, thin))
    if style == "suspension":
        shape.say("two tall towers", "curved hanging cables", "thin vertical hangers")
    else:
        shape.say("one tall tower" if single else "two tall towers", "straight slanted cables like a fan")
    shape.say("a long thin flat deck")


def _truss_bridge(shape: Shape, rng: Random, span: float, wide: float, deep: float) -> None:
    panels = 2 * int(rng.integers(3, 7))
    high = span * rng.uniform(0.1, 0.2)
    curved = rng.uniform(0, 0.6) if rng.random() < 0.4 else 0.0
    level = span * rng.uniform(0.0, 0.15)
    thick = span * rng.uniform(0.004, 0.01)
    shape.add("deck", box(span, deep, wide, (0, level, 0)))
    x = np.linspace(-span / 2, span / 2, panels + 1)
    top = level + high * (1 + curved * (1 - (2 * x / span) ** 2))
    sides = []
    for z in (-wide / 2, wide / 2):
        low = np.stack([x, np.full_like(x, level), np.full_like(x, z)], axis=1)
        up = np.stack([x, top, np.full_like(x, z)], axis=1)[1:-1]
        sides.append(up)
        shape.add("rail", tube(low, thick, 4), tube(np.concatenate([low[:1], up, low[-1:]]), thick, 4))
        half = panels // 2
        # Diagonals fall towards the middle, or zigzag through all panels.
        if rng.random() < 0.5:
            first = np.concatenate([up[: half - 1], up[half:]])
            second = np.concatenate([low[2 : half + 1], low[half:-2]])
        else:
            first, second = up[:-1], low[2:-1]
        shape.add("rail", thin_rods(first, second, 0.8 * thick), thin_rods(up, low[1:-1], 0.8 * thick))
    shape.add("rail", thin_rods(sides[0], sides[1], 0.8 * thick))
    if rng.random() < 0.6:
        shape.add("rail", thin_rods(sides[0][:-1], sides[1][1:], 0.6 * thick))
    if level > 0.04 * span:
        for at in (-0.47, 0.47):
            shape.add("pier", box(0.04 * span, level, wide * 1.1, (at * span, level / 2, 0)))
        shape.say("a pier at each end")
    shape.say("a frame of triangles on both sides", "an open box of straight bars")
    if curved:
        shape.say("curved top edge")


def _bow(shape: Shape, rng: Random, span: float, wide: float, level: float) -> None:
    """Add a deck that hangs from, or stands on, two slender arches."""
    rise = span * rng.uniform(0.14, 0.28)
    start = level * rng.uniform(0, 1)
    along = np.linspace(-0.48, 0.48, 19)
    height = start + rise * (1 - (along / 0.48) ** 2)
    for way in (-1, 1):
        z = np.full(19, way * wide * 0.5)
        line = np.stack([along * span, height, z], axis=1)
        shape.add("arch", tube(line, span * 0.01, 4))
        foot_points = np.stack([along * span, np.full(19, level), z], axis=1)
        apart = np.abs(height - level) > 0.02 * span
        shape.add("cable", thin_rods(line[apart], foot_points[apart], span * 0.002))
    shape.say("two slender arches above the deck", "thin hangers from the arch", "a flat deck")
