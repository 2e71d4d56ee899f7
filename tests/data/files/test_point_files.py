"""Point files as other programs write them: PCD in three encodings, text, numpy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.data.files.arrays import read_array
from pointclip2.data.files.pcd import decompress_lzf, read_pcd
from pointclip2.data.files.text import read_text
from pointclip2.types import CloudError

POINTS = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
RED = np.full(300, 7, dtype=np.uint8)
ENCODINGS = ("ascii", "binary", "binary_compressed")


def compress_lzf(data: bytes) -> bytes:
    """Greedy LZF with the nearest earlier occurrence of three bytes; good enough to reach every branch."""
    out, literals, seen, at = bytearray(), bytearray(), {}, 0

    def flush() -> None:
        for start in range(0, len(literals), 32):
            run = literals[start : start + 32]
            out.extend([len(run) - 1, *run])
        literals.clear()

    while at < len(data):
        start = seen.get(data[at : at + 3])
        seen[data[at : at + 3]] = at
        if start is None or at - start > 8192 or at + 3 > len(data):
            literals.append(data[at])
            at += 1
            continue
        flush()
        length = 3
        while length < 264 and at + length < len(data) and data[start + length] == data[at + length]:
            length += 1
        back = at - start - 1
        short = min(length - 2, 7)
        out.append(short << 5 | back >> 8)
        if short == 7:
            out.append(length - 2 - 7)
        out.append(back & 255)
        at += length
    flush()
    return bytes(out)


def pcd(encoding: str, fields: str = "intensity _ x y z", points: np.ndarray = POINTS) -> bytes:
    header = (
        f"# .PCD v0.7\nVERSION 0.7\nFIELDS {fields}\nSIZE 1 1 4 4 4\nTYPE U U F F F\nCOUNT 1 2 1 1 1\n"
        f"WIDTH {len(points)}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(points)}\nDATA {encoding}\n"
    ).encode()
    if encoding == "ascii":
        return header + "".join(f"7 0 0 {x} {y} {z}\n" for x, y, z in points.tolist()).encode()
    rows = np.zeros(
        len(points), np.dtype([("i", "u1"), ("p", "u1", 2), ("x", "<f4"), ("y", "<f4"), ("z", "<f4")])
    )
    rows["i"] = 7
    for axis, column in zip("xyz", points.T, strict=True):
        rows[axis] = column
    if encoding == "binary":
        return header + rows.tobytes()
    flat = b"".join(rows[name].tobytes() for name in rows.dtype.names)
    packed = compress_lzf(flat)
    return header + np.array([len(packed), len(flat)], "<u4").tobytes() + packed


def test_an_organised_pcd_without_a_count_has_width_times_height_points(tmp_path):
    size = b"WIDTH 300\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 300\n"
    assert size in pcd("binary")
    (tmp_path / "a.pcd").write_bytes(pcd("binary").replace(size, b"WIDTH 20\nHEIGHT 15\n"))
    assert np.array_equal(read_pcd(tmp_path / "a.pcd").points, POINTS)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_pcd_gives_the_same_points_in_every_encoding(tmp_path, encoding):
    (tmp_path / "a.pcd").write_bytes(pcd(encoding))
    assert np.array_equal(read_pcd(tmp_path / "a.pcd").points, POINTS)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kept", [0.0, 0.001, 0.02, 0.5, 0.99])
def test_a_truncated_pcd_is_refused(tmp_path, encoding, kept):
    content = pcd(encoding)
    (tmp_path / "a.pcd").write_bytes(content[: int(kept * len(content))])
    with pytest.raises(CloudError):
        read_pcd(tmp_path / "a.pcd")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"x y z", b"u v w", "none that are x, y, z"),
        (b"DATA binary", b"DATA zip", "zip"),
        (b"TYPE U", b"TYPE Q", "Q1"),
        (b"COUNT 1 2", b"COUNT 2", "different lengths"),
        (b"SIZE", b"SEIZE", "SIZE"),
    ],
)
def test_a_damaged_pcd_header_is_refused_with_the_reason(tmp_path, old, new, reason):
    (tmp_path / "a.pcd").write_bytes(pcd("binary").replace(old, new))
    with pytest.raises(CloudError, match=reason):
        read_pcd(tmp_path / "a.pcd")


@given(
    st.lists(st.sampled_from([b"a", b"bc", b"abcabc", b"\x00" * 40, b"z" * 300]), max_size=40).map(b"".join)
)
@settings(deadline=None)
def test_lzf_gives_back_what_was_compressed(data):
    assert decompress_lzf(compress_lzf(data), len(data)) == data


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_damaged_lzf_is_refused_and_never_crashes(data):
    with pytest.raises(CloudError):
        decompress_lzf(data, 10**6)


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3\n4 5 6\n",
        "1\t2\t3\t255\n4\t5\t6\t255\n",
        "\ufeff1, 2, 3\r\n4, 5, 6\r\n",
        "1;2;3\n4;5;6",
        "1,0;2,0;3,0\n4,0;5,0;6,0",
        "# a comment\n// another\n\n1 2 3\n4 5 6",
        "2\n1 2 3\n4 5 6",
        "x,y,z\n1,2,3\n4,5,6",
        'id,"X","Y","Z"\n0,1,2,3\n1,4,5,6',
        "1e0 2.0 +3 nan\n4 5 6 inf",
    ],
)
def test_text_is_read_in_every_dialect(tmp_path, text):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert read_text(tmp_path / "a.txt").points.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a b c d\n1 2 3 9\n4 5 6 9", "line 1.*a b c d"),
        (b"", "no points"),
        (b"# nothing\n", "no points"),
        (b"x,y,z\n", "header"),
        (b"1 2 3\n4 5\n", "line 2"),
        (b"1 2 3\n\nfour 5 6\n", "line 3"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no point"),
        (b"Dear reader,\nthese are the terms of the licence.\n", "no point"),
    ],
)
def test_text_without_points_is_refused_with_the_line(tmp_path, content, reason):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(CloudError, match=reason):
        read_text(tmp_path / "a.txt")


def test_numpy_archives_give_points_or_their_only_array(tmp_path):
    np.save(tmp_path / "a.npy", POINTS)
    np.savez(tmp_path / "b.npz", points=POINTS, colours=RED)
    np.savez(tmp_path / "c.npz", thing=POINTS)
    np.savez(tmp_path / "d.npz", first=POINTS, second=POINTS)
    for name in ("a.npy", "b.npz", "c.npz"):
        assert np.array_equal(read_array(tmp_path / name).points, POINTS)
    with pytest.raises(CloudError, match="first, second"):
        read_array(tmp_path / "d.npz")


def test_a_pickle_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    np.save(tmp_path / "a.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        read_array(tmp_path / "a.npy")
    assert not (tmp_path / "sprung").exists()
