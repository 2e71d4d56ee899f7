"""Find where something can stand on furniture, by a map of heights from points of its surface."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.geometry.surfaces import sample_surface
from pointclip2.worlds.rooms.piece import Piece
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]

CELL_M = 0.04
POINTS_PER_CELL = 25


class Top:
    """Describes the upper side of a piece, in the piece's own frame."""

    def __init__(self, piece: Piece, rng: Random) -> None:
        width, depth, _ = piece.size_m
        self.shape = (max(1, int(width / CELL_M)), max(1, int(depth / CELL_M)))
        self.low = -np.array([width, depth]) / 2
        cells = self.shape[0] * self.shape[1]
        # Both sides, legs and drawers are sampled too, so several points fall on a cell of the top.
        points, _ = sample_surface(
            piece.corners, np.zeros(len(piece.corners), dtype=np.int64), POINTS_PER_CELL * cells, rng
        )
        cell = np.clip(((points[:, :2] - self.low) / CELL_M).astype(np.int64), 0, np.array(self.shape) - 1)
        self.heights = np.full(self.shape, -1.0)
        np.maximum.at(self.heights, (cell[:, 0], cell[:, 1]), points[:, 2])
        self.taken = np.zeros(self.shape, dtype=np.bool_)

    def place(
        self, size_m: Floats, heading_rad: float, softness_m: float, rng: Random, back: bool = False
    ) -> tuple[Floats, float] | None:
        """Return a place (2,) and its height for something of a size and heading; None where there is no room.

        The surface below has to be level within ``softness_m``. What has been placed before stays in its place.
        ``back`` prefers the half away from the front.
        """
        cos, sin = abs(np.cos(heading_rad)), abs(np.sin(heading_rad))
        width, depth = size_m[0] * cos + size_m[1] * sin, size_m[0] * sin + size_m[1] * cos
        spare = np.array(self.shape) * CELL_M - np.array([width, depth])
        # Small overhangs are common: a monitor's foot, a cushion.
        if (spare < -0.03).any():
            return None
        for _ in range(12):
            share = rng.random(2)
            if back:
                share[1] = 1 - 0.5 * share[1]
            centre = self.low + np.array([width, depth]) / 2 + share * np.maximum(spare, 0.0)
            first = np.clip(
                ((centre - np.array([width, depth]) / 2 - self.low) / CELL_M).astype(int), 0, None
            )
            last = ((centre + np.array([width, depth]) / 2 - self.low) / CELL_M).astype(int) + 1
            region = (slice(first[0], last[0]), slice(first[1], last[1]))
            heights = self.heights[region]
            # The lowest tenth is left out, because cells that no point of the top fell on show what lies below it.
            lowest, highest = np.quantile(heights, (0.1, 1.0), method="higher")
            if not self.taken[region].any() and highest - lowest <= softness_m:
                self.taken[region] = True
                return centre, float(highest)
        return None
