"""Compute the average precision of 3D boxes.

Each detection is compared with the true box of its class in its scene that it overlaps most. It is a hit where that
overlap is above the threshold and no detection with a better score took the same box. Detections are ranked over the
whole data set, and AP is the area under the monotone envelope of precision over recall.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor
from torchmetrics import Metric

from pointclip2.geometry.boxes import box_iou, take
from pointclip2.types import Boxes

THRESHOLDS = (0.25, 0.5)
SCENE = 1_000_000
"""How far apart the numbers of true boxes of two scenes are; -1 of a scene stands for none of its boxes."""


def best_truth(
    found: Boxes, truth: Boxes, classes: int
) -> tuple[Float64[Tensor, "found classes"], Int64[Tensor, "found classes"]]:
    """Find the true box of each class that every found box overlaps most: return the overlaps and the indices.

    The overlap is 0 and the index -1 where a class has no true box. Labels of ``found`` do not matter.
    """
    overlap = torch.zeros(len(found), classes, dtype=torch.float64)
    index = torch.full((len(found), classes), -1, dtype=torch.int64)
    if len(found) and len(truth):
        iou = box_iou(found, truth).cpu()
        labels = truth.labels.cpu()
        for label in labels.unique().tolist():
            if 0 <= label < classes:
                own = (labels == label).nonzero()[:, 0]
                overlap[:, label], best = iou[:, own].max(dim=1)
                index[:, label] = own[best]
    return overlap, index


def average_precision(
    scores: Float[Tensor, " found"],
    overlap: Float64[Tensor, " found"],
    truth_id: Int64[Tensor, " found"],
    truths: int,
    threshold: float,
) -> tuple[float, float]:
    """Return the AP and the recall of one class.

    Args:
        scores: scores of all detections of this class in the whole set; among equals the earlier ranks higher.
        overlap: IoU of each detection with its best true box.
        truth_id: number of that true box, unique over the set.
        truths: how many true boxes the class has; where it has none, both results are NaN.
        threshold: overlap above which a detection is a hit.

    >>> average_precision(torch.tensor([.9, .8]), torch.tensor([.6, .7]).double(), torch.tensor([0, 0]), 2, 0.5)
    (0.5, 0.5)
    """
    if truths == 0:
        return float("nan"), float("nan")
    order = scores.argsort(descending=True, stable=True)
    hit = overlap[order] > threshold
    true = torch.zeros(len(order), dtype=torch.bool)
    candidates = hit.nonzero()[:, 0]
    if len(candidates):
        # A detection's best true box does not depend on the others, so the first that names it takes it.
        ids = truth_id[order][candidates]
        unique, inverse = ids.unique(return_inverse=True)
        first = torch.full((len(unique),), len(order), dtype=torch.int64)
        first.scatter_reduce_(0, inverse, candidates, "amin")
        true[first] = True
    if not len(order):
        return 0.0, 0.0
    hits = true.double().cumsum(0)
    recall = hits / truths
    precision = hits / torch.arange(1, len(order) + 1, dtype=torch.float64)
    envelope = precision.flip(0).cummax(0).values.flip(0)
    steps = torch.diff(recall, prepend=torch.zeros(1, dtype=torch.float64))
    return float((steps * envelope).sum()), float(recall[-1])


class BoxAveragePrecision(Metric):
    """Computes AP25, AP50, their means, and how many true boxes any proposal covers.

    ``update`` takes one scene at a time; a box may be a detection of every class at once, as in 3DETR's protocol.
    A class with true boxes and no detection counts 0, one without true boxes is left out of the means.

    Args:
        classes: class names in label order.
    """

    full_state_update = False
    scores: list[Tensor]
    labels: list[Tensor]
    overlap: list[Tensor]
    truth_id: list[Tensor]
    covered: list[Tensor]
    covered_scene: list[Tensor]
    truths: Tensor

    def __init__(self, classes: Sequence[str]) -> None:
        super().__init__()
        self.classes = tuple(classes)
        self.keys = [name.replace(" ", "_") for name in classes]
        for name in ("scores", "labels", "overlap", "truth_id", "covered", "covered_scene"):
            self.add_state(name, [], dist_reduce_fx="cat")
        self.add_state("truths", torch.zeros(len(self.classes), dtype=torch.int64), dist_reduce_fx="sum")

    def update(
        self,
        scene: int,
        proposals: Boxes,
        found: Boxes,
        scores: Float[Tensor, "found classes"],
        truth: Boxes,
    ) -> None:
        """Add one scene.

        Args:
            scene: its position in the data set, which no other scene has.
            proposals: all boxes that were proposed, before any was dropped; recall is measured on them.
            found: the boxes that are detections.
            scores: score of each found box for each class; where it is 0 the box is no detection of that class.
            truth: the true boxes; labels of -1 belong to no class and are ignored.
        """
        truth = take(truth, (truth.labels >= 0) & (truth.labels < len(self.classes)))
        overlap, index = best_truth(found, truth, len(self.classes))
        # Apple's accelerators have no float64: beside one, everything stays on the processor.
        home = torch.device("cpu") if self.device.type == "mps" else self.device
        box, label = (scores.cpu() > 0).nonzero(as_tuple=True)
        self.scores.append(scores.cpu()[box, label].float().to(home))
        self.labels.append(label.to(home))
        self.overlap.append(overlap[box, label].to(home))
        self.truth_id.append((scene * SCENE + index[box, label]).to(home))
        covered = torch.zeros(len(truth), dtype=torch.float64)
        if len(truth) and len(proposals):
            covered = box_iou(truth, proposals).amax(dim=1).cpu()
        self.covered.append(covered.to(home))
        self.covered_scene.append(torch.full_like(truth.labels, scene).to(home))
        self.truths += torch.bincount(truth.labels.cpu(), minlength=len(self.classes)).to(self.truths.device)

    def compute(self) -> dict[str, float]:
        """Return fractions: ``map_25 map_50 ar_25 ar_50 recall_25 recall_50 mean_iou``, ``ap_25_class/night_stand``.

        ``ar`` is the detections' recall, a mean over classes; ``recall`` the share of all true boxes that some
        proposal covers, and ``mean_iou`` the mean overlap of a true box with its best proposal. The
        dict is empty where there are no true boxes.
        """
        if int(self.truths.sum()) == 0:
            return {}
        # Scene by scene in the order of the data set, whichever process had which: equal scores rank as they stand.
        order = _together(self.truth_id).cpu().add(1).floor_divide(SCENE).argsort(stable=True)
        scores, labels, overlap, truth_id = (
            _together(part).cpu()[order] for part in (self.scores, self.labels, self.overlap, self.truth_id)
        )
        covered = _together(self.covered).cpu()[_together(self.covered_scene).cpu().argsort(stable=True)]
        by_class = labels.argsort(stable=True)
        ends = torch.bincount(labels, minlength=len(self.classes)).cumsum(0).tolist()
        counts = self.truths.tolist()
        figures: dict[str, float] = {}
        per_class: dict[str, float] = {}
        for threshold in THRESHOLDS:
            name = f"{100 * threshold:.0f}"
            pairs = []
            for label, (end, count) in enumerate(zip(ends, counts, strict=True)):
                if not count:
                    continue
                own = by_class[ends[label - 1] if label else 0 : end]
                pair = average_precision(scores[own], overlap[own], truth_id[own], count, threshold)
                per_class[f"ap_{name}_class/{self.keys[label]}"] = pair[0]
                pairs.append(pair)
            figures[f"map_{name}"] = sum(pair[0] for pair in pairs) / len(pairs)
            figures[f"ar_{name}"] = sum(pair[1] for pair in pairs) / len(pairs)
            figures[f"recall_{name}"] = float((covered > threshold).double().mean())
        figures["mean_iou"] = float(covered.mean())
        return {**figures, **per_class}


def _together(parts: list[Tensor] | Tensor) -> Tensor:
    return parts if isinstance(parts, Tensor) else torch.cat(parts)
