"""Make tents: cloth over poles."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import Array, Mesh, beam, box, cylinder, grid, lathe, rod, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _guys(shape: Shape, rng: Random, corners: Array, reach: float) -> None:
    """Add ropes from high points outwards to pegs."""
    for corner in corners:
        out = corner * [1.0, 0.0, 1.0]
        away = out / max(float(np.linalg.norm(out)), 1e-6)
        peg = out + away * reach
        shape.add("pole", rod(corner, peg, 0.006, 5), rod(peg, peg + np.array([0, 0.12, 0]), 0.012, 5))
    shape.say("ropes tied to pegs")


def _dome(shape: Shape, rng: Random) -> None:
    x, z, y = float(rng.uniform(1.4, 3.2)), float(rng.uniform(1.4, 3.2)), float(rng.uniform(0.9, 1.9))
    sides = pick(rng, (4, 4, 6, 24))
    share = np.linspace(0, np.pi / 2, 10)
    sharp = float(rng.uniform(0.7, 1.3))
    profile = [(float(np.cos(s) ** sharp), float(np.sin(s))) for s in share[:-1]] + [(0.0, 1.0)]
    skin = lathe(profile, sides).rotated_deg(y=45 if sides == 4 else 0).scaled(x / 2, y, z / 2)
    shape.add("wall", skin)
    for k in range(sides if sides < 10 else 4):
        turn = 360 * k / min(sides, 10 if sides < 10 else 4) + (45 if sides == 4 else 0)
        arc = np.array([[r * np.cos(np.deg2rad(turn)), h, r * np.sin(np.deg2rad(turn))] for r, h in profile])
        shape.add("pole", tube(arc * [x / 2, y, z / 2] * 1.01, 0.012, 5))
    if chance(rng, 0.5):
        reach = float(rng.uniform(0.4, 1.0))
        arch = np.linspace(0, np.pi, 11)
        front = z / 2 * (0.75 if sides == 4 else 0.9)
        near = np.stack([0.5 * np.cos(arch), y * 0.75 * np.sin(arch), 0 * arch + front * 0.6], axis=1)
        far = near * [0.95, 0.9, 1] + [0, 0, reach + front * 0.4]
        shape.add("door", grid(np.stack([near, far])))
        shape.add("pole", tube(far, 0.01, 5))
        shape.say("an arched tunnel as entrance")
    else:
        wide = float(rng.uniform(0.5, 0.9))
        arch = np.linspace(0, np.pi, 11)
        flap = np.stack([wide / 2 * np.cos(arch), y * 0.6 * np.sin(arch), 0 * arch], axis=1)
        lean = flap * [1, 1, 0] + np.stack(
            [0 * arch, 0 * arch, z / 2 * (0.75 - 0.3 * flap[:, 1] / y)], axis=1
        )
        shape.add("door", tube(lean + np.array([0, 0, 0.03]), 0.015, 5))
    shape.say(
        "a round dome" if sides > 6 else f"a dome with {counted(sides, 'side')}",
        "low and wide" if y < 0.6 * x else "high",
    )


def _ridge(shape: Shape, rng: Random) -> None:
    x, z, y = float(rng.uniform(1.2, 3.5)), float(rng.uniform(1.8, 4.0)), float(rng.uniform(1.0, 2.4))
    wall = float(rng.uniform(0.2, 0.9)) if chance(rng, 0.4) else 0.0
    sag = float(rng.uniform(0, 0.08))
    along = np.linspace(-z / 2, z / 2, 9)
    dip = y - sag * y * (1 - (2 * along / z) ** 2)
    across = np.linspace(0, 1, 5)
    for i in (-1, 1):
        slope = np.stack(
            [
                np.broadcast_to(i * x / 2 * across[:, None], (5, 9)),
                wall + (dip[None] - wall) * (1 - across[:, None]) ** float(1 + 2 * sag),
                np.broadcast_to(along, (5, 9)),
            ],
            axis=-1,
        )
        shape.add("wall", grid(slope))
        if wall:
            shape.add("wall", box(0.01, wall, z, (i * x / 2, wall / 2, 0)))
        shape.add("pole", rod((0, 0, i * z / 2), (0, y + 0.06, i * z / 2), 0.02, 6))
    gable = np.array([[-x / 2, wall, -z / 2], [0, y, -z / 2], [x / 2, wall, -z / 2]])
    shape.add("wall", Mesh(gable, np.array([[0, 1, 2]], dtype=np.int64)))
    if wall:
        shape.add("wall", box(x, wall, 0.01, (0, wall / 2, -z / 2)))
    if chance(rng, 0.75):
        opened = float(rng.uniform(0.0, 0.9))
        for i in (-1, 1):
            outer = np.array([i * x / 2, wall, z / 2])
            inner = (
                np.array([0.0, 0.0, z / 2]) * (1 - opened)
                + np.array([i * x / 2 * 0.95, 0.0, z / 2 + 0.4]) * opened
            )
            flap = np.array([[0, y, z / 2], outer, [i * x / 2, 0, z / 2], inner])
            shape.add("door", Mesh(flap, np.array([[0, 1, 3], [1, 2, 3]], dtype=np.int64)))
        shape.say("two cloth flaps as door")
    else:
        shape.say("open at the front")
    if chance(rng, 0.5):
        _guys(
            shape,
            rng,
            np.array([[i * x * 0.45, max(wall, y * 0.3), k * z / 2] for i in (-1, 1) for k in (-1, 1)]),
            0.5,
        )
    shape.say(
        "two slanted sides meeting in a ridge",
        "a triangle from the front" if not wall else "upright low walls",
    )


def _cone(shape: Shape, rng: Random) -> None:
    sides = pick(rng, (6, 8, 12, 24))
    radius, high = float(rng.uniform(1.0, 2.8)), float(rng.uniform(1.8, 4.0))
    wall = high * float(rng.uniform(0.2, 0.55)) if chance(rng, 0.4) else 0.0
    sag = float(rng.uniform(0.0, 0.15))
    roof = [
        (radius * float(1 - s), wall + (high - wall) * float(s - sag * np.sin(s * np.pi)))
        for s in np.linspace(0, 1, 7)
    ]
    mouth = float(rng.uniform(25, 70))
    skin = lathe([(radius, 0.0), *roof] if wall else roof, sides, arc_deg=360 - mouth if not wall else 360)
    shape.add("wall", skin.rotated_deg(y=-90 + mouth / 2 if wall else -90 - mouth / 2))
    if wall:
        shape.add("door", box(radius * 0.5, wall * 0.9, 0.04, (0, wall * 0.45, radius)))
        shape.add("pole", cylinder(0.04, high + 0.2, centre=(0, high / 2 + 0.1, 0), segments=8))
        shape.say("round upright walls under a cone", "a pole in the middle")
    else:
        for k in range(min(sides, 10)):
            angle = 2 * np.pi * (k + 0.5) / min(sides, 10)
            foot = np.array([radius * np.cos(angle), 0, radius * np.sin(angle)])
            shape.add("pole", rod(foot, foot * -0.12 + [0, high * 1.1, 0], 0.02, 5))
        half = np.deg2rad(mouth / 2)
        for i in (-1, 1):
            edge = np.array([i * radius * np.sin(half), 0, radius * np.cos(half)])
            flap = np.array([[0, high * 0.95, 0.05], edge, edge * 0.8 + [i * 0.2, 0, 0.4]])
            shape.add("door", Mesh(flap, np.array([[0, 1, 2]], dtype=np.int64)))
        shape.say("a tall cone", "poles crossing at the top")


def _pavilion(shape: Shape, rng: Random) -> None:
    x, z = float(rng.uniform(2, 6)), float(rng.uniform(2, 4))
    wall, high = float(rng.uniform(1.9, 2.4)), float(rng.uniform(2.6, 4.0))
    sag = float(rng.uniform(0, 0.5))
    ridge = float(rng.uniform(0, 0.6)) if x > 1.3 * z else 0.0
    share = np.linspace(0, 1, 6)[:, None]
    lift = wall + (high - wall) * share ** (1 + sag)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2 * [x, z]
    top = np.array([[-1, 0], [1, 0], [1, 0], [-1, 0]]) / 2 * [x * ridge + 0.01, 0]
    flat = corners + (top - corners) * share[:, :, None]
    points = np.stack([flat[..., 0], np.broadcast_to(lift, (6, 4)), flat[..., 1]], axis=-1)
    shape.add("wall", grid(points, wrap_columns=True))
    for cx, cz in corners:
        shape.add("pole", rod((cx, 0, cz), (cx, wall, cz), float(rng.uniform(0.02, 0.05)), 8))
    skirt = float(rng.uniform(0.15, 0.35))
    closed = int(rng.integers(0, 4))
    for k in range(4):
        a, b = corners[k], corners[(k + 1) % 4]
        drop = wall if k in (3, 0, 1)[:closed] else skirt
        shape.add(
            "wall",
            grid(
                np.array(
                    [
                        [[a[0], wall, a[1]], [b[0], wall, b[1]]],
                        [[a[0], wall - drop, a[1]], [b[0], wall - drop, b[1]]],
                    ]
                )
            ),
        )
    if chance(rng, 0.3):
        _guys(shape, rng, np.array([[cx, wall, cz] for cx, cz in corners]), 0.9)
    shape.say(
        "a pointed cloth roof on four poles",
        "open sides" if closed == 0 else f"{counted(closed, 'closed cloth side')}",
    )


def _tunnel(shape: Shape, rng: Random) -> None:
    x, z, y = float(rng.uniform(1.4, 3)), float(rng.uniform(2.2, 5)), float(rng.uniform(0.9, 2.1))
    arch = np.linspace(0, np.pi, 13)
    hoops = int(rng.integers(2, 5))
    along = np.linspace(z / 2, -z / 2, 4 * hoops - 3)
    size = (
        1
        - 0.35 * np.linspace(0, 1, len(along)) * float(rng.uniform(0, 1))
        - 0.05 * (np.arange(len(along)) % 4 != 0)
    )
    points = np.stack(
        np.broadcast_arrays(
            x / 2 * size[:, None] * np.cos(arch), y * size[:, None] * np.sin(arch) ** 0.8, along[:, None]
        ),
        axis=-1,
    )
    shape.add("wall", grid(points))
    rear = points[-1]
    shape.add("wall", grid(np.stack([rear, rear * [0, 0, 1] + [0, 0, -0.4 * y]])))
    for k in range(0, len(along), 4):
        shape.add("pole", tube(points[k] * [1.01, 1.01, 1], 0.015, 5))
    if chance(rng, 0.5):
        front = points[0]
        shape.add("door", grid(np.stack([front, front * [0, 0, 1] + [0, 0, 0.2 * y]])))
    else:
        shape.say("open at the front")
    shape.say("a long half cylinder", f"{counted(hoops, 'bent hoop')}")


@shape_class(
    "tent", parts=("wall", "pole", "door"), synonyms=("camping tent", "cloth shelter", "canvas shelter")
)
def tent(shape: Shape, rng: Random) -> None:
    """Make a tent: cloth over poles, as dome, ridge, cone, pavilion or tunnel."""
    make = pick(rng, (_dome, _dome, _ridge, _ridge, _ridge, _cone, _pavilion, _tunnel))
    make(shape, rng)
    if chance(rng, 0.3):
        low = np.min([mesh.low for mesh in shape.meshes], axis=0)
        high = np.max([mesh.high for mesh in shape.meshes], axis=0)
        size = (high - low) * 0.7
        shape.add("wall", box(float(size[0]), 0.01, float(size[2]), (0, 0.005, float(high[2] + low[2]) / 2)))
    if chance(rng, 0.1):
        start = np.array([0.0, 0.0, 0.0])
        shape.add(
            "pole", beam(start, start + np.array([0, float(max(m.high[1] for m in shape.meshes)), 0]), 0.05)
        )
