"""A user's own files: one file, or a directory of meshes and point clouds."""

import copy
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pointclip2.data.checksum import digest_files
from pointclip2.data.class_names import group
from pointclip2.data.files.archives import clouds_in_npz
from pointclip2.data.files.arrays import clouds_in_hdf5
from pointclip2.data.files.rows import SUFFIXES, read_points
from pointclip2.data.found_files import FoundFiles, files_beside, find_files
from pointclip2.data.label_table import SPLITS, LabelTable, spoken
from pointclip2.data.prepare import TO_Y_UP, RawCloud, check_choice
from pointclip2.data.scan_folder import ScanFolderIndex
from pointclip2.data.scan_frame import scan_options
from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.data.stored import SampleIndex, StoredData
from pointclip2.data.stored_scenes import StoredSceneSplit, scene_options
from pointclip2.types import ConfigError, DataError

NONE = "none of these"
"""The label of what is none of the classes."""

MANY: Mapping[str, Callable[[Path], tuple[int, Sequence[int | str] | None]]] = {
    ".h5": clouds_in_hdf5,
    ".hdf5": clouds_in_hdf5,
    ".npz": clouds_in_npz,
}
"""Files that may hold many clouds, by ending: how many one holds, and their labels."""

log = logging.getLogger(__name__)


class Folder(StoredData):
    """Your own point clouds and meshes: objects, or with `task=detection` whole rooms.

    Sub-folders train, val and test at the top are splits (a lone ``train`` of files is a class of that name), or the
    column ``split`` of the table of labels; without them everything is the split ``test``. Samples are named by their
    path below ``path``; the clouds of a file of many by their row, too.

    Args:
        path: a file, or a directory that is searched with everything below it.
        up: the axis that points up in the files: x y z -x -y -z, or ``any`` to take them as they are; ``auto`` is
            what the shape of an object says, and the model where that leaves a doubt, or the floor of a room.
        labels: ``subfolders`` (the name of the folder a file lies in), ``none``, or a CSV with the columns
            file (as seen from ``path``), label and, if need be, up and split.
        classes: names to choose from, or the name of a data set that has them: ``modelnet40``, or ``known``, those of
            the built-in model (``unseen``, ``all``: the other classes of the procedural world, too); by default the
            labels that occur in any split, sorted. Files whose label is none of a data set's classes, or "none of
            these", are not scored: they are strangers to a task that tells these from known things.
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
        classes: Sequence[object] | str | None = None,
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
        self.default_up = up
        self.scan_options = scan_options(units, up, scene_points)
        self.scene_options = scene_options(scene_points, limit, seed, "data.scene_points")
        self.label_source = labels
        self.group = classes if isinstance(classes, str) else None
        """The data set whose classes were asked for."""
        self.classes = _named_classes(classes)
        self.split_folders = () if self.path is None else _split_folders(self.path)
        self.table: LabelTable | None = None
        if labels not in ("subfolders", "none") and self.path is not None and self.path.exists():
            self.table = LabelTable.read(Path(labels).expanduser(), self._root())
        listed = () if self.table is None else set(self.table.splits.values())
        self.splits = tuple(name for name in SPLITS if name in listed) or self.split_folders or ("test",)

    def with_classes(self, classes: Sequence[str]) -> "Folder | None":
        """Return these files with other names to choose from; None where names were given already."""
        if self.classes is not None:
            return None
        named = copy.copy(self)
        named.classes = tuple(spoken(name) for name in classes)
        return named

    def index(self, split: str) -> "FolderIndex":
        found = self._found(split)
        table, root = self.table, self._root()
        if table is not None and table.labels and not any(name in table.labels for name in found.clouds):
            raise DataError(f"{table.path} labels no file of {self.path}: its column file names others")
        # The classes are those of all splits: what is learnt on one has to fit the others.
        samples = [sample for name in found.clouds for sample in self._samples(name)]
        texts = [sample.text for sample in samples] if table is None else list(table.labels.values())
        classes = self._classes(texts)
        chosen = [sample for sample in samples if self._split_of(sample.file) == split]
        self._count_others(chosen, classes)
        position = {name: at for at, name in enumerate(classes)}
        ups: Mapping[str, str] = {} if table is None else table.ups
        return FolderIndex(
            root,
            chosen,
            labels=[position.get(sample.text, -1) for sample in chosen],
            ups=[ups.get(sample.file) or self.default_up for sample in chosen],
            classes=classes,
            strange=[bool(sample.text) and sample.text not in position for sample in chosen],
        )

    def open_scenes(self, split: str) -> SceneDataset:
        """Open one split with every file as a room. Hashes files; no scan is read yet."""
        self.check_split(split)
        found, root = self._found(split), self._root()
        files = [root / name for name in found.clouds if self._split_of(name) == split]
        index = ScanFolderIndex(root, files, self.classes, self.scan_options)
        return StoredSceneSplit(self.name, split, index, self.scene_options)

    def _root(self) -> Path:
        """The folder that names are seen from."""
        assert self.path is not None
        return self.path if self.path.is_dir() else self.path.parent

    def _found(self, split: str) -> FoundFiles:
        """The files of all splits; says what of this one is not read.

        Raises:
            DataError: there are none.
        """
        if self.path is None:
            raise DataError("no files given: say where they are with data.path=FILE_OR_FOLDER")
        if not self.path.exists():
            raise DataError(
                f"{self.path} does not exist: data.path is a file or a folder of {' '.join(SUFFIXES)}"
            )
        root = self._root()
        found = find_files(self.path, root, () if self.table is None else self.table.labels)
        by_folder = bool(self.split_folders) and not (self.table and self.table.splits)
        unread = found.unread_below(split if by_folder else "")
        wanted = root / split if by_folder else self.path
        if not any(self._split_of(name) == split for name in found.clouds):
            beside = f"; not read: {unread}" if unread else ""
            raise DataError(f"{wanted} holds no files that can be read: {' '.join(SUFFIXES)}{beside}")
        if unread:
            log.warning("%s: not read: %s", wanted, unread)
        return found

    def _split_of(self, name: str) -> str | None:
        """The split that a file belongs to; None for one in no split."""
        if self.table is not None and self.table.splits:
            return self.table.splits.get(name)
        top = name.partition("/")[0]
        if self.split_folders:
            return top if top in self.split_folders else None
        return "test"

    def _samples(self, name: str) -> list["Sample"]:
        """The samples of one file: one, but for a file of many clouds."""
        text = self._text(name)
        ending = Path(name).suffix.lower()
        if ending not in MANY:
            return [Sample(printable(name), name, text)]
        count, labels = MANY[ending](self._root() / name)
        if count == 1:
            return [Sample(printable(name), name, text)]
        if labels is None or self.table is not None or self.label_source == "none":
            texts = [text] * count
        else:
            texts = [self._told(label, name) for label in labels]
        return [Sample(f"{printable(name)}/{row:04d}", name, texts[row], row) for row in range(count)]

    def _told(self, label: int | str, name: str) -> str:
        """The class that a file of many clouds gives one of them, by name or by number."""
        if isinstance(label, str):
            return spoken(printable(label))
        if self.classes is None:
            return str(label)
        if not 0 <= label < len(self.classes):
            raise DataError(f"{name} has the label {label}, but data.classes has {len(self.classes)} names")
        return self.classes[label]

    def _text(self, name: str) -> str:
        """The label of a file."""
        if self.table is not None:
            return self.table.labels.get(name, "")
        folders = name.split("/")[:-1]
        if self.label_source != "subfolders" or not folders or "/".join(folders) in self.split_folders:
            return ""
        return spoken(printable(folders[-1]))

    def _classes(self, texts: Sequence[str]) -> tuple[str, ...]:
        present = sorted({text for text in texts if text and text != NONE})
        if self.classes is None:
            if not present:
                raise DataError(
                    f"{self.path} has no labels to choose from: name the classes, data.classes=[chair,table]"
                )
            return tuple(present)
        missing = [text for text in present if text not in self.classes]
        if missing and self.group is None:
            raise DataError(
                f"data.classes has {len(self.classes)} names but lacks labels that occur in {self.path}: "
                f"{', '.join(missing)}"
            )
        return self.classes

    def _count_others(self, samples: Sequence["Sample"], classes: Sequence[str]) -> None:
        """Say how many samples have a label that is none of the classes, and so are not scored."""
        others = [sample.text for sample in samples if sample.text and sample.text not in classes]
        if others:
            log.warning(
                "%s: %d of %d files are of none of the %d classes, and count only where refusals are measured: %s",
                self.path,
                len(others),
                len(samples),
                len(classes),
                ", ".join(sorted(set(others))),
            )


@dataclass(frozen=True)
class Sample:
    """A cloud of a folder: a file, or a row of one."""

    name: str
    file: str
    """As seen from the root."""
    text: str
    """Its label; empty where nobody says."""
    row: int | None = None


class FolderIndex(SampleIndex):
    """The samples of one split."""

    def __init__(
        self,
        root: Path,
        samples: list[Sample],
        labels: list[int],
        ups: list[str],
        classes: tuple[str, ...],
        strange: list[bool],
    ) -> None:
        self.root = root
        self.samples = samples
        self.names = [sample.name for sample in samples]
        self.labels = labels
        self.ups = ups
        self.classes = classes
        self.strange = strange if any(strange) else ()

    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        sample = self.samples[index]
        return read_points(self.root / sample.file, points, rng, sample.row)

    def up(self, index: int) -> str:
        return self.ups[index]

    def digest(self, indices: Sequence[int]) -> str:
        chosen = [self.root / file for file in {self.samples[i].file for i in indices}]
        return digest_files(self.root, {*chosen, *(part for path in chosen for part in files_beside(path))})


def printable(name: str) -> str:
    """Return the name of a file so that any file and terminal takes it: bytes that are not UTF-8 as ``\\udcff``."""
    return name.encode(errors="backslashreplace").decode()


def _named_classes(classes: Sequence[object] | str | None) -> tuple[str, ...] | None:
    """The names to choose from, as one says them. Numbers and truth values are names, too: 0, 1, true.

    Raises:
        ConfigError: no list, an empty one, or a name twice.
    """
    if classes is None:
        return None
    if isinstance(classes, str):
        return tuple(spoken(name) for name in group(classes))
    if not isinstance(classes, Sequence) or not classes or any(name in (None, "") for name in classes):
        raise ConfigError(f"data.classes={classes}: give a list of names, data.classes=[chair,table]")
    named = tuple(spoken(str(name).lower() if isinstance(name, bool) else str(name)) for name in classes)
    if len(set(named)) < len(named):
        raise ConfigError("data.classes names a class twice")
    return named


def _split_folders(path: Path) -> tuple[str, ...]:
    found = tuple(name for name in SPLITS if (path / name).is_dir())
    if found == ("train",) and not any(child.is_dir() for child in (path / "train").iterdir()):
        return ()
    if found:
        strays = sorted(child.name for child in path.iterdir() if child.is_dir() and child.name not in SPLITS)
        if strays:
            log.warning("%s: %s lie beside the splits %s and are not read", path, strays, found)
    return found
