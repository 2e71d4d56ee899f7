"""Make what grows: bushes, sword leaves, palms and ferns, broad leaves, cacti, trees, succulents, flowers, vines.

Each takes the height of its root, a width and a height in metres, and gives parts and words for them.
"""

from collections.abc import Callable

import numpy as np

from pointclip2.worlds.shapes.makers.foliage import blade, bouquet, crown, directions, placed, stalk
from pointclip2.worlds.shapes.makers.turned import fluted
from pointclip2.worlds.shapes.mesh import Mesh, lathe, rod, sphere, tube
from pointclip2.worlds.shapes.shape import Random

Growth = list[tuple[str, Mesh]]
Grower = Callable[[Random, float, float, float], tuple[Growth, str]]


def bush(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a bush: a stem or several, and a ball or cloud of leaves."""
    u = rng.uniform
    leaf_length = width * u(0.08, 0.28)
    leaf = blade(leaf_length, leaf_length * u(0.3, 0.8), u(0, 0.6), u(0, 0.4), rows=4)
    trunk = height * u(0.0, 0.6)
    flat = (height - trunk) / 2
    middle = root + trunk + flat
    out: Growth = []
    lumps = int(rng.integers(1, 5))
    for _ in range(lumps):
        spread = 0.0 if lumps == 1 else 0.3 * width
        at = (u(-1, 1) * spread, middle + u(-0.3, 0.3) * flat * (lumps > 1), u(-1, 1) * spread)
        size = 0.42 * width / (1 + 0.25 * (lumps > 1))
        out.append(
            ("leaf", crown(rng, at, (size, flat * 0.9, size), int(rng.integers(50, 180) / lumps**0.5), leaf))
        )
        path = np.array(
            [(0.0, root - 0.02 * height, 0.0), (at[0] * 0.3, root + trunk * 0.6, at[2] * 0.3), at]
        )
        out.append(("stem", tube(path, width * u(0.01, 0.04), 6)))
    return (
        out,
        "a round ball of small leaves on a trunk"
        if trunk > 0.25 * height
        else "a dense bush of small leaves",
    )


def swords(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return sword leaves or grass from one place: upright or arching."""
    u = rng.uniform
    droop = float(rng.choice([u(0, 0.1), u(0.3, 0.9)]))
    count = int(rng.integers(6, 20) if droop < 0.2 else rng.integers(15, 70))
    thin = u(0.02, 0.12)
    leaf = blade(1.0, thin * (2 if count < 20 else 1), droop, u(0, 0.6), u(1.0, 2.0), rows=8)
    lean = 60 if droop < 0.2 else u(15, 50)
    ways = directions(rng, count, lean, 88)
    spots = np.column_stack(
        [rng.normal(0, 0.06 * width, count), np.full(count, root), rng.normal(0, 0.06 * width, count)]
    )
    mesh = placed(leaf, spots, ways, height * rng.uniform(0.55, 1.05, count))
    return [("leaf", mesh)], "long upright sword-like leaves" if droop < 0.2 else "long thin arching leaves"


def palm(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a trunk with a head of fronds, each a rib with leaflets; or a fern without the trunk."""
    u = rng.uniform
    fern = rng.random() < 0.4
    trunk = height * (0.02 if fern else u(0.35, 0.75))
    lean = u(-0.12, 0.12) * height * (not fern)
    top = np.array([lean, root + trunk, u(-0.05, 0.05) * height * (not fern)])
    out: Growth = []
    if not fern:
        path = np.array([(0, root - 0.02 * height, 0), (top[0] * 0.3, root + trunk * 0.5, top[2] * 0.4), top])
        thick = height * u(0.012, 0.035)
        out.append(("stem", tube(path, [thick * 1.3, thick, thick * 0.8], 8)))
    fronds = int(rng.integers(6, 14))
    length = min(0.62 * width, 0.9 * height)
    leaflet = blade(length * u(0.15, 0.35), length * u(0.02, 0.06), u(0, 0.5), rows=3)
    droop = u(0.3, 0.9)
    for way in directions(rng, fronds, u(5, 30), u(50, 80)):
        path = stalk(top, way, length * u(0.75, 1.1), droop, 10)
        path[:, 1] = np.maximum(path[:, 1], 0.02 * height)
        out.append(("stem", tube(path, length * 0.008, 4)))
        spots = np.repeat(path[2:], 2, axis=0)
        across = np.cross(np.gradient(path, axis=0)[2:], [0, 1, 0])
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
        sides = np.stack([across, -across], axis=1).reshape(-1, 3)
        taper = np.repeat(np.linspace(1.0, 0.4, len(path) - 2), 2)
        out.append(("leaf", placed(leaflet, spots, sides + 0.6 * way + [0, u(-0.3, 0.3), 0], taper)))
    return out, "arching feathered fern leaves" if fern else "a bare trunk with a crown of feathered leaves"


def broad(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a plant with a few large leaves, each on its own stalk or all up one stem."""
    u = rng.uniform
    count = int(rng.integers(4, 20))
    size = height * u(0.25, 0.5)
    leaf = blade(size, size * u(0.35, 0.9), u(0.1, 0.6), u(0, 0.4), u(1.0, 1.8), rows=6)
    out: Growth = []
    if rng.random() < 0.4:
        tip = height * u(0.7, 0.9)
        out.append(
            (
                "stem",
                rod(
                    (0, root - 0.02 * height, 0),
                    (u(-0.05, 0.05) * height, root + tip, 0),
                    height * u(0.008, 0.02),
                ),
            )
        )
        spots = np.column_stack(
            [np.zeros(count), root + tip * rng.uniform(0.15, 1.0, count), np.zeros(count)]
        )
        ways = directions(rng, count, 0, 65)
        return [
            *out,
            ("leaf", placed(leaf, spots, ways, rng.uniform(0.7, 1.1, count))),
        ], "large broad leaves along one stem"
    ends, tips = [], []
    for way in directions(rng, count, 40, 88):
        path = stalk((0, root, 0), way, height * u(0.35, 0.8), u(0, 0.3))
        out.append(("stem", tube(path, height * 0.007, 5)))
        ends.append(path[-1])
        tips.append([way[0] * 1.4, way[1] * u(-0.3, 0.7), way[2] * 1.4])
    return [
        *out,
        ("leaf", placed(leaf, ends, tips, rng.uniform(0.7, 1.1, count))),
    ], f"{count} broad leaves on stalks"


def cactus(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a ribbed column with arms, a ribbed ball, or flat pads."""
    u = rng.uniform
    ribs = int(rng.integers(6, 13))
    if rng.random() < 0.35:
        size = min(width, height) * u(0.5, 0.9)
        ball = fluted(sphere(size / 2, detail=18), ribs, 0.06).scaled(y=u(0.8, 1.4))
        return [("stem", ball.moved(y=root - float(ball.low[1]) - 0.05 * size))], "a ribbed cactus ball"
    thick = height * u(0.06, 0.15)
    arch = [
        (thick * float(np.cos(t)), height - thick + thick * float(np.sin(t)))
        for t in np.linspace(0, np.pi / 2, 6)
    ]
    out: Growth = [("stem", fluted(lathe([(thick * 0.9, 0.0), *arch], 48), ribs, 0.07).moved(y=root))]
    arms = int(rng.integers(0, 4))
    for arm in range(arms):
        at, out_by, up = root + height * u(0.25, 0.55), thick * u(2.0, 3.0), height * u(0.15, 0.4)
        path = np.array(
            [(0, at, 0), (out_by * 0.7, at, 0), (out_by, at + thick * 0.4, 0), (out_by, at + up, 0)]
        )
        mesh = tube(path, thick * u(0.5, 0.75), 10).rotated_deg(y=360 * arm / arms + u(-30, 30))
        out.append(("stem", mesh))
    return out, f"a ribbed cactus column with {arms} arms" if arms > 1 else "a ribbed cactus column"


def tree(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a trunk that forks into branches with clouds of leaves, bonsai to ficus; or a fir of drooping tiers."""
    u = rng.uniform
    if rng.random() < 0.3:
        tiers = int(rng.integers(5, 10))
        out: Growth = [("stem", rod((0, root, 0), (0, root + height * 0.95, 0), height * 0.015))]
        needle = blade(1.0, u(0.15, 0.35), u(0.1, 0.5), rows=4)
        for tier in range(tiers):
            share = tier / tiers
            count = int(10 - 4 * share)
            reach = 0.5 * width * (1 - share) + 0.04 * width
            spots = np.repeat([[0, root + height * (0.12 + 0.85 * share), 0]], count, axis=0)
            out.append(
                (
                    "leaf",
                    placed(
                        needle, spots, directions(rng, count, -15, 25), reach * rng.uniform(0.8, 1.1, count)
                    ),
                )
            )
        return out, "branches in tiers that shrink to a pointed top"
    thick = height * u(0.015, 0.05)
    fork = root + height * u(0.2, 0.5)
    bend = u(-0.15, 0.15) * height
    trunk = np.array(
        [(0, root - 0.02 * height, 0), (bend, (root + fork) / 2, u(-0.05, 0.05) * height), (0, fork, 0)]
    )
    grown: Growth = [("stem", tube(trunk, [thick * 1.4, thick, thick * 0.8], 7))]
    size = width * u(0.06, 0.16)
    leaf = blade(size, size * u(0.3, 0.7), u(0, 0.4), rows=4)
    branches = int(rng.integers(3, 8))
    for way in directions(rng, branches, 20, 85):
        path = stalk((0, fork, 0), way, (root + height - fork) * u(0.5, 0.9), u(-0.2, 0.1))
        grown.append(("stem", tube(path, np.linspace(thick * 0.6, thick * 0.2, len(path)), 5)))
        cloud = width * u(0.12, 0.24)
        grown.append(
            (
                "leaf",
                crown(rng, path[-1], (cloud, cloud * u(0.5, 1.0), cloud), int(rng.integers(20, 45)), leaf),
            )
        )
    return grown, f"a trunk that forks into {branches} branches"


def succulent(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return a succulent: rings of thick pointed leaves."""
    u = rng.uniform
    count = int(rng.integers(15, 40))
    leaf = blade(1.0, u(0.2, 0.5), u(-0.3, 0.2), u(0.2, 0.6), u(0.6, 1.6), rows=5)
    elevation = np.linspace(5, 85, count)
    around = np.arange(count) * 2.399963
    flat = np.cos(np.deg2rad(elevation))
    ways = np.stack([flat * np.cos(around), np.sin(np.deg2rad(elevation)), flat * np.sin(around)], axis=1)
    size = min(width * 0.5, height) * np.linspace(1.0, 0.5, count)
    return [
        ("leaf", placed(leaf, np.repeat([[0, root, 0]], count, axis=0), ways, size))
    ], "a rosette of pointed leaves"


def flowering(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return flowers on stems, with leaves."""
    count = int(rng.integers(3, 14))
    spread = min(60.0, float(np.rad2deg(np.arctan2(width / 2, height))) + 5)
    stems, leaves, flowers = bouquet(rng, (0, root, 0), spread, height * 0.95, count)
    out: Growth = [("stem", mesh) for mesh in stems]
    out += [("leaf", mesh) for mesh in leaves] + [("flower", mesh) for mesh in flowers]
    return out, f"{count} flowers on thin stems"


def vine(rng: Random, root: float, width: float, height: float) -> tuple[Growth, str]:
    """Return trailing stems that rise a little and hang over the rim."""
    u = rng.uniform
    count = int(rng.integers(5, 12))
    size = width * u(0.06, 0.16)
    leaf = blade(size, size * u(0.5, 0.9), u(0, 0.5), rows=4)
    out: Growth = []
    for way in directions(rng, count, 30, 75):
        path = stalk((0, root, 0), way, width * u(0.4, 0.7), u(0.8, 2.2), 12)
        path = path[path[:, 1] > 0]
        if len(path) < 3:
            continue
        out.append(("stem", tube(path, width * 0.008, 4)))
        out.append(
            (
                "leaf",
                placed(
                    leaf,
                    path[1:],
                    directions(rng, len(path) - 1, -40, 50),
                    rng.uniform(0.7, 1.2, len(path) - 1),
                ),
            )
        )
    bushy = directions(rng, 12, 10, 80)
    out.append(
        ("leaf", placed(leaf, np.repeat([[0, root, 0]], 12, axis=0) + bushy * size, bushy, np.full(12, 1.3)))
    )
    return out, "trailing stems that hang over the side"


GROWERS: tuple[Grower, ...] = (
    bush,
    bush,
    swords,
    swords,
    palm,
    broad,
    broad,
    cactus,
    tree,
    tree,
    succulent,
    flowering,
    vine,
)
"""With repetition: the common ones come more often."""
