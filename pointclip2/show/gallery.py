"""Hold single samples for dashboards and the report: coloured clouds, boxes, a picture, what was predicted.

Protocols fill this plain data, and ``report.html`` and Weights & Biases read it; neither side knows the other.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class GalleryBox:
    """Holds a box that is drawn into a cloud."""

    corners: NDArray[np.float32]
    """Corners (8, 3) in the cloud's coordinates: bottom face counter-clockwise, then the top face in the same order."""
    label: str
    colour: tuple[int, int, int]
    score: float | None = None


@dataclass(frozen=True)
class GalleryCloud:
    """Holds a coloured cloud that the viewer can turn."""

    title: str
    """What this colouring shows: ``truth``, ``prediction``, ``scan``."""
    points: NDArray[np.float32]
    """Positions (points, 3)."""
    colours: NDArray[np.uint8]
    """Colours (points, 3) in RGB."""
    up: str = "y"
    boxes: tuple[GalleryBox, ...] = ()


@dataclass(frozen=True)
class GalleryItem:
    """Holds one sample to be shown."""

    name: str
    truth: str | None
    guesses: tuple[tuple[str, float], ...]
    """Guessed classes with probabilities, best first; empty where the task gives none."""
    clouds: tuple[GalleryCloud, ...]
    picture: Path | None = None
    """A sheet of the sample's depth views, where there is one."""
    legend: tuple[tuple[str, tuple[int, int, int]], ...] = field(default=())
    """Names and colours of parts or classes in the clouds."""
    views: NDArray[np.uint8] | None = None
    """Depth views (views, height, width) in grey, 255 = background; None where the task has none to show."""
    view_guesses: tuple[tuple[str, float], ...] = ()
    """What each view alone predicts, with its probability; empty, or one for every view."""


def per_cent(value: float) -> str:
    """Return a probability as people read it: ``97 %``, and never 0 or 100 for what is not."""
    if 0 < value < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"
