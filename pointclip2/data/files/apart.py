"""Decoders of compiled code, each run in a process of its own, so that a file that crashes one, or that one never comes
to the end of, costs that file alone.

Where a process cannot be forked (other systems, no memory for it) they run in this one, without such a limit.
"""

import faulthandler
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from pointclip2.errors import CloudError, TransientError, UserError, is_transient, one_line

Found = TypeVar("Found")
SECONDS = 300
"""How long a decoder may compute for a file; one that was held up, such as by Ctrl-Z, may take twice as long."""
FAULTS = tuple(
    getattr(signal, f"SIG{name}", 0) for name in ("SEGV", "BUS", "ILL", "FPE", "ABRT", "TRAP", "SYS")
)
"""Signals that a process brings upon itself; others are sent to it."""


def apart(decode: Callable[[], Found]) -> Found:
    """Return what a decoder gives, plain data, or raise what it raises, from another process.

    It must start no threads: those of a library that this process has used already are not there.

    Raises:
        CloudError: the decoder crashed, or computed for too long.
        TransientError: its process was killed, held up, or had no memory to answer.
    """
    if sys.platform != "linux":
        return decode()
    heard, told = os.pipe()
    try:
        with warnings.catch_warnings():
            # Python warns of locks that other threads hold; the alarm would end a process that waits for one.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:  # no memory for another process
        os.close(heard)
        os.close(told)
        return decode()
    if child == 0:
        os.close(heard)
        _answer(decode, told)
    os.close(told)
    ended = False
    try:
        with os.fdopen(heard, "rb") as stream:
            good, found = pickle.load(stream)
        ended = True
    except (EOFError, pickle.UnpicklingError):
        good, found = False, None
        ended = True
    finally:
        if not ended:  # this process was told to stop
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if good:
        answer: Found = found
        return answer
    raise _crash(os.waitstatus_to_exitcode(status)) if found is None else found


def _answer(decode: Callable[[], object], told: int) -> NoReturn:
    try:
        import resource

        # These end compiled code, too, and whether anybody waits for it or not.
        for number, timer, seconds in (
            (signal.SIGPROF, signal.ITIMER_PROF, SECONDS),
            (signal.SIGALRM, signal.ITIMER_REAL, 2 * SECONDS),
        ):
            signal.signal(number, signal.SIG_DFL)
            signal.setitimer(timer, seconds)
        faulthandler.disable()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            answer: tuple[bool, object] = True, decode()
        except BaseException as error:  # what is written in Rust panics with a kind of its own
            answer = False, _carried(error)
        with os.fdopen(told, "wb") as stream:
            pickle.dump(answer, stream, protocol=5)
    finally:
        os._exit(os.EX_TEMPFAIL)  # of no account once it has answered


def _carried(error: BaseException) -> BaseException:
    """An error that can go to another process, and means the same there."""
    if isinstance(error, UserError | MemoryError | OSError):
        with suppress(Exception):
            pickle.dumps(error)
            return error
    if is_transient(error):
        return TransientError(one_line(error))
    return CloudError(f"damaged, or cut off: {one_line(error)[:200]}")


def _crash(status: int) -> CloudError:
    if status == -signal.SIGPROF:
        return CloudError(f"given up: its decoder took more than {SECONDS} s")
    if status == os.EX_TEMPFAIL:
        return TransientError("its decoder could not answer: the memory may have been full")
    how = signal.Signals(-status).name if status < 0 else f"status {status}"
    if status < 0 and -status not in FAULTS:
        return TransientError(
            f"its decoder was killed ({how}): the memory may have been full, or the machine busy"
        )
    return CloudError(f"damaged: its decoder crashed ({how})")
