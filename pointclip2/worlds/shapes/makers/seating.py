"""Make stools and benches: hard or low seats."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    counted,
    cushion,
    four_legs,
    leg,
    pedestal,
    pick,
    rounded_outline,
    slab,
    star_base,
    stretchers,
)
from pointclip2.worlds.shapes.mesh import Mesh, beam, box, cylinder, grid, lathe, rod, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _stool_seat(shape: Shape, rng: Random, size: float, height: float) -> tuple[float, float, float]:
    """Add a seat; return how far out legs may stand in x and z, and the thickness."""
    kind = pick(rng, ("disc", "disc", "pad", "square", "oblong", "saddle", "bowl"))
    thick = float(rng.uniform(0.015, 0.09))
    if kind == "disc":
        shape.add("seat", cylinder(size / 2, thick, centre=(0, height - thick / 2, 0), segments=28))
        shape.say("a round seat like a disc")
        return size * 0.33, size * 0.33, thick
    if kind == "pad":
        thick = float(rng.uniform(0.05, 0.13))
        shape.add(
            "seat", cushion(size, thick, size, (0, height - thick / 2, 0), float(rng.uniform(0.5, 1.0)))
        )
        shape.say("a thick round cushion as seat")
        return size * 0.3, size * 0.3, thick
    if kind == "bowl":
        rim = float(rng.uniform(0.02, 0.06))
        shape.add(
            "seat",
            lathe(
                [(0, height - thick - rim), (size / 2, height - rim), (size / 2, height), (0, height - rim)],
                28,
            ),
        )
        shape.say("a round hollow seat")
        return size * 0.3, size * 0.3, thick + rim * 0.5
    deep = size * (1.0 if kind == "square" else float(rng.uniform(0.6, 0.85)))
    if kind == "saddle":
        x, z = np.meshgrid(np.linspace(-0.5, 0.5, 11), np.linspace(-0.5, 0.5, 5))
        top = grid(
            np.stack(
                [x * size, height + float(rng.uniform(0.08, 0.25)) * size * (4 * x**2 - 1) / 2, z * deep],
                axis=-1,
            )
        )
        shape.add("seat", top, top.moved(y=-max(thick * 0.6, 0.015)))
        shape.say("a seat curved like a saddle")
        return size * 0.4, deep * 0.38, max(thick * 0.6, 0.015) + 0.04
    if chance(rng, 0.4):
        shape.add("seat", slab(rounded_outline(size, deep, float(rng.uniform(0.15, 0.5))), thick, height))
        shape.say("a seat with rounded corners")
    else:
        shape.add("seat", box(size, thick, deep, (0, height - thick / 2, 0)))
        shape.say("a flat square seat" if kind == "square" else "an oblong flat seat")
    return size * 0.42, deep * 0.42, thick


def _foot_ring(
    shape: Shape, rng: Random, reach: tuple[float, float], feet: tuple[float, float], height: float
) -> None:
    level = float(rng.uniform(0.2, 0.5))
    x, z = (feet[i] + (reach[i] - feet[i]) * level for i in range(2))
    if chance(rng, 0.4):
        shape.add("ring", torus(float(np.hypot(x, z)) * 0.98, 0.009, (0, level * height, 0)))
        shape.say("a ring around the legs")
    else:
        kind = pick(rng, ("box", "H", "X", "sides"))
        shape.add("ring", *stretchers(kind, (x, z), level * height, 0.02, chance(rng, 0.5)))
        shape.say("bars between the legs")


def _solid_stool(shape: Shape, rng: Random, size: float, height: float) -> None:
    kind = pick(rng, ("drum", "pouf", "hourglass", "cube", "boards", "open drum"))
    half = size / 2
    if kind == "pouf":
        shape.add("seat", cushion(size, height, size, (0, height / 2, 0), float(rng.uniform(0.2, 1.0))))
        shape.say("a soft block with rounded edges")
    elif kind == "cube":
        shape.add("leg", box(size, height * 0.85, size * float(rng.uniform(0.7, 1)), (0, height * 0.425, 0)))
        shape.add("seat", cushion(size * 1.03, height * 0.2, size * 1.03, (0, height * 0.9, 0), 0.2))
        shape.say("a closed box with a padded top")
    elif kind == "boards":
        thick = float(rng.uniform(0.015, 0.04))
        shape.add("seat", box(size * 1.2, thick, half * 1.2, (0, height - thick / 2, 0)))
        lean = float(rng.uniform(0, 0.05))
        for i in (-1, 1):
            foot = box(thick, height - thick, half, (0, 0, 0)).rotated_deg(z=i * lean * 100)
            shape.add("leg", foot.moved(i * half * 0.85, (height - thick) / 2, 0))
        shape.add("ring", box(half * 1.7, thick * 2, thick, (0, height * 0.6, 0)))
        shape.say("two solid boards as legs", "an oblong seat")
    else:
        share = np.linspace(0, 1, 12)
        waist = float(rng.uniform(0.1, 0.5)) if kind == "hourglass" else -float(rng.uniform(0.0, 0.2))
        radius = half * (1 - waist * np.sin(np.pi * share))
        profile = [(float(r), float(h) * height * 0.94) for r, h in zip(radius, share, strict=True)]
        if kind == "open drum":
            bars = int(rng.integers(6, 14))
            for angle in 2 * np.pi * np.arange(bars) / bars:
                path = [[r * np.cos(angle), h, r * np.sin(angle)] for r, h in profile]
                shape.add("leg", tube(path, 0.008, 5))
            shape.add("ring", torus(half, 0.01, (0, 0.01, 0)))
            shape.say("a cage of thin curved rods")
        else:
            shape.add("leg", lathe([(0, 0), *profile]))
            shape.say(
                "narrow in the middle like an hourglass" if kind == "hourglass" else "a solid round drum"
            )
        shape.add("seat", cylinder(half * 1.01, height * 0.07, centre=(0, height * 0.96, 0)))


@shape_class(
    "stool", parts=("seat", "leg", "ring", "back"), synonyms=("bar stool", "footstool", "seat without a back")
)
def stool(shape: Shape, rng: Random) -> None:
    """Make a stool: a seat for one without a back, or with hardly any."""
    size = float(rng.uniform(0.28, 0.48))
    tall = chance(rng, 0.45)
    height = float(rng.uniform(0.58, 0.85)) if tall else float(rng.uniform(0.22, 0.55))
    shape.say("tall and narrow" if tall else "low")
    style = rng.random()
    if style < 0.15 and not tall:
        _solid_stool(shape, rng, size, height)
        return
    x, z, thick = _stool_seat(shape, rng, size, height)
    under = height - thick * 0.6
    if style < 0.55:
        kind = pick(rng, LEG_KINDS)
        width = float(rng.uniform(0.018, 0.05))
        splay = float(rng.uniform(0, 0.1)) if chance(rng, 0.7) else 0.0
        shape.add("leg", *four_legs(kind, width, (x, z), under, (splay, splay)))
        shape.say("four legs", LEG_PHRASES[kind])
        if chance(rng, 0.85 if tall else 0.4):
            _foot_ring(shape, rng, (x, z), (x + splay, z + splay), under)
    elif style < 0.67:
        width = float(rng.uniform(0.02, 0.045))
        splay = float(rng.uniform(0.02, 0.12))
        kind = pick(rng, ("round", "tapered round", "turned", "square"))
        for angle in np.deg2rad([90, 210, 330]):
            c, s = float(np.cos(angle)), float(np.sin(angle))
            foot = ((x + splay) * c, 0, (x + splay) * s)
            shape.add("leg", leg(kind, foot, (x * c, under, x * s), width))
        if chance(rng, 0.4):
            level = float(rng.uniform(0.2, 0.6))
            shape.add("ring", torus(x + splay * (1 - level), 0.008, (0, level * under, 0)))
        shape.say("three legs")
    elif style < 0.83:
        meshes, phrase = pedestal(rng, under, float(rng.uniform(0.16, 0.26)))
        shape.add("leg", *meshes)
        if tall and chance(rng, 0.7):
            level = float(rng.uniform(0.25, 0.45)) * height
            ring = float(rng.uniform(0.1, 0.2))
            shape.add("ring", torus(ring, 0.009, (0, level, 0)))
            shape.add("ring", rod((-ring, level, 0), (ring, level, 0), 0.007, 6))
            shape.say("a ring for the feet")
        shape.say(phrase)
    elif style < 0.92:
        castors = chance(rng, 0.6)
        shape.add("leg", *star_base(rng, under, float(rng.uniform(0.2, 0.3)), castors))
        if chance(rng, 0.4):
            shape.add("ring", torus(float(rng.uniform(0.15, 0.22)), 0.008, (0, height * 0.4, 0)))
        shape.say("a star base with wheels" if castors else "a star base")
    else:
        radius = float(rng.uniform(0.008, 0.014))
        for i in (-1, 1):
            path = [
                (i * x, under, -z),
                (i * x, radius, -z * 1.2),
                (i * x, radius, z * 1.2),
                (i * x, under, z),
            ]
            shape.add("leg", tube(path, radius, 6))
        if tall:
            shape.add("ring", rod((-x, height * 0.3, z * 1.13), (x, height * 0.3, z * 1.13), radius, 6))
        shape.say("two sledge runners of bent tube")
    if chance(rng, 0.2 if tall else 0.06):
        rise = float(rng.uniform(0.1, 0.28))
        for i in (-1, 1):
            shape.add(
                "back", rod((i * x * 0.8, under, -z), (i * x * 0.8, height + rise, -z - 0.04), 0.009, 6)
            )
        shape.add("back", cushion(x * 2.1, rise * 0.5, 0.03, (0, height + rise * 0.8, -z - 0.03), 0.3))
        shape.say("a very low back")
    else:
        shape.say("no back")


def _bench_back(shape: Shape, rng: Random, length: float, depth: float, height: float) -> None:
    rise = float(rng.uniform(0.28, 0.6))
    lean = float(rng.uniform(0.02, 0.14))
    kind = pick(rng, ("planks", "planks", "slats", "panel", "padded"))
    posts = int(rng.integers(2, 4))
    meshes: list[Mesh] = []
    z = -depth / 2 + 0.02
    for x in np.linspace(-length / 2 + 0.06, length / 2 - 0.06, posts):
        meshes.append(beam((x, height - 0.04, z), (x, height + rise, z - lean), 0.04))
    tilt = float(np.rad2deg(np.arctan2(lean, rise)))

    def leant(mesh: Mesh) -> Mesh:
        return mesh.rotated_deg(x=-tilt).moved(y=height, z=z + 0.025)

    if kind == "planks":
        bars = int(rng.integers(1, 6))
        step = rise / (bars + 0.5)
        for k in range(bars):
            meshes.append(leant(box(length, step * 0.7, 0.02, (0, (k + 1) * step, 0))))
        shape.say(f"a back of {counted(bars, 'long plank')}")
    elif kind == "slats":
        bars = int(rng.integers(8, 22))
        meshes += [leant(box(length, 0.05, 0.03, (0, y, 0))) for y in (rise * 0.2, rise - 0.025)]
        for x in np.linspace(-length / 2 + 0.08, length / 2 - 0.08, bars):
            meshes.append(leant(box(0.025, rise * 0.8, 0.015, (float(x), rise * 0.58, 0))))
        shape.say("a back of many upright slats")
    elif kind == "panel":
        meshes.append(leant(box(length, rise, 0.025, (0, rise / 2, 0))))
        shape.say("a solid flat back")
    else:
        meshes.append(leant(cushion(length, rise * 0.8, 0.08, (0, rise * 0.55, 0), 0.2)))
        shape.say("a padded back")
    shape.add("back", *meshes)


def _bench_base(shape: Shape, rng: Random, length: float, depth: float, under: float) -> None:
    style = pick(
        rng, ("legs", "legs", "boards", "boards", "trestle", "frames", "blocks", "middle legs", "box")
    )
    x, z = length / 2 - float(rng.uniform(0.03, 0.25)) * length * 0.6, depth / 2 - 0.04
    if style in ("legs", "middle legs"):
        kind = pick(rng, LEG_KINDS)
        width = float(rng.uniform(0.03, 0.08))
        splay = float(rng.uniform(0, 0.07)) if chance(rng, 0.3) else 0.0
        shape.add("leg", *four_legs(kind, width, (x, z), under, (splay, splay * 0.5)))
        if style == "middle legs":
            shape.add("leg", *(leg(kind, (0, 0, k * z), (0, under, k * z), width) for k in (-1, 1)))
        shape.say("six legs" if style == "middle legs" else "four legs", LEG_PHRASES[kind])
        if chance(rng, 0.35):
            shape.add(
                "leg",
                *stretchers(pick(rng, ("H", "box", "sides")), (x + splay / 2, z), under * 0.4, width * 0.6),
            )
        if chance(rng, 0.4):
            for k in (-1, 1):
                shape.add("seat", box(2 * x, 0.06, 0.02, (0, under - 0.02, k * z)))
    elif style == "boards":
        thick = float(rng.uniform(0.02, 0.08))
        for i in (-1, 1):
            shape.add("leg", box(thick, under, depth * float(rng.uniform(0.7, 1)), (i * x, under / 2, 0)))
        if chance(rng, 0.5):
            shape.add("leg", box(2 * x, 0.08, 0.025, (0, under * float(rng.uniform(0.3, 0.7)), 0)))
        shape.say("two solid boards as legs")
    elif style == "trestle":
        for i in (-1, 1):
            for k in (-1, 1):
                shape.add("leg", beam((i * x, 0, k * depth * 0.5), (i * x, under, -k * depth * 0.3), 0.045))
        shape.add("leg", beam((-x, under * 0.5, 0), (x, under * 0.5, 0), 0.04))
        shape.say("legs crossing in an X at each end")
    elif style == "frames":
        radius = float(rng.uniform(0.012, 0.03))
        for i in (-1, 1):
            path = [(i * x, under, -z), (i * x, radius, -z), (i * x, radius, z), (i * x, under, z)]
            shape.add("leg", tube(path, radius, pick(rng, (4, 8))))
        shape.say("a U shaped frame at each end")
    elif style == "blocks":
        wide = float(rng.uniform(0.1, 0.3))
        for i in (-1, 1):
            shape.add("leg", box(wide, under, depth * 0.85, (i * (length / 2 - wide), under / 2, 0)))
        shape.say("two heavy block feet")
    else:
        shape.add("leg", box(length * 0.97, under, depth * 0.95, (0, under / 2, 0)))
        shape.say("a closed box below the seat")


@shape_class(
    "bench", parts=("seat", "back", "leg", "arm"), synonyms=("park bench", "long seat", "garden bench")
)
def bench(shape: Shape, rng: Random) -> None:
    """Make a bench: a hard seat for several."""
    length, backed = float(rng.uniform(0.8, 2.4)), chance(rng, 0.5)
    depth = float(rng.uniform(0.24, 0.58 if backed else 0.42))  # Deeper ones without a back are low tables.
    height = float(rng.uniform(0.38, 0.5))
    thick = float(rng.uniform(0.02, 0.09))
    kind = pick(rng, ("planks", "planks", "slab", "slab", "cushion", "cross slats", "round ends"))
    if kind == "planks":
        bars = int(rng.integers(2, 7))
        step = depth / bars
        for k in range(bars):
            shape.add(
                "seat",
                box(
                    length, thick * 0.7, step * 0.82, (0, height - thick * 0.35, (k + 0.5) * step - depth / 2)
                ),
            )
        shape.add(
            "seat",
            *(
                box(0.05, 0.05, depth * 0.95, (i * length * 0.38, height - thick * 0.7 - 0.02, 0))
                for i in (-1, 1)
            ),
        )
        thick = thick * 0.7
        shape.say(f"a seat of {counted(bars, 'long plank')}")
    elif kind == "cross slats":
        bars = int(length / 0.09)
        for x in np.linspace(-length / 2 + 0.03, length / 2 - 0.03, bars):
            shape.add("seat", box(0.055, 0.02, depth, (float(x), height - 0.01, 0)))
        shape.add("seat", *(box(length, 0.05, 0.03, (0, height - 0.04, k * depth * 0.4)) for k in (-1, 1)))
        thick = 0.04
        shape.say("a seat of many short slats")
    elif kind == "cushion":
        thick = max(thick, 0.06)
        shape.add("seat", cushion(length, thick, depth, (0, height - thick / 2, 0), 0.2))
        shape.say("a long soft seat")
    elif kind == "round ends":
        shape.add("seat", slab(rounded_outline(length, depth, float(rng.uniform(0.2, 0.6))), thick, height))
        shape.say("a long seat with rounded ends")
    else:
        shape.add("seat", box(length, thick, depth, (0, height - thick / 2, 0)))
        shape.say("a thick flat board as seat" if thick > 0.05 else "a long thin flat board as seat")
    _bench_base(shape, rng, length, depth, height - thick * 0.7)
    if backed:
        _bench_back(shape, rng, length, depth, height)
        if chance(rng, 0.55):
            rise = float(rng.uniform(0.16, 0.26))
            for i in (-1, 1):
                x = i * (length / 2 - 0.03)
                shape.add("arm", box(0.05, 0.03, depth + 0.05, (x, height + rise, -0.02)))
                shape.add(
                    "arm", box(0.045, rise + 0.03, 0.04, (x, height + rise / 2 - 0.015, depth / 2 - 0.04))
                )
            shape.say("an arm at each end")
    else:
        shape.say("no back")
        if chance(rng, 0.12):
            for i in (-1, 1):
                shape.add("arm", box(0.05, 0.22, depth, (i * (length / 2 - 0.02), height + 0.1, 0)))
            shape.say("raised ends")
    if length > 1.6:
        shape.say("very long")
