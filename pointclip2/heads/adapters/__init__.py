"""Adapt to a few examples a class with small heads, while the backbone stays as it is."""

from pointclip2.heads.adapters.adapter import Adapter, Setting
from pointclip2.heads.adapters.cache import CacheAdapter
from pointclip2.heads.adapters.inter_view import InterViewAdapter
from pointclip2.heads.adapters.linear_probe import LinearProbe
from pointclip2.heads.adapters.point_nn import PointNNAdapter
from pointclip2.heads.adapters.samples import Samples
from pointclip2.heads.adapters.smoothing import LearnableSmoothing

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
