"""Jobs of a sweep composed once: Hydra's basic sweeper composes each to validate it, and its launcher then once more."""

from collections.abc import Sequence
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.plugins import Plugins
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict, read_write

REMEMBERED = 256
"""Configurations that are kept between validation and launch; a job beyond is composed twice, as Hydra does."""


class ComposedOnce(BasicSweeper):
    """Hydra's basic sweeper, whose launcher is handed the configurations that were validated."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Put a loader that remembers in the place of Hydra's."""
        hydra_context.config_loader = Remembering(hydra_context.config_loader)  # type: ignore[assignment]
        super().setup(hydra_context=hydra_context, task_function=task_function, config=config)


class Remembering:
    """A config loader that composes for validation, and hands that out once for the launch."""

    def __init__(self, loader: ConfigLoader) -> None:
        self.loader = loader
        self.composed: dict[tuple[str, ...], DictConfig] = {}

    def load_sweep_config(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        """The job's configuration, new to whoever gets it: it is forgotten when it is asked for again."""
        key = tuple(sweep_overrides)
        known = self.composed.pop(key, None)
        if known is not None:
            return known
        config = self.loader.load_sweep_config(master_config, list(sweep_overrides))
        if len(self.composed) < REMEMBERED:
            self.composed[key] = config
        return config

    def __getattr__(self, name: str) -> Any:
        if name in ("loader", "composed"):  # while it is being unpickled in another process
            raise AttributeError(name)
        return getattr(self.loader, name)

    def __getstate__(self) -> dict[str, Any]:
        return {"loader": self.loader, "composed": {}}


def compose_once(config: DictConfig) -> None:
    """Let a sweep that Hydra's basic sweeper would run compose its jobs once."""
    Plugins.instance().register(ComposedOnce)
    with read_write(config.hydra), open_dict(config.hydra):
        config.hydra.sweeper["_target_"] = f"{ComposedOnce.__module__}.{ComposedOnce.__name__}"
