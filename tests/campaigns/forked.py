"""Commands in processes that are forked from this one, which has imported everything: starting costs next to nothing.

Everything else is as it is: processes of their own, with their own memory, signals and ends. The further processes that
Lightning starts for a run are children of its first one, forked beforehand, and begin when Lightning asks for them.
"""

import atexit
import contextlib
import importlib
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.places import ROOT
from tests.processes import import_libraries

PARTS = (
    "pointclip2.app.run",
    "pointclip2.app.cli",
    "pointclip2.app.verify",
    "pointclip2.tasks.classification.task",
    "pointclip2.tasks.parts.task",
    "pointclip2.tasks.detection.task",
    "pointclip2.tasks.few_shot.task",
    "pointclip2.tasks.pretrain.task",
    "optuna",
)


def prepare() -> None:
    """Import all that a command needs, in the process that forks."""
    os.environ.update(HF_HUB_OFFLINE="1", WANDB_MODE="offline")
    import_libraries()
    for part in PARTS:
        importlib.import_module(part)


LATE = -99
"""The status of what took too long."""


class Command:
    """A command, or a function, under way in a session of its own.

    Args:
        what: the words as typed behind ``pointclip2``; or a function that returns an exit status.
        printed: the file, or the open pipe, that what it prints is added to.
        environment: beside this process's own.
        further: how many processes Lightning may start for it.
        first: called in each process before the command.
    """

    def __init__(
        self,
        what: Sequence[str] | Callable[[], int],
        printed: Path | int,
        environment: Mapping[str, str] | None = None,
        further: int = 0,
        first: Callable[[], None] | None = None,
    ) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.number = os.fork()
        self.status: int | None = None
        if self.number == 0:
            os.setsid()
            _begin(printed, environment or {})
            _Further.spares = [_spare(first) for _ in range(further)]
            _live(what, first)

    def poll(self) -> int | None:
        """Return the exit status, -9 after a SIGKILL; None while it runs."""
        if self.status is None:
            done, status = os.waitpid(self.number, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def wait(self, timeout: float = 900, meanwhile: Callable[[], object] = lambda: None) -> int:
        """Wait for the end, and return the exit status; -99 where that does not come in time."""
        until = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < until:
            meanwhile()
            time.sleep(0.02)
        if self.status is None:
            self.kill()
            os.waitpid(self.number, 0)
            self.status = LATE
        return self.status

    def kill(self) -> None:
        """End the first process by SIGKILL."""
        os.kill(self.number, signal.SIGKILL)

    def left(self) -> list[int]:
        """Return the processes of its session that are still there."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session, *_ = path.read_text().rpartition(")")[2].split()
            except OSError:  # gone meanwhile
                continue
            if int(session) == self.number and state != "Z":
                found.append(int(path.parent.name))
        return found


@dataclass(frozen=True)
class Done:
    """What a command left: a status (below 0: the signal that ended it, or `LATE`) and what it said."""

    status: int
    printed: str
    seconds: float

    @property
    def crashed(self) -> bool:
        """Whether it ended otherwise than a command should."""
        return self.status < 0 or "Traceback" in self.printed


def command(
    what: Sequence[str] | Callable[[], int], first: Callable[[], None] | None = None, limit_s: float = 120
) -> Done:
    """Run a command, or a function, to its end; see `Command`."""
    started = time.monotonic()
    heard, told = os.pipe()  # no file, for files may be short of room
    os.set_blocking(heard, False)
    said: list[bytes] = []

    def hear() -> None:
        with contextlib.suppress(BlockingIOError):
            while content := os.read(heard, 65536):
                said.append(content)

    process = Command(what, told, first=first)
    os.close(told)
    status = process.wait(limit_s, hear)
    hear()
    os.close(heard)
    return Done(status, b"".join(said).decode("utf-8", "replace"), time.monotonic() - started)


def value(read: Callable[[], Any], limit_s: float = 120) -> tuple[Done, Any]:
    """Return what a function gives, plain data, in a fork of this process; a user's error is a status of 1."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"

        def run() -> int:
            from pointclip2.errors import UserError

            logging.basicConfig(format="%(message)s")
            logging.getLogger().handlers[0].setStream(sys.stderr)  # type: ignore[attr-defined]
            try:
                answer.write_text(json.dumps(read()))
            except UserError as error:
                print(error)
                return 1
            return 0

        done = command(run, limit_s=limit_s)
        return done, json.loads(answer.read_text()) if answer.is_file() else None


class _Further:
    """What Lightning gets where it asks for a process: one that was forked beforehand, which begins now."""

    spares: list[tuple[int, int]]

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: str | None) -> None:
        self.pid, pipe = self.spares.pop()
        self.returncode: int | None = None
        words = command[3:] if command[1] == "-m" else command[2:]
        os.write(pipe, json.dumps({"words": list(words), "environment": dict(env)}).encode() + b"\n")

    def poll(self) -> int | None:
        if self.returncode is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.02)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_pipes: list[int] = []


def _spare(first: Callable[[], None] | None) -> tuple[int, int]:
    """Fork a process that waits until it is asked for, or until nobody can ask any more."""
    inward, outward = os.pipe()
    _pipes.append(outward)
    number = os.fork()
    if number == 0:
        for pipe in _pipes:  # else nobody would notice the end of the first process
            os.close(pipe)
        with os.fdopen(inward) as asked:
            line = asked.readline()
        if not line:
            os._exit(0)
        told = json.loads(line)
        os.environ.clear()
        os.environ.update(told["environment"])
        _live(told["words"], first)
    os.close(inward)
    return number, outward


def _begin(printed: Path | int, environment: Mapping[str, str]) -> None:
    if isinstance(printed, Path):
        printed = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for place, number in enumerate((os.open(os.devnull, os.O_RDONLY), printed, printed)):
        os.dup2(number, place)
    sys.stdout, sys.stderr = (
        open(place, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        for place in (1, 2)
    )
    os.environ.update(environment)
    os.chdir(ROOT)
    atexit._clear()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _live(what: Sequence[str] | Callable[[], int], first: Callable[[], None] | None) -> None:
    """Be the command to its end."""
    from lightning.pytorch.strategies.launchers import subprocess_script

    launcher: Any = subprocess_script
    launcher.subprocess = types.SimpleNamespace(Popen=_Further)
    status = 1
    try:
        if first is not None:
            first()
        if callable(what):
            status = what()
        else:
            from pointclip2.app.cli import main

            sys.argv = ["pointclip2", *what]
            status = main(list(what))
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
