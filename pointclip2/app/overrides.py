"""What people type as the values of options, in the form that Hydra's grammar reads."""

import re
from collections.abc import Iterable
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

TAKES_A_VALUE = ("--config-dir", "-cd", "--config-path", "-cp", "--config-name", "-cn", "--package", "-p")
"""Flags behind which a word is no override."""


def quoted(words: Iterable[str]) -> list[str]:
    """Return the words of a command line with quotes around the values that Hydra would not take for what they are.

    A file that is there is meant as it is called: ``data.path=scan (1).ply`` becomes ``data.path='scan (1).ply'``.
    Of other values only those are quoted, alone or in a list, that Hydra could not read at all.
    """
    made: list[str] = []
    before = ""
    for word in words:
        made.append(word if word.startswith("-") or before in TAKES_A_VALUE else _quoted(word))
        before = word
    return made


def _quoted(word: str) -> str:
    key, equals, value = word.partition("=")
    if not equals or not value or value[0] in "'\"":
        return word
    read = _read(word)
    if _exists(value):
        meant = read is not None and read.value() == value
        return word if meant else _checked(f"{key}={in_quotes(value)}", value) or word
    if read is not None or value[0] in "{$" or "${" in value:
        return word
    if value[0] != "[":
        return _checked(f"{key}={in_quotes(value)}", value) or word
    inner = value[1:-1]
    if not value.endswith("]") or re.search(r"[\[\]{}'\"]", inner):
        return word
    names = [name.strip() for name in inner.split(",")]
    listed = ",".join(name if _read(f"{key}=[{name}]") else in_quotes(name) for name in names)
    return f"{key}=[{listed}]" if _read(f"{key}=[{listed}]") else word


def _read(word: str) -> Override | None:
    try:
        return OverridesParser.create().parse_override(word)
    except HydraException:
        return None


def _checked(word: str, value: str) -> str | None:
    """The quoted form, if it means exactly this value."""
    read = _read(word)
    return word if read is not None and read.value() == value else None


def in_quotes(value: str) -> str:
    """Return a text as Hydra's grammar quotes it."""
    mark = '"' if "'" in value and '"' not in value else "'"
    # A backslash is one of its own unless a quote follows.
    escaped = re.sub(
        rf"(\\*)({mark}|$)", lambda found: found[1] * 2 + (f"\\{mark}" if found[2] else ""), value
    )
    return f"{mark}{escaped}{mark}"


def _exists(value: str) -> bool:
    """Whether it is a file or folder whose name cannot be read otherwise; words and numbers are none."""
    if re.fullmatch(r"[\w.+-]*", value) and "." not in value:
        return False
    try:
        return Path(value).exists()
    except (OSError, ValueError):
        return False
