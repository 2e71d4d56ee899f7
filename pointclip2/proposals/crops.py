"""Cut the part of a scan in a box out as a cloud that a classifier knows: upright, centred, in the unit sphere."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.data.prepare import SAMPLINGS, check_choice, prepare_points
from pointclip2.geometry.boxes import in_box_frame, points_inside
from pointclip2.proposals.fit import best_heading
from pointclip2.proposals.structure import find_structure
from pointclip2.proposals.surface import surface
from pointclip2.types import Boxes, ConfigError, Scene

ALIGNMENTS = ("box", "tight", "none")
_STRAY = 0.01


@dataclass(frozen=True)
class Crops:
    """Holds what is in the boxes of one scene."""

    clouds: Float[Tensor, "kept points 3"]
    """Clouds of the kept boxes, y up, in the unit sphere."""
    kept: Bool[Tensor, " boxes"]
    """Which boxes hold enough points; the clouds are these boxes', in order."""
    counts: Int64[Tensor, " boxes"]
    """Points of the scan in each box."""


class BoxCropper:
    """Cuts boxes out of scenes.

    Args:
        points: how many points a crop has, sampled from those inside; if there are fewer, they are repeated.
        margin_m: how far each face is moved outwards, because points stray out of their boxes.
        min_points: boxes with fewer points are dropped (5 in 3DETR's evaluation).
        align: how a crop is turned about the vertical: with its ``box``, so that its rectangle seen from above is
            ``tight``, or not (``none``).
        structure: ``keep`` or ``drop`` the points of floor and walls, which belong to no object. Where nearly
            all points of a box belong to them (a door, a curtain), they are kept.
        sampling: ``first``, ``random`` (by the scene's name and where the box is, whatever other boxes there are) or
            ``farthest``.
        thick_m: points nearer than this to floor or wall belong to it.
    """

    def __init__(
        self,
        points: int = 1024,
        margin_m: float = 0.02,
        min_points: int = 5,
        align: str = "box",
        structure: str = "drop",
        sampling: str = "random",
        thick_m: float = 0.025,
    ) -> None:
        check_choice("task.crop.align", align, ALIGNMENTS)
        check_choice("task.crop.structure", structure, ("keep", "drop"))
        check_choice("task.crop.sampling", sampling, SAMPLINGS)
        if points < 1 or min_points < 1:
            raise ConfigError("task.crop.points and task.crop.min_points must be 1 or more")
        self.points, self.margin_m, self.min_points = points, margin_m, min_points
        self.align, self.structure, self.sampling, self.thick_m = align, structure, sampling, thick_m

    def __call__(self, scene: Scene, boxes: Boxes) -> Crops:
        """Return the crops of all boxes that hold enough points."""
        points = scene.points_m
        room = self._room(scene) if len(boxes) else torch.zeros(len(points), dtype=torch.bool)
        clouds, counts = [], []
        for number, inside in enumerate(points_inside(points, boxes, self.margin_m)):
            counts.append(len(inside))
            if len(inside) < self.min_points:
                continue
            free = inside[~room[inside]]
            used = free if len(free) >= max(self.min_points, 0.2 * len(inside)) else inside
            local = in_box_frame(
                points[used], boxes.centre_m[number], self._turn(points[used], boxes, number)
            )
            name = f"{scene.name} {_place(boxes, number)}"
            clouds.append(prepare_points(local.numpy(), "z", self.points, self.sampling, name).points)
        total = torch.tensor(counts, dtype=torch.int64)
        stacked = torch.stack(clouds) if clouds else torch.zeros(0, self.points, 3)
        return Crops(stacked, total >= self.min_points, total)

    def _room(self, scene: Scene) -> Bool[Tensor, " points"]:
        if self.structure == "keep":
            return torch.zeros(len(scene.points_m), dtype=torch.bool)
        exact = scene.points_m.numpy()
        structure = find_structure(surface(exact, 0.05, 20_000), self.thick_m + 0.02)
        return torch.from_numpy(structure.belongs(exact.astype(np.float64), within_m=self.thick_m))

    def _turn(self, inside: Float[Tensor, "points 3"], boxes: Boxes, number: int) -> Float[Tensor, ""]:
        if self.align == "none":
            return torch.tensor(0.0)
        heading = boxes.heading_rad[number]
        if self.align == "box":
            return heading
        xy = inside[:, :2].numpy().astype(np.float64)
        turn = best_heading(xy, float(heading), _STRAY)
        # Of the four quarter turns, take the one nearest to the box's own.
        quarter = np.pi / 2
        return torch.tensor(turn + quarter * np.round((float(heading) - turn) / quarter), dtype=torch.float32)


def _place(boxes: Boxes, number: int) -> str:
    """Return a box's centre, size and heading in thousandths, as what tells it from others."""
    values = (boxes.centre_m[number], boxes.size_m[number], boxes.heading_rad[number : number + 1])
    return " ".join(str(value) for value in (1000 * torch.cat(values)).round().long().tolist())
