"""Make a skull and bones."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import lay, skin
from pointclip2.worlds.shapes.wider.four_legs import limb


@shape_class(
    "skull",
    parts=("cranium", "jaw", "tooth", "socket", "cheek"),
    synonyms=("human skull", "death's head", "cranium"),
    described=(
        "A skull is a round bony ball with two large dark eye holes and a gap where the nose was.",
        "Below the holes of the skull two rows of teeth meet, and the jaw is narrower than the brain case.",
        "The cheek bones of the skull stand off as thin arches at both sides.",
        "From behind the skull is a plain egg, from the front a face of hollows.",
    ),
)
def skull(shape: Shape, rng: Random) -> None:
    """Make a skull: with or without the lower jaw, closed or gaping; narrow or round as a toy."""
    d = Dice(rng)
    b = d.between
    high = b(0.14, 0.24)
    wide, deep = high * b(0.7, 0.95), high * b(0.85, 1.1)
    ball = superellipsoid(wide, high * 0.75, deep, centre=(0, high * 0.62, -deep * 0.05), detail=22)
    p = ball.vertices.copy()
    hole, gap = high * b(0.12, 0.16), wide * 0.24
    for x, y, r in ((-gap, high * 0.52, hole), (gap, high * 0.52, hole), (0.0, high * 0.33, hole * 0.6)):
        near = np.clip(1 - np.hypot(p[:, 0] - x, p[:, 1] - y) / r, 0, 1) ** 0.5 * (p[:, 2] > 0)
        p[:, 2] -= near * high * 0.28
    shape.add("cranium", Mesh(p, ball.faces))
    face = skin(
        [
            (deep * 0.05, wide * 0.6, high * 0.36, high * 0.3),
            (deep * 0.3, wide * 0.58, high * 0.3, high * 0.28),
            (deep * 0.42, wide * 0.44, high * 0.2, high * 0.24),
        ],
        0.7,
    )
    shape.add("cranium", face)
    front = deep * 0.4
    for s in (-1, 1):
        shape.add(
            "socket",
            torus(hole, high * 0.025, segments=16)
            .rotated_deg(x=80, y=s * 18)
            .moved(s * gap, high * 0.52, deep * 0.38),
        )
        shape.add(
            "cheek",
            limb(
                [
                    (s * wide * 0.34, high * 0.36, deep * 0.36),
                    (s * wide * 0.52, high * 0.38, deep * 0.18),
                    (s * wide * 0.47, high * 0.42, -deep * 0.1),
                ],
                [high * 0.05, high * 0.03, high * 0.03],
                6,
            ),
        )
    jaw, gape = d.chance(0.75), b(0, 22) if d.chance(0.6) else 0.0
    a = np.linspace(-1.05, 1.05, d.whole(6, 10))
    arc = np.column_stack([wide * 0.27 * np.sin(a), 0 * a, front * 0.55 + wide * 0.24 * np.cos(a)])
    size = wide * 0.4 / len(a)
    shape.add(
        "tooth",
        *(superellipsoid(size, high * 0.09, size * 0.8, 0.5, q + step(y=high * 0.14), 5) for q in arc),
    )
    if jaw:
        hinge = step(0, high * 0.3, -deep * 0.02)
        outline = np.linspace(-1.7, 1.7, 9)
        line = np.column_stack(
            [
                wide * 0.36 * np.sin(outline),
                high * (0.02 + 0.12 * np.abs(outline / 1.7) ** 3 * 2),
                front * 0.35 + wide * 0.36 * np.cos(outline),
            ]
        )
        pieces = [
            (limb(line, [high * 0.06] * 9, 7), "jaw"),
            *(
                (superellipsoid(size, high * 0.08, size * 0.8, 0.5, q + step(y=high * 0.06), 5), "tooth")
                for q in arc
            ),
        ]
        pieces += [
            (m, "jaw")
            for m in pair(limb([line[-1], hinge + step(wide * 0.4)], [high * 0.06, high * 0.04], 6))
        ]
        for mesh, part in pieces:
            shape.add(part, mesh.moved(*-hinge).rotated_deg(x=gape).moved(*hinge))
    shape.say(
        "a wide open jaw" if gape > 10 and jaw else "a closed jaw" if jaw else "no lower jaw",
        "two large eye holes",
    )
    shape.say(
        "round and wide" if wide > 0.85 * high else "narrow",
        "a long back of the head" if deep > high else "a short back of the head",
    )
    set_down(shape)


@shape_class(
    "bone",
    parts=("shaft", "knob"),
    synonyms=("dog bone", "thigh bone", "femur"),
    described=(
        "A bone is a long rod that is thin in the middle and swells into two knobs at each end.",
        "The outline of the bone is like a bow tie drawn out long, with a notch in each end.",
        "The thigh's bone ends in a ball on a short slanted neck, and the other end of the bone is a double roll.",
        "A rib is a bone that is bent like a sickle and flat.",
    ),
)
def bone(shape: Shape, rng: Random) -> None:
    """Make a bone: the one for dogs, a thigh bone with a ball, a rib, two that cross."""
    d = Dice(rng)
    b = d.between
    long = b(0.08, 0.45)
    kind = d.pick("dog", "dog", "thigh", "rib", "crossed")
    r = long * b(0.04, 0.09)
    t = np.linspace(0, 1, 11)
    girth = r * (1 + b(0.4, 0.9) * (2 * t - 1) ** 4)
    if kind == "rib":
        a = np.linspace(0, b(1.6, 2.6), 14)
        bend = long / float(a[-1])
        shape.add(
            "shaft",
            limb(
                np.column_stack([bend * np.sin(a), bend * (1 - np.cos(a)), 0 * a]),
                r * np.linspace(0.9, 0.4, 14),
            ).scaled(z=b(0.35, 0.6)),
        )
        shape.add("knob", sphere(r * 1.3, (0, 0, 0), 8))
        shape.say("bent like a sickle", "flat")
    else:
        knob = r * b(1.5, 2.2)
        bow = long * b(-0.05, 0.05)
        pieces = [("shaft", limb(np.column_stack([bow * np.sin(np.pi * t), long * t, 0 * t]), girth))]
        flat = b(0.5, 1.0)
        for end, up in ((0.0, -1), (long, 1)):
            if kind == "thigh" and up > 0:
                pieces += [
                    ("shaft", limb([(0, end - r, 0), (knob * 1.6, end + knob * 0.7, 0)], [r * 1.2, r * 0.9])),
                    ("knob", sphere(knob, (knob * 1.9, end + knob * 0.9, 0), 9)),
                    (
                        "knob",
                        superellipsoid(
                            knob * 1.2, knob * 2, knob * 1.3, centre=(-knob * 0.3, end, 0), detail=8
                        ),
                    ),
                ]
            else:
                pieces += [
                    (
                        "knob",
                        superellipsoid(
                            2 * knob,
                            2 * knob,
                            2 * knob * flat,
                            centre=(s * knob * 0.75, end + up * knob * 0.4, 0),
                            detail=9,
                        ),
                    )
                    for s in (-1, 1)
                ]
        turns = (-35.0, 35.0) if kind == "crossed" else (0.0,)
        for k, tilt in enumerate(turns):
            for part, mesh in pieces:
                shape.add(part, mesh.moved(y=-long / 2).rotated_deg(z=tilt).moved(z=k * r * 1.5))
        shape.say(
            {
                "dog": "two equal knobs at each end",
                "thigh": "a ball on a slanted neck at one end",
                "crossed": "two that cross like an X",
            }[kind]
        )
        shape.say("flattened" if flat < 0.7 else "round in section")
    shape.say("long and slim" if r < 0.06 * long else "short and thick")
    lay(shape, d, 0.5)
