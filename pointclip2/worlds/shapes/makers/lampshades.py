"""Make shades and bulbs, for lamps that stand and lamps that hang."""

import numpy as np

from pointclip2.worlds.shapes.makers.turned import curve, fluted, squared
from pointclip2.worlds.shapes.mesh import Mesh, Vector, box, cylinder, lathe, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape


def shade_of(rng: Random, radius: float, height: float) -> tuple[Mesh, str]:
    """Return a shade that opens downwards, its lowest edge at y = 0 and its widest radius ``radius``."""
    u = rng.uniform
    kind = str(
        rng.choice(
            [
                "empire",
                "empire",
                "drum",
                "drum",
                "coolie",
                "bell",
                "dome",
                "globe",
                "square",
                "pleated",
                "tulip",
                "tier",
            ]
        )
    )
    if kind in ("empire", "pleated", "square"):
        upper = radius * u(0.35, 0.85)
        wall = lathe([(radius, 0.0), (upper, height)], 64 if kind == "pleated" else 32)
        if kind == "pleated":
            return fluted(wall, int(rng.integers(12, 22)), u(0.02, 0.05)), "pleated cone shade"
        if kind == "square":
            return squared(wall, u(6, 30)), "four-sided shade"
        return wall, "cone-shaped shade, narrower at the top"
    if kind == "drum":
        return lathe([(radius, 0.0), (radius * u(0.92, 1.0), height)], 32), "drum shade, a straight cylinder"
    if kind == "coolie":
        return lathe(
            [(radius, 0.0), (radius * u(0.08, 0.25), height * u(0.5, 0.9))], 32
        ), "cone shade that closes to a small opening"
    if kind == "bell":
        knots = [
            (radius, 0.0),
            (radius * 0.75, height * 0.2),
            (radius * 0.6, height * 0.6),
            (radius * u(0.25, 0.5), height),
        ]
        return lathe(curve(knots, 14), 32), "bell-shaped shade"
    if kind == "dome":
        arc = [(radius * float(np.cos(t)), height * float(np.sin(t))) for t in np.linspace(0, np.pi / 2, 10)]
        return lathe(arc, 32), "dome shade like half a sphere"
    if kind == "globe":
        return sphere(1.0, detail=14).scaled(radius, height / 2, radius).moved(
            y=height / 2
        ), "ball-shaped globe shade"
    if kind == "tulip":
        knots = [
            (radius * u(0.8, 1), 0.0),
            (radius * 0.7, height * 0.3),
            (radius * 0.9, height * 0.6),
            (radius * 0.2, height),
        ]
        return fluted(
            lathe(curve(knots, 14), 48), int(rng.integers(5, 9)), u(0.03, 0.08)
        ), "flower-shaped shade"
    steps = [(radius * (1 - 0.22 * (s // 2)), height * ((s + 1) // 2) / 3) for s in range(6)]
    return lathe(steps, 28), "shade of stepped tiers"


def add_bulb(shape: Shape, rng: Random, at: Vector, radius: float) -> None:
    """Add a bulb in two cases out of three: most models show it, many do not."""
    if rng.random() < 0.65:
        shape.add("bulb", sphere(radius, at, 7).scaled(y=1.0))


def add_shade(shape: Shape, rng: Random, radius: float, height: float, low: float) -> None:
    """Add a shade over a pole, with or without spider, finial and bulb."""
    mesh, phrase = shade_of(rng, radius, height)
    shape.add("shade", mesh.moved(y=low))
    top = low + float(mesh.high[1])
    upper = mesh.vertices[mesh.vertices[:, 1] > mesh.high[1] - 1e-6]
    reach = float(np.abs(upper[:, 0]).max())
    if reach > 0.02:
        for turn in (0, 90) if rng.random() < 0.5 else (0,):
            shape.add("pole", box(2 * reach, 0.006, 0.006).rotated_deg(y=turn).moved(y=top - 0.006))
        shape.add("pole", box(0.008, 0.62 * height, 0.008, (0, top - 0.31 * height, 0)))
    if rng.random() < 0.25:
        shape.add("shade", torus(radius, radius * 0.02, (0, low, 0)))
    if rng.random() < 0.25:
        shape.add("pole", sphere(0.04 * radius + 0.006, (0, top + 0.01, 0), 6))
    add_bulb(shape, rng, (0, low + 0.45 * height, 0), min(0.22 * radius, 0.05))
    if rng.random() < 0.3:
        shape.add(
            "bulb",
            cylinder(
                min(0.1 * radius, 0.025), 0.25 * height, centre=(0, low + 0.25 * height, 0), segments=10
            ),
        )
    shape.say(phrase)
