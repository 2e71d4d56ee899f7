"""Make what one drinks from: cups and mugs."""

import numpy as np

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
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

_TUMBLER, _TEACUP, _MUG = (
    ("straight", "wider"),
    ("wider", "flared", "rounded"),
    ("straight", "wider", "barrel", "narrower"),
)
"""Forms of wall: a tumbler with a belly would be a vase, and a deep straight teacup a mug."""


def _wall(rng: Random, radius: float, height: float, kinds: tuple[str, ...]) -> tuple[Profile, str]:
    """Return the outside of a drinking vessel, and what to call it."""
    u = rng.uniform
    kind = str(rng.choice(kinds))
    if kind in _TUMBLER:
        foot = (
            radius * u(0.97, 1.0) if kind == "straight" else radius * u(0.8 if kinds is _MUG else 0.55, 0.94)
        )
        edge = height * u(0.0, 0.08)
        profile = [(foot * 0.93, 0.0), (foot, edge + 1e-4), (radius, height)]
        return profile, "straight cylinder wall" if kind == "straight" else "wall that widens towards the rim"
    if kind == "barrel":
        return curve(
            [(radius * u(0.75, 0.9), 0), (radius, height * u(0.4, 0.6)), (radius * u(0.8, 0.95), height)]
        ), "barrel-shaped wall"
    if kind == "flared":
        knots = [(radius * u(0.8, 0.95), 0.0), (radius * u(0.7, 0.85), height * 0.5), (radius, height)]
        return curve(knots), "waisted wall with a flared rim"
    if kind == "rounded":
        foot = radius * u(0.4, 0.6)
        knots = [(foot, 0.0), (radius * 0.85, height * 0.25), (radius * 0.97, height * 0.6), (radius, height)]
        return curve(knots), "rounded at the bottom"
    return [(radius, 0.0), (radius * u(0.75, 0.95), height)], "wall that narrows towards the rim"


def _grip(
    rng: Random, profile: Profile, height: float, radius: float, thick: tuple[float, float]
) -> tuple[Mesh, str]:
    """Return one handle in one of the usual forms, its thickness drawn from shares of the radius."""
    u = rng.uniform
    high, low = height * u(0.72, 0.95), height * u(0.1, 0.4)
    thickness = radius * u(*thick)
    reach = radius * u(0.4, 0.95)
    squareness, skew = float(rng.choice([0.0, 0.0, u(0.3, 0.9)])), u(-0.3, 0.45)
    strap = u(0.7, 2.2)
    mesh = handle(high, low, reach, thickness, profile, squareness, skew, strap)
    if rng.random() < 0.1:
        mesh = (
            torus((high - low) / 2, thickness * 0.5)
            .rotated_deg(x=90)
            .moved(x=radius_at(profile, height / 2), y=max((high + low) / 2, (high - low + thickness) / 2))
        )
        mesh = mesh.moved(x=(high - low) / 2 - thickness * 0.2)
        return mesh, "ring handle"
    return mesh, "square handle" if squareness > 0.4 else "curved ear handle"


@shape_class(
    "cup",
    parts=("body", "handle", "stem", "saucer", "lid"),
    synonyms=("beaker", "tumbler", "goblet", "teacup"),
)
def cup(shape: Shape, rng: Random) -> None:
    """Make a cup: low ones with a handle, tea cups with a saucer, tumblers, stemmed glasses, paper cups with a lid."""
    u = rng.uniform
    style = str(rng.choice(["handled", "handled", "tea", "tea", "tumbler", "stemmed", "paper"]))
    radius = u(0.03, 0.055)
    height = radius * {
        "tea": u(0.9, 1.7),
        "stemmed": u(1.0, 3.2),
        "paper": u(2.0, 3.2),
        "tumbler": u(1.6, 3.6),
    }.get(style, u(1.0, 1.8))
    profile, wall = _wall(rng, radius, height, _TUMBLER if style == "tumbler" else _TEACUP)
    if style == "paper":
        foot, lip = radius * u(0.6, 0.85), height * u(0.94, 0.98)
        profile, wall = (
            [(foot, 0.0), (radius, lip), (radius * 1.06, lip), (radius * 1.05, height)],
            "cone wall that widens upwards",
        )
    if style == "tea" and rng.random() < 0.7:
        knots = [
            (radius * u(0.35, 0.6), 0.0),
            (radius * 0.8, height * 0.35),
            (radius * u(0.85, 0.95), height * 0.75),
            (radius, height),
        ]
        profile, wall = curve(knots), "bowl-shaped body"
    if style == "stemmed":
        belly, mouth = u(0.8, 1.25), u(0.7, 1.1)
        profile = curve(
            [
                (0.003, 0),
                (radius * belly * 0.75, height * 0.25),
                (radius * belly, height * 0.55),
                (radius * mouth, height),
            ]
        )
        wall = "curved bowl on a stem"
        if rng.random() < 0.25:
            profile, wall = [(0.003, 0.0), (radius * 1.25, height * 0.55)], "wide cone on a stem"
    body = hollow(profile, radius * u(0.03, 0.14), segments=32)
    if style in ("tumbler", "handled") and rng.random() < 0.2:
        body = (
            fluted(body, int(rng.integers(6, 9)), u(0.02, 0.04))
            if rng.random() < 0.5
            else squared(body, u(3, 8))
        )
        shape.say("faceted body")
    lift = 0.0
    if style == "stemmed":
        lift = radius * u(0.4, 2.4)
        thin = radius * u(0.07, 0.25)
        base = radius * u(0.7, 1.0)
        foot_profile = [(0.0, 0.0), (base, 0.0), (base * 0.95, radius * 0.06), (thin * 1.2, radius * 0.18)]
        shape.add("stem", lathe([*foot_profile, (thin, lift * 0.6), (thin * 1.5, lift + radius * 0.05)], 24))
        if rng.random() < 0.25 and lift > radius:
            shape.add("stem", sphere(thin * u(1.6, 2.5), (0, lift * u(0.4, 0.7), 0), 8))
        shape.say("standing on a thin stem with a round disc foot")
    if (style == "tea" and rng.random() < 0.7) or (style == "handled" and rng.random() < 0.25):
        plate = radius * u(1.6, 2.8)
        lift = radius * 0.12
        dish = [
            (0.0, 0.0),
            (plate * 0.55, 0.0),
            (plate, plate * u(0.06, 0.22)),
            (plate * 0.97, plate * 0.24),
            (plate * 0.5, lift),
            (0, lift),
        ]
        shape.add("saucer", lathe(dish, 32))
        shape.say("on a round saucer")
    shape.add("body", body.moved(y=lift))
    if style == "handled" or (style == "tea" and rng.random() < 0.9):
        grip, phrase = _grip(rng, profile, height, radius, (0.08, 0.18))
        shape.add("handle", grip.moved(y=lift))
        if rng.random() < 0.04:
            shape.add("handle", grip.scaled(x=-1).moved(y=lift))
            phrase = f"two handles, each a {phrase}"
        shape.say(f"one {phrase}" if not phrase.startswith("two") else phrase)
    else:
        shape.say("no handle")
    if style == "paper" and rng.random() < 0.65:
        cap = radius * u(0.12, 0.3)
        shape.add("lid", cylinder(radius * 1.08, cap, radius * u(0.85, 1.0), (0, height + cap / 2, 0)))
        if rng.random() < 0.4:
            shape.add(
                "lid",
                rod((0, height * 0.2, 0), (radius * u(-0.5, 0.5), height * u(1.3, 1.6), 0), radius * 0.08),
            )
            shape.say("a straw through the lid")
        else:
            shape.say("flat lid on top")
    else:
        shape.say("open round top")
    shape.say(wall, say_proportion(height, 2 * radius, "cup"))


@shape_class("mug", parts=("handle", "body"), synonyms=("coffee mug", "beer stein", "tankard"))
def mug(shape: Shape, rng: Random) -> None:
    """Make a mug: straight, tapered, barrel, waisted and squarish mugs, steins with rings and lids, travel mugs."""
    u = rng.uniform
    radius = u(0.033, 0.055)
    height = radius * u(1.7, 3.0)
    profile, wall = _wall(rng, radius, height, _MUG if rng.random() < 0.9 else ("flared",))
    body = hollow(profile, radius * u(0.04, 0.16), height * u(0.02, 0.12), 36)
    facets = rng.random()
    if facets < 0.08:
        body = squared(body, u(3, 9))
        shape.say("square with soft corners")
    elif facets < 0.16:
        body = fluted(body, int(rng.integers(6, 9)), u(0.015, 0.04))
        shape.say("faceted body")
    shape.add("body", body)
    grip, phrase = _grip(rng, profile, height, radius, (0.15, 0.32))
    shape.add("handle", grip)
    if rng.random() < 0.2:
        for share in np.linspace(0.08, 0.92, int(rng.integers(1, 5))):
            at = height * float(share)
            shape.add("body", torus(radius_at(profile, at), radius * 0.05, (0, at, 0)))
        shape.say("raised rings around the wall")
    lid = rng.random()
    if lid < 0.06:
        rise = radius * u(0.1, 0.5)
        mouth = profile[-1][0]
        shape.add(
            "body",
            lathe(
                [
                    (mouth * 1.03, height),
                    (mouth, height + rise * 0.4),
                    (mouth * 0.3, height + rise),
                    (0, height + rise),
                ],
                24,
            ),
        )
        shape.add("body", sphere(radius * 0.12, (0, height + rise, 0), 7))
        shape.add("body", box(radius * 0.25, radius * 0.3, radius * 0.12, (mouth, height + radius * 0.1, 0)))
        shape.say("closed by a lid")
    else:
        shape.say("open at the top")
    shape.say(f"one {phrase}", wall, say_proportion(height, 2 * radius, "mug"))
