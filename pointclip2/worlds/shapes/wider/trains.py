"""Make a train: engines and wagons, the front to +z."""

from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    box,
    lathe,
    rod,
    superellipsoid,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, skin
from pointclip2.worlds.shapes.wider.vehicles import axles, windows


@shape_class(
    "train",
    parts=("body", "wheel", "window", "chimney", "wagon"),
    synonyms=("locomotive", "railway engine", "steam engine", "tram", "railcar"),
    described=(
        "A train is a chain of long narrow boxes of the same width, one behind the other.",
        "The old kind of train begins with a round boiler lying level, a chimney on top and a cab at its back.",
        "Many small wheels sit close together below the train, half hidden by its body.",
        "A fast train has a nose that slopes down like a beak, and smooth sides with a line of panes.",
    ),
)
def train(shape: Shape, rng: Random) -> None:
    """Make a train: steam engine with a tender, diesel or electric engine, fast train, tram; none to four wagons."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("steam", "steam", "diesel", "fast", "tram")
    wide, tall, radius, floor = b(2.4, 3.1), b(2.6, 3.4), b(0.35, 0.5), 0.7
    wagons = d.whole(0, 3) if kind == "steam" else d.whole(0, 2)
    end = 0.0
    if kind == "steam":
        long, r, big = b(5, 9), b(0.75, 1.15), b(0.6, 1.0)
        axis = big * 1.5 + r * 0.8
        shape.add(
            "body",
            rod((0, axis, 0), (0, axis, long), r, 20),
            rod((0, axis, long), (0, axis, long + 0.5), r * 1.08, 20),
        )
        shape.add("body", box(wide * 0.8, 0.3, long + 2.8, (0, big * 1.3, long / 2 - 1.1)))
        top = axis + r
        house = (wide, top + 0.9 - big * 1.3, 2.2)
        shape.add(
            "body",
            box(*house, (0, big * 1.3 + house[1] / 2, -1.2)),
            box(wide * 1.15, 0.15, 2.7, (0, top + 0.9, -1.2)),
        )
        windows(shape, wide / 2, top + 0.2, 0.7, (-2.1, -0.3), 2)
        flare, high = b(1.0, 2.2), b(0.7, 1.5)
        shape.add(
            "chimney",
            lathe([(0.3, 0), (0.28, high * 0.6), (0.28 * flare, high), (0.0, high)], 14).moved(
                0, top - 0.15, long - 0.3
            ),
        )
        shape.add(
            "body",
            *(
                superellipsoid(0.7, 0.9, 0.7, centre=(0, top, long * s), detail=9)
                for s in (0.3, 0.6)[: d.whole(1, 2)]
            ),
        )
        shape.add("body", block((wide * 0.9, big, 0.2), (0.5, 1), (0, 0.1, long + 1.4), -0.9))
        axles(shape, d, big, 0.2, wide * 0.42, *np.linspace(-0.6, long * 0.55, d.whole(2, 4)))
        axles(shape, d, big * 0.5, 0.2, wide * 0.4, long * 0.85, long * 0.85 + big * 1.2)
        shape.add("wheel", *pair(box(0.1, 0.15, long * 0.55, (wide * 0.45, big, long * 0.25))))
        shape.say("a round boiler lying level", "a chimney on top")
        end = -2.7
    else:
        long = {"fast": b(14, 22), "diesel": b(9, 16), "tram": b(10, 18)}[kind]
        mid, corner = floor + tall / 2, b(0.2, 0.5)
        nose = {"fast": b(3.5, 7.0), "diesel": b(0.1, 1.2), "tram": b(0.3, 1.0)}[kind]
        low = {"fast": b(0.15, 0.35), "diesel": b(0.55, 0.95), "tram": b(0.85, 0.95)}[kind]
        ahead = [
            (long - nose, 1.0),
            (long - nose * 0.55, 0.75 + 0.25 * low),
            (long - nose * 0.2, (1 + low) / 2.2),
            (long, low),
        ]
        line = [
            (0.0, wide, tall, mid),
            *((z, wide * (0.5 + 0.5 * s), tall * s, floor + tall * s / 2) for z, s in ahead),
        ]
        shape.add("body", skin(line, corner, 20))
        windows(
            shape,
            wide / 2,
            floor + tall * 0.66,
            tall * 0.26,
            (long * 0.05, long - nose * 1.2),
            int(long / 1.6) if kind != "diesel" else 3,
        )
        shape.add(
            "window",
            box(
                wide * 0.75,
                tall * 0.3,
                0.1,
                (0, floor + tall * 0.7, long - nose * (0.55 if kind == "fast" else 0.15)),
            ),
        )
        axles(
            shape,
            d,
            radius,
            0.2,
            wide * 0.42,
            *(long * s + o for s in (0.14, 0.8) for o in (-1.1 * radius, 1.3 * radius)),
        )
        if d.chance(0.5) and kind != "fast":
            arm = [
                (0, floor + tall, long * 0.5),
                (0, floor + tall + 0.7, long * 0.5 - 0.9),
                (0, floor + tall + 1.4, long * 0.5),
            ]
            shape.add(
                "body",
                *(rod(p, q, 0.05) for p, q in pairwise(arm)),
                box(1.6, 0.06, 0.3, arm[-1]),
            )
            shape.say("a bent arm on the roof")
        if kind == "diesel" and d.chance(0.5):
            shape.add("chimney", box(0.8, 0.4, 1.2, (0, floor + tall + 0.15, long * 0.4)))
        shape.say(
            {
                "fast": "a long sloping nose",
                "diesel": "a blunt box-shaped engine",
                "tram": "large panes and an upright front",
            }[kind]
        )
    each = b(4, 7) if kind == "steam" else b(9, 16)
    open_top = kind == "steam" and d.chance(0.5)
    for _ in range(wagons):
        middle = end - 0.6 - each / 2
        high = tall * (b(0.35, 0.5) if open_top else 0.95)
        shape.add(
            "wagon",
            skin([(middle + s * each / 2, wide * 0.98, high, floor + high / 2) for s in (-1, 1)], 0.2, 20),
        )
        shape.add("wagon", box(0.3, 0.3, 0.9, (0, floor + 0.2, end - 0.3)))
        if not open_top:
            windows(
                shape,
                wide / 2,
                floor + high * 0.66,
                high * 0.28,
                (middle - each * 0.45, middle + each * 0.45),
                int(each / 1.6),
            )
        axles(
            shape,
            d,
            radius,
            0.2,
            wide * 0.42,
            *(middle + s * each * 0.33 + o for s in (-1, 1) for o in (-0.6, 0.6)),
        )
        end = middle - each / 2
    shape.say(
        "a single engine" if wagons == 0 else f"{counted(wagons, 'wagon')} behind",
        "many small wheels in a row",
    )
    set_down(shape)
