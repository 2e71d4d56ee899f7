"""Good files of every format, and what disks, nets and people make of them."""

import json
import random
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np


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
    loops = ("".join("vertex {} {} {}\n".format(*point) for point in points[face]) for face in faces)
    facets = "".join(f"facet normal 0 0 1\nouter loop\n{loop}endloop\nendfacet\n" for loop in loops)
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
