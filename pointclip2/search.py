"""The older name of `pointclip2.heads.search`."""

from pointclip2.heads.search import *  # noqa: F403
