"""Make pianos: the player sits at +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.mesh import Array, Mesh, beam, box, lathe, loft, merge, rod, superellipsoid
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

NUMBER = {2: "two", 3: "three", 4: "four"}


def _keys(dice: Dice, width: float, y: float, front: float, whites: int) -> Mesh:
    """Return white keys and the black ones between them; their front edge is at z = ``front``."""
    pitch, long = width / whites, 0.15
    keys = [
        box(pitch * 0.9, 0.02, long, ((k + 0.5) * pitch - width / 2, y, front - long / 2))
        for k in range(whites)
    ]
    for k in range(whites - 1):
        if k % 7 not in (2, 6):
            keys.append(
                box(
                    pitch * 0.5,
                    0.014,
                    long * 0.62,
                    ((k + 1) * pitch - width / 2, y + 0.015, front - long * 0.68),
                )
            )
    return merge(keys)


def _leg(dice: Dice, kind: str, height: float, width: float) -> Mesh:
    """Return a leg standing on y = 0."""
    if kind == "square":
        return box(width, height, width, (0.0, height / 2, 0.0)).tapered(1, 1.0, 1.0)
    if kind == "tapered":
        return box(width, height, width, (0.0, height / 2, 0.0)).tapered(1, 0.55, 1.1)
    bulge = dice.between(0.6, 0.9)
    shares = [
        (0.0, 0.0),
        (0.45, 0.0),
        (0.5, 0.08),
        (0.3, 0.15),
        (0.45 * bulge, 0.4),
        (0.6, 0.75),
        (0.35, 0.82),
        (0.6, 0.88),
        (0.6, 1.0),
        (0.0, 1.0),
    ]
    return lathe([(width * r, height * h) for r, h in shares], 14)


def _stool(shape: Shape, dice: Dice, z: float) -> None:
    """Add a bench in front."""
    wide, high, deep = dice.between(0.5, 0.95), dice.between(0.45, 0.52), dice.between(0.32, 0.38)
    shape.add("bench", superellipsoid(wide, 0.09, deep, 0.35, (0.0, high, z), 8))
    for x in (-wide * 0.42, wide * 0.42):
        for dz in (-deep * 0.38, deep * 0.38):
            shape.add("bench", beam((x, 0.0, z + dz), (x, high, z + dz), 0.045))
    shape.say("a bench in front of the keys")


def _upright(shape: Shape, dice: Dice) -> None:
    width, height = dice.between(1.35, 1.58), dice.between(0.95, 1.35)
    deep, shelf = dice.between(0.3, 0.42), dice.between(0.62, 0.74)
    reach = dice.between(0.22, 0.3)
    wall = 0.04
    shape.add("body", box(width, height - 0.05, deep, (0.0, (height - 0.05) / 2 + 0.05, -deep / 2)))
    shape.add("lid", box(width * 1.03, 0.03, deep * 1.06, (0.0, height + 0.015, -deep / 2 + 0.01)))
    if dice.chance(0.2):
        # The lid's flap, hinged at the back edge.
        flap = box(width, 0.025, deep * 0.6, (0.0, 0.0, deep * 0.3)).rotated_deg(x=-dice.between(20, 70))
        shape.add("lid", flap.moved(y=height + 0.03, z=-deep))
        shape.say("a lid flap raised at the top")
    shape.add("body", box(width, 0.07, reach, (0.0, shelf - 0.06, reach / 2)))
    cheek = dice.between(0.12, 0.22)
    shape.add(
        "body", *pair(box(wall, cheek, reach, (width / 2 - wall / 2, shelf - 0.09 + cheek / 2, reach / 2)))
    )
    shape.add("keys", _keys(dice, width - 2.6 * wall, shelf - 0.01, reach - 0.02, dice.whole(36, 52)))
    if dice.chance(0.4):
        fall = (
            box(width - 2 * wall, 0.02, 0.2).rotated_deg(x=dice.between(60, 85)).moved(y=shelf + 0.1, z=0.03)
        )
        shape.add("lid", fall)
    if dice.chance(0.75):
        shape.add(
            "leg",
            *pair(
                _leg(
                    dice, dice.pick("square", "tapered", "turned"), shelf - 0.09, dice.between(0.06, 0.1)
                ).moved(width / 2 - 0.06, 0, reach - 0.06)
            ),
        )
        shape.add("leg", *pair(box(0.09, 0.07, reach + 0.06, (width / 2 - 0.06, 0.035, reach / 2))))
        shape.say("two legs under the keyboard")
    else:
        bracket = [
            np.array([[-0.03, y, 0.0], [0.03, y, 0.0], [0.03, y, z], [-0.03, y, z]])
            for y, z in ((shelf * 0.45, 0.03), (shelf * 0.75, reach * 0.4), (shelf - 0.09, reach * 0.95))
        ]
        shape.add("body", *pair(loft(bracket).moved(x=width / 2 - 0.08)))
    if dice.chance(0.7):
        stand = box(width * dice.between(0.3, 0.9), 0.2, 0.015).rotated_deg(x=-15)
        shape.add("body", stand.moved(y=shelf + dice.between(0.15, 0.3), z=0.04))
        shape.say("a slanted shelf for sheet music")
    if dice.chance(0.7):
        shape.add(
            "body", box(dice.between(0.55, 0.85) * width, shelf * 0.6, 0.02, (0.0, shelf * 0.42, 0.008))
        )
    count = dice.whole(2, 3)
    for k in range(count):
        shape.add(
            "pedal", superellipsoid(0.025, 0.015, 0.14, 0.7, ((k - (count - 1) / 2) * 0.12, 0.08, 0.06), 6)
        )
    shape.say(
        "a tall upright box with a keyboard shelf" if height > 1.12 else "a low box with a keyboard shelf",
        f"{NUMBER[count]} small pedals",
    )


def _rim(width: float, long: float, tail: float, waist: float) -> Array:
    """Return the plan (n, 2) in x, z of a grand: straight on the left and in front (z = 0), curved on the right."""
    t = np.linspace(0, 1, 12)
    # The bent side: straight back from the keyboard, inwards in an S, then around the tail.
    x = width / 2 - (1 - tail) * width * (t**waist * t * t * (3 - 2 * t) ** 1.0) ** 0.8
    bent = np.column_stack([x, -0.28 * long - 0.55 * long * t])
    angles = np.linspace(0, np.pi / 2, 6)[1:]
    start = bent[-1]
    radius_x = start[0] + width / 2
    around = np.column_stack(
        [-width / 2 + radius_x * np.cos(angles), start[1] - (0.17 * long) * np.sin(angles)]
    )
    return np.concatenate(
        [[[-width / 2, 0.0], [0.0, 0.0], [width / 2, 0.0]], bent, around, [[-width / 2, -long * 0.5]]]
    )


def _level(plan: Array, y: float) -> Array:
    return np.column_stack([plan[:, 0], np.full(len(plan), y), plan[:, 1]])


def _grand(shape: Shape, dice: Dice) -> None:
    width, long = dice.between(1.4, 1.58), dice.between(1.4, 2.75)
    shelf, deep = dice.between(0.62, 0.7), dice.between(0.26, 0.36)
    plan = _rim(width, long, dice.between(0.3, 0.5), dice.between(0.0, 0.6))
    low, high = shelf - 0.05, shelf - 0.05 + deep
    back = plan.copy()
    back[:, 1] = np.minimum(back[:, 1], -0.24)
    open_lid = dice.chance(0.65)
    inner = back.copy()
    inner = (inner - inner.mean(axis=0)) * 0.94 + inner.mean(axis=0)
    if open_lid:
        floor = high - deep * 0.35
        shape.add(
            "body", loft([_level(back, low), _level(back, high), _level(inner, high), _level(inner, floor)])
        )
    else:
        shape.add("body", loft([_level(back, low), _level(back, high)]))
    shape.add("body", box(width, 0.08, 0.3, (0.0, low + 0.04, -0.13)))
    shape.add(
        "body",
        *pair(box(0.05, deep * dice.between(0.55, 1.0), 0.3, (width / 2 - 0.025, low + deep * 0.4, -0.13))),
    )
    shape.add("keys", _keys(dice, width - 0.14, shelf + 0.04, -0.01, dice.whole(40, 52)))
    lid = loft([_level(back * 1.01, 0.0), _level(back * 1.01, 0.025)])
    if open_lid:
        angle = dice.between(18, 42)
        hinge = -width / 2
        lifted = lid.moved(x=-hinge).rotated_deg(z=angle).moved(x=hinge, y=high)
        shape.add("lid", lifted)
        reach = 0.62 * width
        top = (
            hinge + reach * np.cos(np.deg2rad(angle)),
            high + reach * np.sin(np.deg2rad(angle)),
            -0.45 * long,
        )
        shape.add("lid", rod((min(width * 0.3, top[0] + 0.1), high - 0.02, -0.42 * long), top, 0.014, 6))
        shape.say("a large lid propped open")
    else:
        shape.add("lid", lid.moved(y=high))
        shape.say("a closed flat lid")
    if dice.chance(0.7):
        shape.add("body", box(width * 0.45, 0.22, 0.015).rotated_deg(x=-20).moved(y=high + 0.1, z=-0.32))
    kind, thick = dice.pick("square", "tapered", "turned"), dice.between(0.09, 0.15)
    for x, z in (
        (-width / 2 + 0.14, -0.25),
        (width / 2 - 0.14, -0.25),
        (-width / 2 + 0.3 * width, -long * 0.86),
    ):
        shape.add("leg", _leg(dice, kind, low, thick).moved(x, 0.0, z))
    shape.add(
        "pedal",
        *pair(rod((0.05, 0.1, -0.32), (0.08, low, -0.32), 0.012, 6)),
        box(0.24, 0.05, 0.1, (0.0, 0.1, -0.32)),
    )
    count = dice.whole(2, 3)
    for k in range(count):
        shape.add(
            "pedal", superellipsoid(0.022, 0.014, 0.13, 0.7, ((k - (count - 1) / 2) * 0.07, 0.08, -0.24), 6)
        )
    shape.say("a wide flat body curved on one side", "three legs")


def _digital(shape: Shape, dice: Dice) -> None:
    width, deep, thick = dice.between(0.9, 1.45), dice.between(0.24, 0.4), dice.between(0.07, 0.14)
    shelf = dice.between(0.64, 0.78)
    slope = dice.between(0.0, 0.05)
    profile = np.array(
        [
            [0.0, 0.0],
            [-deep, 0.0],
            [-deep, thick + slope],
            [-0.17, thick + slope],
            [-0.165, thick * 0.6],
            [0.0, thick * 0.6],
        ]
    )
    rings = [
        np.column_stack([np.full(6, x), profile[:, 1] + shelf, profile[:, 0]])
        for x in (-width / 2, width / 2)
    ]
    shape.add("body", loft(rings), *pair(box(0.03, thick, deep, (width / 2, shelf + thick / 2, -deep / 2))))
    shape.add("keys", _keys(dice, width - 0.08, shelf + thick * 0.6 + 0.01, -0.01, dice.whole(22, 52)))
    kind = dice.pick("cross", "panel", "frame", "panel", "flat" if dice.chance(0.4) else "cross")
    z = -deep / 2
    if kind == "cross":
        half = width * dice.between(0.24, 0.36)
        for dz in (-0.03, 0.03):
            sign = 1 if dz > 0 else -1
            shape.add("leg", beam((-half * sign, 0.02, z + dz), (half * sign, shelf, z + dz), 0.035))
        for x in (-half, half):
            shape.add(
                "leg", *(rod((x, y, z - 0.17), (x, y, z + 0.17), 0.018, 6) for y in (0.02, shelf - 0.01))
            )
        shape.say("a stand with crossed bars")
    elif kind == "panel":
        shape.add(
            "leg",
            *pair(
                box(0.03, shelf, deep * 0.8, (width * 0.47, shelf / 2, z)),
                box(0.05, 0.03, deep * 1.15, (width * 0.47, 0.015, z)),
            ),
        )
        shape.add("leg", box(width * 0.94, dice.between(0.1, 0.45), 0.02, (0.0, shelf * 0.6, -deep * 0.85)))
        shape.add("pedal", box(width * 0.9, 0.04, 0.06, (0.0, 0.1, z - 0.02)))
        for k in range(3):
            shape.add("pedal", superellipsoid(0.025, 0.014, 0.11, 0.7, ((k - 1) * 0.08, 0.1, z + 0.05), 6))
        shape.say("two flat side panels as legs")
    elif kind == "frame":
        for x in (-width * 0.4, width * 0.4):
            for dz in (-deep * 0.4, deep * 0.4):
                shape.add("leg", beam((x, 0.0, z + dz * 1.1), (x, shelf, z + dz), 0.035))
            shape.add("leg", beam((x, 0.15, z - deep * 0.43), (x, 0.15, z + deep * 0.43), 0.03))
        shape.say("four thin legs")
    else:
        shape.say("a flat keyboard without legs")
    if dice.chance(0.6):
        stand = box(width * dice.between(0.25, 0.5), 0.2, 0.01).rotated_deg(x=-18)
        shape.add("body", stand.moved(y=shelf + thick + slope + 0.09, z=-deep * 0.9))
    shape.say("a slim long bar with keys")


@shape_class(
    "piano",
    parts=("body", "keys", "lid", "leg", "pedal", "bench"),
    synonyms=("pianoforte", "keyboard instrument"),
)
def piano(shape: Shape, rng: Random) -> None:
    """Make a piano: uprights and spinets, grands with the lid open or closed, digital pianos on stands."""
    dice = Dice(rng)
    style = dice.pick("upright", "upright", "grand", "grand", "digital")
    {"upright": _upright, "grand": _grand, "digital": _digital}[style](shape, dice)
    if dice.chance(0.12):
        _stool(shape, dice, dice.between(0.35, 0.6))
    shape.say("a long row of keys")
    set_down(shape)
