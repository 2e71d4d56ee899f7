"""Point Cloud Library files (.pcd): ascii, binary and binary_compressed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.types import CloudError

HEADER_KEYS = ("FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "POINTS", "DATA")


def read_pcd(path: Path) -> NDArray[np.float64]:
    """Points (n, 3); the other fields and the sensor's pose are left aside."""
    content = path.read_bytes()
    header, body = _split_header(content)
    layout = _row_layout(header)
    count = _point_count(header)
    encoding = header["DATA"][0].lower()
    if encoding == "ascii":
        return _read_ascii(header, body, count)
    if encoding == "binary":
        if len(body) < count * layout.itemsize:
            raise CloudError(f"truncated: {len(body)} of {count * layout.itemsize} bytes of points")
        rows = np.frombuffer(body, layout, count)
        return np.stack([rows[axis].astype(np.float64) for axis in "xyz"], axis=1)
    if encoding == "binary_compressed":
        return _read_compressed(layout, body, count)
    raise CloudError(f"unknown PCD encoding {encoding!r}: ascii, binary or binary_compressed")


def _split_header(content: bytes) -> tuple[dict[str, list[str]], bytes]:
    header: dict[str, list[str]] = {}
    position = 0
    while "DATA" not in header:
        end = content.find(b"\n", position)
        if end < 0:
            raise CloudError("not a PCD file: its header has no DATA line")
        words = content[position:end].decode("ascii", errors="replace").split()
        position = end + 1
        if words and words[0].upper() in HEADER_KEYS:
            header[words[0].upper()] = words[1:]
    missing = [key for key in ("FIELDS", "SIZE", "TYPE", "DATA") if not header.get(key)]
    if missing:
        raise CloudError(f"not a PCD file: its header has no {', '.join(missing)}")
    return header, content[position:]


def _field_counts(header: dict[str, list[str]]) -> list[int]:
    return [int(count) for count in header.get("COUNT") or ["1"] * len(header["FIELDS"])]


def _row_layout(header: dict[str, list[str]]) -> np.dtype[np.void]:
    """One point as it lies in the file, with the fields named x, y and z, and the others by number."""
    fields, counts = header["FIELDS"], _field_counts(header)
    if not len(fields) == len(header["SIZE"]) == len(header["TYPE"]) == len(counts):
        raise CloudError("the PCD header lists FIELDS, SIZE, TYPE and COUNT of different lengths")
    if not {"x", "y", "z"} <= set(fields):
        raise CloudError(f"the PCD file has no x, y, z, but {' '.join(fields)}")
    kinds = {"F": "f", "I": "i", "U": "u"}
    parts = []
    for number, (name, size, kind, count) in enumerate(
        zip(fields, header["SIZE"], header["TYPE"], counts, strict=True)
    ):
        if kind.upper() not in kinds or count < 1:
            raise CloudError(f"the PCD field {name!r} has an unknown type {kind}{size} or count {count}")
        base = np.dtype(f"<{kinds[kind.upper()]}{int(size)}")
        if name in "xyz" and count == 1:
            parts.append((name, base))
        else:
            # Padding fields often share one name, which numpy does not allow.
            parts.append((f"field {number}", np.dtype((base, (count,)))))
    return np.dtype(parts)


def _point_count(header: dict[str, list[str]]) -> int:
    if header.get("POINTS"):
        return int(header["POINTS"][0])
    if header.get("WIDTH") and header.get("HEIGHT"):
        return int(header["WIDTH"][0]) * int(header["HEIGHT"][0])
    raise CloudError("the PCD header says neither POINTS nor WIDTH and HEIGHT")


def _read_ascii(header: dict[str, list[str]], body: bytes, count: int) -> NDArray[np.float64]:
    counts = _field_counts(header)
    starts = np.cumsum([0, *counts])
    words = np.array(body.split(), dtype=np.float64)
    if len(words) < count * starts[-1]:
        raise CloudError(f"truncated: {len(words) // starts[-1]} of {count} points")
    rows = words[: count * starts[-1]].reshape(count, starts[-1])
    return rows[:, [starts[header["FIELDS"].index(axis)] for axis in "xyz"]]


def _read_compressed(layout: np.dtype[np.void], body: bytes, count: int) -> NDArray[np.float64]:
    """The compressed form keeps field after field, each for all points."""
    if len(body) < 8:
        raise CloudError("truncated: no sizes before the compressed points")
    packed, full = (int(size) for size in np.frombuffer(body, "<u4", 2))
    if len(body) < 8 + packed:
        raise CloudError(f"truncated: {len(body) - 8} of {packed} bytes of compressed points")
    if full != count * layout.itemsize:
        raise CloudError(f"{full} bytes of points, but the header tells of {count * layout.itemsize}")
    data = decompress_lzf(body[8 : 8 + packed], full)
    columns = []
    for axis in "xyz":
        base, offset = layout.fields[axis][:2]  # type: ignore[index]
        columns.append(np.frombuffer(data, base, count, offset * count).astype(np.float64))
    return np.stack(columns, axis=1)


def decompress_lzf(packed: bytes, size: int) -> bytes:
    """Marc Lehmann's LZF: literal runs and back references, told apart by the top bits of a control byte."""
    out = bytearray()
    position = 0
    try:
        while position < len(packed):
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
        raise CloudError(f"damaged: the compressed points give {len(out)} bytes instead of {size}")
    return bytes(out)
