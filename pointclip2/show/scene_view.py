"""Draw a room with boxes, from straight above and from a corner."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.canvas import GREY, INK, Canvas
from pointclip2.show.wireframe import EDGES

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
TRUTH: Colour = (20, 24, 28)
_PANEL_PX = 720
_FINE = 2
_EYE_LEVEL_M = 2.1
_MOST_POINTS = 150_000


@dataclass(frozen=True)
class DrawnBox:
    """Holds one box of the picture."""

    corners: Floats
    """Corners (8, 3): around the bottom face, then around the top face."""
    label: str
    colour: Colour
    true: bool = False
    """Whether it is a true box; those are drawn thin and dark, under those that were found."""


@dataclass(frozen=True)
class Camera:
    """Views the scene orthographically: ``azimuth`` turns about z, ``elevation`` is 90 from straight above."""

    azimuth_deg: float
    elevation_deg: float

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Return positions in the picture (points, 2), right and down, and depth (larger is nearer), in metres."""
        turn, tilt = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        x = points[:, 0] * math.cos(turn) - points[:, 1] * math.sin(turn)
        y = points[:, 0] * math.sin(turn) + points[:, 1] * math.cos(turn)
        down = -(y * math.sin(tilt) + points[:, 2] * math.cos(tilt))
        near = points[:, 2] * math.sin(tilt) - y * math.cos(tilt)
        return np.stack([x, down], axis=1), near


ABOVE, CORNER = Camera(0.0, 90.0), Camera(30.0, 38.0)


def draw_scene(
    path: str | os.PathLike[str],
    points: NDArray[np.floating],
    boxes: Sequence[DrawnBox],
    title: str,
    footer: str,
    colours: NDArray[np.floating] | None = None,
) -> None:
    """Write the sheet as a PNG; a file there is replaced only once the new one is complete. See `scene_sheet`.

    Raises:
        OSError: the file could not be written.
    """
    scene_sheet(points, boxes, title, footer, colours).save(path)


def scene_sheet(
    points: NDArray[np.floating],
    boxes: Sequence[DrawnBox],
    title: str,
    footer: str,
    colours: NDArray[np.floating] | None = None,
) -> Canvas:
    """Draw two views of a scan and its boxes. What is above eye level and what hides the room is left out.

    Args:
        points: positions (points, 3), metres, z up.
        boxes: true boxes and found ones.
        title: one line above the picture.
        footer: one sentence about what was measured.
        colours: (points, 3) in [0, 1]; by height where there are none.
    """
    step = max(1, len(points) // _MOST_POINTS)
    exact = np.asarray(points[::step], dtype=np.float64)
    floor = float(np.quantile(exact[:, 2], 0.01))
    low = exact[:, 2] < floor + _EYE_LEVEL_M
    paint = _by_height(exact[:, 2] - floor) if colours is None else np.asarray(colours[::step]) * 255
    exact, paint = (exact[low], paint[low]) if low.any() else (exact, paint)
    panels = [_panel(exact, paint, boxes, camera) for camera in (ABOVE, CORNER)]
    margin, head = 24, 64
    width = margin * 3 + sum(panel.pixels.shape[1] for panel in panels)
    height = max(panel.pixels.shape[0] for panel in panels)
    lines = Canvas(width, 10).wrapped(footer, 15, width - 2 * margin)
    page = Canvas(width, head + height + 56 + 22 * len(lines))
    page.text(margin, 32, title, 21, bold=True, room_px=width - 2 * margin)
    x = margin
    for panel in panels:
        page.image(x, head, panel.pixels)
        for label in panel.labels:
            page.text(x + label.x, head + label.y, label.text, 13, label.colour, "center", bold=True)
        x += panel.pixels.shape[1] + margin
    legend = "thin dark lines: true boxes;  coloured lines: found, with class and score"
    if any(box.true for box in boxes):
        page.text(margin, head + height + 20, legend, 14, GREY)
    for number, line in enumerate(lines):
        page.text(margin, head + height + 46 + 22 * number, line, 15, INK)
    return page


@dataclass(frozen=True)
class _Label:
    x: float
    y: float
    text: str
    colour: str


@dataclass(frozen=True)
class _Panel:
    pixels: NDArray[np.uint8]
    labels: list[_Label]


def _by_height(height: Floats) -> Floats:
    """Colour by height, from a pale floor to slate at the top, so that boxes stand out."""
    share = np.clip(height / _EYE_LEVEL_M, 0, 1)[:, None] ** 0.7
    return np.array([222.0, 226.0, 232.0]) * (1 - share) + np.array([70.0, 92.0, 130.0]) * share


def _extent(flat: Floats, outlines: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Choose what a panel shows: the scan without strays, and boxes as far as they do not make it small."""
    scan = flat if len(flat) else np.concatenate([np.zeros((1, 2)), *outlines])
    low, high = np.quantile(scan, 0.001, axis=0), np.quantile(scan, 0.999, axis=0)
    if outlines:
        corners, reach = np.concatenate(outlines), float((high - low).max()) / 2
        low, high = (
            np.maximum(np.minimum(low, corners.min(axis=0)), low - reach),
            np.minimum(np.maximum(high, corners.max(axis=0)), high + reach),
        )
    return low, high


def _panel(points: Floats, paint: Floats, boxes: Sequence[DrawnBox], camera: Camera) -> _Panel:
    from PIL import Image, ImageDraw

    flat, near = camera.project(points)
    if camera.elevation_deg < 80:
        shown = _not_hiding(points, camera)
        flat, near, paint = flat[shown], near[shown], paint[shown]
    outlines = [camera.project(box.corners)[0] for box in boxes]
    low, high = _extent(flat, outlines)
    scale = (_PANEL_PX - 40) / max(float((high - low).max()), 1e-6)
    size = np.maximum(np.ceil((high - low) * scale).astype(int) + 40, 120)
    shift = (size - (low + high) * scale) / 2
    fine = size * _FINE
    pixels = np.full((fine[1], fine[0], 3), 255, dtype=np.uint8)
    order = near.argsort()  # nearer points are painted later
    at = np.round((flat[order] * scale + shift) * _FINE).astype(int)
    for right in range(-1, 2):
        for down in range(-1, 2):
            column, row = at[:, 0] + right, at[:, 1] + down
            inside = (column >= 0) & (column < fine[0]) & (row >= 0) & (row < fine[1])
            pixels[row[inside], column[inside]] = paint[order][inside]
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    labels: list[Any] = []
    pairs = sorted(zip(boxes, outlines, strict=True), key=lambda pair: not pair[0].true)
    for box, outline in pairs:
        place = (outline * scale + shift) * _FINE
        edges = EDGES if camera.elevation_deg < 80 else EDGES[4:8]
        for start, end in edges:
            line = [*place[start].tolist(), *place[end].tolist()]
            pen.line(line, fill=box.colour, width=2 if box.true else 5)
        if not box.true:
            top = outline[4:] * scale + shift
            y = float(np.clip(top[:, 1].min() - 9, 8, size[1] - 8))
            x = float(np.clip(top[:, 0].mean(), 30, size[0] - 30))
            labels.append(
                _Label(x, _free(x, y, labels), box.label, "#{:02x}{:02x}{:02x}".format(*box.colour))
            )
    small = image.resize((int(size[0]), int(size[1])), Image.Resampling.BOX)
    return _Panel(np.asarray(small), labels)


def _free(x: float, y: float, labels: Sequence[_Label]) -> float:
    """Find a height at which no other label stands."""
    while any(abs(x - other.x) < 70 and abs(y - other.y) < 13 for other in labels):
        y += 14
    return y


def _not_hiding(points: Floats, camera: Camera) -> NDArray[np.bool_]:
    """Leave out what stands at the two near sides of the scan, whose walls would hide the room."""
    turn = math.radians(camera.azimuth_deg)
    towards = np.array([-math.sin(turn), -math.cos(turn)])
    shown = np.ones(len(points), dtype=bool)
    floor = np.quantile(points[:, 2], 0.01)
    for axis in (0, 1):
        edge = np.quantile(points[:, axis], 0.01 if towards[axis] < 0 else 0.99)
        gap = np.abs(points[:, axis] - edge)
        beyond = (points[:, axis] - edge) * np.sign(towards[axis]) > 0
        shown &= ~((gap < 0.12) | beyond) | (points[:, 2] < floor + 0.15)
    return shown
