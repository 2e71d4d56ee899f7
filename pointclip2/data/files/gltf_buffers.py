"""How glTF stores its numbers: buffers, views of them, and accessors that say what the bytes mean."""

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from pointclip2.reading import check_points, inside, read_bytes
from pointclip2.types import CloudError

Json = dict[str, Any]

COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def buffer_files(path: Path) -> list[Path]:
    """Return the files beside a .gltf that hold its numbers and pictures."""
    try:
        document = json.loads(read_bytes(path))
        entries = [*document.get("buffers", []), *document.get("images", [])]
        uris = [entry["uri"] for entry in entries if not entry.get("uri", "data:").startswith("data:")]
        return [file for uri in uris if (file := _beside(path.parent, uri)) is not None]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []  # Damaged: reading it says how.


class GltfBuffers:
    """One opened file: the document and its buffers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.remarks: tuple[str, ...] = ()
        content = read_bytes(path)
        self.size = len(content)
        self.chunk: bytes | None = None
        if content[:4] == b"glTF":
            content = self._unpack(content)
        try:
            self.document: Json = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise CloudError(f"not a glTF file: it holds no JSON ({error})") from error
        if not isinstance(self.document, dict):
            raise CloudError("not a glTF file: its JSON is no object")
        self._buffers: dict[int, bytes] = {}

    def _unpack(self, content: bytes) -> bytes:
        if len(content) < 20:
            raise CloudError("truncated: a GLB has a header of 20 bytes")
        version, promised, length = struct.unpack_from("<III", content, 4)
        if version != 2:
            raise CloudError(f"it is GLB of version {version}: only version 2 is read")
        if len(content) < promised:
            raise CloudError(f"truncated: {len(content):,} of {promised:,} bytes")
        if len(content) > promised:
            self.remarks += (f"{len(content) - promised:,} bytes after its end are left aside",)
        at = 20 + length
        if at + 8 <= len(content):
            size = struct.unpack_from("<I", content, at)[0]
            self.chunk = content[at + 8 : at + 8 + size]
        return content[20:at]

    def list(self, name: str) -> list[Json]:
        found = self.document.get(name, [])
        return found if isinstance(found, list) else []

    def accessor(self, number: int) -> NDArray[Any]:
        """Its rows (n, width), with sparse replacements, as numbers in their meaning."""
        accessor = self.list("accessors")[number]
        count, width = int(accessor["count"]), WIDTHS[accessor["type"]]
        kind = np.dtype(COMPONENTS[accessor["componentType"]])
        if "bufferView" in accessor:
            values = self.rows(accessor["bufferView"], accessor.get("byteOffset", 0), count, width, kind)
        else:
            check_points(count, self.size)
            values = np.zeros((count, width), kind)
        if "sparse" in accessor:
            sparse = accessor["sparse"]
            changed, where = int(sparse["count"]), sparse["indices"]
            index_kind = np.dtype(COMPONENTS[where["componentType"]])
            at = self.rows(where["bufferView"], where.get("byteOffset", 0), changed, 1, index_kind).reshape(
                -1
            )
            new = sparse["values"]
            values = values.copy()
            values[at] = self.rows(new["bufferView"], new.get("byteOffset", 0), changed, width, kind)
        return normalised(values, accessor)

    def rows(self, view: int, offset: int, count: int, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
        entry = self.list("bufferViews")[view]
        content = self.view(view)
        stride = int(entry.get("byteStride", 0)) or width * kind.itemsize
        needed = offset + (count - 1) * stride + width * kind.itemsize if count else 0
        if len(content) < needed:
            raise CloudError(f"truncated: {len(content):,} of {needed:,} bytes of a buffer")
        return np.ndarray((count, width), kind, content, offset, (stride, kind.itemsize))

    def view(self, number: int) -> NDArray[np.uint8]:
        """The bytes of a view of a buffer."""
        entry = self.list("bufferViews")[number]
        content = self.buffer(entry["buffer"])
        start, length = int(entry.get("byteOffset", 0)), int(entry["byteLength"])
        if len(content) < start + length:
            raise CloudError(f"truncated: {len(content):,} of {start + length:,} bytes of a buffer")
        return np.frombuffer(content, np.uint8, length, start)

    def buffer(self, number: int) -> bytes:
        if number not in self._buffers:
            entry = self.list("buffers")[number]
            inside = self.chunk if number == 0 and self.chunk is not None else b""
            self._buffers[number] = self.fetch(entry["uri"]) if "uri" in entry else inside
        return self._buffers[number]

    def fetch(self, uri: str) -> bytes:
        """The content of a URI: data in it, or a file beside this one; nothing is downloaded."""
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2])
            except binascii.Error as error:
                raise CloudError(f"damaged: data in its JSON cannot be decoded ({error})") from error
        beside = _beside(self.path.parent, uri)
        if beside is None:
            raise CloudError(
                f"its data lies at {uri[:60]}: only files beside it, or in folders there, are read"
            )
        if not beside.exists():
            raise CloudError(f"the file {unquote(uri)[:60]!r} that holds its data is missing")
        try:
            content = read_bytes(beside)
        except CloudError as error:
            raise CloudError(f"its data lies at {uri[:60]}: {error}") from error
        self.size += len(content)
        return content


def _beside(folder: Path, uri: str) -> Path | None:
    """The file that a URI names, in the folder or below it; None for one that lies elsewhere."""
    meant, written = inside(folder, unquote(uri)), inside(folder, uri)
    if not uri or meant is None or written is None:
        return None
    return written if written.exists() and not meant.exists() else meant


def normalised(values: NDArray[Any], accessor: Json) -> NDArray[Any]:
    """Whole numbers that stand for shares of their largest, as such."""
    kind = np.dtype(COMPONENTS[accessor["componentType"]])
    if not accessor.get("normalized") or kind.kind == "f" or values.dtype.kind == "f":
        return values
    return np.maximum(values.astype(np.float64) / np.iinfo(kind).max, -1.0)
