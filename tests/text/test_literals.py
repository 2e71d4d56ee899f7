from pathlib import Path

import pytest

from pointclip2.text import read_literals
from pointclip2.types import ConfigError


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "best_param.py"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_plain_assignments_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a = {'chair': ['x', 'y']}\nb: list = [.5, -1]\nc = d = (1, None, True)\n")
    assert read_literals(path) == {
        "a": {"chair": ["x", "y"]},
        "b": [0.5, -1],
        "c": (1, None, True),
        "d": (1, None, True),
    }


def test_a_dict_may_be_filled_key_by_key(tmp_path: Path) -> None:
    path = written(tmp_path, "best = {}\nbest['w'] = [1.0]\nbest['p'] = {}\nbest['p']['chair'] = ['x']\n")
    assert read_literals(path) == {"best": {"w": [1.0], "p": {"chair": ["x"]}}}


def test_the_last_assignment_counts(tmp_path: Path) -> None:
    assert read_literals(written(tmp_path, "a = 1\na = 2\nb = {'k': 1}\nb['k'] = 3\n")) == {
        "a": 2,
        "b": {"k": 3},
    }


def test_what_was_computed_later_is_not_reported_with_its_old_value(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a = 1\na = len('xy')\nb = {'k': 1}\nb['k'] = 2 * 2\nc = 3\nc, d = 4, 5\nkept = 0\n"
    )
    assert read_literals(path) == {"b": {}, "kept": 0}


def test_assignments_to_nothing_known_are_passed_over(tmp_path: Path) -> None:
    path = written(
        tmp_path, "new['k'] = 1\na = [0]\na[0] = 1\na.b = 2\nc = {}\nc[[1]] = 2\nc[a] = 3\nc[1][2] = 4\n"
    )
    assert read_literals(path) == {"a": [0], "c": {}}


def test_nothing_in_the_file_is_run(tmp_path: Path) -> None:
    victim = tmp_path / "written_by_the_file"
    attack = f"__import__('pathlib').Path({str(victim)!r}).touch()"
    path = written(
        tmp_path,
        f"""
import os
os.system("touch {victim}")
prompts = {{'chair': ['a seat.']}}
evil = {attack}
prompts['table'] = [{attack}]
prompts[{attack}] = ['x']
noted: {attack} = 1
lazy = (lambda: {attack})()
text = f"{{{attack}}}"
{attack}
class Evil:
    {attack}
@{attack}
def evil(argument={attack}):
    pass
[{attack} for _ in range(3)]
""",
    )
    assert read_literals(path) == {"prompts": {"chair": ["a seat."]}, "noted": 1}
    assert not victim.exists()
    exec(attack)  # the attack is a real one
    assert victim.exists()


def test_a_file_with_another_coding_is_read_by_its_coding_line(tmp_path: Path) -> None:
    path = written(tmp_path, "# -*- coding: latin-1 -*-\na = 'café'\n".encode("latin-1"))
    assert read_literals(path) == {"a": "café"}


def test_odd_escapes_are_no_matter(tmp_path: Path) -> None:
    assert read_literals(written(tmp_path, r"a = 'a \d table'")) == {"a": r"a \d table"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = {'chair': [", "is not a Python file"),
        (b"a = 'caf\xe9'", "is not a Python file"),
        (b"a = 'nul\0'", "is not a Python file"),
        ("a = " + "(" * 5000 + ")" * 5000, "is not a Python file"),
        ("", "holds no plain values"),
        ("import os\na = os.environ\n", "holds no plain values"),
        ("\n\na = {'chair': 'x', 'table': 'y', 'chair': 'z'}\n", "line 3: the key 'chair' is there twice"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path: Path, text: str | bytes, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=told) as caught:
        read_literals(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.py cannot be read"):
        read_literals(tmp_path / "nowhere.py")
