"""Configurations that would grow beyond all bounds: a kilobyte of references to references fills any memory."""

import re
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pointclip2.errors import ConfigError

MOST = 5_000_000
"""Characters of a configuration with everything resolved; ours has some thousand."""


def check_expansion(config: DictConfig) -> None:
    """Refuse a configuration that is too large once its interpolations are resolved, before anybody resolves it.

    What an interpolation stands for is told by the last name in it, so that its size is guessed too high, not too low.

    Raises:
        ConfigError: it is too large.
    """
    named: dict[str, list[Any]] = {}
    content = OmegaConf.to_container(config, resolve=False)
    _collect(content, named)
    sizes: dict[str, int] = {}

    def of_name(name: str) -> int:
        if name not in sizes:
            sizes[name] = 1  # whoever leads back to itself; OmegaConf says so
            sizes[name] = max((of(node) for node in named.get(name, ())), default=1)
        return sizes[name]

    def of(node: Any) -> int:
        if isinstance(node, dict | list):
            return sum(map(of, node.values() if isinstance(node, dict) else node)) + len(node) + 1
        if not isinstance(node, str):
            return 1
        return min(10 * MOST, len(node) + sum(map(of_name, _names(node))))

    if of(content) > MOST:
        raise ConfigError(
            f"the configuration refers to itself so often that it would have more than {MOST:,} characters"
        )


def _collect(node: Any, named: dict[str, list[Any]]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            named.setdefault(str(key), []).append(value)
            _collect(value, named)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            named.setdefault(str(number), []).append(value)
            _collect(value, named)


def _names(text: str) -> list[str]:
    """The last name in each interpolation of a text."""
    found = (re.findall(r"[^\s.:,\[\]{}$'\"]+", part.partition("}")[0]) for part in text.split("${")[1:])
    return [names[-1] for names in found if names]
