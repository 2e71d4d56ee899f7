"""Adapters by the name that stands in saved files."""

from pointclip2.adapters.adapter import Adapter
from pointclip2.adapters.inter_view import InterViewAdapter

ADAPTERS: dict[str, type[Adapter]] = {
    kind.name: kind
    for kind in (InterViewAdapter,)
}
