"""Make animals of the sea: a fish, an octopus. They look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step, turn
from pointclip2.worlds.shapes.mesh import Mesh, grid, merge, sphere, superellipsoid, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import skin


def _fin(base: list[tuple[float, float]], tip: list[tuple[float, float]], thick: float) -> Mesh:
    """Return an upright fin between two lines of points (z, y) with the same number of points."""
    low, high = np.array(base), np.array(tip)
    faces = [
        grid(
            np.stack(
                [
                    np.column_stack([np.full(len(low), s * thick), low[:, 1], low[:, 0]]),
                    np.column_stack([np.zeros(len(high)), high[:, 1], high[:, 0]]),
                ]
            )
        )
        for s in (-1, 1)
    ]
    return merge(faces)


@shape_class(
    "fish",
    parts=("body", "tail", "fin", "eye", "base"),
    synonyms=("goldfish", "shark", "trout", "salmon", "tuna"),
    described=(
        "A fish is a smooth pointed body, taller than it is wide, with an upright fan at its tail.",
        "Thin fins stand on the back and hang below the fish, and a small pair sticks out at its sides.",
        "Seen from the front the fish is a narrow upright oval.",
        "A shark is a long kind of fish with a sharp triangle on its back and a tail like a sickle.",
    ),
)
def fish(shape: Shape, rng: Random) -> None:
    """Make a fish: usual, tall and flat, long, a ball, or a shark; straight or bent as it swims, some on a stand."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("usual", "usual", "tall", "long", "ball", "shark")
    long = b(1.0, 4.0) if kind == "shark" else b(0.08, 0.7)
    high = long * {
        "tall": b(0.5, 0.75),
        "long": b(0.13, 0.2),
        "ball": b(0.6, 0.75),
        "shark": b(0.18, 0.26),
    }.get(kind, b(0.26, 0.42))
    wide = high * {"tall": b(0.2, 0.35), "ball": b(0.8, 1.0), "shark": b(0.75, 0.95)}.get(kind, b(0.4, 0.6))
    s = np.linspace(0, 1, 11)
    fat = np.sin(np.pi * s ** b(0.6, 0.8)) ** b(0.65, 0.9)
    fat = np.maximum(fat, np.where(s < 0.5, 0.03, b(0.12, 0.2)))
    bow = long * b(-0.12, 0.12) if d.chance(0.5) else 0.0
    pieces: list[tuple[str, Mesh]] = [
        (
            "body",
            skin([(long * (0.5 - x), wide * f, high * f, 0.0) for x, f in zip(s, fat, strict=True)], 1.0, 18),
        )
    ]
    stem, span, deep = (
        high * fat[-1] / 2,
        high * b(0.3, 0.55) if kind != "ball" else high * 0.28,
        long * b(0.12, 0.24),
    )
    end = -long * 0.48
    fork = b(0.0, 0.75)
    y = np.linspace(-1, 1, 9)
    crescent = [(end - deep * (1 - fork * (1 - abs(q)) ** 0.8), span * q) for q in y]
    if kind == "shark":
        crescent = [(z, q * (1.5 if q > 0 else 0.8)) for z, q in crescent]
    pieces.append(("tail", _fin([(end + 0.02 * long, stem * q) for q in y], crescent, wide * 0.03)))
    top = high * b(0.2, 0.6) if kind != "shark" else high * b(0.6, 0.9)
    first, last = (0.15, -0.3) if kind != "shark" else (0.1, -0.1)
    z = np.linspace(first, last, 7) * long
    back = [float(np.interp(0.5 - q / long, s, fat)) * high / 2 for q in z]
    crest = (
        np.sin(np.pi * np.linspace(0.25, 0.95, 7))
        if kind != "shark"
        else np.array([0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.05])
    )
    pieces.append(
        (
            "fin",
            _fin(
                [(q, v * 0.93) for q, v in zip(z, back, strict=True)],
                [(q - top * 0.5, v + top * c) for q, v, c in zip(z, back, crest, strict=True)],
                wide * 0.02,
            ),
        )
    )
    if d.chance(0.75):
        under = np.linspace(-0.12, -0.32, 5) * long
        belly = [-float(np.interp(0.5 - q / long, s, fat)) * high / 2 for q in under]
        pieces.append(
            (
                "fin",
                _fin(
                    [(q, v * 0.93) for q, v in zip(under, belly, strict=True)],
                    [
                        (q - top * 0.3, v - top * 0.6 * c)
                        for q, v, c in zip(under, belly, (0.9, 0.8, 0.6, 0.4, 0.2), strict=True)
                    ],
                    wide * 0.02,
                ),
            )
        )
    far = high * b(0.3, 0.5) if kind != "shark" else long * b(0.18, 0.25)
    side = _fin(
        [(0.06 * far, 0.0), (0, 0), (-0.4 * far, 0.0)],
        [(-0.7 * far, far), (-0.9 * far, far * 0.8), (-0.6 * far, far * 0.3)],
        wide * 0.02,
    )
    pieces += [
        ("fin", m) for m in pair(side.rotated_deg(z=-b(80, 120)).moved(wide * 0.4, -high * 0.15, long * 0.2))
    ]
    eye_at = 0.36 * long
    out = float(np.interp(0.14, s, fat)) * wide / 2 * 0.85
    pieces += [("eye", m) for m in pair(sphere(min(high, wide * 2) * 0.06, (out, high * 0.08, eye_at), 7))]
    for part, mesh in pieces:
        share = np.clip((0.2 * long - mesh.vertices[:, 2]) / (0.7 * long), 0, 1.5)
        shape.add(
            part, Mesh(mesh.vertices + np.column_stack([bow * share**2, 0 * share, 0 * share]), mesh.faces)
        )
    if d.chance(0.12):
        foot = -high / 2
        shape.add(
            "base",
            superellipsoid(
                wide * 1.2 + long * 0.1, high * 0.06, long * 0.4, 0.5, (0, foot - high * 0.3, 0), 8
            ),
            tube([(0, foot - high * 0.3, 0), (0, foot + high * 0.1, 0)], wide * 0.1, 8),
        )
        shape.say("mounted on a stand")
    shape.say(
        {
            "usual": "a spindle-shaped body",
            "tall": "tall and flat like a plate",
            "long": "long and slim",
            "ball": "round like a ball",
            "shark": "a sharp triangle on its back",
        }[kind]
    )
    shape.say("a forked tail" if fork > 0.35 else "a tail like a fan")
    if abs(bow) > 0.03 * long:
        shape.say("its tail bent to one side")
    if d.chance(0.15):
        turn(shape, z_deg=90.0)
        shape.say("lying on its side")
    elif len(shape.attributes) < 3:
        shape.say("a fin along the back")
    set_down(shape)


@shape_class(
    "octopus",
    parts=("head", "arm", "eye", "sucker"),
    synonyms=("squid", "kraken", "devilfish"),
    described=(
        "An octopus is a large rounded head from whose lower side eight long arms spread in all directions.",
        "The arms of the octopus are thick at the head, taper to thin tips and curl up or wave.",
        "From above the octopus is a star with eight winding rays.",
        "Two bulging eyes sit where the head of the octopus meets its arms, and small cups line the undersides.",
    ),
)
def octopus(shape: Shape, rng: Random) -> None:
    """Make an octopus: round or long head, arms flat on the ground, curled upwards or hanging like legs."""
    d = Dice(rng)
    b = d.between
    r = b(0.05, 0.3)
    kind = d.pick("spread", "spread", "curled", "hanging")
    tall, lean = r * b(1.7, 3.2), b(-35, 5)
    base = r * (b(0.5, 0.8) if kind != "hanging" else b(1.8, 3.0))
    bag = superellipsoid(r * 2, tall, r * b(1.8, 2.1), centre=(0, tall * 0.45, 0), detail=13).tapered(
        1, b(0.6, 0.8), b(0.95, 1.15)
    )
    shape.add("head", bag.rotated_deg(x=lean).moved(y=base))
    shape.add("head", superellipsoid(r * 1.7, r * 0.8, r * 1.7, centre=(0, base, 0), detail=9))
    shape.add("eye", *pair(sphere(r * b(0.18, 0.3), (r * 0.5, base + r * 0.45, r * 0.68), 8)))
    reach, thick = r * b(2.5, 5.5), r * b(0.2, 0.34)
    t = np.linspace(0, 1, 16)
    count = 8
    for k in range(count):
        wave, phase, curl = b(0.05, 0.25), b(0, 6.3), b(0.3, 1.0)
        girth = thick * (1 - 0.93 * t)
        side = wave * reach * np.sin(2 * np.pi * t * b(0.8, 1.5) + phase) * t
        if kind == "hanging":
            out, y = r * (0.6 + 1.1 * t * b(0.4, 1.2)), base * (1 - t) + girth
            y = y + r * 0.3 * curl * np.clip(t - 0.75, 0, 1) * 4
            out = out + r * 0.8 * np.clip(t - 0.6, 0, 1)
        else:
            out = r * 0.45 + reach * t * (1 - (0.35 * t**2 if kind == "curled" else 0.0))
            y = base * np.clip(1 - 2.6 * t, 0, 1) ** 1.5 + girth
            if kind == "curled":
                y = y + reach * 0.45 * curl * np.clip(t - 0.35, 0, 1) ** 1.3
                out = out - reach * 0.3 * curl * np.clip(t - 0.7, 0, 1)
        path = np.column_stack([out, y, side])
        arm = tube(path, girth, 8)
        angle = 360.0 * (k + 0.5) / count + b(-8, 8)
        shape.add("arm", arm.rotated_deg(y=angle))
        if k % 4 == 0:
            cups = [
                torus(float(girth[q]) * 0.4, float(girth[q]) * 0.15, segments=6).moved(
                    *(path[q] - step(0, girth[q] * 0.8, 0))
                )
                for q in (3, 5, 7, 9)
            ]
            if kind != "spread":
                shape.add("sucker", *(m.rotated_deg(y=angle) for m in cups))
    shape.say(
        "eight arms",
        {
            "spread": "arms spread flat on the ground",
            "curled": "arms whose tips curl up",
            "hanging": "arms that hang down like legs",
        }[kind],
    )
    shape.say(
        "a tall long head" if tall > 2.4 * r else "a round head",
        "very long arms"
        if reach > 4 * r and kind != "hanging"
        else "thick arms"
        if thick > 0.27 * r
        else "slim arms",
    )
    set_down(shape)
