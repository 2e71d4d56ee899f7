"""Make prompts from class names: the bare name, one template, or an ensemble of templates."""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from pointclip2.text.articles import fill, with_article
from pointclip2.text.names import check_distinct, spoken
from pointclip2.text.prompt_set import PromptSet, check_combine
from pointclip2.types import ConfigError


def phrase(name: str, category: str | None = None) -> str:
    """Return the words that stand for a class in a sentence: "night stand", or "leg of a chair" in a category."""
    if category is None:
        return spoken(name)
    return f"{spoken(name)} of {with_article(spoken(category))}"


class NamePrompt:
    """Uses the class name and nothing else: "chair"."""

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        return PromptSet("name", {name: (phrase(name, category),) for name in check_distinct(classes)})


class TemplatePrompt:
    """Fills one template with the name of every class.

    Args:
        template: a sentence with one ``{}`` for the class name; "a {}" becomes "an airplane" or "stairs".

    Raises:
        ConfigError: ``{}`` is missing or occurs twice.
    """

    name = "template"

    def __init__(self, template: str = "a grey depth map of a {} on a plain white background.") -> None:
        if template.count("{}") != 1:
            raise ConfigError(
                f"prompt.template {template!r} must have {{}} once, where the class name goes: "
                f"it has it {template.count('{}')} times"
            )
        self.template = template

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        names = check_distinct(classes)
        return PromptSet(self.name, {name: (fill(self.template, phrase(name, category)),) for name in names})


class PlainTemplatePrompt(TemplatePrompt):
    """Fills a template that does not mention depth maps, to show what is lost without it."""

    name = "plain_template"

    def __init__(self, template: str = "a photo of a {}.") -> None:
        super().__init__(template)


class TemplatesPrompt:
    """Fills all of our own depth-map templates for every class.

    Args:
        combine: ``mean`` of the sentence vectors, or only the ``first`` template.
    """

    def __init__(self, combine: str = "mean") -> None:
        self.combine = check_combine(combine)

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        sentences = {name: _filled(phrase(name, category)) for name in check_distinct(classes)}
        return PromptSet("templates", sentences, self.combine)


@lru_cache(maxsize=1024)
def _filled(words: str) -> tuple[str, ...]:
    return tuple(fill(template, words) for template in depth_templates())


@cache
def depth_templates() -> tuple[str, ...]:
    """Return the templates that ship with the program, each with one ``{}``."""
    text = files("pointclip2").joinpath("assets", "templates.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["depth"])
