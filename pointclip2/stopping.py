"""Signals that end a program: SIGTERM, Ctrl-C, SIGHUP. What is being written is finished, everything else is left.

A handler raises `Stopped` in the main thread, wherever that is, but for `finishing`: there it only sets a flag, which
`point` asks. A thread sees to it that the program ends within seconds, whatever its main thread is doing.
"""

import atexit
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))
WITHIN_S = 2.2
"""How long a program that was told to stop may take to leave by itself."""
TWICE_S = 0.3
"""Signals that come sooner after another are the same one: some senders tell a process and its group."""
REQUEUE = getattr(signal, "SIGUSR2", None)
"""What a cluster's job is told before it is put into the queue again; its handler is the cluster's own."""


class Stopped(BaseException):
    """The program was told to stop by the signal of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _State:
    """What this process knows of its signals."""

    def __init__(self) -> None:
        self.installed = False
        self.asked: int | None = None
        """The signal that this process was told to stop by."""
        self.since = 0.0
        self.finishing = 0
        self.requeue: Callable[[], object] | None = None
        """What a cluster's handler would have done inside `finishing`."""
        self.kept: dict[str, Callable[[], str]] = {}
        self.told = False
        self.processes: list[list[Any]] = []
        """Further processes of this program."""
        self.over = False
        """Whether the program has ended and its process goes on."""


_state = _State()


def asked() -> int | None:
    """Return the signal that this program was told to stop by; None if it was not."""
    return _state.asked


def point() -> None:
    """Leave here, if the program was told to stop.

    Raises:
        Stopped: it was.
    """
    if _state.requeue is not None:
        _state.requeue()
    if _state.asked is not None:
        raise Stopped(_state.asked)


@contextmanager
def finishing() -> Iterator[None]:
    """Finish what happens inside, or leave it by a `point` of its own; then leave, if the program was told to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    _state.finishing += 1
    try:
        yield
    finally:
        _state.finishing -= 1
        if _state.finishing == 0:  # also where it failed: whoever takes that error would go on
            point()


def leave() -> NoReturn:
    """Leave where another process of this program was told to stop.

    Raises:
        Stopped: always.
    """
    raise Stopped(_state.asked or signal.SIGTERM)


def keeps(kind: str, what: Callable[[], str]) -> None:
    """Note what a stop keeps, for the line that it ends in; the latest of each kind counts."""
    _state.kept[kind] = what


def along(processes: list[Any]) -> None:
    """Stop further processes of this program together with it."""
    if not any(known is processes for known in _state.processes):
        _state.processes.append(processes)


def program(run: Callable[[], int], last: bool = True) -> int:
    """Run a command; its exit status, or 128 and the number of the signal that ended it, after one line.

    Args:
        last: whether the process ends with it; then that, too, may not take long after a signal.
    """
    with handled(last):
        try:
            status = run()
        except BaseException as error:
            number = error.number if isinstance(error, Stopped) else asked()
            if number is None:
                raise
        else:
            number = asked()
            if number is None:
                return status
        _tell(number)
        if last:
            _ended.append(128 + number)
        return 128 + number


_ended: list[int] = []


def _end() -> None:
    """Spare a program that was stopped the seconds that Python takes to forget large libraries."""
    if _ended:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(_ended[-1])


@contextmanager
def handled(last: bool = False) -> Iterator[None]:
    """Stop by signals inside. What the user has set to be ignored, as ``nohup`` does, stays ignored."""
    global _state
    if _state.installed or threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}
    kept = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    requeue = None if REQUEUE is None else signal.getsignal(REQUEUE)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    _state = _State()
    _state.installed = True
    _handlers.clear()
    _handlers.update(dict.fromkeys(kept, _stop))
    if REQUEUE is not None and callable(requeue):
        _handlers[REQUEUE] = _put_off(requeue)
    if last:
        atexit.unregister(_end)
        atexit.register(_end)  # before what libraries register, and so behind it
    woken = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading, _state), name="signals", daemon=True).start()
    take()
    try:
        yield
    finally:
        for number in _handlers:
            signal.signal(number, kept.get(number, requeue))
        signal.set_wakeup_fd(woken)
        _state.installed = False
        os.close(writing)  # ends the thread
        if not last:
            _state.over = True
            _state = _State()


_handlers: dict[int, Any] = {}


def take() -> None:
    """Take signals again from whoever took them meanwhile: Lightning calls a stopped training a finished one."""
    if _state.installed and threading.current_thread() is threading.main_thread():
        for number, handler in _handlers.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    if _state.asked is None:
        _state.asked, _state.since = number, time.monotonic()
    if _state.finishing > 0:
        return
    if _forgets(frame):
        again = threading.Timer(0.02, os.kill, [os.getpid(), number])
        again.daemon = True
        again.start()
        return
    raise Stopped(_state.asked)


def _forgets(frame: FrameType | None) -> bool:
    """Whether Python is in the middle of forgetting something: what is raised there is printed, and lost."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


def _put_off(handler: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], None]:
    def put_off(number: int, frame: FrameType | None) -> None:
        if _state.finishing == 0:
            handler(number, frame)
        else:
            _state.requeue = lambda: handler(number, frame)

    return put_off


def _watch(reading: int, state: _State) -> None:
    """End the process at once for a second signal, or when it does not leave by itself."""
    first = 0
    while content := os.read(reading, 1):
        number = content[0]
        if number not in SIGNALS or number not in _handlers:
            continue
        if not first:
            first = number
            for processes in state.processes:
                _stop_along(processes, number)
            timer = threading.Timer(WITHIN_S, _leave, [number, state])
            timer.daemon = True
            timer.start()
        elif state.asked is not None and time.monotonic() - state.since > TWICE_S:
            _leave(number, state)
    os.close(reading)


def _stop_along(processes: list[Any], number: int) -> None:
    for one in processes:
        with contextlib.suppress(OSError):
            one.send_signal(number)
    processes.clear()  # whoever watched over them would take their end for a failure, and kill this process


def _leave(number: int, state: _State) -> None:
    if state.over:
        return
    for child in multiprocessing.active_children():
        child.kill()
    _tell(number)
    os._exit(128 + number)


def _tell(number: int) -> None:
    if _state.told or os.environ.get("LOCAL_RANK", "0") != "0":
        return
    _state.told = True
    kept = ""
    with contextlib.suppress(Exception):
        kept = "; ".join(filter(None, (what() for what in _state.kept.values())))
    what = f"kept: {kept}. The same command goes on from there" if kept else "the same command begins anew"
    line = f"stopped by {signal.Signals(number).name}, nothing is left half written; {what}\n"
    with contextlib.suppress(OSError, ValueError):
        if threading.current_thread() is threading.main_thread():
            sys.stderr.write(line)
            sys.stderr.flush()
        else:  # the main thread may be in the middle of writing there
            os.write(2, line.encode())


def _before_fork() -> None:
    if _state.installed:
        _blocked.append(signal.pthread_sigmask(signal.SIG_BLOCK, _handlers))


def _after_fork() -> None:
    if _blocked:
        signal.pthread_sigmask(signal.SIG_SETMASK, _blocked.pop())


def _forked() -> None:
    """A fork is another process, which whoever forked it ends; a signal to it must not wake the thread of this one."""
    global _state
    if _state.installed:
        _state = _State()
        signal.set_wakeup_fd(-1)
        for number in _handlers:
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    _after_fork()


_blocked: list[set[int]] = []
"""Signals that were blocked before a fork: none arrives until it is known whose it is."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_forked)
