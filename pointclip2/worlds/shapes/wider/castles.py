"""Make a castle and a lighthouse. The front points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, merge, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.buildings import openings, saddle
from pointclip2.worlds.shapes.wider.forms import ring_of, wires


def battlements(x: float, z: float, y: float, size: float) -> Mesh:
    """Return the teeth on top of a wall around a rectangle."""
    edge = [
        (i * size * 1.9, s * z / 2)
        for i in range(-int(x / size / 3.8), int(x / size / 3.8) + 1)
        for s in (-1, 1)
    ]
    edge += [
        (s * x / 2, i * size * 1.9)
        for i in range(-int(z / size / 3.8), int(z / size / 3.8) + 1)
        for s in (-1, 1)
    ]
    return merge([box(size, size, size * 0.8, (a, y + size / 2, c)) for a, c in edge])


@shape_class(
    "castle",
    parts=("wall", "tower", "battlement", "roof", "gate", "keep", "window"),
    synonyms=("fortress", "fort", "palace", "citadel", "stronghold", "sand castle"),
    described=(
        "A castle is a ring of thick walls with round or square towers at its corners.",
        "The upper edges of the castle are cut into square teeth with gaps between them.",
        "An arched gate opens in the front wall of the castle, often between two towers.",
        "Pointed cones cover the towers of some, so that the castle bristles with spires of unequal height.",
    ),
)
def castle(shape: Shape, rng: Random) -> None:
    """Make a castle: a ring of walls, a block with corner towers, or slim towers; teeth or pointed roofs."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("ring", "ring", "block", "cluster")
    wide, deep, high = b(14, 40), b(14, 36), b(4, 9)
    r, up, sides = b(1.6, 3.2), b(1.2, 2.2), 18 if d.chance(0.7) else 4
    pointed = d.chance(0.55) if kind != "cluster" else True
    tooth = high * b(0.09, 0.14)

    def turret(x: float, z: float, radius: float, tall: float) -> None:
        shaft = lathe(
            [
                (0, 0),
                (radius * 1.08, 0),
                (radius, tall * 0.3),
                (radius, tall * 0.92),
                (radius * 1.2, tall * 0.96),
                (radius * 1.2, tall),
                (0, tall),
            ],
            sides,
        )
        shape.add("tower", shaft.rotated_deg(y=45 if sides == 4 else 0).moved(x, 0, z))
        reach = radius * 1.05 if sides > 4 else radius * 0.75
        if pointed:
            cap = lathe([(radius * 1.35, tall * 0.99), (0, tall + radius * b(1.8, 3.4))], sides)
            shape.add("roof", cap.rotated_deg(y=45 if sides == 4 else 0).moved(x, 0, z))
        else:
            teeth = ring_of(box(tooth, tooth * 1.2, tooth * 1.2, (reach, tall + tooth * 0.6, 0)), 8)
            shape.add("battlement", merge(teeth).moved(x, 0, z))
        if d.chance(0.6):
            shape.add(
                "window",
                box(
                    radius * 0.3,
                    radius * 0.8,
                    radius * 0.3,
                    (x, tall * 0.65, z + radius * (1.0 if sides > 4 else 0.72)),
                ),
            )

    if kind == "ring":
        thick = b(0.8, 1.6)
        for x, z, at in (
            (wide, thick, (0, -deep / 2)),
            (wide, thick, (0, deep / 2)),
            (thick, deep, (-wide / 2, 0)),
            (thick, deep, (wide / 2, 0)),
        ):
            shape.add("wall", box(x, high, z, (at[0], high / 2, at[1])))
        shape.add("battlement", battlements(wide, deep, high, tooth * 1.5))
        tall, x = high * b(1.3, 2.3), wide * b(0.25, 0.4)
        spot = (b(-0.15, 0.15) * wide, b(-0.25, 0.0) * deep)
        shape.add("keep", box(x, tall, x * 0.9, (spot[0], tall / 2, spot[1])))
        shape.add("battlement", battlements(x, x * 0.9, tall, tooth * 1.5).moved(spot[0], 0, spot[1]))
        shape.say("a ring of walls around a court", "a square keep inside")
    else:
        if kind == "cluster":
            wide, deep, high = wide * 0.6, deep * 0.5, high * 1.3
            for _ in range(d.whole(2, 4)):
                turret(b(-0.4, 0.4) * wide, b(-0.4, 0.3) * deep, r * b(0.5, 0.8), high * b(1.6, 3.0))
            shape.say("a cluster of slim spires")
        shape.add("keep", box(wide, high, deep, (0, high / 2, 0)))
        shape.add("battlement", battlements(wide, deep, high, tooth * 1.5))
        shape.add(
            "window",
            *(
                m.moved(y=high * 0.35, z=deep / 2)
                for m in openings((wide * 0.8, high * 0.55), (d.whole(4, 6), 1), 0.35, 0.3)
            ),
        )
        shape.say("one solid block")
        shape.add("wall", box(wide * 1.15, high * 0.12, deep * 1.15, (0, high * 0.06, 0)))
    for i in (-1, 1):
        for k in (-1, 1):
            turret(i * wide / 2, k * deep / 2, r, high * up)
    if d.chance(0.5):
        for i in (-1, 1):
            turret(i * r * 1.6, deep / 2 + r * 0.3, r * 0.8, high * up * 0.85)
    door = b(1.2, 1.8)
    shape.add(
        "gate",
        box(door * 1.4, door * 2, 0.6, (0, door, deep / 2 + 0.8)),
        cylinder(door * 0.7, 0.6, segments=18).rotated_deg(x=90).moved(0, door * 2, deep / 2 + 0.8),
    )
    shape.say(
        "pointed roofs on its towers" if pointed else "teeth on top of its towers",
        "round towers" if sides > 4 else "square towers",
    )
    set_down(shape)


@shape_class(
    "lighthouse",
    parts=("tower", "gallery", "lantern", "cap", "base", "window"),
    synonyms=("beacon tower", "sea light", "light tower"),
    described=(
        "A lighthouse is a tall round shaft that becomes a little narrower towards the top.",
        "A ring-shaped balcony with a railing runs around the head of the lighthouse.",
        "Above the balcony a small glass drum under a pointed or domed cap closes the lighthouse.",
        "At its foot a lighthouse stands on a wide rock or on a low building.",
    ),
)
def lighthouse(shape: Shape, rng: Random) -> None:
    """Make a lighthouse: round or eight-sided, slim or stout, with a rock, a house or a plain foot, on legs."""
    d = Dice(rng)
    b = d.between
    tall = b(9, 40)
    low = tall * b(0.09, 0.18)
    top = low * b(0.5, 0.85)
    sides = 8 if d.chance(0.3) else 24
    t = np.linspace(0, 1, 8)
    flare = b(0.0, 0.35)
    radii = low + (top - low) * t + low * flare * (1 - t) ** 4
    if d.chance(0.12):
        shape.add(
            "tower",
            *ring_of(rod((low * 1.6, 0, 0), (top, tall, 0), low * 0.07), 6),
            rod((0, 0, 0), (0, tall, 0), low * 0.25),
            *(torus(low * 1.6 + (top - low * 1.6) * q, low * 0.05, (0, tall * q, 0), 6) for q in (0.3, 0.6)),
        )
        shape.say("an open frame of slanted legs")
    else:
        shape.add(
            "tower",
            lathe(
                [(0, 0), *((float(r), float(tall * q)) for r, q in zip(radii, t, strict=True)), (0, tall)],
                sides,
            ),
        )
        bands = d.whole(2, 5)
        if d.chance(0.4):
            shape.add(
                "tower",
                *(
                    torus(float(np.interp(q, t, radii)), low * 0.06, (0, tall * q, 0), 20)
                    for q in np.linspace(0.15, 0.85, bands)
                ),
            )
            shape.say("rings around the shaft")
        shape.add(
            "window",
            *(
                box(
                    low * 0.25, low * 0.4, low * 0.3, (0, tall * q, float(np.interp(q, t, radii)))
                ).rotated_deg(y=a)
                for q, a in ((0.3, 0), (0.5, 60), (0.7, 0), (0.6, 200))
            ),
        )
        shape.say("eight flat sides" if sides == 8 else "a round shaft")
    out = top * b(1.25, 1.6)
    shape.add(
        "gallery",
        lathe(
            [
                (top, tall - top * 0.3),
                (out, tall - top * 0.05),
                (out, tall + top * 0.05),
                (0, tall + top * 0.05),
            ],
            24,
        ),
    )
    rail = top * b(0.5, 0.7)
    a = np.linspace(0, 2 * np.pi, 17)[:-1]
    feet = np.column_stack([out * 0.96 * np.cos(a), np.full(16, tall), out * 0.96 * np.sin(a)])
    shape.add(
        "gallery",
        wires(feet, feet + np.array([0, rail, 0]), top * 0.03),
        torus(out * 0.96, top * 0.04, (0, tall + rail, 0)),
    )
    room, high = top * b(0.6, 0.8), top * b(0.9, 1.6)
    shape.add(
        "lantern",
        lathe([(room, tall), (room, tall + high)], 12),
        sphere(room * 0.45, (0, tall + high * 0.5, 0), 8),
    )
    shape.add("lantern", *ring_of(box(top * 0.06, high, top * 0.06, (room * 1.02, tall + high / 2, 0)), 8))
    dome = d.chance(0.5)
    q = np.linspace(0, np.pi / 2, 7)
    cap = (
        [(float(room * 1.2 * np.cos(x)), float(tall + high + room * np.sin(x))) for x in q]
        if dome
        else [(room * 1.35, tall + high), (0, tall + high + room * b(0.8, 1.5))]
    )
    shape.add(
        "cap",
        lathe(cap, 20),
        rod((0, tall + high + room * 0.7, 0), (0, tall + high + room * 1.8, 0), top * 0.05),
        sphere(top * 0.1, (0, tall + high + room * 1.8, 0), 6),
    )
    foot = d.pick("plain", "rock", "house")
    if foot == "rock":
        rock = lathe([(0, -low), (low * 3.2, -low), (low * 2.6, -low * 0.3), (low * 1.2, 0.1), (0, 0.1)], 14)
        rough = 1 + rng.normal(0, 0.07, (len(rock.vertices), 1)) * [1, 0.2, 1]
        shape.add("base", Mesh(rock.vertices * rough, rock.faces))
        shape.say("standing on a rock")
    elif foot == "house":
        x, y, z = low * b(1.8, 3), low * b(1.0, 1.6), low * b(1.6, 2.2)
        shape.add(
            "base",
            box(x, y, z, (low + x / 3, y / 2, 0)),
            saddle(z * 1.1, y * 0.7, x * 1.05).rotated_deg(y=90).moved(low + x / 3, y, 0),
        )
        shape.say("a small house at its foot")
    else:
        shape.add("base", cylinder(low * 1.6, tall * 0.03, centre=(0, tall * 0.015, 0)))
    shape.say("a domed cap" if dome else "a pointed cap", "slim" if low < 0.13 * tall else "stout")
    set_down(shape)
