"""What can be told of typed values before torch is imported: files that are not there, words where numbers belong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from pointclip2.app.catalog import conf_dir
from pointclip2.errors import ConfigError

FILES = ("path", "checkpoint")
"""What options are called that take a file or a folder and nothing else."""
FILES_OR_WORDS = ("weights", "labels", "size_table", "subset")
"""What those are called that take a word, too: a value with a slash or a suffix is a file."""


def check_typed(cfg: DictConfig, hydra: Any) -> None:
    """Look at the values of the overrides that made this configuration; ``hydra`` is Hydra's own, which notes them.

    Raises:
        ConfigError: a file that is not there, or a value of another kind than the option's own.
    """
    choices = {str(name).partition("@")[0]: str(chosen) for name, chosen in hydra.runtime.choices.items()}
    for override in map(_parsed, hydra.overrides.task):
        key = override.key_or_group
        if override.package is not None or key in choices or override.is_delete():
            continue
        value = OmegaConf.select(cfg, key)  # without quotes, interpolations resolved
        _check_file(key, value)
        _check_kind(key, value, [*_files(key, choices), (conf_dir() / f"{hydra.job.config_name}.yaml", key)])


@cache
def _parsed(override: str) -> Any:
    """Parse an override; a sweep's jobs share all but a few."""
    return OverridesParser.create().parse_override(override)


def _check_file(key: str, value: Any) -> None:
    name = key.rpartition(".")[2]
    if not isinstance(value, str) or "://" in value or name not in (*FILES, *FILES_OR_WORDS):
        return
    is_file = name in FILES or "/" in value or Path(value).suffix
    if is_file and not Path(value).exists():
        where = "" if Path(value).is_absolute() else f" in {Path.cwd()}"
        raise ConfigError(f"{key}={value}: no such file or folder{where}")


def _check_kind(key: str, value: Any, files: Sequence[tuple[Path, str]]) -> None:
    """Compare the value with what our own files have there; words that the comment behind it names are taken, too."""
    found = next(filter(None, (_value(*file) for file in files if file[0].is_file())), None)
    if value is None or found is None:
        return
    own, comment, whole = found
    if isinstance(own, bool) or (own is None and comment.startswith("true or false")):
        fits, wanted = isinstance(value, bool), "true or false"
    elif isinstance(own, int | float) or (own is None and comment.startswith("a number")):
        kind = int if whole and not isinstance(own, float) else int | float
        fits = isinstance(value, kind) and not isinstance(value, bool)
        wanted = "a whole number" if kind is int else "a number"
    else:
        return
    if not fits and str(value) not in re.findall(r"\w+", comment):
        raise ConfigError(f"{key}={value}: {wanted} is wanted" + (f" ({comment})" if comment else ""))


def _files(key: str, choices: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Give the file of the option that was chosen of the key's group, and the rest of the key."""
    parts = key.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        group = "/".join(parts[:depth])
        if group in choices:
            yield conf_dir() / group / f"{choices[group]}.yaml", ".".join(parts[depth:])


@cache
def _read(file: Path) -> tuple[str, Any]:
    text = file.read_text(encoding="utf-8")
    return text, yaml.safe_load(text)


def _value(file: Path, key: str) -> tuple[Any, str, bool] | None:
    """Give what a file has for a key, the comment behind it, and whether a number has to be whole there."""
    text, own = _read(file)
    target = str(own.get("_target_", ""))
    if target and not target.startswith("pointclip2."):
        return None  # Lightning says itself what it takes
    for name in key.split("."):
        if not isinstance(own, dict) or name not in own:
            return None
        own = own[name]
    lines = (line.strip() for line in text.splitlines())
    line = next((line for line in lines if line.startswith(f"{key.rpartition('.')[2]}:")), "")
    return own, line.partition("#")[2].strip(), not target
