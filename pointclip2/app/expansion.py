"""Configurations that would grow beyond all bounds: a kilobyte of references to references fills any memory."""

import re
from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pointclip2.errors import ConfigError

MOST = 5_000_000
"""Characters of a configuration with everything resolved; ours has some thousand."""


Path = tuple[str, ...]


def check_expansion(config: DictConfig) -> None:
    """Refuse a configuration that is too large once its interpolations are resolved, before anybody resolves it.

    Raises:
        ConfigError: it is too large, or nobody can tell.
    """
    content = OmegaConf.to_container(config, resolve=False)
    sizes: dict[Path, int] = {}
    begun: set[Path] = set()

    def of_path(path: Path, open_end: bool) -> int:
        """Give the size of what stands at a path; of one whose end is an interpolation, that of all it could be."""
        if not path:
            return 10 * MOST if open_end else 1
        if (
            path in begun
        ):  # leads back to itself: OmegaConf says so, where it is not one of many that could be meant
            return 10 * MOST if open_end else 1
        if path not in sizes:
            begun.add(path)
            sizes[path] = of(_at(content, path), path)
            begun.remove(path)
        return sizes[path]

    def of(node: Any, path: Path) -> int:
        if isinstance(node, dict | list):
            entries = node.items() if isinstance(node, dict) else enumerate(node)
            size = len(node) + 1 + sum(of_path((*path, str(key)), False) for key, _ in entries)
        elif isinstance(node, str):
            size = len(node) + sum(of_path(*found) for found in _references(content, node, path))
        else:
            size = 1
        return min(10 * MOST, size)

    if of(content, ()) > MOST:
        raise ConfigError(
            f"the configuration refers to itself so often that it would have more than {MOST:,} characters"
        )


def _at(content: Any, path: Path) -> Any:
    for key in path:
        content = content[int(key)] if isinstance(content, list) else _by_text(content)[key]
    return content


def _by_text(node: Any) -> dict[str, Any]:
    """The entries of a node by their keys as one writes them; none of what has no entries."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return {str(key): value for key, value in entries}


def _references(content: Any, text: str, path: Path) -> Iterator[tuple[Path, bool]]:
    """The nodes that the interpolations of a text lead to, and whether the way ends in an interpolation itself."""
    for part in text.split("${")[1:]:
        word, closed, _ = part.partition("}")
        open_end = not closed  # another one begins in it
        resolver, colon, given = word.partition(":")
        for name in given.split(",") if colon else [word]:
            found = _existing(content, name.strip(" '\""), path)
            chooses = not colon or resolver.strip() in ("oc.select", "oc.dict.values", "oc.dict.keys")
            if found or (open_end and chooses):
                yield found, open_end


def _existing(content: Any, name: str, path: Path) -> Path:
    """Follow a name, from the root or with dots before from where it stands, as far as there is something."""
    dots = len(name) - len(name.lstrip("."))
    found = path[: len(path) - dots] if dots else ()
    node = _at(content, found)
    for key in re.findall(r"[^.\[\]]+", name):
        entries = _by_text(node)
        if key not in entries:
            break
        found, node = (*found, key), entries[key]
    return found
