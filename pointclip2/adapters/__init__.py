"""Adapters: small heads that learn from a few examples a class while the backbone stays as it is."""

from pointclip2.adapters.adapter import Adapter, Setting
from pointclip2.adapters.cache import CacheAdapter
from pointclip2.adapters.inter_view import InterViewAdapter
from pointclip2.adapters.linear_probe import LinearProbe
from pointclip2.adapters.point_nn import PointNNAdapter
from pointclip2.adapters.samples import Samples
from pointclip2.adapters.smoothing import LearnableSmoothing

__all__ = [
    "Adapter",
    "CacheAdapter",
    "InterViewAdapter",
    "LearnableSmoothing",
    "LinearProbe",
    "PointNNAdapter",
    "Samples",
    "Setting",
]
