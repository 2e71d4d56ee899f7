"""What "the same features" means: everything that decides them, in one plain mapping."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

CACHE_VERSION = 2
"""Raise it when the same key begins to mean other features for a reason that nothing below shows."""
PACKAGES = ("torch", "torchvision", "open_clip_torch", "timm", "numpy", "scipy", "scikit-learn")
"""Their versions can change a feature."""
ROOMS = ("geometry", "encoders", "proposals")
"""The folders of this package that make features: after an edit there old features must not pass for new ones."""


def feature_key(
    data: Mapping[str, Any], encoder: Mapping[str, Any], columns: Mapping[str, Any], precision: str
) -> dict[str, Any]:
    """Return everything that decides the features of a split, as plain data.

    How they lie on disk is not part of it.

    Args:
        data: name, split and checksum of the split.
        encoder: what the encoder says of itself.
        columns: what is kept of its features, and how finely.
        precision: that really ran, as Lightning names it: ``32-true``, ``bf16-mixed``.
    """
    return {
        "version": CACHE_VERSION,
        "sources": source_digest(*ROOMS),
        "packages": dict(package_versions()),
        "data": dict(data),
        "encoder": dict(encoder),
        "columns": dict(columns),
        "precision": precision,
    }


def text_key(encoder: Mapping[str, Any], sentences: str) -> dict[str, Any]:
    """Return everything that decides vectors of text; ``sentences`` is the digest of what was said."""
    return {
        "version": CACHE_VERSION,
        "sources": source_digest("encoders", "text"),
        "packages": dict(package_versions()),
        "encoder": dict(encoder),
        "sentences": sentences,
    }


@cache
def source_digest(*rooms: str) -> str:
    """Return the digest of the source of these folders of the package."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((package / room).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def package_versions() -> tuple[tuple[str, str], ...]:
    """Return name and version of those of `PACKAGES` that are installed."""
    found = []
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)
