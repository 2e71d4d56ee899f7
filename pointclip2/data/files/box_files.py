"""Files of boxes, true ones or proposed ones: JSON, CSV or NPZ, in the scan's own coordinates.

A box is its centre, its full size and its heading, in radians counter-clockwise about the scan's up axis, seen from
above. The size is along the axes that the scan's x, y and z become when they are turned by the heading, so that in a
scan with y up the height is the second number. A file may state its ``unit`` (m cm mm ft in) and its ``up`` axis; where
it does not, they are the scan's.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.arrays import load_arrays
from pointclip2.data.label_table import spoken
from pointclip2.data.scan_frame import known_frame
from pointclip2.reading import read_text
from pointclip2.sealed import DamagedError, opened
from pointclip2.types import CloudError, ConfigError
from pointclip2.writing import read_cell

Floats = NDArray[np.float64]

ENDING = "_boxes"
"""Of the file's stem: the boxes of ``room.ply`` are ``room_boxes.json`` or ``room.ply_boxes.json``, csv or npz."""
EDGES = ("cx", "cy", "cz", "dx", "dy", "dz")
_SURENESS = ("objectness", "score")


@dataclass(frozen=True)
class ListedBox:
    """One box as a file lists it, unchecked. Texts are empty where the file does not say."""

    row: tuple[float, ...]
    """Centre, full size and heading."""
    name: str = ""
    """Of its class, as one says it."""
    objectness: float = 1.0
    scene: str = ""
    unit: str = ""
    up: str = ""


class ListedBoxes(tuple[ListedBox, ...]):
    """The boxes of a file."""

    @property
    def rows(self) -> Floats:
        """Return centre, full size and heading of each box, (k, 7)."""
        return np.array([box.row for box in self], dtype=np.float64).reshape(-1, 7)

    def of_scene(self, name: str) -> "ListedBoxes":
        """Return the boxes of one scene; boxes that name no scene belong to every scene."""
        return ListedBoxes(box for box in self if box.scene in ("", name))

    def stated(self) -> tuple[str, str]:
        """Return the unit and the up axis that the boxes state; empty where they do not.

        Raises:
            CloudError: they state several.
        """
        pairs = {(box.unit, box.up) for box in self}
        if len(pairs) > 1:
            raise CloudError(
                f"boxes of one scan are in several units or have several up axes: {sorted(pairs)}"
            )
        return pairs.pop() if pairs else ("", "")


def boxes_beside(scan: Path) -> Path | None:
    """Return the file of boxes that belongs to a scan, if there is one."""
    names = [f"{stem}{ENDING}{suffix}" for stem in (scan.stem, scan.name) for suffix in READERS]
    return next((path for name in names if (path := scan.with_name(name)).is_file()), None)


def read_true_boxes(path: Path, scan: str) -> ListedBoxes:
    """Return the boxes of a file that lies beside a scan; each has a class.

    Where the file is of several scenes they are those of this scan, by its name.

    Raises:
        CloudError: as `read_boxes`; a box without a class; boxes of other scans only; several units.
    """
    boxes = read_boxes(path)
    scenes = {box.scene for box in boxes}
    if len(scenes) > 1:
        own = {scene for scene in scenes if not scene or Path(scene).name == Path(scan).name}
        if not own:
            raise CloudError(
                f"{path.name} has boxes of {len(scenes)} scans, such as {min(scenes)}, and none of {scan}"
            )
        boxes = ListedBoxes(box for box in boxes if box.scene in own)
    for number, box in enumerate(boxes):
        if not box.name:
            raise CloudError(f'{path.name}: box {number} needs a "class"')
    try:
        boxes.stated()
    except CloudError as error:
        raise CloudError(f"{path.name}: {error}") from error
    return boxes


def read_boxes(path: Path) -> ListedBoxes:
    """Read the boxes of a file by its suffix.

    JSON: a list of ``{"class": "chair", "centre": [..], "size": [..], "heading": 0, "objectness": 1, "scene": ".."}``,
    of which all but centre and size may be missing; or ``{"boxes": [..]}``, or lists by scene, either with ``scene``,
    ``unit`` and ``up`` beside ``boxes`` if need be. CSV: the columns cx, cy, cz, dx, dy, dz, and if need be class,
    heading, objectness (or score), scene, unit and up. NPZ: ``boxes`` (k, 6 or 7), or ``centre`` and ``size`` (k, 3)
    and if need be ``heading`` (k,); and if need be ``classes``, ``objectness`` (or ``score``) and ``scene`` (k,),
    ``unit`` and ``up``.

    Raises:
        CloudError: damaged, or something is missing; the message names the file.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise CloudError(f"{path.name}: boxes come from {', '.join(READERS)}")
    try:
        return ListedBoxes(READERS[suffix](path))
    except DamagedError as error:
        raise CloudError(str(error)) from error
    except (CloudError, ConfigError) as error:
        raise CloudError(f"{path.name}: {error}") from error
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        AttributeError,
        RecursionError,
        csv.Error,
    ) as error:
        raise CloudError(f"{path.name} is no list of boxes ({' '.join(str(error).split())})") from error


def _listed(numbers: Iterable[Any], told: Mapping[str, Any]) -> ListedBox:
    sure = next((told[name] for name in _SURENESS if told.get(name) not in (None, "")), 1.0)
    name = told.get("class") or told.get("label") or ""
    if not isinstance(name, str):
        raise ValueError(f"a class is a text, not {name!r}")
    unit, up = known_frame(str(told.get("unit") or ""), str(told.get("up") or ""))
    row = tuple(float(number) for number in numbers)
    return ListedBox(row, spoken(name), float(sure), str(told.get("scene") or ""), unit, up)


def _read_json(path: Path) -> Iterator[ListedBox]:
    yield from _json_boxes(opened(json.loads(read_text(path)), path), {})


def _json_boxes(content: Any, around: Mapping[str, Any]) -> Iterator[ListedBox]:
    if isinstance(content, dict) and "boxes" in content:
        said = {name: content[name] for name in ("scene", "unit", "up") if content.get(name)}
        yield from _json_boxes(content["boxes"], {**around, **said})
    elif isinstance(content, dict):
        for scene, boxes in content.items():
            yield from _json_boxes(boxes, {**around, "scene": scene})
    elif isinstance(content, list):
        for number, box in enumerate(content):
            centre = box.get("centre", box.get("center")) if isinstance(box, dict) else None
            size = box.get("size") if isinstance(box, dict) else None
            if not _three(centre) or not _three(size):
                has = sorted(box) if isinstance(box, dict) else box
                raise CloudError(
                    f'box {number} needs "centre": [x, y, z] and "size": [dx, dy, dz], but has {has}'
                )
            yield _listed([*centre, *size, box.get("heading", 0.0)], {**around, **box})  # type: ignore[misc]
    else:
        raise CloudError('expected a list of boxes, {"boxes": [...]}, or lists by scene')


def _three(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3


def _read_csv(path: Path) -> Iterator[ListedBox]:
    lines = read_text(path).splitlines()
    table = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",", skipinitialspace=True)
    columns = [str(column).strip().lower() for column in table.fieldnames or []]
    missing = [column for column in EDGES if column not in columns]
    if missing:
        raise CloudError(
            f"has no column {', '.join(missing)}: expected {', '.join(EDGES)}, and class for true boxes"
        )
    table.fieldnames = columns
    for row in table:
        try:
            told = {name: read_cell(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
            yield _listed([*(row[column] for column in EDGES), row.get("heading") or 0.0], told)
        except (TypeError, ValueError) as error:
            said = " ".join(map(str, row.values()))[:60]
            raise CloudError(f"line {table.line_num} is no box: {said!r}") from error


def _read_npz(path: Path) -> Iterator[ListedBox]:
    held = load_arrays(path)
    if isinstance(held, np.ndarray):
        raise CloudError("has one array only, not several by name")
    if "boxes" in held:
        rows = held["boxes"].astype(np.float64)
        if rows.ndim != 2 or rows.shape[1] not in (6, 7):
            raise CloudError(f"boxes have the shape {rows.shape}, not (k, 6) or (k, 7)")
    elif "centre" in held and "size" in held:
        parts = [held["centre"].astype(np.float64), held["size"].astype(np.float64)]
        if parts[0].ndim != 2 or parts[0].shape[1] != 3 or parts[1].shape != parts[0].shape:
            raise CloudError(f"centre {parts[0].shape} and size {parts[1].shape}: expected (k, 3) and (k, 3)")
        rows = np.concatenate(parts, axis=1)
    else:
        raise CloudError(f"has no array boxes, and not centre and size, but {', '.join(held)}")
    heading = held.get("heading", np.zeros(len(rows)) if rows.shape[1] == 6 else rows[:, 6])
    columns = {"class": "classes", "objectness": "objectness", "score": "score", "scene": "scene"}
    told = {name: held[own] for name, own in columns.items() if own in held}
    for name, values in {"heading": heading, **told}.items():
        if values.shape != (len(rows),):
            raise CloudError(f"{len(rows)} boxes, but {name} {values.shape}")
    stated = {name: str(held[name]) for name in ("unit", "up") if name in held}
    for number, row in enumerate(rows):
        own: dict[str, Any] = {name: values[number].item() for name, values in told.items()}
        yield _listed([*row[:6], heading[number]], own | stated)


READERS: dict[str, Callable[[Path], Iterable[ListedBox]]] = {
    ".json": _read_json,
    ".csv": _read_csv,
    ".npz": _read_npz,
}
