"""Small files that would become large or take long, and files that are none: pipes, devices, links, loops."""

import json
import os
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np

from tests.campaigns.good_files import glb, gltf, pcd

Maker = Callable[[Path], None]


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
        b"ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
        b"property float z\nelement face 8000000\nproperty list uchar int vertex_indices\nend_header\n"
        + bytes(12) + bytes(7_999_994) + b"\1" + bytes(9)
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
        [(100, b"\xff" * 4), (107, b"\xff" * 4), (94, b"\xff" * 2), (96, b"\xff" * 4), (105, b"\0\0"),
         (131, bytes(24)), (104, b"\x7f")]
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
