"""Files that mean harm or are damaged: ``python -m tests.campaigns.hostile [--tries N] [--seed S]``.

Every format's good file is cut, flipped, doubled and lied about in its header, and there are special files, bombs and
nests. Each is read by `pointclip2.read` in a process of its own kind, which says how long it took and how much memory it
held at most. A file is survived where reading it gives a cloud or one sentence, within 10 s and 2.5 GB.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

SECONDS, BYTES = 10.0, 2.5 * 2**30
TRIES = 400
Maker = Callable[[Path], None]


def good_files(folder: Path) -> list[Path]:
    """Write one good file of every format that can be written here."""
    from pointclip2.data.files.contents import FileRows
    from pointclip2.data.files.rows import write_rows

    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 3)).astype(np.float32)
    faces = rng.integers(0, 300, (200, 3))
    rows = FileRows(
        points.astype(np.float64), {"red": np.full(300, 9, np.uint8)}, faces, np.dtype(np.float32)
    )
    for name in ("a.ply", "a.npy", "a.csv"):
        write_rows(folder / name, rows)
    text = "\n".join(" ".join(f"{value:.5f}" for value in row) for row in points)
    for name in ("a.xyz", "a.txt", "a.asc"):
        (folder / name).write_text(text)
    (folder / "a.pts").write_text(f"300\n{text}\n")
    corners = "".join(f"f {a + 1}//1 {b + 1}//1 {c + 1}//1\n" for a, b, c in faces)
    (folder / "a.obj").write_text("vn 0 0 1\n" + "".join(f"v {row}\n" for row in text.splitlines()) + corners)
    triangles = "".join(f"3 {a} {b} {c}\n" for a, b, c in faces)
    (folder / "a.off").write_text(f"OFF\n300 200 0\n{text}\n{triangles}")
    header = (
        "ply\nformat ascii 1.0\nelement vertex 300\nproperty float x\nproperty float y\nproperty float z\n"
    )
    header += "element face 200\nproperty list uchar int vertex_indices\nend_header\n"
    (folder / "b.ply").write_text(f"{header}{text}\n{triangles}")
    solid = np.zeros(200, np.dtype([("n", "<f4", 3), ("c", "<f4", (3, 3)), ("a", "<u2")]))
    solid["c"] = points[faces]
    (folder / "a.stl").write_bytes(b"\0" * 80 + struct.pack("<I", 200) + solid.tobytes())
    facets = "".join(
        "facet normal 0 0 1\nouter loop\n" + "".join("vertex {} {} {}\n".format(*p) for p in points[face]) + "endloop\nendfacet\n"
        for face in faces
    )  # fmt: skip
    (folder / "b.stl").write_text(f"solid x\n{facets}endsolid x\n")
    np.savez_compressed(folder / "a.npz", points=points, colors=np.zeros((300, 3), np.uint8))
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("points", data=points, compression="gzip")
    (folder / "a.pcd").write_bytes(pcd(points, "binary"))
    (folder / "b.pcd").write_text(pcd(points, "ascii").decode("latin-1"))
    packed = lzf(np.ascontiguousarray(points.T).tobytes())
    body = struct.pack("<II", len(packed), points.nbytes) + packed
    (folder / "c.pcd").write_bytes(pcd(points, "binary_compressed", body))
    document, chunk = gltf(points, faces)
    (folder / "a.glb").write_bytes(glb(document, chunk))
    (folder / "b.bin").write_bytes(chunk)
    document["buffers"][0]["uri"] = "b.bin"
    (folder / "b.gltf").write_text(json.dumps(document))
    _scans(folder, points)
    return sorted(path for path in folder.iterdir() if path.suffix != ".bin")


def _scans(folder: Path, points: np.ndarray) -> None:
    """LAS, LAZ and E57, where their packages are installed."""
    try:
        import laspy
        import pye57
    except ImportError:
        return
    file = laspy.create(point_format=3, file_version="1.2")
    file.x, file.y, file.z = points.T
    file.write(str(folder / "a.las"))
    file.write(str(folder / "a.laz"))
    scan = pye57.E57(str(folder / "a.e57"), mode="w")
    columns = dict(zip(("cartesianX", "cartesianY", "cartesianZ"), points.astype(np.float64).T, strict=True))
    scan.write_scan_raw({name: np.ascontiguousarray(column) for name, column in columns.items()})
    scan.close()


def pcd(points: np.ndarray, encoding: str, body: bytes | None = None, count: int | None = None) -> bytes:
    """A file of the Point Cloud Library."""
    count = len(points) if count is None else count
    head = f"VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH {count}\nHEIGHT 1\nPOINTS {count}\n"
    if body is None:
        body = (
            points.tobytes()
            if encoding == "binary"
            else "\n".join(" ".join(map(str, p)) for p in points).encode()
        )
    return f"{head}DATA {encoding}\n".encode() + body


def lzf(content: bytes) -> bytes:
    """Content as literals only."""
    return b"".join(
        bytes([len(part) - 1]) + part for part in (content[at : at + 32] for at in range(0, len(content), 32))
    )


def gltf(points: np.ndarray, faces: np.ndarray) -> tuple[dict[str, Any], bytes]:
    """A document and its buffer."""
    corners = faces.astype("<u4").tobytes()
    content = points.astype("<f4").tobytes() + corners
    views = [{"buffer": 0, "byteOffset": 0, "byteLength": points.nbytes},
             {"buffer": 0, "byteOffset": points.nbytes, "byteLength": len(corners)}]  # fmt: skip
    document = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3"},
            {"bufferView": 1, "componentType": 5125, "count": faces.size, "type": "SCALAR"},
        ],
        "bufferViews": views, "buffers": [{"byteLength": len(content)}],
    }  # fmt: skip
    return document, content


def glb(document: Any, chunk: bytes = b"") -> bytes:
    """Both in one file."""
    head = document if isinstance(document, bytes) else json.dumps(document).encode()
    head += b" " * (-len(head) % 4)
    body = struct.pack("<II", len(head), 0x4E4F534A) + head + struct.pack("<II", len(chunk), 0x4E4942) + chunk
    return struct.pack("<III", 0x46546C67, 2, 12 + len(body)) + body


def mutated(content: bytes, rng: random.Random) -> bytes:
    """A good file's content, damaged in one of the ways that disks, nets and people have."""
    way = rng.randrange(7)
    data = bytearray(content)
    at = rng.randrange(max(1, len(data)))
    head = min(len(data), 400)
    if way == 0:
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == 1:
        del data[at:]
    elif way == 2:  # numbers of the header become others
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(head)
            data[place : place + 4] = rng.choice(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"9999", b"-1 1"]
            )
    elif way == 3:
        end = min(len(data), at + rng.randint(1, 4000))
        data[at:at] = data[at:end] * rng.randint(1, 5)
    elif way == 4:
        del data[at : at + rng.randint(1, 2000)]
    elif way == 5:
        place = rng.randrange(head)
        data[place : place + 8] = rng.randbytes(8)
    else:
        digits = [place for place in range(head) if chr(data[place]).isdigit()]
        for place in rng.sample(digits, min(len(digits), 3)):
            data[place : place + 1] = str(rng.choice([0, 9, 99999999, 10**12, -5])).encode()
    return bytes(data)


def special(folder: Path) -> Iterator[tuple[str, Path]]:
    """Pipes, sockets, devices, links to them, loops."""
    for ending in (".ply", ".txt", ".gltf", ".npz", ".h5", ".las", ".e57", ".pcd", ".obj"):
        os.mkfifo(folder / f"pipe{ending}")
        yield f"a pipe{ending}", folder / f"pipe{ending}"
    for ending, device in (
        (".xyz", "/dev/zero"),
        (".ply", "/dev/zero"),
        (".npy", "/dev/random"),
        (".csv", "/dev/null"),
        (".h5", "/dev/tty"),
    ):
        (folder / f"device{ending}").symlink_to(device)
        yield f"a link to {device}", folder / f"device{ending}"
    (folder / "link.ply").symlink_to(folder / "pipe.ply")
    yield "a link to a pipe", folder / "link.ply"
    (folder / "loop.ply").symlink_to("loop.ply")
    yield "a loop", folder / "loop.ply"
    (folder / "folder.ply").mkdir()
    yield "a folder", folder / "folder.ply"
    with socket.socket(socket.AF_UNIX) as server:
        place = os.getcwd()
        os.chdir(folder)
        server.bind("socket.ply")
        os.chdir(place)
    yield "a socket", folder / "socket.ply"
    document, _ = gltf(np.zeros((3, 3), np.float32), np.zeros((1, 3), np.int64))
    for number, uri in enumerate(
        (
            "pipe.bin",
            "/dev/zero",
            "../../../../../../dev/zero",
            "http://127.0.0.1:9/a",
            "file:///etc/passwd",
            "%2e%2e/x",
            "/etc/passwd",
            ".",
        )
    ):
        document["buffers"][0]["uri"] = uri
        path = folder / f"uri{number}.gltf"
        path.write_text(json.dumps(document))
        yield f"a buffer at {uri}", path
    os.mkfifo(folder / "pipe.bin")
    os.mkfifo(folder / "pipe.mtl")
    os.mkfifo(folder / "pipe.png")
    (folder / "a.mtl").write_text("newmtl a\nmap_Kd pipe.png\nnewmtl b\nmap_Kd /dev/zero\n")
    for name in ("pipe.mtl", "/dev/zero", "a.mtl"):
        path = folder / f"material{len(name)}.obj"
        path.write_text(f"mtllib {name}\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl a\nf 1 2 3\n")
        yield f"materials at {name}", path


def bombs() -> dict[str, bytes | Maker]:
    """Small files that would become large, or take long, by the name they are written to."""
    points = np.zeros((3, 3), np.float32)
    made: dict[str, bytes | Maker] = {}
    for count in (10**8 + 1, 10**9, 2**31 - 1, 2**32, 2**63 - 1):
        head = f"element vertex {count}\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
        made[f"ascii{count}.ply"] = f"ply\nformat ascii 1.0\n{head}0 0 0\n".encode()
        made[f"binary{count}.ply"] = f"ply\nformat binary_little_endian 1.0\n{head}".encode() + bytes(12)
        made[f"text{count}.pcd"] = pcd(points, "ascii", count=count)
        made[f"bytes{count}.pcd"] = pcd(points, "binary", count=count)
        made[f"packed{count}.pcd"] = pcd(
            points, "binary_compressed", struct.pack("<II", 9, 12 * count % 2**32) + bytes(9), count
        )
        made[f"many{count}.off"] = f"OFF\n{count} {count} 0\n0 0 0\n".encode()
        made[f"many{count}.pts"] = f"{count}\n0 0 0\n1 1 1\n".encode()
        header = (
            f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 3), }}".encode().ljust(117) + b"\n"
        )
        made[f"many{count}.npy"] = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(12)
        document, chunk = gltf(points, np.zeros((1, 3), np.int64))
        document["accessors"][0]["count"] = count
        made[f"many{count}.glb"] = glb(document, chunk)
        del document["accessors"][0]["bufferView"]
        made[f"zeros{count}.glb"] = glb(document, chunk)
        made[f"h{count}.h5"] = _hdf5(count)
    made["binary.stl"] = bytes(80) + struct.pack("<I", 2**32 - 1) + bytes(50)
    full = 12 * 40_000_000
    made["lzf.pcd"] = pcd(points, "binary_compressed", _lzf_bomb(full), full // 12)
    made["lzf_beyond.pcd"] = pcd(points, "binary_compressed", _lzf_bomb(full, 1200), 100)
    made["bomb.npz"] = _npz_bomb(6 * 10**9)
    made["lie.npz"] = _npz_bomb(6 * 10**9, told=100)
    made["objects.npy"] = (
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(127)
        + b"\n\x80\x04N."
    )
    made["wide.npy"] = _npy((4, 5_000_000), "|u1")
    made["text_dtype.npy"] = _npy((3, 3), "<U1000000")
    made["empty_dtype.npy"] = _npy((10**9, 3), "|S0")
    made["groups.obj"] = b"".join(
        b"v %d 0 0\nv 0 %d 0\nv 0 0 1\ng g%d\nusemtl m%d\nf -1 -2 -3\n" % (i, i, i, i) for i in range(30_000)
    )
    made["libraries.obj"] = _libraries
    made["corners.obj"] = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf " + b"1 2 3 " * 500_000 + b"\n"
    made["blank.obj"] = b" \t" * 2_000_000 + b"\nv 0 0 0\n"
    made["blank.stl"] = b"solid\nfacet\n" + b"\n" * 2_000_000
    made["blank.ply"] = b"ply\n" + b"\n" * 5_000_000
    made["blank.pcd"] = b"\n" * 20_000_000
    made["blank.xyz"] = b" \n" * 5_000_000
    made["names.ply"] = (
        b"ply\nformat ascii 1.0\nelement vertex 1\n" + b"property float x\n" * 60_000 + b"end_header\n1\n"
    )
    made["elements.ply"] = (
        b"ply\nformat ascii 1.0\n" + b"element a 0\nproperty int b\n" * 60_000 + b"end_header\n"
    )
    made["lists.ply"] = (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        b"element face 8000000\nproperty list uchar int vertex_indices\nend_header\n" + bytes(12) + bytes(7_999_994) + b"\1" + bytes(9)
    )  # fmt: skip
    made["quotes.csv"] = b'x,y,z\n0,0,"' + b"1" * 3_000_000 + b'"\n'
    made["long.xyz"] = b"0 0 0 " * 2_000_000
    made["digits.xyz"] = b"0 0 " + b"1" * 5_000_000 + b"\n"
    made["mixed.xyz"] = b"0 0 0\n" * 300_000 + b"0 0 0 x\n" * 10
    nest = b"[" * 100_000 + b"]" * 100_000
    made["nest.gltf"] = b'{"nodes": ' + nest + b"}"
    made["nest.glb"] = glb(b'{"nodes": ' + nest + b"}")
    made["numbers.gltf"] = b'{"nodes": [' + b"1" * 100_000 + b"]}"
    made["laughs.gltf"] = _laughs()
    made["copies.glb"] = _copies()
    made["primitives.glb"] = _primitives()
    made["sparse.glb"] = _sparse()
    made["picture.glb"] = _picture(60_000, 60_000)
    made["pictures.glb"] = _picture(11_000, 11_000, 40)
    for name in ("links.h5", "outside.h5", "virtual.h5", "fill.h5", "deflate.h5"):
        made[name] = globals()[f"_{name.removesuffix('.h5')}"]
    for number, (place, value) in enumerate(
        [(100, b"\xff" * 4), (107, b"\xff" * 4), (94, b"\xff" * 2), (96, b"\xff" * 4), (105, b"\0\0"), (131, bytes(24)), (104, b"\x7f")]
    ):  # fmt: skip
        made[f"header{number}.las"] = _las(place, value, ".las")
        made[f"header{number}.laz"] = _las(place, value, ".laz")
    made["entities.e57"] = _entities
    return made


def _hdf5(count: int) -> Maker:
    def make(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file.create_dataset("points", (min(count, 2**40), 3), "f4", chunks=(1000, 3))

    return make


def _lzf_bomb(full: int, told: int | None = None) -> bytes:
    """Zeros, by references that reach into what they write."""
    packed = b"\0\0" + b"\xe0\xff\0" * (full // 264)
    packed += b"\0\0" * (full - 1 - full // 264 * 264)
    return struct.pack("<II", len(packed), full if told is None else told) + packed


def _npy(shape: tuple[int, ...], kind: str) -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    size = int(np.prod(shape, dtype=object)) * np.dtype(kind).itemsize
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(min(size, 2**25))


def _deflated_zeros(size: int, head: bytes = b"") -> bytes:
    """Raw deflate of so many zeros, without holding them."""
    squeeze, block = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(2**24)
    parts = [squeeze.compress(head) + squeeze.flush(zlib.Z_FULL_FLUSH)]
    again = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    parts += [again] * (size // 2**24)
    return b"".join([*parts, squeeze.compress(bytes(size % 2**24)), squeeze.flush()])


def _npz_bomb(full: int, told: int | None = None) -> Maker:
    """An archive of zeros, written by its parts so that nobody has to hold it."""

    def make(path: Path) -> None:
        shape = (full // 12, 3)
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
        head = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
        check, body = zlib.crc32(head), _deflated_zeros(full, head)
        size = (full if told is None else told) % 2**32
        name = b"points.npy"
        local = struct.pack(
            "<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, check, len(body), min(size, 2**32 - 2), len(name), 0
        )
        central = struct.pack(
            "<4s6H3I5H2I",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            0,
            check,
            len(body),
            min(size, 2**32 - 2),
            len(name),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        content = local + name + body
        end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central + name), len(content), 0)
        path.write_bytes(content + central + name + end)

    return make


def _libraries(path: Path) -> None:
    (path.parent / "much.mtl").write_text("".join(f"newmtl m{i}\nKd 0 0 {i % 2}\n" for i in range(30_000)))
    lines = [
        f"v {i} 0 0\nv 0 {i} 0\nv 0 0 1\nmtllib much.mtl\nusemtl m{i}\nf -1 -2 -3\n" for i in range(30_000)
    ]
    path.write_text("".join(lines))


def _laughs() -> bytes:
    """Nodes that each have the next one twice."""
    document, chunk = gltf(np.zeros((3, 3), np.float32), np.zeros((1, 3), np.int64))
    document["nodes"] = [{"children": [i + 1, i + 1]} for i in range(60)] + [{"mesh": 0}]
    return glb(document, chunk)


def _copies() -> bytes:
    points = np.zeros((20_000, 3), np.float32)
    document, chunk = gltf(points, np.zeros((1, 3), np.int64))
    document["nodes"] = [{"mesh": 0, "scale": [2, 2, 2]} for _ in range(20_000)]
    document["scenes"] = [{"nodes": list(range(20_000))}]
    return glb(document, chunk)


def _primitives() -> bytes:
    document, chunk = gltf(np.zeros((200_000, 3), np.float32), np.zeros((1, 3), np.int64))
    document["meshes"][0]["primitives"] *= 5000
    return glb(document, chunk)


def _sparse() -> bytes:
    document, chunk = gltf(np.zeros((300, 3), np.float32), np.zeros((1, 3), np.int64))
    accessor = document["accessors"][0]
    del accessor["bufferView"]
    accessor["count"] = 2 * 10**9
    accessor["sparse"] = {
        "count": 1,
        "indices": {"bufferView": 1, "componentType": 5125},
        "values": {"bufferView": 0},
    }
    return glb(document, chunk)


def _picture(width: int, height: int, times: int = 1) -> bytes:
    """A surface with large pictures of one colour."""
    size = height * (width * 3 + 1)
    check = struct.pack(">I", size % 65521 << 16 | 1)
    packed = b"\x78\xda" + _deflated_zeros(size) + check

    def part(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", packed) + part(b"IEND", b"")
    document, chunk = gltf(np.eye(3, dtype=np.float32), np.array([[0, 1, 2]]))
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(chunk), "byteLength": len(png)})
    document["accessors"].append({"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC2"})
    document["images"] = [{"bufferView": 2, "mimeType": "image/png"}] * times
    document["textures"] = [{"source": i} for i in range(times)]
    document["materials"] = [
        {"pbrMetallicRoughness": {"baseColorTexture": {"index": i}}} for i in range(times)
    ]
    [first] = document["meshes"][0]["primitives"]
    attributes = {"POSITION": 0, "TEXCOORD_0": 2}
    document["meshes"][0]["primitives"] = [
        {**first, "attributes": attributes, "material": i} for i in range(times)
    ]
    return glb(document, chunk + png)


def _links(path: Path) -> None:
    os.mkfifo(path.with_name("other.h5"))
    with h5py.File(path, "w") as file:
        file["points"] = h5py.ExternalLink("other.h5", "/points")


def _outside(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("points", (1000, 3), "u1", external=[("/etc/passwd", 0, 3000)])


def _virtual(path: Path) -> None:
    layout = h5py.VirtualLayout((1000, 3), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "points", (1000, 3))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("points", layout)


def _fill(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("data", (10**9, 100, 3), "f4", chunks=(1000, 100, 3))
        file.create_dataset("label", (10**9,), "i4", chunks=(1000,))


def _deflate(path: Path) -> None:
    with h5py.File(path, "w") as file:
        data = file.create_dataset(
            "points", (100_000_000, 3), "f4", chunks=(1_000_000, 3), compression="gzip"
        )
        data[:1_000_000] = 1
        data[-1:] = 1


def _las(place: int, value: bytes, ending: str) -> Maker:
    def make(path: Path) -> None:
        content = bytearray((path.parent / "good" / f"a{ending}").read_bytes())
        content[place : place + len(value)] = value
        path.write_bytes(content)

    return make


def _entities(path: Path) -> None:
    laughs = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><e57Root>&a10;</e57Root>'.encode()
    page = text.ljust(1020, b" ") + bytes(4)
    head = b"ASTM-E57" + struct.pack("<IIQQQQ", 1, 0, 2048, 1024, len(text), 1024)
    path.write_bytes(head.ljust(1024, b"\0") + page)


def _collector(found: list[tuple[str, bytes]], ending: str) -> Callable[[bytes], None]:
    def collect(content: bytes) -> None:
        found.append((ending, content))

    return collect


def imagined(count: int, seed: int) -> list[tuple[str, bytes]]:
    """Headers that hypothesis thinks of."""
    number = st.one_of(st.integers(-3, 400), st.sampled_from([2**31, 2**32, 10**9, 10**18, -1, 0])).map(str)
    kind = st.sampled_from(
        ["float", "uchar", "double", "list uchar int", "list int float", "list float int", "int64", "x"]
    )
    name = st.sampled_from(["x", "y", "z", "red", "vertex_indices", "", "x", "\x00", "é"])
    line = st.one_of(
        st.tuples(st.just("element"), st.sampled_from(["vertex", "face", "tristrips", "a"]), number).map(
            " ".join
        ),
        st.tuples(st.just("property"), kind, name).map(" ".join),
    )
    form = st.sampled_from(["ascii", "binary_little_endian", "binary_big_endian", "?"])
    body = st.one_of(st.binary(max_size=400), st.just(b"0 0 0\n" * 20), st.just(bytes(4000)))
    xyz = st.just("element vertex 20\nproperty float x\nproperty float y\nproperty float z")
    ply = st.tuples(form, st.lists(st.one_of(line, xyz), max_size=8), body).map(
        lambda parts: (
            f"ply\nformat {parts[0]} 1.0\n".encode()
            + "\n".join([*parts[1], "end_header\n"]).encode()
            + parts[2]
        )
    )
    key = st.sampled_from(["FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "POINTS"])
    words = st.lists(
        st.one_of(number, st.sampled_from(["x", "y", "z", "rgb", "F", "U", "4", "8", "1"])), max_size=5
    )
    told = st.lists(st.tuples(key, words.map(" ".join)).map(" ".join), max_size=9)
    data = st.sampled_from(["ascii", "binary", "binary_compressed", "x"])
    plain = st.just("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F")
    cloud = st.tuples(st.one_of(plain, st.just("")), told, data, body).map(
        lambda parts: "\n".join([parts[0], *parts[1], f"DATA {parts[2]}\n"]).encode() + parts[3]
    )
    value = st.recursive(
        st.one_of(
            st.integers(-2, 10),
            st.floats(),
            st.none(),
            st.text(max_size=3),
            st.sampled_from([10**12, "data:,x"]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(GLTF_KEYS), inner, max_size=4)
        ),
        max_leaves=12,
    )
    document, _ = gltf(np.zeros((3, 3), np.float32), np.zeros((1, 3), np.int64))

    def with_lies(parts: tuple[dict[str, Any], dict[str, Any]]) -> bytes:
        lies = {**document, **parts[0], "accessors": [{**each, **parts[1]} for each in document["accessors"]]}
        return json.dumps(lies).encode()

    inside = st.dictionaries(st.sampled_from(GLTF_KEYS), value, max_size=3)
    scene = st.tuples(inside, inside).map(with_lies)
    text = st.lists(
        st.text(alphabet="0123456789.,;-eE+ \t\n\"'#/xyz|naif\r\0[]()", max_size=60), max_size=6
    ).map("\n".join)
    shape = st.tuples(number, number).map(", ".join)
    array = st.tuples(
        st.sampled_from(["<f4", "|O", "<U9", "|V0", ">i8", "<c8", "x", "<f2"]), shape, st.binary(max_size=200)
    ).map(lambda parts: _imagined_npy(*parts))
    kinds = {
        ".ply": ply,
        ".pcd": cloud,
        ".gltf": scene,
        ".csv": text.map(str.encode),
        ".obj": text.map(_obj),
        ".npy": array,
    }
    found: list[tuple[str, bytes]] = []
    quiet = settings(
        max_examples=-(-count // len(kinds)), database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for ending, strategy in kinds.items():
        take = given(strategy)(_collector(found, ending))
        seeded(seed)(quiet(take))()
    return found[:count]


GLTF_KEYS = (
    "nodes", "meshes", "primitives", "attributes", "POSITION", "indices", "bufferView", "byteOffset", "byteStride", "count",
    "type", "componentType", "buffers", "uri", "byteLength", "scenes", "scene", "children", "matrix", "rotation", "scale",
    "mesh", "mode", "sparse", "extensions", "material", "images", "materials", "textures", "extensionsRequired",
)  # fmt: skip


def _obj(text: str) -> bytes:
    return (
        "v 0 0 0\nv 1 0 0\nv 0 1 0\n" + "\n".join(f"f {line}\nv {line}" for line in text.split("\n"))
    ).encode()


def _imagined_npy(kind: str, shape: str, body: bytes) -> bytes:
    header = (
        f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}".encode().ljust(117) + b"\n"
    )
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def cases(folder: Path, tries: int, seed: int) -> list[tuple[str, Path]]:
    """Write ``tries`` files: every special one and every bomb, then as many imagined as mutated ones."""
    (folder / "good").mkdir()
    good = good_files(folder / "good")
    made = [*((f"good {path.name}", path) for path in good), *special(folder)]
    for name, content in bombs().items():
        path = folder / name
        if callable(content):
            if name.endswith((".las", ".laz")) and not (folder / "good" / "a.las").exists():
                continue
            content(path)
        else:
            path.write_bytes(content)
        made.append((f"bomb {name}", path))
    rng = random.Random(seed)
    rest = max(0, tries - len(made))
    for number, (ending, content) in enumerate(imagined(rest // 2, seed)):
        path = folder / f"imagined{number}{ending}"
        path.write_bytes(content)
        made.append((f"imagined {path.name}", path))
    for number in range(max(0, tries - len(made))):
        source = rng.choice(good)
        path = folder / f"mutated{number}{source.suffix}"
        path.write_bytes(mutated(source.read_bytes(), rng))
        if source.suffix == ".gltf":
            shutil.copy(folder / "good" / "b.bin", folder / "b.bin")
        made.append((f"mutated {source.name} {number}", path))
    return made[:tries] if tries < len(made) else made


def read_one(path: Path) -> tuple[str, str]:
    """Read a file: what escaped, or nothing, and what was said of it."""
    import pointclip2
    from pointclip2.errors import UserError

    try:
        cloud = pointclip2.read(path, up="y")
    except UserError as error:
        text = str(error)
        good = text and "\n" not in text and len(text) < 1000
        return "" if good else "no sentence", text
    except BaseException as error:
        return f"{type(error).__name__} escaped", str(error)
    return "", "; ".join((f"{len(cloud.points)} points", *cloud.remarks))


def forked(path: Path) -> tuple[str, str, float, int]:
    """Read a file in a process of its own: what fell short, what was said, seconds, peak bytes."""
    read_end, write_end = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.write(write_end, "\0".join(read_one(path)).encode()[:4000])
        os._exit(0)
    os.close(write_end)
    late = False
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > 3 * SECONDS:  # this machine may be busy with others
            late = True
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    with os.fdopen(read_end, "rb") as pipe:
        short, _, said = pipe.read().decode(errors="replace").partition("\0")
        ended = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if late or seconds > SECONDS:
        short = f"it took {seconds:.1f} s of processor time, {time.monotonic() - start:.1f} s in all"
    elif ended != 0:
        short = f"it ended the process ({ended})"
    elif peak > BYTES:
        short = f"it held {peak / 2**30:.1f} GB"
    return short, said, seconds, peak


def main() -> int:
    """Run the campaign; 1 where a file fell short."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--say", action="store_true", help="a line for every file")
    asked = parser.parse_args()
    import torch

    import pointclip2

    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    good, tried, slowest, largest = 0, 0, 0.0, 0
    try:
        made = [case for case in cases(folder, asked.tries, asked.seed) if asked.only in case[0]]
        for path in sorted((folder / "good").glob("*.p*")):  # what reading imports, so that no child has to
            pointclip2.read(path)
        for name, path in made:
            short, said, seconds, peak = forked(path)
            tried += 1
            good += not short
            slowest, largest = max(slowest, seconds), max(largest, peak)
            if short or asked.say:
                told = f"{short or 'survived'} ({seconds:.1f} s, {peak / 2**20:.0f} MB): {said[:200]}"
                print(f"{name}: {told}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    what = f"hostile, damaged and special files: slowest {slowest:.1f} s, largest {largest / 2**30:.2f} GB, no escape"
    print(json.dumps({"campaign": "hostile", "tried": tried, "survived": good, "what": what}))
    return int(good < tried)


if __name__ == "__main__":
    sys.exit(main())
