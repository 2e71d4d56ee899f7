"""What a configuration may say to Hydra itself: it is looked at before Hydra acts on it.

Hydra builds callbacks, launchers and sweepers, sets the environment and sets up logging before this program begins.
All of that can start programs, and all of it may stand in a file of a stranger's. What was typed is the user's own.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from omegaconf.resolvers import oc
from yaml import YAMLError

from pointclip2.app.catalog import conf_dir
from pointclip2.app.expansion import check_expansion
from pointclip2.app.targets import check_targets, targets_in
from pointclip2.errors import ConfigError, UserError
from pointclip2.reading import check_aliases, read_text

PLUGINS = ("hydra_plugins.", "hydra._internal.core_plugins.")
"""Where launchers and sweepers live; Hydra builds only those that it found installed."""
SAMPLERS = frozenset(
    f"optuna.samplers.{name}Sampler"
    for name in ("BruteForce", "CmaEs", "GP", "Grid", "NSGAII", "QMC", "Random", "TPE")
)
BUILT = ("callbacks", "launcher", "sweeper")
TYPED_ONLY = ("launcher.setup", "launcher.additional_parameters", "launcher.srun_args", "launcher.python",
              "sweeper.custom_search_space")  # fmt: skip
"""Lines that a shell or Python runs."""
HANDLERS = ("logging.StreamHandler", "logging.FileHandler", "logging.NullHandler")
STREAMS = ("ext://sys.stdout", "ext://sys.stderr")
LOG_FILE = "${hydra.runtime.output_dir}/${hydra.job.name}.log"
"""The only file that a log is written to, as Hydra's own options have it."""
SECRET = re.compile(r"(?i)key|token|secret|passw|credential|auth|cookie|session")


@cache
def _callbacks() -> frozenset[str]:
    files = (conf_dir() / "hydra").glob("*.yaml")
    return frozenset(name for file in files for name in targets_in(file.read_text(encoding="utf-8")))


class CheckedLoader(ConfigLoaderImpl):
    """Hydra's loader of configurations, which gives none away that it has not looked at.

    It goes to the processes of a sweep with Hydra's own context, so that jobs are looked at there, too.
    """

    typed: tuple[str, ...] | None = None
    """The overrides of the command line. Those that Hydra notes are no witness: a file can add to them."""

    def load_configuration(
        self, config_name: str | None, overrides: list[str], run_mode: RunMode, *args: Any, **options: Any
    ) -> DictConfig:
        """Compose as Hydra does.

        Raises:
            ConfigError: the configuration says to Hydra what no file may say.
        """
        if self.typed is None:
            self.typed = tuple(overrides)
        keep_secrets()
        self._check_search_path(config_name)
        config = super().load_configuration(config_name, overrides, run_mode, *args, **options)
        check_expansion(config)
        check_hydra(config, self.typed)
        return config

    def _check_search_path(self, config_name: str | None) -> None:
        loaded = None if config_name is None else self.repository.load_config(config_path=config_name)
        if loaded is None or not OmegaConf.is_dict(loaded.config):
            return
        found = OmegaConf.to_container(loaded.config, resolve=False)
        assert isinstance(found, dict)
        hydra = found.get("hydra")
        paths = hydra.get("searchpath") if isinstance(hydra, dict) else found.get("hydra.searchpath")
        if paths is not None and not _typed("searchpath", self.typed or ()):
            _refuse("searchpath", "a file does not say where others lie")


class CheckedSource(FileConfigSource):
    """A folder of configurations, of which only regular files are read, and none whose aliases fill the memory."""

    def load_config(self, config_path: str) -> ConfigResult:
        """Read a file as Hydra does.

        Raises:
            ConfigError: it is no file that can be read.
        """
        name = os.path.join(self.path, self._normalize_file_name(config_path))
        if os.path.exists(name):
            try:
                check_aliases(read_text(name))
            except (UserError, UnicodeDecodeError) as error:
                raise ConfigError(f"{name} cannot be read as a configuration: {error}") from error
        try:
            return super().load_config(config_path)
        except (YAMLError, RecursionError) as error:
            raise ConfigError(
                f"{name} cannot be read as a configuration: {' '.join(str(error).split())}"
            ) from error


# By this name Hydra tells whether another class took its place: it sets itself up anew in each process of a sweep.
CheckedSource.__name__ = FileConfigSource.__name__


def checking() -> None:
    """Let Hydra compose with `CheckedLoader` and `CheckedSource` from now on in this process.

    Raises:
        ConfigError: this Hydra is made otherwise inside, so that nothing could be looked at.
    """
    import hydra._internal.hydra as inside

    main = sys.modules["hydra.main"]  # the package has a function of that name
    if not isinstance(getattr(inside, "ConfigLoaderImpl", None), type) or not hasattr(
        main, "_get_rerun_conf"
    ):
        raise ConfigError("this version of Hydra is not known: pip install 'hydra-core>=1.3.8,<1.5'")
    inside.ConfigLoaderImpl = CheckedLoader  # type: ignore[misc]
    main._get_rerun_conf = _no_rerun  # type: ignore[attr-defined]
    Plugins.instance()  # which registers Hydra's own source, if nothing has yet
    SourcesRegistry.instance().types["file"] = CheckedSource


def _no_rerun(path: str, overrides: Sequence[str]) -> DictConfig:
    raise ConfigError(
        f"--experimental-rerun {path} is not allowed: such a file can run anything; the words of a run stand in its "
        ".hydra/overrides.yaml, and pointclip2 verify computes it again"
    )


def keep_secrets() -> None:
    """Let no configuration read what the environment keeps secret: it would stand in saved files and on dashboards."""
    OmegaConf.register_new_resolver("oc.env", _env, replace=True)


def _env(name: str, *default: Any) -> Any:
    if SECRET.search(str(name)):
        raise ConfigError(
            f"${{oc.env:{name}}} is not allowed: a configuration is saved, and that looks secret"
        )
    return oc.env(name, *default)


def check_hydra(config: DictConfig, typed: Sequence[str] = ()) -> None:
    """Refuse a composed configuration whose node ``hydra`` would start programs.

    Raises:
        ConfigError: it names what; ``typed`` are the overrides of the command line, which may say more.
    """
    node: Any = OmegaConf.to_container(config.hydra, resolve=False)
    for part in BUILT:
        _check_built(config, part, typed)
    for part in ("hydra_logging", "job_logging"):
        _check_logging(f"hydra.{part}", node.get(part), typed)
    for key in (node.get("job") or {}).get("env_set") or {}:
        if not _typed(f"job.env_set.{key}", typed):
            _refuse(f"job.env_set.{key}", "a file sets no variables of the environment")
    for name in TYPED_ONLY:
        section, _, key = name.partition(".")
        if (node.get(section) or {}).get(key) and not _typed(name, typed):
            _refuse(name, "a file gives no commands")
    for key in ("job.name", "output_subdir"):
        value = _shown(config, key)
        if isinstance(value, str) and (os.sep in value or ".." in value) and not _typed(key, typed):
            _refuse(key, "it is a name, not a path")


def _shown(config: DictConfig, key: str) -> Any:
    """What stands in Hydra's node under a key, interpolations followed."""
    try:
        value: Any = OmegaConf.select(config, f"hydra.{key}", throw_on_missing=False)
        return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value
    except OmegaConfBaseException as error:
        raise ConfigError(f"hydra.{key} cannot be looked at: {' '.join(str(error).split())}") from error


def _check_built(config: DictConfig, part: str, typed: Sequence[str]) -> None:
    """Look at what Hydra builds of a part, interpolations followed."""
    made = _shown(config, part)
    if made is None:
        return
    if not isinstance(made, dict):
        _refuse(part, "it is no description of what is built")
    if any(isinstance(text, str) and "${" in text for text in _leaves(made)):
        _refuse(part, "it holds a quoted interpolation, which could become anything")
    if part != "callbacks" and str(made.get("_target_", "")).startswith(PLUGINS):
        check_targets({key: value for key, value in made.items() if key != "_target_"}, SAMPLERS)
    else:
        check_targets(made, _callbacks() | SAMPLERS)
    _check_words(part, made, typed)


def _check_words(part: str, made: dict[Any, Any], typed: Sequence[str]) -> None:
    """Look at single values: a line break in a launcher's word is a line of a batch script."""
    for key, value in made.items() if part == "launcher" else ():
        if any(isinstance(text, str) and re.search(r"[\r\n]", text) for text in _leaves(value)):
            _refuse(f"launcher.{key}", "it holds a line break")
    storage = made.get("storage") if part == "sweeper" else None
    reached = isinstance(storage, str) and "://" in storage and not storage.startswith("sqlite:")
    if reached and not _typed("sweeper.storage", typed):
        _refuse("sweeper.storage", "a file names no server")


def _check_logging(where: str, node: Any, typed: Sequence[str]) -> None:
    """Take what Hydra's own options of logging say, other levels, formats and handlers of the plain kinds."""
    if node is None:
        return
    if not isinstance(node, dict):
        raise ConfigError(f"{where} is not allowed: it is no description of logging")
    for kind, entries in node.items():
        if kind in ("formatters", "handlers", "filters") and not isinstance(entries, dict | None):
            raise ConfigError(f"{where}.{kind} is not allowed: it is no description of logging")
    if node.get("filters"):
        raise ConfigError(f"{where}.filters is not allowed: logging would call what it names")
    for name, entry in (node.get("formatters") or {}).items():
        _check_keys(f"{where}.formatters.{name}", entry, ("format", "datefmt", "style", "validate"))
    for name, entry in (node.get("handlers") or {}).items():
        place = f"{where}.handlers.{name}"
        _check_keys(
            place, entry, ("class", "level", "formatter", "stream", "filename", "mode", "encoding", "delay")
        )
        for key, known in (("class", HANDLERS), ("stream", STREAMS), ("filename", (LOG_FILE,))):
            own = key == "filename" and _typed(f"{place.partition('.')[2]}.{key}", typed)
            if key in entry and entry[key] not in known and not own:
                raise ConfigError(f"{place}.{key}={entry[key]} is not allowed: {', '.join(known)}")
    rest = {key: value for key, value in node.items() if key not in ("formatters", "handlers")}
    for text in _leaves(rest):
        if isinstance(text, str) and ("://" in text or "${" in text):
            raise ConfigError(f"{where}: {text} is not allowed: logging would import what it names")


def _check_keys(where: str, entry: Any, known: Sequence[str]) -> None:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where} is not allowed: it is no description")
    for key, value in entry.items():
        if key not in known:
            raise ConfigError(f"{where}.{key} is not allowed: {', '.join(known)}")
        if key not in ("stream", "filename") and ("://" in str(value) or "${" in str(value)):
            raise ConfigError(f"{where}.{key}={value} is not allowed: logging would import what it names")


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield from node if isinstance(node, dict) else ()
        for value in node.values() if isinstance(node, dict) else node:
            yield from _leaves(value)
    else:
        yield node


def _typed(key: str, typed: Sequence[str]) -> bool:
    """Whether a key of Hydra's node, or what it lies in, was given a value on the command line."""
    given = {word.lstrip("+~").partition("=")[0].partition("@")[0] for word in typed}
    parts = f"hydra.{key}".split(".")
    return any(".".join(parts[:depth]) in given for depth in range(2, len(parts) + 1))


def _refuse(key: str, why: str) -> None:
    raise ConfigError(
        f"hydra.{key} is not allowed in a configuration file: {why}; type it yourself if you mean it"
    )
