"""Open-world 3D understanding with PointCLIP V2: point clouds in, names, parts and boxes out.

>>> import pointclip2
>>> projector = pointclip2.build(pointclip2.compose("evaluate", ["projector=splat"]).projector)

Importing the package imports none of its rooms, and no torch: what it names here is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointclip2.app.answers.answer import Answer, Answers
    from pointclip2.app.answers.model import PointCLIP
    from pointclip2.app.compose import build, compose
    from pointclip2.app.run import Result, evaluate
    from pointclip2.data.reading import read
    from pointclip2.errors import CloudError
    from pointclip2.heads.search import search_view_weights

from pointclip2.version import __version__

__all__ = [
    "Answer",
    "Answers",
    "CloudError",
    "PointCLIP",
    "Result",
    "__version__",
    "build",
    "compose",
    "evaluate",
    "read",
    "search_view_weights",
]

_HOMES = {
    "Answer": "pointclip2.app.answers.answer",
    "Answers": "pointclip2.app.answers.answer",
    "CloudError": "pointclip2.errors",
    "PointCLIP": "pointclip2.app.answers.model",
    "Result": "pointclip2.app.run",
    "build": "pointclip2.app.compose",
    "compose": "pointclip2.app.compose",
    "evaluate": "pointclip2.app.run",
    "read": "pointclip2.data.reading",
    "search_view_weights": "pointclip2.heads.search",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
