"""The training part of a few-shot run: prepare, learn by gradient where there is a recipe, choose; resumable."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightning import Trainer
from lightning.pytorch.utilities.exceptions import MisconfigurationException

from pointclip2 import stopping
from pointclip2.data.checksum import digest_values
from pointclip2.data.shots import ShotSubset
from pointclip2.errors import ConfigError
from pointclip2.heads.adapters import Adapter, Samples
from pointclip2.heads.adapters.recipe import Recipe
from pointclip2.metrics.functional import accuracy, confusion_matrix, predicted_class
from pointclip2.tasks.checkpoint import EpochCheckpoint, read_checkpoint
from pointclip2.tasks.few_shot.module import FewShotModule, ShotData
from pointclip2.tasks.run import Run

CHECKPOINTS = 25
"""How many times a training is saved on its way: what a kill can cost is its share."""
LAST = "last.ckpt"


@dataclass(frozen=True)
class Trained:
    """An adapter with its chosen weights in place, and how it came to them."""

    module: FewShotModule
    trainer: Trainer
    facts: dict[str, Any]


def train_adapter(
    run: Run, adapter: Adapter, subset: ShotSubset, shots: Samples, validation: Samples | None
) -> Trained:
    """Learn and choose. A training that was killed goes on from its last checkpoint when the same command is given.

    Raises:
        TrainingError: loss or weights are not finite; the checkpoint of before stays.
        WeightsError: the checkpoint of a killed training is damaged.
    """
    facts: dict[str, Any] = {}
    with run.watch.stage("prepare"):
        adapter.prepare(shots)
    module = FewShotModule(adapter, adapter.setting.classes, run.seed)
    if adapter.recipe is None:
        trainer = run.trainers(progress=False, loggers=True, alone=True)
    else:
        folder = run.unfinished / _digest(run, adapter, subset, shots)
        trainer = _fit(run, module, adapter.recipe, shots, validation, folder)
        module.take_best()
        facts["epoch"] = module.best_epoch
        facts["epochs"] = adapter.recipe.epochs
        if run.first:
            shutil.rmtree(folder, ignore_errors=True)
    adapter.eval()
    with run.watch.stage("choose"):
        if validation is not None and len(validation):
            adapter.choose(validation)
            logits = adapter.logits(validation)
            counts = confusion_matrix(predicted_class(logits), validation.labels, logits.shape[1])
            facts["validation_acc"] = float(accuracy(counts))
    facts["chosen"] = adapter.chosen()
    return Trained(module, trainer, facts)


def _fit(
    run: Run, module: FewShotModule, recipe: Recipe, shots: Samples, validation: Samples | None, folder: Path
) -> Trainer:
    last = folder / LAST
    checkpoint = EpochCheckpoint(last, folder.name, max(1, recipe.epochs // CHECKPOINTS), run.first)
    trainer = run.trainers(
        progress=False,
        loggers=True,
        alone=True,
        callbacks=[checkpoint],
        max_epochs=recipe.epochs,
        enable_checkpointing=True,
        num_sanity_val_steps=0,
        log_every_n_steps=1,  # Lightning's step is an epoch here
        check_val_every_n_epoch=module.adapter.validate_epochs,
        limit_val_batches=None if validation is not None and len(validation) else 0,
    )
    data = ShotData(module.adapter, shots, validation, module.seed)
    go_on = run.resume and read_checkpoint(last, folder.name) is not None
    with run.watch.stage("train"), stopping.finishing():
        try:
            trainer.fit(module, data, ckpt_path=str(last) if go_on else None, weights_only=True)
        except MisconfigurationException as error:  # an option that goes with Lightning's own steps only
            raise ConfigError(f"trainer: {' '.join(str(error).split())}") from error
    return trainer


def _digest(run: Run, adapter: Adapter, subset: ShotSubset, shots: Samples) -> str:
    """Of all that decides a training: only the same command goes on from a checkpoint."""
    told = {
        "adapter": adapter.name,
        "adapter options": adapter.options,
        "seed": run.seed,
        "train": {name: list(names) for name, names in subset.train.items()},
        "validation": list(subset.validation),
        "data": run.provenance.options.get("data"),
        "projector": run.provenance.options.get("projector"),
        "variants": shots.variants,
        "text": float(adapter.text.double().abs().sum()),
        "features": [float(column.double().sum()) for column in shots.take(adapter.reads)],
    }
    return digest_values(told)
