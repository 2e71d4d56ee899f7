"""Make boxes of glass: tanks with what lives in them, display cases with what they show, plain hollow cuboids."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import say_proportion
from pointclip2.worlds.shapes.mesh import Mesh, beam, box, cylinder, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Size = tuple[float, float, float]


def _open_box(size: Size, wall: float, sides: str, low: float = 0.0) -> list[Mesh]:
    """Return panes of a box from its lower level; ``sides``: b(ottom) t(op) l(eft) r(ight) f(ront) (bac)k."""
    x, y, z = size
    panes = {
        "b": box(x, wall, z, (0, low + wall / 2, 0)),
        "t": box(x, wall, z, (0, low + y - wall / 2, 0)),
        "l": box(wall, y, z, (-x / 2 + wall / 2, low + y / 2, 0)),
        "r": box(wall, y, z, (x / 2 - wall / 2, low + y / 2, 0)),
        "f": box(x - 2 * wall, y, wall, (0, low + y / 2, z / 2 - wall / 2)),
        "k": box(x - 2 * wall, y, wall, (0, low + y / 2, -z / 2 + wall / 2)),
    }
    return [panes[side] for side in sides]


def _bars(size: Size, width: float, low: float) -> list[Mesh]:
    """Return bars along the twelve edges."""
    x, y, z = size[0] / 2, size[1], size[2] / 2
    corners = [(-x, -z), (x, -z), (x, z), (-x, z)]
    meshes = [beam((a, low, c), (a, low + y, c), width) for a, c in corners]
    for (a, c), (b, d) in zip(corners, corners[1:] + corners[:1], strict=True):
        meshes += [beam((a, level, c), (b, level, d), width) for level in (low, low + y)]
    return meshes


def _scape(shape: Shape, rng: Random, size: Size, low: float) -> None:
    """Add sand, stones and plants on the floor of a tank."""
    u = rng.uniform
    x, y, z = size
    deep = y * u(0.03, 0.2)
    shape.add("bottom", box(x * 0.98, deep, z * 0.96, (0, low + deep / 2, 0)))
    for _ in range(int(rng.integers(0, 6))):
        wide = min(x, y, z) * u(0.12, 0.4)
        stone = superellipsoid(wide * u(1, 1.6), wide, wide, u(0.5, 1.0), detail=6)
        shape.add("bottom", stone.moved(x * u(-0.38, 0.38), low + deep + wide * 0.3, z * u(-0.28, 0.28)))
    plants = int(rng.integers(0, 9))
    for _ in range(plants):
        foot = np.array([x * u(-0.42, 0.42), low + deep, z * u(-0.35, 0.35)])
        share = np.linspace(0, 1, 6)[:, None]
        for _ in range(int(rng.integers(2, 6))):
            sway = np.array([x * u(-0.08, 0.08), y * u(0.25, 0.7), z * u(-0.1, 0.1)])
            stem = foot + share * sway + share**2 * [x * u(-0.05, 0.05), 0, 0]
            shape.add("bottom", tube(stem, y * u(0.012, 0.03) * np.array([1, 1.5, 1.5, 1.2, 0.8, 0.2]), 5))
    shape.say("sand, stones and plants inside" if plants else "sand and stones inside")


def _goods(shape: Shape, rng: Random, size: Size, low: float, number: int) -> None:
    """Add things that are shown side by side on a floor or shelf."""
    x, y, z = size
    for k in range(number):
        high = min(y * float(rng.uniform(0.25, 0.8)), 1.5 * z, 1.2 * x / number)
        at, wide = ((k + 0.5) / number - 0.5) * x * 0.92, high * float(rng.uniform(0.35, 0.9))
        things = (
            box(wide, high, wide, (at, low + high / 2, 0)),
            sphere(high / 2, (at, low + high / 2, 0), 8),
            cylinder(wide / 2, high, wide * 0.3, (at, low + high / 2, 0), 12),
            cylinder(wide * 0.2, high, wide * 0.5, (at, low + high / 2, 0), 12),
        )
        shape.add("shelf", pick(rng, things))


def _panes(shape: Shape, rng: Random, size: Size, low: float) -> None:
    """Close a case with glass. A scanner mostly looks through it, and what is seen is what stands inside."""
    if chance(rng, 0.35):
        wall = min(size) * float(rng.uniform(0.004, 0.02))
        shape.add("wall", *_open_box(size, wall, "lrfk", low))
        shape.add("lid", *_open_box(size, wall, "t", low))
        shape.say("closed on all sides")
    elif chance(rng, 0.4):
        shape.add("wall", *_open_box(size, 0.01, pick(rng, ("k", "lr", "lrk")), low))
        shape.add("lid", *_open_box(size, 0.01, "t", low))
        shape.say("clear in front")
    else:
        shape.say("clear on all sides")


def _tank(shape: Shape, rng: Random) -> Size:
    u = rng.uniform
    x = u(0.3, 1.5)
    size, low = (x, x * u(0.35, 0.85), x * u(0.28, 0.6)), 0.0
    if chance(rng, 0.2):
        low = size[1] * u(0.5, 1.6)
        shape.add("foot", *_open_box((x * 1.05, low, size[2] * 1.08), 0.02, "tblrfk"))
        shape.say("standing on a cabinet")
    wall = min(size) * u(0.004, 0.03)
    shape.add("bottom", *_open_box(size, wall, "b", low))
    if chance(rng, 0.8):
        shape.add("wall", *_open_box(size, wall, "lrfk", low))
    else:
        shape.add("frame", *_bars(size, min(size) * u(0.02, 0.07), low))
        shape.say("clear on all sides")
    if chance(rng, 0.8):
        _scape(shape, rng, size, low + wall)
    else:
        shape.say("empty")
    if chance(rng, 0.4):
        band = size[1] * u(0.03, 0.1)
        for level in (low, low + size[1] - band):
            wider = (x * 1.02, band, size[2] * 1.03)
            shape.add("frame", *_open_box(wider, wall * 1.5, "lrfk", level))
        shape.say("a band around the top and bottom edges")
    if chance(rng, 0.35):
        high = size[1] * u(0.06, 0.22)
        shape.add("lid", box(x * 1.02, high * 0.5, size[2] * 1.03, (0, low + size[1] + high / 4, 0)))
        shape.add("lid", box(x * u(0.5, 1.0), high, size[2] * 0.4, (0, low + size[1] + high / 2, 0)))
        shape.say("a raised cover with lamps on top")
    else:
        shape.say("open at the top")
    return size


def _case(shape: Shape, rng: Random) -> Size:
    """Add a display case with bars, shelves and things on them."""
    u = rng.uniform
    tall = chance(rng, 0.6)
    x, z = u(0.35, 1.2), u(0.3, 0.6)
    size, low = (x, u(1.1, 1.9) if tall else u(0.3, 0.7), z), u(0.05, 0.5) if tall else u(0.0, 0.6)
    if low > 0.05 and chance(rng, 0.5):
        shape.add("bottom", box(x, low, z, (0, low / 2, 0)))
        shape.say("on a solid block" if low > 0.2 * size[1] else "on a flat base plate")
    elif low > 0.05:
        feet = [(i * (x / 2 - 0.02), low / 2, k * (z / 2 - 0.02)) for i in (-1, 1) for k in (-1, 1)]
        shape.add("foot", *(box(0.04, low, 0.04, foot) for foot in feet))
        shape.say("four legs" if low > 0.2 * size[1] else "four short feet")
    else:
        low = 0.0
    shape.add("bottom", box(x, 0.02, z, (0, low + 0.01, 0)))
    shape.add("frame", *_bars(size, u(0.015, 0.05), low))
    shape.say("bars along all edges")
    _panes(shape, rng, size, low)
    levels = int(rng.integers(2, 6)) if tall else int(rng.integers(1, 3))
    held = chance(rng, 0.75)
    for k in range(levels):
        at, high = low + size[1] * k / levels + 0.02, size[1] / levels - 0.03
        if k:
            shape.add("shelf", box(x * 0.96, 0.01, z * 0.94, (0, at - 0.005, 0)))
        if held:
            _goods(shape, rng, (x * 0.9, high, z * 0.8), at, int(rng.integers(1, 5)))
    if levels > 1:
        shape.say(counted(levels - 1, "shelf inside", "shelves inside"))
    shape.say("things on show inside" if held else "empty")
    return size


def _museum(shape: Shape, rng: Random) -> Size:
    """Add a glass cube on a block, with one thing inside; or a counter whose upper part is of glass."""
    u = rng.uniform
    counter = chance(rng, 0.4)
    x = u(1.0, 2.0) if counter else u(0.35, 0.8)
    size = (x, u(0.25, 0.5), u(0.45, 0.65)) if counter else (x, x * u(0.7, 1.4), x * u(0.8, 1.0))
    low = u(0.3, 0.65) if counter else u(0.3, 1.0)
    shape.add("bottom", box(x * u(1.0, 1.15), low, size[2] * u(1.0, 1.15), (0, low / 2, 0)))
    shape.add("frame", *_bars(size, min(size) * u(0.02, 0.08), low))
    _panes(shape, rng, size, low)
    _goods(
        shape, rng, (x * 0.85, size[1] * 0.95, size[2] * 0.7), low, int(rng.integers(2, 6)) if counter else 1
    )
    shape.say("on a solid block", "things on show inside" if counter else "one thing on show inside")
    return size


def _plain(shape: Shape, rng: Random) -> Size:
    """Add a hollow cuboid that shows its inside: open above or in front, or its lid tilted."""
    u = rng.uniform
    x = u(0.15, 1.2)
    size = (x, x * float(np.exp(rng.normal(-0.2, 0.5))), x * float(np.exp(rng.normal(-0.35, 0.4))))
    small = min(size)
    wall = small * u(0.005, 0.05)
    way = pick(rng, ("above", "above", "above", "in front", "in front", "lid", "closed"))
    shape.add("bottom", *_open_box(size, wall, "b"))
    shape.add("wall", *_open_box(size, wall, "lrk" if way == "in front" else "lrfk"))
    if way == "lid":
        lid = box(x, wall * 1.5, size[2], (0, 0, size[2] / 2)).rotated_deg(x=-u(20, 100))
        shape.add("lid", lid.moved(y=size[1], z=-size[2] / 2))
        shape.say("lid tilted open")
    elif way != "above":
        shape.add("lid", *_open_box(size, wall, "t"))
    shape.say({"above": "open at the top", "in front": "open in front"}.get(way, "six flat faces"))
    if chance(rng, 0.5) or way == "closed":
        shape.add("frame", *_bars(size, small * u(0.03, 0.1), 0.0))
        shape.say("bars along all edges")
    if chance(rng, 0.4):
        walls = int(rng.integers(1, 4))
        for index in range(walls):
            inner = box(wall, size[1] * u(0.6, 0.95), size[2] - 2 * wall)
            shape.add("shelf", inner.moved(x=x * ((index + 1) / (walls + 1) - 0.5), y=size[1] * 0.48))
        shape.say("divided inside by upright walls")
    shape.say("hollow with thin walls" if wall < 0.03 * small else "hollow with thick walls")
    return size


@shape_class(
    "glass box",
    parts=("wall", "bottom", "lid", "frame", "foot", "shelf"),
    synonyms=("aquarium", "display case", "showcase", "glass tank"),
)
def glass_box(shape: Shape, rng: Random) -> None:
    """Make a glass box: tanks, display cases, glass on a block, plain hollow cuboids."""
    make = pick(
        rng, (_tank, _tank, _tank, _tank, _case, _case, _case, _museum, _museum, _plain, _plain, _plain)
    )
    x, y, z = make(shape, rng)
    shape.say("cube-shaped" if max(x, y, z) < 1.3 * min(x, y, z) else say_proportion(y, max(x, z), "box"))
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
