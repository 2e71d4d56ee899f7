"""Make food: fruit, vegetables, bread and cakes."""

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import blade, directions, placed
from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import curve, fluted
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    cylinder,
    lathe,
    merge,
    rod,
    sphere,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _bitten(mesh: Mesh, centre: Array, radius: float) -> Mesh:
    """Push the surface out of a ball, which leaves the hollow of a bite."""
    away = mesh.vertices - centre
    far = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    return Mesh(centre + away * np.maximum(1.0, radius / far), mesh.faces)


def _stem(rng: Random, foot: float, length: float, girth: float) -> Mesh:
    """Return a stalk that rises from a height on the axis, bent to one side."""
    t = np.linspace(0, 1, 6)
    lean, side = rng.uniform(-0.5, 0.5, 2) * length
    path = np.stack([lean * t**2, foot + length * t, side * t**2], axis=1)
    return tube(path, girth * (0.8 + 0.5 * t**3), 7)


def _core_fruit(shape: Shape, rng: Random, body: Mesh, radius: float, height: float, dip: float) -> None:
    """Add the body of an apple or pear, whole, bitten or halved, with its stalk and leaf."""
    u = rng.uniform
    state = pick(rng, ("whole", "whole", "whole", "whole", "bitten", "half"))
    if state == "bitten":
        angle, at = u(0, 2 * np.pi), height * u(0.4, 0.7)
        centre = np.array([radius * 1.15 * np.cos(angle), at, radius * 1.15 * np.sin(angle)])
        body = _bitten(body, centre, radius * u(0.5, 0.8))
        shape.say("a bite taken out of its side")
    elif state == "half":
        body = Mesh(np.minimum(body.vertices, [np.inf, np.inf, 0.0]), body.faces)
        shape.say("cut in half, with a flat face")
    shape.add("body", body)
    if chance(rng, 0.8):
        long = height * u(0.12, 0.4)
        shape.add("stem", _stem(rng, dip, height - dip + long, radius * u(0.03, 0.09)))
        shape.say("a long thin stem on top" if long > 0.27 * height else "a short stem on top")
        if chance(rng, 0.35):
            leaf = blade(radius * u(0.6, 1.2), radius * u(0.3, 0.5), u(0, 0.6), rows=7)
            shape.add("leaf", placed(leaf, [[0, height + long * 0.3, 0]], directions(rng, 1, 5, 50), [1.0]))
            shape.say("a leaf beside the stem")
    else:
        shape.say("no stem")
    if chance(rng, 0.12):
        turn(shape, x_deg=u(60, 120), y_deg=u(0, 360))
        shape.say("lying on its side")
    set_down(shape)


@shape_class(
    "apple",
    parts=("body", "stem", "leaf"),
    synonyms=("red apple", "green apple", "apple fruit"),
    described=(
        "An apple is nearly a ball, with a dimple at the top where a short stalk rises.",
        "Seen from the side the apple is a little wider at its shoulders than at its base.",
        "The smooth round apple has a funnel-shaped hollow above and a shallow one below.",
        "Some apples carry a single flat leaf that leans away from the stem of the apple.",
        "The skin of an apple curves the same way all around, so it looks alike from every side.",
    ),
)
def apple(shape: Shape, rng: Random) -> None:
    """Make an apple: round, flat or conical, ribbed or smooth, whole, bitten or halved."""
    u = rng.uniform
    radius = u(0.03, 0.05)
    kind = pick(rng, ("round", "flat", "conical"))
    height = 2 * radius * {"round": u(0.85, 1.0), "flat": u(0.68, 0.82), "conical": u(1.0, 1.2)}[kind]
    foot = u(0.45, 0.6) if kind == "conical" else u(0.55, 0.8)
    dip = height * u(0.72, 0.86)
    knots = ((0, 0.08), (0.25 * foot, 0.01), (0.6 * foot, 0.02), (foot + 0.2, 0.2), (0.99, 0.6), (0.85, 0.86))
    ends = [(0.5 * radius, height), (0.2 * radius, 0.95 * height), (0.0, dip)]
    body = lathe(curve([*((r * radius, y * height) for r, y in knots), *ends], 26), 32)
    if chance(rng, 0.4):
        body = fluted(body, 5, u(0.01, 0.05))
        shape.say("five soft ribs")
    shape.say(
        {"round": "round as a ball", "flat": "wider than tall", "conical": "narrower at the base"}[kind]
    )
    _core_fruit(shape, rng, body, radius, height, dip)


@shape_class(
    "pear",
    parts=("body", "stem", "leaf"),
    synonyms=("pear fruit", "ripe pear"),
    described=(
        "A pear has a fat round bottom and a narrower neck, like a drop or a bell.",
        "The outline of the pear swells below and draws in smoothly towards the stalk.",
        "Unlike a ball, a pear leans to a blunt tip, from which a thin stem sticks out.",
        "Turned about its upright axis the pear stays the same; its widest ring lies in the lower third.",
    ),
)
def pear(shape: Shape, rng: Random) -> None:
    """Make a pear: bell-shaped, slim or squat, sometimes with a crooked neck."""
    u = rng.uniform
    radius = u(0.028, 0.045)
    kind = pick(rng, ("bell", "slim", "squat"))
    height = 2 * radius * {"bell": u(1.3, 1.55), "slim": u(1.6, 2.1), "squat": u(1.08, 1.25)}[kind]
    neck = u(0.3, 0.5)
    knots = ((0, 0.04), (0.3, 0), (0.8, 0.1), (1, 0.28), (0.85, 0.48), (neck + 0.12, 0.66), (neck, 0.85))
    profile = [*((r * radius, y * height) for r, y in knots), (neck * 0.6 * radius, height * 0.98)]
    body = lathe(curve([*profile, (0.0, height * 0.96)], 28), 28)
    share = np.maximum(body.vertices[:, 1] / height - 0.4, 0)
    body.vertices[:, 0] += radius * u(-1.2, 1.2) * share**2
    if chance(rng, 0.3):
        body = fluted(body, int(rng.integers(4, 7)), u(0.01, 0.03))
        shape.say("a slightly bumpy body")
    words = {"bell": "shaped like a bell", "slim": "long and slim", "squat": "short and squat"}
    shape.say(words[kind], "a thin neck" if neck < 0.4 else "a thick neck")
    _core_fruit(shape, rng, body, radius, height, height * 0.95)


def _banana(rng: Random, length: float, bow: float, girth: float) -> tuple[Mesh, ...]:
    """Return body, stem and tip of a banana that bends in x, y: both ends up, its stem at +x."""
    around = np.deg2rad(np.linspace(-bow / 2, bow / 2, 13)) - np.pi / 2
    radius = length / np.deg2rad(bow)
    t = np.linspace(0, 1, 13)
    path = np.stack([radius * np.cos(around), radius * (1 + np.sin(around)), 0 * t], axis=1)
    width = girth * np.maximum(np.sin(np.pi * (0.07 + 0.86 * t)), 0) ** 0.45
    sides = int(rng.choice([5, 6, 16]))
    along = path[-1] - path[-2]
    along /= np.linalg.norm(along)
    root = path[-1] - along * girth
    reach = length * float(rng.uniform(0.08, 0.2))
    stem = tube([root, path[-1] + along * reach * 0.5, path[-1] + along * reach], girth * 0.34, 6)
    back = path[0] - path[1]
    tip = rod(path[0] - 0.5 * back, path[0] + back * (girth * 0.4 / np.linalg.norm(back)), girth * 0.3, 6)
    return tube(path, width, sides), stem, tip


@shape_class(
    "banana",
    parts=("body", "stem", "tip", "peel"),
    synonyms=("bunch of bananas", "yellow banana", "plantain"),
    described=(
        "A banana is a long curved rod, thick in the middle and narrow at both ends.",
        "The bend of the banana follows an arc, so from the side it looks like a crescent or a smile.",
        "Five soft edges run along the banana from its stalk to its dark blunt tip.",
        "Several bananas may hang from one thick stump, each banana bent like the fingers of a hand.",
        "With its skin pulled down, a banana shows strips that spread like petals around a smooth stick.",
    ),
)
def banana(shape: Shape, rng: Random) -> None:
    """Make a banana lying on its side or back, a bunch of them, or one half peeled."""
    u = rng.uniform
    length = u(0.13, 0.24)
    girth = length * u(0.075, 0.12)
    bow = u(45, 130)
    form = pick(rng, ("single", "single", "single", "bunch", "peeled"))
    count = int(rng.integers(3, 7)) if form == "bunch" else 1
    for k in range(count):
        pieces = _banana(rng, length * u(0.9, 1.05), bow, girth)
        if form == "bunch":
            at = pieces[1].high[0], pieces[1].high[1]
            fan = (k - (count - 1) / 2) * u(18, 28)
            pieces = tuple(m.moved(-at[0], -at[1]).rotated_deg(y=fan) for m in pieces)
        shape.add("body", pieces[0])
        shape.add("stem", pieces[1])
        shape.add("tip", pieces[2])
    if form == "bunch":
        shape.add("stem", sphere(girth * u(0.6, 1.0), detail=8))
        shape.say(f"a bunch of {counted(count, 'banana').split()[0]}", "joined at one stump")
    elif form == "peeled":
        turn(shape, z_deg=70)
        low, high = (f(m.vertices[:, 1].mean() for m in shape.meshes) for f in (min, max))
        y = low + (high - low) * u(0.35, 0.55)
        ring = shape.meshes[0].vertices
        middle = ring[np.abs(ring[:, 1] - y).argsort()[:8]].mean(axis=0)
        strip = blade(length * u(0.3, 0.45), girth * 1.3, u(0.6, 1.3), -0.2, 1.8, 7)
        ways = directions(rng, int(rng.integers(3, 6)), -25, 25)
        shape.add("peel", placed(strip, middle + ways * girth * 0.6, ways, np.ones(len(ways))))
        shape.say("peeled half way", "strips of peel hanging down")
    else:
        pose = pick(rng, ("flat", "flat", "back", "arch"))
        turn(shape, **{"flat": {"x_deg": 90.0}, "back": {}, "arch": {"x_deg": 180.0}}[pose])
        said = {"flat": "lying on its side", "back": "both ends up", "arch": "both ends down"}
        shape.say(said[pose], "one single banana")
    shape.say("strongly curved" if bow > 85 else "only slightly curved")
    turn(shape, y_deg=u(-40, 40))
    set_down(shape)


@shape_class(
    "carrot",
    parts=("root", "stem", "leaf"),
    synonyms=("bunch of carrots", "carrot root", "orange carrot"),
    described=(
        "A carrot is a long cone: broad at its shoulder and running out into a thin point.",
        "From the wide end of the carrot sprouts a tuft of feathery green or a cut stub.",
        "Fine rings cross the tapering carrot like shallow creases.",
        "Laid down, the carrot touches the ground along its side, with its tip a little bent.",
    ),
)
def carrot(shape: Shape, rng: Random) -> None:
    """Make carrots: slim, stubby or blunt, with long leaves, a stub or nothing; one or a bunch."""
    u = rng.uniform
    length = u(0.1, 0.24)
    kind = pick(rng, ("slim", "stubby", "blunt"))
    radius = length * {"slim": u(0.07, 0.11), "stubby": u(0.14, 0.22), "blunt": u(0.08, 0.13)}[kind]
    tip, power = (0.55, 0.3) if kind == "blunt" else (0.05, u(0.6, 1.1))
    t = np.linspace(0, 1, 20)
    width = radius * (tip + (1 - tip) * t**power) * (1 + u(0, 0.05) * np.sin(np.arange(20) * 2.3))
    width[-1] *= 0.75
    root = lathe([(0.0, 0.0), *((float(r), length * float(y)) for r, y in zip(width, t, strict=True))], 16)
    root = merge([root, lathe([(float(width[-1]), length), (0.0, length * 0.985)], 16)])
    root = root.bent(1, 0, length * u(-0.06, 0.06))
    top = pick(rng, ("leaves", "leaves", "stub", "bare"))
    count = int(rng.integers(3, 6)) if chance(rng, 0.2) else 1
    lie = count > 1 or chance(rng, 0.7)
    for k in range(count):
        pieces: list[tuple[str, Mesh]] = [("root", root.rotated_deg(y=u(0, 360)))]
        if top == "stub":
            pieces.append(("stem", cylinder(radius * 0.4, length * 0.1, centre=(0, length * 1.03, 0))))
        elif top == "leaves":
            ways = directions(rng, int(rng.integers(4, 10)), 50, 88)
            start, high = np.array([0, length * 0.97, 0]), length * u(0.35, 0.9)
            ends = start + ways * high
            pieces += [("stem", rod(start, end, radius * 0.09, 5)) for end in ends]
            leaf = blade(high * u(0.25, 0.5), high * u(0.12, 0.25), u(0, 0.6))
            where = np.concatenate([start + ways * high * s for s in (0.5, 0.7, 0.85, 0.97)])
            tufts = placed(
                leaf, where, directions(rng, len(where), 10, 80), rng.uniform(0.6, 1.1, len(where))
            )
            pieces.append(("leaf", tufts))
        for part, mesh in pieces:
            if lie:
                mesh = mesh.rotated_deg(z=-90).rotated_deg(y=(k - (count - 1) / 2) * 9)
                mesh = mesh.moved(y=radius * (1 + k % 2), z=(k - (count - 1) / 2) * radius * 1.6)
            shape.add(part, mesh)
    said = {"leaves": "a tuft of green leaves", "stub": "a short cut stalk", "bare": "no leaves"}
    shape.say(said[top], {"slim": "long and thin", "stubby": "short and thick", "blunt": "a blunt end"}[kind])
    shape.say(counted(count, "carrot"), "lying down" if lie else "standing on its tip")
    set_down(shape)


@shape_class(
    "pumpkin",
    parts=("body", "stem", "leaf"),
    synonyms=("squash", "gourd", "jack-o'-lantern", "halloween pumpkin"),
    described=(
        "A pumpkin is a big squashed ball with deep grooves that run from its stem to its base.",
        "Between the furrows the wall of the pumpkin bulges like the segments of a peeled orange.",
        "A thick crooked stalk stands in the hollow on top of the pumpkin.",
        "Carved for a feast, the hollow pumpkin has triangular eyes and a jagged mouth cut through it.",
        "From above the pumpkin looks like a wheel of rounded lobes.",
    ),
)
def pumpkin(shape: Shape, rng: Random) -> None:
    """Make a pumpkin: flat, round or tall, finely or coarsely ribbed, or carved with a face."""
    u = rng.uniform
    radius = u(0.06, 0.25)
    height = 2 * radius * u(0.5, 1.1)
    dip = height * u(0.78, 0.92)
    knots = ((0, 0.07), (0.35, 0.0), (0.8, 0.13), (1.0, 0.48), (0.82, 0.86), (0.45, 1.0), (0.2, 0.96))
    profile = curve([*((r * radius, y * height) for r, y in knots), (0.0, dip)], 32)
    lobes = int(rng.integers(6, 15))
    body = lathe(profile, 8 * lobes)
    angle = np.arctan2(body.vertices[:, 2], body.vertices[:, 0])
    groove = 1 - u(0.06, 0.2) * (1 - np.abs(np.cos(lobes / 2 * angle)) ** u(0.5, 1.0))
    body = Mesh(body.vertices * np.stack([groove, np.ones_like(groove), groove], axis=1), body.faces)
    shape.say("many fine ribs" if lobes > 10 else "a few broad ribs")
    if chance(rng, 0.25):
        x, y = (body.vertices / [radius, height, radius])[body.faces].mean(axis=1)[:, :2].T
        front = body.vertices[body.faces].mean(axis=1)[:, 2] > 0.2 * radius
        eye = (np.abs(np.abs(x) - 0.33) < 0.2 * (0.78 - y) / 0.22) & (y > 0.56) & (y < 0.78)
        curl = y - 0.3 - u(0.1, 0.3) * x**2
        mouth = (np.abs(curl) < 0.07 + 0.04 * np.sign(np.sin(22 * x))) & (np.abs(x) < 0.55)
        nose = (np.abs(x) < 0.09 * (0.56 - y) / 0.1) & (y > 0.45)
        body = Mesh(body.vertices, body.faces[~(front & (eye | mouth | nose))])
        shape.say("a face with eyes and a mouth cut into it")
    shape.add("body", body)
    long = height * u(0.1, 0.35)
    shape.add("stem", _stem(rng, dip, height - dip + long, radius * u(0.07, 0.16)))
    shape.say("a long crooked stem" if long > 0.25 * height else "a short stump of a stem")
    if chance(rng, 0.25):
        leaf = blade(radius * u(0.5, 0.9), radius * u(0.5, 0.8), u(0.2, 0.8))
        count = int(rng.integers(1, 4))
        roots = np.tile([0, height, 0], (count, 1))
        shape.add("leaf", placed(leaf, roots, directions(rng, count, 0, 30), np.ones(count)))
        shape.say("leaves around the stem")
    shape.say("flat and wide" if height < 1.3 * radius else "round" if height < 1.8 * radius else "tall")


@shape_class(
    "pineapple",
    parts=("body", "leaf"),
    synonyms=("ananas", "pineapple fruit"),
    described=(
        "A pineapple is a stout barrel with a stiff tuft of pointed leaves on top.",
        "Knobs in crossing spirals cover the body of the pineapple like scales or diamonds.",
        "The leaves of a pineapple rise from one spot and bend outwards at their sharp tips.",
        "Below, the pineapple is an upright oval; above, a spiky fountain about as tall again.",
    ),
)
def pineapple(shape: Shape, rng: Random) -> None:
    """Make a pineapple: round or slim, knobbly, cross-cut or smooth, with a low or tall crown of leaves."""
    u = rng.uniform
    radius = u(0.045, 0.075)
    height = radius * u(2.0, 3.6)
    t = np.linspace(0, 1, 36)
    width = radius * (1 - np.abs(2 * t - 1) ** u(2.5, 4.0) * u(0.3, 0.45))
    body = lathe([(0.0, 0.0), *zip(width.tolist(), (t * height).tolist(), strict=True), (0.0, height)], 48)
    skin = pick(rng, ("knobs", "knobs", "cuts", "smooth"))
    x, y, z = body.vertices.T
    spiral, rise = int(rng.integers(5, 9)), y / height * 2 * np.pi * u(2.0, 3.2)
    around = np.arctan2(z, x) * spiral
    wave = np.cos(around + rise * 1.5) + np.cos(around - rise * 1.5)
    if skin == "cuts":
        wave = np.minimum(np.abs(np.cos((around + rise) / 2)), np.abs(np.cos((around - rise) / 2))) ** 0.3
    factor = 1 + (0.0 if skin == "smooth" else u(0.025, 0.06)) * wave
    body = Mesh(body.vertices * np.stack([factor, np.ones_like(factor), factor], axis=1), body.faces)
    shape.add("body", body)
    long = height * u(0.45, 1.2)
    count = int(rng.integers(12, 40))
    leaf = blade(long, long * u(0.12, 0.25), u(0.1, 0.7), 0.5, 1.6, 7)
    order = np.linspace(0, 1, count)
    ways = directions(rng, count, 0, 1)
    lift = np.deg2rad(u(15, 45) + (85 - 30) * order)
    ways = np.stack([ways[:, 0] * np.cos(lift), np.sin(lift), ways[:, 2] * np.cos(lift)], axis=1)
    roots = ways * [radius * 0.25, 0, radius * 0.25] + np.array([0, height * 0.96, 0])
    shape.add("leaf", placed(leaf, roots, ways, 0.55 + 0.45 * order))
    said = {"knobs": "covered with knobs", "cuts": "a pattern of diamonds", "smooth": "a smooth body"}
    shape.say(said[skin], "a tall crown of leaves" if long > 0.8 * height else "a low crown of leaves")
    shape.say("slim" if height > 2.9 * radius else "stout", "many leaves" if count > 25 else "few leaves")
    if chance(rng, 0.15):
        turn(shape, z_deg=90, y_deg=u(0, 360))
        shape.say("lying on its side")
    set_down(shape)
