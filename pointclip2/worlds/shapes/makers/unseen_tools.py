"""Make small tools that lie in a drawer, in classes that training never sees."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.makers.unseen import counted, stand, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    extrude,
    grid,
    lathe,
    loft,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Array = NDArray[np.float64]


def _ellipses(places: Array, wide: Array, deep: Array, squareness: float = 1.0) -> Mesh:
    """Return a skin over ellipses across y: middles ``places`` (n, 3), full widths along x and depths along z."""
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** squareness / 2
    z = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** squareness / 2
    rings = np.stack([wide[:, None] * x, np.zeros((len(wide), 14)), deep[:, None] * z], axis=-1)
    return loft(list(rings + places[:, None]))


def _rest(shape: Shape, rng: Random, upright: float) -> None:
    """Lay some shapes on their back, because small things stand upright in many collections and lie in others."""
    if rng.random() > upright:
        turn(shape, x=-90, y=0)
        turn(shape, y=float(rng.choice([0, 90, rng.uniform(0, 360)])))
    stand(shape)


@shape_class(
    "hammer", parts=("head", "claw", "handle", "grip"), synonyms=("mallet", "sledgehammer", "claw hammer")
)
def hammer(shape: Shape, rng: Random) -> None:
    style = str(rng.choice(["claw", "claw", "ball", "sledge", "mallet", "pick", "cross"]))
    long = rng.uniform(0.22, 0.38) if style != "sledge" else rng.uniform(0.35, 0.9)
    thick = rng.uniform(0.022, 0.036)
    along = np.linspace(0, 1, 9)
    swell = thick * (1 + rng.uniform(0, 0.35) * np.sin(np.pi * (0.2 + 1.6 * along)) ** 2)
    swell[:2] *= rng.uniform(1.0, 1.3)
    sway = rng.uniform(0, 0.012) * np.sin(2 * np.pi * along)
    shaft = np.stack([sway, long * along, 0 * along], axis=1)
    flat = rng.uniform(0.6, 1.0)
    shape.add("handle", _ellipses(shaft, swell, flat * swell, rng.uniform(0.5, 1.0)))
    if rng.random() < 0.5:
        share = rng.uniform(0.3, 0.5)
        held = _ellipses(
            np.stack([0 * along, share * long * along, 0 * along], axis=1),
            swell * 1.25 * (1 + 0.06 * np.cos(14 * along)),
            flat * swell * 1.25,
            0.8,
        )
        shape.add("grip", held)
        shape.say("a thick grip on the handle")

    # The head lies along x with its striking face towards +x.
    face = rng.uniform(0.012, 0.02)
    reach = rng.uniform(0.04, 0.07)
    eye = thick * rng.uniform(1.1, 1.5)

    def across(profile: list[tuple[float, float]], segments: int = 18) -> Mesh:
        return lathe(profile, segments).rotated_deg(z=-90).moved(y=long)

    if style in ("sledge", "mallet"):
        half = rng.uniform(0.07, 0.12) if style == "sledge" else rng.uniform(0.05, 0.085)
        fat = half * rng.uniform(0.4, 0.7)
        edge = rng.uniform(0.1, 0.4) * fat
        sides = int(rng.choice([4, 8, 20, 20]))
        profile = [
            (0.0, -half),
            (fat - edge, -half),
            (fat, -half + edge),
            (fat, half - edge),
            (fat - edge, half),
        ]
        turned = lathe([*profile, (0.0, half)], sides).rotated_deg(y=180 / sides)
        shape.add("head", turned.rotated_deg(z=-90).moved(y=long))
        shape.say("a big heavy head", "square block head" if sides == 4 else "two flat faces")
    else:
        shape.add("head", superellipsoid(2.1 * eye, 2.0 * eye, 1.5 * eye, 0.5, (0, long, 0), 10))
        neck = face * rng.uniform(0.6, 0.85)
        striking = [
            (neck, 0.0),
            (neck, 0.5 * reach),
            (face, 0.65 * reach),
            (face, reach),
            (0.9 * face, reach + 0.003),
        ]
        sides = int(rng.choice([8, 20, 20]))
        shape.add("head", across([*striking, (0.0, reach + 0.003)], sides).moved(x=0.4 * eye))
        shape.say("one flat striking face")
        back = rng.uniform(0.05, 0.1)
        if style == "claw":
            droop = rng.uniform(0.0, 0.55) * back
            gap = rng.uniform(0.005, 0.009)
            for side in (-1, 1):
                place = np.linspace(0, 1, 8)
                line = np.stack(
                    [
                        -0.5 * eye - back * place,
                        long + 0.3 * eye - droop * place**2,
                        side * (0.003 + gap * place),
                    ],
                    axis=1,
                )
                tine = loft(
                    [
                        middle
                        + np.array([[0, a * high, b * deep] for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
                        for middle, high, deep in zip(
                            line, np.linspace(0.6 * eye, 0.002, 8), np.linspace(0.011, 0.004, 8), strict=True
                        )
                    ]
                )
                shape.add("claw", tine)
            shape.say("a split claw at the back", "curved claw" if droop > 0.2 * back else "straight claw")
        elif style == "ball":
            shape.add("head", across([(0.6 * face, -back * 0.5), (0.6 * face, 0.0)]))
            shape.add(
                "head",
                superellipsoid(2.2 * face, 2 * face, 2 * face, centre=(-back * 0.6, long, 0), detail=12),
            )
            shape.say("a round ball at the back of the head")
        else:
            sharp = 0.1 if style == "pick" else 0.9
            long_back = back * (2.0 if style == "pick" else 1.0)
            place = np.linspace(0, 1, 7)
            corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
            droop = rng.uniform(0, 0.3) * long_back * (style == "pick")
            rings = []
            for share in place:
                high, deep = 0.8 * eye * (1 - 0.95 * share), 0.7 * eye * (1 + (sharp - 1) * share)
                middle = np.array([-0.6 * eye - long_back * share, long - droop * share**2, 0.0])
                rings.append(
                    middle + np.column_stack([np.zeros(4), corners[:, 0] * high, corners[:, 1] * deep])
                )
            shape.add("claw", loft(rings))
            shape.say("a long pointed pick at the back" if style == "pick" else "a flat wedge at the back")
    shape.add("handle", cylinder(0.4 * thick, 0.02, centre=(0, long + eye, 0), segments=10))
    shape.say("a long straight handle" if long > 0.32 else "a short handle", "head across the end of a stick")
    if rng.random() < 0.5:
        shape.meshes = [mesh.scaled(x=-1) for mesh in shape.meshes]
    pose = rng.random()
    if pose < 0.1:
        turn(shape, z=180)
    _rest(shape, rng, upright=0.65)


@shape_class("spoon", parts=("bowl", "handle"), synonyms=("tablespoon", "ladle", "teaspoon"))
def spoon(shape: Shape, rng: Random) -> None:
    """Make a spoon, modelled upright, bowl at the top and opening towards +z."""
    style = str(rng.choice(["table", "table", "wooden", "ladle", "measure", "soup"]))
    size = {
        "table": rng.uniform(0.11, 0.22),
        "wooden": rng.uniform(0.22, 0.34),
        "ladle": rng.uniform(0.24, 0.34),
        "measure": rng.uniform(0.09, 0.15),
        "soup": rng.uniform(0.12, 0.15),
    }[style]
    length = size * {"ladle": 0.3, "measure": 0.35, "soup": 0.5}.get(style, rng.uniform(0.23, 0.36))
    wide = length * {"ladle": 1.0, "measure": 1.0}.get(style, rng.uniform(0.6, 0.85))
    deep = length * {"ladle": 0.5, "measure": rng.uniform(0.35, 0.5), "soup": 0.35}.get(
        style, rng.uniform(0.12, 0.25)
    )
    egg = rng.uniform(0.0, 0.25) if style in ("table", "soup") else 0.0
    flatness = 3.5 if style == "soup" else rng.uniform(1.8, 2.4)
    across = np.linspace(0, 1, 9)[:, None]
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)[None, :]
    narrow = 1 - egg * np.sin(angle)
    thickness = rng.uniform(0.01, 0.03) * length
    middle = size - length / 2
    for shell in (0.0, 1.0):
        grown = 1 + 0.02 * shell
        bowl = np.stack(
            [
                grown * wide / 2 * across * np.cos(angle) * narrow,
                middle + grown * length / 2 * across * np.sin(angle) * np.ones_like(across),
                -deep * (1 - across**flatness) * np.ones_like(angle) - thickness * shell,
            ],
            axis=-1,
        )
        shape.add("bowl", grid(bowl, wrap_columns=True))
    shape.say(
        {
            "ladle": "a deep round bowl",
            "measure": "half a sphere as a bowl",
            "soup": "a deep bowl with a flat bottom",
        }.get(style, "a shallow oval bowl" if wide < 0.75 * length else "a shallow rounded bowl")
    )

    root = middle - 0.48 * length
    along = np.linspace(0, 1, 12)
    if style == "wooden":
        thick = size * rng.uniform(0.025, 0.045)
        places = np.stack([0 * along, root * (1 - along), -0.02 * deep + 0 * along], axis=1)
        shape.add("handle", _ellipses(places, thick * (0.9 + 0.3 * along), thick * (0.9 + 0.2 * along)))
        shape.say("a straight round stick for a handle")
    elif style == "ladle":
        thick = size * rng.uniform(0.02, 0.045)
        rise = rng.uniform(0.5, 1.2) * deep
        places = np.stack([0 * along, root * (1 - along), rise * np.minimum(1, 3 * along)], axis=1)
        shape.add("handle", _ellipses(places, thick * (1 + 0.8 * along), 0.35 * thick * np.ones(12), 0.6))
        if rng.random() < 0.6:
            arc = np.linspace(0, np.pi * 1.1, 8)
            hook = np.stack([0 * arc, -0.03 * np.sin(arc), rise - 0.018 * (1 - np.cos(arc))], axis=1)
            shape.add("handle", tube(hook, 0.5 * thick, 6))
            shape.say("a hook at the end of the handle")
        shape.say("a long handle")
    elif style == "soup":
        wave = rng.uniform(0.3, 0.9) * deep
        width = wide * rng.uniform(0.25, 0.4)
        places = np.stack([0 * along, root * (1 - along), wave * along - 0.15 * deep], axis=1)
        shape.add("handle", _ellipses(places, width * (1.3 - 0.6 * along), 0.25 * width * np.ones(12), 0.7))
        shape.say("a short thick slanted handle")
    else:
        neck, end = size * rng.uniform(0.02, 0.04), size * rng.uniform(0.05, 0.12)
        bend = rng.uniform(-0.02, 0.09) * size if style == "table" else 0.0
        bow = bend * np.sin(np.pi * along) - rng.uniform(0, 0.05) * size * along**3 * (style == "table")
        widths = neck + (end - neck) * along ** rng.uniform(1.2, 3.5)
        widths[-1] *= rng.uniform(0.4, 0.9)
        if style == "measure":
            widths[:] = end
        places = np.stack([0 * along, root * (1 - along), bow], axis=1)
        thin = np.linspace(1.0, rng.uniform(0.3, 0.8), 12) * neck * 0.7
        shape.add("handle", _ellipses(places, widths, thin, rng.uniform(0.5, 1.0)))
        shape.say("a thin handle that widens to its end" if end > 1.8 * neck else "a thin flat handle")
        if bend > 0.03 * size:
            shape.say("curved handle")
    shape.say("small" if size < 0.15 else "long and slender")
    pose = rng.random()
    if pose < 0.1:
        turn(shape, z=180)
    elif pose < 0.2:
        turn(shape, y=rng.uniform(-180, 180))
    _rest(shape, rng, upright=0.4)


@shape_class("key", parts=("bow", "shaft", "bit", "ring"), synonyms=("door key", "latchkey", "skeleton key"))
def key(shape: Shape, rng: Random) -> None:
    """Make a key, modelled upright, flat in x and y, bow at the top."""
    style = str(rng.choice(["flat", "flat", "skeleton", "skeleton", "car", "double"]))
    if style == "skeleton":
        _skeleton_key(shape, rng)
    else:
        _flat_key(shape, rng, style)
    if rng.random() < 0.2:
        low, high = shape.meshes[0].low[1], shape.meshes[0].high[1]
        wide = (high - low) * rng.uniform(0.4, 0.75)
        loop = torus(wide, 0.0012 + 0.02 * wide, segments=28).rotated_deg(z=rng.uniform(60, 110))
        shape.add("ring", loop.moved(0, high - 0.12 * (high - low) + wide * 0.85, 0))
        shape.say("hangs on a thin ring")
    pose = rng.random()
    if pose < 0.25:
        turn(shape, z=180)
    elif pose < 0.4:
        turn(shape, z=90)
    _rest(shape, rng, upright=0.5)


def _holed(outer: Array, inner: Array, depth: float) -> Mesh:
    """Return a plate in x, y between two outlines (n, 2) of equally many points, ``depth`` thick along z."""
    layers = [(outer, -depth / 2), (outer, depth / 2), (inner, depth / 2), (inner, -depth / 2)]
    points = np.stack([np.column_stack([line, np.full(len(line), z)]) for line, z in layers])
    return grid(points, wrap_rows=True, wrap_columns=True)


def _outline(kind: str, wide: float, tall: float) -> Array:
    """Return the bow of a key (40, 2) about the origin."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x, y = np.cos(angle), np.sin(angle)
    if kind == "square":
        x, y = np.sign(x) * np.abs(x) ** 0.35, np.sign(y) * np.abs(y) ** 0.35
    elif kind == "six-sided":
        reach = np.cos(np.pi / 6) / np.cos((angle + np.pi / 6) % (np.pi / 3) - np.pi / 6)
        x, y = x * reach, y * reach
    elif kind == "clover":
        reach = 0.72 + 0.28 * np.cos(3 * (angle - np.pi / 2))
        x, y = x * reach, y * reach
    elif kind == "heart":
        reach = 0.75 + 0.2 * np.abs(np.cos(angle)) - 0.25 * np.exp(-8 * (angle - np.pi / 2) ** 2)
        x, y = x * reach, y * reach
    return np.column_stack([wide / 2 * x, tall / 2 * y])


def _flat_key(shape: Shape, rng: Random, style: str) -> None:
    long = rng.uniform(0.025, 0.04)
    broad = rng.uniform(0.006, 0.01)
    thin = rng.uniform(0.0018, 0.003)
    kind = str(rng.choice(["round", "round", "square", "six-sided", "clover", "heart"]))
    wide, tall = rng.uniform(0.018, 0.028), rng.uniform(0.018, 0.028)
    depth = thin
    if style == "car":
        kind, wide, tall, depth = (
            "square",
            rng.uniform(0.025, 0.035),
            rng.uniform(0.035, 0.055),
            rng.uniform(0.008, 0.014),
        )
    outer = _outline(kind, wide, tall)
    hole = rng.uniform(0.12, 0.3) if style != "car" else 0.08
    lift = rng.uniform(0.1, 0.25) if hole < 0.22 else 0.0
    if style == "car":
        lift = 0.36
    inner = _outline("round", hole * 2 * wide, hole * 2 * wide) + np.array([0.0, lift * tall])
    shape.add("bow", _holed(outer, inner, depth).moved(y=long + 0.45 * tall))
    if style == "car":
        shape.say("a thick box head with a small hole")
    else:
        shape.say(f"a flat {kind} head with a hole", "thin and flat")

    # Teeth: cuts of random depths along one edge of the blade (or both), as a strip of heights.
    steps = 61
    along = np.linspace(0, 1, steps)
    cuts = int(rng.integers(4, 8))

    def edge() -> Array:
        depths = np.zeros(steps)
        for place in (np.arange(cuts) + 0.6) / (cuts + 1.0):
            notch = rng.uniform(0.1, 0.5) * broad
            depths = np.maximum(depths, notch - 2.2 * long * np.maximum(np.abs(along - place) - 0.012, 0))
        tip = np.maximum(0.045 - along, 0) / 0.045 * 0.4 * broad
        return np.asarray(np.maximum(depths, tip))

    left = np.full(steps, -broad / 2) + (
        edge() if style == "double" else np.maximum(0.05 - along, 0) * 3 * broad
    )
    right = broad / 2 - edge()
    y = long * along
    corners = [(left, -thin / 2), (right, -thin / 2), (right, thin / 2), (left, thin / 2)]
    rings = np.stack([np.column_stack([x, y, np.full(steps, z)]) for x, z in corners], axis=1)
    shape.add("bit", loft(list(rings)))
    shoulder = broad * rng.uniform(1.1, 1.5)
    shape.add("shaft", box(shoulder, 0.12 * long, max(thin * 1.02, 0.5 * depth), (0, long * 0.98, 0)))
    if rng.random() < 0.5:
        shape.add("shaft", box(0.2 * broad, 0.85 * long, 1.4 * thin, (-0.15 * broad, 0.5 * long, 0)))
    sides = "both edges" if style == "double" else "one edge"
    shape.say(f"a jagged blade with teeth along {sides}")


def _skeleton_key(shape: Shape, rng: Random) -> None:
    long = rng.uniform(0.045, 0.12)
    thick = long * rng.uniform(0.03, 0.06)
    wide, tall = long * rng.uniform(0.28, 0.5), long * rng.uniform(0.25, 0.42)
    kind = str(rng.choice(["round", "round", "clover", "heart", "three rings"]))
    middle = long + tall / 2
    if kind == "three rings":
        small = 0.28 * wide
        for x, y in ((-1, 0), (1, 0), (0, 1.5)):
            shape.add(
                "bow",
                torus(small, 0.8 * thick, segments=20)
                .rotated_deg(x=90)
                .moved(x * small, long + small + y * small),
            )
        shape.say("three rings as a head")
    else:
        line = _outline(kind, wide, tall)
        ring = np.column_stack([line[:, 0], line[:, 1] + middle, 0 * line[:, 0]])
        bar = rng.uniform(0.7, 1.1) * thick
        shape.add("bow", tube(ring, bar, 8, closed=True))
        shape.say({"round": "an open round ring as a head"}.get(kind, f"an open {kind} ring as a head"))
        if rng.random() < 0.25:
            shape.add(
                "bow",
                torus(0.22 * wide, 0.7 * thick, segments=16).rotated_deg(x=90).moved(y=long + 0.3 * tall),
            )
    shape.add("shaft", rod((0, 0, 0), (0, long + 0.1 * tall, 0), thick, 12))
    for _ in range(int(rng.integers(0, 4))):
        at = long * rng.uniform(0.62, 1.0)
        shape.add("shaft", superellipsoid(3.6 * thick, 1.4 * thick, 3.6 * thick, 0.7, (0, at, 0), 8))
    reach, high = long * rng.uniform(0.15, 0.3), long * rng.uniform(0.16, 0.3)
    bottom = long * rng.uniform(0.03, 0.1)
    teeth = int(rng.integers(1, 5))
    flat = 0.9 * thick
    shape.add("bit", box(0.45 * reach, high, flat, (0.22 * reach + 0.5 * thick, bottom + high / 2, 0)))
    each = high / (1.7 * teeth)
    for number in range(teeth):
        at = bottom + high * (number + 0.5) / teeth
        out = reach * rng.uniform(0.75, 1.0)
        shape.add("bit", box(out, each, flat, (out / 2 + 0.5 * thick, at, 0)))
        if teeth == 1:
            cross = extrude([(-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2)], 1.6 * flat)
            shape.add("bit", cross.scaled(reach, high, 1).moved(out * 0.6, at))
    shape.say(
        "a round shaft",
        f"{counted(teeth)} square {'tooth' if teeth == 1 else 'teeth'} at the side of the end",
    )
