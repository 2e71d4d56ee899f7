"""Makes the built-in model again: builds data, model and trainer, and goes on where a killed training stopped."""

import json
import logging
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from torch.utils.data import DataLoader, TensorDataset

from pointclip2 import stopping
from pointclip2.data.checksum import digest_values
from pointclip2.errors import ConfigError
from pointclip2.sealed import opened, reading, sealed
from pointclip2.tasks.checkpoint import MinutesCheckpoint, read_checkpoint, save_checkpoint
from pointclip2.tasks.pretrain.export import Export, model_folder, open_model, preprocessing
from pointclip2.tasks.pretrain.module import PretrainModule
from pointclip2.tasks.record import device_name
from pointclip2.tasks.run import Run
from pointclip2.tasks.task import Finding
from pointclip2.worlds.pretraining.batches import PretrainingData
from pointclip2.worlds.shapes.world import source_digest
from pointclip2.writing import write_text

log = logging.getLogger(__name__)

VALIDATED = {"val/acc": "top-1 on val", "val/acc_scan": "top-1 on val, scanned"}


class Pretraining:
    """Trains an open_clip model on the procedural world, against class, instance and part sentences.

    Args:
        data: shapes, views and sentences.
        model: folder of an ``open_clip_config.json``: one of the package's assets, or a path.
        folder: everything of this training: checkpoint, curves, model.
        checkpoint_minutes: from one checkpoint to the next.
        validate_steps: from one validation to the next.
        threads: of torch; None leaves it to torch.
        learning_rate, matrix_rate, weight_decay, warmup, decay: see `PretrainModule`.
        instance_weight, part_weight, anchor_weight, language_weight: of the losses, see there.

    Raises:
        ConfigError: data or schedule are missing.
    """

    name = "pretrain"
    objective = "val/acc"

    def __init__(
        self,
        data: PretrainingData | None,
        model: str | None,
        folder: str | None,
        checkpoint_minutes: float | None = 3.0,
        validate_steps: int | None = 240,
        threads: int | None = None,
        learning_rate: float = 1.5e-3,
        matrix_rate: float = 8e-3,
        weight_decay: float = 0.05,
        warmup: int = 100,
        decay: float = 0.996,
        instance_weight: float = 0.5,
        part_weight: float = 0.5,
        anchor_weight: float = 1.0,
        language_weight: float = 1.0,
    ) -> None:
        if data is None or model is None or folder is None:
            raise ConfigError(
                "task=pretrain needs its data and schedule: python train.py experiment=tiny_clip"
            )
        self.data, self.model, self.folder = data, str(model), Path(folder)
        self.checkpoint_minutes = float(checkpoint_minutes or 3.0)
        self.validate_steps = int(validate_steps or 240)
        self.threads = threads
        self.schedule: dict[str, Any] = {
            "learning_rate": learning_rate,
            "matrix_rate": matrix_rate,
            "weight_decay": weight_decay,
            "warmup": warmup,
            "decay": decay,
            "instance_weight": instance_weight,
            "part_weight": part_weight,
            "anchor_weight": anchor_weight,
            "language_weight": language_weight,
        }

    def run(self, run: Run) -> Finding:
        """Train, validate, and write the model so far; the trainer's ``max_steps`` is the whole schedule.

        Raises:
            ConfigError: options that cannot work, before the first step; a folder that holds another training.
        """
        if run.trainers.processes > 1:
            if not run.first:
                return Finding({}, {}, "", [], "")
            log.warning(
                "pre-training takes one process of %d: its losses compare all views of a batch",
                run.trainers.processes,
            )
        steps = run.trainers.max_steps
        start = self._start(run, steps)
        if self.threads:
            torch.set_num_threads(int(self.threads))
        lightning.seed_everything(run.seed, workers=True, verbose=False)
        pool = self.data.setup()
        source = model_folder(self.model)
        model, tokenizer = open_model(source)
        mean, std = preprocessing(source)
        data = self.data
        _, vectors = data.taught()
        module = PretrainModule(
            model,
            tokenizer,
            data.captions.classes,
            len(data.classes),
            data.vocabulary(),
            mean,
            std,
            steps,
            **self.schedule,
            taught_dim=vectors.shape[1] if len(vectors) else None,
        )
        facts = {
            "trained_on": f"{len(data.captions.classes)} procedural classes and primitives, seed {run.seed}; "
            f"{'no word without an image' if data.teacher is None else f'words by {data.teacher.identity}'}",
            "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            "seed": run.seed,
            "data": {"pool": pool.digest, "source": source_digest()},
            "git_commit": run.provenance.git_commit,
            "torch": torch.__version__,
        }
        export = Export(self.folder / "model", source, facts)
        trainer = self._fit(run, module, export, start, steps)
        metrics = {
            name: float(value) for name, value in trainer.callback_metrics.items() if name[:4] == "val/"
        }
        rows = [(label, f"{100 * metrics[name]:.2f}") for name, label in VALIDATED.items() if name in metrics]
        return Finding(
            metrics=metrics,
            record=self._record(run, facts, metrics, steps),
            title=f"training of {self.model}, {steps} steps",
            rows=rows,
            sentence=f"Trained on {facts['trained_on']}. The model: {self.folder / 'model'}",
            loggers=trainer.loggers,
        )

    def _fit(
        self, run: Run, module: PretrainModule, export: Export, start: int, steps: int
    ) -> lightning.Trainer:
        last = self.folder / "last.ckpt"
        checkpoint = MinutesCheckpoint(last, self._digest(run, steps), self.checkpoint_minutes)
        trainer = run.trainers(
            progress=True,
            loggers=True,
            alone=True,
            callbacks=[checkpoint, export],
            # A folder for each start: a logger that finds an older file would replace its curves.
            folder=self.folder / f"curves_from_{start:06d}",
            default_root_dir=str(self.folder),
            val_check_interval=min(self.validate_steps, steps),
            check_val_every_n_epoch=None,
        )
        batches = DataLoader(self.data.batches(start), batch_size=None, num_workers=0)
        validation = [
            DataLoader(TensorDataset(*self.data.validation_views_of(corruption)), batch_size=49)
            for corruption in ("none", "scan")
        ]
        with run.watch.stage("train"), stopping.finishing(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*does not have many workers.*")
            warnings.filterwarnings(
                "ignore", message=".*resuming from a checkpoint that ended before the epoch.*"
            )
            trainer.fit(
                module, batches, validation, ckpt_path=str(last) if start else None, weights_only=True
            )
            save_checkpoint(trainer, last, self._digest(run, steps))
            export.write(module, trainer)
        return trainer

    def _record(
        self, run: Run, facts: Mapping[str, Any], metrics: Mapping[str, float], steps: int
    ) -> dict[str, Any]:
        count = self.data.validation * len(self.data.classes)
        held = {"name": "shapes", "split": "val", "n": count, "classes": len(self.data.classes)}
        return {
            "protocol": "training of the built-in model on procedural shapes",
            "task": self.name,
            "data": {**held, "labelled": count, "checksum": facts["data"]["pool"], "skipped": {}},
            "backbone": {"id": self.model, "trained": True, "trained_on": facts["trained_on"]},
            "prompt": {"name": "name", "selected_on": "none"},
            "selected_on": "none",
            "steps": steps,
            "schedule": dict(self.schedule),
            "expect": dict(run.provenance.expect),
            "config_hash": run.provenance.config_hash,
            "device": device_name(run.trainers.device),
            "metrics": dict(metrics),
        }

    def _digest(self, run: Run, steps: int) -> str:
        told = {"schedule": self.schedule, "data": run.provenance.options.get("pretraining")}
        return digest_values({**told, "steps": steps, "seed": run.seed, "model": self.model})

    def _start(self, run: Run, steps: int) -> int:
        """Return the step to go on from; 0 for a new training.

        Raises:
            ConfigError: the folder holds a training with other options.
            WeightsError: its checkpoint is damaged.
        """
        digest = self._digest(run, steps)
        last, mark = self.folder / "last.ckpt", self.folder / "training.json"
        self.folder.mkdir(parents=True, exist_ok=True)
        if last.is_file() and run.resume:
            with reading(mark):
                told = opened(json.loads(mark.read_text(encoding="utf-8")), mark) if mark.is_file() else {}
            if told.get("digest") != digest:
                raise ConfigError(
                    f"{self.folder} holds a training with other options: "
                    "give another name=, or resume=false to begin anew"
                )
            found = read_checkpoint(last, digest)
            return int(found["global_step"]) if found is not None else 0
        last.unlink(missing_ok=True)
        write_text(mark, json.dumps(sealed({"digest": digest})))
        return 0
