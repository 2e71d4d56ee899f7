"""Make sofas."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    chance,
    counted,
    cushion,
    four_legs,
    leg,
    pick,
)
from pointclip2.worlds.shapes.mesh import box, cylinder, grid
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _sofa_arm(
    shape: Shape, kind: str, at: float, size: tuple[float, float, float], foot: float, soft: float
) -> None:
    """Add one arm of full sizes ``size``, its middle at x = ``at``, its front in line with z = depth / 2."""
    wide, high, deep = size
    if kind == "rolled":
        shape.add("arm", box(wide * 0.75, high - wide * 0.4, deep, (at, foot + (high - wide * 0.4) / 2, 0)))
        roll = cylinder(wide * 0.62, deep, segments=16).rotated_deg(x=90)
        shape.add("arm", roll.moved(at + np.sign(at) * wide * 0.12, foot + high - wide * 0.6, 0))
    elif kind == "sloped":
        shape.add("arm", box(wide, high, deep, (0, 0, 0)).tapered(1, 1.0, 0.75).moved(at, foot + high / 2, 0))
    elif kind == "open":
        shape.add("arm", box(wide * 0.5, 0.04, deep, (at, foot + high, 0)))
        for k in (-1, 1):
            shape.add("arm", box(0.045, high + foot, 0.045, (at, (high + foot) / 2, k * (deep / 2 - 0.04))))
    else:
        shape.add("arm", cushion(wide, high, deep, (at, foot + high / 2, 0), soft))


@shape_class(
    "sofa",
    parts=("seat", "back", "arm", "leg", "pillow"),
    synonyms=("couch", "settee", "loveseat", "padded seat for several"),
)
def sofa(shape: Shape, rng: Random) -> None:
    """Make a sofa: an upholstered seat for several; corner sofas, daybeds and curved ones too."""
    seats = int(rng.choice([2, 3, 4], p=[0.35, 0.5, 0.15]))
    inner = seats * float(rng.uniform(0.5, 0.8))
    depth = float(rng.uniform(0.7, 1.1))
    foot = float(rng.uniform(0.03, 0.2)) if chance(rng, 0.8) else 0.0
    seat_y = max(float(rng.uniform(0.34, 0.48)), foot + 0.14)
    back_y = seat_y + float(rng.uniform(0.2, 0.55))
    back_thick = float(rng.uniform(0.1, 0.28))
    soft = float(rng.uniform(0.06, 0.35))
    arm = float(rng.uniform(0.08, 0.3))
    arm_kind = pick(rng, ("soft", "soft", "rolled", "sloped", "open", "none"))
    arm_y = seat_y + float(rng.uniform(0.08, back_y - seat_y))
    outer = inner + (0 if arm_kind == "none" else 2 * arm)
    cushion_h = float(rng.uniform(0.1, 0.18))
    shape.say(counted(seats, "seat cushion"), "long and wide" if seats > 2 else "wide")
    shape.add(
        "seat",
        box(
            inner,
            seat_y - cushion_h * 0.8 - foot,
            depth * 0.97,
            (0, (seat_y - cushion_h * 0.8 + foot) / 2, 0),
        ),
    )
    wide = inner / seats
    front = depth - back_thick
    in_one = chance(rng, 0.2)
    for k in range(1 if in_one else seats):
        x = 0.0 if in_one else (k + 0.5) * wide - inner / 2
        size = inner if in_one else wide * 0.99
        shape.add("seat", cushion(size, cushion_h, front, (x, seat_y - cushion_h / 2, back_thick / 2), soft))
    lean = float(rng.uniform(0, 14))
    back_h = back_y - foot
    back_kind = pick(rng, ("plain", "plain", "cushions", "cushions", "camel", "tufted", "low"))
    if back_kind == "low":
        back_h = max(arm_y, seat_y + 0.15) - foot
    if back_kind == "camel":
        across = np.linspace(-1, 1, 21)
        top = back_h * (0.85 + 0.15 * np.cos(across * np.pi * float(rng.choice([0.5, 1.0, 2.0]))))
        y = np.linspace(0, 1, 4)[:, None] * top
        points = np.stack(np.broadcast_arrays(across * outer / 2, y, 0 * y), axis=-1)
        shape.add(
            "back",
            grid(points).moved(y=foot, z=-depth / 2),
            grid(points).moved(y=foot, z=-depth / 2 + back_thick),
        )
        rim = np.stack([points[-1], points[-1] + [0, 0, back_thick]])
        shape.add("back", grid(rim).moved(y=foot, z=-depth / 2))
        shape.say("a back with a wavy curved top")
    else:
        panel = cushion(outer, back_h, back_thick, (0, back_h / 2, 0), soft * 0.7).rotated_deg(x=-lean)
        shape.add("back", panel.moved(y=foot, z=-depth / 2 + back_thick / 2))
    if back_kind == "cushions":
        tall = back_y - seat_y
        for k in range(seats):
            pad = cushion(
                wide * 0.97, tall, float(rng.uniform(0.12, 0.2)), (0, tall / 2, 0), 0.4
            ).rotated_deg(x=-lean - 8)
            shape.add("back", pad.moved((k + 0.5) * wide - inner / 2, seat_y, -depth / 2 + back_thick + 0.06))
        shape.say("big back cushions")
    elif back_kind == "tufted":
        slope = float(np.tan(np.deg2rad(lean)))
        for y in np.linspace(seat_y + 0.08, back_y - 0.08, 3):
            for x in np.linspace(-inner / 2, inner / 2, 4 * seats + 1)[1:-1]:
                z = -depth / 2 + back_thick - (y - foot) * slope
                shape.add(
                    "back",
                    cylinder(0.018, 0.02, segments=6).rotated_deg(x=90).moved(float(x), float(y), float(z)),
                )
        shape.say("rows of buttons on the back")
    elif back_kind == "low":
        shape.say("a low back")
    if arm_kind == "none":
        shape.say("no arms")
    else:
        ends = (-1, 1) if chance(rng, 0.9) else (pick(rng, (-1, 1)),)
        for i in ends:
            _sofa_arm(shape, arm_kind, i * (inner + arm) / 2, (arm, arm_y - foot, depth), foot, soft)
        noun = {"rolled": "round rolled", "sloped": "sloping", "open": "open wooden"}.get(
            arm_kind, "thick" if arm > 0.18 else "slim padded"
        )
        shape.say(f"two {noun} arms" if len(ends) == 2 else "one arm only")
        if len(ends) == 1:
            outer = inner
    if chance(rng, 0.2):
        side = pick(rng, (-1, 1))
        reach = float(rng.uniform(0.5, 1.0))
        long = wide if chance(rng, 0.6) else wide + arm
        x = side * (inner / 2 - wide / 2)
        z = depth / 2 + reach / 2
        shape.add(
            "seat", box(long, seat_y - cushion_h - foot, reach, (x, (seat_y - cushion_h + foot) / 2, z))
        )
        shape.add("seat", cushion(long, cushion_h, reach, (x, seat_y - cushion_h / 2, z), soft))
        if foot > 0.02:
            shape.add(
                "leg",
                *(
                    box(0.05, foot, 0.05, (x + i * long * 0.4, foot / 2, depth / 2 + reach - 0.06))
                    for i in (-1, 1)
                ),
            )
        shape.say("L-shaped with a long end")
    if foot > 0.02:
        kind = pick(rng, ("square", "tapered", "tapered round", "round", "cabriole"))
        half = (outer / 2 - 0.08, depth / 2 - 0.07)
        width = float(rng.uniform(0.03, 0.07))
        shape.add("leg", *four_legs(kind, width, half, foot + 0.02))
        if outer > 1.9 and chance(rng, 0.5):
            shape.add(
                "leg",
                *(leg(kind, (0, 0, k * half[1]), (0, foot + 0.02, k * half[1]), width) for k in (-1, 1)),
            )
        shape.say("short legs" if foot < 0.12 else "on high thin legs")
    else:
        shape.say("standing flat on the floor")
    pillows = int(rng.integers(1, 5)) if chance(rng, 0.35) else 0
    for _ in range(pillows):
        size = float(rng.uniform(0.3, 0.48))
        pad = cushion(size, size, 0.13, (0, 0, 0), 0.6).rotated_deg(
            x=-float(rng.uniform(10, 30)), y=float(rng.uniform(-25, 25))
        )
        x = float(rng.uniform(-1, 1)) * (inner - size) / 2
        shape.add("pillow", pad.moved(x, seat_y + size * 0.45, -depth / 2 + back_thick + 0.16))
    if pillows:
        shape.say(counted(pillows, "loose pillow"))
