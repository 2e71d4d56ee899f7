"""Place things in a room: against walls, beside, before and on each other, without sharing the same floor."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.rooms.footprint import inside, overlapping, rectangle
from pointclip2.worlds.rooms.piece import Piece, Placed
from pointclip2.worlds.rooms.plan import Plan
from pointclip2.worlds.rooms.tops import Top
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]

TRIES = 25
HALF_TURN = float(np.pi)


class Layout:
    """Fills a room. Every method that places returns None where it found no room for the piece."""

    def __init__(self, plan: Plan, rng: Random) -> None:
        self.plan = plan
        self.rng = rng
        self.things: list[Placed] = []
        self._taken: list[Floats] = []
        self._tops: dict[int, Top] = {}

    def keep_clear(self, corners: Floats) -> None:
        """Keep this rectangle (4, 2) free of things, for example before a door."""
        self._taken.append(corners)

    def is_free(self, corners: Floats, beside: Sequence[Placed] = ()) -> bool:
        """Say whether a rectangle lies within the walls and touches nothing that stands there except ``beside``."""
        if not inside(corners, self.plan.outline, 0.02):
            return False
        spared = [_footprint(thing) for thing in beside]
        others = [taken for taken in self._taken if not any(np.array_equal(taken, spare) for spare in spared)]
        return not others or not bool(overlapping(corners, np.stack(others)).any())

    def add(
        self, piece: Piece, x_m: float, y_m: float, heading_rad: float, z_m: float = 0.0, stands: bool = True
    ) -> Placed:
        """Place a piece there, whatever else is there; if it ``stands`` on the floor, nothing else may stand there."""
        placed = Placed(piece, float(x_m), float(y_m), float(z_m), float(heading_rad))
        self.things.append(placed)
        if stands:
            self._taken.append(_footprint(placed))
        return placed

    def against_wall(
        self, piece: Piece, gap_m: float = 0.05, middle: bool = False, corner: bool = False
    ) -> Placed | None:
        """Place its back to a wall, up to ``gap_m`` away: anywhere along it, at its ``middle`` or in a ``corner``."""
        width, depth = piece.size_m[:2]
        walls = [wall for wall in self.plan.walls if wall.length_m >= width]
        if not walls:
            return None
        lengths = np.array([wall.length_m for wall in walls])

        def propose() -> tuple[float, float, float]:
            wall = walls[self.rng.choice(len(walls), p=lengths / lengths.sum())]
            spare = wall.length_m - width
            share = self.rng.uniform(0.3, 0.7) if middle else self.rng.random()
            at = width / 2 + share * spare
            if corner:
                at = width / 2 + (min(spare, self.rng.uniform(0, 0.1)) if share < 0.5 else spare)
            x, y = wall.at(at, depth / 2 + self.rng.uniform(0.0, gap_m))
            return x, y, wall.heading_rad + self._wobble(0.02)

        return self._first_free(piece, propose)

    def free(self, piece: Piece, heading_rad: float | None = None) -> Placed | None:
        """Place it anywhere on the floor, at any heading unless one is given."""
        low, high = self.plan.outline.min(axis=0), self.plan.outline.max(axis=0)

        def propose() -> tuple[float, float, float]:
            x, y = self.rng.uniform(low, high)
            return x, y, self.rng.uniform(-np.pi, np.pi) if heading_rad is None else heading_rad

        return self._first_free(piece, propose)

    def central(self, piece: Piece) -> Placed | None:
        """Place it away from the walls, and parallel to them."""
        low, high = self.plan.outline.min(axis=0), self.plan.outline.max(axis=0)

        def propose() -> tuple[float, float, float]:
            x, y = self.rng.uniform(0.65 * low + 0.35 * high, 0.35 * low + 0.65 * high)
            return x, y, self.rng.integers(4) * np.pi / 2 + self._wobble(0.06)

        return self._first_free(piece, propose)

    def beside(self, host: Placed, piece: Piece, sign: int) -> Placed | None:
        """Place it to the right (1) or left (-1) of the host, both backs in line."""

        def propose() -> tuple[float, float, float]:
            aside = (host.piece.size_m[0] + piece.size_m[0]) / 2 + self.rng.uniform(0.02, 0.15)
            back = (host.piece.size_m[1] - piece.size_m[1]) / 2
            x, y = host.centre + sign * aside * host.side - back * host.front
            return x, y, host.heading_rad + self._wobble(0.05)

        return self._first_free(piece, propose)

    def before(
        self,
        host: Placed,
        piece: Piece,
        gap_m: tuple[float, float],
        facing: bool = True,
        wobble_rad: float = 0.1,
    ) -> Placed | None:
        """Place it in front of the host, looking at it or away; a negative gap pushes a chair below a desk."""
        return self._at_side(host, piece, host.front, host.piece.size_m[1] / 2, gap_m, facing, wobble_rad)

    def around(self, host: Placed, pieces: Sequence[Piece]) -> list[Placed]:
        """Place pieces along the four sides of a table, looking at it, some pushed in, some pulled away or turned."""
        width, depth = host.piece.size_m[:2]
        seats = max(1, int(width / 0.62))
        places = [
            (sign * host.front, depth / 2, shift) for sign in (1, -1) for shift in _spread(seats, width)
        ]
        places += [(sign * host.side, width / 2, 0.0) for sign in (1, -1)]
        found = []
        for piece, number in zip(pieces, self.rng.permutation(len(places)), strict=False):
            away, half, shift = places[number]
            across = np.array([-away[1], away[0]])
            pulled = self.rng.random() < 0.25
            gap = (0.05, 0.45) if pulled else (-0.3, 0.02)
            placed = self._at_side(
                host, piece, away, half, gap, True, 0.8 if pulled else 0.12, shift * across
            )
            if placed is not None:
                found.append(placed)
        return found

    def on(
        self, host: Placed, piece: Piece, turn_rad: float = 0.15, softness_m: float = 0.03, back: bool = False
    ) -> Placed | None:
        """Place it on top of the host, looking where the host looks, give or take ``turn_rad``."""
        key = id(host)
        if key not in self._tops:
            self._tops[key] = Top(host.piece, self.rng)
        turn = self._wobble(turn_rad)
        found = self._tops[key].place(piece.size_m, turn, softness_m, self.rng, back)
        if found is None:
            return None
        place, height = found
        x, y = host.centre + place[0] * host.side - place[1] * host.front
        return self.add(piece, x, y, host.heading_rad + turn, host.z_m + height, stands=False)

    def on_wall(self, piece: Piece, low_m: tuple[float, float], stand_off_m: float = 0.01) -> Placed | None:
        """Hang it on a wall with its underside between these heights, where no opening is."""
        width, depth, height = piece.size_m
        walls = self.plan.walls
        for _ in range(TRIES):
            number = int(self.rng.integers(len(walls)))
            wall = walls[number]
            if wall.length_m < width + 0.1:
                continue
            at = self.rng.uniform(width / 2, wall.length_m - width / 2)
            if self.plan.is_free(number, at - width / 2 - 0.05, at + width / 2 + 0.05):
                x, y = wall.at(at, depth / 2 + stand_off_m)
                low = min(self.rng.uniform(*low_m), self.plan.height_m - height - 0.02)
                return self.add(piece, x, y, wall.heading_rad, low, stands=False)
        return None

    def _at_side(
        self,
        host: Placed,
        piece: Piece,
        away: Floats,
        half_m: float,
        gap_m: tuple[float, float],
        facing: bool,
        wobble_rad: float,
        shift: Floats | None = None,
    ) -> Placed | None:
        def propose() -> tuple[float, float, float]:
            distance = half_m + self.rng.uniform(*gap_m) + piece.size_m[1] / 2
            x, y = host.centre + distance * away + (0.0 if shift is None else shift)
            looks = -away if facing else away
            heading = float(np.arctan2(looks[0], -looks[1]))
            return x, y, heading + self._wobble(wobble_rad)

        return self._first_free(piece, propose, beside=[host] if gap_m[0] < 0 else [])

    def _first_free(
        self, piece: Piece, propose: Callable[[], tuple[float, float, float]], beside: Sequence[Placed] = ()
    ) -> Placed | None:
        for _ in range(TRIES):
            x, y, heading = propose()
            if self.is_free(rectangle(x, y, piece.size_m[0], piece.size_m[1], heading), beside):
                return self.add(piece, x, y, heading)
        return None

    def _wobble(self, amount_rad: float) -> float:
        return float(self.rng.normal(0.0, amount_rad))


def _footprint(thing: Placed) -> Floats:
    return rectangle(thing.x_m, thing.y_m, thing.piece.size_m[0], thing.piece.size_m[1], thing.heading_rad)


def _spread(count: int, width_m: float) -> list[float]:
    return [float((index + 0.5) / count - 0.5) * width_m for index in range(count)]
