"""Make vases: profiles of many kinds, empty or with flowers."""

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import bouquet
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
from pointclip2.worlds.shapes.mesh import lathe, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

_KNOTS: dict[str, tuple[tuple[float, float], ...]] = {
    "amphora": ((0.35, 0), (0.55, 0.2), (1.0, 0.6), (0.75, 0.78), (0.35, 0.86), (0.45, 1)),
    "bottle": ((0.7, 0), (1.0, 0.25), (0.8, 0.5), (0.3, 0.68), (0.25, 0.85), (0.38, 1)),
    "trumpet": ((0.45, 0), (0.38, 0.3), (0.5, 0.65), (0.72, 0.88), (1.0, 1)),
    "belly": ((0.55, 0), (0.95, 0.25), (1.0, 0.5), (0.7, 0.8), (0.55, 0.92), (0.65, 1)),
    "shouldered": ((0.5, 0), (0.65, 0.3), (1.0, 0.75), (0.8, 0.9), (0.4, 0.95), (0.45, 1)),
    "gourd": ((0.6, 0), (1.0, 0.25), (0.5, 0.52), (0.65, 0.7), (0.3, 0.88), (0.35, 1)),
    "waisted": ((0.8, 0), (0.6, 0.35), (0.55, 0.6), (1.0, 1)),
    "ball": ((0.45, 0), (0.9, 0.2), (1.0, 0.5), (0.85, 0.82), (0.5, 1)),
    "bucket": ((0.6, 0), (0.75, 0.33), (0.88, 0.66), (1.0, 1)),
    "teardrop": ((0.7, 0), (1.0, 0.22), (0.75, 0.5), (0.4, 0.78), (0.28, 1)),
    "egg": ((0.55, 0), (0.85, 0.25), (1.0, 0.55), (0.92, 0.8), (0.72, 0.96), (0.76, 1)),
    "tube": ((0.97, 0), (1.0, 0.33), (1.0, 0.66), (1.0, 1)),
    "urn": ((0.7, 0), (0.35, 0.12), (0.4, 0.2), (0.9, 0.5), (0.95, 0.75), (0.7, 0.88), (1.0, 1)),
}
_WORDS = {
    "amphora": "body narrow at the bottom and wide above the middle",
    "bottle": "round belly with a long thin neck",
    "trumpet": "opens like a trumpet at the top",
    "belly": "big round belly",
    "shouldered": "high wide shoulders and a small mouth",
    "gourd": "two bulges, one above the other",
    "waisted": "narrow waist in the middle",
    "ball": "body like a sphere",
    "bucket": "plain cone wall that widens upwards",
    "teardrop": "drop-shaped, tapering to a thin top",
    "egg": "body like an egg with a wide mouth",
    "tube": "straight upright walls",
    "urn": "urn on a narrow foot",
}


_STRAIGHT = ("tube", "bucket", "waisted")


@shape_class(
    "vase",
    parts=("body", "handle", "foot", "stem", "leaf", "flower"),
    synonyms=("urn", "amphora", "flower jar"),
)
def vase(shape: Shape, rng: Random) -> None:
    """Make a vase: thirteen families of profile with knots moved at random; fluted, square, twisted, flat; flowers."""
    u = rng.uniform
    kind = str(rng.choice(list(_KNOTS)))
    height = u(0.14, 0.6)
    # A low one with straight walls would be a cup or a pot.
    radius = height * u(0.13, 0.3 if kind in _STRAIGHT else 0.5)
    knots = np.array(_KNOTS[kind])
    knots[:, 0] *= radius * rng.uniform(0.85, 1.15, len(knots))
    inner = slice(1, -1)
    knots[inner, 1] += rng.normal(0, 0.02, len(knots) - 2)
    knots[:, 1] *= height
    profile: Profile = curve([(float(r), float(y)) for r, y in knots], 22)
    if rng.random() < 0.25:
        profile = [(float(r), float(y)) for r, y in knots]
        shape.say("sharp edges in its outline")
    if rng.random() < 0.2:
        lip = profile[-1][0] * u(1.1, 1.4)
        profile += [(lip, height * 1.01), (lip, height * u(1.03, 1.06))]
        shape.say("thick rim around the mouth")
    thick = radius * u(0.02, 0.1)
    form = str(rng.choice(["round", "round", "round", "fluted", "square", "twisted", "rings"]))
    segments = 64 if form in ("fluted", "twisted") else 32
    body = (
        hollow(profile, thick, segments=segments)
        if rng.random() < 0.75
        else lathe([(0.0, 0.0), *profile], segments)
    )

    lobes, depth, twist, power = int(rng.integers(5, 17)), u(0.02, 0.08), u(0.1, 0.6), u(3.0, 12.0)
    if form == "fluted":
        body = fluted(body, lobes, depth)
        shape.say("vertical ribs around the body")
    elif form == "twisted":
        body = fluted(body, int(rng.integers(3, 8)), depth * 1.5, twist)
        shape.say("twisted in a spiral")
    elif form == "square":
        body = squared(body, power)
        shape.say("square seen from above")
    elif form == "rings":
        for share in np.linspace(0.1, 0.9, int(rng.integers(2, 8))):
            at = height * float(share)
            shape.add("body", torus(radius_at(profile, at), radius * u(0.02, 0.06), (0, at, 0)))
        shape.say("horizontal rings around the body")
    parts = [("body", body)]
    if rng.random() < 0.2 or (kind == "amphora" and rng.random() < 0.6):
        high, low = height * u(0.82, 0.97), height * u(0.5, 0.72)
        across = max(radius_at(profile, low) - radius_at(profile, high), 0.0) * u(0.3, 0.7)
        reach = across + radius * u(0.15, 0.4)
        grip = handle(high, low, reach, radius * u(0.08, 0.2), profile, u(0, 0.5), u(0, 0.4))
        parts.append(("handle", grip))
        if rng.random() < 0.85:
            parts.append(("handle", grip.scaled(x=-1)))
            shape.say("two handles")
        else:
            shape.say("one handle")
    if rng.random() < 0.2:
        base = max(profile[0][0], radius * 0.3) * u(1.0, 1.4)
        rise = height * u(0.02, 0.08)
        foot = lathe(
            [(0.0, -rise), (base, -rise), (base * 0.95, -rise * 0.3), (profile[0][0], 0.0), (0.0, 0.0)], 28
        )
        parts.append(("foot", squared(foot, power) if form == "square" else foot))
        parts = [(part, mesh.moved(y=rise)) for part, mesh in parts]
        shape.say("standing on a foot")
    if form != "rings" and rng.random() < 0.12:
        flat = u(0.35, 0.75)
        parts = [(part, mesh.scaled(z=flat)) for part, mesh in parts]
        shape.say("flattened from front to back")
    elif form in ("round", "rings"):
        shape.say("round seen from above")
    if rng.random() < (0.5 if kind in _STRAIGHT else 0.22):
        mouth = profile[-1][0]
        stems, leaves, flowers = bouquet(
            rng, (0, height * 0.75, 0), u(10, 45), height * u(0.7, 1.6), int(rng.integers(2, 12))
        )
        if mouth > 0.25 * radius:
            parts += [("stem", stem) for stem in stems]
            parts += [("leaf", leaf) for leaf in leaves]
            parts += [("flower", flower) for flower in flowers]
            shape.say(f"{len(stems)} flowers standing in it")
    for part, mesh in parts:
        shape.add(part, mesh)
    shape.say(_WORDS[kind], say_proportion(height, 2 * radius, "vase"))
    del shape.attributes[6:]
