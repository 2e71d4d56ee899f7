"""Register adapters by the name that stands in saved files."""

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
