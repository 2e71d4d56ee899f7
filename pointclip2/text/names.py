"""Say class names aloud, tell when two are the same, and guess which known one was meant."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pointclip2.types import ConfigError

Value = TypeVar("Value")


def spoken(name: str) -> str:
    """Return a class name as one says it: ``night_stand`` is "night stand"."""
    return " ".join(name.replace("_", " ").split())


def matching(name: str) -> str:
    """Return what all spellings of one class share: ``Night_Stand``, ``night-stand`` and ``night stand``."""
    return " ".join(re.split(r"[\s_-]+", name.casefold().strip(" \t\r\n_-")))


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known names that look most like ``name``, best first; empty where none does."""
    originals = {matching(other): other for other in known}
    close = difflib.get_close_matches(matching(name), originals, n=count, cutoff=0.6)
    return [originals[match] for match in close]


def check_distinct(classes: Sequence[str]) -> tuple[str, ...]:
    """Return the classes as a tuple, after checking that they can be told apart.

    Raises:
        ConfigError: there are none, one is blank, or two are the same but for case and separators.
    """
    if isinstance(classes, str):
        raise ConfigError(f"classes is the one text {classes!r}: give a list of names")
    seen: dict[str, str] = {}
    for name in classes:
        if not matching(name):
            raise ConfigError(f"class {len(seen)} has a blank name: every class needs words to describe it")
        if matching(name) in seen:
            raise ConfigError(
                f"classes {seen[matching(name)]!r} and {name!r} are the same to a text encoder: keep one"
            )
        seen[matching(name)] = name
    if not seen:
        raise ConfigError("there is no class to describe: name at least one")
    return tuple(classes)


def by_matching(mapping: Mapping[str, Value], where: str) -> dict[str, Value]:
    """Return ``mapping`` with its keys reduced by `matching`.

    Raises:
        ConfigError: two keys are the same but for case and separators; ``where`` says in which file.
    """
    found: dict[str, str] = {}
    for name in mapping:
        if matching(name) in found:
            raise ConfigError(f"{where} has both {found[matching(name)]!r} and {name!r}: keep one")
        found[matching(name)] = name
    return {match: mapping[name] for match, name in found.items()}
