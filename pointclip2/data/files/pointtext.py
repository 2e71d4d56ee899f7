"""Points as text (.xyz, .txt, .csv): a point a line, separated by blanks, commas or semicolons."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.types import CloudError

COMMENTS = ("#", "//")


def read_pointtext(path: Path) -> NDArray[np.float64]:
    """Points (n, 3): the columns named x, y and z if there is a header with them, otherwise the first three.

    A lone number in the first line is a count of points, left aside. Beside semicolons, commas are decimal.
    """
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    numbered = [
        (number, line.strip())
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith(COMMENTS)
    ]
    if not numbered:
        raise CloudError("there are no points in it")
    separator = _separator(numbered[-1][1])
    rows = [(number, _cells(line, separator)) for number, line in numbered]
    columns = [0, 1, 2]
    first = rows[0][1]
    if not all(_is_number(cell) for cell in first):
        columns = _named_columns(first)
        rows = rows[1:]
    elif len(first) == 1 and len(rows) > 1 and len(rows[1][1]) > 1:
        rows = rows[1:]
    if not rows:
        raise CloudError("there is a header but no points in it")
    values = []
    for number, cells in rows:
        try:
            values.append([float(cells[column]) for column in columns])
        except (IndexError, ValueError) as error:
            raise CloudError(
                f"line {number} is no point with x, y and z: {' '.join(cells)[:60]!r}"
            ) from error
    return np.array(values, dtype=np.float64)


def _separator(line: str) -> str | None:
    if ";" in line:
        return ";"
    return "," if "," in line else None


def _cells(line: str, separator: str | None) -> list[str]:
    if separator == ";":
        line = line.replace(",", ".")
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _named_columns(header: list[str]) -> list[int]:
    names = [cell.lower() for cell in header]
    if {"x", "y", "z"} <= set(names):
        return [names.index(axis) for axis in "xyz"]
    return [0, 1, 2]
