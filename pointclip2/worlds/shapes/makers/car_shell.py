"""Make the parts of cars: the shell with its wheel arches, wheels, cabin and trim."""

from dataclasses import dataclass, replace

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, wheel
from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    beam,
    box,
    grid,
    loft,
    merge,
    superellipsoid,
)
from pointclip2.worlds.shapes.shape import Shape

TOY = "short and high like a toy"


@dataclass(frozen=True)
class Plan:
    """Describes what sets one car apart, in metres; z runs from the front (+length / 2) to the back (-length / 2)."""

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
        """Return the height of the lower shell's upper edge along z."""
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


def squeezed(shape: Shape, dice: Dice, plan: Plan) -> Plan:
    """Return the plan, or now and then that of a toy or a cartoon: short, high, on large wheels."""
    if dice.chance(0.8):
        return plan
    shape.say(TOY)
    wheel_radius = plan.wheel_radius * dice.between(1.0, 1.3)
    length = max(plan.length * dice.between(0.65, 0.88), 6.5 * wheel_radius)
    return replace(
        plan, length=length, height=plan.height * dice.between(1.05, 1.3), wheel_radius=wheel_radius
    )


def shell(plan: Plan) -> tuple[Mesh, Mesh]:
    """Return the body below the belt line, with arches cut over the wheels, and the hood, which is cut out of it."""
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
    whole = loft(list(np.concatenate([right, left], axis=1)))
    along = whole.vertices[whole.faces][..., 2].mean(axis=1)
    # The upper side lies between the sixth and the ninth corner of each section.
    upper = np.isin(np.arange(len(whole.faces)) % 14, (5, 6, 7))
    hood = upper & (along > front - plan.hood * plan.length) & (along < front - 0.02 * plan.length)
    return Mesh(whole.vertices, whole.faces[~hood]), Mesh(whole.vertices, whole.faces[hood])


def wheels(shape: Shape, dice: Dice, plan: Plan, radius: float | None = None, out: float = 0.0) -> None:
    """Add four wheels under the arches."""
    radius = plan.wheel_radius if radius is None else radius
    broad = radius * dice.between(0.5, 0.75)
    spokes = 0 if dice.chance(0.4) else dice.whole(4, 10)
    one = wheel(dice.rng, radius, broad, dice.between(0.55, 0.78), spokes, 18)
    for axle in (plan.front_axle, plan.rear_axle):
        half = float(plan.half_width(np.array([axle]))[0]) + out - broad * 0.45
        shape.add("wheel", *pair(*(mesh.moved(half, radius, axle) for mesh in one)))
    shape.say("four wheels with spokes" if spokes else "four round wheels")


def cabin(shape: Shape, dice: Dice, plan: Plan, glazed: bool) -> None:
    """Add pillars, glass set back a little from them, and the roof."""
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
        # Open above: a lid just below the roof would be taken for it.
        glass = np.stack([level(0.0, 0.025), level(0.5, 0.03), level(1.0, 0.025)])
        shape.add("body", grid(glass, wrap_columns=True))
    else:
        for z in np.linspace(
            low_front, low_back, 3 if plan.doors == 4 else 2 + int(low_front - low_back > 2.2)
        )[1:]:
            seats(shape, plan.width, float(z) + (low_front - low_back) * 0.28, foot)
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


def seats(shape: Shape, width: float, z: float, y: float) -> None:
    """Add a row of two seats seen through open windows."""
    for x in (-width * 0.2, width * 0.2):
        shape.add(
            "body", box(0.45, 0.12, 0.45, (x, y - 0.02, z)), box(0.45, 0.5, 0.1, (x, y + 0.2, z - 0.22))
        )


def _on_roof(shape: Shape, dice: Dice, plan: Plan, width: float, front: float, back: float) -> None:
    """Add a rack, a beacon bar or a taxi sign, now and then."""
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


def trim(shape: Shape, dice: Dice, plan: Plan) -> None:
    """Add lamps, bumpers, mirrors and door lines."""
    front = plan.length / 2
    screen = front - plan.hood * plan.length
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


def spoiler(shape: Shape, dice: Dice, plan: Plan) -> None:
    """Add a wing on two posts over the tail."""
    z, y = -plan.length * 0.46, float(plan.top(np.array([-plan.length * 0.47]))[0])
    high = dice.between(0.1, 0.35)
    shape.add("body", box(plan.width * 0.85, 0.04, 0.25, (0.0, y + high, z)))
    shape.add("body", *pair(box(0.05, high, 0.15, (plan.width * 0.3, y + high / 2, z))))
    shape.say("a wing on the tail")


def bed_shell(plan: Plan) -> tuple[Mesh, Mesh]:
    """Return a shell that is low behind the cabin, with three walls around the bed, and the hood."""
    back, long = -plan.length / 2, plan.deck * plan.length
    whole, hood = shell(plan)
    vertices = whole.vertices.copy()
    floor = plan.clearance + 0.5 * (plan.belt_height - plan.clearance)
    bed = (vertices[:, 2] < back + long - 0.05) & (np.abs(vertices[:, 0]) < plan.width * 0.44)
    vertices[bed, 1] = np.minimum(vertices[bed, 1], floor)
    tall = plan.belt_height - floor
    sides = pair(box(0.07, tall, long, (plan.width * 0.47, floor + tall / 2, back + long / 2)))
    gate = box(plan.width * 0.9, tall, 0.07, (0.0, floor + tall / 2, back + 0.05))
    return merge([Mesh(vertices, whole.faces), *sides, gate]), hood
