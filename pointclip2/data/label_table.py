"""A user's labels: a CSV with the columns file and label, and if need be up."""

import csv
from dataclasses import dataclass
from pathlib import Path

from pointclip2.data.prepare import TO_Y_UP
from pointclip2.types import DataError


def spoken(name: str) -> str:
    """A class name as one says it: ``night_stand`` is "night stand"."""
    return " ".join(name.replace("_", " ").split())


@dataclass(frozen=True)
class LabelTable:
    """What the CSV says, by file name below the data set's root. Empty texts where it says nothing."""

    path: Path
    labels: dict[str, str]
    ups: dict[str, str]

    @classmethod
    def read(cls, path: Path, root: Path) -> "LabelTable":
        """Read and check the table; other columns are left aside.

        Raises:
            DataError: not there, no such columns, a file twice, a file that is not there, an unknown axis.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"{path} cannot be read as a table of labels ({error}): "
                "data.labels is subfolders, none or a CSV"
            ) from error
        rows, columns = _rows(text.splitlines())
        if not {"file", "label"} <= set(columns):
            raise DataError(
                f"{path} must have the columns file and label, but has {', '.join(columns) or 'none'}"
            )
        rows.fieldnames = columns
        table = cls(path, {}, {})
        for row in rows:
            table._add(row, rows.line_num, root)
        return table

    @staticmethod
    def is_one(path: Path) -> bool:
        """Whether a file has the columns of such a table, so that it holds no points."""
        if path.suffix.lower() not in (".csv", ".txt"):
            return False
        try:
            with path.open(encoding="utf-8-sig") as file:
                return {"file", "label"} <= set(_rows([file.readline()])[1])
        except (OSError, UnicodeDecodeError, csv.Error):
            return False  # reading it as a cloud says what is wrong

    def _add(self, row: dict[str, str | None], line: int, root: Path) -> None:
        name = Path((row["file"] or "").strip().replace("\\", "/")).as_posix()
        up = (row.get("up") or "").strip()
        if name in self.labels:
            raise DataError(f"{self.path}, line {line}: {name} is listed twice")
        if not (root / name).is_file():
            raise DataError(f"{self.path}, line {line}: there is no file {name} in {root}")
        if up and up not in TO_Y_UP:
            raise DataError(
                f"{self.path}, line {line}: unknown axis {up!r}, choose one of {', '.join(TO_Y_UP)}"
            )
        self.labels[name] = spoken(row["label"] or "")
        self.ups[name] = up


def _rows(lines: list[str]) -> tuple["csv.DictReader[str]", list[str]]:
    """The rows, and the names of the columns."""
    separator = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=separator, skipinitialspace=True)
    return rows, [column.strip() for column in rows.fieldnames or []]
