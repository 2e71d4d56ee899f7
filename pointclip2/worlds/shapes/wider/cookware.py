"""Make what one cooks and eats with: plates, frying pans, cooking pots, forks."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import pair, set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import Profile, curve, fluted, hollow, say_proportion, squared
from pointclip2.worlds.shapes.mesh import Mesh, cylinder, lathe, loft, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.pouring import lid_with_knob


@shape_class(
    "plate",
    parts=("rim", "well", "foot"),
    synonyms=("dinner plate", "dessert plate", "serving platter", "saucer", "soup plate"),
    described=(
        "A plate is a thin flat disc whose border rises a little all around.",
        "The middle of the plate is level, and around it runs a slanting or flat rim.",
        "Seen from the edge, a plate is hardly more than a line; from above it is a full circle.",
        "Under the plate a low ring lifts it from the table.",
        "Some plates are square or oval, but every plate stays much wider than it is high.",
    ),
)
def plate(shape: Shape, rng: Random) -> None:
    """Make a plate: flat, rimmed or deep; round, oval, square, scalloped or divided; lying or on its edge."""
    u = rng.uniform
    radius = u(0.06, 0.17)
    kind = pick(rng, ("rimmed", "rimmed", "coupe", "deep", "tray"))
    height = (
        radius
        * {"rimmed": u(0.08, 0.2), "coupe": u(0.1, 0.22), "deep": u(0.22, 0.38), "tray": u(0.06, 0.14)}[kind]
    )
    well = u(0.55, 0.78) if kind != "tray" else u(0.86, 0.93)
    inner, thick = well * u(0.8, 0.95), radius * u(0.015, 0.05)
    bowl: Profile = [(0.0, 0.0), (inner * radius, 0.0)]
    if kind == "coupe":
        t = np.linspace(0.1, 1, 8)
        border: Profile = [(radius * (inner + (1 - inner) * float(s)), height * float(s) ** 2) for s in t]
    else:
        share = u(0.35, 0.9)
        border = [(well * radius, height * share), (radius, height)]
    back = [(r, y - thick) for r, y in reversed(border)]
    pieces = [
        ("well", lathe(bowl, 40)),
        ("rim", lathe([bowl[-1], *border, *back], 40)),
        ("foot", lathe([back[-1], (inner * radius * u(0.7, 0.95), -thick * 2.5), (0.0, -thick * 1.5)], 40)),
    ]
    form = pick(rng, ("round", "round", "round", "square", "oval", "wavy"))
    power, flat, lobes, wave = u(3, 10), u(0.6, 0.85), int(rng.integers(6, 17)), u(0.02, 0.05)
    for part, mesh in pieces:
        if form == "square":
            mesh = squared(mesh, power)
        elif form == "wavy" and part == "rim":
            mesh = fluted(mesh, lobes, wave)
        shape.add(part, mesh.scaled(z=flat) if form == "oval" else mesh)
    words = {"round": "round", "square": "square with soft corners", "oval": "oval", "wavy": "a wavy edge"}
    shape.say(
        words[form],
        "a deep well" if kind == "deep" else "nearly flat" if height < 0.12 * radius else "a raised edge",
    )
    if kind == "rimmed":
        shape.say("a wide rim" if well < 0.66 else "a narrow rim")
    if chance(rng, 0.15):
        turn(shape, x_deg=u(65, 85))
        shape.say("leaning on its edge")
    set_down(shape)


def _long_handle(rng: Random, root: float, y: float, length: float, girth: float, rise: float) -> list[Mesh]:
    """Return a pan's handle from (root, y) towards +x: round, flat, or a bar with a ring to hang it."""
    t = np.linspace(0, 1, 8)
    bow = rng.uniform(-0.3, 0.3)
    path = np.stack([root + length * t, y + rise * length * (t + bow * np.sin(np.pi * t)), 0 * t], axis=1)
    width = girth * (0.7 + rng.uniform(0.2, 0.6) * np.sin(np.pi * t * 0.6))
    grip = tube(path, width, 10)
    flat = rng.uniform(0.35, 1.0)
    slope = np.interp(grip.vertices[:, 0], path[:, 0], path[:, 1])
    grip.vertices[:, 1] = slope + (grip.vertices[:, 1] - slope) * flat
    meshes = [grip]
    if chance(rng, 0.4):
        hole = torus(girth * 1.1, girth * 0.3, segments=14).moved(path[-1][0] + girth, path[-1][1])
        meshes.append(hole)
    return meshes


@shape_class(
    "frying pan",
    parts=("pan", "handle", "lid"),
    synonyms=("skillet", "pan", "wok", "cast iron pan", "saute pan"),
    described=(
        "A frying pan is a wide shallow disc with a low slanted wall and one long straight handle.",
        "The handle of the frying pan sticks out sideways, nearly as long as the pan is wide.",
        "Seen from above, the frying pan looks like a circle with a stick.",
        "The flat bottom of a frying pan is open to view, for its rim is only a few centimetres high.",
    ),
)
def frying_pan(shape: Shape, rng: Random) -> None:
    """Make a frying pan: skillet, crepe pan, square grill pan, wok; with pouring lips, a second grip or a lid."""
    u = rng.uniform
    radius = u(0.09, 0.18)
    kind = pick(rng, ("skillet", "skillet", "flat", "square", "wok", "deep"))
    height = radius * {"flat": u(0.08, 0.16), "wok": u(0.5, 0.7), "deep": u(0.4, 0.55)}.get(
        kind, u(0.22, 0.4)
    )
    foot = radius * u(0.7, 0.9)
    profile: Profile = [(foot, 0.0), ((foot + radius) / 2, height * u(0.3, 0.5)), (radius, height)]
    if kind == "wok":
        profile = curve(
            [
                (radius * 0.15, 0),
                (radius * 0.6, height * 0.25),
                (radius * 0.88, height * 0.65),
                (radius, height),
            ],
            12,
        )
    body = hollow(profile, radius * u(0.02, 0.05), radius * 0.03, 36)
    if kind == "square":
        body = squared(body, u(6, 14))
    elif chance(rng, 0.15):
        near = np.abs(np.arctan2(body.vertices[:, 0], body.vertices[:, 2]))
        near = np.minimum(near, np.pi - near)
        body.vertices[:, 2] *= 1 + 0.08 * np.exp(-((near / 0.2) ** 2)) * (body.vertices[:, 1] > height * 0.5)
        shape.say("two lips to pour")
    shape.add("pan", body)
    long = radius * u(1.0, 1.9)
    shape.add(
        "handle",
        *_long_handle(rng, radius * 0.95, height * u(0.6, 0.9), long, radius * u(0.06, 0.11), u(0, 0.35)),
    )
    shape.say("a long handle" if long > 1.5 * radius else "a short handle")
    if chance(rng, 0.2):
        loop = torus(radius * 0.25, radius * 0.04, segments=14, arc_deg=180).rotated_deg(y=-90)
        shape.add(
            "handle",
            loop.scaled(x=-1 if loop.high[0] > 0.1 * radius else 1).moved(-radius * 0.98, height * 0.8),
        )
        shape.say("a second small grip opposite")
    if chance(rng, 0.12):
        shape.add("lid", *lid_with_knob(rng, radius * 0.98, height, radius * u(0.1, 0.3)))
        shape.say("covered with a lid")
    words = {
        "flat": "a very low rim",
        "square": "a square pan",
        "wok": "round-bottomed like a wok",
        "deep": "high walls",
    }
    shape.say(words.get(kind, "slanted walls"), "wide" if radius > 0.13 else "small")
    turn(shape, y_deg=u(-180, 180))


@shape_class(
    "cooking pot",
    parts=("pot", "handle", "lid"),
    synonyms=("saucepan", "stock pot", "casserole pot", "pot with a lid", "cauldron", "stew pot"),
    described=(
        "A cooking pot is an upright drum with two small handles on opposite sides.",
        "Its lid lies on the cooking pot like a shallow dome and has a knob in the middle.",
        "A saucepan is a cooking pot with one long handle instead of two loops.",
        "From above, the cooking pot is a circle with an ear on its left and right.",
        "Old cauldrons are round-bellied cooking pots on three short legs.",
    ),
)
def cooking_pot(shape: Shape, rng: Random) -> None:
    """Make a cooking pot: low, tall or bellied, with two grips or a long one, with or without its lid."""
    u = rng.uniform
    radius = u(0.07, 0.18)
    kind = pick(rng, ("straight", "straight", "rounded", "cauldron", "saucepan"))
    height = 2 * radius * (u(0.45, 0.75) if kind == "saucepan" else u(0.4, 1.1))
    knots = {
        "rounded": [(0.75, 0.0), (0.95, 0.15), (1.0, 0.5), (1.0, 1.0)],
        "cauldron": [(0.3, 0.0), (0.85, 0.2), (1.0, 0.5), (0.75, 0.88), (0.85, 1.0)],
    }.get(kind, [(0.96, 0.0), (1.0, 0.06), (1.0, 0.5), (1.0, 1.0)])
    profile = curve([(r * radius, y * height) for r, y in knots], 16)
    shape.add("pot", hollow(profile, radius * u(0.02, 0.07), radius * 0.04, 32))
    if chance(rng, 0.5):
        shape.add("pot", torus(profile[-1][0], radius * 0.025, (0, height, 0)))
    y = height * u(0.65, 0.88)
    thin = radius * u(0.05, 0.1)
    if kind == "saucepan":
        shape.add(
            "handle", *_long_handle(rng, radius * 0.97, y, radius * u(1.3, 2.0), thin * 1.3, u(0, 0.25))
        )
        shape.say("one long handle")
    elif kind == "cauldron" and chance(rng, 0.6):
        angle = np.linspace(0, np.pi, 16)
        bow = np.stack([radius * np.cos(angle), y + height * u(0.5, 1.0) * np.sin(angle), 0 * angle], axis=1)
        shape.add("handle", tube(bow, thin * 0.5, 7))
        shape.say("a bow to hang it by")
    else:
        reach, half = radius * u(0.2, 0.4), radius * u(0.22, 0.4)
        angle = np.linspace(-np.pi / 2, np.pi / 2, 12)
        out = radius * 0.97 + reach * np.cos(angle) ** 0.6
        tilt = u(0, 0.5) * reach * np.cos(angle)
        shape.add("handle", *pair(tube(np.stack([out, y + tilt, half * np.sin(angle)], axis=1), thin, 8)))
        shape.say("two loop handles")
    if kind == "cauldron":
        angles = np.deg2rad([90, 210, 330])
        legs = [
            cylinder(
                thin * 0.8,
                height * 0.35,
                thin,
                (0.6 * radius * np.cos(a), -0.02 * height, 0.6 * radius * np.sin(a)),
            )
            for a in angles
        ]
        shape.add("pot", *legs)
        shape.say("a round belly on three feet")
    if chance(rng, 0.6):
        shape.add("lid", *lid_with_knob(rng, profile[-1][0], height, radius * u(0.04, 0.35)))
        shape.say("closed with a lid")
    else:
        shape.say("open at the top")
    shape.say(say_proportion(height, 2 * radius, "pot"))
    set_down(shape)


@shape_class(
    "fork",
    parts=("tine", "neck", "handle"),
    synonyms=("table fork", "dinner fork", "serving fork", "cutlery fork"),
    described=(
        "A fork is a slim flat rod that ends in three or four long parallel prongs.",
        "Seen from the side, the fork bends: its prongs dip and then lift their points.",
        "The prongs of the fork grow from a broad shoulder, which narrows into a thin neck.",
        "Towards its end the handle of a fork widens into a rounded flat grip.",
    ),
)
def fork(shape: Shape, rng: Random) -> None:
    """Make a fork lying on its back: two to five prongs, a thin, flared or round handle."""
    u = rng.uniform
    length = u(0.13, 0.24)
    tines = int(rng.choice([2, 3, 3, 4, 4, 4, 4, 5]))
    width, prong, shoulder = length * u(0.09, 0.16), length * u(0.18, 0.32), length * u(0.08, 0.16)
    dip, thick = length * u(0.02, 0.09), length * u(0.006, 0.016)
    sharp = u(0.2, 0.8)

    def level(along: np.ndarray) -> np.ndarray:
        # Along the fork, z from the points of the prongs (0): the head is a trough, the handle rises and falls.
        head = prong + shoulder
        bowl = dip * np.clip(along / head, 0, 2) * (np.clip(along / head, 0, 2) - 1.1) * 1.8
        return np.where(along < 1.4 * head, bowl, bowl * np.exp(-3 * (along / head - 1.4)))

    gap = width / (tines - 0.4)
    for k in range(tines):
        t = np.linspace(0, 1, 8)
        x = (k - (tines - 1) / 2) * gap * (0.94 + 0.06 * t)
        z = prong * 1.1 * t
        girth = gap * 0.3 * np.minimum(1, sharp + 1.5 * t)
        mesh = tube(np.stack([x, level(z), z], axis=1), girth, 6)
        shape.add("tine", mesh)
    t = np.linspace(0, 1, 10)
    thin = width * u(0.14, 0.25)
    half = thin / 2 + (width / 2 - thin / 2) * np.cos(np.pi / 2 * t) ** u(0.6, 1.4)
    shape.add("neck", _strip(prong + shoulder * t, half, level(prong + shoulder * t), thick))
    grip = pick(rng, ("flared", "flared", "straight", "round", "pointed"))
    t = np.linspace(0, 1, 16)
    z = prong + shoulder + (length - prong - shoulder) * t
    swell = {"flared": u(1.8, 3.6), "straight": u(1.0, 1.5), "round": u(1.5, 2.5), "pointed": u(2.0, 3.0)}[
        grip
    ]
    half = thin / 2 * (1 + (swell - 1) * t**1.5)
    half[-3:] *= np.array([0.95, 0.8, 0.4]) if grip != "pointed" else np.array([0.7, 0.4, 0.1])
    bar = _strip(z, half, level(z), thick * (3.0 if grip == "round" else 1.0))
    shape.add("handle", bar)
    shape.say(
        counted(tines, "prong"),
        f"a {grip} handle",
        "long prongs" if prong > 0.25 * length else "short prongs",
    )
    shape.say("strongly curved" if dip > 0.06 * length else "nearly flat")
    turn(shape, y_deg=u(-180, 180))
    if chance(rng, 0.15):
        turn(shape, x_deg=180 if chance(rng, 0.5) else 90)
        shape.say(
            "upright"
            if np.ptp(np.concatenate([m.vertices[:, 1] for m in shape.meshes])) > 0.1
            else "face down"
        )
    set_down(shape)


def _strip(z: np.ndarray, half: np.ndarray, y: np.ndarray, thick: float) -> Mesh:
    """Return a flat bar along z with half-widths and heights at each point."""
    rings = []
    for at, wide, high in zip(z, half, y, strict=True):
        corners = np.array(
            [[-wide, 0.5], [wide * -0.6, 1], [wide * 0.6, 1], [wide, 0.5], [wide, -0.5], [-wide, -0.5]]
        )
        rings.append(np.column_stack([corners[:, 0], high + corners[:, 1] * thick, np.full(6, at)]))
    return loft(rings)
