"""The command: ``pointclip2 evaluate data=modelnet40 backbone=vit_b16``, and so on for the other words of `COMMANDS`.

Exit status: 0 all well, 1 failed (a sweep: one of its jobs), 3 finished but some samples could not be read; 128 and the
number of the signal that stopped it: 143 for SIGTERM, 130 for Ctrl-C. Then the same command goes on.
"""

import difflib
import io
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pointclip2.errors import UserError, refused_by_system
from pointclip2.stopping import Stopped, asked, program
from pointclip2.version import __version__

if TYPE_CHECKING:
    from omegaconf import DictConfig

# Before torch starts its threads: ones that wait for long by spinning make it many times slower beside other work.
os.environ.setdefault("GOMP_SPINCOUNT", "5000")


@dataclass(frozen=True)
class Command:
    """A word of the command line."""

    purpose: str
    run: Callable[[Sequence[str]], int]
    """Takes the words behind it and gives the exit status."""
    by_hydra: bool = False
    """Whether these words are Hydra's: overrides, ``-m``, ``--help``, ``--cfg job``, ``--config-dir``."""


def evaluate(words: Sequence[str] | None = None) -> int:
    """Evaluate what the words of the command line compose; the exit status."""
    return _stoppable(_hydra_program, "evaluate", words)


def train(words: Sequence[str] | None = None) -> int:
    """Train likewise: an adapter on a few examples a class, or the built-in model again."""
    return _stoppable(_hydra_program, "train", words)


def _stoppable(run: Callable[[str, Sequence[str]], int], name: str, words: Sequence[str] | None) -> int:
    """Run with the given words, or with the process's own, which then ends with it."""
    return program(lambda: run(name, sys.argv[1:] if words is None else words), last=words is None)


def _catalog(words: Sequence[str]) -> int:
    from pointclip2.app.catalog import main as catalog

    print(catalog(words))
    return 0


def _records(words: Sequence[str]) -> int:
    from pointclip2.app.records import main as records

    return records(words)


def _verify(words: Sequence[str]) -> int:
    from pointclip2.app.verify import main as verify

    return verify(words)


def _ablation(words: Sequence[str]) -> int:
    from pointclip2.app.ablation import main as ablation

    return ablation(words)


def _answering(name: str) -> Callable[[Sequence[str]], int]:
    def run(words: Sequence[str]) -> int:
        from pointclip2.app.answers.commands import main as answer

        return answer([name, *words])

    return run


def _app(words: Sequence[str]) -> int:
    from pointclip2.app.web.command import main as app

    return app(words)


COMMANDS = {
    "classify": Command("say what files show, or that it is none of the names", _answering("classify")),
    "segment": Command("give every point of a file a part, in its own coordinates", _answering("segment")),
    "detect": Command("find named boxes in a scan of a room", _answering("detect")),
    "look": Command("draw what the model would see of a file", _answering("look")),
    "app": Command("serve a page in the browser that answers: drop a file, type names", _app),
    "evaluate": Command(
        "measure: classification, parts, boxes; searches and sweeps", evaluate, by_hydra=True
    ),
    "train": Command(
        "fit an adapter on a few examples, or make the built-in model again", train, by_hydra=True
    ),
    "catalog": Command("list every option of every group and what it is for", _catalog),
    "records": Command("print runs and sweeps side by side", _records),
    "verify": Command("compute the figures of earlier runs again, and say whether they hold", _verify),
    "ablation": Command("print trainings side by side", _ablation),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run what the words of the command line ask for; the exit status."""
    print_anything()
    return _stoppable(_main, "", words)


def _main(_: str, words: Sequence[str]) -> int:
    words = _completed(list(words))
    name, rest = (words[0], words[1:]) if words else ("--help", [])
    if name in COMMANDS:
        return COMMANDS[name].run(rest)
    if name in ("-h", "--help", "help"):
        print(usage())
    elif name == "--version":
        print(f"pointclip2 {__version__}")
    else:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
        print(f"pointclip2 {name}: there is no such command; {meant}", file=sys.stderr)
        return 1
    return 0


def print_anything() -> None:
    """Let names that a terminal or a file cannot hold be printed as escapes: no program ends over a name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def usage() -> str:
    """Say what the command can do."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.purpose}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "pointclip2 COMMAND [OPTION=VALUE ...]",
            "",
            *lines,
            "",
            "pointclip2 COMMAND --help says more; pointclip2 evaluate alone runs on made shapes and downloads nothing.",
        ]
    )


def _completed(words: list[str]) -> list[str]:
    """Hand a shell that asks for completions, as ``pointclip2 -sc query=bash``, on to the command on its line."""
    line = os.environ.get("COMP_LINE", "").split(maxsplit=2)
    if words[:1] not in (["-sc"], ["--shell-completion"]) or len(line) < 2 or line[1] not in COMMANDS:
        return words
    os.environ["COMP_LINE"] = " ".join([line[0], *line[2:]])
    return [line[1], *words] if COMMANDS[line[1]].by_hydra else ["--version"]


_status = 0
"""Exit status of the jobs that ran in this process."""
_typed: list[str] = []
"""What the program was started with, while Hydra reads a part of it."""


def _job(cfg: "DictConfig") -> float:
    """Run one job, here or in another process of a sweep; its objective, for sweepers."""
    from pointclip2.app.job import run_checked

    global _status
    if _typed:  # for whoever starts this program again, as Lightning does for every further GPU
        sys.argv[:] = _typed
    outcome = run_checked(cfg)
    _status = outcome.status if _status == 0 or outcome.status == 1 else _status
    return outcome.objective


def _hydra_program(name: str, words: Sequence[str]) -> int:
    import hydra

    from pointclip2.app import plugins, sweep
    from pointclip2.app.catalog import conf_dir
    from pointclip2.app.hydra_node import checking
    from pointclip2.app.overrides import quoted

    global _status
    _status = sweep.status = 0
    print_anything()
    script = sys.argv[0] if Path(sys.argv[0]).name == f"{name}.py" else f"pointclip2 {name}"
    with _restored(sweep.release):
        _typed[:] = sys.argv
        sys.argv[:] = [script, *quoted(words)]
        try:
            names = plugins.open_door(words)
            plugins.search_options(names)
            os.environ[plugins.VARIABLE] = ",".join(names)  # for processes that this one starts
            os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come to us, and become one line
            checking()
            _save_where_possible()
            hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name=name)(_job)()
        except Stopped:
            sweep.cancel()
            raise
        except SystemExit as left:
            if isinstance(left.code, str):
                print(left.code, file=sys.stderr)
                return 1
            return int(left.code or 0)
        except Exception as error:
            return _failed(error) if asked() is None else 1  # what a signal brought about is no news
    # A sweep's jobs may have run in other processes.
    return _status or sweep.status


def _save_where_possible() -> None:
    """Let a run go on whose configuration Hydra cannot save, such as on a full disk: its figures can still be told."""
    from hydra.core import utils

    save: Any = getattr(utils, "_save_config", None)
    if save is None or save.__module__ == __name__:
        return
    told: set[str] = set()

    def saved(cfg: "DictConfig", filename: str, output_dir: Path) -> None:
        try:
            save(cfg, filename, output_dir)
        except OSError as error:
            line = f"{output_dir}: the configuration is not saved ({error.strerror or error})"
            if line not in told:
                told.add(line)
                print(line, file=sys.stderr)

    utils._save_config = saved


def _failed(error: Exception) -> int:
    """Print what ended the command: a mistake of the user's in one line, anything else whole; the exit status."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from pointclip2.app.compose import explained

    launcher = type(error).__module__.partition(".")[0] in ("submitit", "joblib")
    refused = refused_by_system(error)
    if refused is not None:
        print(refused, file=sys.stderr)
        return 1
    if isinstance(error, UserError | HydraException | OmegaConfBaseException) or launcher:
        print(explained(error), file=sys.stderr)
    else:
        traceback.print_exception(error)
    return 1


@contextmanager
def _restored(release: Callable[[], None]) -> Iterator[None]:
    """Leave everything that belongs to the process as it was: for programs that run a command, and go on."""
    from hydra.core.hydra_config import HydraConfig

    environment, words, loud = dict(os.environ), list(sys.argv), logging.raiseExceptions
    logging.raiseExceptions = False  # a log file on a full disk would cost a traceback a line
    try:
        yield
    finally:
        logging.raiseExceptions = loud
        release()
        HydraConfig.instance().cfg = None
        sys.argv[:] = words
        _typed.clear()
        for name in ("HYDRA_FULL_ERROR", "POINTCLIP2_PLUGINS"):
            os.environ.pop(name, None)
            if name in environment:
                os.environ[name] = environment[name]
