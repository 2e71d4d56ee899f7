"""Every task in several processes: the same result as in one, and an end with a reason where one of them dies.

``python -m tests.campaigns.processes [--tries N] [--seed S]``
"""

import argparse
import itertools
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file

from tests.campaigns.faulty import REASONS, arm_this_process
from tests.campaigns.forked import Command, prepare
from tests.toy import toy_folder, toy_overrides

TRIES = 48
PROCESSES = (2, 4, 8)
WITHIN_S = 60.0
"""From a fault to the end of the run."""
TOLD = (
    "results.json",
    "predictions.csv",
    "detections.csv",
    "adapter.safetensors",
    "metrics.csv",
    "logits.safetensors",
)
"""What a run leaves that has to be the same; features and clouds beside it."""
OF_THE_MOMENT = ("checksum", "seconds", "device", "command", "config_hash", "git_commit")

SHAPES = ["data.limit=11", "features.shard_size=2", "features.batch_size=3"]
TASKS: dict[str, list[str]] = {
    "classification": ["evaluate", *SHAPES, "backbone", "prompt=template"],
    "refusal": ["evaluate", *SHAPES, "backbone", "task.refused=0.2", "task.reference_shapes=1"],
    "parts": ["evaluate", *SHAPES, "backbone", "task=part_segmentation", "task.ply=all", "pictures=2"],
    "detection": ["evaluate", "backbone", "task=detection", "data.limit=5", "data.points=4000"],
    "view weights": ["evaluate", *SHAPES, "backbone", "search=coordinate", "search.restarts=1"],
    "few-shot": ["train", *SHAPES, "backbone", "data.shots=2", "adapter.recipe.epochs=8"],
    "memory": ["train", *SHAPES, "backbone", "data.shots=2", "adapter=cache_trained", "adapter.recipe.epochs=3"],
    "pre-training": [
        "train", "experiment=tiny_clip", "pretraining.classes=[chair,table,mug,lamp]", "pretraining.per_class=4",
        "pretraining.abstract=8", "pretraining.points=128", "pretraining.batch=8", "pretraining.chunk=8",
        "pretraining.chunk_steps=2", "pretraining.projectors.v2_segmentation.views=1", "trainer.max_steps=3",
    ],
}  # fmt: skip
STEPS = {
    "classification": ("load", "encode", "gather", "test"),
    "refusal": ("encode", "test"),
    "parts": ("encode", "gather", "segment"),
    "detection": ("encode", "gather", "detect"),
    "view weights": ("encode", "gather", "test"),
    "few-shot": ("load", "encode", "learn", "test"),
    "memory": ("encode", "learn", "test"),
    "pre-training": ("load", "step"),
}


@dataclass(frozen=True)
class Case:
    """One run."""

    task: str
    processes: int
    few: bool = False
    """Whether there are fewer samples than processes."""
    fault: str | None = None
    """``rank:place:call:kind``, see `tests.campaigns.faulty`."""

    def __str__(self) -> str:
        few = ", fewer samples than processes" if self.few else ""
        return f"{self.task} in {self.processes} processes{few}" + (
            f", fault {self.fault}" if self.fault else ""
        )


def cases(seed: int) -> Iterator[Case]:
    """All that there are, in turns of a kind: equal, dead, few; what is drawn is drawn by seed."""
    rng = random.Random(seed)
    equal = [Case(task, count) for count in PROCESSES for task in TASKS]
    killed, failed = ([_faulty(task, kinds, rng) for task in TASKS] for kinds in (("kill",), tuple(REASONS)))
    more = [_faulty(task, ("kill", *REASONS), rng) for task in TASKS for _ in range(9)]
    few = [Case(task, 4, few=True) for task in TASKS if task != "pre-training"]
    rng.shuffle(equal)
    rng.shuffle(more)
    for turn in itertools.zip_longest(equal, killed, failed, few):
        yield from filter(None, turn)
    yield from more


def _faulty(task: str, kinds: tuple[str, ...], rng: random.Random) -> Case:
    processes, place, kind = rng.choice((2, 3)), rng.choice(STEPS[task]), rng.choice(kinds)
    first_only = task == "pre-training"  # which takes one process
    rank = 0 if first_only else rng.randrange(processes)
    call = rng.choice((1, 2)) if place in ("encode", "learn") else 1
    return Case(task, processes, fault=f"{rank}:{place}:{call}:{kind}")


class Campaign:
    """Runs cases in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = toy_folder(folder / "model")
        self.alone: dict[tuple[str, bool], dict[str, bytes]] = {}

    def shortcoming(self, case: Case) -> str | None:
        """Run a case, and say what fell short; None where nothing did."""
        if case.fault is not None:
            return self._fault(case)
        if (case.task, case.few) not in self.alone:
            status, printed, _ = self._run(Case(case.task, 1, case.few), self.folder / "alone")
            if status != 0:
                return f"one process ended with {status}: {printed[-300:]}"
            self.alone[case.task, case.few] = left(self.folder / "alone")
            shutil.rmtree(self.folder / "alone")
        status, printed, _ = self._run(case, self.folder / "run")
        if status != 0:
            return f"ended with {status}: {printed[-300:]}"
        found, wanted = left(self.folder / "run"), self.alone[case.task, case.few]
        other = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
        return f"not the same: {', '.join(other)}{_keys(found, wanted)}" if other else None

    def _fault(self, case: Case) -> str | None:
        assert case.fault is not None
        rank, _, _, kind = case.fault.split(":")
        status, printed, took = self._run(case, self.folder / "run")
        if took is None:
            return f"the fault was not met, status {status}: {printed[-300:]}"
        first_killed = kind == "kill" and rank == "0"
        if status != (-9 if first_killed else 1):
            return f"status {status}: {printed[-300:]}"
        if took > WITHIN_S:
            return f"ended {took:.0f} s after the fault"
        if first_killed:
            return (
                None
                if ("gloo/transport" not in printed and "Traceback" not in printed)
                else f"pages: {printed[-300:]}"
            )
        reason = "ended by SIGKILL" if kind == "kill" else REASONS[kind]
        if printed.count(reason) < 1:
            return f"no reason: {printed[-300:]}"
        own_traceback = rank == "0" and kind in ("bug", "memory")  # as with one process
        if "gloo/transport" in printed or printed.count("Traceback") > own_traceback:
            return f"pages: {printed[-300:]}"
        return None

    def _run(self, case: Case, folder: Path) -> tuple[int, str, float | None]:
        """Return the status, what was printed, and the seconds from the fault to the end of all processes."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        program, *words = TASKS[case.task]
        if "backbone" in words:
            toy = [
                word
                for word in toy_overrides(self.model, folder)
                if "backbone" in word or "projector" in word
            ]
            if "task=part_segmentation" in words:
                toy.append("dense=plain")
            words = [*[word for word in words if word != "backbone"], *toy, "data.points=128"]
            if case.task == "detection":
                words.remove("data.points=128")
        words += [
            "trainer=cpu",
            f"paths.outputs={folder}",
            f"run_dir={folder}/run",
            f"paths.features={folder}/features",
        ]
        if program == "train":
            words = [word for word in words if not word.startswith("data.limit")] + ["data.limit=9"] * (
                case.task != "pre-training"
            )
        if case.few:
            words = [*(word for word in words if not word.startswith("data.limit")), "data.limit=3"]
        if case.processes > 1:
            words += [f"trainer.devices={case.processes}", "+trainer.strategy=ddp"]
        struck = folder / "struck"
        faulty = {"FAULT": case.fault, "FAULT_FILE": str(struck)} if case.fault else {}
        command = Command(
            [program, *words],
            folder / "printed",
            faulty,
            further=case.processes - 1,
            first=arm_this_process if case.fault else None,
        )
        status = command.wait()
        deadline = time.monotonic() + WITHIN_S
        while command.left() and time.monotonic() < deadline:
            time.sleep(0.1)
        took = time.time() - float(struck.read_text()) if struck.is_file() else None
        over = command.left()
        told = (folder / "printed").read_text(errors="replace")
        return (status, told, took) if not over else (-98, f"processes stayed: {over}\n{told}", took)


def _keys(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> str:
    """Which fields of a record are not the same."""
    one, other = (_flat(json.loads(files.get("results.json", b"{}"))) for files in (found, wanted))
    differing = [
        f"{name}: {str(one.get(name))[:100]} | {str(other.get(name))[:100]}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]
    return f" ({'; '.join(differing)})" if differing else ""


def _flat(record: object, name: str = "") -> dict[str, object]:
    if not isinstance(record, dict):
        return {name: record}
    return {
        key: value for part, inner in record.items() for key, value in _flat(inner, f"{name}.{part}").items()
    }


def left(folder: Path) -> dict[str, bytes]:
    """Return what a run left, without what is of the moment."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name == "results.json":
            record: Mapping[str, object] = json.loads(path.read_text())
            kept = {name: value for name, value in record.items() if name not in OF_THE_MOMENT}
            found[path.name] = json.dumps(kept, sort_keys=True).encode()
        elif path.suffix == ".safetensors":  # what it holds: its notes stand there in any order
            content = load_file(path)
            with safe_open(path, framework="pt") as file:
                notes = json.dumps(file.metadata() or {}, sort_keys=True)
            found[str(path.relative_to(folder))] = notes.encode() + b"".join(
                f"{name} {list(content[name].shape)} {content[name].dtype}".encode()
                + content[name].numpy().tobytes()
                for name in sorted(content)
            )
        elif path.name in TOLD or path.suffix == ".ply":
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def main() -> int:
    """Run the campaign; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="cases in whose description this stands")
    asked = parser.parse_args()
    chosen = [case for case in cases(asked.seed) if asked.only in str(case)][: asked.tries]
    survived = 0
    prepare()
    with tempfile.TemporaryDirectory(prefix="processes-") as folder:
        campaign = Campaign(Path(folder))
        for case in chosen:
            start = time.monotonic()
            fell = campaign.shortcoming(case)
            survived += fell is None
            print(
                f"{'ok' if fell is None else 'FELL SHORT'} {case} ({time.monotonic() - start:.0f} s)",
                file=sys.stderr,
                flush=True,
            )
            if fell is not None:
                print(f"{case}: {fell}", flush=True)
    print(
        json.dumps(
            {
                "campaign": "processes",
                "tried": len(chosen),
                "survived": survived,
                "what": "every task in 2, 4 and 8 processes equals one to the last digit; a process that dies ends the "
                "run with its reason",
            }
        )
    )
    return int(survived < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
