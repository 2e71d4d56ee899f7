"""Answers as pictures: sheets of views, coloured clouds."""

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pointclip2.errors import ConfigError

if TYPE_CHECKING:
    from PIL.Image import Image

    from pointclip2.app.answers.answer import Answer


def sheet(answers: "Sequence[Answer]", title: str = "what the model sees, and what it says") -> "Image":
    """Return the views of every answer in a row, with the best names.

    Raises:
        ConfigError: the encoder looks at points, not at views.
    """
    from pointclip2.app.answers.answer import NONE
    from pointclip2.show.sheet import ViewRow, views_sheet

    rows = []
    for answer in answers:
        images = answer.images()
        if images is None:
            raise ConfigError("there are no views to draw: this encoder looks at points, take encoder=views")
        grey = images.mean(dim=1) if images.ndim == 4 else images
        top = answer.top[:3]
        if answer.is_none:  # beside it the names' own shares would mislead
            top = ((NONE, answer.probability), *((name, math.nan) for name, _ in answer.top[:2]))
        rows.append(ViewRow(answer.source, grey, None, top, answer.name))
    return views_sheet(rows, title, "").drawn()


def views_or_none(answer: "Answer") -> "Image | None":
    """Return the views of an answer; None where the encoder looks at points."""
    try:
        return sheet([answer])
    except ConfigError:
        return None


def png(image: "Image") -> bytes:
    """Return a picture as the content of a PNG file."""
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
