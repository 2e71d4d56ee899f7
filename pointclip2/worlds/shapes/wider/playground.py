"""Make a swing, a slide and an anchor."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import box, grid, rod, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, lay, strip, wires


@shape_class(
    "swing",
    parts=("frame", "seat", "rope", "branch"),
    synonyms=("swing set", "playground swing", "tyre swing", "porch swing"),
    described=(
        "A swing is a small board that hangs by two long ropes from a level bar.",
        "Two pairs of slanted legs hold up the bar of the swing, each pair shaped like the letter A.",
        "Most of the swing is empty space, crossed by thin straight lines.",
        "Several seats may hang side by side, and in motion the swing slants to the front or back.",
    ),
)
def swing(shape: Shape, rng: Random) -> None:
    """Make a swing: a frame with one to three seats, hanging still or swung out; boards, buckets, a ring, a bench."""
    d = Dice(rng)
    b = d.between
    seats = d.whole(1, 3)
    high, r = b(1.8, 3.0), b(0.025, 0.06)
    gap = b(0.8, 1.2)
    wide = gap * seats + b(0.3, 0.8)
    spread = high * b(0.25, 0.45)
    kind = d.pick("board", "board", "bucket", "ring", "bench")
    if kind == "bench":
        seats = 1
    shape.add("frame", rod((-wide / 2, high, 0), (wide / 2, high, 0), r, 10))
    lean = b(0, 0.25)
    if d.chance(0.85):
        for s in (-1, 1):
            x = s * wide / 2
            shape.add("frame", *(rod((x, high, 0), (x + s * lean, 0, k * spread), r, 8) for k in (-1, 1)))
            if d.chance(0.6):
                shape.add(
                    "frame",
                    rod(
                        (x + s * lean * 0.5, high * 0.5, -spread / 2),
                        (x + s * lean * 0.5, high * 0.5, spread / 2),
                        r * 0.7,
                        6,
                    ),
                )
        shape.say("legs shaped like the letter A")
    else:
        shape.add("frame", *pair(box(2.5 * r, high, 2.5 * r, (wide / 2, high / 2, 0))))
        shape.say("two upright posts")
    for k in range(seats):
        x = (k - (seats - 1) / 2) * gap
        angle = b(-40, 40) if d.chance(0.4) else 0.0
        long, half = high * b(0.72, 0.82), b(0.2, 0.28) if kind != "bench" else wide * 0.36
        pieces = [
            ("rope", wires([(-half, 0, 0), (half, 0, 0)], [(-half, -long, 0), (half, -long, 0)], 0.012))
        ]
        if kind in ("board", "bench"):
            deep = 0.2 if kind == "board" else 0.45
            pieces.append(("seat", box(2 * half + 0.06, 0.03, deep, (0, -long, 0))))
            if kind == "bench":
                pieces.append(("seat", box(2 * half + 0.06, 0.45, 0.03, (0, -long + 0.25, -0.22))))
        elif kind == "bucket":
            t = np.linspace(-1, 1, 9)
            sag = np.stack([half * t, -long - 0.16 * (1 - t**2), 0 * t], axis=1)
            pieces.append(("seat", grid(np.stack([sag + np.array([0, 0, z]) for z in (-0.12, 0.12)]))))
        else:
            pieces.append(("seat", torus(half, 0.08, (0, -long, 0))))
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(x=angle).moved(x, high, 0))
    if d.chance(0.1):
        shape.add(
            "branch",
            tube(
                [(-wide * 0.7, high * 0.97, 0), (0, high * 1.02, 0), (wide * 0.7, high * 1.1, 0)],
                [r * 2.5, r * 2, r],
                7,
            ),
        )
        shape.say("hung on a branch")
    shape.say(
        counted(seats, "seat"),
        {
            "board": "flat boards to sit on",
            "bucket": "sagging seats",
            "ring": "a ring as a seat",
            "bench": "a wide bench that hangs",
        }[kind],
    )
    set_down(shape)


@shape_class(
    "slide",
    parts=("chute", "wall", "stairs", "frame", "platform"),
    synonyms=("playground slide", "water slide", "chute", "children's slide"),
    described=(
        "A slide is a long smooth trough that leads down from a high platform to the ground.",
        "The chute of the slide is steep in the middle and runs out almost level at its lower end.",
        "Low walls edge the chute of the slide, and treads on the other side lead up to it.",
        "A large slide winds like a screw around a post or goes over waves.",
    ),
)
def slide(shape: Shape, rng: Random) -> None:
    """Make a slide: straight, wavy, winding as a spiral, a tube; with treads or a block to climb behind."""
    d = Dice(rng)
    b = d.between
    high, wide = b(0.7, 2.6), b(0.4, 0.7)
    long = high * b(1.3, 2.2)
    kind = d.pick("straight", "straight", "wavy", "spiral", "tube")
    t = np.linspace(0, 1, 18)
    ease = t - np.sin(2 * np.pi * t) / (2 * np.pi) * b(0.5, 0.9)
    y = high * (1 - ease) + 0.12 * ease
    if kind == "wavy":
        y = y + high * 0.05 * np.sin(6 * np.pi * t) * np.sin(np.pi * t)
    path = np.column_stack([0 * t, y, long * t])
    across = np.tile([1.0, 0.0, 0.0], (18, 1))
    if kind == "spiral":
        a, r = 2 * np.pi * b(0.7, 1.6) * t, wide * b(1.0, 1.5)
        path = np.column_stack([r - r * np.cos(a), high * (1 - t) + 0.12, r * np.sin(a)])
        across = np.column_stack([np.cos(a), 0 * a, -np.sin(a)])
        shape.add("frame", rod((r, 0, 0), (r, high * 1.2, 0), 0.07, 10))
    if kind == "tube":
        rings = [
            p + wide * 0.5 * np.column_stack([np.cos(q), 0.9 + np.sin(q) * 0.95, -0.5 * np.sin(q)])
            for p in path
            for q in [np.linspace(0, 2 * np.pi, 14, endpoint=False)]
        ]
        shape.add("chute", grid(np.stack(rings), wrap_columns=True))
        shape.say("a closed tube")
    else:
        left, right = path - across * wide / 2, path + across * wide / 2
        up = np.array([0, b(0.08, 0.22), 0])
        shape.add(
            "chute",
            grid(np.stack([left, (left + right) / 2 - up * 0.2, right])),
            grid(np.stack([left, right]) - np.array([0, 0.04, 0])),
        )
        shape.add(
            "wall",
            grid(np.stack([left, left + up])),
            grid(np.stack([right, right + up])),
            tube(left + up, 0.02, 5),
            tube(right + up, 0.02, 5),
        )
        shape.say(
            {
                "straight": "a straight chute",
                "wavy": "a chute with waves",
                "spiral": "a chute that winds like a screw",
            }[kind]
        )
    deep, run = b(0.3, 0.9), high * b(0.25, 0.6)
    if d.chance(0.6):
        shape.add("platform", box(wide * 1.1, 0.05, deep, (0, high, -deep / 2)))
        shape.add(
            "frame",
            *pair(
                *(rod((wide / 2, 0, z), (wide / 2, high + b(0.4, 0.7), z), 0.025, 6) for z in (0.0, -deep))
            ),
        )
        shape.add("frame", *pair(rod((wide / 2, high + 0.4, 0), (wide / 2, high + 0.4, -deep), 0.02, 6)))
        shape.say("a platform with railings")
    else:
        deep = 0.0
        shape.add("frame", *pair(rod((wide / 2, high * 0.95, 0), (wide / 2, 0, high * 0.3), 0.025, 6)))
    if d.chance(0.2):
        shape.add("stairs", block((wide, high, run * 2), (1, 0.05), (0, 0, -deep - run), run * 0.95))
        shape.say("a sloping block to climb")
    else:
        n = max(3, int(high / 0.25))
        share = (np.arange(n) + 0.5) / n
        shape.add(
            "stairs", *(box(wide * 0.9, 0.03, 0.1, (0, high * q, -deep - run * (1 - q))) for q in share)
        )
        shape.add(
            "frame",
            *pair(
                rod((wide * 0.46, 0, -deep - run), (wide * 0.46, high, -deep), 0.022, 6),
                rod((wide * 0.5, high * 0.3, -deep - run), (wide * 0.5, high * 1.25, -deep), 0.018, 6),
            ),
        )
        shape.say("treads behind to climb")
    shape.say("high" if high > 1.7 else "low")
    set_down(shape)


@shape_class(
    "anchor",
    parts=("shank", "arm", "fluke", "stock", "ring", "chain"),
    synonyms=("ship's anchor", "boat anchor", "admiralty anchor", "grapnel"),
    described=(
        "An anchor is an upright rod whose lower end splits into two arms that curve upwards.",
        "The tips of the anchor's arms carry flat pointed plates like arrow heads.",
        "Near its top a shorter bar crosses the anchor, and a ring hangs above it.",
        "The outline of the anchor is a wide hook on both sides of a straight line.",
    ),
)
def anchor(shape: Shape, rng: Random) -> None:
    """Make an anchor: the classic one, one without a crossbar, or with four claws; with or without chain."""
    d = Dice(rng)
    b = d.between
    tall = b(0.3, 2.0)
    kind = d.pick("classic", "classic", "classic", "stockless", "grapnel")
    r, reach = tall * b(0.025, 0.05), tall * b(0.3, 0.45)
    shape.add(
        "shank", tube([(0, 0, 0), (0, tall * 0.5, 0), (0, tall, 0)], [r * 1.3, r, r * 0.8], d.whole(4, 10))
    )
    a = np.linspace(0, np.pi * b(0.36, 0.5), 8)
    arc = np.column_stack([reach * np.sin(a), reach * b(0.75, 1.1) * (1 - np.cos(a)), 0 * a])
    size = tall * b(0.1, 0.16)
    tip = arc[-1]
    turn_deg = float(np.rad2deg(np.arctan2(*(arc[-1] - arc[-2])[:2])))
    plate = strip(
        [(0, -size * 0.7), (0, 0), (0, size)], [size * 0.4, size * 1.3, size * 0.05], size * 0.12
    ).rotated_deg(y=0 if kind == "classic" and d.chance(0.4) else 90)
    fluke = plate.rotated_deg(z=-turn_deg).moved(*tip)
    if kind == "grapnel":
        for k in range(4):
            shape.add("arm", tube(arc, np.linspace(r, r * 0.4, 8), 7).rotated_deg(y=90 * k))
            shape.add("fluke", fluke.scaled(0.6, 0.6, 0.6).moved(*(tip * 0.4)).rotated_deg(y=90 * k))
        shape.say("four claws around the rod")
    else:
        shape.add("arm", *pair(tube(arc, np.linspace(r * 1.3, r * 0.6, 8), 8)))
        shape.add("fluke", *pair(fluke))
        if kind == "stockless":
            shape.add("arm", box(tall * 0.22, tall * 0.1, tall * 0.12, (0, 0, 0)))
            shape.say("a heavy block between its arms")
        else:
            y, half = tall * b(0.82, 0.92), tall * b(0.2, 0.32)
            bar = rod((-half, y, 0), (half, y, 0), r * 0.7)
            across = d.chance(0.65)
            shape.add("stock", bar if across else bar.rotated_deg(y=90))
            shape.say("a bar across the top" if across else "a bar that stands across to its arms")
    ring = tall * b(0.06, 0.1)
    shape.add("ring", torus(ring, r * 0.45, segments=16).rotated_deg(x=90).moved(y=tall + ring * 0.7))
    if d.chance(0.35):
        link = torus(ring * 0.55, r * 0.4, segments=12).scaled(x=1.5)
        for k in range(d.whole(3, 8)):
            mesh = link.rotated_deg(x=90 * (k % 2)).moved(
                x=ring * (0.8 + 1.25 * k), y=tall + ring * (1.2 - 0.1 * k)
            )
            shape.add("chain", mesh)
        shape.say("a piece of chain at its ring")
    shape.say(
        "slim" if r < 0.035 * tall else "heavy",
        "wide arms" if reach > 0.38 * tall else "narrow arms",
        "arrow heads at the tips",
    )
    lay(shape, d, 0.75)
