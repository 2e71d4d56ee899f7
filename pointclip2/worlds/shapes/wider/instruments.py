"""Make a trumpet and a violin."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, step, turn
from pointclip2.worlds.shapes.mesh import box, cylinder, lathe, loft, rod, sphere, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import strip, wires


@shape_class(
    "trumpet",
    parts=("bell", "tubing", "valve", "mouthpiece"),
    synonyms=("bugle", "cornet", "horn", "brass horn", "trombone"),
    described=(
        "A trumpet is a thin tube that opens into a wide flaring bell at its end.",
        "The tubing of the trumpet is bent into a long flat loop with round ends.",
        "Three short upright cylinders stand in the middle of the trumpet, with buttons on top.",
        "At the other end a small cup closes the trumpet, far from the bell and in line with it.",
    ),
)
def trumpet(shape: Shape, rng: Random) -> None:
    """Make a trumpet: with valves, a bugle with one loop, a straight fanfare trumpet, a trombone with a slide."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("valves", "valves", "bugle", "straight", "slide")
    long = {"straight": b(0.8, 1.4), "slide": b(0.9, 1.2), "bugle": b(0.35, 0.45)}.get(kind, b(0.4, 0.6))
    r, flare = b(0.006, 0.011), b(0.055, 0.08) if kind != "slide" else b(0.08, 0.11)
    s = np.linspace(0, 1, 12)
    tail, power = b(0.18, 0.3), b(2.5, 5.0)
    bell = lathe(
        [(float(r + (flare - r) * x**power), float(tail * x)) for x in s] + [(flare * 0.97, tail * 0.985)], 24
    )
    shape.add("bell", bell.rotated_deg(x=90).moved(z=long / 2 - tail))
    cup = lathe([(0.004, 0), (0.006, 0.05), (0.013, 0.07), (0.013, 0.078), (0.008, 0.07)], 14).rotated_deg(
        x=-90
    )
    high = b(0.08, 0.13)
    a = np.linspace(-np.pi / 2, np.pi / 2, 9)
    if kind == "straight":
        shape.add(
            "tubing",
            rod((0, 0, -long / 2), (0, 0, long / 2 - tail), r * 0.9, 10),
            *(sphere(r * 1.6, (0, 0, z), 8) for z in (-0.2 * long, 0.1 * long)),
        )
        shape.add("mouthpiece", cup.moved(z=-long / 2))
        shape.add(
            "valve",
            *(
                torus(r * 1.1, r * 0.4, segments=10).rotated_deg(x=90).moved(z=z * long)
                for z in (-0.3, -0.05)
            ),
        )
        shape.say("one straight tube")
    else:
        back, front = (-long * 0.28, long * 0.3) if kind != "slide" else (-long * 0.5, long * 0.75)
        y = -high / 2 - high / 2 * np.sin(a)
        rear = np.column_stack([0 * a, y, back - high / 2 * np.cos(a)])
        shape.add("tubing", tube(np.vstack([[(0, 0, long / 2 - tail)], rear, [(0, -high, front)]]), r, 8))
        bend = np.column_stack([0.02 * (1 + np.sin(a)), -high - 0 * a, front + 0.03 * np.cos(a)])
        level = -high
        if kind != "slide":
            bend = np.column_stack(
                [0.012 * (1 + np.sin(a)), -high / 2 + high / 2 * np.sin(a), front + high / 2 * np.cos(a)]
            )
            level = 0.0
        x = float(bend[-1, 0])
        end = -long / 2 if kind != "slide" else -long * 0.35
        shape.add("tubing", tube(np.vstack([bend, [(x, level, end)]]), r * 0.9, 8))
        shape.add("mouthpiece", cup.moved(x, level, end))
        if kind == "valves":
            for k in (-1, 0, 1):
                z = k * 0.026
                shape.add(
                    "valve",
                    rod((x, -high * 1.15, z), (x, 0.015, z), 0.011, 12),
                    rod((x, 0.015, z), (x, 0.045, z), 0.003, 6),
                    cylinder(0.008, 0.005, centre=(x, 0.047, z), segments=12),
                )
                shape.add(
                    "tubing",
                    torus(0.018, r * 0.6, segments=12).rotated_deg(z=90).moved(x + 0.012, -high * 0.6, z),
                )
            shape.say("three upright valves with buttons")
        else:
            shape.say("a long double slide" if kind == "slide" else "no valves, one loop")
            shape.add("tubing", *(rod((0, 0, z), (x, level, z), r * 0.6) for z in (back * 0.6, back * 0.1)))
        shape.say("tubing bent into a long loop")
    shape.say(
        "a wide flaring bell" if flare > 0.07 else "a small bell",
        "long and thin" if long > 0.7 else "short and compact",
    )
    if d.chance(0.3):
        turn(shape, x_deg=-90.0)
        shape.say("pointing upwards")
    elif d.chance(0.4):
        turn(shape, z_deg=90.0)
    set_down(shape)


@shape_class(
    "violin",
    parts=("body", "neck", "scroll", "string", "bow", "chin rest"),
    synonyms=("fiddle", "viola", "cello", "double bass"),
    described=(
        "A violin has a flat hollow body with two round halves and a deeply cut waist.",
        "From the body of the violin a slim neck rises and ends in a small curl.",
        "Its top and back swell outwards a little, so the violin is thicker in the middle than at the edges.",
        "Four strings run the length of the violin over a thin upright board, and a long bow may lie beside it.",
    ),
)
def violin(shape: Shape, rng: Random) -> None:
    """Make a violin, viola or cello: upright, leaning or lying, with or without a bow or a spike to stand on."""
    d = Dice(rng)
    b = d.between
    cello = d.chance(0.3)
    size = b(0.7, 0.78) if cello else b(0.33, 0.42)
    wide, deep = size * b(0.56, 0.66), size * (b(0.14, 0.18) if cello else b(0.09, 0.12))
    y = np.array(
        [
            0,
            0.02,
            0.07,
            0.15,
            0.25,
            0.34,
            0.385,
            0.4,
            0.48,
            0.57,
            0.61,
            0.625,
            0.7,
            0.8,
            0.88,
            0.94,
            0.98,
            1.0,
        ]
    )
    w = np.array(
        [0.2, 0.5, 0.82, 0.98, 0.98, 0.85, 0.8, 0.66, 0.56, 0.6, 0.68, 0.72, 0.8, 0.8, 0.68, 0.45, 0.3, 0.15]
    )
    w = np.where(w < 0.7, w * b(0.92, 1.05), w)
    across = np.linspace(-1, 1, 9)
    x = np.outer(w, across) * wide / 2
    rib, arch = deep * 0.55, deep * b(0.2, 0.35)
    swell = rib / 2 + arch * np.outer(np.sin(np.pi * np.clip(y, 0.03, 0.97)) ** 0.6, 1 - across**2)
    heights = np.repeat(y[:, None] * size, 9, axis=1)
    front, back = np.stack([x, heights, swell], axis=-1), np.stack([x, heights, -swell], axis=-1)
    shape.add("body", loft(list(np.concatenate([front, back[:, ::-1]], axis=1))))
    z = rib / 2 + arch
    neck, thin = size * b(0.62, 0.72), wide * 0.07
    shape.add(
        "neck",
        strip([(0, size * 0.95), (0, size + neck * 0.6)], [thin * 2.1, thin * 1.7], deep * 0.3).moved(
            z=rib * 0.3
        ),
    )
    shape.add(
        "neck",
        strip([(0, size * 0.7), (0, size + neck * 0.6)], [thin * 2.3, thin * 1.7], deep * 0.1).moved(
            z=z + deep * 0.1
        ),
    )
    top = size + neck * 0.6
    box_end = top + neck * 0.3
    shape.add(
        "scroll", strip([(0, top), (0, box_end)], [thin * 1.9, thin * 1.2], deep * 0.28).moved(z=rib * 0.35)
    )
    a = np.linspace(0, 3.2 * np.pi, 22)
    curl = thin * 0.95 * (1 - a / 14)
    shape.add(
        "scroll",
        tube(
            np.column_stack([0 * a, box_end + thin * 0.4 + curl * np.sin(a), rib * 0.3 + curl * np.cos(a)]),
            thin * 0.45,
            6,
        ),
    )
    for k in range(4):
        at, side = top + (0.15 + 0.2 * k) * (box_end - top), (-1) ** k
        shape.add(
            "scroll",
            rod((0, at, rib * 0.35), (side * thin * 3, at, rib * 0.35), thin * 0.22, 6),
            sphere(thin * 0.5, (side * thin * 3, at, rib * 0.35), 6),
        )
    crest = z + deep * 0.32
    shape.add("string", box(wide * 0.18, deep * 0.5, deep * 0.06, (0, size * 0.42, z + deep * 0.1)))
    lines = np.linspace(-1, 1, 4)[:, None] * np.array([[wide * 0.07, 0, 0]])
    shape.add(
        "string", wires(lines + step(0, size * 0.2, z), lines + step(0, size * 0.42, crest), size * 0.004)
    )
    shape.add(
        "string",
        wires(lines + step(0, size * 0.42, crest), lines * 0.5 + step(0, top, z + deep * 0.15), size * 0.004),
    )
    shape.add(
        "string", strip([(0, size * 0.03), (0, size * 0.22)], [thin * 1.2, thin * 2.6], deep * 0.1).moved(z=z)
    )
    if cello:
        shape.add("neck", rod((0, 0, 0), (0, -size * b(0.1, 0.35), 0), size * 0.01))
        shape.say("a thin spike below the body", "large and deep")
    elif d.chance(0.6):
        shape.add(
            "chin rest",
            sphere(1.0, detail=8)
            .scaled(wide * 0.17, size * 0.07, deep * 0.18)
            .moved(-wide * 0.22, size * 0.1, z),
        )
        shape.say("a small rest at the lower edge")
    if d.chance(0.45):
        long, off = size * b(1.2, 2.0) if not cello else size, wide * b(0.7, 0.95)
        t = np.linspace(0, 1, 9)
        stick = np.column_stack([off + size * 0.03 * np.sin(np.pi * t), long * t, 0 * t])
        shape.add(
            "bow",
            tube(stick, size * 0.01, 6),
            rod((off - size * 0.05, 0, 0), (off - size * 0.05, long, 0), size * 0.006, 4),
            box(size * 0.08, size * 0.06, size * 0.03, (off - size * 0.02, long * 0.05, 0)),
            rod((off - size * 0.05, long, 0), (off, long, 0), size * 0.01),
        )
        shape.say("a long bow beside it")
    shape.say(
        "a deeply cut waist" if w[8] < 0.56 else "a soft waist",
        "a slim body" if wide < 0.6 * size else "a broad body",
        "a curl at the end of the neck",
    )
    if d.chance(0.35):
        turn(shape, x_deg=-90.0)
    del shape.attributes[4:]
    set_down(shape)
