from pathlib import Path

import pytest

from pointclip2.writing import csv_cell, csv_text, read_cell, replacing, write_text


def test_a_failed_write_leaves_nothing_behind_and_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("ha")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_takes_the_place_of_what_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    write_text(path, "für alle\n")
    assert path.read_bytes() == "für alle\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "cell", ["=2+3", "+a", "-a", "@a", "\ta", "\ra", "'=a", "''=a", "'a", "chair", "", "-0.5", "-x"]
)
def test_no_cell_is_a_formula_and_every_cell_is_read_back(cell: str) -> None:
    written = csv_cell(cell)
    assert read_cell(written) == cell
    assert written in ("-0.5", "-x") or not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert csv_text([["name"], [cell]]).splitlines()[0] == "name"


def test_numbers_stay_numbers() -> None:
    assert csv_text([["x"], [-0.5], ["-1e-3"], [None]]) == 'x\n-0.5\n-1e-3\n""\n'


def test_the_bytes_of_a_name_that_is_not_utf8_are_written_as_escapes(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "chair \udcff")
    assert (tmp_path / "file").read_bytes() == b"chair \\udcff"
