"""Make what is worn on head and hand: hats and gloves."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, pick
from pointclip2.worlds.shapes.makers.turned import Profile, curve, fluted
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    grid,
    lathe,
    merge,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "hat",
    parts=("crown", "brim", "band", "bobble"),
    synonyms=(
        "top hat",
        "cowboy hat",
        "sun hat",
        "straw hat",
        "bowler hat",
        "witch hat",
        "beanie",
        "fedora",
        "sombrero",
    ),
    described=(
        "A hat is a hollow dome or drum with a brim that runs all around it.",
        "The brim of the hat is a flat or wavy ring, often turned up at two sides.",
        "A top hat is a tall cylinder with a narrow curled edge; a witch's hat ends in a point.",
        "Round the foot of the crown the hat wears a ribbon.",
        "A knitted hat is a close cap without a brim, with a ball of wool on top of the hat.",
    ),
)
def hat(shape: Shape, rng: Random) -> None:
    """Make a hat: top hat, bowler, fedora, cowboy's, sun hat, witch's, party cone, sombrero, cook's, knitted."""
    u = rng.uniform
    kind = pick(
        rng,
        (
            "top",
            "bowler",
            "fedora",
            "cowboy",
            "cowboy",
            "sun",
            "witch",
            "party",
            "sombrero",
            "cook",
            "knit",
            "knit",
        ),
    )
    radius = u(0.085, 0.105)
    high = radius * {
        "top": u(1.5, 2.3),
        "witch": u(2.5, 4.0),
        "party": u(2.0, 3.0),
        "cook": u(1.8, 2.8),
        "sombrero": u(1.4, 2.0),
    }.get(kind, u(1.05, 1.4))
    wall: dict[str, list[tuple[float, float]]] = {
        "top": [(1.0, 0.0), (0.95, 0.4), (1.0, 0.97), (0.96, 1.0), (0.0, 1.0)],
        "fedora": [(1.0, 0.0), (0.95, 0.5), (0.82, 0.9), (0.65, 1.0), (0.0, 0.86)],
        "cowboy": [(1.0, 0.0), (0.96, 0.5), (0.85, 0.92), (0.65, 1.0), (0.0, 0.84)],
        "witch": [(1.0, 0.0), (0.6, 0.33), (0.25, 0.7), (0.0, 1.0)],
        "party": [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)],
        "sombrero": [(1.0, 0.0), (0.75, 0.5), (0.5, 0.9), (0.3, 1.0), (0.0, 1.0)],
        "cook": [(1.0, 0.0), (1.0, 0.45), (1.35, 0.6), (1.4, 0.82), (0.9, 1.0), (0.0, 1.0)],
    }
    dome = [(float(np.cos(a)) ** 0.8, float(np.sin(a))) for a in np.linspace(0, np.pi / 2 - 0.01, 9)]
    knots = [(r * radius, y * high) for r, y in wall.get(kind, [*dome, (0.0, 1.0)])]
    smooth = kind not in ("top", "party") and kind in wall
    profile: Profile = curve(knots, 24) if smooth else knots
    crown = lathe(profile, 40)
    if kind == "cook":
        crown = fluted(crown, int(rng.integers(8, 16)), u(0.02, 0.06))
        shape.say("a puffed top with pleats")
    elif kind in ("fedora", "cowboy"):
        x, y, z = crown.vertices.T
        up = np.clip(y / high - 0.45, 0, 1) / 0.55
        pinch = 1 - u(0.2, 0.4) * up * np.clip(z / radius, 0, 1)
        crown = Mesh(np.stack([x * pinch, y, z], axis=1), crown.faces)
        shape.say("a crease along the top")
    elif kind == "witch" and chance(rng, 0.7):
        share = crown.vertices[:, 1] / high
        bend = u(0.5, 1.5) * radius * np.clip(share - 0.45, 0, 1) ** 2 * 3
        crown = Mesh(crown.vertices + np.outer(bend, [1.0, -0.35, 0.0]), crown.faces)
        shape.say("a bent tip")
    oval = u(1.05, 1.25) if kind in ("fedora", "cowboy", "bowler", "top") else 1.0
    pieces = [("crown", crown)]
    wide = radius * {
        "top": u(1.3, 1.5),
        "bowler": u(1.3, 1.5),
        "fedora": u(1.5, 1.8),
        "sombrero": u(2.5, 3.5),
    }.get(kind, u(1.7, 2.4))
    if kind not in ("party", "cook", "knit"):
        rows, count = 7, 48
        r = np.linspace(radius * 0.97, wide, rows)[:, None]
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)[None, :]
        share = (r - radius) / (wide - radius)
        curl = {
            "cowboy": u(0.5, 1.1),
            "bowler": u(0.15, 0.4),
            "top": u(0.15, 0.35),
            "fedora": u(-0.1, 0.3),
        }.get(kind, 0.0)
        rise = curl * radius * share**2 * np.cos(angle) ** 2
        if kind == "sombrero":
            rise = radius * u(0.3, 0.8) * share**3 + 0 * angle
        elif kind in ("sun", "witch"):
            rise = -u(0.0, 0.5) * radius * share + u(0, 0.14) * radius * share * np.sin(
                int(rng.integers(2, 6)) * angle + u(0, 6)
            )
        points = np.stack([r * np.cos(angle), rise + 0 * r, r * np.sin(angle)], axis=-1)
        top = grid(points, wrap_columns=True)
        pieces.append(("brim", merge([top, top.moved(y=-radius * 0.03)])))
        shape.say("a wide brim" if wide > 1.75 * radius else "a narrow brim")
        if curl > 0.4 or kind == "sombrero":
            shape.say("the brim turned up")
        if chance(rng, 0.7):
            deep = high * u(0.08, 0.2)
            band = lathe([(radius * 1.02, 0.0), (radius * 1.0, deep)], 36)
            pieces.append(("band", band))
            shape.say("a ribbon around it")
    elif kind == "knit":
        cuff = lathe(
            curve(
                [
                    (radius * 0.98, 0.0),
                    (radius * 1.1, high * 0.06),
                    (radius * 1.08, high * u(0.2, 0.35)),
                    (radius * 0.96, high * 0.36),
                ],
                10,
            ),
            60,
        )
        pieces.append(("brim", fluted(cuff, 20, 0.015)))
        if chance(rng, 0.65):
            ball = radius * u(0.2, 0.38)
            pieces.append(("bobble", fluted(sphere(ball, (0, high + ball * 0.7, 0), 16), 9, 0.06)))
            shape.say("a ball of wool on top")
        shape.say("knitted, with a rolled edge")
    elif kind == "party":
        if chance(rng, 0.6):
            pieces.append(("bobble", sphere(radius * u(0.12, 0.25), (0, high, 0), 9)))
            shape.say("a ball on its tip")
        shape.say("a plain cone")
    else:
        pieces.append(("band", lathe([(radius * 1.03, 0.0), (radius * 1.03, high * 0.4)], 36)))
    for part, mesh in pieces:
        shape.add(part, mesh.scaled(z=oval))
    words = {
        "top": "a tall cylinder",
        "bowler": "a hard round dome",
        "witch": "a long point",
        "sombrero": "a huge round brim",
    }
    shape.say(
        words.get(kind, "tall" if high > 1.6 * radius else "of usual height"),
        "oval from above" if oval > 1.1 else "round from above",
    )
    if chance(rng, 0.06):
        turn(shape, x_deg=180)
        shape.say("upside down")
    turn(shape, y_deg=u(0, 360))
    set_down(shape)


def _digit(root: Array, way: Array, long: float, girth: float, curl: float) -> Mesh:
    """Return a finger from ``root`` in the plane z = 0 along ``way``, its tip bent to +z by ``curl``."""
    t = np.linspace(0, 1, 8)
    path = root + np.outer(t * long, way) + np.outer(curl * long * t**2, [0, 0, 1])
    return tube(path, girth * np.array([1.0, 1.05, 1.0, 1.0, 1.0, 0.95, 0.8, 0.35]), 10)


@shape_class(
    "glove",
    parts=("palm", "finger", "thumb", "cuff"),
    synonyms=("mitten", "boxing glove", "work glove", "winter glove", "oven mitt", "pair of gloves"),
    described=(
        "A glove has the shape of a flat hand: four fingers side by side and a thumb that stands apart.",
        "Below the palm the glove ends in an open cuff.",
        "Mittens are gloves with one broad pocket for all the fingers.",
        "A boxing glove is a fat padded ball with a stub of a thumb and a short sleeve.",
        "Stood on its cuff, the glove looks like a raised hand.",
    ),
)
def glove(shape: Shape, rng: Random) -> None:
    """Make a glove: five fingers, a mitten, a boxing glove or a gauntlet; flat, upright, spread or curled."""
    u = rng.uniform
    kind = pick(rng, ("fingers", "fingers", "fingers", "mitten", "boxing", "gauntlet"))
    wide = u(0.08, 0.11)
    tall, deep = wide * u(0.95, 1.2), wide * u(0.28, 0.45)
    if kind == "boxing":
        wide *= u(1.2, 1.5)
        tall, deep = wide * u(1.2, 1.4), wide * u(0.75, 0.95)
        fist = superellipsoid(wide, tall, deep, u(0.75, 0.95), (0, tall * 0.55, 0)).tapered(1, 0.75, 1.1)
        shape.add("palm", fist)
        pad = superellipsoid(wide * 0.9, tall * 0.45, deep * 0.6, 0.8, (0, tall * 0.8, deep * 0.4), 12)
        shape.add("finger", pad)
        shape.add(
            "thumb",
            superellipsoid(wide * 0.34, tall * 0.62, deep * 0.45, 0.9, (0, 0, 0), 10)
            .rotated_deg(z=-15)
            .moved(wide * 0.5, tall * 0.5, deep * 0.2),
        )
        shape.say("fat and padded", "a stub of a thumb")
    else:
        shape.add(
            "palm", superellipsoid(wide, tall, deep, 0.55, (0, tall / 2, 0)).tapered(1, u(0.75, 0.95), 1.0)
        )
        curl, spread = u(-0.05, 0.4), u(2, 12)
        girth = wide * u(0.11, 0.14)
        reach = wide * u(0.75, 1.0)
        if kind == "mitten":
            pocket = superellipsoid(wide * 0.98, reach * 1.6, deep * 0.95, 0.75, (0, tall * 0.95, 0)).bent(
                1, 2, 0.0
            )
            shape.add("finger", pocket)
            shape.say("one pocket for all fingers")
        else:
            for k, share in enumerate((0.78, 0.95, 1.0, 0.9)):
                lean = np.deg2rad((k - 1.5) * spread)
                way = np.array([np.sin(lean), np.cos(lean), 0.0])
                root = np.array([(k - 1.5) * wide * 0.235, tall * 0.92, 0.0])
                shape.add("finger", _digit(root, way, reach * share, girth, curl))
            shape.say(
                "fingers spread" if spread > 7 else "fingers together",
                "fingers curled" if curl > 0.2 else "fingers straight",
            )
        lean = np.deg2rad(u(20, 60))
        way = np.array([np.sin(lean), np.cos(lean), 0.25])
        shape.add(
            "thumb",
            _digit(np.array([wide * 0.38, tall * 0.32, 0.0]), way, reach * u(0.75, 0.95), girth * 1.2, 0.0),
        )
    long = wide * (u(0.9, 1.6) if kind == "gauntlet" else u(0.25, 0.6))
    mouth = wide * (u(0.55, 0.75) if kind == "gauntlet" else u(0.4, 0.5))
    sleeve = lathe(
        [(mouth, -long), (wide * 0.4, wide * 0.08), (wide * 0.36, wide * 0.08), (mouth * 0.92, -long * 0.99)],
        28,
    )
    if chance(rng, 0.3):
        sleeve = merge([sleeve, torus(mouth, wide * 0.06, (0, -long, 0))])
        shape.say("a thick hem")
    flat = deep / wide * (1.1 if kind == "boxing" else 1.5)
    shape.add("cuff", sleeve.scaled(z=min(1.0, flat)))
    shape.say(
        "a long flared cuff"
        if kind == "gauntlet"
        else "a long cuff"
        if long > 0.42 * wide
        else "a short cuff"
    )
    if chance(rng, 0.5):
        shape.meshes[:] = [mesh.scaled(x=-1) for mesh in shape.meshes]
    if chance(rng, 0.45):
        turn(shape, x_deg=-90)
        turn(shape, y_deg=u(-180, 180))
        shape.say("lying flat")
    else:
        turn(shape, y_deg=u(-40, 40))
        shape.say("upright")
    set_down(shape)
