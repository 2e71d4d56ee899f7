"""Make toilets."""

from pointclip2.worlds.shapes.makers.turned import Ring, rings
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, rod, superellipsoid
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _bowl(rng: Random, width: float, long: float, rim: float, wall_hung: bool) -> Mesh:
    """Return the toilet's bowl with its foot: an oval that narrows downwards, hollow on top."""
    u = rng.uniform
    a, c = width / 2, long / 2
    foot_x, foot_z, foot_back = u(0.55, 0.85), u(0.5, 0.85), u(-0.25, -0.05)
    waist = u(0.75, 1.0)
    low = rim * u(0.15, 0.35) if wall_hung else 0.0
    hollow_x, hollow_z = a * u(0.72, 0.82), c * u(0.76, 0.84)
    power = u(2.0, 2.8)
    stack: list[Ring] = [
        (0, 0, low, power, 0, foot_back * c),
        (a * foot_x, c * foot_z, low, power, 0, foot_back * c),
        (a * foot_x * waist, c * foot_z * waist, low + (rim - low) * 0.35, power, 0, foot_back * c),
        (
            a * (1 + foot_x) / 2,
            c * (1 + foot_z) / 2.05,
            low + (rim - low) * 0.7,
            power,
            0,
            0.4 * foot_back * c,
        ),
        (a, c, rim * 0.93, power, 0, 0),
        (a, c, rim, power, 0, 0),
        (hollow_x, hollow_z, rim, power, 0, 0.04 * c),
        (hollow_x * 0.85, hollow_z * 0.8, rim * 0.75, power, 0, 0),
        (hollow_x * 0.4, hollow_z * 0.35, rim * 0.5, power, 0, -0.1 * c),
        (0, 0, rim * 0.48, power, 0, -0.1 * c),
    ]
    return rings(stack)


@shape_class(
    "toilet",
    parts=("bowl", "seat", "lid", "tank", "base", "button"),
    synonyms=("lavatory", "water closet", "commode"),
)
def toilet(shape: Shape, rng: Random) -> None:
    """Make a toilet: with a tank, in one piece, on the wall, with high cistern or none; lid open, closed or missing."""
    u = rng.uniform
    width, long, rim = u(0.33, 0.42), u(0.42, 0.56), u(0.34, 0.46)
    style = str(rng.choice(["tank", "tank", "tank", "one piece", "wall", "high", "plain"]))
    back = -long / 2
    shape.add("bowl", _bowl(rng, width, long, rim, style == "wall"))
    deep = u(0.14, 0.24)
    if style != "wall" and rng.random() < 0.75:
        block = box(width * u(0.5, 0.75), 1.0, deep + 0.12 * long).scaled(y=rim * u(0.75, 0.98))
        shape.add("base", block.moved(y=-float(block.low[1]), z=back - deep / 2 + 0.08 * long))
    if rng.random() < 0.3 and style != "wall":
        shape.add("base", box(width * u(0.6, 0.9), 0.03, long * u(0.7, 0.95), (0, 0.015, -0.05)))
    seat = u(0.015, 0.03)
    a, c = width / 2 * u(1.0, 1.05), long / 2 * u(0.98, 1.03)
    power = u(2.0, 2.6)
    y = rim + 0.004
    ring = rings(
        [
            (a * 0.68, c * 0.7, y, power, 0, 0.03),
            (a, c, y, power, 0, 0),
            (a, c, y + seat, power, 0, 0),
            (a * 0.68, c * 0.7, y + seat, power, 0, 0.03),
            (a * 0.68, c * 0.7, y, power, 0, 0.03),
        ]
    )
    plate = rings(
        [
            (0, 0, 0, power, 0, c),
            (a, c, 0, power, 0, c),
            (a, c, seat, power, 0, c),
            (0, 0, seat * 1.4, power, 0, c),
        ]
    )
    lid = str(rng.choice(["closed", "open", "open", "both open", "none"]))
    lean = u(-105, -92)
    hinge = (0.0, y + seat, back + 0.01)
    if lid == "both open":
        shape.add("seat", ring.moved(y=-y, z=c).rotated_deg(x=lean + 4).moved(*hinge))
    elif rng.random() < 0.92:
        shape.add("seat", ring)
    if lid in ("open", "both open"):
        shape.add("lid", plate.rotated_deg(x=lean).moved(*hinge))
        shape.say("lid open and upright" if lid == "open" else "seat and lid both raised")
    elif lid == "closed":
        shape.add("lid", plate.moved(*hinge))
        shape.say("lid closed")
    else:
        shape.say("no lid, an open oval bowl")
    gap = 0.06 if lid in ("open", "both open") else 0.0
    tank_back = back - deep / 2 - gap
    if style in ("tank", "one piece"):
        tall, wide = u(0.28, 0.45), u(0.34, 0.5)
        low = rim if style == "tank" else rim * 0.5
        form = (
            box(wide, tall + rim - low, deep)
            if rng.random() < 0.5
            else superellipsoid(wide, tall + rim - low, deep, u(0.15, 0.35))
        )
        flare = u(0.85, 1.0)
        shape.add("tank", form.tapered(1, flare, 1.0).moved(y=low + (tall + rim - low) / 2, z=tank_back))
        top = rim + tall
        if gap:
            shape.add("base", box(width * 0.7, 0.06, 2 * gap + 0.06, (0, rim - 0.03, back - gap / 2)))
        shape.add("tank", box(wide * 1.04, 0.03, deep * 1.08, (0, top + 0.012, tank_back)))
        if rng.random() < 0.5:
            shape.add("button", cylinder(0.025, 0.015, centre=(0, top + 0.034, tank_back), segments=12))
            shape.say("round button on the tank")
        else:
            shape.add(
                "button", box(0.08, 0.015, 0.02, (-0.3 * wide, top - 0.08, tank_back + deep / 2 + 0.01))
            )
            shape.say("small lever on the tank")
        shape.say("a box-shaped tank behind the bowl")
    elif style == "high":
        at = u(1.2, 1.8)
        shape.add("tank", box(0.45, 0.3, 0.2, (0, at, tank_back)))
        shape.add("base", rod((0, rim * 0.6, tank_back), (0, at - 0.14, tank_back), 0.02))
        shape.add("base", rod((0, rim * 0.6, tank_back), (0, rim * 0.6, back + 0.1), 0.02))
        shape.add(
            "button", rod((0.18, at - 0.1, tank_back + 0.05), (0.18, at - 0.7, tank_back + 0.05), 0.005, 5)
        )
        shape.say("a high tank on a long pipe")
    elif style == "wall":
        shape.add("base", box(width * u(0.7, 1.0), rim * 0.7, 0.14, (0, rim * 0.62, back + 0.03)))
        floor = min(float(mesh.low[1]) for mesh in shape.meshes)
        wall = rng.random() < 0.4
        if wall:
            shape.add("tank", box(u(0.45, 0.7), u(0.9, 1.2), 0.12, (0, 0.5, back - 0.1)))
            floor = min(floor, min(float(mesh.low[1]) for mesh in shape.meshes))
        shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
        shape.say("hanging on the wall without a foot", "no visible tank")
    else:
        shape.add("base", rod((0, rim, back - 0.05), (0, rim + u(0.2, 0.5), back - 0.05), 0.02))
        shape.add("base", box(width * 0.6, 0.08, 0.2, (0, rim - 0.04, back)))
        shape.say("no tank, only a pipe")
    shape.say("round bowl" if long / width < 1.25 else "long oval bowl")
