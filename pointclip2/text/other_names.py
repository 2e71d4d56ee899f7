"""Call the known classes by names that the built-in model never saw beside an image, to measure what it understands."""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pointclip2.text.names import check_distinct, matching
from pointclip2.text.prompt_set import PromptSet
from pointclip2.text.templates import TemplatesPrompt
from pointclip2.types import ConfigError


class OtherNamesPrompt:
    """Fills all templates with another name of every class: "settee" for sofa. A test keeps them out of training.

    Args:
        number: which of its other names, from 0; a class that has fewer begins again.

    Raises:
        ConfigError: a number below 0; when called, a class without other names.
    """

    def __init__(self, number: int = 0) -> None:
        if number < 0:
            raise ConfigError(f"prompt.number={number}: 0 or more")
        self.number = number

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        names = check_distinct(classes)
        lacking = [name for name in names if matching(name) not in other_names()]
        if lacking or category is not None:
            told = (
                f"{category}: a category's parts have"
                if category is not None
                else f"{', '.join(lacking)}: there are"
            )
            raise ConfigError(
                f"prompt=other_names: {told} no other names; it is for the built-in model's classes"
            )
        others = [other_names()[matching(name)] for name in names]
        called = [other[self.number % len(other)] for other in others]
        sentences = TemplatesPrompt()(called).sentences
        return PromptSet(
            "other_names", {name: sentences[other] for name, other in zip(names, called, strict=True)}
        )


@cache
def other_names() -> dict[str, tuple[str, ...]]:
    """Return the other names of each known class."""
    text = files("pointclip2").joinpath("assets", "other_names.csv").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        found[row["class"]] = (*found.get(row["class"], ()), row["name"])
    return found
