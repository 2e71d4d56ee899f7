"""Make a tractor and a tank: heavy vehicles whose front points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, wheel
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, extrude, lathe, loft, rod, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, skin


def _cleats(radius: float, width: float, count: int) -> list[Mesh]:
    """Return slanted bars on the tread of a wheel whose axle is x."""
    bar = box(width * 0.55, radius * 0.08, radius * 0.1).rotated_deg(y=30)
    return [
        bar.moved(side * width * 0.25, radius, 0).rotated_deg(x=360 * (k + 0.25 * side) / count)
        for k in range(count)
        for side in (-1, 1)
    ]


@shape_class(
    "tractor",
    parts=("hood", "wheel", "cab", "seat", "exhaust", "fender"),
    synonyms=("farm tractor", "agricultural tractor", "ploughing machine"),
    described=(
        "A tractor has two huge wheels at the back and two much smaller ones in front.",
        "The long narrow hood of the tractor lies between the front wheels, with a pipe standing up from it.",
        "The driver sits high between the rear wheels of the tractor, in the open or in a tall cab of thin posts.",
        "From the side a tractor is low in front and tall behind, with a thick ribbed tyre as the largest circle.",
    ),
)
def tractor(shape: Shape, rng: Random) -> None:
    """Make a tractor: old with an open seat, or with a roof on posts, or with a closed cab; some with a shovel."""
    d = Dice(rng)
    b = d.between
    rear = b(0.6, 0.95)
    front = rear * (b(0.45, 0.7) if d.chance(0.8) else b(0.85, 1.0))
    base, half, long = b(1.9, 2.6), b(0.75, 1.1), b(1.5, 2.1)
    deep, wide, tall = b(0.35, 0.55), b(0.45, 0.75), b(0.5, 0.75)
    y = rear * 0.75
    for radius, width, z, out in (
        (rear, rear * b(0.4, 0.6), 0.0, half),
        (front, front * b(0.35, 0.55), base, half * b(0.7, 0.95)),
    ):
        one = [
            *wheel(rng, radius * 0.95, width, b(0.45, 0.65), segments=20),
            *_cleats(radius * 0.95, width, 12),
        ]
        shape.add(
            "wheel",
            *pair(*(mesh.moved(out, radius, z) for mesh in one)),
            rod((-out, radius, z), (out, radius, z), 0.07),
        )
    slope = b(0.75, 1.0)
    ends = [
        (base + 0.35 - long, wide, tall, y + tall / 2),
        (base + 0.1, wide * 0.95, tall * slope, y + tall * slope / 2),
    ]
    shape.add(
        "hood",
        skin([*ends, (base + 0.35, wide * 0.85, tall * slope * 0.85, y + tall * slope / 2)], b(0.15, 0.5)),
    )
    shape.add("hood", box(wide * 0.6, deep, base * 1.1, (0, y - 0.05, base * 0.45)))
    arc = np.deg2rad(np.linspace(20, 160, 9))
    line = np.stack([0 * arc, rear + 1.08 * rear * np.sin(arc), -1.08 * rear * np.cos(arc)], axis=1)
    rings = [
        np.array([p + np.array([s, t, 0]) for s, t in ((-0.22, 0), (0.22, 0), (0.22, 0.04), (-0.22, 0.04))])
        for p in line
    ]
    shape.add("fender", *pair(loft(rings).moved(x=half * 0.92)))
    shape.add("seat", box(0.45, 0.12, 0.4, (0, y + 0.45, -0.05)), box(0.45, 0.45, 0.08, (0, y + 0.7, -0.25)))
    shape.add("seat", torus(0.18, 0.02, segments=14).rotated_deg(x=50).moved(0, y + tall + 0.15, 0.4))
    kind = d.pick("open", "roof", "cab", "cab")
    if kind != "open":
        high, deepc, roof = b(1.2, 1.55), b(1.0, 1.4), half * b(1.3, 1.6)
        floor = y + 0.25
        posts = [(i * roof / 2, k * deepc / 2) for i in (-1, 1) for k in (-1, 1)]
        shape.add("cab", *(rod((x, floor, z), (x * 0.92, floor + high, z * 0.92), 0.05) for x, z in posts))
        shape.add("cab", block((roof * 1.05, 0.14, deepc * 1.15), (0.9, 0.9), (0, floor + high, 0)))
        if kind == "cab":
            shape.add("cab", block((roof, high * b(0.4, 1.0), deepc), (0.96, 0.96), (0, floor, 0)))
    if d.chance(0.75):
        pipe, x = b(0.5, 1.0), wide * b(-0.4, 0.4)
        shape.add(
            "exhaust",
            rod((x, y + tall * 0.7, base * 0.75), (x, y + tall + pipe, base * 0.75), 0.05),
            rod((x, y + tall * 0.9, base * 0.75), (x, y + tall + pipe * 0.5, base * 0.75), 0.08),
        )
        shape.say("a thin exhaust pipe standing on the hood")
    if d.chance(0.15):
        ahead = base + front + b(0.6, 1.0)
        shape.add(
            "hood",
            *pair(rod((wide * 0.7, y + tall, 0.6), (wide * 0.7, 0.35, ahead), 0.07)),
            block((half * 2, 0.6, 0.5), (1, 0.3), (0, 0.1, ahead + 0.2), -0.2),
        )
        shape.say("a shovel on two arms in front")
    shape.say({"open": "an open seat", "roof": "a roof on four posts", "cab": "a tall cab at the back"}[kind])
    shape.say(
        "small wheels in front and huge wheels behind" if front < 0.8 * rear else "four large wheels",
        "a long narrow hood",
    )
    set_down(shape)


@shape_class(
    "tank",
    parts=("hull", "turret", "gun", "track", "wheel"),
    synonyms=("battle tank", "armoured tank", "army tank", "panzer"),
    described=(
        "A tank is a low flat hull between two long tracks, with a turret on top and a gun that points forward.",
        "The long thin barrel of the tank reaches out level, far beyond the front of the hull.",
        "Each side of a tank is a closed belt around a row of equal round wheels.",
        "Seen from above the tank is a rectangle with a smaller rounded block in its middle and a stick in front.",
    ),
)
def tank(shape: Shape, rng: Random) -> None:
    """Make a tank: cast, boxy or wedge-shaped turrets, any gun length and aim; some old ones with rhomboid tracks."""
    d = Dice(rng)
    b = d.between
    old = d.chance(0.1)
    long, wide, belt = b(4.5, 7.5), b(2.6, 3.6), b(0.35, 0.6)
    tall = b(0.8, 1.1) if not old else b(1.8, 2.3)
    clear, count = b(0.3, 0.45), d.whole(4, 8)
    half = long / 2
    lift = b(0.35, 0.6) * tall
    profile = [
        (-half, lift),
        (-half * 0.75, 0),
        (half * 0.75, 0),
        (half, lift),
        (half * 0.93, tall),
        (-half * 0.93, tall),
    ]
    if old:
        profile = [
            (-half, tall * 0.35),
            (-half * 0.5, 0),
            (half * 0.45, 0),
            (half, tall * 0.75),
            (half * 0.8, tall),
            (-half * 0.5, tall),
        ]
    side = extrude(profile, belt).rotated_deg(y=-90)
    shape.add("track", *pair(side.moved(x=wide / 2 - belt / 2)))
    links = d.whole(14, 26)
    closed = np.array([*profile, profile[0]])
    at = np.linspace(0, 1, links * 2)
    spot = np.column_stack([np.interp(at, np.linspace(0, 1, 7), closed[:, k]) for k in (0, 1)])
    shape.add(
        "track",
        *pair(*(box(belt * 1.06, 0.07, 0.12, (wide / 2 - belt / 2, max(p[1], 0.035), p[0])) for p in spot)),
    )
    r = tall * b(0.26, 0.36) if not old else 0.2
    for z in np.linspace(-half * 0.62, half * 0.62, count):
        shape.add(
            "wheel", *pair(cylinder(r, 0.12, segments=14).rotated_deg(z=90).moved(wide / 2, r + 0.08, z))
        )
    inner, deck = wide - 2 * belt, clear + tall * b(0.75, 1.0) if not old else tall * 0.9
    shape.add(
        "hull", block((inner, deck - clear, long * 0.92), (1, b(0.75, 1.0)), (0, clear, 0), -long * 0.04)
    )
    if not old:
        shape.add(
            "hull", block((wide * b(0.9, 1.06), 0.28, long * b(0.8, 0.98)), (0.95, 0.9), (0, tall * 0.93, 0))
        )
    kind = d.pick("round", "box", "wedge") if not old else "none"
    top, aim = tall * 0.93 + 0.25, b(-60, 60) if d.chance(0.3) else 0.0
    size, high, z = wide * b(0.5, 0.68), b(0.55, 0.85), half * b(-0.2, 0.2)
    pieces: list[tuple[str, Mesh]] = []
    reach, thick = long * b(0.4, 0.95), b(0.06, 0.12)
    if kind == "round":
        dome = lathe(
            [(size / 2, 0), (size / 2 * 1.05, high * 0.35), (size * 0.36, high * 0.9), (0, high)], 18
        )
        pieces.append(("turret", dome.scaled(z=b(1.0, 1.4))))
    elif kind == "box":
        pieces.append(("turret", block((size, high, size * b(1.1, 1.6)), (0.8, 0.8))))
    elif kind == "wedge":
        pieces.append(
            ("turret", block((size * 1.15, high * 0.9, size * 1.9), (0.7, 0.62), shift=-size * 0.2))
        )
    if old:
        shape.add(
            "turret", *pair(block((belt * 1.4, 0.9, 1.2), (0.9, 0.9), (wide / 2 + 0.2, tall * 0.35, 0)))
        )
        shape.add(
            "gun", *pair(rod((wide / 2 + 0.3, tall * 0.55, 0.5), (wide / 2 + 0.4, tall * 0.55, 1.6), 0.08))
        )
        shape.say("tracks like slanted diamonds around the whole side", "guns at both sides")
    else:
        muzzle, up = size * 0.5 + reach, reach * np.tan(np.deg2rad(b(-2, 10)))
        y = high * 0.5
        pieces.append(("gun", rod((0, y, size * 0.3), (0, y + up, muzzle), thick, 10)))
        if d.chance(0.5):
            pieces.append(
                ("gun", rod((0, y + up * 0.93, muzzle * 0.95), (0, y + up, muzzle + 0.15), thick * 1.7, 10))
            )
            shape.say("a thick muzzle at the end of the barrel")
        pieces.append(("turret", box(size * 0.4, high * 0.6, 0.3, (0, y, size * 0.6))))
        pieces.append(
            (
                "turret",
                cylinder(0.28, 0.2, centre=(size * 0.15, high * 0.95 + 0.05, -size * 0.1), segments=12),
            )
        )
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(y=aim).moved(0, top, z))
        shape.say(
            "a long barrel" if reach > 0.65 * long else "a short barrel",
            {"round": "a rounded turret", "box": "a boxy turret", "wedge": "a flat wedge-shaped turret"}[
                kind
            ],
        )
        if abs(aim) > 20:
            shape.say("the turret turned to one side")
    shape.say("two tracks with rows of wheels")
    set_down(shape)
