"""Make vehicles on land and a helicopter: the front points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, wheel
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    lathe,
    rod,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, skin


def axles(shape: Shape, dice: Dice, radius: float, width: float, half: float, *places: float) -> None:
    """Add a pair of wheels at every z in ``places``, their outer faces ``half`` from the middle."""
    one = wheel(dice.rng, radius, width, dice.between(0.5, 0.75), segments=16)
    for z in places:
        shape.add("wheel", *pair(*(mesh.moved(half - width / 2, radius, z) for mesh in one)))


def windows(shape: Shape, half: float, y: float, tall: float, ends: tuple[float, float], count: int) -> None:
    """Add ``count`` panes along each side between the z of two ``ends``."""
    gap = (ends[1] - ends[0]) / count
    for k in range(count):
        shape.add("window", *pair(box(0.1, tall, gap * 0.8, (half, y, ends[0] + (k + 0.5) * gap))))


@shape_class(
    "bus",
    parts=("body", "window", "wheel", "door", "mirror"),
    synonyms=("coach", "omnibus", "double decker", "school bus", "minibus"),
    described=(
        "A bus is one long box on wheels, much longer than tall, with an even row of windows down each side.",
        "From the side the bus shows a flat roof line, a flat front and wheels that are small for its body.",
        "Some have two floors: such a bus is a tall block with two rows of panes above each other.",
        "The corners of the bus are rounded, its front is nearly upright, and no hood stands out from most of them.",
    ),
)
def bus(shape: Shape, rng: Random) -> None:
    """Make a bus: city, coach, double decker, school bus with a hood, minibus; panes or open windows with seats."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("city", "coach", "double", "school", "mini")
    long = {"mini": b(5.5, 7.5), "school": b(7, 10), "double": b(8, 11)}.get(kind, b(9, 14))
    tall = {"mini": b(2.2, 2.7), "double": b(3.8, 4.4)}.get(kind, b(2.7, 3.4))
    wide, radius, floor = b(2.1, 2.6), b(0.4, 0.52), b(0.3, 0.45)
    front, corner, rake = long / 2, b(0.1, 0.35), b(0.0, 0.5)
    belt = floor + (0.42 if kind != "double" else 0.24) * tall
    rows = [(belt, tall * (0.26 if kind != "double" else 0.17))]
    if kind == "double":
        rows.append((floor + tall * 0.62, tall * 0.17))
    if kind != "double" and d.chance(0.35):
        sides = [(-front, wide * 0.97), (-front + 0.1, wide), (front - 0.1, wide), (front, wide * 0.95)]
        shape.add("body", skin([(z, w, belt - floor, (belt + floor) / 2) for z, w in sides], corner))
        shape.add("body", skin([(z * 0.99, w, 0.3, floor + tall - 0.15) for z, w in sides], corner))
        posts = int(long / 1.5)
        for k in range(posts + 1):
            z = -front * 0.97 + k / posts * long * 0.97
            shape.add(
                "body",
                *pair(box(0.1, tall - belt + floor, 0.12, (wide * 0.47, (belt + floor + tall) / 2, z))),
            )
            if 0 < k < posts:
                seat = box(wide * 0.36, 0.9, 0.15, (wide * 0.24, belt + 0.05, z))
                shape.add("body", *pair(seat))
        shape.add("window", box(wide * 0.9, tall * 0.4, 0.05, (0, belt + tall * 0.25, front * 0.985)))
        shape.say("open windows with rows of seats behind")
    else:
        mid = floor + tall / 2
        ends = [(-front, wide * 0.94, tall * 0.94, mid), (-front + 0.2, wide, tall, mid)]
        ends += [(front - 0.3 - rake, wide, tall, mid), (front, wide * 0.95, tall * 0.92, mid - 0.04 * tall)]
        shape.add("body", skin(ends, corner))
        for y, high in rows:
            windows(
                shape,
                wide / 2,
                y + high / 2,
                high,
                (-front * 0.92, front * b(0.75, 0.9)),
                int(long / b(1.0, 1.9)),
            )
            shape.add("window", box(wide * 0.85, high * 1.15, 0.1, (0, y + high / 2, front - 0.02)))
        shape.say("a row of panes down each side" if len(rows) == 1 else "two rows of panes above each other")
    if kind == "school":
        nose = b(0.9, 1.6)
        shape.add(
            "body",
            skin(
                [
                    (front - 0.1, wide * 0.8, tall * 0.45, floor + tall * 0.23),
                    (front + nose, wide * 0.7, tall * 0.38, floor + tall * 0.2),
                ],
                0.4,
            ),
        )
    ahead = front + (0.1 if kind == "school" else -b(1.2, 2.6))
    back = -front + b(1.3, 3.0)
    axles(
        shape,
        d,
        radius,
        radius * 0.6,
        wide / 2 + 0.03,
        ahead,
        *([back, back - 2.1 * radius] if long > 12 else [back]),
    )
    for z in (front * 0.72, *([-front * 0.1] if d.chance(0.5) else [])):
        shape.add("door", box(0.1, tall * 0.66, 0.9, (wide / 2 + 0.02, floor + tall * 0.36, z)))
    if d.chance(0.6):
        at = (wide / 2 + 0.25, floor + min(tall, 3.2) * 0.6, front - 0.1)
        shape.add(
            "mirror",
            *pair(box(0.15, 0.45, 0.12, at), rod((wide / 2 - 0.1, at[1] + 0.4, front - 0.2), at, 0.03)),
        )
    if d.chance(0.4) and kind != "school":
        shape.add(
            "body", box(wide * 0.7, 0.25, long * b(0.12, 0.3), (0, floor + tall + 0.1, b(-0.3, 0.3) * long))
        )
    words = {
        "double": "two floors tall",
        "school": "a short hood in front",
        "mini": "a short box with few windows",
    }
    shape.say(
        words.get(kind, "a very long box" if long > 11 else "one long box on wheels"), "a flat upright front"
    )
    set_down(shape)


@shape_class(
    "truck",
    parts=("cab", "cargo", "wheel", "frame", "exhaust"),
    synonyms=("lorry", "dump truck", "tanker truck", "freight truck"),
    described=(
        "A truck has a short tall cab in front and a long separate load behind it, on big wheels in pairs.",
        "The gap between the cab and the cargo box tells the truck from vehicles made in one piece.",
        "Seen from the side, the truck is a small block followed by a larger one, a tank or a flat bed.",
        "Below the load of a truck a straight frame joins four, six or more thick wheels.",
    ),
)
def truck(shape: Shape, rng: Random) -> None:
    """Make a truck: cab over the engine or behind a hood; box, flat bed, dump body, tank, mixer, long trailer."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("box", "box", "flat", "dump", "tanker", "mixer", "trailer")
    wide, radius = b(2.0, 2.6), b(0.42, 0.6)
    load, deep, tall = b(3.5, 7.5) if kind != "trailer" else b(9, 13), b(1.5, 2.2), b(1.7, 2.6)
    floor = radius * 1.25
    nose = b(0.9, 1.6) if d.chance(0.45) else 0.0
    rake = b(0.0, 0.4)
    shape.add(
        "cab",
        block((wide, tall, deep), (0.95, 1 - rake / deep), (0, floor * 0.8, deep / 2 + 0.15), -rake / 2),
    )
    shape.add("cab", *pair(box(0.1, 0.4, 0.2, (wide / 2 + 0.2, floor + tall * 0.6, deep))))
    shape.add(
        "cab", box(wide * 0.8, tall * 0.32, 0.08, (0, floor * 0.8 + tall * 0.72, deep + 0.18 - rake * 0.6))
    )
    if nose:
        shape.add(
            "cab",
            skin(
                [
                    (deep, wide * 0.75, tall * 0.5, floor + tall * 0.2),
                    (deep + nose, wide * 0.65, tall * 0.42, floor + tall * 0.16),
                ],
                0.35,
            ),
        )
        shape.say("an engine hood before the cab")
    else:
        shape.say("a flat front without a hood")
    shape.add("frame", *pair(box(0.2, 0.25, load + deep, (wide * 0.2, floor, (deep - load) / 2))))
    shape.add("frame", box(wide * 0.95, 0.3, 0.2, (0, floor * 0.7, deep + nose + 0.15)))
    middle, bed = -load / 2 - b(0.05, 0.4), floor + 0.2
    if kind in ("box", "trailer"):
        high = b(1.6, 2.8)
        shape.add("cargo", box(wide * b(1.0, 1.08), high, load, (0, bed + high / 2, middle)))
        if d.chance(0.4):
            shape.add(
                "cargo",
                *(
                    box(wide * 1.1, high, 0.08, (0, bed + high / 2, middle + s * load))
                    for s in np.linspace(-0.48, 0.48, 9)
                ),
            )
        shape.say("a tall closed box behind the cab")
    elif kind == "flat":
        shape.add(
            "cargo",
            box(wide, 0.15, load, (0, bed, middle)),
            box(wide, b(0.5, 1.2), 0.1, (0, bed + 0.4, middle + load / 2)),
        )
        if d.chance(0.5):
            shape.add("cargo", *pair(box(0.08, 0.5, load, (wide / 2, bed + 0.25, middle))))
        if d.chance(0.5):
            logs = [
                rod(
                    (x, bed + 0.35 + y, middle - load * 0.48), (x, bed + 0.35 + y, middle + load * 0.45), 0.28
                )
                for x, y in ((-0.6, 0), (0, 0), (0.6, 0), (-0.3, 0.5), (0.3, 0.5), (0, 1.0))
            ]
            shape.add("cargo", *logs)
        shape.say("a flat open bed")
    elif kind == "dump":
        high, tilt = b(0.9, 1.5), b(25, 45) if d.chance(0.35) else 0.0
        walls = [
            box(wide, 0.12, load, (0, 0, load / 2)),
            *pair(box(0.12, high, load, (wide / 2, high / 2, load / 2))),
        ]
        walls += [
            box(wide, high, 0.12, (0, high / 2, load)),
            box(wide, 0.1, deep * 0.5, (0, high + 0.1, load + deep * 0.2)),
        ]
        shape.add("cargo", *(mesh.rotated_deg(x=-tilt).moved(0, bed, middle - load / 2) for mesh in walls))
        shape.say("a tipped open trough" if tilt else "an open trough with high walls")
    elif kind == "tanker":
        high = b(1.6, 2.2)
        drum = [
            (middle - load / 2, 0.7, 0.7, bed + high / 2),
            (middle - load * 0.46, 0.98, 1, bed + high / 2),
            (middle + load * 0.46, 0.98, 1, bed + high / 2),
            (middle + load / 2, 0.7, 0.7, bed + high / 2),
        ]
        shape.add("cargo", skin([(z, x * wide, y * high, at) for z, x, y, at in drum]))
        shape.add(
            "cargo", *(cylinder(0.3, 0.2, centre=(0, bed + high, middle + s * load)) for s in (-0.25, 0.1))
        )
        shape.say("a long round tank lying behind the cab")
    else:
        r = b(0.9, 1.2)
        profile = [
            (0.35 * r, -0.62 * load),
            (0.5 * r, -0.5 * load),
            (r, -0.1 * load),
            (r, 0.1 * load),
            (0.5 * r, 0.42 * load),
            (0, 0.42 * load),
        ]
        shape.add("cargo", lathe(profile, 18).rotated_deg(x=90 - 14).moved(0, bed + 1.1 * r, middle))
        shape.add("cargo", box(0.5, 1.2, 0.3, (0, bed + 0.5, middle - load * 0.4)))
        shape.say("a slanted drum behind the cab")
    if kind == "trailer":
        rear = [middle - load * s for s in (0.28, 0.28 + 2.2 * radius / load, 0.28 + 4.4 * radius / load)][
            : d.whole(2, 3)
        ]
        axles(shape, d, radius, radius * 0.7, wide / 2, deep + nose * 0.7 - 0.5, -0.9, *rear)
    else:
        back = -load * 0.72
        axles(
            shape,
            d,
            radius,
            radius * 0.7,
            wide / 2,
            deep + nose * 0.6 - 0.4,
            back,
            *([back + 2.2 * radius] if d.chance(0.5) else []),
        )
    shape.say(counted(shape.mesh_parts.count(2) // 3, "big wheel"))
    if d.chance(0.4):
        shape.add(
            "exhaust", *pair(rod((wide * 0.46, floor, 0.02), (wide * 0.46, floor + tall * 1.15, 0.02), 0.09))
        )
        shape.say("upright exhaust pipes")
    set_down(shape)
