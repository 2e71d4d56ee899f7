import subprocess
import sys
from pathlib import Path

import pytest

from pointclip2.app.catalog import Option, as_markdown, as_text, catalog, conf_dir, main, purpose
from pointclip2.errors import DataError

GROUPS = catalog(conf_dir())


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_file_of_every_group_is_an_option() -> None:
    listed = {f"{group}/{option.name}.yaml" for group, options in GROUPS.items() for option in options}
    files = {path.relative_to(conf_dir()).as_posix() for path in conf_dir().rglob("*.yaml")}
    assert listed == {path for path in files if "/" in path}


def test_nested_groups_have_their_own_place() -> None:
    assert "ring" in {option.name for option in GROUPS["projector/rig"]}
    assert "ring" not in {option.name for option in GROUPS["projector"]}


def test_what_evaluate_takes_unasked_is_marked() -> None:
    chosen = {
        group: [option.name for option in options if option.is_default] for group, options in GROUPS.items()
    }
    assert chosen["task"] == ["classification"]
    assert chosen["data"] == ["shapes"]  # taken by the task
    assert chosen["projector"] == ["v2_classification"]
    assert chosen["logger"] == ["csv"]  # a list in evaluate.yaml
    assert chosen["experiment"] == []  # null there


def test_the_purpose_is_the_first_comment_that_is_not_hydras(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", "# @package _global_\n# What it is for.\n# More.\nx: 1\n")
    assert purpose(path) == "What it is for."


@pytest.mark.parametrize("text", ["", "x: 1\n# Too late.\n", "# @package _global_\nx: 1\n", "#\nx: 1\n"])
def test_an_option_without_a_purpose_is_named(tmp_path: Path, text: str) -> None:
    written(tmp_path, "evaluate.yaml", "defaults: [_self_]\n")
    path = written(tmp_path, "projector/mine.yaml", text)
    with pytest.raises(DataError, match="what the option is for") as caught:
        catalog(tmp_path)
    assert str(path) in str(caught.value)


def test_a_new_option_is_listed_without_touching_anything_else(tmp_path: Path) -> None:
    written(tmp_path, "evaluate.yaml", "defaults:\n  - _self_\n  - projector: mine\n")
    written(tmp_path, "projector/mine.yaml", "# My own.\n")
    written(tmp_path, "projector/rig/two.yaml", "# Two views.\n")
    assert catalog(tmp_path) == {
        "projector": (Option("mine", "My own.", True),),
        "projector/rig": (Option("two", "Two views.", False),),
    }


def test_the_purposes_stand_in_one_column() -> None:
    text = as_text({"a": [Option("x", "One.", True)], "b": [Option("longer", "Two.", False)]})
    lines = text.splitlines()
    assert lines[0] == "a="
    assert lines[1].index("One.") == lines[4].index("Two.")
    assert lines[1].startswith("* x")


def test_a_bar_in_a_purpose_does_not_break_the_table() -> None:
    table = as_markdown({"a": [Option("x", "this | that", False)]})
    assert table.splitlines()[-1] == "| `x` | this \\| that |"


def test_a_group_can_be_asked_for_with_those_in_it() -> None:
    assert main(["projector/rig"]).splitlines()[0] == "projector/rig="
    both = main(["projector"])
    assert "projector/rig=" in both
    assert "backbone=" not in both


def test_an_unknown_group_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["projektor"])
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "projector/rig" in told


def test_it_answers_without_torch_and_hydra() -> None:
    program = "import sys, pointclip2.catalog as c; c.main([]); print(sorted({'torch', 'hydra'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=conf_dir().parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
