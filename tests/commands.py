"""A command of the checkout, run inside the process of the tests: what it prints, and its exit status."""

import atexit
import contextlib
import importlib
import io
import logging
import runpy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

from hydra.core.singleton import Singleton

from tests.places import ROOT


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    printed: str


def run_here(script: str, *words: str) -> Done:
    """Run a script with its arguments. A tenth of what a process costs; flags may stand anywhere."""
    arguments = sorted(words, key=lambda word: not word.startswith("--"))
    printed = io.StringIO()
    with (
        mock.patch.object(sys, "argv", [script, *arguments]),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        _as_it_was(),
        _as_if_it_ended(),
    ):
        try:
            runpy.run_path(str(ROOT / script), run_name="__main__")
            status: object = 0
        except SystemExit as exit:
            status = exit.code
            if isinstance(status, str):
                print(status)
    return Done(status if isinstance(status, int) else int(status is not None), printed.getvalue())


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """Put back the logging and Hydra's state that a command takes over."""
    # What a sweep keeps until its process ends.
    sweeps: Any = importlib.import_module("pointclip2.app.sweep")
    sweeps.status = 0
    root, state = logging.getLogger(), Singleton.get_state()
    handlers, level = root.handlers[:], root.level
    disabled = {name: logging.getLogger(name).disabled for name in list(logging.root.manager.loggerDict)}
    try:
        yield
    finally:
        while sweeps._held:
            sweeps._held.pop().close()
        Singleton.set_state(state)
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, was in disabled.items():
            logging.getLogger(name).disabled = was


@contextlib.contextmanager
def _as_if_it_ended() -> Iterator[None]:
    """Do at once what the package leaves for the end of its process."""
    later: list[Callable[[], object]] = []
    register = atexit.register

    def registered(function: Callable[..., object], *arguments: Any) -> Callable[..., object]:
        if function.__module__.startswith("pointclip2."):
            later.append(partial(function, *arguments))
            return function
        return register(function, *arguments)

    with mock.patch.object(atexit, "register", registered):
        yield
    for function in reversed(later):
        function()
