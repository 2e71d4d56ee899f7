"""Make what furniture stands on and is opened by: legs, stretchers, pedestals, sledges, handles, cushions."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from pointclip2.worlds.shapes.mesh import (
    Array,
    Mesh,
    Points,
    Vector,
    box,
    cylinder,
    grid,
    lathe,
    loft,
    rod,
    sphere,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random

T = TypeVar("T")

LEG_KINDS = ("square", "tapered", "round", "tapered round", "turned", "cabriole", "blade")
LEG_PHRASES = {
    "square": "square legs",
    "tapered": "legs that taper to the floor",
    "round": "round cylinder legs",
    "tapered round": "thin pointed round legs",
    "turned": "turned legs with bulges",
    "cabriole": "curved legs",
    "blade": "flat board legs",
}
HANDLE_PHRASES = {
    "knob": "small round knobs",
    "bar": "bar handles",
    "bow": "curved bow handles",
    "ring": "ring handles",
    "plate": "flat box handles",
    "none": "no handles",
}
_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def chance(rng: Random, share: float) -> bool:
    """Return True in ``share`` of all cases."""
    return bool(rng.random() < share)


def pick(rng: Random, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a count in words, such as "three drawers"; numbers over twelve become "many"."""
    word = _NUMBERS[number] if number < len(_NUMBERS) else "many"
    return f"{word} {noun if number == 1 else plural or noun + 's'}"


def leg(kind: str, foot: Vector, top: Vector, width: float) -> Mesh:
    """Return a leg of a kind in ``LEG_KINDS``; its sections stay level, so it meets floor and seat."""
    start, end = np.asarray(foot, dtype=float), np.asarray(top, dtype=float)
    segments = 10 if kind in ("round", "tapered round", "turned", "cabriole") else 4
    share = np.array([0.0, 1.0])
    girth = np.ones(2)
    bow = np.zeros(1)
    if kind in ("tapered", "tapered round"):
        girth = np.array([0.5, 1.0])
    elif kind == "turned":
        share = np.linspace(0, 1, 15)
        girth = 0.5 + 0.4 * np.abs(np.sin(2.5 * np.pi * share)) + 0.2 * (share > 0.85)
    elif kind == "cabriole":
        share = np.linspace(0, 1, 10)
        girth = 0.5 + 0.9 * share**2 + 0.5 * (share < 0.05)
        bow = -0.8 * width * np.sin(2 * np.pi * share)
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False) + np.pi / segments
    reach = width / 2 / (np.cos(np.pi / 4) if segments == 4 else 1.0)
    ring = reach * np.stack([np.cos(angles), np.zeros(segments), np.sin(angles)], axis=1)
    if kind == "blade":
        ring = ring * np.array([1.6, 1.0, 0.5])
    outwards = np.sign(end) * np.array([1.0, 0.0, 1.0])
    middle = start + share[:, None] * (end - start) + bow[:, None] * outwards
    return loft(list(middle[:, None] + girth[:, None, None] * ring))


def four_legs(
    kind: str, width: float, half: tuple[float, float], height: float, splay: tuple[float, float] = (0.0, 0.0)
) -> list[Mesh]:
    """Return legs with upper ends at (+-half x, height, +-half z); their feet stand ``splay`` further out."""
    return [
        leg(
            kind,
            (i * (half[0] + splay[0]), 0.0, k * (half[1] + splay[1])),
            (i * half[0], height, k * half[1]),
            width,
        )
        for i in (-1, 1)
        for k in (-1, 1)
    ]


def stretchers(
    kind: str, half: tuple[float, float], y: float, width: float, is_round: bool = False
) -> list[Mesh]:
    """Return bars between four legs: ``box`` all round, ``sides`` left and right, ``H``, ``X``, ``rear``."""
    x, z = half

    def bar(start: Vector, end: Vector) -> Mesh:
        if is_round:
            return rod(start, end, width / 2, 8)
        a, b = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        length = float(np.linalg.norm(b - a))
        turn = float(np.rad2deg(np.arctan2(-(b - a)[2], (b - a)[0])))
        return box(length, width, width * 0.7).rotated_deg(y=turn).moved(*((a + b) / 2))

    left, right = ((-x, y, -z), (-x, y, z)), ((x, y, -z), (x, y, z))
    rear, front = ((-x, y, -z), (x, y, -z)), ((-x, y, z), (x, y, z))
    sets = {
        "box": [left, right, rear, front],
        "sides": [left, right],
        "rear": [left, right, rear],
        "H": [left, right, ((-x, y, 0.0), (x, y, 0.0))],
        "X": [((-x, y, -z), (x, y, z)), ((-x, y, z), (x, y, -z))],
    }
    return [bar(start, end) for start, end in sets[kind]]


def pedestal(rng: Random, height: float, reach: float) -> tuple[list[Mesh], str]:
    """Return one central column with a foot of radius ``reach``, and what it is called."""
    girth = reach * float(rng.uniform(0.08, 0.3))
    column = pick(rng, ("straight", "turned", "trumpet", "square"))
    if column == "turned":
        y = np.linspace(0, height, 14)
        wave = girth * (0.7 + 0.5 * np.abs(np.sin(y / height * np.pi * float(rng.uniform(1.5, 3.5)))))
        meshes = [lathe([(float(r), float(h)) for r, h in zip(wave, y, strict=True)], 16)]
    elif column == "trumpet":
        y = np.linspace(0, 1, 10)
        radius = girth + (reach - girth) * (1 - y) ** float(rng.uniform(3, 7)) + 0.4 * girth * y**6
        meshes = [
            lathe([(0.0, 0.0), *((float(r), float(h) * height) for r, h in zip(radius, y, strict=True))], 24)
        ]
        return meshes, "a trumpet shaped base"
    elif column == "square":
        meshes = [box(2 * girth, height, 2 * girth, (0, height / 2, 0))]
    else:
        meshes = [cylinder(girth, height, centre=(0, height / 2, 0), segments=16)]
    foot = pick(rng, ("disc", "arms", "square", "dome", "cone"))
    thick = min(float(rng.uniform(0.012, 0.05)), height * 0.2)
    if foot == "disc":
        meshes.append(
            cylinder(reach, thick, top=reach * float(rng.uniform(0.85, 1)), centre=(0, thick / 2, 0))
        )
        return meshes, "one column on a round disc"
    if foot == "square":
        side = 1.6 * reach
        meshes.append(box(side, thick, side, (0, thick / 2, 0)))
        return meshes, "one column on a square plate"
    if foot in ("dome", "cone"):
        rise = min(height * 0.5, reach * float(rng.uniform(0.15, 0.5)))
        bend = 0.5 if foot == "dome" else 1.0
        share = np.linspace(0, 1, 7)
        profile = [
            (reach * float(1 - s), rise * float(s) ** (1 / bend) if bend < 1 else rise * float(s))
            for s in share
        ]
        if foot == "dome":
            profile = [
                (reach * float(np.cos(s * np.pi / 2)), rise * float(np.sin(s * np.pi / 2))) for s in share
            ]
        meshes.append(lathe(profile, 20))
        return meshes, f"one column on a {foot}"
    arms = int(rng.integers(3, 6))
    rise = height * float(rng.uniform(0.05, 0.35))
    share = np.linspace(0, 1, 6)
    for angle in 2 * np.pi * np.arange(arms) / arms + np.pi / 4:
        out = reach * share
        path = np.stack(
            [out * np.cos(angle), thick / 2 + rise * (1 - share**0.7), out * np.sin(angle)], axis=1
        )
        meshes.append(tube(path, np.linspace(1.2, 0.6, 6) * max(girth * 0.5, thick / 2), 6))
    return meshes, f"a central column with {counted(arms, 'foot', 'feet')}"


def star_base(rng: Random, height: float, reach: float, castors: bool) -> list[Mesh]:
    """Return the base of an office chair: column up to ``height``, arms, castors or glides."""
    arms = pick(rng, (4, 5, 5, 5, 6))
    wheel = float(rng.uniform(0.02, 0.035)) if castors else 0.008
    hub = 2 * wheel + float(rng.uniform(0.02, 0.07))
    lower = hub + (height - hub) * float(rng.uniform(0.3, 0.6))
    meshes = [
        rod((0, hub - 0.02, 0), (0, lower, 0), float(rng.uniform(0.025, 0.04)), 12),
        rod((0, lower, 0), (0, height, 0), float(rng.uniform(0.012, 0.022)), 10),
    ]
    thick = float(rng.uniform(0.014, 0.026))
    for angle in 2 * np.pi * (np.arange(arms) + 0.25) / arms:
        x, z = reach * float(np.cos(angle)), reach * float(np.sin(angle))
        meshes.append(
            tube(
                [[0, hub, 0], [x * 0.5, hub * 0.9, z * 0.5], [x, 2 * wheel, z]],
                [thick, thick, thick * 0.7],
                6,
            )
        )
        if castors:
            turn = float(rng.uniform(0, 180))
            for side in (-1, 1):
                disc = cylinder(wheel, 0.016, segments=10).rotated_deg(x=90).moved(z=side * 0.014)
                meshes.append(disc.rotated_deg(y=turn).moved(x, wheel, z))
        else:
            meshes.append(cylinder(thick, 2 * wheel, centre=(x, wheel, z), segments=8))
    return meshes


def handle(kind: str, size: float, centre: Vector, upright: bool = False) -> list[Mesh]:
    """Return a pull on a front that looks to +z: ``knob``, ``bar``, ``bow``, ``ring``, ``plate`` or ``none``."""
    x, y, z = (float(v) for v in np.asarray(centre, dtype=float))
    deep = max(0.3 * size, 0.015)
    turn = 90.0 if upright else 0.0
    if kind == "none":
        return []
    if kind == "knob":
        radius = float(np.clip(0.15 * size, 0.01, 0.02))
        return [
            rod((x, y, z), (x, y, z + radius), radius / 2, 6),
            sphere(radius, (x, y, z + 1.6 * radius), 7),
        ]
    if kind == "bar":
        long = rod((-size / 2, 0, deep), (size / 2, 0, deep), 0.006, 6)
        ends = [rod((s * 0.4 * size, 0, 0), (s * 0.4 * size, 0, deep), 0.005, 5) for s in (-1, 1)]
        return [mesh.rotated_deg(z=turn).moved(x, y, z) for mesh in (long, *ends)]
    if kind == "bow":
        along = np.linspace(-1, 1, 7)
        path = np.stack([along * size / 2, -0.1 * size * (1 - along**2), deep * (1 - along**4)], axis=1)
        return [tube(path, 0.006, 6).rotated_deg(z=turn).moved(x, y, z)]
    if kind == "ring":
        radius = float(np.clip(0.25 * size, 0.015, 0.035))
        turn_rad = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        path = [x, y - radius, z + 0.012] + radius * np.stack(
            [np.cos(turn_rad), np.sin(turn_rad), 0 * turn_rad], axis=1
        )
        return [tube(path, 0.004, 5, closed=True), sphere(0.01, (x, y, z + 0.006), 5)]
    return [box(size, 0.012, deep).rotated_deg(z=turn).moved(x, y, z + deep / 2)]


def cushion(x: float, y: float, z: float, centre: Vector, roundness: float = 0.35) -> Mesh:
    """Return a soft box with full sizes ``x y z``."""
    return superellipsoid(x, y, z, roundness, centre, detail=8)


def plank(x: float, y: float, z: float, sections: int = 9) -> Mesh:
    """Return a box with sections along x, so that it can be bent."""
    along = np.linspace(-x / 2, x / 2, sections)
    corners = np.array([[0, -y / 2, -z / 2], [0, y / 2, -z / 2], [0, y / 2, z / 2], [0, -y / 2, z / 2]])
    return loft([corners + np.array([at, 0, 0]) for at in along])


def slab(outline: Points, thickness: float, y: float) -> Mesh:
    """Return a level plate: polygon (n, 2) in x, z, star-shaped about its mean; upper face at ``y``."""
    flat = np.asarray(outline, dtype=float)
    ring = np.stack([flat[:, 0], np.full(len(flat), y), flat[:, 1]], axis=1)
    return loft([ring - np.array([0, thickness, 0]), ring])


def rounded_outline(x: float, z: float, roundness: float, points: int = 32) -> Array:
    """Return a superellipse (n, 2) with full sizes ``x z``; roundness 1 is an ellipse, towards 0 a rectangle."""
    around = np.linspace(0, 2 * np.pi, points, endpoint=False)
    c, s = np.cos(around), np.sin(around)
    return np.stack(
        [x / 2 * np.sign(c) * np.abs(c) ** roundness, z / 2 * np.sign(s) * np.abs(s) ** roundness], axis=1
    )


def ruled(lower: Points, upper: Points) -> Mesh:
    """Return a one-sided skin between two lines of points (n, 3)."""
    return grid(np.stack([np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)]))


def arch_line(width: float, height: float, rise: float, points: int = 15) -> Array:
    """Return the upper edge (n, 2) of an opening from left to right, up to ``height``, its curve ``rise`` tall."""
    share = np.linspace(0, np.pi, points)
    return np.stack([-width / 2 * np.cos(share), height - rise + rise * np.sin(share)], axis=1)
