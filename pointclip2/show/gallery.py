"""What dashboards and the report show of single samples: coloured clouds, boxes, a picture, what was said.

Plain data that protocols fill and that ``report.html`` and Weights & Biases read; neither knows the other.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class GalleryBox:
    """A box drawn into a cloud."""

    corners: NDArray[np.float32]
    """(8, 3), in the cloud's coordinates; bottom face counter-clockwise, then the top face in the same order."""
    label: str
    colour: tuple[int, int, int]
    score: float | None = None


@dataclass(frozen=True)
class GalleryCloud:
    """A cloud one can turn."""

    title: str
    """What this colouring shows: ``truth``, ``prediction``, ``scan``."""
    points: NDArray[np.float32]
    """(points, 3)."""
    colours: NDArray[np.uint8]
    """(points, 3) RGB."""
    up: str = "y"
    boxes: tuple[GalleryBox, ...] = ()


@dataclass(frozen=True)
class GalleryItem:
    """One sample."""

    name: str
    truth: str | None
    guesses: tuple[tuple[str, float], ...]
    """Best first, with probabilities; empty where the task gives none."""
    clouds: tuple[GalleryCloud, ...]
    picture: Path | None = None
    """A sheet of its depth views, where there is one."""
    legend: tuple[tuple[str, tuple[int, int, int]], ...] = field(default=())
    """Names and colours of parts or classes in the clouds."""
    views: NDArray[np.uint8] | None = None
    """(views, height, width): its depth views in grey, 255 = background; None where the task has none to show."""
    view_guesses: tuple[tuple[str, float], ...] = ()
    """What each view alone says, with its probability; empty, or one for every view."""
