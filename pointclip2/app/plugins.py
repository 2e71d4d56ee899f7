"""Packages of the user's own: whose classes may be built, and where their options lie.

A door is opened by what the user typed (``plugins=[mypackage]``), by ``POINTCLIP2_PLUGINS=mypackage`` in the
environment, or by installing a package with an entry point of the group ``pointclip2``; never by a configuration file,
which is data.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from pointclip2.door import opened
from pointclip2.errors import ConfigError

VARIABLE = "POINTCLIP2_PLUGINS"
GROUP = "pointclip2"

_searched: list[tuple[str, Path]] = []


def named(words: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the packages that these overrides, the environment and what is installed open the door to.

    Raises:
        ConfigError: an override that is no list of packages.
    """
    found = [*_typed(words), *os.environ.get(VARIABLE, "").split(",")]
    found += _installed(tuple(sys.path))
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


@cache
def _installed(path: tuple[str, ...]) -> tuple[str, ...]:
    """Give the packages that are installed as plug-ins somewhere on ``path``, where Python looks; asked once for it."""
    return tuple(point.value.partition(":")[0] for point in entry_points(group=GROUP))


def _typed(words: Sequence[str]) -> list[str]:
    values = [word.partition("=")[2] for word in words if word.lstrip("+").startswith("plugins=")]
    found: list[str] = []
    for value in values:
        text = value.strip()
        names = text[1:-1].split(",") if text[:1] + text[-1:] == "[]" else [text]
        found += (name.strip().strip("\"'") for name in names)
    wrong = next((name for name in found if name and not all(map(str.isidentifier, name.split(".")))), None)
    if wrong is not None:
        raise ConfigError(
            f"plugins: {wrong!r} is not the name of a package; write plugins=[mypackage,another]"
        )
    return [name for name in found if name not in ("", "null")]


def open_door(words: Sequence[str] = ()) -> tuple[str, ...]:
    """Let classes of the packages that `named` gives be built from now on in this process; their names.

    Raises:
        ConfigError: a package that Python does not find.
    """
    names = named(words)
    for name in names:
        if name not in opened:
            opened[name] = _folders(name)
    return names


def _folders(name: str) -> tuple[Path, ...]:
    """Where a package lies, found without importing it."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise ConfigError(
            f"plugins: Python finds no package {name}; install it, or name the folder that contains it in PYTHONPATH"
        )
    return tuple(map(Path, spec.submodule_search_locations or ()))


def conf_folders(names: Iterable[str]) -> list[tuple[str, Path]]:
    """Give the folders ``conf`` inside these packages, each with its package's name."""
    folders = [(name, folder / "conf") for name in names for folder in opened[name]]
    return [(name, folder) for name, folder in folders if folder.is_dir()]


def source_files() -> list[Path]:
    """Give the Python files of the packages whose door is open: what they compute is part of the program."""
    return sorted(path for folders in opened.values() for folder in folders for path in folder.rglob("*.py"))


def search_options(names: Iterable[str]) -> None:
    """Let Hydra find the options of these packages from the next composition on, and no other package's."""
    _searched[:] = conf_folders(names)
    _register()


@cache
def _register() -> None:
    from hydra.core.config_search_path import ConfigSearchPath
    from hydra.core.plugins import Plugins
    from hydra.plugins.search_path_plugin import SearchPathPlugin

    class PluginOptions(SearchPathPlugin):
        def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
            for name, folder in _searched:
                search_path.append(name, f"file://{folder}")

    Plugins.instance().register(PluginOptions)
