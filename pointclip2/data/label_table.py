"""A user's labels: a CSV with the columns file and label, and if need be up and split."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from pointclip2.data.prepare import TO_Y_UP
from pointclip2.reading import open_regular, read_text
from pointclip2.types import DataError
from pointclip2.writing import read_cell

HEAD_BYTES = 65_536
SPLITS = ("train", "val", "test")
SPLIT_NAMES = {**{name: name for name in SPLITS}, "validation": "val", "valid": "val", "training": "train"}


def spoken(name: str) -> str:
    """A class name as one says it: ``night_stand`` is "night stand"."""
    return " ".join(name.replace("_", " ").split())


@dataclass(frozen=True)
class LabelTable:
    """What the CSV says, by file name below the data set's root. Empty texts where it says nothing."""

    path: Path
    labels: dict[str, str]
    ups: dict[str, str]
    splits: dict[str, str]
    """Empty where there is no such column."""

    @classmethod
    def read(cls, path: Path, root: Path) -> "LabelTable":
        """Read and check the table; other columns are left aside.

        Raises:
            DataError: not there, no such columns, a file twice, a file that is not there or lies elsewhere, an unknown
                axis or split.
        """
        try:
            text = read_text(path)
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"{path} cannot be read as a table of labels ({error}): "
                "data.labels is subfolders, none or a CSV"
            ) from error
        try:
            rows, columns = _rows(text.splitlines())
        except csv.Error as error:
            raise DataError(f"{path}, line 1: {error}: is a quote not closed there?") from error
        if not {"file", "label"} <= set(columns):
            raise DataError(
                f"{path} must have the columns file and label, but has {', '.join(columns) or 'none'}"
            )
        rows.fieldnames = columns
        table = cls(path, {}, {}, {})
        try:
            for row in rows:
                table._add(row, rows.line_num, root)
        except csv.Error as error:
            raise DataError(
                f"{path}, line {rows.line_num + 1}: {error}: is a quote not closed there?"
            ) from error
        return table

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether a file has the columns of such a table, so that it holds no points."""
        if path.suffix.lower() not in (".csv", ".txt"):
            return False
        try:
            with open_regular(path) as file:
                first = file.readline(HEAD_BYTES).decode("utf-8-sig").rstrip("\r\n")
                return {"file", "label"} <= set(_rows([first])[1])
        except (OSError, UnicodeDecodeError, csv.Error):
            return False  # reading it as a cloud says what is wrong

    def _add(self, row: dict[str, str | None], line: int, root: Path) -> None:
        where = f"{self.path}, line {line}"
        name = _below(read_cell((row["file"] or "").strip()).replace("\\", "/"), root, where)
        up, split = ((row.get(column) or "").strip() for column in ("up", "split"))
        if name in self.labels:
            raise DataError(f"{where}: {name} is listed twice")
        if not os.path.isfile(root / name):
            raise DataError(f"{where}: there is no file {name} in {root}")
        if up and up not in TO_Y_UP:
            raise DataError(f"{where}: unknown axis {up!r}, choose one of {', '.join(TO_Y_UP)}")
        if "split" in row and split.lower() not in SPLIT_NAMES:
            raise DataError(f"{where}: unknown split {split!r}, choose one of {', '.join(SPLITS)}")
        self.labels[name] = spoken(read_cell(row["label"] or ""))
        self.ups[name] = up
        if "split" in row:
            self.splits[name] = SPLIT_NAMES[split.lower()]


def _below(name: str, root: Path, where: str) -> str:
    """The file's name as seen from ``root``, also where the table gives it from the top of the disk.

    Raises:
        DataError: it lies elsewhere.
    """
    if not os.path.isabs(name):
        return os.path.normpath(name).replace(os.sep, "/")
    for path, top in ((Path(name), root.absolute()), (Path(name).resolve(), root.resolve())):
        if path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    raise DataError(f"{where}: {name} does not lie in {root}")


def _rows(lines: list[str]) -> tuple["csv.DictReader[str]", list[str]]:
    """The rows, and the names of the columns."""
    separator = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=separator, skipinitialspace=True)
    return rows, [column.strip() for column in rows.fieldnames or []]
