"""Make animals with wings: a bird, a duck, a butterfly. They look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step, turn
from pointclip2.worlds.shapes.mesh import Mesh, grid, lathe, rod, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import skin
from pointclip2.worlds.shapes.wider.four_legs import limb


def _wing(span: float, chord: float, rise: float, sweep: float, fingers: int) -> Mesh:
    """Return a spread wing from the origin to +x with a bent front edge and feathers at its rear edge."""
    s = np.linspace(0, 1, 13)
    lead = np.stack(
        [span * s, rise * span * (s - 0.6 * s**2), chord * (0.25 * np.sin(np.pi * s) - sweep * s**2)], axis=1
    )
    deep = chord * (1 - 0.75 * s**2.5) * (1 - (0.15 * (np.arange(13) % 2) if fingers else 0.0))
    trail = lead - np.stack([-0.1 * span * s**2, 0.08 * deep, deep], axis=1)
    return grid(np.stack([lead, (lead + trail) / 2 + [0, 0.05 * chord, 0], trail]))


@shape_class(
    "bird",
    parts=("body", "head", "beak", "wing", "tail", "leg"),
    synonyms=("sparrow", "eagle", "pigeon", "parrot", "owl", "stork"),
    described=(
        "A bird has a plump drop-shaped body, a round head with a pointed beak and a flat tail behind.",
        "When it flies, the bird spreads two wide wings far to the left and right.",
        "When it sits, the bird folds its wings along its sides and stands on two thin legs.",
        "Wading kinds are mostly legs and neck: such a bird is a small egg on two long sticks.",
        "From above a flying bird is a cross with a fan at one end.",
    ),
)
def bird(shape: Shape, rng: Random) -> None:
    """Make a bird: perched, flying, upright like an owl, a long-legged wader, an upright swimmer."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("perched", "perched", "flying", "flying", "owl", "wader", "penguin")
    long = b(0.12, 0.6)
    fat = long * (b(0.4, 0.6) if kind != "owl" else b(0.55, 0.75))
    tilt = {
        "perched": b(20, 55),
        "flying": b(-5, 10),
        "owl": b(70, 85),
        "wader": b(5, 25),
        "penguin": b(80, 90),
    }[kind]
    rows = [(-0.5, 0.2), (-0.35, 0.6), (-0.1, 0.95), (0.15, 1.0), (0.35, 0.8), (0.48, 0.4)]
    shape.add("body", skin([(z * long, fat * w * 0.92, fat * w, 0.0) for z, w in rows]).rotated_deg(x=-tilt))
    a = np.deg2rad(tilt)
    ahead = step(0, np.sin(a), np.cos(a))
    head = fat * (b(0.5, 0.65) if kind != "owl" else b(0.8, 0.95))
    at = ahead * long * 0.52 + step(0, head * 0.25, 0)
    if kind == "wader":
        far = long * b(0.5, 1.0)
        neck = [
            ahead * long * 0.42,
            ahead * long * 0.55 + step(0, far * 0.35, far * 0.15),
            ahead * long * 0.5 + step(0, far * 0.8, -far * 0.05),
            ahead * long * 0.6 + step(0, far, 0),
        ]
        shape.add("body", limb(neck, [fat * 0.25, fat * 0.14, fat * 0.11, fat * 0.13]))
        at, head = neck[-1], fat * b(0.35, 0.45)
    shape.add("head", superellipsoid(head * 0.9, head * 0.92, head, centre=at, detail=10))
    bill = head * {"wader": b(1.5, 2.5), "owl": 0.3, "penguin": 0.7}.get(kind, b(0.35, 1.1))
    hook = d.chance(0.3) and kind in ("perched", "flying")
    point = at + step(0, -bill * (0.45 if hook else 0.1), head * 0.4 + bill * (0.75 if hook else 1.0))
    shape.add(
        "beak",
        limb(
            [at + step(0, -head * 0.05, head * 0.35), at + step(0, 0, head * 0.4 + bill * 0.6), point],
            [head * 0.2, head * 0.14, head * 0.02],
        ),
    )
    if kind == "owl" and d.chance(0.7):
        shape.add(
            "head",
            *pair(
                lathe([(head * 0.12, 0), (0, head * 0.35)], 6).moved(
                    *(at + step(head * 0.28, head * 0.35, head * 0.1))
                )
            ),
        )
    if kind == "flying":
        span = long * b(0.9, 1.7)
        wing = _wing(span, long * b(0.35, 0.6), b(-0.5, 0.9), b(0.0, 0.6), d.whole(0, 1))
        shape.add("wing", *pair(wing.moved(fat * 0.3, fat * 0.2, long * 0.15)))
        shape.say(
            "two wide wings spread out",
            "wings raised" if float(wing.high[1]) > 0.12 * span else "wings held level",
        )
    else:
        wing = superellipsoid(
            fat * 0.16,
            fat * 0.62,
            long * b(0.7, 1.0),
            centre=(fat * 0.44, fat * 0.05, -long * 0.12),
            detail=9,
        ).tapered(2, 0.75, 1.0)
        shape.add("wing", *pair(wing.rotated_deg(x=-tilt)))
    fan, broad = (
        long * (b(0.3, 0.7) if kind not in ("owl", "penguin", "wader") else b(0.1, 0.25)),
        b(0.15, 0.7),
    )
    lift = b(-12, 20)
    root = -ahead * long * 0.42
    width = fan * broad + fat * 0.12
    tail = grid(
        np.array(
            [
                [(-fat * 0.12, 0, 0), (0, 0.02 * fan, 0), (fat * 0.12, 0, 0)],
                [(-width / 2, 0, -fan), (0, 0.03 * fan, -fan * b(0.8, 1.1)), (width / 2, 0, -fan)],
            ]
        )
    )
    shape.add(
        "tail",
        tail.rotated_deg(x=-min(tilt, 60) + lift).moved(*root),
        tail.moved(y=-0.03 * fat).rotated_deg(x=-min(tilt, 60) + lift).moved(*root),
    )
    if kind != "flying":
        far = {"wader": long * b(0.9, 1.6), "penguin": fat * 0.08}.get(kind, fat * b(0.25, 0.6))
        low = -fat * 0.42 - far if kind not in ("owl", "penguin") else -long * 0.46 - far
        for s in (-1, 1):
            x, z = s * fat * 0.2, -0.05 * long if kind not in ("owl", "penguin") else 0.0
            thin = fat * (0.035 if kind != "penguin" else 0.1)
            shape.add(
                "leg",
                limb(
                    [(x, -fat * 0.1, z), (x, low + far * 0.5, z - far * 0.08), (x, low + thin, z)],
                    [thin * 2.2, thin, thin],
                ),
            )
            shape.add(
                "leg",
                *(
                    rod((x, low + thin, z), (x + k * fat * 0.1, low + thin, z + fat * 0.2), thin, 5)
                    for k in (-1, 0, 1)
                ),
                rod((x, low + thin, z), (x, low + thin, z - fat * 0.12), thin, 5),
            )
    elif d.chance(0.4):
        shape.add(
            "leg",
            *pair(
                rod(
                    (fat * 0.12, -fat * 0.4, -long * 0.25), (fat * 0.12, -fat * 0.45, -long * 0.5), fat * 0.04
                )
            ),
        )
    shape.say(
        {
            "perched": "sitting with folded wings",
            "flying": "in flight",
            "owl": "upright with a large round head",
            "wader": "two very long thin legs",
            "penguin": "standing upright like a bottle",
        }[kind]
    )
    shape.say(
        "a long pointed beak" if bill > 0.8 * head else "a hooked beak" if hook else "a short beak",
        "a plump body" if fat > 0.5 * long else "a slim body",
    )
    set_down(shape)


@shape_class(
    "duck",
    parts=("body", "head", "bill", "wing", "tail", "foot"),
    synonyms=("rubber duck", "mallard", "goose", "swan", "duckling"),
    described=(
        "A duck has a low body like a boat, with a tail that points up behind.",
        "A curved neck lifts the round head of the duck, and a wide flat bill sticks out in front.",
        "Swimming, the duck has a flat underside and no legs; standing, it has two broad feet.",
        "A bath toy of it is a fat drop with a big ball for a head: a duck of two round shapes.",
    ),
)
def duck(shape: Shape, rng: Random) -> None:
    """Make a duck: swimming, standing on webbed feet, the bath toy, or a swan with a long curved neck."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("swim", "stand", "toy", "toy", "swan")
    long = b(0.07, 0.16) if kind == "toy" else b(0.25, 0.6)
    wide, high = long * b(0.5, 0.7), long * (b(0.5, 0.65) if kind == "toy" else b(0.36, 0.5))
    rows = [
        (-0.55, 0.12, 0.5),
        (-0.42, 0.45, 0.28),
        (-0.2, 0.9, 0.05),
        (0.1, 1.0, 0.0),
        (0.35, 0.82, 0.05),
        (0.5, 0.35, 0.18),
    ]
    body = skin([(z * long, wide * w, high * max(w, 0.2), high * y) for z, w, y in rows], count=18)
    flat = -high * b(0.25, 0.42)
    if kind != "stand":
        cut = body.vertices.copy()
        cut[:, 1] = np.maximum(cut[:, 1], flat)
        body = Mesh(cut, body.faces)
    shape.add("body", body)
    far = {"toy": high * 0.35, "swan": long * b(0.7, 1.0)}.get(kind, long * b(0.28, 0.5))
    root = step(0, high * 0.2, long * 0.36)
    t = np.linspace(0, 1, 8)
    bend = b(0.15, 0.35) if kind == "swan" else b(0.0, 0.15)
    path = np.column_stack([0 * t, far * t, far * bend * np.sin(2 * np.pi * t * 0.9) + far * 0.1 * t]) + root
    head = high * (b(0.85, 1.15) if kind == "toy" else b(0.45, 0.6) if kind != "swan" else b(0.35, 0.45))
    shape.add("body", tube(path, np.linspace(head * 0.6, head * 0.34, 8), 10))
    at = path[-1] + step(0, head * 0.25, head * 0.1)
    shape.add("head", superellipsoid(head * 0.92, head * 0.92, head, centre=at, detail=11))
    bill = head * b(0.45, 0.8)
    lips = skin(
        [
            (0.0, head * 0.45, head * 0.32, 0.0),
            (bill * 0.5, head * 0.4, head * 0.16, -head * 0.06),
            (bill, head * 0.42, head * 0.08, -head * 0.05 + head * b(0, 0.1)),
            (bill * 1.08, head * 0.2, head * 0.05, 0.0),
        ]
    )
    shape.add("bill", lips.moved(*(at + step(0, -head * 0.08, head * 0.4))))
    wing = superellipsoid(
        wide * 0.2, high * 0.55, long * 0.62, centre=(wide * 0.45, high * 0.12, -long * 0.12), detail=9
    ).tapered(2, 0.6, 1.0)
    shape.add("wing", *pair(wing.rotated_deg(x=b(0, 12))))
    tip = b(0.5, 1.0)
    shape.add(
        "tail",
        limb(
            [(0, high * 0.2, -long * 0.42), (0, high * tip, -long * b(0.58, 0.68))], [high * 0.2, high * 0.03]
        ).scaled(x=1.6),
    )
    if kind == "stand":
        low = -high * 0.5 - high * b(0.2, 0.4)
        for s in (-1, 1):
            x = s * wide * 0.2
            shape.add("foot", rod((x, -high * 0.3, 0), (x, low + 0.01 * long, 0), long * 0.018))
            web = np.array(
                [
                    [(x, low, -0.03 * long)] * 3,
                    [
                        (x - 0.09 * long, low, 0.16 * long),
                        (x, low + 0.005 * long, 0.18 * long),
                        (x + 0.09 * long, low, 0.16 * long),
                    ],
                ]
            )
            shape.add("foot", grid(web), grid(web + step(y=long * 0.015)))
        shape.say("standing on two broad feet")
    else:
        shape.say("a flat underside without feet")
    shape.say(
        {"toy": "a big round head on a fat body", "swan": "a long neck curved like an S"}.get(
            kind, "a low body like a boat"
        ),
        "a wide flat bill",
        "a tail that points up",
    )
    set_down(shape)


@shape_class(
    "butterfly",
    parts=("wing", "body", "antenna"),
    synonyms=("moth", "monarch butterfly", "swallowtail"),
    described=(
        "A butterfly has four wide flat wings on a body as thin as a stick.",
        "The front wings of the butterfly are large triangles, the rear ones smaller and rounded.",
        "Left and right of the butterfly mirror each other, and two fine threads rise from its head.",
        "Seen along its wings the butterfly is only a thin V or a single line.",
    ),
)
def butterfly(shape: Shape, rng: Random) -> None:
    """Make a butterfly: wings flat, raised to a V or folded together; rounded, pointed, with tails."""
    d = Dice(rng)
    b = d.between
    long = b(0.04, 0.2)
    body = skin(
        [
            (z * long, long * 0.11 * w, long * 0.11 * w, 0.0)
            for z, w in (
                (-0.5, 0.2),
                (-0.3, 0.7),
                (0.0, 0.6),
                (0.08, 1.0),
                (0.25, 1.0),
                (0.32, 0.6),
                (0.38, 0.8),
                (0.45, 0.3),
            )
        ],
        count=10,
    )
    shape.add("body", body)
    fold = d.pick("flat", "flat", "raised", "closed")
    up = {"flat": b(-5, 15), "raised": b(25, 55), "closed": b(78, 88)}[fold]
    sharp, tails = b(0.4, 1.2), d.chance(0.3)
    front, rear = long * b(0.8, 1.2), long * b(0.6, 0.95)
    a = np.linspace(-np.pi, np.pi, 29)
    for size, way, narrow, start, pointed in (
        (front, b(25, 45), b(0.5, 0.75), 0.2, sharp),
        (rear, b(-50, -25), b(0.7, 0.95), 0.02, 0.3),
    ):
        out = 0.5 + 0.5 * np.cos(a)
        edge = size * np.stack([out, narrow * 0.5 * np.sin(a) * out ** (0.25 + 0.4 * pointed) * 1.3], axis=1)
        edge[:, 0] *= 1 + 0.03 * np.cos(8 * a)
        if tails and start < 0.1:
            edge[13:16, 0] *= 1.45
        c, s = np.cos(np.deg2rad(way)), np.sin(np.deg2rad(way))
        flat = np.column_stack(
            [edge[:, 0] * c - edge[:, 1] * s, edge[:, 0] * s + edge[:, 1] * c + start * long]
        )
        middle = flat.mean(axis=0)
        share = np.linspace(0, 1, 5)[:, None, None]
        x, z = np.moveaxis(middle + share * (flat - middle), -1, 0)
        y = long * 0.04 * np.sin(np.clip(x / size, 0, 1) * np.pi) + long * (0.01 if start > 0.1 else 0.0)
        mesh = grid(np.stack([x, y, z], axis=-1))
        shape.add("wing", *pair(mesh.rotated_deg(z=up)), *pair(mesh.moved(y=-long * 0.012).rotated_deg(z=up)))
    reach = long * b(0.3, 0.6)
    feeler = [
        (0, 0, long * 0.42),
        (reach * 0.2, reach * 0.3, long * 0.42 + reach * 0.6),
        (reach * 0.4, reach * 0.3, long * 0.42 + reach),
    ]
    shape.add("antenna", *pair(tube(feeler, long * 0.008, 5), sphere(long * 0.02, feeler[-1], 5)))
    shape.say(
        {
            "flat": "wings spread flat",
            "raised": "wings raised like a V",
            "closed": "wings folded together above the body",
        }[fold]
    )
    shape.say("pointed front wings" if sharp < 0.7 else "rounded front wings", "two fine feelers")
    if tails:
        shape.say("thin tails at the rear wings")
    if d.chance(0.35):
        turn(shape, x_deg=-90.0)
        shape.say("upright like a badge")
    set_down(shape)
