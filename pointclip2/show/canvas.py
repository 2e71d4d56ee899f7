"""Draw a page in pixels, and write it whole or not at all."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.typeface import drawable, families
from pointclip2.writing import replacing

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 100
INK, GREY, HAIRLINE = "#1b1f24", "#6b7280", "#d8dbe0"


class Canvas:
    """Holds a white page; x runs right and y down from the top left corner, all lengths are pixels.

    Rectangles and images are set pixel by pixel, in the order of the calls; text lies over them and is drawn
    by a figure of its own on the Agg canvas: no pyplot, so neither a window nor anyone's figure is touched.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width_px = width_px
        self.height_px = height_px
        self.pixels = np.full((height_px, width_px, 3), 255, dtype=np.uint8)
        # Half a pixel more, because the canvas rounds down.
        size = ((width_px + 0.5) / DPI, (height_px + 0.5) / DPI)
        self._figure = Figure(figsize=size, dpi=DPI)
        self._renderer = FigureCanvasAgg(self._figure).get_renderer()
        self._texts: list[Any] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size_px: float,
        color: str = INK,
        align: Literal["left", "center", "right"] = "left",
        bold: bool = False,
        rotation_deg: float = 0.0,
        room_px: float | None = None,
    ) -> None:
        """Write one line, centred on the height ``y``; ``size_px`` is the height of the type.

        Turned text starts (``align="left"``) or ends (``right``) at the point. Text longer than ``room_px``
        loses its middle, since file names differ at their ends.
        """
        from matplotlib.text import Text

        line = drawable(text) if room_px is None else self.fitted(text, size_px, room_px, bold)
        artist = Text(
            x,
            self.height_px - y,
            line,
            fontproperties=_font(size_px, bold),
            color=color,
            horizontalalignment=align,
            verticalalignment="center" if rotation_deg else "center_baseline",
            rotation=rotation_deg,
            rotation_mode="anchor",
            parse_math=False,
            usetex=False,
        )
        artist.set_figure(self._figure)
        self._texts.append(artist)

    def width_of(self, text: str, size_px: float, bold: bool = False) -> float:
        """Return the width of one line, in pixels."""
        line = drawable(text)
        if not line:
            return 0.0
        return float(self._renderer.get_text_width_height_descent(line, _font(size_px, bold), False)[0])

    def fitted(self, text: str, size_px: float, room_px: float, bold: bool = False) -> str:
        """Return the text itself where it fits, otherwise as much of its two ends as does."""
        line = drawable(text)
        if self.width_of(line, size_px, bold) <= room_px:
            return line
        shortest, longest = 0, len(line)
        while longest - shortest > 1:
            kept = (shortest + longest) // 2
            if self.width_of(_cut(line, kept), size_px, bold) <= room_px:
                shortest = kept
            else:
                longest = kept
        return _cut(line, shortest)

    def wrapped(self, text: str, size_px: float, room_px: float) -> list[str]:
        """Break the text into as many lines as it takes; only a word wider than the room is shortened."""
        lines = [""]
        for word in drawable(text).split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.width_of(longer, size_px) > room_px:
                lines.append(word)
            else:
                lines[-1] = longer
        return [self.fitted(line, size_px, room_px) for line in lines]

    def rectangle(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Fill a rectangle, its edges rounded to whole pixels."""
        rgb = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
        self.pixels[round(y) : round(y + height), round(x) : round(x + width)] = rgb

    def image(self, x: int, y: int, pixels: NDArray[np.uint8]) -> None:
        """Place pixels (height, width, 3) unscaled, with the top left one at x, y."""
        self.pixels[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels

    def drawn(self) -> "Image":
        """Return the page as a picture."""
        from PIL import Image

        page = np.asarray(self._renderer.buffer_rgba())
        page[..., :3], page[..., 3] = self.pixels, 255
        for artist in self._texts:
            artist.draw(self._renderer)
        return Image.fromarray(page[..., :3])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a PNG in one step.

        Raises:
            OSError: it could not be written; what was at ``path`` is as it was.
        """
        image = self.drawn()
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as draft, draft.open("wb") as file:
            image.save(file, format="png", compress_level=2)


def _font(size_px: float, bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=list(families()), size=size_px * 72 / DPI, weight="bold" if bold else "normal"
    )


def _cut(line: str, kept: int) -> str:
    return (
        line[: (kept + 1) // 2].rstrip() + "\N{HORIZONTAL ELLIPSIS}" + line[len(line) - kept // 2 :].lstrip()
    )
