"""The command line and the lines of Python that do what the page did."""

import ast
import shlex
import subprocess
from pathlib import Path

import pytest

from pointclip2.app.web.models import Options
from pointclip2.app.web.page import typed_names
from pointclip2.app.web.same import classifying, detecting, segmenting
from pointclip2.text.name_list import read_names, split_names


def test_defaults_are_left_out() -> None:
    same = classifying("a chair.ply", typed_names("chair, table"), Options())
    assert same.shell == "pointclip2 classify 'a chair.ply' --names chair,table"
    assert same.python.splitlines() == [
        "from pointclip2 import PointCLIP",
        "model = PointCLIP(['chair', 'table'])",
        "print(model('a chair.ply').to_dict())",
    ]


def test_options_are_told_in_both() -> None:
    same = classifying("-x.ply", typed_names("chair"), Options("vit_b16", "-z", 512))
    assert shlex.split(same.shell)[2:] == [
        "./-x.ply", "--names", "chair", "--backbone", "vit_b16", "--up=-z", "--points", "512",
    ]  # fmt: skip
    assert "PointCLIP(['chair'], backbone='vit_b16', up='-z', points=512)" in same.python


def test_parts_and_boxes_are_written_where_the_page_says() -> None:
    parts = segmenting("x.ply", "chair", ["back", "seat"], "x_parts.ply", Options(points=4096))
    assert (
        parts.shell == "pointclip2 segment x.ply --of chair --parts back,seat --out x_parts.ply --points 4096"
    )
    assert "model.segment('x.ply', 'chair', ['back', 'seat']).save('x_parts.ply')" in parts.python
    # A segmentation draws 2,048 points at least, whatever the page says.
    assert "--points" not in segmenting("x.ply", "chair", [], "y.ply", Options(points=512)).shell
    boxes = detecting("room.ply", typed_names("chair"), "room_boxes.json", Options(points=4096))
    assert boxes.shell == "pointclip2 detect room.ply --names chair --out room_boxes.json"
    assert "model.detect('room.ply').save('room_boxes.json')" in boxes.python


def test_names_with_commas_and_quotes_come_back() -> None:
    names = typed_names('"sofa, blue", Stuhl ä, it\'s')
    words = shlex.split(classifying("x.ply", names, Options()).shell)
    assert split_names(words[words.index("--names") + 1]) == list(names) == ["sofa, blue", "Stuhl ä", "it's"]


def test_descriptions_go_through_a_file_of_names(tmp_path: Path) -> None:
    names = typed_names("mug: a cup with a handle\nmug: a jar\nit's")
    names = {**names, "a:b": (), "#1": ("first",)}
    same = classifying("x.ply", names, Options())
    written, asked = same.shell.splitlines()
    assert shlex.split(asked)[-2:] == ["--names", "names.txt"]
    subprocess.run(["sh", "-c", written], cwd=tmp_path, check=True)
    assert read_names(tmp_path / "names.txt") == names
    assert ast.literal_eval(same.python.splitlines()[1][len("model = PointCLIP(") : -1]) == {
        "mug": ["a cup with a handle", "a jar"], "it's": [], "a:b": [], "#1": ["first"],
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a, b", "a\nb", "a,\nb", "a\n\n b,"])
def test_names_are_typed_with_commas_or_one_a_line(text: str) -> None:
    assert list(typed_names(text)) == ["a", "b"]
