"""Make a trophy and a chess piece."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, turn
from pointclip2.worlds.shapes.makers.turned import curve, fluted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    sphere,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, ring_of, strip


@shape_class(
    "chess piece",
    parts=("base", "body", "collar", "head", "crown"),
    synonyms=("pawn", "rook", "bishop", "chess king", "chess queen", "chess knight", "chessman"),
    described=(
        "A chess piece is a small turned figure on a broad round foot.",
        "From the foot the body of the chess piece narrows like a waist and ends in one or two rings.",
        "Its head tells the chess piece: a ball, a tower with notches, a slit drop, a crown or a cross.",
        "Only the horse is no turned chess piece: above its foot it shows a bent neck and a muzzle.",
    ),
)
def chess_piece(shape: Shape, rng: Random) -> None:
    """Make a chess piece: pawn, rook, knight, bishop, queen or king, slender or stout."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("pawn", "rook", "knight", "bishop", "queen", "king")
    tall = b(0.035, 0.12) * {"pawn": 0.9, "king": 1.3, "queen": 1.2}.get(kind, 1.0)
    r = tall * b(0.2, 0.3)
    foot = tall * b(0.1, 0.18)
    shape.add(
        "base",
        lathe(curve([(r, 0), (r * 1.02, foot * 0.4), (r * 0.85, foot * 0.7), (r * 0.75, foot)], 10), 26),
        lathe([(0, 0), (r, 0)], 26),
    )
    shape.add("base", torus(r * 0.82, foot * 0.18, (0, foot * 0.85, 0)))
    neck = tall * {"rook": 0.68, "knight": 0.25}.get(kind, b(0.6, 0.68))
    thin = r * (b(0.55, 0.7) if kind == "rook" else b(0.28, 0.42))
    if kind != "knight":
        shape.add(
            "body",
            lathe(
                curve(
                    [
                        (r * 0.72, foot),
                        (r * 0.5, foot + (neck - foot) * 0.3),
                        (thin, foot + (neck - foot) * 0.7),
                        (thin * 1.05, neck),
                    ],
                    14,
                ),
                24,
            ),
        )
        for k in range(d.whole(1, 2)):
            shape.add(
                "collar",
                lathe(
                    [
                        (thin, neck - tall * 0.01),
                        (thin * b(1.5, 1.9), neck + tall * 0.01),
                        (thin, neck + tall * 0.03),
                    ],
                    24,
                ).moved(y=-k * tall * 0.05),
            )
    rest = tall - neck
    if kind == "pawn":
        shape.add("head", sphere(rest * 0.55, (0, neck + rest * 0.5, 0), 12))
    elif kind == "rook":
        wide = r * b(0.75, 0.9)
        shape.add(
            "head",
            lathe(
                [
                    (thin, neck),
                    (wide, neck + rest * 0.35),
                    (wide, neck + rest * 0.7),
                    (wide * 0.7, neck + rest * 0.7),
                    (wide * 0.7, neck + rest * 0.45),
                    (0, neck + rest * 0.45),
                ],
                24,
            ),
        )
        count = d.whole(4, 6)
        shape.add(
            "crown",
            *ring_of(box(wide * 0.28, rest * 0.32, wide * 0.6, (wide * 0.86, neck + rest * 0.84, 0)), count),
        )
    elif kind == "knight":
        w = r * b(0.55, 0.75)
        path = [(0, foot * 0.8), (-r * 0.25, tall * 0.4), (-r * 0.1, tall * 0.68), (r * 0.15, tall * 0.85)]
        shape.add("body", strip(path, [r * 1.5, r * 1.15, r * 1.0, r * 0.7], [w * 1.4, w * 1.1, w, w * 0.8]))
        shape.add(
            "head",
            strip(
                [(-r * 0.1, tall * 0.86), (r * 0.45, tall * 0.74), (r * 1.0, tall * 0.6)],
                [r * 0.75, r * 0.7, r * 0.42],
                [w * 0.9, w * 0.85, w * 0.6],
            ),
        )
        shape.add(
            "crown",
            *pair(
                block((w * 0.3, tall * 0.12, r * 0.25), (0.1, 0.1), (w * 0.25, tall * 0.88, 0)).rotated_deg(
                    y=90
                )
            ),
        )
        ridge = [(-r * 0.75, tall * 0.4), (-r * 0.6, tall * 0.7), (-r * 0.15, tall * 0.95)]
        shape.add("collar", strip(ridge, r * 0.3, w * 0.4))
    elif kind == "bishop":
        shape.add(
            "head",
            lathe(
                curve(
                    [
                        (thin, neck),
                        (thin * 1.7, neck + rest * 0.4),
                        (thin * 1.2, neck + rest * 0.7),
                        (0.05 * r, neck + rest * 0.9),
                    ],
                    14,
                ),
                22,
            ),
        )
        shape.add(
            "crown",
            sphere(rest * 0.1, (0, neck + rest * 0.95, 0), 7),
            box(rest * 0.5, rest * 0.08, thin * 3.6)
            .rotated_deg(z=50)
            .moved(thin * 0.8, neck + rest * 0.5, 0),
        )
    else:
        wide = thin * b(1.8, 2.3)
        shape.add(
            "head",
            lathe(
                [
                    (thin, neck),
                    (wide * 0.75, neck + rest * 0.35),
                    (wide, neck + rest * 0.65),
                    (wide * 0.85, neck + rest * 0.65),
                    (wide * 0.5, neck + rest * 0.75),
                    (0, neck + rest * 0.8),
                ],
                26,
            ),
        )
        if kind == "queen":
            shape.add(
                "crown",
                *ring_of(sphere(wide * 0.16, (wide * 0.9, neck + rest * 0.68, 0), 6), d.whole(7, 9)),
                sphere(wide * 0.2, (0, neck + rest * 0.9, 0), 8),
            )
        else:
            arm = rest * 0.4
            shape.add(
                "crown",
                box(arm * 0.25, arm, arm * 0.2, (0, neck + rest * 0.75 + arm / 2, 0)),
                box(arm * 0.75, arm * 0.25, arm * 0.2, (0, neck + rest * 0.75 + arm * 0.6, 0)),
            )
    shape.say(
        {
            "pawn": "a plain ball as its head",
            "rook": "a head like a tower with notches",
            "knight": "a horse's neck and muzzle",
            "bishop": "a pointed head with a slit",
            "queen": "a crown with small points",
            "king": "a cross on top",
        }[kind]
    )
    shape.say("stout" if r > 0.25 * tall else "slender", "a broad round foot")
    if kind == "knight" or d.chance(0.3):
        turn(shape, y_deg=b(0, 360))
    if d.chance(0.08):
        turn(shape, z_deg=90.0)
        shape.say("lying on its side")
    set_down(shape)


@shape_class(
    "trophy",
    parts=("cup", "handle", "stem", "base", "lid", "figure"),
    synonyms=("winner's cup", "award cup", "prize cup", "award"),
    described=(
        "A trophy is a large cup on a slim stem above a heavy block.",
        "Two big curved handles stand off left and right from the cup of the trophy.",
        "The block below is square or round and often has several tiers: it makes a trophy heavy at its foot.",
        "A star, a ball or a small winged figure may stand on top of the trophy in place of the cup.",
    ),
)
def trophy(shape: Shape, rng: Random) -> None:
    """Make a trophy: a cup with handles, with a lid, a star, a ball or a figure on top."""
    d = Dice(rng)
    b = d.between
    tall = b(0.18, 0.6)
    kind = d.pick("cup", "cup", "cup", "star", "ball", "figure")
    y, size = 0.0, tall * b(0.3, 0.5)
    sides = 4 if d.chance(0.5) else 24
    for k in range(d.whole(1, 3)):
        high, wide = tall * b(0.05, 0.12), size * (1 - 0.18 * k)
        shape.add(
            "base",
            block((wide, high, wide), (0.95, 0.95), (0, y, 0))
            if sides == 4
            else cylinder(wide / 2, high, top=wide * 0.48, centre=(0, y + high / 2, 0)),
        )
        y += high
    stem, thin = tall * b(0.1, 0.3), size * b(0.06, 0.12)
    shape.add(
        "stem",
        lathe(
            curve(
                [(size * 0.3, y), (thin, y + stem * 0.35), (thin * 1.8, y + stem * 0.6), (thin, y + stem)], 14
            ),
            18,
        ),
    )
    y += stem
    if kind == "cup":
        high, r = tall * b(0.35, 0.5), size * b(0.5, 0.75)
        waist = b(0.5, 0.95)
        outer = curve(
            [(thin, y), (r * 0.7, y + high * 0.2), (r * 0.9 * waist, y + high * 0.55), (r, y + high)], 16
        )
        cup = lathe(
            [*outer, (r * 0.93, y + high), (r * 0.8 * waist, y + high * 0.55), (0, y + high * 0.2)], 28
        )
        shape.add("cup", fluted(cup, d.whole(8, 14), 0.03) if d.chance(0.25) else cup)
        if d.chance(0.85):
            out, top = r * b(0.5, 0.9), y + high * b(0.85, 0.98)
            s = np.linspace(0, np.pi, 12)
            curl = np.column_stack(
                [
                    r * 0.9 * (0.85 + 0.1 * np.cos(s)) + out * np.sin(s),
                    (top + y + high * 0.3) / 2 + (top - y - high * 0.3) / 2 * np.cos(s),
                    0 * s,
                ]
            )
            shape.add("handle", *pair(tube(curl, size * b(0.03, 0.06), 8)))
            shape.say("two large handles")
        if d.chance(0.35):
            up = high * b(0.2, 0.4)
            shape.add(
                "lid",
                lathe(
                    curve(
                        [(r * 1.02, y + high), (r * 0.8, y + high + up * 0.5), (r * 0.15, y + high + up)], 10
                    ),
                    24,
                ),
                sphere(r * 0.15, (0, y + high + up * 1.2, 0), 8),
            )
            shape.say("a lid with a knob")
        shape.say("a wide cup" if r > 0.6 * size else "a slim cup")
    elif kind == "star":
        r, q = size * b(0.5, 0.8), np.arange(10) * np.pi / 5
        points = np.where(np.arange(10) % 2 == 0, 1.0, b(0.4, 0.5))
        star = np.column_stack([r * points * np.sin(q), r * points * np.cos(q), 0 * q])
        front = np.vstack([star, star[:1]])
        fan = [
            Mesh(
                np.vstack([[0, 0, s * r * 0.2], front]),
                np.array([(0, k + 1, k + 2) for k in range(10)], dtype=np.int64),
            )
            for s in (-1, 1)
        ]
        shape.add("figure", *(m.moved(y=y + r * 0.62) for m in fan))
        shape.say("a star with five points")
    elif kind == "ball":
        r = size * b(0.35, 0.55)
        shape.add("figure", sphere(r, (0, y + r * 0.95, 0), 13), torus(r, r * 0.03, (0, y + r * 0.95, 0)))
        shape.say("a ball on top")
    else:
        high = tall * b(0.35, 0.5)
        w = high * 0.12
        shape.add(
            "figure",
            lathe(
                curve(
                    [
                        (w * 1.5, y),
                        (w * 0.8, y + high * 0.45),
                        (w * 1.1, y + high * 0.7),
                        (w * 0.4, y + high * 0.8),
                    ],
                    12,
                ),
                12,
            ),
            sphere(w * 0.7, (0, y + high * 0.9, 0), 7),
        )
        if d.chance(0.5):
            wing = strip(
                [(w * 0.5, y + high * 0.7), (w * 2.5, y + high * 0.95), (w * 3.2, y + high * 1.1)],
                [w * 1.8, w * 1.4, w * 0.3],
                w * 0.3,
            )
            shape.add("figure", *pair(wing.moved(z=-w * 0.6)))
            shape.say("a winged figure on top")
        else:
            shape.add(
                "figure",
                *pair(
                    tube(
                        [
                            (w, y + high * 0.7, 0),
                            (w * 2.2, y + high * 0.85, 0),
                            (w * 1.8, y + high * 1.15, 0),
                        ],
                        w * 0.4,
                        6,
                    )
                ),
            )
            shape.say("a figure with raised arms")
    shape.say(
        "a square block below" if sides == 4 else "a round foot",
        "a tall stem" if stem > 0.2 * tall else "a short stem",
    )
    set_down(shape)
