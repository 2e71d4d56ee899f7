"""Make tools of the workshop: each is built upright in x, y with its working end at the top, then laid or stood."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, turn
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import lay, strip


def _turned_grip(d: Dice, long: float, radius: float, facets: int = 16) -> Mesh:
    """Return a handle around y from 0 to ``long`` with swellings."""
    t = np.linspace(0, 1, 12)
    swell = 1 + d.between(0, 0.25) * np.sin(np.pi * t * d.between(1, 3)) - d.between(0, 0.3) * (t > 0.85)
    rings = [(float(radius * s), float(long * y)) for s, y in zip(swell, t, strict=True)]
    return lathe([(0.0, 0.0), (radius * 0.7, 0.0), *rings[1:], (0.0, long)], facets)


def _spiral(radius: float, low: float, high: float, pitch: float, thick: float) -> Mesh:
    """Return a screw thread around y."""
    turns = max((high - low) / pitch, 1.0)
    t = np.linspace(0, 1, min(int(turns * 10), 160))
    angle = 2 * np.pi * turns * t
    return tube(
        np.stack([radius * np.cos(angle), low + (high - low) * t, radius * np.sin(angle)], axis=1), thick, 4
    )


@shape_class(
    "bolt",
    parts=("head", "shank", "thread", "nut", "washer"),
    synonyms=("screw", "machine screw", "hex bolt", "threaded fastener"),
    described=(
        "A bolt is a short round rod with a thick six-sided head at one end.",
        "Fine ridges wind around the shank of the bolt like a spiral stair.",
        "Often a six-sided ring sits on the lower end of the bolt, as wide as its head.",
        "Seen from the end a bolt is a hexagon or circle, from the side it is the letter T.",
    ),
)
def bolt(shape: Shape, rng: Random) -> None:
    """Make a bolt: heads with six sides, round with a slot, socket or flat; pointed as a wood screw; nut and washer."""
    d = Dice(rng)
    b = d.between
    long = b(0.04, 0.16)
    r = long * b(0.07, 0.2)
    kind, pointed = d.pick("six", "six", "round", "socket", "flat"), d.chance(0.25)
    head, high = r * b(1.6, 2.2), r * b(0.9, 1.5)
    low = long * b(0.0, 0.5)
    tip = 3 * r if pointed else 0.3 * r
    shape.add(
        "shank",
        lathe([(0, -long), (0.3 * r if not pointed else 0.02 * r, -long), (r, tip - long), (r, 0)], 16),
    )
    shape.add(
        "thread", _spiral(r * 0.97, -long + (r if pointed else 0.1 * r), -low, r * b(0.3, 0.6), r * 0.14)
    )
    if kind == "six":
        shape.add("head", lathe([(0, 0), (head, 0), (head, high * 0.9), (head * 0.85, high), (0, high)], 6))
    elif kind == "socket":
        shape.add(
            "head", lathe([(0, 0), (head * 0.9, 0), (head * 0.9, high * 1.3), (head * 0.5, high * 1.3)], 20)
        )
        shape.add("head", lathe([(head * 0.5, high * 1.3), (head * 0.5, high * 0.4), (0, high * 0.4)], 6))
    else:
        dome = [(0, 0), (head, 0), (head * 0.9, high * 0.45), (head * 0.5, high * 0.8)]
        cone = [(r, -high * 0.8), (head, 0), (head * 0.5, 0)]
        shape.add("head", lathe(dome if kind == "round" else cone, 20))
        top = high * 0.8 if kind == "round" else 0.0
        shape.add("head", *pair(box(head * 0.4, high * 0.35, head * 0.9, (head * 0.3, top - high * 0.1, 0))))
    shape.say(
        {
            "six": "a head with six sides",
            "round": "a round domed head with a slot",
            "socket": "a tall round head with a hole",
            "flat": "a flat cone-shaped head",
        }[kind]
    )
    if not pointed and d.chance(0.45):
        at, wide = -long * b(0.55, 0.9), head * b(0.9, 1.1)
        shape.add("nut", lathe([(r, 0), (wide, 0), (wide, r * 1.2), (r, r * 1.2)], 6).moved(y=at))
        shape.say("a nut on its shank")
        if d.chance(0.5):
            shape.add(
                "washer",
                lathe([(r, 0), (wide * 1.3, 0), (wide * 1.3, r * 0.2), (r, r * 0.2)], 20).moved(
                    y=at + r * 1.25
                ),
            )
    shape.say(
        "a pointed tip" if pointed else "a blunt end", "long and thin" if long > 8 * r else "short and thick"
    )
    if d.chance(0.5):
        turn(shape, x_deg=180.0)
    lay(shape, d, 0.55)


@shape_class(
    "screwdriver",
    parts=("handle", "shaft", "tip", "collar"),
    synonyms=("turnscrew", "slotted driver", "phillips driver"),
    described=(
        "A screwdriver is a thin straight rod with a thick rounded handle at one end.",
        "The handle of the screwdriver has long grooves or flat faces and is several times thicker than the shaft.",
        "The far end of a screwdriver is flattened like a chisel or pointed like a small cross.",
        "It is a slim straight line overall: the screwdriver has no arm or hook to either side.",
    ),
)
def screwdriver(shape: Shape, rng: Random) -> None:
    """Make a screwdriver: long, stubby, with a grooved, faceted or bulging handle, flat or cross tip."""
    d = Dice(rng)
    b = d.between
    grip, r = b(0.07, 0.13), b(0.011, 0.02)
    shaft = b(0.03, 0.06) if d.chance(0.15) else b(0.07, 0.22)
    thin, flat = r * b(0.15, 0.3), d.chance(0.55)
    facets = d.whole(6, 8) if d.chance(0.4) else 18
    handle = _turned_grip(d, grip, r, facets)
    if facets == 18 and d.chance(0.5):
        x, _, z = handle.vertices.T
        wave = 1 - 0.1 * (np.cos(6 * np.arctan2(z, x)) > 0)
        handle = Mesh(handle.vertices * np.stack([wave, np.ones_like(wave), wave], axis=1), handle.faces)
        shape.say("grooves along the handle")
    else:
        shape.say("a handle with flat faces" if facets < 18 else "a smooth round handle")
    shape.add("handle", handle)
    shape.add("shaft", rod((0, grip * 0.9, 0), (0, grip + shaft, 0), thin, 10))
    if d.chance(0.5):
        shape.add(
            "collar", cylinder(r * 0.6, grip * 0.12, top=thin * 1.2, centre=(0, grip * 1.05, 0), segments=12)
        )
        shape.say("a collar below the shaft")
    end, wide = grip + shaft, thin * b(2.4, 4.0)
    if flat:
        shape.add(
            "tip",
            strip(
                [(0, end - 0.003), (0, end + 0.006), (0, end + 0.014)],
                [thin * 2, wide, wide * 0.9],
                [thin * 1.8, thin * 0.9, thin * 0.4],
            ),
        )
    else:
        shape.add(
            "tip", lathe([(thin, end - 0.002), (thin * 1.1, end + 0.004), (thin * 0.1, end + 0.012)], 4)
        )
    shape.say(
        "a flat tip" if flat else "a cross-shaped tip",
        "a short stubby shaft" if shaft < 0.06 else "a long thin shaft",
    )
    if d.chance(0.5):
        turn(shape, x_deg=180.0)
    lay(shape, d, 0.4)


@shape_class(
    "wrench",
    parts=("jaw", "handle", "ring", "screw"),
    synonyms=("spanner", "adjustable spanner", "open-end wrench", "ring spanner"),
    described=(
        "A wrench is a long flat bar with an open mouth of two short jaws at its end.",
        "The mouth of the wrench is a square notch and is often tilted a little to the side.",
        "Many have a closed ring at the other end, so the wrench looks like a bone in outline.",
        "The flat handle of a wrench is thinner in the middle and hardly thicker than a finger.",
    ),
)
def wrench(shape: Shape, rng: Random) -> None:
    """Make a wrench: open at both ends, open and ring, two rings, adjustable with a screw, or a pipe wrench."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("open", "combination", "combination", "rings", "adjustable")
    long = b(0.1, 0.4)
    wide, thick = long * b(0.07, 0.13), long * b(0.025, 0.05)
    t = np.linspace(0, 1, 9)
    waist = 1 - b(0.1, 0.35) * np.sin(np.pi * t)
    if kind == "adjustable":
        waist = np.linspace(0.9, 1.3, 9)
    shape.add("handle", strip(np.column_stack([0 * t, long * t]), wide * waist, thick))
    if d.chance(0.4):
        shape.add("handle", strip([(0, long * 0.2), (0, long * 0.8)], wide * 0.4, thick * 1.25))
        shape.say("a raised bar along the handle")
    for at, up, style in (
        (long, 1, "ring" if kind == "rings" else "jaw"),
        (0.0, -1, "jaw" if kind == "open" else "ring"),
    ):
        size = wide * b(0.95, 1.35)
        tilt = b(10, 18) if d.chance(0.6) else 0.0
        if style == "ring" and (kind != "adjustable" or up > 0):
            facets = d.pick("6", "12", "24")
            out = [
                (size * 0.62, -thick * 0.7),
                (size, -thick * 0.7),
                (size, thick * 0.7),
                (size * 0.62, thick * 0.7),
            ]
            shape.add(
                "ring", lathe([*out, out[0]], int(facets)).rotated_deg(x=90).moved(0, at + up * size * 0.8, 0)
            )
        elif style == "jaw":
            angle = np.deg2rad(np.linspace(-45, 225, 14))
            curve = np.column_stack([size * 0.85 * np.cos(angle), -size * 0.85 * np.sin(angle)])
            widths = size * np.where(np.abs(np.linspace(-1, 1, 14)) > 0.85, 0.45, 0.55)
            meshes = [strip(curve, widths, thick * 1.4)]
            reach = size * b(0.5, 0.9)
            for s in (-1, 1):
                meshes.append(
                    box(size * 0.45, reach, thick * 1.4, (s * size * 0.72, size * 0.55 + reach * 0.3, 0))
                )
            if kind == "adjustable":
                meshes[-1] = meshes[-1].moved(x=-size * b(0.0, 0.4))
                worm = (
                    cylinder(size * 0.18, size * 0.7, segments=10)
                    .rotated_deg(z=90)
                    .moved(size * 0.3, -size * 0.5, 0)
                )
                shape.add("screw", worm.moved(0, at + size * 0.7, 0))
            for mesh in meshes:
                turned = mesh.rotated_deg(z=tilt if up > 0 else 180 + tilt)
                shape.add("jaw", turned.moved(0, at + up * size * 0.7, 0))
        else:
            shape.add(
                "ring",
                torus(wide * 0.35, thick * 0.5, segments=14).rotated_deg(x=90).moved(0, -wide * 0.2, 0),
            )
    shape.say(
        {
            "open": "an open mouth at both ends",
            "combination": "an open mouth and a closed ring",
            "rings": "a closed ring at both ends",
            "adjustable": "a mouth with a small screw below",
        }[kind]
    )
    shape.say("a slim flat bar" if wide < 0.1 * long else "a broad flat bar", "flat and straight")
    lay(shape, d, 0.4)


@shape_class(
    "pliers",
    parts=("jaw", "handle", "pivot"),
    synonyms=("pincers", "tongs", "nippers", "long-nose pliers"),
    described=(
        "Pliers are two crossing levers with a round pivot, short jaws above it and long handles below.",
        "The two handles of the pliers bow outwards and leave a slim gap between them.",
        "The jaws of the pliers meet in a blunt wedge or a long thin beak.",
        "Flat when lying down, pliers have the outline of a narrow letter A or of a wishbone.",
    ),
)
def pliers(shape: Shape, rng: Random) -> None:
    """Make pliers: combination, long nose, cutting, water pump with an angled mouth; more or less open."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("blunt", "long", "cutting", "angled")
    long, thick = b(0.09, 0.17), b(0.007, 0.014)
    beak = (
        long
        * {"blunt": b(0.35, 0.45), "long": b(0.5, 0.8), "cutting": b(0.2, 0.3), "angled": b(0.35, 0.5)}[kind]
    )
    wide, spread, opening = long * b(0.1, 0.14), long * b(0.18, 0.3), b(0, 14)
    t = np.linspace(0, 1, 9)
    for side in (-1, 1):
        bow = side * (wide * 0.2 + spread * np.sin(np.pi * t * 0.62) ** 1.2)
        lever = strip(
            np.column_stack([bow, -long * t]), wide * (0.75 + 0.2 * t), thick * (1 + 0.4 * (t > 0.3))
        )
        point = 0.25 if kind in ("long", "cutting") else 0.65
        lean = wide * (1.0 if kind == "angled" else 0.0) * t**1.5
        jaw = strip(
            np.column_stack([-side * wide * (0.42 * (1 - t) + 0.3 * point * t) + lean, beak * t]),
            wide * (0.85 * (1 - t) + point * 0.6 * t),
            thick * 1.3,
        )
        for part, mesh in (("handle", lever), ("jaw", jaw)):
            shape.add(part, mesh.rotated_deg(z=side * opening).moved(z=side * thick * 0.12))
    shape.add(
        "pivot",
        cylinder(wide * 0.75, thick * 1.6, segments=16).rotated_deg(x=90),
        cylinder(wide * 0.4, thick * 2.2, segments=12).rotated_deg(x=90),
    )
    shape.say(
        {
            "blunt": "short blunt jaws",
            "long": "jaws like a long thin beak",
            "cutting": "very short sharp jaws",
            "angled": "jaws bent to one side",
        }[kind]
    )
    shape.say("wide open handles" if opening > 7 else "handles close together", "two bowed handles")
    lay(shape, d, 0.4)


@shape_class(
    "scissors",
    parts=("blade", "handle", "pivot"),
    synonyms=("shears", "pair of scissors", "snips"),
    described=(
        "Scissors are two slim pointed blades that cross at a small round pivot.",
        "Below the pivot of the scissors each lever ends in a closed loop for the fingers.",
        "Opened, the scissors have the outline of the letter X with two rings at its feet.",
        "Scissors are flat: from the edge they are only a thin line with slightly thicker loops.",
    ),
)
def scissors(shape: Shape, rng: Random) -> None:
    """Make scissors: slim, broad, large tailor's ones with unequal loops, children's with round tips; any opening."""
    d = Dice(rng)
    b = d.between
    long, grip, opening = b(0.05, 0.16), b(0.05, 0.1), b(0, 28)
    wide, thick = long * b(0.1, 0.24), b(0.002, 0.004)
    loop, round_tip = grip * b(0.2, 0.32), d.chance(0.3)
    tall, unequal = b(1.0, 1.6), b(1.2, 1.7) if d.chance(0.35) else 1.0
    t = np.linspace(0, 1, 7)
    for side in (-1, 1):
        taper = 1 - (0.45 if round_tip else 0.92) * t**1.5
        blade = strip(
            np.column_stack([-side * wide * (0.15 - 0.1 * t), -0.2 * wide + long * t]), wide * taper, thick
        )
        size = loop * (unequal if side > 0 else 1.0)
        reach = grip - size * tall
        out = size * 0.85
        arm = strip(
            [(0, 0), (side * out * 0.25, -reach * 0.5), (side * out * 0.5, -reach * 1.05)],
            wide * np.array([0.9, 0.6, 0.45]),
            thick * 2,
        )
        a = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        path = np.stack(
            [side * out + size * np.cos(a), -reach - size * tall * (0.9 - np.sin(a)), 0 * a], axis=1
        )
        ring = tube(path, size * b(0.14, 0.24), 6, closed=True)
        for part, mesh in (("blade", blade), ("handle", arm), ("handle", ring)):
            shape.add(part, mesh.rotated_deg(z=side * opening).moved(z=side * thick * 0.5))
    shape.add("pivot", cylinder(wide * 0.3, thick * 4, segments=12).rotated_deg(x=90))
    shape.say(
        "blades wide open" if opening > 14 else "blades nearly closed",
        "round tips" if round_tip else "pointed tips",
    )
    shape.say(
        "one loop larger than the other" if unequal > 1 else "two equal loops",
        "slim long blades" if long > 1.3 * grip else "short blades",
    )
    lay(shape, d, 0.4)
