"""Commands that are interrupted at a random moment and given again: they must leave what undisturbed ones leave.

Most tries are forked from a process that holds the libraries; every fifth is a Python of its own, which imports them.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import safe_open

from tests.places import ROOT
from tests.processes import close_nursery, open_nursery, start

TEMPORARY = re.compile(r"\..+\.part|\..+\.\d+-[0-9a-f]{8}")
# Of the forked ones, too, whose libraries are imported before they get their own environment.
os.environ["OMP_NUM_THREADS"] = "1"

LIMIT_S = 300
TIMES = ("seconds", "command", "git_commit", "checksum")
"""Of a record: when and where it was made, and the checksum that covers that, too."""


@dataclass(frozen=True)
class Ended:
    """How a process ended; the status is that of a shell, whichever way a signal ended it."""

    status: int
    said: str
    lasted_s: float
    """Since the signal, or since its start."""


@dataclass(frozen=True)
class Command:
    """A command, and what it leaves in its folder that has to be the same however often it was interrupted."""

    name: str
    words: Callable[[Path, Path], list[str]]
    """The words behind Python, given the toy model's folder and the folder of outputs."""
    leaves: Sequence[str]
    """Patterns of files below the outputs; of several runs the one that has ended counts."""
    jobs: int = 1


def _measured(toy: Path, outputs: Path, *more: str) -> list[str]:
    flags, more = [word for word in more if word == "-m"], tuple(word for word in more if word != "-m")
    return [
        str(ROOT / "evaluate.py"),
        *flags,
        "backbone=local",
        f"backbone.arch=local-dir:{toy}",
        "backbone.weights=random",
        "backbone.image_size=32",
        "projector=splat",
        "projector.resolution=32",
        "prompt=name",
        "data.points=64",
        "trainer=cpu",
        "pictures=0" if flags else "pictures=2",
        "features.shard_size=32",
        f"paths.outputs={outputs}",
        *more,
    ]


def _few_shot(toy: Path, outputs: Path) -> list[str]:
    words = [word for word in _measured(toy, outputs)[1:] if word not in ("prompt=name", "pictures=2")]
    more = [
        "data.shots=4",
        "data.classes=[chair,table,lamp,mug]",
        "adapter.recipe.epochs=60",
        "features.shard_size=8",
    ]
    return [str(ROOT / "train.py"), *words, *more]


def _pretraining(_: Path, outputs: Path) -> list[str]:
    small = {
        "per_class": 4,
        "abstract": 6,
        "points": 128,
        "batch": 8,
        "chunk": 6,
        "chunk_steps": 3,
        "validation": 1,
    }
    return [
        str(ROOT / "train.py"),
        "experiment=tiny_clip",
        "pretraining.classes=[chair,mug,lamp]",
        *(f"pretraining.{name}={value}" for name, value in small.items()),
        "pretraining.projectors.v2_segmentation.share=0",
        "trainer.max_steps=6",
        "logger=none",
        "validate_steps=3",
        "checkpoint_minutes=0.01",
        f"paths.outputs={outputs}",
    ]


def _classify(_: Path, outputs: Path) -> list[str]:
    files = [str(path) for path in sorted((outputs.parent / "clouds").glob("*.xyz"))]
    table = ["--table", str(outputs / "answers.csv"), "--force"]
    return ["-m", "pointclip2", "classify", *files, "--names", "chair,table,lamp", *table]


RUN, JOB = "runs/*/", "sweeps/*/*/"
COMMANDS = (
    Command(
        "classification",
        lambda toy, outputs: _measured(toy, outputs, "data.limit=96"),
        (f"{RUN}results.json", f"{RUN}predictions.csv"),
    ),
    Command(
        "parts",
        lambda toy, outputs: _measured(
            toy,
            outputs,
            "task=part_segmentation",
            "data.classes=[chair,mug,table]",
            "data.limit=12",
            "smoothing=neighbours",
        ),
        (f"{RUN}results.json", f"{RUN}predictions.csv"),
    ),
    Command(
        "detection",
        lambda toy, outputs: [
            *(word for word in _measured(toy, outputs, "task=detection") if word != "data.points=64"),
            "data=rooms",
            "data.points=3000",
            "data.limit=2",
        ],
        (f"{RUN}results.json", f"{RUN}detections.csv"),
    ),
    Command(
        "few_shot", _few_shot, (f"{RUN}results.json", f"{RUN}predictions.csv", f"{RUN}adapter.safetensors")
    ),
    Command("pretraining", _pretraining, ("training/tiny_clip/model/open_clip_model.safetensors",)),
    Command(
        "sweep",
        lambda toy, outputs: _measured(toy, outputs, "-m", "prompt=name,template", "data.limit=40,60"),
        (f"{JOB}results.json", f"{JOB}predictions.csv"),
        jobs=4,
    ),
    Command("classify", _classify, ("answers.csv",)),
)


class Fork:
    """A process forked from one that holds the libraries."""

    def __init__(self, words: Sequence[str], environment: dict[str, str]) -> None:
        self._process = start(*words, cwd=ROOT, **environment)
        self.number = self._process.number

    def end(self) -> tuple[int, str]:
        """Wait for it."""
        done = self._process.done(LIMIT_S)
        return done.returncode, done.stdout + done.stderr


class Python:
    """A Python of its own."""

    def __init__(self, words: Sequence[str], environment: dict[str, str]) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )
        self.number = self._process.pid

    def end(self) -> tuple[int, str]:
        """Wait for it."""
        status = self._process.wait(LIMIT_S)
        self._file.seek(0)
        return status, self._file.read()


@dataclass
class Campaign:
    """Tries of all commands in turn, each in a folder of its own.

    Args:
        name: of the campaign.
        draw: draws the signal of a try.
        judge: says what was wrong with an interrupted process.
    """

    name: str
    draw: Callable[[random.Random], int]
    judge: Callable[[Ended, int], list[str]]
    whole: dict[str, dict[str, Any]] = field(default_factory=dict)
    lengths: dict[tuple[str, bool], float] = field(default_factory=dict)

    def run(self, tries: int, seed: int, only: Sequence[str] = ()) -> int:
        """Try, print what fell short and the sum; the exit status."""
        commands = [command for command in COMMANDS if not only or command.name in only]
        open_nursery()
        survived = 0
        with tempfile.TemporaryDirectory(prefix="pointclip2-campaign-") as temporary:
            folder = Path(temporary)
            _make(folder)
            for number in range(tries):
                command = commands[number % len(commands)]
                own = number // len(commands) % 5 == 4
                try:
                    wrong = self._try(command, folder, number, random.Random(f"{seed}/{number}"), own)
                except Exception as error:  # a try that breaks has not survived
                    wrong = [f"{type(error).__name__}: {error}"]
                survived += not wrong
                for line in wrong:
                    print(
                        f"{self.name} {number}, {command.name}{', own Python' if own else ''}: {line}",
                        flush=True,
                    )
        close_nursery()
        what = f"{', '.join(command.name for command in commands)} interrupted at a random moment, then run again"
        print(json.dumps({"campaign": self.name, "tried": tries, "survived": survived, "what": what}))
        return int(survived < tries)

    def _try(self, command: Command, folder: Path, number: int, rng: random.Random, own: bool) -> list[str]:
        self._measure(command, folder, own)
        outputs = folder / f"try{number}" / "outputs"
        (outputs.parent).mkdir()
        (outputs.parent / "clouds").symlink_to(folder / "clouds")
        told, share = self.draw(rng), rng.random()
        process = _started(command, folder, outputs, own)
        time.sleep(share * self.lengths[command.name, own])
        asked = time.monotonic()
        gone = False
        try:
            os.kill(process.number, told)
        except ProcessLookupError:
            gone = True
        first = _ended(process, asked)
        at = f"signal {told} at {share:.2f} of {self.lengths[command.name, own]:.1f} s"
        if not gone and first.status == 0 and _leaves(command, outputs) == self.whole[command.name]:
            gone = True  # it had all done
        wrong = [] if gone else self.judge(first, told)
        stored = _stored(outputs)
        second = _ended(_started(command, folder, outputs, False), time.monotonic())
        if second.status != 0:
            wrong.append(f"the second run ended with {second.status}: {second.said[-1500:]}")
            return [f"{at}: {line}" for line in wrong]
        if _leaves(command, outputs) != self.whole[command.name]:
            wrong.append(f"other results: {_difference(_leaves(command, outputs), self.whole[command.name])}")
        wrong += _torn(outputs)
        again = _stored(outputs)
        if any(again.get(path) != mark for path, mark in stored.items()):
            wrong.append("a shard that was stored was written again")
        if not wrong:
            subprocess.run(["rm", "-rf", str(outputs.parent)], check=True)
        return [f"{at}: {line}" for line in wrong]

    def _measure(self, command: Command, folder: Path, own: bool) -> None:
        """How long a command takes undisturbed, and what it leaves."""
        if (command.name, own) in self.lengths:
            return
        outputs = folder / f"{command.name}-{own}" / "outputs"
        (outputs.parent).mkdir(exist_ok=True)
        if not (outputs.parent / "clouds").exists():
            (outputs.parent / "clouds").symlink_to(folder / "clouds")
        ended = _ended(_started(command, folder, outputs, own), time.monotonic())
        if ended.status != 0:
            raise RuntimeError(f"undisturbed it ends with {ended.status}: {ended.said[-2000:]}")
        self.lengths[command.name, own] = ended.lasted_s
        left = _leaves(command, outputs)
        if len(left) != len(command.leaves) * command.jobs:
            raise RuntimeError(f"undisturbed it leaves {sorted(left)} only")
        if self.whole.setdefault(command.name, left) != left:
            raise RuntimeError("undisturbed it gives other results the second time")


def _make(folder: Path) -> None:
    """The toy model and some clouds; made by another process, so that the libraries are not in this one."""
    code = (
        "import sys; from pathlib import Path; from tests.toy import toy_folder, ToyClouds; import numpy as np\n"
        "folder = Path(sys.argv[1]); toy_folder(folder / 'toy'); (folder / 'clouds').mkdir()\n"
        "for i in range(6): np.savetxt(folder / 'clouds' / f'{i}.xyz', ToyClouds(6)[i].points.numpy())\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True)


def _started(command: Command, folder: Path, outputs: Path, own: bool) -> Fork | Python:
    outputs.mkdir(exist_ok=True)
    environment = {
        "POINTCLIP2_CACHE": str(folder / "vectors"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    return (Python if own else Fork)(command.words(folder / "toy", outputs), environment)


def _ended(process: Fork | Python, since: float) -> Ended:
    try:
        status, said = process.end()
    except (subprocess.TimeoutExpired, TimeoutError):
        if isinstance(process, Python):
            os.kill(process.number, signal.SIGKILL)
            process.end()
        else:
            close_nursery()  # its answer would be taken for that to the next question
            open_nursery()
        return Ended(-1, f"it did not end within {LIMIT_S} s", time.monotonic() - since)
    return Ended(128 - status if status < 0 else status, said, time.monotonic() - since)


def _leaves(command: Command, outputs: Path) -> dict[str, Any]:
    """What is compared, by pattern, and by job in a sweep."""
    found: dict[str, Any] = {}
    for pattern in command.leaves:
        for path in sorted(outputs.glob(pattern)):
            if path.suffix == ".json":
                content: Any = json.loads(path.read_text())
                content = {key: value for key, value in content.items() if key not in TIMES}
                content = json.loads(json.dumps(content).replace(str(outputs.parent), "OUTPUTS"))
            elif path.suffix == ".safetensors":  # whose header is in no particular order
                with safe_open(path, framework="np") as file:
                    content = {name: file.get_tensor(name).tobytes() for name in file.keys()}  # noqa: SIM118
            else:
                content = path.read_bytes().replace(str(outputs.parent).encode(), b"OUTPUTS")
            job = path.parent.name if command.jobs > 1 else ""
            if (path.parent / "results.json").is_file() or "runs" not in pattern:
                found[f"{pattern} {job}"] = content
    return found


def _difference(one: Any, other: Any, where: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if one.get(key) != other.get(key):
                return _difference(one.get(key), other.get(key), f"{where}/{key}")
    return f"{where}: {one!r:.200} instead of {other!r:.200}"


def _stored(outputs: Path) -> dict[str, tuple[int, int]]:
    """Shards on disk, each with what tells a file from one that was written again."""
    stored = {}
    for path in outputs.rglob("rows-*.safetensors"):
        stat = path.stat()
        stored[str(path)] = (stat.st_ino, stat.st_mtime_ns)
    return stored


def _torn(outputs: Path) -> list[str]:
    wrong = []
    for path in outputs.rglob("*"):
        if TEMPORARY.fullmatch(path.name):
            wrong.append(f"{path.relative_to(outputs)} is left")
        elif path.suffix in (".json", ".safetensors"):
            try:
                if path.suffix == ".json":
                    json.loads(path.read_text())
                else:
                    with safe_open(path, framework="np"):
                        pass
            except Exception as error:
                wrong.append(f"{path.relative_to(outputs)} is torn ({error})")
    return wrong
