"""Every row of a file, read and written back: the same points, in the same types, with all that stood beside them."""

from pathlib import Path

import numpy as np
import pytest

from pointclip2.data.files.contents import FileRows
from pointclip2.data.files.rows import read_rows, write_rows
from pointclip2.types import ConfigError

COUNT = 40


def rows(kind: type = np.float32, faces: bool = True) -> FileRows:
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(COUNT, 3)) + 1e6).astype(kind)
    points[7] = np.nan
    columns = {
        "nx": rng.normal(size=COUNT).astype(np.float32),
        "red": rng.integers(0, 256, COUNT).astype(np.uint8),
        "green": rng.integers(0, 256, COUNT).astype(np.uint8),
        "blue": rng.integers(0, 256, COUNT).astype(np.uint8),
        "time": rng.normal(size=COUNT) * 1e9,
        "ring": np.arange(COUNT, dtype=np.int16),
    }
    triangles = rng.integers(0, COUNT, (9, 3)) if faces else None
    return FileRows(points.astype(np.float64), columns, triangles, np.dtype(kind))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_ply_written_again_has_the_same_rows_types_and_faces(tmp_path, kind):
    first = rows(kind)
    assert write_rows(tmp_path / "a.ply", first) == ()
    again = read_rows(tmp_path / "a.ply")
    assert np.array_equal(again.points, first.points, equal_nan=True)
    assert again.kind == first.kind
    assert np.array_equal(again.faces, first.faces)
    assert list(again.columns) == list(first.columns)
    for name, column in first.columns.items():
        assert again.columns[name].dtype == column.dtype
        assert np.array_equal(again.columns[name], column)
    # And what is written from what was read is the same file.
    write_rows(tmp_path / "b.ply", again)
    assert (tmp_path / "b.ply").read_bytes() == (tmp_path / "a.ply").read_bytes()


@pytest.mark.parametrize("suffix", [".ply", ".npy", ".csv"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_new_columns_stand_beside_the_old_ones_or_in_their_place(tmp_path, suffix, kind):
    part, red = np.arange(COUNT, dtype=np.int64), np.full(COUNT, 9, dtype=np.uint8)
    path = tmp_path / f"a{suffix}"
    write_rows(path, rows(kind, faces=False), {"part": part, "red": red})
    again = read_rows(path)
    assert np.array_equal(
        again.points, rows(kind).points.astype(kind).astype(np.float64), equal_nan=True
    ) or (suffix == ".csv" and np.array_equal(again.points.astype(kind), rows(kind).points, equal_nan=True))
    assert np.array_equal(again.columns["part"], part)
    assert np.array_equal(again.columns["red"], red)
    assert np.array_equal(again.columns["time"], rows().columns["time"])
    assert again.colours is not None
    assert again.colours[:, 0] == pytest.approx(np.full(COUNT, 9 / 255))


def test_what_a_format_cannot_hold_is_said(tmp_path):
    named = {"name": np.array(["a", "b"] * (COUNT // 2))}
    assert write_rows(tmp_path / "a.ply", rows(), named) == (
        "PLY holds no texts: the column name is left out",
    )
    assert write_rows(tmp_path / "a.csv", rows(), named) == (".csv holds no faces: 9 are left out",)
    assert np.array_equal(read_rows(tmp_path / "a.csv").columns["name"], named["name"])


def test_a_file_that_is_there_is_kept_unless_it_is_forced(tmp_path):
    path = tmp_path / "a.ply"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="there already"):
        write_rows(path, rows())
    assert path.read_text() == "mine"
    write_rows(path, rows(), force=True)
    assert len(read_rows(path).points) == COUNT


@pytest.mark.parametrize(
    ("name", "columns"), [("a.docx", {}), ("a.ply", {"part": np.zeros(3)})], ids=["ending", "length"]
)
def test_what_cannot_be_written_is_refused_and_nothing_is_left(tmp_path: Path, name, columns):
    with pytest.raises(ConfigError):
        write_rows(tmp_path / name, rows(), columns)
    assert list(tmp_path.iterdir()) == []
