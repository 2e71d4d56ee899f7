"""Processes of a test, forked from one that has the libraries and nothing of the package: importing takes seconds.

What is about imports, hash seeds or peak memory needs a real one: ``subprocess``.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIBRARIES = ("lightning", "matplotlib.pyplot", "open_clip", "scipy.spatial", "sklearn.cluster", "trimesh")
"""What nearly every test and every process needs."""


def import_libraries() -> None:
    """Import them without looking for garbage, of which imports make none."""
    gc.disable()
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.enable()


@dataclass(frozen=True)
class Process:
    """One that was started."""

    words: list[str]
    number: int
    printed: Path
    complained: Path
    nursery: "Nursery"

    def done(self, timeout: float = 300) -> "subprocess.CompletedProcess[str]":
        """Wait for its end, and return it as ``subprocess.run`` would."""
        try:
            status = self.nursery.ask({"wait": self.number}, timeout)
        except TimeoutError:
            os.kill(self.number, signal.SIGKILL)
            raise
        out, err = self.printed.read_text("utf-8"), self.complained.read_text("utf-8")
        return subprocess.CompletedProcess(self.words, status, out, err)


class Nursery:
    """A process that holds the libraries, and forks."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        self.number = os.fork()
        if self.number == 0:
            try:
                self.socket.close()
                _nurse(theirs)
            finally:
                os._exit(1)  # never back into the program that it was forked from
        theirs.close()

    def close(self) -> None:
        """Let it end; the time it took counts as that of the tests."""
        if self.socket.fileno() >= 0:
            self.socket.close()
            os.waitpid(self.number, 0)

    def ask(self, request: Mapping[str, Any], timeout: float | None = None) -> int:
        """Send a request, and return its answer."""
        self.socket.settimeout(timeout)
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return int(self.socket.makefile("rb").readline())


_nursery: list[Nursery] = []


def close_nursery() -> None:
    """Let it end."""
    while _nursery:
        _nursery.pop().close()


def open_nursery() -> None:
    """Fork it; to be called before anything of the package is imported, or a thread of a library is started."""
    _nursery.append(Nursery())


def start(*words: str, cwd: Path, **environment: str) -> Process:
    """Start what Python would start with these words: a script, ``-m`` or ``-c``, and arguments."""
    [nursery] = _nursery
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    printed, complained = folder / "out", folder / "err"
    request = {
        "words": words,
        "cwd": str(cwd),
        "environment": {**os.environ, "OMP_NUM_THREADS": "1", **environment},
        "files": [str(printed), str(complained)],
    }
    return Process(list(words), nursery.ask(request), printed, complained, nursery)


def _nurse(requests: socket.socket) -> None:
    """Fork a process for each request, and say with what others have ended, until nobody asks any more."""
    for line in requests.makefile("rb"):
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            import_libraries()  # under xdist they were there before
            answer = os.fork()
            if answer == 0:
                requests.close()
                _live(**asked)
        requests.sendall(f"{answer}\n".encode())
    os._exit(0)


def _live(words: Sequence[str], cwd: str, environment: Mapping[str, str], files: Sequence[str]) -> None:
    """Be a process that Python has just started with these words."""
    for place, number in zip((os.devnull, *files), range(3), strict=True):
        os.dup2(os.open(place, os.O_RDWR | os.O_CREAT), number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    found = [place for place in sys.path if place and place not in (*known, str(Path(__file__).parents[1]))]
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(warnings)  # as they are without pytest
    atexit._clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    first, *rest = words
    sys.argv = (
        [first, *rest] if first not in ("-m", "-c") else [first if first == "-c" else rest[0], *rest[1:]]
    )
    own = str(Path(first).resolve().parent) if first not in ("-m", "-c") else ""
    sys.path[:] = [own, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)), *found]
    try:
        if first == "-m":
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        elif first == "-c":
            exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_path(first, run_name="__main__")
        status = 0
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
        if isinstance(left.code, str):
            print(left.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # lets pools end their workers
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
