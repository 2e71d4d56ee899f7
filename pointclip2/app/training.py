"""What ``train.py`` does: a task that is a protocol runs like an evaluation, pre-training has its own driver."""

from omegaconf import DictConfig

from pointclip2.app.run import Outcome, run_job
from pointclip2.types import ConfigError


def train(cfg: DictConfig) -> Outcome:
    """One training from a composed ``train`` configuration.

    Raises:
        UserError: in pre-training, one line; a protocol's mistakes are told by `run_job`.
    """
    if "_target_" in cfg.task:
        return run_job(cfg)
    if cfg.get("pretraining") is None:
        raise ConfigError(
            f"task={cfg.task.name} needs its data and schedule: python train.py experiment=tiny_clip"
        )
    from pointclip2.tasks.pretrain.run import pretrain

    return Outcome(pretrain(cfg), 0)
