"""Make things with wheels or like wheels: a tyre, a gear, a shopping cart, a wheelchair."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, turn, wheel
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, cylinder, grid, lathe, rod, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, ring_of, wires


@shape_class(
    "tyre",
    parts=("tread", "sidewall", "rim"),
    synonyms=("tire", "rubber tyre", "car tyre", "car wheel"),
    described=(
        "A tyre is a thick ring with a wide flat outer face and a large round hole in the middle.",
        "Blocks or grooves run around the outside of the tyre, and its two sides bulge a little.",
        "Seen along its axle the tyre is a broad circle, from the edge it is a rectangle with rounded corners.",
        "Some have a disc or spokes inside: then the tyre looks like a whole wheel standing alone.",
    ),
)
def tyre(shape: Shape, rng: Random) -> None:
    """Make a tyre: road, off-road with cleats, smooth; bare or on a rim; standing, leaning or lying, or a stack."""
    d = Dice(rng)
    b = d.between
    radius = b(0.25, 0.6)
    wide, inner, bulge = radius * b(0.35, 1.0), radius * b(0.45, 0.72), b(1.0, 1.12)
    w = wide / 2
    kind = d.pick("blocks", "grooves", "smooth", "cleats")
    shoulder = radius * b(0.93, 0.98)
    tread = lathe([(shoulder, -w), (radius, -w * 0.8), (radius, w * 0.8), (shoulder, w)], 36)
    middle = (shoulder + inner) / 2
    sides = [
        [(shoulder, s * w), (middle, s * w * bulge), (inner, s * w * 0.8), (inner * 1.02, s * w * 0.6)]
        for s in (-1, 1)
    ]
    meshes: list[tuple[str, Mesh]] = [("tread", tread), *(("sidewall", lathe(side, 30)) for side in sides)]
    meshes.append(
        ("sidewall", lathe([(inner * 1.02, -w * 0.6), (shoulder * 0.97, 0.0), (inner * 1.02, w * 0.6)], 30))
    )
    if kind in ("blocks", "cleats"):
        count, high = d.whole(16, 30), radius * (0.025 if kind == "blocks" else 0.07)
        bar = box(high * 2, wide * 0.45, radius * 3.6 / count).rotated_deg(x=b(0, 35))
        meshes += [
            ("tread", m.moved(y=s * w * 0.48))
            for s in (-1, 1)
            for m in ring_of(bar.moved(x=radius), count, 90 * s / count)
        ]
    elif kind == "grooves":
        meshes += [
            ("tread", torus(radius * 1.005, radius * 0.02, (0, y, 0), 30))
            for y in np.linspace(-0.7, 0.7, 5) * w
        ]
    shape.say(
        {
            "blocks": "square blocks on the tread",
            "grooves": "ridges around the tread",
            "smooth": "a smooth tread",
            "cleats": "coarse slanted cleats",
        }[kind]
    )
    rim = d.chance(0.4)
    if rim:
        spokes = d.whole(0, 8)
        for mesh in wheel(rng, inner * 1.03, wide * 0.8, 0.9, spokes if spokes > 3 else 0, 24):
            meshes.append(("rim", mesh.rotated_deg(z=90)))
        shape.say("a disc inside the ring" if spokes <= 3 else "spokes inside the ring")
    else:
        shape.say("an open hole in the middle")
    pose = d.pick("stand", "stand", "lie", "lie", "stack")
    copies = d.whole(2, 4) if pose == "stack" else 1
    for k in range(copies):
        shift = (0.0, 0.0) if k == 0 else (b(-0.08, 0.08) * radius, b(-0.08, 0.08) * radius)
        for part, mesh in meshes:
            shape.add(part, mesh.moved(shift[0], k * wide * 1.02, shift[1]))
    if pose == "stand":
        turn(shape, x_deg=90.0)
        turn(shape, y_deg=b(0, 90))
    shape.say({"stand": "standing on its edge", "lie": "lying flat"}.get(pose, f"a stack of {copies}"))
    shape.say("wide and thick" if wide > 0.7 * radius else "narrow")
    set_down(shape)


@shape_class(
    "gear",
    parts=("teeth", "body", "hub"),
    synonyms=("cogwheel", "cog", "gear wheel", "sprocket", "toothed wheel"),
    described=(
        "A gear is a flat round disc whose rim is cut into even teeth all around.",
        "The outline of the gear is a circle with square bumps, and a round hole sits in its centre.",
        "From its edge the gear is a thin strip crossed by many short notches.",
        "Large ones have spokes or round windows between the hub and the rim of the gear.",
    ),
)
def gear(shape: Shape, rng: Random) -> None:
    """Make a gear: plain, with spokes or windows, bevelled, thick on a shaft; flat teeth or slanted ones."""
    d = Dice(rng)
    b = d.between
    radius, count = b(0.03, 0.3), d.whole(8, 24)
    thick = radius * (b(0.12, 0.4) if d.chance(0.75) else b(0.5, 1.1))
    bore, rim = radius * b(0.12, 0.3), radius * b(0.68, 0.85)
    tip, slant = b(0.4, 0.9), b(-18, 18) if d.chance(0.3) else 0.0
    high = min(2 * np.pi * radius / count * b(0.6, 1.0), radius * 0.35)
    bevel = b(0.55, 0.8) if d.chance(0.2) else 1.0
    foot = 2 * np.pi * radius / count * 0.6
    tooth = block((foot, high * 1.1, thick), (tip, 1)).rotated_deg(z=-90).rotated_deg(x=90 + slant)
    out = tooth.moved(x=radius - high * 0.1)
    pieces: list[tuple[str, Mesh]] = [("teeth", mesh) for mesh in ring_of(out, count)]
    t = thick / 2
    pieces.append(("body", lathe([(rim, -t), (radius, -t), (radius, t), (rim, t), (rim, -t)], 40)))
    style = d.pick("solid", "solid", "spokes", "web")
    if style == "spokes":
        spokes = d.whole(3, 6)
        bar = box(rim - bore, thick * 0.7, radius * 0.16, ((rim + bore) / 2, 0, 0))
        pieces += [("body", mesh) for mesh in ring_of(bar, spokes)]
        shape.say(counted(spokes, "spoke") + " inside the rim")
    else:
        web = t if style == "solid" else t * 0.35
        pieces.append(("body", lathe([(bore, -web), (rim, -web), (rim, web), (bore, web)], 30)))
        shape.say("a solid disc" if style == "solid" else "a thin web inside a thick rim")
    hub, long = bore * b(1.3, 2.0), t * b(1.0, 2.2)
    pieces.append(("hub", lathe([(bore, -long), (hub, -long), (hub, long), (bore, long), (bore, -long)], 20)))
    if d.chance(0.2):
        long = radius * b(0.6, 1.6)
        pieces.append(("hub", cylinder(bore, 2 * long, segments=14)))
        shape.say("a shaft through the middle")
    for part, mesh in pieces:
        narrow = 1 - (1 - bevel) * (mesh.vertices[:, 1:2] / thick + 0.5)
        shape.add(part, Mesh(mesh.vertices * np.hstack([narrow, narrow**0, narrow]), mesh.faces))
    if bevel < 1:
        shape.say("teeth on a cone")
    if d.chance(0.6):
        turn(shape, x_deg=90.0)
    shape.say(
        "many fine teeth" if count > 18 else counted(count, "tooth", "teeth"),
        "thick" if thick > 0.4 * radius else "flat",
    )
    set_down(shape)


@shape_class(
    "shopping cart",
    parts=("basket", "frame", "wheel", "handle"),
    synonyms=("shopping trolley", "grocery cart", "supermarket trolley"),
    described=(
        "A shopping cart is a large basket of thin wires on a frame with four small wheels.",
        "The basket of the shopping cart is wider and taller at the back and narrows towards the front.",
        "A level bar to push the shopping cart lies behind and above the rim of its basket.",
        "Between the basket and the wheels the shopping cart is open, with only a few bent tubes.",
    ),
)
def shopping_cart(shape: Shape, rng: Random) -> None:
    """Make a shopping cart: wire or solid basket, deep or two shallow baskets, a shelf below, a child's seat."""
    d = Dice(rng)
    b = d.between
    long, wide, high = b(0.65, 1.0), b(0.42, 0.58), b(0.3, 0.5)
    floor, taper, drop = b(0.42, 0.6), b(0.65, 0.9), b(0.05, 0.15)
    back, front, wire = -long / 2, long / 2, 0.006
    rim = np.array(
        [
            (-wide / 2, floor + high, back),
            (wide / 2, floor + high, back),
            (wide / 2 * taper, floor + high - drop, front),
            (-wide / 2 * taper, floor + high - drop, front),
        ]
    )
    low = rim * [0.88, 0, 0.9] + [
        [0, floor, 0],
        [0, floor, 0],
        [0, floor + drop * 0.5, 0],
        [0, floor + drop * 0.5, 0],
    ]

    def side(k: int, s: float, t: float) -> Array:
        a, c = low[k] + (low[(k + 1) % 4] - low[k]) * s, rim[k] + (rim[(k + 1) % 4] - rim[k]) * s
        return a + (c - a) * t

    solid = d.chance(0.25)
    if solid:
        for k in range(4):
            shape.add("basket", grid(np.array([[side(k, s, t) for s in (0.0, 1.0)] for t in (0.0, 1.0)])))
        shape.add("basket", grid(np.array([[low[0], low[1]], [low[3], low[2]]])))
        shape.say("a basket with closed walls")
    else:
        lines = [(side(k, 0, t), side(k, 1, t)) for k in range(4) for t in np.linspace(0, 1, 5)]
        lines += [
            (side(k, s, 0), side(k, s, 1)) for k in range(4) for s in np.linspace(0, 1, 9 if k % 2 else 7)
        ]
        lines += [(side(0, s, 0), side(2, 1 - s, 0)) for s in np.linspace(0.1, 0.9, 6)]
        shape.add("basket", wires([a for a, _ in lines], [c for _, c in lines], wire))
        shape.say("a basket of thin wires")
    shape.add("basket", tube(rim, wire * 2, 6, closed=True))
    bar, up = back - b(0.05, 0.18), floor + high + b(0.02, 0.15)
    shape.add("handle", rod((-wide * 0.55, up, bar), (wide * 0.55, up, bar), 0.017))
    shape.add("handle", *pair(rod((wide * 0.5, floor + high, back), (wide * 0.53, up, bar), 0.012)))
    r = b(0.04, 0.07)
    foot = [(wide * 0.5, 2 * r, back + 0.02), (wide * 0.42, 2 * r, front * 0.9)]
    path = [
        (wide * 0.5, floor + high, back),
        (wide * 0.48, floor * 0.55, back - 0.03),
        (wide * 0.49, 2.4 * r, back + 0.05),
        (wide * 0.42, 2.4 * r, front * 0.9),
    ]
    shape.add("frame", *pair(tube(path, 0.014, 6)))
    if d.chance(0.5):
        shape.add("frame", *pair(rod(foot[1], (wide * 0.36, floor, front * 0.6), 0.012)))
    for share in np.linspace(0, 1, 6 if d.chance(0.5) else 2):
        z = back + 0.05 + share * (front * 0.9 - back - 0.05)
        shape.add("frame", rod((-wide * 0.44, 2.4 * r, z), (wide * 0.44, 2.4 * r, z), 0.008))
    for x, _, z in foot:
        shape.add(
            "wheel",
            *pair(
                *(m.moved(x, r, z) for m in wheel(rng, r, 0.03, segments=12)),
                rod((x, r, z), (x, 2.4 * r, z), 0.012),
            ),
        )
    if d.chance(0.4):
        shape.add(
            "basket",
            block((wide * 0.8, high * 0.4, 0.03), (1, 1), (0, floor + high * 0.6, back + 0.15)),
            box(wide * 0.8, 0.02, 0.16, (0, floor + high * 0.6, back + 0.08)),
        )
        shape.say("a folding seat at the back")
    shape.say("a deep basket" if high > 0.4 else "a shallow basket", "four small wheels")
    set_down(shape)


@shape_class(
    "wheelchair",
    parts=("wheel", "seat", "back", "arm rest", "foot rest", "frame"),
    synonyms=("invalid chair", "rolling chair", "wheel chair"),
    described=(
        "A wheelchair is a chair between two large thin wheels, with two tiny ones in front.",
        "Each big wheel of the wheelchair carries a second, smaller hoop on its outside.",
        "Two grips stick out behind the back, and two little plates for the feet hang before the wheelchair.",
        "From the side a wheelchair is a big circle over which a seat, a back and an arm rest are drawn.",
    ),
)
def wheelchair(shape: Shape, rng: Random) -> None:
    """Make a wheelchair: folding, sporty with slanted wheels, or with small wheels to be pushed."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("folding", "folding", "sport", "pushed")
    wide, deep, y = b(0.4, 0.52), b(0.4, 0.48), b(0.46, 0.54)
    r = b(0.15, 0.2) if kind == "pushed" else b(0.28, 0.33)
    small, tube_r = b(0.06, 0.1), 0.012
    lean, tilt = b(2, 14), b(5, 14) if kind == "sport" else 0.0
    spokes = d.whole(8, 20)
    one = [
        torus(r - 0.015, 0.016, segments=28).rotated_deg(z=90),
        cylinder(0.03, 0.05, segments=8).rotated_deg(z=90),
    ]
    around = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    ends = np.stack([0 * around, r * np.cos(around), r * np.sin(around)], axis=1)
    one.append(wires(0 * ends, ends, 0.004))
    if kind != "pushed":
        one.append(torus(r * 0.88, 0.008, segments=24).rotated_deg(z=90).moved(x=0.03))
    shape.add(
        "wheel",
        *pair(
            *(
                m.rotated_deg(z=tilt).moved(wide / 2 + 0.05 + r * np.sin(np.deg2rad(tilt)), r, -deep * 0.3)
                for m in one
            )
        ),
    )
    z = deep * 0.5
    shape.add("wheel", *pair(*(m.moved(wide * 0.42, small, z) for m in wheel(rng, small, 0.03, segments=12))))
    shape.add("frame", *pair(rod((wide * 0.42, small, z), (wide * 0.46, y, z * 0.8), tube_r)))
    shape.add("seat", box(wide, b(0.02, 0.08), deep, (0, y, 0)))
    tall = b(0.25, 0.38) if kind == "sport" else b(0.38, 0.55)
    shape.add(
        "back",
        box(wide * 0.95, tall, 0.025, (0, tall / 2, 0)).rotated_deg(x=-lean).moved(0, y + 0.08, -deep / 2),
    )
    post = [
        rod((wide * 0.48, -y + r, 0), (wide * 0.48, tall + 0.1, 0), tube_r),
        rod((wide * 0.48, tall + 0.1, 0), (wide * 0.48, tall + 0.08, -0.13), 0.016),
    ]
    shape.add("back", *pair(*(m.rotated_deg(x=-lean).moved(0, y + 0.05, -deep / 2) for m in post)))
    shape.add(
        "frame",
        *pair(
            rod((wide * 0.48, y, -deep / 2), (wide * 0.48, y, deep / 2), tube_r),
            rod((wide * 0.48, r, -deep * 0.4), (wide * 0.45, y * 0.5, z), tube_r),
        ),
    )
    shape.add(
        "frame", *(rod((s * wide * 0.46, r * 0.9, 0), (-s * wide * 0.46, y, 0), tube_r) for s in (-1, 1))
    )
    if kind != "sport" or d.chance(0.3):
        arm = y + b(0.18, 0.25)
        shape.add(
            "arm rest",
            *pair(
                box(0.05, 0.035, deep * 0.75, (wide / 2, arm, -0.04)),
                rod((wide / 2, y, z * 0.6), (wide / 2, arm, z * 0.55), tube_r),
            ),
        )
        if d.chance(0.5):
            shape.add("arm rest", *pair(box(0.012, arm - y, deep * 0.7, (wide / 2, (arm + y) / 2, -0.04))))
        shape.say("padded arm rests")
    down, ahead = b(0.08, 0.16), deep / 2 + b(0.15, 0.32)
    shape.add(
        "foot rest",
        *pair(
            rod((wide * 0.42, y, deep / 2), (wide * 0.38, down, ahead), tube_r),
            box(wide * 0.38, 0.015, 0.14, (wide * 0.22, down, ahead + 0.05)),
        ),
    )
    shape.say(
        {
            "folding": "large thin wheels with hoops",
            "sport": "slanted wheels and a low back",
            "pushed": "four small wheels",
        }[kind]
    )
    shape.say(
        "a tall back" if tall > 0.45 else "a low back", "two plates for the feet", "two grips behind the back"
    )
    set_down(shape)
