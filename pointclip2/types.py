"""The values that travel between rooms, and the errors that users see.

Axes have one vocabulary everywhere: ``batch points views height width dim classes parts boxes sentences``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from pointclip2.errors import CloudError, ConfigError, DataError, TrainingError, UserError, WeightsError

__all__ = [
    "SELECTED_ON",
    "UserError",
    "ConfigError",
    "DataError",
    "CloudError",
    "WeightsError",
    "TrainingError",
    "known_selection",
    "weakest_selection",
    "Cloud",
    "Projection",
    "Boxes",
    "Scene",
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
class Cloud:
    """One sample of a data set: y up, centred, in the unit sphere, ready for a projector."""

    name: str
    """Unique within its split: results are keyed by it."""
    points: Float[Tensor, "points 3"]
    label: int = -1
    """Index into the data set's ``classes``; -1 where the class is not known."""
    parts: Int64[Tensor, " points"] | None = None
    """Index into the data set's ``part_names`` for every point; None where there are no part labels."""


@dataclass(frozen=True)
class Projection:
    """Depth views of a batch of clouds."""

    images: Float[Tensor, "batch views height width"] | Float[Tensor, "batch views 3 height width"]
    """In [0, 1], 1 = background, at the projector's own size (the perspective projector: raw distances, 0 = empty)."""
    pixel_yx: Int64[Tensor, "batch views points 2"]
    """Row and column into ``images`` of every point; -1, -1 where the point falls outside the view."""
    visible: Bool[Tensor, "batch views points"]
    """Whether the point is the surface that the view shows at its pixel."""


@dataclass(frozen=True)
class CloudBatch:
    """Clouds of equally many points side by side: what an encoder takes."""

    points: Float[Tensor, "batch points 3"]
    colours: Float[Tensor, "batch points 3"] | None = None
    """In [0, 1]; None where a cloud of the batch has none."""
    normals: Float[Tensor, "batch points 3"] | None = None
    """Unit vectors, likewise."""
    parts: Int64[Tensor, "batch points"] | None = None
    """As in `Cloud`, likewise."""

    def __len__(self) -> int:
        return len(self.points)

    def _each(self, change: Callable[[Tensor], Tensor]) -> "CloudBatch":
        columns = (self.points, self.colours, self.normals, self.parts)
        points, *others = (None if column is None else change(column) for column in columns)
        assert points is not None
        return CloudBatch(points, *others)

    def to(self, device: torch.device | str) -> "CloudBatch":
        """Return the batch on another device."""
        return self._each(lambda column: column.to(device, non_blocking=True))

    def pin_memory(self) -> "CloudBatch":
        """Return the batch in page-locked memory."""
        return self._each(Tensor.pin_memory)


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
    """A token is a view, a cell of a view, or the whole cloud. Unit rows wherever the encoder has text to compare with."""
    places: Places | None = None
    """For dense encoders."""

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
    """One room of a detection data set, as it was scanned: z up, metres, not centred, not normalised."""

    name: str
    """Unique within its split: results are keyed by it."""
    points_m: Float[Tensor, "points 3"]
    boxes: Boxes | None = None
    """What is true; None where the scene has no ground truth."""
    colours: Float[Tensor, "points 3"] | None = None
    """In [0, 1]; None where the scan has none."""
