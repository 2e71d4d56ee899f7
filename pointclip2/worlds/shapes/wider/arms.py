"""Make old arms: a sword, a shield."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, turn
from pointclip2.worlds.shapes.mesh import Array, cylinder, grid, lathe, rod, sphere, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import lay, strip


@shape_class(
    "sword",
    parts=("blade", "guard", "grip", "pommel"),
    synonyms=("sabre", "katana", "rapier", "broadsword", "longsword"),
    described=(
        "A sword is a long flat pointed blade above a short grip, with a bar crossing between the two.",
        "Seen from the front the sword is a narrow cross: one long arm, two short ones and a handle.",
        "The blade of the sword is several times longer than its grip and thin as a sheet from the side.",
        "Curved kinds bend like a bow, and a round plate or a basket protects the hand of the sword.",
    ),
)
def sword(shape: Shape, rng: Random) -> None:
    """Make a sword: knight's sword, curved sabre, katana with a disc, rapier with a basket, short ones, fantasy."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("knight", "knight", "sabre", "katana", "rapier", "short", "fantasy")
    long = b(0.4, 0.6) if kind == "short" else b(0.65, 1.1)
    wide = long * {"rapier": b(0.015, 0.025), "fantasy": b(0.09, 0.18), "short": b(0.09, 0.13)}.get(
        kind, b(0.035, 0.07)
    )
    grip, thick = b(0.09, 0.14) if kind != "katana" else b(0.2, 0.28), b(0.003, 0.008)
    bend = long * {"sabre": b(0.08, 0.2), "katana": b(0.04, 0.09)}.get(kind, 0.0)
    t = np.linspace(0, 1, 15)
    taper = 1 - b(0.1, 0.5) * t
    if kind == "short" or (kind == "fantasy" and d.chance(0.6)):
        taper = 0.8 + 0.3 * np.sin(np.pi * (0.2 + t * b(1.0, 1.6))) ** 2
    taper = np.minimum(taper, ((1 - t) * b(5, 14)) ** 0.7 + 0.02)
    shape.add("blade", strip(np.column_stack([bend * t**2, grip + long * t]), wide * taper, thick))
    if d.chance(0.5) and not bend:
        shape.add("blade", strip([(0, grip), (0, grip + long * 0.7)], wide * 0.25, thick * 1.8))
    across = b(0.12, 0.26) if kind != "fantasy" else b(0.2, 0.36)
    if kind == "katana":
        shape.add("guard", cylinder(b(0.035, 0.05), 0.007, segments=20).moved(y=grip))
        shape.say("a round plate above the grip")
    elif kind == "rapier":
        shape.add("guard", rod((-across / 2, grip, 0), (across / 2, grip, 0), 0.005))
        shape.add(
            "guard", lathe([(0.055, 0.0), (0.05, 0.02), (0.03, 0.035), (0.006, 0.04)], 18).moved(y=grip)
        )
        shape.add("guard", tube([(0.05, grip, 0), (0.06, grip * 0.5, 0), (0.02, 0, 0)], 0.004, 6))
        shape.say("a basket around the hand")
    elif kind == "sabre":
        shape.add("guard", strip([(-0.04, grip), (0.05, grip)], 0.012, 0.03))
        shape.add(
            "guard",
            tube([(0.05, grip, 0), (0.065, grip * 0.55, 0), (0.045, grip * 0.1, 0), (0, 0, 0)], 0.006, 6),
        )
        shape.say("a bow that guards the hand")
    else:
        lift = across * b(-0.15, 0.2)
        x = np.linspace(-1, 1, 9)
        shape.add(
            "guard",
            strip(np.column_stack([x * across / 2, grip + lift * x**2]), b(0.012, 0.03), b(0.012, 0.03)),
        )
        shape.say("a straight bar across" if abs(lift) < 0.01 else "a curved bar across")
    r = b(0.011, 0.018)
    stick = np.column_stack([bend * 0.3 * ((1 - t) * grip / long) ** 2, grip * t, 0 * t])
    shape.add("grip", tube(stick, r * (1 + 0.15 * np.sin(np.pi * t)), 10))
    if d.chance(0.5):
        shape.add(
            "grip", *(torus(r * 1.08, r * 0.15, (0, y * grip, 0), 10) for y in np.linspace(0.15, 0.85, 6))
        )
    shape.add(
        "pommel",
        *(
            [sphere(r * b(1.3, 2.0), (0, -r * 0.6, 0), 8)]
            if d.chance(0.6)
            else [cylinder(r * 1.7, r * 1.1, segments=14).rotated_deg(x=90).moved(y=-r)]
        ),
    )
    shape.say(
        "a curved blade" if bend else "a straight blade",
        "broad" if wide > 0.08 * long else "slim",
        "two edges that meet in a point",
    )
    if d.chance(0.5):
        turn(shape, z_deg=180.0)
    lay(shape, d, 0.6)


@shape_class(
    "shield",
    parts=("plate", "rim", "boss", "emblem", "grip"),
    synonyms=("buckler", "knight's shield", "round shield", "targe"),
    described=(
        "A shield is a curved plate, wide and tall but thin, that bulges towards the front.",
        "The outline of the shield is round, oblong, or straight on top and pointed below.",
        "A thicker rim runs around the shield, and a round bump often sits in its middle.",
        "From the side the shield is only a shallow arc with a handle in its hollow.",
    ),
)
def shield(shape: Shape, rng: Random) -> None:
    """Make a shield: pointed below, round, oblong like a roof tile, kite-shaped; rims, bosses, crosses, rivets."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("heater", "heater", "round", "oblong", "kite")
    wide = b(0.4, 0.75)
    tall = wide * {"heater": b(1.1, 1.4), "round": 1.0, "oblong": b(1.3, 1.9), "kite": b(1.7, 2.3)}[kind]
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    if kind == "round":
        x, y = c, s
    elif kind == "oblong":
        power = b(0.1, 0.45)
        x, y = np.sign(c) * np.abs(c) ** power, np.sign(s) * np.abs(s) ** power
    else:
        low = np.clip(-s, 0, 1)
        x = (
            np.sign(c)
            * np.abs(c) ** np.where(s > 0, 0.25 if kind == "heater" else 0.8, 1.0)
            * (1 - 0.25 * low**2)
        )
        y = np.where(
            s > 0,
            (0.75 if kind == "heater" else 0.45) * np.abs(s) ** (0.3 if kind == "heater" else 1.0),
            -1.25 * low**1.1,
        )
        y = y / 1.0 + 0.2
        if kind == "heater" and d.chance(0.4):
            y = y + 0.12 * np.abs(x) ** 1.5 * (s > 0)
    edge = np.stack([x * wide / 2, y * tall / 2], axis=1)
    bow, dome = wide * b(0.08, 0.35), wide * b(0.0, 0.12) if kind != "round" else wide * b(0.06, 0.22)
    share = np.linspace(0, 1, 7)[:, None, None]
    flat = share * edge

    def lifted(points: Array, ahead: float = 0.0) -> Array:
        u, v = points[..., 0] / (wide / 2), points[..., 1] / (tall / 2)
        z = dome * (1 - np.minimum(u**2 + v**2, 1.5)) + (0.0 if kind == "round" else bow * (1 - u**2)) + ahead
        return np.concatenate([points, z[..., None]], axis=-1)

    thick = wide * b(0.015, 0.04)
    shape.add("plate", *(grid(lifted(flat, z), wrap_columns=True) for z in (0.0, -thick)))
    shape.add("rim", tube(lifted(edge, -thick / 2), wide * b(0.015, 0.035), 6, closed=True))
    if kind == "round" or d.chance(0.25):
        r = wide * b(0.09, 0.18)
        boss = lathe(
            [(r * 1.3, 0), (r, 0.0), (r * 0.8, r * 0.5), (r * 0.3, r * 0.8), (0, r * b(0.8, 1.3))], 18
        )
        shape.add("boss", boss.rotated_deg(x=90).moved(z=dome + (0 if kind == "round" else bow)))
        shape.say("a round bump in the middle")
    style = d.pick("none", "cross", "rays", "ring", "rivets")
    line = np.linspace(-0.9, 0.9, 9)[:, None]
    bars = {
        "cross": [
            np.hstack([0 * line, line * tall / 2 * 0.75]),
            np.hstack([line * wide / 2, 0 * line + tall * 0.08]),
        ]
    }
    bars["rays"] = [
        np.hstack([line * wide / 2 * np.cos(a), line * tall / 2 * np.sin(a)]) * 0.7
        for a in np.arange(4) * np.pi / 4
    ]
    bars["ring"] = [edge * 0.6]
    for bar in bars.get(style, []):
        shape.add(
            "emblem",
            tube(
                lifted(bar, thick * 0.3),
                wide * (0.03 if style != "ring" else 0.02),
                6,
                closed=style == "ring",
            ),
        )
    if style == "rivets":
        shape.add("emblem", *(sphere(wide * 0.022, p, 5) for p in lifted(edge[::4] * 0.88, thick * 0.2)))
    shape.say(
        {
            "none": "a plain smooth face",
            "cross": "a raised cross",
            "rays": "raised bars like rays",
            "ring": "a raised inner ring",
            "rivets": "a row of studs near the rim",
        }[style]
    )
    if d.chance(0.6):
        out = wide * 0.16
        z = float(lifted(np.array([out, 0.0]))[2]) - thick
        shape.add(
            "grip",
            *pair(
                tube(
                    [
                        (out, tall * 0.1, z),
                        (out, tall * 0.1, z - 0.06),
                        (out, -tall * 0.1, z - 0.06),
                        (out, -tall * 0.1, z),
                    ],
                    0.012,
                    6,
                )
            ),
        )
    shape.say(
        {
            "heater": "flat on top and pointed below",
            "round": "round like a plate",
            "oblong": "a tall rectangle",
            "kite": "a long drop that ends in a point",
        }[kind]
    )
    if bow > 0.22 * wide and kind != "round":
        shape.say("strongly curved from side to side")
    if d.chance(0.25):
        turn(shape, x_deg=-b(60, 90))
        shape.say("lying on its back")
    set_down(shape)
