"""Files as other programs write them: what they mean is read, or they are refused with a sentence."""

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any

import DracoPy
import h5py
import laspy
import numpy as np
import pye57
import pytest
from PIL import Image

from pointclip2.data.files.contents import xyz_columns
from pointclip2.data.files.rows import read_points, read_rows
from pointclip2.types import CloudError

POINTS = np.round(np.random.default_rng(0).uniform(0, 1, (60, 3)) * (1, 2, 3), 6)
POINTS[:2] = (0, 0, 0), (1, 2, 3)
BOX = np.array([(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 3)], dtype=np.float32)
"""The corners of a box, which two of the eight decide."""
SIDES = np.array(
    [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
     (1, 5, 7), (1, 7, 3)]
)  # fmt: skip


def text(line: str = "{0:.6f} {1:.6f} {2:.6f}", head: str = "", points: np.ndarray = POINTS) -> str:
    return head + "".join(line.format(*point) + "\n" for point in points.tolist())


def comma(line: str) -> str:
    return text(line).replace(".", ",")


TEXTS = {
    "comma at the end": text("{0:.6f},{1:.6f},{2:.6f},"),
    "a suffix": text("5,{0:.6f},{1:.6f},{2:.6f}", "point_id,X_m,Y_m,Z_m\n"),
    "normals before": text("0,0,1,{0:.6f},{1:.6f},{2:.6f}", "nx,ny,nz,px,py,pz\n"),
    "ParaView": text("9,7,{0:.6f},{1:.6f},{2:.6f}", '"intensity","ring","Points:0","Points:1","Points:2"\n'),
    "VeloView": text("9,{0:.6f},{1:.6f},{2:.6f}", "i,Points_m_XYZ:0,Points_m_XYZ:1,Points_m_XYZ:2\n"),
    "units": text("5,{0:.6f},{1:.6f},{2:.6f}", "t,x (m),y (m),z (m)\n"),
    "units in a header of blanks": text("{0:.6f} {1:.6f} {2:.6f} 7 1 2 3", "X [m] Y [m] Z [m] Intensity R G B\n"),
    "a header behind a per cent sign": text("7 {0:.6f} {1:.6f} {2:.6f}", "% intensity x y z\n"),
    "a header behind a hash": text("7 {0:.6f} {1:.6f} {2:.6f}", "# made today\n# i x y z\n"),
    "decimal commas and tabs": comma("{0:.6f}\t{1:.6f}\t{2:.6f}"),
    "decimal commas and blanks": comma("{0:.6f} {1:.6f} {2:.6f}"),
    "bars": text("{0:.6f}|{1:.6f}|{2:.6f}"),
    "brackets": text("[{0:.6f}, {1:.6f}, {2:.6f}]"),
    "Fortran": text("{0:.9E} {1:.9E} {2:.9E}").replace("E", "D"),
    "a count and a width": text(head="60 3\n"),
    "two header lines": text("{0:.6f},{1:.6f},{2:.6f}", "exported 2024-01-01\nx,y,z\n"),
    "Excel": text("{0:.6f},{1:.6f},{2:.6f}", "sep=,\nx,y,z\n"),
    "atoms": text("C {0:.6f} {1:.6f} {2:.6f}", "60\na molecule\n"),
    "classes of letters": text("{0:.6f},{1:.6f},{2:.6f},chair"),
    "letters before": text("chair,{0:.6f},{1:.6f},{2:.6f}", "class,x,y,z\n"),
    "comments between": text().replace("\n", "\n# a comment\n\n", 9),
    "a hash in a cell": text("{0:.6f},{1:.6f},{2:.6f},#ff00ff", "x,y,z,colour\n"),
    "geodesy": text("7;{0:.6f};{1:.6f};{2:.6f}", "id;Easting;Northing;Elevation\n"),
    "old Macintosh": text().replace("\n", "\r"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_text_in_the_dialects_of_other_programs_gives_all_its_points(tmp_path, name):
    (tmp_path / "a.txt").write_bytes(TEXTS[name].encode())
    assert np.array_equal(read_rows(tmp_path / "a.txt").points, POINTS)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_text_in_other_encodings_is_read(tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "a.csv").write_bytes((mark + text("{0:.6f},{1:.6f},{2:.6f}", "x,y,z\n")).encode(encoding))
    assert np.array_equal(read_rows(tmp_path / "a.csv").points, POINTS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (text("{0:.6f},{1:.6f},{2:.6f},7", "a,b,c,d\n"), "line 1 .*'a,b,c,d'"),
        (
            text("{0:.6f} {1:.6f} {2:.6f} 7", "x y z\n"),
            "line 1 names 3 columns, but the rows have 4: 'x y z'",
        ),
        (text(head="100\n"), "truncated: 60 of 100 points"),
        (text(head="Dear reader\n"), "line 1 is no point.*Dear reader"),
        (text() + "0.5 0.5\n", "line 61 is no point.*'0.5 0.5'"),
        (text("chair,{0:.6f},{1:.6f},{2:.6f}"), "line 1 is no point.*chair"),
        ("0,5, 0,25, 0,75\n1,5, 1,25, 1,75\n", "line 1 is no point.*'0,5, 0,25, 0,75'"),
    ],
)
def test_text_that_may_mean_something_else_is_refused_with_the_line(tmp_path, content, reason):
    (tmp_path / "a.txt").write_text(content)
    with pytest.raises(CloudError, match=reason):
        read_rows(tmp_path / "a.txt")


def test_columns_keep_their_names_and_kinds_and_give_colours(tmp_path):
    (tmp_path / "a.csv").write_text(
        "x,y,z,R,G,B,class,size,when\n1,2,3,255,0,0,chair,1.5,\n4,5,6,0,51,0,table,2,7\n"
    )
    rows = read_rows(tmp_path / "a.csv")
    assert rows.columns["class"].tolist() == ["chair", "table"]
    assert rows.columns["R"].dtype == np.int64
    assert rows.columns["size"].tolist() == [1.5, 2.0]
    assert np.isnan(rows.columns["when"][0])
    assert rows.colours is not None
    assert rows.colours.tolist() == [[1, 0, 0], [0, np.float32(0.2), 0]]


@pytest.mark.parametrize(
    "names", ["vx vy vz", "nx ny nz", "a b c", "x y", "max_x max_y max_z", "texture_x texture_y texture_z"]
)
def test_names_of_other_things_are_not_taken_for_coordinates(names):
    assert xyz_columns(names.split()) is None


def test_more_points_than_promised_are_taken_and_told(tmp_path):
    (tmp_path / "a.pts").write_text(text(head="50\n"))
    rows = read_rows(tmp_path / "a.pts")
    assert len(rows.points) == 60
    assert rows.remarks == ("it tells of 50 points but holds 60: all are taken",)


# Arrays

ARRAYS = {
    "one in a batch": POINTS[None],
    "organised": POINTS.reshape(6, 10, 3),
    "axes first": POINTS.T,
    "axes first with colours": np.concatenate([POINTS, POINTS], axis=1).T,
    "axes first in a batch": POINTS.T[None],
    "named": np.rec.fromarrays(POINTS.T, names=["x", "y", "z"]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_other_shapes_are_read(tmp_path, name):
    np.save(tmp_path / "a.npy", ARRAYS[name])
    assert np.array_equal(read_rows(tmp_path / "a.npy").points, POINTS)


@pytest.mark.parametrize(
    "names", [["Points"], ["pos", "label"], ["xyz", "rgb"], ["coords", "faces"], ["x", "y", "z", "t"]]
)
def test_archives_of_arrays_are_read_by_their_usual_names(tmp_path, names):
    held: dict[str, Any] = dict.fromkeys(names, POINTS)
    held |= {axis: POINTS[:, number] for number, axis in enumerate("xyz") if axis in names}
    held |= {name: np.arange(60) for name in ("label", "t") if name in names}
    if "faces" in names:
        held["faces"] = np.array([[0, 1, 2]])
    np.savez(tmp_path / "a.npz", **held)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, array in held.items():
            file[name] = array
    for ending in ("npz", "h5"):
        rows = read_rows(tmp_path / f"a.{ending}")
        assert np.array_equal(rows.points, POINTS)
        assert (rows.faces is not None) == ("faces" in names)
        assert (rows.colours is not None) == ("rgb" in names)
        assert set(rows.columns) >= {"label", "t"} & set(names)


def test_a_batch_of_clouds_is_no_cloud_but_an_image_of_points_is(tmp_path):
    batch = np.random.default_rng(0).normal(size=(5, 128, 3)) * (1, 2, 3)
    np.save(tmp_path / "a.npy", batch)
    with pytest.raises(CloudError, match="looks like 5 clouds of 128 points"):
        read_rows(tmp_path / "a.npy")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["data"] = batch
    with pytest.raises(CloudError, match="holds 5 clouds of 128 points"):
        read_rows(tmp_path / "a.h5")
    turn, tilt = np.meshgrid(np.linspace(0, 6, 128), np.linspace(-0.3, 0.3, 16))
    image = np.stack([np.cos(turn), np.sin(turn), tilt], axis=2) * 9 + batch[:1, :1]
    image[3:5, 40:80] = 0
    np.save(tmp_path / "b.npy", image)
    assert np.array_equal(read_rows(tmp_path / "b.npy").points, image.reshape(-1, 3))


# PLY, PCD, STL, OBJ


def ply(names: str = "x y z", element: str = "vertex", faces: str = "", promised: int = 60) -> str:
    head = ["ply", "format ascii 1.0", f"element {element} {promised}"]
    head += [f"property double {name}" for name in names.split()]
    if faces:
        head += [f"element face {len(faces.splitlines())}", "property list uchar int vertex_indices"]
    return "\n".join([*head, "end_header\n"]) + text() + faces


@pytest.mark.parametrize("content", [ply("X Y Z"), ply(element="vertices"), ply("px py pz", "point")])
def test_a_ply_may_name_its_points_otherwise(tmp_path, content):
    (tmp_path / "a.ply").write_text(content)
    assert np.array_equal(read_rows(tmp_path / "a.ply").points, POINTS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ply("u v w"), "columns u, v, w, but none that are x, y, z"),
        (ply(element="camera"), "no vertices, but 60 camera"),
        (ply(promised=61), "truncated: 60 of 61 vertices"),
        (ply(faces="3 0 1 2\n3 0 1\n"), "truncated: 1 of 2 faces"),
        (ply(faces="3 0 1 60\n"), "face names the vertex 60"),
    ],
)
def test_a_ply_that_cannot_be_read_right_is_refused(tmp_path, content, reason):
    (tmp_path / "a.ply").write_text(content)
    with pytest.raises(CloudError, match=reason):
        read_rows(tmp_path / "a.ply")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kept", [1.0, 0.99, 0.5])
def test_a_binary_ply_with_lists_of_several_lengths_is_whole_or_refused(tmp_path, order, kept):
    name = {"<": "little", ">": "big"}[order]
    head = (
        f"ply\nformat binary_{name}_endian 1.0\nelement vertex 60\nproperty double x\nproperty double y\n"
        "property double z\nelement face 2\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    faces = struct.pack(order + "B3iB5i", 3, 0, 1, 2, 5, 3, 4, 5, 6, 7)
    content = head + POINTS.astype(order + "f8").tobytes() + faces
    (tmp_path / "a.ply").write_bytes(content[: int(kept * len(content))])
    if kept < 1:
        with pytest.raises(CloudError, match="truncated"):
            read_rows(tmp_path / "a.ply")
        return
    rows = read_rows(tmp_path / "a.ply")
    assert np.array_equal(rows.points, POINTS)
    assert rows.faces is not None
    assert rows.faces.tolist() == [[0, 1, 2], [3, 4, 5], [3, 5, 6], [3, 6, 7]]
    (tmp_path / "a.ply").write_bytes(content + b"surplus")
    assert read_rows(tmp_path / "a.ply").remarks == ("7 bytes after its end are left aside",)


@pytest.mark.parametrize(("faces", "said"), [("3 0 0 0\n", 0), ("3 5 6 7\n", 1), ("3 5 6 7\n3 1 1 1\n", 1)])
def test_a_few_faces_do_not_hide_the_points(tmp_path, faces, said):
    (tmp_path / "a.ply").write_text(ply(faces=faces))
    raw = read_points(tmp_path / "a.ply", 500, np.random.default_rng(0))
    assert np.array_equal(raw.points, POINTS)
    assert (
        raw.remarks
        == ("57 of 60 vertices belong to no face: the vertices are taken, not the surface",) * said
    )


def test_fields_of_a_pcd_may_be_capitals_and_hold_packed_colours(tmp_path):
    rgb = np.array([0xFF0000, 0x00FF33] * 30, dtype=np.uint32)
    rows = np.rec.fromarrays([*POINTS.astype("<f4").T, rgb.view("<f4")], names=list("XYZc"))
    head = "FIELDS X Y Z rgb\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH 60\nHEIGHT 1\nPOINTS 60\nDATA binary\n"
    (tmp_path / "a.pcd").write_bytes(head.encode() + rows.tobytes())
    found = read_rows(tmp_path / "a.pcd")
    assert np.array_equal(found.points, POINTS.astype(np.float32))
    assert found.colours is not None
    assert found.colours[:2].tolist() == [[1, 0, 0], [0, 1, np.float32(0.2)]]


def stl(promised: int = 12, surplus: bytes = b"") -> bytes:
    triangles = b"".join(struct.pack("<12fH", 0, 0, 0, *BOX[side].ravel(), 0) for side in SIDES)
    return b"solid binary".ljust(80) + struct.pack("<I", promised) + triangles + surplus


def stl_text(name: str = "solid box\n") -> bytes:
    facets = (
        "facet normal 0 0 0\nouter loop\n"
        + "".join(f"vertex {x} {y} {z}\n" for x, y, z in BOX[side].tolist())
        + "endloop\nendfacet\n"
        for side in SIDES
    )
    return (name + "".join(facets) + "endsolid\n").encode()


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (stl(), ""),
        (stl(surplus=b"x" * 37), "37 bytes after its last triangle are left aside"),
        (stl(promised=0), "its header tells of no triangles, but 12 are there: all are taken"),
        (stl_text(), ""),
        (stl_text(""), ""),
        (stl_text("solid vertex facet part\n"), ""),
    ],
)
def test_an_stl_gives_its_triangles_whatever_its_header_says(tmp_path, content, remark):
    (tmp_path / "a.stl").write_bytes(content)
    rows = read_rows(tmp_path / "a.stl")
    assert np.array_equal(rows.points.reshape(-1, 3, 3), BOX[SIDES])
    assert rows.remarks == ((remark,) if remark else ())


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.stl", stl(promised=99), "truncated: 12 of 99 triangles"),
        ("a.stl", stl_text()[:-200], "truncated: 1. of 1. triangles"),
        (
            "a.obj",
            b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 1 2\n",
            "truncated: it ends in line 5 with a face of 2",
        ),
        ("a.obj", b"v 0 0 0\nv 1 0\n", "line 2 is no vertex"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n", "face names the vertex 3"),
        ("a.off", b"OFF\n3 2 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", "truncated: 1 of 2 faces"),
    ],
)
def test_half_a_mesh_is_not_taken_for_a_whole_one(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CloudError, match=reason):
        read_rows(tmp_path / name)


FACES = {
    "tabs": ("v\t{}\t{}\t{}\n", "f\t{}\t{}\t{}\n"),
    "references to normals": ("v {} {} {}\n", "f {}//1 {}//1 {}//1\n"),
    "references of several kinds": ("v {} {} {}\n", "f {} {}/1 {}//1\n"),
    "colours": ("v {} {} {} 1 0.5 0\n", "f {} {} {}\n"),
}


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("backwards", [False, True])
def test_an_obj_is_read_however_its_faces_are_written(tmp_path, name, backwards):
    vertex, face = FACES[name]
    lines = [vertex.format(*corner) for corner in BOX.tolist()] + ["vt 0 0\nvn 0 0 1\n"]
    lines += [face.format(*(side - 8 if backwards else side + 1)) for side in SIDES]
    # What comes behind moves no reference that counts backwards.
    (tmp_path / "a.obj").write_text("".join([*lines, vertex.format(9, 9, 9)]))
    rows = read_rows(tmp_path / "a.obj")
    assert np.array_equal(rows.points[:8], BOX)
    assert rows.faces is not None
    assert np.array_equal(rows.faces, SIDES)
    assert (rows.colours is not None) == (name == "colours")
    assert (rows.normals is not None) == (name == "references to normals")


def test_polygons_are_cut_into_triangles_in_their_order(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 0\n" * 6 + "f 1 2 3\nf 1 2 3 4\nf 1 2\nf 1 2 3 4 5\nf 4 5 6\n")
    rows = read_rows(tmp_path / "a.obj")
    assert rows.faces is not None
    expected = [[0, 1, 2], [0, 1, 2], [2, 3, 0], [0, 1, 2], [0, 2, 3], [0, 3, 4], [3, 4, 5]]
    assert rows.faces.tolist() == expected
    assert rows.remarks == ("1 of 5 faces have fewer than three corners and are left aside",)


# glTF


class Gltf:
    """A document that grows with what is put into it."""

    def __init__(self) -> None:
        self.data = b""
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"}, "buffers": [{}], "bufferViews": [], "accessors": [],
            "meshes": [{"primitives": []}], "nodes": [{"mesh": 0}], "scenes": [{"nodes": [0]}],
        }  # fmt: skip

    def view(self, content: bytes) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        self.json["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(content)}
        )
        self.data += content
        return len(self.json["bufferViews"]) - 1

    def accessor(self, array: np.ndarray, **more: Any) -> int:
        codes = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
        shape = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}[1 if array.ndim == 1 else array.shape[1]]
        entry = {"count": len(array), "type": shape, "componentType": codes[array.dtype.str[1:]], **more}
        self.json["accessors"].append({"bufferView": self.view(array.tobytes()), **entry})
        return len(self.json["accessors"]) - 1

    def add(self, mode: int, position: int, indices: np.ndarray | None = None, **attributes: int) -> None:
        primitive: dict[str, Any] = {"mode": mode, "attributes": {"POSITION": position, **attributes}}
        if indices is not None:
            primitive["indices"] = self.accessor(indices)
        self.json["meshes"][0]["primitives"].append(primitive)

    def write(self, path: Path) -> Path:
        self.json["buffers"][0]["byteLength"] = len(self.data)
        if path.suffix == ".gltf":
            path.write_text(json.dumps(self.json))
            return path
        head = json.dumps(self.json).encode()
        head += b" " * (-len(head) % 4)
        body = self.data + b"\0" * (-len(self.data) % 4)
        chunks = (
            struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(body), b"BIN\0") + body
        )
        path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks)
        return path


def bounds(path: Path) -> list[list[float]]:
    rows = read_rows(path)
    assert rows.faces is not None
    used = rows.points[np.unique(rows.faces)]
    return [used.min(axis=0).round(3).tolist(), used.max(axis=0).round(3).tolist()]


INDICES = SIDES.ravel().astype(np.uint16)


def test_parts_that_are_quantised_stand_where_their_nodes_put_them(tmp_path):
    file = Gltf()
    whole = np.round(BOX / 3 * 32767).astype(np.int16)
    padded = np.concatenate([whole, np.zeros((8, 1), np.int16)], axis=1)
    position = file.accessor(padded, normalized=True)
    file.json["accessors"][position]["type"] = "VEC3"
    file.json["bufferViews"][0]["byteStride"] = 8
    file.add(4, position, INDICES)
    file.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    file.json["nodes"] = [
        {"children": [1, 2], "translation": [0, 10, 0]},
        {"mesh": 0, "scale": [3, 3, 3]},
        {"mesh": 0, "scale": [3, 3, 3], "translation": [5, 0, 0], "rotation": [0, 0, 1, 0]},
    ]
    assert bounds(file.write(tmp_path / "a.glb")) == [[0, 8, 0], [5, 12, 3]]


def test_sparse_replacements_are_made(tmp_path):
    file = Gltf()
    flat = BOX * np.array([1, 1, 0], dtype=np.float32)
    position = file.accessor(flat)
    high = np.flatnonzero(BOX[:, 2] > 0)
    file.json["accessors"][position]["sparse"] = {
        "count": len(high),
        "indices": {"bufferView": file.view(high.astype(np.uint8).tobytes()), "componentType": 5121},
        "values": {"bufferView": file.view(BOX[high].tobytes())},
    }
    file.add(4, position, INDICES)
    assert bounds(file.write(tmp_path / "a.glb")) == [[0, 0, 0], [1, 2, 3]]


@pytest.mark.parametrize(("mode", "triangles"), [(4, 1), (5, 2), (6, 2)])
def test_strips_and_fans_are_surfaces(tmp_path, mode, triangles):
    file = Gltf()
    square = np.array([[0, 0, 5], [1, 0, 5], [0, 1, 5], [1, 1, 5]], dtype=np.float32)
    file.add(mode, file.accessor(square))
    rows = read_rows(file.write(tmp_path / "a.glb"))
    assert rows.faces is not None
    assert len(rows.faces) == triangles
    edges = rows.points[rows.faces]
    normals = np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0])
    assert mode != 5 or (normals[:, 2] > 0).all()


@pytest.mark.parametrize("uri", ["my%20data.bin", "my data.bin", "data"])
def test_a_buffer_may_have_an_encoded_name_or_lie_in_the_document(tmp_path, uri):
    file = Gltf()
    file.add(4, file.accessor(BOX), INDICES)
    (tmp_path / "my data.bin").write_bytes(file.data)
    inside = f"data:application/octet-stream;base64,{base64.b64encode(file.data).decode()}"
    file.json["buffers"] = [{"uri": inside if uri == "data" else uri}]
    assert bounds(file.write(tmp_path / "a.gltf")) == [[0, 0, 0], [1, 2, 3]]
    (tmp_path / "my data.bin").unlink()
    if uri != "data":
        with pytest.raises(CloudError, match=r"'my data\.bin' .* is missing"):
            read_rows(tmp_path / "a.gltf")


def test_what_draco_packed_is_unpacked(tmp_path):
    file = Gltf()
    packed = DracoPy.encode(BOX, faces=SIDES.astype(np.uint32), quantization_bits=14)
    file.json["accessors"] = [{"count": 8, "type": "VEC3", "componentType": 5126}]
    entry = {"bufferView": file.view(packed), "attributes": {"POSITION": 0}}
    file.json["meshes"][0]["primitives"] = [
        {"attributes": {"POSITION": 0}, "extensions": {"KHR_draco_mesh_compression": entry}}
    ]
    file.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    found = bounds(file.write(tmp_path / "a.glb"))
    assert np.array(found) == pytest.approx(np.array([[0, 0, 0], [1, 2, 3]]), abs=1e-3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"extensionsRequired": ["ACME_voxels"]}, "requires the extension ACME_voxels"),
        ({"extensionsUsed": ["EXT_mesh_gpu_instancing"]}, "EXT_mesh_gpu_instancing"),
        ({"buffers": [{"uri": "https://example.org/a.bin"}]}, r"https://example\.org/a\.bin"),
        ({"nodes": [{"children": [0]}], "scenes": [{"nodes": [0]}]}, "own child"),
        ({"meshes": [{"primitives": []}]}, "no geometry"),
    ],
)
def test_a_gltf_that_is_not_understood_is_refused_by_name(tmp_path, change, reason):
    file = Gltf()
    file.add(4, file.accessor(BOX), INDICES)
    file.json |= change
    with pytest.raises(CloudError, match=reason):
        read_rows(file.write(tmp_path / "a.glb"))


def test_geometry_that_meshopt_packed_is_refused_by_name(tmp_path):
    file = Gltf()
    file.add(4, file.accessor(BOX), INDICES)
    file.json["buffers"].append({"byteLength": 96})
    packed = {"buffer": 0, "byteLength": 9, "count": 8, "byteStride": 12, "mode": "ATTRIBUTES"}
    file.json["bufferViews"][0] |= {"buffer": 1, "extensions": {"EXT_meshopt_compression": packed}}
    with pytest.raises(CloudError, match="EXT_meshopt_compression"):
        read_rows(file.write(tmp_path / "a.glb"))


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_glb_is_refused(tmp_path, kept):
    file = Gltf()
    file.add(4, file.accessor(BOX), INDICES)
    content = file.write(tmp_path / "a.glb").read_bytes()
    (tmp_path / "a.glb").write_bytes(content[: int(kept * len(content))])
    with pytest.raises(CloudError, match="truncated"):
        read_rows(tmp_path / "a.glb")


# Colours of surfaces

PICTURE = np.zeros((8, 8, 3), dtype=np.uint8)
PICTURE[:, 4:] = (255, 0, 51)


def png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PICTURE).save(stream, "PNG")
    return stream.getvalue()


SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float32)
HALVES = np.array([0, 1, 2, 0, 2, 3], dtype=np.uint16)


def painted(folder: Path, how: str) -> Path:
    """A square whose right half has another colour than its left."""
    uv = SQUARE[:, :2]
    if how == "obj":
        (folder / "a.png").write_bytes(png())
        (folder / "a.mtl").write_text("newmtl skin\nKd 1 1 1\nmap_Kd a.png\n")
        vertices = "".join(f"v {x} {y} {z}\nvt {x} {y}\n" for x, y, z in SQUARE.tolist())
        (folder / "a.obj").write_text(f"mtllib a.mtl\n{vertices}usemtl skin\nf 1/1 2/2 3/3 4/4\n")
        return folder / "a.obj"
    file = Gltf()
    file.add(
        4,
        file.accessor(SQUARE),
        HALVES,
        TEXCOORD_0=file.accessor((uv * (1, -1) + (0, 1)).astype(np.float32)),
    )
    file.json["images"] = [{"bufferView": file.view(png()), "mimeType": "image/png"}]
    file.json["textures"] = [{"source": 0}]
    file.json["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    file.json["meshes"][0]["primitives"][0]["material"] = 0
    return file.write(folder / "a.glb")


@pytest.mark.parametrize("how", ["obj", "glb"])
def test_a_picture_colours_the_points_that_are_drawn_and_the_vertices(tmp_path, how):
    path = painted(tmp_path, how)
    raw = read_points(path, 300, np.random.default_rng(0))
    assert raw.colours is not None
    right = raw.points[:, 0] >= 0.5
    assert raw.colours[right] == pytest.approx(np.tile([1, 0, 0.2], (int(right.sum()), 1)))
    assert (raw.colours[~right] == 0).all()
    assert read_points(path, None, np.random.default_rng(0)).colours is not None


def test_colours_and_normals_of_vertices_are_blended_between_them(tmp_path):
    header = "ply\nformat ascii 1.0\nelement vertex 3\n" + "".join(
        f"property {kind} {name}\n"
        for kind, names in (("float", "x y z nx ny nz"), ("uchar", "red green blue"))
        for name in names.split()
    )
    faces = "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    rows = "0 0 0 0 0 1 0 0 0\n1 0 0 0 0 1 255 0 0\n0 1 0 0 0 1 0 255 0\n3 0 1 2\n"
    (tmp_path / "a.ply").write_text(header + faces + rows)
    raw = read_points(tmp_path / "a.ply", 200, np.random.default_rng(0))
    assert raw.colours is not None
    assert raw.normals is not None
    assert raw.colours[:, :2] == pytest.approx(raw.points[:, :2], abs=1e-6)
    assert raw.normals == pytest.approx(np.tile([0.0, 0, 1], (200, 1)))


# Scanners


@pytest.mark.parametrize("ending", [".las", ".laz"])
def test_scans_of_surveyors_keep_national_coordinates_and_colours(tmp_path, ending):
    far = POINTS + np.array([694386, 5155487, 381])
    scan = laspy.LasData(laspy.LasHeader(point_format=2))
    scan.header.scales, scan.header.offsets = np.full(3, 1e-6), np.floor(far.min(axis=0))
    scan.x, scan.y, scan.z = far.T
    scan.red, scan.green, scan.blue = (np.full(60, value, dtype=np.uint16) for value in (65535, 0, 13107))
    scan.write(tmp_path / f"a{ending}")
    rows = read_rows(tmp_path / f"a{ending}")
    assert rows.points == pytest.approx(far, abs=1e-6, rel=0)
    assert rows.colours is not None
    assert rows.colours[0] == pytest.approx([1, 0, 0.2])
    content = (tmp_path / f"a{ending}").read_bytes()
    (tmp_path / f"a{ending}").write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(CloudError, match=r"truncated|damaged"):
        read_rows(tmp_path / f"a{ending}")


def test_scans_of_an_e57_stand_where_their_poses_put_them(tmp_path):
    with pye57.E57(str(tmp_path / "a.e57"), mode="w") as file:
        for shift in (0.0, 10.0):
            columns = {f"cartesian{axis}": POINTS[:, number] for number, axis in enumerate("XYZ")}
            columns |= {f"color{name}": np.full(60, 255, np.uint8) for name in ("Red", "Green", "Blue")}
            columns["cartesianInvalidState"] = (np.arange(60) == 5).astype(np.uint8)
            file.write_scan_raw(
                columns, translation=np.array([shift, 0, 0]), rotation=np.array([1.0, 0, 0, 0])
            )
    rows = read_rows(tmp_path / "a.e57")
    expected = np.concatenate([POINTS, POINTS + np.array([10, 0, 0])])
    expected[[5, 65]] = np.nan
    assert rows.points == pytest.approx(expected, abs=1e-6, nan_ok=True)
    assert rows.colours is not None
    assert (rows.colours == 1).all()
    assert rows.remarks == ("its 2 scans are taken as one cloud",)


# Nothing measured


@pytest.mark.parametrize(
    ("points", "left_out"),
    [
        (np.concatenate([POINTS + 5, np.zeros((400, 3))]), 400),
        (np.concatenate([POINTS + 5, np.zeros((2, 3))]), 2),
        (np.concatenate([POINTS - 0.5, np.zeros((30, 3))]), 30),
        (POINTS, 0),
        (np.concatenate([POINTS - 0.5, np.zeros((3, 3))]), 0),
        (np.zeros((50, 3)), 0),
    ],
    ids=["most", "apart", "many inside", "a corner", "a few inside", "all"],
)
def test_rows_at_the_very_origin_are_no_measurements(tmp_path, points, left_out):
    np.save(tmp_path / "a.npy", points)
    raw = read_points(tmp_path / "a.npy", 100, np.random.default_rng(0))
    assert np.isnan(raw.points).all(axis=1).sum() == raw.unmeasured == left_out
    said = f"left out {left_out} of {len(points)} points at the origin, where nothing was measured"
    assert raw.remarks == ((said,) if left_out else ())
