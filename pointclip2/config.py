"""The older name of `pointclip2.app.compose`."""

from pointclip2.app.compose import build, compose

__all__ = ["build", "compose"]
