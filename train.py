"""Train: ``python train.py experiment=tiny_clip`` makes the built-in model again; ``--help`` lists the options."""

import sys

import hydra
from omegaconf import DictConfig


@hydra.main(version_base="1.3", config_path="conf", config_name="train")
def main(cfg: DictConfig) -> float:
    """One training. Returns the objective to sweepers."""
    # Imported here so that --help answers at once.
    from pointclip2.training import train
    from pointclip2.types import UserError

    try:
        return train(cfg)
    except UserError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
