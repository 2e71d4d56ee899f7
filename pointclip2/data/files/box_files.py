"""True boxes that lie beside a scan: JSON, CSV or NPZ, in the scan's own coordinates."""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.label_table import spoken
from pointclip2.types import CloudError

Floats = NDArray[np.float64]
NamedBoxes = tuple[list[str], Floats]
"""Class of each box, and rows (k, 7) of centre, full size and heading in radians."""

ENDING = "_boxes"
"""Of the file's stem: the boxes of ``room.ply`` are ``room_boxes.json``, ``.csv`` or ``.npz``."""
COLUMNS = ("class", "cx", "cy", "cz", "dx", "dy", "dz")


def boxes_beside(scan: Path) -> Path | None:
    """The file of boxes that belongs to a scan, if there is one."""
    candidates = [scan.with_name(f"{scan.stem}{ENDING}{suffix}") for suffix in READERS]
    return next((path for path in candidates if path.is_file()), None)


def read_boxes(path: Path) -> NamedBoxes:
    """Boxes of a file by its suffix.

    JSON: a list (or ``{"boxes": [...]}``) of ``{"class", "centre": [x, y, z], "size": [dx, dy, dz]}`` with
    ``"heading"`` in radians if need be. CSV: the columns class, cx, cy, cz, dx, dy, dz and if need be heading.
    NPZ: the arrays ``classes`` (k,) of text, ``centre`` and ``size`` (k, 3), and if need be ``heading`` (k,).

    Raises:
        CloudError: damaged, or something is missing; the message names the file.
    """
    try:
        names, rows = READERS[path.suffix.lower()](path)
    except CloudError as error:
        raise CloudError(f"{path.name}: {error}") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CloudError(f"{path.name} is no list of boxes ({' '.join(str(error).split())})") from error
    return [spoken(name) for name in names], rows


def _read_json(path: Path) -> NamedBoxes:
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    entries = content.get("boxes") if isinstance(content, dict) else content
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CloudError('expected a list of boxes, or {"boxes": [...]}')
    names, rows = [], []
    for number, entry in enumerate(entries):
        centre, size = entry.get("centre", entry.get("center")), entry.get("size")
        name = entry.get("class", entry.get("label"))
        if not isinstance(name, str) or not _three(centre) or not _three(size):
            raise CloudError(
                f'box {number} needs "class", "centre": [x, y, z] and "size": [dx, dy, dz], but has {sorted(entry)}'
            )
        names.append(name)
        rows.append([*centre, *size, entry.get("heading", 0.0)])
    return names, np.array(rows, dtype=np.float64).reshape(-1, 7)


def _three(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3


def _read_csv(path: Path) -> NamedBoxes:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    table = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",", skipinitialspace=True)
    columns = [column.strip().lower() for column in table.fieldnames or []]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise CloudError(
            f"has no column {', '.join(missing)}: expected {', '.join(COLUMNS)} and, if need be, heading"
        )
    table.fieldnames = columns
    names, rows = [], []
    for row in table:
        try:
            numbers = [float(row[column]) for column in COLUMNS[1:]]
            heading = float(row.get("heading") or 0.0)
        except (TypeError, ValueError) as error:
            raise CloudError(
                f"line {table.line_num} is no box: {' '.join(map(str, row.values()))[:60]!r}"
            ) from error
        names.append(str(row["class"]))
        rows.append([*numbers, heading])
    return names, np.array(rows, dtype=np.float64).reshape(-1, 7)


def _read_npz(path: Path) -> NamedBoxes:
    with path.open("rb") as stream:
        file: Mapping[str, NDArray[Any]] = np.load(stream, allow_pickle=False)
        missing = [name for name in ("classes", "centre", "size") if name not in file]
        if missing:
            raise CloudError(f"has no array {', '.join(missing)}, but {', '.join(file)}")
        classes, centre, size = (file[name] for name in ("classes", "centre", "size"))
        heading = file["heading"] if "heading" in file else np.zeros(len(centre))
    count = len(classes)
    if centre.shape != (count, 3) or size.shape != (count, 3) or heading.shape != (count,):
        raise CloudError(
            f"{count} classes, but centre {centre.shape}, size {size.shape} and heading {heading.shape}: "
            "expected (k, 3), (k, 3) and (k,)"
        )
    return [str(name) for name in classes], np.concatenate([centre, size, heading[:, None]], axis=1).astype(
        np.float64
    )


READERS: dict[str, Callable[[Path], NamedBoxes]] = {".json": _read_json, ".csv": _read_csv, ".npz": _read_npz}
