"""Pictures that lie on surfaces."""

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.errors import is_transient
from pointclip2.reading import open_regular

MOST_PIXELS = 2**26
"""Of all pictures of a file together."""
LARGE, TOO_LARGE = 2**24, 2**28
"""Pixels of a picture that is halved before it is used, and of one that is not opened."""
SHARES = (np.arange(256) / 255).astype(np.float32)


def read_image(source: Path | bytes) -> NDArray[np.float32] | None:
    """Return a picture (height, width, 3) in [0, 1]; None where it cannot be read: a surface is one without it, too."""
    # Imported here: few clouds have pictures.
    from PIL import Image

    try:
        stream = io.BytesIO(source) if isinstance(source, bytes) else open_regular(source)
        with stream, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit is ours
            with Image.open(stream) as image:
                if image.width * image.height > TOO_LARGE:
                    return None
                half = 1
                while image.width * image.height > LARGE * half**2:
                    half *= 2
                return SHARES[np.asarray(image.convert("RGB").reduce(half))]
    except Exception as error:  # pillow fails in every way that its many formats do
        if is_transient(error):
            raise
        return None
