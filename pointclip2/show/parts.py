"""Draw the sheet of segmented clouds: truth beside prediction, from two sides, with a legend."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.canvas import GREY, HAIRLINE, INK, Canvas
from pointclip2.show.clouds import render_cloud
from pointclip2.show.palette import Colour

SIDES = (("from the front", 35.0, 22.0), ("from behind", 215.0, 22.0))
TILE_PX = 190
LINE = 1.55


@dataclass(frozen=True)
class PartRow:
    """Holds one cloud of the sheet."""

    name: str
    title: str
    """Title of the cloud: its category."""
    points: NDArray[np.float32]
    """Positions (points, 3), y up."""
    truth: NDArray[np.uint8] | None
    """True colours (points, 3) in RGB; None where nobody knows."""
    prediction: NDArray[np.uint8]
    legend: Sequence[tuple[str, Colour, str]]
    """Name, colour and a remark of every part that occurs."""
    remark: str = ""
    """Figure of the cloud, in words."""


def draw_parts(path: str | os.PathLike[str], rows: Sequence[PartRow], title: str, footer: str) -> None:
    """Write the sheet as a PNG; a file there is replaced only once the new one is complete. See `parts_sheet`.

    Raises:
        OSError: the file could not be written.
    """
    parts_sheet(rows, title, footer).save(path)


def parts_sheet(rows: Sequence[PartRow], title: str, footer: str) -> Canvas:
    """Draw a row for every cloud. Choose the rows before: a dozen is readable.

    Args:
        footer: one sentence about what was measured.
    """
    labelled = any(row.truth is not None for row in rows)
    kinds = ("truth", "prediction") if labelled else ("prediction",)
    gap, margin, type_px = 8, 26, 20.0
    columns = [(side, kind) for side in SIDES for kind in kinds]
    left = margin
    right = left + len(columns) * (TILE_PX + gap) + 14
    width = right + 330 + margin
    small = type_px * 0.72
    notes = Canvas(10, 10).wrapped(footer, small, width - 2 * margin)
    head, row_height = round(type_px * 3.9), TILE_PX + 20
    foot = head + max(len(rows), 1) * row_height
    page = Canvas(width, foot + round(type_px * 1.4 + small * LINE * len(notes)))

    page.text(left, type_px * 1.5, title, type_px * 1.2, bold=True, room_px=width - 2 * margin)
    for number, ((side, _, _), kind) in enumerate(columns if rows else ()):
        x = left + number * (TILE_PX + gap) + TILE_PX / 2
        page.text(x, head - type_px * 0.75, f"{kind}, {side}", small, GREY, "center")
    if not rows:
        page.text(left, head + row_height / 2, "no cloud could be drawn", type_px, GREY)
    for index, row in enumerate(rows):
        y = head + index * row_height
        if index:
            page.rectangle(left, y - 10, width - 2 * margin, 1, HAIRLINE)
        for number, ((_, yaw, pitch), kind) in enumerate(columns):
            colours = row.truth if kind == "truth" else row.prediction
            x = left + number * (TILE_PX + gap)
            if colours is None:
                page.text(x + TILE_PX / 2, y + TILE_PX / 2, "truth unknown", small, GREY, "center")
            else:
                page.image(x, y, render_cloud(row.points, colours, TILE_PX, yaw, pitch))
        _draw_legend(page, row, right, y, width - margin - right, type_px)
    for index, note in enumerate(notes):
        page.text(left, foot + type_px * 0.5 + small * LINE * (index + 0.5), note, small, GREY)
    return page


def _draw_legend(page: Canvas, row: PartRow, x: int, y: int, width: int, type_px: float) -> None:
    large, small = type_px * 1.05, type_px * 0.72
    shown = page.fitted(row.title, large, width * 0.5, bold=True)
    page.text(x, y + type_px * 0.8, shown, large, INK, bold=True)
    room = width - page.width_of(shown, large, bold=True) - small
    page.text(x + width, y + type_px * 0.8, row.remark, small, INK, "right", room_px=room)
    page.text(x, y + type_px * 2.0, row.name, small, GREY, room_px=width)
    top, size = y + type_px * 3.0, type_px * 0.82
    # Lines that fit below the name are written; the rest is only counted.
    fits = int((TILE_PX - type_px * 3.0) / (size * LINE))
    lines = list(row.legend)
    hidden = len(lines) - fits + 1 if len(lines) > fits else 0
    for number, (name, colour, remark) in enumerate(lines[: len(lines) - hidden]):
        at = top + (number + 0.5) * size * LINE
        page.rectangle(x, at - size * 0.4, size * 0.8, size * 0.8, "#{:02x}{:02x}{:02x}".format(*colour))
        page.text(x + size * 1.4, at, name, size, INK, room_px=width - size * 6)
        page.text(x + width, at, remark, small, GREY, "right")
    if hidden:
        at = top + (fits - 0.5) * size * LINE
        page.text(x + size * 1.4, at, f"and {hidden} more", small, GREY)
