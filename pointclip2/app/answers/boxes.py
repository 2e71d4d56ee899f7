"""Boxes found in a scan, in its own coordinates."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pointclip2.app.answers.saving import refuse_existing
from pointclip2.tasks.detection.files import WRITERS, boxes_in_scan, write_boxes
from pointclip2.tasks.detection.head import RoomDetections
from pointclip2.types import Scene

if TYPE_CHECKING:
    import pandas
    from PIL.Image import Image

ENDINGS = tuple(WRITERS)


@dataclass(frozen=True)
class FoundBoxes:
    """The boxes with names that were found in one scan, best first."""

    source: str
    room: RoomDetections = field(repr=False)
    scene: Scene = field(repr=False)
    """What was looked at: metres, z up."""
    least: float
    """Boxes that do not score above it are left out."""

    @cached_property
    def boxes(self) -> list[dict[str, Any]]:
        """Every box as plain data: ``class score centre size heading`` and more, in the scan's own coordinates."""
        return boxes_in_scan(self.room, self.least)

    @property
    def unit(self) -> str:
        """The unit of the scan's coordinates: ``m``, ``cm``, ``mm``, ``ft`` or ``in``."""
        return self.room.frame.unit

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader had to say, and that nothing was found where nothing was."""
        return self.room.remarks

    def __str__(self) -> str:
        told = ", ".join(f"{box['class']} {box['score']:.2f}" for box in self.boxes[:5])
        return f"{self.source}: {len(self)} boxes above {self.least:g}{f' ({told})' if told else ''}"

    def __len__(self) -> int:
        return len(self.boxes)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.boxes)

    def save(self, path: str | Path, force: bool = False) -> Path:
        """Write the boxes in the scan's own coordinates: ``.json`` and ``.csv`` to be read back, ``.ply`` for viewers.

        Raises:
            ConfigError: the file exists already and ``force`` does not say to replace it; another ending.
        """
        target = refuse_existing(path, force, ENDINGS)
        write_boxes(target, self.room, self.least)
        return target

    def to_dict(self) -> dict[str, Any]:
        """Return the boxes and what leads from metres, z up, to the scan's coordinates, as plain data."""
        matrix = self.room.frame.matrix.tolist()
        told = {"source": self.source, "unit": self.unit, "matrix": matrix, "boxes": self.boxes}
        return {**told, "remarks": list(self.remarks)}

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a table with a row a box.

        Raises:
            ModuleNotFoundError: pandas is not installed.
        """
        import pandas

        return pandas.DataFrame(self.boxes)

    def picture(self) -> "Image":
        """Return the scan from above and from a corner, with the boxes in it."""
        from pointclip2.tasks.detection.gallery import scene_picture

        return scene_picture(self.scene, self.room, self.least)

    def _repr_png_(self) -> bytes:
        from pointclip2.app.answers.pictures import png

        return png(self.picture())

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><b>{html.escape(box['class'])}</b></td><td>{box['score']:.2f}</td><td>{box['centre']}</td>"
            f"<td>{box['size']}</td></tr>"
            for box in self
        )
        head = f"<tr><th>class</th><th>score</th><th>centre, {self.unit}</th><th>size, {self.unit}</th></tr>"
        return f"<table>{head}{rows}</table>"
