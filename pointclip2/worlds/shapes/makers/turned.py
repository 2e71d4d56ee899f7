"""Make hollow round things and what is fixed to them: forms that vessels, fixtures, lamps and pots share."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.mesh import Array, Mesh, grid, lathe, tube

Profile = list[tuple[float, float]]
Ring = tuple[float, float, float, float, float, float]


def curve(knots: Sequence[tuple[float, float]], count: int = 26) -> Profile:
    """Return a smooth (Catmull-Rom) profile through (radius, height) knots; the radius never falls below zero."""
    k = np.array(knots, dtype=float)
    padded = np.concatenate([2 * k[:1] - k[1:2], k, 2 * k[-1:] - k[-2:-1]])
    t = np.linspace(0, len(k) - 1, count)
    i = np.minimum(t.astype(int), len(k) - 2)
    f = (t - i)[:, None]
    a, b, c, d = padded[i], padded[i + 1], padded[i + 2], padded[i + 3]
    points = 0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)
    return [(max(float(r), 0.0), float(y)) for r, y in points]


def hollow(profile: Profile, wall: float, floor: float | None = None, segments: int = 28) -> Mesh:
    """Return an open vessel: the outer ``profile`` from the foot to the rim, then back down inside to the floor."""
    low = profile[0][1]
    bottom = low + (wall if floor is None else floor)
    # The inner wall needs a point at the floor, or a two-point profile would drop straight from its rim.
    down = [*((r, y) for r, y in reversed(profile) if y > bottom), (radius_at(profile, bottom), bottom)]
    inner = [(max(r - wall, 0.2 * r), y) for r, y in down]
    return lathe([(0.0, low), *profile, *inner, (0.0, bottom)], segments)


def radius_at(profile: Profile, height: float) -> float:
    """Return the radius of a profile at a height (of the ends beyond them)."""
    r, y = np.array(sorted(profile, key=lambda point: point[1])).T
    return float(np.interp(height, y, r))


def squared(mesh: Mesh, power: float) -> Mesh:
    """Turn round about the y axis into square with soft corners: 2 leaves it, 10 is nearly square.

    The half-width along x and z stays the radius.
    """
    x, z = mesh.vertices[:, 0], mesh.vertices[:, 2]
    radius = np.maximum(np.hypot(x, z), 1e-9)
    spread = np.abs(x / radius) ** power + np.abs(z / radius) ** power
    factor = np.maximum(spread, 1e-9) ** (-1 / power)
    return Mesh(mesh.vertices * np.stack([factor, np.ones_like(factor), factor], axis=1), mesh.faces)


def fluted(mesh: Mesh, lobes: int, depth: float, twist: float = 0.0) -> Mesh:
    """Put waves around the y axis, ``depth`` a share of the radius, turning by ``twist`` turns on the way up."""
    x, y, z = mesh.vertices.T
    share = (y - y.min()) / max(float(np.ptp(y)), 1e-9)
    factor = 1 + depth * np.cos(lobes * np.arctan2(z, x) + 2 * np.pi * twist * share)
    return Mesh(mesh.vertices * np.stack([factor, np.ones_like(factor), factor], axis=1), mesh.faces)


def handle(
    high: float,
    low: float,
    reach: float,
    thickness: float,
    profile: Profile,
    squareness: float = 0.0,
    skew: float = 0.0,
    strap: float = 1.0,
) -> Mesh:
    """Return a loop on the +x side of a vessel between two heights, ``reach`` beyond its wall.

    ``squareness`` 0 is a half ellipse, towards 1 a bracket; ``skew`` > 0 bulges above, < 0 below;
    ``strap`` widens it.
    """
    angle = np.linspace(-np.pi / 2, np.pi / 2, 18)
    power = 1.0 - 0.75 * squareness
    out = np.abs(np.cos(angle)) ** power * (1 + skew * np.sin(angle))
    along = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    y = (high + low) / 2 + (high - low) / 2 * along
    wall = np.interp(along, [-1, 1], [radius_at(profile, low), radius_at(profile, high)])
    inset = min(0.3 * thickness, 0.2 * float(wall.min()))
    path = np.stack([wall - inset + reach * out, y, np.zeros_like(y)], axis=1)
    return tube(path, thickness / 2, 8).scaled(z=strap)


def outline(half_x: float, half_z: float, power: float = 2.0, count: int = 32) -> NDArray[np.float64]:
    """Return a closed superellipse (count, 2) in x, z: power 2 an ellipse, 8 a rectangle with soft corners."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False) + np.pi / count
    return np.stack(
        [
            half_x * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2 / power),
            half_z * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** (2 / power),
        ],
        axis=1,
    )


def rings(stack: Sequence[Ring], count: int = 32) -> Mesh:
    """Return a skin over flat superellipses, each (half_x, half_z, y, power, centre_x, centre_z).

    A basin goes up outside and down inside; a ring of half-width 0 closes an end.
    """
    layers = []
    for half_x, half_z, y, power, centre_x, centre_z in stack:
        flat: Array = outline(half_x, half_z, power, count)
        layers.append(np.stack([flat[:, 0] + centre_x, np.full(count, y), flat[:, 1] + centre_z], axis=1))
    return grid(np.stack(layers), wrap_columns=True)


def say_proportion(height: float, width: float, thing: str) -> str:
    """Say "tall and narrow body", and so on, from height over width."""
    ratio = height / max(width, 1e-9)
    if ratio > 2.2:
        return f"tall thin {thing}"
    if ratio > 1.3:
        return f"tall {thing}"
    if ratio > 0.75:
        return f"{thing} about as tall as wide"
    return f"low wide {thing}" if ratio > 0.35 else f"flat shallow {thing}"
