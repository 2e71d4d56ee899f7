"""Write coloured clouds as PLY files, which every viewer of 3D data opens."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.writing import write_bytes


def write_ply(
    path: Path,
    points: NDArray[np.float32],
    colours: NDArray[np.uint8],
    labels: Mapping[str, NDArray[np.int64]] | None = None,
    comments: Sequence[str] = (),
) -> None:
    """Write points (n, 3) with RGB colours and whole numbers a point, in binary, whole or not at all.

    Args:
        labels: further columns by name, int32 in the file.
        comments: lines of the header; what is not printable ASCII becomes a question mark.

    Raises:
        ValueError: columns have different lengths.
        OSError: the file could not be written; what was there is as it was.
    """
    labels = dict(labels or {})
    lengths = {len(points), len(colours), *map(len, labels.values())}
    if len(lengths) != 1:
        raise ValueError(f"a PLY of columns of {sorted(lengths)} points")
    fields = [(axis, "<f4") for axis in "xyz"] + [(name, "u1") for name in ("red", "green", "blue")]
    rows = np.zeros(len(points), dtype=[*fields, *((name, "<i4") for name in labels)])
    for i, axis in enumerate("xyz"):
        rows[axis] = points[:, i]
    for i, name in enumerate(("red", "green", "blue")):
        rows[name] = colours[:, i]
    for name, column in labels.items():
        rows[name] = column
    kinds = {"<f4": "float", "u1": "uchar", "<i4": "int"}
    header = ["ply", "format binary_little_endian 1.0", *(f"comment {_plain(line)}" for line in comments)]
    header.append(f"element vertex {len(points)}")
    header += [f"property {kinds[kind]} {name}" for name, kind in [*fields, *((n, "<i4") for n in labels)]]
    content = "\n".join([*header, "end_header\n"]).encode("ascii") + rows.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content)


def _plain(line: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", line)
