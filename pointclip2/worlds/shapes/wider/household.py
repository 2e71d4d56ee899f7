"""Make household machines that move air: fans and vacuum cleaners."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import pair, set_down, step
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import curve
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    grid,
    lathe,
    merge,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.white_goods import frame


def _petal(reach: float, width: float, pitch_deg: float, hub: float) -> Mesh:
    """Return one blade of a fan along +y in the plane z = 0, twisted about its length."""
    t = np.linspace(0, 1, 9)[:, None]
    s = np.linspace(-1, 1, 5)[None, :]
    half = width / 2 * (0.35 + 0.65 * np.sin(np.pi * (0.12 + 0.75 * t)))
    tilt = np.deg2rad(pitch_deg) * (1.2 - 0.5 * t)
    x = s * half * np.cos(tilt)
    y = hub * 0.7 + (reach - hub * 0.7) * t * (1 - 0.08 * s**2) + 0 * x
    return grid(np.stack([x, y, s * half * np.sin(tilt)], axis=-1))


def _cage(radius: float, deep: float, wires: int, bow: float) -> list[Mesh]:
    """Return front and back grilles of wires that run from the hub to a ring, bulging by ``bow``."""
    t = np.linspace(0.12, 1, 6)
    meshes = [torus(radius, radius * 0.02, segments=32).rotated_deg(x=90)]
    line = np.stack([radius * t, 0 * t, deep / 2 + bow * (1 - t**2)], axis=1)
    wire = tube(np.concatenate([line, [[radius, 0, 0]]]), radius * 0.009, 3)
    spokes = merge([wire.rotated_deg(z=360 * k / wires) for k in range(wires)])
    return [*meshes, spokes, spokes.scaled(z=-1)]


@shape_class(
    "fan",
    parts=("blade", "cage", "motor", "pole", "base"),
    synonyms=("electric fan", "ceiling fan", "desk fan", "table fan", "pedestal fan", "ventilator"),
    described=(
        "A fan is a ring of broad twisted blades around a hub, in a round cage of thin wires.",
        "Behind the cage of the fan sits the drum of its motor, on a pole with a heavy round foot.",
        "A ceiling fan hangs from a rod and spreads its long flat blades level like a star.",
        "A box fan is a square frame with a propeller inside.",
        "Between the wires of the fan one sees three or more petals, each a little slanted.",
    ),
)
def fan(shape: Shape, rng: Random) -> None:
    """Make a fan: on a desk or a tall pole, in a box, or hanging from the ceiling with or without lamps."""
    u = rng.uniform
    kind = pick(rng, ("desk", "desk", "pole", "pole", "box", "ceiling"))
    blades = int(rng.choice([3, 3, 4, 5, 6]))
    radius = u(0.12, 0.25) if kind != "ceiling" else u(0.45, 0.7)
    hub = radius * u(0.14, 0.22)
    if kind == "ceiling":
        drop, thick = u(0.12, 0.5), u(0.08, 0.16)
        wide = u(0.1, 0.16)
        for k in range(blades):
            paddle = superellipsoid(radius * 0.75, 0.012, wide, 0.25, detail=10).rotated_deg(x=u(8, 14))
            arm = box(radius * 0.3, 0.012, wide * 0.35, (radius * 0.25, 0, 0))
            for part, mesh in (("blade", paddle.moved(radius * 0.65)), ("motor", arm)):
                shape.add(part, mesh.rotated_deg(y=360 * k / blades))
        shape.add(
            "motor",
            lathe(
                curve(
                    [(0.0, -thick * 0.6), (hub, -thick * 0.3), (hub * 1.1, thick * 0.3), (0.02, thick * 0.7)],
                    12,
                ),
                24,
            ),
        )
        shape.add("pole", rod((0, thick * 0.5, 0), (0, drop, 0), 0.015))
        shape.add("base", cylinder(0.07, 0.05, 0.05, (0, drop, 0)))
        if chance(rng, 0.4):
            shape.add(
                "motor",
                superellipsoid(hub * 2.2, hub * 1.5, hub * 2.2, centre=(0, -thick * 0.6 - hub * 0.4, 0)),
            )
            shape.say("a lamp below its hub")
        shape.say(
            counted(blades, "long level blade"),
            "hanging from a rod",
            "a long rod" if drop > 0.3 else "close to the ceiling",
        )
        set_down(shape)
        return
    width = 2 * np.pi * radius * 0.6 / blades * u(0.7, 1.1)
    petal = _petal(radius * 0.92, min(width, radius * 1.1), u(20, 40), hub)
    head = [("blade", petal.rotated_deg(z=360 * k / blades + 12)) for k in range(blades)]
    head.append(("motor", superellipsoid(hub * 2, hub * 2, hub * 1.6, 0.6, detail=10)))
    shape.say(counted(blades, "blade"))
    deep = radius * u(0.3, 0.5)
    if kind == "box":
        side = radius * 1.08
        head += [("cage", mesh) for mesh in frame(2 * side, 2 * side, deep, radius * 0.1)]
        bars = int(rng.integers(5, 12))
        bar = rod((-side, 0, 0), (side, 0, 0), radius * 0.012, 5)
        for y in np.linspace(-side, side, bars + 2)[1:-1]:
            head += [("cage", bar.moved(y=float(y), z=z)) for z in (-deep / 2, deep / 2)]
        head += [
            ("base", box(radius * 0.25, radius * 0.1, deep * 1.6, (s * side * 0.7, -side - radius * 0.05, 0)))
            for s in (-1, 1)
        ]
        shape.say("a square frame around it", "standing on two feet")
    else:
        if chance(rng, 0.85):
            head += [
                ("cage", mesh)
                for mesh in _cage(radius, deep, int(rng.integers(20, 44)), radius * u(0.0, 0.2))
            ]
            shape.say("a round cage of wires")
        else:
            shape.say("blades without a cage")
        head.append(
            (
                "motor",
                superellipsoid(hub * 2.6, hub * 2.6, radius * 0.9, 0.7, (0, 0, -deep / 2 - radius * 0.3), 10),
            )
        )
    if kind == "box":
        for part, mesh in head:
            shape.add(part, mesh)
    else:
        tilt, swing = u(-15, 10), u(-35, 35)
        high = radius * (u(1.35, 1.7) if kind == "desk" else u(3.2, 5.5))
        for part, mesh in head:
            shape.add(part, mesh.rotated_deg(x=tilt).rotated_deg(y=swing).moved(y=high))
        foot = radius * (u(0.45, 0.65) if kind == "desk" else u(0.7, 1.0))
        back = -deep / 2 - radius * 0.3
        top = (back * np.sin(np.deg2rad(swing)), high, back * np.cos(np.deg2rad(swing)))
        shape.add("pole", rod((top[0], 0, top[2]), top, radius * u(0.05, 0.1)))
        if kind == "pole" and chance(rng, 0.35):
            for angle in np.deg2rad([45, 135, 225, 315]):
                shape.add(
                    "base",
                    rod(
                        (top[0], 0.03, top[2]),
                        (top[0] + foot * np.cos(angle), 0.015, top[2] + foot * np.sin(angle)),
                        0.015,
                    ),
                )
            shape.say("crossed feet")
        else:
            shape.add(
                "base", cylinder(foot, radius * 0.15, foot * u(0.6, 0.95), (top[0], radius * 0.075, top[2]))
            )
            shape.say("a round foot")
        shape.say("on a tall pole" if kind == "pole" else "low, for a desk")
    set_down(shape)


@shape_class(
    "vacuum cleaner",
    parts=("body", "hose", "pipe", "nozzle", "wheel", "handle"),
    synonyms=("vacuum", "hoover", "upright vacuum", "robot vacuum", "canister vacuum", "dust sucker"),
    described=(
        "A vacuum cleaner is a low rounded body on wheels with a long hose that ends in a pipe.",
        "At the end of the pipe the vacuum cleaner has a wide flat head that lies on the floor.",
        "An upright vacuum cleaner is a tall slanting stick with a bulky drum above a broad foot.",
        "The robot vacuum cleaner is a flat disc, hardly higher than a hand is wide.",
        "The corrugated hose of the vacuum cleaner curves up in a bow to a bent grip.",
    ),
)
def vacuum_cleaner(shape: Shape, rng: Random) -> None:
    """Make a vacuum cleaner: a canister with its hose, an upright, a thin stick, a drum for workshops, a robot."""
    u = rng.uniform
    kind = pick(rng, ("canister", "canister", "upright", "upright", "stick", "drum", "robot"))
    if kind == "robot":
        radius, high = u(0.15, 0.18), u(0.07, 0.1)
        body = lathe(
            [
                (0, 0.01),
                (radius * 0.95, 0.01),
                (radius, 0.02),
                (radius, high * 0.9),
                (radius * 0.95, high),
                (0, high),
            ],
            36,
        )
        if chance(rng, 0.3):
            cut = body.vertices[:, 2] > 0
            square = np.clip(body.vertices * [1.25, 1, 1.25], -radius, radius)
            body = Mesh(np.where(cut[:, None], square, body.vertices), body.faces)
            shape.say("a straight front")
        shape.add("body", body)
        shape.add(
            "handle",
            cylinder(radius * u(0.2, 0.3), high * u(0.15, 0.35), centre=(0, high * 1.1, -radius * 0.3)),
        )
        shape.add("wheel", *pair(cylinder(0.035, 0.02).rotated_deg(z=90).moved(radius * 0.6, 0.033, 0)))
        shape.add(
            "nozzle",
            *(
                rod(
                    (radius * 0.7, 0.01, radius * 0.6),
                    (radius * (0.7 + 0.4 * np.cos(a)), 0.005, radius * (0.6 + 0.4 * np.sin(a))),
                    0.004,
                    5,
                )
                for a in (0.3, 2.4, 4.5)
            ),
        )
        shape.say("a flat round robot", "a turret on top", "low" if high < 0.085 else "fairly high")
        return
    head = u(0.24, 0.34)
    if kind in ("upright", "stick"):
        lean = u(8, 40)
        long = u(0.95, 1.15)
        thick = u(0.015, 0.025)
        pieces: list[tuple[str, Mesh]] = [("pipe", rod((0, 0.05, 0), (0, long * 0.88, 0), thick))]
        grip = [(0, long * 0.86, 0), (0, long * 0.95, -0.03), (0, long, -0.09), (0, long * 0.93, -0.13)]
        pieces.append(("handle", tube(grip, thick * 1.2, 8)))
        if kind == "upright":
            wide, tall = u(0.18, 0.28), u(0.4, 0.62)
            low = u(0.08, 0.14)
            bag = superellipsoid(
                wide, tall, wide * u(0.6, 0.9), u(0.35, 0.8), (0, low + tall / 2, 0.03)
            ).tapered(1, 1.0, u(0.6, 1.0))
            pieces.append(("body", bag))
            if chance(rng, 0.5):
                pieces.append(
                    ("body", cylinder(wide * 0.35, tall * 0.5, centre=(0, low + tall * 0.45, wide * 0.3)))
                )
            shape.say("a bulky body on a slanting stick")
        else:
            at = long * (0.78 if chance(rng, 0.6) else 0.3)
            pieces.append(("body", cylinder(u(0.045, 0.065), u(0.2, 0.32), centre=(0, at, 0.05))))
            shape.say(
                "a thin stick with a small drum",
                "the drum near the grip" if at > 0.5 * long else "the drum below",
            )
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(x=-lean).moved(y=0.03))
        deep = u(0.12, 0.28) if kind == "upright" else u(0.07, 0.12)
        shape.add("nozzle", superellipsoid(head, 0.08, deep, 0.4, (0, 0.045, deep * 0.3), 12))
        shape.add(
            "wheel", *pair(cylinder(0.035, 0.025).rotated_deg(z=90).moved(head * 0.4, 0.035, -deep * 0.25))
        )
        shape.say(
            "leaning far back" if lean > 25 else "nearly upright",
            "a wide head" if head > 0.29 else "a narrow head",
        )
        set_down(shape)
        return
    x, z = u(0.22, 0.32), u(0.3, 0.46)
    if kind == "drum":
        radius, high = u(0.15, 0.22), u(0.32, 0.5)
        shape.add(
            "body",
            lathe(
                [
                    (0, 0.07),
                    (radius * 0.92, 0.07),
                    (radius, high * 0.7),
                    (radius * 1.05, high * 0.72),
                    (radius * 0.95, high),
                    (radius * 0.5, high * 1.1),
                    (0, high * 1.12),
                ],
                28,
            ),
        )
        shape.add(
            "wheel",
            *(
                sphere(0.035, (radius * np.cos(a), 0.035, radius * np.sin(a)), 7)
                for a in np.deg2rad([45, 135, 225, 315])
            ),
        )
        port, x = (0.0, high * 0.55, radius), radius * 2
        shape.say("a round drum on castors")
    else:
        high = u(0.2, 0.3)
        shape.add("body", superellipsoid(x, high, z, u(0.5, 0.95), (0, high / 2 + 0.02, 0)))
        big = high * u(0.28, 0.42)
        shape.add(
            "wheel",
            *pair(cylinder(big, 0.04).rotated_deg(z=90).moved(x * 0.48, big, -z * 0.22)),
            sphere(0.025, (0, 0.025, z * 0.4), 7),
        )
        shape.add(
            "handle",
            torus(z * 0.16, 0.014, segments=14, arc_deg=180)
            .rotated_deg(x=-90)
            .rotated_deg(y=90)
            .moved(y=high),
        )
        port = (0.0, high * 0.75, z * 0.42)
        shape.say("a low body on two large wheels")
    reach, side = u(0.5, 0.8), u(-0.35, 0.35)
    top = np.array([side, u(0.75, 0.95), port[2] + reach * 0.35])
    t = np.linspace(0, 1, 26)[:, None]
    p0, p3 = np.array(port), top
    p1, p2 = p0 + step(0, 0.1, 0.3), p3 + step(0, 0.35, -0.3)
    line = (1 - t) ** 3 * p0 + 3 * t * (1 - t) ** 2 * p1 + 3 * t**2 * (1 - t) * p2 + t**3 * p3
    shape.add("hose", tube(line, 0.02 + 0.004 * (np.arange(26) % 2), 8))
    floor = np.array([side, 0.04, port[2] + reach])
    shape.add("pipe", rod(top, floor, 0.016))
    shape.add("nozzle", superellipsoid(head, 0.05, 0.1, 0.4, floor - [0, 0.01, -0.03], 10))
    shape.say("a hose curving up to a pipe", "a wide head" if head > 0.29 else "a narrow head")
    set_down(shape)
