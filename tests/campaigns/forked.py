"""Commands of the program in processes of their own, forked from one that has everything imported: a second each."""

import io
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.update(HF_HUB_OFFLINE="1", WANDB_MODE="offline", OMP_NUM_THREADS="1")


@dataclass(frozen=True)
class Done:
    """What a command left: a status (below 0: the signal that ended it; None: it took too long) and what it said."""

    status: int | None
    printed: str
    seconds: float

    @property
    def crashed(self) -> bool:
        """Whether it ended otherwise than a command should."""
        return self.status is None or self.status < 0 or "Traceback" in self.printed


def prepare() -> None:
    """Import what every command needs, in this process, without starting a thread."""
    import torch

    torch.set_num_threads(1)
    import matplotlib.figure  # noqa: F401
    import open_clip  # noqa: F401

    import pointclip2.app.run
    import pointclip2.app.verify  # noqa: F401


def command(words: Sequence[str], before: Callable[[], None] | None = None, limit_s: float = 120) -> Done:
    """Run ``pointclip2 WORDS`` in a fork of this process."""
    from pointclip2.app.cli import main

    def run() -> int:
        sys.argv = ["pointclip2", *words]
        return main(list(words))

    return forked(run, before, limit_s)


def value(read: Callable[[], Any], limit_s: float = 120) -> tuple[Done, Any]:
    """Return what a function gives, plain data, in a fork of this process; a user's error is a status of 1."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"

        def run() -> int:
            from pointclip2.errors import UserError

            try:
                answer.write_text(json.dumps(read()))
            except UserError as error:
                print(error)
                return 1
            return 0

        done = forked(run, None, limit_s)
        return done, json.loads(answer.read_text()) if answer.is_file() else None


def forked(run: Callable[[], int], before: Callable[[], None] | None, limit_s: float) -> Done:
    """Run a function in a fork of this process, where ``before`` is called first."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _live(run, before, said.fileno())
        status = None
        while time.monotonic() - started < limit_s:
            ended, code = os.waitpid(child, os.WNOHANG)
            if ended:
                status = os.waitstatus_to_exitcode(code)
                break
            time.sleep(0.02)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        said.seek(0)
        return Done(status, said.read().decode("utf-8", "replace"), time.monotonic() - started)


def _live(run: Callable[[], int], before: Callable[[], None] | None, said: int) -> None:
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(open(number, "wb", 0, closefd=False), "utf-8", write_through=True)  # noqa: SIM115
            for number in (1, 2)
        )
        import logging

        logging.basicConfig(format="%(message)s")
        logging.getLogger().handlers[0].setStream(sys.stderr)  # type: ignore[attr-defined]
        if before is not None:
            before()
        status = run()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else int(left.code is not None)
        if isinstance(left.code, str):
            print(left.code)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)
