"""Make motorbikes: the front points to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down, step, wheel
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    box,
    cylinder,
    grid,
    lathe,
    loft,
    merge,
    rod,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _fender(radius: float, width: float, start_deg: float, end_deg: float) -> Mesh:
    """Return a curved plate over a wheel about the origin; 0 degrees is ahead (+z), 90 is above."""
    angles = np.deg2rad(np.linspace(start_deg, end_deg, 9))
    across = np.linspace(-0.5, 0.5, 5)
    bulge = radius - 0.25 * width * (2 * np.abs(across)) ** 2
    points = np.stack(
        np.broadcast_arrays(
            width * across[None, :],
            bulge[None, :] * np.sin(angles)[:, None],
            bulge[None, :] * np.cos(angles)[:, None],
        ),
        axis=-1,
    )
    return grid(points)


def _exhaust(dice: Dice, low: float, back: float, front: float) -> list[Mesh]:
    """Return a pipe with a muffler on one side or both."""
    x, rise = dice.between(0.13, 0.2), dice.between(0.0, 0.25)
    path = [
        (0.06, low + 0.2, front),
        (x, low, front - 0.05),
        (x, low, (front + back) / 2),
        (x, low + rise, back),
    ]
    pipe = tube(path, [0.02, 0.02, dice.between(0.025, 0.04), dice.between(0.035, 0.055)])
    return list(pair(pipe)) if dice.chance(0.4) else [pipe]


def _engine(dice: Dice, y: float, z: float, size: float) -> list[Mesh]:
    """Return a crankcase with one to four finned cylinders."""
    case = superellipsoid(0.32, size * 0.6, size * 1.1, 0.5, (0.0, y, z), 8)
    cylinders = []
    vee = dice.chance(0.5)
    for lean in (-22, 22) if vee else (dice.between(-10, 35),):
        profile = [(0.0, 0.0)]
        for k in range(5):
            high = size * (0.2 + 0.09 * k)
            profile += [(0.07, high), (0.1, high + 0.01), (0.1, high + 0.025), (0.07, high + 0.035)]
        barrel = lathe([*profile, (0.0, size * 0.68)], 10)
        barrel = barrel if vee else barrel.scaled(x=dice.between(1.0, 2.0))
        cylinders.append(barrel.rotated_deg(x=lean).moved(y=y, z=z))
    return [case, *cylinders]


def _bars(dice: Dice, style: str, head: Array) -> tuple[list[Mesh], float]:
    """Return handlebar tubes with grips, and the width from end to end."""
    half = dice.between(0.24, 0.3) if style == "sport" else dice.between(0.34, 0.46)
    up = {"sport": -0.04, "chopper": dice.between(0.15, 0.55), "scooter": 0.12}.get(
        style, dice.between(0.04, 0.16)
    )
    back = dice.between(0.02, 0.1) if style == "sport" else dice.between(0.05, 0.28)
    x, y, z = head
    path = [
        (x, y, z),
        (0.08, y + 0.02, z),
        (half * 0.55, y + up, z - back * 0.1),
        (half * 0.8, y + up, z - back * 0.6),
        (half, y + up - 0.02, z - back),
    ]
    # Toys and low-poly models have thick bars.
    thick = dice.between(0.011, 0.018) * (dice.between(1.3, 2.0) if dice.chance(0.2) else 1.0)
    bar = tube(path, thick, 6)
    grip = rod(path[3], path[4], thick * 1.5, 7)
    lever = rod((half * 0.6, y + up, z), (half * 0.95, y + up - 0.02, z - back * 0.8 + 0.06), 0.007, 5)
    meshes = [*pair(bar, grip, lever), box(0.16, 0.03, 0.07, (x, y + 0.02, z))]
    if style == "dirt" and dice.chance(0.6):
        meshes += pair(superellipsoid(0.03, 0.12, 0.1, 0.5, (half * 0.9, y + up, z - back * 0.6 + 0.07), 6))
    if dice.chance(0.6):
        tip = np.array([half * 0.85, y + up + dice.between(0.12, 0.2), z - back * 0.3])
        mirror = superellipsoid(0.13, 0.09, 0.025, 0.7, tip, 6)
        meshes += pair(rod(path[3], tip, 0.006, 5), mirror)
    return meshes, 2 * half


_STYLES = {"naked": 4, "sport": 4, "cruiser": 4, "chopper": 2, "touring": 2, "dirt": 2, "scooter": 2}
"""Kinds, and how often each is made."""


@shape_class(
    "motorbike",
    parts=("tank", "seat", "wheel", "handlebar", "light", "frame"),
    synonyms=("motorcycle", "two-wheeled motor vehicle"),
)
def motorbike(shape: Shape, rng: Random) -> None:
    """Make a motorbike: naked, sport, cruiser, chopper, touring, dirt bikes and scooters."""
    dice = Dice(rng)
    style = str(dice.rng.choice(list(_STYLES), p=np.array(list(_STYLES.values())) / 20))
    radius = dice.between(0.2, 0.27) if style == "scooter" else dice.between(0.29, 0.36)
    ahead = radius * (dice.between(1.0, 1.2) if style in ("dirt", "chopper") else 1.0)
    base = {
        "scooter": dice.between(1.15, 1.35),
        "chopper": dice.between(1.6, 2.1),
        "cruiser": dice.between(1.5, 1.75),
    }.get(style, dice.between(1.3, 1.6))
    broad = radius * dice.between(0.3, 0.55)
    rear = np.array([0.0, radius, -base / 2])
    front = np.array([0.0, ahead, base / 2])
    spokes = 0 if dice.chance(0.25) else int(rng.choice([3, 5, 6, 10, 16]))
    rim = dice.between(0.6, 0.84)
    one = wheel(rng, radius, broad, rim, spokes, 20)
    shape.add("wheel", *(mesh.moved(*rear) for mesh in one))
    ratio, slim = ahead / radius, dice.between(0.6, 1.0)
    shape.add("wheel", *(mesh.scaled(slim, ratio, ratio).moved(*front) for mesh in one))
    rake = {"chopper": dice.between(35, 48), "cruiser": dice.between(27, 34), "scooter": 24}.get(
        style, dice.between(20, 30)
    )
    tall = {
        "sport": 0.86,
        "dirt": 1.02,
        "scooter": dice.between(0.88, 1.0),
        "chopper": dice.between(0.8, 0.95),
    }.get(style, 0.92)
    head = front + np.array([0.0, tall - ahead, -np.tan(np.deg2rad(rake)) * (tall - ahead)])
    for mesh in pair(
        rod(
            front + step(broad * 0.5 + 0.03, 0, 0),
            head + step(broad * 0.4 + 0.03, 0, 0),
            dice.between(0.02, 0.032),
        )
    ):
        shape.add("frame", mesh)
    seat_y = {
        "chopper": dice.between(0.58, 0.68),
        "cruiser": dice.between(0.64, 0.72),
        "dirt": dice.between(0.85, 0.95),
    }.get(style, dice.between(0.72, 0.82))
    # The seat begins where the tank ends.
    tank_long = dice.between(0.42, 0.66)
    tank_z = float(head[2]) - 0.08 - tank_long / 2
    seat_long = dice.between(0.5, 0.8)
    seat_z = max(tank_z - tank_long * 0.44 - seat_long / 2, float(rear[2]) - 0.1)
    core = np.array([0.0, radius + 0.05, 0.0])
    if style == "scooter":
        _scooter_body(shape, dice, head, rear, radius, seat_y)
    else:
        low = core + step(0.0, -0.06, base * 0.14)
        for start, end in (
            (head - step(0, 0.1, 0), low),
            (low, core + step(0, 0, -base * 0.16)),
            (head - step(0, 0.06, 0), np.array([0, seat_y - 0.08, seat_z + 0.2])),
            (np.array([0, seat_y - 0.08, seat_z + 0.2]), core + step(0, 0, -base * 0.16)),
            (
                np.array([0, seat_y - 0.08, seat_z + 0.2]),
                np.array([0, seat_y - 0.04, seat_z - seat_long * 0.5]),
            ),
        ):
            shape.add("frame", *pair(rod(start + step(0.07, 0, 0), end + step(0.09, 0, 0), 0.02, 6)))
        arm = rod(
            core + step(broad / 2 + 0.05, 0, -base * 0.14), rear + step(broad / 2 + 0.04, 0, 0), 0.028, 6
        )
        shock = rod(
            rear + step(broad / 2 + 0.05, 0, 0.05),
            np.array([broad / 2 + 0.04, seat_y - 0.06, rear[2] + 0.22]),
            0.028,
            7,
        )
        shape.add(
            "frame", *pair(arm, shock), *_engine(dice, radius + 0.12, base * 0.02, dice.between(0.36, 0.5))
        )
        shape.add("frame", *_exhaust(dice, radius * dice.between(0.75, 1.3), rear[2] - 0.1, base * 0.16))
        tank_y = max((float(head[1]) + seat_y) / 2, seat_y + 0.04) + dice.between(0.0, 0.06)
        _tank(shape, dice, style, tank_y, tank_z, tank_long)
        _seat(shape, dice, style, seat_y, seat_z, seat_long)
    bars, across = _bars(dice, style, head)
    shape.add("handlebar", *bars)
    lamp = head + np.array([0.0, -dice.between(0.08, 0.2), dice.between(0.12, 0.2)])
    if style == "sport":
        lamp = lamp + np.array([0, 0, 0.12])
        _fairing(shape, dice, head, lamp, base, radius)
        shape.add("light", *pair(superellipsoid(0.1, 0.07, 0.08, 0.8, lamp + step(0.07, 0.0, 0.03), 6)))
    elif style == "touring" or dice.chance(0.12):
        screen = _fender(0.5, 0.45, 10, 50).moved(y=float(head[1]) - 0.1, z=float(head[2]) - 0.28)
        shape.add("frame", screen)
        shape.add("light", superellipsoid(0.2, 0.18, 0.15, 1.0, lamp, 7))
        shape.say("a curved windscreen in front")
    elif style == "dirt":
        shape.add("light", box(0.2, 0.26, 0.03, lamp))
    else:
        size = dice.between(0.14, 0.22)
        shape.add("light", superellipsoid(size, size, size * 0.9, 1.0, lamp, 7))
    if style != "scooter":
        shape.add(
            "light", superellipsoid(0.12, 0.07, 0.06, 0.8, (0.0, seat_y - 0.05, seat_z - seat_long * 0.58), 6)
        )
    if style == "dirt":
        blade_ = _fender(ahead + 0.14, broad * 1.4, 25, 110).moved(*front)
    else:
        blade_ = _fender(ahead + 0.035, broad * 1.3, dice.between(10, 50), dice.between(110, 170)).moved(
            *front
        )
    tail = _fender(
        radius + dice.between(0.03, 0.09), broad * 1.4, dice.between(60, 90), dice.between(130, 185)
    ).moved(*rear)
    shape.add("frame", blade_, tail)
    if style == "touring" or (style != "scooter" and dice.chance(0.1)):
        case = superellipsoid(0.2, 0.32, 0.5, 0.35, (0.27, seat_y - 0.12, rear[2] + 0.02), 8)
        shape.add("frame", *pair(case))
        if dice.chance(0.6):
            shape.add("frame", superellipsoid(0.42, 0.3, 0.36, 0.4, (0.0, seat_y + 0.17, rear[2] - 0.1), 8))
        shape.say("boxes on both sides of the back wheel")
    if style != "scooter" and dice.chance(0.4):
        shape.add("frame", rod((-0.05, radius * 0.9, 0.0), (-0.24, 0.0, 0.05), 0.012, 6))
    shape.say(
        "two wheels one behind the other",
        {
            "sport": "a pointed shell around the front",
            "chopper": "a long slanted fork",
            "cruiser": "a long low body with deep fenders",
            "scooter": "a flat foot board and small wheels",
            "dirt": "a high fender over the front wheel",
            "touring": "a heavy long body",
        }.get(style, "an open frame with a bare engine"),
        "wide handlebar" if across > 0.8 else "a bar to steer with",
    )
    set_down(shape)


def _tank(shape: Shape, dice: Dice, style: str, y: float, z: float, length: float) -> None:
    """Add a tank: a drop, a loaf with a flat back, a saddle over the frame's tube, or a slim one."""
    wide, tall = dice.between(0.22, 0.38), dice.between(0.18, 0.3)
    form = "slim" if style == "dirt" else dice.pick("drop", "drop", "loaf", "saddle")
    roundness = {"loaf": dice.between(0.3, 0.6), "slim": 0.7}.get(form, dice.between(0.8, 1.1))
    if form == "slim":
        wide, tall = 0.6 * wide, 0.8 * tall
    tank = superellipsoid(wide, tall, length, roundness, detail=10)
    tank = tank.tapered(2, {"loaf": 0.85, "drop": dice.between(0.45, 0.65)}.get(form, 0.7), 1.1)
    if form == "saddle":
        halves = pair(tank.scaled(x=0.45).moved(x=wide * 0.26))
        tank = merge([*halves, tank.scaled(x=0.8, y=0.45).moved(y=tall * 0.25)])
    shape.add("tank", tank.rotated_deg(x=-dice.between(4, 14)).moved(y=y, z=z))
    if dice.chance(0.6):
        shape.add("tank", cylinder(0.03, 0.02, centre=(0.0, y + tall * 0.5, z + length * 0.1), segments=8))


def _seat(shape: Shape, dice: Dice, style: str, y: float, z: float, length: float) -> None:
    """Add a seat: a long saddle, one with a step, or a stretched one that rises to a tail."""
    width = dice.between(0.2, 0.32) * (1.2 if style in ("cruiser", "touring") else 1.0)
    shares = np.linspace(0.5, -0.5, 7)
    lift = np.where(shares < 0, dice.between(0.0, 0.1), 0.0)
    if style == "sport":
        lift = np.maximum(-shares, 0) * 0.35
    thick = dice.between(0.07, 0.14)
    widths = width * np.array([0.55, 0.8, 1.0, 1.0, 0.9, 0.8, 0.6])
    rings = [
        ring(float(w), thick, (0.0, y + float(up), z + float(s) * length), roundness=0.6, count=12)
        for w, up, s in zip(widths, lift, shares, strict=True)
    ]
    shape.add("seat", loft(rings))
    if style in ("chopper", "cruiser") and dice.chance(0.4):
        bar = [
            (0.1, y, z - length * 0.35),
            (0.1, y + 0.4, z - length * 0.6),
            (0.0, y + 0.5, z - length * 0.62),
        ]
        shape.add(
            "seat", *pair(tube(bar, 0.012, 6)), box(0.16, 0.18, 0.05, (0.0, y + 0.3, z - length * 0.52))
        )
        shape.say("a tall back rest behind the seat")


def _fairing(shape: Shape, dice: Dice, head: Array, lamp: Array, base: float, radius: float) -> None:
    """Add the streamlined shell of a sport bike: nose, sides and a small screen."""
    low, wide = radius * dice.between(0.5, 1.2), dice.between(0.32, 0.44)
    stations = [
        (float(lamp[2]) + 0.1, 0.3, 0.3, 0.0),
        (float(lamp[2]) - 0.1, 0.85, 0.7, -0.03),
        (base * 0.18, 1.0, 1.0, -0.2),
        (-base * 0.06, 0.8, 0.7, -0.28),
    ]
    tall = float(head[1]) - low
    for side in (-1.0, 1.0):
        rows = []
        for z, w, h, shift in stations:
            angles = np.linspace(-0.95, 1.2, 7)
            y = low + tall * 0.62 + shift * 0.6 + 0.5 * tall * h * np.sin(angles)
            rows.append(np.stack([side * wide / 2 * w * np.cos(angles * 0.8), y, np.full(7, z)], axis=1))
        shape.add("frame", grid(np.stack(rows)))
    screen = _fender(0.3, 0.3, 20, 75).moved(y=float(head[1]) - 0.12, z=float(lamp[2]) - 0.22)
    shape.add("frame", screen)


def _scooter_body(shape: Shape, dice: Dice, head: Array, rear: Array, radius: float, seat_y: float) -> None:
    """Add a scooter's leg shield, foot board and the hull over the rear wheel."""
    floor, wide = radius + dice.between(0.02, 0.08), dice.between(0.36, 0.48)
    shield_foot = np.array([0.0, floor, float(head[2]) - 0.02])
    long = dice.between(0.7, 0.85)
    # The board runs on under the hull, which begins in front of the rear wheel.
    board = float(shield_foot[2]) - (float(rear[2]) + 0.08 + long * 0.4)
    outline = [
        (-wide * 0.5, 0.0),
        (wide * 0.5, 0.0),
        (wide * 0.42, 0.45),
        (wide * 0.2, 0.62),
        (-wide * 0.2, 0.62),
        (-wide * 0.42, 0.45),
    ]
    plates = [np.column_stack([np.array(outline), np.full(6, z)]) for z in (-0.02, 0.02)]
    shield = loft(plates).rotated_deg(x=-12).moved(*shield_foot)
    shape.add("frame", shield, box(wide * 0.85, 0.05, board, (0.0, floor, float(shield_foot[2]) - board / 2)))
    hull = superellipsoid(wide, seat_y - radius + 0.06, long, dice.between(0.6, 0.9), detail=10).tapered(
        2, 0.6, 1.0
    )
    shape.add("frame", hull.moved(y=(seat_y + radius) / 2, z=rear[2] + 0.08))
    shape.add(
        "seat",
        superellipsoid(
            wide * 0.75,
            dice.between(0.1, 0.16),
            dice.between(0.5, 0.75),
            0.6,
            (0.0, seat_y + 0.03, rear[2] + 0.12),
            8,
        ),
    )
    shape.add(
        "light", superellipsoid(0.1, 0.07, 0.05, 0.8, (0.0, seat_y - 0.2, rear[2] + 0.08 - long / 2), 6)
    )
    if dice.chance(0.35):
        shape.add("frame", superellipsoid(0.36, 0.28, 0.32, 0.4, (0.0, seat_y + 0.18, rear[2] - 0.25), 8))
        shape.say("a box behind the seat")
