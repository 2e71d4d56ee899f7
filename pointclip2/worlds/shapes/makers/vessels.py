"""Make bottles and bowls."""

import numpy as np

from pointclip2.worlds.shapes.makers.turned import (
    Profile,
    curve,
    fluted,
    handle,
    hollow,
    say_proportion,
    squared,
)
from pointclip2.worlds.shapes.mesh import Mesh, cylinder, lathe, rod, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "bottle", parts=("body", "neck", "cap", "label", "handle"), synonyms=("flask", "carafe", "flagon")
)
def bottle(shape: Shape, rng: Random) -> None:
    """Make a bottle: wine, beer, soda, decanter, flat flask, soap dispenser with a pump, sports bottle, jug, phial."""
    u = rng.uniform
    style = str(
        rng.choice(["wine", "burgundy", "beer", "soda", "square", "flask", "pump", "sport", "jug", "phial"])
    )
    height = u(0.18, 0.36) if style != "phial" else u(0.06, 0.14)
    radius = height * {
        "square": u(0.14, 0.3),
        "flask": u(0.2, 0.38),
        "jug": u(0.22, 0.36),
        "phial": u(0.2, 0.45),
    }.get(style, u(0.105, 0.19))
    neck = radius * (u(0.28, 0.5) if style not in ("jug", "sport", "phial") else u(0.3, 0.75))
    shoulder = {"burgundy": u(0.42, 0.55), "beer": u(0.5, 0.62), "wine": u(0.58, 0.7)}.get(style, u(0.6, 0.9))
    slope = {"wine": u(0.06, 0.1), "burgundy": u(0.2, 0.3), "beer": u(0.1, 0.2)}.get(style, u(0.03, 0.15))
    neck_start = min(shoulder + slope, 0.94)
    waist = u(0.8, 0.97) if style in ("soda", "sport") and rng.random() < 0.7 else 1.0
    wall: Profile = [(radius * u(0.8, 0.95), 0.0), (radius, 0.03 * height)]
    if waist < 1:
        lower = u(0.2, 0.35)
        middle = curve(
            [
                (radius, 0.03 * height),
                (radius, lower * height),
                (radius * waist, (lower + shoulder) / 2 * height),
                (radius, shoulder * height),
            ],
            16,
        )
        wall += middle[1:]
    turn = np.linspace(0, 1, 9)
    bulge = u(0.75, 1.6)
    wall += [
        (
            neck + (radius - neck) * float(np.cos(np.pi / 2 * t) ** bulge),
            (shoulder + (neck_start - shoulder) * t) * height,
        )
        for t in turn
    ]
    finish = u(0.92, 1.15) * neck
    throat: Profile = [(neck, neck_start * height), (finish, 0.96 * height), (finish * 1.12, 0.97 * height)]
    throat.append((finish * 1.12, height))
    body = lathe([(0.0, 0.02 * height if rng.random() < 0.5 else 0.0), *wall], 32)
    upper = lathe(throat, 20)
    if style == "soda" and rng.random() < 0.5:
        body = fluted(body, int(rng.integers(4, 9)), u(0.02, 0.05), u(0, 0.3))
        shape.say("ribbed body")
    if style == "square" or (style in ("pump", "phial", "jug") and rng.random() < 0.45):
        body = squared(body, u(4, 12))
        shape.say("box-shaped body with a round neck")
    elif style != "flask":
        shape.say("round body")
    if style == "flask" or (style in ("pump", "phial", "square") and rng.random() < 0.3):
        flat = u(0.3, 0.7)
        body = body.scaled(z=flat)
        upper = upper.scaled(x=min(1.0, flat * radius / neck), z=min(1.0, flat * radius / neck))
        shape.say("flattened from front to back")
    shape.add("body", body)
    shape.add("neck", upper)
    closed = rng.random() < 0.65
    tip = float(upper.vertices[:, 0].max())
    top = height
    if style == "pump" and rng.random() < 0.75:
        reach = u(1.0, 2.2) * tip
        rise = u(0.08, 0.2) * height
        shape.add("cap", cylinder(tip * 1.15, 0.06 * height, centre=(0, top + 0.02 * height, 0)))
        shape.add("cap", rod((0, top, 0), (0, top + rise, 0), tip * 0.25))
        spout = [(-tip * 0.5, top + rise, 0), (reach, top + rise, 0), (reach * 1.25, top + rise * 0.8, 0)]
        shape.add("cap", tube(np.array(spout), tip * 0.3).rotated_deg(y=u(-90, 0)))
        shape.say("a pump with a nozzle on top")
    elif style == "sport" and closed:
        shape.add("cap", cylinder(radius * u(0.7, 1), 0.07 * height, centre=(0, top, 0)))
        nozzle = u(0.03, 0.08) * height
        shape.add("cap", cylinder(tip * 0.4, nozzle, tip * 0.3, (0, top + 0.035 * height + nozzle / 2, 0)))
        shape.say("drinking nozzle on a wide cap")
    elif closed:
        lid = u(0.03, 0.09) * height
        cap = cylinder(tip * u(1.0, 1.2), lid, tip * u(0.9, 1.15), (0, top + lid / 2 - 0.01 * height, 0))
        if style in ("square", "phial", "jug") and rng.random() < 0.5:
            cap = sphere(tip * u(1.0, 1.8), (0, top + tip * 0.8, 0), 9)
            shape.say("ball stopper")
        else:
            shape.say("closed with a cap")
        shape.add("cap", cap)
    else:
        shape.say("open at the top")
    if style == "jug" and rng.random() < 0.7:
        grip = handle(
            u(0.82, 0.93) * height,
            u(0.4, 0.6) * height,
            u(0.25, 0.6) * radius,
            u(0.05, 0.09) * height,
            wall + throat,
            u(0, 0.6),
            u(-0.3, 0.3),
        )
        shape.add("handle", grip)
        shape.say("one side handle")
    if style in ("wine", "burgundy", "beer") and rng.random() < 0.3:
        low = u(0.1, 0.2) * height
        shape.add(
            "label",
            lathe([(radius * 1.006, low), (radius * 1.006, low + u(0.15, 0.3) * height)], 24, u(120, 360)),
        )
    shape.say(
        "long thin neck" if (0.97 - neck_start) * height > 3 * neck else "short neck",
        say_proportion(height, 2 * radius, "bottle"),
    )


@shape_class("bowl", parts=("body", "foot", "handle", "lid"), synonyms=("dish", "serving basin"))
def bowl(shape: Shape, rng: Random) -> None:
    """Make a bowl: hemisphere, flared, conical, flat, curled in, dog's, for mixing; round, oval, square or lobed."""
    u = rng.uniform
    radius = u(0.05, 0.18)
    height = radius * u(0.3, 1.3)
    foot = radius * u(0.2, 0.6)
    kind = str(rng.choice(["dome", "dome", "flared", "cone", "bucket", "curled", "plate", "mixing"]))
    if kind == "dome":
        power = u(0.4, 0.9)
        profile = [
            (foot + (radius - foot) * float(t**power), height * float(t ** (1 / power)))
            for t in np.linspace(0, 1, 14)
        ]
        shape.say("curved like half a sphere")
    elif kind == "flared":
        profile = curve(
            [
                (foot, 0),
                (radius * u(0.6, 0.8), height * 0.35),
                (radius * 0.85, height * 0.8),
                (radius, height),
            ]
        )
        shape.say("rim that flares outwards")
    elif kind == "cone":
        height = min(height, 0.9 * radius)
        profile = [(foot, 0.0), (radius, height)]
        shape.say("straight slanted cone walls")
    elif kind == "bucket":
        foot = radius * u(0.7, 1.3)
        profile = [(foot, 0.0), (radius * 0.98, height * 0.95), (radius, height)]
        shape.say("steep walls and a wide flat bottom")
    elif kind == "mixing":
        height = radius * u(0.8, 1.4)
        lip = radius * u(0.01, 0.12)
        profile = [
            *curve([(foot, 0), (radius * u(0.75, 0.9), height * 0.22), (radius, height * 0.55)], 12),
            (radius, height * 0.95),
            (radius + lip, height * 0.97),
            (radius + lip, height),
        ]
        shape.say("deep with upright walls and a round bottom")
    elif kind == "curled":
        profile = curve(
            [
                (foot, 0),
                (radius * 0.9, height * 0.3),
                (radius, height * 0.65),
                (radius * u(0.7, 0.92), height),
            ]
        )
        shape.say("rounded body that closes inwards at the rim")
    else:
        well = radius * u(0.5, 0.8)
        profile = [
            *curve([(foot, 0), (well * 0.9, height * 0.3), (well, height * 0.8)], 12),
            (radius, height),
        ]
        shape.say("wide flat rim")
    thick = radius * u(0.015, 0.12)
    body = hollow(profile, thick, segments=40) if rng.random() < 0.8 else lathe([(0.0, 0.0), *profile], 40)
    form = str(rng.choice(["round", "round", "round", "oval", "square", "lobed"]))
    stretch = 1.0
    if form == "square":
        body = squared(body, u(3, 9))
        shape.say("square seen from above")
    elif form == "lobed":
        body = fluted(body, int(rng.integers(5, 11)), u(0.02, 0.07))
        shape.say("wavy lobed wall")
    else:
        stretch = u(0.6, 0.85) if form == "oval" else 1.0
        shape.say("oval rim" if form == "oval" else "round rim")
    parts: list[tuple[str, Mesh]] = []
    lift = 0.0
    support = rng.random()
    if support < 0.35:
        lift = radius * u(0.04, 0.18)
        ring = min(foot, radius * 0.9)
        parts.append(
            ("foot", lathe([(ring * 0.8, lift), (ring * 0.85, 0), (ring, 0), (ring * 0.95, lift * 1.1)], 24))
        )
        shape.say("standing on a low ring foot")
    elif support < 0.45:
        # A deep bowl on a tall stem would be a goblet.
        lift = radius * u(0.3, 1.0) * min(1.0, 0.6 * radius / height)
        stem = radius * u(0.1, 0.25)
        parts.append(
            (
                "foot",
                lathe(
                    curve([(radius * u(0.4, 0.7), 0), (stem, lift * 0.4), (foot * 0.9, lift * 1.02)], 12), 24
                ),
            )
        )
        parts.append(("foot", cylinder(radius * 0.4, lift * 0.04, centre=(0, lift * 0.02, 0))))
        shape.say("raised on a pedestal")
    elif support < 0.52:
        lift = radius * u(0.1, 0.25)
        for angle in (90, 210, 330):
            at = np.deg2rad(angle)
            place = (foot * 0.8 * np.cos(at), lift * 0.5, foot * 0.8 * np.sin(at))
            parts.append(
                (
                    "foot",
                    superellipsoid(lift * 0.9, lift * 1.2, lift * 0.9, centre=place, detail=7).moved(
                        y=lift * 0.1
                    ),
                )
            )
        shape.say("three small ball feet")
    if rng.random() < 0.1 and form != "lobed":
        grip = handle(
            height * 0.92, height * 0.6, radius * u(0.12, 0.3), radius * u(0.06, 0.12), profile, u(0, 0.7)
        )
        parts += [("handle", grip.moved(y=lift)), ("handle", grip.scaled(x=-1).moved(y=lift))]
        shape.say("two small handles")
    if rng.random() < 0.05:
        rise = height * u(0.2, 0.5)
        lid = [
            (radius * 1.02 * float(np.cos(t)), height + rise * float(np.sin(t)))
            for t in np.linspace(0, np.pi / 2, 8)
        ]
        parts.append(("lid", lathe(lid, 24).moved(y=lift)))
        parts.append(("lid", sphere(radius * 0.12, (0, lift + height + rise + radius * 0.08, 0), 8)))
        shape.say("covered by a domed lid")
    shape.add("body", body.moved(y=lift).scaled(z=stretch))
    for part, mesh in parts:
        shape.add(part, mesh.scaled(z=stretch))
    shape.say(say_proportion(height, 2 * radius, "bowl"))
