"""Say thousands of everyday things in sentences that no image goes with: what the text tower learns English from."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from pointclip2.text.articles import fill, with_article
from pointclip2.text.templates import depth_templates
from pointclip2.worlds.shapes.shape import Random

SENTENCES = 8
"""How many sentences there are about each thing."""
LISTS = ("adjectives", "materials", "frames")
"""Files of the folder that hold no things."""


@dataclass(frozen=True)
class Thing:
    """Holds an entry of the dictionary: "colander", "kitchen tool", "a bowl full of small holes that ..."."""

    noun: str
    kind: str
    definition: str


@cache
def things() -> tuple[Thing, ...]:
    """Return all entries, in the order of the files' names and lines."""
    folder = files("pointclip2").joinpath("worlds", "pretraining", "words")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".txt"))
    found = []
    for name in names:
        if name.removesuffix(".txt") not in LISTS:
            found += [Thing(*(cell.strip() for cell in line.split(";", 2))) for line in _lines(name)]
    return tuple(found)


def sentences(seed: int) -> list[str]:
    """Return `SENTENCES` sentences about every thing, each once: its name, what it is, and names in frames."""
    frames, materials, adjectives = (_lines(f"{name}.txt") for name in ("frames", "materials", "adjectives"))
    rng = np.random.default_rng([seed, 2711])
    said: list[str] = []
    for thing in things():
        noun, kind, definition = thing.noun, thing.kind, thing.definition
        said += [
            noun,
            _pick((f"{noun}: {definition}", f"{with_article(noun)}, {definition}"), rng),
            _pick(
                (
                    f"{noun}, a kind of {kind}",
                    f"{kind}: {noun}",
                    f"{with_article(noun)} is {with_article(kind)}",
                ),
                rng,
            ),
            definition,
            fill(_pick(frames, rng), noun),
            fill(_pick(frames, rng), f"{_pick(adjectives, rng)} {noun}"),
            with_article(f"{_pick(materials, rng)} {noun}"),
            fill(_pick(depth_templates(), rng), noun),
        ]
    return list(dict.fromkeys(said))


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = files("pointclip2").joinpath("worlds", "pretraining", "words", name).read_text(encoding="utf-8")
    return tuple(line for line in (line.strip() for line in text.splitlines()) if line)


def _pick(choices: tuple[str, ...], rng: Random) -> str:
    return choices[int(rng.integers(len(choices)))]
