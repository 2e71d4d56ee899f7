"""Make range hoods; the underside is at y = 0, the wall at -z."""

import numpy as np

from pointclip2.worlds.shapes.makers.turned import Ring, rings
from pointclip2.worlds.shapes.mesh import box, cylinder, grid, lathe, rod
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _duct(
    shape: Shape, rng: Random, low: float, high: float, half_x: float, half_z: float, back: float
) -> None:
    """Add the chimney, in one or two telescoping pieces, box or pipe; its back on the wall."""
    form = rng.random()
    if form < 0.2:
        shape.add("chimney", cylinder(half_x, high - low, centre=(0, (low + high) / 2, back + half_x)))
        shape.say("round pipe chimney")
        return
    shape.add("chimney", box(2 * half_x, high - low, 2 * half_z, (0, (low + high) / 2, back + half_z)))
    if form < 0.55:
        split = low + (high - low) * rng.uniform(0.35, 0.7)
        shape.add(
            "chimney", box(2.12 * half_x, split - low, 2.12 * half_z, (0, (low + split) / 2, back + half_z))
        )
    shape.say("square box chimney")


@shape_class(
    "range hood",
    parts=("canopy", "chimney", "filter", "panel", "light"),
    synonyms=("cooker hood", "extractor hood", "kitchen vent"),
)
def range_hood(shape: Shape, rng: Random) -> None:
    """Make a range hood: pyramid, slab, curved glass, box, bell, slanted plate, under-cabinet wedge, cylinder."""
    u = rng.uniform
    style = str(
        rng.choice(
            [
                "pyramid",
                "pyramid",
                "pyramid",
                "slab",
                "slab",
                "glass",
                "box",
                "bell",
                "slanted",
                "wedge",
                "wedge",
                "wedge",
                "leaning",
                "leaning",
                "cylinder",
            ]
        )
    )
    half_x, half_z = u(0.28, 0.6), u(0.2, 0.32)
    back = -half_z
    band = u(0.02, 0.12)
    neck_x = half_x * u(0.22, 0.5)
    neck_z = min(neck_x * u(0.7, 1.0), half_z * 0.8)
    high = u(0.45, 1.2)
    top = band
    shape.say("wide hood" if half_x > 0.45 else "narrow hood")
    if style in ("pyramid", "bell"):
        top = band + u(0.1, 0.4)
        t = np.linspace(0, 1, 2 if style == "pyramid" else 10)
        share = 1 - t if style == "pyramid" else (1 - t) ** u(1.6, 2.8)
        stack: list[Ring] = [(half_x, half_z, 0, 60, 0, 0), (half_x, half_z, band, 60, 0, 0)]
        for s, at in zip(share, t, strict=True):
            x, z = neck_x + (half_x - neck_x) * float(s), neck_z + (half_z - neck_z) * float(s)
            stack.append((x, z, band + (top - band) * float(at), 60, 0, back + z))
        shape.add("canopy", rings(stack))
        shape.say("canopy shaped like a flat pyramid" if style == "pyramid" else "curved bell-shaped canopy")
    elif style == "slab":
        shape.add("canopy", box(2 * half_x, band, 2 * half_z, (0, band / 2, 0)))
        shape.say("flat slab below a chimney, like an upside-down T")
    elif style == "glass":
        shape.add(
            "canopy", box(1.4 * neck_x + half_x * 0.6, band, 1.6 * half_z, (0, band / 2, -0.2 * half_z))
        )
        angle = np.linspace(-1, 1, 20)
        bow, rise = u(0.0, 0.3) * half_z, u(-0.15, 0.12)
        across = half_x * angle
        edge = np.stack([across, band + 0.01 - rise * angle**2, half_z + bow * (1 - angle**2)], axis=1)
        rear = np.stack([across, band + 0.01 - rise * angle**2, np.full(20, back)], axis=1)
        lift = np.array([0, 0.01, 0])
        shape.add("canopy", grid(np.stack([edge, rear, rear + lift, edge + lift, edge])))
        shape.say("thin curved plate with a rounded front")
    elif style == "box":
        top = u(0.12, 0.4)
        shape.add("canopy", box(2 * half_x, top, 2 * half_z, (0, top / 2, 0)))
        shape.say("box-shaped canopy")
    elif style == "slanted":
        tilt, tall = u(25, 65), u(0.35, 0.6)
        plate = box(2 * half_x, 0.03, tall).rotated_deg(x=tilt if rng.random() < 0.5 else -tilt)
        shape.add("canopy", plate.moved(y=-float(plate.low[1]), z=0.05))
        shape.add(
            "canopy",
            box(1.2 * neck_x + half_x * 0.5, tall * 0.5, half_z, (0, tall * 0.5, back + half_z * 0.5)),
        )
        top = tall * 0.6
        shape.say("slanted flat front plate")
    elif style in ("wedge", "leaning"):
        if style == "wedge":
            top = u(0.1, 0.25)
            front = top * u(0.2, 0.85)
            side = [(half_z, 0.0), (half_z, front), (half_z * u(0.0, 0.95), top), (back, top), (back, 0.0)]
            shape.say("low wedge for below a cabinet")
        else:
            top = u(0.3, 0.6)
            foot = back + half_z * u(0.2, 0.9)
            side = [
                (foot, 0.0),
                (half_z, top * u(0.8, 0.98)),
                (half_z, top),
                (back, top),
                (back, top * u(0, 0.3)),
            ]
            shape.say("a large front leaning outwards towards the top")
        points = [np.array([(x, y, z) for z, y in side]) for x in (-half_x, half_x)]
        middle = [np.repeat(ring.mean(axis=0, keepdims=True), len(side), axis=0) for ring in points]
        hollow = rng.random() < 0.4
        skin = np.stack([middle[0], points[0], points[1], middle[1]])
        shape.add("canopy", grid(skin, wrap_columns=not hollow))
        if hollow:
            shape.say("hollow below")
    else:
        radius = u(0.17, 0.26)
        shape.add("canopy", lathe([(radius, 0.0), (radius, high), (0.0, high)], 28))
        back, half_z = -radius, radius
        shape.say("tall round cylinder")
        half_x = radius
    if style not in ("wedge", "cylinder") and rng.random() < (0.4 if style == "leaning" else 0.92):
        _duct(
            shape,
            rng,
            top * 0.98,
            max(high, top + 0.15),
            neck_x,
            neck_z,
            back if rng.random() < 0.8 else -neck_z,
        )
    elif style == "wedge":
        shape.say("no chimney")
        if rng.random() < 0.3:
            shape.add("chimney", cylinder(0.07, 0.12, centre=(0, top + 0.06, back + 0.12)))
    if style not in ("slanted", "leaning") and rng.random() < 0.7:
        level = u(0.004, 0.4 * band)
        cells = int(rng.integers(1, 4))
        for cell in range(cells):
            wide = 1.7 * half_x / cells
            shape.add(
                "filter",
                box(
                    wide * 0.94,
                    0.008,
                    1.5 * half_z * (0.7 if style == "cylinder" else 1.0),
                    ((cell - (cells - 1) / 2) * wide, level + 0.004, 0),
                ),
            )
    if rng.random() < 0.4 and style in ("pyramid", "slab", "box", "bell"):
        shape.add("panel", box(half_x * 0.5, min(band, 0.05) * 0.6, 0.01, (0, band / 2, half_z + 0.004)))
        for knob in range(int(rng.integers(2, 6))):
            shape.add("panel", box(0.02, 0.012, 0.012, ((knob - 2) * 0.05, band / 2, half_z + 0.012)))
        shape.say("small buttons along the front edge")
    if rng.random() < 0.35 and style not in ("slanted", "leaning"):
        for x in (-0.6, 0.6):
            shape.add("light", cylinder(0.03, 0.01, centre=(x * half_x, 0.007, 0.5 * half_z), segments=12))
    if rng.random() < 0.15 and style in ("pyramid", "slab", "box"):
        ends = [(side * half_x, band / 2 + 0.01, half_z + 0.03) for side in (-1, 1)]
        shape.add("panel", rod(ends[0], ends[1], 0.01))
        shape.say("a rail along the front")
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
