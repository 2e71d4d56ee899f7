"""Make vessels that hold food and drink: cans, jars, wine glasses."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, pick
from pointclip2.worlds.shapes.makers.turned import (
    Profile,
    curve,
    fluted,
    hollow,
    say_proportion,
    squared,
)
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, superellipsoid, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.pouring import bail, lid_with_knob


@shape_class(
    "can",
    parts=("body", "rim", "tab", "lid"),
    synonyms=("tin", "tin can", "soda can", "beer can", "soup can", "drink can", "tin of food"),
    described=(
        "A can is a plain closed cylinder with a thin raised rim at both ends.",
        "The flat top of the can lies a little below its edge, and a small ring is fixed to it.",
        "Tall and slim for drinks, low and wide for fish: a can is round and has straight walls.",
        "Drink cans narrow slightly at shoulder and foot, so the can looks waisted at its ends.",
        "Food tins have rings pressed into their wall, which run around the can like ripples.",
    ),
)
def can(shape: Shape, rng: Random) -> None:
    """Make a can: for drinks, for food, flat for fish, oblong for meat or oil, opened or closed."""
    u = rng.uniform
    kind = pick(rng, ("drink", "drink", "food", "food", "flat", "oblong", "paint"))
    radius = {"drink": u(0.026, 0.034), "flat": u(0.035, 0.06), "paint": u(0.05, 0.1)}.get(
        kind, u(0.03, 0.055)
    )
    height = radius * {"drink": u(3.2, 5.2), "flat": u(0.5, 1.1), "paint": u(1.8, 2.6)}.get(kind, u(1.5, 3.0))
    rim = radius * u(0.02, 0.05)
    end = radius * u(0.78, 0.92) if kind == "drink" else radius * u(0.95, 1.0)
    edge = height * u(0.04, 0.09)
    wall: Profile = [(end, 0.0), (radius, edge), (radius, height - edge), (end, height)]
    ribs = kind == "food" and chance(rng, 0.6)
    if ribs:
        t = np.linspace(0.2, 0.8, 30)
        wave = radius * (1 + u(0.01, 0.03) * np.sin(t * np.pi * 2 * rng.integers(5, 11)))
        wall[2:2] = list(zip(wave.tolist(), (t * height).tolist(), strict=True))
        shape.say("rings pressed into the wall")
    opened = chance(rng, 0.2)
    sink = height * (u(0.5, 0.95) if opened else u(0.01, 0.03))
    body = lathe([(0.0, 0.02 * height), (end * 0.9, 0.02 * height), *wall], 32)
    top = lathe([(end, height), (end * 0.95, height), (end * 0.95, height - sink), (0.0, height - sink)], 32)
    rims = [torus(end, rim, (0, y, 0)) for y in (rim, height)]
    flat = u(0.4, 0.75) if kind == "oblong" else 1.0
    if kind == "oblong" or (kind == "flat" and chance(rng, 0.4)):
        power = u(4, 10)
        body, top, *rims = (squared(mesh, power).scaled(z=flat) for mesh in (body, top, *rims))
        shape.say("rectangular with round corners")
    shape.add("body", body)
    shape.add("lid", top)
    shape.add("rim", *rims)
    if opened:
        shape.say("open at the top")
        if chance(rng, 0.5):
            leaf = cylinder(end * 0.93, rim, segments=24).scaled(z=flat).rotated_deg(z=u(40, 80))
            shape.add("lid", leaf.moved(end * 0.8, height + end * 0.7))
            shape.say("a bent lid standing up")
    elif kind == "paint":
        shape.add("tab", bail(radius * 1.02, height * 0.8, radius * u(0.5, 1.0), radius * 0.02, u(-100, 100)))
        shape.say("a wire handle")
    elif chance(rng, 0.75):
        pull = (
            torus(end * u(0.16, 0.26), rim, segments=14).scaled(x=1.4).moved(end * 0.3, height - sink + rim)
        )
        shape.add("tab", pull, box(end * 0.5, rim, end * 0.16, (0, height - sink + rim, 0)))
        shape.say("a ring to pull on top")
    else:
        shape.say("closed flat top")
    shape.say(say_proportion(height, 2 * radius, "can"))


@shape_class(
    "jar",
    parts=("body", "lid", "rim", "label"),
    synonyms=("glass jar", "jam jar", "mason jar", "cookie jar", "honey pot", "storage jar", "canister"),
    described=(
        "A jar is a wide cylinder with rounded shoulders and a broad short mouth.",
        "The lid of the jar is a flat disc that screws over a neck nearly as wide as the body.",
        "Unlike a bottle, a jar hardly narrows towards its opening.",
        "Clay jars bulge in the middle and wear a domed cover with a knob on the jar's mouth.",
        "Some jars are square or six-sided, but the mouth of the jar stays round.",
    ),
)
def jar(shape: Shape, rng: Random) -> None:
    """Make a jar: straight, bellied or faceted, open, with a screw lid, a clip or a knobbed lid."""
    u = rng.uniform
    radius = u(0.03, 0.09)
    height = 2 * radius * u(0.65, 1.9)
    mouth = radius * u(0.68, 0.92)
    kind = pick(rng, ("straight", "straight", "belly", "faceted", "square"))
    shoulder = u(0.68, 0.82)
    if kind == "belly":
        knots = [(radius * u(0.55, 0.75), 0.0), (radius * 0.97, 0.3), (radius, 0.55), (mouth, 0.88)]
        wall = curve([(r, y * height) for r, y in knots], 16)
    else:
        bend = np.linspace(0, np.pi / 2, 6)
        turn = [
            (
                mouth + (radius - mouth) * float(np.cos(a)),
                (shoulder + (0.88 - shoulder) * float(np.sin(a))) * height,
            )
            for a in bend
        ]
        wall = [(radius * 0.94, 0.0), (radius, 0.05 * height), *turn]
    body = hollow([*wall, (mouth, height)], radius * u(0.03, 0.08), segments=32)
    if kind == "faceted":
        below = body.vertices[:, 1] < 0.86 * height
        cut = fluted(body, int(rng.integers(6, 13)), u(0.02, 0.04))
        body = Mesh(np.where(below[:, None], cut.vertices, body.vertices), body.faces)
    elif kind == "square":
        below = body.vertices[:, 1] < 0.8 * height
        body = Mesh(np.where(below[:, None], squared(body, u(4, 9)).vertices, body.vertices), body.faces)
    shape.add("body", body)
    lid = pick(rng, ("screw", "screw", "screw", "knob", "clip", "cloth", "open"))
    deep = height * u(0.08, 0.16)
    if lid == "screw":
        cap = cylinder(mouth * u(1.04, 1.12), deep, centre=(0, height - deep * 0.3, 0), segments=28)
        shape.add("lid", fluted(cap, 14, 0.02) if chance(rng, 0.3) else cap)
        shape.say("a flat screw lid")
    elif lid == "knob":
        shape.add("lid", *lid_with_knob(rng, mouth * 1.05, height, radius * u(0.1, 0.5)))
        shape.say("a lid with a knob")
    elif lid == "clip":
        shape.add("lid", cylinder(mouth * 1.08, deep * 0.6, mouth * 0.9, (0, height + deep * 0.3, 0), 28))
        for side in (-1, 1):
            shape.add(
                "rim",
                rod(
                    (side * mouth * 1.1, height * 0.8, 0),
                    (side * mouth * 1.1, height + deep * 0.5, 0),
                    radius * 0.03,
                ),
            )
        shape.add("rim", torus(mouth * 1.05, radius * 0.04, (0, height * 0.93, 0)))
        shape.say("a lid held by a wire clip")
    elif lid == "cloth":
        skirt = lathe(
            [
                (mouth * 1.5, height * 0.8),
                (mouth * 1.1, height * 0.95),
                (mouth, height * 1.02),
                (0, height * 1.03),
            ],
            48,
        )
        shape.add("lid", fluted(skirt, int(rng.integers(8, 14)), 0.05))
        shape.say("a cloth tied over the mouth")
    else:
        shape.add("rim", torus(mouth, radius * u(0.04, 0.09), (0, height, 0)))
        shape.say("open at the top, with a thick rim")
    if chance(rng, 0.3) and kind == "straight":
        shape.add(
            "label", lathe([(radius * 1.01, 0.2 * height), (radius * 1.01, 0.62 * height)], 24, u(120, 360))
        )
        shape.say("a label around the body")
    words = {
        "straight": "straight walls",
        "belly": "a bulging belly",
        "faceted": "a faceted body",
        "square": "square body",
    }
    shape.say(words[kind], say_proportion(height, 2 * radius, "jar"))


@shape_class(
    "wine glass",
    parts=("bowl", "stem", "foot"),
    synonyms=("stemmed glass", "champagne glass", "champagne flute", "cocktail glass", "wineglass"),
    described=(
        "A wine glass is an egg-shaped bowl on a long thin stem with a flat round foot.",
        "The bowl of the wine glass is open above and draws in a little towards its rim.",
        "Slender and round, a wine glass is mostly empty air between bowl and foot.",
        "Flutes are wine glasses with a narrow tall bowl; a cocktail wine glass opens like a cone.",
    ),
)
def wine_glass(shape: Shape, rng: Random) -> None:
    """Make a wine glass: egg, balloon, flute, saucer or cone, on a plain or knobbed stem."""
    u = rng.uniform
    kind = pick(rng, ("egg", "egg", "balloon", "flute", "coupe", "cone"))
    radius = {"flute": u(0.02, 0.028), "balloon": u(0.042, 0.055)}.get(kind, u(0.03, 0.048))
    deep = radius * {
        "flute": u(4.5, 7.0),
        "balloon": u(1.7, 2.2),
        "coupe": u(0.8, 1.1),
        "cone": u(1.0, 1.5),
    }.get(kind, u(2.0, 3.0))
    knots = {
        "egg": [(0.05, 0), (0.75, 0.2), (1.0, 0.45), (u(0.68, 0.85), 1.0)],
        "balloon": [(0.05, 0), (0.85, 0.22), (1.0, 0.5), (u(0.5, 0.7), 1.0)],
        "flute": [(0.05, 0), (0.7, 0.2), (1.0, 0.55), (u(0.75, 0.95), 1.0)],
        "coupe": [(0.05, 0), (0.75, 0.3), (0.97, 0.7), (1.0, 1.0)],
    }
    profile = (
        curve([(r * radius, y * deep) for r, y in knots[kind]], 20)
        if kind in knots
        else [(0.002, 0.0), (radius * 1.2, deep)]
    )
    lift = radius * u(1.2, 3.2)
    bowl = hollow(profile, radius * 0.04, deep * 0.05, 32)
    if chance(rng, 0.15):
        bowl = fluted(bowl, int(rng.integers(6, 12)), 0.02)
        shape.say("a faceted bowl")
    shape.add("bowl", bowl.moved(y=lift))
    thin, base = radius * u(0.06, 0.14), radius * u(0.75, 1.05)
    shape.add(
        "foot",
        lathe(
            [(0, 0), (base, 0), (base, radius * 0.05), (thin * 1.5, radius * u(0.1, 0.3)), (0, radius * 0.2)],
            28,
        ),
    )
    shape.add(
        "stem",
        lathe(
            curve(
                [(thin * 2, radius * 0.1), (thin, lift * 0.3), (thin, lift * 0.8), (thin * 2.2, lift * 1.03)],
                12,
            ),
            12,
        ),
    )
    if chance(rng, 0.25):
        at = lift * u(0.35, 0.8)
        shape.add("stem", superellipsoid(thin * 4, thin * u(2, 5), thin * 4, centre=(0, at, 0), detail=8))
        shape.say("a knob in the stem")
    words = {
        "egg": "an egg-shaped bowl",
        "balloon": "a wide balloon bowl",
        "flute": "a tall narrow flute",
        "coupe": "a shallow bowl",
    }
    shape.say(words.get(kind, "a bowl like a cone"), "a long stem" if lift > 2.2 * radius else "a short stem")
    shape.say("a wide foot" if base > 0.9 * radius else "a small foot")
