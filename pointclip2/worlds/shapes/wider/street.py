"""Make a street lamp and a traffic light."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    rod,
    sphere,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of


@shape_class(
    "street lamp",
    parts=("pole", "arm", "lantern", "base"),
    synonyms=("streetlight", "lamp post", "street light", "lantern post"),
    described=(
        "A street lamp is a very tall thin pole that carries a small lantern at its upper end.",
        "The modern street lamp bends over at the top, and its flat head hangs far to one side.",
        "An old street lamp ends in a glass case with a pointed lid, or in several globes on short arms.",
        "The foot of the street lamp is a little thicker than its pole.",
    ),
)
def street_lamp(shape: Shape, rng: Random) -> None:
    """Make a street lamp: an arm that bends over, two arms, an old lantern, globes; tall or low."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("bent", "bent", "double", "lantern", "lantern", "globes")
    tall = b(5, 10) if kind in ("bent", "double") else b(2.5, 4.5)
    r = tall * b(0.008, 0.02)
    shape.add("pole", lathe([(r * 1.4, 0), (r, tall * 0.4), (r * 0.75, tall), (0, tall)], d.whole(6, 14)))
    shape.add(
        "base",
        lathe(
            [
                (0, 0),
                (r * b(2.2, 4), 0),
                (r * 2, tall * 0.06),
                (r * 1.3, tall * b(0.08, 0.2)),
                (0, tall * 0.2),
            ],
            12,
        ),
    )
    if kind in ("bent", "double"):
        reach, rise = tall * b(0.12, 0.3), tall * b(0.02, 0.14)
        t = np.linspace(0, 1, 8)
        arc = np.column_stack([reach * t, tall - 0.01 * tall + rise * np.sin(np.pi / 2 * t) ** 0.8, 0 * t])
        size = tall * b(0.07, 0.11)
        head = superellipsoid(
            size, size * 0.25, size * 0.45, b(0.3, 0.9), arc[-1] + np.array([size * 0.35, 0, 0]), 8
        )
        for turned in (0, 180) if kind == "double" else (0,):
            shape.add("arm", tube(arc, r * 0.6, 7).rotated_deg(y=turned))
            shape.add("lantern", head.rotated_deg(y=turned))
        shape.say(
            "one arm bent over to the side" if kind == "bent" else "two arms to both sides", "a flat head"
        )
    elif kind == "lantern":
        size, high = tall * b(0.05, 0.09), tall * b(0.1, 0.15)
        sides = d.whole(4, 6)
        shape.add(
            "lantern",
            lathe([(0, 0), (size * 0.55, 0), (size, high)], sides).moved(y=tall),
            lathe([(size * 1.2, high), (size * 0.4, high * 1.4), (0, high * 1.6)], sides).moved(y=tall),
        )
        shape.add(
            "lantern",
            sphere(size * 0.1, (0, tall + high * 1.65, 0), 6),
            sphere(size * 0.3, (0, tall + high * 0.5, 0), 7),
        )
        if d.chance(0.6):
            shape.add("arm", rod((-size * 2, tall * 0.9, 0), (size * 2, tall * 0.9, 0), r * 0.4))
            shape.say("a short crossbar below the lantern")
        shape.say("a glass case with a pointed lid")
    else:
        count, reach, size = d.whole(1, 5), tall * b(0.1, 0.18), tall * b(0.035, 0.06)
        if count == 1:
            shape.add("lantern", sphere(size * 1.4, (0, tall + size * 1.2, 0), 10))
        else:
            arm = tube(
                [(0, tall * 0.92, 0), (reach * 0.7, tall * 0.9, 0), (reach, tall * 0.95, 0)], r * 0.5, 6
            )
            shape.add("arm", *ring_of(arm, count))
            shape.add(
                "lantern",
                *ring_of(sphere(size, (reach, tall * 0.95 + size, 0), 9), count),
                sphere(size, (0, tall + size, 0), 9),
            )
        shape.say(counted(count, "globe") + (" on arms" if count > 1 else " on top"))
    shape.say(
        "very tall" if tall > 6 else "not very tall", "a slim pole" if r < 0.014 * tall else "a thick pole"
    )
    set_down(shape)


@shape_class(
    "traffic light",
    parts=("housing", "lens", "hood", "pole", "arm"),
    synonyms=("traffic signal", "stoplight", "traffic lights", "signal light"),
    described=(
        "A traffic light is a tall narrow box with three round lenses one above the other.",
        "Short visors stick out over each lens of the traffic light like the peaks of caps.",
        "Most hang on a pole at the side of it or on a long level arm above: a traffic light is small on its mast.",
        "Without a mast the traffic light is an upright brick with three circles in front.",
    ),
)
def traffic_light(shape: Shape, rng: Random) -> None:
    """Make a traffic light: alone, on a pole, on a long arm, with heads on several sides, with a back plate."""
    d = Dice(rng)
    b = d.between
    count = d.pick("3", "3", "3", "2", "4")
    n, r = int(count), b(0.09, 0.15)
    wide, pitch, deep = r * b(2.3, 2.8), r * b(2.3, 2.7), r * b(1.2, 2.2)
    high = n * pitch
    head: list[tuple[str, Mesh]] = [("housing", superellipsoid(wide, high, deep, b(0.1, 0.4), (0, 0, 0), 10))]
    level = d.chance(0.1)
    if d.chance(0.35):
        head.append(("housing", box(wide * 1.6, high * 1.15, 0.02, (0, 0, -deep * 0.2))))
        shape.say("a wide plate behind it")
    for k in range(n):
        y = (k - (n - 1) / 2) * pitch
        head.append(("lens", superellipsoid(2 * r, 2 * r, r * 0.5, centre=(0, y, deep / 2), detail=9)))
        visor = (
            lathe([(r * 1.08, 0), (r * 1.02, r * b(0.9, 1.6))], 14, 220).rotated_deg(x=90).rotated_deg(z=-20)
        )
        head.append(("hood", visor.moved(0, y, deep / 2)))
    if level:
        head = [(part, mesh.rotated_deg(z=90)) for part, mesh in head]
    kind = d.pick("alone", "pole", "pole", "arm", "several")
    tall = b(2.4, 4.0) if kind != "arm" else b(4.5, 6.0)
    spots: list[tuple[float, float, float, float]] = [(0, 0, 0, 0)]
    if kind == "pole":
        spots = [(0, tall, wide * 0.3 + 0.05, 0)]
        shape.add(
            "pole",
            rod((0, 0, 0), (0, tall + high * 0.5, 0), 0.055, 10),
            cylinder(0.16, 0.1, centre=(0, 0.05, 0)),
        )
        if d.chance(0.4):
            spots.append((0, tall - high * 1.3, wide * 0.3, 0))
    elif kind == "arm":
        reach = b(2.0, 4.0)
        shape.add(
            "pole", lathe([(0.14, 0), (0.09, tall), (0, tall)], 12), cylinder(0.25, 0.15, centre=(0, 0.08, 0))
        )
        shape.add("arm", rod((0, tall * 0.95, 0), (reach, tall, 0), 0.05))
        spots = [(reach * q, tall * 0.95 - 0.1, 0.1, 0) for q in (0.95, 0.5)[: d.whole(1, 2)]]
    elif kind == "several":
        shape.add(
            "pole",
            rod((0, 0, 0), (0, tall + high * 0.6, 0), 0.06, 10),
            cylinder(0.18, 0.1, centre=(0, 0.05, 0)),
        )
        spots = [(0, tall, deep * 0.5 + 0.08, 90.0 * k) for k in range(d.whole(2, 4))]
    for x, y, z, a in spots:
        for part, mesh in head:
            shape.add(part, mesh.moved(z=z).rotated_deg(y=a).moved(x, y, 0))
    shape.say(
        {
            "alone": "a box without a pole",
            "pole": "on an upright pole",
            "arm": "on a long level arm",
            "several": "heads on several sides of a pole",
        }[kind]
    )
    shape.say(counted(n, "round lens", "round lenses") + (" side by side" if level else " in a column"))
    set_down(shape)
