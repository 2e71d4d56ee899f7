"""Make monitors: the screen faces +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down, step, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    loft,
    rod,
    sheet,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _stand(shape: Shape, dice: Dice, width: float, low: float, z: float) -> None:
    """Add a foot and a neck under a panel whose lower edge is at height ``low``."""
    kind = dice.pick("round", "plate", "plate", "vee", "hoop", "feet", "arm")
    neck_top = low + dice.between(0.05, 0.2)
    if kind == "feet":
        for x in (-width * 0.36, width * 0.36):
            for dz in (-1, 1):
                shape.add(
                    "base",
                    rod(
                        (x, low + 0.01, z),
                        (x + 0.02 * np.sign(x), 0.006, z + dz * dice.between(0.08, 0.14)),
                        0.008,
                        6,
                    ),
                )
        shape.say("two spread feet")
        return
    if kind == "hoop":
        path = [
            (-width * 0.2, 0.008, z + 0.12),
            (-width * 0.2, 0.008, z - 0.06),
            (-width * 0.14, neck_top, z - 0.05),
            (width * 0.14, neck_top, z - 0.05),
            (width * 0.2, 0.008, z - 0.06),
            (width * 0.2, 0.008, z + 0.12),
        ]
        shape.add("base", tube(path, 0.009, 7))
        shape.say("a bent tube as a foot")
        return
    thick = dice.between(0.006, 0.025)
    if kind == "vee":
        for side in (-1, 1):
            shape.add(
                "base",
                rod(
                    (0, thick, z - 0.06),
                    (side * width * dice.between(0.25, 0.4), 0.008, z + dice.between(0.1, 0.16)),
                    0.011,
                    6,
                ),
            )
        shape.say("a foot like the letter V")
    elif kind == "round":
        radius = width * dice.between(0.18, 0.3)
        shape.add(
            "base",
            lathe(
                [
                    (0.0, 0.0),
                    (radius, 0.0),
                    (radius, thick * 0.5),
                    (radius * 0.4, thick * 1.4),
                    (0.0, thick * 1.6),
                ],
                24,
            )
            .scaled(z=dice.between(0.6, 1.0))
            .moved(z=z - 0.01),
        )
        shape.say("a round foot")
    else:
        wide, deep = width * dice.between(0.25, 0.6), dice.between(0.14, 0.24)
        shape.add("base", superellipsoid(wide, thick, deep, dice.between(0.1, 0.5), (0.0, thick / 2, z), 8))
        shape.say("a flat rectangular foot")
    back = z - 0.05
    if kind == "arm":
        shape.add(
            "stand",
            rod((0, 0, back), (0, neck_top * 0.6, back - 0.05), 0.016),
            rod((0, neck_top * 0.6, back - 0.05), (0, neck_top, z - 0.03), 0.016),
        )
    elif dice.chance(0.4):
        shape.add(
            "stand",
            cylinder(
                dice.between(0.015, 0.035), neck_top, dice.between(0.015, 0.03), (0.0, neck_top / 2, back)
            ),
        )
    else:
        neck = box(dice.between(0.03, 0.14), neck_top, dice.between(0.012, 0.05)).rotated_deg(
            x=dice.between(-4, 12)
        )
        shape.add("stand", neck.moved(y=neck_top / 2, z=back))
    shape.add("stand", box(0.1, 0.1, 0.06, (0.0, neck_top + 0.02, z - 0.03)))


def _panel(dice: Dice, width: float, tall: float, thick: float, bend: float) -> tuple[list[Mesh], list[Mesh]]:
    """Return frame meshes and the screen of a flat panel, lower edge at y = 0, glass towards +z at z = 0."""
    bezel = dice.between(0.005, 0.035)
    chin = bezel * (dice.between(1.0, 3.0) if dice.chance(0.5) else 1.0)
    bow = bend * np.linspace(-1, 1, 15) ** 2
    glass_tall = tall - bezel - chin
    glass = sheet(width - 2 * bezel, glass_tall, np.tile(bow, (2, 1)), 0.004).moved(y=chin, z=-0.004)
    bars = [
        box(width, bezel, thick, (0, tall - bezel / 2, -thick / 2)),
        box(width, chin, thick, (0, chin / 2, -thick / 2)),
    ]
    if bend:
        bars = [
            sheet(width, high, np.tile(bow, (2, 1)), thick).moved(y=y, z=-thick / 2)
            for high, y in ((bezel, tall - bezel), (chin, 0.0))
        ]
    side = box(bezel, tall, thick, (width / 2 - bezel / 2, tall / 2, -thick / 2 + bend))
    shell = sheet(width, tall, np.tile(bow, (2, 1)), 0.004).moved(z=-thick)
    hump = superellipsoid(
        width * dice.between(0.4, 0.85),
        tall * dice.between(0.4, 0.8),
        thick * dice.between(0.8, 2.5),
        0.4,
        (0, tall / 2, -thick),
        8,
    )
    return [*bars, *pair(side), shell, *([hump] if dice.chance(0.6) else [])], [glass]


def _tube_monitor(shape: Shape, dice: Dice) -> None:
    width = dice.between(0.3, 0.52)
    tall, deep = width * dice.between(0.78, 0.95), width * dice.between(0.75, 1.1)
    low = dice.between(0.0, 0.09)
    frame = width * dice.between(0.05, 0.1)
    collar = dice.between(0.05, 0.12)
    y = low + tall / 2
    rings = [
        ring(width * w, tall * h, (0.0, y + dy * tall, z), roundness=0.25, count=24)
        for w, h, dy, z in (
            (1.0, 1.0, 0.0, 0.0),
            (1.0, 1.0, 0.0, -collar),
            (0.93, 0.92, -0.01, -collar - 0.01),
            (0.7, 0.68, -0.05, -deep * 0.75),
            (dice.between(0.4, 0.6), dice.between(0.4, 0.55), -0.08, -deep),
        )
    ]
    opening = ring(
        width - 2 * frame, tall - 2.2 * frame, (0.0, y + frame * 0.2, 0.0), roundness=0.25, count=24
    )
    inner = opening + step(z=-0.025)
    shape.add("frame", loft([inner, opening, *rings]))
    grid_y, grid_x = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 11), indexing="ij")
    relief = 0.012 - 0.018 * (grid_x**2 + grid_y**2) * 0.5
    shape.add(
        "screen",
        sheet(width - 2 * frame, tall - 2.2 * frame, relief).moved(
            y=y + frame * 0.2 - tall / 2 + 1.1 * frame, z=-0.01
        ),
    )
    for k in range(dice.whole(0, 4)):
        shape.add(
            "frame",
            cylinder(0.007, 0.01, segments=8)
            .rotated_deg(x=90)
            .moved((k - 1.5) * 0.04, low + frame * 0.5, 0.003),
        )
    turn(shape, x_deg=-dice.between(0, 8) if low > 0.04 else 0.0)
    if low > 0.02:
        radius = width * dice.between(0.28, 0.4)
        shape.add(
            "base",
            lathe(
                [(0.0, 0.0), (radius, 0.0), (radius, 0.015), (radius * 0.6, low + 0.02), (0.0, low + 0.04)],
                20,
            ).moved(z=-deep * 0.4),
        )
        shape.say("a swivel foot")
    shape.say("a deep thick box", "a bulging screen")


_STYLES = (
    *("flat",) * 4,
    *("television",) * 3,
    *("wall", "curved", "dual", "portrait", "touch"),
    *("tube",) * 2,
)


@shape_class(
    "monitor",
    parts=("screen", "frame", "stand", "base"),
    synonyms=("computer screen", "display", "display screen"),
)
def monitor(shape: Shape, rng: Random) -> None:
    """Make a monitor: flat panels on many stands, wide and curved, portrait, several side by side, and deep tubes."""
    dice = Dice(rng)
    style = dice.pick(*_STYLES)
    if style == "tube":
        _tube_monitor(shape, dice)
        set_down(shape)
        return
    width = dice.between(0.7, 1.2) if style == "curved" else dice.between(0.34, 0.75)
    tall = width * (dice.between(0.38, 0.55) if style == "curved" else dice.between(0.54, 0.82))
    if style in ("television", "wall"):
        width = dice.between(0.8, 1.7)
        tall = width * dice.between(0.54, 0.64)
        shape.say("a large television screen")
    if style == "portrait":
        width, tall = tall, width
        shape.say("a screen taller than wide")
    low = 0.01 if style == "touch" else dice.between(0.02, 0.12 if style == "television" else 0.18)
    thick = dice.between(0.01, 0.07)
    bend = dice.between(0.03, 0.1) if style == "curved" else 0.0
    lean = -{
        "touch": dice.between(12, 40),
        "television": dice.between(-1, 3),
        "wall": dice.between(-12, 2),
    }.get(style, dice.between(-2, 14))
    count = 1 if style != "dual" else dice.whole(2, 3)
    toe = dice.between(0, 25) if count > 1 else dice.between(-2, 2)
    for k in range(count):
        place = k - (count - 1) / 2
        frame, glass = _panel(dice, width, tall, thick, bend)
        for part, meshes in (("frame", frame), ("screen", glass)):
            for mesh in meshes:
                set_ = mesh.rotated_deg(x=lean).rotated_deg(y=-place * toe)
                shape.add(
                    part,
                    set_.moved(
                        place * (width * 1.02), low, abs(place) * width * 0.2 * np.sin(np.deg2rad(toe))
                    ),
                )
    across = width * count
    if style == "wall":
        middle = low + tall / 2
        shape.add("base", box(width * 0.25, tall * 0.4, 0.015, (0, middle, -thick - dice.between(0.06, 0.2))))
        shape.add("stand", box(width * 0.15, tall * 0.3, 0.1, (0, middle, -thick - 0.05)))
        shape.say("an arm behind it to hang on a wall")
    elif style == "touch":
        shape.add("stand", box(width * 0.4, 0.02, tall * 0.55, (0.0, 0.01, -tall * 0.3)))
        shape.add(
            "stand",
            rod(
                (0.0, 0.02, -tall * 0.5),
                (0.0, tall * 0.5, -tall * 0.45 * np.tan(np.deg2rad(-lean)) - 0.01),
                0.02,
            ),
        )
        shape.say("leaning far back on a support")
    elif count > 1 and dice.chance(0.5):
        post = low + tall * 0.5
        shape.add(
            "stand",
            rod((0, 0, -0.1), (0, post + 0.05, -0.1), 0.018),
            rod((-across * 0.36, post, -0.1), (across * 0.36, post, -0.1), 0.015),
        )
        shape.add(
            "stand",
            *(
                box(0.08, 0.08, 0.1, ((k - (count - 1) / 2) * width * 0.95, post, -0.06))
                for k in range(count)
            ),
        )
        shape.add("base", box(0.3, 0.02, 0.25, (0.0, 0.01, -0.06)))
    else:
        for k in range(count):
            before = len(shape.meshes)
            said = len(shape.attributes)
            _stand(shape, dice, width if style != "portrait" else tall, low, -thick * 0.5)
            shape.meshes[before:] = [
                mesh.moved(x=(k - (count - 1) / 2) * width * 1.02) for mesh in shape.meshes[before:]
            ]
            if k:
                del shape.attributes[said:]
    if count > 1:
        shape.say(f"{({2: 'two', 3: 'three'})[count]} screens side by side")
    elif style == "curved":
        shape.say("a very wide curved screen")
    else:
        shape.say(
            "a flat thin panel" if thick < 0.035 else "a thick panel",
            "a wide screen"
            if width > 1.4 * tall
            else "a nearly square screen"
            if width > tall
            else "a narrow screen",
        )
    shape.say("tilted back a little" if lean < -5 else "standing straight up")
    if count == 1 and dice.chance(0.12):
        shape.add("frame", *pair(box(0.05, tall * 0.8, 0.05, (width / 2 + 0.025, low + tall / 2, -0.03))))
        shape.say("bars at both sides of the screen")
    set_down(shape)
