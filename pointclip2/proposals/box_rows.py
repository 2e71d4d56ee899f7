"""Read files of boxes: npz, json, csv."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from pointclip2.types import ConfigError

EDGES = ("cx", "cy", "cz", "dx", "dy", "dz")
SUFFIXES = (".csv", ".json", ".npz")
_SURENESS = ("objectness", "score")


@dataclass(frozen=True)
class BoxRows:
    """Holds boxes as they are in a file, unchecked."""

    boxes: Float[Tensor, "boxes 7"]
    """Centre, full size and heading in radians of each box."""
    objectness: Float[Tensor, " boxes"]
    scenes: tuple[str | None, ...]
    """Scene of each box; None where the file does not say."""

    def of_scene(self, name: str) -> "BoxRows":
        """Return the boxes of one scene; boxes of a file that names no scene belong to every scene."""
        own = [row for row, scene in enumerate(self.scenes) if scene is None or scene == name]
        index = torch.tensor(own, dtype=torch.int64)
        return BoxRows(self.boxes[index], self.objectness[index], tuple(self.scenes[row] for row in own))


def read_rows(path: Path) -> BoxRows:
    """Read the boxes of a file.

    CSV: columns cx, cy, cz, dx, dy, dz and optionally heading, objectness (or score) and scene. JSON: a list of
    ``{"centre": [..], "size": [..], "heading": 0, "objectness": 1, "scene": ".."}``, or ``{"boxes": [..]}``, or a
    list by scene. NPZ: ``boxes`` (k, 6 or 7) and optionally ``objectness`` (or ``score``) and ``scene`` (k,).
    Headings are in radians. The default objectness is 1.

    Raises:
        ConfigError: the file is unreadable or lacks something; the message names the file.
    """
    try:
        if path.suffix.lower() == ".csv":
            rows = _csv(path)
        elif path.suffix.lower() == ".json":
            rows = list(_json(json.loads(path.read_text(encoding="utf-8-sig")), None))
        elif path.suffix.lower() == ".npz":
            return _npz(path)
        else:
            raise ConfigError(f"{path}: boxes come from {', '.join(SUFFIXES)}")
    except (OSError, ValueError, TypeError, KeyError, EOFError) as error:
        raise ConfigError(f"{path} is no list of boxes ({' '.join(str(error).split())})") from error
    numbers = np.array([row[0] for row in rows], dtype=np.float64).reshape(-1, 7)
    sure = np.array([row[1] for row in rows], dtype=np.float64)
    return BoxRows(
        torch.from_numpy(numbers).float(), torch.from_numpy(sure).float(), tuple(row[2] for row in rows)
    )


_Row = tuple[list[float], float, str | None]


def _csv(path: Path) -> list[_Row]:
    table = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), skipinitialspace=True)
    columns = [str(column).strip().lower() for column in table.fieldnames or []]
    missing = [column for column in EDGES if column not in columns]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}; expected {', '.join(EDGES)}")
    table.fieldnames = columns
    return [
        (
            [*(float(row[column]) for column in EDGES), float(row.get("heading") or 0)],
            _sureness(row),
            row.get("scene") or None,
        )
        for row in table
    ]


def _json(content: Any, scene: str | None) -> Iterable[_Row]:
    if isinstance(content, dict) and "boxes" in content:
        yield from _json(content["boxes"], content.get("scene", scene))
    elif isinstance(content, dict):
        for name, boxes in content.items():
            yield from _json(boxes, str(name))
    elif isinstance(content, list):
        for number, box in enumerate(content):
            centre = box.get("centre", box.get("center")) if isinstance(box, dict) else None
            if not isinstance(centre, list) or len(centre) != 3 or len(box.get("size", ())) != 3:
                raise ValueError(f'box {number} needs "centre": [x, y, z] and "size": [dx, dy, dz]')
            numbers = [*map(float, centre), *map(float, box["size"]), float(box.get("heading", 0))]
            yield numbers, _sureness(box), box.get("scene", scene)
    else:
        raise ValueError("expected a list of boxes, or lists by scene")


def _sureness(row: Mapping[str, Any]) -> float:
    value = next((row[name] for name in _SURENESS if row.get(name) not in (None, "")), 1.0)
    return float(value)


def _npz(path: Path) -> BoxRows:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        if "boxes" not in file:
            raise ValueError(f"no array 'boxes', but {', '.join(file)}")
        boxes = np.asarray(file["boxes"], dtype=np.float64)
        if boxes.ndim != 2 or boxes.shape[1] not in (6, 7):
            raise ValueError(f"boxes have the shape {boxes.shape}, not (k, 6) or (k, 7)")
        sure = next((np.asarray(file[name], dtype=np.float64) for name in _SURENESS if name in file), None)
        scenes = [str(name) for name in file["scene"]] if "scene" in file else [None] * len(boxes)
    if boxes.shape[1] == 6:
        boxes = np.column_stack([boxes, np.zeros(len(boxes))])
    sure = np.ones(len(boxes)) if sure is None else sure
    if sure.shape != (len(boxes),) or len(scenes) != len(boxes):
        raise ValueError(f"{len(boxes)} boxes, but {sure.shape} scores and {len(scenes)} scenes")
    return BoxRows(torch.from_numpy(boxes).float(), torch.from_numpy(sure).float(), tuple(scenes))
