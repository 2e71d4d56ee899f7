"""`pointclip2.read`: one file, one cloud, in the file's own coordinates."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import pointclip2
from pointclip2.data.folder import Folder
from pointclip2.types import ConfigError

FAR = np.array([694386.125, 5155487.25, 381.5])
"""Where a georeferenced scan lies: float32 has steps of half a metre there."""


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    rows = np.random.default_rng(0).normal(size=(300, 3)) + FAR
    rows[[3, 70]] = np.nan
    np.save(tmp_path / "scan.npy", rows)
    return tmp_path / "scan.npy"


def test_all_points_come_in_order_and_to_the_last_bit(scan):
    rows = np.load(scan)
    cloud = pointclip2.read(scan, points=None)
    kept = rows[np.isfinite(rows).all(axis=1)]
    assert np.array_equal(cloud.input_points.numpy(), kept)
    assert cloud.frame.index is not None
    assert np.array_equal(rows[cloud.frame.index.numpy()], kept)
    assert cloud.points.dtype == torch.float32
    near = (kept - kept.mean(axis=0)).astype(np.float32)
    assert cloud.points.numpy() == pytest.approx(near / np.linalg.norm(near, axis=1).max(), abs=1e-6)


@pytest.mark.parametrize("sampling", ["first", "random", "farthest"])
@pytest.mark.parametrize("up", ["y", "-z"])
def test_chosen_points_are_rows_of_the_file_and_the_same_as_in_a_data_set(scan, sampling, up):
    cloud = pointclip2.read(str(scan), 50, up, sampling, seed=3)
    assert cloud.frame.index is not None
    assert np.array_equal(cloud.input_points.numpy(), np.load(scan)[cloud.frame.index.numpy()])
    data = Folder(str(scan), up=up, classes=["a"], points=50, sampling=sampling, seed=3)
    assert torch.equal(cloud.points, data.open("test")[0].points)


def test_what_the_reader_had_to_say_is_logged_and_kept_in_the_same_words(scan, caplog):
    cloud = pointclip2.read(scan)
    assert cloud.remarks == ("left out 2 of 300 points that are not finite",)
    assert [record.getMessage() for record in caplog.records] == [f"scan.npy: {cloud.remarks[0]}"]
    assert Folder(str(scan), classes=["a"]).open("test")[0].remarks == cloud.remarks


def test_all_vertices_of_a_mesh_come_in_order_and_a_number_is_drawn_on_its_surface(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 4 0 0\nv 0 4 0\nv 4 4 0\nf 2 1 3\nf 2 3 4\n")
    whole, drawn = (pointclip2.read(tmp_path / "a.obj", points=points) for points in (None, 100))
    assert whole.input_points.tolist() == [[0, 0, 0], [4, 0, 0], [0, 4, 0], [4, 4, 0]]
    assert drawn.frame.index is None
    assert drawn.input_points.shape == (100, 3)
    assert len(set(map(tuple, drawn.input_points.tolist()))) == 100


def test_where_only_the_matrix_is_known_it_leads_back(scan):
    cloud = Folder(str(scan), classes=["a"], points=50).open("test")[0]
    assert torch.equal(cloud.input_points, cloud.frame.to_input(cloud.points))


def test_what_cannot_be_read_is_one_sentence_that_names_the_file(tmp_path):
    (tmp_path / "a.ply").write_bytes(b"ply\n")
    (tmp_path / "a.docx").write_bytes(b"PK")
    for name in ("a.ply", "a.docx", "gone.ply", "."):
        with pytest.raises(pointclip2.CloudError) as caught:
            pointclip2.read(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"points": 0}, {"up": "north"}, {"sampling": "best"}])
def test_options_that_cannot_work_are_no_fault_of_the_file(scan, options):
    with pytest.raises(ConfigError):
        pointclip2.read(scan, **options)


def test_reading_imports_no_model(scan):
    program = (
        f"import pointclip2, sys; pointclip2.read({str(scan)!r});"
        "print({'lightning', 'open_clip', 'hydra', 'matplotlib', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
