"""The models that the pages share."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from pointclip2.app.answers.model import PointCLIP
from pointclip2.text.name_list import Descriptions

KEPT = 4
"""Models that are kept; each holds its own weights."""


@dataclass(frozen=True)
class Options:
    """What is chosen beside the names."""

    backbone: str = "tiny"
    up: str = "auto"
    points: int = 1024


class Models:
    """Builds a model for names and options when it is first asked for, and keeps the last few."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, PointCLIP] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def of(self, names: Descriptions, options: Options) -> Iterator[PointCLIP]:
        """Give a model, to one caller at a time: configurations are composed in one place of the process.

        Raises:
            UserError: it cannot be built; a sentence says why.
        """
        with self._lock:
            key = (tuple(names.items()), options)
            model = self._kept.pop(key, None) or PointCLIP(
                names, backbone=options.backbone, up=options.up, points=options.points
            )
            self._kept[key] = model
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            yield model
