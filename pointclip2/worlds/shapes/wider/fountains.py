"""Make a fountain."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    lathe,
    rod,
    sphere,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of


@shape_class(
    "fountain",
    parts=("basin", "stem", "bowl", "water", "figure"),
    synonyms=("water fountain", "garden fountain", "well fountain"),
    described=(
        "A fountain is a wide low basin with a stem in its middle that carries smaller bowls.",
        "The bowls of the fountain shrink from below to above, all on one upright axis.",
        "Thin arcs of water leave the tip of the fountain and fall back all around.",
        "Seen from above the fountain is a set of rings, each inside the other.",
    ),
)
def fountain(shape: Shape, rng: Random) -> None:
    """Make a fountain: one to three bowls on a stem, a jet, a figure on top, or a wall with a spout."""
    d = Dice(rng)
    b = d.between
    r = b(0.5, 3.0)
    deep, wall = r * b(0.18, 0.35), r * b(0.05, 0.12)
    sides = d.pick("32", "32", "8", "6", "4")
    n = int(sides)
    shape.add(
        "basin",
        lathe(
            [
                (0, 0),
                (r * 1.04, 0),
                (r, deep * 0.3),
                (r, deep * 0.85),
                (r * 1.06, deep),
                (r - wall, deep),
                (r - wall, deep * 0.3),
                (0, deep * 0.3),
            ],
            n,
        ).rotated_deg(y=180 / n),
    )
    shape.add("water", lathe([(0, deep * 0.75), (r - wall, deep * 0.75)], n).rotated_deg(y=180 / n))
    bowls = d.whole(0, 3)
    y = deep * 0.3
    size = r * b(0.45, 0.65)
    for _ in range(bowls):
        rise = size * b(0.7, 1.3)
        thin = size * b(0.1, 0.2)
        shape.add(
            "stem",
            lathe(
                [
                    (thin * 2.2, y),
                    (thin * 1.4, y + rise * 0.15),
                    (thin, y + rise * 0.5),
                    (thin * 1.5, y + rise * 0.75),
                    (thin * 1.2, y + rise),
                ],
                16,
            ),
        )
        y += rise
        cup = size * b(0.25, 0.4)
        shape.add(
            "bowl",
            lathe(
                [
                    (thin, y),
                    (size * 0.6, y + cup * 0.4),
                    (size, y + cup),
                    (size * 0.93, y + cup),
                    (size * 0.5, y + cup * 0.5),
                    (0, y + cup * 0.4),
                ],
                26,
            ),
        )
        if d.chance(0.3):
            top = y + cup
            count = 10
            drop = tube(
                [
                    (size * 0.98, top, 0),
                    (size * 1.15, top - rise * 0.3, 0),
                    (size * 1.22, max(top - rise * 1.0, deep * 0.7), 0),
                ],
                size * 0.025,
                5,
            )
            shape.add("water", *ring_of(drop, count))
        y += cup * 0.4
        size *= b(0.5, 0.72)
    end = d.pick("jet", "jet", "figure", "ball")
    if end == "jet":
        reach, up = r * b(0.25, 0.6), r * b(0.5, 1.4)
        t = np.linspace(0, 1, 9)
        arc = np.column_stack([reach * t, y + up * (1 - (2 * t - 0.8) ** 2 / 0.64) * (t < 0.9) * 1.0, 0 * t])
        arc[-1, 1] = max(y - 0.2 * r, deep * 0.7)
        shape.add(
            "water",
            *ring_of(tube(arc, r * 0.012, 5), d.whole(5, 10)),
            rod((0, y, 0), (0, y + up * 1.1, 0), r * 0.02),
        )
        shape.say("arcs of water from its tip")
    elif end == "figure":
        tall = r * b(0.4, 0.7)
        shape.add(
            "figure",
            lathe(
                [
                    (tall * 0.25, y),
                    (tall * 0.16, y + tall * 0.5),
                    (tall * 0.2, y + tall * 0.75),
                    (tall * 0.07, y + tall * 0.9),
                    (0, y + tall * 0.92),
                ],
                12,
            ),
            sphere(tall * 0.12, (0, y + tall * 1.0, 0), 8),
            *pair(
                tube(
                    [(tall * 0.15, y + tall * 0.75, 0), (tall * 0.35, y + tall * b(0.6, 1.1), tall * 0.1)],
                    tall * 0.05,
                    6,
                )
            ),
        )
        shape.say("a figure on top")
    else:
        shape.add(
            "stem",
            rod((0, y * 0.6, 0), (0, y + r * 0.1, 0), r * 0.06),
            sphere(r * 0.1, (0, y + r * 0.18, 0), 9),
        )
        shape.say("a ball on top")
    shape.say(
        "a wide basin alone" if bowls == 0 else f"{counted(bowls, 'bowl')} above the basin",
        "a round basin" if n > 20 else f"a basin with {counted(n, 'side')}",
    )
    set_down(shape)
