"""Hold boxes of a scene with what an encoder saw in them: the part of detection that is worth caching."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.geometry.boxes import take
from pointclip2.types import Boxes, Frame

_FIELDS = ("centre", "size", "heading", "labels", "objectness", "kept", "counts", "features")


@dataclass(frozen=True)
class EncodedBoxes:
    """Holds boxes of a scene and the features of the points in them."""

    boxes: Boxes
    objectness: Float[Tensor, " boxes"]
    """How surely each box holds an object; 1 for true boxes."""
    kept: Bool[Tensor, " boxes"]
    """Which boxes hold enough points to be looked at."""
    counts: Int64[Tensor, " boxes"]
    """Number of the scan's points in each box."""
    features: Float[Tensor, "kept views dim"]

    def part(self, rows: slice) -> "EncodedBoxes":
        """Return some of the boxes."""
        index = torch.arange(len(self.boxes))[rows]
        before = int(self.kept[: int(index[0])].sum()) if len(index) else 0
        kept = self.kept[index]
        return EncodedBoxes(
            take(self.boxes, index),
            self.objectness[index],
            kept,
            self.counts[index],
            self.features[before : before + int(kept.sum())].clone(),
        )


@dataclass(frozen=True)
class EncodedScene:
    """Holds what is kept of a scene."""

    proposals: EncodedBoxes
    truth: EncodedBoxes | None
    """The true boxes; None where nobody knows them."""
    frame: Frame = field(default_factory=lambda: Frame(unit="m"))
    """The scene's, without the rows of its points."""
    remarks: tuple[str, ...] = ()
    """The reader's, and that no box was proposed."""

    def columns(self) -> dict[str, Tensor]:
        """Return the scene as named tensors, for the cache."""
        told = json.dumps({"unit": self.frame.unit, "remarks": self.remarks})
        found = {
            **_tensors("found", self.proposals),
            "frame.matrix": self.frame.matrix,
            "told": torch.tensor(list(told.encode()), dtype=torch.uint8),
        }
        return found if self.truth is None else {**found, **_tensors("truth", self.truth)}

    @classmethod
    def of(cls, columns: Mapping[str, Tensor]) -> "EncodedScene":
        """Return the scene that `columns` gave."""
        truth = _boxes("truth", columns) if "truth.centre" in columns else None
        told = json.loads(bytes(columns["told"].tolist()))
        frame = Frame(columns["frame.matrix"], told["unit"])
        return cls(_boxes("found", columns), truth, frame, tuple(told["remarks"]))


def _tensors(part: str, encoded: EncodedBoxes) -> dict[str, Tensor]:
    boxes = encoded.boxes
    values = (
        boxes.centre_m,
        boxes.size_m,
        boxes.heading_rad,
        boxes.labels,
        encoded.objectness,
        encoded.kept,
        encoded.counts,
        encoded.features,
    )
    return {f"{part}.{name}": value for name, value in zip(_FIELDS, values, strict=True)}


def _boxes(part: str, columns: Mapping[str, Tensor]) -> EncodedBoxes:
    centre, size, heading, labels, *rest = (columns[f"{part}.{name}"] for name in _FIELDS)
    return EncodedBoxes(Boxes(centre, size, heading, labels), *rest)
