"""Train: ``python train.py data.shots=16 adapter=inter_view`` fits an adapter on a few examples a class;
``python train.py experiment=tiny_clip`` makes the built-in model again. ``--help`` lists the options.

Exit status: 0 all well, 1 failed (a sweep: one of its jobs), 3 finished but some samples could not be read.
"""

import os
import sys

import hydra
from omegaconf import DictConfig

# Before torch starts its threads: ones that wait for long by spinning make it many times slower beside other work.
os.environ.setdefault("GOMP_SPINCOUNT", "5000")

_status = 0


@hydra.main(version_base="1.3", config_path="conf", config_name="train")
def main(cfg: DictConfig) -> float:
    """One training. Returns the objective to sweepers."""
    # Imported here so that --help answers at once.
    from pointclip2.app.run import run_job
    from pointclip2.types import UserError

    global _status
    try:
        outcome = run_job(cfg)
    except UserError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    _status = outcome.status if _status == 0 or outcome.status == 1 else _status
    return outcome.objective


if __name__ == "__main__":
    main()
    sys.exit(_status)
