"""Make the white boxes with doors: refrigerators and washing machines."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, superellipsoid, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def cabinet(rng: Random, x: float, y: float, z: float, soft: float) -> Mesh:
    """Return a body standing on y = 0 with sharp or soft edges."""
    return box(x, y, z, (0, y / 2, 0)) if soft < 0.03 else superellipsoid(x, y, z, soft, (0, y / 2, 0), 16)


def frame(x: float, y: float, deep: float, band: float) -> list[Mesh]:
    """Return four bars around a window x by y in the plane z = 0, about the origin."""
    bars = [box(x, band, deep, (0, s * (y - band) / 2, 0)) for s in (-1, 1)]
    return bars + [box(band, y, deep, (s * (x - band) / 2, 0, 0)) for s in (-1, 1)]


def pull(x: float, y: float, z: float, long: float, upright: bool, thin: float = 0.01) -> list[Mesh]:
    """Return a bar in front of a door, with two feet."""
    a, b = (0.0, long / 2) if upright else (long / 2, 0.0)
    far = z + 0.045
    bars = [rod((x - a, y - b, far), (x + a, y + b, far), thin, 8)]
    return bars + [
        rod((x + s * a * 0.85, y + s * b * 0.85, z), (x + s * a * 0.85, y + s * b * 0.85, far), thin * 0.8, 6)
        for s in (-1, 1)
    ]


def dial(x: float, y: float, z: float, radius: float) -> Mesh:
    """Return a round knob on a front, with a ridge across it."""
    knob = cylinder(radius, 0.025, radius * 0.85).rotated_deg(x=90)
    return knob.moved(x, y, z + 0.012)


@shape_class(
    "refrigerator",
    parts=("body", "door", "handle", "drawer", "shelf", "foot"),
    synonyms=("fridge", "freezer", "icebox", "fridge freezer", "refrigerator with two doors"),
    described=(
        "A refrigerator is a tall smooth cabinet with one or two doors that cover its whole front.",
        "Upright bars serve as handles of the refrigerator, close to the edge of each door.",
        "A gap across the front parts the refrigerator into a large door and a small one for the freezer.",
        "Old refrigerators have softly rounded corners and a thick lever at the door.",
        "With its door open, the refrigerator shows shelves one above the other in a deep white box.",
    ),
)
def refrigerator(shape: Shape, rng: Random) -> None:
    """Make a refrigerator: one door, freezer above or below, side by side, French doors, old and round, or open."""
    u = rng.uniform
    kind = pick(rng, ("single", "top", "bottom", "side", "french", "round", "mini", "open"))
    x = u(0.75, 0.95) if kind in ("side", "french") else u(0.5, 0.7)
    y = u(0.6, 0.9) if kind == "mini" else u(1.3, 1.5) if kind == "round" else u(1.5, 1.95)
    z = u(0.5, 0.72)
    soft = u(0.15, 0.35) if kind == "round" else 0.0
    gap, thick, foot = u(0.01, 0.03), u(0.04, 0.07), u(0.02, 0.08)
    if kind == "open":
        walls = [box(0.04, y, z, (s * (x / 2 - 0.02), y / 2, 0)) for s in (-1, 1)]
        walls += [box(x, 0.04, z, (0, h, 0)) for h in (0.02, y - 0.02)]
        shape.add("body", *walls, box(x, y, 0.03, (0, y / 2, -z / 2 + 0.02)))
        count = int(rng.integers(3, 6))
        shape.add(
            "shelf",
            *(box(x * 0.92, 0.012, z * 0.85, (0, (k + 0.7) * y / (count + 0.5), 0)) for k in range(count)),
        )
        shape.say("its door wide open", counted(count, "shelf", "shelves"))
    else:
        shape.add("body", cabinet(rng, x, y, z, soft))
    front = z / 2 + gap
    split = y * {"top": u(0.62, 0.75), "bottom": u(0.3, 0.42), "french": u(0.3, 0.42)}.get(kind, 1.0)
    fields = [(0.0, x, 0.0, split)] + ([(0.0, x, split, y)] if split < y else [])
    if kind == "side":
        middle = x * u(-0.12, 0.06)
        fields = [
            ((middle - x / 2) / 2, x / 2 + middle, 0.0, y),
            ((middle + x / 2) / 2, x / 2 - middle, 0.0, y),
        ]
    elif kind == "french":
        fields = [(0.0, x, 0.0, split), (-x / 4, x / 2, split, y), (x / 4, x / 2, split, y)]
    style = pick(rng, ("bar", "bar", "grip", "hidden"))
    hinge = pick(rng, (-1, 1))
    for index, (at, wide, low, high) in enumerate(fields):
        tall, middle = high - low - gap, (low + high) / 2
        drawer = kind == "french" and index == 0
        leaf = (
            superellipsoid(wide - gap, tall, thick * 2, soft + 0.05, detail=14)
            if soft
            else box(wide - gap, tall, thick)
        )
        side = (1 if at < 0 else -1) if kind in ("side", "french") and not drawer else hinge
        if kind == "open":
            leaf = leaf.moved(x=side * -wide / 2).rotated_deg(y=side * u(70, 125)).moved(x=side * wide / 2)
        shape.add(
            "drawer" if drawer else "door", leaf.moved(at, middle, front + thick / 2 * (kind != "open"))
        )
        if style == "hidden" or kind == "open":
            continue
        face = front + thick
        if drawer:
            shape.add("handle", *pull(at, high - 0.08, face, wide * 0.8, False))
        elif style == "bar":
            long = min(tall * u(0.35, 0.75), 1.0)
            up = high - long / 2 - 0.08 if low < 0.1 and split < y else middle
            shape.add("handle", *pull(at + side * (wide / 2 - 0.05), up, face, long, True))
        else:
            shape.add("handle", box(0.03, 0.14, 0.05, (at + side * (wide / 2 - 0.04), middle, face + 0.02)))
    words = {
        "single": "one tall door",
        "top": "a small door above",
        "bottom": "a small door below",
        "side": "two doors side by side",
    }
    words |= {
        "french": "two doors above a drawer",
        "round": "softly rounded corners",
        "mini": "low, with one door",
    }
    if kind in words:
        shape.say(
            words[kind],
            {"bar": "long bar handles", "grip": "short grips", "hidden": "no handles to see"}[style],
        )
    feet = [
        cylinder(0.02, foot, centre=(i * x * 0.42, -foot / 2, k * z * 0.42), segments=8)
        for i in (-1, 1)
        for k in (-1, 1)
    ]
    shape.add("foot", *feet)
    if kind == "side" and chance(rng, 0.6):
        shape.add(
            "shelf",
            *(
                mesh.moved(fields[0][0], y * 0.6, front + thick)
                for mesh in frame(x * 0.25, y * 0.16, 0.02, 0.02)
            ),
        )
        shape.say("a dispenser in its door")
    shape.say("tall and narrow" if y > 2.6 * x else "broad" if y < 2.0 * x else "tall")
    set_down(shape)


@shape_class(
    "washing machine",
    parts=("body", "door", "panel", "knob", "drawer", "foot"),
    synonyms=("washer", "clothes washer", "front loader", "laundry machine", "tumble dryer"),
    described=(
        "A washing machine is a white cube with a big round porthole in the middle of its front.",
        "Above the glass of the washing machine runs a strip with a dial and a small drawer.",
        "The round door of the washing machine is a thick ring around a bulging pane.",
        "Top loaders are washing machines with a flap in the lid and a raised board of knobs behind it.",
    ),
)
def washing_machine(shape: Shape, rng: Random) -> None:
    """Make a washing machine: a front loader, shut or open, or a top loader with a raised board."""
    u = rng.uniform
    x, y, z = u(0.55, 0.7), u(0.8, 0.98), u(0.45, 0.68)
    shape.add("body", cabinet(rng, x, y, z, 0.0 if chance(rng, 0.6) else u(0.05, 0.12)))
    shape.add(
        "foot",
        *(
            cylinder(0.025, 0.03, centre=(i * x * 0.42, -0.015, k * z * 0.42), segments=8)
            for i in (-1, 1)
            for k in (-1, 1)
        ),
    )
    dials = int(rng.integers(1, 4))
    if chance(rng, 0.25):
        rise, lean = u(0.1, 0.2), u(0.0, 0.4)
        board = (
            box(x, rise, 0.06, (0, rise / 2, 0)).rotated_deg(x=-np.rad2deg(lean)).moved(y=y, z=-z / 2 + 0.07)
        )
        shape.add("panel", board)
        for k in range(dials):
            shape.add(
                "knob",
                dial(x * (0.3 - 0.2 * k), 0.5 * rise, 0.03, rise * 0.25)
                .rotated_deg(x=-np.rad2deg(lean))
                .moved(y=y, z=-z / 2 + 0.07),
            )
        opened = chance(rng, 0.3)
        flap = box(x * 0.8, 0.02, z * 0.65, (0, 0.012, z * 0.325)).rotated_deg(
            x=-u(70, 100) if opened else 0.0
        )
        shape.add("door", flap.moved(y=y, z=-z * 0.3))
        if opened:
            shape.add("door", torus(min(x, z) * 0.28, 0.03, (0, y, z * 0.06)))
        shape.say("a top loader", "a raised board of knobs", "the flap open" if opened else "the flap shut")
    else:
        high = y * u(0.12, 0.17)
        front = z / 2
        slope = box(x * 0.99, high, 0.025, (0, y - high / 2 - 0.01, front + 0.01))
        shape.add("panel", slope)
        radius = x * u(0.25, 0.36)
        centre = (0.0, (y - high) * u(0.5, 0.58), front)
        ring = torus(radius, radius * u(0.08, 0.18)).rotated_deg(x=90)
        pane = lathe(
            [(radius, 0.0), (radius * 0.7, -0.02), (radius * 0.6, -u(0.02, 0.07)), (0.0, -0.06)], 28
        ).rotated_deg(x=90)
        if chance(rng, 0.6):
            pane = pane.scaled(z=-1)
        opened = chance(rng, 0.2)
        grip = box(radius * 0.12, radius * 0.5, 0.04, (radius * 1.0, 0, 0.02))
        door = [
            mesh.moved(x=radius).rotated_deg(y=-u(100, 130)).moved(x=-radius) if opened else mesh
            for mesh in (ring, pane, grip)
        ]
        shape.add("door", *(mesh.moved(*centre) for mesh in door))
        if opened:
            shape.add("door", torus(radius * 0.9, 0.02).rotated_deg(x=90).moved(*centre))
        wide = x * u(0.22, 0.32)
        shape.add(
            "drawer", box(wide, high * 0.75, 0.03, (-x / 2 + wide / 2 + 0.02, y - high / 2, front + 0.02))
        )
        spots = [x * 0.1, x * 0.3, x * 0.42][:dials]
        size = min(high * 0.36, 0.05)
        shape.add(
            "knob",
            *(
                dial(at, y - high / 2, front + 0.02, size * (1.0 if k == 0 else 0.5))
                for k, at in enumerate(spots)
            ),
        )
        if chance(rng, 0.4):
            shape.add("panel", box(x * 0.18, y * 0.1, 0.01, (x * 0.35, y * 0.08, front)))
        shape.say(
            "a round porthole in front",
            "the door open" if opened else "the door shut",
            counted(dials, "dial"),
        )
        shape.say("a large door" if radius > 0.31 * x else "a small door")
    shape.say("slim" if z < 0.5 else "deep")
    set_down(shape)
