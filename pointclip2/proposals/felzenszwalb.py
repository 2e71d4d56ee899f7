"""Propose boxes by graph segmentation: smooth pieces, and what grows out of them when neighbours are joined."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.geometry.boxes import make_boxes, nms, take
from pointclip2.proposals.fit import TURNS, fit_box
from pointclip2.proposals.proposal import Proposals, nothing
from pointclip2.proposals.segments import segment_graph
from pointclip2.proposals.structure import find_structure
from pointclip2.proposals.surface import surface
from pointclip2.types import ConfigError, Scene

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class FelzenszwalbProposals:
    """Segments the graph of neighbours by their normals (Felzenszwalb-Huttenlocher), then joins segments in a tree.

    Neighbouring segments are joined one pair at a time, first those that share most of their border and stay
    small; each segment and each union on the way proposes a box. The less of its border touches something else, the
    higher its objectness.

    Args:
        k: scale of the segmentation; a larger k gives larger segments.
        smallest: how many points the smallest segment has.
        reach_m: points farther apart than this are no neighbours.
        voxel_m: edge of the voxels; the scan is thinned to one point in each.
        most_points: larger voxels are used where more points would be left.
        turn: ``axis`` (boxes along x and y) or ``free``.
        min_size_m: length that the longest edge of an object has at least.
        max_size_m: length that the longest edge of an object has at most.
        merge_iou: boxes that overlap more than this become one.
        most_boxes: how many boxes of a scene are kept, the surest first.
        thick_m: points nearer than this to floor or wall belong to it.
        stand_m: a box whose bottom is nearer to the floor stands on it.
        stray: share of a group's points that may stick out of its box at each face.
    """

    name = "felzenszwalb"

    def __init__(
        self,
        k: float = 0.01,
        smallest: int = 20,
        reach_m: float = 0.12,
        voxel_m: float = 0.03,
        most_points: int = 30_000,
        turn: str = "axis",
        min_size_m: float = 0.15,
        max_size_m: float = 3.5,
        merge_iou: float = 0.7,
        most_boxes: int = 128,
        thick_m: float = 0.045,
        stand_m: float = 0.2,
        stray: float = 0.005,
    ) -> None:
        if turn not in TURNS:
            raise ConfigError(f"proposals.turn={turn}: choose one of {', '.join(TURNS)}")
        if k <= 0 or smallest < 1 or voxel_m <= 0 or reach_m <= 0:
            raise ConfigError("proposals.k, smallest, voxel_m and reach_m must be positive")
        self.k, self.smallest, self.reach_m = k, smallest, reach_m
        self.voxel_m, self.most_points, self.turn = voxel_m, most_points, turn
        self.min_size_m, self.max_size_m = min_size_m, max_size_m
        self.merge_iou, self.most_boxes = merge_iou, most_boxes
        self.thick_m, self.stand_m, self.stray = thick_m, stand_m, stray

    def describe(self) -> dict[str, Any]:
        """Return the options."""
        return {"name": self.name, **vars(self)}

    def __call__(self, scene: Scene) -> Proposals:
        """Return the boxes of a scene; none where nothing but floor and walls is left."""
        thin = surface(scene.points_m.numpy(), self.voxel_m, self.most_points)
        structure = find_structure(thin, max(self.thick_m, 1.5 * thin.voxel_m))
        kept = ~structure.belongs(thin.points, thin.normals)
        if kept.sum() < self.smallest:
            return nothing()
        edges = _edges(thin.points, thin.neighbours, kept, self.reach_m * thin.voxel_m / self.voxel_m)
        renumber = np.cumsum(kept) - 1
        edges = renumber[edges]
        points, normals = thin.points[kept], thin.normals[kept]
        unlike = 1 - np.abs(np.einsum("ij,ij->i", normals[edges[:, 0]], normals[edges[:, 1]]))
        segments = segment_graph(unlike, edges, len(points), self.k, self.smallest)
        rows, sure = [], []
        for group, apart in grown(points, segments, edges, self.max_size_m):
            if len(group) < self.smallest:
                continue
            box = fit_box(points[group], structure, self.turn, self.stray, self.stand_m)
            if self.min_size_m <= box.size_m.max() <= self.max_size_m:
                rows.append(np.concatenate([box.centre_m, box.size_m, [box.heading_rad]]))
                sure.append(apart)
        if not rows:
            return nothing()
        table = torch.from_numpy(np.array(rows, dtype=np.float32))
        boxes, objectness = make_boxes(table[:, :3], table[:, 3:6], table[:, 6]), torch.tensor(sure).float()
        best = nms(boxes, objectness, self.merge_iou)[: self.most_boxes]
        return Proposals(take(boxes, best), objectness[best].clamp(0.06, 1))


def _edges(points: Floats, neighbours: Indices, kept: NDArray[np.bool_], reach_m: float) -> Indices:
    """Return pairs of neighbouring points that are kept, each once."""
    start = np.repeat(np.arange(len(points)), neighbours.shape[1] - 1)
    end = neighbours[:, 1:].ravel()
    near = kept[start] & kept[end] & (np.linalg.norm(points[start] - points[end], axis=1) < reach_m)
    pairs = np.sort(np.column_stack([start[near], end[near]]), axis=1)
    return np.unique(pairs, axis=0).astype(np.intp)


def grown(points: Floats, segments: Indices, edges: Indices, largest_m: float) -> list[tuple[Indices, float]]:
    """Return every segment and every union of neighbours on the way up, with the share of its edges that stay inside.

    Args:
        points: positions (points, 3).
        segments: the segment of each point, numbered from 0.
        edges: edges (edges, 2) of the neighbourhood graph.
        largest_m: unions with a longer edge are not made.
    """
    count = int(segments.max()) + 1
    members = [np.flatnonzero(segments == number) for number in range(count)]
    low = [points[part].min(axis=0) for part in members]
    high = [points[part].max(axis=0) for part in members]
    ends = segments[edges]
    inside = np.bincount(ends[ends[:, 0] == ends[:, 1], 0], minlength=count).astype(float).tolist()
    border: list[dict[int, float]] = [{} for _ in range(count)]
    crossing = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    for (a, b), shared in zip(*np.unique(crossing, axis=0, return_counts=True), strict=True):
        border[a][int(b)] = border[b][int(a)] = float(shared)

    def result(part: int) -> tuple[Indices, float]:
        outside = sum(border[part].values())
        return members[part], inside[part] / max(inside[part] + 3 * outside, 1.0)

    def gain(a: int, b: int) -> float:
        extent = np.maximum(high[a], high[b]) - np.minimum(low[a], low[b])
        if extent.max() > largest_m:
            return -1.0
        shared = border[a][b]
        own = min(shared + sum(border[part].values()) for part in (a, b))
        return float(shared / own - 0.15 * extent.max())

    found = [result(part) for part in range(count)]
    alive = set(range(count))
    pairs = {(a, b): gain(a, b) for a in alive for b in border[a] if a < b}
    while pairs:
        (a, b), best = max(pairs.items(), key=lambda item: item[1])
        if best <= -1.0:
            break
        members[a] = np.concatenate([members[a], members[b]])
        low[a], high[a] = np.minimum(low[a], low[b]), np.maximum(high[a], high[b])
        inside[a] += inside[b] + border[a].pop(b)
        border[b].pop(a)
        for other, shared in border[b].items():
            border[other].pop(b)
            border[a][other] = border[other][a] = border[a].get(other, 0.0) + shared
        alive.discard(b)
        pairs = {pair: value for pair, value in pairs.items() if a not in pair and b not in pair}
        pairs.update({(min(a, other), max(a, other)): gain(a, other) for other in border[a]})
        found.append(result(a))
    return found
