"""Pictures that lie on surfaces."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.errors import is_transient


def read_image(source: Path | bytes) -> NDArray[np.float32] | None:
    """Return a picture (height, width, 3) in [0, 1]; None where it cannot be read: a surface is one without it, too."""
    # Imported here: few clouds have pictures.
    from PIL import Image

    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            return (np.asarray(image.convert("RGB")) / 255).astype(np.float32)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if is_transient(error):
            raise
        return None
