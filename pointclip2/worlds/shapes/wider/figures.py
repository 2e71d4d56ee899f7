"""Make figures that are no people: a teddy bear, a robot. They look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    box,
    cylinder,
    lathe,
    rod,
    sphere,
    superellipsoid,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block
from pointclip2.worlds.shapes.wider.four_legs import limb


@shape_class(
    "teddy bear",
    parts=("body", "head", "ear", "arm", "leg", "muzzle", "bow tie"),
    synonyms=("teddy", "stuffed bear", "plush bear", "bear"),
    described=(
        "A teddy bear is a plump seated figure made of soft balls and rolls.",
        "Its big round head carries two half-round ears, and the teddy bear has a short snout with a button nose.",
        "The legs of the teddy bear stretch forward and end in round soles, its arms hang out at the sides.",
        "Without any edge, the teddy bear is a pile of egg shapes, the head almost as wide as the belly.",
    ),
)
def teddy_bear(shape: Shape, rng: Random) -> None:
    """Make a teddy bear: seated or standing, thin or plump, arms down, out or raised, with a bow tie."""
    d = Dice(rng)
    b = d.between
    tall = b(0.12, 0.3)
    wide, deep = tall * b(0.6, 0.9), tall * b(0.5, 0.75)
    sit = d.chance(0.65)
    shape.add(
        "body", superellipsoid(wide, tall, deep, centre=(0, tall / 2, 0), detail=12).tapered(1, 1.1, 0.8)
    )
    size = tall * b(0.6, 0.85)
    y = tall * 0.93 + size * 0.35
    shape.add(
        "head", superellipsoid(size * b(1.0, 1.2), size * 0.95, size * 0.95, centre=(0, y, 0), detail=12)
    )
    shape.add(
        "muzzle",
        superellipsoid(
            size * 0.45, size * 0.36, size * b(0.3, 0.5), centre=(0, y - size * 0.12, size * 0.46), detail=9
        ),
        sphere(size * 0.07, (0, y - size * 0.03, size * 0.66), 6),
    )
    shape.add("head", *pair(sphere(size * 0.055, (size * 0.2, y + size * 0.1, size * 0.42), 6)))
    shape.add(
        "ear",
        *pair(
            superellipsoid(
                size * 0.36,
                size * 0.36,
                size * b(0.12, 0.22),
                centre=(size * 0.4, y + size * 0.42, -size * 0.02),
                detail=9,
            )
        ),
    )
    pose = d.pick("down", "out", "forward", "raised")
    way = {
        "down": (0.5, -0.85, 0.2),
        "out": (0.95, -0.1, 0.25),
        "forward": (0.35, -0.3, 0.9),
        "raised": (0.6, 0.8, 0.15),
    }[pose]
    root, girth = step(wide * 0.36, tall * 0.78, 0), tall * b(0.1, 0.15)
    reach = tall * b(0.45, 0.65) * np.array(way)
    shape.add(
        "arm",
        *pair(
            limb([root, root + reach * 0.5, root + reach], [girth, girth * 1.05, girth * 0.9]),
            sphere(girth * 1.05, root + reach, 8),
        ),
    )
    thick, far = tall * b(0.13, 0.19), tall * b(0.45, 0.7)
    hip = step(wide * 0.28, thick if sit else tall * 0.15, deep * 0.1)
    foot = hip + (step(far * 0.35, 0, far) if sit else step(wide * 0.02, -far * 0.9, 0))
    sole = (
        superellipsoid(thick * 2.2, thick * 2.5, thick * 1.1, centre=foot, detail=9)
        if sit
        else superellipsoid(
            thick * 2.1, thick * 1.2, thick * 2.8, centre=foot + step(z=thick * 0.4), detail=9
        )
    )
    shape.add("leg", *pair(limb([hip, (hip + foot) / 2, foot], [thick * 1.1, thick, thick]), sole))
    if d.chance(0.35):
        shape.add(
            "bow tie",
            *pair(
                lathe([(0.01 * size, 0), (size * 0.13, size * 0.28), (0, size * 0.28)], 10)
                .rotated_deg(z=-90)
                .scaled(z=0.5)
                .moved(0, tall * 0.93, deep * 0.42)
            ),
            sphere(size * 0.07, (0, tall * 0.93, deep * 0.45), 6),
        )
        shape.say("a bow tie at the neck")
    shape.say(
        "seated with its legs forward" if sit else "standing upright",
        {
            "down": "hanging arms",
            "out": "arms spread to the sides",
            "forward": "arms stretched forward",
            "raised": "raised arms",
        }[pose],
    )
    shape.say(
        "plump" if wide > 0.75 * tall else "slim",
        "a big round head" if size > 0.72 * tall else "a small head",
    )
    set_down(shape)


def _joint(at: Array, r: float, boxy: bool) -> Mesh:
    """Return the joint of a robot's limb."""
    return box(2 * r, 2 * r, 2 * r, at) if boxy else sphere(r, at, 8)


@shape_class(
    "robot",
    parts=("head", "body", "arm", "leg", "antenna", "wheel", "eye"),
    synonyms=("android", "toy robot", "humanoid robot", "automaton"),
    described=(
        "A robot is a figure of boxes and cylinders, with a square head on a square trunk.",
        "Its jointed arms end in claws, and the robot stands on two thick legs with large flat feet.",
        "Thin rods with a ball stand on the head of the robot, and dials or panels cover its chest.",
        "Some roll: below the trunk of such a robot there are wheels or a broad drum in place of legs.",
    ),
)
def robot(shape: Shape, rng: Random) -> None:
    """Make a robot: tin toy of boxes, rounded, slim like a person; on legs, on wheels, or hovering on a cone."""
    d = Dice(rng)
    b = d.between
    high = b(0.12, 0.6)
    wide, deep = high * b(0.65, 1.1), high * b(0.4, 0.8)
    boxy = d.chance(0.6)
    base = d.pick("legs", "legs", "legs", "wheels", "cone")
    if boxy:
        shape.add("body", block((wide, high, deep), (b(0.75, 1.25), 1.0)))
    else:
        shape.add("body", superellipsoid(wide, high, deep, b(0.4, 1.0), (0, high / 2, 0), 12))
    shape.add(
        "body",
        box(wide * 0.5, high * 0.3, deep * 0.1, (0, high * 0.6, deep * 0.5)),
        *(
            rod((s * wide * 0.15, high * 0.3, 0), (s * wide * 0.15, high * 0.3, deep * 0.55), wide * 0.06, 10)
            for s in (-1, 0, 1)
        ),
    )
    size, neck = high * b(0.35, 0.65), high * b(0.04, 0.14)
    y = high + neck
    shape.add("head", rod((0, high * 0.9, 0), (0, y + size * 0.1, 0), size * 0.18, 10))
    kind = d.pick("box", "box", "ball", "drum")
    width = size * b(0.9, 1.5)
    shape.add(
        "head",
        {
            "box": box(width, size, size, (0, y + size / 2, 0)),
            "ball": superellipsoid(width, size, size, 0.9, (0, y + size / 2, 0), 12),
            "drum": cylinder(size * 0.5, size, top=size * b(0.3, 0.5), centre=(0, y + size / 2, 0)),
        }[kind],
    )
    if d.chance(0.75):
        shape.add(
            "eye",
            *pair(
                rod(
                    (size * 0.22, y + size * 0.6, 0),
                    (size * 0.22, y + size * 0.6, size * 0.58),
                    size * 0.12,
                    10,
                )
            ),
        )
    else:
        shape.add("eye", box(width * 0.7, size * 0.2, size * 0.2, (0, y + size * 0.6, size * 0.45)))
    if d.chance(0.6):
        lift = size * b(0.25, 0.7)
        spots = [0.0] if d.chance(0.5) else [-0.3, 0.3]
        shape.add(
            "antenna",
            *(
                m
                for x in spots
                for m in (
                    rod(
                        (x * width, y + size * 0.9, 0), (x * width * 1.4, y + size + lift, 0), size * 0.03, 6
                    ),
                    sphere(size * 0.08, (x * width * 1.4, y + size + lift, 0), 6),
                )
            ),
        )
        shape.say("a rod with a ball on its head" if len(spots) == 1 else "two rods with balls on its head")
    r = high * b(0.06, 0.11)
    for side in (-1, 1):
        shoulder = step(side * (wide * 0.55 + r), high * 0.82, 0)
        swing, bend = np.deg2rad(b(-20, 60)), np.deg2rad(b(0, 60))
        elbow = shoulder + high * 0.4 * step(side * 0.15, -np.cos(swing), np.sin(swing))
        wrist = elbow + high * 0.38 * step(0, -np.cos(swing + bend), np.sin(swing + bend))
        shape.add(
            "arm",
            _joint(shoulder, r * 1.3, boxy),
            _joint(elbow, r, False),
            rod(shoulder, elbow, r * 0.75, 8),
            rod(elbow, wrist, r * 0.75, 8),
            _joint(wrist, r * 1.0, boxy),
        )
        way = (wrist - elbow) / (high * 0.38)
        for s in (-1, 1):
            shape.add(
                "arm",
                limb(
                    [wrist, wrist + way * r * 1.5 + step(s * r), wrist + way * r * 2.8 + step(s * r * 0.5)],
                    [r * 0.4, r * 0.35, r * 0.2],
                    6,
                ),
            )
        if base == "legs":
            long, thick, x = high * b(0.5, 0.52), high * 0.12, side * wide * 0.26
            leg = (
                box(2 * thick, long, 2 * thick, (x, -long / 2, 0))
                if boxy
                else limb(
                    [(x, 0, 0), (x, -long * 0.5, thick * 0.3), (x, -long, 0)], [thick, thick * 0.8, thick]
                )
            )
            shape.add(
                "leg",
                leg,
                block(
                    (thick * 2.6, thick * 1.1, thick * 4.2),
                    (0.8, 0.75),
                    (x, -long - thick * 0.6, thick * 0.5),
                ),
            )
    if base == "wheels":
        size_w = high * b(0.14, 0.22)
        for z in (-deep * 0.4, deep * 0.4):
            shape.add(
                "wheel",
                *pair(
                    cylinder(size_w, high * 0.12, segments=18)
                    .rotated_deg(z=90)
                    .moved(wide * 0.45, -size_w * 0.7, z)
                ),
            )
        shape.add("leg", box(wide * 0.7, size_w, deep, (0, -size_w * 0.4, 0)))
    elif base == "cone":
        shape.add(
            "leg", lathe([(0, -high * 0.6), (wide * b(0.15, 0.5), -high * 0.6), (wide * 0.45, 0), (0, 0)], 20)
        )
    shape.say(
        {
            "legs": "two thick legs with flat feet",
            "wheels": "rolling on wheels",
            "cone": "a cone in place of legs",
        }[base],
        "made of boxes" if boxy else "made of rounded pieces",
    )
    shape.say({"box": "a square head", "ball": "a ball as head", "drum": "a drum as head"}[kind])
    set_down(shape)
