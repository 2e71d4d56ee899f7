"""Signals that end a program, sent for real to this process."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from pointclip2 import stopping
from pointclip2.stopping import Stopped, finishing, handled, program


def told(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)
    time.sleep(5)  # a signal arrives between two lines of Python


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_program_that_is_told_to_stop_leaves_where_it_is_and_says_so(
    number: int, capfd: pytest.CaptureFixture[str]
) -> None:
    def run() -> int:
        stopping.keeps("features", lambda: "features of 3 of 9 samples")
        told(number)
        raise AssertionError("it went on")

    before, start = signal.getsignal(number), time.monotonic()
    assert program(run, last=False) == 128 + number
    assert time.monotonic() - start < 1
    name = signal.Signals(number).name
    assert capfd.readouterr().err == (
        f"stopped by {name}, nothing is left half written; kept: features of 3 of 9 samples. "
        "The same command goes on from there\n"
    )
    assert signal.getsignal(number) is before


def test_a_signal_that_comes_while_python_forgets_something_is_not_lost_with_it() -> None:
    reached = []

    class Forgotten:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            reached.append("forgotten")

    def run() -> int:
        Forgotten()
        time.sleep(1)
        reached.append("went on")
        return 0

    assert program(run, last=False) == 143
    assert reached == ["forgotten"]


def test_what_is_being_written_is_finished_and_nothing_behind_it_begun() -> None:
    done = []

    def run() -> int:
        with finishing():
            with finishing():
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)
                done.append("inner")
            done.append("outer")
        done.append("behind")
        return 0

    assert program(run, last=False) == 143
    assert done == ["inner", "outer"]


def test_a_failure_that_somebody_takes_does_not_make_the_signal_forgotten() -> None:
    def run() -> int:
        try:
            with finishing():
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)
                raise OSError("full")
        except OSError:
            raise AssertionError("it went on") from None

    assert program(run, last=False) == 143


def test_a_safe_point_is_passed_until_the_signal_has_come() -> None:
    passed = []

    def run() -> int:
        with finishing():
            for step in range(9):
                if step == 3:
                    os.kill(os.getpid(), signal.SIGTERM)
                    time.sleep(0.01)
                stopping.point()
                passed.append(step)
        return 0

    assert program(run, last=False) == 143
    assert passed == [0, 1, 2]


def test_whatever_a_library_makes_of_it_the_status_is_the_signals() -> None:
    def run() -> int:
        try:
            told()
        except Stopped:
            raise RuntimeError("a worker was killed") from None
        return 0

    assert program(run, last=False) == 143
    with pytest.raises(RuntimeError):
        program(lambda: failing(RuntimeError("a fault")), last=False)


def failing(error: Exception) -> int:
    raise error


def test_another_threads_writing_holds_nothing_up() -> None:
    begun = threading.Event()

    def write() -> None:
        with finishing():
            begun.set()
            time.sleep(0.2)

    def run() -> int:
        thread = threading.Thread(target=write)
        thread.start()
        begun.wait()
        try:
            told()
        finally:
            thread.join()
        return 0

    assert program(run, last=False) == 143


def test_what_was_set_to_be_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handled():
            os.kill(os.getpid(), signal.SIGHUP)
            time.sleep(0.01)
            assert stopping.asked() is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_clusters_own_signal_waits_for_the_end_of_a_step() -> None:
    said: list[str] = []
    before = signal.signal(signal.SIGUSR2, lambda *_: said.append("requeued"))
    try:
        with handled():
            with finishing():
                os.kill(os.getpid(), signal.SIGUSR2)
                time.sleep(0.01)
                said.append("finished")
            os.kill(os.getpid(), signal.SIGUSR2)
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGUSR2, before)
    assert said == ["finished", "requeued", "requeued"]


def in_a_fork(run: Callable[[], object]) -> tuple[int, float]:
    """The status of a fork that runs as a program of its own, and how long it took."""
    start = time.monotonic()
    number = os.fork()
    if number == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            os._exit(program(lambda: int(bool(run()))))
        finally:
            os._exit(99)
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status), time.monotonic() - start


@pytest.mark.filterwarnings("ignore")  # forks of processes with threads
def test_a_program_that_does_not_leave_by_itself_is_ended() -> None:
    def deaf() -> None:
        with finishing():
            told()

    status, lasted = in_a_fork(deaf)
    assert status == 143
    assert 2 < lasted < 3


@pytest.mark.filterwarnings("ignore")
def test_a_second_signal_ends_it_at_once() -> None:
    def deaf() -> None:
        with finishing():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
            os.kill(os.getpid(), signal.SIGINT)  # the same one, from whoever tells a group and its members
            time.sleep(0.4)
            told(signal.SIGINT)

    status, lasted = in_a_fork(deaf)
    assert status == 130
    assert 0.5 < lasted < 1.5


@pytest.mark.filterwarnings("ignore")
def test_a_signal_to_a_fork_is_not_the_programs() -> None:
    def run() -> int:
        number = os.fork()
        if number == 0:
            time.sleep(5)
            os._exit(0)
        os.kill(number, signal.SIGTERM)
        os.waitpid(number, 0)
        time.sleep(0.05)
        return 0

    assert program(run, last=False) == 0
