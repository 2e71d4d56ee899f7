"""Make footwear: shoes and boots."""

from collections.abc import Sequence

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, step, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, cylinder, grid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Level = tuple[float, float, float]


def _foot(long: float, wide: float, levels: Sequence[Level], point: float, closed: bool = False) -> Mesh:
    """Return a skin over outlines of a foot, heel at -z, each (height, share of the length, share of the width).

    ``point`` 0 is a round toe, 1 a pointed one; a closed skin has a bottom and a top.
    """
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    s = (1 - np.cos(angle)) / 2
    half = np.interp(
        s, [0, 0.15, 0.42, 0.7, 0.86, 1], [0.72, 0.74, 0.68, 1.0, 0.9 - 0.35 * point, 0.6 - 0.5 * point]
    )
    half = half * np.abs(np.sin(angle)) ** 0.5 * np.sign(np.sin(angle))
    layers = []
    for high, front, broad in levels:
        x = wide / 2 * (half * broad + 0.12 * front * s)
        layers.append(np.stack([x, np.full(40, high), long * (s * front - 0.5)], axis=1))
    if closed:
        layers = [
            np.repeat(end.mean(axis=0, keepdims=True), 40, axis=0) if k in (0, len(layers) + 1) else end
            for k, end in enumerate([layers[0], *layers, layers[-1]])
        ]
    return grid(np.stack(layers), wrap_columns=True)


def _raised(mesh: Mesh, long: float, lift: float) -> Mesh:
    """Lift the heel end by ``lift``, in a smooth slope down to the ball of the foot."""
    share = np.clip(1 - (mesh.vertices[:, 2] / long + 0.5) / 0.62, 0, 1)
    return Mesh(mesh.vertices + np.outer(lift * share**1.2 * (1.4 - 0.4 * share), [0, 1, 0]), mesh.faces)


def _laces(
    rng: Random, long: float, wide: float, low: tuple[float, float], high: tuple[float, float]
) -> list[Mesh]:
    """Return laces across the instep, from (z, height) at the toe end to that at the ankle."""
    meshes = []
    for t in np.linspace(0.05, 0.95, int(rng.integers(4, 8))):
        z, y = low[0] + (high[0] - low[0]) * t, low[1] + (high[1] - low[1]) * t
        half = wide * (0.26 - 0.04 * t)
        arc = [(-half, y - 0.06 * wide, z), (0, y + 0.05 * wide, z), (half, y - 0.06 * wide, z)]
        meshes.append(tube(np.array(arc) + step(0.05 * wide), 0.012 * long, 5))
    return meshes


def _heel(long: float, wide: float, lift: float, thin: float) -> Mesh:
    """Return a block or a spike under the heel."""
    return cylinder(wide * 0.33 * thin, lift, wide * 0.33, (wide * 0.02, lift / 2, -long * 0.37), 16)


def _finish(shape: Shape, rng: Random, wide: float, pair_share: float) -> None:
    """Make a pair of it now and then, or lay it on its side, and turn it."""
    if chance(rng, pair_share):
        gap, ahead = wide * rng.uniform(0.6, 1.0), wide * rng.uniform(-0.6, 0.6)
        ones = list(zip(shape.mesh_parts, shape.meshes, strict=True))
        shape.meshes[:] = [mesh.moved(x=-gap) for mesh in shape.meshes]
        for part, mesh in ones:
            shape.add(shape.part_names[part], mesh.scaled(x=-1).moved(x=gap, z=ahead))
        shape.say("a pair side by side")
    elif chance(rng, 0.1):
        turn(shape, z_deg=90)
        shape.say("lying on its side")
    if chance(rng, 0.5):
        turn(shape, y_deg=float(rng.choice([90, -90])) + rng.uniform(-30, 30))
    set_down(shape)


@shape_class(
    "shoe",
    parts=("upper", "sole", "heel", "lace", "strap"),
    synonyms=(
        "sneaker",
        "trainer",
        "running shoe",
        "high heel",
        "sandal",
        "slipper",
        "loafer",
        "pair of shoes",
    ),
    described=(
        "A shoe is long and low, open at the back for the foot and closed over the toes.",
        "The sole of the shoe follows the outline of a foot: round heel, narrow waist, broad ball.",
        "From the side the shoe rises from the toe to the collar around the ankle.",
        "High-heeled shoes slope down to the toe and stand on a thin post behind.",
        "A sandal is a shoe of straps only: a flat sole with bands across it.",
    ),
)
def shoe(shape: Shape, rng: Random) -> None:
    """Make a shoe: sneaker, laced leather shoe, loafer, high heel, sandal, clog or slipper; one or a pair."""
    u = rng.uniform
    long = u(0.2, 0.31)
    wide = long * u(0.32, 0.4)
    kind = pick(
        rng, ("sneaker", "sneaker", "sneaker", "leather", "leather", "heel", "heel", "sandal", "slipper")
    )
    point = {"sneaker": u(0, 0.25), "leather": u(0.1, 0.8), "heel": u(0.4, 1.0)}.get(kind, u(0, 0.3))
    lift = long * u(0.2, 0.45) if kind == "heel" else 0.0
    base = long * {"sneaker": u(0.08, 0.15), "heel": 0.025, "leather": 0.05, "sandal": u(0.06, 0.2)}.get(
        kind, u(0.04, 0.12)
    )
    high = long * {"sneaker": u(0.3, 0.45), "leather": u(0.26, 0.34), "heel": u(0.16, 0.24)}.get(
        kind, u(0.2, 0.3)
    )
    block = 0.6 if kind == "leather" else 0.3
    sole: list[Level] = [(0.0, 0.98, 0.94), (base * block, 1.0, 1.0), (base, 1.0, 1.0)]
    shape.add("sole", _raised(_foot(long, wide, sole, point, closed=True), long, lift))
    top = {"sneaker": (0.5, 0.66), "leather": (0.54, 0.62), "heel": (0.82, 0.72), "slipper": (0.95, 0.9)}.get(
        kind, (0.5, 0.66)
    )
    if kind == "sandal":
        for at in (u(0.12, 0.28), u(-0.1, 0.05))[: int(rng.integers(1, 3))]:
            angle, rise = np.linspace(0, np.pi, 12), high * u(0.6, 0.9)
            z = long * at + 0 * angle
            arc: Array = np.stack(
                [wide * 0.48 * np.cos(angle) + wide * 0.06, base + rise * np.sin(angle) ** 0.7, z], axis=1
            )
            width = long * u(0.05, 0.1)
            shape.add("strap", grid(np.stack([arc - step(z=width), arc + step(z=width)])))
        if chance(rng, 0.6):
            angle = np.linspace(-0.2, np.pi + 0.2, 14)
            back = np.stack(
                [
                    wide * 0.38 * np.cos(angle),
                    base + high * 0.55 + 0 * angle,
                    -long * (0.2 + 0.27 * np.sin(angle)),
                ],
                axis=1,
            )
            shape.add("strap", grid(np.stack([back - step(y=high * 0.12), back + step(y=high * 0.12)])))
            shape.say("a strap around the heel")
        shape.say("an open sandal of straps", "a thick sole" if base > 0.13 * long else "a thin sole")
    elif kind == "slipper":
        skin = _foot(
            long,
            wide,
            [
                (base, 1.0, 1.0),
                (base + high * 0.35, 0.99, 0.97),
                (base + high * 0.75, 0.9, 0.8),
                (base + high, 0.75, 0.45),
            ],
            point,
        )
        brim = skin.vertices[-40:]
        end = -long * u(-0.02, 0.1)
        for mesh in (skin, grid(np.stack([brim[:21], brim[[0, *range(39, 19, -1)]]]))):
            keep = mesh.vertices[:, 2][mesh.faces].mean(axis=1) > end
            shape.add("upper", Mesh(mesh.vertices, mesh.faces[keep]))
        shape.say(
            "open behind, covering only the toes", "a thick sole" if base > 0.08 * long else "a thin sole"
        )
    else:
        share, broad = top
        levels: list[Level] = [(base * 0.9, 0.985, 0.95)]
        for t in (0.25, 0.5, 0.75, 1.0):
            levels.append((base + high * t, 0.985 - (0.985 - share) * t**1.6, 0.97 - (0.97 - broad) * t**1.2))
        if kind == "heel":
            levels = [
                (base * 0.9, 0.98, 0.95),
                (base + high * 0.4, 0.96, 0.9),
                (base + high * 0.75, 0.88, 0.8),
            ]
        last = levels[-1]
        levels += [(last[0], last[1] * 0.97, last[2] * 0.86), (base * 1.2, last[1] * 0.97, last[2] * 0.8)]
        upper = _foot(long, wide, levels, point)
        if kind != "heel" or chance(rng, 0.3):
            dip = u(0.1, 0.35) * high
            rim = np.clip((upper.vertices[:, 1] - base - 0.5 * high) / (0.5 * high), 0, 1)
            side = np.exp(-((upper.vertices[:, 2] / long + 0.28) ** 2) / 0.01)
            upper.vertices[:, 1] -= dip * rim * side
        shape.add("upper", _raised(upper, long, lift))
        if kind == "heel":
            thin = u(0.2, 0.9)
            shape.add("heel", _heel(long, wide, lift * 1.02, thin))
            shape.say(
                "a thin spike of a heel" if thin < 0.45 else "a block of a heel",
                "a very high heel" if lift > 0.33 * long else "a heel of middling height",
            )
            if chance(rng, 0.4):
                ring = np.linspace(0, 2 * np.pi, 20, endpoint=False)
                loop = np.stack(
                    [
                        wide * 0.34 * np.cos(ring),
                        lift * 0.85 + high * 0.7 + 0 * ring,
                        -long * 0.3 + long * 0.12 * np.sin(ring),
                    ],
                    axis=1,
                )
                shape.add("strap", tube(loop, long * 0.012, 6, closed=True))
                shape.say("a strap around the ankle")
        else:
            shape.say("a thick sole" if base > 0.11 * long else "a flat sole")
            if kind == "sneaker" or chance(rng, 0.6):
                toe, collar = (long * 0.24, base + high * 0.58), (long * (share - 0.5) * 0.9, base + high)
                shape.add("lace", *_laces(rng, long, wide, toe, collar))
                shape.say("laced up in front")
            if kind == "leather":
                shape.add("heel", box(wide * 0.7, base * 0.9, long * 0.24, (0, base * 0.2, -long * 0.37)))
                shape.say("a low leather shoe")
            else:
                shape.say("a high collar" if high > 0.38 * long else "a low collar")
    shape.say("a pointed toe" if point > 0.45 else "a round toe")
    _finish(shape, rng, wide, 0.25)


@shape_class(
    "boot",
    parts=("shaft", "foot", "sole", "heel", "lace"),
    synonyms=(
        "rubber boot",
        "cowboy boot",
        "hiking boot",
        "ankle boot",
        "riding boot",
        "wellington boot",
        "pair of boots",
    ),
    described=(
        "A boot is a foot with a tall tube rising from its heel end.",
        "Seen from the side, the boot has the shape of an L.",
        "The shaft of the boot is open at the top and wider there than at the ankle.",
        "A hiking boot has a thick sole and laces that climb up to the ankle.",
        "Cowboy boots have slanting heels, pointed toes and a shaft whose rim dips at the sides of the boot.",
    ),
)
def boot(shape: Shape, rng: Random) -> None:
    """Make a boot: of rubber, for cowboys, riders or hikers, with a high heel; ankle to knee high; one or a pair."""
    u = rng.uniform
    long = u(0.22, 0.31)
    wide = long * u(0.34, 0.42)
    kind = pick(rng, ("rubber", "rubber", "cowboy", "hiking", "hiking", "riding", "heeled"))
    point = {"cowboy": u(0.5, 1.0), "heeled": u(0.4, 0.9)}.get(kind, u(0, 0.3))
    lift = {"cowboy": long * u(0.1, 0.16), "heeled": long * u(0.2, 0.4)}.get(kind, 0.0)
    base = long * {"hiking": u(0.1, 0.16), "rubber": u(0.06, 0.12)}.get(kind, 0.04)
    instep = long * u(0.34, 0.42)
    tall = long * {"hiking": u(0.6, 0.85), "cowboy": u(1.0, 1.4), "riding": u(1.4, 1.9)}.get(
        kind, u(0.65, 1.6)
    )
    shape.add(
        "sole",
        _raised(
            _foot(
                long * 1.02,
                wide * 1.03,
                [(0.0, 0.98, 0.96), (base * 0.6, 1.0, 1.0), (base, 1.0, 1.0)],
                point,
                True,
            ),
            long,
            lift,
        ),
    )
    ankle = u(0.46, 0.52)
    rises: list[Level] = [(base * 0.9, 0.985, 0.95)]
    for t in (0.3, 0.55, 0.8, 1.0):
        rises.append((base + instep * t, 0.985 - (0.985 - ankle) * t**1.5, 0.97 - 0.15 * t))
    shape.add("foot", _raised(_foot(long, wide, rises, point), long, lift))
    flare, broad = ankle * u(1.0, 1.25), 0.82 * u(1.0, 1.3)
    climb: list[Level] = [rises[-1]]
    for t in np.linspace(0.2, 1.0, 5):
        climb.append(
            (
                base + instep + (tall - instep) * float(t),
                ankle + (flare - ankle) * float(t),
                0.82 + (broad - 0.82) * float(t),
            )
        )
    rim = climb[-1]
    climb += [(rim[0], rim[1] * 0.94, rim[2] * 0.92), (base + instep, ankle * 0.9, 0.7)]
    shaft = _foot(long, wide, climb, 0.0)
    if kind == "cowboy":
        up = np.clip((shaft.vertices[:, 1] - 0.75 * tall) / (0.25 * tall), 0, 1)
        side = np.cos(2 * np.arctan2(shaft.vertices[:, 2] + long * (0.5 - flare / 2), shaft.vertices[:, 0]))
        shaft.vertices[:, 1] -= long * u(0.06, 0.14) * up * side
        shape.say("a rim that dips at the sides")
    slouch = u(0.0, 0.03) * long if kind in ("riding", "heeled") else 0.0
    fold = np.sin(shaft.vertices[:, 1] / long * 18)
    shaft.vertices[:, 0] += slouch * fold
    # The shaft leaves the slope of the foot and ends level.
    share = np.clip((shaft.vertices[:, 1] - base - instep) / (tall - instep), 0, 1)
    slope = _raised(shaft, long, lift).vertices[:, 1] - shaft.vertices[:, 1]
    shaft.vertices[:, 1] += (1 - share) * slope + share * lift * 0.75
    shape.add("shaft", shaft)
    if lift:
        thin = u(0.25, 0.8) if kind == "heeled" else u(0.7, 0.9)
        shape.add("heel", _heel(long, wide, lift * 1.03, thin))
        shape.say("a high heel" if lift > 0.2 * long else "a slanting low heel")
    elif chance(rng, 0.7):
        shape.add("heel", box(wide * 0.72, base * 0.7, long * 0.25, (0, -base * 0.2, -long * 0.37)))
        shape.say("a flat heel")
    if kind == "hiking":
        shape.add(
            "lace",
            *_laces(
                rng, long, wide, (long * 0.22, base + instep * 0.6), (long * (ankle - 0.5), base + instep)
            ),
        )
        shape.add(
            "lace",
            *_laces(rng, long, wide, (long * (ankle - 0.49), base + instep), (long * (flare - 0.49), tall)),
        )
        shape.say("laces up to the ankle")
    words = {
        "rubber": "smooth and plain",
        "cowboy": "a pointed toe",
        "riding": "up to the knee",
        "heeled": "slim",
    }
    shape.say(words.get(kind, "a thick sole"), "a tall shaft" if tall > 1.15 * long else "a short shaft")
    shape.say(f"{counted(1, 'opening')} at the top" if chance(rng, 0.3) else "shaped like an L")
    _finish(shape, rng, wide, 0.3)
