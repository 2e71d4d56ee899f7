"""The type checker of the import hook in ``conftest``."""

from collections.abc import Callable
from typing import Any

from beartype import BeartypeConf, beartype
from beartype.roar import BeartypeDecorHintPep3119Exception

# An integer is a number too: `radius_px: 3` in YAML is not a type error.
_checked = beartype(conf=BeartypeConf(is_pep484_tower=True))


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its hints checked at every call; as it is where it takes a Protocol that has no such check."""
    try:
        return _checked(function)
    except BeartypeDecorHintPep3119Exception:
        return function
