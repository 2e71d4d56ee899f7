"""Commands in this process: the status and what was printed, as from a shell but without its seconds."""

import logging
from collections.abc import Sequence

import pytest

from pointclip2.app.cli import main


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
