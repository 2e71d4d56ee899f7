"""Where answers are written: only where nothing lies, unless the user says so."""

from collections.abc import Sequence
from pathlib import Path

from pointclip2.errors import ConfigError
from pointclip2.writing import typed_path


def refuse_existing(path: str | Path, force: bool, endings: Sequence[str]) -> Path:
    """Return the path, if something of this kind may be written there.

    Raises:
        ConfigError: the file exists already, its folder does not, or its ending is of another kind.
    """
    target = typed_path(path)
    if target.suffix.lower() not in endings:
        raise ConfigError(f"{target}: the ending says what is written; choose one of {' '.join(endings)}")
    if not target.parent.is_dir():
        raise ConfigError(f"{target}: there is no folder {target.parent}")
    if (target.exists() or target.is_symlink()) and not force:
        raise ConfigError(
            f"{target} exists already: take another name, or --force (force=True) to replace it"
        )
    if target.is_dir():
        raise ConfigError(f"{target} is a folder: give a file in it")
    return target.resolve() if target.is_symlink() else target  # the file that it leads to, not the link
