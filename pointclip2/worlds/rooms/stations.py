"""Choose where the scanner stood, and which way it was turned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.rooms.footprint import within
from pointclip2.worlds.rooms.furnish import Room
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CLEARANCE_M = 0.3


@dataclass(frozen=True)
class Station:
    """Describes one position of a hand-held scanner, swept over a sector of its surroundings."""

    position_m: Floats
    """Position (3,)."""
    sector_rad: tuple[float, float]
    """Middle and half width of the azimuths that were swept."""
    elevation_rad: tuple[float, float]
    """Lowest and highest elevation."""

    def swept(self, x: Singles, y: Singles, z: Singles) -> NDArray[np.bool_]:
        """Say for offsets (n,) from the position whether the sweep covered that direction."""
        across = np.sqrt(x * x + y * y)
        low, high = np.tan(self.elevation_rad, dtype=np.float32)
        covered = (z >= low * across) & (z <= high * across)
        middle, half = self.sector_rad
        if half < np.pi:
            ahead = x * np.float32(np.cos(middle)) + y * np.float32(np.sin(middle))
            covered &= ahead >= np.float32(np.cos(half)) * across
        return np.asarray(covered)


def choose_stations(room: Room, counts: tuple[int, int], rng: Random) -> list[Station]:
    """Choose positions on free floor, apart from each other; at least one, even where the room is full."""
    low, high = room.plan.outline.min(axis=0), room.plan.outline.max(axis=0)
    # Things that one does not walk through.
    solid = [t for t in room.things if t.z_m < 1.0 and t.z_m + t.piece.size_m[2] > 0.3]
    tried = rng.uniform(low, high, size=(300, 2))
    tried = tried[within(tried, room.plan.outline)]
    free = np.ones(len(tried), dtype=np.bool_)
    for thing in solid:
        offsets = tried - thing.centre
        aside, ahead = np.abs(offsets @ thing.side), np.abs(offsets @ thing.front)
        free &= (aside > thing.piece.size_m[0] / 2 + CLEARANCE_M) | (
            ahead > thing.piece.size_m[1] / 2 + CLEARANCE_M
        )
    tried = tried[free] if free.any() else tried
    wanted = int(rng.integers(counts[0], counts[1] + 1))
    chosen = [tried[0]]
    for _ in range(wanted - 1):
        # Of a few candidates the best distance wins: people walk on, but not to the farthest corner.
        few = tried[rng.integers(len(tried), size=4)]
        apart = np.min([np.linalg.norm(few - place, axis=1) for place in chosen], axis=0)
        chosen.append(few[apart.argmax()])
    middle = (low + high) / 2
    stations = []
    for place in chosen:
        ahead = np.arctan2(*(middle - place)[::-1]) + rng.normal(0.0, 0.6)
        half = np.pi if rng.random() < 0.4 else rng.uniform(0.3, 0.7) * np.pi
        elevations = np.deg2rad([rng.uniform(-78, -55), rng.uniform(15, 45 if not room.plan.ceiling else 75)])
        height = rng.uniform(1.1, 1.75)
        stations.append(
            Station(
                np.append(place, height),
                (float(ahead), float(half)),
                (float(elevations[0]), float(elevations[1])),
            )
        )
    return stations
