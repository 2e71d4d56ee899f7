"""A scan of a room: what several stations saw of it, with everything that goes wrong on the way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.rooms.furnish import Room
from pointclip2.data.rooms.stations import choose_stations
from pointclip2.data.rooms.surface import Surface, sample_room
from pointclip2.data.rooms.visibility import View, view_from
from pointclip2.data.shapes.shape import Random
from pointclip2.types import ConfigError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scanner:
    """How good a scanner is; a pair is the range from which each room draws."""

    stations: tuple[int, int] = (4, 7)
    noise_m: tuple[float, float] = (0.0015, 0.003)
    """Standard deviation at close range."""
    noise_per_m: tuple[float, float] = (0.0005, 0.0012)
    """Grows with the square of the distance: metres at one metre."""
    thin_lost: tuple[float, float] = (0.25, 0.6)
    """Share of the points on thin structures that are not returned."""
    flying: tuple[float, float] = (0.02, 0.08)
    """Share of the points at edges that end up between near and far."""
    fragile_lost: tuple[float, float] = (0.1, 0.9)
    """Share of the points lost on a screen, drawn for each of them."""
    holes: tuple[int, int] = (4, 14)
    hole_radius_m: tuple[float, float] = (0.06, 0.3)
    shift_m: float = 0.006
    """Standard deviation of each station's place: the same surface appears twice, slightly apart."""
    turn_deg: float = 0.2
    """Of its heading."""
    warp_m: tuple[float, float] = (0.004, 0.014)
    """Height of the waves in floor and walls."""
    tilt_deg: tuple[float, float] = (0.0, 0.8)
    """Between the scan's idea of up and the true one."""
    strays: tuple[float, float] = (0.0, 0.002)
    """Share of points that belong to nothing."""


SCANNERS = {
    "handheld": Scanner(),
    "clean": Scanner(
        stations=(8, 10), noise_m=(0.001, 0.001), noise_per_m=(0.0, 0.0), thin_lost=(0.0, 0.0), flying=(0.0, 0.0),
        fragile_lost=(0.0, 0.0), holes=(0, 0), shift_m=0.0, turn_deg=0.0, warp_m=(0.0, 0.0), tilt_deg=(0.0, 0.0),
        strays=(0.0, 0.0),
    ),
    "rough": Scanner(
        stations=(2, 4), noise_m=(0.003, 0.006), noise_per_m=(0.001, 0.002), thin_lost=(0.5, 0.9),
        flying=(0.05, 0.15), holes=(10, 25), hole_radius_m=(0.1, 0.4), shift_m=0.015, turn_deg=0.5,
        warp_m=(0.01, 0.025), tilt_deg=(0.3, 1.5), strays=(0.0, 0.006),
    ),
}  # fmt: skip
"""``handheld`` resembles a phone or depth camera led through a room; ``clean`` is for finding out what its faults cost."""


@dataclass(frozen=True)
class Scan:
    """Everything that came back, before it is thinned."""

    points_m: Floats
    """(n, 3)"""
    things: NDArray[np.int64]
    """(n,) index into ``Room.things``; -1 for the shell and for points that belong to nothing."""
    weight: Floats
    """(n,) how often the scanner returned this part of the surface: nearer and facing it more often."""
    origin_m: Floats
    """(3,) where the scan's own coordinates begin: the first station."""


def scan_room(room: Room, preset: str, rng: Random) -> Scan:
    """What the stations see together, worn; in the room's coordinates, but for tilt and warp.

    Raises:
        ConfigError: no such preset.
    """
    if preset not in SCANNERS:
        raise ConfigError(f"data.scanner={preset}: choose one of {', '.join(SCANNERS)}")
    scanner = SCANNERS[preset]
    surface = sample_room(room, rng)
    stations = choose_stations(room, scanner.stations, rng)
    lost_screens = rng.uniform(*scanner.fragile_lost, size=len(room.things) + 1)
    thin_lost, flying = rng.uniform(*scanner.thin_lost), rng.uniform(*scanner.flying)
    noise = rng.uniform(*scanner.noise_m), rng.uniform(*scanner.noise_per_m)
    parts = []
    for station in stations:
        view = view_from(station, surface)
        returned = rng.random(len(view.rows)) >= view.thin * thin_lost
        returned &= rng.random(len(view.rows)) >= surface.fragile[view.rows] * lost_screens[surface.things[view.rows]]
        parts.append(_returns(view, returned, surface, station.position_m, noise, flying, scanner, rng))
    points, things, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = ~_holes(points, scanner, rng)
    points, things, weight = points[kept], things[kept], weight[kept]
    strays = rng.random(len(points)) < rng.uniform(*scanner.strays)
    points[strays] += rng.normal(0, 0.15, (int(strays.sum()), 3))
    things[strays] = -1
    return Scan(_bent(points, scanner, rng), things, weight, stations[0].position_m)


def thin_out(scan: Scan, points: int, rng: Random) -> NDArray[np.int64]:
    """Rows (m,) of at most so many points, denser where the scanner was near, each at most once."""
    if len(scan.points_m) <= points:
        return rng.permutation(len(scan.points_m))
    # Gumbel's trick: the largest of log-weight + noise are a weighted draw without replacement. The root,
    # because scans are fused: a place that is seen four times as often has twice the points.
    key = 0.5 * np.log(scan.weight) + rng.gumbel(size=len(scan.weight))
    return np.asarray(rng.permutation(np.argpartition(-key, points)[:points]))


def _returns(
    view: View,
    returned: NDArray[np.bool_],
    surface: Surface,
    position: Floats,
    noise: tuple[float, float],
    flying: float,
    scanner: Scanner,
    rng: Random,
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Points, things and weights of one station, in the place where it believes to be."""
    rows, distance, facing, behind = (
        column[returned] for column in (view.rows, view.distance_m, view.facing, view.behind_m)
    )
    points, things = surface.points_m[rows], surface.things[rows].copy()
    ray = (points - position) / distance[:, None]
    near, growing = noise
    error = (near + growing * distance**2) * np.clip(rng.normal(size=len(rows)), -2.5, 2.5) / np.sqrt(facing)
    flies = (behind > 0) & (rng.random(len(rows)) < flying)
    error = np.where(flies, behind * rng.beta(1.0, 2.0, len(rows)), error)
    things[flies] = -1
    points = points + error[:, None] * ray + near * np.clip(rng.normal(size=points.shape), -2.5, 2.5)
    angle = np.deg2rad(rng.normal(0, scanner.turn_deg))
    cos, sin = np.cos(angle), np.sin(angle)
    turned = (points - position) @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    points = turned + position + rng.normal(0, scanner.shift_m, 3)
    weight = facing / np.maximum(distance, 0.7) ** 2 / surface.per_m2[rows] ** 2
    return points, things, weight


def _holes(points: Floats, scanner: Scanner, rng: Random) -> NDArray[np.bool_]:
    """Where nothing came back: shiny, dark or simply missed. A few points remain."""
    lost = np.zeros(len(points), dtype=np.bool_)
    if len(points) == 0:
        return lost
    for _ in range(rng.integers(scanner.holes[0], scanner.holes[1] + 1)):
        centre = points[rng.integers(len(points))]
        radius = rng.uniform(*scanner.hole_radius_m)
        lost |= np.square(points - centre).sum(axis=1) < radius**2
    return lost & (rng.random(len(points)) < 0.95)


def _bent(points: Floats, scanner: Scanner, rng: Random) -> Floats:
    """Waves a few metres long in all three directions, and a tilt about a horizontal axis."""
    height = rng.uniform(*scanner.warp_m)
    waves = rng.uniform(0.5, 1.8, (3, 3)) * rng.choice([-1.0, 1.0], (3, 3))
    bent = points + height * np.sin(points @ waves + rng.uniform(0, 2 * np.pi, 3))
    angle, about = np.deg2rad(rng.uniform(*scanner.tilt_deg)), rng.uniform(0, 2 * np.pi)
    # For angles this small the rotation is its first-order part.
    slope = np.tan(angle) * np.array([np.cos(about), np.sin(about)])
    bent[:, 2] += bent[:, :2] @ slope
    bent[:, :2] -= bent[:, 2:] * slope
    return np.asarray(bent)
