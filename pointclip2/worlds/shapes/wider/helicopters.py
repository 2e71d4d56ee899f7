"""Make a helicopter, its nose to +z."""

from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, set_down, wheel
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    rod,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of, skin


@shape_class(
    "helicopter",
    parts=("cabin", "tail", "rotor", "skid", "wheel"),
    synonyms=("chopper aircraft", "rotorcraft", "rescue helicopter"),
    described=(
        "A helicopter carries a rotor of two to six long thin blades above a rounded cabin.",
        "Behind the cabin of the helicopter a thin boom runs back to a small upright rotor and a fin.",
        "It rests on two parallel skids or three little wheels, and the helicopter has no wide wings.",
        "From above, the helicopter is a tadpole: a fat drop with a long tail, crossed by narrow blades.",
        "From the side a helicopter hangs below the flat line of its blades like a fish below a stick.",
    ),
)
def helicopter(shape: Shape, rng: Random) -> None:
    """Make a helicopter: a bubble with an open boom, the usual kind, a slim attack one, or one with two rotors."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("usual", "usual", "bubble", "attack", "tandem")
    long, tall, base = b(3.2, 6.0), b(1.5, 2.1), b(0.6, 1.0)
    wide = tall * (b(0.55, 0.7) if kind == "attack" else b(0.85, 1.1))
    mid, reach = base + tall / 2, long * b(0.9, 1.3)
    if kind == "tandem":
        long *= 2.0
    share = np.array([0.0, 0.04, 0.15, 0.3, 0.5, 0.7, 0.88, 1.0])
    fat = (
        np.array([0.15, 0.45, 0.78, 0.97, 1.0, 1.0, 0.8, 0.35])
        if kind != "tandem"
        else np.array([0.3, 0.7, 0.9, 1, 1, 1, 0.95, 0.7])
    )
    lift = np.array([-0.2, -0.15, -0.05, 0, 0, 0, 0.08, 0.25])
    shape.add(
        "cabin",
        skin(
            [
                (long * (0.5 - s), wide * f, tall * f, mid + tall * y)
                for s, f, y in zip(share, fat, lift, strict=True)
            ],
            b(0.6, 1.0),
        ),
    )
    hub_y, blades = mid + tall * 0.5 + b(0.35, 0.7), d.whole(2, 5)
    radius = (long + reach) * b(0.55, 0.72) if kind != "tandem" else long * b(0.5, 0.65)
    masts = [(0.0, hub_y)] if kind != "tandem" else [(long * 0.42, hub_y), (-long * 0.42, hub_y + 0.8)]
    chord, cone = radius * b(0.03, 0.07), b(-4, 5)
    for z, y in masts:
        one = box(radius, 0.06, chord, (radius / 2, 0, 0)).rotated_deg(z=cone)
        turned = [mesh.moved(0, y, z) for mesh in ring_of(one, blades, b(0, 90))]
        shape.add(
            "rotor", *turned, rod((0, mid, z), (0, y + 0.1, z), 0.1), cylinder(0.22, 0.2, centre=(0, y, z))
        )
        shape.add(
            "cabin", superellipsoid(wide * 0.6, (y - mid) * 1.5, long * 0.25, 0.8, (0, mid + 0.1, z), 9)
        )
    if kind != "tandem":
        rear, thick = -long * 0.4 - reach, tall * b(0.1, 0.18)
        y = mid + tall * b(0.15, 0.35)
        if kind == "bubble":
            for x, low in ((-0.2, 0), (0.2, 0), (0, 0.4)):
                shape.add("tail", rod((x, y - 0.2 + low, -long * 0.3), (x * 0.4, y + low * 0.3, rear), 0.035))
            zig = [
                (
                    0.2 * (-1) ** k * (1 - k / 14),
                    y - 0.1 + (k % 3) * 0.1,
                    -long * 0.3 + (rear + long * 0.3) * k / 12,
                )
                for k in range(13)
            ]
            shape.add("tail", *(rod(p, q, 0.025, 5) for p, q in pairwise(zig)))
            shape.say("an open lattice as a tail")
        else:
            shape.add(
                "tail",
                skin(
                    [
                        (-long * 0.25, wide * 0.5, tall * 0.5, y),
                        (rear * 0.6, thick * 1.6, thick * 2, y),
                        (rear, thick, thick, y + 0.1),
                    ]
                ),
            )
        fin = b(0.7, 1.3)
        shape.add("tail", blade((0, y, rear + 0.5), (0, y + fin, rear - 0.3), 0.8, 0.4, 0.12, 0))
        if d.chance(0.7):
            shape.add(
                "tail", *pair(blade((0, y, rear * 0.8), (b(0.6, 1.2), y, rear * 0.82), 0.5, 0.35, 0.12))
            )
        small = b(0.4, 0.75)
        shape.add(
            "rotor",
            *(
                box(2 * small, 0.12, 0.03).rotated_deg(z=a, y=90).moved(0.2, y + fin * 0.7, rear - 0.1)
                for a in (20, 110)
            ),
        )
        if d.chance(0.2):
            shape.add("tail", torus(small * 1.15, 0.12).rotated_deg(z=90).moved(0, y + fin * 0.5, rear - 0.1))
    if kind == "attack":
        stub = box(wide * 1.2, 0.12, 0.8, (wide, mid, 0))
        pods = [rod((wide * x, mid - 0.25, -0.7), (wide * x, mid - 0.25, 0.8), 0.18) for x in (1.0, 1.5)]
        shape.add("cabin", *pair(stub, *pods))
        shape.say("short stub wings with pods")
    if kind == "bubble" or (kind == "usual" and d.chance(0.7)):
        x = wide * b(0.45, 0.65)
        shape.add(
            "skid",
            *pair(
                rod((x, 0.06, -long * 0.45), (x, 0.06, long * 0.4), 0.06),
                rod((x, 0.06, long * 0.4), (x, 0.25, long * 0.5), 0.06),
            ),
        )
        shape.add(
            "skid",
            *pair(
                *(
                    rod((x, 0.06, z), (wide * 0.2, mid - tall * 0.35, z), 0.05)
                    for z in (-long * 0.22, long * 0.22)
                )
            ),
        )
        shape.say("two parallel skids")
    else:
        for x, z in ((wide * 0.5, -long * 0.25), (-wide * 0.5, -long * 0.25), (0.0, long * 0.3)):
            shape.add("wheel", *(mesh.moved(x, 0.28, z) for mesh in wheel(rng, 0.28, 0.2, segments=12)))
            shape.add("wheel", rod((x, 0.28, z), (x * 0.7, mid - tall * 0.2, z), 0.06))
        shape.say("three small wheels")
    shape.say(
        "two large rotors above a long body"
        if kind == "tandem"
        else f"one rotor with {counted(blades, 'blade')}"
    )
    shape.say(
        {"bubble": "a round bubble in front", "attack": "slim and narrow", "tandem": "no thin tail"}.get(
            kind, "a rounded cabin with a thin tail"
        )
    )
    set_down(shape)
