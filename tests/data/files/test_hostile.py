"""Files that mean harm are refused with a sentence, at once; the heavy proof is ``tests.campaigns.hostile``."""

import io
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from pointclip2.data.files.arrays import clouds_in_hdf5
from pointclip2.data.files.gltf_buffers import buffer_files
from pointclip2.data.files.images import LARGE, MOST_PIXELS, Pictures
from pointclip2.data.files.obj import companions
from pointclip2.data.files.ply import read_ply
from pointclip2.data.files.rows import SUFFIXES, read_rows
from pointclip2.data.folder import Folder
from pointclip2.data.label_table import LabelTable
from pointclip2.data.scan_folder import read_scan
from pointclip2.reading import TooLargeError
from pointclip2.types import CloudError, DataError

MANY = 10**9


def gltf(path: Path, **changes: Any) -> Path:
    points = np.eye(3, dtype="<f4")
    document: dict[str, Any] = {
        "asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}], "buffers": [{"byteLength": 36, "uri": "a.bin"}],
    }  # fmt: skip
    path.with_name("a.bin").write_bytes(points.tobytes())
    path.write_text(json.dumps({**document, **changes}))
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_pipe_of_any_ending_is_no_file(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"a{suffix}")
    with pytest.raises(CloudError, match="it is a named pipe"):
        read_rows(tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    "uri",
    ["../a.bin", "/etc/passwd", "%2e%2e/a.bin", "b/../../a.bin", "http://127.0.0.1/a", "file:///etc/passwd"],
)
def test_a_gltf_reads_nothing_that_lies_elsewhere(tmp_path: Path, uri: str) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(36))
    (tmp_path / "in").mkdir()
    path = gltf(tmp_path / "in" / "a.gltf", buffers=[{"byteLength": 36, "uri": uri}])
    with pytest.raises(CloudError, match=r"its data lies at .*: only files beside it"):
        read_rows(path)
    assert buffer_files(path) == []


def test_a_gltf_reads_no_pipe_and_says_which_file_is_missing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bin")
    with pytest.raises(CloudError, match=r"its data lies at pipe\.bin: it is a named pipe"):
        read_rows(gltf(tmp_path / "a.gltf", buffers=[{"uri": "pipe.bin"}]))
    with pytest.raises(CloudError, match=r"the file 'model\.bin' that holds its data is missing"):
        read_rows(gltf(tmp_path / "a.gltf", buffers=[{"uri": "model.bin"}]))


def test_a_gltf_of_nests_copies_and_zeros_ends_soon(tmp_path: Path) -> None:
    nested = tmp_path / "nested.gltf"
    nested.write_text('{"nodes": ' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(CloudError, match="it holds no JSON"):
        read_rows(nested)
    assert buffer_files(nested) == []
    doubled = [{"children": [i + 1, i + 1]} for i in range(60)] + [{"mesh": 0}]
    with pytest.raises(CloudError, match="has two parents"):
        read_rows(gltf(tmp_path / "a.gltf", nodes=doubled))
    zeros = [{"componentType": 5126, "count": MANY, "type": "VEC3"}]
    with pytest.raises(TooLargeError, match="1,000,000,000 points"):
        read_rows(gltf(tmp_path / "a.gltf", accessors=zeros))


@pytest.mark.parametrize("name", ["a.ply", "b.ply", "a.pcd", "b.pcd", "a.npy", "a.off", "a.h5"])
def test_a_header_that_promises_a_billion_points_is_not_believed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".ply"):
        form = "ascii" if name == "a.ply" else "binary_little_endian"
        axes = "".join(f"property float {axis}\n" for axis in "xyz")
        path.write_text(f"ply\nformat {form} 1.0\nelement vertex {MANY}\n{axes}end_header\n0 0 0\n")
    elif name.endswith(".pcd"):
        form = "binary" if name == "a.pcd" else "binary_compressed"
        head = f"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS {MANY}\nDATA {form}\n"
        path.write_bytes(head.encode() + struct.pack("<II", 9, 12 * MANY % 2**32) + bytes(9))
    elif name == "a.npy":
        header = (
            f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({MANY}, 3)}}".encode().ljust(117) + b"\n"
        )
        path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    elif name == "a.off":
        path.write_text(f"OFF\n{MANY} {MANY} 0\n0 0 0\n")
    else:
        with h5py.File(path, "w") as file:
            file.create_dataset("points", (MANY, 3), "f4", chunks=(1000, 3))
    with pytest.raises(CloudError, match=r"1,000,000,000|unpack to 12,000,000,000"):
        read_rows(path)


def test_an_archive_and_compressed_points_are_measured_before_they_are_unpacked(tmp_path: Path) -> None:
    packed = zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("points.npy", "w") as entry:
        for _ in range(40):
            entry.write(bytes(2**24))
    with pytest.raises(TooLargeError, match="unpack to"):
        read_rows(tmp_path / "a.npz")
    head = b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 3\nDATA binary_compressed\n"
    lzf = b"\0\0" + b"\xe0\xff\0" * 1000
    (tmp_path / "a.pcd").write_bytes(head + struct.pack("<II", len(lzf), 36) + lzf)
    with pytest.raises(CloudError, match="give more than 36 bytes instead of 36"):
        read_rows(tmp_path / "a.pcd")


def test_an_hdf5_file_reads_no_other_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["points"] = h5py.ExternalLink("/etc/passwd", "/points")
    with h5py.File(tmp_path / "outside.h5", "w") as file:
        file.create_dataset("points", (10, 3), "u1", external=[("/etc/passwd", 0, 30)])
    with h5py.File(tmp_path / "many.h5", "w") as file:
        file.create_dataset("data", (MANY, 10, 3), "f4", chunks=(1000, 10, 3))
    for name in ("link", "outside"):
        with pytest.raises(CloudError, match="only what is in the file is read"):
            read_rows(tmp_path / f"{name}.h5")
    assert clouds_in_hdf5(tmp_path / "many.h5") == (1, None)


@pytest.mark.parametrize(
    ("library", "picture", "colour", "outside"),
    [
        ("a.mtl", "a.png", [1, 0, 0], 0),
        ("deeper/b.mtl", "../a.png", [1, 0, 0], 0),
        ("a.mtl", "../secret.png", [0, 1, 0], 1),
        ("a.mtl", "deeper/../../secret.png", [0, 1, 0], 1),
        ("a.mtl", "{}/secret.png", [0, 1, 0], 1),
        ("../secret.mtl", "a.png", None, 1),
        ("{}/secret.mtl", "a.png", None, 1),
    ],
)
def test_a_mesh_is_coloured_by_nothing_outside_its_folder(
    tmp_path: Path, library: str, picture: str, colour: list[int] | None, outside: int
) -> None:
    folder = tmp_path / "given"
    (folder / "deeper").mkdir(parents=True)
    Image.new("RGB", (4, 4), (255, 0, 0)).save(folder / "a.png")
    Image.new("RGB", (4, 4), (0, 0, 255)).save(tmp_path / "secret.png")
    material = f"newmtl m\nKd 0 1 0\nmap_Kd {picture.format(tmp_path)}\n"
    for place in (folder / "a.mtl", folder / "deeper" / "b.mtl", tmp_path / "secret.mtl"):
        place.write_text(material)
    mesh = f"mtllib {library.format(tmp_path)}\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1\n"
    (folder / "a.obj").write_text(mesh)
    rows = read_rows(folder / "a.obj")
    found = (
        None
        if rows.texture is None
        else rows.texture.colours(np.zeros(1, int), np.full((1, 3), 1 / 3))[0].tolist()
    )
    assert found == colour
    told = (f"{outside} files that it names lie outside its folder and are not read",) if outside else ()
    assert (rows.remarks if colour else told) == told
    assert all(path.is_relative_to(folder) for path in companions(folder / "a.obj"))


@pytest.mark.parametrize("library", ["m" * 300, "a.mtl\nmtllib b.mtl"])
def test_materials_that_make_no_sense_cost_the_colours_alone(tmp_path: Path, library: str) -> None:
    (tmp_path / "a.mtl").write_text("newmtl m\nKd red green blue\n")
    (tmp_path / "b.mtl").write_text(f"newmtl m\nmap_Kd {'p' * 400}.png\n")
    (tmp_path / "a.obj").write_text(f"mtllib {library}\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n")
    rows = read_rows(tmp_path / "a.obj")
    assert len(rows.points) == 3
    assert rows.texture is None
    assert Folder(str(tmp_path), classes=["cup", "mug"], up="any").open("test").names == ["a.obj"]


def test_archives_and_meshes_that_are_damaged_in_any_way_cost_no_other_file(tmp_path: Path) -> None:
    np.save(tmp_path / "good.npy", np.random.default_rng(0).normal(size=(300, 3)))
    gltf(tmp_path / "half.gltf", buffers=[{"byteLength": 36, "uri": "\ud800.bin"}])
    np.savez(tmp_path / "whole.npz", points=np.zeros((4, 200, 3)), label=[0, 1, 0, 1])
    content = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "whole.npz").unlink()
    for name, change, local, listed in (("locked", 1, 6, 8), ("strange", 99, 8, 10)):
        damaged = bytearray(content)
        for mark, field in ((b"PK\3\4", local), (b"PK\1\2", listed)):
            at = -1
            while (at := content.find(mark, at + 1)) >= 0:
                damaged[at + field] = change
        (tmp_path / f"{name}.npz").write_bytes(damaged)
    names = ["good.npy", "half.gltf", "locked.npz", "strange.npz"]
    split = Folder(str(tmp_path), classes=["cup", "mug"], up="any").open("test")
    assert split.names == names
    assert len(split[0].points)
    for row in range(1, len(names)):
        with pytest.raises(CloudError, match=f"^{names[row]}: "):
            split[row]


def test_blank_lines_materials_named_again_and_again_and_lists_take_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_bytes(b"solid\nfacet\n" + b"\n" * 300_000)
    with pytest.raises(CloudError, match="truncated: 0 of 1 triangles"):
        read_rows(tmp_path / "a.stl")
    (tmp_path / "a.mtl").write_text("".join(f"newmtl m{i}\nKd 0 0 1\n" for i in range(3000)))
    lines = "".join(
        f"mtllib a.mtl\nv {i} 0 0\nv 0 1 0\nv 0 0 1\nusemtl m{i}\nf -1 -2 -3\n" for i in range(3000)
    )
    (tmp_path / "a.obj").write_text(lines)
    texture = read_rows(tmp_path / "a.obj").texture
    assert texture is not None
    assert len(texture.images) == 3000
    assert texture.colours(np.arange(3000), np.full((3000, 3), 1 / 3)).tolist() == [[0, 0, 1]] * 3000


def test_lists_of_different_lengths_are_read_as_one_by_one(tmp_path: Path) -> None:
    axes = "".join(f"property float {axis}\n" for axis in "xyz")
    head = f"ply\nformat binary_big_endian 1.0\nelement vertex 5\n{axes}"
    head += "element face 3\nproperty uchar flag\nproperty list uchar short vertex_indices\nend_header\n"
    body = np.zeros((5, 3), ">f4").tobytes()
    for polygon in ((0, 1, 2), (), (4, 3, 2, 1)):
        body += struct.pack(f">BB{len(polygon)}h", 9, len(polygon), *polygon)
    (tmp_path / "a.ply").write_bytes(head.encode() + body)
    faces = read_ply(tmp_path / "a.ply").faces
    assert faces is not None
    assert faces.tolist() == [[0, 1, 2], [4, 3, 2], [2, 1, 4]] or sorted(map(sorted, faces.tolist()))[0] == [
        0,
        1,
        2,
    ]
    (tmp_path / "a.ply").write_bytes((head.encode() + body)[:-3])
    with pytest.raises(CloudError, match="truncated: 2 of 3 faces"):
        read_ply(tmp_path / "a.ply")


def test_pictures_are_halved_or_left_out_where_they_would_fill_the_memory() -> None:
    stream = io.BytesIO()
    Image.new("L", (LARGE // 1024, 2048), 51).save(stream, "PNG")
    pictures = Pictures()
    image = pictures.read(stream.getvalue())
    assert image is not None
    assert image.shape == (1024, LARGE // 2048, 3)
    assert np.unique(image).tolist() == [np.float32(0.2)]
    while pictures.pixels + 2 * LARGE <= MOST_PIXELS:
        assert pictures.fits(2 * LARGE)
    assert pictures.read(stream.getvalue()) is None
    assert "1 pictures are left out" in pictures.remarks[0]


def test_a_las_whose_header_tells_of_endless_records_and_an_e57_with_entities_are_refused(
    tmp_path: Path,
) -> None:
    head = bytearray(400)
    head[:4], head[94:96], head[96:100], head[100:104] = (
        b"LASF",
        struct.pack("<H", 227),
        struct.pack("<I", 227),
        b"\xff" * 4,
    )
    (tmp_path / "a.las").write_bytes(head)
    with pytest.raises(CloudError, match="more records than the file has room for"):
        read_rows(tmp_path / "a.las")
    text = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><e57Root>&a;</e57Root>'
    )
    begin = b"ASTM-E57" + struct.pack("<IIQQQQ", 1, 0, 2048, 1024, len(text), 1024)
    (tmp_path / "a.e57").write_bytes(begin.ljust(1024, b"\0") + text.ljust(1024, b"\0"))
    with pytest.raises(CloudError, match="definitions of its own"):
        read_rows(tmp_path / "a.e57")


def test_a_cell_that_is_too_long_is_a_line_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("0 0 0\n")
    (tmp_path / "labels.csv").write_text("file,label\na.xyz," + "x" * 200_000 + "\n")
    with pytest.raises(DataError, match=r"labels\.csv, line 2: field larger than"):
        LabelTable.read(tmp_path / "labels.csv", tmp_path)


def test_linked_folders_are_read_and_loops_are_not_entered(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.xyz").write_text("0 0 0\n1 1 1\n")
    (tmp_path / "data" / "chair").mkdir(parents=True)
    (tmp_path / "data" / "chair" / "loop").symlink_to(tmp_path / "data")
    (tmp_path / "data" / "table").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data" / "chair" / "self.xyz").symlink_to("self.xyz")
    (tmp_path / "data" / "chair" / "b.xyz").write_text("0 0 0\n1 1 1\n")
    os.mkfifo(tmp_path / "data" / "chair" / "pipe.xyz")
    split = Folder(str(tmp_path / "data")).open("test")
    assert split.names == ["chair/b.xyz", "chair/pipe.xyz", "chair/self.xyz", "table/a.xyz"]
    assert len(split[0].points) == len(split[3].points) == 1024
    with pytest.raises(CloudError, match="it is a named pipe"):
        split[1]


def test_a_name_that_is_not_utf8_can_be_written_anywhere(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.xyz")).write_text("0 0 0\n1 1 1\n")
    except OSError:
        pytest.skip("this disk takes names in UTF-8 only")
    split = Folder(str(tmp_path), classes=["chair"]).open("test")
    assert split.names == ["\\udcff.xyz"]
    assert split[0].name == "\\udcff.xyz"


def test_a_scan_that_reaches_beyond_all_numbers_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("0 0 0\n1e300 0 1\n")
    with pytest.raises(CloudError, match=r"reach 1e\+300: no scan of a room does"):
        read_scan(tmp_path / "a.xyz")
