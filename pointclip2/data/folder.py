"""A user's own files: one file, or a directory of meshes and point clouds."""

import copy
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pointclip2.data.checksum import digest_files
from pointclip2.data.class_names import group
from pointclip2.data.files.box_files import ENDING
from pointclip2.data.files.rows import SUFFIXES, read_points
from pointclip2.data.label_table import LabelTable, spoken
from pointclip2.data.prepare import TO_Y_UP, RawCloud, check_choice
from pointclip2.data.scan_folder import ScanFolderIndex
from pointclip2.data.scan_frame import scan_options
from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.data.stored import SampleIndex, StoredData
from pointclip2.data.stored_scenes import StoredSceneSplit, scene_options
from pointclip2.types import ConfigError, DataError

SPLITS = ("train", "val", "test")

log = logging.getLogger(__name__)


class Folder(StoredData):
    """Your own point clouds and meshes: objects, or with `task=detection` whole rooms.

    Sub-folders train, val and test at the top are splits (a lone ``train`` of files is a class of that name);
    without them everything is the split ``test``. Samples are named by their path below ``path``.

    Args:
        path: a file, or a directory that is searched with everything below it.
        up: the axis that points up in the files: x y z -x -y -z, or ``any`` to take them as they are; ``auto`` is
            y for objects, and what the floor of a room says.
        labels: ``subfolders`` (the name of the folder a file lies in), ``none``, or a CSV with the columns
            file (as seen from ``path``), label and, if need be, up.
        classes: names to choose from, or ``known``: those of the built-in model (``unseen``, ``all``: the other classes
            of the procedural world, too); by default the labels that occur in any split, sorted.
        units: of rooms: ``auto`` (m, cm or mm, by the extent), m cm mm ft in. Objects have none.
        scene_points: of every room, random by seed; null takes all.

    True boxes of ``room.ply`` may lie beside it as ``room_boxes.json`` (or csv, npz), see `box_files`.
    The rest is explained in `StoredData`.
    """

    name = "folder"

    def __init__(
        self,
        path: str | None = None,
        up: str = "auto",
        labels: str = "subfolders",
        classes: Sequence[str] | str | None = None,
        split: str = "test",
        points: int = 1024,
        sampling: str = "random",
        limit: int | None = None,
        corruption: str = "none",
        seed: int = 0,
        units: str = "auto",
        scene_points: int | None = 200_000,
    ) -> None:
        super().__init__(split, points, sampling, limit, corruption, seed)
        check_choice("data.up", up, ("auto", *TO_Y_UP))
        self.path = None if path is None else Path(path).expanduser()
        self.default_up = "y" if up == "auto" else up
        self.scan_options = scan_options(units, up, scene_points)
        self.scene_options = scene_options(scene_points, limit, seed, "data.scene_points")
        self.label_source = labels
        if isinstance(classes, str):
            classes = group(classes)
        self.classes = None if classes is None else tuple(spoken(name) for name in classes)
        if self.classes is not None and len(set(self.classes)) < len(self.classes):
            raise ConfigError("data.classes names a class twice")
        self.split_folders = () if self.path is None else _split_folders(self.path)
        self.splits = self.split_folders or ("test",)

    def with_classes(self, classes: Sequence[str]) -> "Folder | None":
        """Return these files with other names to choose from; None where names were given already."""
        if self.classes is not None:
            return None
        named = copy.copy(self)
        named.classes = tuple(spoken(name) for name in classes)
        return named

    def index(self, split: str) -> "FolderIndex":
        path, root = self._found()
        table = None
        if self.label_source not in ("subfolders", "none"):
            table = LabelTable.read(Path(self.label_source).expanduser(), root)
        tops = [root / name for name in self.split_folders] or [path]
        wanted = root / split if self.split_folders else path
        # The classes are those of all splits: what is learnt on one has to fit the others.
        texts = {
            file: self._text(file, top, root, table)
            for top in tops
            for file in _clouds_below(top, root, table)
        }
        files = [file for file in texts if file.is_relative_to(wanted)]
        if not files:
            raise DataError(f"{wanted} holds no files that can be read: {' '.join(SUFFIXES)}")
        classes = self._classes(texts.values() if table is None else table.labels.values())
        return FolderIndex(
            root,
            files,
            names=[file.relative_to(root).as_posix() for file in files],
            labels=[classes.index(texts[file]) if texts[file] else -1 for file in files],
            ups=[
                (table and table.ups.get(file.relative_to(root).as_posix())) or self.default_up
                for file in files
            ],
            classes=classes,
        )

    def open_scenes(self, split: str) -> SceneDataset:
        """Open one split with every file as a room. Hashes files; no scan is read yet."""
        self.check_split(split)
        path, root = self._found()
        wanted = root / split if self.split_folders else path
        files = _clouds_below(wanted, root, None)
        if not files:
            raise DataError(f"{wanted} holds no files that can be read: {' '.join(SUFFIXES)}")
        index = ScanFolderIndex(root, files, self.classes, read_points, self.scan_options)
        return StoredSceneSplit(self.name, split, index, self.scene_options)

    def _found(self) -> tuple[Path, Path]:
        """The path, and the folder that names are seen from."""
        if self.path is None:
            raise DataError("no files given: say where they are with data.path=FILE_OR_FOLDER")
        if not self.path.exists():
            raise DataError(
                f"{self.path} does not exist: data.path is a file or a folder of {' '.join(SUFFIXES)}"
            )
        return self.path, self.path if self.path.is_dir() else self.path.parent

    def _text(self, path: Path, top: Path, root: Path, table: LabelTable | None) -> str:
        if table is not None:
            return table.labels.get(path.relative_to(root).as_posix(), "")
        return (
            spoken(path.parent.name)
            if self.label_source == "subfolders" and path.parent not in (root, top)
            else ""
        )

    def _classes(self, texts: Iterable[str]) -> tuple[str, ...]:
        present = sorted({text for text in texts if text})
        if self.classes is None:
            if not present:
                raise DataError(
                    f"{self.path} has no labels to choose from: name the classes, data.classes=[chair,table]"
                )
            return tuple(present)
        missing = [text for text in present if text not in self.classes]
        if missing:
            raise DataError(
                f"data.classes has {len(self.classes)} names but lacks labels that occur in {self.path}: "
                f"{', '.join(missing)}"
            )
        return self.classes


class FolderIndex(SampleIndex):
    """The files of one split."""

    def __init__(
        self,
        root: Path,
        files: list[Path],
        names: list[str],
        labels: list[int],
        ups: list[str],
        classes: tuple[str, ...],
    ) -> None:
        self.root = root
        self.files = files
        self.names = names
        self.labels = labels
        self.ups = ups
        self.classes = classes

    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        return read_points(self.files[index], points, rng)

    def up(self, index: int) -> str:
        return self.ups[index]

    def digest(self, indices: Sequence[int]) -> str:
        chosen = [self.files[i] for i in indices]
        return digest_files(self.root, {*chosen, *(part for path in chosen for part in _buffers(path))})


def _split_folders(path: Path) -> tuple[str, ...]:
    found = tuple(name for name in SPLITS if (path / name).is_dir())
    if found == ("train",) and not any(child.is_dir() for child in (path / "train").iterdir()):
        return ()
    if found:
        strays = sorted(child.name for child in path.iterdir() if child.is_dir() and child.name not in SPLITS)
        if strays:
            log.warning("%s: %s lie beside the splits %s and are not read", path, strays, found)
    return found


def _clouds_below(top: Path, root: Path, table: LabelTable | None) -> list[Path]:
    """Readable by their suffix, or listed in the table (missed, then, if unreadable). Sorted; no table of labels."""
    listed = set() if table is None else {root / name for name in table.labels}

    def counts(path: Path) -> bool:
        readable = path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
        return path in listed or (readable and not path.stem.endswith(ENDING))

    if top.is_file():
        return [top] if counts(top) else []
    found = []
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [path for path in (Path(folder, name) for name in files) if counts(path)]
    return sorted(path for path in found if not LabelTable.is_one(path))


def _buffers(path: Path) -> list[Path]:
    """Files beside a .gltf that hold its vertices: they decide the cloud as much as it does."""
    if path.suffix.lower() != ".gltf":
        return []
    try:
        buffers = json.loads(path.read_bytes())["buffers"]
        parts = [path.parent / buffer["uri"] for buffer in buffers if not buffer["uri"].startswith("data:")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # Damaged: reading it says how.
    return [part for part in parts if part.is_relative_to(path.parent) and ".." not in part.parts]
