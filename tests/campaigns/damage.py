"""Damaged files of every kind that the program writes and reads again: ``python -m tests.campaigns.damage``.

A damage is survived where the figures are those of the undamaged run, or where the command refuses in one sentence.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save

from tests.campaigns.forked import Done, command, prepare, value
from tests.toy import toy_folder, toy_overrides

CLASSES = ["data.classes=[chair,table,lamp]"]
SMALL = [
    *CLASSES,
    "data.per_class={train: 5, val: 3, test: 4}",
    "projector/rig=ring",
    "projector.rig.views=3",
]
TRAINING = [*SMALL, "adapter=inter_view", "data.shots=2", "adapter.recipe.epochs=4", "task.copies=1"]


@dataclass
class Target:
    """A kind of file, and what reads it."""

    name: str
    files: Callable[[], list[Path]]
    words: list[str] = field(default_factory=list)
    """The command that reads it."""
    read: Callable[[Path], Any] | None = None
    """Or a function of the program that does, where a command would take minutes; it returns plain data."""
    told: bool = True
    """Whether equal figures need a line that names the file."""
    folder: Path | None = None
    """Of a sweep that the command goes on with; put back after every try."""
    wanted: Any = None
    """What the undamaged file gives."""


class Workshop:
    """A folder with runs of every kind, made once; each kind has a cache of its own, all of which its command reads."""

    def __init__(self, root: Path) -> None:
        self.root, self.out, self.tries = root, root / "out", 0
        self.toy = toy_folder(root / "toy")
        self.common = [*toy_overrides(self.toy, self.out), "report=false"]

    def run(self, *words: str, name: str = "") -> tuple[Done, Path]:
        """Run a command into a folder of its own."""
        self.tries += 1
        folder = self.root / "runs" / (name or f"{self.tries:05d}")
        program, *rest = words
        return command([program, *self.common, *rest, f"hydra.run.dir={folder}"]), folder

    def must(self, *words: str, name: str) -> Path:
        """Run a command that nothing is wrong with, into a cache of its own."""
        own = [] if any(word.startswith("paths.features") for word in words) else [self.cache(name)]
        done, folder = self.run(*words, *own, name=name)
        if done.status != 0:
            raise SystemExit(f"{words}: {done.printed[-2000:]}")
        return folder

    def cache(self, name: str) -> str:
        """Return the option that gives a kind its cache."""
        return f"paths.features={self.root / 'features' / name}"

    def kept(self, name: str, pattern: str) -> list[Path]:
        """Return the files of a cache, or of all with ``*``."""
        return sorted((self.root / "features").glob(f"{name}/{pattern}"))


def figures(folder: Path) -> Any:
    """Return the metrics of a run or of the jobs of a sweep, and what a study found; None where there are none."""
    files = [*folder.glob("results.json"), *folder.glob("*/results.json")]
    found = {str(path.parent.relative_to(folder)): json.loads(path.read_text())["metrics"]
             for path in sorted(files) if path.is_file()}  # fmt: skip
    studies = {path.name: path.read_text() for path in folder.glob("optimization_results.yaml")}
    return found | studies or None


def targets(shop: Workshop) -> list[Target]:
    """Make every kind of file, and say what reads it."""
    plain = ["evaluate", "data.limit=6", "features.shard_size=2"]
    shop.must(*plain, "data.split=val", name="other")
    shop.must(*plain, name="plain")
    plain += [shop.cache("plain")]
    parts = ["evaluate", "task=part_segmentation", "data.classes=[chair,mug,table]", "data.limit=5"]
    parts += ["features.shard_size=2"]
    shop.must(*parts, name="parts")
    parts += [shop.cache("parts")]
    weights = shop.must(*plain[:-1], "search=coordinate", name="weights") / "view_weights.json"
    prompts = shop.must(*plain[:-1], "search=prompts", "prompt=templates", name="prompts") / "prompts.json"
    trained = shop.must("train", *TRAINING, name="trained")
    train = ["train", *TRAINING, shop.cache("trained")]
    keep = shutil.rmtree
    shutil.rmtree = lambda *_, **__: None  # type: ignore[assignment]  # what a killed training would leave
    killed = ["train", *TRAINING, "seed=7", shop.cache("killed")]
    shop.must(*killed, name="killed")
    shutil.rmtree = keep
    unfinished = next(shop.out.glob("unfinished/*/last.ckpt"))
    sweep = shop.root / "sweep"
    swept = ["evaluate", "-m", *shop.common, "data.limit=4", "seed=3,4", f"hydra.sweep.dir={sweep}"]
    if command(swept).status != 0:
        raise SystemExit("the sweep did not run")
    study = shop.root / "study"
    studied = ["evaluate", "-m", "sweep=optuna", *shop.common, "data.limit=4", f"hydra.sweep.dir={study}"]
    studied += [
        "view_weights=entropy",
        "view_weights.temperature=interval(0.1,1)",
        "hydra.sweeper.n_trials=3",
    ]
    if command(studied).status != 0:
        raise SystemExit("the study did not run")
    boxes = _boxes(shop.root / "boxes")
    reference, pool = shop.root / "reference", shop.root / "pool"
    _make_reference(reference)
    _pool(pool)
    tested = ["evaluate", *SMALL, shop.cache("trained"), f"adapter.checkpoint={trained}"]
    shards = "*/rows-*.safetensors"
    anew = [*train, "resume=false"]
    return [
        Target("shard", lambda: shop.kept("plain", shards), plain),
        Target("packed shard", lambda: shop.kept("parts", shards), parts),
        Target("training shard", lambda: shop.kept("trained", shards), anew),
        Target("text", lambda: shop.kept("parts", "text-*"), parts),
        Target("unread", lambda: shop.kept("parts", "unread-*"), parts),
        Target("key", lambda: shop.kept("plain", "shapes-test*/key.json"), plain, told=False),
        Target("adapter", lambda: [trained / "adapter.safetensors"], tested),
        Target("votes", lambda: [trained / "logits.safetensors"], [*anew, f"ensemble=[{trained}]"]),
        Target("subset", lambda: [trained / "subset.json"], [*anew, f"task.subset={trained}/subset.json"]),
        Target("checkpoint", lambda: [unfinished], killed),
        Target(
            "view weights", lambda: [weights], [*plain, "view_weights=file", f"view_weights.path={weights}"]
        ),
        Target("prompts", lambda: [prompts], [*plain, "prompt=file", f"prompt.path={prompts}"]),
        Target("results of a job", lambda: sorted(sweep.glob("*/results.json")), swept, folder=sweep),
        Target("sweep", lambda: [sweep / "sweep.json"], swept, folder=sweep),
        Target("study", lambda: [study / "study.db"], studied, folder=study),
        Target("boxes", lambda: [boxes], read=_read_boxes),
        Target("reference", lambda: [reference / "r.safetensors"], read=_read_reference),
        Target("pool", lambda: sorted(pool.glob("shapes_*")), read=lambda path: _pool(path.parent)),
        Target("standing", lambda: [shop.root / "standing" / "standing.safetensors"], read=_read_standing),
    ]


def _sums(tensors: dict[str, torch.Tensor]) -> dict[str, Any]:
    return {
        name: [list(one.shape), float(one.double().nan_to_num(7.0).sum())] for name, one in tensors.items()
    }


def _boxes(folder: Path) -> Path:
    from pointclip2.sealed import sealed

    rng = np.random.default_rng(0)
    listed = [{"class": "chair", "centre": rng.random(3).tolist(), "size": rng.random(3).tolist(), "heading": 0.5}
              for _ in range(5)]  # fmt: skip
    folder.mkdir()
    (folder / "room_boxes.json").write_text(
        json.dumps(sealed({"scene": "room", "unit": "m", "boxes": listed}))
    )
    return folder / "room_boxes.json"


def _read_boxes(path: Path) -> Any:
    from pointclip2.data.files.box_files import read_boxes

    return read_boxes(path).rows.tolist()


def _make_reference(folder: Path) -> None:
    from pointclip2.heads.reference import SHIPPED, Reference

    shipped = next(SHIPPED.glob("*.safetensors"))
    Reference.load(shipped).save(folder / "r.safetensors")
    standing = SHIPPED.parent / "standing.safetensors"
    (folder.parent / "standing").mkdir()
    (folder.parent / "standing" / "standing.safetensors").write_bytes(standing.read_bytes())


def _read_reference(path: Path) -> Any:
    from pointclip2.heads.reference import Reference

    return _sums(vars(Reference.load(path)))


def _pool(folder: Path) -> Any:
    from pointclip2.worlds.pretraining.pool import PoolPlan, open_pool

    pool = open_pool(folder, PoolPlan(("chair", "lamp"), 2, (), 0, 2, 32, "mesh", 0))
    return [_sums({"points": pool.points, "parts": pool.parts, "labels": pool.labels}), pool.said]


def _read_standing(path: Path) -> Any:
    from pointclip2.geometry import standing

    # The package's folder with an ``assets`` that is the damaged file's own.
    assets = path.parent / "assets"
    if not assets.is_symlink():
        assets.symlink_to(path.parent)
    standing.files = lambda package: path.parent
    for known in (standing.weights, standing.weights_digest):
        known.cache_clear()
    return {name: float(value.sum()) for name, value in standing.weights().items()}


# What happens to a file.


def flip(content: bytes, rng: random.Random, count: int = 1) -> bytes:
    """Turn over some bits."""
    damaged = bytearray(content)
    for _ in range(count):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def flip_start(content: bytes, rng: random.Random) -> bytes:
    """Turn over a bit of a header."""
    place = rng.randrange(min(len(content), 600))
    return content[:place] + flip(content[place : place + 1], rng) + content[place + 1 :]


def zeroed(content: bytes, rng: random.Random) -> bytes:
    """Lose a block."""
    length = rng.randrange(1, max(2, len(content) // 3))
    place = rng.randrange(len(content) - length + 1)
    return content[:place] + bytes(length) + content[place + length :]


def cut(content: bytes, rng: random.Random) -> bytes:
    """Lose the end."""
    return content[: rng.randrange(len(content))]


def longer(content: bytes, rng: random.Random) -> bytes:
    """Gain an end."""
    return content + rng.randbytes(rng.randrange(1, 300))


def digit(content: bytes, rng: random.Random) -> bytes:
    """Change a digit of a text."""
    places = [match.start() for match in re.finditer(rb"[0-9]", content)]
    place = rng.choice(places)
    other = rng.choice([d for d in b"0123456789" if d != content[place]])
    return content[:place] + bytes([other]) + content[place + 1 :]


def other_tensor(path: Path, rng: random.Random) -> bytes:
    """Change the values, the kind or the shape of a tensor, and leave the header's words as they were."""
    with safe_open(path, framework="pt") as file:
        told = file.metadata()
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    name = rng.choice(sorted(tensors))
    one = tensors[name]
    how = rng.choice(("nan", "kind", "shape", "rows", "gone"))
    if how == "nan" and one.is_floating_point() and one.numel():
        one.view(-1)[rng.randrange(one.numel())] = float("nan")
    elif how == "kind":
        tensors[name] = one.to(torch.float16 if one.dtype != torch.float16 else torch.float32)
    elif how == "shape":
        tensors[name] = one[None].contiguous()
    elif how == "gone":
        del tensors[name]
    else:
        tensors[name] = one[:-1].contiguous() if one.ndim and len(one) else one[None].contiguous()
    return save(tensors, told)


FLIPS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "a bit": flip,
    "2,000 bits": partial(flip, count=2000),
    "a bit of the header": flip_start,
    "a block of zeros": zeroed,
    "cut off": cut,
    "longer": longer,
    "empty": lambda content, rng: b"",
    "garbage": lambda content, rng: rng.randbytes(len(content)),
}


def damage(path: Path, others: list[Path], rng: random.Random) -> str:
    """Do something to a file, and say what."""
    content = path.read_bytes()
    ways = [*FLIPS, "a folder", "another's"]
    ways += ["a digit"] * 3 if path.suffix == ".json" else []
    ways += ["another tensor"] * 3 if path.suffix == ".safetensors" else []
    way = rng.choice(ways)
    others = [other for other in others if other != path and other.read_bytes() != content]
    if way == "another's" and not others:
        way = "a bit"
    if way == "a folder":
        path.unlink()
        path.mkdir()
    elif way == "another's":
        path.write_bytes(rng.choice(others).read_bytes())
    elif way == "a digit":
        path.write_bytes(digit(content, rng))
    elif way == "another tensor":
        path.write_bytes(other_tensor(path, rng))
    else:
        path.write_bytes(FLIPS[way](content, rng))
    return way


# One try.


def result(shop: Workshop, target: Target, path: Path) -> tuple[Done, Any]:
    """Let the file be read; what came of it."""
    if target.read is not None:
        return value(partial(target.read, path))
    if target.folder is not None:
        done = command(target.words)
        return done, figures(target.folder)
    done, folder = shop.run(*target.words)
    return done, figures(folder)


def judged(target: Target, path: Path, done: Done, found: Any) -> str:
    """Say how a damage was survived: ``told``, ``refused`` or ``without effect``; or, in capitals, that it was not."""
    if done.crashed:
        return "CRASHED"
    if done.status == 1:
        return "refused"
    if found != target.wanted:
        return "OTHER FIGURES IN SILENCE"
    if path.name in done.printed or not target.told:
        return "told"
    return "without effect"


def main(words: list[str] | None = None) -> int:
    """Damage files, and count what was survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="a kind of file")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args(words)
    torch.set_num_threads(1)
    prepare()
    with tempfile.TemporaryDirectory(prefix="damage-") as folder:
        shop = Workshop(Path(folder))
        kinds = [one for one in targets(shop) if asked.only in (None, one.name)]
        for kind in kinds:
            with put_back(shop, kind, kind.files()[0]):
                done, kind.wanted = result(shop, kind, kind.files()[0])
            if done.status != 0 or kind.wanted is None:
                raise SystemExit(f"{kind.name}, undamaged: {done.status} {done.printed[-2000:]}")
        outcomes: Counter[str] = Counter()
        for number in range(asked.tries):
            rng = random.Random(f"{asked.seed}/{number}")
            outcomes[one_try(shop, kinds[number % len(kinds)], rng, number, asked.verbose)] += 1
    short = sum(count for outcome, count in outcomes.items() if outcome.isupper())
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    what = f"damaged files of {len(kinds)} kinds that are read again: {told}"
    print(
        json.dumps(
            {"campaign": "damage", "tried": asked.tries, "survived": asked.tries - short, "what": what}
        )
    )
    return 1 if short else 0


def one_try(shop: Workshop, target: Target, rng: random.Random, number: int, verbose: bool) -> str:
    """Damage a file that the command reads, and run it."""
    path = rng.choice(target.files())
    with put_back(shop, target, path):
        way = damage(path, shop.kept("*", f"**/*{path.suffix}"), rng)
        done, found = result(shop, target, path)
    outcome = judged(target, path, done, found)
    if outcome.isupper() or verbose:
        said = " | ".join(done.printed.strip().splitlines()[-12:])[-1500:]
        print(f"{number} {target.name}, {way}, {path.name}: {outcome}: {said if outcome.isupper() else ''}",
              flush=True)  # fmt: skip
    return outcome


@contextmanager
def put_back(shop: Workshop, target: Target, path: Path) -> Iterator[None]:
    """Leave the folder of a file as it was."""
    place, kept = target.folder or path.parent, shop.root / "kept"
    shutil.copytree(place, kept, copy_function=shutil.copy2)
    yield
    shutil.rmtree(place, ignore_errors=True)
    kept.rename(place)


if __name__ == "__main__":
    sys.exit(main())
