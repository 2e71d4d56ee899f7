"""Make a fence and a gate, seen from the front at +z."""

from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    extrude,
    lathe,
    rod,
    sphere,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, wires


def _picket(wide: float, high: float, thick: float, top: str) -> Mesh:
    """Return one upright board that stands on y = 0."""
    w = wide / 2
    tops = {
        "point": [(w, high - wide), (0, high), (-w, high - wide)],
        "flat": [(w, high), (-w, high)],
        "round": [
            (w, high - w),
            (w * 0.7, high - w * 0.3),
            (0, high),
            (-w * 0.7, high - w * 0.3),
            (-w, high - w),
        ],
    }
    return extrude([(-w, 0), (w, 0), *tops[top]], thick)


@shape_class(
    "fence",
    parts=("post", "bar", "picket", "mesh"),
    synonyms=("picket fence", "railing fence", "garden fence", "barrier", "wire fence"),
    described=(
        "A fence is a long low row of upright boards or posts joined by level bars.",
        "From the front the fence is an even pattern of stripes with gaps, from the side only a thin line.",
        "The boards of the fence end above in points, arcs or a straight edge.",
        "Other kinds stretch a net of wire between the posts, or a fence has only two or three rough bars.",
    ),
)
def fence(shape: Shape, rng: Random) -> None:
    """Make a fence: pickets, farm bars, closed boards, iron spears, wire net; straight or around a corner."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("picket", "picket", "bars", "boards", "iron", "net")
    span, high, count = b(1.2, 2.5), b(0.7, 1.9), d.whole(1, 4)
    corner = d.chance(0.25)
    post, top = b(0.06, 0.14), d.pick("point", "flat", "round")
    pieces: list[tuple[str, Mesh]] = []
    for k in range(count + 1):
        x = k * span
        pieces.append(
            (
                "post",
                block((post, high * b(1.0, 1.12), post), (1, 1), (x, 0, 0))
                if kind != "net"
                else cylinder(post / 2, high, centre=(x, high / 2, 0), segments=10),
            )
        )
        if k == count:
            break
        rails = {"bars": np.linspace(0.3, 0.9, d.whole(2, 4)), "net": np.array([0.05, 0.97])}.get(
            kind, np.array([0.2, 0.8])
        )
        thick = post * (0.45 if kind != "iron" else 0.3)
        pieces += [
            ("bar", box(span, thick * (1.8 if kind == "bars" else 1), thick, (x + span / 2, high * y, 0)))
            for y in rails
        ]
        if kind in ("picket", "boards", "iron"):
            number = int(span / {"picket": 0.13, "boards": 0.12, "iron": 0.12}[kind])
            step = span / number
            for q in range(number):
                at = x + (q + 0.5) * step
                if kind == "iron":
                    pieces.append(
                        (
                            "picket",
                            lathe(
                                [(0.008, 0.04), (0.008, high * 0.93), (0.02, high * 0.95), (0, high)], 6
                            ).moved(x=at),
                        )
                    )
                else:
                    wave = 1 - 0.12 * np.sin(np.pi * (q + 0.5) / number) * (
                        kind == "picket" and top == "round"
                    )
                    pieces.append(
                        (
                            "picket",
                            _picket(
                                step * (0.66 if kind == "picket" else 0.97), high * wave, 0.02, top
                            ).moved(at, 0, post * 0.4),
                        )
                    )
        elif kind == "net":
            n = int(span / 0.1)
            xs = x + np.linspace(0, span, n)
            rise = np.stack([xs, np.full(n, 0.05 * high), 0 * xs], axis=1)
            for s in (-1, 1):
                far = np.clip(xs + s * high * 0.8, x, x + span)
                ends = np.stack([far, 0.05 * high + np.abs(far - xs) * 1.1, 0 * xs], axis=1)
                pieces.append(("mesh", wires(rise, ends, 0.004)))
                pieces.append(
                    (
                        "mesh",
                        wires(
                            rise + np.array([0, high * 0.92, 0]),
                            np.stack([far, high * 0.97 - np.abs(far - xs) * 1.1, 0 * xs], axis=1),
                            0.004,
                        ),
                    )
                )
    for part, mesh in pieces:
        shape.add(part, mesh.moved(x=-count * span / 2 if not corner else 0.0))
        if corner:
            shape.add(part, mesh.rotated_deg(y=-90))
    shape.say(
        {
            "picket": "upright boards with gaps",
            "bars": "a few level bars",
            "boards": "boards without gaps",
            "iron": "thin rods with spear tips",
            "net": "a net of wire",
        }[kind]
    )
    if kind in ("picket", "boards"):
        shape.say({"point": "pointed tops", "flat": "straight tops", "round": "rounded tops"}[top])
    shape.say("around a corner" if corner else "one straight row", "low" if high < 1.1 else "tall")
    set_down(shape)


@shape_class(
    "gate",
    parts=("post", "leaf", "arch", "hinge"),
    synonyms=("garden gate", "archway", "torii", "iron gate", "portal"),
    described=(
        "A gate is one or two flat leaves of bars between two thick posts.",
        "The leaves of the gate meet in the middle, and their upper edges often form one curve.",
        "A slanted bar crosses the frame of a wooden gate from corner to corner.",
        "Some have no leaf: such a gate is only two pillars and a beam or an arch across them.",
    ),
)
def gate(shape: Shape, rng: Random) -> None:
    """Make a gate: iron double gate, wooden farm gate, garden gate, stone arch, torii; closed or standing open."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("iron", "iron", "farm", "garden", "stone", "torii")
    wide = b(0.9, 1.3) if kind == "garden" else b(2.2, 4.5)
    high = b(1.0, 1.4) if kind in ("farm", "garden") else b(1.6, 3.5)
    post = b(0.12, 0.25) if kind in ("farm", "garden", "torii") else b(0.3, 0.7)
    up = high * b(1.05, 1.25)
    if kind == "torii":
        shape.add("post", *pair(rod((wide * 0.52, 0, 0), (wide * 0.46, high * 1.1, 0), post * 0.6, 14)))
        shape.add("arch", box(wide * 1.3, post, post, (0, high * 0.85, 0)))
        x = np.linspace(-1, 1, 11)
        shape.add(
            "arch",
            tube(
                np.column_stack([x * wide * 0.8, high * 1.12 + post * 1.2 * x**2, 0 * x]),
                post * 0.75,
                4,
                turn_deg=45,
            ),
            box(post * 0.8, high * 0.2, post * 0.5, (0, high * 0.98, 0)),
        )
        shape.say("two posts and two beams", "a beam that curves up at its ends")
    elif kind == "stone":
        shape.add(
            "post",
            *pair(
                box(post * 1.6, high, post * 1.6, (wide / 2 + post * 0.8, high / 2, 0)),
                box(post * 1.9, post * 0.3, post * 1.9, (wide / 2 + post * 0.8, high, 0)),
            ),
        )
        if d.chance(0.6):
            a = np.linspace(0, np.pi, 13)
            for p, q in pairwise(a):
                m = (p + q) / 2
                stone = box(post * 1.3, wide * 0.17, post * 1.4, (wide / 2 + post * 0.65, 0, 0)).rotated_deg(
                    z=float(np.rad2deg(m))
                )
                shape.add("arch", stone.moved(y=high))
            shape.say("a round arch of stones")
        else:
            shape.add(
                "arch",
                box(wide + post * 4, post * 1.3, post * 1.8, (0, high + post * 0.65, 0)),
                block((wide + post * 4, post * 1.2, post * 1.8), (0.3, 0.8), (0, high + post * 1.3, 0)),
            )
            shape.say("a heavy beam across")
        shape.say("an open passage without a leaf")
    if kind not in ("torii", "stone"):
        for s in (-1, 1):
            shape.add("post", block((post, up, post), (1, 1), (s * (wide / 2 + post / 2), 0, 0)))
            if d.chance(0.7):
                shape.add(
                    "post",
                    sphere(post * 0.55, (s * (wide / 2 + post / 2), up + post * 0.4, 0), 8)
                    if kind == "iron"
                    else block(
                        (post * 1.3, post * 0.5, post * 1.3), (0.3, 0.3), (s * (wide / 2 + post / 2), up, 0)
                    ),
                )
    if kind in ("iron", "farm", "garden") or d.chance(0.3):
        leaves = 1 if kind in ("farm", "garden") else 2
        size, low = wide / leaves, high * 0.06
        swing = b(20, 80) if d.chance(0.35) else 0.0
        dip = d.pick("flat", "up", "down") if leaves == 2 else "flat"
        pieces: list[Mesh] = []
        if kind == "farm":
            pieces += [
                box(size, high * 0.09, 0.05, (size / 2, y * high, 0)) for y in np.linspace(0.1, 0.9, 5)
            ]
            pieces += [box(0.09, high * 0.9, 0.06, (x, high / 2, 0)) for x in (0.05, size - 0.05)]
            pieces += [rod((0.05, high * 0.12, 0.03), (size - 0.05, high * 0.88, 0.03), 0.04, 6)]
        else:
            count = max(4, int(size / b(0.1, 0.16)))
            x = np.linspace(0.03, size - 0.03, count)
            line = high * (1 + {"flat": 0.0, "up": 0.25, "down": -0.25}[dip] * (x / size) ** 2)
            if kind == "garden":
                pieces += [
                    _picket(size / count * 0.7, float(y), 0.02, "point").moved(x=float(q))
                    for q, y in zip(x, line, strict=True)
                ]
            else:
                pieces.append(
                    wires(
                        np.stack([x, 0 * x + low, 0 * x], axis=1), np.stack([x, line, 0 * x], axis=1), 0.014
                    )
                )
            pieces += [
                box(size, 0.05, 0.04, (size / 2, y * high, 0))
                for y in (0.12, 0.75 if dip == "down" else 0.85)
            ]
            pieces += [box(0.06, high * 0.85, 0.05, (q, high * 0.48, 0)) for q in (0.03, size - 0.03)]
        for s in (-1, 1)[-leaves:]:
            for mesh in pieces:
                turned = mesh.rotated_deg(y=-swing).moved(x=-wide / 2)
                shape.add("leaf", turned if s > 0 else turned.scaled(x=-1))
            shape.add(
                "hinge",
                *(cylinder(0.035, 0.12, centre=(-s * wide / 2, y * high, 0), segments=8) for y in (0.2, 0.8)),
            )
        shape.say("one leaf" if leaves == 1 else "two leaves", "standing open" if swing else "closed")
        shape.say(
            {
                "iron": "thin upright bars",
                "farm": "level bars and a slanted one",
                "garden": "pointed boards",
            }.get(kind, "bars in the passage")
        )
    del shape.attributes[4:]
    set_down(shape)
