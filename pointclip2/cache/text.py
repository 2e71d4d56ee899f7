"""Class features on disk: a thousand sentences a class are encoded once for each backbone."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from pointclip2.cache.store import CACHE_VERSION, source_digest
from pointclip2.writing import write_bytes

log = logging.getLogger(__name__)


def cached_text(
    root: Path, key: Mapping[str, Any], encode: Callable[[], Float[Tensor, "classes dim"]]
) -> Float[Tensor, "classes dim"]:
    """The features of this key from disk, or encoded and kept; a disk that cannot be written only costs the cache."""
    made_by = {"version": CACHE_VERSION, "sources": source_digest("encoders", "text")}
    text = json.dumps({**key, **made_by}, sort_keys=True)
    path = Path(root) / f"text-{hashlib.sha256(text.encode()).hexdigest()[:20]}.safetensors"
    try:
        return load_file(path)["text"]
    except (OSError, SafetensorError, KeyError):
        features = encode().cpu()
    content = save({"text": features.contiguous()}, {"key": text})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    except OSError as error:
        log.warning("text features are not cached (%s: %s)", path.parent, error.strerror or error)
    return features
