"""Make what grows outdoors: a tree, a cactus."""

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import blade, crown, directions, placed
from pointclip2.worlds.shapes.makers.growths import palm
from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.makers.turned import fluted
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    Vector,
    cylinder,
    lathe,
    sphere,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import wires


def _lump(d: Dice, size: Vector, centre: Vector) -> Mesh:
    """Return a rough rounded mass of leaves: few faces or many, each corner pushed in or out a little."""
    ball = superellipsoid(1.0, 1.0, 1.0, detail=d.whole(5, 11))
    rough = 1 + d.rng.normal(0, d.between(0.02, 0.09), (len(ball.vertices), 1))
    return Mesh(
        ball.vertices * rough * np.asarray(size, dtype=float) + np.asarray(centre, dtype=float), ball.faces
    )


def _branches(
    d: Dice, root: Array, way: Array, long: float, thick: float, depth: int
) -> tuple[list[Mesh], list[Array]]:
    """Return a limb that forks again and again, and the ends of its last twigs."""
    end = root + way * long
    middle = (root + end) / 2 + d.rng.normal(0, 0.06 * long, 3)
    limbs, tips = [tube([root, middle, end], [thick, thick * 0.85, thick * 0.65], 5)], []
    if depth == 0:
        return limbs, [end]
    for _ in range(d.whole(2, 3)):
        side = way + d.rng.normal(0, 0.55, 3) + np.array([0, 0.15, 0])
        more, ends = _branches(
            d, end, side / np.linalg.norm(side), long * d.between(0.6, 0.85), thick * 0.6, depth - 1
        )
        limbs += more
        tips += ends
    return limbs, tips


@shape_class(
    "tree",
    parts=("trunk", "branch", "crown", "ground"),
    synonyms=("fir tree", "palm tree", "oak", "pine", "conifer", "deciduous tree"),
    described=(
        "A tree is an upright trunk that carries a large rounded or pointed crown of leaves.",
        "The crown of the tree is many times wider than its trunk and begins some way above the ground.",
        "A fir is a cone made of tiers: the tree becomes narrower towards its tip.",
        "Without leaves the tree is a net of limbs that fork and get thinner towards their ends.",
        "In low detail a tree is a ball or a few cones on a stick.",
    ),
)
def tree(shape: Shape, rng: Random) -> None:
    """Make a tree: balls or clouds on a trunk, cones, fir tiers, forking limbs bare or with leaves, palm, cypress."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("cloud", "cloud", "cones", "fir", "forked", "bare", "palm", "cypress")
    high = b(2.5, 14)
    thick = high * b(0.018, 0.05)
    wide = high * b(0.4, 0.9)
    stem = high * b(0.2, 0.45)
    lean = np.array([b(-0.06, 0.06), 0, b(-0.06, 0.06)]) * high
    if kind in ("cloud", "cypress", "cones", "fir"):
        t = np.linspace(0, 1, 6)[:, None]
        top = (stem + high) / 2 if kind == "cloud" else high * 0.9
        path = np.hstack([0 * t, top * t, 0 * t]) + lean * np.sin(np.pi * t / 2) * (kind == "cloud")
        shape.add("trunk", tube(path, thick * np.linspace(1.4, 0.6, 6), d.whole(5, 10)))
    if kind == "cloud":
        count, tall = d.whole(1, 7), high - stem
        middle = lean + np.array([0, stem + tall / 2, 0])
        for k in range(count):
            away = d.rng.normal(0, 0.2, 3) * [wide, tall * 0.7, wide] if k else np.zeros(3)
            size = np.array([wide, tall, wide]) * (b(0.4, 0.7) if count > 1 else 1.0)
            shape.add("crown", _lump(d, size, middle + away))
        if d.chance(0.4):
            shape.add(
                "branch",
                *(
                    tube([(0, stem, 0), middle + way * wide * 0.3], [thick * 0.5, thick * 0.2], 5)
                    for way in directions(rng, 4, 0, 50)
                ),
            )
        shape.say("one rounded crown" if count == 1 else "a crown of several round clouds")
    elif kind == "cones":
        tiers = d.whole(1, 5)
        sides = d.pick("6", "8", "20")
        for k in range(tiers):
            low, up = stem * 0.6 + (high - stem * 0.6) * k / tiers * 0.85, (high - stem * 0.6) / tiers * 1.35
            r = wide * 0.45 * (1 - 0.75 * k / tiers)
            shape.add(
                "crown",
                lathe(
                    [
                        (0, low + up * 0.08),
                        (r, low),
                        (r * 0.1, min(low + up, high)),
                        (0, min(low + up, high)),
                    ],
                    int(sides),
                ),
            )
        shape.say("a single pointed cone" if tiers == 1 else f"{counted(tiers, 'cone')} above each other")
    elif kind == "fir":
        tiers = d.whole(8, 14)
        needle = blade(1.0, b(0.2, 0.4), b(0.1, 0.5), rows=4)
        for k in range(tiers):
            s = k / tiers
            count = int(12 - 5 * s)
            spots = np.repeat([[0, high * (0.1 + 0.88 * s), 0]], count, axis=0)
            reach = wide * 0.45 * (1.03 - s) * rng.uniform(0.8, 1.1, count)
            shape.add("crown", placed(needle, spots, directions(rng, count, -20, 15), reach))
        shape.say("drooping branches in tiers", "a pointed top")
    elif kind in ("forked", "bare"):
        limbs, tips = _branches(
            d, np.zeros(3), np.array([0, 1.0, 0]), high * b(0.25, 0.38), thick, 3 if kind == "bare" else 2
        )
        shape.add("trunk", limbs[0])
        shape.add("branch", *limbs[1:])
        ends = np.repeat(np.array(tips), 3, axis=0)
        twigs = directions(rng, len(ends), -10, 80)
        if kind == "bare":
            shape.add("branch", wires(ends, ends + twigs * high * 0.08, thick * 0.12))
            shape.say("bare forking limbs without leaves")
        else:
            leaf = blade(high * b(0.02, 0.06), high * b(0.012, 0.03), b(0, 0.4), rows=4)
            cloud = high * b(0.08, 0.16)
            shape.add("crown", *(crown(rng, tip, (cloud, cloud * 0.8, cloud), 45, leaf) for tip in tips))
            shape.say("clouds of small leaves at the ends of its branches")
    elif kind == "palm":
        growth, _ = palm(rng, 0.0, wide * 1.2, high)
        while max(float(m.low[1]) for part, m in growth if part == "leaf") < 0.1 * high:
            growth, _ = palm(rng, 0.0, wide * 1.2, high)
        for index, (part, mesh) in enumerate(growth):
            shape.add("crown" if part == "leaf" else "trunk" if index == 0 else "branch", mesh)
        shape.say("a crown of long feathered leaves", "a thin bare trunk")
    else:
        wide = high * b(0.15, 0.28)
        shape.add("crown", _lump(d, (wide, high * 0.95, wide), (0, high * 0.55, 0)).tapered(1, 1.2, 0.6))
        shape.say("a tall slim crown like a flame")
    if d.chance(0.15) and kind != "palm":
        shape.add("ground", cylinder(wide * b(0.4, 0.7), high * 0.02, centre=(0, 0, 0), segments=14))
        shape.say("standing on a disc of ground")
    shape.say(
        "a thick trunk" if thick > 0.035 * high else "a slim trunk",
        "taller than wide" if wide < 0.6 * high else "a wide spreading crown",
    )
    set_down(shape)


@shape_class(
    "cactus",
    parts=("stem", "arm", "spine", "flower", "pot"),
    synonyms=("saguaro", "prickly pear", "cacti", "desert plant with spines"),
    described=(
        "A cactus is a thick ribbed column with a rounded top and no leaves.",
        "One or more arms leave the column of the cactus sideways and bend straight up like elbows.",
        "Another kind of cactus is a ribbed ball, or a stack of flat oval pads that grow from each other.",
        "Short thin spines stand off all over the ribs of the cactus.",
    ),
)
def cactus(shape: Shape, rng: Random) -> None:
    """Make a cactus: a column with arms, balls, flat pads, a bundle of columns; in a pot or in the ground."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("column", "column", "column", "ball", "pads", "bundle")
    high = b(0.12, 0.35) if d.chance(0.5) else b(0.6, 3.0)
    ribs, deep = d.whole(7, 14), b(0.04, 0.09)
    t = np.linspace(0, np.pi / 2, 7)
    spots: list[Array] = []

    def column(r: float, tall: float) -> Mesh:
        arch = [(float(r * np.cos(x)), float(tall - r + r * np.sin(x))) for x in t]
        body = fluted(lathe([(r * 0.8, 0.0), (r, tall * 0.3), *arch], 4 * ribs), ribs, deep)
        spots.append(body.vertices[rng.integers(0, len(body.vertices), 60)])
        return body

    if kind == "column":
        r = high * b(0.06, 0.14)
        shape.add("stem", column(r, high))
        arms = d.whole(1, 4)
        for k in range(arms):
            at, out, up, thin = high * b(0.3, 0.6), r * b(2.0, 3.2), high * b(0.15, 0.4), r * b(0.5, 0.8)
            a = np.linspace(0, np.pi / 2, 5)
            bend = np.column_stack([out - r + r * np.sin(a), at + r - r * np.cos(a), 0 * a])
            path = np.vstack([[(0, at, 0)], bend, [(out, at + up, 0), (out, at + up + thin * 0.7, 0)]])
            arm = fluted(tube(path, [thin] * 7 + [thin * 0.4], 12), 1, 0.0).rotated_deg(
                y=360 * k / arms + b(-35, 35)
            )
            shape.add("arm", arm)
            spots.append(arm.vertices[rng.integers(0, len(arm.vertices), 25)])
        shape.say(counted(arms, "arm") + " bent upwards", "one ribbed column")
    elif kind == "ball":
        count = d.whole(1, 4)
        for k in range(count):
            size = high * (0.5 if k == 0 else b(0.2, 0.35))
            ball = fluted(sphere(size, detail=18), ribs, deep * 1.3).scaled(y=b(0.75, 1.25))
            out = 0.0 if k == 0 else high * 0.5 + size * 0.5
            ball = ball.moved(x=out, y=-float(ball.low[1]) * 0.92).rotated_deg(y=130.0 * k)
            shape.add("stem", ball)
            spots.append(ball.vertices[rng.integers(0, len(ball.vertices), 80)])
        shape.say("a ribbed ball" if count == 1 else "a cluster of ribbed balls")
    elif kind == "pads":
        size = high * b(0.3, 0.42)
        pad = superellipsoid(size * 0.7, size, size * 0.16, centre=(0, size * 0.47, 0), detail=10).tapered(
            1, 0.7, 1.15
        )
        level = [(0.0, 0.0, 0.0, 0.0)]
        for depth in range(3):
            above = []
            for x, y, z, tilt in level:
                placed_pad = pad.rotated_deg(y=b(-50, 50)).rotated_deg(z=tilt).moved(x, y, z)
                shape.add("stem" if depth == 0 else "arm", placed_pad)
                spots.append(placed_pad.vertices[rng.integers(0, len(placed_pad.vertices), 20)])
                rad = np.deg2rad(tilt)
                for s in (-1, 1)[: d.whole(1, 2)]:
                    above.append(
                        (
                            x - np.sin(rad) * size * 0.85 + s * size * 0.2,
                            y + np.cos(rad) * size * 0.85,
                            z + b(-0.1, 0.1) * size,
                            tilt - s * b(15, 45),
                        )
                    )
            level = above
        shape.say("flat oval pads that grow from each other")
    else:
        count = d.whole(3, 7)
        for k in range(count):
            r = high * b(0.06, 0.11)
            stem = (
                column(r, high * b(0.45, 1.0))
                .rotated_deg(z=-b(0, 12))
                .moved(x=r * b(1.0, 3.0))
                .rotated_deg(y=360 * k / count)
            )
            shape.add("stem" if k == 0 else "arm", stem)
            spots[-1] = stem.vertices[rng.integers(0, len(stem.vertices), 40)]
        shape.say(f"a bundle of {counted(count, 'column')}")
    if d.chance(0.6):
        roots = np.vstack(spots)
        shape.add(
            "spine", wires(roots, roots + directions(rng, len(roots), -20, 60) * high * 0.03, high * 0.002)
        )
        shape.say("short thin spines all over")
    if d.chance(0.3):
        top = max((m for m in shape.meshes), key=lambda m: float(m.high[1]))
        at = top.vertices[top.vertices[:, 1].argmax()]
        shape.add(
            "flower",
            placed(
                blade(high * 0.09, high * 0.04, 0.1, rows=4),
                np.repeat([at], 8, axis=0),
                directions(rng, 8, 20, 60),
                np.ones(8),
            ),
        )
        shape.say("a flower on top")
    if d.chance(0.4) and high < 0.5:
        low = min(float(m.low[1]) for m in shape.meshes)
        r, tall = high * b(0.25, 0.4), high * b(0.3, 0.5)
        shape.add(
            "pot",
            lathe(
                [(0, low - tall), (r * 0.75, low - tall), (r, low + 0.02 * high), (r * 1.08, low), (0, low)],
                22,
            ),
        )
        shape.say("standing in a small pot")
    shape.say(counted(ribs, "rib") if kind != "pads" and ribs < 13 else "no leaves")
    del shape.attributes[4:]
    set_down(shape)
