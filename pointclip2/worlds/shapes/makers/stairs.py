"""Make stairs."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, counted, pick, slab
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, cylinder, grid, rod, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _railing(shape: Shape, rng: Random, line: Array, kind: str, high: float) -> None:
    """Add a railing above a line of points (n, 3) that lies on the steps."""
    up = np.array([0.0, high, 0.0])
    shape.add("railing", tube(line + up, float(rng.uniform(0.015, 0.035)), 7))
    if kind == "posts":
        for point in line:
            shape.add("railing", rod(point, point + up, 0.01, 5))
    elif kind == "panel":
        shape.add("railing", grid(np.stack([line, line + up])))
    elif kind == "bars":
        for share in (0.25, 0.5, 0.75):
            shape.add("railing", tube(line + up * share, 0.008, 5))
    for point in (line[0], line[-1]):
        shape.add("railing", box(0.05, high + 0.04, 0.05, point + up / 2))


def _flight(
    shape: Shape,
    rng: Random,
    steps: int,
    size: tuple[float, float, float],
    start: Array,
    turn_deg: float,
    style: str,
    rail: str,
) -> Array:
    """Add a straight flight of ``steps`` with (width, rise, going), climbing towards -z turned by ``turn_deg``.

    It returns where the flight ends. A flight that starts above the floor stands on it only when it is solid.
    """
    width, rise, going = size
    thick = 0.5 * rise if style == "block" else float(rng.uniform(0.025, 0.07))
    pieces: dict[str, list[Mesh]] = {"step": [], "frame": []}
    for k in range(steps):
        y, z = (k + 1) * rise, -(k + 0.5) * going
        if style == "solid":
            full = y + float(start[1])
            pieces["step"].append(box(width, full, going, (0, y - full / 2, z)))
        else:
            pieces["step"].append(box(width, thick, going * 1.1, (0, y - thick / 2, z)))
            if style == "closed":
                pieces["step"].append(box(width, rise, 0.015, (0, y - rise / 2, z + going / 2)))
    length, height = steps * going, steps * rise
    slope = float(np.rad2deg(np.arctan2(height, length)))
    long = float(np.hypot(height, length))
    if style in ("open", "closed"):
        deep = float(rng.uniform(0.15, 0.3))
        inset = float(rng.uniform(0.0, 0.2)) * width
        for i in (-1, 1):
            side = box(0.045, deep, long).rotated_deg(x=slope)
            pieces["frame"].append(side.moved(i * (width / 2 - inset), height / 2, -length / 2))
    elif style == "spine":
        pieces["frame"].append(
            box(0.12, 0.16, long).rotated_deg(x=slope).moved(0, height / 2 - 0.12, -length / 2)
        )
    elif style == "block":
        pieces["frame"].append(
            box(width, rise * 0.8, long).rotated_deg(x=slope).moved(0, height / 2 - rise * 0.6, -length / 2)
        )
    for part, meshes in pieces.items():
        for mesh in meshes:
            low = mesh.rotated_deg(y=turn_deg).moved(*start)
            # Sloping beams would reach below the floor at their lower end.
            shape.add(part, Mesh(np.maximum(low.vertices, [-np.inf, 0.0, -np.inf]), low.faces))
    if rail != "none":
        high = float(rng.uniform(0.75, 1.0))
        kind = pick(rng, ("posts", "posts", "panel", "bars", "plain"))
        for i in (-1, 1) if rail == "both" else (1,):
            line = np.array(
                [[i * (width / 2 - 0.03), (k + 1) * rise, -(k + 0.5) * going] for k in range(steps)]
            )
            turned = Mesh(line, np.zeros((0, 3), dtype=np.int64)).rotated_deg(y=turn_deg).vertices + start
            _railing(shape, rng, turned, kind, high)
    turn = np.deg2rad(turn_deg)
    return start + np.array([-length * np.sin(turn), height, -length * np.cos(turn)])


def _spiral(shape: Shape, rng: Random, steps: int, rise: float) -> None:
    radius = float(rng.uniform(0.6, 1.2))
    inner = radius * float(rng.uniform(0.05, 0.45)) if chance(rng, 0.5) else 0.05
    step_deg = float(rng.uniform(14, 32)) * pick(rng, (-1, 1))
    height = steps * rise
    thick = float(rng.uniform(0.02, 0.12))
    outer = []
    for k in range(steps):
        angles = np.deg2rad(np.linspace(k, k + 1.1, 4) * step_deg)
        rim = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
        hub = np.stack([inner * np.cos(angles), inner * np.sin(angles)], axis=1)
        shape.add("step", slab(np.concatenate([rim, hub[::-1]]), thick, (k + 1) * rise))
        outer.append([rim[1, 0] * 0.97, (k + 1) * rise, rim[1, 1] * 0.97])
    if inner <= 0.15:
        shape.add(
            "frame",
            cylinder(inner * 1.2, height + float(rng.uniform(0, 1.0)), segments=14).moved(y=height / 2),
        )
        shape.say("steps winding around a central pole")
    else:
        for reach in (inner, radius):
            share = np.linspace(0, steps, 4 * steps)
            angles = np.deg2rad(share * step_deg)
            low = np.stack(
                [reach * np.cos(angles), np.maximum(share * rise - 0.12, 0), reach * np.sin(angles)], axis=1
            )
            shape.add("frame", grid(np.stack([low, low + np.array([0, 0.25, 0])])))
        shape.say("steps winding around an open middle")
    if chance(rng, 0.75):
        _railing(
            shape,
            rng,
            np.array(outer),
            pick(rng, ("posts", "posts", "panel", "bars")),
            float(rng.uniform(0.8, 1.0)),
        )
        shape.say("a curved railing")
    lowest = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes[:] = [mesh.moved(y=-lowest) for mesh in shape.meshes]
    shape.say("a spiral", counted(steps, "step"))


@shape_class(
    "stairs", parts=("step", "railing", "frame"), synonyms=("staircase", "stairway", "flight of steps")
)
def stairs(shape: Shape, rng: Random) -> None:
    """Make stairs that climb away from the viewer: straight, turned, spiral, with or without railing."""
    style = rng.random()
    rise = float(rng.uniform(0.14, 0.22))
    if style < 0.2:
        _spiral(shape, rng, int(rng.integers(8, 20)), rise)
        return
    size = (float(rng.uniform(0.6, 1.8)), rise, float(rng.uniform(0.2, 0.34)))
    build = pick(rng, ("solid", "solid", "open", "closed", "spine", "block"))
    rail = pick(rng, ("none", "one", "both", "both"))
    origin = np.zeros(3)
    if style < 0.6:
        steps = int(rng.integers(3, 17))
        end = _flight(shape, rng, steps, size, origin, 0.0, build, rail)
        if chance(rng, 0.3):
            deep = float(rng.uniform(0.5, 1.2))
            thick = float(end[1]) if build == "solid" else 0.1
            shape.add(
                "step", box(size[0], thick, deep, (0, float(end[1]) - thick / 2, float(end[2]) - deep / 2))
            )
            shape.say("a platform at the top")
        shape.say("one straight flight", counted(steps, "step"))
    elif style < 0.9:
        first, second = (int(n) for n in rng.integers(3, 9, 2))
        end = _flight(shape, rng, first, size, origin, 0.0, build, rail)
        width = size[0]
        thick = float(end[1]) if build in ("solid", "block") else 0.1
        side = pick(rng, (-1, 1))
        back = chance(rng, 0.45)
        wide = 2.1 * width if back else width
        middle = end + np.array([side * (wide - width) / 2, -thick / 2, -width / 2])
        shape.add("step", box(wide, thick, width, middle))
        if build not in ("solid", "block"):
            for i in (-1, 1):
                at = middle + np.array([i * (wide / 2 - 0.05), 0, -width / 2 + 0.05])
                shape.add("frame", box(0.08, float(end[1]), 0.08, (at[0], float(end[1]) / 2, at[2])))
        if back:
            _flight(shape, rng, second, size, end + np.array([side * 1.1 * width, 0, 0]), 180.0, build, rail)
            shape.say("U-shaped, turning back on itself")
        else:
            start = end + np.array([side * width / 2, 0, -width / 2])
            _flight(shape, rng, second, size, start, -side * 90.0, build, rail)
            shape.say("L-shaped with a flat landing at the corner")
        shape.say(counted(first + second, "step"))
    else:
        steps = int(rng.integers(3, 8))
        for k in range(steps):
            wide, deep = size[0] + 2 * (steps - k) * size[2], 0.5 + (steps - k) * size[2]
            shape.add("step", box(wide, rise, deep, (0, (k + 0.5) * rise, deep / 2)))
        shape.say("steps on three sides like half a pyramid", counted(steps, "step"))
        return
    shape.say({"none": "no railing", "one": "a railing on one side", "both": "railings on both sides"}[rail])
    shape.say(
        {
            "solid": "solid blocks",
            "open": "open gaps between the steps",
            "closed": "closed boards between the steps",
            "spine": "flat steps on one beam in the middle",
            "block": "flat steps on a slanted slab",
        }[build]
    )
