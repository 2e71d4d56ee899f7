"""The older name of `pointclip2.app.run`."""

from pointclip2.app.run import Result, evaluate

__all__ = ["Result", "evaluate"]
