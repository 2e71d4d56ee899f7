"""Register adapters by their name in saved files, and find those of other packages by module and class."""

import importlib
from pathlib import Path

from pointclip2.door import is_open
from pointclip2.errors import WeightsError
from pointclip2.heads.adapters.adapter import Adapter
from pointclip2.heads.adapters.cache import CacheAdapter
from pointclip2.heads.adapters.inter_view import InterViewAdapter
from pointclip2.heads.adapters.linear_probe import LinearProbe
from pointclip2.heads.adapters.point_nn import PointNNAdapter
from pointclip2.heads.adapters.smoothing import LearnableSmoothing

ADAPTERS: dict[str, type[Adapter]] = {
    kind.name: kind
    for kind in (CacheAdapter, InterViewAdapter, LearnableSmoothing, LinearProbe, PointNNAdapter)
}


def home_of(adapter: Adapter) -> str | None:
    """Return where an adapter of another package lives, as ``module:Class``; None for one of ours."""
    kind = type(adapter)
    return None if ADAPTERS.get(adapter.name) is kind else f"{kind.__module__}:{kind.__qualname__}"


def adapter_class(path: Path, name: str, home: str | None) -> type[Adapter]:
    """Return the class of a saved adapter.

    Args:
        path: path of the file, for messages.
        name: name of the adapter.
        home: see `home_of`; only a package whose door is open is imported.

    Raises:
        WeightsError: there is no such adapter, or the door to its package is closed.
    """
    if home is None:
        if name not in ADAPTERS:
            raise WeightsError(f"{path}: there is no adapter {name!r}; there are {', '.join(ADAPTERS)}")
        return ADAPTERS[name]
    module, _, attribute = home.partition(":")
    package = module.partition(".")[0]
    if not is_open(module):
        raise WeightsError(
            f"{path}: its adapter {name!r} comes from the package {package}: open the door, plugins=[{package}]"
        )
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # importing a module can fail in any way
        raise WeightsError(f"{path}: its adapter {home} cannot be found ({error})") from error
    if not (isinstance(kind, type) and issubclass(kind, Adapter)):
        raise WeightsError(f"{path}: {home} is no adapter")
    return kind
