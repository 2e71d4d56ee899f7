"""All that decides what a module computes, as plain data: read off the module where it does not say so itself."""

import inspect
from collections.abc import Mapping
from enum import Enum
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pointclip2.door import opened


def described(module: Any) -> dict[str, Any]:
    """Return what a module says of itself (``describe``), or its class, public attributes, weights and source file.

    Attributes whose names begin with an underscore count as working memory. The source counts for classes from
    outside this package only; that of our own rooms is part of every cache key.
    """
    own: dict[str, Any] = {"class": _name(type(module))}
    sources = [_source(kind) for kind in type(module).__mro__ if _is_foreign(kind)]
    if sources:
        own["source"] = sources
    if callable(getattr(module, "describe", None)):
        return {**own, **module.describe()}
    for name, value in sorted(vars(module).items()):
        if not name.startswith("_") and name != "training":
            own[name] = _plain(value)
    if isinstance(module, nn.Module):
        own |= {name: described(child) for name, child in sorted(module.named_children())}
        held = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        own |= {name: _digest(tensor) for name, tensor in sorted(held)}
    return own


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return f"{_name(type(value))}.{value.name}"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        return _digest(torch.from_numpy(value))
    if isinstance(value, Tensor):
        return _digest(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):  # in another order in every process
        return sorted(map(_plain, value), key=str)
    if isinstance(value, list | tuple | range):
        return [_plain(inner) for inner in value]
    if isinstance(value, partial):
        return [_plain(value.func), _plain(value.args), _plain(value.keywords)]
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return described(value) if hasattr(value, "__dict__") else repr(value)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _digest(tensor: Tensor) -> str:
    values = tensor.detach().cpu().contiguous()
    digest = blake2b(f"{values.dtype} {tuple(values.shape)}".encode(), digest_size=16)
    digest.update(values.reshape(-1).view(torch.uint8).numpy().tobytes() if values.numel() else b"")
    return digest.hexdigest()


def _is_foreign(kind: type) -> bool:
    """Return whether a class comes from neither this package nor the libraries whose versions are in every key."""
    return kind.__module__.partition(".")[0] not in ("pointclip2", "torch", "builtins", "abc", "typing")


def _source(kind: type) -> str | None:
    """Return the digest of the file a class lies in, and of its whole package where the user opened the door to one.

    What the class calls may lie in a file beside it.
    """
    package = next((name for name in opened if f"{kind.__module__}.".startswith(f"{name}.")), None)
    if package is not None and opened[package]:
        return package_digest(opened[package])
    try:
        return blake2b(Path(inspect.getfile(kind)).read_bytes(), digest_size=16).hexdigest()
    except (OSError, TypeError):  # written at a prompt
        return None


@cache
def package_digest(folders: tuple[Path, ...]) -> str:
    """Return the digest of all Python files in these folders, as they were when this process first asked."""
    digest = blake2b(digest_size=16)
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
