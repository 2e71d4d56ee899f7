"""The program with a fault: in one of its processes, at one of its steps, an exception is raised or the process killed.

``FAULT=rank:place:call:kind python -m tests.campaigns.faulty evaluate ...``; when it struck goes to ``FAULT_FILE``.
"""

import functools
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLACES = {
    "load": ("pointclip2.app.run", "_task"),
    "encode": ("pointclip2.cache.encode_missing", "Encoding.encode"),
    "gather": ("pointclip2.cache.writer", "ShardWriter.gathered"),
    "test": ("pointclip2.tasks.classification.module", "ClassificationModule.test_step"),
    "segment": ("pointclip2.tasks.parts.module", "PartModule.test_step"),
    "detect": ("pointclip2.tasks.detection.module", "DetectionModule.test_step"),
    "learn": ("pointclip2.tasks.few_shot.module", "FewShotModule.training_step"),
    "step": ("pointclip2.tasks.pretrain.module", "PretrainModule.training_step"),
}
REASONS = {"data": "a shelf has fallen over", "bug": "no such shelf", "memory": "the memory is full"}


def strike(kind: str) -> None:
    """Do what the fault is."""
    Path(os.environ["FAULT_FILE"]).write_text(str(time.time()))
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "data":
        from pointclip2.errors import DataError

        raise DataError(REASONS[kind])
    raise {"bug": KeyError, "memory": MemoryError}[kind](REASONS[kind])


def armed(function: Callable[..., Any], call: int, kind: str) -> Callable[..., Any]:
    """Let a function strike at one of its calls."""
    calls = 0

    @functools.wraps(function)
    def struck(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            strike(kind)
        return function(*arguments, **options)

    return struck


def arm(place: str, call: int, kind: str) -> None:
    """Put the fault in its place."""
    module, name = PLACES[place]
    owner: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    setattr(owner, last, armed(getattr(owner, last), call, kind))


if __name__ == "__main__":
    rank, place, call, kind = os.environ.get("FAULT", "::1:").split(":")
    if rank == os.environ.get("LOCAL_RANK", "0"):
        arm(place, int(call), kind)
    from pointclip2.app.cli import main

    sys.exit(main())
