"""Make vessels to pour from: jugs, teapots, kettles."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down
from pointclip2.worlds.shapes.makers.supports import chance, pick
from pointclip2.worlds.shapes.makers.turned import (
    Profile,
    curve,
    fluted,
    handle,
    hollow,
    radius_at,
    say_proportion,
    squared,
)
from pointclip2.worlds.shapes.mesh import Mesh, cylinder, lathe, sphere, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def lid_with_knob(rng: Random, radius: float, y: float, rise: float) -> list[Mesh]:
    """Return a flat or domed lid of a round vessel, with a knob or a bow to lift it."""
    t = np.linspace(0, np.pi / 2, 8)
    dome = [(radius * float(np.cos(a)), y + rise * float(np.sin(a))) for a in t]
    meshes = [lathe([(radius * 0.9, y), (radius * 1.04, y), *dome, (0.0, y + rise)], 28)]
    size = radius * rng.uniform(0.1, 0.2)
    if chance(rng, 0.7):
        meshes += [
            cylinder(size * 0.5, size * 1.4, centre=(0, y + rise + size * 0.4, 0), segments=10),
            sphere(size, (0, y + rise + size * 1.5, 0), 8),
        ]
    else:
        arc = torus(size * 1.6, size * 0.35, segments=12, arc_deg=180).rotated_deg(x=-90)
        meshes.append(arc.moved(y=y + rise - size * 0.2))
    return meshes


def bail(radius: float, y: float, rise: float, thin: float, lean_deg: float = 0.0) -> Mesh:
    """Return a bow over a vessel between two ends at x = +-radius on height ``y``."""
    angle = np.linspace(0, np.pi, 20)
    path = np.stack([radius * np.cos(angle), rise * np.sin(angle) ** 0.7, 0 * angle], axis=1)
    return tube(path, thin, 7).rotated_deg(x=lean_deg).moved(y=y)


def spout(profile: Profile, low: float, tip: tuple[float, float], girth: float, bend: float) -> Mesh:
    """Return a spout on the -x side from height ``low`` to a tip at (reach, height); ``bend`` makes it an S."""
    start = radius_at(profile, low) * 0.85
    t = np.linspace(0, 1, 12)
    x = start + (tip[0] - start) * t
    y = low + (tip[1] - low) * (t - bend * np.sin(2 * np.pi * t) / 6)
    return tube(np.stack([-x, y, 0 * t], axis=1), girth * (1 - 0.55 * t), 12)


@shape_class(
    "jug",
    parts=("body", "handle", "spout", "lid", "foot"),
    synonyms=("pitcher", "water jug", "milk jug", "ewer", "creamer", "measuring jug"),
    described=(
        "A jug is a tall open vessel with one big handle and a lip for pouring opposite to it.",
        "The rim of the jug is drawn out into a beak on one side.",
        "From the side, a jug swells below, narrows at the throat and flares at its mouth.",
        "Seen from above the jug is a circle with a pointed lip on one side and a loop on the other.",
    ),
)
def jug(shape: Shape, rng: Random) -> None:
    """Make a jug: bellied, straight, conical, footed or squarish, with a drawn lip; some with a lid."""
    u = rng.uniform
    kind = pick(rng, ("belly", "straight", "cone", "footed", "square"))
    height = u(0.1, 0.32)
    radius = height * (u(0.2, 0.3) if kind == "footed" else u(0.26, 0.48))
    knots = {
        "belly": [(0.6, 0.0), (0.98, 0.25), (0.95, 0.5), (u(0.5, 0.65), 0.8), (u(0.6, 0.8), 1.0)],
        "straight": [(0.95, 0.0), (1.0, 0.3), (1.0, 0.7), (1.0, 1.0)],
        "cone": [(1.0, 0.0), (0.86, 0.35), (0.75, 0.7), (u(0.6, 0.75), 1.0)],
        "footed": [(0.4, 0.0), (0.9, 0.3), (1.0, 0.5), (0.5, 0.78), (0.62, 1.0)],
        "square": [(0.85, 0.0), (0.95, 0.4), (1.0, 0.7), (1.0, 1.0)],
    }[kind]
    profile = curve([(r * radius, y * height) for r, y in knots], 22)
    body = hollow(profile, radius * u(0.04, 0.09), segments=40)
    if kind == "square":
        body = squared(body, u(3, 7))
    x, y, z = body.vertices.T
    angle = np.arctan2(z, -x)
    lip = np.exp(-((angle / u(0.25, 0.45)) ** 2)) * np.clip((y / height - u(0.65, 0.85)) / 0.2, 0, 1) ** 1.5
    mouth = profile[-1][0]
    body = Mesh(
        body.vertices + np.stack([-lip * mouth * u(0.35, 0.7), lip * height * u(0, 0.1), 0 * lip], axis=1),
        body.faces,
    )
    beak = kind in ("straight", "square") or chance(rng, 0.75)
    lift = 0.0
    if kind == "footed":
        lift = height * u(0.08, 0.2)
        shape.add(
            "foot",
            lathe([(0, 0), (radius * 0.7, 0), (radius * 0.25, lift * 0.6), (radius * 0.42, lift * 1.1)], 28),
        )
        shape.say("standing on a foot")
    if not beak:
        body = hollow(profile, radius * 0.06, segments=40)
        low = height * u(0.45, 0.65)
        shape.add(
            "spout",
            spout(profile, low, (radius * 1.5, height * u(0.95, 1.08)), radius * 0.22, 0.3).moved(y=lift),
        )
    shape.say("a lip drawn out to pour" if beak else "a tube as its spout")
    shape.add("body", body.moved(y=lift))
    high, low = height * u(0.82, 1.0), height * u(0.15, 0.5)
    grip = handle(
        high, low, radius * u(0.4, 0.8), radius * u(0.12, 0.24), profile, u(0, 0.8), u(-0.2, 0.4), u(0.8, 1.8)
    )
    shape.add("handle", grip.moved(y=lift))
    shape.say("one big handle" if high - low > height * 0.5 else "a small handle")
    if chance(rng, 0.15):
        shape.add("lid", *lid_with_knob(rng, mouth, height + lift, radius * 0.15))
        shape.say("closed with a lid")
    words = {
        "belly": "a round belly",
        "cone": "wide below and narrow above",
        "square": "squarish seen from above",
    }
    shape.say(words.get(kind, "a slim throat" if kind == "footed" else "straight walls"))
    shape.say(say_proportion(height, 2 * radius, "jug"))


@shape_class(
    "teapot",
    parts=("body", "lid", "spout", "handle", "foot"),
    synonyms=("tea pot", "coffee pot", "teapot with a spout"),
    described=(
        "A teapot is a round belly with a curved spout on one side and a loop on the other.",
        "On top of the teapot sits a small domed lid with a knob.",
        "The spout of the teapot starts low on the body and bends outwards up to the height of its rim.",
        "Japanese teapots carry their handle as a bow above the lid of the teapot.",
        "In side view, belly, spout and handle give the teapot its unmistakable outline.",
    ),
)
def teapot(shape: Shape, rng: Random) -> None:
    """Make a teapot: round, squat, tall, boxy or ribbed, its handle at the side or above."""
    u = rng.uniform
    kind = pick(rng, ("ball", "ball", "squat", "tall", "cylinder", "boxy", "pear"))
    height = u(0.08, 0.2)
    ratio = {"squat": u(0.75, 0.95), "tall": u(0.32, 0.42), "cylinder": u(0.45, 0.6), "pear": u(0.45, 0.6)}
    radius = height * ratio.get(kind, u(0.52, 0.65))
    foot, mouth = u(0.45, 0.65), u(0.35, 0.5)
    knots = {
        "tall": [(0.8, 0), (1.0, 0.3), (0.85, 0.65), (0.6, 1.0)],
        "cylinder": [(0.97, 0), (1.0, 0.1), (1.0, 0.85), (0.7, 1.0)],
        "pear": [(0.7, 0), (1.0, 0.3), (0.65, 0.7), (0.45, 1.0)],
    }.get(kind, [(foot, 0), (0.93, 0.22), (1.0, 0.5), (0.85, 0.82), (mouth, 1.0)])
    profile = curve([(r * radius, y * height) for r, y in knots], 20)
    body = lathe([(0.0, 0.0), *profile, (0.0, height)], 40)
    if kind == "boxy":
        body = squared(body, u(4, 10))
    elif chance(rng, 0.25):
        body = fluted(body, int(rng.integers(6, 16)), u(0.02, 0.06))
        shape.say("ribs around the body")
    lift = height * u(0.0, 0.08)
    if lift > height * 0.03:
        shape.add("foot", cylinder(profile[0][0] * 0.9, lift * 1.2, centre=(0, lift * 0.5, 0)))
    shape.add("body", body.moved(y=lift))
    shape.add("lid", *lid_with_knob(rng, profile[-1][0] * u(0.9, 1.05), height + lift, height * u(0.04, 0.2)))
    low, tip = height * u(0.2, 0.45), height * u(0.85, 1.15)
    reach = radius * u(1.5, 2.0) if kind != "tall" else radius * u(1.7, 2.3)
    bend = u(0.3, 1.0)
    shape.add("spout", spout(profile, low, (reach, tip), radius * u(0.17, 0.28), bend).moved(y=lift))
    shape.say("an S-shaped spout" if bend > 0.65 else "a nearly straight spout")
    if chance(rng, 0.25):
        rise = height * u(0.4, 0.8)
        shape.add("handle", bail(radius * 0.75, height * 0.85 + lift, rise, radius * u(0.04, 0.09)))
        shape.say("a bow over the top as its handle")
    else:
        grip = handle(
            height * u(0.8, 0.95),
            height * u(0.12, 0.35),
            radius * u(0.4, 0.8),
            radius * u(0.1, 0.2),
            profile,
            u(0, 0.5),
            u(-0.1, 0.4),
        )
        shape.add("handle", grip.moved(y=lift))
        shape.say("a loop at the side as its handle")
    set_down(shape)
    words = {
        "ball": "round as a ball",
        "squat": "low and wide",
        "boxy": "squarish body",
        "pear": "pear-shaped body",
    }
    shape.say(words.get(kind, "tall and slim" if kind == "tall" else "upright walls"))


@shape_class(
    "kettle",
    parts=("body", "lid", "spout", "handle", "base"),
    synonyms=("tea kettle", "electric kettle", "water kettle", "water boiler"),
    described=(
        "A kettle is a broad vessel with a short spout and a strong handle above or behind it.",
        "The stove kettle is a flattened dome with a hooped grip over its lid.",
        "An electric kettle stands on a flat round base, its upright handle running from rim to foot.",
        "Widest at the bottom, the kettle tapers upwards to a small lid.",
    ),
)
def kettle(shape: Shape, rng: Random) -> None:
    """Make a kettle: for the stove with a bow above, or electric with a base, a beak and a handle behind."""
    u = rng.uniform
    electric = chance(rng, 0.5)
    radius = u(0.065, 0.085) if electric else u(0.08, 0.12)
    height = radius * (u(2.0, 2.9) if electric else u(0.95, 1.5))
    top = u(0.65, 0.85) if electric else u(0.3, 0.45)
    if electric:
        knots = [(0.98, 0.0), (1.0, 0.15), (0.93, 0.55), (top, 1.0)]
    else:
        knots = [(0.95, 0.0), (1.0, 0.12), (u(0.9, 1.0), 0.45), (0.7, 0.82), (top, 1.0)]
    profile = curve([(r * radius, y * height) for r, y in knots], 20)
    lift = radius * 0.25 if electric else 0.0
    body = lathe([(0.0, 0.0), *profile, (0.0, height)], 36)
    if electric:
        shape.add("base", cylinder(radius * u(1.0, 1.15), lift * 0.8, centre=(0, lift * 0.4, 0), segments=28))
        beak = lathe([(0.0, 0.0), (radius * 0.4, height * u(0.2, 0.35)), (0.0, height * 0.34)], 4)
        beak = beak.scaled(z=0.7).moved(-radius * top * 0.9, height * 0.62)
        shape.add("spout", beak.moved(y=lift))
        grip = handle(
            height * u(0.9, 0.98),
            height * u(0.1, 0.4),
            radius * u(0.45, 0.75),
            radius * u(0.2, 0.3),
            profile,
            u(0.5, 1.0),
            u(-0.1, 0.2),
            u(0.8, 1.2),
        )
        shape.add("handle", grip.moved(y=lift))
        lid = cylinder(profile[-1][0] * 0.95, height * 0.05, profile[-1][0] * 0.7, (0, height + lift, 0))
        shape.add("lid", lid)
        shape.say("electric, on a round base", "a triangular beak", "a tall handle behind")
    else:
        shape.add("lid", *lid_with_knob(rng, profile[-1][0], height, height * u(0.05, 0.15)))
        long = u(1.35, 1.8)
        low = height * u(0.35, 0.6)
        shape.add(
            "spout",
            spout(profile, low, (radius * long, height * u(0.9, 1.2)), radius * u(0.14, 0.24), u(0, 0.8)),
        )
        shape.say("a short spout" if long < 1.5 else "a long spout")
        rise = height * u(0.55, 0.95)
        form = pick(rng, ("across", "across", "arch"))
        hoop = bail(radius * 0.7, height * 0.82, rise, radius * u(0.05, 0.1))
        shape.add("handle", hoop if form == "across" else hoop.rotated_deg(y=90))
        shape.say("a bow over the top as its handle", "for the stove")
        if chance(rng, 0.3):
            body = fluted(body, int(rng.integers(8, 20)), u(0.01, 0.03))
            shape.say("fluted sides")
    shape.add("body", body.moved(y=lift))
    shape.say(say_proportion(height, 2 * radius, "kettle"))
