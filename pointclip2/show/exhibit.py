"""All that a run has to show, as plain data: what ``report.html`` and Weights & Biases are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.gallery import GalleryItem

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class ConfusionCounts:
    """What was called what."""

    counts: NDArray[np.int64]
    """(classes, classes): rows are the truth, columns are predictions."""
    classes: tuple[str, ...]
    """In the order of rows and columns."""
    unit: str = "samples"
    """What is counted: ``samples``, ``points``."""


@dataclass(frozen=True)
class Camera:
    """Where one view is taken from, in the coordinates of the clouds that projectors get: y up, unit sphere."""

    toward: Vector
    """Unit vector from the object to the camera."""
    right: Vector
    """What runs to the right in the image."""
    down: Vector
    """What runs down in the image."""


@dataclass(frozen=True)
class Exhibit:
    """One run, ready to be shown."""

    title: str
    sentence: str
    """One honest sentence about what was measured."""
    record: Mapping[str, Any]
    """As in ``results.json``: ``metrics`` are fractions; ``per_view`` and ``search`` where the task has them."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The composed configuration as plain data."""
    gallery: tuple[GalleryItem, ...] = ()
    confusion: ConfusionCounts | None = None
    cameras: tuple[Camera, ...] = ()
    """One for every view; empty where a task has none."""
