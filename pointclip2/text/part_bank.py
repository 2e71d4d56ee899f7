"""Describe the parts of ShapeNetPart's 16 categories, and list the other names that files have for them.

The bank has two of the paper's four families: captions of a part, and answers that tell it from the other parts of
its category. The other two, paraphrases and sentences made of key words, are about whole objects and do not fit.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from pointclip2.text.names import matching, nearest
from pointclip2.types import ConfigError

PART_FAMILIES = ("caption", "question_answering")
FOLDER = "pointclip2/assets/part_descriptions"


@cache
def part_categories() -> tuple[str, ...]:
    """Return the names of the categories whose parts are described, sorted."""
    folder = files("pointclip2").joinpath("assets", "part_descriptions")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(matching(name.removesuffix(".json")) for name in names if name.endswith(".json")))


def category_parts(category: str) -> tuple[str, ...]:
    """Return the names of the described parts of a category, in ShapeNetPart's order; empty for other categories."""
    return tuple(_entry(category)["parts"]) if matching(category) in part_categories() else ()


def part_synonyms(category: str, part: str) -> tuple[str, ...]:
    """Return other names of a part, such as those in the official program's files; empty where it is not described."""
    if matching(category) not in part_categories():
        return ()
    parts: dict[str, dict[str, Any]] = _entry(category)["parts"]
    own = {matching(name): entry for name, entry in parts.items()}
    return tuple(own[matching(part)]["synonyms"]) if matching(part) in own else ()


def part_sentences(category: str, parts: Sequence[str], chosen: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the sentences of parts of a category; a part may go by any of its names.

    Args:
        chosen: families of sentences; those that parts do not have are skipped.

    Raises:
        ConfigError: the category or a part is not described, or parts have none of the chosen families.
    """
    kept = [family for family in chosen if family in PART_FAMILIES]
    if not kept:
        raise ConfigError(
            f"prompt.families={list(chosen)}: of parts the bank has {' and '.join(PART_FAMILIES)} only"
        )
    if matching(category) not in part_categories():
        raise ConfigError(
            f"prompt=bank does not describe the parts of {category!r}, only those of {', '.join(part_categories())}: "
            f"use prompt=templates, or write {FOLDER}/{matching(category).replace(' ', '_')}.json"
        )
    entries = _entry(category)["parts"]
    names = {matching(other): name for name, entry in entries.items() for other in entry["synonyms"]}
    names |= {matching(name): name for name in entries}
    found = {}
    for part in parts:
        if matching(part) not in names:
            near = nearest(part, names) or list(entries)
            raise ConfigError(
                f"prompt=bank does not describe {part!r} of {category!r} (nearest: {', '.join(near)}): "
                "use prompt=templates, or prompt=file with your own sentences"
            )
        families = entries[names[matching(part)]]["families"]
        found[part] = tuple(sentence for family in kept for sentence in families[family])
    return found


@cache
def _entry(category: str) -> dict[str, Any]:
    file = f"{matching(category).replace(' ', '_')}.json"
    text = files("pointclip2").joinpath("assets", "part_descriptions", file).read_bytes()
    try:
        entry = json.loads(text)
        for part in entry["parts"].values():
            if not all(part["families"][family] for family in PART_FAMILIES):
                raise ValueError("a family has no sentence")
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{FOLDER}/{file} is not a description ({error!r}): it needs parts with families of sentences"
        ) from error
    return dict(entry)
