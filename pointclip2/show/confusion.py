"""Draw the confusion matrix."""

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from pointclip2.show.canvas import GREY, HAIRLINE, INK, Canvas

# The matrix aims at this width; a cell is never larger than the second, nor smaller than the third.
MATRIX_PX, LARGEST_CELL_PX, SMALLEST_CELL_PX = 1200, 110, 3
# Cells from this size hold the share, and from the second the count as well.
SHARE_PX, COUNT_PX = 40, 62
# Perceptually uniform, light to dark.
COLOURS = "magma_r"
MARGIN, TITLE_PX, NOTE_PX, SCALE_PX = 28, 27.0, 17.0, 18
# Room for a class name; longer ones are shortened.
NAME_PX = 330


def draw_confusion(
    path: str | os.PathLike[str],
    matrix: Int64[Tensor, "classes classes"],
    classes: Sequence[str],
    title: str,
    footer: str,
) -> None:
    """Write a PNG of what each class (row) was called (column), in shares of the row.

    Rows are the classes that have samples. Columns are these and whatever else was predicted, in the order of
    the class list, so that the diagonal stays in sight. White means never, not merely seldom.

    Args:
        path: path of the PNG; a file there is replaced only once the new one is complete.
        matrix: counts, rows are labels and columns predictions.
        footer: one sentence about what was measured.

    Raises:
        ValueError: the matrix is not square over the class list.
        OSError: the file could not be written.
    """
    if matrix.shape != (len(classes), len(classes)):
        raise ValueError(f"a confusion matrix of shape {tuple(matrix.shape)} for {len(classes)} classes")
    every = matrix.detach().cpu().numpy()
    rows = np.flatnonzero(every.sum(axis=1))
    columns = np.flatnonzero(every.sum(axis=1) + every.sum(axis=0))
    counts = every[np.ix_(rows, columns)]
    spoken = [name.replace("_", " ") for name in classes]
    names = [spoken[row] for row in rows], [spoken[column] for column in columns]
    page = _page(counts, *names, rows[:, None] == columns[None, :], title, footer)
    page.save(path)


def _page(
    counts: NDArray[np.int64],
    truths: Sequence[str],
    names: Sequence[str],
    diagonal: NDArray[np.bool_],
    title: str,
    footer: str,
) -> Canvas:
    cell = min(max(MATRIX_PX // max(len(names), 1), SMALLEST_CELL_PX), LARGEST_CELL_PX)
    type_px = min(max(cell * 0.72, 13.0), 22.0)
    ruler = Canvas(10, 10)
    truths = [ruler.fitted(text, type_px, NAME_PX) for text in truths]
    names = [ruler.fitted(text, type_px, NAME_PX) for text in names]
    totals = [str(total) for total in counts.sum(axis=1)]
    total_px = max((ruler.width_of(text, type_px * 0.8) for text in totals), default=0.0)
    truth_px = total_px + 10 + max((ruler.width_of(text, type_px) for text in truths), default=0.0)
    name_px = max((ruler.width_of(text, type_px) for text in names), default=0.0)
    turn_deg = 0 if name_px < cell * 0.94 else 45 if cell >= 28 else 90
    slope = math.radians(turn_deg)
    below = round(name_px * math.sin(slope) + type_px * (1.6 if turn_deg < 90 else 1.0))

    left = MARGIN + round(
        max(truth_px + 14, name_px * math.cos(slope) - cell / 2 if turn_deg == 45 else 0, 140)
    )
    top = round(TITLE_PX * 3.6)
    wide, high = cell * len(names), cell * len(truths)
    right = left + wide + round(NOTE_PX * 6.5) + MARGIN
    width = max(right, 760)
    notes = ruler.wrapped(footer, NOTE_PX, width - 2 * MARGIN)
    foot = top + max(high, 120) + below + round(NOTE_PX * 2.2)
    page = Canvas(width, foot + round(NOTE_PX * (1.2 + 1.55 * len(notes))))

    page.text(MARGIN, TITLE_PX * 1.4, title, TITLE_PX, bold=True, room_px=width - 2 * MARGIN)
    for index, note in enumerate(notes):
        page.text(MARGIN, foot + NOTE_PX * (0.4 + 1.55 * (index + 0.5)), note, NOTE_PX, GREY)
    if not truths:
        page.text(MARGIN, top + 60, "no sample has a label", TITLE_PX, GREY)
        return page
    page.text(left - 14, top - NOTE_PX * 0.9, "truth, samples", NOTE_PX, GREY, "right")
    page.text(left + wide / 2, top + high + below + NOTE_PX * 0.8, "predicted", NOTE_PX, GREY, "center")

    shares = counts / counts.sum(axis=1, keepdims=True)
    colours = _colours(shares)
    page.rectangle(left - 1, top - 1, wide + 2, high + 2, HAIRLINE)
    page.image(left, top, _cells(colours, cell, diagonal))
    step = math.ceil(type_px / cell)
    for index in range(0, len(truths), step):
        y = top + (index + 0.5) * cell
        page.text(left - 14, y, totals[index], type_px * 0.8, GREY, "right")
        page.text(left - 24 - total_px, y, truths[index], type_px, INK, "right")
    for index in range(0, len(names), step):
        x, y = left + (index + 0.5) * cell, top + high
        if turn_deg == 0:
            page.text(x, y + type_px, names[index], type_px, INK, "center")
        else:
            page.text(x, y + type_px * 0.5, names[index], type_px, INK, "right", rotation_deg=turn_deg)
    if cell >= SHARE_PX:
        _write_shares(page, counts, shares, colours, left, top, cell)
    _draw_scale(page, left + wide + round(NOTE_PX * 1.6), top, max(min(high, 320), 100))
    return page


def _write_shares(
    page: Canvas,
    counts: NDArray[np.int64],
    shares: NDArray[np.float64],
    colours: NDArray[np.uint8],
    left: int,
    top: int,
    cell: int,
) -> None:
    for row, column in np.argwhere(counts > 0).tolist():
        x, y = left + (column + 0.5) * cell, top + (row + 0.5) * cell
        ink = INK if _luminance(colours[row, column]) > 0.2 else "#ffffff"
        share = f"{100 * shares[row, column]:.0f}"
        if cell < COUNT_PX:
            page.text(x, y, share, cell * 0.4, ink, "center")
        else:
            page.text(x, y - cell * 0.12, f"{share} %", min(cell * 0.25, 24), ink, "center", bold=True)
            page.text(x, y + cell * 0.22, str(counts[row, column]), min(cell * 0.21, 18), ink, "center")


def _draw_scale(page: Canvas, x: int, y: int, height: int) -> None:
    ramp = _colours(np.linspace(1, 0, height)[:, None])
    page.rectangle(x - 1, y - 1, SCALE_PX + 2, height + 2, HAIRLINE)
    page.image(x, y, np.repeat(ramp, SCALE_PX, axis=1))
    for share in (1.0, 0.5, 0.0):
        at = y + (1 - share) * height + (share - 0.5) * NOTE_PX * 0.8
        page.text(x + SCALE_PX + 7, at, f"{100 * share:.0f} %", NOTE_PX * 0.9, GREY)


def _colours(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return colours (..., 3) of shares in [0, 1]; 0 is white."""
    from matplotlib import colormaps

    # The palest tenth of the map is left out, so that a single sample does not look like none.
    painted: Any = colormaps[COLOURS](0.08 + 0.84 * shares, bytes=True)[..., :3]
    painted[shares == 0] = 255
    return np.asarray(painted, dtype=np.uint8)


def _luminance(rgb: NDArray[np.uint8]) -> float:
    """Return how bright a colour is on a screen, 0 black to 1 white, to choose black or white ink on it."""
    return float((rgb / 255) ** 2.2 @ np.array([0.2126, 0.7152, 0.0722]))


def _cells(colours: NDArray[np.uint8], cell: int, diagonal: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Draw every colour as a square of ``cell`` pixels, a line between them, a frame around the diagonal."""
    pixels = colours.repeat(cell, axis=0).repeat(cell, axis=1)
    if cell < 8:
        return pixels
    line = (236, 238, 241)
    pixels[cell - 1 :: cell] = line
    pixels[:, cell - 1 :: cell] = line
    for row, column in np.argwhere(diagonal).tolist():
        y, x = row * cell, column * cell
        square = pixels[y : y + cell - 1, x : x + cell - 1]
        inner = square[1:-1, 1:-1].copy()
        square[:] = (140, 148, 160)
        square[1:-1, 1:-1] = inner
    return pixels
