"""Make a house and a church. The front points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, extrude, lathe, merge
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block


def saddle(x: float, y: float, z: float) -> Mesh:
    """Return a roof with two slopes, its ridge along z and ``y`` high, standing on y = 0."""
    return extrude([(-x / 2, 0), (x / 2, 0), (0, y)], z)


def openings(size: tuple[float, float], count: tuple[int, int], share: float, deep: float) -> list[Mesh]:
    """Return panes on a wall of ``size`` (x, y) from y = 0 that looks to +z: ``count`` across and up."""
    nx, ny = count
    gap_x, gap_y = size[0] / nx, size[1] / ny
    return [
        box(
            gap_x * share,
            gap_y * share * 1.05,
            deep,
            ((i + 0.5) * gap_x - size[0] / 2, (j + 0.55) * gap_y, 0),
        )
        for i in range(nx)
        for j in range(ny)
    ]


@shape_class(
    "house",
    parts=("wall", "roof", "window", "door", "chimney", "porch"),
    synonyms=("home", "cottage", "villa", "cabin", "detached house", "barn"),
    described=(
        "A house is a block of walls under a roof with two slopes that meet in a level ridge.",
        "The end walls of the house rise to a triangle, and its roof juts out a little on all sides.",
        "Doors and rows of windows are set into the walls, and a small chimney stands on the roof of the house.",
        "Modern kinds are flat boxes set into each other, so that the house has no slope at all.",
    ),
)
def house(shape: Shape, rng: Random) -> None:
    """Make a house: saddle roof, hip roof, flat and modern, two wings, with a porch, a garage, a dormer."""
    d = Dice(rng)
    b = d.between
    wide, deep, floors = b(5, 14), b(5, 12), d.whole(1, 3)
    high = floors * b(2.5, 3.0)
    kind = d.pick("saddle", "saddle", "saddle", "hip", "flat", "wings")
    along = d.chance(0.5)
    rise, over = b(0.25, 0.75) * min(wide, deep), b(0.2, 0.7)
    shape.add("wall", box(wide, high, deep, (0, high / 2, 0)))

    def roofed(x: float, z: float, turned: bool, at: tuple[float, float]) -> None:
        across, long = (z, x) if turned else (x, z)
        end = saddle(across, rise, long * 0.999)
        top = saddle(across + 2 * over, rise * (1 + 2 * over / across), long + 2 * over).moved(
            y=-rise * over * 1.4 / across
        )
        for part, mesh in (("wall", end), ("roof", top)):
            shape.add(part, mesh.rotated_deg(y=90.0 if turned else 0.0).moved(at[0], high, at[1]))

    if kind in ("saddle", "wings"):
        roofed(wide, deep, along, (0, 0))
        if kind == "wings":
            x, z = wide * b(0.35, 0.5), deep * b(0.4, 0.7)
            at = (b(-0.25, 0.25) * wide, deep / 2 + z / 2)
            shape.add("wall", box(x, high, z, (at[0], high / 2, at[1])))
            rise *= 0.7
            roofed(x, z + deep * 0.3, False, (at[0], at[1] - deep * 0.15))
            shape.say("two wings at a right angle")
    elif kind == "hip":
        ridge = 0.0 if d.chance(0.3) else b(0.25, 0.55)
        shape.add("roof", block((wide + 2 * over, rise, deep + 2 * over), (ridge, 0.02), (0, high, 0)))
    else:
        shape.add("roof", box(wide + over, 0.3, deep + over, (0, high + 0.1, 0)))
        up, x = b(2.2, 2.8), b(0.4, 0.8)
        upper = (b(-0.2, 0.2) * wide, high + up / 2, b(-0.15, 0.3) * deep)
        shape.add("wall", box(wide * x, up, deep * x, upper))
        shape.add("roof", box(wide * x + over, 0.25, deep * x + over, (upper[0], high + up, upper[2])))
    shape.say(
        {
            "saddle": "a roof with two slopes",
            "wings": "steep slopes",
            "hip": "a roof that slopes on all four sides",
            "flat": "flat roofs on stacked boxes",
        }[kind]
    )
    front = openings((wide * 0.94, high), (max(2, int(wide / b(1.8, 3.0))), floors), b(0.4, 0.6), 0.16)
    side = openings((deep * 0.94, high), (max(2, int(deep / 2.6)), floors), 0.45, 0.16)
    shape.add(
        "window", *(m.rotated_deg(y=a).moved(z=s * deep / 2) for m in front for a, s in ((0, 1), (0, -1)))
    )
    shape.add("window", *pair(*(m.rotated_deg(y=90).moved(x=wide / 2) for m in side)))
    x = b(-0.3, 0.3) * wide
    z = deep / 2 if kind != "wings" else max(float(m.high[2]) for m in shape.meshes) - over
    shape.add("door", box(1.1, 2.1, 0.3, (x if kind != "wings" else at[0], 1.05, z)))
    if d.chance(0.65) and kind != "flat":
        tall = rise * b(0.9, 1.3)
        shape.add(
            "chimney",
            box(0.7, tall, 0.7, (wide * b(-0.25, 0.25), high + tall / 2 + rise * 0.1, deep * b(-0.25, 0.1))),
        )
        shape.say("a chimney on the roof")
    if d.chance(0.35) and kind in ("saddle", "hip", "flat"):
        long, far = wide * b(0.3, 1.0), b(1.2, 2.5)
        shape.add(
            "porch",
            block((long, 0.25, far + 0.3), (1, 1), (0, 2.4, z + far / 2)),
            box(long, 0.15, far, (0, 0.1, z + far / 2)),
        )
        shape.add(
            "porch", *pair(*(box(0.18, 2.4, 0.18, (q * long, 1.2, z + far * 0.95)) for q in (0.47, 0.16)))
        )
        shape.say("a porch on posts")
    shape.say(counted(floors, "floor") + " high")
    set_down(shape)


@shape_class(
    "church",
    parts=("nave", "roof", "tower", "spire", "window", "cross", "door", "dome"),
    synonyms=("chapel", "cathedral", "parish church", "basilica"),
    described=(
        "A church is a long hall under a steep roof with a tall slim tower at one end.",
        "The tower of the church ends in a sharp spire or a bulb, and a small cross stands at its tip.",
        "Tall narrow windows with round tops line both long sides of the church.",
        "A large church has a second hall across the first, so that it is a cross from above, or a dome.",
    ),
)
def church(shape: Shape, rng: Random) -> None:
    """Make a church: a tower in front or at the side, two towers, a dome, with or without a crossing hall."""
    d = Dice(rng)
    b = d.between
    wide, long, high = b(6, 14), b(12, 34), b(4, 11)
    rise = wide * b(0.45, 0.9)
    kind = d.pick("front", "front", "side", "twin", "dome")
    shape.add("nave", box(wide, high, long, (0, high / 2, 0)), saddle(wide, rise, long * 0.99).moved(y=high))
    shape.add("roof", saddle(wide * 1.1, rise * 1.05, long * 1.03).moved(y=high - rise * 0.04))
    count = max(3, int(long / 4))
    for k in range(count):
        z = (k + 0.5) / count * long - long / 2
        pane = merge(
            [
                box(0.3, high * 0.45, long / count * 0.3, (0, high * 0.45, 0)),
                cylinder(long / count * 0.15, 0.3, segments=14).rotated_deg(z=90).moved(y=high * 0.68),
            ]
        )
        shape.add("window", *pair(pane.moved(wide / 2, 0, z)))
    front = long / 2
    tops: list[tuple[float, float, float]] = []
    if kind != "dome":
        side, tall = wide * b(0.32, 0.5), (high + rise) * b(1.1, 1.7)
        spots = {
            "front": [(0.0, front + side * 0.3)],
            "side": [(wide / 2 + side / 2, front - side)],
            "twin": [(-wide * 0.38, front), (wide * 0.38, front)],
        }[kind]
        bulb, sharp = d.chance(0.2), side * b(0.8, 2.6)
        for x, z in spots:
            shape.add(
                "tower",
                box(side, tall, side, (x, tall / 2, z)),
                box(side * 1.12, tall * 0.03, side * 1.12, (x, tall, z)),
            )
            shape.add(
                "window",
                *(
                    box(side * 0.3, side * 0.55, side * 0.1, (0, tall * 0.85, side / 2))
                    .rotated_deg(y=a)
                    .moved(x, 0, z)
                    for a in (0, 90, 180, 270)
                ),
            )
            profile = (
                [
                    (side * 0.55, 0),
                    (side * 0.6, side * 0.25),
                    (side * 0.35, side * 0.6),
                    (side * 0.12, side * 0.75),
                    (0, side * 1.2),
                ]
                if bulb
                else [(side * 0.72, 0), (0, sharp)]
            )
            sides = 16 if bulb else 4 if d.chance(0.6) else 8
            shape.add("spire", lathe(profile, sides).rotated_deg(y=180 / sides).moved(x, tall, z))
            tops.append((x, tall + (side * 1.15 if bulb else sharp * 0.97), z))
        shape.say(
            {"front": "a tower in front", "side": "a tower at its side", "twin": "two equal towers"}[kind],
            "a bulb on the tower" if bulb else "a sharp spire" if sharp > 1.5 * side else "a low pointed cap",
        )
        z_door = spots[0][1] + side / 2 if kind == "front" else front
    else:
        r = wide * b(0.42, 0.55)
        a = np.linspace(0, np.pi / 2, 8)
        shape.add(
            "dome",
            lathe(
                [
                    (r, high + rise * 0.5),
                    (r, high + rise),
                    *((float(r * np.cos(q)), float(high + rise + r * b(0.9, 1.0) * np.sin(q))) for q in a),
                ],
                24,
            ),
        )
        tops.append((0.0, high + rise + r * 0.95, 0.0))
        z_door = front
        shape.say("a round dome over the middle")
    if kind == "dome" or d.chance(0.35):
        reach, arm = wide * b(1.8, 2.6), wide * b(0.7, 0.9)
        z = -long * b(0.1, 0.25) if kind != "dome" else 0.0
        shape.add(
            "nave",
            box(reach, high, arm, (0, high / 2, z)),
            saddle(arm, rise * 0.85, reach * 0.99).rotated_deg(y=90).moved(0, high, z),
        )
        shape.add("roof", saddle(arm * 1.1, rise * 0.9, reach * 1.02).rotated_deg(y=90).moved(0, high, z))
        shape.say("a second hall across the first")
    size = wide * b(0.08, 0.14)
    for x, y, z in tops:
        shape.add(
            "cross",
            box(size * 0.18, size * 2, size * 0.18, (x, y + size, z)),
            box(size * 1.1, size * 0.18, size * 0.18, (x, y + size * 1.4, z)),
        )
    shape.add("door", box(wide * 0.16, high * 0.4, 0.5, (0, high * 0.2, z_door)))
    shape.say("a long hall" if long > 2.2 * wide else "a short hall")
    set_down(shape)
