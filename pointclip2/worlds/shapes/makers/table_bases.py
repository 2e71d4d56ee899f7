"""Make what table tops stand on: legs, frames, trestles, boards and blocks."""

from collections.abc import Callable

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
    pick,
    stretchers,
)
from pointclip2.worlds.shapes.mesh import Vector, beam, box, cylinder, rod, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape


def legged(shape: Shape, rng: Random, reach: tuple[float, float], under: float, size: float) -> None:
    """Add four or six legs whose outer sides stand at +-``reach``, an apron, drawers, a shelf or bars."""
    kind = pick(rng, LEG_KINDS)
    width = float(rng.uniform(0.02, 0.12)) * min(max(size, 0.6), 1.2)
    width = min(width, under * 0.25, *reach)
    half = (reach[0] - width / 2, reach[1] - width / 2)
    splay = (float(rng.uniform(0, 0.12)) * under, float(rng.uniform(0, 0.12)) * under)
    if chance(rng, 0.7):
        splay = (0.0, 0.0)
    shape.add("leg", *four_legs(kind, width, half, under, splay))
    number = 4
    if half[0] > 0.9 and chance(rng, 0.2):
        shape.add("leg", *(leg(kind, (0, 0, k * half[1]), (0, under, k * half[1]), width) for k in (-1, 1)))
        number = 6
    shape.say(counted(number, "leg"), LEG_PHRASES[kind])
    if width > 0.09:
        shape.say("very thick legs")
    if chance(rng, 0.5):
        _apron(shape, rng, half, under)
    if chance(rng, 0.3):
        level = float(rng.uniform(0.12, 0.5))
        spread = (half[0] + splay[0] * (1 - level), half[1] + splay[1] * (1 - level))
        if chance(rng, 0.45):
            shelf = float(rng.uniform(0.008, 0.03))
            shape.add("drawer", box(2 * spread[0], shelf, 2 * spread[1], (0, level * under, 0)))
            shape.say("a shelf between the legs")
        else:
            style = pick(rng, ("H", "box", "X", "sides", "rear"))
            shape.add("drawer", *stretchers(style, spread, level * under, width * 0.6, chance(rng, 0.4)))
            shape.say("bars between the legs")


def _apron(shape: Shape, rng: Random, half: tuple[float, float], under: float) -> None:
    """Add boards between the upper ends of the legs, with or without drawers in the front one."""
    high = float(rng.uniform(0.04, 0.16)) * min(under / 0.7, 1.0)
    for i in (-1, 1):
        shape.add("drawer", box(2 * half[0], high, 0.02, (0, under - high / 2, i * half[1])))
        shape.add("drawer", box(0.02, high, 2 * half[1], (i * half[0], under - high / 2, 0)))
    shape.say("boards below the edge of the top")
    if chance(rng, 0.3) and high > 0.06:
        drawers = int(rng.integers(1, 4))
        wide = 2 * half[0] / drawers
        pull = pick(rng, ("knob", "bar", "ring", "plate"))
        for k in range(drawers):
            at = ((k + 0.5) * wide - half[0], under - high / 2, half[1] + 0.012)
            shape.add("drawer", box(wide * 0.86, high * 0.75, 0.02, at))
            shape.add("drawer", *handle(pull, min(0.1, wide * 0.3), (*at[:2], half[1] + 0.022)))
        shape.say(f"{counted(drawers, 'drawer')} below the top", HANDLE_PHRASES[pull])


_FRAMES = {
    "loop": "a closed rectangular frame at each end",
    "X": "legs crossing in an X at each end",
    "A": "an A shaped trestle at each end",
    "T": "a T shaped foot at each end",
    "Y": "a forked post at each end",
    "hairpin": "thin hairpin legs of bent rod",
    "horse": "a trestle of four splayed legs at each end",
    "posts": "two upright posts on a foot at each end",
}


def framed(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    """Add a flat frame, closed loop, U or X of bars near each end."""
    width = min(float(rng.uniform(0.02, 0.09)), under * 0.15)
    x, z = reach[0] - width / 2, reach[1] - width / 2
    kind = pick(rng, (*_FRAMES, "horse", "posts"))
    lean = x * float(rng.uniform(0.05, 0.3)) if chance(rng, 0.3) else 0.0
    joined = chance(rng, 0.6)

    def bar(i: int, start: Vector, end: Vector, share: float = 1.0) -> None:
        # ``start`` and ``end`` are (height as a share, z); a lean brings the upper ends of both frames together.
        (low, a), (high, b) = start, end
        feet = ((i * (x - lean * low), low * under, a), (i * (x - lean * high), high * under, b))
        shape.add("leg", beam(*feet, width * share))

    for i in (-1, 1):
        if kind == "loop":
            for k in (-1, 1):
                bar(i, (0, k * z), (1, k * z))
                level = width / 2 / under if k < 0 else 1 - width / 2 / under
                bar(i, (level, -z), (level, z))
        elif kind == "X":
            for k in (-1, 1):
                bar(i, (0, k * z), (1, -k * z))
                if joined:
                    brace = ((i * x, under * 0.55, 0), (i * x * 0.4, under, k * z * 0.3))
                    shape.add("leg", beam(*brace, width * 0.6))
        elif kind == "A":
            for k in (-1, 1):
                bar(i, (0, k * z), (1, k * z * 0.3))
            bar(i, (0.45, -z * 0.55), (0.45, z * 0.55), 0.8)
        elif kind == "hairpin":
            for k in (-1, 1):
                path = [(i * x, under, k * z * 0.75), (i * x, 0, k * z), (i * x * 0.9, under, k * z)]
                shape.add("leg", tube(path, 0.007, 6))
        elif kind == "Y":
            bar(i, (0, 0), (0.5, 0))
            bar(i, (width / 2 / under, -z), (width / 2 / under, z))
            for k in (-1, 1):
                bar(i, (0.45, 0), (1, k * z))
        elif kind == "horse":
            foot, head = x * 0.35, x * 0.6
            for k in (-1, 1):
                for side in (-1, 1):
                    start = (i * head + side * foot, 0, k * z)
                    shape.add("leg", beam(start, (i * head + side * 0.02, under, k * z * 0.9), width * 0.7))
                    low, high = (i * head + side * foot * 0.6, under * 0.4, 0), (0, 0, z * 0.95)
                    shape.add("leg", beam(np.subtract(low, high), np.add(low, high), width * 0.5))
            shape.add("leg", box(width, width, 2 * z, (i * head, under - width / 2, 0)))
        else:
            for k in (-1, 1) if kind == "posts" else (0,):
                bar(i, (0, k * z * 0.4), (1, k * z * 0.4), 1.2)
            for level, far in ((width * 0.4 / under, 0.95), (1 - width * 0.4 / under, 0.85)):
                bar(i, (level, -z * far), (level, z * far), 0.8)
    if kind in ("X", "A", "T", "Y", "posts") and joined:
        level = under * pick(rng, (0.12, 0.45, 0.6))
        shape.add("drawer", box(2 * x, float(rng.uniform(0.03, 0.12)), 0.03, (0, level, 0)))
        shape.say("a long bar joining the two ends")
    shape.say(_FRAMES[kind])


def _boards(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    thick = float(rng.uniform(0.015, 0.09))
    at = reach[0] - thick / 2
    deep = 2 * reach[1] * (1.0 if chance(rng, 0.6) else float(rng.uniform(0.6, 1.0)))
    shape.add("leg", *(box(thick, under, deep, (i * at, under / 2, 0)) for i in (-1, 1)))
    shape.say("two solid boards as legs")
    if chance(rng, 0.4):
        shape.add("drawer", box(2 * at, thick, deep * 0.95, (0, under * float(rng.uniform(0.2, 0.6)), 0)))
        shape.say("a shelf below the top")


def _block(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    wide, deep = (2 * r * float(rng.uniform(0.5, 0.95)) for r in reach)
    shape.add("leg", box(wide, under, deep, (0, under / 2, 0)))
    shape.say("a solid block as base")


def _drum(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    lower = min(reach) * float(rng.uniform(0.4, 1.0))
    top = lower * float(rng.uniform(0.5, 1.4))
    shape.add("leg", cylinder(lower, under, top=top, centre=(0, under / 2, 0)))
    shape.say("a wide round cylinder as base")


def _cross(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    x, z = reach
    thick = float(rng.uniform(0.02, 0.09))
    for turn in (35.0, -35.0):
        board = box(1.8 * x, under, thick).rotated_deg(y=turn * min(z / x, 1.2))
        shape.add("leg", board.moved(y=under / 2))
    shape.say("two crossing boards as base")


def _ball(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    ball = superellipsoid(1.2 * reach[0], under, 1.2 * reach[1], float(rng.uniform(0.6, 1)), detail=10)
    shape.add("leg", ball.moved(y=under / 2))
    shape.say("a rounded ball as base")


def _bent(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    share = np.linspace(0, 1, 9)
    girth = float(rng.uniform(0.008, 0.036))
    for i in (-1, 1):
        path = np.stack([i * reach[0] * (1 - 0.5 * np.sin(share * np.pi)), share * under, 0 * share], axis=1)
        for k in (-1, 1):
            shape.add("leg", tube(path + np.array([0, 0, k * reach[1] * 0.8]), girth, 6))
    shape.say("four legs curved inwards")


def _columns(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    x, z = reach[0] * 0.65, reach[1]
    radius = min(float(rng.uniform(0.03, 0.13)), z)
    for i in (-1, 1):
        shape.add("leg", cylinder(radius, under, centre=(i * x, under / 2, 0), segments=14))
        shape.add("leg", cylinder(z * 0.8, 0.03, centre=(i * x, 0.015, 0)))
    shape.say("two columns on round feet")


def _tripod(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    radius = min(reach) * 0.9
    for angle in np.deg2rad([90, 210, 330]):
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        shape.add("leg", rod(out * radius * 1.2, out * radius + [0, under, 0], 0.018))
    shape.say("three thin legs")


Base = Callable[[Shape, Random, tuple[float, float], float], None]
_SOLID: tuple[Base, ...] = (_boards, _boards, _boards, _block, _drum, _cross, _ball, _bent, _columns, _tripod)


def solid(shape: Shape, rng: Random, reach: tuple[float, float], under: float) -> None:
    """Add boards, a block, drum, ball or columns, or thin bent legs."""
    base = pick(rng, _SOLID)
    long = max(reach) > 1.5 * min(reach)
    (_boards if long and base in (_tripod, _drum) else base)(shape, rng, reach, under)
