"""The options of the `prompt` group are the constructors of the prompt sources."""

import inspect

import pytest
import yaml

import pointclip2.text
from tests.places import CONF

FOLDER = CONF / "prompt"
OPTIONS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_the_eight_options_are_there() -> None:
    assert OPTIONS == [
        "bank",
        "file",
        "name",
        "other_names",
        "plain_template",
        "random_words",
        "template",
        "templates",
    ]


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_says_what_it_is_for_in_its_first_line(option: str) -> None:
    first = (FOLDER / f"{option}.yaml").read_text().splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith(".")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_has_all_arguments_of_its_class_with_their_defaults(option: str) -> None:
    values = yaml.safe_load((FOLDER / f"{option}.yaml").read_text())
    package, name = values.pop("_target_").rsplit(".", 1)
    assert package == "pointclip2.text"
    source = getattr(pointclip2.text, name)
    parameters = inspect.signature(source).parameters
    assert values == {argument: parameter.default for argument, parameter in parameters.items()}


@pytest.mark.parametrize("option", [option for option in OPTIONS if option != "file"])
def test_a_prompt_set_is_named_after_its_option(option: str) -> None:
    values = yaml.safe_load((FOLDER / f"{option}.yaml").read_text())
    source = getattr(pointclip2.text, values.pop("_target_").rsplit(".", 1)[1])
    assert source(**values)(["chair", "table"]).name == option
