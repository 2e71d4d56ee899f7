"""Pictures that lie on surfaces."""

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.errors import is_transient
from pointclip2.reading import inside, open_regular

MOST_PIXELS = 2**27
"""The most pixels that all pictures of a file may have together."""
LARGE = 2**24
"""Pixels of a picture that is halved, and halved again, before it is used."""
SHARES = (np.arange(256) / 255).astype(np.float32)


class Pictures:
    """The pictures of one file, as many as fit into the memory."""

    def __init__(self) -> None:
        self.pixels = 0
        self.left_out = 0
        self.outside = 0

    def fits(self, pixels: int) -> bool:
        """Return whether so many pixels more may be held, and count them."""
        fits = self.pixels + pixels <= MOST_PIXELS
        self.pixels += pixels if fits else 0
        self.left_out += not fits
        return fits

    def named(self, folder: Path, name: str) -> Path | None:
        """Return the file that a mesh names, in its folder or below it; None where none is there."""
        found = inside(folder, name.replace("\\", "/"))
        self.outside += found is None
        try:
            return found if found is not None and found.is_file() else None
        except OSError as error:  # such as a name that is too long
            if is_transient(error):
                raise
            return None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out, in sentences."""
        told = []
        if self.left_out:
            told.append(
                f"{self.left_out:,} pictures are left out: together they have more than {MOST_PIXELS:,} pixels"
            )
        if self.outside:
            told.append(f"{self.outside:,} files that it names lie outside its folder and are not read")
        return tuple(told)

    def read(self, source: Path | bytes) -> NDArray[np.float32] | None:
        """Return a picture (height, width, 3) in [0, 1]; None where it cannot be read: a surface is one without it."""
        # Imported here: few clouds have pictures.
        from PIL import Image

        try:
            stream = io.BytesIO(source) if isinstance(source, bytes) else open_regular(source)
            with stream, warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit is ours
                with Image.open(stream) as image:
                    if not self.fits(image.width * image.height):
                        return None
                    half = 1
                    while image.width * image.height > LARGE * half**2:
                        half *= 2
                    return SHARES[np.asarray(image.convert("RGB").reduce(half))]
        except Image.DecompressionBombError:
            self.left_out += 1
            return None
        except Exception as error:  # pillow fails in every way that its many formats do
            if is_transient(error):
                raise
            return None
