"""Make jewellery: rings and crowns."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import curve
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    grid,
    lathe,
    merge,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "ring",
    parts=("band", "stone", "setting"),
    synonyms=("finger ring", "wedding ring", "engagement ring", "diamond ring", "signet ring", "gold ring"),
    described=(
        "A ring is a small circular band with a hole through which a finger passes.",
        "A faceted stone sits on top of the ring, held by tiny claws.",
        "Seen from the front the ring is a circle, from the side only a narrow bar.",
        "Signet rings widen at the top into a flat plate; a wedding ring is even all around.",
    ),
)
def ring(shape: Shape, rng: Random) -> None:
    """Make a ring: a plain, domed or twisted band, with one stone, a row or a cluster, or a signet plate."""
    u = rng.uniform
    radius = u(0.017, 0.022)
    width, thick = radius * u(0.12, 0.6), radius * u(0.07, 0.16)
    kind = pick(rng, ("band", "stone", "stone", "stone", "cluster", "signet", "twist"))
    if kind in ("stone", "cluster"):
        width = radius * u(0.12, 0.3)
    if kind == "twist":
        turns = int(rng.integers(6, 12))
        angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        for phase in (0.0, np.pi):
            wave = radius + thick * np.cos(turns * angle + phase)
            line = np.stack(
                [wave * np.cos(angle), wave * np.sin(angle), thick * np.sin(turns * angle + phase)], axis=1
            )
            shape.add("band", tube(line, thick * 0.75, 6, closed=True))
        shape.say("twisted like a rope")
    else:
        form = pick(rng, ("flat", "domed", "round"))
        around = np.linspace(0, 2 * np.pi, 12, endpoint=False) + np.pi / 12
        cos, sin = np.cos(around), np.sin(around)
        power = {"flat": 0.25, "domed": 0.7, "round": 1.0}[form]
        section = np.stack(
            [thick * np.sign(cos) * np.abs(cos) ** power, width / 2 * np.sign(sin) * np.abs(sin) ** power],
            axis=1,
        )
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        up = np.clip(np.sin(angle), 0, 1)[:, None] ** 3
        swell = 1 + (u(1.0, 2.5) if kind == "signet" else u(-0.4, 0.5)) * up
        out = radius + section[None, :, 0] * (1 + 0.5 * (swell - 1))
        points = np.stack(
            [out * np.cos(angle)[:, None], out * np.sin(angle)[:, None], section[None, :, 1] * swell], axis=-1
        )
        shape.add("band", grid(points, wrap_rows=True, wrap_columns=True))
        shape.say({"flat": "flat sides", "domed": "a domed outside", "round": "round as a wire"}[form])
    top = radius + thick
    if kind in ("stone", "cluster"):
        size = radius * u(0.3, 0.65)
        sides = int(rng.choice([4, 6, 8, 16]))
        gem = lathe(
            [(0.0, -size * 0.75), (size, size * 0.15), (size * 0.62, size * 0.5), (0.0, size * 0.5)], sides
        )
        if chance(rng, 0.25):
            gem = superellipsoid(2 * size, size * 1.3, 1.5 * size, 0.9, detail=12)
            shape.say("a smooth rounded stone")
        lift = top + size * 0.55
        shape.add("stone", gem.moved(y=lift))
        claws = 4 if sides == 4 else 6
        shape.add(
            "setting",
            *(
                rod(
                    (0.3 * size * np.cos(a), top - thick, 0.3 * size * np.sin(a)),
                    (size * 0.98 * np.cos(a), lift + size * 0.2, size * 0.98 * np.sin(a)),
                    size * 0.08,
                    5,
                )
                for a in 2 * np.pi * np.arange(claws) / claws
            ),
        )
        if kind == "cluster":
            count = int(rng.integers(6, 11))
            small = size * 0.36
            for a in 2 * np.pi * np.arange(count) / count:
                shape.add(
                    "stone",
                    sphere(small, (size * 1.3 * np.cos(a), lift - size * 0.1, size * 1.3 * np.sin(a)), 7),
                )
            shape.say("small stones around a large one")
        else:
            shape.say("one stone on top")
        shape.say("a large stone" if size > 0.48 * radius else "a small stone")
    elif kind == "signet":
        plate = superellipsoid(
            radius * u(0.8, 1.2), thick * 1.6, radius * u(0.8, 1.1), u(0.3, 1.0), (0, top, 0), 12
        )
        shape.add("setting", plate)
        shape.say("a flat plate on top")
    elif kind == "band" and chance(rng, 0.4):
        count = int(rng.integers(5, 20))
        for a in np.linspace(0.2, np.pi - 0.2, count):
            shape.add(
                "stone", sphere(min(width * 0.3, radius * 0.12), (top * np.cos(a), top * np.sin(a), 0), 6)
            )
        shape.say("a row of tiny stones")
    else:
        shape.say("no stone")
    shape.say(
        "a broad band" if width > 0.35 * radius else "a narrow band",
        "thick" if thick > 0.115 * radius else "thin",
    )
    if chance(rng, 0.4):
        turn(shape, x_deg=90 if kind not in ("stone", "cluster") else u(60, 90))
        shape.say("lying down")
    turn(shape, y_deg=u(-60, 60))
    set_down(shape)


@shape_class(
    "crown",
    parts=("band", "spike", "jewel", "arch", "lining"),
    synonyms=("royal crown", "king's crown", "queen's crown", "tiara", "diadem", "coronet"),
    described=(
        "A crown is an open ring whose upper edge rises in points all around.",
        "Balls or jewels sit on the tips of the crown.",
        "Bowed hoops may cross over the crown and meet in a knob with a cross.",
        "A tiara is half a crown: high in front and open behind.",
        "From above the crown is a circle, widening a little towards its zigzag rim.",
    ),
)
def crown(shape: Shape, rng: Random) -> None:
    """Make a crown: zigzag, pointed, of leaves, arched over with a cross, or a tiara; some lined with cloth."""
    u = rng.uniform
    radius = u(0.08, 0.105)
    base, rise = radius * u(0.2, 0.45), radius * u(0.45, 1.1)
    kind = pick(rng, ("zigzag", "zigzag", "zigzag", "waves", "posts", "arched", "arched", "tiara"))
    points = int(rng.integers(5, 13))
    flare = u(1.0, 1.3)
    arc = 2 * np.pi if kind != "tiara" else u(2.8, 4.2)
    count = 24 * points
    angle = np.linspace(0, arc, count, endpoint=kind == "tiara") + (
        np.pi / 2 - arc / 2 if kind == "tiara" else 0.0
    )
    turnwise = np.linspace(0, points, count, endpoint=kind == "tiara") % 1.0
    tip = np.maximum(1 - np.abs(2 * turnwise - 1), 0)
    edge = {"waves": np.sin(np.pi * turnwise) ** 0.7, "posts": 0 * tip, "arched": 0 * tip}.get(kind, tip)
    scale = np.abs(np.sin((angle - angle[0]) / arc * np.pi)) ** 1.2 if kind == "tiara" else np.ones(count)
    top = base * (0.4 + 0.6 * scale if kind == "tiara" else 1.0) + rise * edge * scale
    wide = radius * (1 + (flare - 1) * top / (base + rise))
    rows = []
    for share in (0.0, 0.5, 1.0):
        r = radius + (wide - radius) * share
        rows.append(np.stack([r * np.cos(angle), top * share, r * np.sin(angle)], axis=1))
    skin = grid(np.stack(rows), wrap_columns=kind != "tiara")
    wall = merge([skin, skin.scaled(x=0.96, z=0.96)])
    shape.add("band", wall)
    if kind != "tiara":
        shape.add("band", torus(radius, radius * u(0.03, 0.07), (0, radius * 0.04, 0), 40))
        if chance(rng, 0.5):
            shape.add(
                "band",
                torus(
                    radius * (1 + (flare - 1) * base / (base + rise)), radius * 0.04, (0, base * 0.95, 0), 40
                ),
            )
    peaks = (np.arange(points) + 0.5) / points * arc + (np.pi / 2 - arc / 2 if kind == "tiara" else 0.0)
    size = radius * u(0.05, 0.1)
    balls = chance(rng, 0.6)
    form = rise * (0.55 if kind == "arched" else 1.0)
    foot = radius * (1 + (flare - 1) * 0.4)
    outline = [(size * 0.9, 0.0), (size * 0.5, form * 0.4), (size * 1.1, form * 0.65), (0.0, form)]
    spike, ball = lathe(curve(outline, 9), 8), sphere(size, detail=7)
    for a in peaks:
        grow = float(np.sin((a - angle[0]) / arc * np.pi) ** 1.2) if kind == "tiara" else 1.0
        high = base + rise * grow
        out = radius * flare
        if kind in ("posts", "arched"):
            shape.add("spike", spike.moved(foot * np.cos(a), base * 0.95, foot * np.sin(a)))
            high, out = base + form, foot
        if balls:
            shape.add("jewel", ball.moved(out * np.cos(a), high + size * 0.3, out * np.sin(a)))
        if chance(rng, 0.5):
            face = radius * 1.03
            shape.add(
                "jewel", ball.scaled(0.8, 1.0, 0.8).moved(face * np.cos(a), base * 0.5, face * np.sin(a))
            )
    if kind == "arched":
        peak = base + rise * u(1.0, 1.5)
        t = np.linspace(0, np.pi, 24)
        for k in range(2 if chance(rng, 0.7) else 4):
            bow = np.stack(
                [radius * 1.02 * np.cos(t), base + (peak - base) * np.sin(t) ** 0.6, 0 * t], axis=1
            )
            shape.add("arch", tube(bow, radius * 0.05, 7).rotated_deg(y=45.0 * k if k > 1 else 90.0 * k))
        shape.add("jewel", sphere(radius * 0.14, (0, peak + radius * 0.1, 0), 10))
        high = peak + radius * 0.35
        shape.add(
            "jewel",
            box(radius * 0.07, radius * 0.35, radius * 0.05, (0, high, 0)),
            box(radius * 0.24, radius * 0.07, radius * 0.05, (0, high + radius * 0.04, 0)),
        )
        shape.say("hoops that meet under a cross")
    if kind in ("arched", "posts") and chance(rng, 0.6):
        puff = superellipsoid(1.9 * radius, rise * 1.6, 1.9 * radius, 0.9, (0, base, 0), 12)
        shape.add("lining", Mesh(np.maximum(puff.vertices, [-9, base * 0.5, -9]), puff.faces))
        shape.say("a cushion of cloth inside")
    words = {
        "zigzag": "a zigzag rim",
        "waves": "a wavy rim",
        "posts": "separate spikes",
        "tiara": "open behind, high in front",
    }
    shape.say(
        words.get(kind, "a low band"),
        f"{counted(points, 'point')}",
        "balls on the tips" if balls else "bare tips",
    )
    shape.say("tall" if base + rise > 1.1 * radius else "low")
    set_down(shape)
