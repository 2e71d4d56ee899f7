"""What a format cannot hold is said, and what it holds comes back to the last bit."""

from pathlib import Path

import numpy as np

from pointclip2.data.files.contents import FileRows
from pointclip2.data.files.rows import read_rows, write_rows


def rows(points: int = 50, kind: str = "f4") -> FileRows:
    xyz = np.random.default_rng(0).normal(size=(points, 3)).astype(kind)
    stamps = 1_764_527_000_123_456_789 + np.arange(points)
    columns = {"stamp": stamps, "a b": np.arange(points), "a_b": -np.arange(points)}
    return FileRows(xyz.astype(np.float64), columns, kind=np.dtype(kind))


def test_whole_numbers_of_64_bits_are_told_where_they_are_rounded(tmp_path: Path) -> None:
    [told] = write_rows(tmp_path / "a.ply", rows())
    assert "stamp is rounded" in told
    assert write_rows(tmp_path / "a.npy", rows()) == ()
    assert (read_rows(tmp_path / "a.npy").columns["stamp"] == rows().columns["stamp"]).all()


def test_columns_whose_names_a_ply_cannot_tell_apart_are_both_kept(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.ply", rows())
    columns = read_rows(tmp_path / "a.ply").columns
    assert columns["a_b"].tolist() == list(range(50))
    assert columns["a_b_"].tolist() == [-number for number in range(50)]


def test_coordinates_of_32_bits_come_back_from_text_as_they_were(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", rows())
    assert (read_rows(tmp_path / "a.csv").points == rows().points).all()


def test_a_text_with_a_comma_comes_back(tmp_path: Path) -> None:
    names = np.array(["seat, wide", 'leg "left"'] * 25)
    write_rows(tmp_path / "a.csv", rows(), {"part_name": names})
    again = read_rows(tmp_path / "a.csv")
    assert (again.points == rows().points).all()
    assert (again.columns["stamp"] == rows().columns["stamp"]).all()
