"""Describe a thing before and after it is placed: labelled triangles, z up, in metres."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.rooms.kinds import KINDS, Kind
from pointclip2.worlds.shapes.classes import make_shape, register
from pointclip2.worlds.shapes.mesh import Mesh, merge
from pointclip2.worlds.shapes.shape import Random, Shape

Floats = NDArray[np.float64]

TRIES = 4
"""How many shapes are tried for the right variant before one is squeezed into its range anyway."""
WHOLE_SCALE = (0.7, 1.4)
"""Range in which a shape may be scaled; beyond that its legs and boards would have a toy's thickness."""
STRETCH = 1.3
"""How much more one axis may be scaled than another."""


@dataclass(frozen=True)
class Piece:
    """Holds something that is not yet placed: centred over the origin, standing on z = 0, its front towards -y."""

    name: str
    """Its class; empty for clutter that no class describes."""
    corners: Floats
    """Corners (f, 3, 3) of its triangles."""
    fragile: NDArray[np.bool_]
    """For every triangle: whether a scanner often sees nothing there (screens, glass)."""

    @cached_property
    def size_m(self) -> Floats:
        """Return width, depth and height."""
        return np.asarray(np.ptp(self.corners.reshape(-1, 3), axis=0))


@dataclass(frozen=True)
class Placed:
    """Holds a piece in its room."""

    piece: Piece
    x_m: float
    y_m: float
    z_m: float
    """Height of its underside."""
    heading_rad: float
    """Angle about z, counter-clockwise. At 0 its front looks towards -y."""

    @property
    def front(self) -> Floats:
        """Return the unit vector (2,) of where it looks."""
        return np.array([np.sin(self.heading_rad), -np.cos(self.heading_rad)])

    @property
    def side(self) -> Floats:
        """Return the unit vector (2,) along its width."""
        return np.array([np.cos(self.heading_rad), np.sin(self.heading_rad)])

    @property
    def centre(self) -> Floats:
        """Return its centre on the floor (2,)."""
        return np.array([self.x_m, self.y_m])

    def seen_from(self, origin_m: Floats, turn_rad: float) -> "Placed":
        """Return the same in coordinates that begin at ``origin_m`` (3,) and are then turned about z."""
        x, y, z = np.array([self.x_m, self.y_m, self.z_m]) - origin_m
        cos, sin = np.cos(turn_rad), np.sin(turn_rad)
        return Placed(
            self.piece,
            float(cos * x - sin * y),
            float(sin * x + cos * y),
            float(z),
            self.heading_rad + turn_rad,
        )

    def corners(self) -> Floats:
        """Return the corners of its triangles in the room (f, 3, 3)."""
        x, y, z = np.moveaxis(self.piece.corners, -1, 0)
        cos, sin = np.cos(self.heading_rad), np.sin(self.heading_rad)
        return np.stack([cos * x - sin * y + self.x_m, sin * x + cos * y + self.y_m, z + self.z_m], axis=-1)


def make_piece(kind_name: str, rng: Random) -> Piece:
    """Make a new thing of a kind, in one of its variants and of a size within its range."""
    register()
    kind = KINDS[kind_name]
    for _ in range(TRIES):
        shape = _variant(kind, rng)
        scale = _scale(_size(shape), kind)
        if WHOLE_SCALE[0] <= scale.min() and scale.max() <= min(WHOLE_SCALE[1], STRETCH * scale.min()):
            break
    corners, parts = shape.triangles()
    screens = [index for index, part in enumerate(shape.part_names) if part == "screen"]
    return Piece(kind.shape, _standing(corners) * scale, np.isin(parts, screens))


def plain_piece(*meshes: Mesh) -> Piece:
    """Make a piece of clutter from meshes of `shapes.mesh`: y up, front towards +z."""
    whole = merge(meshes)
    corners = _standing(whole.vertices[whole.faces])
    return Piece("", corners, np.zeros(len(corners), dtype=np.bool_))


def _variant(kind: Kind, rng: Random) -> Shape:
    """Make shapes until one is of a wanted variant; the rarest is one in twenty of its maker's shapes."""
    for _ in range(1000):
        made = make_shape(kind.shape, rng)
        if _is_variant(made, kind):
            return made
    raise ValueError(f"the maker of {kind.shape!r} makes none that is {' or '.join(kind.wants)}")


def _is_variant(shape: Shape, kind: Kind) -> bool:
    said = "; ".join(shape.attributes)
    wanted = not kind.wants or any(phrase in said for phrase in kind.wants)
    return wanted and not any(phrase in said for phrase in kind.refuses)


def _size(shape: Shape) -> Floats:
    """Return width, depth and height of a shape, which is y up."""
    low = np.min([mesh.low for mesh in shape.meshes], axis=0)
    high = np.max([mesh.high for mesh in shape.meshes], axis=0)
    return np.asarray((high - low)[[0, 2, 1]])


def _scale(size: Floats, kind: Kind) -> Floats:
    """Scale a size into the range with as little change as possible: first as a whole, then axis by axis."""
    low, high = np.array(kind.low_m) / size, np.array(kind.high_m) / size
    least, most = float(low.max()), float(high.min())
    whole = np.clip(1.0, least, most) if least <= most else np.sqrt(least * most)
    return np.asarray(np.clip(whole, low, high))


def _standing(corners: Floats) -> Floats:
    """Turn corners from y up, front +z to z up, front -y, and centre them over the origin."""
    x, y, z = np.moveaxis(corners, -1, 0)
    turned = np.stack([x, -z, y], axis=-1)
    low, high = turned.min(axis=(0, 1)), turned.max(axis=(0, 1))
    return turned - np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
