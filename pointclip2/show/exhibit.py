"""Hold all that a run has to show, as plain data: ``report.html`` and Weights & Biases are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.gallery import GalleryItem

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class ConfusionCounts:
    """Counts how often each class was called each class."""

    counts: NDArray[np.int64]
    """(classes, classes): rows are the truth, columns are predictions."""
    classes: tuple[str, ...]
    """Class names in the order of rows and columns."""
    unit: str = "samples"
    """What is counted: ``samples``, ``points``."""


@dataclass(frozen=True)
class Prediction:
    """Holds what was said of one sample."""

    name: str
    truth: str | None
    """None where nobody knows."""
    said: tuple[tuple[str, float], ...]
    """What was said and how sure it is, in [0, 1], best first."""


@dataclass(frozen=True)
class Camera:
    """Says where one view is taken from, in the coordinates of the clouds that projectors get: y up, unit sphere."""

    toward: Vector
    """Unit vector from the object to the camera."""
    right: Vector
    """Unit vector that points right in the image."""
    down: Vector
    """Unit vector that points down in the image."""


@dataclass(frozen=True)
class Exhibit:
    """Holds one run, ready to be shown."""

    title: str
    sentence: str
    """One honest sentence about what was measured."""
    record: Mapping[str, Any]
    """Contents of ``results.json``: ``metrics`` are fractions; ``per_view`` and ``search`` where the task has them."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The composed configuration as plain data."""
    gallery: tuple[GalleryItem, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    """What was said of every sample; empty where a task says it otherwise."""
    confusion: ConfusionCounts | None = None
    cameras: tuple[Camera, ...] = ()
    """One for every view; empty where a task has none."""
