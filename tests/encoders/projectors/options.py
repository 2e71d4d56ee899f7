"""The shipped projector options, built as a run builds them."""

from functools import cache
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig
from torch import nn

from pointclip2.app.compose import build
from tests.places import CONF

REALISTIC = ("v2_classification", "v2_segmentation", "v2_paper", "contour")
PERSPECTIVE = ("v1_zeroshot", "v1_fewshot")
OPTIONS = (*REALISTIC, "splat", *PERSPECTIVE)


def projector(option: str, **more: Any) -> nn.Module:
    """Build the option with some arguments changed. ``contour`` is built for 112 px where nothing else is said."""
    if option == "contour":
        more = {"resolution": 112, **more}
    built = build(composed(option, *(f"{key}={'null' if more[key] is None else more[key]}" for key in more)))
    assert isinstance(built, nn.Module)
    return built


@cache
def composed(option: str, *changes: str) -> DictConfig:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose(
            f"projector/{option}", overrides=[f"projector.{change}" for change in changes]
        ).projector
