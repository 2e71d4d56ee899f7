"""Where Hydra looks for sweepers: the one that `sweep=optuna` takes. A plugin's class has to live under this name."""

from pointclip2.app import study


class StudySweeper(study.StudySweeper):
    """See `pointclip2.app.study`."""
