"""Make what chairs stand on: legs, stars, bent tube, rockers, boards."""

import numpy as np

from pointclip2.worlds.shapes.makers.chair_backs import Seat
from pointclip2.worlds.shapes.makers.supports import (
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    four_legs,
    pedestal,
    pick,
    star_base,
    stretchers,
)
from pointclip2.worlds.shapes.mesh import box, rod, tube
from pointclip2.worlds.shapes.shape import Random, Shape


def _legs(shape: Shape, rng: Random, seat: Seat) -> None:
    kind = pick(rng, LEG_KINDS)
    width = float(rng.uniform(0.02, 0.055))
    top = seat.height - seat.thickness * 0.5
    inset = float(rng.uniform(0.0, 0.06)) + width / 2
    half = (seat.width / 2 - inset, seat.depth / 2 - inset)
    splay = (float(rng.uniform(0, 0.07)), float(rng.uniform(0, 0.08))) if chance(rng, 0.5) else (0.0, 0.0)
    shape.add("leg", *four_legs(kind, width, half, top, splay))
    shape.say("four legs", LEG_PHRASES[kind])
    if max(splay) > 0.04:
        shape.say("legs spread outwards")
    if chance(rng, 0.4):
        level = float(rng.uniform(0.2, 0.7))
        spread = (half[0] + splay[0] * (1 - level), half[1] + splay[1] * (1 - level))
        style = pick(rng, ("H", "box", "sides", "rear", "X"))
        shape.add("leg", *stretchers(style, spread, level * top, width * 0.6, chance(rng, 0.5)))
        shape.say("bars between the legs")
    if chance(rng, 0.4) and kind not in ("blade", "cabriole"):
        apron = float(rng.uniform(0.03, 0.08))
        level = seat.height - seat.thickness - apron / 2
        if seat.thickness < 0.05:
            for z in (-1, 1):
                shape.add("seat", box(2 * half[0], apron, 0.02, (0, level, z * half[1])))
            for x in (-1, 1):
                shape.add("seat", box(0.02, apron, 2 * half[1], (x * half[0], level, 0)))


def _bent_tube(shape: Shape, rng: Random, seat: Seat, cantilever: bool) -> None:
    """Add a frame of bent steel on each side; a cantilever has no rear legs."""
    radius = float(rng.uniform(0.009, 0.018))
    x, deep, top = seat.width / 2 - 0.02, seat.depth / 2, seat.height - seat.thickness
    back_z = -deep * float(rng.uniform(0.7, 1.05))
    lean = 0.0 if cantilever else float(rng.uniform(0, 0.08))
    for i in (-1, 1):
        path = [
            (x, top, -deep * 0.9),
            (x, top, deep - 0.03),
            (x, top - 0.03, deep),
            (x, 0.04 + radius, deep + lean),
        ]
        path += [(x, radius, deep - 0.04 + lean), (x, radius, back_z - lean)]
        if not cantilever:
            path += [(x, radius + 0.04, back_z - lean - 0.03), (x, top, -deep * 0.9)]
        shape.add("leg", tube(np.array(path) * [i, 1, 1], radius, 7))
    ends = (
        [(radius, back_z - lean)] if cantilever else [(top - radius, -deep * 0.5), (top - radius, deep * 0.6)]
    )
    shape.add("leg", *(rod((-x, y, z), (x, y, z), radius, 7) for y, z in ends))
    if cantilever:
        shape.say("a bent tube frame without rear legs", "a cantilever base")
    else:
        shape.say("two sledge runners of bent tube", "closed loops at the sides")


def _rockers(shape: Shape, rng: Random, seat: Seat) -> None:
    width = float(rng.uniform(0.025, 0.045))
    half = (seat.width / 2 - 0.04, seat.depth / 2 - 0.04)
    legs = four_legs(pick(rng, ("square", "round", "turned")), width, half, seat.height - seat.thickness / 2)
    shape.add("leg", *legs)
    z = np.linspace(-seat.depth * 0.95, seat.depth * 0.75, 11)
    y = 0.3 * z**2 + width / 2
    for i in (-1, 1):
        shape.add("leg", tube(np.stack([0 * z + i * half[0], y, z], axis=1), width * 0.5, 5))
    shape.say("two curved rockers under four legs")


def add_base(shape: Shape, rng: Random, seat: Seat, kind: str) -> None:
    """Stand a seat on ``legs star pedestal rockers boards block sledge cantilever``."""
    under = seat.height - seat.thickness
    if kind == "legs":
        _legs(shape, rng, seat)
    elif kind == "star":
        castors = chance(rng, 0.75)
        shape.add("leg", *star_base(rng, under + 0.005, float(rng.uniform(0.25, 0.36)), castors))
        if chance(rng, 0.6):
            shape.add("leg", box(0.18, 0.04, 0.2, (0, under - 0.02, 0)))
        shape.say("a star base with wheels" if castors else "a star base", "one central column")
    elif kind == "pedestal":
        meshes, phrase = pedestal(rng, under + 0.005, float(rng.uniform(0.18, 0.28)))
        shape.add("leg", *meshes)
        shape.say(phrase)
    elif kind == "rockers":
        _rockers(shape, rng, seat)
    elif kind == "boards":
        thick = float(rng.uniform(0.018, 0.05))
        for i in (-1, 1):
            shape.add("leg", box(thick, under, seat.depth, (i * (seat.width - thick) / 2, under / 2, 0)))
        shape.say("two solid side boards as legs")
    elif kind == "block":
        shape.add("leg", box(seat.width * 0.96, under, seat.depth * 0.96, (0, under / 2, 0)))
        shape.say("a solid box base")
    else:
        _bent_tube(shape, rng, seat, kind == "cantilever")
