"""Stereolithography files (.stl): binary and ascii triangles."""

import re
from pathlib import Path

import numpy as np

from pointclip2.data.files.contents import FileRows
from pointclip2.reading import read_bytes
from pointclip2.types import CloudError

TRIANGLE = np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
HEADER = 84
_VERTEX = re.compile(rb"(?m)^[^\S\n]*vertex[^\S\n]+(\S+)[^\S\n]+(\S+)[^\S\n]+(\S+)[^\S\n]*$", re.IGNORECASE)


def read_stl(path: Path) -> FileRows:
    """Read the triangles; every one has its own three corners, in the order of the file."""
    content = read_bytes(path)
    corners = _VERTEX.findall(content) if _is_text(content) else None
    if corners is not None:
        points = np.array(corners, dtype=np.float64).reshape(-1, 3)
        begun = len(re.findall(rb"(?mi)^[^\S\n]*facet\b", content))
        if len(points) < 3 * begun or len(points) == 0:
            raise CloudError(f"truncated: {len(points) // 3:,} of {begun:,} triangles")
        return _triangles(points, np.dtype(np.float64), ())
    if len(content) < HEADER:
        raise CloudError("truncated: a binary STL has a header of 84 bytes")
    promised = int(np.frombuffer(content, "<u4", 1, HEADER - 4)[0])
    held = (len(content) - HEADER) // TRIANGLE.itemsize
    remarks: tuple[str, ...] = ()
    if promised == 0 and held:
        promised, remarks = (
            held,
            (f"its header tells of no triangles, but {held:,} are there: all are taken",),
        )
    if held < promised:
        raise CloudError(f"truncated: {held:,} of {promised:,} triangles")
    surplus = len(content) - HEADER - promised * TRIANGLE.itemsize
    if surplus:
        remarks += (f"{surplus:,} bytes after its last triangle are left aside",)
    if promised == 0:
        raise CloudError("there are no triangles in it")
    rows = np.frombuffer(content, TRIANGLE, promised, HEADER)
    return _triangles(rows["corners"].reshape(-1, 3).astype(np.float64), np.dtype(np.float32), remarks)


def _is_text(content: bytes) -> bool:
    """Whether there are lines of vertices, and not the number of bytes that a binary file has."""
    promised = int(np.frombuffer(content, "<u4", 1, HEADER - 4)[0]) if len(content) >= HEADER else -1
    if len(content) == HEADER + promised * TRIANGLE.itemsize:
        return False
    return (
        b"\0" not in content[:1024] and re.search(rb"(?mi)^\s*(facet|vertex)\b", content[:4096]) is not None
    )


def _triangles(points: np.ndarray, kind: np.dtype, remarks: tuple[str, ...]) -> FileRows:
    return FileRows(points, {}, np.arange(len(points)).reshape(-1, 3), kind, remarks=remarks)
