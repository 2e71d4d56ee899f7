"""The older name of `pointclip2.app.run`; ``python -m pointclip2.run ...`` is ``pointclip2 evaluate ...``."""

if __name__ == "__main__":  # before the import below, which takes seconds
    from pointclip2.app.cli import evaluate as command

    raise SystemExit(command())

from pointclip2.app.run import Result, evaluate

__all__ = ["Result", "evaluate"]
