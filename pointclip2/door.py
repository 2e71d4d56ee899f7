"""The packages outside this one whose classes may be built: none, until the user opens the door to them."""

from pathlib import Path

opened: dict[str, tuple[Path, ...]] = {}
"""Packages whose classes this process builds, and the folders they lie in; none for a single module.

The command line fills it; see `pointclip2.app.plugins`.
"""


def is_open(module: str) -> bool:
    """Return whether a module belongs to a package whose door is open."""
    return any(module == name or module.startswith(f"{name}.") for name in opened)
