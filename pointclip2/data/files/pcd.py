"""Point Cloud Library files (.pcd): ascii, binary and binary_compressed, with all their fields."""

from pathlib import Path
from typing import Any

import numpy as np

from pointclip2.data.files.contents import Columns, FileRows, of_columns
from pointclip2.reading import check_points, check_unpacked, read_bytes
from pointclip2.types import CloudError

HEADER_BYTES = 65_536
HEADER_KEYS = ("FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "POINTS", "DATA")


def read_pcd(path: Path) -> FileRows:
    """Read points and all other fields but padding; the sensor's pose is left aside."""
    content = read_bytes(path)
    header, body = _split_header(content)
    layout = _row_layout(header)
    count = _point_count(header)
    check_points(count)
    encoding = header["DATA"][0].lower()
    if encoding == "ascii":
        fields = _read_ascii(layout, body, count)
    elif encoding == "binary":
        if len(body) < count * layout.itemsize:
            raise CloudError(f"truncated: {len(body) // layout.itemsize:,} of {count:,} points")
        rows = np.frombuffer(body, layout, count)
        fields = {name: rows[name] for name in layout.names or ()}
    elif encoding == "binary_compressed":
        fields = _read_compressed(layout, body, count)
    else:
        raise CloudError(f"unknown PCD encoding {encoding!r}: ascii, binary or binary_compressed")
    columns = {
        name: column[:, 0] if column.ndim == 2 and column.shape[1] == 1 else column
        for name, column in fields.items()
        if not name.startswith("_")
    }
    surplus = len(body) - count * layout.itemsize
    left_aside = encoding == "binary" and surplus > 0 and body[-surplus:].strip(b"\0\r\n ")
    remarks = (f"{surplus:,} bytes after its end are left aside",) if left_aside else ()
    return of_columns({**columns, **_colours(columns)}, remarks=remarks)


def _colours(columns: Columns) -> Columns:
    """Red, green and blue as bytes, out of the number that they are packed in."""
    packed = next((columns[name] for name in ("rgb", "rgba") if name in columns), None)
    if packed is None or packed.dtype.itemsize != 4 or packed.ndim != 1 or "red" in columns:
        return {}
    whole = np.ascontiguousarray(packed).view(np.uint32)
    shifts = {"red": 16, "green": 8, "blue": 0}
    return {name: (whole >> shift & 255).astype(np.uint8) for name, shift in shifts.items()}


def _split_header(content: bytes) -> tuple[dict[str, list[str]], bytes]:
    header: dict[str, list[str]] = {}
    position = 0
    while "DATA" not in header:
        end = content.find(b"\n", position)
        if end < 0 or position > HEADER_BYTES:
            raise CloudError("not a PCD file: its header has no DATA line")
        words = content[position:end].decode("ascii", errors="replace").split()
        position = end + 1
        if words and words[0].upper() in HEADER_KEYS:
            header[words[0].upper()] = words[1:]
    missing = [key for key in ("FIELDS", "SIZE", "TYPE", "DATA") if not header.get(key)]
    if missing:
        raise CloudError(f"not a PCD file: its header has no {', '.join(missing)}")
    return header, content[position:]


def _row_layout(header: dict[str, list[str]]) -> np.dtype[np.void]:
    """One point as it lies in the file, by the names of the fields."""
    fields = header["FIELDS"]
    counts = [int(count) for count in header.get("COUNT") or ["1"] * len(fields)]
    if not len(fields) == len(header["SIZE"]) == len(header["TYPE"]) == len(counts):
        raise CloudError("the PCD header lists FIELDS, SIZE, TYPE and COUNT of different lengths")
    kinds = {"F": "f", "I": "i", "U": "u"}
    parts: list[tuple[str, Any]] = []
    for number, (name, size, kind, count) in enumerate(
        zip(fields, header["SIZE"], header["TYPE"], counts, strict=True)
    ):
        if kind.upper() not in kinds or count < 1:
            raise CloudError(f"the PCD field {name!r} has an unknown type {kind}{size} or count {count}")
        base = np.dtype(f"<{kinds[kind.upper()]}{int(size)}")
        # Padding fields often share one name, which numpy does not allow.
        again = name == "_" or name in fields[:number]
        parts.append((f"_{name} {number}" if again else name, base if count == 1 else (base, (count,))))
    return np.dtype(parts)


def _point_count(header: dict[str, list[str]]) -> int:
    if header.get("POINTS"):
        return int(header["POINTS"][0])
    if header.get("WIDTH") and header.get("HEIGHT"):
        return int(header["WIDTH"][0]) * int(header["HEIGHT"][0])
    raise CloudError("the PCD header says neither POINTS nor WIDTH and HEIGHT")


def _read_ascii(layout: np.dtype[np.void], body: bytes, count: int) -> Columns:
    widths = [int(np.prod(layout[name].shape)) for name in layout.names or ()]
    starts = np.cumsum([0, *widths])
    words = np.array(body.split(), dtype=np.float64)
    if len(words) < count * starts[-1]:
        raise CloudError(f"truncated: {len(words) // starts[-1]:,} of {count:,} points")
    rows = words[: count * starts[-1]].reshape(count, starts[-1])
    columns = {}
    for name, start, width in zip(layout.names or (), starts, widths, strict=False):
        column = rows[:, start : start + width].astype(layout[name].base)
        columns[name] = column if layout[name].shape else column[:, 0]
    return columns


def _read_compressed(layout: np.dtype[np.void], body: bytes, count: int) -> Columns:
    """The compressed form keeps field after field, each for all points."""
    if len(body) < 8:
        raise CloudError("truncated: no sizes before the compressed points")
    packed, full = (int(size) for size in np.frombuffer(body, "<u4", 2))
    if len(body) < 8 + packed:
        raise CloudError(f"truncated: {len(body) - 8:,} of {packed:,} bytes of compressed points")
    if full != count * layout.itemsize:
        raise CloudError(f"{full:,} bytes of points, but the header tells of {count * layout.itemsize:,}")
    check_points(count, len(body))
    check_unpacked(full, packed)
    data = decompress_lzf(body[8 : 8 + packed], full)
    columns = {}
    for name in layout.names or ():
        kind, offset = layout.fields[name][:2]  # type: ignore[index]
        values = np.frombuffer(data, kind.base, count * int(np.prod(kind.shape)), offset * count)
        columns[name] = values.reshape(count, *kind.shape)
    return columns


def decompress_lzf(packed: bytes, size: int) -> bytes:
    """Marc Lehmann's LZF: literal runs and back references, told apart by the top bits of a control byte."""
    out = bytearray()
    position = 0
    try:
        while position < len(packed) and len(out) <= size:
            control = packed[position]
            position += 1
            if control < 32:
                end = position + control + 1
                out += packed[position:end]
                position = end
                continue
            length = control >> 5
            if length == 7:
                length += packed[position]
                position += 1
            start = len(out) - ((control & 31) << 8) - packed[position] - 1
            position += 1
            length += 2
            if start < 0:
                raise CloudError("damaged: the compressed points refer to bytes before their beginning")
            # A reference may reach into what it is writing: then the bytes written so far repeat.
            piece = bytes(out[start : start + length])
            out += (piece * (length // len(piece) + 1))[:length]
    except IndexError as error:
        raise CloudError("damaged: the compressed points end in the middle") from error
    if len(out) != size:
        found = f"more than {size:,}" if position < len(packed) else f"{len(out):,}"
        raise CloudError(f"damaged: the compressed points give {found} bytes instead of {size:,}")
    return bytes(out)
