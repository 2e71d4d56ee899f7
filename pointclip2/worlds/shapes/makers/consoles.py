"""Make the xbox: console boxes that stand or lie, with or without a controller; the front is at +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, ring, set_down, step
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    lathe,
    loft,
    merge,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _vents(dice: Dice, along: float, across: float, count: int) -> Mesh:
    """Return raised bars on a plane y = 0."""
    pitch = along / count
    return merge(
        [box(pitch * 0.45, 0.003, across, ((k + 0.5) * pitch - along / 2, 0.0, 0.0)) for k in range(count)]
    )


def _controller(dice: Dice) -> list[tuple[str, Mesh]]:
    """Return a two-handed controller lying near the origin, about 15 cm wide."""
    scale = dice.between(0.9, 1.15)
    stations = np.linspace(-1, 1, 13)
    rings = []
    for s in stations:
        # Two hanging grips: the sides reach further back (towards the player) than the middle.
        deep = 0.062 + 0.03 * np.exp(-(((abs(s) - 0.78) / 0.22) ** 2)) - 0.05 * max(abs(s) - 0.85, 0) / 0.15
        back = 0.022 * np.exp(-(((abs(s) - 0.8) / 0.25) ** 2))
        tall = 0.036 * (1 - 0.55 * abs(s) ** 6)
        outline = ring(deep, tall, (0.0, 0.02, 0.0), roundness=0.8)
        rings.append(np.column_stack([np.full(len(outline), 0.075 * s), outline[:, 1], outline[:, 0] + back]))
    pieces = [("controller", loft(rings))]
    for x, z in ((-0.042, -0.008), (0.024, 0.014)):
        pieces.append(("controller", cylinder(0.005, 0.014, centre=(x, 0.042, z), segments=8)))
        pieces.append(("controller", cylinder(0.009, 0.004, 0.008, (x, 0.05, z), 12)))
    for k in range(4):
        x, z = 0.045 + 0.012 * np.cos(k * np.pi / 2), -0.008 + 0.012 * np.sin(k * np.pi / 2)
        pieces.append(("button", superellipsoid(0.009, 0.008, 0.009, 1.0, (x, 0.038, z), 5)))
    pieces += [
        ("button", box(0.026, 0.006, 0.008, (-0.022, 0.038, 0.014))),
        ("button", box(0.008, 0.006, 0.026, (-0.022, 0.038, 0.014))),
    ]
    pieces += [
        ("button", mesh) for mesh in pair(superellipsoid(0.03, 0.012, 0.018, 0.7, (0.045, 0.034, -0.035), 6))
    ]
    return [(part, mesh.scaled(scale, scale, scale)) for part, mesh in pieces]


def _front(shape: Shape, dice: Dice, width: float, tall: float, deep: float, y: float) -> None:
    """Add slot, buttons and sockets on the front of a lying box."""
    z = deep / 2
    side = 1.0 if dice.chance(0.5) else -1.0
    if dice.chance(0.85):
        shape.add(
            "disc slot",
            box(
                width * dice.between(0.35, 0.5),
                tall * dice.between(0.05, 0.25),
                0.004,
                (-side * width * 0.15, y + tall * dice.between(0.1, 0.3), z),
            ),
        )
        shape.say("a long slot in front")
    radius = tall * dice.between(0.12, 0.22)
    shape.add(
        "button",
        cylinder(radius, 0.006, segments=14)
        .rotated_deg(x=90)
        .moved(side * width * dice.between(0.35, 0.42), y, z),
    )
    for k in range(dice.whole(0, 4)):
        shape.add("button", box(0.014, min(tall * 0.2, 0.012), 0.004, ((k - 1.5) * 0.03, y - tall * 0.28, z)))


def _first(shape: Shape, dice: Dice) -> None:
    width, tall, deep = dice.between(0.29, 0.34), dice.between(0.085, 0.11), dice.between(0.24, 0.29)
    y = tall / 2
    shape.add("console", superellipsoid(width, tall, deep, dice.between(0.08, 0.2), (0.0, y, 0.0), 10))
    for angle in (45, 135, 225, 315):
        path = np.array([[0.02, 0.0], [0.5, 0.0]]) * min(width, deep) * 1.15
        bar = [
            (path[0, 0], tall, 0.0),
            ((path[0, 0] + path[1, 0]) / 2, tall + 0.004, 0.0),
            (path[1, 0], tall, 0.0),
        ]
        shape.add(
            "console",
            tube(bar, [0.03, 0.02, 0.03], 6)
            .scaled(y=0.35)
            .moved(y=tall * 0.65)
            .rotated_deg(y=angle)
            .scaled(x=width / deep),
        )
    shape.add("console", lathe([(0.045, 0.0), (0.04, 0.014), (0.0, 0.018)], 20).moved(y=tall - 0.002))
    for k in range(4):
        shape.add(
            "button",
            cylinder(0.012, 0.006, segments=10).rotated_deg(x=90).moved((k - 1.5) * 0.05, y * 0.6, deep / 2),
        )
    shape.add("disc slot", box(width * 0.45, tall * 0.22, 0.006, (0.0, tall * 0.72, deep / 2)))
    shape.say("a large cross on the top", "a heavy flat box")


def _waisted(shape: Shape, dice: Dice) -> None:
    """Add a console of the second generation: sides that bend inwards; standing or lying."""
    long, thick, deep = dice.between(0.27, 0.31), dice.between(0.075, 0.085), dice.between(0.24, 0.27)
    waist = dice.between(0.06, 0.16)
    upright = dice.chance(0.35)
    rings = []
    for s in np.linspace(-1, 1, 11):
        squeeze = 1 - waist * (1 - s**2)
        outline = ring(
            thick * squeeze, deep * (1 - 0.4 * waist * (1 - s**2)), axis=1, roundness=0.2, count=20
        )
        rings.append(outline + step(y=(s + 1) * long / 2))
    meshes: list[tuple[str, Mesh]] = [("console", loft(rings))]
    face = deep / 2 * (1 - 0.4 * waist)
    meshes.append(("disc slot", box(thick * 0.3, long * 0.5, 0.012, (0.01, long * 0.6, face))))
    meshes.append(
        ("button", cylinder(0.014, 0.012, segments=16).rotated_deg(x=90).moved(0.0, long * 0.2, face + 0.002))
    )
    meshes.append(
        ("button", torus(0.018, 0.003, segments=16).rotated_deg(x=90).moved(0.0, long * 0.2, face + 0.006))
    )
    for end in (0.08, 0.92):
        grille = _vents(dice, deep * 0.7, thick * 0.8, dice.whole(6, 12)).rotated_deg(y=90)
        meshes.append(("vent", grille.moved(y=long * (1.0 if end > 0.5 else 0.0))))
    if dice.chance(0.4):
        meshes.append(("console", box(0.02, long * 0.35, deep * 0.8, (thick * 0.5, long * 0.78, 0.0))))
    for part, mesh in meshes:
        shape.add(part, mesh if upright else mesh.moved(y=-long / 2).rotated_deg(z=90))
    shape.say("sides curved inwards", "standing upright" if upright else "lying flat")


def _slab(shape: Shape, dice: Dice) -> None:
    width, tall, deep = dice.between(0.27, 0.36), dice.between(0.055, 0.09), dice.between(0.21, 0.29)
    two = dice.chance(0.5)
    y = tall / 2
    meshes: list[tuple[str, Mesh]] = []
    if two:
        split = dice.between(0.4, 0.6)
        meshes.append(("console", box(width, tall * split - 0.002, deep, (0.0, tall * split / 2, 0.0))))
        meshes.append(
            (
                "console",
                box(width * 0.99, tall * (1 - split), deep * 0.99, (0.0, tall * (1 + split) / 2, 0.0)),
            )
        )
    else:
        meshes.append(
            ("console", superellipsoid(width, tall, deep, dice.between(0.06, 0.2), (0.0, y, 0.0), 10))
        )
    pick = dice.pick("half", "round", "all", "none")
    if pick == "half":
        meshes.append(
            ("vent", _vents(dice, width * 0.46, deep * 0.9, dice.whole(8, 14)).moved(width * 0.25, tall, 0.0))
        )
        shape.say("narrow ribs on half of the top")
    elif pick == "round":
        radius = deep * dice.between(0.3, 0.42)
        disc = [
            lathe([(radius * k / 5, 0.0), (radius * k / 5, 0.004), (radius * (k + 0.5) / 5, 0.004)], 20)
            for k in range(5)
        ]
        meshes += [("vent", mesh.moved(width * 0.2, tall - 0.002, 0.0)) for mesh in disc]
        shape.say("a large round grille on the top")
    elif pick == "all":
        meshes.append(("vent", _vents(dice, width * 0.9, deep * 0.9, dice.whole(12, 24)).moved(y=tall)))
        shape.say("ribs all over the top")
    flat = Shape(shape.part_names)
    _front(flat, dice, width, tall, deep, y)
    meshes += [
        (shape.part_names[part], mesh) for part, mesh in zip(flat.mesh_parts, flat.meshes, strict=True)
    ]
    upright = dice.chance(0.35)
    for part, mesh in meshes:
        shape.add(part, mesh.moved(y=-y).rotated_deg(z=90).moved(y=width / 2) if upright else mesh)
    if upright and dice.chance(0.6):
        shape.add("foot", superellipsoid(tall * 1.6, 0.012, deep * 0.8, 0.3, (0.0, 0.0, 0.0), 7))
    elif not upright:
        foot = cylinder(0.012, 0.008, segments=8)
        shape.add(
            "foot",
            *pair(
                foot.moved(width * 0.4, -0.003, deep * 0.38), foot.moved(width * 0.4, -0.003, -deep * 0.38)
            ),
        )
    shape.say(*flat.attributes, "a flat slab standing on its side" if upright else "a flat wide box")


def _tower(shape: Shape, dice: Dice) -> None:
    side, tall = dice.between(0.14, 0.17), dice.between(0.28, 0.32)
    shape.add("console", superellipsoid(side, tall, side, dice.between(0.05, 0.12), (0.0, tall / 2, 0.0), 10))
    dish = lathe([(side * 0.46, 0.004), (side * 0.42, -0.002), (0.0, -0.014)], 24).moved(y=tall)
    shape.add("vent", dish)
    count = dice.whole(3, 5)
    for k in range(count):
        for j in range(count):
            x, z = ((np.array([k, j]) + 0.5) / count - 0.5) * side * 0.8
            if np.hypot(x, z) < side * 0.42:
                shape.add("vent", torus(side * 0.3 / count, 0.0015, (float(x), tall, float(z)), 8))
    shape.add("disc slot", box(0.006, tall * 0.4, 0.003, (-side * 0.28, tall * 0.35, side / 2)))
    shape.add(
        "button",
        cylinder(0.009, 0.005, segments=14).rotated_deg(x=90).moved(-side * 0.3, tall * 0.93, side / 2),
    )
    shape.add("button", box(0.012, 0.006, 0.003, (side * 0.32, tall * 0.12, side / 2)))
    shape.add("foot", cylinder(side * 0.42, 0.01, segments=20))
    shape.say("a tall square tower", "a round grille on the top")


@shape_class(
    "xbox",
    parts=("console", "vent", "disc slot", "button", "foot", "controller"),
    synonyms=("game console", "video game console"),
)
def xbox(shape: Shape, rng: Random) -> None:
    """Make an xbox: four generations of boxes, standing or lying, some with a controller beside or in front."""
    dice = Dice(rng)
    makers = (_first, _waisted, _slab, _tower)
    makers[int(rng.choice(4, p=(0.25, 0.35, 0.25, 0.15)))](shape, dice)
    set_down(shape)
    # Alone a console is little more than a flat box; its controller is what tells it from a mattress or a hood.
    if dice.chance(0.6):
        reach = max(float(mesh.high[2]) for mesh in shape.meshes)
        across = max(float(mesh.high[0]) for mesh in shape.meshes)
        pieces = _controller(dice)
        lowest = min(float(mesh.low[1]) for _, mesh in pieces)
        beside = dice.chance(0.4)
        spot = (
            (across + 0.12, -lowest, 0.0)
            if beside
            else (dice.between(-0.1, 0.1), -lowest, reach + dice.between(0.08, 0.15))
        )
        turned = dice.between(-30, 30)
        cable = dice.chance(0.3)
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(y=turned).moved(*spot))
        if cable:
            shape.add(
                "controller", rod((spot[0], 0.015, spot[2] - 0.03), (0.0, 0.02, reach - 0.01), 0.0025, 5)
            )
        shape.say(
            "a small controller with two grips beside it"
            if beside
            else "a small controller with two grips in front"
        )
    else:
        shape.say("no controller")
