"""Decoders in a process of their own: what they give and raise, and what becomes of a crash."""

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from pointclip2.data.files import apart as module
from pointclip2.data.files.apart import apart
from pointclip2.stopping import Stopped
from pointclip2.types import CloudError, TransientError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


def children() -> str:
    """Return the numbers of the children that this thread has."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


def compute() -> None:
    """Do what never ends."""
    while True:
        pass


def test_what_a_decoder_gives_comes_back_whole() -> None:
    values = np.arange(3_000_000).reshape(-1, 3)
    number, found = apart(lambda: (os.getpid(), values * 2))
    assert number != os.getpid()
    np.testing.assert_array_equal(found, values * 2)
    found[0] = 0  # as one's own


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (CloudError("torn"), CloudError, "^torn$"),
        (TransientError("lost"), TransientError, "^lost$"),
        (MemoryError(), MemoryError, "^$"),
        (OSError(24, "Too many open files"), OSError, "Too many"),
        (RuntimeError("bad\nchunk"), CloudError, "damaged, or cut off: bad chunk"),
        (type("PanicException", (BaseException,), {})("slice"), CloudError, "damaged, or cut off: slice"),
    ],
)
def test_what_a_decoder_raises_is_raised_here(error: BaseException, kind: type[Exception], said: str) -> None:
    def decode() -> None:
        raise error

    with pytest.raises(kind, match=said):
        apart(decode)


def test_a_crash_is_one_line_and_a_kill_is_nothing_of_the_files() -> None:
    before = children()
    with pytest.raises(CloudError, match=r"^damaged: its decoder crashed \(SIGSEGV\)$"):
        apart(lambda: ctypes.string_at(0))
    with pytest.raises(CloudError, match=r"^damaged: its decoder crashed \(status 7\)$"):
        apart(lambda: os._exit(7))
    for number in (signal.SIGKILL, signal.SIGTERM):
        with pytest.raises(TransientError, match=f"its decoder was killed .{number.name}."):
            apart(lambda number=number: os.kill(os.getpid(), number))
    assert children() == before


def test_a_decoder_that_comes_to_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    with pytest.raises(CloudError, match=r"^given up: its decoder took more than 1 s$"):
        apart(compute)


def test_a_decoder_that_was_held_up_is_asked_again_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    with pytest.raises(TransientError, match=r"killed \(SIGALRM\)"):
        apart(lambda: time.sleep(60))


def test_an_answer_for_which_there_is_no_memory_is_nothing_of_the_files() -> None:
    import resource

    def decode() -> object:
        wide = np.zeros((20_000_000, 2), np.float32)[:, 0]  # has to be copied before it can be sent
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + 2**20,) * 2)
        return wide

    with pytest.raises(TransientError, match="could not answer"):
        apart(decode)


def test_a_stop_does_not_wait_for_a_decoder() -> None:
    def stop(number: int, frame: object) -> None:
        raise Stopped(number)

    there, before = children(), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    started = time.monotonic()
    try:
        with pytest.raises(Stopped):
            apart(lambda: time.sleep(60))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 10
    assert children() == there
