"""Make what is baked: bread and cakes."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, step
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import curve, fluted, squared
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    cylinder,
    extrude,
    lathe,
    loft,
    merge,
    rod,
    sphere,
    superellipsoid,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _slice(rng: Random) -> Array:
    """Return the outline (n, 2) of a tin loaf about 1 wide: straight below, a swollen top, soft corners."""
    u = rng.uniform
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False) - np.pi / 2
    c, s = np.cos(angle), np.sin(angle)
    x = 0.5 * np.sign(c) * np.abs(c) ** u(0.3, 0.5)
    y = 0.5 * np.sign(s) * np.abs(s) ** u(0.4, 0.6)
    waist = u(0.02, 0.1) * np.exp(-(((y - 0.1) / 0.12) ** 2))
    return np.stack([x * (1 - 2 * waist), (y + 0.5) * u(0.75, 1.1)], axis=1)


@shape_class(
    "bread",
    parts=("loaf", "slice", "cut"),
    synonyms=("loaf", "loaf of bread", "baguette", "bread roll", "slice of bread", "bun"),
    described=(
        "A bread is a long rounded body with a flat bottom and an arched top.",
        "Slanting cuts across the back of the bread have opened into ridges while it was baked.",
        "Baked in a tin, the bread has upright sides and a top that swells over the edges.",
        "A slice of bread is a thin upright plate with two round lobes at its upper corners.",
        "A round country bread looks like a low dome, and a baguette bread like a thin stick with blunt ends.",
    ),
)
def bread(shape: Shape, rng: Random) -> None:
    """Make bread: a tin loaf, whole or sliced, a single slice, a long or round loaf with cuts, a roll."""
    u = rng.uniform
    kind = pick(rng, ("tin", "sliced", "slice", "baguette", "oval", "round", "roll"))
    if kind in ("tin", "sliced", "slice"):
        width = u(0.09, 0.14)
        flat = _slice(rng) * width
        length = width * u(1.4, 2.8)
        thick = u(0.009, 0.018)
        cut = int(rng.integers(2, 6)) if kind == "sliced" else 0
        if kind == "slice":
            mesh = extrude(flat, thick)
            lies = chance(rng, 0.6)
            shape.add("slice", mesh.rotated_deg(x=-90).moved(y=thick / 2) if lies else mesh)
            shape.say("one thin slice", "lying flat" if lies else "standing upright")
        else:
            ends = np.array([0.93, 0.98, 1.0, 1.0, 0.98, 0.93])
            deep = np.array([-0.5, -0.47, -0.3, 0.3, 0.47, 0.5]) * length
            if cut:
                ends, deep = ends[:4], deep[:4]
            loaf = [
                np.column_stack([flat * s, np.full(len(flat), z)]) for s, z in zip(ends, deep, strict=True)
            ]
            shape.add("loaf", loft(loaf))
            for k in range(cut):
                fall = min(80.0, u(0, 20) + k * u(5, 25))
                piece = extrude(flat, thick).rotated_deg(x=fall)
                shape.add("slice", piece.moved(z=0.3 * length + (k + 1) * thick * u(1.2, 2.5)))
            shape.say("a box-shaped loaf", f"{counted(cut, 'slice')} cut off" if cut else "a whole loaf")
            set_down(shape)
        shape.say("a swollen top")
        return
    width = {"baguette": u(0.05, 0.08), "oval": u(0.1, 0.17), "round": u(0.15, 0.28), "roll": u(0.06, 0.11)}[
        kind
    ]
    length = width * {"baguette": u(5, 9), "oval": u(1.6, 2.6), "round": 1.0, "roll": u(1, 1.5)}[kind]
    height = width * u(0.45, 0.8)
    body = superellipsoid(length, height, width, u(0.6, 1.0), detail=20)
    y = body.vertices[:, 1] / height
    body.vertices[:, 1] = height * np.where(y < 0, 0.35 * y, y)
    lift = -float(body.low[1])
    shape.add("loaf", body.moved(y=lift))
    pattern = pick(rng, ("slashes", "slashes", "cross", "plain"))
    if pattern == "slashes":
        count = int(rng.integers(4, 8)) if kind == "baguette" else int(rng.integers(2, 5))
        lean = u(15, 70) * pick(rng, (-1, 1))
        for at in np.linspace(-0.36, 0.36, count) * (1.0 if kind == "baguette" else 0.75):
            half = width * u(0.25, 0.35)
            high = height * 0.5 * float(np.sqrt(max(1 - (2 * at) ** 2, 0.1))) + lift
            ridge = superellipsoid(2 * half, height * 0.14, width * 0.1, centre=(0, 0, 0), detail=7)
            ridge = ridge.bent(0, 1, -height * 0.1).rotated_deg(y=lean)
            shape.add("cut", ridge.moved(at * length, high * 0.98))
        shape.say(counted(count, "slanting cut") + " on top")
    elif pattern == "cross":
        for angle in (0, 90):
            ridge = superellipsoid(width * 0.6, height * 0.12, width * 0.07, detail=7).bent(
                0, 1, -height * 0.07
            )
            shape.add("cut", ridge.rotated_deg(y=angle + 45).moved(y=height * 0.5 + lift))
        shape.say("a cross cut into the top")
    else:
        shape.say("a smooth crust")
    said = {
        "baguette": "a very long thin loaf",
        "oval": "an oval loaf",
        "round": "a round loaf",
        "roll": "a small roll",
    }
    shape.say(said[kind], "flat" if height < 0.58 * width else "high and arched")


_TOPPINGS = ("candles", "candles", "balls", "cream", "plain")


@shape_class(
    "cake",
    parts=("layer", "icing", "candle", "topping", "plate"),
    synonyms=("birthday cake", "layer cake", "torte", "gateau", "cupcake", "slice of cake"),
    described=(
        "A cake is a low drum or block with a flat top and upright sides.",
        "Icing hangs over the rim of the cake in drips, and thin candles stand upright on it.",
        "A wedding cake is a stack of round tiers, each smaller than the one below.",
        "One slice of cake is a wedge: two flat sides meet in a point, the back is rounded.",
        "Where a piece is missing, the cake shows its layers between two straight cuts.",
    ),
)
def cake(shape: Shape, rng: Random) -> None:
    """Make a cake: round, square, tiered, a ring, a wedge or a cupcake, with icing, candles or cream."""
    u = rng.uniform
    kind = pick(rng, ("round", "round", "cut", "square", "tiers", "ring", "wedge", "cupcake"))
    radius = u(0.08, 0.16) if kind != "cupcake" else u(0.028, 0.042)
    height = radius * {"tiers": u(0.4, 0.6), "cupcake": u(1.0, 1.4)}.get(kind, u(0.45, 1.0))
    arc = {"cut": u(250, 320), "wedge": u(25, 60)}.get(kind, 360.0)
    top, reach = height, radius
    base = 0.0
    if chance(rng, 0.5) and kind != "cupcake":
        base = radius * 0.04
        wide = radius * u(1.15, 1.4)
        plate = lathe(
            [(0.0, 0.0), (wide * 0.6, 0.0), (wide, base * 1.5), (wide * 0.98, base * 1.8), (0.0, base)], 32
        )
        shape.add("plate", plate)
        shape.say("standing on a plate")
    if kind == "cupcake":
        body = fluted(
            lathe([(0.0, 0.0), (radius * 0.7, 0.0), (radius, height * 0.55)], 48), 16, u(0.03, 0.07)
        )
        shape.add("layer", body)
        knots = [
            (radius * 1.1, 0.52),
            (radius * 1.15, 0.66),
            (radius * 0.8, 0.8),
            (radius * 0.35, 1.0),
            (0.0, 1.1),
        ]
        swirl = lathe(curve([(r, y * height) for r, y in knots], 20), 36)
        shape.add("icing", fluted(swirl, int(rng.integers(3, 8)), u(0.02, 0.1), u(0.3, 1.5)))
        top, reach = height * 1.08, radius * 0.2
        shape.say("a small cupcake in a pleated cup", "a swirl of cream on top")
    elif kind == "ring":
        hole = radius * u(0.15, 0.35)
        t = np.linspace(0, np.pi, 14)
        half = (radius - hole) / 2
        rim = hole + half - half * np.cos(t)
        arch = np.sin(t) ** u(0.4, 0.8) * height
        body = lathe([(hole, 0.0), *zip(rim.tolist(), arch.tolist(), strict=True), (hole, 0.0)], 60)
        shape.add("layer", fluted(body, int(rng.integers(8, 17)), u(0.0, 0.06), u(0, 0.3)).moved(y=base))
        shape.say("a ring with a hole in the middle")
        top, reach = height + base, hole + half
    else:
        tiers = int(rng.integers(2, 6)) if kind == "tiers" else 1
        level, shrink, square = base, u(0.65, 0.85), u(8, 30)
        for tier in range(tiers):
            wide = radius * shrink**tier
            drum = _sector(wide, height, arc)
            shape.add("layer", (squared(drum, square) if kind == "square" else drum).moved(y=level))
            if chance(rng, 0.6) or tiers > 1:
                bands = [
                    cylinder(wide * 1.02, height * 0.06, centre=(0, y * height, 0)) for y in (0.04, 0.98)
                ]
                if arc < 360:
                    bands = [_sector(wide * 1.03, height * 0.1, arc).moved(y=height * 0.92)]
                elif kind == "square":
                    bands = [squared(band, square) for band in bands]
                shape.add("icing", *(band.moved(y=level) for band in bands))
            level += height
            top, reach = level, wide
        if kind in ("cut", "wedge"):
            for share in np.linspace(0, 1, int(rng.integers(3, 5)))[1:-1]:
                layer = _sector(radius * 1.015, height * 0.06, arc).moved(y=base + height * float(share))
                shape.add("icing", layer)
        if kind in ("round", "cut") and chance(rng, 0.4):
            for angle in np.deg2rad(np.arange(0, arc, u(12, 25))):
                x, z = radius * 1.01 * np.cos(angle), radius * 1.01 * np.sin(angle)
                drip = height * u(0.15, 0.6)
                shape.add("icing", rod((x, top, z), (x, top - drip, z), radius * 0.035, 6))
            shape.say("icing dripping down the side")
        words = {
            "round": "a round drum",
            "cut": "a piece cut out",
            "square": "a square block",
            "wedge": "one wedge",
        }
        shape.say(f"{counted(tiers, 'tier')} on top of each other" if kind == "tiers" else words[kind])
    _decorate(shape, rng, kind, arc, top, reach, radius)
    shape.say("low and flat" if top < 0.8 * radius else "high")


def _sector(radius: float, height: float, arc_deg: float) -> Mesh:
    """Return a drum standing on y = 0, or the sector of one with its two cut faces."""
    wall = lathe([(0.0, 0.0), (radius, 0.0), (radius, height), (0.0, height)], 32, arc_deg)
    if arc_deg >= 360:
        return wall
    face = extrude([(0, 0), (radius, 0), (radius, height), (0, height)], 0.0)
    return merge([wall, face, face.rotated_deg(y=-arc_deg)])


def _decorate(
    shape: Shape, rng: Random, kind: str, arc: float, top: float, reach: float, radius: float
) -> None:
    """Put candles, balls or cream on top of a cake, in a ring or one in the middle."""
    u = rng.uniform
    topping = pick(rng, _TOPPINGS)
    count = 1 if kind in ("cupcake", "wedge") else int(rng.integers(3, 13))
    across = 0.0 if kind == "cupcake" else reach * (u(0.6, 0.85) if kind != "ring" else 1.0)
    angles = np.deg2rad(arc) * (np.arange(count) + 0.5) / count
    spots = np.stack([across * np.cos(angles), np.full(count, top), across * np.sin(angles)], axis=1)
    if topping == "candles":
        long, thin = radius * u(0.3, 0.8), radius * u(0.02, 0.045)
        for spot in spots:
            shape.add("candle", rod(spot - step(y=0.3 * radius), spot + step(y=long), thin, 7))
            if count < 8:
                shape.add("candle", sphere(thin * 1.4, spot + step(y=long + thin * 1.5), 6))
        shape.say(counted(count, "candle") + " on top")
    elif topping == "balls":
        size = radius * u(0.08, 0.16)
        shape.add("topping", *(sphere(size, spot + step(y=size * 0.6), 8) for spot in spots))
        shape.say("round fruit on top")
    elif topping == "cream":
        size = radius * u(0.1, 0.18)
        puff = fluted(
            lathe([(0.0, 0.0), (size, 0.1 * size), (size * 0.7, size * 0.6), (0.0, size * 1.3)], 24), 6, 0.1
        )
        shape.add("topping", *(puff.moved(*spot) for spot in spots))
        shape.say("puffs of cream on top")
    elif kind == "cupcake":
        shape.add("topping", sphere(radius * 0.25, (0, top, 0), 8))
    else:
        shape.say("a plain top")
