"""Make pillows."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, pick
from pointclip2.worlds.shapes.makers.turned import curve
from pointclip2.worlds.shapes.mesh import (
    grid,
    lathe,
    sphere,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "pillow",
    parts=("cushion", "seam", "button", "tassel"),
    synonyms=("cushion", "throw pillow", "bed pillow", "sofa cushion", "bolster", "neck pillow", "pouf"),
    described=(
        "A pillow is a soft pad, thick in the middle and thin towards its four pointed corners.",
        "The edges of the pillow curve inwards a little between the corners.",
        "A seam runs around the pillow where its two bulging faces meet.",
        "A bolster is a pillow like a long roll; a neck pillow is bent to the letter U.",
        "Laid down, the pillow is a low mound without any flat face.",
    ),
)
def pillow(shape: Shape, rng: Random) -> None:
    """Make a pillow: square or oblong, a bolster, round, or for the neck; lying, leaning or on edge."""
    u = rng.uniform
    kind = pick(rng, ("square", "square", "oblong", "oblong", "bolster", "round", "neck"))
    x = u(0.3, 0.55)
    z = x * {"square": u(0.9, 1.0), "oblong": u(0.5, 0.75)}.get(kind, 1.0)
    thick = x * u(0.2, 0.42)
    if kind == "bolster":
        radius, long = x * u(0.2, 0.35), x * u(1.1, 2.0)
        end = radius * u(0.05, 0.4)
        roll = curve(
            [
                (0.0, -long / 2),
                (radius * 0.85, -long / 2 + end * 0.3),
                (radius, -long / 2 + end),
                (radius, long / 2 - end),
                (radius * 0.85, long / 2 - end * 0.3),
                (0.0, long / 2),
            ],
            24,
        )
        shape.add("cushion", lathe(roll, 28).rotated_deg(z=90))
        shape.add(
            "seam",
            *(
                torus(radius * 0.9, radius * 0.05).rotated_deg(z=90).moved(s * (long / 2 - end * 0.5))
                for s in (-1, 1)
            ),
        )
        shape.say("a long roll", "thick" if radius > 0.27 * x else "slim")
    elif kind == "neck":
        sweep = np.linspace(-u(1.9, 2.5), 2.2, 24) + np.pi / 2
        radius = x * 0.26
        path = np.stack([radius * np.cos(sweep), 0 * sweep, -radius * np.sin(sweep)], axis=1)
        girth = (
            x
            * u(0.13, 0.18)
            * np.minimum(1, 0.45 + 3 * np.minimum(np.linspace(0, 1, 24), np.linspace(1, 0, 24)))
        )
        shape.add("cushion", tube(path, girth, 12))
        shape.add("seam", tube(path * [1.45, 1, 1.45], x * 0.012, 6))
        shape.say("bent like a horseshoe", "fat" if girth.max() > 0.155 * x else "slender")
    else:
        n = 21
        s, t = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n), indexing="ij")
        pinch, power = u(0.0, 0.12), u(0.35, 0.6)
        a, b = s, t
        if kind == "round":
            a, b = s * np.sqrt(1 - t**2 / 2), t * np.sqrt(1 - s**2 / 2)
            swell = np.clip(1 - (a**2 + b**2), 0, 1) ** power
        else:
            a, b = s * (1 - pinch * (1 - t**2)), t * (1 - pinch * (1 - s**2))
            swell = ((1 - s**2) * (1 - t**2)) ** power
        crumple = u(0, 0.12) * np.sin(u(2, 5) * s + u(0, 6)) * np.sin(u(2, 5) * t + u(0, 6))
        height = thick / 2 * swell * (1 + crumple)
        if kind != "round" and chance(rng, 0.15):
            height *= 1 - 0.6 * np.exp(-(s**2 + t**2) / 0.08)
            shape.add("button", *(sphere(x * 0.03, (0, side * thick * 0.2, 0), 7) for side in (-1, 1)))
            shape.say("a button in the middle")
        faces = [grid(np.stack([a * x / 2, side * height, b * z / 2], axis=-1)) for side in (-1, 1)]
        shape.add("cushion", *faces)
        rim = np.concatenate(
            [
                np.stack([a, 0 * a, b], axis=-1)[i]
                for i in (
                    (0, slice(None)),
                    (slice(None), -1),
                    (-1, slice(None, None, -1)),
                    (slice(None, None, -1), 0),
                )
            ]
        )
        edge = rim[np.append(True, np.linalg.norm(np.diff(rim, axis=0), axis=1) > 1e-6)][:-1] * [
            x / 2,
            1,
            z / 2,
        ]
        if chance(rng, 0.5):
            shape.add("seam", tube(edge, x * u(0.008, 0.02), 6, closed=True))
            shape.say("piping along its edge")
        if kind != "round" and chance(rng, 0.15):
            drop = lathe(
                [(0.0, 0.0), (x * 0.025, x * 0.02), (x * 0.03, x * 0.1), (0.0, x * 0.1)], 10
            ).rotated_deg(z=-90)
            for i in (-1, 1):
                for k in (-1, 1):
                    shape.add(
                        "tassel", drop.rotated_deg(y=-45 * k).scaled(x=i).moved(i * x / 2, 0, k * z / 2)
                    )
            shape.say("tassels at its corners")
        words = {"square": "square", "oblong": "longer than wide", "round": "round"}
        shape.say(
            words[kind],
            "plump" if thick > 0.3 * x else "flat",
            "pinched corners" if pinch > 0.06 else "straight edges",
        )
    pose = pick(rng, ("lying", "lying", "lying", "leaning", "on edge"))
    if kind not in ("bolster", "neck"):
        turn(shape, x_deg={"lying": u(-4, 4), "leaning": -u(50, 80), "on edge": 90.0}[pose])
        shape.say(pose if pose != "leaning" else "leaning back")
    turn(shape, y_deg=u(-40, 40))
    set_down(shape)
