"""3D boxes: corners, what lies inside, overlap and non-maximum suppression. z up, metres, turned about z only."""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.geometry.rectangles import overlap_area
from pointclip2.types import Boxes

_UNIT_CORNERS = (
    (-1, -1, -1),
    (1, -1, -1),
    (1, 1, -1),
    (-1, 1, -1),
    (-1, -1, 1),
    (1, -1, 1),
    (1, 1, 1),
    (-1, 1, 1),
)


def make_boxes(
    centre_m: Float[Tensor, "boxes 3"],
    size_m: Float[Tensor, "boxes 3"],
    heading_rad: Float[Tensor, " boxes"] | None = None,
    labels: Int64[Tensor, " boxes"] | None = None,
) -> Boxes:
    """Float32 boxes on the device of their centres; without headings axis-aligned, without labels of unknown class."""
    count, device = len(centre_m), centre_m.device
    if heading_rad is None:
        heading_rad = torch.zeros(count, device=device)
    if labels is None:
        labels = torch.full((count,), -1, dtype=torch.int64, device=device)
    return Boxes(centre_m.float(), size_m.float(), heading_rad.float(), labels)


def no_boxes() -> Boxes:
    """None at all."""
    return make_boxes(torch.zeros(0, 3), torch.zeros(0, 3))


def take(boxes: Boxes, index: Int64[Tensor, " kept"] | Bool[Tensor, " boxes"]) -> Boxes:
    """The boxes at these positions, or where the mask is true."""
    return Boxes(boxes.centre_m[index], boxes.size_m[index], boxes.heading_rad[index], boxes.labels[index])


def join_boxes(parts: Sequence[Boxes]) -> Boxes:
    """All boxes one after the other."""
    if not parts:
        return no_boxes()
    return Boxes(
        torch.cat([part.centre_m for part in parts]),
        torch.cat([part.size_m for part in parts]),
        torch.cat([part.heading_rad for part in parts]),
        torch.cat([part.labels for part in parts]),
    )


def valid(boxes: Boxes) -> Bool[Tensor, " boxes"]:
    """Which boxes are boxes: every number finite, every edge longer than nothing."""
    finite = boxes.centre_m.isfinite().all(1) & boxes.size_m.isfinite().all(1) & boxes.heading_rad.isfinite()
    return finite & (boxes.size_m > 0).all(1)


def corners(boxes: Boxes) -> Float[Tensor, "boxes 8 3"]:
    """The bottom face counter-clockwise seen from above, then the top face in the same order."""
    unit = torch.tensor(_UNIT_CORNERS, dtype=boxes.centre_m.dtype, device=boxes.centre_m.device) / 2
    local = unit * boxes.size_m.unsqueeze(1)
    return _turned(local, boxes.heading_rad) + boxes.centre_m.unsqueeze(1)


def _turned(points: Float[Tensor, "boxes points 3"], heading_rad: Float[Tensor, " boxes"]) -> Tensor:
    cos, sin = heading_rad.cos().unsqueeze(1), heading_rad.sin().unsqueeze(1)
    x, y, z = points.unbind(-1)
    return torch.stack([cos * x - sin * y, sin * x + cos * y, z], dim=-1)


def in_box_frame(
    points: Float[Tensor, "points 3"], centre: Float[Tensor, "3"], heading_rad: Float[Tensor, ""]
) -> Float[Tensor, "points 3"]:
    """Points as a box sees them: its centre at the origin, its edges along the axes."""
    moved = (points - centre).unsqueeze(0)
    return _turned(moved, -heading_rad.reshape(1))[0]


def points_inside(
    points: Float[Tensor, "points 3"], boxes: Boxes, margin_m: float = 0.0
) -> Iterator[Int64[Tensor, " inside"]]:
    """For every box the indices, ascending, of the points in it or on it; each face moved outwards by the margin.

    The points are sorted once, so that a box looks at its own slab of a large scan only.
    """
    order = points[:, 0].argsort()
    along = points[order, 0].contiguous()
    reach = torch.linalg.vector_norm(boxes.size_m[:, :2], dim=1) / 2 + 2 * abs(margin_m)
    first = torch.searchsorted(along, (boxes.centre_m[:, 0] - reach).contiguous())
    last = torch.searchsorted(along, (boxes.centre_m[:, 0] + reach).contiguous(), right=True)
    for box in range(len(boxes)):
        slab = order[int(first[box]) : int(last[box])]
        local = in_box_frame(points[slab], boxes.centre_m[box], boxes.heading_rad[box])
        inside = (local.abs() <= boxes.size_m[box] / 2 + margin_m).all(dim=1)
        yield slab[inside].sort().values


def box_iou(a: Boxes, b: Boxes) -> Float[Tensor, "a b"]:
    """Intersection over union of every pair, of volumes, in float64; 0 where a box has no volume."""
    bottom_a, top_a = _height(a)
    bottom_b, top_b = _height(b)
    height = (torch.minimum(top_a[:, None], top_b) - torch.maximum(bottom_a[:, None], bottom_b)).clamp(min=0)
    if bool((a.heading_rad == 0).all()) and bool((b.heading_rad == 0).all()):
        area = _upright_area(a, b)
    else:
        area = _turned_area(a, b, height > 0)
    shared = area * height
    volume_a, volume_b = a.size_m.double().prod(1), b.size_m.double().prod(1)
    union = volume_a[:, None] + volume_b - shared
    return torch.where((shared > 0) & (union > 0), shared / union.clamp(min=1e-300), torch.zeros_like(shared))


def _height(boxes: Boxes) -> tuple[Tensor, Tensor]:
    centre, half = boxes.centre_m[:, 2].double(), boxes.size_m[:, 2].double() / 2
    return centre - half, centre + half


def _upright_area(a: Boxes, b: Boxes) -> Float[Tensor, "a b"]:
    low_a, low_b = (box.centre_m[:, :2].double() - box.size_m[:, :2].double() / 2 for box in (a, b))
    high_a, high_b = (box.centre_m[:, :2].double() + box.size_m[:, :2].double() / 2 for box in (a, b))
    edges = torch.minimum(high_a[:, None], high_b) - torch.maximum(low_a[:, None], low_b)
    return edges.clamp(min=0).prod(dim=2)


def _turned_area(a: Boxes, b: Boxes, possible: Bool[Tensor, "a b"]) -> Float[Tensor, "a b"]:
    reach_a, reach_b = (torch.linalg.vector_norm(box.size_m[:, :2].double(), dim=1) / 2 for box in (a, b))
    apart = torch.cdist(a.centre_m[:, :2].double(), b.centre_m[:, :2].double())
    near = possible & (apart < reach_a[:, None] + reach_b)
    area = torch.zeros(near.shape, dtype=torch.float64, device=near.device)
    row, column = near.nonzero(as_tuple=True)
    outline_a, outline_b = (corners(box)[:, :4, :2].double() for box in (a, b))
    area[row, column] = overlap_area(outline_a[row], outline_b[column])
    return area


def nms(boxes: Boxes, scores: Float[Tensor, " boxes"], iou: float) -> Int64[Tensor, " kept"]:
    """Greedy non-maximum suppression within each label: indices kept, best first.

    A box goes when a better one of its own label overlaps it by more than ``iou``. Of equal scores the earlier
    box is the better one.
    """
    order = scores.argsort(descending=True, stable=True)
    same = boxes.labels[order, None] == boxes.labels[order]
    clash = ((box_iou(take(boxes, order), take(boxes, order)) > iou) & same).cpu()
    gone = torch.zeros(len(boxes), dtype=torch.bool)
    kept = []
    for rank in range(len(boxes)):
        if not gone[rank]:
            kept.append(rank)
            gone |= clash[rank]
    return order[torch.tensor(kept, dtype=torch.int64, device=order.device)]
