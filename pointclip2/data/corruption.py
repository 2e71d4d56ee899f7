"""What a scanner does to a shape: noise, self-occlusion, cut-off views, holes, strays, a slightly wrong pose.

Everything works on any finite cloud (n, 3) in the unit sphere with y up; lengths are in its radius. Functions
that lose points return a mask (n,) of those that stay; functions that move points return new points (n, 3).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from pointclip2.geometry.surfaces import resample
from pointclip2.types import ConfigError

Random = np.random.Generator
Points = TypeVar("Points", NDArray[np.float32], NDArray[np.float64])
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

MIN_KEPT = 0.4
"""The share of the cloud that neither `crop` nor `drop_patches` goes below."""


@dataclass(frozen=True)
class Corruption:
    """The parameters of one preset; a pair is the range from which each cloud draws."""

    noise: tuple[float, float] = (0.0, 0.0)
    """Standard deviation of the noise on every coordinate."""
    scanners: tuple[int, int] = (0, 0)
    """How many positions the object is seen from; 0 sees all of it."""
    crop_chance: float = 0.0
    crop_kept: tuple[float, float] = (MIN_KEPT, 0.85)
    """Share of the points that a cut leaves."""
    holes: tuple[int, int] = (0, 0)
    hole_radius: tuple[float, float] = (0.08, 0.25)
    outliers: tuple[float, float] = (0.0, 0.0)
    """Share of the points that stray from the surface."""
    tilt_deg: tuple[float, float] = (0.0, 0.0)
    heading: bool = False
    """Turned about y by any angle."""


PRESETS = {
    "none": Corruption(),
    "noise": Corruption(noise=(0.005, 0.03), outliers=(0.0, 0.02)),
    "occlusion": Corruption(scanners=(1, 3)),
    "partial": Corruption(crop_chance=1.0),
    "scan": Corruption(
        noise=(0.004, 0.016),
        scanners=(1, 3),
        crop_chance=0.4,
        crop_kept=(0.75, 0.97),
        holes=(0, 3),
        hole_radius=(0.05, 0.15),
        outliers=(0.0, 0.01),
        tilt_deg=(0.0, 4.0),
    ),
}
"""``scan`` is all of it in moderation, as from a hand-held scanner led along one side of an object."""


class Worn(NamedTuple):
    """A corrupted cloud and where its points come from."""

    points: NDArray[Any]
    """(n, 3), in the type of the cloud."""
    chosen: Indices
    """(n,) the point of the cloud that each was, so that parts and colours can follow."""
    moved: Mask
    """(n,) whether noise set it off the place that it had."""
    rotation: NDArray[np.float64]
    """(3, 3) what turned the whole cloud: ``p @ R.T``."""


def corrupt(points: Points, preset: str | Corruption, rng: Random) -> Worn:
    """Return a corrupted copy with as many points as before: survivors are repeated, then moved each on its own.

    The result is not normalised again. A cloud without extent is left as it is.
    """
    if isinstance(preset, str):
        if preset not in PRESETS:
            raise ConfigError(f"unknown corruption {preset!r}: choose one of {', '.join(PRESETS)}")
        preset = PRESETS[preset]
    points, rotation = points.copy(), np.eye(3)
    kept = np.arange(len(points))
    if len(points) < 2 or not np.ptp(points, axis=0).any():
        return Worn(points, kept, np.zeros(len(points), dtype=np.bool_), rotation)

    for turn in (any_heading(rng) if preset.heading else None, any_tilt(rng, preset.tilt_deg)):
        if turn is not None:
            points, rotation = points @ turn.T.astype(points.dtype), turn @ rotation
    if preset.scanners[1]:
        kept = kept[occlude(points[kept], rng, preset.scanners)]
    if rng.random() < preset.crop_chance:
        kept = kept[crop(points[kept], rng, preset.crop_kept)]
    if preset.holes[1]:
        kept = kept[drop_patches(points[kept], rng, preset.holes, preset.hole_radius)]
    if len(kept) < len(points):
        kept = kept[resample(len(kept), len(points), rng)]
    still = points[kept]
    points = outliers(jitter(still, rng, preset.noise), rng, preset.outliers)
    return Worn(points, kept, (points != still).any(axis=1), rotation)


def jitter(points: Points, rng: Random, noise: tuple[float, float]) -> Points:
    """Gaussian noise on every coordinate, cut at three standard deviations."""
    if not noise[1]:
        return points.copy()
    moves = rng.uniform(*noise) * np.clip(rng.normal(size=points.shape), -3.0, 3.0)
    return points + moves.astype(points.dtype)


def outliers(points: Points, rng: Random, share: tuple[float, float]) -> Points:
    """Some points stray from the surface, most a little and a few far, as range sensors make at edges."""
    moved = points.copy()
    chosen = rng.permutation(len(points))[: round(rng.uniform(*share) * len(points))]
    moves = 0.1 * rng.normal(size=(len(chosen), 3)) * (1.0 + rng.exponential(size=(len(chosen), 1)))
    moved[chosen] += moves.astype(points.dtype)
    return moved


def any_heading(rng: Random) -> NDArray[np.float64]:
    """Return a rotation (3, 3) about y by any angle."""
    return _about((0.0, 1.0, 0.0), rng.uniform(0.0, 2 * np.pi))


def any_tilt(rng: Random, tilt_deg: tuple[float, float]) -> NDArray[np.float64] | None:
    """Return a rotation (3, 3) of a few degrees about a random horizontal axis: the scanner's up is not quite true.

    None, and nothing drawn, where the largest angle is 0.
    """
    if not tilt_deg[1]:
        return None
    heading = rng.uniform(0.0, 2 * np.pi)
    axis = (float(np.cos(heading)), 0.0, float(np.sin(heading)))
    return _about(axis, np.deg2rad(rng.uniform(*tilt_deg)))


def occlude(points: Points, rng: Random, scanners: tuple[int, int] = (1, 3)) -> Mask:
    """What one to three scanner positions see; the later ones lie up to a quarter turn beside the first.

    A z-buffer over a coarse grid. Points within about a pixel behind the front-most are on the same surface.
    Nobody scans a spoon from its tip alone: where less than a fifth is seen, one more position is taken.
    """
    count = int(rng.integers(scanners[0], scanners[1] + 1))
    if count == 0:
        return np.ones(len(points), dtype=np.bool_)
    pixels = max(4, round(0.45 * np.sqrt(len(points))))
    tolerance = 1.3 * 2.0 / pixels
    first = rng.uniform(0.0, 2 * np.pi)
    visible = np.zeros(len(points), dtype=np.bool_)
    for number in range(count + 1):
        if number == count and visible.mean() >= 0.2:
            break
        if number == count:
            heading = first + np.pi / 2
        else:
            heading = first + (rng.uniform(-np.pi / 2, np.pi / 2) if number else 0.0)
        elevation = np.deg2rad(rng.uniform(-5.0, 50.0))
        distance = rng.uniform(2.0, 4.0)
        right = np.array([np.cos(heading), 0.0, -np.sin(heading)])
        backward = np.array(
            [np.sin(heading) * np.cos(elevation), np.sin(elevation), np.cos(heading) * np.cos(elevation)]
        )
        across, upward, depth = (points @ np.stack([right, np.cross(backward, right), backward], axis=1)).T
        depth = distance - depth
        # Half the opening angle of the cone round the unit sphere; what strays outside falls on the border.
        scale = np.sqrt(distance**2 - 1.0) / np.maximum(depth, 0.1)
        column, row = (
            np.clip((pixels * (0.5 + 0.5 * place * scale)).astype(np.int64), 0, pixels - 1)
            for place in (across, upward)
        )
        pixel = (row + 1) * (pixels + 2) + column + 1
        front = np.full((pixels + 2) ** 2, np.inf)
        np.minimum.at(front, pixel, depth)
        visible |= depth <= _bridged(front.reshape(pixels + 2, -1)).ravel()[pixel] + tolerance
    return visible


def crop(points: Points, rng: Random, kept: tuple[float, float] = (MIN_KEPT, 0.85)) -> Mask:
    """A partial view: one side cut off by a plane, or a ball bitten out of it. At least 40 % stays."""
    if rng.random() < 0.5:
        order = points @ rng.normal(size=3)
    else:
        order = np.square(points - points[rng.integers(len(points))]).sum(axis=1)
    stays = int(np.ceil(max(rng.uniform(*kept), MIN_KEPT) * len(points)))
    mask = np.zeros(len(points), dtype=np.bool_)
    mask[np.argsort(-order, kind="stable")[:stays]] = True
    return mask


def drop_patches(
    points: Points,
    rng: Random,
    holes: tuple[int, int] = (1, 4),
    radius: tuple[float, float] = (0.08, 0.25),
) -> Mask:
    """Round holes in the surface. A hole that would leave less than 40 % of the points is not made."""
    mask = np.ones(len(points), dtype=np.bool_)
    for _ in range(rng.integers(holes[0], holes[1] + 1)):
        centre = points[rng.integers(len(points))]
        rest = mask & (np.square(points - centre).sum(axis=1) > rng.uniform(*radius) ** 2)
        if rest.sum() >= MIN_KEPT * len(points):
            mask = rest
    return mask


def _bridged(front: NDArray[np.float64]) -> NDArray[np.float64]:
    """The z-buffer (with a border of one pixel) with a surface also where two opposite neighbours have one.

    About two points fall on a pixel, so one in eight stays empty by chance and would show what lies behind.
    """
    closed = front.copy()
    inner = front[1:-1, 1:-1]
    across = np.maximum(front[1:-1, :-2], front[1:-1, 2:])
    upward = np.maximum(front[:-2, 1:-1], front[2:, 1:-1])
    falling = np.maximum(front[:-2, :-2], front[2:, 2:])
    rising = np.maximum(front[:-2, 2:], front[2:, :-2])
    closed[1:-1, 1:-1] = np.minimum.reduce([inner, across, upward, falling, rising])
    return closed


def _about(axis: tuple[float, float, float], angle_rad: float) -> NDArray[np.float64]:
    """Rotation matrix about a unit axis (Rodrigues)."""
    x, y, z = axis
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle_rad) * skew + (1.0 - np.cos(angle_rad)) * (skew @ skew)
