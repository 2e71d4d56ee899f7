"""Make telephones and smartphones."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    lathe,
    loft,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.cameras import facing, slate


@shape_class(
    "telephone",
    parts=("base", "handset", "dial", "button", "cord"),
    synonyms=("phone", "desk phone", "rotary phone", "landline phone", "old telephone", "office phone"),
    described=(
        "A telephone is a wedge-shaped base on which a handset lies across two forks.",
        "The handset of the telephone is a bent bar with a round cup at each end.",
        "A disc with finger holes sits on the slope of an old telephone; newer ones have a square of buttons.",
        "From the side, the telephone rises from front to back like a ramp.",
        "A coiled cord hangs between the receiver and the telephone.",
    ),
)
def telephone(shape: Shape, rng: Random) -> None:
    """Make a telephone: with a dial or buttons, its handset across or at the side; cordless; or a candlestick."""
    u = rng.uniform
    kind = pick(rng, ("rotary", "rotary", "desk", "desk", "cordless", "candlestick"))
    x, z = u(0.16, 0.24), u(0.16, 0.24)
    if kind == "candlestick":
        high, foot = u(0.22, 0.3), u(0.06, 0.08)
        shape.add(
            "base",
            lathe(
                [
                    (0, 0),
                    (foot, 0),
                    (foot * 0.95, 0.015),
                    (0.02, 0.035),
                    (0.014, high * 0.5),
                    (0.018, high),
                    (0, high),
                ],
                24,
            ),
        )
        horn = lathe([(0.012, 0.0), (0.015, 0.03), (0.035, 0.06)], 20)
        shape.add("base", facing(horn, 0, high, 0.01))
        shape.add("dial", cylinder(foot * 0.5, 0.008, centre=(0, 0.03, foot * 0.4)).rotated_deg(x=15))
        receiver = lathe([(0, -0.07), (0.015, -0.06), (0.012, 0.03), (0.028, 0.06), (0, 0.055)], 16)
        shape.add(
            "handset",
            receiver.moved(0.06, high * 0.75, 0),
            rod((0, high * 0.8, 0), (0.07, high * 0.8, 0), 0.005),
        )
        shape.say(
            "a candlestick telephone",
            "a receiver hanging at its side",
            "tall" if high > 0.26 else "fairly low",
        )
        set_down(shape)
        return
    if kind == "cordless":
        high = u(0.14, 0.18)
        shape.add("base", superellipsoid(0.09, 0.05, 0.1, 0.4, (0, 0.025, 0), 10))
        pieces = [("handset", superellipsoid(0.05, high, 0.028, 0.35, (0, high / 2, 0), 12))]
        pieces += [
            ("button", sphere(0.005, ((c - 1) * 0.013, high * (0.15 + 0.1 * r), 0.014), 5))
            for r in range(4)
            for c in range(3)
        ]
        pieces.append(("dial", box(0.034, high * 0.25, 0.004, (0, high * 0.68, 0.014))))
        if chance(rng, 0.4):
            pieces.append(("handset", rod((0.018, high, 0), (0.018, high * 1.25, 0), 0.005)))
            shape.say("a stub of an antenna")
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(x=-15).moved(y=0.03))
        shape.say("cordless, standing in its cradle", "slim" if high > 0.16 else "short")
        set_down(shape)
        return
    low, high = u(0.02, 0.045), u(0.08, 0.13) if kind == "rotary" else u(0.06, 0.09)
    inset = u(0.7, 1.0)
    line = [
        (-z / 2, 0),
        (z / 2, 0),
        (z / 2, low),
        (-z * 0.05, high * 0.85),
        (-z * 0.3, high),
        (-z / 2, high * 0.9),
    ]
    body = loft([[(s * x / 2 * (inset if b > low else 1), b, a) for a, b in line] for s in (-1, 1)])
    shape.add("base", body)
    slope = np.rad2deg(np.arctan2(high * 0.85 - low, z * 0.55))
    face = (0.0, (low + high * 0.85) / 2, z * 0.225)
    if kind == "rotary" and chance(rng, 0.7):
        wide = min(x, z) * u(0.2, 0.26)
        parts = [lathe([(wide, 0), (wide, 0.012), (wide * 0.45, 0.014), (0, 0.016)], 24)]
        parts += [
            torus(wide * 0.14, 0.002, (wide * 0.72 * np.cos(a), 0.014, wide * 0.72 * np.sin(a)), 8)
            for a in np.linspace(0, 5.2, 10)
        ]
        shape.add("dial", *(mesh.rotated_deg(x=slope).moved(*face) for mesh in parts))
        shape.say("a round dial with finger holes")
    else:
        shift = x * 0.12 if kind == "desk" else 0.0
        for r in range(4):
            for c in range(3):
                piece = box(0.013, 0.012, 0.011, ((c - 1) * 0.021 + shift, 0.0, (r - 1.5) * 0.019))
                shape.add("button", piece.rotated_deg(x=slope).moved(*face))
        shape.say("a field of buttons")
    long, cup = u(0.19, 0.23), u(0.024, 0.032)
    t = np.linspace(-1, 1, 10)
    arc = np.stack([long / 2 * t, cup * (1.3 - 0.7 * t**2), 0 * t], axis=1)
    handset = [tube(arc, cup * 0.48, 8)] + [
        cylinder(cup * 0.85, cup * 0.9, cup * 0.7, (s * long * 0.48, 0, 0), 14) for s in (-1, 1)
    ]
    lifted = chance(rng, 0.15)
    side = kind == "desk" and chance(rng, 0.8)
    for mesh in handset:
        if lifted:
            shape.add("handset", mesh.rotated_deg(x=180).moved(0, cup * 1.5, z * 0.5 + 0.1))
        elif side:
            shape.add(
                "handset",
                mesh.rotated_deg(y=90).rotated_deg(x=slope).moved(-x * 0.34, face[1] + cup * 0.9, 0.01),
            )
        else:
            shape.add("handset", mesh.moved(0, high + cup * 0.7, -z * 0.25))
    if not (lifted or side):
        shape.add(
            "base",
            *(box(0.012, cup * 1.2, cup * 2, (s * long * 0.3, high + cup * 0.3, -z * 0.25)) for s in (-1, 1)),
        )
    shape.say(
        "the receiver lying in front"
        if lifted
        else "the receiver at the left"
        if side
        else "the receiver lying across the top"
    )
    if chance(rng, 0.5):
        t = np.linspace(0, 1, 70)
        start, end = (-x * 0.3, low, z * 0.3), (-x / 2, 0.02, -z * 0.4)
        coil = np.stack(
            [
                start[0] + (end[0] - start[0]) * t - 0.05 * np.sin(np.pi * t) + 0.006 * np.cos(90 * t),
                0.012 + 0.006 * np.sin(90 * t),
                start[2] + (end[2] - start[2]) * t,
            ],
            axis=1,
        )
        shape.add("cord", tube(coil, 0.002, 4))
        shape.say("a coiled cord")
    shape.say("wide" if x > 1.1 * z else "deep")
    set_down(shape)


@shape_class(
    "smartphone",
    parts=("body", "screen", "camera", "button", "stand"),
    synonyms=("mobile phone", "cell phone", "cellphone", "tablet computer"),
    described=(
        "A smartphone is a thin slab with rounded corners, about twice as tall as wide.",
        "The glass covers the whole front of the smartphone; on its back sits a small raised island of lenses.",
        "Seen from the edge, the smartphone is only a narrow line with two tiny buttons.",
        "The smartphone may lean on a stand, or lie flat like a tile.",
    ),
)
def smartphone(shape: Shape, rng: Random) -> None:
    """Make a smartphone: flat or with a rim, lying, upright, on a stand, across; a flip phone or one with buttons."""
    u = rng.uniform
    kind = pick(rng, ("slab", "slab", "slab", "slab", "tablet", "flip", "buttons"))
    x = u(0.062, 0.08) if kind != "tablet" else u(0.14, 0.2)
    y = x * (u(1.85, 2.2) if kind != "tablet" else u(1.3, 1.55))
    z = x * (u(0.09, 0.15) if kind != "tablet" else u(0.04, 0.06))
    if kind in ("flip", "buttons"):
        x, z = u(0.042, 0.055), u(0.012, 0.02)
        y = x * u(1.8, 2.4)
    corner = u(0.1, 0.3)
    pieces = [("body", slate(x, y, z, corner))]
    margin = u(0.88, 0.96)
    if kind in ("flip", "buttons"):
        rows = 4
        pieces += [
            ("button", box(x * 0.2, y * 0.055, 0.005, ((c - 1) * x * 0.27, y * (-0.4 + 0.1 * r), z / 2)))
            for r in range(rows)
            for c in range(3)
        ]
        if kind == "buttons":
            pieces.append(("screen", box(x * 0.8, y * 0.35, 0.004, (0, y * 0.25, z / 2))))
            if chance(rng, 0.4):
                pieces.append(("stand", rod((x * 0.35, y / 2, 0), (x * 0.35, y * 0.62, 0), 0.004)))
            shape.say("a small screen above buttons")
        else:
            bend = u(100, 165)
            lid = [
                ("body", slate(x, y * 0.95, z * 0.7, corner)),
                ("screen", box(x * 0.8, y * 0.65, z * 0.1, (0, 0, z * 0.37))),
            ]
            pieces += [
                (part, mesh.moved(y=y * 0.48).rotated_deg(x=180 - bend).moved(y=y * 0.5))
                for part, mesh in lid
            ]
            shape.say("folded open at a hinge")
    else:
        pieces.append(("screen", slate(x * margin, y * margin, z * 0.1, corner).moved(z=z / 2 + z * 0.03)))
        lenses = int(rng.integers(1, 4))
        island = x * u(0.25, 0.45)
        pieces.append(
            ("camera", slate(island, island * u(0.8, 1.6), z * 0.3, 0.3).moved(x * 0.22, y * 0.36, -z * 0.6))
        )
        pieces += [
            (
                "camera",
                facing(
                    cylinder(x * 0.055, z * 0.3), x * (0.16 + 0.12 * (k % 2)), y * (0.4 - 0.05 * k), -z * 0.8
                ),
            )
            for k in range(lenses)
        ]
        pieces.append(("button", box(0.002, y * 0.08, z * 0.4, (x / 2 + 0.001, y * 0.15, 0))))
        shape.say(
            counted(lenses, "lens", "lenses") + " on its back",
            "a large tablet" if kind == "tablet" else "a thin slab",
        )
    pose = pick(rng, ("upright", "upright", "lying", "leaning", "across"))
    pose = "leaning" if pose == "across" and kind in ("flip", "buttons") else pose
    spin = 90.0 if pose == "across" else 0.0
    lean = {"lying": -90.0, "upright": 0.0}.get(pose, -u(10, 35))
    for part, mesh in pieces:
        shape.add(part, mesh.rotated_deg(z=spin).rotated_deg(x=lean))
    set_down(shape)
    if pose in ("leaning", "across") and chance(rng, 0.7):
        wide = x * 0.7
        shape.add(
            "stand",
            box(wide, y * 0.03, y * 0.5, (0, -y * 0.015, -y * 0.02)),
            rod((0, 0, -y * 0.25), (0, y * 0.35, -y * 0.08), x * 0.05),
        )
        shape.add("stand", box(wide, y * 0.06, y * 0.02, (0, y * 0.01, y * 0.2)))
        shape.say("on a stand")
    words = {
        "upright": "standing upright",
        "lying": "lying flat",
        "leaning": "leaning back",
        "across": "turned on its long side",
    }
    shape.say(words[pose], "slim" if y > 2.05 * x else "broad")
    set_down(shape)
