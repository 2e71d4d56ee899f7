"""Make a column and a pyramid."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.makers.turned import fluted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, ring_of


@shape_class(
    "column",
    parts=("shaft", "capital", "base", "statue"),
    synonyms=("pillar", "greek column", "obelisk", "ionic column"),
    described=(
        "A column is a tall round shaft on a wider foot, with a block or scroll at its upper end.",
        "Fine grooves run up the shaft of the column, and it gets slightly thinner towards the top.",
        "The head of the column spreads out to carry a square plate.",
        "Broken off, the column ends above in a slanted or ragged face.",
    ),
)
def column(shape: Shape, rng: Random) -> None:
    """Make a column: plain, with scrolls, with leaves, square, twisted, an obelisk, broken; some carry a figure."""
    d = Dice(rng)
    b = d.between
    tall = b(1.5, 9.0)
    r = tall * b(0.04, 0.11)
    kind = d.pick("doric", "ionic", "leafy", "square", "twisted", "obelisk")
    foot = r * b(0.3, 1.0)
    for k in range(d.whole(1, 3)):
        size = r * (3.2 - 0.35 * k)
        shape.add("base", box(size, foot, size, (0, foot * (k + 0.5), 0)))
        low = foot * (k + 1)
    if kind == "obelisk":
        shape.add("shaft", block((2 * r, tall, 2 * r), (b(0.55, 0.75),) * 2, (0, low, 0)))
        size = float(
            shape.meshes[-1].vertices[:, 0][shape.meshes[-1].vertices[:, 1] > low + tall * 0.9].max()
        )
        shape.add(
            "capital", block((2 * size, size * b(1.2, 2.4), 2 * size), (0.02, 0.02), (0, low + tall, 0))
        )
        shape.say("four flat sides that taper", "a small pyramid at its tip")
        set_down(shape)
        return
    sides = 4 if kind == "square" else 48
    t = np.linspace(0, 1, 14)
    thin = b(0.72, 0.95)
    radii = r * (1 - (1 - thin) * t**1.5)
    shaft = lathe([(float(x), float(low + tall * y)) for x, y in zip(radii, t, strict=True)], sides)
    if kind == "twisted":
        shaft = fluted(shaft, d.whole(2, 4), 0.14, tall / r * b(0.05, 0.12))
        shape.say("a shaft twisted like a rope")
    elif kind != "square" and d.chance(0.7):
        shaft = fluted(shaft, d.whole(10, 16), 0.05)
        shape.say("upright grooves")
    else:
        shape.say("four flat sides" if kind == "square" else "a smooth shaft")
    broken = d.chance(0.15)
    if broken:
        cut = shaft.vertices.copy()
        limit = (
            low
            + tall * b(0.45, 0.8)
            + cut[:, 0] * b(0.4, 1.0)
            + 0.1 * r * np.sin(7 * np.arctan2(cut[:, 2], cut[:, 0]))
        )
        cut[:, 1] = np.minimum(cut[:, 1], limit)
        shaft = Mesh(cut, shaft.faces)
        shape.say("broken off at the top")
    shape.add("shaft", shaft)
    shape.add(
        "base",
        torus(r * 1.15, r * 0.2, (0, low + r * 0.15, 0)),
        torus(r * 1.05, r * 0.12, (0, low + r * 0.42, 0)),
    )
    if not broken:
        y, top = low + tall, r * thin
        if kind == "ionic":
            shape.add(
                "capital",
                *pair(
                    *(
                        cylinder(top * b(0.5, 0.6), top * 2.1, segments=16)
                        .rotated_deg(x=90)
                        .moved(top * 1.15, y, 0)
                        for _ in range(1)
                    )
                ),
                box(top * 2.4, top * 0.5, top * 2, (0, y + top * 0.25, 0)),
            )
            shape.say("two scrolls at its head")
        elif kind == "leafy":
            bell = lathe([(top, y), (top * 1.1, y + top), (top * 1.5, y + top * 2)], 24)
            shape.add("capital", fluted(bell, 8, 0.1))
            leaf = superellipsoid(
                top * 0.25, top * 1.1, top * 0.6, centre=(top * 1.2, y + top * 0.7, 0), detail=6
            )
            shape.add("capital", *ring_of(leaf, 8))
            shape.say("a head of curled leaves")
            y += top * 2
        else:
            shape.add("capital", lathe([(top, y), (top * 1.5, y + top * 0.5)], sides))
            shape.say("a plain flaring head")
            y += top * 0.5
        shape.add("capital", box(top * 3, top * 0.4, top * 3, (0, y + top * 0.2 + 0.02 * r, 0)))
        if d.chance(0.15):
            size = top * 2
            at = y + top * 0.4
            shape.add(
                "statue",
                lathe(
                    [
                        (size * 0.45, at),
                        (size * 0.3, at + size * 0.9),
                        (size * 0.4, at + size * 1.4),
                        (size * 0.12, at + size * 1.65),
                        (0, at + size * 1.7),
                    ],
                    12,
                ),
                sphere(size * 0.22, (0, at + size * 1.85, 0), 8),
            )
            shape.say("a figure standing on top")
    shape.say("slim" if r < 0.065 * tall else "stout")
    set_down(shape)


@shape_class(
    "pyramid",
    parts=("body", "tip", "stairs", "temple", "entrance"),
    synonyms=("egyptian pyramid", "stepped pyramid", "maya temple", "tetrahedron"),
    described=(
        "A pyramid stands on a square and its four flat sides lean inwards to a single point.",
        "From each side the pyramid is a triangle, from above a square with two diagonals.",
        "Other kinds are stacked terraces, so that the outline of the pyramid climbs in even jumps.",
        "On a terraced pyramid a steep flight runs up the middle to a small box at the top.",
    ),
)
def pyramid(shape: Shape, rng: Random) -> None:
    """Make a pyramid: smooth, in terraces, with a flight and a temple, bent, three-sided, or cut off."""
    d = Dice(rng)
    b = d.between
    wide = b(0.1, 0.4) if d.chance(0.3) else b(20, 120)
    high = wide * b(0.35, 1.0)
    kind = d.pick("smooth", "smooth", "terraces", "maya", "bent", "three")
    if kind in ("smooth", "three"):
        sides = 4 if kind == "smooth" else 3
        blunt = b(0.1, 0.35) if d.chance(0.2) else 0.0
        r = wide / 2 * (np.sqrt(2) if sides == 4 else 1.15)
        at = b(0.75, 0.9)
        mid = r * (blunt + (1 - blunt) * (1 - at))
        shape.add(
            "body", lathe([(0, 0), (r, 0), (mid, high * at)], sides).rotated_deg(y=45 if sides == 4 else -30)
        )
        shape.add(
            "tip",
            lathe([(mid, high * at), (r * blunt, high), (0, high)], sides).rotated_deg(
                y=45 if sides == 4 else -30
            ),
        )
        shape.say(
            "four smooth sides" if sides == 4 else "three smooth sides",
            "a flat cut top" if blunt else "a sharp tip",
        )
        if d.chance(0.3):
            shape.add(
                "entrance", block((wide * 0.12, high * 0.12, wide * 0.2), (0.9, 0.7), (0, 0, wide * 0.46))
            )
            shape.say("a small entrance in front")
    elif kind == "bent":
        knee, inner = high * b(0.4, 0.6), b(0.5, 0.7)
        shape.add("body", block((wide, knee, wide), (inner, inner)))
        shape.add(
            "tip", block((wide * inner, high * 0.9 - knee * 0.6, wide * inner), (0.02, 0.02), (0, knee, 0))
        )
        shape.say("sides that bend inwards half-way", "a sharp tip")
    else:
        count = d.whole(4, 10)
        slope = b(0.9, 1.0)
        last = b(0.15, 0.35) if kind == "maya" else b(0.05, 0.2)
        for k in range(count):
            size = wide * (1 - (1 - last) * k / count)
            shape.add("body", block((size, high / count, size), (slope, slope), (0, k * high / count, 0)))
        size = wide * last
        shape.add(
            "tip" if kind != "maya" else "temple",
            block((size * 0.8, size * b(0.3, 0.7), size * 0.8), (0.9, 0.9), (0, high, 0)),
        )
        shape.say(f"{count} terraces")
        if kind == "maya":
            flight = wide * b(0.12, 0.22)
            n = 14
            for turned in (0, 90, 180, 270)[: 4 if d.chance(0.5) else 1]:
                for k in range(n):
                    deep = wide / 2 * (1 - (1 - last) * k / n) + wide * 0.05
                    shape.add(
                        "stairs",
                        box(flight, high / n, deep * 0.3, (0, high * (k + 0.5) / n, deep * 0.85)).rotated_deg(
                            y=turned
                        ),
                    )
            shape.say("a steep flight up the middle", "a small temple on top")
    shape.say("steep" if high > 0.7 * wide else "flat and wide")
    set_down(shape)
