"""Make what shows the time: clocks and watches."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import arch_line, chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import squared
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    extrude,
    grid,
    lathe,
    merge,
    rod,
    sphere,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.cameras import facing


def _hands(rng: Random, radius: float, z: float) -> list[Mesh]:
    """Return two or three hands about the origin in front of a face at ``z``, pointing at some hour."""
    thick = radius * rng.uniform(0.03, 0.06)
    meshes = [facing(cylinder(thick * 1.5, thick), 0, 0, z + thick)]
    lengths = (0.5, 0.8) if chance(rng, 0.6) else (0.5, 0.8, 0.85)
    for index, reach in enumerate(lengths):
        wide = thick * (1.6, 1.1, 0.5)[index]
        hand = box(wide, radius * reach, thick * 0.5, (0, radius * reach * 0.42, z + thick))
        meshes.append(hand.rotated_deg(z=rng.uniform(0, 360)))
    return meshes


def _marks(radius: float, z: float, count: int) -> list[Mesh]:
    """Return strokes around a face."""
    stroke = box(radius * 0.04, radius * 0.14, radius * 0.03, (0, radius * 0.85, z))
    return [stroke.rotated_deg(z=360 * k / count) for k in range(count)]


@shape_class(
    "clock",
    parts=("case", "face", "hand", "bell", "pendulum", "foot"),
    synonyms=("wall clock", "alarm clock", "grandfather clock", "cuckoo clock", "table clock", "timepiece"),
    described=(
        "A clock is a flat round disc with a raised rim and two pointers that meet in its centre.",
        "Twelve marks stand around the edge of the face of the clock.",
        "The alarm clock has two half balls on top like ears and stands on two short legs.",
        "A grandfather clock is a tall narrow cupboard; its face is high up and a weight swings below.",
        "From the side the wall clock is hardly thicker than a plate.",
    ),
)
def clock(shape: Shape, rng: Random) -> None:
    """Make a clock: for the wall, an alarm with bells, a tall case, an arched case for a table, a house, digital."""
    u = rng.uniform
    kind = pick(rng, ("wall", "wall", "wall", "alarm", "alarm", "tall", "arched", "house", "digital"))
    radius = u(0.08, 0.2) if kind in ("wall", "tall") else u(0.035, 0.07)
    dish = radius * u(0.08, 0.3)
    high = radius
    if kind == "digital":
        x, y, z = u(0.1, 0.2), u(0.05, 0.09), u(0.04, 0.08)
        wedge = [(-z / 2, 0), (z / 2, 0), (z / 2 * u(0.2, 0.9), y), (-z / 2 * 0.8, y)]
        shape.add("case", extrude(wedge, x).rotated_deg(y=-90))
        shape.add("face", box(x * 0.8, y * 0.6, 0.006, (0, y * 0.5, z * 0.4)))
        shape.add("foot", *(box(0.015, 0.01, z * 0.7, (s * x * 0.4, -0.005, 0)) for s in (-1, 1)))
        shape.add(
            "hand",
            *(box(x * 0.1, y * 0.4, 0.008, (x * at, y * 0.5, z * 0.43)) for at in (-0.25, -0.1, 0.12, 0.27)),
        )
        shape.say("a low wedge", "digits instead of hands", "wide" if x > 2.2 * y else "compact")
        set_down(shape)
        return
    if kind == "tall":
        wide, full = radius * u(2.3, 2.8), radius * u(10, 14)
        deep, waist = wide * u(0.5, 0.7), wide * u(0.7, 0.85)
        hood, base = wide * 1.3, wide * u(0.9, 1.3)
        shape.add(
            "case",
            box(wide, base, deep, (0, base / 2, 0)),
            box(waist, full - hood - base, deep * 0.85, (0, (full - hood + base) / 2, 0)),
        )
        shape.add("case", box(wide, hood, deep, (0, full - hood / 2, 0)))
        roof = [
            (-wide * 0.55, full),
            (wide * 0.55, full),
            *np.flip(arch_line(wide * 1.1, full + wide * 0.3, wide * 0.25), 0),
        ]
        shape.add("case", extrude(roof, deep * 1.05))
        front = deep / 2
        window = full - hood - base
        shape.add(
            "pendulum",
            facing(cylinder(waist * 0.22, 0.02), 0, base + window * 0.25, front * 0.9),
            box(0.015, window * 0.7, 0.01, (0, base + window * 0.6, front * 0.9)),
        )
        if chance(rng, 0.5):
            shape.add(
                "foot",
                *(
                    sphere(wide * 0.1, (i * wide * 0.4, -wide * 0.05, k * deep * 0.4), 7)
                    for i in (-1, 1)
                    for k in (-1, 1)
                ),
            )
        high = full - hood / 2
        dish = front * 2
        shape.say("a tall narrow case", "a pendulum below the face")
    elif kind == "house":
        wide, tall, deep = radius * u(2.4, 3.2), radius * u(2.6, 3.4), radius * u(1.0, 1.8)
        shape.add("case", box(wide, tall, deep, (0, tall / 2, 0)))
        slope = box(wide * 0.95, radius * 0.14, deep * 1.4)
        lean = u(30, 45)
        for s in (-1, 1):
            shape.add(
                "case",
                slope.rotated_deg(z=-s * lean).moved(
                    s * wide * 0.4 * np.cos(np.deg2rad(lean)), tall + wide * 0.12, 0
                ),
            )
        drop = radius * u(1.5, 4.0)
        shape.add(
            "pendulum",
            rod((0, 0, deep * 0.2), (0, -drop, deep * 0.2), radius * 0.04),
            facing(cylinder(radius * 0.35, radius * 0.1), 0, -drop, deep * 0.2),
        )
        for s in (-1, 1):
            weight = radius * u(1.5, 5.0)
            shape.add(
                "pendulum", rod((s * radius * 0.5, 0, 0), (s * radius * 0.5, -weight, 0), radius * 0.02, 5)
            )
            shape.add("pendulum", _fir_cone(radius * 0.14, radius * 0.6).moved(s * radius * 0.5, -weight, 0))
        high, dish = tall * 0.45, deep
        radius *= 0.85
        shape.say("a little house with a roof", "weights hanging below")
    elif kind == "arched":
        wide, tall, deep = radius * u(2.4, 4.0), radius * u(2.5, 3.6), radius * u(0.9, 1.5)
        rise = min(wide / 2, tall * 0.5) * u(0.2, 1.0)
        shape.add("case", extrude([(-wide / 2, 0), *arch_line(wide, tall, rise), (wide / 2, 0)], deep))
        shape.add("foot", box(wide * 1.1, radius * 0.18, deep * 1.15, (0, radius * 0.05, 0)))
        high, dish = tall * 0.55, deep
        shape.say("an arched case for a table", "a broad case" if wide > 3.2 * radius else "a narrow case")
    else:
        square = u(4, 12) if kind == "wall" and chance(rng, 0.25) else 2.0
        rim = [
            (0.0, 0.0),
            (radius * 1.1, 0.0),
            (radius * 1.14, dish * 0.6),
            (radius * 1.05, dish * 1.2),
            (radius, dish),
        ]
        body = lathe(rim, 36)
        body = squared(body, square) if square > 2 else body
        shape.say("square" if square > 2 else "round")
        if kind == "alarm":
            dish = radius * u(0.7, 1.2)
            body = lathe([(0.0, 0.0), (radius * 1.1, 0.0), (radius * 1.1, dish * 1.1), (radius, dish)], 32)
            high = radius * 1.3
            for s in (-1, 1):
                leg = rod((0, radius, 0), (0, radius * 1.45, 0), radius * 0.07).rotated_deg(z=180 + s * 35)
                shape.add("foot", leg.moved(y=high))
                if kind == "alarm":
                    bowl = lathe(
                        [
                            (radius * 0.5 * np.cos(a), radius * 0.35 * np.sin(a))
                            for a in np.linspace(0, np.pi / 2, 7)
                        ],
                        18,
                    )
                    shape.add("bell", bowl.moved(y=radius * 1.2).rotated_deg(z=s * 35).moved(y=high))
            shape.add(
                "bell",
                tube(
                    [
                        (-radius * 0.4, high + radius * 1.2, 0),
                        (0, high + radius * 1.9, 0),
                        (radius * 0.4, high + radius * 1.2, 0),
                    ],
                    radius * 0.05,
                ),
            )
            shape.say("two bells on top", "two short legs")
        else:
            high = radius * 1.14
        shape.add("case", facing(body, 0, high, -dish / 2))
    z = dish / 2
    if kind in ("tall", "house", "arched"):
        shape.add("case", facing(torus(radius, radius * 0.07), 0, high, z))
    face = [
        facing(cylinder(radius * 0.98, radius * 0.03), 0, 0, z),
        *_marks(radius, z + radius * 0.02, int(rng.choice([4, 12, 12]))),
    ]
    shape.add("face", *(mesh.moved(y=high) for mesh in face))
    hands = _hands(rng, radius, z)
    shape.add("hand", *(mesh.moved(y=high) for mesh in hands))
    shape.say(counted(len(hands) - 1, "hand"), "thin" if dish < 0.4 * radius else "thick")
    if kind == "wall" and chance(rng, 0.15):
        shape.add(
            "pendulum",
            rod((0, 0, 0), (0, -radius * 1.2, 0), radius * 0.03),
            facing(cylinder(radius * 0.25, dish * 0.4), 0, -radius * 1.2, 0),
        )
        shape.say("a pendulum hanging down")
    set_down(shape)


def _fir_cone(radius: float, height: float) -> Mesh:
    """Return a weight like a fir cone hanging from its top."""
    return lathe([(0.0, -height), (radius * 0.7, -height * 0.8), (radius, -height * 0.4), (0.0, 0.0)], 12)


@shape_class(
    "watch",
    parts=("case", "strap", "hand", "knob", "buckle"),
    synonyms=("wristwatch", "wrist watch", "smartwatch", "pocket watch", "digital watch"),
    described=(
        "A watch is a small disc held in a loop of strap that closes around the wrist.",
        "A tiny knob sits at the side of the case of the watch.",
        "Laid flat, the watch is a long band with a round or square box in the middle.",
        "Two thin pointers turn over the face of the watch.",
        "The pocket watch is a flat round box with a ring and a chain on top.",
    ),
)
def watch(shape: Shape, rng: Random) -> None:
    """Make a watch: on a closed loop, a bangle of links, laid out flat, or for the pocket with its chain."""
    u = rng.uniform
    radius = u(0.015, 0.023)
    thick = radius * u(0.35, 0.65)
    kind = pick(rng, ("loop", "loop", "loop", "links", "flat", "pocket"))
    form = pick(rng, ("round", "round", "round", "square", "eight"))
    case = lathe(
        [
            (0.0, -thick / 2),
            (radius, -thick / 2),
            (radius * 1.03, thick * 0.2),
            (radius * 0.9, thick / 2),
            (radius * 0.86, thick * 0.4),
            (0.0, thick * 0.4),
        ],
        8 if form == "eight" else 28,
    )
    if form == "square":
        case = squared(case, u(4, 10)).scaled(z=u(1.0, 1.25))
    pieces = [
        ("case", case),
        ("knob", cylinder(radius * 0.14, radius * 0.2, segments=10).rotated_deg(z=90).moved(radius * 1.1)),
    ]
    if chance(rng, 0.3):
        pieces += [
            (
                "knob",
                cylinder(radius * 0.1, radius * 0.2, segments=8)
                .rotated_deg(z=90)
                .moved(radius * 0.98, 0, s * radius * 0.5),
            )
            for s in (-1, 1)
        ]
    digital = form == "square" and chance(rng, 0.5)
    if not digital:
        pieces += [("hand", mesh.rotated_deg(x=-90)) for mesh in _hands(rng, radius * 0.85, thick * 0.4)]
    shape.say({"round": "a round case", "square": "a square case", "eight": "an eight-sided case"}[form])
    width = radius * u(0.85, 1.25)
    if kind == "pocket":
        pieces = [(part, mesh) for part, mesh in pieces if part != "knob"]
        pieces.append(("knob", torus(radius * 0.25, radius * 0.05).moved(z=-radius * 1.35)))
        pieces.append(
            ("knob", cylinder(radius * 0.12, radius * 0.25).rotated_deg(x=90).moved(z=-radius * 1.1))
        )
        t = np.linspace(0, 1, 24)
        start = -radius * 1.6
        chain = np.stack([radius * 2 * np.sin(3 * t) * t, 0 * t, start - radius * u(1.5, 4) * t], axis=1)
        links = [torus(radius * 0.1, radius * 0.03, tuple(at), 8) for at in chain]
        pieces.append(("strap", merge(links)))
        if chance(rng, 0.4):
            lid = (
                cylinder(radius * 1.02, thick * 0.15, segments=28)
                .moved(radius)
                .rotated_deg(z=u(60, 110))
                .moved(-radius)
            )
            pieces.append(("case", lid.moved(y=thick * 0.5)))
            shape.say("its lid standing open")
        shape.say("a chain and a ring")
        for part, mesh in pieces:
            shape.add(part, mesh)
    elif kind == "flat":
        reach = radius * u(3.5, 5.0)
        for s in (-1, 1):
            tongue = box(width, thick * 0.25, reach, (0, -thick * 0.1, s * (radius * 0.8 + reach / 2)))
            pieces.append(("strap", tongue.tapered(2, *((1.0, 0.75) if s > 0 else (0.75, 1.0)))))
        pieces.append(("buckle", torus(width * 0.45, thick * 0.12, (0, 0, -radius * 0.8 - reach), 16)))
        for part, mesh in pieces:
            shape.add(part, mesh)
        shape.say("laid out flat")
    else:
        loop = radius * u(1.35, 1.75)
        flat = u(0.8, 1.0)
        angle = np.linspace(0, 2 * np.pi, 44)
        ring = np.stack([loop * flat * np.cos(angle), loop * np.sin(angle)], axis=1)
        skin = thick * u(0.12, 0.3)
        layers = [
            np.stack([np.full(44, side * width / 2), ring[:, 0] * grow, ring[:, 1] * grow], axis=1)
            for side, grow in ((-1, 1), (1, 1), (1, 1 + skin / loop), (-1, 1 + skin / loop))
        ]
        if kind == "links":
            for k in range(22):
                tile = box(width, skin * 1.6, loop * 0.24, (0, loop, 0)).rotated_deg(x=360 * k / 22)
                shape.add("strap", tile.scaled(y=flat))
            shape.say("a band of metal links")
        else:
            shape.add("strap", grid(np.stack(layers), wrap_rows=True))
            shape.say("a smooth strap")
        shape.add("buckle", box(width * 1.15, skin * 3, loop * 0.35, (0, -loop * flat, 0)))
        for part, mesh in pieces:
            shape.add(part, mesh.moved(y=loop * flat + thick * 0.3))
        shape.say("closed into a loop")
        pose = pick(rng, ("upright", "side", "tilted"))
        turn(shape, x_deg=u(20, 60) if pose == "tilted" else 0.0, z_deg=90.0 if pose == "side" else 0.0)
    shape.say(
        "a wide strap" if kind != "pocket" and width > radius * 1.05 else "slim",
        "thick" if thick > 0.5 * radius else "thin",
    )
    turn(shape, y_deg=u(-40, 40))
    set_down(shape)
