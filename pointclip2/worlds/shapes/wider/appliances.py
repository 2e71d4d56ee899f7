"""Make small appliances: irons, toasters, printers."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import Ring, curve, rings
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    box,
    cylinder,
    lathe,
    loft,
    rod,
    sphere,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "iron",
    parts=("sole", "body", "handle", "cord", "dial"),
    synonyms=("clothes iron", "steam iron", "flat iron", "electric iron", "smoothing iron"),
    described=(
        "An iron has a flat sole that is pointed in front and straight behind, like a boat.",
        "Over the body of the iron arches a thick handle that one's hand closes around.",
        "Seen from above, the iron is a long drop; from the side it is a wedge with a loop on it.",
        "The old flat iron is a heavy block with a bow of metal on top.",
        "A cord leaves the iron at the back of its handle.",
    ),
)
def iron(shape: Shape, rng: Random) -> None:
    """Make an iron: modern with a swept body, travel-sized, or an old block with a bow; flat or on its heel."""
    u = rng.uniform
    long = u(0.16, 0.3)
    wide = long * u(0.36, 0.5)
    old = chance(rng, 0.25)
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    t = (1 + np.cos(angle)) / 2
    half = np.sin(np.arccos(np.clip(2 * t - 1, -1, 1))) ** 0.8 * (1 - t ** u(1.2, 2.2) * 0.55)

    def outline(scale: float, stretch: float, y: float, shift: float = 0.0) -> Array:
        x = wide / 2 * scale * half * np.sign(np.sin(angle)) * 1.15
        return np.stack([x, np.full(36, y), long * stretch * (t - 0.5) + shift], axis=1)

    thin = long * u(0.02, 0.04)
    shape.add("sole", loft([outline(1, 1, 0), outline(1, 1, thin)]))
    rise = long * (u(0.18, 0.3) if old else u(0.22, 0.34))
    if old:
        shape.add("body", loft([outline(0.97, 0.98, thin), outline(0.94, 0.95, rise)]))
    else:
        lean = u(0.0, 0.12) * long
        levels = [
            (0.95, 0.95, thin, 0.0),
            (0.9, 0.88, rise * 0.4, -lean * 0.5),
            (0.62, 0.7, rise * 0.8, -lean),
            (0.4, 0.5, rise, -lean),
        ]
        shape.add("body", loft([outline(*level) for level in levels]))
    span, high = long * u(0.5, 0.68), long * u(0.22, 0.32)
    girth = long * u(0.045, 0.075)
    base = rise * (0.95 if old else 0.75)
    if old:
        z = span / 2
        shape.add(
            "handle", *(rod((0, base, s * z), (0, base + high, s * z * 0.9), girth * 0.5) for s in (-1, 1))
        )
        bar = lathe(curve([(girth * 0.6, -z), (girth * 0.95, 0.0), (girth * 0.6, z)], 8), 12).rotated_deg(
            x=90
        )
        shape.add("handle", bar.moved(y=base + high))
        shape.say("an old iron block", "a bow with a round bar")
    else:
        closed = chance(rng, 0.75)
        bend = np.linspace(0 if closed else 0.25, 1, 16) * np.pi
        path = np.stack(
            [0 * bend, base + high * np.sin(bend) ** 0.55, span / 2 * np.cos(bend) - long * 0.08], axis=1
        )
        shape.add("handle", tube(path, girth, 9))
        shape.say("a closed loop as its handle" if closed else "a handle open at the front")
        if chance(rng, 0.6):
            shape.add("dial", cylinder(girth * 1.3, girth * 0.5, centre=(0, rise, -long * 0.08)))
        if chance(rng, 0.65):
            s = np.linspace(0, 1, 14)
            start = path[-1]
            cord = start + np.stack(
                [u(-0.3, 0.3) * long * s**2, -start[1] * s**2 * 0.95, -long * u(0.5, 1.2) * s], axis=1
            )
            shape.add("cord", tube(cord, girth * 0.22, 6))
            shape.say("a cord trailing behind")
    shape.say("long and slim" if wide < 0.42 * long else "broad", "high" if rise > 0.28 * long else "low")
    if chance(rng, 0.2) and "cord" not in {shape.part_names[k] for k in shape.mesh_parts}:
        turn(shape, x_deg=-u(85, 100))
        shape.say("standing on its heel")
    turn(shape, y_deg=u(-180, 180))
    set_down(shape)


@shape_class(
    "toaster",
    parts=("body", "slot", "lever", "slice", "knob", "foot"),
    synonyms=("bread toaster", "pop-up toaster", "two-slice toaster"),
    described=(
        "A toaster is a short box with rounded shoulders and two long slots in its top.",
        "At the narrow end of the toaster a lever slides in an upright groove.",
        "Slices of bread stick out of the toaster side by side like cards in a box.",
        "The toaster is longer than wide, and small feet lift it a little.",
    ),
)
def toaster(shape: Shape, rng: Random) -> None:
    """Make a toaster: boxy, rounded or long, with two or four slots, with or without bread in them."""
    u = rng.uniform
    kind = pick(rng, ("two", "two", "long", "four"))
    x = {"two": u(0.22, 0.3), "long": u(0.34, 0.42), "four": u(0.28, 0.34)}[kind]
    z = {"two": u(0.14, 0.19), "long": u(0.11, 0.18), "four": u(0.24, 0.3)}[kind]
    y = u(0.16, 0.22)
    power, shoulder = u(4, 14), u(0.03, 0.3)
    stack: list[Ring] = [
        (0, 0, 0, power, 0, 0),
        (x / 2 * 0.97, z / 2 * 0.97, 0, power, 0, 0),
        (x / 2, z / 2, y * 0.08, power, 0, 0),
    ]
    for angle in np.linspace(0, np.pi / 2, 7):
        inset = 1 - shoulder * (1 - float(np.cos(angle)))
        stack.append(
            (
                x / 2 * (1 - (1 - inset) * z / x),
                z / 2 * inset,
                y * (1 - shoulder * (1 - float(np.sin(angle)))),
                power,
                0,
                0,
            )
        )
    stack.append((0, 0, y, power, 0, 0))
    shape.add("body", rings(stack))
    rows = 1 if kind == "long" and z < 0.14 else 2
    columns = 2 if kind == "four" else 1
    long, wide = x * 0.74 if columns == 1 else x * 0.8, min(0.032, z / rows * 0.36)
    filled = chance(rng, 0.45)
    if columns == 2:
        spots = [(0.0, (r + 0.5) / 4 * z * 0.86 - z * 0.43) for r in range(4)]
        wide = z * 0.1
    else:
        spots = [(0.0, (r - (rows - 1) / 2) * z * 0.42) for r in range(rows)]
    top = y * 1.001
    for at, deep in spots:
        edge = [box(long, 0.012, wide * 0.25, (at, top, deep + s * wide / 2)) for s in (-1, 1)]
        edge += [box(wide * 0.25, 0.012, wide, (at + s * long / 2, top, deep)) for s in (-1, 1)]
        shape.add("slot", *edge)
        if filled:
            rise = y * u(0.2, 0.55)
            count = 2 if kind == "long" else 1
            for k in range(count):
                side = long / count * 0.8
                card = superellipsoid(
                    side, rise * 2, wide * 0.6, 0.35, ((k - (count - 1) / 2) * long / count, top, deep), 10
                )
                shape.add("slice", Mesh(np.maximum(card.vertices, [-9, top * 0.99, -9]), card.faces))
    shape.say(
        f"{counted(len(spots), 'slot')} on top", "slices of bread sticking out" if filled else "empty slots"
    )
    levers = 2 if columns == 2 else 1
    end = x / 2
    for k in range(levers):
        at = (k - (levers - 1) / 2) * z * 0.45
        high = y * (u(0.3, 0.4) if not filled else u(0.6, 0.75))
        shape.add(
            "lever",
            box(0.008, y * 0.55, 0.012, (end + 0.001, y * 0.5, at)),
            box(0.035, 0.016, 0.05, (end + 0.018, high, at)),
        )
        shape.add("knob", cylinder(0.016, 0.014).rotated_deg(z=90).moved(end + 0.008, y * 0.2, at + z * 0.18))
    shape.add(
        "foot",
        *(
            cylinder(0.012, 0.02, centre=(i * x * 0.38, -0.01, k * z * 0.36), segments=8)
            for i in (-1, 1)
            for k in (-1, 1)
        ),
    )
    shape.say(
        "rounded shoulders" if shoulder > 0.15 else "a boxy body",
        "long and narrow" if x > 2.1 * z else "compact",
    )
    turn(shape, y_deg=pick(rng, (0.0, 0.0, 90.0, -90.0)))
    set_down(shape)


@shape_class(
    "printer",
    parts=("body", "tray", "paper", "panel", "lid"),
    synonyms=(
        "laser printer",
        "inkjet printer",
        "computer printer",
        "photocopier",
        "copier",
        "multifunction printer",
    ),
    described=(
        "A printer is a flat box with a slot in front from which paper slides onto a tray.",
        "Sheets stand slanted in the feeder at the back of the printer.",
        "A flat lid covers the glass of a printer that also copies, and a small panel tilts at its edge.",
        "Large office printers are as tall as a desk, with a stack of drawers for paper below.",
    ),
)
def printer(shape: Shape, rng: Random) -> None:
    """Make a printer: inkjet with a feeder, laser, one that scans with its lid down or up, or a tall copier."""
    u = rng.uniform
    kind = pick(rng, ("inkjet", "inkjet", "laser", "scan", "scan", "copier"))
    x, z = u(0.36, 0.5), u(0.3, 0.45)
    y = {"inkjet": u(0.13, 0.2), "laser": u(0.2, 0.36), "scan": u(0.15, 0.28), "copier": u(0.85, 1.15)}[kind]
    if kind == "copier":
        x, z = u(0.55, 0.75), u(0.5, 0.65)
    soft = 0.0 if chance(rng, 0.4) else u(0.05, 0.3)
    front = z / 2
    low = y * (u(0.55, 0.72) if kind == "copier" else 0.0)
    slot = (y - low) * u(0.25, 0.45)
    sheet = min(x * 0.62, 0.3)

    def block(high: float, deep: float, at: float, back: float) -> Mesh:
        if soft:
            return superellipsoid(x, high, deep, soft, (0, at + high / 2, back), 12)
        return box(x, high, deep, (0, at + high / 2, back))

    gap = (y - low) * u(0.15, 0.3)
    shape.add("body", block(low + slot, z, 0.0, 0.0), block(y - low - slot - gap, z, low + slot + gap, 0.0))
    shape.add("body", box(x * 0.98, gap * 1.1, z * 0.55, (0, low + slot + gap / 2, -z * 0.2)))
    shape.add(
        "body",
        *(
            box((x - sheet) / 2.3, gap * 1.1, z * 0.96, (s * (x + sheet) / 4.2, low + slot + gap / 2, 0))
            for s in (-1, 1)
        ),
    )
    out = z * u(0.25, 0.6) if kind in ("inkjet", "scan") else 0.0
    if out and chance(rng, 0.75):
        shape.add(
            "tray",
            box(sheet * 1.1, 0.012, out, (0, low + slot, front + out / 2))
            .moved(y=-low - slot)
            .rotated_deg(x=-u(0, 8))
            .moved(y=low + slot),
        )
        shape.say("a tray pulled out in front")
    papers = chance(rng, 0.55)
    if papers:
        shape.add("paper", box(sheet, 0.01, z * 0.7, (0, low + slot + 0.015, front * u(0.7, 1.3))))
        shape.say("a sheet of paper coming out")
    if kind == "inkjet":
        rise = z * u(0.45, 0.8)
        feeder = (
            box(sheet * 1.15, rise, 0.015, (0, rise / 2, 0))
            .rotated_deg(x=-u(15, 35))
            .moved(y=y * 0.95, z=-z * 0.3)
        )
        shape.add("tray", feeder)
        if papers:
            shape.add("paper", feeder.scaled(x=0.85, y=1.0).moved(y=rise * 0.15, z=0.012))
        shape.say("a slanted feeder at the back")
    elif kind == "laser":
        shape.add("lid", box(x * 0.7, 0.012, z * 0.5, (0, y + 0.006, -z * 0.05)).rotated_deg(x=u(0, 6)))
        shape.say("a block with a hollow top")
    else:
        opened = chance(rng, 0.25)
        cover = box(x, 0.04, z * 0.95, (0, 0.02, z * 0.475)).rotated_deg(x=-u(30, 85) if opened else 0.0)
        shape.add("lid", cover.moved(y=y, z=-z * 0.47))
        if kind == "copier" and chance(rng, 0.5):
            shape.add("tray", box(x * 0.6, 0.09, z * 0.5, (-x * 0.1, y + 0.08, 0)))
        shape.say("its lid lifted" if opened else "a flat lid on top")
    if kind == "copier":
        drawers = int(rng.integers(2, 5))
        for k in range(drawers):
            tall = low / drawers
            shape.add("tray", box(x * 0.92, tall * 0.86, 0.03, (0, (k + 0.5) * tall, front + 0.01)))
            shape.add("tray", box(x * 0.3, 0.02, 0.03, (0, (k + 0.75) * tall, front + 0.03)))
        shape.say(counted(drawers, "paper drawer"))
    panel = box(x * u(0.2, 0.45), 0.012, z * 0.22).rotated_deg(x=u(20, 70))
    shape.add("panel", panel.moved(x * u(-0.2, 0.25), y - 0.02, front))
    shape.add("panel", *(sphere(0.008, (x * (0.3 + 0.05 * k), y - 0.03, front + 0.002), 5) for k in range(3)))
    shape.say("tall as a cabinet" if kind == "copier" else "flat" if y < 0.4 * x else "a squat block")
    set_down(shape)
