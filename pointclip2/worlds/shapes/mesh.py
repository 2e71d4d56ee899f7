"""Build triangle meshes from a few parameters: the clay of the procedural world.

Lengths are metres, y is up, and the front looks to +z. The code is plain numpy, because the world makes hundreds of
shapes a second and no surface needs a general modeller: each is a grid of points joined into triangles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Number = float | int | np.floating | np.integer
Vector = Sequence[Number] | NDArray[np.floating] | NDArray[np.integer]
Points = Sequence[Vector] | NDArray[np.floating] | NDArray[np.integer]


@dataclass(frozen=True)
class Mesh:
    """Holds triangles: ``vertices`` (v, 3) float64, ``faces`` (f, 3) int64. They are not necessarily closed."""

    vertices: Array
    faces: NDArray[np.int64]

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        """Return the mesh translated."""
        return Mesh(self.vertices + np.array([x, y, z]), self.faces)

    def scaled(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> "Mesh":
        """Return the mesh scaled about the origin; a negative factor mirrors."""
        return Mesh(self.vertices * np.array([x, y, z]), self.faces)

    def rotated_deg(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        """Return the mesh rotated about the origin: first about x, then y, then z, right-handed, in degrees."""
        a, b, c = np.deg2rad([x, y, z])
        rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return Mesh(self.vertices @ (rz @ ry @ rx).T, self.faces)

    def tapered(self, axis: int, start: float, end: float) -> "Mesh":
        """Scale the two other axes about 0 from ``start`` at the low end of ``axis`` to ``end`` at its high end."""
        along = self.vertices[:, axis]
        share = (along - along.min()) / max(float(np.ptp(along)), 1e-9)
        factor = start + (end - start) * share
        vertices = self.vertices * factor[:, None]
        vertices[:, axis] = along
        return Mesh(vertices, self.faces)

    def bent(self, along: int, towards: int, amount: float) -> "Mesh":
        """Push points in direction ``towards`` by ``amount`` x (share of the half-length along ``along``) squared."""
        position = self.vertices[:, along]
        half = max(float(np.ptp(position)) / 2, 1e-9)
        share = (position - (position.max() + position.min()) / 2) / half
        vertices = self.vertices.copy()
        vertices[:, towards] += amount * share**2
        return Mesh(vertices, self.faces)

    @property
    def low(self) -> Array:
        """Return the lowest x, y, z."""
        return np.asarray(self.vertices.min(axis=0))

    @property
    def high(self) -> Array:
        """Return the highest x, y, z."""
        return np.asarray(self.vertices.max(axis=0))


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Join several meshes into one."""
    offsets = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=True)]),
    )


def grid(points: Array, wrap_rows: bool = False, wrap_columns: bool = False) -> Mesh:
    """Return a surface through a lattice of points (rows, columns, 3), two triangles a cell."""
    rows, columns = points.shape[:2]
    r = np.arange(rows if wrap_rows else rows - 1)
    c = np.arange(columns if wrap_columns else columns - 1)
    r0, c0 = (axis.ravel() for axis in np.meshgrid(r, c, indexing="ij"))
    r1, c1 = (r0 + 1) % rows, (c0 + 1) % columns
    a, b, d, e = r0 * columns + c0, r0 * columns + c1, r1 * columns + c0, r1 * columns + c1
    faces = np.concatenate([np.stack([a, b, e], axis=1), np.stack([a, e, d], axis=1)])
    return Mesh(points.reshape(-1, 3).astype(np.float64), faces.astype(np.int64))


def box(x: float, y: float, z: float, centre: Vector = (0.0, 0.0, 0.0)) -> Mesh:
    """Return a cuboid with full sizes ``x y z``."""
    corners = np.array([[i, j, k] for i in (-0.5, 0.5) for j in (-0.5, 0.5) for k in (-0.5, 0.5)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return Mesh(
        corners * np.array([x, y, z]) + np.asarray(centre, dtype=float), np.array(faces, dtype=np.int64)
    )


def superellipsoid(
    x: float, y: float, z: float, roundness: float = 1.0, centre: Vector = (0.0, 0.0, 0.0), detail: int = 16
) -> Mesh:
    """Return an ellipsoid with full sizes ``x y z``; towards ``roundness`` 0 it is a box with soft edges."""
    polar = np.linspace(-np.pi / 2, np.pi / 2, detail)[:, None]
    around = np.linspace(-np.pi, np.pi, 2 * detail, endpoint=False)[None, :]

    def power(value: Array) -> Array:
        # Without the rounding, cos(90 degrees) = 6e-17 to the power of 0.2 leaves a visible hole at the poles.
        value = np.round(value, 15)
        return np.asarray(np.sign(value) * np.abs(value) ** roundness)

    points = np.stack(
        np.broadcast_arrays(
            x / 2 * power(np.cos(polar)) * power(np.cos(around)),
            y / 2 * power(np.sin(polar)),
            z / 2 * power(np.cos(polar)) * power(np.sin(around)),
        ),
        axis=-1,
    )
    return grid(points + np.asarray(centre, dtype=float), wrap_columns=True)


def sphere(radius: float, centre: Vector = (0.0, 0.0, 0.0), detail: int = 14) -> Mesh:
    """Return a ball."""
    return superellipsoid(2 * radius, 2 * radius, 2 * radius, centre=centre, detail=detail)


def lathe(profile: Sequence[tuple[float, float]], segments: int = 24, arc_deg: float = 360.0) -> Mesh:
    """Turn a profile of (radius, height) pairs about the y axis. Begin or end at radius 0 to close an end.

    A few segments give prisms: 4 a square column, 6 a hexagonal one.
    """
    radius, height = np.array(profile, dtype=float).T
    whole = arc_deg >= 360.0
    angles = np.deg2rad(np.linspace(0.0, min(arc_deg, 360.0), segments + (not whole), endpoint=not whole))
    points = np.stack(
        [
            radius[:, None] * np.cos(angles),
            np.broadcast_to(height[:, None], (len(radius), len(angles))),
            radius[:, None] * np.sin(angles),
        ],
        axis=-1,
    )
    return grid(points, wrap_columns=whole)


def cylinder(
    radius: float,
    height: float,
    top: float | None = None,
    centre: Vector = (0.0, 0.0, 0.0),
    segments: int = 20,
) -> Mesh:
    """Return an upright closed cylinder; ``top`` is another radius at its upper end (0 makes a cone)."""
    upper = radius if top is None else top
    half = height / 2
    mesh = lathe([(0.0, -half), (radius, -half), (upper, half), (0.0, half)], segments)
    return Mesh(mesh.vertices + np.asarray(centre, dtype=float), mesh.faces)


def torus(
    radius: float,
    thickness: float,
    centre: Vector = (0.0, 0.0, 0.0),
    segments: int = 24,
    arc_deg: float = 360.0,
) -> Mesh:
    """Return a ring lying flat (axis y): ``radius`` is that of its middle line, ``thickness`` that of the tube."""
    around = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    profile = np.stack([radius + thickness * np.cos(around), thickness * np.sin(around)], axis=1)
    closed = np.concatenate([profile, profile[:1]])
    mesh = lathe([(float(r), float(h)) for r, h in closed], segments, arc_deg)
    return Mesh(mesh.vertices + np.asarray(centre, dtype=float), mesh.faces)


def tube(
    path: Points, radius: Number | Vector, segments: int = 8, closed: bool = False, turn_deg: float = 0.0
) -> Mesh:
    """Return a round rod along a path (n, 3); ``radius`` is one number or one a path point.

    A closed path returns to its start. ``turn_deg`` turns the corners of the section about the path.
    """
    line = np.asarray(path, dtype=float)
    radii = np.broadcast_to(np.asarray(radius, dtype=float), (len(line),))
    if closed:
        tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    else:
        tangent = np.gradient(line, axis=0) if len(line) > 2 else np.repeat(line[1:] - line[:1], 2, axis=0)
    tangent = tangent / np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    # One fixed helper direction, the axis the path follows least, keeps the rod from twisting.
    least = np.eye(3)[np.abs(tangent).mean(axis=0).argmin()]
    side = np.cross(tangent, least)
    if not closed and np.linalg.norm(side, axis=1).min() < 0.2:
        side = _carried(tangent)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(tangent, side)
    angles = np.deg2rad(turn_deg) + np.linspace(0, 2 * np.pi, segments, endpoint=False)
    ring = side[:, None] * np.cos(angles)[:, None] + other[:, None] * np.sin(angles)[:, None]
    points = line[:, None] + radii[:, None, None] * ring
    if not closed:
        caps = [np.repeat(end[None, None], segments, axis=1) for end in (line[0], line[-1])]
        points = np.concatenate([caps[0], points, caps[1]])
    return grid(points, wrap_rows=closed, wrap_columns=True)


def _carried(tangent: Array) -> Array:
    """Return a direction across the path at every point, each projected from the last, for paths that use all axes."""
    across = np.cross(tangent[0], np.eye(3)[np.abs(tangent[0]).argmin()])
    sides = []
    for along in tangent:
        rest = across - along * (across @ along)
        # A corner may turn the path into the direction carried so far.
        if np.linalg.norm(rest) < 1e-3:
            rest = np.cross(along, np.eye(3)[np.abs(along).argmin()])
        across = rest / max(float(np.linalg.norm(rest)), 1e-9)
        sides.append(across)
    return np.stack(sides)


def rod(start: Vector, end: Vector, radius: float, segments: int = 8) -> Mesh:
    """Return a straight round rod between two points."""
    return tube(np.array([start, end], dtype=float), radius, segments)


def beam(start: Vector, end: Vector, width: float) -> Mesh:
    """Return a straight square rod between two points; along an axis its sides face the two other axes."""
    return tube(np.array([start, end], dtype=float), width / np.sqrt(2), 4, turn_deg=45.0)


def extrude(outline: Points, depth: float) -> Mesh:
    """Give a polygon (n, 2) in x, y, star-shaped about its mean, the thickness ``depth`` along z about z = 0."""
    flat = np.asarray(outline, dtype=float)
    middle = np.repeat(flat.mean(axis=0, keepdims=True), len(flat), axis=0)
    layers = [(middle, -depth / 2), (flat, -depth / 2), (flat, depth / 2), (middle, depth / 2)]
    points = np.stack([np.column_stack([ring, np.full(len(ring), z)]) for ring, z in layers])
    return grid(points, wrap_columns=True)


def loft(outlines: Sequence[Points]) -> Mesh:
    """Stretch a skin over closed outlines (n, 3) that all have the same number of points, and close the ends."""
    rings = [np.asarray(outline, dtype=float) for outline in outlines]
    ends = [np.repeat(ring.mean(axis=0, keepdims=True), len(ring), axis=0) for ring in (rings[0], rings[-1])]
    return grid(np.stack([ends[0], *rings, ends[1]]), wrap_columns=True)


def sheet(width: float, height: float, relief: Array, thickness: float = 0.0) -> Mesh:
    """Return a plate in x, y with ``relief`` (rows, columns) displacements along z; rows go from bottom to top.

    With ``thickness`` it has two sides.
    """
    rows, columns = relief.shape
    y, x = np.meshgrid(
        np.linspace(0, height, rows), np.linspace(-width / 2, width / 2, columns), indexing="ij"
    )
    front = grid(np.stack([x, y, relief + thickness / 2], axis=-1))
    if thickness == 0.0:
        return front
    return merge([front, grid(np.stack([x, y, relief - thickness / 2], axis=-1))])
