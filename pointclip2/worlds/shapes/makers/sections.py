"""Make outlines to loft skins over, blades such as wings and fins, and wheels; and set a shape on the ground."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.shapes.mesh import Array, Mesh, Vector, lathe, loft
from pointclip2.worlds.shapes.shape import Random, Shape


def ring(
    x: float,
    other: float,
    centre: Vector = (0.0, 0.0, 0.0),
    axis: int = 2,
    roundness: float = 1.0,
    count: int = 16,
) -> Array:
    """Return a closed superellipse (count, 3), ``x`` by ``other`` across: ``axis`` 2 stands (x, y), 1 lies (x, z).

    ``roundness`` 1 is an ellipse, towards 0 a rectangle with soft corners.
    """
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + np.pi / count
    cos, sin = np.cos(angles), np.sin(angles)
    points = np.zeros((count, 3))
    points[:, 0] = x / 2 * np.sign(cos) * np.abs(cos) ** roundness
    points[:, 3 - axis] = other / 2 * np.sign(sin) * np.abs(sin) ** roundness
    return points + np.asarray(centre, dtype=float)


_CHORDWISE = np.array([0.0, 0.05, 0.25, 0.6, 1.0, 0.6, 0.25, 0.05])
_THICKNESS = np.array([0.0, 0.3, 0.5, 0.36, 0.02, -0.36, -0.5, -0.3])


def blade(
    root: Vector, tip: Vector, root_chord: float, tip_chord: float, thickness: float = 0.1, thin_axis: int = 1
) -> Mesh:
    """Return a wing or fin between two leading-edge points, its chord running back to -z.

    ``thickness`` is a share of the chord; ``thin_axis`` 1 lies flat as a wing does, 0 stands as a fin does.
    """
    sections = []
    for lead, chord in ((root, root_chord), (tip, tip_chord)):
        section = np.tile(np.asarray(lead, dtype=float), (len(_CHORDWISE), 1))
        section[:, 2] -= chord * _CHORDWISE
        section[:, thin_axis] += chord * thickness * _THICKNESS
        sections.append(section)
    return loft(sections)


def wheel(
    rng: Random, radius: float, width: float, rim: float = 0.65, spokes: int = 0, segments: int = 20
) -> tuple[Mesh, ...]:
    """Return a wheel about the origin, axle along x: a tyre and a dished disc or ``spokes`` bars."""
    half, inner = width / 2, radius * rim
    tyre = lathe(
        [
            (inner, -half),
            (radius * 0.94, -half),
            (radius, -half * 0.6),
            (radius, half * 0.6),
            (radius * 0.94, half),
            (inner, half),
            (inner, -half),
        ],
        segments,
    )
    if spokes == 0:
        dish = half * float(rng.uniform(0.2, 0.9))
        discs = [
            lathe([(0.0, s * dish), (inner * 0.3, s * dish), (inner, s * half * 0.7)], segments)
            for s in (-1, 1)
        ]
        return tuple(mesh.rotated_deg(z=90) for mesh in (tyre, *discs))
    hub = lathe([(0.0, -half), (inner * 0.22, -half), (inner * 0.22, half), (0.0, half)], 10)
    thick = max(min(half * 0.5, inner * 2.0 / spokes), radius * 0.012)
    bars = []
    for k in range(spokes):
        corners = (
            np.array([[0, -thick, -thick], [0, thick, -thick], [0, thick, thick], [0, -thick, thick]]) * 0.5
        )
        bar = loft([corners + step(inner * 0.1, 0, 0), corners + step(inner * 1.03, 0, 0)])
        bars.append(bar.rotated_deg(y=360.0 * k / spokes))
    return tuple(mesh.rotated_deg(z=90) for mesh in (tyre, hub, *bars))


def step(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Array:
    """Return a displacement to add to points."""
    return np.array([x, y, z])


def pair(*meshes: Mesh) -> tuple[Mesh, ...]:
    """Return the meshes and their mirror images in the plane x = 0."""
    return (*meshes, *(mesh.scaled(x=-1.0) for mesh in meshes))


def set_down(shape: Shape) -> None:
    """Move the whole shape so that its lowest point is at y = 0."""
    lowest = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes[:] = [mesh.moved(y=-lowest) for mesh in shape.meshes]


def turn(shape: Shape, x_deg: float = 0.0, y_deg: float = 0.0, z_deg: float = 0.0) -> None:
    """Rotate the whole shape about the origin."""
    shape.meshes[:] = [mesh.rotated_deg(x_deg, y_deg, z_deg) for mesh in shape.meshes]


@dataclass(frozen=True)
class Dice:
    """Offers short words for the draws that a maker makes most."""

    rng: Random

    def between(self, low: float, high: float) -> float:
        """Return a uniform number."""
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Return an integer, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """Return True that often."""
        return bool(self.rng.random() < probability)

    def pick(self, *options: str) -> str:
        """Return one of the words, all equally likely."""
        return options[int(self.rng.integers(len(options)))]
