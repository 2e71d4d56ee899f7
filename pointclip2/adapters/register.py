"""Adapters by the name that stands in saved files."""

from pointclip2.adapters.adapter import Adapter
from pointclip2.adapters.cache import CacheAdapter
from pointclip2.adapters.inter_view import InterViewAdapter
from pointclip2.adapters.linear_probe import LinearProbe
from pointclip2.adapters.point_nn import PointNNAdapter
from pointclip2.adapters.smoothing import LearnableSmoothing

ADAPTERS: dict[str, type[Adapter]] = {
    kind.name: kind
    for kind in (CacheAdapter, InterViewAdapter, LearnableSmoothing, LinearProbe, PointNNAdapter)
}
