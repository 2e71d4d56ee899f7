"""Make cannons: the barrel points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, wheel
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, sphere
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, strip


@shape_class(
    "cannon",
    parts=("barrel", "wheel", "carriage", "ball"),
    synonyms=("artillery gun", "field gun", "howitzer", "ship's gun"),
    described=(
        "A cannon is a thick tube that narrows towards its open mouth and rests between two wheels.",
        "Rings run around the barrel of the cannon, and a small knob closes its rear end.",
        "Behind the wheels of the cannon a wooden beam slopes down to the ground as a third support.",
        "A ship's cannon lies low on a stepped block with four little wheels.",
        "From the side the cannon shows a slanted tube across one large spoked circle.",
    ),
)
def cannon(shape: Shape, rng: Random) -> None:
    """Make a cannon: field gun with spoked wheels, ship's gun on a block, mortar, or a modern gun with a shield."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("field", "field", "ship", "mortar", "modern")
    long = b(0.5, 0.8) if kind == "mortar" else b(1.4, 3.0)
    r = long * {"mortar": b(0.25, 0.38), "modern": b(0.025, 0.045)}.get(kind, b(0.07, 0.12))
    mouth = r * b(0.6, 0.85)
    flare = mouth * b(1.05, 1.35)
    profile = [(0, -0.06), (0.9, -0.05), (1.0, 0.0), (1.0, 0.12), (0.92, 0.3)]
    line = [(r * w, long * y) for w, y in profile]
    line += [
        (mouth, long * 0.9),
        (flare, long * 0.95),
        (flare, long),
        (mouth * 0.65, long),
        (mouth * 0.6, long * 0.75),
        (0, long * 0.75),
    ]
    tube_parts: list[Mesh] = [lathe(line, 20)]
    if kind != "modern":
        tube_parts += [
            lathe(
                [
                    (w * 0.98, y * long - 0.02),
                    (w * 1.12, y * long - 0.02),
                    (w * 1.12, y * long + 0.02),
                    (w * 0.98, y * long + 0.02),
                ],
                18,
            )
            for y, w in ((0.0, r), (0.3, r * 0.95), (0.6, (r + mouth) * 0.5), (0.93, flare))[: d.whole(1, 4)]
        ]
        tube_parts += [sphere(r * 0.4, (0, -long * 0.06 - r * 0.4, 0), 8)]
    else:
        tube_parts += [
            box(r * 4, long * 0.16, r * 4, (0, long * 0.02, 0)),
            cylinder(r * 1.6, long * 0.08, centre=(0, long * 0.97, 0)),
            rod((0, 0, r * 2), (0, long * 0.5, r * 2), r * 0.8),
        ]
    up = b(30, 60) if kind == "mortar" else b(0, 28)
    wr = {"ship": r * b(0.9, 1.3), "mortar": r * 0.5}.get(kind, long * b(0.22, 0.36))
    axle = wr if kind in ("field", "modern") else wr + r * 1.6
    pivot = long * b(0.28, 0.42)
    for mesh in tube_parts:
        shape.add(
            "barrel",
            mesh.moved(y=-pivot)
            .rotated_deg(x=90 - up)
            .moved(y=axle + (r * 0.8 if kind == "field" else r * 0.3)),
        )
    half = r * 1.25 + 0.05
    shape.add("barrel", rod((-half, axle + r * 0.5, 0), (half, axle + r * 0.5, 0), r * 0.25))
    if kind in ("field", "modern"):
        spokes = d.whole(8, 14) if kind == "field" else 0
        one = wheel(
            rng, wr, wr * (0.14 if kind == "field" else 0.35), 0.86 if kind == "field" else 0.6, spokes, 24
        )
        out = half + wr * 0.2
        shape.add(
            "wheel", *pair(*(m.moved(out, wr, 0) for m in one)), rod((-out, wr, 0), (out, wr, 0), wr * 0.07)
        )
        trail = long * b(0.7, 1.0)
        apart = 0.0 if kind == "field" else trail * b(0.2, 0.5)
        beam = strip(
            [(0, axle), (-trail * 0.5, axle * 0.55), (-trail, 0.06)],
            wr * np.array([0.3, 0.25, 0.2]),
            r * 0.5 + 0.03,
        ).rotated_deg(y=-90)
        for s in (-1, 1):
            turned = beam.rotated_deg(y=s * np.rad2deg(np.arctan2(apart, trail)))
            shape.add("carriage", turned.moved(x=s * half * 0.6))
        if kind == "modern" and d.chance(0.7):
            shape.add(
                "carriage",
                *pair(block((out * 0.8, wr * 1.3, 0.04), (0.9, 1), (out * 0.55, wr * 0.8, wr * 0.3), -0.2)),
            )
            shape.say("a flat shield around the barrel")
        shape.say("two large spoked wheels" if kind == "field" else "two legs spread behind")
    elif kind == "ship":
        deep = long * 0.55
        for s in (-1, 1):
            cheek = [
                (deep * 0.35, axle - wr * 0.6, r * 1.5),
                (0.0, axle - wr * 0.6, r * 1.2),
                (-deep * 0.4, axle - wr * 0.6, r * 0.7),
            ]
            shape.add(
                "carriage",
                *(
                    box(r * 0.4, high + wr * 0.2, deep * 0.38, (s * half * 0.9, wr + high / 2 - wr * 0.2, z))
                    for z, _, high in cheek
                ),
            )
        shape.add("carriage", box(half * 2, r * 0.3, deep, (0, wr, -deep * 0.02)))
        for z in (deep * 0.35, -deep * 0.4):
            shape.add("wheel", *pair(*(m.moved(half, wr, z) for m in wheel(rng, wr, r * 0.35, segments=14))))
        shape.say("a stepped block with four small wheels")
    else:
        shape.add(
            "carriage",
            box(half * 2.4, wr * 1.2, long * 0.9, (0, wr * 0.6, 0)),
            *pair(box(r * 0.3, r * 1.8, long * 0.5, (half, wr + r * 0.7, 0))),
        )
        shape.add(
            "wheel",
            *pair(
                *(
                    m.moved(half * 1.2, wr, z)
                    for z in (-long * 0.3, long * 0.3)
                    for m in wheel(rng, wr, r * 0.25, segments=12)
                )
            ),
        )
        shape.say("a short fat tube on a block")
    if d.chance(0.25) and kind != "modern":
        size = mouth * 0.8
        heap = [(0, 0, 0), (2, 0, 0), (1, 0, 1.73), (1, 1.63, 0.58)]
        shape.add(
            "ball",
            *(sphere(size, (half * 2 + size * (2 + x), size * (1 + y), size * z), 8) for x, y, z in heap),
        )
        shape.say("a heap of balls beside it")
    shape.say(
        "pointing steeply up" if up > 20 else "a level barrel",
        "a long slim barrel" if r < 0.07 * long else "a thick barrel",
    )
    set_down(shape)
