"""Headers that hypothesis thinks of."""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.campaigns.good_files import gltf


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
    "nodes", "meshes", "primitives", "attributes", "POSITION", "indices", "bufferView", "byteOffset",
    "byteStride", "count", "type", "componentType", "buffers", "uri", "byteLength", "scenes", "scene",
    "children", "matrix", "rotation", "scale", "mesh", "mode", "sparse", "extensions", "material", "images",
    "materials", "textures", "extensionsRequired",
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
