"""Make a satellite dish."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    rod,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of


@shape_class(
    "satellite dish",
    parts=("dish", "receiver", "arm", "mast", "base"),
    synonyms=("parabolic antenna", "radio telescope", "dish antenna", "radar dish"),
    described=(
        "A satellite dish is a wide shallow bowl that looks up at a slant.",
        "A thin arm reaches from the lower rim of the satellite dish to a small block before its middle.",
        "The hollow side of the satellite dish faces forward, and a short mast holds it from behind.",
        "A large satellite dish stands on a cone or a frame, and three or four rods meet in front of it.",
    ),
)
def satellite_dish(shape: Shape, rng: Random) -> None:
    """Make a satellite dish: a small oval one on a bent mast, a large one on a pedestal, a net of ribs."""
    d = Dice(rng)
    b = d.between
    large = d.chance(0.4)
    r = b(1.5, 12.0) if large else b(0.25, 0.6)
    deep, tilt = r * b(0.18, 0.45), b(15, 60)
    t = np.linspace(0, 1, 10)
    bowl = lathe([(float(r * q), float(deep * q**2)) for q in t], 32)
    back = bowl.moved(y=-r * 0.03)
    oval = b(0.85, 1.15)
    head: list[tuple[str, Mesh]] = [
        ("dish", bowl.scaled(x=oval)),
        ("dish", back.scaled(x=oval)),
        ("dish", torus(r, r * 0.018, (0, deep, 0), 32).scaled(x=oval)),
    ]
    if d.chance(0.35):
        rib = tube(np.column_stack([r * t, deep * t**2 - r * 0.05, 0 * t]), r * 0.015, 5)
        head += [("dish", m) for m in ring_of(rib, d.whole(6, 12))]
        shape.say("ribs on its back")
    focus = r * b(0.6, 1.1)
    if large or d.chance(0.25):
        rods = d.whole(3, 4)
        head += [
            ("arm", m)
            for m in ring_of(rod((r * 0.85, deep * 0.75, 0), (r * 0.05, focus, 0), r * 0.015, 5), rods, 45)
        ]
        head.append(("receiver", cylinder(r * 0.1, r * 0.14, centre=(0, focus, 0), segments=12)))
        shape.say(f"{counted(rods, 'rod')} that meet in front")
    else:
        head.append(
            (
                "arm",
                tube(
                    [(0, -r * 0.05, r * 0.5), (0, deep * 0.9, r * 1.02), (0, focus, r * 0.55)], r * 0.035, 6
                ),
            )
        )
        head.append(("receiver", rod((0, focus, r * 0.62), (0, focus * 0.8, r * 0.4), r * 0.1, 10)))
        shape.say("one arm below with a small block")
    high = r * (b(0.9, 1.6) if large else b(0.4, 1.2))
    for part, mesh in head:
        shape.add(part, mesh.moved(y=r * 0.15).rotated_deg(x=90 - tilt).moved(y=high))
    if large and d.chance(0.5):
        shape.add(
            "mast",
            lathe([(r * 0.5, -r * 0.35), (r * 0.2, high - r * 0.1), (0, high)], 4 if d.chance(0.5) else 20),
        )
        shape.add("base", cylinder(r * 0.75, r * 0.12, centre=(0, -r * 0.35, 0)))
        shape.say("a pedestal like a cone")
    elif large:
        shape.add("mast", *ring_of(rod((r * 0.6, -r * 0.3, 0), (r * 0.1, high, 0), r * 0.03, 6), 4, 45))
        shape.add("base", torus(r * 0.6, r * 0.03, (0, -r * 0.3, 0)))
        shape.say("an open frame of legs")
    elif d.chance(0.5):
        shape.add("mast", rod((0, -r * 0.6, 0), (0, high, 0), r * 0.06, 8))
        shape.add("base", cylinder(r * 0.35, r * 0.06, centre=(0, -r * 0.6, 0)))
        shape.say("a straight mast on a plate")
    else:
        shape.add(
            "mast", tube([(0, high, 0), (0, -r * 0.1, -r * 0.05), (0, -r * 0.25, -r * 0.5)], r * 0.055, 8)
        )
        shape.add("base", box(r * 0.4, r * 0.55, r * 0.05, (0, -r * 0.25, -r * 0.52)))
        shape.say("a bent mast on a wall plate")
    shape.add("mast", box(r * 0.25, r * 0.25, r * 0.25, (0, high, 0)))
    shape.say(
        "a deep bowl" if deep > 0.32 * r else "a shallow bowl",
        "turned steeply up" if tilt > 42 else "turned to the horizon",
    )
    set_down(shape)
