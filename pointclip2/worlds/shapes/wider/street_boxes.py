"""Make a fire hydrant and a mailbox."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    extrude,
    lathe,
    rod,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, ring_of


@shape_class(
    "fire hydrant",
    parts=("barrel", "bonnet", "nozzle", "flange", "chain"),
    synonyms=("hydrant", "fireplug", "standpipe"),
    described=(
        "A fire hydrant is a short thick post with a domed cap, about as high as a knee or hip.",
        "Round stubs with caps stick out from both sides and the front of the fire hydrant.",
        "Flat rings with bolts mark the foot and the neck of the fire hydrant.",
        "A small nut stands on top, so that the fire hydrant looks like a stout figure with short arms.",
    ),
)
def fire_hydrant(shape: Shape, rng: Random) -> None:
    """Make a fire hydrant: stout with a dome, slim and tall, square, or a pillar with a flat lid."""
    d = Dice(rng)
    b = d.between
    tall = b(0.55, 1.0)
    r = tall * b(0.11, 0.19)
    sides = 8 if d.chance(0.2) else 22
    neck = tall * b(0.62, 0.75)
    waist = b(0.85, 1.0)
    shape.add(
        "barrel", lathe([(0, 0), (r * 1.1, 0), (r * waist, tall * 0.1), (r * waist, neck), (0, neck)], sides)
    )
    for y in (0.03, neck / tall, 0.12)[: d.whole(2, 3)]:
        wide = r * b(1.3, 1.6)
        shape.add("flange", cylinder(wide, tall * 0.035, centre=(0, y * tall, 0), segments=sides))
        shape.add(
            "flange",
            *ring_of(cylinder(r * 0.09, tall * 0.06, centre=(wide * 0.88, y * tall, 0), segments=6), 8),
        )
    dome = d.chance(0.75)
    t = np.linspace(0, np.pi / 2, 7)
    top = tall * 0.9 - neck
    cap = (
        [(float(r * 1.08 * np.cos(q) ** 0.8), float(neck + top * np.sin(q))) for q in t]
        if dome
        else [(r * 1.15, neck), (r * 1.15, neck + top * 0.8), (0, neck + top)]
    )
    shape.add(
        "bonnet", lathe(cap, sides), cylinder(r * 0.25, tall * 0.12, centre=(0, neck + top, 0), segments=5)
    )
    y, size = neck * b(0.72, 0.88), r * b(0.4, 0.6)
    for a, big in ((90, 1.0), (-90, 1.0), (0, 1.35)):
        if a == 0 and d.chance(0.25):
            continue
        long = r * b(0.45, 0.7)
        stub = [
            rod((0, 0, r * 0.7), (0, 0, r + long * 0.6), size * big * 0.85, 14),
            rod((0, 0, r + long * 0.5), (0, 0, r + long), size * big, 8),
            rod((0, 0, r + long), (0, 0, r + long * 1.3), size * 0.3, 5),
        ]
        shape.add("nozzle", *(m.rotated_deg(y=a).moved(y=y - (0.03 * tall if a == 0 else 0)) for m in stub))
    if d.chance(0.45):
        q = np.linspace(0, 1, 8)
        loop = np.column_stack(
            [
                r * 1.1 * np.sin(1.57 * q),
                y - size * 0.8 - r * 0.9 * np.sin(np.pi * q),
                r * 1.1 * np.cos(1.57 * q),
            ]
        )
        shape.add("chain", tube(loop, r * 0.05, 5))
        shape.say("a chain hanging between its caps")
    shape.say(
        "a domed cap" if dome else "a flat lid",
        "a nozzle at each side",
        "short and stout" if r > 0.15 * tall else "tall and slim",
    )
    set_down(shape)


@shape_class(
    "mailbox",
    parts=("box", "flap", "post", "flag", "slot"),
    synonyms=("letter box", "post box", "pillar box", "letterbox"),
    described=(
        "A mailbox is a lying box with a rounded top on a thin post.",
        "A small flag stands at the side of the mailbox, and its front end is a flap shaped like an arch.",
        "A public mailbox is a large upright block on four short feet with a rounded head and a slot.",
        "The pillar kind of mailbox is a thick round column with a cap and a level slit near the top.",
    ),
)
def mailbox(shape: Shape, rng: Random) -> None:
    """Make a mailbox: the arched one on a post, a public one on feet, a pillar, a flat one for the wall."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("post", "post", "public", "pillar", "wall")
    a = np.linspace(0, np.pi, 9)
    if kind in ("post", "public"):
        wide = b(0.16, 0.28) if kind == "post" else b(0.45, 0.7)
        high, deep = (
            (wide * b(0.5, 0.9), b(0.42, 0.6)) if kind == "post" else (b(0.7, 0.95), wide * b(0.8, 1.1))
        )
        face = np.vstack(
            [
                [(-wide / 2, 0), (wide / 2, 0)],
                np.column_stack([wide / 2 * np.cos(a), high + wide / 2 * np.sin(a)]),
            ]
        )
        y = b(0.45, 0.9) if kind == "post" else b(0.1, 0.2)
        body = extrude(face, deep)
        shape.add("box", body.moved(y=y) if kind == "post" else body.rotated_deg(y=90).moved(y=y))
        if kind == "post":
            opening = b(20, 90) if d.chance(0.3) else 0.0
            shape.add(
                "flap",
                extrude(face * 1.03, 0.015).rotated_deg(x=opening).moved(0, y, deep / 2 + 0.01),
                rod((0, y + high, deep / 2), (0, y + high, deep / 2 + 0.04), 0.012),
            )
            up = d.chance(0.5)
            flag = [box(0.012, 0.18, 0.025, (0, 0.09, 0)), box(0.012, 0.06, 0.08, (0, 0.17, 0.03))]
            shape.add(
                "flag",
                *(m.rotated_deg(x=0 if up else 90).moved(wide / 2 + 0.01, y + high * 0.6, 0) for m in flag),
            )
            shape.add("post", block((0.07, y, 0.07), (1, 1)))
            if d.chance(0.4):
                shape.add(
                    "post",
                    box(wide * 0.8, 0.04, deep * 0.9, (0, y - 0.02, 0)),
                    rod((0, y * 0.6, 0), (0, y, deep * 0.4), 0.03),
                )
            shape.say(
                "a raised flag at its side" if up else "a flag lying at its side", "an arched box on a post"
            )
            if opening:
                shape.say("its flap open")
        else:
            shape.add("slot", box(wide * 0.7, high * 0.2, 0.06, (0, y + high * 1.05, deep * 0.5)))
            shape.add("flap", box(wide * 0.6, high * 0.4, 0.03, (0, y + high * 0.45, wide / 2)))
            shape.add(
                "post",
                *(
                    box(0.08, y, 0.08, (i * deep * 0.4, y / 2, k * wide * 0.4))
                    for i in (-1, 1)
                    for k in (-1, 1)
                ),
            )
            shape.say("an upright block with a rounded head", "four short feet")
    elif kind == "pillar":
        r, tall = b(0.2, 0.3), b(1.2, 1.6)
        shape.add("box", lathe([(0, 0), (r * 1.12, 0), (r * 1.12, 0.1), (r, 0.13), (r, tall)], 24))
        shape.add(
            "box",
            lathe(
                [
                    (r, tall),
                    (r * 1.18, tall + 0.02),
                    (r * 1.15, tall + 0.08),
                    (r * 0.6, tall + r * b(0.5, 0.8)),
                    (0, tall + r * 0.85),
                ],
                24,
            ),
        )
        shape.add("slot", box(r * 1.1, 0.05, 0.08, (0, tall * 0.86, r)))
        shape.add("flap", box(r * 1.0, tall * 0.4, 0.06, (0, tall * 0.42, r * 0.97)))
        shape.say("a round pillar with a cap", "a level slit near the top")
    else:
        wide, high, deep = b(0.25, 0.4), b(0.25, 0.45), b(0.08, 0.16)
        shape.add("box", box(wide, high, deep, (0, high / 2, 0)))
        shape.add(
            "flap",
            block((wide * 1.08, 0.04, deep * 1.25), (1, 1), (0, 0, 0))
            .rotated_deg(x=b(5, 30))
            .moved(0, high, 0),
        )
        shape.add("slot", box(wide * 0.75, 0.03, 0.02, (0, high * 0.8, deep / 2)))
        if d.chance(0.5):
            shape.add(
                "post",
                torus(0.05, 0.008, segments=14, arc_deg=360)
                .scaled(x=wide * 8)
                .rotated_deg(x=90)
                .moved(0, -0.06, 0),
            )
            shape.say("a ring below for newspapers")
        shape.say("a flat box with a lid", "wide" if wide > high else "tall")
    shape.say("small" if kind in ("post", "wall") else "as high as a person's chest")
    set_down(shape)
