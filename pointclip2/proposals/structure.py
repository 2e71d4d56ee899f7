"""Find what of a scan is the room itself: floor, ceiling and walls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.proposals.floor import Floor, find_floor
from pointclip2.proposals.surface import Surface
from pointclip2.proposals.walls import Wall, find_walls

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Structure:
    """Holds the planes of a room. Without a floor, heights start at the lowest point, and there are no walls."""

    floor: Floor | None
    walls: tuple[Wall, ...]
    lowest_m: float
    ceiling_m: float
    """Height above the floor; infinite where none was scanned."""
    thick_m: float
    """Distance from a plane within which points belong to it."""

    def height(self, points: Floats) -> Floats:
        """Return metres above the floor."""
        return points[:, 2] - self.lowest_m if self.floor is None else self.floor.height(points)

    def belongs(
        self, points: Floats, normals: Floats | None = None, within_m: float | None = None
    ) -> NDArray[np.bool_]:
        """Say which points are floor, ceiling or wall, or lie behind them; ``within_m`` replaces ``thick_m``.

        With normals, furniture that stands against a wall keeps all points that do not face the way the wall does.
        """
        thick_m = self.thick_m if within_m is None else within_m
        height = self.height(points)
        inside = height < thick_m if self.floor is not None else np.zeros(len(points), dtype=bool)
        inside |= height > self.ceiling_m - 2 * thick_m
        for wall in self.walls:
            beyond, along = wall.beyond(points), wall.along(points)
            near = (along > wall.ends_m[0] - 0.05) & (along < wall.ends_m[1] + 0.05)
            flush = beyond > -thick_m
            if normals is not None:
                facing = np.abs(normals[:, :2] @ wall.normal) > 0.6
                flush &= facing | (beyond > -0.4 * thick_m)
            inside |= flush & near
        return inside

    def to_wall(self, points: Floats) -> Floats:
        """Return metres to the nearest wall, infinite where there is none."""
        gaps = [np.abs(wall.beyond(points)) for wall in self.walls]
        return np.min(gaps, axis=0) if gaps else np.full(len(points), np.inf)

    @property
    def heading_rad(self) -> float:
        """Return the heading of the longest wall, in [0, pi / 2): most furniture stands along it."""
        if not self.walls:
            return 0.0
        wall = max(self.walls, key=lambda wall: wall.ends_m[1] - wall.ends_m[0])
        return float(np.arctan2(wall.normal[1], wall.normal[0]) % (np.pi / 2))


def find_structure(surface: Surface, thick_m: float) -> Structure:
    """Find floor, walls and ceiling of a thinned scan."""
    points, normals = surface.points, surface.normals
    lowest = float(points[:, 2].min()) if len(points) else 0.0
    floor = find_floor(points, normals, thick_m)
    if floor is None:
        return Structure(None, (), lowest, np.inf, thick_m)
    height = floor.height(points)
    walls = find_walls(points, normals, height, thick_m)
    return Structure(floor, tuple(walls), lowest, _ceiling(height, normals), thick_m)


def _ceiling(height: Floats, normals: Floats) -> float:
    """Find the highest level surface above a person's head, if it is a large part of all that is level."""
    level = height[np.abs(normals[:, 2]) > 0.9]
    high = level[level > 1.9]
    if len(high) < 0.15 * len(level) or len(high) < 50:
        return float("inf")
    counts, edges = np.histogram(high, bins=np.arange(1.9, high.max() + 0.1, 0.05))
    return float(edges[counts.argmax()]) if len(counts) else float("inf")
