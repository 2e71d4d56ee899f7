"""Show a run in Lightning's loggers, Weights & Biases and ``report.html``. None of them can stop a run."""

from pointclip2.show.dashboards.loggers import UnfailingLogger, close_wandb, wandb_closed_after
from pointclip2.show.dashboards.show import show

__all__ = ["UnfailingLogger", "close_wandb", "show", "wandb_closed_after"]
