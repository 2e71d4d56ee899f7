"""The values that travel between rooms; the errors of `pointclip2.errors` can be had from here, too.

Axes have one vocabulary everywhere: ``batch points views tokens height width dim classes parts boxes sentences``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from pointclip2.errors import (
    CloudError,
    ConfigError,
    DataError,
    TrainingError,
    TransientError,
    UserError,
    WeightsError,
)

__all__ = [
    "SELECTED_ON",
    "UserError",
    "ConfigError",
    "DataError",
    "CloudError",
    "TransientError",
    "WeightsError",
    "TrainingError",
    "known_selection",
    "weakest_selection",
    "Frame",
    "Cloud",
    "CloudBatch",
    "Projection",
    "Boxes",
    "Scene",
    "Features",
    "Places",
]

SELECTED_ON = ("none", "train", "holdout", "test", "label_free", "unknown")
"""Which labels chose a number's prompts or weights; travels with the number."""


def known_selection(option: str, selected_on: object) -> str:
    """``selected_on`` if it is one of `SELECTED_ON`.

    Raises:
        ConfigError: it is not.
    """
    if selected_on not in SELECTED_ON:
        raise ConfigError(f"{option}={selected_on}: choose one of {', '.join(SELECTED_ON)}")
    return str(selected_on)


def weakest_selection(*choices: str) -> str:
    """What a number was selected on as a whole, where several of its parts were: the choice that says least for it."""
    order = ("none", "label_free", "train", "holdout", "unknown", "test")
    return max(choices, key=order.index, default="none")


@dataclass(frozen=True)
class Frame:
    """Where a cloud lies in its input: what leads its points back to the input's own coordinates and rows.

    The default says that the cloud is the input itself.
    """

    matrix: Float64[Tensor, "4 4"] = field(default_factory=lambda: torch.eye(4, dtype=torch.float64))
    """Takes a point of the cloud, as a column (x, y, z, 1), to the input's coordinates."""
    unit: str = ""
    """Of the input's coordinates: ``m``, ``cm``, ``mm``, ``ft``, ``in``; empty where nobody knows."""
    index: Int64[Tensor, " points"] | None = None
    """The row of the input that each point is, -1 where a point was moved off it; None where points were drawn from a
    surface, so that there are no rows."""
    exact: Float64[Tensor, "points 3"] | None = None
    """The points as the input has them, to the last bit; None where only the matrix leads back."""

    def to_input(self, points: Float[Tensor, "points 3"]) -> Float64[Tensor, "points 3"]:
        """Return points of the cloud in the input's coordinates."""
        matrix = self.matrix
        return points.double().cpu() @ matrix[:3, :3].T + matrix[:3, 3]


@dataclass(frozen=True)
class Cloud:
    """One sample of a data set: y up, centred, in the unit sphere, ready for a projector."""

    name: str
    """Unique within its split: results are keyed by it."""
    points: Float[Tensor, "points 3"]
    label: int = -1
    """Index into the data set's ``classes``; -1 where the class is not known."""
    parts: Int64[Tensor, " points"] | None = None
    """Index into the data set's ``part_names`` for every point; None where there are no part labels."""
    colours: Float[Tensor, "points 3"] | None = None
    """Red, green and blue in [0, 1]; None where the input has none."""
    normals: Float[Tensor, "points 3"] | None = None
    """Unit vectors, turned as the points are; None where the input has none."""
    frame: Frame = field(default_factory=Frame)
    remarks: tuple[str, ...] = ()
    """What its reader had to say: what it guessed, left out or found too much. Sentences without the cloud's name."""

    ups: Float[Tensor, "6"] | None = None
    """How likely each direction of `pointclip2.geometry.standing.UPS`, of the input's axes, points up; the cloud was
    turned so that the likeliest does. None, or zeros, where up was told."""

    @property
    def input_points(self) -> Float64[Tensor, "points 3"]:
        """The points in the coordinates of the input; exactly its values where `pointclip2.read` made the cloud."""
        return self.frame.to_input(self.points) if self.frame.exact is None else self.frame.exact


@dataclass(frozen=True)
class CloudBatch:
    """Clouds of equally many points, stacked: what encoders take. What not every cloud has is None."""

    points: Float[Tensor, "batch points 3"]
    colours: Float[Tensor, "batch points 3"] | None = None
    normals: Float[Tensor, "batch points 3"] | None = None
    parts: Int64[Tensor, "batch points"] | None = None
    ups: Float[Tensor, "batch 6"] | None = None
    """As in `Cloud`; zeros for a cloud whose up was told beside others whose was not."""

    @classmethod
    def of(cls, clouds: Sequence[Cloud]) -> "CloudBatch":
        """Stack one cloud or more."""
        columns = {part.name: [getattr(cloud, part.name) for cloud in clouds] for part in fields(cls)}
        if any(ups is not None for ups in columns["ups"]):
            columns["ups"] = [torch.zeros(6) if ups is None else ups for ups in columns["ups"]]
        stacked: dict[str, Any] = {
            name: None if any(value is None for value in values) else torch.stack(values)
            for name, values in columns.items()
        }
        return cls(**stacked)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, rows: slice) -> "CloudBatch":
        """Return some of the clouds."""
        return self._each(lambda values: values[rows])

    def to(self, device: torch.device | str) -> "CloudBatch":
        """Return the batch on another device (Lightning moves what has ``to``)."""
        return self._each(lambda values: values.to(device, non_blocking=True))

    def pin_memory(self) -> "CloudBatch":
        """Return the batch in page-locked memory."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> "CloudBatch":
        held = {part.name: getattr(self, part.name) for part in fields(self)}
        changed: dict[str, Any] = {
            name: None if values is None else change(values) for name, values in held.items()
        }
        return CloudBatch(**changed)


@dataclass(frozen=True)
class Projection:
    """Views of a batch of clouds."""

    images: Float[Tensor, "batch views height width"] | Float[Tensor, "batch views 3 height width"]
    """In [0, 1], 1 = background, at the projector's own size (the perspective projector: raw distances, 0 = empty);
    depth, or three channels of colour."""
    pixel_yx: Int64[Tensor, "batch views points 2"]
    """Row and column into ``images`` of every point; -1, -1 where the point falls outside the view."""
    visible: Bool[Tensor, "batch views points"]
    """Whether the point is the surface that the view shows at its pixel."""


@dataclass(frozen=True)
class Places:
    """What leads from the tokens of a dense encoder back to the points."""

    grid: tuple[int, int, int]
    """Views, rows and columns: tokens are the cells of every view in this order."""
    pixel_yx: Int64[Tensor, "batch views points 2"]
    """As in `Projection`."""
    visible: Bool[Tensor, "batch views points"]
    image_px: int
    """Side of the projector's images, which ``pixel_yx`` counts in."""
    input_px: int
    """Side of the model's input, which the cells divide."""


@dataclass(frozen=True)
class Features:
    """What an encoder says about a batch of clouds."""

    vectors: Float[Tensor, "batch tokens dim"]
    """A token is a view, a cell of a view, or the whole cloud. Unit rows wherever there is text to compare with."""
    places: Places | None = None
    """For dense encoders."""
    ups: Float[Tensor, "batch 6"] | None = None
    """What the model made of the clouds' own ``ups``; None where it was not asked."""

    @property
    def cells(self) -> Float[Tensor, "batch views rows columns dim"]:
        """The vectors of a dense encoder as maps."""
        assert self.places is not None
        return self.vectors.unflatten(1, self.places.grid)


@dataclass(frozen=True)
class Boxes:
    """3D boxes of one scene: z up, metres, turned about the vertical only."""

    centre_m: Float[Tensor, "boxes 3"]
    size_m: Float[Tensor, "boxes 3"]
    """Full edge lengths along the box's own x, y and z."""
    heading_rad: Float[Tensor, " boxes"]
    """Counter-clockwise about z, from the scene's x axis to the box's; 0 for axis-aligned boxes."""
    labels: Int64[Tensor, " boxes"]
    """Index into the data set's ``classes``; -1 where the class is not known."""

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Scene:
    """One room of a detection data set: z up, metres, not normalised."""

    name: str
    """Unique within its split: results are keyed by it."""
    points_m: Float[Tensor, "points 3"]
    boxes: Boxes | None = None
    """What is true; None where the scene has no ground truth."""
    colours: Float[Tensor, "points 3"] | None = None
    """In [0, 1]; None where the scan has none."""
    frame: Frame = field(default_factory=lambda: Frame(unit="m"))
    """What leads from the scene's metres, z up, to the scan's own coordinates: a turn by quarters, a factor, an offset.
    A scan whose own coordinates lie far from their origin is moved before it is rounded to 32 bits."""
    remarks: tuple[str, ...] = ()
    """What the reader had to say, a sentence each: guesses, points and boxes that were left out."""
