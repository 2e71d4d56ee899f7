"""A sweep's configurations, composed once for each choice of groups.

Hydra composes every job twice, to validate it and to launch it, and reads and merges all YAML files each time: that
takes longer than a job on cached features. But values are overridden after everything is merged: jobs that choose the
same options of all groups differ in those values alone.
"""

import io
import logging
import pickle
from collections.abc import Sequence
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl, get_overrides_dirname
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

log = logging.getLogger(__name__)

REMEMBERED = 64
"""Choices of groups that are kept; a sweep with more composes some of them again."""
VALIDATED = 256
"""Jobs that are kept between validation and launch."""


class Frozen:
    """A configuration as bytes, from which copies are made in a sixth of the time of a deep copy.

    Its classes are kept as they are: Hydra loads the modules of launchers and sweepers anew, so that theirs cannot be
    found by name.
    """

    def __init__(self, config: DictConfig) -> None:
        self.classes: list[type] = []
        written = io.BytesIO()
        pickler = _Pickler(written, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.classes = self.classes
        pickler.dump(config)
        self.content = written.getvalue()

    def copy(self) -> DictConfig:
        """Make a copy that shares nothing but classes."""
        unpickler = _Unpickler(io.BytesIO(self.content))
        unpickler.classes = self.classes
        config: DictConfig = unpickler.load()
        return config


class _Pickler(pickle.Pickler):
    classes: list[type]

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, type):
            return None
        if value not in self.classes:
            self.classes.append(value)
        return self.classes.index(value)


class _Unpickler(pickle.Unpickler):
    classes: list[type]

    def persistent_load(self, position: Any) -> type:
        return self.classes[position]


class Remembering:
    """A config loader that composes each choice of groups once and applies values to a copy."""

    def __init__(self, loader: ConfigLoaderImpl) -> None:
        self.loader = loader
        self.composed: dict[tuple[str, ...], Frozen] = {}
        self.validated: dict[tuple[str, ...], DictConfig] = {}
        self.fits = True
        """Whether this Hydra is made inside as we expect; where it is not, its own way is taken."""

    def load_sweep_config(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        """Give what Hydra's loader gives for the same overrides.

        A sweeper asks for every job's, to validate it, before a launcher does, and the launcher then gets the same one.
        """
        job = tuple(sweep_overrides)
        config = self.validated.pop(job, None)
        # A sweep may hold a job twice: what the first launch took is locked by Hydra while it ran.
        if config is None or OmegaConf.is_readonly(config.hydra):
            config = self._loaded(master_config, job)
            if len(self.validated) < VALIDATED:
                self.validated[job] = config
        return config

    def _loaded(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> DictConfig:
        if self.fits:
            try:
                return self._composed(master_config, sweep_overrides)
            except (HydraException, OmegaConfBaseException):  # the user's mistake
                raise
            except Exception as error:
                self.fits = False
                log.debug("every job is composed anew: %r", error)
        return self.loader.load_sweep_config(master_config, list(sweep_overrides))

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
            self.composed[key] = Frozen(self.loader.load_sweep_config(master_config, list(key)))
        config = self.composed[key].copy()
        ConfigLoaderImpl._apply_overrides_to_config(values, config)
        _tell(config, parsed)
        return config

    def _chooses(self, override: Override) -> bool:
        """Whether it chooses an option of a group; everything else is a value."""
        if isinstance(override.value(), dict):  # such as data={limit: 4}
            return False
        return override.package is not None or self.loader.repository.group_exists(override.key_or_group)

    def __getattr__(self, name: str) -> Any:
        if name in vars(type(self)) or "loader" not in vars(self):  # while it is being unpickled elsewhere
            raise AttributeError(name)
        return getattr(self.loader, name)

    def __getstate__(self) -> dict[str, Any]:
        return {"loader": self.loader, "composed": {}, "validated": {}, "fits": self.fits}


def _tell(config: DictConfig, overrides: Sequence[Override]) -> None:
    """Note the overrides in the configuration itself, as Hydra does."""
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
