"""Make shapes without a name, of one to four primitives, and sentences that say just that.

They teach geometry words apart from any class: a text tower that has read "two balls joined by a thin bar"
beside such shapes can tell a thing that it has never seen by its description. Solids and arrangements are
drawn independently and evenly; none is a recipe for a class that is kept unseen.
"""

from collections.abc import Callable

import numpy as np

from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, sphere, superellipsoid, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")
ANGLES_DEG = (0.0, 0.0, 0.0, 90.0, 30.0, 45.0, 60.0)

Solid = tuple[str, Mesh, tuple[str, ...]]
"""Kind, surface (around the origin, upright), and phrases without article that all say what it is."""


def _ball(rng: Random) -> Solid:
    radius = rng.uniform(0.2, 0.5)
    return "ball", sphere(radius), ("round ball", "ball", "sphere", "round solid")


def _egg(rng: Random) -> Solid:
    height, width = rng.uniform(0.7, 1.2), rng.uniform(0.3, 0.5)
    return "oval", superellipsoid(width, height, width), ("oval body", "egg-shaped body", "long rounded lump")


def _cube(rng: Random) -> Solid:
    side = rng.uniform(0.4, 0.8)
    x, y, z = side * rng.uniform(0.85, 1.15, 3)
    return "box", box(x, y, z), ("box", "cube", "block", "rectangular block", "square box")


def _long_box(rng: Random) -> Solid:
    return (
        "block",
        box(rng.uniform(0.25, 0.5), rng.uniform(0.9, 1.4), rng.uniform(0.25, 0.5)),
        ("tall block", "upright box", "square pillar", "long block"),
    )


def _column(rng: Random) -> Solid:
    return (
        "cylinder",
        cylinder(rng.uniform(0.15, 0.35), rng.uniform(0.7, 1.3)),
        ("cylinder", "round column", "thick cylinder", "round pillar"),
    )


def _rod(rng: Random) -> Solid:
    height, radius = rng.uniform(1.0, 1.7), rng.uniform(0.02, 0.06)
    return (
        "bar",
        cylinder(radius, height),
        ("thin bar", "thin rod", "slender shaft", "long straight stick", "thin pole"),
    )


def _cone(rng: Random) -> Solid:
    return (
        "cone",
        cylinder(rng.uniform(0.3, 0.5), rng.uniform(0.5, 1.1), 0.0),
        ("cone", "pointed cone", "cone with its point up", "tapering spike"),
    )


def _funnel(rng: Random) -> Solid:
    return (
        "funnel",
        cylinder(0.0, rng.uniform(0.5, 1.0), rng.uniform(0.3, 0.5)),
        ("cone standing on its tip", "upside-down cone", "funnel", "cone with its wide end up"),
    )


def _dome(rng: Random) -> Solid:
    radius, flat = rng.uniform(0.4, 0.7), rng.uniform(0.5, 1.0)
    angles = np.linspace(0, np.pi / 2, 9)
    profile = [(float(radius * np.cos(a)), float(radius * flat * (np.sin(a) - 0.5))) for a in angles]
    if rng.random() < 0.5:
        profile = [(0.0, profile[0][1]), *profile]
    return "dome", lathe(profile), ("dome", "half ball", "rounded cap", "shallow dome", "hemisphere")


def _shell(rng: Random) -> Solid:
    _, mesh, _ = _dome(rng)
    return (
        "shell",
        mesh.scaled(y=-1.0),
        ("hollow shell open at the top", "round hollow", "shallow oval hollow", "scoop"),
    )


def _disc(rng: Random) -> Solid:
    return (
        "disc",
        cylinder(rng.uniform(0.4, 0.7), rng.uniform(0.04, 0.14)),
        ("flat disc", "round plate", "disc", "flat round slab"),
    )


def _plate(rng: Random) -> Solid:
    return (
        "plate",
        box(rng.uniform(0.8, 1.3), rng.uniform(0.03, 0.12), rng.uniform(0.5, 1.0)),
        ("flat plate", "thin board", "flat rectangular slab", "deck"),
    )


def _panel(rng: Random) -> Solid:
    return (
        "panel",
        box(rng.uniform(0.6, 1.1), rng.uniform(0.7, 1.3), rng.uniform(0.03, 0.1)),
        ("upright panel", "thin wall", "flat upright rectangle", "upright blade"),
    )


def _ring(rng: Random) -> Solid:
    radius = rng.uniform(0.3, 0.6)
    mesh = torus(radius, rng.uniform(0.05, 0.25) * radius)
    return (
        "ring",
        mesh,
        ("ring", "round hoop", "circle", "round loop with a hole", "ring with an open middle"),
    )


def _wheel(rng: Random) -> Solid:
    radius, spokes = rng.uniform(0.4, 0.6), int(rng.integers(4, 10))
    parts = [torus(radius, 0.05)]
    for number in range(spokes):
        angle = 2 * np.pi * number / spokes
        end = radius * np.array([np.cos(angle), 0.0, np.sin(angle)])
        parts.append(tube(np.array([[0.0, 0.0, 0.0], end]), 0.015))
    mesh = _joined(parts).rotated_deg(x=90)
    return "wheel", mesh, ("wheel with spokes", "upright wheel", "open wheel", "circle with thin spokes")


def _tube(rng: Random) -> Solid:
    radius, height = rng.uniform(0.2, 0.45), rng.uniform(0.5, 1.2)
    wall = radius * rng.uniform(0.7, 0.9)
    profile = [(radius, -height / 2), (radius, height / 2), (wall, height / 2), (wall, -height / 2)]
    return (
        "tube",
        lathe([*profile, profile[0]]),
        ("hollow tube", "open pipe", "hollow cylinder", "round sleeve"),
    )


def _spiral(rng: Random) -> Solid:
    turns, radius, height = rng.uniform(2, 5), rng.uniform(0.2, 0.45), rng.uniform(0.5, 1.2)
    t = np.linspace(0, 1, int(20 * turns))
    path = np.stack(
        [radius * np.cos(2 * np.pi * turns * t), height * (t - 0.5), radius * np.sin(2 * np.pi * turns * t)],
        1,
    )
    return "spiral", tube(path, rng.uniform(0.02, 0.06)), ("spiral", "coil", "wound wire", "screw-like coil")


def _arch(rng: Random) -> Solid:
    mesh = torus(rng.uniform(0.4, 0.7), rng.uniform(0.04, 0.1), arc_deg=180.0).rotated_deg(x=-90)
    return "arch", mesh, ("arch", "half ring", "curved bow", "bow standing on both ends")


def _hook(rng: Random) -> Solid:
    radius, length = rng.uniform(0.12, 0.25), rng.uniform(0.6, 1.1)
    angles = np.linspace(0, np.pi, 10)
    curve = np.stack([radius * (np.cos(angles) - 1), -radius * np.sin(angles), 0 * angles], 1)
    path = np.concatenate([[[0, length, 0]], curve])
    return (
        "hook",
        tube(path - [0, length / 2, 0], rng.uniform(0.02, 0.05)),
        ("hook", "bar with a curved end", "stick that curls at one end", "cane"),
    )


def _pyramid(rng: Random) -> Solid:
    mesh = lathe([(0.0, -0.4), (rng.uniform(0.4, 0.6), -0.4), (0.0, rng.uniform(0.2, 0.6))], segments=4)
    return "pyramid", mesh.rotated_deg(y=45), ("pyramid", "four-sided point", "pyramid on a square base")


def _tower(rng: Random) -> Solid:
    mesh = cylinder(rng.uniform(0.3, 0.45), rng.uniform(1.0, 1.5), rng.uniform(0.12, 0.25))
    return "tower", mesh, ("tapered tower", "column that narrows upwards", "tall body narrowing to the top")


def _cross(rng: Random) -> Solid:
    length, width = rng.uniform(0.9, 1.4), rng.uniform(0.06, 0.2)
    mesh = _joined([box(length, width, 0.06), box(width, length, 0.06)]).rotated_deg(
        z=ANGLES_DEG[rng.choice([0, 5])]
    )
    return "cross", mesh, ("cross", "cross of two flat bars", "four blades in a cross", "X of thin boards")


SOLIDS: tuple[Callable[[Random], Solid], ...] = (
    _ball, _egg, _cube, _long_box, _column, _rod, _cone, _funnel, _dome, _shell, _disc, _plate, _panel, _ring,
    _wheel, _tube, _spiral, _arch, _hook, _pyramid, _tower, _cross,
)  # fmt: skip
KINDS = (
    "ball", "oval", "box", "block", "cylinder", "bar", "cone", "funnel", "dome", "shell", "disc", "plate",
    "panel", "ring", "wheel", "tube", "spiral", "arch", "hook", "pyramid", "tower", "cross",
)  # fmt: skip
FRAMES = (
    "{}.", "{}", "a thing made of {}.", "a depth map of {}.", "point cloud of {}.", "an object: {}.",
    "the shape is {}.", "a scan shows {}.", "seen from the side, {}.", "it consists of {}.", "in depth, {}.",
    "its outline is {}.", "{} in a depth map on white ground.", "basically {}.", "points of a scan form {}.",
)  # fmt: skip


def make_abstract(rng: Random) -> tuple[Shape, tuple[str, ...]]:
    """Make a composition and several sentences, all of them true of it. Its part names are `KINDS`."""
    shape = Shape(KINDS)
    arrange = ARRANGEMENTS[rng.integers(len(ARRANGEMENTS))]
    said = arrange(shape, rng)
    said = tuple(dict.fromkeys(phrase.strip() for phrase in said))
    shape.say(*said)
    return shape, said


def _solid(rng: Random, *makers: Callable[[Random], Solid]) -> Solid:
    chosen = makers or SOLIDS
    kind, mesh, words = chosen[rng.integers(len(chosen))](rng)
    return kind, mesh, tuple(words[i] for i in rng.permutation(len(words)))


def _joined(meshes: list[Mesh]) -> Mesh:
    starts = np.cumsum([0, *[len(mesh.vertices) for mesh in meshes[:-1]]])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
    )


def article(noun: str) -> str:
    """Put "a" or "an" before a noun."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """Return the plural of a phrase, whose head is the last word before a preposition or a clause."""
    words = noun.split()
    stops = {"with", "of", "that", "open", "standing", "pinched", "meeting", "narrowing", "on", "in"}
    last = next((i for i, word in enumerate(words) if i and word in stops), len(words)) - 1
    head = words[last]
    if not head.endswith("s"):
        words[last] = head + ("es" if head.endswith(("x", "ch", "sh")) else "s")
    elif head.endswith("ss"):
        words[last] = head + "es"
    return " ".join(words)


def _single(shape: Shape, rng: Random) -> tuple[str, ...]:
    kind, mesh, words = _solid(rng)
    stretch = rng.choice([0.45, 1.0, 1.0, 2.2])
    shape.add(kind, mesh.scaled(y=stretch))
    extra = {0.45: "flattened", 1.0: "single", 2.2: "tall stretched"}[float(stretch)]
    return (
        *(article(word) for word in words),
        article(f"{extra} {words[0]}"),
        f"nothing but {article(words[0])}",
    )


def _stacked(shape: Shape, rng: Random) -> tuple[str, ...]:
    below, above = _solid(rng), _solid(rng)
    size = rng.choice([0.4, 0.7, 1.0, 1.4])
    upper = above[1].scaled(size, size, size)
    shape.add(below[0], below[1])
    shape.add(above[0], upper.moved(y=float(below[1].high[1] - upper.low[1]) - 0.02))
    a, b = below[2], above[2]
    first, second = article(a[0]), article(b[0])
    rank = "small " if size < 0.5 else "large " if size > 1.2 else ""
    return (
        f"{second} on top of {first}", f"{first} carrying {second}", f"{second} above {article(a[-1])}",
        f"{article(a[-1])} with {article(rank + b[-1])} on top", f"{second} sitting on {first}",
        f"below {first}, on it {article(rank + b[0])}", f"{article(a[0])} topped by {article(b[-1])}",
        f"{second} set on the end of {first}",
    )  # fmt: skip


def _tall_stack(shape: Shape, rng: Random) -> tuple[str, ...]:
    kind, mesh, words = _solid(rng, _ball, _egg, _cube, _disc, _cone, _dome, _column, _ring, _plate)
    count, shrink = int(rng.integers(2, 5)), float(rng.choice([0.75, 1.0]))
    height, size = 0.0, 1.0
    for _ in range(count):
        part = mesh.scaled(size, size, size)
        shape.add(kind, part.moved(y=height - float(part.low[1])))
        height += float(part.high[1] - part.low[1]) * 0.93
        size *= shrink
    many = f"{NUMBERS[count]} {plural(words[0])}"
    said = [
        f"{many} stacked",
        f"a stack of {many}",
        f"{many} one on top of the other",
        f"a pile of {plural(words[-1])}",
    ]
    if shrink < 1.0:
        said += [f"{many} stacked, each smaller than the one below", f"{many}, smaller towards the top"]
    else:
        said += [f"{many} of equal size stacked up", f"an even column of {many}"]
    return tuple(said)


def _ends(shape: Shape, rng: Random) -> tuple[str, ...]:
    bar, end = _solid(rng, _rod, _rod, _column, _long_box), _solid(rng)
    size = rng.uniform(0.4, 0.9)
    part = end[1].scaled(size, size, size)
    reach = float(bar[1].high[1])
    both = [bar[1], *[part.scaled(y=s).moved(y=s * reach) for s in (-1.0, 1.0)]]
    lying = rng.random() < 0.7
    if lying:
        both = [mesh.rotated_deg(z=90) for mesh in both]
    shape.add(bar[0], both[0])
    shape.add(end[0], *both[1:])
    one, many = article(bar[2][0]), plural(end[2][0])
    way = "level" if lying else "upright"
    return (
        f"two {many} joined by {one}", f"{one} with {article(end[2][0])} at each end", f"{one} between two {many}",
        f"{one} ending in {plural(end[2][-1])} at both ends", f"two equal {many} and a {way} link between them",
        f"a symmetric thing, {article(end[2][-1])} at both ends of {one}", f"a {way} {bar[2][-1]} with two {many}",
    )  # fmt: skip


def _one_end(shape: Shape, rng: Random) -> tuple[str, ...]:
    bar, end = _solid(rng, _rod, _rod, _long_box, _column), _solid(rng)
    size = rng.uniform(0.4, 0.9)
    part = end[1].scaled(size, size, size)
    turn = ANGLES_DEG[rng.integers(len(ANGLES_DEG))]
    part = part.rotated_deg(z=turn) if turn in (0.0, 90.0) else part
    bare = bar[1].scaled(y=1.2)
    way = int(rng.integers(4))
    parts = [bare, part.moved(y=float(bare.high[1]) + (0.5 * float(part.high[1]) if turn != 90.0 else 0.0))]
    if way:
        parts = [mesh.rotated_deg(z=(90.0, 180.0, 270.0)[way - 1]) for mesh in parts]
    shape.add(bar[0], parts[0])
    shape.add(end[0], parts[1])
    one, head = article(bar[2][0]), article(end[2][0])
    placed = ("upright", "lying", "hanging", "lying")[way]
    said = [
        f"{one} with {head} at one end", f"{head} on {article('long handle')}", f"{head} at the end of {one}",
        f"a handle that ends in {head}", f"{one} carrying {head} at its end", f"{placed}, {one} with {head} at one end",
        f"a long thin handle and {head} as its head",
    ]  # fmt: skip
    if turn == 90.0:
        said += [
            f"{head} set across the end of {one}",
            "a T made of two pieces",
            f"a head set crosswise on {one}",
        ]
    return tuple(said)


def _row(shape: Shape, rng: Random) -> tuple[str, ...]:
    kind, mesh, words = _solid(rng)
    count = int(rng.integers(2, 7))
    size = mesh.high - mesh.low
    step = float(size[0]) * rng.uniform(1.0, 1.7)
    shape.add(kind, *[mesh.moved(x=step * i) for i in range(count)])
    many = f"{NUMBERS[count]} {plural(words[0])}"
    return (
        f"{many} side by side", f"a row of {many}", f"{many} in a row", f"{many} in one line",
        f"a line of {plural(words[-1])}", f"{many} next to each other", f"several {plural(words[0])} beside each other",
    )  # fmt: skip


def _grid(shape: Shape, rng: Random) -> tuple[str, ...]:
    kind, mesh, words = _solid(rng, _ball, _cube, _cone, _column, _dome, _disc)
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    size = (mesh.high - mesh.low) * rng.uniform(1.1, 1.6)
    shape.add(
        kind,
        *[
            mesh.moved(x=float(size[0]) * i, z=float(size[2]) * j)
            for i in range(columns)
            for j in range(rows)
        ],
    )
    word = plural(words[0])
    return (
        f"a grid of {word}",
        f"{word} in rows and columns",
        f"many {word} in a regular grid",
        f"rows of {word}",
    )


def _four_legs(shape: Shape, rng: Random) -> tuple[str, ...]:
    top = _solid(rng, _plate, _disc, _cube, _dome, _egg, _column)
    count = int(rng.choice([3, 4, 4]))
    length, splay = rng.uniform(0.4, 1.2), rng.uniform(0.0, 0.2)
    size = (top[1].high - top[1].low) / 2
    angles = np.pi / count + 2 * np.pi * np.arange(count) / count
    reach = 0.75 * float(min(size[0], size[2]))
    legs = [
        tube(
            np.array(
                [
                    [reach * np.cos(a), 0.0, reach * np.sin(a)],
                    [(reach + splay) * np.cos(a), -length, (reach + splay) * np.sin(a)],
                ]
            ),
            0.03,
        )
        for a in angles
    ]
    shape.add(top[0], top[1].moved(y=float(-top[1].low[1]) - 0.03))
    shape.add("bar", *legs)
    number, one = NUMBERS[count], article(top[2][0])
    spread = " spread outwards" if splay > 0.1 else ""
    return (
        f"{one} on {number} thin legs", f"{one} standing on {number} legs{spread}", f"{number} thin posts under {one}",
        f"{one} carried by {number} thin rods{spread}", f"{number} legs and {article(top[2][-1])} above them",
    )  # fmt: skip


def _crossed(shape: Shape, rng: Random) -> tuple[str, ...]:
    kind, mesh, words = _solid(rng, _rod, _rod, _long_box, _column, _panel)
    count = int(rng.integers(2, 5))
    spread = 180.0 / count
    shape.add(kind, *[mesh.rotated_deg(z=spread * i + 45.0 * (count == 2)) for i in range(count)])
    many = f"{NUMBERS[count]} {plural(words[0])}"
    said = [
        f"{many} crossed",
        f"{many} crossing in the middle",
        f"{many} through one centre",
        f"a star of {many}",
    ]
    return (*said, "an X of bars") if count == 2 else (*said, "arms that spread like a star from the centre")


def _through(shape: Shape, rng: Random) -> tuple[str, ...]:
    outer, bar = _solid(rng, _disc, _ring, _wheel, _ball, _cube, _tube, _cone, _dome), _solid(rng, _rod)
    turn = 90.0 if outer[0] == "wheel" else 0.0
    stick = bar[1].rotated_deg(x=turn).scaled(1.0, 1.3, 1.3)
    shape.add(outer[0], outer[1])
    shape.add(bar[0], stick)
    one, other = article(bar[2][0]), article(outer[2][0])
    return (
        f"{one} through {other}", f"{other} with {one} through its middle", f"{other} on the middle of {one}",
        f"{other} pierced by {one}", f"{one} as an axle of {article(outer[2][-1])}",
    )  # fmt: skip


def _on_stem(shape: Shape, rng: Random) -> tuple[str, ...]:
    top = _solid(rng)
    stem = _solid(rng, _rod, _column, _tower)
    wide = rng.uniform(0.8, 1.8)
    shape.add(stem[0], stem[1])
    upper = top[1].scaled(wide, rng.uniform(0.5, 1.1), wide)
    shape.add(top[0], upper.moved(y=float(stem[1].high[1] - (upper.low[1] + upper.high[1]) / 2)))
    one, head = article(stem[2][0]), article(top[2][0])
    thick = "thin" if stem[0] == "bar" else "thick"
    return (
        f"{head} on a {thick} stem", f"a wide {top[2][-1]} over {one}", f"{head} spread out on top of {one}",
        f"{one} under {article('wide ' + top[2][0])}", f"a {thick} stem with {head} above it",
        f"{head} with {one} below its centre",
    )  # fmt: skip


def _wheels(shape: Shape, rng: Random) -> tuple[str, ...]:
    body = _solid(rng, _cube, _plate, _egg, _rod, _long_box)
    count = int(rng.choice([3, 4]))
    open_ = rng.random() < 0.5
    wheel = _wheel(rng)[1] if open_ else cylinder(0.4, 0.1).rotated_deg(x=90)
    size = rng.uniform(0.4, 1.0)
    wheel = wheel.scaled(size, size, size)
    lying = body[1].rotated_deg(z=90) if body[0] in ("bar", "block", "oval") else body[1]
    half, depth = float(lying.high[0]), float(lying.high[2])
    places = [(x, z) for x in (-0.7 * half, 0.7 * half) for z in (-depth, depth)][:count]
    shape.add(body[0], lying)
    shape.add("wheel", *[wheel.moved(x=x, z=z, y=float(lying.low[1])) for x, z in places])
    many, one = f"{NUMBERS[count]} {'open ' if open_ else ''}wheels", article(body[2][0])
    return (
        f"{one} on {many}", f"{many} under {one}", f"{many} on both sides and {one} between",
        f"{one} rolling on {many}", f"{many} on both sides",
        f"{NUMBERS[count]} round circles touching the ground below {one}",
    )  # fmt: skip


ARRANGEMENTS: tuple[Callable[[Shape, Random], tuple[str, ...]], ...] = (
    _single, _single, _stacked, _stacked, _tall_stack, _ends, _ends, _one_end, _one_end, _row, _grid,
    _four_legs, _crossed, _through, _on_stem, _wheels,
)  # fmt: skip
