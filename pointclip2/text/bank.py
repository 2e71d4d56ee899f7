"""Read our bank of descriptions: how each class looks in 3D, by a language model in the paper's four families."""

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from pointclip2.text.names import check_distinct, matching, nearest
from pointclip2.text.part_bank import part_sentences
from pointclip2.text.prompt_set import PromptSet, check_combine
from pointclip2.types import ConfigError

FAMILIES = ("caption", "question_answering", "paraphrase", "words_to_sentence")
FOLDER = "pointclip2/assets/descriptions"
_SHOWN = 3


class BankPrompt:
    """Takes sentences about the shape of every class, or of every part of a category, from our own bank.

    Args:
        families: which of ``FAMILIES`` to take, in this order; by default all. Parts have the first two.
        combine: ``mean`` of the sentence vectors, or only the ``first`` sentence.

    Raises:
        ConfigError: an unknown family; when called, a class or part that the bank does not describe.
    """

    def __init__(self, families: Sequence[str] | None = None, combine: str = "mean") -> None:
        chosen = FAMILIES if families is None else tuple(families)
        unknown = [family for family in chosen if family not in FAMILIES]
        if unknown or not chosen or len(set(chosen)) < len(chosen):
            raise ConfigError(
                f"prompt.families is {list(chosen)}: choose some of {', '.join(FAMILIES)}, each once"
            )
        self.families = chosen
        self.combine = check_combine(combine)

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        names = check_distinct(classes)
        if category is not None:
            return PromptSet("bank", part_sentences(category, names, self.families), self.combine)
        known = set(described())
        unknown = [name for name in names if matching(name) not in known]
        if unknown:
            raise ConfigError(_lacks(unknown))
        sentences = {}
        for name in names:
            families = description(name)["families"]
            sentences[name] = tuple(sentence for family in self.families for sentence in families[family])
        return PromptSet("bank", sentences, self.combine)


def described() -> tuple[str, ...]:
    """Return the names of all classes in the bank, sorted."""
    folder = files("pointclip2").joinpath("assets", "descriptions")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(matching(name.removesuffix(".json")) for name in names if name.endswith(".json")))


def description(name: str) -> dict[str, Any]:
    """Return the bank's entry of one class: ``class``, ``synonyms`` and ``families`` of sentences.

    Raises:
        ConfigError: the file of that class is damaged.
    """
    file = f"{matching(name).replace(' ', '_')}.json"
    text = files("pointclip2").joinpath("assets", "descriptions", file).read_bytes()
    try:
        entry = json.loads(text)
        if not all(entry["families"][family] for family in FAMILIES):
            raise ValueError("a family has no sentence")
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{FOLDER}/{file} is not a description ({error!r}): it needs "
            f"families with sentences in each of {', '.join(FAMILIES)}"
        ) from error
    return dict(entry)


def _other_names() -> Iterator[tuple[str, str]]:
    """Yield every name and synonym in the bank, with the class it belongs to."""
    for name in described():
        yield name, name
        for synonym in description(name)["synonyms"]:
            yield matching(synonym), name


def _lacks(unknown: Sequence[str]) -> str:
    # Own names win over synonyms: "monitor" is also a synonym of display.
    classes: dict[str, str] = {}
    for other, owner in _other_names():
        if other == owner or other not in classes:
            classes[other] = owner
    told = []
    for name in unknown[:_SHOWN]:
        near = list(dict.fromkeys(classes[match] for match in nearest(name, classes)))
        told.append(f"{name!r} (nearest: {', '.join(near)})" if near else repr(name))
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    file = f"{FOLDER}/{matching(unknown[0]).replace(' ', '_')}.json"
    return (
        f"prompt=bank does not describe {', '.join(told)}{more}: rename the class, "
        f"use prompt=templates, or write {file}"
    )
