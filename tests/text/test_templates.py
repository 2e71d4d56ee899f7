import re

import pytest

from pointclip2.text import NamePrompt, TemplatePrompt, TemplatesPrompt
from pointclip2.text.templates import depth_templates
from pointclip2.types import ConfigError


def test_a_name_alone_is_said_without_underscores() -> None:
    prompts = NamePrompt()(["chair", "night_stand"])
    assert prompts.sentences == {"chair": ("chair",), "night_stand": ("night stand",)}
    assert prompts.name == "name"


def test_a_part_is_told_with_its_category() -> None:
    assert NamePrompt()(["leg"], category="chair").sentences == {"leg": ("leg of a chair",)}
    assert TemplatePrompt("a {} in depth.")(["engine"], category="airplane").sentences == {
        "engine": ("an engine of an airplane in depth.",)
    }


def test_the_shipped_template_speaks_of_a_depth_map_and_of_the_class() -> None:
    prompts = TemplatePrompt()(["airplane"])
    assert prompts.count == 1
    assert re.search(r"depth map of an airplane\b", prompts.sentences["airplane"][0])


@pytest.mark.parametrize("template", ["a depth map.", "a {} on a {}.", "a {name}."])
def test_a_template_has_one_place_for_the_class(template: str) -> None:
    with pytest.raises(ConfigError, match=r"must have \{\} once"):
        TemplatePrompt(template)


def test_there_are_at_least_forty_different_templates_with_one_place_each() -> None:
    templates = depth_templates()
    assert len({template.casefold() for template in templates}) == len(templates) >= 40
    assert all(template.count("{}") == 1 for template in templates)


def test_every_template_is_filled_in_for_every_class() -> None:
    prompts = TemplatesPrompt()(["airplane", "stairs", "tv_stand"])
    assert prompts.count == 3 * len(depth_templates())
    assert prompts.combine == "mean"
    for texts in prompts.sentences.values():
        assert not any("{" in text or "_" in text for text in texts)
        assert not any(re.search(r"\b(a airplane|an? stairs|one stairs|an tv)\b", text) for text in texts)
        assert len(set(texts)) == len(texts)


def test_the_order_of_the_classes_is_that_of_the_labels() -> None:
    assert TemplatesPrompt()(["table", "airplane"]).classes == ("table", "airplane")


@pytest.mark.parametrize("source", [NamePrompt(), TemplatePrompt(), TemplatesPrompt()])
def test_classes_that_cannot_be_told_apart_are_refused(source: NamePrompt) -> None:
    with pytest.raises(ConfigError, match="'night stand' and 'Night-Stand' are the same"):
        source(["night stand", "Night-Stand"])
    with pytest.raises(ConfigError, match="blank name"):
        source(["chair", " _ "])
    with pytest.raises(ConfigError, match="no class"):
        source([])
    with pytest.raises(ConfigError, match="one text 'chair'"):
        source("chair")


def test_first_keeps_the_first_template_in_front() -> None:
    prompts = TemplatesPrompt(combine="first")(["chair"])
    assert prompts.combine == "first"
    assert prompts.sentences["chair"][0] == depth_templates()[0].replace("{}", "chair")


def test_an_unknown_combination_is_refused_before_any_class_is_seen() -> None:
    with pytest.raises(ConfigError, match=r"prompt\.combine is 'max'"):
        TemplatesPrompt(combine="max")
