"""Make a flower: a bloom on a stem."""

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import blade, directions, placed, stalk
from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.makers.turned import fluted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    lathe,
    merge,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of


def _bloom(d: Dice, kind: str, r: float) -> dict[str, list[Mesh]]:
    """Return petals and centre of a bloom that opens along +y from the origin."""
    b = d.between
    if kind in ("daisy", "sunflower"):
        count = d.whole(6, 10) if kind == "daisy" and d.chance(0.5) else d.whole(12, 24)
        heart = r * (b(0.15, 0.3) if kind == "daisy" else b(0.4, 0.6))
        leaf = blade(r * 0.95, min(2.6 * r / count * b(1.2, 2.2), r * 0.7), b(-0.1, 0.3), 0.1, b(0.6, 1.0))
        lift, petals = b(-5, 30), []
        for row in range(2 if count > 11 and d.chance(0.5) else 1):
            a = 2 * np.pi * (np.arange(count) + 0.5 * row) / count
            tilt = np.sin(np.deg2rad(lift + 18 * row))
            petals.append(
                placed(
                    leaf,
                    np.zeros((count, 3)),
                    np.stack([np.cos(a), np.full(count, tilt), np.sin(a)], 1),
                    np.full(count, 1 - 0.15 * row),
                )
            )
        centre = superellipsoid(heart * 2, heart * b(0.4, 1.0), heart * 2, detail=9)
        return {"petal": petals, "centre": [centre]}
    if kind == "tulip":
        petal = blade(r * 1.7, r * 1.3, b(-0.55, -0.3), 0.45, b(0.9, 1.3), rows=7)
        cups = [
            placed(
                petal,
                np.zeros((3, 3)),
                [[np.cos(x) * 0.45, 1, np.sin(x) * 0.45] for x in np.arange(3) * 2.094 + turn],
                np.ones(3),
            )
            for turn in (0.0, 1.05)
        ]
        return {
            "petal": cups,
            "centre": [lathe([(0, 0), (r * 0.35, r * 0.12), (r * 0.1, r * 0.8), (0, r * 0.9)], 8)],
        }
    if kind == "rose":
        petals = []
        for row in range(4):
            count = 3 + row
            leaf = blade(r * (0.75 + 0.09 * row), r * 0.85, b(-0.3, 0.0) + 0.15 * row, 0.5, 0.7, rows=5)
            a = 2 * np.pi * np.arange(count) / count + 0.7 * row
            open_by = 0.15 + 0.3 * row
            petals.append(
                placed(
                    leaf,
                    np.zeros((count, 3)),
                    np.stack([np.cos(a) * open_by, np.ones(count), np.sin(a) * open_by], 1),
                    np.ones(count),
                )
            )
        return {
            "petal": petals,
            "centre": [superellipsoid(r * 0.4, r * 0.8, r * 0.4, centre=(0, r * 0.35, 0), detail=7)],
        }
    profile = [(r * 0.1, 0.0), (r * 0.5, r * 0.3), (r * 0.55, r * 0.9), (r * b(0.8, 1.2), r * 1.5)]
    cup = fluted(lathe(profile, 30), d.whole(5, 6), 0.1)
    return {
        "petal": [cup],
        "centre": [merge(list(ring_of(tube([(0, 0, 0), (r * 0.2, r * 1.4, 0)], r * 0.03, 4), 5)))],
    }


@shape_class(
    "flower",
    parts=("petal", "centre", "stem", "leaf"),
    synonyms=("blossom", "rose", "tulip", "daisy", "sunflower", "lily"),
    described=(
        "A flower is a ring of thin petals around a round centre at the top of a slender stem.",
        "Below the bloom the stem of the flower is a thin line with one or two long leaves.",
        "Some close to a cup: such a flower is an egg of overlapping petals.",
        "From above a flower is a star or a rosette, mirrored across many axes.",
    ),
)
def flower(shape: Shape, rng: Random) -> None:
    """Make a flower: daisy, sunflower, tulip, rose, bell, on a straight or bent stem; some without a stem, or three."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("daisy", "daisy", "sunflower", "tulip", "rose", "bell")
    r = b(0.025, 0.09) if kind != "sunflower" else b(0.08, 0.16)
    many = d.whole(2, 4) if d.chance(0.2) else 1
    bare = many == 1 and d.chance(0.12)
    for _ in range(many):
        long = r * b(2.2, 6.5)
        way = directions(rng, 1, 60 if many > 1 else 80, 88)[0]
        path = stalk((0, 0, 0), way, long, b(-0.1, 0.15) if kind != "bell" else b(0.1, 0.3), 9)
        nod = b(0, 55) if kind in ("daisy", "sunflower", "bell") else b(0, 15)
        spin = b(0, 360)
        for part, meshes in _bloom(d, kind, r).items():
            for mesh in meshes:
                turned = mesh.rotated_deg(x=nod).rotated_deg(y=0.0 if many == 1 else spin)
                shape.add(part, turned if bare else turned.moved(*path[-1]))
        if bare:
            shape.say("only the bloom without a stem")
            break
        shape.add("stem", tube(path, max(r * b(0.04, 0.1), long * 0.012), 6))
        if d.chance(0.85):
            leaf = blade(long * b(0.25, 0.6), long * b(0.06, 0.2), b(0, 0.5), 0.3)
            count = d.whole(1, 4)
            roots = path[rng.integers(0, 5, count)]
            shape.add("leaf", placed(leaf, roots, directions(rng, count, 20, 75), np.ones(count)))
    shape.say(
        {
            "daisy": "petals spread flat around a small centre",
            "sunflower": "a large round disc with a fringe of petals",
            "tulip": "petals closed to a cup",
            "rose": "a rosette of nested petals",
            "bell": "a bell that opens wide",
        }[kind]
    )
    if not bare:
        shape.say(
            "a single stem" if many == 1 else counted(many, "stem"),
            "a long thin stem" if many == 1 else "blooms at different heights",
        )
    shape.say("a wide flat bloom" if kind in ("daisy", "sunflower") else "a deep bloom")
    set_down(shape)
