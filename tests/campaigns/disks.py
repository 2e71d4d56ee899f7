"""Full, failing, small and read-only disks at random moments: ``python -m tests.campaigns.disks``.

A disk is survived where the command ends well with the right figures, or says in a sentence what it could not do, has
printed every figure that it computed, and has put results and adapters where there was room.
"""

import argparse
import errno
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tests.campaigns.damage import TRAINING, figures
from tests.campaigns.forked import Done, command, prepare
from tests.toy import toy_folder, toy_overrides

COMMANDS = {
    "evaluation": ["evaluate", "data.limit=6", "features.shard_size=2"],
    "pictures": ["evaluate", "data.limit=6", "pictures=2", "report=true", "logger=csv"],
    "search": ["evaluate", "data.limit=6", "search=coordinate"],
    "parts": [
        "evaluate",
        "task=part_segmentation",
        "data.classes=[chair,mug,table]",
        "data.limit=4",
        "pictures=2",
    ],
    "training": ["train", *TRAINING],
    "sweep": ["evaluate", "-m", "data.limit=4", "seed=3,4"],
}
ANSWER = re.compile(r"top-1|mIoU|test/acc")
"""What a table of figures has in it."""


@dataclass
class Place:
    """Where a command works: its outputs, its cache, and a folder to fall back to."""

    root: Path
    outputs: Path
    features: Path


Disk = Callable[[Place, random.Random], tuple[Callable[[], None] | None, Callable[[], None]]]
"""Makes a disk go wrong: what the command's process does first, and what puts everything right."""


def nothing() -> None:
    """Do nothing."""


def small(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Put outputs, or the cache alone, on a disk that is too small."""
    folder = rng.choice((place.outputs, place.features))
    mount(folder, f"size={rng.choice((4, 16, 40, 64, 100, 200, 400, 1000))}k")
    return None, lambda: unmount(folder)


def filling(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Let a disk become full while the command works."""
    folder, delay_s = rng.choice((place.outputs, place.features)), rng.uniform(0, 3)
    mount(folder, "size=4m")

    def fill() -> None:
        def work() -> None:
            time.sleep(delay_s)
            try:
                with (folder / "filler").open("wb", 0) as file:
                    while True:
                        file.write(bytes(4096))
            except OSError:
                pass

        threading.Thread(target=work, daemon=True).start()

    return fill, lambda: unmount(folder)


def read_only(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Let nothing be written to outputs, or to the cache."""
    folder = rng.choice((place.outputs, place.features))
    mount(folder, "size=4m")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    return None, lambda: unmount(folder)


def short_files(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Let no file grow beyond a size, as a quota does."""
    size = rng.choice((0, 500, 2_000, 5_000, 10_000, 30_000, 100_000))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), nothing


def in_the_way(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Let a file lie where a folder should be."""
    folder = rng.choice((place.outputs, place.features))
    shutil.rmtree(folder)
    folder.write_text("in the way")
    return None, folder.unlink


def failing(place: Place, rng: random.Random) -> tuple[Callable[[], None] | None, Callable[[], None]]:
    """Let the disk refuse to write from some moment on, or now and then."""
    number, always = rng.choice((errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE)), rng.random() < 0.5
    first, share, dice = rng.randrange(30), rng.choice((0.1, 0.3, 0.6)), random.Random(rng.random())

    def fail() -> None:
        replace, count = os.replace, [0]

        def refused(source: Any, target: Any, **more: Any) -> None:
            count[0] += 1
            bad = count[0] > first if always else dice.random() < share
            if bad and str(place.root) in str(target):
                raise OSError(number, os.strerror(number), str(target))
            replace(source, target, **more)

        os.replace = refused

    return fail, nothing


DISKS: dict[str, Disk] = {
    "small": small, "filling": filling, "read-only": read_only, "short files": short_files,
    "in the way": in_the_way, "failing": failing,
}  # fmt: skip


def mount(folder: Path, options: str) -> None:
    """Put a disk of memory there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


def unmount(folder: Path) -> None:
    """Take it away."""
    subprocess.run(["umount", "-l", str(folder)], check=True)


def can_mount(folder: Path) -> bool:
    """Return whether this user may mount disks of memory."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True).returncode:
        return False
    unmount(folder)
    return True


@contextmanager
def placed(root: Path, warm: Path | None) -> Iterator[Place]:
    """Make folders for a try, with the features of an earlier run or none."""
    place = Place(root, root / "out", root / "features")
    for folder in (place.outputs, root / "cwd", root / "tmp"):
        folder.mkdir(parents=True)
    if warm is None:
        place.features.mkdir()
    else:
        shutil.copytree(warm, place.features)
    try:
        yield place
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run(name: str, place: Place, toy: Path, before: Callable[[], None] | None) -> Done:
    """Run a command in its place; its working and its temporary folder have room."""

    def begin() -> None:
        os.chdir(place.root / "cwd")
        os.environ["TMPDIR"] = str(place.root / "tmp")
        tempfile.tempdir = None
        if before is not None:
            before()

    program, *rest = COMMANDS[name]
    own = [f"paths.features={place.features}"]
    where = "hydra.sweep.dir" if name == "sweep" else "hydra.run.dir"
    common = [*toy_overrides(toy, place.outputs), "report=false", *own, f"{where}={place.outputs / 'run'}"]
    return command([program, *rest, *common], begin)


def shortfall(name: str, place: Place, done: Done, wanted: Any) -> str:
    """Say in what a run fell short; nothing where it did not."""
    if done.crashed:
        return "crashed"
    folder = place.outputs / "run"
    found = figures(folder) if folder.is_dir() else None
    elsewhere = list(place.root.glob("**/pointclip2-*/results.json"))
    for path in elsewhere:
        if json.loads(path.read_text())["metrics"] not in wanted.values():
            return "other figures elsewhere"
    if found is not None and any(figure != wanted[job] for job, figure in found.items()):
        return "other figures"
    if done.status == 0 and found != wanted:
        return "status 0 without its figures"
    if done.status not in (0, 1):
        return f"status {done.status}"
    if done.status == 1 and not done.printed.strip():
        return "status 1 without a word"
    if done.status == 1 and re.search(r"encoded \d+ of", done.printed) and not ANSWER.search(done.printed):
        return "figures that were computed are not printed"
    if done.status == 1 and name == "training" and ANSWER.search(done.printed):
        kept = [*place.root.glob("**/adapter.safetensors")]
        if not kept and "nor anywhere else" not in done.printed:
            return "the adapter is lost"
    computed = "could not be written" in done.printed and "results.json" in done.printed
    if computed and not ANSWER.search(done.printed):
        return "figures that were computed are not printed"
    return ""


def main(words: list[str] | None = None) -> int:
    """Let disks go wrong, and count what was survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="a kind of disk, or a command")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args(words)
    torch.set_num_threads(1)
    prepare()
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="disks-") as folder:
        root = Path(folder)
        disks = dict(DISKS)
        if not can_mount(root / "mounted"):
            print(
                "no disks of memory can be mounted by this user: small, filling and read-only ones are left out"
            )
            for kind in ("small", "filling", "read-only"):
                del disks[kind]
        print("slow disks are left out: there is none to be had without a device of its own")
        toy, warm, wanted = toy_folder(root / "toy"), root / "warm", {}
        for name in COMMANDS:
            with placed(root / "try", warm if warm.exists() else None) as place:
                done = run(name, place, toy, None)
                if done.status != 0:
                    raise SystemExit(f"{name}, undamaged: {done.printed[-2000:]}")
                wanted[name] = figures(place.outputs / "run")
                shutil.copytree(place.features, warm, dirs_exist_ok=True)
        pairs = [(kind, name) for kind in disks for name in COMMANDS]
        pairs = [pair for pair in pairs if asked.only in (None, *pair)]
        for number in range(asked.tries):
            rng = random.Random(f"{asked.seed}/{number}")
            kind, name = pairs[number % len(pairs)]
            with placed(root / "try", warm if rng.random() < 0.5 and kind != "small" else None) as place:
                before, after = disks[kind](place, rng)
                try:
                    done = run(name, place, toy, before)
                    short = shortfall(name, place, done, wanted[name])
                finally:
                    after()
            outcomes["fell short" if short else f"status {done.status}"] += 1
            if short or asked.verbose:
                print(f"{number} {kind}, {name}: {short or done.status}: "
                      f"{' | '.join(done.printed.strip().splitlines()[-8:])[-1200:]}", flush=True)  # fmt: skip
    fell = outcomes.pop("fell short", 0)
    told = ", ".join(f"{count} with {outcome}" for outcome, count in sorted(outcomes.items()))
    what = f"full, small, failing and read-only disks under {len(COMMANDS)} commands: {told}"
    print(
        json.dumps({"campaign": "disks", "tried": asked.tries, "survived": asked.tries - fell, "what": what})
    )
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
