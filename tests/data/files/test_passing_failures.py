"""Whatever reads a file: that too many files are open is never taken for a property of the file."""

import os
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest

from pointclip2.data.files.rows import READERS
from pointclip2.data.reading import read_silently
from pointclip2.types import TransientError

POINTS = np.random.default_rng(0).random((20, 3))


@contextmanager
def no_files_left() -> Iterator[None]:
    """Let the process open no further file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def written(path: Path) -> None:
    """A file of some points, of the kind that its ending says."""
    text = "\n".join(" ".join(map(str, point)) for point in POINTS)
    match path.suffix:
        case ".e57":
            pye57 = pytest.importorskip("pye57")
            file = pye57.E57(str(path), mode="w")
            file.write_scan_raw({f"cartesian{axis}": POINTS[:, i] for i, axis in enumerate("XYZ")})
            file.close()
        case ".las" | ".laz":
            laspy = pytest.importorskip("laspy")
            las = laspy.create()
            las.x, las.y, las.z = POINTS.T
            las.write(path)
        case ".h5" | ".hdf5":
            with h5py.File(path, "w") as file:
                file["data"] = POINTS
        case ".npy":
            np.save(path, POINTS)
        case ".npz":
            np.savez(path, points=POINTS)
        case ".obj":
            path.write_text("\n".join(f"v {line}" for line in text.splitlines()) + "\nf 1 2 3\n")
        case ".off":
            path.write_text(f"OFF\n20 1 0\n{text}\n3 0 1 2\n")
        case ".ply":
            head = "ply\nformat ascii 1.0\nelement vertex 20\n"
            path.write_text(
                head + "".join(f"property float {axis}\n" for axis in "xyz") + f"end_header\n{text}\n"
            )
        case ".pcd":
            head = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 20\nHEIGHT 1\n"
            path.write_text(f"{head}VIEWPOINT 0 0 0 1 0 0 0\nPOINTS 20\nDATA ascii\n{text}\n")
        case ".stl":
            corners = POINTS[:3].astype("<f4").tobytes()
            path.write_bytes(bytes(80) + struct.pack("<I", 1) + bytes(12) + corners + bytes(2))
        case ".csv":
            path.write_text("x,y,z\n" + text.replace(" ", ",") + "\n")
        case ".pts":
            path.write_text(f"20\n{text}\n")
        case ".glb" | ".gltf":
            trimesh = pytest.importorskip("trimesh")
            path.write_bytes(trimesh.creation.box().export(file_type="glb"))
        case _:
            path.write_text(text + "\n")


@pytest.mark.parametrize("ending", sorted(READERS))
def test_too_many_open_files_are_the_moments_fault(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"cloud{ending}"
    written(path)
    there = read_silently(path, 8, "y")  # imports what it needs
    with no_files_left(), pytest.raises(TransientError, match="cloud"):
        read_silently(path, 8, "y")
    assert (read_silently(path, 8, "y").points == there.points).all()


def test_a_picture_that_cannot_be_opened_just_now_is_not_left_out(tmp_path: Path) -> None:
    from PIL import Image

    from pointclip2.data.files.images import Pictures

    path = tmp_path / "wood.png"
    Image.new("RGB", (4, 4)).save(path)
    with no_files_left(), pytest.raises(OSError, match="Too many open files"):
        Pictures().read(path)
    assert Pictures().read(path) is not None
    path.write_bytes(path.read_bytes()[:20])
    assert Pictures().read(path) is None
