"""A sweep's configurations, composed once for each choice of groups.

Hydra composes every job twice, to validate it and to launch it, and reads and merges all YAML files each time: that
takes longer than a job on cached features. But values are overridden after everything is merged: jobs that choose the
same options of all groups differ in those values alone.
"""

import pickle
from collections.abc import Sequence
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl, get_overrides_dirname
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

REMEMBERED = 64
"""Choices of groups that are kept; a sweep with more composes some of them again."""
VALIDATED = 256
"""Jobs that are kept between validation and launch."""


class Remembering:
    """A config loader that composes each choice of groups once and applies values to a copy."""

    def __init__(self, loader: ConfigLoaderImpl) -> None:
        self.loader = loader
        self.composed: dict[tuple[str, ...], bytes] = {}
        self.validated: dict[tuple[str, ...], DictConfig] = {}

    def load_sweep_config(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        """What Hydra's loader gives for the same overrides.

        A sweeper asks for every job's, to validate it, before a launcher does, and the launcher then gets the same one.
        """
        job = tuple(sweep_overrides)
        config = self.validated.pop(job, None)
        # A sweep may hold a job twice: what the first launch took is locked by Hydra while it ran.
        if config is None or OmegaConf.is_readonly(config.hydra):
            config = self._composed(master_config, job)
            if len(self.validated) < VALIDATED:
                self.validated[job] = config
        return config

    def _composed(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        parsed = OverridesParser.create(config_loader=self.loader).parse_overrides(list(sweep_overrides))
        if any(override.is_hydra_override() for override in parsed):
            return self.loader.load_sweep_config(master_config, list(sweep_overrides))
        groups = [override for override in parsed if self._chooses(override)]
        values = [override for override in parsed if not self._chooses(override)]
        key = tuple(str(override.input_line) for override in groups)
        if key not in self.composed:
            if len(self.composed) >= REMEMBERED:
                self.composed.pop(next(iter(self.composed)))
            # Pickled: read back in a sixth of the time of a deep copy.
            self.composed[key] = pickle.dumps(self.loader.load_sweep_config(master_config, list(key)))
        config: DictConfig = pickle.loads(self.composed[key])
        ConfigLoaderImpl._apply_overrides_to_config(values, config)
        _tell(config, parsed)
        return config

    def _chooses(self, override: Override) -> bool:
        """Whether it chooses an option of a group; everything else is a value."""
        if isinstance(override.value(), dict):  # such as data={limit: 4}
            return False
        return override.package is not None or self.loader.repository.group_exists(override.key_or_group)

    def __getattr__(self, name: str) -> Any:
        if name in ("loader", "composed", "validated"):  # while it is being unpickled in another process
            raise AttributeError(name)
        return getattr(self.loader, name)

    def __getstate__(self) -> dict[str, Any]:
        return {"loader": self.loader, "composed": {}, "validated": {}}


def _tell(config: DictConfig, overrides: Sequence[Override]) -> None:
    """The overrides in the configuration itself, as Hydra has them."""
    naming = config.hydra.job.config.override_dirname
    with read_write(config.hydra), open_dict(config.hydra):
        config.hydra.overrides.task = [override.input_line for override in overrides]
        config.hydra.job.override_dirname = get_overrides_dirname(
            overrides=list(overrides),
            kv_sep=naming.kv_sep,
            item_sep=naming.item_sep,
            exclude_keys=naming.exclude_keys,
        )


def compose_once() -> None:
    """Let the running Hydra remember; to be called before its sweeper is made."""
    hydra = GlobalHydra.instance().hydra
    if hydra is not None and isinstance(hydra.config_loader, ConfigLoaderImpl):
        hydra.config_loader = Remembering(hydra.config_loader)  # type: ignore[assignment]
