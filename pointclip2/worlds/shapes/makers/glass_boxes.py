"""Make boxes of glass: tanks, display cases, plain hollow cuboids."""

import numpy as np

from pointclip2.worlds.shapes.makers.turned import say_proportion
from pointclip2.worlds.shapes.mesh import Mesh, beam, box, sphere
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _open_box(x: float, y: float, z: float, wall: float, sides: str, low: float = 0.0) -> list[Mesh]:
    """Return panes of a box from its lower level; ``sides``: b(ottom) t(op) l(eft) r(ight) f(ront) (bac)k."""
    panes = {
        "b": box(x, wall, z, (0, low + wall / 2, 0)),
        "t": box(x, wall, z, (0, low + y - wall / 2, 0)),
        "l": box(wall, y, z, (-x / 2 + wall / 2, low + y / 2, 0)),
        "r": box(wall, y, z, (x / 2 - wall / 2, low + y / 2, 0)),
        "f": box(x - 2 * wall, y, wall, (0, low + y / 2, z / 2 - wall / 2)),
        "k": box(x - 2 * wall, y, wall, (0, low + y / 2, -z / 2 + wall / 2)),
    }
    return [panes[side] for side in sides]


@shape_class(
    "glass box",
    parts=("wall", "bottom", "lid", "frame", "foot", "shelf"),
    synonyms=("aquarium", "display case", "showcase", "glass tank"),
)
def glass_box(shape: Shape, rng: Random) -> None:
    """Make a glass box: plain cuboids, open tanks, cases with frame, lid, shelves, feet, plinth, divisions."""
    u = rng.uniform
    x = u(0.15, 1.4)
    y = x * float(np.exp(rng.normal(-0.2, 0.6)))
    z = x * float(np.exp(rng.normal(-0.35, 0.45)))
    y = min(y, 2.2)
    small = min(x, y, z)
    wall = small * u(0.006, 0.06)
    style = str(
        rng.choice(
            ["plain", "tank", "tank", "case", "framed", "framed", "plinth", "lidded", "nested", "solid"]
        )
    )
    low = 0.0
    if style == "plinth" or rng.random() < 0.1:
        low = y * u(0.05, 0.6)
        out = u(0.95, 1.12)
        shape.add("bottom", box(x * out, low, z * out, (0, low / 2, 0)))
        shape.say("on a solid block" if low > 0.2 * y else "on a flat base plate")
    elif rng.random() < 0.15:
        low = y * u(0.03, 0.5)
        width = small * u(0.04, 0.12)
        for sx in (-1, 1):
            for sz in (-1, 1):
                place = (sx * (x / 2 - width / 2), low / 2, sz * (z / 2 - width / 2))
                shape.add("foot", box(width, low, width, place))
        shape.say("four legs" if low > 0.2 * y else "four short feet")
    missing = "f" if rng.random() < 0.06 else ""
    sides = "".join(side for side in "lrfk" if side not in missing)
    shape.add("bottom", *_open_box(x, y, z, wall, "b", low))
    if style == "solid":
        shape.meshes, shape.mesh_parts = [], []
        low = 0.0
        shape.attributes.clear()
        shape.add("wall", box(x, y, z, (0, y / 2, 0)))
        shape.say("closed box with six flat faces")
    else:
        shape.add("wall", *_open_box(x, y, z, wall, sides, low))
        covered = style in ("plain", "case", "plinth", "nested") or (style == "framed" and rng.random() < 0.6)
        if covered:
            shape.add("lid", *_open_box(x, y, z, wall, "t", low))
        if style == "lidded":
            over, thick = u(1.0, 1.08), y * u(0.02, 0.15)
            lid = box(x * over, thick, z * over, (0, low + y + thick / 2, 0))
            if rng.random() < 0.3:
                lid = (
                    lid.moved(y=-low - y, z=z * over / 2)
                    .rotated_deg(x=-u(20, 100))
                    .moved(y=low + y, z=-z * over / 2)
                )
                shape.say("lid tilted open")
            else:
                shape.say("flat lid on top")
            shape.add("lid", lid)
            if rng.random() < 0.4:
                shape.add("lid", sphere(small * 0.06, (0, low + y + thick, 0), 8))
        elif not covered:
            shape.say("open at the top")
        shape.say("hollow with thin walls" if wall < 0.03 * small else "hollow with thick walls")
        if missing:
            shape.say("open in front")
        if covered and not missing:
            shape.say("closed on all sides")
    if style == "framed":
        width = small * u(0.02, 0.09)
        corners = [(sx * x / 2, sz * z / 2) for sx, sz in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        for (ax, az), (bx, bz) in zip(corners, corners[1:] + corners[:1], strict=True):
            shape.add("frame", beam((ax, low, az), (ax, low + y, az), width))
            for level in (low, low + y):
                shape.add("frame", beam((ax, level, az), (bx, level, bz), width))
        shape.say("bars along all edges")
    elif style in ("tank", "case") and rng.random() < 0.4:
        band = y * u(0.02, 0.08)
        for level in (low + band / 2, low + y - band / 2):
            for side in _open_box(x * 1.01, band, z * 1.01, wall * 1.5, "lrfk", level - band / 2):
                shape.add("frame", side)
        shape.say("a band around the top and bottom edges")
    if style in ("case", "framed", "plinth") and rng.random() < 0.35:
        shelves = int(rng.integers(1, 4))
        for shelf in range(shelves):
            at = low + y * (shelf + 1) / (shelves + 1)
            shape.add("shelf", box(x - 2 * wall, max(wall, 0.004), z - 2 * wall, (0, at, 0)))
        shape.say("one shelf inside" if shelves == 1 else f"{shelves} shelves inside")
    elif style in ("tank", "nested", "lidded") and rng.random() < 0.25:
        walls = int(rng.integers(1, 4))
        for index in range(walls):
            at = x * ((index + 1) / (walls + 1) - 0.5)
            shape.add(
                "shelf", box(max(wall, 0.004), y * u(0.6, 1.0), z - 2 * wall).moved(x=at, y=low + y * 0.5)
            )
        shape.say("divided inside by upright walls")
    if style == "nested":
        inner = u(0.5, 0.92)
        shape.add(
            "wall",
            *[
                mesh.scaled(inner, inner, inner).moved(y=low + wall)
                for mesh in _open_box(x, y, z, wall, "btlrfk")
            ],
        )
        shape.say("a smaller box inside")
    shape.say("cube-shaped" if max(x, y, z) < 1.3 * small else say_proportion(y, max(x, z), "box"))
    del shape.attributes[6:]
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
