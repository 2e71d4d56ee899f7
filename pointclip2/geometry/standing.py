"""Tell which way up an object stands, from its points alone.

What is seen from each of six directions (what the object could stand on, where its mass lies, how its cross-section
changes with height, what hides what, symmetry) goes through small networks, the same for all six, that were fitted on
procedural shapes: ``python -m pointclip2.worlds.standing`` makes its weights anew.

>>> probability = up_scores(points)  # (points, 3), any size and place
>>> UPS[probability.argmax()], probability.max()
('y', 0.97)
"""

from functools import cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from safetensors.numpy import load

from pointclip2.errors import WeightsError, is_transient

Floats = NDArray[np.float64]
Points = Float[NDArray[np.floating], "points 3"]

UPS = ("y", "z", "x", "-y", "-z", "-x")
"""The directions that are judged, in the order of every score; of equal ones the first is taken. Three places farther
stands the opposite one."""
WEIGHTS, FITTED = "standing.safetensors", "36173c2b6142f656"
"""The fitted weights, and their digest: another file would turn clouds otherwise in silence."""
POINTS = 1024
"""As many as the shapes had that it was fitted on; of larger clouds so many are looked at."""
CLIPPED = 4.0
"""Features farther from the mean, in standard deviations, are cut off."""
FLAT = 1e-3
"""What is thinner than this share of its length is a line or a sheet, and says nothing of up."""
SLICES = 8
"""Slices of equal height that the cloud is cut into."""
CELLS, COLUMNS = 8, 12
"""Cells along each side of the footprint: of the map of a slice, and of the columns between floor and ceiling."""
LAYERS = 40
"""Thin layers, whose fullest are shelves, seats and tops."""
GRID = 16
"""Cells along each side of the grid whose mirror images are compared."""
ENDS = (0.02, 0.05)
"""Thickness of what touches the floor, in shares of the height."""
STRAY = 0.004
"""Share of the points at each end of an axis that may be strays."""
_COMPASS = np.arange(16) * np.pi / 8
_HEADINGS = np.stack([np.cos(_COMPASS), np.sin(_COMPASS)]).astype(np.float32)
_PLANE = ((1, 2), (0, 2), (0, 1))


def up_scores(points: Points) -> Float[NDArray[np.float64], "6"]:
    """Return how likely each direction of `UPS` points up; the six sum to 1.

    A cloud that says nothing (few points, a line, a flat sheet) scores 1/6 everywhere. The points have to be finite.
    """
    if len(points) > POINTS:  # a drawing, not a stride: scanners write rows
        points = points[np.random.default_rng(0).choice(len(points), POINTS, replace=False)]
    if len(points) < 8 or _is_flat(points):
        return np.full(6, 1 / 6)
    logits = network(standing_features(points), weights())
    likely = np.exp(logits - logits.max())
    return likely / likely.sum()


def network(
    features: Float[NDArray[np.float64], "6 features"], w: dict[str, Floats]
) -> Float[NDArray[np.float64], "6"]:
    """Return a score for each direction: of what is seen from it, beside the opposite one and the four at its sides.

    It is the mean of a few networks, which differ by the seed that they were fitted with.
    """
    seen = np.clip((features - w["mean"]) / w["scale"], -CLIPPED, CLIPPED)
    hidden = np.maximum(_linear(seen, w, "first"), 0)
    opposite = np.roll(hidden, 3, axis=1)
    sides = (hidden.sum(axis=1, keepdims=True) - hidden - opposite) / 4
    compared = np.maximum(_linear(np.concatenate([hidden, opposite, sides], axis=2), w, "second"), 0)
    return np.asarray((compared @ w["last.weight"].transpose(0, 2, 1)).mean(axis=(0, 2)))


def _linear(values: Floats, w: dict[str, Floats], layer: str) -> Floats:
    """Return what each network's layer makes of the values (networks, 6, width)."""
    return values @ w[f"{layer}.weight"].transpose(0, 2, 1) + w[f"{layer}.bias"][:, None]


@cache
def weights() -> dict[str, Floats]:
    """Return the network's weights by name.

    Raises:
        WeightsError: the file is damaged or another one.
    """
    if weights_digest() != FITTED:
        raise WeightsError(f"{WEIGHTS} of pointclip2 is damaged or another one: install pointclip2 again")
    return {name: value.astype(np.float64) for name, value in load(_content()).items()}


@cache
def weights_digest() -> str:
    """Return what tells these weights from others: clouds that they turned depend on them."""
    return blake2b(_content(), digest_size=8).hexdigest()


def _content() -> bytes:
    try:
        return files("pointclip2").joinpath("assets", WEIGHTS).read_bytes()
    except OSError as error:
        if is_transient(error):
            raise
        raise WeightsError(f"{WEIGHTS} of pointclip2 cannot be read: install pointclip2 again") from error


def _is_flat(points: Points) -> bool:
    centred = points.astype(np.float64)
    centred = (centred - centred.mean(axis=0)) / max(float(np.abs(centred).max()), 1e-300)
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(centred.T @ centred), 0))
    return bool(spread[0] <= FLAT * spread[2])


def standing_features(points: Points) -> Float[NDArray[np.float64], "6 features"]:
    """Return what there is to say of each direction of `UPS`, whatever the cloud's size and place.

    The points have to be finite and to have some extent along every axis.
    """
    place: Floats = points.astype(np.float64)
    low, high = _ends(np.sort(place, axis=0))
    longest = max(float((high - low).max()), 1e-300)
    extent = np.maximum(high - low, 1e-3 * longest)
    inside = np.clip(place, low, high)
    box = np.clip((place - low) / extent, 0, 1)
    along = [_along(inside, box, extent, axis) for axis in range(3)]
    symmetry = _symmetry((inside - (low + high) / 2) / longest + 0.5)
    rows = []
    for turned in (False, True):
        for axis in (1, 2, 0):
            ends = along[axis][::-1] if turned else along[axis]
            rows.append(np.concatenate([symmetry[axis], *ends]))
    return np.stack(rows)


def _along(inside: Floats, box: Floats, extent: Floats, axis: int) -> tuple[Floats, Floats, Floats]:
    """Return what is seen from the lower end, what both ends share, and what is seen from the upper end.

    Every value of an end is what the other end would have if the cloud were turned over.
    """
    first, second = _PLANE[axis]
    order = np.argsort(box[:, axis], kind="stable")
    height = box[order, axis]
    foot = box[order][:, [first, second]]
    count = len(height)
    level = inside[order][:, [first, second]]
    level = ((level - level.sum(axis=0) / count) / extent.max()).astype(np.float32) @ _HEADINGS
    level = np.maximum(level / np.maximum(level.max(axis=0), 1e-9), -1)
    cell = np.minimum((foot * CELLS).astype(int), CELLS - 1) @ (CELLS, 1)
    column = np.minimum((foot * COLUMNS).astype(int), COLUMNS - 1) @ (COLUMNS, 1)
    footprint = _filled(cell)

    bounds = [0, *np.searchsorted(height, np.arange(1, SLICES) / SLICES), count]
    held = np.diff(bounds)
    number = np.repeat(np.arange(SLICES), held)
    covered = np.zeros((SLICES, CELLS * CELLS), dtype=bool)
    covered[number, cell] = True
    reached = np.full((SLICES, len(_COMPASS)), -1.0)
    filled = np.flatnonzero(held)
    reached[filled] = np.maximum.reduceat(level, np.array(bounds)[filled], axis=0)
    radius = np.bincount(number, np.abs(foot - 0.5).max(axis=1), SLICES) / np.maximum(held, 1)
    slices = np.stack(
        [
            held / count,
            covered.sum(axis=1) / footprint,
            reached.min(axis=1),
            reached.mean(axis=1),
            np.where(held > 0, radius, -1),
        ]
    )
    same = (covered[1:] & covered[:-1]).sum(axis=1) / np.maximum((covered[1:] | covered[:-1]).sum(axis=1), 1)

    lowest, highest = np.full(COLUMNS**2, np.nan), np.full(COLUMNS**2, np.nan)
    # Of several values for one place the last stays, and the rows are sorted by height.
    highest[column], lowest[column[::-1]] = height, height[::-1]
    bottom_seen = np.count_nonzero(height - lowest[column] < 0.08) / count
    top_seen = np.count_nonzero(highest[column] - height < 0.08) / count
    lowest, highest = lowest[np.isfinite(lowest)], highest[np.isfinite(highest)]

    thin = np.bincount(np.minimum((height * LAYERS).astype(int), LAYERS - 1), minlength=LAYERS) / count
    inner = thin[2:-2]
    fullest = float(inner.argmax() + 2.5) / LAYERS
    centre = float(height.sum()) / count
    away = height - centre
    spread = float(away @ away / count) ** 0.5
    skew = 10 * float(away**2 @ away) / count
    long_side, short_side = max(extent[first], extent[second]), min(extent[first], extent[second])
    middle = np.sort(thin)[LAYERS // 2 - 1 : LAYERS // 2 + 1].sum() / 2
    both = np.array(
        [
            np.log(extent[axis] / long_side),
            np.log(extent[axis] / short_side),
            spread,
            *np.sort(inner)[-5:],
            same.mean(),
            same.min(),
            (thin > 2 * middle).sum() / LAYERS,
        ]
    )

    def end(upside_down: bool) -> Floats:
        side = -1 if upside_down else 1
        under = 1 - highest if upside_down else lowest
        seen = (top_seen, bottom_seen) if upside_down else (bottom_seen, top_seen)
        values = [
            1 - centre if upside_down else centre,
            side * skew,
            1 - fullest if upside_down else fullest,
            under.sum() / len(under),
            under.std(),
            np.count_nonzero(under < 0.06) / len(under),
            *seen,
            *slices[:, ::side].ravel(),
        ]
        for thickness in ENDS:
            touch = int(np.searchsorted(height, thickness, "right"))
            top = int(np.searchsorted(height, 1 - thickness, "left"))
            rows = slice(top, None) if upside_down else slice(None, touch)
            reached = level[rows].max(axis=0)
            values += [
                len(cell[rows]) / count,
                reached.min(),
                reached.sum() / len(_COMPASS),
                _filled(cell[rows]) / footprint,
            ]
        return np.array(values)

    return end(False), both, end(True)


def _ends(ordered: Floats) -> tuple[Floats, Floats]:
    """Return what `numpy.quantile` gives for `STRAY` and 1 - `STRAY`, of sorted columns."""
    whole, part = divmod(STRAY * (len(ordered) - 1), 1)
    row = int(whole)
    low = ordered[row] + part * (ordered[row + 1] - ordered[row])
    return low, ordered[-1 - row] - part * (ordered[-1 - row] - ordered[-2 - row])


def _filled(cell: NDArray[np.int64]) -> int:
    """Return how many cells hold a point; much faster than `numpy.unique` for so few."""
    return int(np.count_nonzero(np.bincount(cell)))


def _symmetry(place: Floats) -> Floats:
    """Return for each axis how far the cloud looks the same mirrored and turned (3, 7), from its place in a cube."""
    cells = np.minimum((np.clip(place, 0, 1) * GRID).astype(int), GRID - 1)
    sharp = np.zeros((GRID + 2,) * 3, dtype=np.float32)
    sharp[tuple((cells + 1).T)] = 1
    for axis in range(3):
        blurred = sharp.copy()
        ahead, behind = (np.moveaxis(blurred, axis, 0)[part] for part in (slice(1, None), slice(None, -1)))
        before = np.moveaxis(sharp, axis, 0) / 2
        ahead += before[:-1]
        behind += before[1:]
        sharp = blurred
    solid = sharp - sharp.mean()
    flat = solid.ravel()
    size = max(float(flat @ flat), 1e-30)

    def like(other: NDArray[np.float32]) -> float:
        return float(flat @ other.ravel()) / size

    mirrored = [like(np.flip(solid, axis)) for axis in range(3)]
    half = [like(np.flip(solid, _PLANE[axis])) for axis in range(3)]
    quarter = [like(np.rot90(solid, 1, _PLANE[axis])) for axis in range(3)]
    rows = []
    for axis in range(3):
        a, b = _PLANE[axis]
        across = max(mirrored[a], mirrored[b]), min(mirrored[a], mirrored[b])
        rows.append(
            [
                mirrored[axis],
                *across,
                half[axis],
                max(half[a], half[b]),
                quarter[axis],
                max(quarter[a], quarter[b]),
            ]
        )
    return np.array(rows)
