"""Make beds: mattress, pillows, head and foot boards; platforms, posters, canopies, bunks, cots."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    counted,
    cushion,
    four_legs,
    handle,
    leg,
    pick,
    plank,
)
from pointclip2.worlds.shapes.mesh import box, cylinder, extrude, grid, rod, sphere, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _board(
    shape: Shape, rng: Random, part: str, width: float, low: float, high: float, z: float, kind: str
) -> None:
    """Add a head or foot board across the bed at ``z``, from height ``low`` to ``high``."""
    thick = float(rng.uniform(0.02, 0.07))
    rise = high - low
    middle = (0.0, (high + low) / 2, z)
    post = float(rng.uniform(0.03, 0.08))
    posts = [box(post, high, post, (i * (width - post) / 2, high / 2, z)) for i in (-1, 1)]
    if kind == "panel":
        shape.add(part, box(width, rise, thick, middle))
    elif kind == "padded":
        shape.add(part, cushion(width, rise, max(thick * 2, 0.08), middle, 0.2))
    elif kind == "tufted":
        shape.add(part, cushion(width, rise, 0.1, middle, 0.15))
        for y in np.linspace(low + rise * 0.5, high - rise * 0.15, 2):
            for x in np.linspace(-width / 2, width / 2, 8)[1:-1]:
                shape.add(part, sphere(0.02, (float(x), float(y), z + 0.05), 5))
    elif kind == "arched":
        share = np.linspace(0, np.pi, 15)
        arch = rise * float(rng.uniform(0.2, 0.6))
        top = [(-width / 2 * float(np.cos(s)), high - arch + arch * float(np.sin(s)) ** 0.8) for s in share]
        shape.add(part, extrude([(-width / 2, low), *top, (width / 2, low)], thick).moved(z=z))
    elif kind == "scroll":
        depth = float(rng.uniform(0.1, 0.25))
        y, x = np.linspace(0, 1, 9), np.linspace(-width / 2, width / 2, 2)
        lean = np.sign(z) * depth * y**2
        points = np.stack(np.broadcast_arrays(x, (low + rise * y)[:, None], (z + lean)[:, None]), axis=-1)
        shape.add(part, grid(points), grid(points + np.array([0, 0, thick])))
        roll = cylinder(thick * 1.3, width, segments=12).rotated_deg(z=90)
        shape.add(part, roll.moved(0, high, z + float(lean[-1])))
    elif kind in ("bars", "slats"):
        number = int(rng.integers(4, 14))
        shape.add(part, *posts, *(box(width, 0.05, thick, (0, y, z)) for y in (low + 0.05, high - 0.04)))
        for x in np.linspace(-width / 2, width / 2, number + 2)[1:-1]:
            if kind == "bars":
                shape.add(part, rod((float(x), low, z), (float(x), high - 0.04, z), 0.01, 6))
            else:
                shape.add(part, box(0.05, rise, thick * 0.5, (float(x), middle[1], z)))
    elif kind == "hoop":
        share = np.linspace(0, np.pi, 17)
        path = np.stack(
            [-width / 2 * np.cos(share), low + rise * np.sin(share) ** 0.5, 0 * share + z], axis=1
        )
        path[[0, -1], 1] = 0
        shape.add(part, tube(path, float(rng.uniform(0.012, 0.03)), 8))
        for x in np.linspace(-0.8, 0.8, int(rng.integers(4, 9))) * width / 2:
            top_y = low + rise * float(1 - (2 * x / width) ** 2) ** 0.25
            shape.add(part, rod((float(x), low, z), (float(x), top_y, z), 0.008, 6))
        shape.add(part, rod((-width / 2, low, z), (width / 2, low, z), 0.012, 6))
    elif kind == "planks":
        number = int(rng.integers(2, 5))
        step = rise / number
        shape.add(part, *posts)
        for k in range(number):
            shape.add(part, plank(width, step * 0.75, thick, 3).moved(y=low + (k + 0.5) * step, z=z))
    else:
        shape.add(part, box(width, rise, 0.25, (0, middle[1], z - 0.1)))
        for x in np.linspace(-width / 3, width / 3, 3):
            shape.add(part, box(width / 3.4, rise * 0.4, 0.02, (float(x), high - rise * 0.3, z + 0.03)))


_BOARD_PHRASES = {
    "panel": "a flat rectangular headboard",
    "padded": "a thick padded headboard",
    "tufted": "a padded headboard with buttons",
    "arched": "a headboard with a curved top",
    "scroll": "a headboard rolled backwards",
    "bars": "a headboard of thin bars",
    "slats": "a headboard of upright slats",
    "hoop": "a headboard of bent tube",
    "planks": "a headboard of wide planks",
    "shelf": "a deep box as headboard",
}


def _bedding(shape: Shape, rng: Random, width: float, length: float, top: float, thick: float) -> None:
    """Add a mattress with its upper face at ``top``, pillows and a blanket."""
    shape.add(
        "mattress", cushion(width, thick, length, (0, top - thick / 2, 0), float(rng.uniform(0.05, 0.3)))
    )
    number = (1 if width < 1.15 else 2) * pick(rng, (0, 1, 1, 1, 2))
    side = width / (1 if width < 1.15 else 2)
    for k in range(number):
        place = k % 2 if width >= 1.15 else 0
        layer = k // 2 if width >= 1.15 else k
        x = 0.0 if width < 1.15 else (place - 0.5) * side
        pad = cushion(side * float(rng.uniform(0.7, 0.92)), 0.13, 0.38, (0, 0, 0), 0.55)
        tilt = float(rng.uniform(0, 45)) if chance(rng, 0.4) else 0.0
        lift = 0.05 + 0.19 * float(np.sin(np.deg2rad(tilt))) + 0.1 * layer
        pad = pad.rotated_deg(x=tilt, y=float(rng.uniform(-6, 6)))
        shape.add("pillow", pad.moved(x, top + lift, -length / 2 + 0.24))
    if number:
        shape.say(counted(number, "pillow"))
    if chance(rng, 0.45):
        cover = length * float(rng.uniform(0.35, 0.75))
        drop = float(rng.uniform(0.05, 0.95)) * thick
        if chance(rng, 0.25):
            cover, drop = length * float(rng.uniform(0.8, 1.0)), top * float(rng.uniform(0.6, 1.0))
        across, along = np.meshgrid(np.linspace(-1, 1, 15), np.linspace(0, 1, 9))
        wave = 0.012 * np.sin(across * float(rng.uniform(4, 12)) + along * float(rng.uniform(2, 9)))
        edge = np.abs(across) > 0.9
        y = top + 0.03 + wave - drop * edge
        points = np.stack([across * (width / 2 + 0.03), y, length / 2 + 0.02 - along * cover], axis=-1)
        shape.add("mattress", grid(points))
        shape.say("a blanket over the foot end" if drop < thick else "a cover hanging down at its sides")


def _bunk(shape: Shape, rng: Random) -> None:
    width, length = float(rng.uniform(0.8, 1.1)), float(rng.uniform(1.8, 2.15))
    high = float(rng.uniform(1.5, 1.9))
    levels = [float(rng.uniform(0.25, 0.5)), high - float(rng.uniform(0.3, 0.5))]
    loft = chance(rng, 0.3)
    post = float(rng.uniform(0.04, 0.08))
    for i in (-1, 1):
        for k in (-1, 1):
            shape.add("frame", box(post, high, post, (i * width / 2, high / 2, k * length / 2)))
    for level in levels[1:] if loft else levels:
        shape.add("frame", *(box(0.03, 0.12, length, (i * width / 2, level, 0)) for i in (-1, 1)))
        shape.add("frame", *(box(width, 0.12, 0.03, (0, level, k * length / 2)) for k in (-1, 1)))
        shape.add("frame", box(width, 0.02, length, (0, level, 0)))
        thick = float(rng.uniform(0.1, 0.18))
        shape.add(
            "mattress", cushion(width * 0.95, thick, length * 0.97, (0, level + thick / 2 + 0.01, 0), 0.15)
        )
        shape.add(
            "pillow", cushion(width * 0.6, 0.1, 0.35, (0, level + thick + 0.05, -length / 2 + 0.25), 0.55)
        )
        for k in (-1, 1):
            for y in np.linspace(level + 0.18, min(level + 0.4, high - 0.05), 2):
                shape.add("headboard", box(width, 0.06, 0.02, (0, float(y), k * length / 2)))
    for i in (-1, 1):
        reach = length * float(rng.uniform(0.5, 1.0))
        shape.add("frame", box(0.02, 0.07, reach, (i * width / 2, high - 0.06, (reach - length) / 2)))
    side, at = pick(rng, (-1, 1)), length * 0.3
    rungs = int(rng.integers(4, 7))
    x = side * (width / 2 + 0.03)
    shape.add("frame", *(rod((x, 0, at + k * 0.18), (x, high, at + k * 0.18), 0.018) for k in (-1, 1)))
    for y in np.linspace(0.25, high - 0.2, rungs):
        shape.add("frame", rod((x, float(y), at - 0.18), (x, float(y), at + 0.18), 0.014))
    if loft and chance(rng, 0.6):
        shape.add("frame", box(width * 0.6, 0.03, length * 0.6, (-side * width * 0.15, 0.72, -length * 0.15)))
        shape.say("a work top below the bed")
    shape.say("a high bed with open space below" if loft else "two beds one above the other")
    shape.say(f"{counted(rungs, 'rung')} to climb up", "tall posts")


def _crib(shape: Shape, rng: Random) -> None:
    width, length = float(rng.uniform(0.55, 0.8)), float(rng.uniform(1.0, 1.45))
    high, level = float(rng.uniform(0.7, 1.0)), float(rng.uniform(0.25, 0.45))
    bars = int(rng.integers(8, 14))
    for i in (-1, 1):
        for k in (-1, 1):
            shape.add("frame", box(0.05, high + 0.04, 0.05, (i * width / 2, high / 2 + 0.02, k * length / 2)))
        for y in (level - 0.1, high):
            shape.add("frame", box(0.03, 0.04, length, (i * width / 2, y, 0)))
            shape.add("headboard", box(width, 0.04, 0.03, (0, y, i * length / 2)))
        for z in np.linspace(-length / 2, length / 2, bars + 2)[1:-1]:
            shape.add(
                "frame",
                rod((i * width / 2, level - 0.1, float(z)), (i * width / 2, high, float(z)), 0.008, 5),
            )
        if chance(rng, 0.5):
            shape.add("headboard", box(width, high - level, 0.02, (0, (high + level) / 2, i * length / 2)))
        else:
            for x in np.linspace(-width / 2, width / 2, 6)[1:-1]:
                shape.add(
                    "headboard",
                    rod((float(x), level - 0.1, i * length / 2), (float(x), high, i * length / 2), 0.008, 5),
                )
    shape.add("mattress", cushion(width * 0.95, 0.12, length * 0.97, (0, level, 0), 0.15))
    shape.say("small with high sides of thin bars", "a cage around the mattress")


def _hospital(shape: Shape, rng: Random) -> None:
    """Add a bed on castors, its upper part raised or level, with boards at both ends and rails."""
    width, length = float(rng.uniform(0.8, 1.0)), float(rng.uniform(1.9, 2.2))
    level, thick = float(rng.uniform(0.4, 0.65)), float(rng.uniform(0.1, 0.2))
    hip = float(rng.uniform(-0.2, 0.1)) * length
    tilt = float(rng.uniform(15, 60)) if chance(rng, 0.6) else 0.0
    for part, high, at in (("mattress", thick, thick / 2), ("frame", 0.05, -0.025)):
        below, above = length / 2 - hip, length / 2 + hip
        back = cushion(width * 0.95, high, above, (0, at, -above / 2), 0.15)
        shape.add(part, cushion(width * 0.95, high, below, (0, level + at, hip + below / 2), 0.15))
        shape.add(part, back.rotated_deg(x=tilt).moved(y=level, z=hip))
    pillow = cushion(width * 0.6, 0.12, 0.35, (0, thick + 0.05, 0.25 - hip - length / 2), 0.55)
    shape.add("pillow", pillow.rotated_deg(x=tilt).moved(y=level, z=hip))
    for k in (-1, 1):
        high = float(rng.uniform(0.2, 0.45))
        shape.add("headboard", box(width, high, 0.04, (0, level + high / 2, k * length / 2)))
        shape.add("leg", box(width * 0.6, 0.06, 0.06, (0, 0.15, k * length * 0.3)))
        for i in (-1, 1):
            wheel = cylinder(0.06, 0.04, segments=10).rotated_deg(z=90)
            shape.add("leg", wheel.moved(i * width * 0.35, 0.06, k * length * 0.32))
            shape.add(
                "leg", box(0.05, level - 0.1, 0.05, (i * width * 0.3, level / 2 + 0.05, k * length * 0.3))
            )
    if chance(rng, 0.6):
        for i in (-1, 1):
            for y in (level + thick + 0.05, level + thick + 0.2):
                bar = ((i * width / 2, y, -length * 0.3), (i * width / 2, y, length * 0.15))
                shape.add("frame", rod(*bar, 0.015, 6))
        shape.say("rails along the sides")
    shape.say("a hospital bed on castors", "its back part raised" if tilt else "level", "long and narrow")


@shape_class(
    "bed",
    parts=("frame", "mattress", "headboard", "pillow", "leg"),
    synonyms=("double bed", "bunk bed", "place to sleep"),
)
def bed(shape: Shape, rng: Random) -> None:
    """Make a bed: a mattress to lie on, its head to -z."""
    style = rng.random()
    if style < 0.09:
        _bunk(shape, rng)
        return
    if style < 0.13:
        _crib(shape, rng)
        return
    if style < 0.18:
        _hospital(shape, rng)
        return
    wide = chance(rng, 0.65)
    width = float(rng.uniform(1.3, 2.0)) if wide else float(rng.uniform(0.75, 1.15))
    length = float(rng.uniform(1.8, 2.2))
    thick = float(rng.uniform(0.1, 0.32))
    frame_y = float(rng.uniform(0.18, 0.42))
    top = frame_y + thick * float(rng.uniform(0.55, 1.0))
    shape.say("wide" if wide else "long and narrow")
    _bedding(shape, rng, width * 0.97, length * 0.98, top, thick)
    if chance(rng, 0.2) and style > 0.35:
        edge = float(rng.uniform(0.05, 0.3))
        shape.add("frame", box(width + 2 * edge, 0.08, length + edge, (0, frame_y - 0.04, edge / 2)))
        shape.say("a flat platform wider than the mattress")
    rail = float(rng.uniform(0.06, 0.2))
    base = pick(rng, ("legs", "legs", "legs", "box", "box", "drawers", "recessed"))
    if base in ("box", "drawers"):
        shape.add("frame", box(width, frame_y, length, (0, frame_y / 2, 0)))
        if base == "drawers":
            number = int(rng.integers(1, 4))
            for i in (-1, 1):
                for k in range(number):
                    z = ((k + 0.5) / number - 0.5) * length
                    shape.add(
                        "frame",
                        box(
                            0.02,
                            frame_y * 0.7,
                            length / number * 0.9,
                            (i * (width / 2 + 0.01), frame_y / 2, z),
                        ),
                    )
                    pull = [m.rotated_deg(y=i * 90) for m in handle("bar", 0.14, (0, 0, 0))]
                    shape.add("frame", *(m.moved(i * (width / 2 + 0.02), frame_y * 0.55, z) for m in pull))
            shape.say("drawers in its sides")
        shape.say("a closed box down to the floor")
    elif base == "recessed":
        shape.add("frame", box(width, rail, length, (0, frame_y - rail / 2, 0)))
        shape.add(
            "leg", box(width * 0.75, frame_y - rail + 0.01, length * 0.75, (0, (frame_y - rail) / 2, 0))
        )
        shape.say("a platform on a smaller hidden base")
    else:
        for i in (-1, 1):
            shape.add("frame", box(0.04, rail, length, (i * width / 2, frame_y - rail / 2, 0)))
            shape.add("frame", box(width, rail, 0.04, (0, frame_y - rail / 2, i * length / 2)))
        if chance(rng, 0.5):
            shape.add("frame", box(width, 0.02, length, (0, frame_y - rail * 0.5, 0)))
        else:
            for z in np.linspace(-length / 2, length / 2, 12)[1:-1]:
                shape.add("frame", box(width, 0.02, 0.08, (0, frame_y - rail * 0.5, float(z))))
        kind = pick(rng, LEG_KINDS)
        girth = float(rng.uniform(0.03, 0.1))
        half = (width / 2 - girth / 2, length / 2 - girth / 2)
        shape.add("leg", *four_legs(kind, girth, half, frame_y - rail * 0.3))
        if chance(rng, 0.25):
            shape.add(
                "leg",
                *(
                    leg(kind, (i * half[0], 0, 0), (i * half[0], frame_y - rail * 0.3, 0), girth)
                    for i in (-1, 1)
                ),
            )
            shape.say("six legs", LEG_PHRASES[kind])
        else:
            shape.say("four legs", LEG_PHRASES[kind])
    kinds = tuple(_BOARD_PHRASES)
    kind = pick(rng, kinds)
    head_y = top + float(rng.uniform(0.2, 1.0))
    low = 0.0 if chance(rng, 0.5) else frame_y * float(rng.uniform(0.5, 1))
    extra = 0.5 * float(rng.uniform(0.1, 0.8)) if chance(rng, 0.15) else float(rng.uniform(0, 0.1))
    if chance(rng, 0.8):
        _board(shape, rng, "headboard", width + extra, low, head_y, -length / 2 - 0.05, kind)
        shape.say(_BOARD_PHRASES[kind])
        if head_y - top > 0.65:
            shape.say("a tall headboard")
    else:
        shape.say("no headboard")
    if chance(rng, 0.38):
        foot_y = top + float(rng.uniform(-0.1, 0.45))
        kind = kind if chance(rng, 0.7) and kind != "shelf" else "panel"
        _board(shape, rng, "headboard", width, min(low, foot_y - 0.15), foot_y, length / 2 + 0.05, kind)
        shape.say("a board at the foot end too")
    if chance(rng, 0.14):
        high = float(rng.uniform(1.7, 2.3))
        girth = float(rng.uniform(0.035, 0.09))
        post = pick(rng, ("square", "round", "turned"))
        half = (width / 2 + 0.01, length / 2 + 0.03)
        shape.add("frame", *four_legs(post, girth, half, high))
        roof = pick(rng, ("bars", "bars", "plate", "none", "drape"))
        if roof in ("bars", "drape"):
            for i in (-1, 1):
                shape.add(
                    "frame",
                    box(0.04, 0.05, 2 * half[1], (i * half[0], high, 0)),
                    box(2 * half[0], 0.05, 0.04, (0, high, i * half[1])),
                )
        if roof == "plate":
            shape.add("frame", box(2 * half[0] + 0.1, 0.1, 2 * half[1] + 0.1, (0, high, 0)))
        if roof == "drape":
            share = np.linspace(0, 1, 12)
            line = [(2 * share - 1) * half[0], high - 0.1 * np.sin(share * np.pi), 0 * share]
            edges = [np.stack(line, axis=1) + np.array([0, 0, k * half[1]]) for k in (-1, 1)]
            shape.add("frame", grid(np.stack(edges)))
        shape.say("four tall posts", "a roof above it" if roof != "none" else "no roof above")
