"""Encoded scenes on disk: a file a scene, whole or not there, in a folder named after all that decides them."""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from pointclip2.cache.store import CACHE_VERSION, source_digest
from pointclip2.types import DataError
from pointclip2.writing import write_bytes, write_text

log = logging.getLogger(__name__)
ROOMS = ("geometry", "encoders", "proposals")


class SceneStore:
    """Named tensors of every scene of a split.

    Args:
        root: folder of all stores.
        key: everything that decides the tensors, as plain data; ``data`` in it has a name and a split.
    """

    def __init__(self, root: Path, key: Mapping[str, Any]) -> None:
        made_by = {"version": CACHE_VERSION, "sources": source_digest(*ROOMS)}
        self._text = json.dumps({**key, **made_by}, sort_keys=True, indent=1)
        digest = hashlib.sha256(self._text.encode()).hexdigest()[:20]
        name = f"{key['data'].get('name', 'data')}-{key['data'].get('split', 'split')}"
        self.folder = Path(root) / f"scenes-{name}-{digest}"
        self._complained = False
        path = self.folder / "key.json"
        if path.is_file() and path.read_bytes() != self._text.encode():
            raise DataError(
                f"{path} describes other scenes than this run's: delete {self.folder} and run again"
            )

    def _path(self, position: int) -> Path:
        return self.folder / f"scene-{position:05d}.safetensors"

    def has(self, position: int) -> bool:
        """Whether this scene is there, whole."""
        try:
            with safe_open(self._path(position), framework="pt"):
                return True
        except (OSError, SafetensorError):
            return False

    def read(self, position: int) -> dict[str, Tensor]:
        """The tensors of a scene.

        Raises:
            DataError: it is missing or damaged.
        """
        try:
            with safe_open(self._path(position), framework="pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            raise DataError(
                f"{self._path(position)} cannot be read ({error}): delete it and run again"
            ) from error

    def write(self, position: int, tensors: Mapping[str, Tensor]) -> bool:
        """Keep a scene; False where the disk cannot be written, which costs the cache only and is said once."""
        content = save({name: tensor.contiguous() for name, tensor in tensors.items()})
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            key = self.folder / "key.json"
            if not key.is_file():
                write_text(key, self._text)
            write_bytes(self._path(position), content)
        except OSError as error:
            if not self._complained:
                log.warning("scenes are not cached (%s: %s)", self.folder, error.strerror or error)
                self._complained = True
            return False
        return True
