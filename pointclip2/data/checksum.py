"""Digests of files that are the same on every machine: names below a root, and contents."""

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pointclip2.errors import DataError, is_transient
from pointclip2.reading import open_regular

CHUNK_BYTES = 2**20


def _blake() -> blake2b:
    return blake2b(digest_size=16)


def digest_files(root: Path, files: Iterable[Path]) -> str:
    """Hex digest of the contents of ``files`` and their names relative to ``root``, in any order.

    A file that cannot be read counts as such: whether a sample is readable decides what the data set gives.

    Raises:
        DataError: a file cannot be read just now, for a reason that may be gone the next time.
    """
    entries = {_below(root, path): _digest_file(path) for path in files}
    return digest_values(entries)


def _below(root: Path, path: Path) -> str:
    """The name of a file as seen from ``root``; pathlib takes ten times as long, which 20,000 files feel."""
    start, name = f"{root}{os.sep}", str(path)
    return name[len(start) :].replace(os.sep, "/") if name.startswith(start) else os.path.relpath(path, root)


def digest_values(values: Mapping[str, Any]) -> str:
    """Hex digest of plain values (texts, numbers, lists), whatever their order of keys."""
    digest = _blake()
    digest.update(json.dumps(values, sort_keys=True).encode())
    return digest.hexdigest()


def _digest_file(path: Path) -> str:
    try:
        with open_regular(path) as file:
            digest = _blake()
            while content := file.read(CHUNK_BYTES):
                digest.update(content)
            return digest.hexdigest()
    except OSError as error:
        if is_transient(error):
            raise DataError(
                f"{path} cannot be read just now ({error.strerror}), so nobody knows whether it has changed: run again"
            ) from error
        return "unreadable"
