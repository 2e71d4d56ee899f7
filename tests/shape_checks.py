"""The type checker of the import hook in ``conftest``."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from beartype import BeartypeConf, beartype
from beartype.roar import BeartypeDecorHintPep3119Exception

# An integer is a number too: `radius_px: 3` in YAML is not a type error.
_checked = beartype(conf=BeartypeConf(is_pep484_tower=True))


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its hints checked at every call; as it is where it takes a Protocol that has no such check.

    The check is made at the first call: a process of the tests calls a fraction of all functions.
    """
    made: list[Callable[..., Any]] = []

    @wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:
        if not made:
            try:
                made.append(_checked(function))
            except BeartypeDecorHintPep3119Exception:
                made.append(function)
        return made[0](*arguments, **named)

    return called
