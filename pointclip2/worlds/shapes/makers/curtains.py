"""Make curtains."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, pick
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, rod, sphere, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _cloth(
    rng: Random, width: float, height: float, folds: float, depth: float, tie: float, bias: float
) -> Mesh:
    """Return hanging cloth; ``tie`` 0..1 is how tightly it is gathered, towards ``bias`` in -1..1."""
    x = np.linspace(-1, 1, int(np.clip(folds * 8, 24, 64)))
    y = np.linspace(0, 1, 12)[:, None]
    phase = 0.4 * np.sin(2 * np.pi * (x * float(rng.uniform(0.3, 1.2)) + float(rng.random())))
    wave = np.sin(np.pi * folds * x + phase + 0.35 * np.sin(3 * y + float(rng.uniform(0, 6))))
    if chance(rng, 0.3):
        wave = np.sign(wave) * np.abs(wave) ** 0.5
    waist = float(rng.uniform(0.3, 0.5))
    squeeze = 1 - tie * np.exp(-(((y - waist) / 0.2) ** 2)) - 0.15 * tie * (y < waist)
    flare = 1 + float(rng.uniform(-0.05, 0.1)) * (1 - y)
    shift = bias * (1 - squeeze) * width / 2
    points = np.stack(
        np.broadcast_arrays(
            shift + x * width / 2 * squeeze * flare,
            y * height + float(rng.uniform(0, 0.012)) * np.sin(5 * x) * (y == 0),
            depth * wave * (0.55 + 0.45 * (1 - y)) * (2 - squeeze),
        ),
        axis=-1,
    )
    return grid(points)


@shape_class(
    "curtain",
    parts=("cloth", "rail", "tie", "valance"),
    synonyms=("drapes", "window drapery", "hanging cloth"),
)
def curtain(shape: Shape, rng: Random) -> None:
    """Make a curtain: single sheets, pairs, gathered, with rail, rings, valance; some blinds of cloth."""
    height = float(rng.uniform(1.1, 2.8))
    # No wider: a wide level sheet is a screen.
    width = min(float(rng.uniform(0.7, 3.2)), 1.4 * height)
    kind = pick(
        rng,
        (
            "single",
            "single",
            "pair",
            "pair",
            "pair",
            "tied pair",
            "tied pair",
            "tied single",
            "layers",
            "roman",
        ),
    )
    depth = float(rng.uniform(0.025, 0.1))
    per_metre = float(rng.uniform(2.5, 9.0))
    if kind == "single" or kind == "tied single":
        width = min(width, 1.3 if kind == "tied single" else 1.8)
    tie = float(rng.uniform(0.35, 0.75)) if kind.startswith("tied") else 0.0

    def hang(x: float, wide: float, bias: float, z: float = 0.0, deep: float = depth) -> None:
        folds = max(1.5, per_metre * wide)
        shape.add("cloth", _cloth(rng, wide, height, folds, deep, tie, bias).moved(x, 0, z))

    if kind == "roman":
        number = int(rng.integers(3, 8))
        gather = float(rng.uniform(0.02, 0.08))
        share = np.linspace(0, 1, 6 * number + 1)
        bow = gather * np.abs(np.sin(np.pi * number * share)) * (1.3 - share)
        line = np.stack([0 * share, share * height, bow], axis=1)
        shape.add("cloth", grid(np.stack([line - [width / 2, 0, 0], line + np.array([width / 2, 0, 0])])))
        shape.add("rail", box(width, 0.05, 0.05, (0, height, 0)))
        shape.say("folds lying across", "one wide sheet")
        return
    if kind in ("single", "tied single"):
        hang(0.0, width, float(pick(rng, (-1, 1))))
        shape.say("one wavy sheet")
    else:
        gap = float(rng.uniform(0.0, 0.6)) * (0.4 if tie else 1.0)
        part = (1 - gap) * width / 2
        uneven = float(rng.uniform(0.5, 1.0)) if chance(rng, 0.15) else 1.0
        for i in (-1, 1):
            wide = part * (uneven if i == 1 else 1.0)
            hang(i * (width / 2 - wide / 2), wide, float(i))
        shape.say(
            "a pair of wavy sheets",
            "open in the middle" if gap > 0.2 else "nearly closed" if not tie else "parted below",
        )
        if kind == "layers":
            hang(0.0, width * 0.98, 0.0, z=-0.1, deep=0.015)
            shape.say("a thin flat sheet behind")
    if tie:
        level = height * 0.4
        for i in (-1, 1) if "pair" in kind else ():
            x = i * (width / 2) * (0.5 + 0.5 * tie)
            around = np.linspace(0, 2 * np.pi, 16, endpoint=False)
            band = np.array([x, level, 0]) + np.stack(
                [
                    width * 0.25 * (1 - tie) * np.cos(around),
                    0.02 * np.cos(around),
                    1.8 * depth * np.sin(around),
                ],
                axis=1,
            )
            shape.add("tie", tube(band, 0.015, 5, closed=True))
        shape.say("gathered in like a waist")
    rail = pick(rng, ("rod", "rod", "rings", "box", "track", "none"))
    over = float(rng.uniform(0.02, 0.2))
    if rail in ("rod", "rings"):
        thick = float(rng.uniform(0.008, 0.025))
        y = height + (0.04 if rail == "rings" else 0.0)
        shape.add("rail", rod((-width / 2 - over, y, 0), (width / 2 + over, y, 0), thick))
        end = pick(rng, ("ball", "cone", "none"))
        for i in (-1, 1):
            if end == "ball":
                shape.add("rail", sphere(2.2 * thick, (i * (width / 2 + over), y, 0), 8))
            elif end == "cone":
                shape.add(
                    "rail",
                    cylinder(2 * thick, 6 * thick, top=0.0, segments=10)
                    .rotated_deg(z=-90 * i)
                    .moved(i * (width / 2 + over + 2 * thick), y, 0),
                )
            shape.add("rail", rod((i * width / 2, y, 0), (i * width / 2, y, -0.12), thick * 0.6, 6))
        if rail == "rings":
            around = np.linspace(0, 2 * np.pi, 10, endpoint=False)
            ring = np.stack([0 * around, 2.2 * thick * np.sin(around), 2.2 * thick * np.cos(around)], axis=1)
            for x in np.linspace(-width / 2, width / 2, int(np.clip(width * 7, 6, 20))):
                shape.add("rail", tube(ring + np.array([float(x), y - 0.01, 0]), 0.004, 4, closed=True))
            shape.say("rings on a round rod")
        else:
            shape.say("a round rod above")
    elif rail == "box":
        shape.add("rail", box(width + 2 * over, float(rng.uniform(0.08, 0.25)), 0.16, (0, height, 0)))
        shape.say("a flat box along the top")
    elif rail == "track":
        shape.add("rail", box(width + over, 0.025, 0.04, (0, height, 0)))
    if rail in ("none", "track", "rod") and chance(rng, 0.4):
        drop = float(rng.uniform(0.1, 0.3)) * height
        across = np.linspace(-1, 1, 49)
        scallops = int(rng.integers(1, 6))
        low = height - drop * (0.55 + 0.45 * np.abs(np.sin(across * np.pi * scallops / 2)))
        rows = low + (height - low) * np.linspace(0, 1, 6)[:, None]
        points = np.stack(
            np.broadcast_arrays(
                across * (width / 2 + 0.03), rows, 0.06 + depth + 0.015 * np.sin(20 * across)
            ),
            axis=-1,
        )
        shape.add("valance", grid(points))
        shape.say("a short scalloped cloth across the top")
    shape.say(
        "long, down to the floor" if height > 1.9 else "short",
        "wide" if width > 2 else "narrow" if width < 1 else "deep folds" if depth > 0.05 else "shallow folds",
    )
