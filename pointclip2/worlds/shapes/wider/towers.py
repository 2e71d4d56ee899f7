"""Make towers."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import box, cylinder, lathe, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of, wires


@shape_class(
    "tower",
    parts=("shaft", "top", "window", "base", "spire"),
    synonyms=("skyscraper", "water tower", "high-rise", "lattice tower", "clock tower", "office block"),
    described=(
        "A tower is much taller than it is wide and rises straight or tapers towards its top.",
        "Rows of windows climb the shaft of the tower from the ground to the roof.",
        "At its head the tower may widen into a platform, carry a pointed cap or end in a thin mast.",
        "An open tower is a lattice of beams on four spread feet that come together high above.",
    ),
)
def tower(shape: Shape, rng: Random) -> None:
    """Make a tower: skyscraper with setbacks, stone tower with teeth, lattice, water tower, television tower."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("sky", "sky", "stone", "lattice", "water", "television")
    if kind == "sky":
        wide, deep, tiers = b(15, 40), b(15, 40), d.whole(1, 4)
        y, total = 0.0, b(40, 110)
        round_plan = d.chance(0.2)
        for _ in range(tiers):
            tall = total / tiers * b(0.7, 1.3)
            if round_plan:
                shape.add("shaft", cylinder(wide / 2, tall, centre=(0, y + tall / 2, 0), segments=24))
            else:
                shape.add("shaft", box(wide, tall, deep, (0, y + tall / 2, 0)))
                rows = max(2, int(tall / 9))
                for turned, x, z in ((0, wide, deep), (90, deep, wide), (180, wide, deep), (270, deep, wide)):
                    shape.add(
                        "window",
                        *(
                            box(
                                x * 0.92, tall / rows * 0.5, 0.8, (0, y + (q + 0.5) * tall / rows, z / 2)
                            ).rotated_deg(y=turned)
                            for q in range(rows)
                        ),
                    )
            y += tall
            wide, deep = wide * b(0.55, 0.85), deep * b(0.55, 0.85)
        shape.add("top", box(wide * 0.6, total * 0.03, deep * 0.6, (0, y, 0)))
        if d.chance(0.5):
            shape.add(
                "spire",
                lathe([(wide * 0.08, y), (wide * 0.05, y + total * 0.12), (0, y + total * b(0.15, 0.3))], 8),
            )
            shape.say("a thin mast on top")
        shape.say(
            "one straight block" if tiers == 1 else f"{counted(tiers, 'block')} stepping inwards",
            "rows of windows",
        )
    elif kind == "stone":
        r, tall = b(2, 4), b(9, 24)
        sides = 4 if d.chance(0.45) else 20
        flare, y = b(1.05, 1.3), tall
        shape.add("shaft", lathe([(0, 0), (r * b(1.0, 1.25), 0), (r, tall * 0.5), (r, tall)], sides))
        shape.add(
            "top",
            lathe([(r, tall * 0.93), (r * flare, tall), (r * flare, tall * 1.06), (0, tall * 1.06)], sides),
        )
        if d.chance(0.5):
            tooth = box(
                r * 0.3,
                r * 0.4,
                r * 0.2,
                (r * flare * (0.95 if sides > 4 else 0.66), tall * 1.06 + r * 0.2, 0),
            )
            shape.add("top", *ring_of(tooth, 12 if sides > 4 else 8, 45.0))
            shape.say("a ring of teeth at the top")
        else:
            shape.add(
                "spire", lathe([(r * flare * 1.1, tall * 1.05), (0, tall * 1.05 + r * b(1.5, 3.5))], sides)
            )
            shape.say("a pointed cap")
        shape.add(
            "window",
            *(
                box(r * 0.2, r * 0.6, r * 0.3, (0, tall * q, r * (1.0 if sides > 4 else 0.72))).rotated_deg(
                    y=a
                )
                for q, a in ((0.35, 0), (0.55, 90), (0.75, 0), (0.6, 180), (0.8, 270))
            ),
        )
        shape.add("base", box(r * 0.7, r * 1.1, r * 0.5, (0, r * 0.55, r * 0.95 if sides > 4 else r * 0.7)))
        shape.say("round like a column" if sides > 4 else "a square shaft")
    elif kind == "lattice":
        tall, foot = b(30, 150), b(0.18, 0.32)
        t = np.linspace(0, 1, 9)
        half = tall * foot / 2 * ((1 - t) ** b(1.2, 2.2) * 0.93 + 0.05)
        level = tall * t
        thick = tall * 0.006
        corner = [
            np.column_stack([i * half, level, k * half]) for i, k in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        starts, ends = [], []
        for k in range(4):
            a, c = corner[k], corner[(k + 1) % 4]
            starts += [a[:-1], a[:-1], c[:-1], a]
            ends += [a[1:], c[1:], a[1:], c]
        shape.add("shaft", wires(np.vstack(starts), np.vstack(ends), thick))
        for q in (3, 5)[: d.whole(1, 2)]:
            shape.add("top", box(half[q] * 2.4, tall * 0.015, half[q] * 2.4, (0, level[q], 0)))
        shape.add("spire", rod((0, tall, 0), (0, tall * b(1.05, 1.2), 0), thick))
        shape.add(
            "base",
            *(
                box(tall * 0.03, tall * 0.015, tall * 0.03, p[0] + np.array([0, tall * 0.007, 0]))
                for p in corner
            ),
        )
        shape.say("an open lattice of beams", "four spread feet", "a needle at the top")
    elif kind == "water":
        tall, r, legs = b(10, 25), b(2.5, 5), d.whole(4, 8)
        tank_h = r * b(0.9, 1.6)
        shape.add(
            "top",
            lathe(
                [
                    (0, tall),
                    (r * 0.8, tall + r * 0.15),
                    (r, tall + r * 0.4),
                    (r, tall + tank_h),
                    (0, tall + tank_h + r * b(0.2, 0.6)),
                ],
                22,
            ),
        )
        shape.add(
            "shaft",
            *ring_of(rod((r * b(0.9, 1.2), 0, 0), (r * 0.85, tall + r * 0.4, 0), r * 0.05), legs),
            rod((0, 0, 0), (0, tall, 0), r * 0.12),
        )
        shape.add("shaft", *(torus(r * 0.95, r * 0.03, (0, tall * q, 0), 20) for q in (0.35, 0.7)))
        shape.say("a wide drum on thin legs", counted(legs, "leg"))
    else:
        tall, r = b(60, 180), b(3, 6)
        shape.add(
            "shaft",
            lathe([(0, 0), (r * 1.8, 0), (r * 1.1, tall * 0.25), (r * 0.6, tall * 0.8), (0, tall * 0.8)], 18),
        )
        y = tall * b(0.6, 0.75)
        ball = d.chance(0.4)
        pod = (
            sphere(r * 2.6, (0, y, 0), 12)
            if ball
            else lathe(
                [
                    (r * 0.7, y - r),
                    (r * 3, y),
                    (r * 3, y + r * 0.8),
                    (r * 1.2, y + r * 1.6),
                    (0, y + r * 1.6),
                ],
                22,
            )
        )
        shape.add("top", pod)
        shape.add("spire", lathe([(r * 0.5, tall * 0.8), (r * 0.1, tall), (0, tall)], 10))
        shape.add("base", cylinder(r * 3.2, r, centre=(0, r / 2, 0)))
        shape.say(
            "a ball high on its shaft" if ball else "a round platform high on its shaft",
            "a long needle at the top",
        )
    shape.say("very tall and thin")
    set_down(shape)
