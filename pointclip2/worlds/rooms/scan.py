"""Scan a room: several stations see it, with everything that goes wrong on the way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.types import ConfigError
from pointclip2.worlds.rooms.furnish import Room
from pointclip2.worlds.rooms.stations import choose_stations
from pointclip2.worlds.rooms.surface import Surface, sample_room
from pointclip2.worlds.rooms.visibility import joined, view_from
from pointclip2.worlds.shapes.shape import Random

Floats = NDArray[np.float64]

FUSED_POINTS = 150_000
"""Number of points of a scan before a data set thins it: about what ScanNet's meshes have."""


@dataclass(frozen=True)
class Scanner:
    """Describes how good a scanner is; a pair is the range from which each room draws."""

    stations: tuple[int, int] = (4, 7)
    noise_m: tuple[float, float] = (0.0015, 0.003)
    """Standard deviation of the depth at close range."""
    noise_per_m: tuple[float, float] = (0.0005, 0.0012)
    """Increase of the deviation with the square of the distance: metres at one metre."""
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
    """Standard deviation of each station's heading."""
    warp_m: tuple[float, float] = (0.004, 0.014)
    """Height of the waves in floor and walls."""
    tilt_deg: tuple[float, float] = (0.0, 0.8)
    """Angle between the scan's idea of up and the true one."""
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
"""Presets: ``handheld`` resembles a phone or depth camera led through a room; ``clean`` shows what its faults cost."""


@dataclass(frozen=True)
class Scan:
    """Holds a fused scan of at most `FUSED_POINTS` points in random order, so that any first part is a thinner scan."""

    points_m: Floats
    """Positions (n, 3)."""
    things: NDArray[np.int64]
    """Index (n,) into ``Room.things``; -1 for the shell and for points that belong to nothing."""
    origin_m: Floats
    """Origin (3,) of the scan's own coordinates: the first station."""


def scan_room(room: Room, preset: str, rng: Random) -> Scan:
    """Return what the stations see together, worn, in the room's coordinates except for tilt and warp.

    Raises:
        ConfigError: there is no such preset.
    """
    if preset not in SCANNERS:
        raise ConfigError(f"data.scanner={preset}: choose one of {', '.join(SCANNERS)}")
    scanner = SCANNERS[preset]
    surface = sample_room(room, rng)
    stations = choose_stations(room, scanner.stations, rng)
    chance = _return_chance(surface, scanner, rng)
    thin_kept = 1 - rng.uniform(*scanner.thin_lost)
    views = [view_from(station, surface) for station in stations]
    seen = joined(views)
    seen_by = np.repeat(np.arange(len(views)), [len(view.rows) for view in views])
    # A scanner returns more of what is near and faces it. The root is there because scans are fused: a place that is
    # seen four times as often has twice the points.
    weight = np.sqrt(seen.facing) / np.maximum(seen.distance_m, 0.7) / surface.per_m2[seen.rows]
    weight *= chance[seen.rows] * np.where(seen.thin, thin_kept, 1.0)
    fused = _weighted_draw(weight, FUSED_POINTS, rng)
    seen, seen_by = seen.chosen(fused), seen_by[fused]
    rows, distance, behind = seen.rows, seen.distance_m, seen.behind_m
    things = surface.things[rows].copy()
    positions = np.stack([station.position_m for station in stations])[seen_by]
    rays = (surface.columns_m[:, rows].T - positions) / distance[:, None]
    flies = (behind > 0) & (rng.random(len(rows)) < rng.uniform(*scanner.flying))
    measured = distance + _depth_error(distance, seen.facing, scanner, rng)
    measured = np.where(flies, distance + behind * rng.beta(1.0, 2.0, len(rows)), measured)
    strays = rng.random(len(rows)) < rng.uniform(*scanner.strays)
    measured[strays] *= rng.uniform(0.6, 1.1, int(strays.sum()))
    things[flies | strays] = -1
    offsets = measured[:, None] * rays + scanner.noise_m[0] * _cut_normal(rays.shape, rng)
    points = _registered(offsets, positions, seen_by, scanner, rng)
    return Scan(_bent(points, scanner, rng), things, stations[0].position_m)


def _return_chance(surface: Surface, scanner: Scanner, rng: Random) -> NDArray[np.float32]:
    """Return how likely each point of the surface comes back (n,): less on screens, hardly in the holes."""
    screens = rng.uniform(*scanner.fragile_lost, size=int(surface.things.max(initial=-1)) + 2).astype(
        np.float32
    )
    chance = 1 - surface.fragile * screens[surface.things]
    for _ in range(rng.integers(scanner.holes[0], scanner.holes[1] + 1)):
        x, y, z = surface.columns_m - surface.columns_m[:, [rng.integers(len(chance))]]
        chance[x * x + y * y + z * z < np.float32(rng.uniform(*scanner.hole_radius_m)) ** 2] *= 0.05
    return chance


def _weighted_draw(weight: NDArray[np.floating], count: int, rng: Random) -> NDArray[np.int64]:
    """Draw at most ``count`` different rows in random order, none of weight 0."""
    rows = np.flatnonzero(weight > 0)
    if len(rows) > count:
        # Exponential draws divided by weights: the smallest of them are a weighted draw without replacement.
        key = rng.standard_exponential(len(rows), dtype=np.float32) / weight[rows]
        rows = rows[np.argpartition(key, count)[:count]]
    return np.asarray(rng.permutation(rows))


def _cut_normal(shape: tuple[int, ...], rng: Random) -> Floats:
    return np.clip(rng.normal(size=shape), -2.5, 2.5)


def _depth_error(
    distance: NDArray[np.float32], facing: NDArray[np.float32], scanner: Scanner, rng: Random
) -> Floats:
    """Return the error along the ray (n,): it grows with the square of the distance, and on slanted surfaces."""
    near, growing = rng.uniform(*scanner.noise_m), rng.uniform(*scanner.noise_per_m)
    spread = (near + growing * distance**2) / np.sqrt(np.maximum(facing, 0.3))
    return spread * _cut_normal(distance.shape, rng)


def _registered(
    offsets: Floats, positions: Floats, seen_by: NDArray[np.int64], scanner: Scanner, rng: Random
) -> Floats:
    """Move points (n, 3) to where each station believes them: its own place and heading are slightly wrong."""
    count = int(seen_by.max(initial=0)) + 1
    angle = np.deg2rad(rng.normal(0, scanner.turn_deg, count))[seen_by]
    shift = rng.normal(0, scanner.shift_m, (count, 3))[seen_by]
    x, y, z = offsets.T
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=1) + positions + shift


def _bent(points: Floats, scanner: Scanner, rng: Random) -> Floats:
    """Add waves a few metres long in all three directions, and a tilt about a horizontal axis."""
    height = rng.uniform(*scanner.warp_m)
    waves = rng.uniform(0.5, 1.8, (3, 3)) * rng.choice([-1.0, 1.0], (3, 3))
    bent = points + height * np.sin(points @ waves + rng.uniform(0, 2 * np.pi, 3))
    angle, about = np.deg2rad(rng.uniform(*scanner.tilt_deg)), rng.uniform(0, 2 * np.pi)
    # For angles this small the rotation is its first-order part.
    slope = np.tan(angle) * np.array([np.cos(about), np.sin(about)])
    bent[:, 2] += bent[:, :2] @ slope
    bent[:, :2] -= bent[:, 2:] * slope
    return np.asarray(bent)
