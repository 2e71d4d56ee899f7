"""Build animals on four legs: trunk, jointed legs, head and ears."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, step
from pointclip2.worlds.shapes.mesh import Array, Mesh, Points, Vector, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Shape
from pointclip2.worlds.shapes.wider.forms import skin


@dataclass(frozen=True)
class Build:
    """Holds the sizes of an animal in metres: trunk, legs and neck; ``girth`` is the width and height of the trunk."""

    long: float
    tall: float
    girth: tuple[float, float]
    leg: float
    neck: float
    neck_deg: float
    head: float
    stout: tuple[float, ...] = (0.5, 0.92, 1.0, 0.9, 0.95, 1.0, 0.6)
    """Girth along the trunk from rump to chest."""


def limb(points: Points, radii: Vector, sides: int = 8) -> Mesh:
    """Return a jointed limb: a rounded tube through its joints."""
    path = np.asarray([np.asarray(p, dtype=float) for p in points])
    t = np.linspace(0, len(path) - 1, 3 * len(path) - 2)
    knots = np.arange(len(path))
    line = np.column_stack([np.interp(t, knots, path[:, k]) for k in range(3)])
    return tube(line, np.interp(t, knots, np.asarray(radii, dtype=float)), sides)


def walk(d: Dice) -> tuple[float, float, float, float]:
    """Return how far each leg swings forward (front left and right, rear left and right), in leg lengths."""
    if d.chance(0.45):
        return (0.0, 0.0, 0.0, 0.0)
    far = d.between(0.15, 0.4)
    return (far, -far, -far, far) if d.chance(0.6) else (far, far * 0.7, -far, -far * 0.7)


def four_legged(shape: Shape, d: Dice, build: Build, swing: tuple[float, ...], hoof: float = 1.0) -> Array:
    """Add trunk, legs and neck, and return where the head begins.

    ``hoof`` scales the lowest part of the leg; a front leg bends back at its knee, a rear one at its heel.
    """
    wide, high = build.girth
    belly = build.tall - high
    middle = build.tall - high / 2
    z = np.array([-0.5, -0.42, -0.25, 0.0, 0.25, 0.42, 0.5]) * build.long
    sag = d.between(-0.04, 0.06) * high
    rows = [
        (
            float(at),
            wide * s,
            high * s,
            middle - sag * (1 - (2 * at / build.long) ** 2) + 0.1 * high * (s < 0.7),
        )
        for at, s in zip(z, build.stout, strict=True)
    ]
    shape.add("body", skin(rows, d.between(0.75, 1.0), d.whole(8, 16)))
    thick = build.leg
    for k, forward in enumerate(swing):
        side, front = (1 if k % 2 else -1), k < 2
        hip = np.array([side * wide * 0.28, belly + high * 0.35, build.long * (0.36 if front else -0.38)])
        reach = belly + high * 0.35
        ahead = forward * reach
        knee = hip + step(
            0, -reach * 0.5, ahead * 0.5 + (0.04 if front else 0.1) * reach * (1 if not front else -0.5)
        )
        heel = np.array([hip[0], reach * 0.22, hip[2] + ahead * 0.85 - (0.0 if front else 0.1) * reach])
        foot = np.array([hip[0], 0.0, hip[2] + ahead])
        shape.add(
            "leg",
            limb(
                [hip, knee, heel, foot + step(0, thick * 0.3, 0)],
                [thick * 1.7, thick * 1.05, thick * 0.7, thick * 0.75 * hoof],
            ),
        )
        shape.add(
            "leg",
            superellipsoid(
                thick * 1.7 * hoof,
                thick * 0.8,
                thick * 2.2 * hoof,
                0.8,
                foot + step(0, thick * 0.4, thick * 0.3),
                6,
            ),
        )
    angle = np.deg2rad(build.neck_deg)
    root = np.array([0.0, middle + high * 0.12, build.long * 0.4])
    end = root + build.neck * np.array([0, np.sin(angle), np.cos(angle)])
    if build.neck > 0:
        shape.add(
            "body",
            limb(
                [root, (root + end) / 2 + [0, -0.04 * build.neck, 0.04 * build.neck], end],
                [high * 0.34, high * 0.24, build.head * 0.24],
            ),
        )
    return end


def face(at: Array, size: tuple[float, float, float], pitch_deg: float, taper: float, dice: Dice) -> Mesh:
    """Return a head from ``at``: ``size`` is width, height, length; its muzzle is ``taper`` times as thick."""
    wide, high, long = size
    rows = [
        (-0.25, 0.5, 0.0),
        (0.0, 1.0, 0.02),
        (0.3, 0.95, 0.0),
        (0.55, (1 + taper) / 2.1, -0.08),
        (0.9, taper, -0.12),
        (1.0, taper * 0.7, -0.13),
    ]
    mesh = skin([(z * long, wide * s, high * s, y * high) for z, s, y in rows], dice.between(0.7, 1.0), 12)
    return mesh.rotated_deg(x=pitch_deg).moved(*at)


def ear(root: Array, tip: Array, wide: float, thin: float = 0.25) -> Mesh:
    """Return a flat pointed or rounded ear between two points."""
    t = np.linspace(0, 1, 6)
    line = root + (tip - root) * t[:, None]
    mesh = tube(line, wide / 2 * np.array([0.5, 0.9, 1.0, 0.9, 0.6, 0.1]), 8)
    squeezed = mesh.vertices.copy()
    centre = (
        np.interp(squeezed[:, 1], *np.sort(np.stack([line[:, 1], line[:, 2]]), axis=1))
        if abs(tip[1] - root[1]) > 1e-6
        else root[2]
    )
    squeezed[:, 2] = centre + (squeezed[:, 2] - centre) * thin
    return Mesh(squeezed, mesh.faces)
