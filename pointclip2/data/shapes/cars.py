"""Cars: the front points to +z; roof and hood are parts of their own, the rest of the shell is body."""

from dataclasses import dataclass

import numpy as np

from pointclip2.data.shapes.mesh import (
    Array,
    Mesh,
    beam,
    box,
    grid,
    loft,
    rod,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.data.shapes.sections import Dice, blade, pair, ring, set_down, wheel
from pointclip2.data.shapes.shape import Random, Shape, shape_class


@dataclass(frozen=True)
class _Plan:
    """What sets one car apart, metres; z runs from the front (+length / 2) to the back (-length / 2)."""

    length: float
    width: float
    height: float
    hood: float  # share of the length from the front bumper to the windscreen's foot
    deck: float  # share of the length behind the rear window's foot
    hood_low: float  # heights as shares of the belt line's height above the sill
    hood_high: float
    deck_height: float
    belt: float  # height of the belt line, share of the whole height
    screen_rake: float  # horizontal run of the windscreen and the rear window, shares of the cabin's height
    rear_rake: float
    clearance: float
    wheel_radius: float
    corner: float  # 0 boxy plan, towards 1 strongly rounded ends
    doors: int = 2

    @property
    def front_axle(self) -> float:
        return self.length * 0.5 - max(self.length * 0.17, self.wheel_radius * 1.35)

    @property
    def rear_axle(self) -> float:
        return -self.length * 0.5 + max(self.length * 0.19, self.wheel_radius * 1.35)

    @property
    def belt_height(self) -> float:
        return self.height * self.belt

    def top(self, z: Array) -> Array:
        """Height of the lower shell's upper edge along z."""
        front, length = self.length / 2, self.length
        screen, window = front - self.hood * length, -front + self.deck * length
        rise = self.belt_height - self.clearance
        places = [
            -front,
            -front + 0.02 * length,
            max(window, -front + 0.04 * length),
            screen,
            front - 0.03 * length,
            front,
        ]
        heights = [
            0.75 * self.deck_height,
            self.deck_height,
            1.0,
            self.hood_high,
            self.hood_low,
            0.7 * self.hood_low,
        ]
        return np.asarray(self.clearance + rise * np.interp(z, places, heights))

    def half_width(self, z: Array) -> Array:
        share = np.abs(z) / (self.length / 2)
        return np.asarray(self.width / 2 * (1 - 0.32 * self.corner * share**5))


def _shell(plan: _Plan) -> Mesh:
    """The body below the belt line, with arches cut over the wheels."""
    front = plan.length / 2
    arch = plan.wheel_radius * 1.13
    stations = [np.linspace(-front, front, 14)]
    for axle in (plan.front_axle, plan.rear_axle):
        stations.append(
            axle + arch * np.array([-1.02, -0.999, -0.9, -0.7, -0.35, 0.0, 0.35, 0.7, 0.9, 0.999, 1.02])
        )
    z = np.unique(np.clip(np.concatenate(stations), -front, front))
    top, half = plan.top(z), plan.half_width(z)
    bottom = np.full_like(z, plan.clearance)
    for axle in (plan.front_axle, plan.rear_axle):
        over = np.sqrt(np.maximum(arch**2 - (z - axle) ** 2, 0.0)) + plan.wheel_radius
        bottom = np.where(np.abs(z - axle) < arch, np.maximum(bottom, over), bottom)
    bottom = np.minimum(bottom, top - 0.03)
    bottom += 0.12 * plan.belt_height * np.maximum(np.abs(z) / front - 0.85, 0.0) / 0.15
    bottom = np.minimum(bottom, top - 0.03)
    tall = top - bottom
    across = np.array([0.0, 0.9, 1.0, 1.02, 0.97, 0.86, 0.0])
    upward = np.array([0.0, 0.0, 0.12, 0.55, 0.9, 1.0, 1.03])
    right = np.stack(
        [half[:, None] * across, bottom[:, None] + tall[:, None] * upward, np.repeat(z[:, None], 7, axis=1)],
        axis=-1,
    )
    left = right[:, ::-1] * [-1.0, 1.0, 1.0]
    return loft(list(np.concatenate([right, left], axis=1)))


def _wheels(shape: Shape, dice: Dice, plan: _Plan, radius: float | None = None, out: float = 0.0) -> None:
    """Four wheels under the arches."""
    radius = plan.wheel_radius if radius is None else radius
    broad = radius * dice.between(0.5, 0.75)
    spokes = 0 if dice.chance(0.4) else dice.whole(4, 10)
    one = wheel(dice.rng, radius, broad, dice.between(0.55, 0.78), spokes, 18)
    for axle in (plan.front_axle, plan.rear_axle):
        half = float(plan.half_width(np.array([axle]))[0]) + out - broad * 0.45
        shape.add("wheel", *pair(*(mesh.moved(half, radius, axle) for mesh in one)))
    shape.say("four wheels with spokes" if spokes else "four round wheels")


def _cabin(shape: Shape, dice: Dice, plan: _Plan, glazed: bool) -> None:
    """Pillars, glass set back a little from them, and the roof."""
    front, base, tall = plan.length / 2, plan.belt_height, plan.height - plan.belt_height
    low_front, low_back = front - plan.hood * plan.length, -front + plan.deck * plan.length + 0.02
    high_front = low_front - plan.screen_rake * tall
    high_back = min(low_back + plan.rear_rake * tall, high_front - 0.4)
    wide_low = plan.width * dice.between(0.86, 0.94)
    wide_high = wide_low * dice.between(0.72, 0.92)
    foot = base - 0.05 * tall

    def level(share: float, inset: float) -> Array:
        ahead = low_front + (high_front - low_front) * share - inset
        behind = low_back + (high_back - low_back) * share + inset
        width = wide_low + (wide_high - wide_low) * share - 2 * inset
        return ring(
            width,
            ahead - behind,
            (0.0, foot + (plan.height - foot) * share * 0.94, (ahead + behind) / 2),
            1,
            0.22,
            20,
        )

    if glazed:
        shape.add("body", loft([level(0.0, 0.025), level(0.5, 0.03), level(1.0, 0.025)]))
    else:
        for z in np.linspace(
            low_front, low_back, 3 if plan.doors == 4 else 2 + int(low_front - low_back > 2.2)
        )[1:]:
            _seats(shape, plan, float(z) + (low_front - low_back) * 0.28, foot)
    pillars = np.array([high_front, 0.0, high_back]), np.array([low_front, 0.0, low_back])
    middle = dice.between(0.42, 0.58)
    pillars[0][1] = high_front + (high_back - high_front) * middle
    pillars[1][1] = low_front + (low_back - low_front) * middle
    thick = dice.between(0.05, 0.09)
    for upper, lower in zip(*pillars, strict=True):
        start = (wide_low * 0.49, foot, lower * 0.985)
        end = (wide_high * 0.485, foot + (plan.height - foot) * 0.94, upper * 0.985)
        shape.add("body", *pair(beam(start, end, thick)))
    crown = ring(
        wide_high * 0.82,
        (high_front - high_back) * 0.86,
        (0.0, plan.height, (high_front + high_back) / 2),
        1,
        0.22,
        20,
    )
    shape.add("roof", loft([level(0.97, -0.01), level(1.0, -0.01), crown]))
    _on_roof(shape, dice, plan, wide_high, high_front, high_back)


def _seats(shape: Shape, plan: _Plan, z: float, y: float) -> None:
    """A row of two seats seen through open windows."""
    for x in (-plan.width * 0.2, plan.width * 0.2):
        shape.add(
            "body", box(0.45, 0.12, 0.45, (x, y - 0.02, z)), box(0.45, 0.5, 0.1, (x, y + 0.2, z - 0.22))
        )


def _on_roof(shape: Shape, dice: Dice, plan: _Plan, width: float, front: float, back: float) -> None:
    """Now and then a rack, a beacon bar or a taxi sign."""
    long, middle = front - back, (front + back) / 2
    if plan.height > 1.6 and dice.chance(0.3):
        rails = box(0.04, 0.05, long * 0.8, (width * 0.38, plan.height + 0.04, middle))
        bars = [
            box(width * 0.8, 0.03, 0.05, (0.0, plan.height + 0.05, middle + long * s)) for s in (-0.25, 0.25)
        ]
        shape.add("roof", *pair(rails), *bars)
        shape.say("a rack of bars on the roof")
    elif dice.chance(0.08):
        shape.add(
            "roof",
            box(width * dice.between(0.3, 0.9), 0.12, 0.22, (0.0, plan.height + 0.05, middle + long * 0.1)),
        )
        shape.say("a small box on the roof")


def _trim(shape: Shape, dice: Dice, plan: _Plan) -> None:
    """The hood's plate, lamps, bumpers, mirrors and door lines."""
    front = plan.length / 2
    screen = front - plan.hood * plan.length
    z = np.linspace(screen + 0.02, front - 0.035 * plan.length, 6)
    across = np.linspace(-0.85, 0.85, 7)
    lift = 0.012 + 0.03 * dice.between(0, 1) * (1 - across**2)
    half, top = plan.half_width(z), plan.top(z)
    points = np.stack(
        [
            half[:, None] * across,
            top[:, None] + lift + 0.02 * (1 - np.abs(across)),
            np.repeat(z[:, None], 7, axis=1),
        ],
        axis=-1,
    )
    shape.add("hood", grid(points))
    lamp_y = float(plan.top(np.array([front - 0.03 * plan.length]))[0]) * 0.86
    x = float(plan.half_width(np.array([front]))[0])
    size = plan.width * dice.between(0.08, 0.14)
    lamp = superellipsoid(
        size * dice.between(1.0, 2.0), size, 0.1, dice.between(0.3, 1.0), (x * 0.78, lamp_y, front - 0.02), 6
    )
    shape.add("body", *pair(lamp, box(size, size * 0.8, 0.05, (x * 0.8, plan.belt_height * 0.8, -front))))
    shape.add(
        "body",
        box(x * dice.between(0.7, 1.1), size * dice.between(0.6, 1.2), 0.04, (0.0, lamp_y * 0.85, front)),
    )
    if dice.chance(0.6):
        for end in (-front, front):
            shape.add(
                "body",
                superellipsoid(
                    2 * x * 0.98, plan.belt_height * 0.18, 0.2, 0.4, (0.0, plan.clearance * 1.5, end), 6
                ),
            )
    if dice.chance(0.75):
        side = plan.width * 0.5
        shape.add(
            "body",
            *pair(
                superellipsoid(0.2, 0.13, 0.1, 0.7, (side + 0.07, plan.belt_height + 0.06, screen - 0.3), 6)
            ),
        )
    if dice.chance(0.5):
        shape.add(
            "body",
            *pair(box(0.02, 0.025, plan.length * 0.3, (plan.width * 0.512, plan.belt_height * 0.78, 0.0))),
        )


def _spoiler(shape: Shape, dice: Dice, plan: _Plan) -> None:
    """A wing on two posts over the tail."""
    z, y = -plan.length * 0.46, float(plan.top(np.array([-plan.length * 0.47]))[0])
    high = dice.between(0.1, 0.35)
    shape.add("body", box(plan.width * 0.85, 0.04, 0.25, (0.0, y + high, z)))
    shape.add("body", *pair(box(0.05, high, 0.15, (plan.width * 0.3, y + high / 2, z))))
    shape.say("a wing on the tail")


def _family(dice: Dice, style: str) -> _Plan:
    """The plan of an everyday closed car."""
    b = dice.between
    size = {
        "sedan": (b(4.2, 5.3), b(1.68, 1.95), b(1.35, 1.55)),
        "hatchback": (b(3.0, 4.3), b(1.55, 1.85), b(1.4, 1.6)),
        "estate": (b(4.3, 5.0), b(1.7, 1.9), b(1.42, 1.6)),
        "suv": (b(3.9, 5.1), b(1.75, 2.05), b(1.62, 1.95)),
        "jeep": (b(3.4, 4.6), b(1.6, 1.95), b(1.7, 2.05)),
        "van": (b(4.3, 6.2), b(1.75, 2.1), b(1.8, 2.6)),
        "sports": (b(3.9, 4.8), b(1.75, 2.05), b(1.08, 1.35)),
        "coupe": (b(4.2, 4.9), b(1.7, 1.95), b(1.25, 1.42)),
    }[style]
    shape_of = {
        "sedan": (
            b(0.26, 0.33),
            b(0.12, 0.2),
            b(0.6, 0.85),
            b(0.85, 0.97),
            b(0.9, 1.02),
            b(0.58, 0.68),
            b(0.9, 1.7),
            b(0.8, 1.6),
        ),
        "hatchback": (
            b(0.2, 0.28),
            b(0.01, 0.05),
            b(0.65, 0.85),
            b(0.88, 1.0),
            b(0.9, 1.0),
            b(0.56, 0.66),
            b(0.7, 1.4),
            b(0.2, 0.9),
        ),
        "estate": (
            b(0.25, 0.31),
            b(0.01, 0.03),
            b(0.65, 0.85),
            b(0.88, 0.98),
            b(0.95, 1.0),
            b(0.57, 0.66),
            b(0.8, 1.5),
            b(0.1, 0.6),
        ),
        "suv": (
            b(0.23, 0.31),
            b(0.01, 0.04),
            b(0.75, 0.92),
            b(0.92, 1.0),
            b(0.95, 1.0),
            b(0.56, 0.66),
            b(0.5, 1.1),
            b(0.1, 0.7),
        ),
        "jeep": (
            b(0.28, 0.36),
            b(0.01, 0.03),
            b(0.88, 0.98),
            b(0.95, 1.0),
            b(0.97, 1.0),
            b(0.55, 0.62),
            b(0.1, 0.35),
            b(0.0, 0.15),
        ),
        "van": (
            b(0.06, 0.2),
            b(0.0, 0.02),
            b(0.55, 0.8),
            b(0.85, 1.0),
            b(0.97, 1.0),
            b(0.48, 0.6),
            b(0.3, 0.9),
            b(0.0, 0.12),
        ),
        "sports": (
            b(0.2, 0.36),
            b(0.08, 0.22),
            b(0.45, 0.65),
            b(0.75, 0.95),
            b(0.9, 1.1),
            b(0.58, 0.7),
            b(1.4, 2.4),
            b(1.2, 2.6),
        ),
        "coupe": (
            b(0.3, 0.38),
            b(0.1, 0.18),
            b(0.6, 0.8),
            b(0.85, 0.97),
            b(0.9, 1.0),
            b(0.6, 0.7),
            b(1.0, 1.7),
            b(1.3, 2.4),
        ),
    }[style]
    high = style in ("suv", "jeep")
    return _Plan(
        *size,
        *shape_of,
        clearance=b(0.25, 0.4) if high else b(0.1, 0.2),
        wheel_radius=b(0.34, 0.44) if high else b(0.27, 0.36),
        corner=b(0.0, 0.25) if style in ("jeep", "van") else b(0.3, 1.0),
        doors=2 if style in ("sports", "coupe", "jeep") else 4,
    )


PHRASES = {
    "sedan": ("a cabin in the middle between hood and trunk", "three boxes in a row"),
    "hatchback": ("a short body with a steep back", "a small rounded cabin"),
    "estate": ("a long flat roof reaching to the back",),
    "suv": ("a high body with large wheels", "a long roof reaching to the back"),
    "jeep": ("a boxy body with an upright windscreen", "a spare wheel at the back"),
    "van": ("a tall box with a short nose", "a long flat roof"),
    "sports": ("a low wide body shaped like a wedge", "a strongly slanted windscreen"),
    "coupe": ("a long hood and a sloping back",),
}


def _closed(shape: Shape, dice: Dice) -> None:
    style = dice.pick(
        "sedan", "sedan", "sedan", "hatchback", "estate", "suv", "jeep", "van", "sports", "sports", "coupe"
    )
    plan = _family(dice, style)
    shape.add("body", _shell(plan))
    _cabin(shape, dice, plan, glazed=dice.chance(0.7) or plan.height < 1.3)
    _trim(shape, dice, plan)
    _wheels(shape, dice, plan)
    shape.say(*PHRASES[style])
    if style in ("sports", "coupe", "sedan") and dice.chance({"sports": 0.45}.get(style, 0.12)):
        _spoiler(shape, dice, plan)
    if style == "jeep":
        spare = wheel(dice.rng, plan.wheel_radius * 0.95, 0.22, segments=16)
        shape.add(
            "body",
            *(
                mesh.rotated_deg(y=90).moved(0.0, plan.belt_height * 0.9, -plan.length / 2 - 0.13)
                for mesh in spare
            ),
        )


def _pickup(shape: Shape, dice: Dice) -> None:
    b = dice.between
    plan = _Plan(
        b(4.6, 5.9),
        b(1.7, 2.05),
        b(1.65, 1.95),
        b(0.25, 0.31),
        b(0.34, 0.47),
        b(0.75, 0.9),
        b(0.92, 1.0),
        0.55,
        b(0.55, 0.62),
        b(0.5, 1.0),
        b(0.0, 0.3),
        b(0.22, 0.4),
        b(0.34, 0.43),
        b(0.1, 0.35),
    )
    shape.add("body", _bed_shell(plan))
    _cabin(shape, dice, plan, glazed=dice.chance(0.75))
    _trim(shape, dice, plan)
    _wheels(shape, dice, plan)
    shape.say("an open cargo bed behind the cabin", "a short cabin")


def _bed_shell(plan: _Plan) -> Mesh:
    """A shell that is low behind the cabin, plus three walls around the bed."""
    back, long = -plan.length / 2, plan.deck * plan.length
    shell = _shell(plan)
    vertices = shell.vertices.copy()
    floor = plan.clearance + 0.5 * (plan.belt_height - plan.clearance)
    bed = (vertices[:, 2] < back + long - 0.05) & (np.abs(vertices[:, 0]) < plan.width * 0.44)
    vertices[bed, 1] = np.minimum(vertices[bed, 1], floor)
    tall = plan.belt_height - floor
    sides = pair(box(0.07, tall, long, (plan.width * 0.47, floor + tall / 2, back + long / 2)))
    gate = box(plan.width * 0.9, tall, 0.07, (0.0, floor + tall / 2, back + 0.05))
    meshes = [Mesh(vertices, shell.faces), *sides, gate]
    offsets = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    faces = [mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=True)]
    return Mesh(np.concatenate([mesh.vertices for mesh in meshes]), np.concatenate(faces))


def _convertible(shape: Shape, dice: Dice) -> None:
    plan = _family(dice, dice.pick("sports", "coupe", "sedan"))
    shape.add("body", _shell(plan))
    _trim(shape, dice, plan)
    _wheels(shape, dice, plan)
    y, screen = plan.belt_height, plan.length * (0.5 - plan.hood)
    tall, wide = min(plan.height - y, 0.5), plan.width * 0.8
    lean = tall * dice.between(0.5, 1.2)
    corners = [
        (-wide / 2, y, screen),
        (wide / 2, y, screen),
        (wide * 0.44, y + tall, screen - lean),
        (-wide * 0.44, y + tall, screen - lean),
    ]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        shape.add("body", beam(start, end, 0.05))
    rows = 2 if plan.length > 4.5 else 1
    for k in range(rows):
        _seats(shape, plan, screen - lean - 0.75 - 0.85 * k, y)
    steering = (
        torus(0.18, 0.015, segments=14)
        .rotated_deg(x=60)
        .moved(-plan.width * 0.2, y + 0.1, screen - lean * 0.6 - 0.3)
    )
    shape.add("body", steering)
    if dice.chance(0.3):
        _spoiler(shape, dice, plan)
    shape.say("open top without a roof", "seats in the open")


def _vintage(shape: Shape, dice: Dice) -> None:
    b = dice.between
    length, width, height = b(3.2, 4.9), b(1.5, 1.85), b(1.5, 1.9)
    radius = b(0.33, 0.42)
    plan = _Plan(
        length,
        width * 0.72,
        height,
        b(0.33, 0.45),
        b(0.02, 0.1),
        b(0.85, 0.95),
        b(0.9, 1.0),
        b(0.7, 1.0),
        b(0.52, 0.6),
        b(0.05, 0.35),
        b(0.0, 0.5),
        b(0.25, 0.35),
        radius,
        b(0.1, 0.6),
    )
    shape.add("body", _shell(plan))
    _cabin(shape, dice, plan, glazed=dice.chance(0.6))
    _trim(shape, dice, plan)
    broad = width * 0.16
    arch = np.deg2rad(np.linspace(-15, 195, 14))
    for axle in (plan.front_axle, plan.rear_axle):
        rings = []
        for angle in arch:
            out = radius * 1.22
            y, z = radius + out * np.sin(angle), axle + out * np.cos(angle)
            # The cross-section follows the curve, so that the fender has the same depth everywhere.
            inner = 0.82
            rings.append(
                np.array(
                    [
                        [-broad / 2, y, z],
                        [broad / 2, y, z],
                        [broad / 2, radius + (y - radius) * inner, axle + (z - axle) * inner],
                        [-broad / 2, radius + (y - radius) * inner, axle + (z - axle) * inner],
                    ]
                )
            )
        shape.add("body", *pair(loft(rings).moved(x=width * 0.5 - broad / 2)))
    _wheels(shape, dice, plan, radius, out=width * 0.14)
    step = plan.front_axle - plan.rear_axle - 2.2 * radius
    shape.add(
        "body",
        *pair(
            box(
                broad,
                0.05,
                max(step, 0.2),
                (width * 0.42, radius * 0.9, (plan.front_axle + plan.rear_axle) / 2),
            )
        ),
    )
    shape.add(
        "body", *pair(sphere(b(0.1, 0.16), (width * 0.28, plan.belt_height * 0.9, length * 0.5 - 0.15), 8))
    )
    shape.say(
        "curved fenders standing free over the wheels", "two round lamps in front", "a tall upright cabin"
    )


def _racer(shape: Shape, dice: Dice) -> None:
    b = dice.between
    length, width, radius = b(3.4, 5.2), b(1.5, 2.0), b(0.28, 0.36)
    front, core = length / 2, width * b(0.22, 0.36)
    stations = [
        (1.0, 0.25, 0.3),
        (0.5, 0.6, 0.7),
        (0.1, 1.0, 1.0),
        (-0.3, 1.0, 1.05),
        (-0.75, 0.6, 0.8),
        (-0.95, 0.4, 0.5),
    ]
    tall = b(0.4, 0.55)
    shape.add(
        "body",
        loft(
            [
                ring(core * w, tall * h, (0.0, 0.12 + tall * h / 2, front * s), roundness=0.6)
                for s, w, h in stations
            ]
        ),
    )
    cowl = blade(
        (0.0, 0.1 + tall * 0.5, front * 0.9),
        (0.0, 0.12 + tall, front * 0.25),
        length * 0.1,
        length * 0.2,
        1.0,
        0,
    )
    shape.add(
        "hood",
        cowl,
        superellipsoid(core * 0.6, tall * 0.3, length * 0.3, 0.8, (0.0, tall * 0.85, front * 0.45), 8),
    )
    shape.add(
        "body", superellipsoid(core * 0.4, tall * 1.0, length * 0.3, 0.8, (0.0, tall * 1.1, -front * 0.45), 8)
    )
    if dice.chance(0.6):
        shape.add(
            "body",
            *pair(
                superellipsoid(
                    width * 0.22, tall * 0.8, length * 0.34, 0.5, (core * 0.6, tall * 0.55, -front * 0.2), 8
                )
            ),
        )
    shape.add("body", torus(0.16, 0.02, segments=12).rotated_deg(x=70).moved(0.0, tall + 0.15, front * 0.12))
    one = wheel(dice.rng, radius, radius * b(0.7, 1.2), 0.55, 0 if dice.chance(0.5) else 6, 16)
    for z in (front * 0.68, -front * 0.68):
        shape.add("wheel", *pair(*(mesh.moved(width / 2 - radius * 0.4, radius, z) for mesh in one)))
        shape.add(
            "body", *pair(rod((core * 0.2, tall * 0.6, z), (width / 2 - radius * 0.4, radius, z), 0.025, 6))
        )
        shape.add(
            "body",
            *pair(rod((core * 0.2, tall * 0.4, z - 0.3), (width / 2 - radius * 0.4, radius, z), 0.025, 6)),
        )
    if dice.chance(0.8):
        shape.add(
            "body",
            box(width * 0.95, 0.03, 0.35, (0.0, 0.14, front * 0.98)),
            box(width * 0.7, 0.04, 0.32, (0.0, b(0.75, 1.0), -front * 0.95)),
        )
        shape.add("body", *pair(box(0.03, 0.8, 0.4, (width * 0.35, 0.65, -front * 0.93))))
        shape.say("flat wings in front and at the back")
    if dice.chance(0.4):
        shape.add(
            "roof",
            torus(core * 0.4, 0.03, segments=14, arc_deg=180)
            .rotated_deg(x=-90)
            .moved(0.0, tall + 0.05, -front * 0.1),
        )
    shape.say("four open wheels beside a slim body", "an open seat in the middle")


@shape_class(
    "car", parts=("roof", "hood", "wheel", "body"), synonyms=("automobile", "motor car", "passenger car")
)
def car(shape: Shape, rng: Random) -> None:
    """Closed cars of eight kinds, pickups, convertibles, vintage cars with free fenders, and racers."""
    makers = (_closed, _pickup, _convertible, _vintage, _racer)
    makers[int(rng.choice(len(makers), p=(0.66, 0.09, 0.1, 0.08, 0.07)))](shape, Dice(rng))
    set_down(shape)
