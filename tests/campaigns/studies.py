"""Studies of 20 trials by ``sweep=optuna`` that are killed on their way: the same command goes on with them.

``python -m tests.campaigns.studies [--tries N] [--seed S]``: each is killed once or twice, after a number of trials
drawn by seed, and has to end with the trials and the best of a study that nobody killed.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from tests.campaigns.forked import Command, prepare
from tests.toy import toy_folder, toy_overrides

TRIES, TRIALS = 8, 20
SPACE = [
    "data.limit=6",
    "view_weights=entropy",
    "view_weights.temperature=tag(log,interval(0.05,1))",
    "prompt=name,template,random_words",
    "features.batch_size=range(2,5)",
]


@dataclass(frozen=True)
class Case:
    """A study, and after how many trials it is killed."""

    sampler: str
    seed: int
    kills: tuple[int, ...]
    wait_s: float
    """From then to the kill: trials end at any moment of it."""


def cases(seed: int, tries: int) -> list[Case]:
    """Draw them."""
    rng = random.Random(seed)
    drawn = []
    for number in range(tries):
        kills = sorted(rng.sample(range(TRIALS), rng.choice((1, 2))))
        drawn.append(Case(("tpe", "random")[number % 2], number // 4, tuple(kills), rng.uniform(0, 0.3)))
    return drawn


def study(model: Path, outputs: Path, case: Case) -> Command:
    """Start the command of a study."""
    words = [*toy_overrides(model, outputs), f"paths.features={outputs.parent}/features", *SPACE]
    options = [("sampler", case.sampler), ("seed", case.seed), ("n_trials", TRIALS)]
    words += [f"hydra.sweeper.{name}={value}" for name, value in options]
    outputs.mkdir(parents=True, exist_ok=True)
    return Command(["evaluate", "-m", "sweep=optuna", *words], outputs / "printed")


def found(outputs: Path) -> dict[str, Any]:
    """Return what each job was asked for and came to, and what the study found.

    Raises:
        ValueError: there is not one sweep, but several.
    """
    [sweep] = (outputs / "sweeps").iterdir()
    jobs = {}
    for results in sweep.glob("*/results.json"):
        record = json.loads(results.read_text())
        words = OmegaConf.load(results.parent / ".hydra" / "overrides.yaml")
        searched = [
            word for word in words if str(word).partition("=")[0] in ("view_weights.temperature", "prompt")
        ]
        jobs[results.parent.name] = (
            searched,
            record["metrics"],
            (results.parent / "predictions.csv").read_text(),
        )
    return {
        "jobs": jobs,
        "found": OmegaConf.to_container(OmegaConf.load(sweep / "optimization_results.yaml")),
    }


def shortcoming(
    folder: Path, model: Path, case: Case, whole: dict[tuple[str, int], dict[str, Any]]
) -> str | None:
    """Run a case, and say what fell short; None where nothing did."""
    key = (case.sampler, case.seed)
    if key not in whole:
        outputs = folder / f"whole-{case.sampler}-{case.seed}"
        if study(model, outputs, case).wait() != 0:
            return f"the study that nobody killed failed: {(outputs / 'printed').read_text()[-500:]}"
        whole[key] = found(outputs)
    outputs = folder / "killed"
    shutil.rmtree(outputs, ignore_errors=True)
    for after in case.kills:
        process = study(model, outputs, case)
        while process.poll() is None and len(list(outputs.glob("sweeps/*/*/results.json"))) < after:
            time.sleep(0.02)
        time.sleep(case.wait_s)
        if process.poll() is None:
            process.kill()
        process.wait()
    status = study(model, outputs, case).wait()
    if status != 0:
        return f"status {status}: {(outputs / 'printed').read_text()[-500:]}"
    try:
        got = found(outputs)
    except ValueError:
        return f"the command began anew: {sorted(path.name for path in (outputs / 'sweeps').iterdir())}"
    if len(got["jobs"]) != TRIALS or got["found"]["trials"] != TRIALS:
        return f"{len(got['jobs'])} jobs and {got['found']['trials']} trials instead of {TRIALS}"
    other = [job for job in got["jobs"] if got["jobs"][job] != whole[key]["jobs"][job]]
    if other or got["found"] != whole[key]["found"]:
        return f"other trials than without a kill: jobs {', '.join(sorted(other))}; {got['found']}"
    return None


def main() -> int:
    """Run the campaign; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chosen, survived = cases(asked.seed, asked.tries), 0
    prepare()
    with tempfile.TemporaryDirectory(prefix="studies-") as name:
        folder = Path(name)
        model, whole = toy_folder(folder / "model"), {}
        for case in chosen:
            fell = shortcoming(folder, model, case, whole)
            survived += fell is None
            print(f"{'ok' if fell is None else 'FELL SHORT'} {case}", file=sys.stderr, flush=True)
            if fell is not None:
                print(f"{case}: {fell}", flush=True)
    what = f"a study of {TRIALS} trials that was killed goes on, by the same command, to what it would have come to"
    print(json.dumps({"campaign": "studies", "tried": len(chosen), "survived": survived, "what": what}))
    return int(survived < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
