"""Fetching an archive from a data set's official page, only ever when asked to."""

import shutil
import tempfile
import urllib.request
import zipfile
from pathlib import Path

from pointclip2.types import DataError


def fetch_zip(address: str, root: Path) -> None:
    """Download a zip whose only top-level folder becomes ``root``.

    ``root`` appears whole or not at all: everything happens in a temporary folder beside it.

    Raises:
        DataError: no connection, no space, a damaged archive, or ``root`` is in the way.
    """
    if root.exists():
        raise DataError(
            f"{root} exists but is not complete: move it away, then run with data.download=true again"
        )
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{root.name}.", dir=root.parent) as folder:
            archive = Path(folder) / "archive.zip"
            with urllib.request.urlopen(address, timeout=60) as reply, archive.open("wb") as file:
                shutil.copyfileobj(reply, file, 1 << 20)
            with zipfile.ZipFile(archive) as content:
                content.extractall(Path(folder) / "content")
            # macOS leaves a folder of its own in some archives.
            inner = [path for path in (Path(folder) / "content").iterdir() if path.name != "__MACOSX"]
            if len(inner) != 1 or not inner[0].is_dir():
                raise DataError(f"{address} holds {len(inner)} entries at its top, not one folder")
            inner[0].replace(root)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"could not fetch {address} ({error}): fetch it by hand and unpack it as {root}"
        ) from error
