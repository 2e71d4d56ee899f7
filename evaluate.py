"""Evaluate a composed configuration: ``python evaluate.py data=modelnet40 backbone=vit_b16``.

``--help`` lists the options.

Exit status: 0 all well, 1 failed (a sweep: one of its jobs), 3 finished but some samples could not be read.
"""

import os
import sys

import hydra
from omegaconf import DictConfig

# Before torch starts its threads: ones that wait for long by spinning make it many times slower beside other work.
os.environ.setdefault("GOMP_SPINCOUNT", "5000")

_status = 0


@hydra.main(version_base="1.3", config_path="conf", config_name="evaluate")
def main(cfg: DictConfig) -> float:
    """One run. Returns the objective to sweepers."""
    # Imported here so that --help answers at once.
    from pointclip2.app.run import run_job

    global _status
    outcome = run_job(cfg)
    _status = outcome.status if _status == 0 or outcome.status == 1 else _status
    return outcome.objective


if __name__ == "__main__":
    main()
    # A sweep's jobs may have run in other processes.
    sweeps = sys.modules.get("pointclip2.app.sweep")
    sys.exit(_status or getattr(sweeps, "status", 0))
