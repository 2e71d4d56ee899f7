"""Pack clouds and pictures into short texts that a page can hold."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.gallery import GalleryBox, GalleryCloud

# Limits of one cloud, and of a page's clouds together: eight scenes stay within some megabytes.
CLOUD_POINTS, PAGE_POINTS = 24_000, 160_000
STEPS = 65_535


class Packer:
    """Packs the clouds of one page. What two clouds share, such as their points, is held once.

    Args:
        clouds: how many there will be; they share the limit of the page.
    """

    def __init__(self, clouds: int) -> None:
        self.limit = max(500, min(CLOUD_POINTS, PAGE_POINTS // max(clouds, 1)))
        self.blobs: list[str] = []
        self._known: dict[str, int] = {}

    def cloud(self, cloud: GalleryCloud) -> dict[str, Any]:
        """Pack points in 65,536 steps of the cube around them, and colours by a palette where there are up to 256.

        Points that are not finite are left out; of more than `limit` points a fixed random choice is taken,
        the same for every cloud of that size.
        """
        points, colours = np.asarray(cloud.points, dtype=np.float64), np.asarray(cloud.colours)
        if points.ndim != 2 or points.shape[1] != 3 or colours.shape != points.shape:
            raise ValueError(
                f"cloud {cloud.title!r}: points {points.shape} and colours {colours.shape} are not (n, 3) both"
            )
        finite = np.isfinite(points).all(axis=1)
        points, colours = points[finite], colours[finite].astype(np.uint8)
        total = len(points)
        chosen = chosen_points(total, self.limit)
        points, colours = points[chosen], colours[chosen]
        low = points.min(axis=0) if len(points) else np.zeros(3)
        side = float((points.max(axis=0) - low).max()) if len(points) else 0.0
        side = side if side > 0 else 1.0
        steps = np.clip(np.rint((points - low) / side * STEPS), 0, STEPS).astype("<u2")
        palette, index = _palette(colours)
        return {
            "title": cloud.title,
            "count": len(points),
            "total": total,
            "low": [float(value) for value in low],
            "side": side,
            "points": self.blob(steps.tobytes()),
            "palette": palette,
            "colours": self.blob(index.tobytes()),
            "up": cloud.up,
            "boxes": [packed_box(box) for box in cloud.boxes if np.isfinite(box.corners).all()],
        }

    def blob(self, content: bytes) -> int:
        """Return the number of these bytes among `blobs`, which hold them in base64."""
        text = base64.b64encode(content).decode()
        if text not in self._known:
            self._known[text] = len(self.blobs)
            self.blobs.append(text)
        return self._known[text]


def chosen_points(total: int, limit: int) -> NDArray[np.int64]:
    """Choose which points to show of too many: a random choice that is the same for every cloud of that size."""
    if total <= limit:
        return np.arange(total)
    return np.sort(np.random.default_rng(0).choice(total, limit, replace=False))


def packed_box(box: GalleryBox) -> dict[str, Any]:
    """Pack corners to three decimals more than their extent needs, with label, colour and score."""
    corners = np.asarray(box.corners, dtype=np.float64).reshape(8, 3)
    return {
        "corners": [[round(float(value), 4) for value in corner] for corner in corners],
        "label": box.label,
        "colour": [int(value) for value in box.colour],
        "score": None if box.score is None or not np.isfinite(box.score) else round(float(box.score), 4),
    }


def _palette(colours: NDArray[np.uint8]) -> tuple[list[list[int]] | None, NDArray[np.uint8]]:
    """Return the palette and each point's place in it, or None and the colours themselves where there are too many."""
    if len(colours) == 0:
        return [], np.zeros(0, dtype=np.uint8)
    found, index = np.unique(colours, axis=0, return_inverse=True)
    if len(found) > 256:
        return None, colours
    return found.tolist(), index.reshape(-1).astype(np.uint8)


def png_address(pixels: NDArray[np.uint8]) -> str:
    """Return a ``data:`` address of a picture (height, width) in grey or (height, width, 3) in colours."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="png", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def ramp(colours: str, low: float, high: float, steps: int = 32) -> list[Sequence[int]]:
    """Return colours of a matplotlib map between two of its positions, for the script to interpolate."""
    from matplotlib import colormaps

    found: list[Sequence[int]] = colormaps[colours](np.linspace(low, high, steps), bytes=True)[:, :3].tolist()
    return found
