"""Make a submarine: the bow points to +z, the lowest point is at y = 0."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, set_down
from pointclip2.worlds.shapes.mesh import box, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, ring_of, skin


@shape_class(
    "submarine",
    parts=("hull", "tower", "fin", "propeller", "periscope"),
    synonyms=("u-boat", "undersea boat", "submersible"),
    described=(
        "A submarine is a long round cigar with a small upright tower on its back.",
        "Both ends of the submarine are rounded or pointed, and short fins form a cross at its stern.",
        "A thin tube may rise from the tower of the submarine, and a propeller turns behind the fins.",
        "A toy submarine is short and fat like an egg, with round windows and the same tower on top.",
    ),
)
def submarine(shape: Shape, rng: Random) -> None:
    """Make a submarine: slim and modern, old with a flat deck, or a stubby one with portholes."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("modern", "modern", "old", "stubby")
    long = b(3, 8) if kind == "stubby" else b(40, 110)
    r = long * (b(0.14, 0.24) if kind == "stubby" else b(0.035, 0.06))
    t = np.array([0, 0.02, 0.06, 0.13, 0.22, 0.6, 0.78, 0.9, 1.0])
    fat = np.array([0.05, 0.4, 0.7, 0.92, 1, 1, b(0.75, 0.95), b(0.35, 0.6), 0.1])
    tall = 1.0 if kind != "old" else b(1.1, 1.4)
    shape.add(
        "hull",
        skin([(long * (0.5 - s), 2 * r * f, 2 * r * f * tall, 0.0) for s, f in zip(t, fat, strict=True)]),
    )
    if kind == "old":
        shape.add("hull", block((r * 0.9, r * 0.35, long * 0.85), (0.9, 1.05), (0, r * tall * 0.85, 0)))
        shape.say("a flat deck along its back")
    z, high, deep = long * b(0.08, 0.28) if kind != "stubby" else 0.0, r * b(0.8, 1.4), long * b(0.07, 0.13)
    tower = skin(
        [(deep * s, r * w, high, 0.0) for s, w in ((-1, 0.1), (-0.5, 0.5), (0.2, 0.7), (0.8, 0.5), (1, 0.2))],
        0.8,
    )
    shape.add("tower", tower.scaled(x=b(0.7, 1.2)).moved(0, r * tall + high * 0.4, z))
    if d.chance(0.7):
        up = high * b(0.5, 1.4)
        foot = (0.0, r * tall + high * 0.7, z + deep * 0.2)
        shape.add(
            "periscope",
            rod(foot, (0, foot[1] + up, foot[2]), r * 0.07),
            box(r * 0.12, r * 0.14, r * 0.3, (0, foot[1] + up, foot[2] + r * 0.1)),
        )
        shape.say("a thin tube on the tower")
    size, start = r * b(1.1, 1.7), -long * b(0.37, 0.42)
    turned = 45.0 if d.chance(0.2) else 0.0
    for angle in (0, 90, 180, 270):
        fin = blade((0, r * 0.2, start), (0, size, start - r * 0.5), r * 1.4, r * 0.9, 0.12, 0)
        shape.add("fin", fin.rotated_deg(z=angle + turned))
    if d.chance(0.7):
        at = (
            (0.0, r * tall + high * 0.5, z + deep * 0.3)
            if d.chance(0.5) and kind == "modern"
            else (0.0, r * 0.2, long * 0.36)
        )
        shape.add("fin", *pair(blade(at, (r * 1.5, at[1], at[2] - r * 0.2), r * 0.8, r * 0.5, 0.12)))
        shape.say("short level fins in front")
    screw = box(r * 1.1, r * 0.1, r * 0.3).rotated_deg(x=35).moved(x=r * 0.55)
    for one in ring_of(screw, d.whole(3, 6)):
        shape.add("propeller", one.rotated_deg(x=90).moved(z=-long * 0.5 - r * 0.1))
    if kind == "stubby":
        for s in (-0.15, 0.05, 0.25):
            shape.add(
                "hull",
                *pair(
                    torus(r * 0.22, r * 0.06, segments=12)
                    .rotated_deg(z=90)
                    .moved(r * 0.97, r * 0.15, s * long)
                ),
            )
        shape.add("hull", sphere(r * 0.3, (0, 0, long * 0.47), 7))
        shape.say("round windows in its sides")
    shape.say("short and fat" if kind == "stubby" else "a long slim cigar", "a cross of fins at the stern")
    set_down(shape)
