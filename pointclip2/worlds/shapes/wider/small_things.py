"""Make small things for the desk and for play: a dice, a pen."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, turn
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    merge,
    superellipsoid,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import lay, strip


@shape_class(
    "dice",
    parts=("cube", "pip"),
    synonyms=("die", "pair of dice", "gaming cube"),
    described=(
        "A dice is a small cube with rounded corners.",
        "Each face of the dice bears one to six round dots in a fixed pattern.",
        "The dots on opposite faces of the dice always add up to seven.",
        "Other kinds are bodies with four, eight, twelve or twenty flat faces: a dice like a cut gem.",
    ),
)
def dice(shape: Shape, rng: Random) -> None:
    """Make a dice: a cube with sharp or round corners, or with eight or many faces; one or several."""
    d = Dice(rng)
    b = d.between
    size, count = b(0.032, 0.1), d.whole(2, 4) if d.chance(0.35) else 1
    kind = d.pick("cube", "cube", "cube", "cube", "eight", "twenty")
    soft, dots = b(0.05, 0.4), b(0.16, 0.24)
    pips: list[Mesh] = []
    if kind == "cube":
        body = superellipsoid(size, size, size, soft, detail=13) if soft > 0.12 else box(size, size, size)
        grid = {
            1: [(0, 0)],
            2: [(-1, -1), (1, 1)],
            3: [(-1, -1), (0, 0), (1, 1)],
            4: [(-1, -1), (-1, 1), (1, -1), (1, 1)],
        }
        grid[5] = [*grid[4], (0, 0)]
        grid[6] = [*grid[4], (-1, 0), (1, 0)]
        for number, (x, y) in {
            1: (0, 0),
            6: (180, 0),
            2: (0, 90),
            5: (0, -90),
            3: (90, 0),
            4: (-90, 0),
        }.items():
            spots = [
                superellipsoid(
                    size * dots,
                    size * 0.06,
                    size * dots,
                    centre=(i * size * 0.26, size / 2, k * size * 0.26),
                    detail=6,
                )
                for i, k in grid[number]
            ]
            pips.append(merge(spots).rotated_deg(x=x, z=y))
        shape.say("rounded corners" if soft > 0.2 else "sharp edges", "dots on six faces")
    elif kind == "eight":
        body = lathe([(0, -size * 0.7), (size * 0.7, 0), (0, size * 0.7)], 4)
        pips = [
            box(size * 0.08, size * 0.2, size * 0.03)
            .rotated_deg(x=-35)
            .moved(0, size * 0.22, size * 0.36)
            .rotated_deg(y=45 + 90 * k)
            for k in range(4)
        ]
        shape.say("eight flat faces", "two points at its ends")
    else:
        ends = [(0, -0.6), (0.54, -0.27), (0.54, 0.27), (0, 0.6)]
        body = lathe([(r * size, y * size) for r, y in ends], 5)
        twist = body.vertices.copy()
        upper = twist[:, 1] > 0
        turned = Mesh(twist, body.faces).rotated_deg(y=36).vertices
        body = Mesh(np.where(upper[:, None], turned, twist), body.faces)
        pips = [
            box(size * 0.1, size * 0.16, size * 0.03).moved(0, 0, size * 0.45).rotated_deg(y=36 * k)
            for k in range(10)
        ]
        shape.say("many flat faces", "like a cut gem")
    for k in range(count):
        spin, tip = b(0, 360), (0.0, 90.0, 180.0)[d.whole(0, 2)]
        if count == 1 and d.chance(0.2):
            tip = 45.0
        across, ahead = (
            (0.0, 0.0)
            if count == 1
            else (size * 1.7 * (k % 2) + b(-0.1, 0.1) * size, size * 1.7 * (k // 2) + b(-0.1, 0.1) * size)
        )
        low = -float(body.rotated_deg(z=tip).low[1])
        shape.add("cube", body.rotated_deg(z=tip).rotated_deg(y=spin).moved(across, low, ahead))
        shape.add("pip", *(m.rotated_deg(z=tip).rotated_deg(y=spin).moved(across, low, ahead) for m in pips))
    shape.say("a single one" if count == 1 else f"{counted(count, 'piece')} together")
    set_down(shape)


@shape_class(
    "pen",
    parts=("body", "tip", "clip", "cap", "eraser"),
    synonyms=("ballpoint", "pencil", "fountain pen", "marker pen", "biro"),
    described=(
        "A pen is a thin straight stick about as thick as a finger or thinner, with a pointed end.",
        "A narrow clip runs along the upper part of the pen and stands off from it a little.",
        "A cap makes one half of the pen thicker than the other.",
        "The section of a pen is a circle or a hexagon, and it stays almost equal over the whole length.",
    ),
)
def pen(shape: Shape, rng: Random) -> None:
    """Make a pen: ballpoint with a clip, fountain pen with a cap, marker, pencil with six faces."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("ball", "ball", "fountain", "marker", "pencil")
    long = b(0.11, 0.19)
    r = long * {"pencil": b(0.018, 0.026), "marker": b(0.045, 0.075)}.get(kind, b(0.025, 0.045))
    facets = 6 if kind == "pencil" or d.chance(0.15) else 16
    tip, back = long * (b(0.1, 0.16) if kind != "marker" else b(0.06, 0.1)), b(0.6, 1.0)
    bulge = b(1.0, 1.2)
    shape.add("body", lathe([(0.0, long), (r * back, long), (r * bulge, long * 0.6), (r, tip)], facets))
    shape.add(
        "tip",
        lathe(
            [
                (r, tip),
                (r * 0.55 if kind == "marker" else r * 0.25, tip * 0.25),
                (r * 0.3 if kind == "marker" else 0.02 * r, 0.0),
                (0.0, 0.0),
            ],
            facets,
        ),
    )
    if kind == "pencil":
        if d.chance(0.6):
            shape.add(
                "eraser",
                lathe(
                    [(r * 1.05, long), (r * 1.05, long * 1.04), (r * 0.9, long * 1.08), (0, long * 1.08)], 14
                ),
            )
            shape.say("a round stub at the end")
        shape.say("six flat faces")
    else:
        if kind == "ball" and d.chance(0.6):
            shape.add("cap", cylinder(r * 0.4, long * 0.06, centre=(0, long * 1.03, 0), segments=12))
            shape.say("a push button at the end")
        elif d.chance(0.65):
            low, top = (0.55 * long, 1.05 * long) if d.chance(0.5) else (-0.02 * long, 0.4 * long)
            cover = r * b(1.15, 1.35) * bulge
            shape.add(
                "cap",
                lathe(
                    [(cover, low), (cover * 0.95, top), (0, top)]
                    if low > 0
                    else [(0, low), (cover * 0.9, low), (cover, top)],
                    16,
                ),
            )
            shape.say("a cap on the tip" if low < 0 else "a cap pushed on the back")
        if d.chance(0.75):
            clip = [(0, long * 0.98), (0, long * 0.6)]
            shape.add(
                "clip",
                strip(clip, r * 0.45, r * 0.15).moved(z=r * 1.35),
                box(r * 0.45, r * 0.4, r * 0.6, (0, long * 0.97, r * 1.1)),
            )
            shape.say("a clip along the side")
        if d.chance(0.4):
            shape.add(
                "body",
                *(
                    lathe([(r * 1.08, y * long), (r * 1.08, (y + 0.015) * long)], 14)
                    for y in (0.18, 0.22, 0.26)
                ),
            )
    shape.say(
        "very thin" if r < 0.03 * long else "rather thick" if r > 0.045 * long else "slim",
        "a pointed end" if kind != "marker" else "a blunt end",
    )
    if d.chance(0.3):
        turn(shape, x_deg=180.0)
    lay(shape, d, 0.35)
