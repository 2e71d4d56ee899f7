"""Make round things: a globe, a ball."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, turn
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    cylinder,
    lathe,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of, strip


@shape_class(
    "globe",
    parts=("sphere", "arc", "base", "stem", "axis"),
    synonyms=("terrestrial globe", "world globe", "desk globe", "earth globe"),
    described=(
        "A globe is a large ball held by a half ring over a round foot.",
        "The ring of the globe meets the ball only at its two poles, and the axis is tilted.",
        "Below the ball of the globe a short stem spreads to a disc.",
        "A floor globe hangs inside a level hoop on three or four legs.",
    ),
)
def globe(shape: Shape, rng: Random) -> None:
    """Make a globe: on a tilted arc over a foot, or in a level hoop on legs."""
    d = Dice(rng)
    b = d.between
    r = b(0.07, 0.25)
    floor, tilt = d.chance(0.25), b(15, 30)
    gap = r * b(1.06, 1.2)
    a = np.linspace(0, 2 * np.pi, 40)[:, None]
    ball = superellipsoid(2 * r, 2 * r, 2 * r, detail=18)
    rough = 1 + 0.012 * np.sin(3 * ball.vertices[:, :1] / r) * np.sin(4 * ball.vertices[:, 1:2] / r) * (
        d.chance(0.5)
    )
    parts: list[tuple[str, Mesh]] = [
        ("sphere", Mesh(ball.vertices * rough, ball.faces)),
        ("axis", rod((0, -gap, 0), (0, gap, 0), r * 0.03, 6)),
    ]
    thick = r * b(0.03, 0.07)
    if floor:
        high = r * b(1.3, 2.6)
        shape.add(
            "arc",
            tube(
                np.hstack([gap * np.cos(a), 0 * a + high, gap * np.sin(a)])[:-1], thick * 1.5, 4, closed=True
            ),
            torus(gap, thick * 0.7, segments=28).rotated_deg(x=90).moved(y=high),
        )
        legs = d.whole(3, 4)
        shape.add(
            "stem",
            *ring_of(tube([(gap, high, 0), (gap * 0.7, high * 0.4, 0), (gap * 0.9, 0, 0)], thick, 7), legs),
        )
        shape.add("base", torus(gap * 0.75, thick * 0.6, (0, high * 0.3, 0), 20))
        centre = high
        shape.say("a level hoop on legs", counted(legs, "leg"))
    else:
        whole = d.chance(0.2)
        s = np.linspace(-np.pi / 2, np.pi / 2, 20) if not whole else np.linspace(0, 2 * np.pi, 30)
        ring = strip(np.column_stack([gap * np.cos(s), gap * np.sin(s)]), thick, thick * b(1.5, 4))
        parts.append(("arc", ring))
        stem = r * b(0.15, 0.9)
        centre = gap + stem
        foot = r * b(0.55, 0.95)
        shape.add(
            "stem",
            lathe(
                [(r * 0.12, 0), (r * 0.06, stem * 0.4), (r * 0.12, stem * 0.7), (r * 0.07, stem + r * 0.05)],
                12,
            ),
        )
        shape.add(
            "base",
            lathe(
                [
                    (0, 0),
                    (foot, 0),
                    (foot * 0.95, r * 0.08),
                    (foot * 0.4, r * 0.16),
                    (r * 0.1, r * b(0.18, 0.3)),
                    (0, r * 0.2),
                ],
                24,
            ),
        )
        shape.say(
            "a whole ring around it" if whole else "held by a half ring",
            "a tall stem" if stem > 0.5 * r else "a short stem",
        )
    spin = b(0, 360)
    for part, mesh in parts:
        shape.add(part, mesh.rotated_deg(z=-tilt).rotated_deg(y=0 if not floor else spin).moved(y=centre))
    shape.say("a tilted axis", "large" if r > 0.16 else "small")
    set_down(shape)


@shape_class(
    "ball",
    parts=("surface", "seam", "hole", "base"),
    synonyms=("football", "basketball", "soccer ball", "bowling ball", "rugby ball", "beach ball"),
    described=(
        "A ball is round from every side, a sphere without top or bottom.",
        "Thin seams divide the surface of the ball into patches, stripes or curved bands.",
        "Some are long: a rugby ball is an egg with two pointed ends.",
        "A heavy ball has three small holes close together, a golf ball is covered with dimples.",
    ),
)
def ball(shape: Shape, rng: Random) -> None:
    """Make a ball: smooth, with seams of many kinds, dimples, finger holes, long as an egg, on a ring."""
    d = Dice(rng)
    b = d.between
    r = b(0.02, 0.35)
    kind = d.pick("plain", "basket", "patches", "tennis", "egg", "dimples", "stripes", "bowling")
    body = sphere(r, detail=22)
    raised = r * b(1.0, 1.008)
    thin = r * b(0.012, 0.03)
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    if kind == "egg":
        long = b(1.35, 1.9)
        body = superellipsoid(2 * r, 2 * r, 2 * r, b(1.0, 1.25), detail=22).scaled(x=long)
        shape.add(
            "seam",
            *(
                tube(
                    np.column_stack(
                        [long * r * np.cos(t), raised * np.sin(t) * np.cos(q), raised * np.sin(t) * np.sin(q)]
                    ),
                    thin,
                    5,
                    closed=True,
                )
                for q in (0, np.pi / 2)
            ),
        )
        shape.add(
            "seam",
            *(
                rod((x * r, r * 0.97, -r * 0.12), (x * r, r * 0.97, r * 0.12), thin * 1.5, 5)
                for x in np.linspace(-0.35, 0.35, 5)
            ),
        )
        shape.say("long like an egg", "a row of short laces")
    elif kind == "basket":
        rings = [torus(raised, thin, segments=40), torus(raised, thin, segments=40).rotated_deg(x=90)]
        bow = np.column_stack(
            [
                raised * np.sqrt(1 - 0.55**2 * np.cos(t) ** 2) * np.sin(t),
                raised * np.sqrt(1 - 0.55**2 * np.cos(t) ** 2) * np.cos(t),
                0.55 * raised * np.cos(t) ** 2 + 0.3 * raised,
            ]
        )
        bow *= raised / np.linalg.norm(bow, axis=1, keepdims=True)
        shape.add("seam", *rings, *(tube(bow * [1, 1, s], thin, 5, closed=True) for s in (-1, 1)))
        shape.say("seams that cross and curve")
    elif kind == "tennis":
        x, y, z = (
            0.7 * np.cos(t) + 0.3 * np.cos(3 * t),
            0.7 * np.sin(t) - 0.3 * np.sin(3 * t),
            np.sin(2 * t) * 0.92,
        )
        line = np.column_stack([x, y, z])
        shape.add(
            "seam", tube(line / np.linalg.norm(line, axis=1, keepdims=True) * raised, thin, 5, closed=True)
        )
        shape.say("one seam that winds like a wave")
    elif kind == "stripes":
        count = d.whole(3, 5)
        shape.add(
            "seam",
            *(
                torus(raised, thin, segments=36).rotated_deg(x=90).rotated_deg(y=180 * k / count)
                for k in range(count)
            ),
            *(cylinder(r * 0.2, r * 0.02, centre=(0, s * r, 0)) for s in (-1, 1)),
        )
        shape.say("seams that meet at two poles")
    elif kind == "patches":
        g = (1 + 5**0.5) / 2
        corner = np.array([p for i in (-1, 1) for k in (-g, g) for p in ((0, i, k), (i, k, 0), (k, 0, i))])
        corner /= np.linalg.norm(corner[0])
        q = np.arange(5) * 2 * np.pi / 5
        rings = []
        for c in corner:
            side = np.cross(c, np.eye(3)[np.abs(c).argmin()])
            side /= np.linalg.norm(side)
            out = c + 0.38 * (np.cos(q)[:, None] * side + np.sin(q)[:, None] * np.cross(c, side))
            rings.append(
                tube(out / np.linalg.norm(out, axis=1, keepdims=True) * raised, thin, 4, closed=True)
            )
        shape.add("seam", *rings)
        shape.say("patches with five sides")
    elif kind == "dimples":
        p = body.vertices
        wave = np.sin(14 * p[:, 0] / r) * np.sin(14 * p[:, 1] / r) * np.sin(14 * p[:, 2] / r)
        body = Mesh(p * (1 - 0.03 * np.abs(wave[:, None])), body.faces)
        shape.say("dimples all over")
    elif kind == "bowling":
        way = np.array([(0.0, 0.0), (0.16, 0.05), (0.05, 0.22)])
        shape.add(
            "hole",
            *(
                cylinder(r * 0.08, r * 0.03, segments=12)
                .rotated_deg(x=55)
                .moved(x * r, r * 0.55 + y * r * 0.3, r * 0.82 - y * r * 0.5)
                for x, y in way
            ),
        )
        shape.say("three small holes")
    else:
        shape.say("a perfectly smooth surface")
    shape.add("surface", body)
    if d.chance(0.12):
        shape.add("base", torus(r * 0.55, r * 0.09, (0, -r * 0.85, 0)))
        shape.say("resting on a ring")
    turn(
        shape,
        x_deg=0.0 if shape.part_names.index("base") in shape.mesh_parts else b(-50, 50),
        y_deg=b(0, 360),
    )
    shape.say(
        "small" if r < 0.06 else "large" if r > 0.2 else "of middle size",
        "round from every side" if kind != "egg" else "two pointed ends",
    )
    set_down(shape)
