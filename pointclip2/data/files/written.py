"""Rows of points as the content of a file: x, y, z in their own type, then the other columns."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.contents import Columns, FileRows
from pointclip2.writing import csv_cell

PLY_TYPES = {
    "i1": "char", "u1": "uchar", "i2": "short", "u2": "ushort", "i4": "int", "u4": "uint",
    "f4": "float", "f8": "double",
}  # fmt: skip


def _table(rows: FileRows, columns: Columns) -> Columns:
    return {**{axis: rows.points[:, i].astype(rows.kind) for i, axis in enumerate("xyz")}, **columns}


def ply_bytes(rows: FileRows, columns: Columns, comments: Sequence[str] = ()) -> bytes:
    """Return the content of a binary PLY file: points in their own type, then these columns, then the faces."""
    table = _table(rows, columns)
    layout: list[tuple[str, NDArray[Any]]] = []
    for name, column in table.items():
        plain = name.replace(" ", "_")
        while plain in [other for other, _ in layout]:
            plain += "_"
        layout.append((plain, _plain(column)))
    packed = np.zeros(len(rows.points), dtype=[(name, "<" + column.dtype.str[1:]) for name, column in layout])
    for name, column in layout:
        packed[name] = column
    header = ["ply", "format binary_little_endian 1.0"]
    header += [f"comment {' '.join(line.split())}" for line in comments]
    header += [f"element vertex {len(packed)}"]
    header += [f"property {PLY_TYPES[column.dtype.str[1:]]} {name}" for name, column in layout]
    content = packed.tobytes()
    if rows.faces is not None:
        header += [f"element face {len(rows.faces)}", "property list uchar int vertex_indices"]
        triangles = np.zeros(len(rows.faces), dtype=[("n", "u1"), ("v", "<i4", (3,))])
        triangles["n"], triangles["v"] = 3, rows.faces
        content += triangles.tobytes()
    return "\n".join([*header, "end_header\n"]).encode(errors="backslashreplace") + content


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """The column in one of PLY's own types; whole numbers that fit none become doubles."""
    kind = column.dtype
    if kind.kind == "b":
        return column.astype(np.uint8)
    if kind.str[1:] in {"f2"}:
        return column.astype(np.float32)
    if kind.kind in "iu" and kind.itemsize == 8:
        small = len(column) == 0 or (column.min() >= -(2**31) and column.max() < 2**31)
        return column.astype(np.int32 if small else np.float64)
    if kind.kind == "f" and kind.itemsize > 8:
        return column.astype(np.float64)
    return column


def npy_bytes(rows: FileRows, columns: Columns) -> bytes:
    """Return the content of a structured .npy: x, y, z in their own type, then these columns."""
    table = _table(rows, columns)
    layout = [(name, column.dtype, column.shape[1:]) for name, column in table.items()]
    packed = np.zeros(len(rows.points), dtype=layout)
    for name, column in table.items():
        packed[name] = column
    stream = io.BytesIO()
    np.save(stream, packed, allow_pickle=False)
    return stream.getvalue()


def csv_bytes(rows: FileRows, columns: Columns) -> bytes:
    """Return the content of a CSV file: x, y, z as their own type writes them, then these columns."""
    table = _table(rows, columns)
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(map(csv_cell, table))
    row = ",".join(_format(column) for column in table.values())
    cells = [
        _quoted_cells(column) if column.dtype.kind in "US" else column.tolist() for column in table.values()
    ]
    return (head.getvalue() + "".join(f"{row % values}\n" for values in zip(*cells, strict=True))).encode(
        errors="backslashreplace"
    )


def _format(column: NDArray[Any]) -> str:
    """How the numbers of a column are written, so that even a double reads the same again."""
    if column.dtype.kind == "f":
        return "%.17g" if column.dtype.itemsize <= 4 else "%r"
    return "%d" if column.dtype.kind in "iub" else "%s"


def _quoted_cells(column: NDArray[Any]) -> list[str]:
    return ['"' + csv_cell(text).replace('"', '""') + '"' for text in column.astype(str).tolist()]
