"""Small things with the real interfaces: a CLIP of a few kilobytes, and clouds that are made on the spot."""

import json
import pickle
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig

from pointclip2.app.compose import compose
from pointclip2.app.trainers import ConfiguredTrainers
from pointclip2.cache import FeatureCache
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.clip import OpenClipBackbone
from pointclip2.tasks.run import Provenance, Run
from pointclip2.types import Cloud, CloudError
from pointclip2.writing import write_text
from tests.places import CONF

TOY_CONFIG: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 2},
    },
    "preprocess_cfg": {"mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
}


def toy_folder(folder: Path, **vision: Any) -> Path:
    """An open_clip folder with a tiny architecture and no weights; ``vision`` changes its image tower."""
    config = json.loads(json.dumps(TOY_CONFIG))
    config["model_cfg"]["vision_cfg"].update(vision)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "open_clip_config.json", json.dumps(config))  # also where two processes do
    return folder


def toy_backbone(folder: Path, **options: Any) -> OpenClipBackbone:
    """A backbone from `toy_folder`, with random weights unless told otherwise."""
    chosen: dict[str, Any] = {
        "arch": f"local-dir:{folder}",
        "pretrained": "toy",
        "image_size": 32,
        "image_mean": (0.5, 0.4, 0.3),
        "image_std": (0.2, 0.3, 0.4),
        "weights": "random",
        "weights_folder": str(folder / "nowhere"),
    }
    return OpenClipBackbone(**(chosen | options))


def toy_overrides(folder: Path, outputs: Path) -> list[str]:
    """Overrides of ``evaluate`` that take a second instead of ten."""
    return [
        "backbone=local",
        f"backbone.arch=local-dir:{folder}",
        "backbone.weights=random",
        "backbone.image_size=32",
        "projector=splat",
        "projector.resolution=32",
        "prompt=name",
        "data.points=64",
        "trainer=cpu",
        "pictures=0",
        "logger=none",
        f"paths.outputs={outputs}",
    ]


def toy_run(cfg: DictConfig) -> Run:
    """A run in ``cfg.run_dir`` as the program would make it, with everything encoded anew."""
    folder = Path(cfg.run_dir)
    return Run(
        folder,
        ConfiguredTrainers(cfg, "evaluate"),
        FeatureCache(None),
        Provenance("toy"),
        pictures=cfg.pictures or 0,
        unfinished=folder / "unfinished",
    )


def composed(program: str, overrides: Sequence[str]) -> DictConfig:
    """Compose as `compose` does; files are read and merged once for all that choose the same options of groups."""
    parsed = OverridesParser.create().parse_overrides(list(overrides))
    groups = [
        one for one in parsed if (CONF / one.key_or_group).is_dir() and not isinstance(one.value(), dict)
    ]
    config: DictConfig = pickle.loads(_merged(program, tuple(str(one.input_line) for one in groups)))
    try:
        ConfigLoaderImpl._apply_overrides_to_config([one for one in parsed if one not in groups], config)
    except HydraException:
        return compose(program, overrides)  # says what is wrong
    return config


@cache
def _merged(program: str, groups: tuple[str, ...]) -> bytes:
    return pickle.dumps(compose(program, groups))


class ToyClouds(CloudDataset):
    """Random clouds of two classes; those at ``unreadable`` positions cannot be read."""

    name = "toys"
    split = "test"
    classes = ("chair", "table")

    def __init__(
        self, count: int, unreadable: Collection[int] = (), unlabelled: Collection[int] = ()
    ) -> None:
        self.names = [f"toy/{position:03d}" for position in range(count)]
        self.labels = [-1 if position in unlabelled else position % 2 for position in range(count)]
        self.unreadable = unreadable
        self.checksum = f"{count}/{sorted(unreadable)}"

    def __getitem__(self, index: int) -> Cloud:
        if index in self.unreadable:
            raise CloudError(f"{self.names[index]}: not a cloud")
        points = torch.rand(48, 3, generator=torch.Generator().manual_seed(index)) - 0.5
        return Cloud(self.names[index], points, self.labels[index])
