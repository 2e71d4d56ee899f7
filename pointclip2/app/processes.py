"""The processes of one run: watched over, so that one that dies ends the run with its reason, and none is left behind.

The first process starts the others through Lightning. Under ``srun`` and ``torchrun`` it does not: these watch over
what they started themselves (``srun --kill-on-bad-exit``).
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from pointclip2.errors import ProcessError, UserError, one_line, origins

FIRST = "POINTCLIP2_FIRST_PROCESS"
"""The number of the process that started this one for the same run."""
WELL = (0, 3)
"""Exit statuses of a process that came to its end; see `pointclip2.app.cli`."""
FAILED, BEREAVED = 1, 75
"""Exit statuses of a process that said why it failed, and of one that failed because another was gone."""
LOOKS_S, REASON_S, GRACE_S, LAST_S = 0.5, 5.0, 15.0, 60.0
"""How often others are looked at; how long a reason is waited for; how long the first process may work on without them;
and how long they may work on without it."""
BROKEN = (
    "closed by peer",
    "connection reset",
    "connection refused",
    "broken pipe",
    "nccl",
    "gloo",
    "tcpstore",
)
"""Words of the errors that a process meets where it speaks to one that is gone."""
SET_BY_LIGHTNING = ("LOCAL_RANK", "NODE_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "OMP_NUM_THREADS")

log = logging.getLogger(__name__)


@contextmanager
def watched_over() -> Iterator[None]:
    """Run what may start other processes. What it started ends with it.

    Raises:
        ProcessError: another process died, or failed.
    """
    first = os.environ.get(FIRST)
    if first is not None and "LOCAL_RANK" in os.environ:
        _follow(int(first))
        with _leaving():
            yield
        return
    watch = _Watch()
    with _environment(), watch.instead_of_lightning():
        try:
            yield
        except Exception as error:
            reason = watch.reason_for(error)
            if reason is not None:
                raise ProcessError(reason) from error
            raise
        finally:
            watch.close(failed=sys.exc_info()[0] is not None)


class _Watch:
    """Looks after the processes that the first one started."""

    def __init__(self) -> None:
        self.others: list[subprocess.Popen[bytes]] = []
        self.reason: str | None = None
        self.closed = threading.Event()

    @contextmanager
    def instead_of_lightning(self) -> Iterator[None]:
        """Take the place of Lightning's own watch, which kills the first process without a word."""
        from lightning.pytorch.strategies.launchers import subprocess_script

        if not hasattr(
            subprocess_script, "_launch_process_observer"
        ):  # a Lightning that is made otherwise inside
            yield
            return
        theirs = subprocess_script._launch_process_observer
        subprocess_script._launch_process_observer = self.look_after
        try:
            yield
        finally:
            subprocess_script._launch_process_observer = theirs

    def look_after(self, child_processes: "list[subprocess.Popen[bytes]]") -> None:
        """Begin; Lightning calls this with what it has started."""
        self.others = list(child_processes)
        threading.Thread(target=self._look, daemon=True, name="other processes").start()

    def _look(self) -> None:
        while not self.closed.wait(LOOKS_S):
            statuses = [process.poll() for process in self.others]
            if all(status in (None, *WELL) for status in statuses):
                continue
            if all(status in (None, BEREAVED, *WELL) for status in statuses) and not self.closed.wait(
                REASON_S
            ):
                statuses = [process.poll() for process in self.others]  # the one that was first to go
            self.reason = self._told(statuses)
            self._kill()
            if not self.closed.wait(GRACE_S):  # at work, and not waiting for the others
                print(self.reason, file=sys.stderr, flush=True)
                os._exit(FAILED)
            return

    def _told(self, statuses: Sequence[int | None]) -> str:
        gone = [(number, status) for number, status in enumerate(statuses, 1) if status not in (None, *WELL)]
        number, status = next((one for one in gone if one[1] != BEREAVED), gone[0])
        assert status is not None
        name = f"process {number + 1} of {len(self.others) + 1}"
        end = "the run ends with it; the same command goes on with what is kept"
        killed = -status if status < 0 else status - 128
        if status == FAILED:
            return f"{name} failed, as it says above: {end}"
        if status != BEREAVED and killed > 0:
            with contextlib.suppress(ValueError):
                signals = signal.Signals(killed)
                memory = ", as happens where memory is full" if signals == signal.SIGKILL else ""
                return f"{name} was ended by {signals.name}{memory}: {end}"
        return f"{name} ended with status {status}: {end}"

    def reason_for(self, error: Exception) -> str | None:
        """Return why a process is gone, where that is what this error comes from."""
        if not _is_broken(error):
            return self.reason
        until = time.monotonic() + 2 * REASON_S
        while self.others and self.reason is None and time.monotonic() < until:
            time.sleep(LOOKS_S / 2)
        if self.reason is None and not self.others:
            return f"another process of this run is gone and should say why itself ({one_line(error)[:120]})"
        return self.reason

    def close(self, failed: bool) -> None:
        """End what is left of the others, and what joined this process to them."""
        until = time.monotonic() + (0.0 if failed else LAST_S)
        while time.monotonic() < until and any(process.poll() is None for process in self.others):
            time.sleep(0.02)
        self.closed.set()
        self._kill()
        _part()

    def _kill(self) -> None:
        for process in self.others:
            if process.poll() is None:
                process.kill()
        for process in self.others:
            process.wait()


@contextmanager
def _environment() -> Iterator[None]:
    """Tell others whose they are, and forget afterwards what Lightning noted: the next run starts its own."""
    before, threads = (
        {name: os.environ.get(name) for name in (FIRST, *SET_BY_LIGHTNING)},
        torch.get_num_threads(),
    )
    os.environ[FIRST] = str(os.getpid())
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _part() -> None:
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        with contextlib.suppress(Exception):  # the others may be gone
            torch.distributed.destroy_process_group()


def _follow(first: int) -> None:
    """End this process when the first one is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first one's

    def look() -> None:
        while os.getppid() == first:
            time.sleep(LOOKS_S)
        os._exit(BEREAVED)

    threading.Thread(target=look, daemon=True, name="first process").start()


@contextmanager
def _leaving() -> Iterator[None]:
    """Let a process that is not the first say in a line why it fails, unless the first one fails of the same."""
    try:
        yield
        _part()
    except Exception as error:
        if _is_broken(error):
            os._exit(BEREAVED)
        rank, world = int(os.environ["LOCAL_RANK"]), os.environ.get("WORLD_SIZE", "?")
        time.sleep(2 + rank / 4)
        print(f"process {rank + 1} of {world}: {_said(error)}", file=sys.stderr, flush=True)
        os._exit(FAILED)


def _said(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f", {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    logged = ""
    for handler in logging.getLogger().handlers:  # only into the file: the screen has many processes to show
        if isinstance(handler, logging.FileHandler):
            record = log.makeRecord(
                log.name, logging.ERROR, __file__, 0, "failed", (), (type(error), error, error.__traceback__)
            )
            handler.handle(record)
            logged = f"; the whole of it is in {handler.baseFilename}"
    return f"{type(error).__name__}: {one_line(error)}{place}{logged}"


def _is_broken(error: BaseException | None) -> bool:
    """Whether an error is what speaking to a process that is gone comes to."""
    return any(
        isinstance(one, RuntimeError) and any(word in str(one).lower() for word in BROKEN)
        for one in origins(error)
    )
