"""A command of the checkout, run inside the process of the tests: what it prints, and its exit status."""

import atexit
import contextlib
import importlib
import io
import logging
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

import pytest
from hydra.core.singleton import Singleton

from pointclip2.app.cli import main
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


def run_command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return the exit status and everything that a command printed. Logging is left as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    capsys.readouterr()
    try:
        status = main(_ordered(words))
    except SystemExit as left:
        status = int(left.code or 0)
    finally:
        for handler in root.handlers:
            if handler not in before:
                handler.close()
        root.handlers[:] = before
        root.setLevel(level)
    printed = capsys.readouterr()
    return status, printed.out + printed.err


def lines_of(printed: str) -> list[str]:
    """Return what was printed line by line, without what logging puts before it."""
    return [line.rpartition("] - ")[2] for line in printed.splitlines() if line.strip()]


def _ordered(words: Sequence[str]) -> list[str]:
    """Put flags before overrides, as Python's argparse wants it, but not before the command or their own values."""
    if any(word in ("--config-dir", "-cd", "--cfg") for word in words):
        return list(words)
    return [*words[:1], *sorted(words[1:], key=lambda word: not word.startswith("-"))]
