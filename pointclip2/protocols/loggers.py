"""Loggers that cost only the log when they cannot write, say on a full disk: the figures stand in ``results.json``."""

import functools
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

WRITING = ("log_hyperparams", "log_metrics", "save", "finalize")
"""Methods of Lightning's loggers that write."""


def forgiving(logger: Any) -> Any:
    """The logger itself, which from now on warns once where it would raise an ``OSError``."""
    warned: list[str] = []

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except OSError as error:
                if not warned:
                    reason = error.strerror or str(error)
                    warned.append(reason)
                    name = type(logger).__name__
                    log.warning("%s cannot write (%s): the log is not whole, results.json is", name, reason)
                return None

        return call

    for name in WRITING:
        setattr(logger, name, guarded(getattr(logger, name)))
    return logger
