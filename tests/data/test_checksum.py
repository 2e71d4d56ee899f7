"""Digests of files."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.types import DataError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "here/sub").mkdir(parents=True)
    (tmp_path / "here/a.xyz").write_text("0 0 0\n")
    (tmp_path / "here/sub/b.xyz").write_text("1 1 1\n")
    return tmp_path / "here"


def digest(root: Path) -> str:
    return digest_files(root, [path for path in root.rglob("*") if path.is_file()])


def test_a_copy_elsewhere_has_the_same_digest(tree, tmp_path):
    shutil.copytree(tree, tmp_path / "there")
    assert digest(tree) == digest(tmp_path / "there")


def test_a_file_that_cannot_be_read_just_now_stops_the_digest(tree, monkeypatch):
    def refuse(*args: Any, **options: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DataError, match=r"xyz cannot be read just now \(Too many open files\)"):
        digest_files(tree, [tree / "a.xyz"])


def test_the_order_of_the_files_does_not_count(tree):
    files = sorted(tree.rglob("*.xyz"))
    assert digest_files(tree, files) == digest_files(tree, files[::-1])


def test_a_changed_byte_a_new_name_and_swapped_contents_all_show(tree):
    before = digest(tree)
    (tree / "a.xyz").write_text("0 0 2\n")
    changed = digest(tree)
    (tree / "a.xyz").write_text("1 1 1\n")
    (tree / "sub/b.xyz").write_text("0 0 0\n")
    swapped = digest(tree)
    (tree / "a.xyz").rename(tree / "c.xyz")
    assert len({before, changed, swapped, digest(tree)}) == 4


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tree):
    assert digest_files(tree, [tree / "a.xyz", tree / "gone.xyz"]) != digest_files(tree, [tree / "a.xyz"])


def test_values_are_the_same_whatever_the_order_of_keys():
    assert (
        digest_values({"a": 1, "b": [2]})
        == digest_values({"b": [2], "a": 1})
        != digest_values({"a": 1, "b": [3]})
    )
