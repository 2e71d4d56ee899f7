"""Models of a training as open_clip folders: a new one to begin with, and what has been learned so far."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn

from pointclip2.encoders.clip.weights import file_hash
from pointclip2.errors import ConfigError
from pointclip2.tasks.pretrain.module import LARGEST_SCALE, PretrainModule
from pointclip2.writing import write_bytes, write_text

log = logging.getLogger(__name__)

ASSETS = Path(__file__).resolve().parents[2] / "assets"
CONFIG, WEIGHTS, CARD = "open_clip_config.json", "open_clip_model.safetensors", "model.json"


class Export(Callback):
    """Writes the averaged weights as an open_clip folder after every validation, so that a model is there early."""

    def __init__(self, folder: Path, source: Path, facts: dict[str, Any]) -> None:
        self.folder, self.source, self.facts = folder, source, facts

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Write the model that was just validated."""
        assert isinstance(module, PretrainModule)
        self.write(module, trainer)

    def write(self, module: PretrainModule, trainer: lightning.Trainer) -> None:
        """Write the config, the weights in half precision, and ``model.json``, which says what they are."""
        validated = {
            name: float(value) for name, value in trainer.callback_metrics.items() if name[:4] == "val/"
        }
        facts = {
            **self.facts,
            "steps": trainer.global_step,
            "of_steps": module.steps,
            "validation": validated,
        }
        try:
            export_model(module.exported(), self.source, self.folder, facts)
        except OSError as error:
            log.warning(
                "%s could not be written (%s): the training goes on", self.folder, error.strerror or error
            )


def export_model(state: dict[str, Tensor], source: Path, folder: Path, facts: dict[str, Any]) -> Path:
    """Write an open_clip ``local-dir`` with the weights in float16; returns the weights file."""
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    if (source / CONFIG).resolve() != (folder / CONFIG).resolve():
        write_bytes(folder / CONFIG, (source / CONFIG).read_bytes())
    state = {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
    state = {name: value.contiguous() for name, value in state.items()}
    state["logit_scale"] = state["logit_scale"].clamp(max=LARGEST_SCALE)
    # Written by Python: what safetensors raises on a full disk is no OSError.
    write_bytes(folder / WEIGHTS, save(state, {"format": "pt"}))
    card = {"sha256": file_hash(folder / WEIGHTS), "bytes": (folder / WEIGHTS).stat().st_size, **facts}
    write_text(folder / CARD, json.dumps(card, indent=2) + "\n")
    return folder / WEIGHTS


def open_model(folder: Path) -> tuple[nn.Module, Any]:
    """Return a new open_clip model with random weights by torch's seed, and its tokenizer."""
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


def preprocessing(source: Path) -> tuple[float, float]:
    """Return mean and deviation of grey images, from the ``preprocess_cfg``."""
    told = json.loads((source / CONFIG).read_text(encoding="utf-8")).get("preprocess_cfg", {})
    mean, std = told.get("mean", [0.0]), told.get("std", [1.0])
    if len({*mean}) > 1 or len({*std}) > 1:
        raise ConfigError(
            f"{source / CONFIG}: depth maps are grey: preprocess_cfg must treat all channels alike"
        )
    return float(mean[0]), float(std[0])


def model_folder(model: str) -> Path:
    """Return the folder of an ``open_clip_config.json``: one of the package's assets, or a path.

    Raises:
        ConfigError: there is none.
    """
    for folder in (ASSETS / model, Path(model)):
        if (folder / CONFIG).is_file():
            return folder
    raise ConfigError(f"model={model}: no {CONFIG} there")
