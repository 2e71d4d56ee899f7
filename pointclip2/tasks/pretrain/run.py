"""Runs a pre-training: builds data, model and trainer, goes on where a killed run stopped, writes the model so far."""

import json
import logging
import os
import shutil
import sys
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from omegaconf import DictConfig, OmegaConf, open_dict
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from pointclip2.app.compose import build
from pointclip2.app.records import git_commit
from pointclip2.data.checksum import digest_values
from pointclip2.encoders.clip.weights import file_hash
from pointclip2.show.dashboards import close_wandb, open_loggers
from pointclip2.tasks.pretrain.module import LARGEST_SCALE, Pretrain
from pointclip2.types import ConfigError, WeightsError
from pointclip2.worlds.pretraining.batches import PretrainingData
from pointclip2.worlds.shapes.world import source_digest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
CONFIG, WEIGHTS, CARD = "open_clip_config.json", "open_clip_model.safetensors", "model.json"

log = logging.getLogger(__name__)


def pretrain(cfg: DictConfig) -> float:
    """One training from a composed ``train`` configuration; returns its objective.

    Raises:
        ConfigError: options that cannot work, before the first step; a folder that holds another training.
    """
    folder = Path(cfg.folder)
    start = _start(folder, cfg)
    data: PretrainingData = build(cfg.pretraining)
    if cfg.threads:
        torch.set_num_threads(int(cfg.threads))
    lightning.seed_everything(int(cfg.seed), workers=True, verbose=False)
    pool = data.setup()
    source = _model_folder(str(cfg.model))
    model, tokenizer = open_model(source)
    options: Any = OmegaConf.to_container(cfg.task, resolve=True)
    options.pop("name", None)
    steps = int(cfg.trainer.max_steps)
    mean, std = _preprocessing(source)
    task = Pretrain(model, tokenizer, data.classes, data.vocabulary(), mean, std, steps, **options)

    facts = {
        "trained_on": f"{len(data.classes)} procedural classes and primitives, seed {cfg.seed}; nothing else",
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "seed": int(cfg.seed),
        "data": {"pool": pool.digest, "source": source_digest()},
        "git_commit": git_commit(),
        "torch": torch.__version__,
    }
    export = Export(folder / "model", source, facts)
    checkpoint = ModelCheckpoint(
        dirpath=folder,
        save_last=True,
        save_top_k=0,
        train_time_interval=timedelta(minutes=float(cfg.checkpoint_minutes)),
    )
    with open_dict(cfg):
        # A folder for each start: a logger that finds an older file would replace its curves.
        cfg.run_dir = str(folder / f"curves_from_{start:06d}")
    callbacks: list[Callback] = [build(node) for node in (cfg.get("callbacks") or {}).values()]
    loggers = open_loggers(cfg, "train")
    trainer: lightning.Trainer = build(
        cfg.trainer,
        callbacks=[*callbacks, checkpoint, export],
        logger=loggers or False,
        default_root_dir=str(folder),
        val_check_interval=min(int(cfg.validate_steps), steps),
        check_val_every_n_epoch=None,
    )
    batches = DataLoader(data.batches(start), batch_size=None, num_workers=0)
    validation = [
        DataLoader(TensorDataset(*data.validation_views_of(corruption)), batch_size=49)
        for corruption in ("none", "scan")
    ]
    last = folder / "last.ckpt"
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*does not have many workers.*")
            warnings.filterwarnings(
                "ignore", message=".*resuming from a checkpoint that ended before the epoch.*"
            )
            trainer.fit(task, batches, validation, ckpt_path=str(last) if start else None, weights_only=True)
    finally:
        close_wandb()
    if trainer.interrupted:
        raise KeyboardInterrupt
    trainer.save_checkpoint(last, weights_only=False)
    export.write(task, trainer)
    if cfg.objective not in trainer.callback_metrics:
        raise ConfigError(
            f"objective={cfg.objective}: there are {', '.join(sorted(trainer.callback_metrics))}"
        )
    return float(trainer.callback_metrics[cfg.objective])


class Export(Callback):
    """The averaged weights as an open_clip folder after every validation, so that a model is there early."""

    def __init__(self, folder: Path, source: Path, facts: dict[str, Any]) -> None:
        self.folder, self.source, self.facts = folder, source, facts

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """After each validation of a training."""
        assert isinstance(module, Pretrain)
        self.write(module, trainer)

    def write(self, module: Pretrain, trainer: lightning.Trainer) -> None:
        """Config, weights in half precision, and ``model.json``, which says what they are."""
        validated = {
            name: float(value) for name, value in trainer.callback_metrics.items() if name[:4] == "val/"
        }
        facts = {
            **self.facts,
            "steps": trainer.global_step,
            "of_steps": module.steps,
            "validation": validated,
        }
        export_model(module.exported(), self.source, self.folder, facts)


def export_model(state: dict[str, Tensor], source: Path, folder: Path, facts: dict[str, Any]) -> Path:
    """Write an open_clip ``local-dir`` with the weights in float16; returns the weights file."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    if (source / CONFIG).resolve() != (folder / CONFIG).resolve():
        shutil.copyfile(source / CONFIG, folder / CONFIG)
    state = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    state = {name: value.contiguous() for name, value in state.items()}
    state["logit_scale"] = state["logit_scale"].clamp(max=LARGEST_SCALE)
    partial = folder / f"{WEIGHTS}.{os.getpid()}.partial"
    save_file(state, partial, {"format": "pt"})
    partial.replace(folder / WEIGHTS)
    card = {"sha256": file_hash(folder / WEIGHTS), "bytes": (folder / WEIGHTS).stat().st_size, **facts}
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n")
    return folder / WEIGHTS


def open_model(folder: Path) -> tuple[nn.Module, Any]:
    """A new open_clip model with random weights by torch's seed, and its tokenizer."""
    import open_clip

    import pointclip2.encoders.clip.depth_tower  # noqa: F401  registers the tower with timm

    level = logging.root.manager.disable
    logging.disable(logging.WARNING)  # open_clip tells every step of loading
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
            return model, open_clip.get_tokenizer(f"local-dir:{folder}")
    finally:
        logging.disable(level)


def _preprocessing(source: Path) -> tuple[float, float]:
    """Mean and deviation of grey images, from the ``preprocess_cfg``."""
    told = json.loads((source / CONFIG).read_text(encoding="utf-8")).get("preprocess_cfg", {})
    mean, std = told.get("mean", [0.0]), told.get("std", [1.0])
    if len({*mean}) > 1 or len({*std}) > 1:
        raise ConfigError(
            f"{source / CONFIG}: depth maps are grey: preprocess_cfg must treat all channels alike"
        )
    return float(mean[0]), float(std[0])


def _model_folder(model: str) -> Path:
    for folder in (ASSETS / model, Path(model)):
        if (folder / CONFIG).is_file():
            return folder
    raise ConfigError(f"model={model}: no {CONFIG} there")


def _start(folder: Path, cfg: DictConfig) -> int:
    """The step to go on from; 0 for a new training.

    Raises:
        ConfigError: the folder holds a training with other options.
    """
    asked = {name: OmegaConf.to_container(cfg[name], resolve=True) for name in ("task", "pretraining")}
    digest = digest_values({**asked, "steps": cfg.trainer.max_steps, "seed": cfg.seed, "model": cfg.model})
    last, mark = folder / "last.ckpt", folder / "training.json"
    folder.mkdir(parents=True, exist_ok=True)
    if last.is_file() and cfg.resume:
        if not mark.is_file() or json.loads(mark.read_text())["digest"] != digest:
            raise ConfigError(
                f"{folder} holds a training with other options: give another name=, or resume=false to begin anew"
            )
        try:
            return int(torch.load(last, map_location="cpu", weights_only=True)["global_step"])
        except Exception as error:
            raise WeightsError(f"{last} is damaged: delete it, or resume=false to begin anew") from error
    last.unlink(missing_ok=True)
    mark.write_text(json.dumps({"digest": digest}))
    return 0
