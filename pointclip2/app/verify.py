"""``pointclip2 verify RUN...``: whether the figures of earlier runs hold, computed again from the cache.

What a run left is checked against its checksums, and its figures are computed again with the configuration that it
saved, from features in the cache; nothing is written into its folder. A saved configuration may be a stranger's: it is
built through the same checks as any.

Exit status: 0 the figures hold, 1 they differ or something is damaged, 3 nobody can say.
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from pointclip2.app import plugins
from pointclip2.app.expansion import check_expansion
from pointclip2.app.options import plain
from pointclip2.app.records import PACKAGES, config_hash, program_digest, versions
from pointclip2.errors import DataError, UserError, one_line
from pointclip2.reading import check_aliases, read_text
from pointclip2.sealed import DamagedError, UnsealedError, open_tensors, opened, reading
from pointclip2.show.comparison import FAILED, RESULTS, read_results, runs

HOLDS, DIFFERS, UNKNOWN = 0, 1, 3
WORDS = {HOLDS: "the figures hold", DIFFERS: "the figures do NOT hold", UNKNOWN: "nobody can say"}
NEAR = 1e-9
"""Figures that differ by less are the same."""
LARGEST_BYTES = 2**20
"""The largest configuration that is read."""
FACTS = (
    ("data", "checksum"),
    ("data", "n"),
    ("backbone", "weights_hash"),
    ("prompt", "hash"),
    ("encoder", None),
    ("view_weights", None),
)
"""What figures rest on, in a record; where one has changed it is named."""


class Verdict:
    """Prints what was found of a run, and remembers the worst of it."""

    def __init__(self) -> None:
        self.status = HOLDS

    def say(self, line: str, status: int = HOLDS) -> None:
        """Print a line; of several verdicts, that something differs outweighs that nobody can say."""
        print(f"  {line}")
        self.status = DIFFERS if DIFFERS in (status, self.status) else max(status, self.status)


def main(words: Sequence[str] | None = None) -> int:
    """Verify the runs that these command line words name; the exit status."""
    parser = argparse.ArgumentParser(
        prog="pointclip2 verify",
        description="Compute the figures of earlier runs again, from the features in the cache, and say which hold. "
        "Exit status: 0 all hold, 1 some differ or a file is damaged, 3 nobody can say. For a run with classes of "
        "your own package: plugins=[mypackage].",
    )
    parser.add_argument("run", nargs="+", type=Path, help="folder of a run or of a sweep, or a results.json")
    parser.add_argument(
        "--encode", action="store_true", help="encode what the cache lacks; by default nothing is"
    )
    words = list(sys.argv[1:] if words is None else words)
    opening = [word for word in words if word.startswith("plugins=")]
    asked = parser.parse_args([word for word in words if word not in opening])
    try:
        plugins.open_door(opening)
        found = runs(asked.run)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    statuses = []
    for folder in found:
        print(folder)
        verdict = Verdict()
        verify(folder, asked.encode, verdict)
        print(f"  {WORDS[verdict.status]}")
        statuses.append(verdict.status)
    return DIFFERS if DIFFERS in statuses else max(statuses)


def verify(folder: Path, encode: bool, verdict: Verdict) -> None:
    """Say of one run what of it holds."""
    try:
        record = read_results(folder / RESULTS)
    except (FileNotFoundError, NotADirectoryError):
        verdict.say(f"there is no {RESULTS}, only {FAILED}: the run has no figures", UNKNOWN)
        return
    except DamagedError as error:
        verdict.say(str(error), DIFFERS)
        return
    for path in _files(folder):
        try:
            _check(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except UnsealedError as error:
            verdict.say(str(error))
        except DamagedError as error:
            verdict.say(str(error), DIFFERS)
    other = _other_program(record)
    if other:
        verdict.say(f"this is another program than the run's: {other}")
    try:
        cfg = _configuration(folder)
        same = config_hash(plain(cfg)) == record.get("config_hash")
        if not same:
            verdict.say(
                "its saved configuration is not, or lies elsewhere than, the one it was measured with"
            )
        again = _again(cfg, encode)
    except UserError as error:
        _unanswered(error, record, verdict)
    except Exception as error:  # a saved configuration may hold anything
        verdict.say(f"the run cannot be computed again ({type(error).__name__}: {one_line(error)})", UNKNOWN)
    else:
        _compare(record, json.loads(json.dumps(again)), verdict)


def _files(folder: Path) -> Iterator[Path]:
    """Files that runs leave with checksums."""
    yield from (folder / name for name in ("adapter.safetensors", "logits.safetensors"))
    yield from (folder / name for name in ("view_weights.json", "prompts.json", "subset.json"))
    yield from sorted(folder.glob("scenes/*_boxes.json"))


def _check(path: Path) -> None:
    if path.suffix == ".safetensors":
        with open_tensors(path) as file:
            file.tensors()
    else:
        with reading(path):
            opened(json.loads(path.read_text(encoding="utf-8")), path)


def _other_program(record: Mapping[str, Any]) -> str:
    """Name what is other than when the run was made: packages by their versions, else the program itself."""
    theirs = record.get("versions") or {}
    changed = [
        f"{name} {theirs.get(name, '?')}, here {ours}"
        for name, ours in versions().items()
        if name in ("pointclip2", *PACKAGES) and theirs.get(name) != ours
    ]
    if not changed and record.get("program") != program_digest():
        changed = ["its source has changed"]
    return "; ".join(changed)


def _configuration(folder: Path) -> DictConfig:
    """Return the configuration that Hydra saved beside the run.

    Raises:
        DataError: there is none that can be read.
    """
    path = folder / ".hydra" / "config.yaml"
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DataError(f"{path} is larger than any configuration")
        text = read_text(path)
        check_aliases(text)
        cfg = OmegaConf.create(text)
        if isinstance(cfg, DictConfig):
            check_expansion(cfg)
        OmegaConf.to_container(cfg, resolve=True)
    except UserError:
        raise
    except Exception as error:  # yaml and OmegaConf raise kinds of their own
        raise DataError(
            f"{path} cannot be read ({one_line(error)}), so the run cannot be repeated"
        ) from error
    if not isinstance(cfg, DictConfig) or not {"task", "seed", "paths", "features"} <= set(cfg):
        raise DataError(f"{path} is no configuration of a run, so the run cannot be repeated")
    return cfg


def _again(cfg: DictConfig, encode: bool) -> dict[str, Any]:
    """Return the record of the run, computed now; what it writes goes to a folder that is deleted.

    Raises:
        UserError: it cannot be computed; a `NeedsEncodingError` where the cache does not suffice.
    """
    from lightning import seed_everything

    from pointclip2.app.console import quiet_lightning
    from pointclip2.app.run import prepared
    from pointclip2.tasks.run import Stopwatch

    cfg = cfg.copy()
    with tempfile.TemporaryDirectory(prefix="pointclip2-verify-") as scratch, quiet_lightning():
        with open_dict(cfg):
            cfg.update({"run_dir": scratch, "logger": {}, "callbacks": {}, "report": False, "pictures": 0})
        seed_everything(cfg.seed, workers=True, verbose=False)
        task, run = prepared(cfg, Stopwatch())
        if task.name == "pretrain":
            raise DataError("a training of the built-in model takes hours and is not repeated")
        run.resume, run.unfinished, run.elsewhere = False, Path(scratch) / "unfinished", ()
        run.cache = replace(run.cache, encodes=encode)
        return dict(task.run(run).record)


def _unanswered(error: UserError, record: Mapping[str, Any], verdict: Verdict) -> None:
    """Say why there are no figures to compare; other data under the same name are an answer, too."""
    from pointclip2.cache.encode_missing import NeedsEncodingError

    data = record.get("data") or {}
    if not isinstance(error, NeedsEncodingError):
        verdict.say(str(error), UNKNOWN)
    elif error.of == (data.get("name"), data.get("split")) and error.checksum != data.get("checksum"):
        verdict.say(
            f"the data have changed: {data.get('checksum')} was measured, {error.checksum} is there", DIFFERS
        )
    else:
        verdict.say(f"{error}; --encode encodes them", UNKNOWN)


def _compare(record: Mapping[str, Any], again: Mapping[str, Any], verdict: Verdict) -> None:
    """Say of every figure whether it is the same; figures of classes are counted where they are."""
    for part, key in FACTS:
        was, now = record.get(part), again.get(part)
        if key is not None:
            was, now = (side.get(key) if isinstance(side, Mapping) else None for side in (was, now))
        if was != now:
            short = "" if key is None else f": {was} was recorded, {now} is there"
            verdict.say(f"{part}{'' if key is None else f' {key}'} has changed{short}", DIFFERS)
    recorded, figures = record.get("metrics") or {}, again.get("metrics") or {}
    same_of_classes = 0
    for name in dict.fromkeys([*recorded, *figures]):
        was, now = recorded.get(name), figures.get(name)
        if _same(was, now):
            if "_class/" in name:
                same_of_classes += 1
            else:
                verdict.say(f"{name:<22} {_shown(was)} holds")
        else:
            verdict.say(f"{name:<22} {_shown(was)} was recorded, {_shown(now)} is computed", DIFFERS)
    if same_of_classes:
        verdict.say(f"{same_of_classes} figures of single classes hold")
    if not recorded:
        verdict.say("the run recorded no figures, so that there is nothing to compare", UNKNOWN)


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float | int) and isinstance(now, float | int):
        return math.isclose(was, now, rel_tol=0, abs_tol=NEAR)
    return bool(was == now)


def _shown(value: Any) -> str:
    return f"{100 * value:9.4f} %" if isinstance(value, float | int) else "  nothing"
