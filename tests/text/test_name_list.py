"""Names as people write them."""

from pathlib import Path

import pytest

from pointclip2.errors import ConfigError
from pointclip2.text.name_list import named, read_names, split_names, with_descriptions
from pointclip2.text.prompt_set import PromptSet


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("chair,table,lamp", ["chair", "table", "lamp"]),
        ('chair, "sofa, blue" , lamp', ["chair", "sofa, blue", "lamp"]),
        ("Stühle,night_stand", ["Stühle", "night_stand"]),
        ("a=b,~x,[y],it's,50% off", ["a=b", "~x", "[y]", "it's", "50% off"]),
        ("chair,,table,", ["chair", "table"]),
        ("chair\ntable", ["chair", "table"]),
        ("chair;night stand", ["chair", "night stand"]),
        (" , ", []),
    ],
)
def test_a_line_holds_names(line: str, names: list[str]) -> None:
    assert split_names(line) == names


def test_a_file_holds_a_name_a_line_and_descriptions(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text(
        '\ufeff# things\nchair: a seat with a back\n\nnight_stand\n"box: large"\ta cube\n'
        '"#1": the first\nchair: something to sit on\n',
        encoding="utf-8",
    )
    assert read_names(path) == {
        "chair": ("a seat with a back", "something to sit on"),
        "night stand": (),
        "box: large": ("a cube",),
        "#1": ("the first",),
    }


def test_a_file_may_have_its_names_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("chair,table\nlamp\n")
    assert list(read_names(path)) == ["chair", "table", "lamp"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"c\0h\0a\0", "cannot be printed"),
        (b'"chair,table', "not closed"),
        (b"chair\nchair\n", "twice"),
        (b"# only\n\n", "no names"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as error:
        read_names(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("names", [[], ["  "], ["chair", "Chair"], ["night stand", "night_stand"]])
def test_names_that_cannot_be_told_apart_are_refused(names: list[str]) -> None:
    with pytest.raises(ConfigError):
        named(names)


def test_a_mapping_may_describe_its_names() -> None:
    assert named({"chair": "a seat", "lamp": [], "table": ["a top", " "]}) == {
        "chair": ("a seat",),
        "lamp": (),
        "table": ("a top",),
    }


def test_descriptions_count_as_much_as_all_sentences_of_the_prompt() -> None:
    prompts = PromptSet("x", {"chair": ("a", "b", "c"), "lamp": ("d",)})
    told = with_descriptions(prompts, {"chair": ("one", "two"), "lamp": ()})
    assert told.counted("chair") == ("a", "b", "c", "one", "two")
    assert told.shares("chair") == pytest.approx((1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2))
    assert told.shares("lamp") == (1.0,)
    assert with_descriptions(prompts, {"chair": (), "lamp": ()}) is prompts
