"""Plan the empty room: its outline, walls, and where they are open."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Wall:
    """Describes a wall from above: where it starts, and its unit directions (2,) along and into the room."""

    start: Floats
    along: Floats
    inward: Floats
    length_m: float

    @property
    def heading_rad(self) -> float:
        """Return the heading of a thing whose back is at the wall."""
        return float(np.arctan2(self.inward[0], -self.inward[1]))

    def at(self, along_m: float, inward_m: float = 0.0) -> Floats:
        """Return a place (2,) on the floor."""
        return self.start + along_m * self.along + inward_m * self.inward


@dataclass(frozen=True)
class Opening:
    """Describes a rectangle that is missing in a wall."""

    wall: int
    start_m: float
    end_m: float
    low_m: float
    high_m: float
    leads_on: bool = False
    """Whether it is a doorway through which a piece of the next room is seen; a window shows nothing."""


@dataclass
class Plan:
    """Holds the floor polygon (n, 2), counter-clockwise with sides along x and y, and what is cut into the walls."""

    outline: Floats
    height_m: float
    ceiling: bool
    """Whether the scanner was held up to the ceiling."""
    openings: list[Opening] = field(default_factory=list)

    @property
    def walls(self) -> list[Wall]:
        """Return the walls in the order of the outline: wall ``i`` starts at its corner ``i``."""
        found = []
        for start, end in zip(self.outline, np.roll(self.outline, -1, axis=0), strict=True):
            length = float(np.abs(end - start).sum())
            along = (end - start) / length
            found.append(Wall(start, along, np.array([-along[1], along[0]]), length))
        return found

    def is_free(self, wall: int, start_m: float, end_m: float) -> bool:
        """Say whether no opening touches this part of the wall."""
        return all(
            opening.wall != wall or end_m <= opening.start_m or opening.end_m <= start_m
            for opening in self.openings
        )


def make_plan(shorter_m: tuple[float, float], longer_m: tuple[float, float], rng: Random) -> Plan:
    """Make a room around the origin: a rectangle, or an L where it is large enough for one."""
    sides = np.array([rng.uniform(*shorter_m), rng.uniform(*longer_m)])
    if rng.random() < 0.5:
        sides = sides[::-1]
    x, y = sides / 2
    outline = [(-x, -y), (x, -y), (x, y), (-x, y)]
    if sides.min() > 3.4 and rng.random() < 0.35:
        notch_x, notch_y = rng.uniform(0.2, 0.4, 2) * sides
        outline = [(-x, -y), (x, -y), (x, y - notch_y), (x - notch_x, y - notch_y), (x - notch_x, y), (-x, y)]
    polygon = np.array(outline)
    for _ in range(rng.integers(4)):
        polygon = np.stack([-polygon[:, 1], polygon[:, 0]], axis=1)
    return Plan(polygon, float(rng.uniform(2.35, 3.0)), bool(rng.random() < 0.4))
