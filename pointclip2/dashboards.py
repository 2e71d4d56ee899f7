"""Weights & Biases: one run a job, grouped by sweep, closed whatever happens.

wandb is imported only where it is used.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers import WandbLogger


def log_run(logger: WandbLogger, record: Mapping[str, Any], run_dir: Path) -> None:
    """Pictures, per-class figures and where each number comes from."""
    import wandb

    run = logger.experiment
    for name in ("views", "confusion"):
        path = run_dir / f"{name}.png"
        if path.is_file():
            run.log({name: wandb.Image(str(path))})
    per_class = [
        [name.rsplit("/", 1)[1], value] for name, value in record["metrics"].items() if "/acc_class/" in name
    ]
    if per_class:
        table = wandb.Table(columns=["class", "accuracy"], data=per_class)
        run.log({"accuracy by class": wandb.plot.bar(table, "class", "accuracy", title="accuracy by class")})
    run.summary["selected_on"] = record["selected_on"]
    run.summary["data_checksum"] = record["data"]["checksum"]
    run.summary["trained_on"] = record["backbone"]["trained_on"]


def close_wandb() -> None:
    """End the run of this job; without it all jobs of a sweep in one process share one run."""
    wandb = sys.modules.get("wandb")
    if wandb is not None and wandb.run is not None:
        wandb.finish()
