"""Propose boxes from the shape of the scan alone: remove the room, and group what is left."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.geometry.boxes import box_iou, make_boxes, take
from pointclip2.proposals.fit import TURNS, fit_box
from pointclip2.proposals.grouping import by_density, by_hierarchy, on_top
from pointclip2.proposals.proposal import Proposals, nothing
from pointclip2.proposals.structure import Structure, find_structure
from pointclip2.proposals.surface import Surface, surface
from pointclip2.types import Boxes, ConfigError, Scene

Indices = NDArray[np.intp]


class ClusterProposals:
    """Fits planes to floor and walls, clusters the rest by DBSCAN and HDBSCAN at several scales, and boxes clusters.

    Clusters are formed by position and normal. Every scale proposes, because a chair whose legs were not scanned is one
    cluster only at a coarse scale, and a chair pushed under a table is separate only at a fine one. What stands on a
    level surface is also proposed apart from it. Boxes that are nearly the same become one, and its objectness grows
    with the number of scales that agree on it.

    Args:
        voxel_m: edge of the voxels; the scan is thinned to one point in each.
        most_points: larger voxels are used where more points would be left, to bound time and memory.
        scales_m: gaps that DBSCAN bridges.
        normal_weight_m: how far apart perpendicular normals are, for the scales that look at them; 0 leaves these out.
        hierarchy: sizes of HDBSCAN's smallest groups, in points; empty leaves it out.
        turn: ``axis`` (boxes along x and y, as in ScanNet) or ``free`` (turned, as in SUN RGB-D).
        min_points: points that a group needs to be an object.
        min_size_m: length that the longest edge of an object has at least.
        max_size_m: length that the longest edge of an object has at most.
        merge_iou: boxes that overlap more than this become one.
        most_boxes: how many boxes of a scene are kept, the surest first.
        thick_m: points nearer than this to floor or wall belong to it.
        stand_m: a box whose bottom is nearer to the floor stands on it.
        stray: share of a group's points that may stick out of its box at each face.
    """

    name = "cluster"

    def __init__(
        self,
        voxel_m: float = 0.03,
        most_points: int = 30_000,
        scales_m: Sequence[float] = (0.06, 0.09, 0.14, 0.22),
        normal_weight_m: float = 0.08,
        hierarchy: Sequence[int] = (40,),
        turn: str = "axis",
        min_points: int = 20,
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
        if voxel_m <= 0 or not scales_m or min(scales_m) <= 0:
            raise ConfigError("proposals.voxel_m and proposals.scales_m must be positive lengths in metres")
        self.voxel_m, self.most_points = voxel_m, most_points
        self.scales_m, self.normal_weight_m = tuple(scales_m), normal_weight_m
        self.hierarchy, self.turn = tuple(hierarchy), turn
        self.min_points, self.min_size_m, self.max_size_m = min_points, min_size_m, max_size_m
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
        points, normals = thin.points[kept], thin.normals[kept]
        settings = [list(groups) for groups in self._settings(points, normals, structure, thin)]
        boxes, votes = self._fitted(points, settings, structure)
        return self._merged(boxes, votes, len(settings))

    def _settings(
        self, points: NDArray[np.float64], normals: NDArray[np.float64], structure: Structure, thin: Surface
    ) -> Iterator[list[Indices]]:
        """Yield the groups of one scale after the other."""
        grown = thin.voxel_m / self.voxel_m
        for scale in self.scales_m:
            groups = by_density(points, max(scale, 2 * self.voxel_m) * grown, self.min_points)
            yield groups
            apart = [
                part
                for group in groups
                for part in on_top(points, normals, structure, group, self.min_points)
            ]
            if apart:
                yield apart
        if self.normal_weight_m > 0:
            for scale in self.scales_m[1:-1]:
                yield by_density(points, scale * grown, self.min_points, normals, self.normal_weight_m)
        for smallest in self.hierarchy:
            yield by_hierarchy(points, smallest, self.min_points)

    def _fitted(
        self, points: NDArray[np.float64], settings: Sequence[Sequence[Indices]], structure: Structure
    ) -> tuple[Boxes, torch.Tensor]:
        """Return a box of each group that could be an object, and the number of the setting that it comes from."""
        boxes, votes = [], []
        for setting, groups in enumerate(settings):
            for group in groups:
                box = fit_box(points[group], structure, self.turn, self.stray, self.stand_m)
                if self.min_size_m <= box.size_m.max() <= self.max_size_m:
                    boxes.append(np.concatenate([box.centre_m, box.size_m, [box.heading_rad]]))
                    votes.append(setting)
        rows = torch.from_numpy(np.array(boxes, dtype=np.float32).reshape(-1, 7))
        return make_boxes(rows[:, :3], rows[:, 3:6], rows[:, 6]), torch.tensor(votes, dtype=torch.int64)

    def _merged(self, boxes: Boxes, votes: torch.Tensor, settings: int) -> Proposals:
        """Merge boxes that nearly coincide; the objectness of the result is the share of the settings that have it."""
        if len(boxes) == 0:
            return nothing()
        iou = box_iou(boxes, boxes)
        same = iou > self.merge_iou
        voted = torch.nn.functional.one_hot(votes, settings).bool()
        agreeing = (same.float() @ voted.float() > 0).float().mean(dim=1)
        # Of boxes that coincide, the one in the middle of the others stays; agreement counts whole steps more.
        rank = agreeing + 1e-3 * torch.where(same, iou, 0).mean(dim=1).float()
        order = rank.argsort(descending=True, stable=True)
        kept: list[int] = []
        for index in order.tolist():
            if len(kept) < self.most_boxes and not bool(same[index, kept].any()):
                kept.append(index)
        index_kept = torch.tensor(kept, dtype=torch.int64)
        return Proposals(take(boxes, index_kept), agreeing[index_kept].clamp(0, 1))
