"""Make flower pots and plants: the pot and what grows in it."""

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import blossom, directions, placed
from pointclip2.worlds.shapes.makers.growths import GROWERS, broad, bush, cactus, tree, vine
from pointclip2.worlds.shapes.makers.turned import curve, fluted, hollow, radius_at, rings, squared
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _pot(shape: Shape, rng: Random, width: float, height: float) -> float:
    """Add a pot standing on y = 0 and say its form; return the height of the soil."""
    u = rng.uniform
    radius = width / 2
    kind = str(
        rng.choice(["tapered", "tapered", "tapered", "rimmed", "cylinder", "round", "urn", "cube", "trough"])
    )
    thick = radius * u(0.04, 0.12)
    soil = height * u(0.75, 0.95)
    if kind in ("cube", "trough"):
        deep = radius if kind == "cube" else radius * u(0.3, 0.5)
        foot = u(0.7, 1.0)
        power = u(8, 30)
        outer = [(0.0, 0.0, 0.0), (radius * foot, deep * foot, 0.0), (radius, deep, height)]
        inner = [
            (radius - thick, deep - thick, height),
            (radius - thick, deep - thick, soil),
            (0.0, 0.0, soil),
        ]
        shape.add("pot", rings([(x, z, y, power, 0.0, 0.0) for x, z, y in outer + inner]))
        shape.say("square box pot" if kind == "cube" else "long box planter")
        return soil
    if kind in ("tapered", "rimmed"):
        foot = radius * u(0.5, 0.85)
        profile = [(foot, 0.0), (radius * 0.95, height * 0.8), (radius, height)]
        if kind == "rimmed" or rng.random() < 0.4:
            band = u(0.72, 0.88) * height
            inset = foot + (radius * 0.9 - foot) * band / height
            profile = [(foot, 0.0), (inset, band), (radius, band), (radius * u(0.98, 1.05), height)]
            shape.say("thick band around the rim")
        shape.say("pot tapering down to a smaller bottom")
    elif kind == "cylinder":
        profile = [(radius * 0.97, 0.0), (radius, height)]
        shape.say("straight cylinder pot")
    elif kind == "round":
        profile = curve(
            [(radius * u(0.4, 0.7), 0), (radius, height * u(0.4, 0.65)), (radius * u(0.65, 0.9), height)]
        )
        shape.say("round bulging pot")
    else:
        profile = curve(
            [
                (radius * u(0.5, 0.7), 0),
                (radius * 0.25, height * 0.2),
                (radius * 0.8, height * 0.55),
                (radius, height),
            ]
        )
        shape.say("urn-shaped pot on a narrow foot")
    pot = hollow(profile, thick, segments=32)
    if rng.random() < 0.12:
        pot = squared(pot, u(3, 10))
        shape.say("square with soft corners")
    elif rng.random() < 0.1:
        pot = fluted(pot, int(rng.integers(6, 14)), u(0.02, 0.05))
        shape.say("ribbed wall")
    lift = 0.0
    if rng.random() < 0.25:
        plate = profile[0][0] * u(1.15, 1.6)
        lift = height * 0.03
        rim = height * u(0.06, 0.15)
        shape.add(
            "saucer",
            lathe(
                [
                    (0.0, 0.0),
                    (plate * 0.9, 0.0),
                    (plate, rim),
                    (plate * 0.95, rim),
                    (plate * 0.85, lift),
                    (0.0, lift),
                ],
                28,
            ),
        )
        shape.say("standing on a saucer")
    shape.add("pot", pot.moved(y=lift))
    if rng.random() < 0.85:
        level = radius_at(profile, soil)
        shape.add(
            "soil", lathe([(max(level - thick, 0.01), soil + lift), (0.0, soil * u(0.98, 1.04) + lift)], 20)
        )
    return soil + lift


def _above_ground(mesh: Mesh) -> Mesh:
    """Lift leaves that would hang below the floor, so that they lie on it."""
    vertices = mesh.vertices.copy()
    vertices[:, 1] = np.maximum(vertices[:, 1], 0.002)
    return Mesh(vertices, mesh.faces)


@shape_class(
    "flower pot",
    parts=("pot", "saucer", "soil", "leaf", "stem", "flower", "hanger"),
    synonyms=("planter", "flowerpot", "planting tub"),
)
def flower_pot(shape: Shape, rng: Random) -> None:
    """Make a flower pot: tapered, round, square and long, empty or planted, some hanging from cords or on legs."""
    u = rng.uniform
    width = u(0.12, 0.5)
    height = width * u(0.45, 1.4)
    soil = _pot(shape, rng, width, height)
    if rng.random() < 0.75:
        grow = GROWERS[int(rng.integers(len(GROWERS)))]
        growth, phrase = grow(rng, soil, width * u(0.7, 1.7), height * u(0.5, 2.2))
        for part, mesh in growth:
            shape.add(part, _above_ground(mesh))
        shape.say(f"planted with {phrase}")
    else:
        shape.say("empty pot" if rng.random() < 0.5 else "nothing planted in it")
    extra = rng.random()
    if extra < 0.06:
        peak = height + width * u(1.0, 2.0)
        for angle in (30, 150, 270):
            at = np.deg2rad(angle)
            rim = (0.48 * width * np.cos(at), height, 0.48 * width * np.sin(at))
            shape.add("hanger", rod(rim, (0, peak, 0), width * 0.012, 5))
        shape.add("hanger", torus(width * 0.06, width * 0.012, segments=12).rotated_deg(x=90).moved(y=peak))
        shape.say("hanging from three cords")
    elif extra < 0.12:
        legs = height * u(0.2, 0.8)
        shape.meshes = [mesh.moved(y=legs) for mesh in shape.meshes]
        splay = u(0.3, 0.5) * width
        for angle in (0, 120, 240) if rng.random() < 0.5 else (45, 135, 225, 315):
            at = np.deg2rad(angle)
            top = (0.25 * width * np.cos(at), legs * 1.05, 0.25 * width * np.sin(at))
            shape.add("hanger", rod((splay * np.cos(at), 0, splay * np.sin(at)), top, width * 0.02, 6))
        shape.say("on a stand with thin legs")
    del shape.attributes[6:]
    shape.say(*(["low wide pot"] if height < 0.65 * width else []) if len(shape.attributes) < 6 else [])


@shape_class(
    "plant",
    parts=("leaf", "stem", "pot", "saucer", "soil", "flower"),
    synonyms=("houseplant", "potted greenery", "shrub"),
)
def plant(shape: Shape, rng: Random) -> None:
    """Make a plant: bushes, sword leaves, palms, ferns, cacti, trees, succulents, flowers, vines, mostly in a pot."""
    u = rng.uniform
    tall = float(rng.choice([u(0.15, 0.5), u(0.4, 1.2), u(1.0, 2.2)]))
    width = tall * u(0.35, 1.0)
    root = 0.0
    if rng.random() < 0.72:
        pot_width = width * u(0.25, 0.75)
        root = _pot(shape, rng, pot_width, pot_width * u(0.5, 1.2))
        del shape.attributes[2:]
    else:
        shape.say("without a pot")
    grow = GROWERS[int(rng.integers(len(GROWERS)))]
    if root == 0.0 and grow is vine:
        grow = bush
    growth, phrase = grow(rng, root, width, tall)
    for part, mesh in growth:
        shape.add(part, _above_ground(mesh))
    if rng.random() < 0.12 and grow in (bush, tree, broad, cactus):
        flower = blossom(rng, 0.1 * tall)
        count = int(rng.integers(3, 20))
        anchors = growth[-1][1].vertices
        spots = anchors[rng.integers(len(anchors), size=count)]
        ways = directions(rng, count, 0, 80)
        shape.add("flower", _above_ground(placed(flower, spots, ways, rng.uniform(0.7, 1.3, count))))
        shape.say("small flowers on it")
    if root == 0.0 and rng.random() < 0.3:
        shape.add("soil", cylinder(width * 0.25, 0.03 * tall, centre=(0, 0.015 * tall, 0)))
    elif root == 0.0 and rng.random() < 0.1:
        shape.add("soil", box(width * 0.5, 0.02 * tall, width * 0.5, (0, 0.01 * tall, 0)))
    shape.say(phrase, "tall plant" if tall > 1.2 * width else "plant about as wide as tall")
