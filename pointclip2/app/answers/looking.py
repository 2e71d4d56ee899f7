"""What the model would see of a file: a row of views for each direction that may be up."""

from pathlib import Path

import torch

from pointclip2.app.answers.answer import Answer
from pointclip2.app.answers.given import Item
from pointclip2.app.answers.model import PointCLIP
from pointclip2.app.answers.pictures import png, sheet
from pointclip2.data.standing import turn
from pointclip2.geometry.standing import UPS
from pointclip2.types import Cloud, CloudError
from pointclip2.writing import write_bytes

WORTH_A_LOOK = 0.2
"""A direction is drawn if it is at least so likely, as a share of the likeliest."""


def look_at(model: PointCLIP, file: Path, target: Path) -> list[str]:
    """Draw the sheet and return what is to be said of it.

    Raises:
        CloudError: the file cannot be read.
        ConfigError: the encoder looks at points, not at views.
    """
    (answer,) = model.stream(file)
    if isinstance(answer, Item):
        raise CloudError(answer.reason)
    rows = [answer]
    ups = answer.cloud.ups
    if ups is not None:
        others = [
            place
            for place in (ups >= WORTH_A_LOOK * ups.amax()).nonzero()[:, 0].tolist()
            if place != int(ups.argmax())
        ]
        others.sort(key=lambda place: -float(ups[place]))
        rows += [_told(model, answer, place) for place in others]
    picture = sheet([_titled(row) for row in rows], f"{file.name}: what the model sees, and what it says")
    write_bytes(target, png(picture))
    cloud = answer.cloud
    extent = cloud.input_points.amax(dim=0) - cloud.input_points.amin(dim=0)
    size = " x ".join(f"{value:.4g}" for value in extent.tolist())
    lines = [
        f"{len(cloud.points):,} points, {size}{f' {cloud.frame.unit}' if cloud.frame.unit else ''} along x, y, z"
    ]
    return [*lines, *answer.remarks, f"written: {target}"]


def _told(model: PointCLIP, answer: Answer, place: int) -> Answer:
    """Return the answer for the same cloud with another direction up."""
    told = torch.zeros(6)
    told[place] = answer.cloud.ups[place] if answer.cloud.ups is not None else 1.0
    turned = turn(answer.cloud, told)
    fixed: Cloud = Cloud(turned.name, turned.points, frame=turned.frame)
    [other] = model([fixed])
    return Answer(**{**vars(other), "cloud": turned})


def _titled(answer: Answer) -> Answer:
    """Return the answer under the name of its direction."""
    up = answer.cloud.ups
    title = "up as told" if up is None else f"{UPS[int(up.argmax())]} up, {float(up.max()):.0%}"
    return Answer(**{**vars(answer), "source": title})
