"""Points chosen from points: farthest-point sampling and ball queries, exact, without a compiled extension."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float32] | NDArray[np.float64]

_BUCKET, _CUTS = 128, 8
"""Most points of a bucket, and the parts that larger ones are cut into.

A bucket is looked at only where the new sample could come nearer to one of its points.
"""
_CANDIDATES = 48
"""Farthest points that are sampled on their own before the others are told."""
_QUERIES = 64
"""Balls that are looked for at once."""


def farthest_points(
    points: Float[Tensor, "batch points 3"],
    count: int,
    near_origin: float = -1.0,
    start: Int64[Tensor, " batch"] | None = None,
) -> Int64[Tensor, "batch count"]:
    """Return the indices of ``count`` points, each the farthest from those before; the first is ``start``, or 0.

    Among equally far points that of the lowest index is taken; once all points are taken, index 0 again.
    Points with |p|^2 <= ``near_origin`` are never chosen (after the first): 3DETR takes such for padding, with 1e-3.

    On a processor the points lie in buckets with bounds, and most buckets are passed over: the result is the same.
    """
    chosen = torch.zeros(len(points), count, dtype=torch.int64, device=points.device)
    if start is not None:
        chosen[:, 0] = start
    if points.device.type != "cpu":
        return _dense(points, chosen, near_origin)
    for cloud, row in zip(points.detach().numpy(), chosen.numpy(), strict=True):
        farthest_rows(cloud, row, near_origin)
    return chosen


def _dense(points: Tensor, chosen: Tensor, near_origin: float) -> Tensor:
    batch = torch.arange(len(points), device=points.device)
    count = chosen.shape[1]
    nearest = torch.full(points.shape[:2], torch.inf, dtype=points.dtype, device=points.device)
    nearest[points.square().sum(-1) <= near_origin] = -1
    for step in range(1, count):
        apart = points - points[batch, chosen[:, step - 1]].unsqueeze(1)
        nearest = torch.minimum(nearest, apart.square().sum(-1))
        chosen[:, step] = nearest.argmax(dim=1)
    return chosen


def farthest_rows(points: Floats, chosen: NDArray[np.int64], near_origin: float = -1.0) -> None:
    """Fill ``chosen`` (count,) behind its first index with what `farthest_points` chooses of one cloud (n, 3).

    In rounds: the farthest points are sampled on their own, as long as no other can win.
    """
    buckets = _Buckets(points, near_origin)
    count, done = len(chosen), 1
    fresh = chosen[:1]
    while done < count:
        buckets.update(points[fresh])
        picked = buckets.next(count - done)
        if not picked:  # nothing is left but padding
            break
        fresh = np.array(picked, dtype=np.int64)
        chosen[done : done + len(fresh)] = fresh
        done += len(fresh)


class _Buckets:
    """Squared distances to the samples so far, by bucket; ``rows`` are the buckets' points."""

    def __init__(self, points: Floats, near_origin: float) -> None:
        self.rows = _buckets(points)
        self.points: NDArray[Any] = np.ascontiguousarray(points[self.rows].transpose(2, 0, 1))
        low, high = self.points.min(axis=2), self.points.max(axis=2)
        self.middle = (low + high) / 2
        # Rounding may set the bound a little too far out; the slack keeps the result exact.
        self.half = (high - low) / 2 * np.float32(1.0001) + np.float32(1e-6) * np.abs(self.points).max()
        self.nearest: NDArray[Any] = np.full(self.rows.shape, np.inf, dtype=points.dtype)
        self.nearest[_squares(self.points.copy()) <= near_origin] = -1
        self.farthest = self.nearest.max(axis=1)

    def update(self, samples: Floats) -> None:
        """Take new samples into account, in the buckets that they can reach."""
        gap = np.abs(self.middle[:, :, None] - samples.T[:, None])
        gap -= self.half[:, :, None]
        bucket, sample = np.nonzero(_squares(np.maximum(gap, 0, out=gap)) < self.farthest[:, None])
        if len(bucket) == 0:
            return
        apart = self.points.take(bucket, axis=1)
        apart -= samples[sample].T[:, :, None]
        squared = _squares(apart)
        first = np.flatnonzero(np.diff(bucket, prepend=-1))
        bucket = bucket[first]
        nearest = np.minimum(np.minimum.reduceat(squared, first, axis=0), self.nearest[bucket])
        self.nearest[bucket] = nearest
        self.farthest[bucket] = nearest.max(axis=1)

    def next(self, most: int) -> list[int]:
        """Return up to ``most`` samples that follow, at least one; none where only padding is left.

        The farthest points are sampled on their own, for as long as they stay farther than all others.
        """
        nearest, rows = self.nearest.ravel(), self.rows.ravel()
        rest, top = -np.inf, np.arange(len(rows))
        if len(rows) > _CANDIDATES:
            order = np.argpartition(nearest, -_CANDIDATES - 1)
            rest, top = nearest[order[-_CANDIDATES - 1]], order[-_CANDIDATES:]
        farthest = nearest[top].max()
        if farthest == -1:
            return []
        if (
            farthest == rest
        ):  # more are equally far than there are candidates: those of the lowest indices come first
            top = np.flatnonzero(nearest == farthest)
            rest = np.nextafter(farthest, -np.inf)
        top = top[rows[top].argsort()[:_CANDIDATES]]  # by index, so that argmax takes the lowest
        rows, nearest = rows[top], nearest[top]
        points = self.points.reshape(3, -1)[:, top]
        apart = _squares(points[:, :, None] - points[:, None, :])
        picked: list[int] = []
        while len(picked) < most:
            at = int(nearest.argmax())
            if nearest[at] <= rest:
                break
            picked.append(int(rows[at]))
            np.minimum(nearest, apart[at], out=nearest)
        return picked


def _squares(vectors: NDArray[Any]) -> NDArray[Any]:
    """Squared lengths over the first axis, in the order in which a plain loop adds them; spoils its argument."""
    vectors *= vectors
    squared: NDArray[Any] = vectors[0]
    squared += vectors[1]
    squared += vectors[2]
    return squared


def _buckets(points: Floats) -> NDArray[np.int64]:
    """Point indices, ascending in each row; cut into eight along the widest axis again and again.

    The last rows are filled up with points that come twice, which changes no distance.
    """
    leaves = 1
    while leaves * _BUCKET < len(points):
        leaves *= _CUTS
    rows = np.resize(np.arange(len(points)), (1, -(-len(points) // leaves) * leaves))
    while len(rows) < leaves:
        own = points[rows]
        widest = (own.max(axis=1) - own.min(axis=1)).argmax(axis=1)
        along = own[np.arange(len(rows)), :, widest]
        order = along.argsort(axis=1)
        rows = np.take_along_axis(rows, order, axis=1).reshape(_CUTS * len(rows), -1)
    return np.sort(rows, axis=1)


def ball_query(
    points: Float[Tensor, "points 3"], centres: Float[Tensor, "centres 3"], radius: float, count: int
) -> Int64[Tensor, "centres count"]:
    """For every centre the first ``count`` points, in index order, nearer than ``radius``.

    Where there are fewer, the first is repeated; where there is none, index 0.
    """
    found = torch.zeros(len(centres), count, dtype=torch.int64, device=points.device)
    # Neighbouring centres together look at one slab of the points.
    by_x = centres[:, 0].argsort()
    along, order = points[:, 0].sort()
    for chunk in by_x.split(_QUERIES):
        ends = centres[chunk[[0, -1]], 0]
        slab = torch.searchsorted(along, torch.stack([ends[0] - 1.001 * radius, ends[1] + 1.001 * radius]))
        near = order[int(slab[0]) : int(slab[1])].sort().values
        if len(near):
            within = _within(points[near], centres[chunk], radius)
            some = within.any(dim=1)
            found[chunk[some]] = near[_first(within[some], count)]
    return found


def _within(points: Tensor, centres: Tensor, radius: float) -> Bool[Tensor, "centres points"]:
    squared = (centres[:, None, 0] - points[:, 0]).square()
    squared += (centres[:, None, 1] - points[:, 1]).square()
    squared += (centres[:, None, 2] - points[:, 2]).square()
    return squared < radius * radius


def _first(within: Bool[Tensor, "centres points"], count: int) -> Int64[Tensor, "centres count"]:
    """Columns of the first ``count`` true values of each row, padded with the first; every row has one."""
    row, column = within.nonzero(as_tuple=True)
    total = within.sum(dim=1)
    start = total.cumsum(0) - total
    rank = torch.arange(len(row), device=row.device) - start[row]
    kept = rank < count
    result = column[start].unsqueeze(1).repeat(1, count)
    result[row[kept], rank[kept]] = column[kept]
    return result
