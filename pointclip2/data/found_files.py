"""Which files below a folder are clouds, and which are not read."""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pointclip2.data.files.box_files import ENDING
from pointclip2.data.files.gltf_buffers import buffer_files
from pointclip2.data.files.obj import companions
from pointclip2.data.files.rows import READERS
from pointclip2.data.files.text import holds_points
from pointclip2.data.label_table import LabelTable
from pointclip2.errors import TransientError, is_transient, one_line

LETTERS = (".txt", ".csv", ".asc")
"""Endings of clouds and of letters: what is in them decides."""
BESIDE = (".mtl", ".bin", ".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".tga", ".bmp")
"""Of files that belong to a .obj or .gltf."""
NAMED = 3
"""So many unread files of an ending are named, more are counted."""


@dataclass(frozen=True)
class FoundFiles:
    """The files below a folder by their names as seen from the root, sorted folder by folder."""

    clouds: list[str]
    unread: list[str]

    def unread_below(self, folder: str) -> str:
        """Say what below a folder (empty: everywhere) is not read: ``1 .las (a.las), 2 .md (b.md, c.md)``."""
        names = [name for name in self.unread if not folder or name.startswith(f"{folder}/")]
        counts = Counter(os.path.splitext(name)[1].lower() or "without an ending" for name in names)
        parts = []
        for ending, count in sorted(counts.items()):
            of_it = [
                name for name in names if (os.path.splitext(name)[1].lower() or "without an ending") == ending
            ]
            more = ", ..." if count > NAMED else ""
            parts.append(f"{count:,} {ending} ({', '.join(of_it[:NAMED])}{more})")
        return ", ".join(parts)


def find_files(top: Path, root: Path, listed: Collection[str] = ()) -> FoundFiles:
    """Find the clouds at or below ``top``: by their ending, or listed by name (missed, then, if unreadable).

    Hidden files, tables of labels and boxes beside scans are neither clouds nor unread.
    """
    clouds, unread = [], []
    for name, path in _walk(top, root):
        base, ending = os.path.splitext(os.path.basename(name))
        ending = ending.lower()
        if name in listed:
            clouds.append(name)
        elif base.endswith(ENDING) or (ending in LETTERS and LabelTable.is_one(Path(path))):
            continue
        elif ending not in READERS or (ending in LETTERS and not holds_points(Path(path))):
            unread.append(name)
        else:
            clouds.append(name)
    if any(name.lower().endswith((".obj", ".gltf")) for name in clouds):
        unread = [name for name in unread if not name.lower().endswith(BESIDE)]
    clouds.sort(key=lambda name: name.split("/"))
    return FoundFiles(clouds, sorted(unread))


def _walk(top: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Names as seen from the root and paths of all files that are not hidden."""
    if top.is_file():
        yield top.relative_to(root).as_posix(), str(top)
        return
    start = len(os.path.join(root, ""))
    # Links are followed, as people make folders of them, but no folder is entered that lies around itself.
    for folder, folders, files in os.walk(top, followlinks=True):
        above = os.path.join(os.path.realpath(folder), "")
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and not above.startswith(os.path.join(os.path.realpath(f"{folder}/{name}"), ""))
        ]
        for name in files:
            if not name.startswith("."):
                path = os.path.join(folder, name)
                yield path[start:].replace(os.sep, "/"), path


def files_beside(path: Path) -> list[Path]:
    """Return the files that decide a cloud as much as its own: buffers, materials and pictures."""
    ending = path.suffix.lower()
    if ending not in (".obj", ".gltf"):
        return []
    try:
        return companions(path) if ending == ".obj" else buffer_files(path)
    except Exception as error:  # a file of others, read in part
        if is_transient(error):
            raise TransientError(f"{path} cannot be read just now ({one_line(error)}): run again") from error
        return []  # Reading it says how.
