"""Make lamps that stand: table lamps, floor lamps, desk lamps with arms, torchieres, lanterns."""

from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.hanging_lights import chandelier, flush, pendant, sconce, spots
from pointclip2.worlds.shapes.makers.lampshades import add_bulb, add_shade
from pointclip2.worlds.shapes.makers.turned import curve, fluted, squared
from pointclip2.worlds.shapes.mesh import Array, box, cylinder, lathe, rod, sphere, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _foot(shape: Shape, rng: Random, radius: float) -> float:
    """Add a base plate of some form on the floor; return the height at which the pole may start."""
    u = rng.uniform
    kind = str(rng.choice(["disc", "disc", "dome", "square", "stepped", "tripod", "cross"]))
    thick = radius * u(0.06, 0.35)
    if kind == "disc":
        shape.add("base", cylinder(radius, thick, radius * u(0.8, 1.0), (0, thick / 2, 0), 28))
        shape.say("flat round base")
    elif kind == "dome":
        thick = radius * u(0.3, 0.7)
        arc = [(radius * float(np.cos(t)), thick * float(np.sin(t))) for t in np.linspace(0, np.pi / 2, 8)]
        shape.add("base", lathe([(0.0, 0.0), *arc], 24))
        shape.say("dome-shaped base")
    elif kind == "square":
        shape.add("base", box(1.8 * radius, thick, 1.8 * radius, (0, thick / 2, 0)))
        shape.say("flat square base")
    elif kind == "stepped":
        steps = int(rng.integers(2, 4))
        for step in range(steps):
            shape.add(
                "base", cylinder(radius * (1 - 0.25 * step), thick, centre=(0, thick * (step + 0.5), 0))
            )
        thick *= steps
        shape.say("stepped round base")
    else:
        legs = 3 if kind == "tripod" else 4
        thick = radius * u(0.2, 0.6)
        for leg in range(legs):
            at = 2 * np.pi * leg / legs + np.pi / 2
            end = radius * np.array([np.cos(at), 0.0, np.sin(at)])
            path = np.array(
                [np.add(end, (0, radius * 0.04, 0)), end * 0.6 + [0, thick * 0.7, 0], [0, thick, 0]]
            )
            shape.add("base", tube(path, radius * 0.05, 6))
        shape.say(f"base of {legs} spread feet")
    return thick * 0.98


def _turned_body(shape: Shape, rng: Random, height: float, radius: float) -> float:
    """Add the vase, column, ball or block that carries a table lamp; return its top."""
    u = rng.uniform
    kind = str(rng.choice(["urn", "gourd", "ball", "column", "block", "baluster", "stack", "cone"]))
    if kind == "block":
        shape.add("base", box(2 * radius * u(0.6, 1), height, 2 * radius * u(0.4, 1), (0, height / 2, 0)))
        shape.say("box-shaped body")
        return height
    if kind == "stack":
        count = int(rng.integers(2, 6))
        size = height / count
        for ball in range(count):
            width = min(radius, size) * u(0.8, 1.2)
            shape.add(
                "base", sphere(1.0, detail=10).scaled(width, size * 0.54, width).moved(y=size * (ball + 0.5))
            )
        shape.add("base", cylinder(radius, size * 0.1, centre=(0, size * 0.05, 0)))
        shape.say(f"a stack of {count} balls")
        return height
    neck = radius * u(0.1, 0.3)
    knots = {
        "urn": [(0.7, 0.0), (0.5, 0.1), (1.0, 0.55), (0.85, 0.75), (0.3, 1.0)],
        "gourd": [(0.7, 0.0), (1.0, 0.25), (0.45, 0.55), (0.6, 0.75), (0.2, 1.0)],
        "ball": [(0.6, 0.0), (0.95, 0.25), (1.0, 0.5), (0.8, 0.8), (0.2, 1.0)],
        "column": [(0.5, 0.0), (0.5, 0.5), (0.5, 1.0)],
        "cone": [(1.0, 0.0), (0.6, 0.5), (0.2, 1.0)],
        "baluster": [
            (1.0, 0.0),
            (0.9, 0.08),
            (0.25, 0.15),
            (0.6, 0.35),
            (0.25, 0.6),
            (0.4, 0.75),
            (0.2, 1.0),
        ],
    }[kind]
    profile = curve([(r * radius * u(0.9, 1.1), y * height) for r, y in knots])
    body = lathe([(0.0, 0.0), *profile, (neck, height), (0.0, height)], 28)
    form = rng.random()
    if form < 0.15:
        body = squared(body, u(3, 10))
    elif form < 0.25:
        body = fluted(body, int(rng.integers(6, 14)), u(0.02, 0.06))
    shape.add("base", body)
    if rng.random() < 0.35:
        plinth = radius * u(0.8, 1.1)
        shape.add("base", box(2 * plinth, 0.03 * height, 2 * plinth, (0, 0.015 * height, 0)))
    words = {"urn": "vase-shaped body", "gourd": "body with two bulges", "ball": "ball-shaped body"}
    shape.say(words.get(kind, f"{kind}-shaped body"))
    return height


def _table(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    height = u(0.3, 0.8)
    shade = height * u(0.22, 0.5)
    width = height * u(0.3, 0.75)
    if rng.random() < 0.65:
        top = _turned_body(shape, rng, (height - shade) * u(0.6, 1.0), width * u(0.15, 0.42))
    else:
        top = _foot(shape, rng, width * u(0.25, 0.5))
    hang = height - shade
    shape.add("pole", rod((0, top * 0.95, 0), (0, hang + shade * u(0.4, 0.95), 0), height * u(0.008, 0.025)))
    add_shade(shape, rng, width / 2, shade, hang)
    shape.say("table lamp")


def _floor(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    height = u(1.2, 1.95)
    shade = height * u(0.1, 0.28)
    width = u(0.22, 0.6)
    thin = u(0.008, 0.03)
    hang = height - shade
    kind = str(rng.choice(["straight", "straight", "tripod", "twin", "column", "turned"]))
    if kind == "tripod":
        spread, joint = u(0.15, 0.4), hang * u(0.75, 1.0)
        legs = int(rng.choice([3, 3, 4]))
        for leg in range(legs):
            at = 2 * np.pi * leg / legs + np.pi / 2
            shape.add("base", rod((spread * np.cos(at), 0, spread * np.sin(at)), (0, joint, 0), thin))
        if rng.random() < 0.4:
            shape.add("base", torus(spread * 0.55, thin * 0.5, (0, joint * 0.45, 0)))
        shape.add("pole", rod((0, joint * 0.98, 0), (0, hang + shade * 0.6, 0), thin))
        shape.say(f"{legs} long slanted legs")
    elif kind == "column":
        core = width * u(0.15, 0.4)
        form = cylinder(core, hang, centre=(0, hang / 2, 0))
        shape.add("base", squared(form, 8) if rng.random() < 0.5 else form)
        shape.add("pole", rod((0, hang * 0.98, 0), (0, hang + shade * 0.6, 0), thin))
        shape.say("thick column")
    else:
        top = _foot(shape, rng, u(0.11, 0.2))
        if kind == "turned":
            knots = [(thin * u(0.7, 2.5), float(y)) for y in np.linspace(top * 0.9, hang + 0.5 * shade, 9)]
            shape.add("pole", lathe(curve(knots, 40), 14))
            shape.say("turned pole with bulges")
        elif kind == "twin":
            for side in (-1, 1):
                shape.add(
                    "pole",
                    rod(
                        (side * 2 * thin, top * 0.9, 0), (side * 2 * thin, hang + 0.5 * shade, 0), thin * 0.6
                    ),
                )
            shape.say("two thin parallel poles")
        else:
            shape.add("pole", rod((0, top * 0.9, 0), (0, hang + shade * u(0.3, 0.9), 0), thin))
            shape.say("tall thin pole")
        if rng.random() < 0.08:
            tray = hang * u(0.35, 0.55)
            shape.add("pole", cylinder(u(0.15, 0.25), 0.02, centre=(0, tray, 0)))
            shape.say("a round tray half way up")
    add_shade(shape, rng, width / 2, shade, hang)
    shape.say("tall floor lamp")


def _torchiere(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    height, radius = u(1.4, 1.95), u(0.12, 0.25)
    top = _foot(shape, rng, u(0.1, 0.18))
    deep = radius * u(0.3, 0.9)
    shape.add("pole", rod((0, top * 0.9, 0), (0, height - deep, 0), u(0.01, 0.025)))
    bowl = curve([(0.02, 0), (radius * u(0.4, 0.9), deep * 0.4), (radius, deep)], 12)
    shape.add("shade", lathe(bowl, 28).moved(y=height - deep))
    add_bulb(shape, rng, (0, height - deep * 0.5, 0), radius * 0.25)
    if rng.random() < 0.3:
        reach, at = u(0.15, 0.3), height * u(0.55, 0.7)
        path = np.array(
            [(0, at, 0), (reach * 0.6, at + 0.02, 0), (reach, at + 0.1, 0.05), (reach * 1.3, at + 0.06, 0.1)]
        )
        shape.add("pole", tube(path, 0.008, 6))
        cup = lathe([(0.015, 0.0), (0.07, -0.1)], 16).rotated_deg(z=u(20, 60))
        shape.add("shade", cup.moved(reach * 1.3, at + 0.06, 0.1))
        shape.say("a second small reading light on an arm")
    shape.say("bowl-shaped shade that opens upwards", "tall thin pole")


def _head(shape: Shape, rng: Random, at: Array, aim: Array, size: float) -> None:
    """Add the lamp head at the end of an arm, opening along ``aim``."""
    u = rng.uniform
    kind = str(rng.choice(["cone", "dome", "can", "bar", "bell"]))
    axis = aim / np.linalg.norm(aim)
    if kind == "bar":
        shape.add("shade", box(size * u(2.5, 5), size * 0.3, size * u(0.6, 1.0), at))
        shape.say("long flat bar-shaped head")
        return
    long = size * u(1.2, 2.0)
    profile = {
        "cone": [(0.0, 0.0), (size * 0.35, 0.0), (size, long)],
        "can": [(0.0, 0.0), (size * 0.7, 0.0), (size * 0.7, long)],
        "dome": [
            (size * float(np.sin(t)), size * (1 - float(np.cos(t)))) for t in np.linspace(0, np.pi / 2, 8)
        ],
        "bell": curve([(size * 0.3, 0), (size * 0.4, long * 0.4), (size, long)], 10),
    }[kind]
    head = lathe(profile, 24)
    flat = float(np.hypot(axis[0], axis[2]))
    tilt = np.rad2deg(np.arctan2(flat, axis[1]))
    turn = np.rad2deg(np.arctan2(axis[0], axis[2]))
    head = head.rotated_deg(x=tilt).rotated_deg(y=turn)
    shape.add("shade", head.moved(*(at - 0.1 * size * axis)))
    add_bulb(shape, rng, tuple(at + 0.5 * long * axis), size * 0.35)
    shape.say({"can": "cylinder-shaped head"}.get(kind, f"{kind}-shaped head"))


def _desk(shape: Shape, rng: Random) -> None:
    """Add a desk lamp: an arm of one to three links, or a gooseneck, that reaches forwards."""
    u = rng.uniform
    top = _foot(shape, rng, u(0.07, 0.13))
    thin = u(0.004, 0.012)
    turn = u(-40, 40)
    if rng.random() < 0.35:
        rise, reach = u(0.25, 0.5), u(0.12, 0.35)
        t = np.linspace(0, np.pi * u(0.6, 0.95), 14)
        neck = np.stack([0 * t, rise * 0.6 + rise * 0.4 * np.sin(t), reach / 2 * (1 - np.cos(t))], axis=1)
        path = np.concatenate([[(0, top * 0.9, 0)], neck])
        shape.add("pole", tube(path, thin, 8))
        shape.say("a curved gooseneck")
    else:
        links = int(rng.integers(2, 4))
        points = [np.array([0.0, top * 0.9, 0.0])]
        angle = u(95, 125)
        for link in range(links):
            long = u(0.15, 0.36)
            points.append(
                points[-1] + long * np.array([0, np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))])
            )
            angle -= u(40, 90) if link == 0 else u(10, 40)
        path = np.array(points)
        twin = rng.random() < 0.4
        for a, b in pairwise(path):
            for side in (-1.5, 1.5) if twin else (0.0,):
                shape.add(
                    "pole",
                    rod(
                        np.add(a, (side * thin, 0, 0)),
                        np.add(b, (side * thin, 0, 0)),
                        thin * (0.7 if twin else 1),
                    ),
                )
            shape.add("pole", cylinder(thin * 2, thin * 5, segments=10).rotated_deg(z=90).moved(*b))
        shape.say(f"an arm with {links} straight links")
    _head(shape, rng, path[-1], np.array([0, -1.0, u(0.1, 1.0)]), u(0.05, 0.1))
    shape.meshes = [mesh.rotated_deg(y=turn) for mesh in shape.meshes]
    shape.say("desk lamp")


def _arc(shape: Shape, rng: Random) -> None:
    """Add a floor lamp whose pole bends over in a large bow."""
    u = rng.uniform
    height, reach = u(1.6, 2.2), u(0.7, 1.5)
    top = _foot(shape, rng, u(0.15, 0.25))
    drop = height * u(0.1, 0.3)
    t = np.linspace(0, 1, 20)
    bow = np.stack(
        [reach * t**1.6, top * 0.9 + (height - top) * np.sin(np.pi / 2 * np.minimum(t * 1.3, 1.0)), 0 * t],
        axis=1,
    )
    bow[:, 1] -= drop * (np.maximum(t - 0.6, 0) / 0.4) ** 2
    shape.add("pole", tube(bow, u(0.01, 0.02), 8))
    _head(shape, rng, bow[-1], np.array([0.0, -1.0, 0.0]), u(0.12, 0.22))
    shape.say("a long pole curved in an arc", "floor lamp")


def _banker(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    top = _foot(shape, rng, u(0.07, 0.1))
    height, long, radius = u(0.3, 0.42), u(0.22, 0.34), u(0.05, 0.08)
    for side in (-1, 1) if rng.random() < 0.3 else (0,):
        shape.add("pole", rod((side * 0.04, top * 0.9, 0), (side * 0.3 * long, height, 0), 0.008))
    half = lathe([(radius, -long / 2), (radius, long / 2)], 16, 180.0).rotated_deg(z=90)
    shape.add("shade", half.rotated_deg(x=-90).moved(y=height - radius * 0.6))
    add_bulb(shape, rng, (0, height - radius * 0.4, 0), radius * 0.4)
    shape.say("a half cylinder lying across the pole as shade", "small lamp")


def _lantern(shape: Shape, rng: Random) -> None:
    """Add a lantern: a cage or glass body with a roof, on the ground or high on a street post."""
    u = rng.uniform
    post = u(1.5, 3.5) if rng.random() < 0.4 else 0.0
    width = u(0.18, 0.4) if post else u(0.12, 0.3)
    height = width * u(1.2, 2.2)
    if post:
        top = _foot(shape, rng, u(0.12, 0.2))
        shape.add("pole", tube([(0, top * 0.9, 0), (0, post * 0.3, 0), (0, post, 0)], [0.05, 0.035, 0.03], 8))
    else:
        shape.add("base", box(width, height * 0.06, width, (0, height * 0.03, 0)))
    sides = int(rng.choice([4, 4, 6]))
    low, slope = post + (0.0 if post else height * 0.06), u(0.8, 1.0)
    for corner in range(sides):
        at = 2 * np.pi * (corner + 0.5) / sides
        way = np.array([np.cos(at), 0, np.sin(at)]) * width * 0.66
        shape.add(
            "shade", rod(way * slope + [0, low, 0], np.add(way, (0, low + height * 0.7, 0)), width * 0.025, 5)
        )
    if rng.random() < 0.6:
        glass = lathe([(width * 0.62 * slope, low), (width * 0.62, low + height * 0.7)], sides)
        shape.add("shade", glass.rotated_deg(y=180 / sides))
    roof = lathe([(width * 0.75, low + height * 0.7), (width * 0.1, low + height), (0, low + height)], sides)
    shape.add("shade", roof.rotated_deg(y=180 / sides))
    shape.add("shade", lathe([(0, low), (width * 0.66 * slope, low)], sides).rotated_deg(y=180 / sides))
    add_bulb(shape, rng, (0, low + height * 0.3, 0), width * 0.15)
    if not post and rng.random() < 0.7:
        shape.add(
            "pole", torus(width * 0.25, width * 0.02).rotated_deg(x=90).moved(y=low + height + width * 0.2)
        )
        shape.say("a ring handle on top")
    shape.say(
        f"lantern with {sides} sides and a pointed roof",
        "on a tall post" if post else "standing on the ground",
    )


@shape_class(
    "lamp", parts=("base", "shade", "bulb", "pole"), synonyms=("light", "light fixture", "luminaire")
)
def lamp(shape: Shape, rng: Random) -> None:
    """Make a lamp: table, floor, arm, arc, torch, banker's, lantern; hanging, chandelier, flush, wall, spots."""
    makers = (
        _table,
        _floor,
        _torchiere,
        _desk,
        _arc,
        _banker,
        _lantern,
        pendant,
        chandelier,
        flush,
        sconce,
        spots,
    )
    shares = np.array([26, 18, 6, 12, 4, 2, 4, 12, 6, 3, 5, 2], dtype=float)
    makers[int(rng.choice(len(makers), p=shares / shares.sum()))](shape, rng)
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
    del shape.attributes[6:]
