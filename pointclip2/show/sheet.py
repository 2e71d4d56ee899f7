"""Draw the sheet of views: what the model saw of each shape, and what it made of it."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch.nn.functional as F
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.show.canvas import GREY, HAIRLINE, INK, Canvas

TOP = 3
# Height of a line, as a multiple of the height of its type.
LINE = 1.55
# A tile is a whole multiple of its image and at least the first number, so that no pixel of the image is lost;
# images larger than the second are reduced to it.
TILE_PX, LARGEST_PX = 180, 336
RIGHT, WRONG, UNKNOWN = ("#1a7f37", "#aee9bd"), ("#c4232c", "#ffc9c7"), ("#6b7280", "#dfe2e7")


@dataclass(frozen=True)
class ViewRow:
    """Holds one shape of the sheet."""

    name: str
    images: Float[Tensor, "views height width"]
    """Depth maps in [0, 1] with 1 = background, or raw distances with 0 = empty."""
    truth: str | None
    """Name of the true class; None where nobody knows."""
    top: Sequence[tuple[str, float]]
    """Classes with their probabilities, the most probable first; the first three are drawn."""
    answer: str | None = None
    """What is said of the shape, in the place of the truth where nobody asks for it."""


def draw_views(path: str | os.PathLike[str], rows: Sequence[ViewRow], title: str, footer: str) -> None:
    """Write the sheet as a PNG; a file there is replaced only once the new one is complete. See `views_sheet`.

    Raises:
        OSError: the file could not be written.
    """
    views_sheet(rows, title, footer).save(path)


def views_sheet(rows: Sequence[ViewRow], title: str, footer: str) -> Canvas:
    """Draw a row for every shape: its depth maps, its true class, and the three best guesses.

    Near is dark and background is white, for distances too. A guess is green if it is the truth, red if it is
    not, grey if the truth is unknown. Choose the rows before: a dozen is readable.

    Args:
        footer: one sentence about what was measured.
    """
    tile = _tile(rows)
    views = max((len(row.images) for row in rows), default=1)
    gap, margin = max(6, tile // 24), max(20, tile // 7)
    # The truth and the guesses fill the height of a tile.
    type_px = tile / LINE / (TOP + 1)
    panel = round(type_px * 17)
    row_height = tile + round(gap * 2.5)
    left = margin
    right = left + views * (tile + gap) + round(type_px * 0.6)
    width = max(right + panel + margin, round(type_px * 32))
    small = type_px * 0.78
    notes = Canvas(10, 10).wrapped(footer, small, width - 2 * margin)
    head = round(type_px * 3.9)
    foot = head + max(len(rows), 1) * row_height
    page = Canvas(width, foot + round(type_px * 1.4 + small * LINE * len(notes)))

    page.text(left, type_px * 1.5, title, type_px * 1.25, bold=True, room_px=width - 2 * margin)
    for view in range(views if rows else 0):
        page.text(
            left + view * (tile + gap) + tile / 2,
            head - type_px * 0.75,
            f"view {view}",
            type_px * 0.72,
            GREY,
            "center",
        )
    if rows:
        page.text(
            right,
            head - type_px * 0.75,
            "the answer, and how sure it is" if rows[0].answer else "truth, and the best guesses",
            type_px * 0.72,
            GREY,
        )
    else:
        page.text(left, head + row_height / 2, "no shape could be drawn", type_px, GREY)
    distances = any(is_distance(row.images) for row in rows)
    for index, row in enumerate(rows):
        y = head + index * row_height
        if index:
            page.rectangle(left, y - gap * 1.25, width - 2 * margin, 1, HAIRLINE)
        for view, grey in enumerate(grey_views(row.images, distances, tile)):
            x = left + view * (tile + gap)
            page.rectangle(x - 1, y - 1, tile + 2, tile + 2, HAIRLINE)
            page.image(x, y, np.repeat(grey[:, :, None], 3, axis=2))
        _draw_guesses(page, row, right, y, width - margin - right, type_px)
    for index, note in enumerate(notes):
        page.text(left, foot + type_px * 0.5 + small * LINE * (index + 0.5), note, small, GREY)
    return page


def _draw_guesses(page: Canvas, row: ViewRow, x: int, y: int, width: int, type_px: float) -> None:
    line = type_px * LINE
    heading = _spoken(row.truth or row.answer or "truth unknown")
    large, small = type_px * 1.08, type_px * 0.72
    shown = page.fitted(heading, large, width * 0.62, bold=True)
    page.text(x, y + line / 2, shown, large, INK if row.truth or row.answer else GREY, bold=True)
    room = width - page.width_of(shown, large, bold=True) - small
    page.text(x + width, y + line / 2, row.name, small, GREY, "right", room_px=room)
    for rank, (label, probability) in enumerate(row.top[:TOP]):
        ink, tint = UNKNOWN if row.truth is None else RIGHT if _spoken(label) == heading else WRONG
        mark = "" if row.truth is None else "\N{CHECK MARK}" if ink == RIGHT[0] else "\N{BALLOT X}"
        at = y + (rank + 1) * line
        share = min(max(probability, 0.0), 1.0) if math.isfinite(probability) else 0.0
        page.rectangle(x, at + line * 0.06, width, line * 0.88, "#f4f5f7")
        if share:
            page.rectangle(x, at + line * 0.06, width * share, line * 0.88, tint)
        page.rectangle(x, at + line * 0.06, 4, line * 0.88, ink)
        per_cent = f"{100 * share:.0f} %" if math.isfinite(probability) else "\N{EN DASH}"
        page.text(x + type_px * 0.7, at + line / 2, mark, type_px * 0.8, ink)
        indent = type_px * (1.75 if mark else 0.7)
        page.text(
            x + indent,
            at + line / 2,
            _spoken(label),
            type_px,
            INK,
            bold=rank == 0,
            room_px=width - indent - type_px * 3.4,
        )
        page.text(
            x + width - type_px * 0.4, at + line / 2, per_cent, type_px * 0.92, INK, "right", bold=rank == 0
        )


def _spoken(label: str) -> str:
    return label.replace("_", " ")


def _tile(rows: Sequence[ViewRow]) -> int:
    """Return the side of a tile in pixels, a whole multiple of the largest image's side where it can be."""
    side = max((max(row.images.shape[1:]) for row in rows), default=TILE_PX)
    if side > LARGEST_PX:
        return LARGEST_PX
    return max(side, 1) * max(1, math.ceil(TILE_PX / max(side, 1)))


def is_distance(images: Tensor) -> bool:
    """Say whether images are raw distances: rounding lifts a depth map hardly above 1, distances go well beyond."""
    return bool((images.nan_to_num(0, 0, 0) > 1.001).any())


def grey_views(images: Tensor, distances: bool, tile: int) -> NDArray[np.uint8]:
    """Convert depth maps to grey values (views, tile, tile), 255 = background.

    Args:
        images: depth maps in [0, 1] with 1 = background, or raw distances with 0 = empty.
        distances: whether they are distances; the sheet asks `is_distance` once for all its rows.
        tile: side of a tile in pixels; images are repeated or averaged to it, and centred where they are not square.
    """
    images = images.detach().float().cpu()
    if distances:
        filled = images.isfinite() & (images > 0)
        near, far = (images[filled].min(), images[filled].max()) if bool(filled.any()) else (0.0, 1.0)
        # One scale for all views of a shape keeps them comparable; the farthest point is not quite white.
        shade = 0.1 + 0.75 * (images - near) / max(float(far - near), 1e-6)
        images = shade.where(filled, 1.0)
    images = images.nan_to_num(1.0, 1.0, 1.0).clamp(0, 1)
    height, width = images.shape[1:]
    scale = tile / max(height, width, 1)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    if size != (height, width):
        images = F.interpolate(images.unsqueeze(1), size, mode="area" if scale < 1 else "nearest").squeeze(1)
    top, left = (tile - size[0]) // 2, (tile - size[1]) // 2
    images = F.pad(images, (left, tile - size[1] - left, top, tile - size[0] - top), value=1.0)
    return (images * 255).round().byte().numpy()
